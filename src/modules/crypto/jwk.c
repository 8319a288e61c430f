/* The numbers inside RSA and EC keys, out and in, for JSON Web Keys and webcrypto's raw forms. */
#include "modules/crypto/crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <stdlib.h>

static Value bignum_buffer(Realm *realm, const BIGNUM *n, int width) {
    int len = BN_num_bytes(n);
    if (width > len) len = width;
    unsigned char *bytes = malloc((size_t)len + 1);
    if (!bytes || BN_bn2binpad(n, bytes, len) < 0) {
        free(bytes);
        return value_undefined();
    }
    return buffer_adopt(realm, bytes, (size_t)len);
}

static Value param_buffer(Realm *realm, EVP_PKEY *pkey, const char *param, int width) {
    BIGNUM *n = NULL;
    ERR_set_mark();
    int fine = EVP_PKEY_get_bn_param(pkey, param, &n);
    ERR_pop_to_mark();
    Value value = fine == 1 ? bignum_buffer(realm, n, width) : value_undefined();
    BN_clear_free(n);
    return value;
}

static const char *const rsa_params[] = {
    OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
    OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
    OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
    OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
};

/* keyNumbers(Key) -> RSA: [n, e, d, p, q, dp, dq, qi], EC: [curve, x, y, d] */
static Value key_numbers(Call *call) {
    Key *key = call_key(call, 0);
    if (!key || !key->pkey) return value_undefined();
    Realm *realm = call->realm;
    bool is_private = key->type == KEY_PRIVATE;
    int id = EVP_PKEY_get_base_id(key->pkey);
    if (id == EVP_PKEY_RSA || id == EVP_PKEY_RSA_PSS) {
        Value values[COUNT_OF(rsa_params)];
        size_t count = is_private ? COUNT_OF(rsa_params) : 2;
        for (size_t i = 0; i < count; i++)
            values[i] = param_buffer(realm, key->pkey, rsa_params[i], 0);
        return array_new(realm, count, values);
    }
    if (id != EVP_PKEY_EC) return value_undefined();
    char group[80] = "";
    EVP_PKEY_get_group_name(key->pkey, group, sizeof group, NULL);
    int width = (EVP_PKEY_get_bits(key->pkey) + 7) / 8;
    Value values[] = {
        value_string(realm, group),
        param_buffer(realm, key->pkey, OSSL_PKEY_PARAM_EC_PUB_X, width),
        param_buffer(realm, key->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, width),
        is_private ? param_buffer(realm, key->pkey, OSSL_PKEY_PARAM_PRIV_KEY, width) : value_undefined(),
    };
    return array_new(realm, COUNT_OF(values), values);
}

static EVP_PKEY *pkey_from_params(const char *type, bool is_private, OSSL_PARAM *params) {
    EVP_PKEY *pkey = NULL;
    PKEY_CTX ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (!params || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &pkey, is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) != 1)
        return NULL;
    return pkey;
}

/* keyFromRsa(private, [n, e, d, p, q, dp, dq, qi]) -> Key or undefined */
static Value key_from_rsa(Call *call) {
    bool is_private = call_bool(call, 0);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *numbers[COUNT_OF(rsa_params)] = {NULL};
    for (size_t i = 0; i < (is_private ? COUNT_OF(rsa_params) : 2); i++) {
        char *data;
        size_t len;
        if (!value_bytes(call->realm, call_arg(call, i + 1), &data, &len)) continue;
        numbers[i] = BN_bin2bn((unsigned char *)data, (int)len, NULL);
        OSSL_PARAM_BLD_push_BN(builder, rsa_params[i], numbers[i]);
    }
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY *pkey = pkey_from_params("RSA", is_private, params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        BN_clear_free(numbers[i]);
    ERR_clear_error();
    return pkey ? key_pkey_new(call->realm, is_private ? KEY_PRIVATE : KEY_PUBLIC, pkey) : value_undefined();
}

/* keyFromEc(curve, point or [x, y] joined after a 4, private number or undefined) -> Key or undefined */
static Value key_from_ec(Call *call) {
    TEXT curve = {0};
    VIEW point = {0}, number = {0};
    if (!call_text(call, 0, &curve) || !call_view(call, 1, &point) || !call_view(call, 2, &number))
        return NULL;
    bool is_private = call_is_given(call, 2);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve.data, 0);
    OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.data, point.len);
    BIGNUM *d = is_private ? BN_bin2bn((unsigned char *)number.data, (int)number.len, NULL) : NULL;
    if (d) OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, d);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY *pkey = pkey_from_params("EC", is_private, params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    BN_clear_free(d);
    if (pkey) {
        PKEY_CTX check = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
        if (EVP_PKEY_public_check(check) != 1) {
            EVP_PKEY_free(pkey);
            pkey = NULL;
        }
    }
    ERR_clear_error();
    return pkey ? key_pkey_new(call->realm, is_private ? KEY_PRIVATE : KEY_PUBLIC, pkey) : value_undefined();
}

/* keyPoint(Key, compressed) -> the point of an EC key */
static Value key_point(Call *call) {
    Key *key = call_key(call, 0);
    if (!key || !key->pkey) return value_undefined();
    unsigned char point[256];
    size_t len = 0;
    /* Asking for another form would change a key that others may use: shorten by hand. */
    if (EVP_PKEY_get_octet_string_param(key->pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) != 1)
        return throw_ssl(call, "Failed to get the point");
    if (call_bool(call, 1) && len && point[0] == POINT_CONVERSION_UNCOMPRESSED) {
        point[0] = POINT_CONVERSION_COMPRESSED | (point[len - 1] & 1);
        len = (len - 1) / 2 + 1;
    }
    return buffer_copy(call->realm, point, len);
}

const Native jwk_functions[] = {
    {"keyNumbers",  key_numbers},
    {"keyFromRsa",             key_from_rsa},
    {"keyFromEc",key_from_ec},
    {"keyPoint",   key_point},
    {0            }
};
