/* The Diffie-Hellman and ECDH objects of old: OpenSSL keeps for them only its older interface, which says
 * what new keys need: numbers that may be set one by one. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "modules/crypto/crypto.h"

#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <stdlib.h>

typedef struct {
    Handle handle;
    DH *dh;
    int verify_error;
} DhObject;

static void dh_dispose(Handle *handle) {
    DhObject *self = (DhObject *)handle;
    DH_free(self->dh);
    handle_leave(handle);
    mem_free(self);
}

static const Native dh_methods[];
static const HandleClass dh_class = {"DiffieHellman", dh_methods, dh_dispose};

static BIGNUM *view_bignum(const View *view) {
    return BN_bin2bn((unsigned char *)view->data, (int)view->len, NULL);
}

static Value bignum_value(Realm *realm, const BIGNUM *n) {
    int len = BN_num_bytes(n);
    unsigned char *bytes = malloc((size_t)len + 1);
    if (!bytes || BN_bn2binpad(n, bytes, len) < 0) abort();
    return buffer_adopt(realm, bytes, (size_t)len);
}

static Value dh_object(Realm *realm, DH *dh) {
    DhObject *self = NEW(DhObject);
    self->dh = dh;
    int codes = 0;
    if (DH_check(dh, &codes)) self->verify_error = codes;
    ERR_clear_error();
    Object object = handle_open(realm, &self->handle, &dh_class);
    object_set_int(realm, object, "verifyError", self->verify_error);
    return object;
}

static const struct {
    const char *name;
    BIGNUM *(*prime)(BIGNUM *);
} dh_groups[] = {
    {"modp1",  BN_get_rfc2409_prime_768 },
    {"modp2",  BN_get_rfc2409_prime_1024},
    {"modp5",  BN_get_rfc3526_prime_1536},
    {"modp14", BN_get_rfc3526_prime_2048},
    {"modp15", BN_get_rfc3526_prime_3072},
    {"modp16", BN_get_rfc3526_prime_4096},
    {"modp17", BN_get_rfc3526_prime_6144},
    {"modp18", BN_get_rfc3526_prime_8192},
};

/* dhGroup(name) -> object, or undefined if there is no such group */
static Value dh_group(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 0, &name)) return NULL;
    for (size_t i = 0; i < COUNT_OF(dh_groups); i++) {
        if (strcasecmp(dh_groups[i].name, name.data) != 0) continue;
        DH *dh = DH_new();
        BIGNUM *g = BN_new();
        BN_set_word(g, 2);
        DH_set0_pqg(dh, dh_groups[i].prime(NULL), NULL, g);
        return dh_object(call->realm, dh);
    }
    return value_undefined();
}

/* dhOpen(prime or its bits, generator number or bytes) */
static Value dh_open(Call *call) {
    VIEW prime = {0}, generator = {0};
    if (!call_view(call, 0, &prime) || !call_view(call, 1, &generator)) return NULL;
    ERR_clear_error();
    bool g_is_number = value_is_number(call_arg(call, 1));
    int64_t g_number = call_int64(call, 1);
    if (value_is_number(call_arg(call, 0))) {
        int bits = call_int(call, 0);
        if (bits < 2) {
            ERR_raise(ERR_LIB_DH, DH_R_MODULUS_TOO_SMALL);
            return throw_ssl(call, "Invalid prime length");
        }
        if (!g_is_number || g_number < 2) {
            ERR_raise(ERR_LIB_DH, DH_R_BAD_GENERATOR);
            return throw_ssl(call, "Invalid generator");
        }
        DH *dh = DH_new();
        if (DH_generate_parameters_ex(dh, bits, (int)g_number, NULL) != 1) {
            DH_free(dh);
            return throw_ssl(call, "Initialization failed");
        }
        return dh_object(call->realm, dh);
    }
    BIGNUM *g = g_is_number ? BN_new() : view_bignum(&generator);
    if (g_is_number && g_number > 0) BN_set_word(g, (BN_ULONG)g_number);
    if ((g_is_number && g_number < 2) || BN_is_zero(g) || BN_is_one(g)) {
        BN_free(g);
        ERR_raise(ERR_LIB_DH, DH_R_BAD_GENERATOR);
        return throw_ssl(call, "Invalid generator");
    }
    DH *dh = DH_new();
    DH_set0_pqg(dh, view_bignum(&prime), NULL, g);
    return dh_object(call->realm, dh);
}

static Value dh_generate_keys(Call *call) {
    DhObject *self = (DhObject *)call_handle(call, &dh_class);
    if (!self) return NULL;
    ERR_clear_error();
    if (DH_generate_key(self->dh) != 1) return throw_ssl(call, "Key generation failed");
    return bignum_value(call->realm, DH_get0_pub_key(self->dh));
}

/* get('p' | 'g' | 'public' | 'private') -> Buffer or undefined */
static Value dh_get(Call *call) {
    DhObject *self = (DhObject *)call_handle(call, &dh_class);
    TEXT name = {0};
    if (!self || !call_text(call, 0, &name)) return NULL;
    const BIGNUM *n = strcmp(name.data, "p") == 0        ? DH_get0_p(self->dh)
                      : strcmp(name.data, "g") == 0      ? DH_get0_g(self->dh)
                      : strcmp(name.data, "public") == 0 ? DH_get0_pub_key(self->dh)
                                                         : DH_get0_priv_key(self->dh);
    return n ? bignum_value(call->realm, n) : value_undefined();
}

/* set(is private, bytes) */
static Value dh_set(Call *call) {
    DhObject *self = (DhObject *)call_handle(call, &dh_class);
    VIEW view = {0};
    if (!self || !call_view(call, 1, &view)) return NULL;
    BIGNUM *n = view_bignum(&view);
    if (call_bool(call, 0))
        DH_set0_key(self->dh, NULL, n);
    else
        DH_set0_key(self->dh, n, NULL);
    return value_undefined();
}

static Value dh_compute_secret(Call *call) {
    DhObject *self = (DhObject *)call_handle(call, &dh_class);
    VIEW other = {0};
    if (!self || !call_view(call, 0, &other)) return NULL;
    ERR_clear_error();
    BIGNUM_AUTO theirs = view_bignum(&other);
    int size = DH_size(self->dh), codes = 0;
    if (!DH_get0_priv_key(self->dh)) return throw_error(call, NULL, "No private key");
    if (!DH_check_pub_key(self->dh, theirs, &codes)) {
        ERR_clear_error();
        return throw_range(call, "ERR_CRYPTO_INVALID_KEYTYPE", "Invalid key");
    }
    if (codes) {
        const char *message = codes & DH_CHECK_PUBKEY_TOO_SMALL   ? "Supplied key is too small"
                              : codes & DH_CHECK_PUBKEY_TOO_LARGE ? "Supplied key is too large"
                                                                  : "Supplied key is invalid";
        return throw_range(call, "ERR_CRYPTO_INVALID_KEYLEN", "%s", message);
    }
    unsigned char *secret = malloc((size_t)size + 1);
    if (DH_compute_key_padded(secret, theirs, self->dh) < 0) {
        free(secret);
        return throw_ssl(call, "Diffie-Hellman failed");
    }
    return buffer_adopt(call->realm, secret, (size_t)size);
}

static const Native dh_methods[] = {
    {"generateKeys", dh_generate_keys},
    {"get",              dh_get},
    {"set",dh_set},
    {"computeSecret",          dh_compute_secret},
    {0             }
};

typedef struct {
    Handle handle;
    EC_KEY *key;
} EcdhObject;

static void ecdh_dispose(Handle *handle) {
    EcdhObject *self = (EcdhObject *)handle;
    EC_KEY_free(self->key);
    handle_leave(handle);
    mem_free(self);
}

static const Native ecdh_methods[];
static const HandleClass ecdh_class = {"ECDH", ecdh_methods, ecdh_dispose};

/* ecdhOpen(curve) -> object or undefined */
static Value ecdh_open(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 0, &name)) return NULL;
    int nid = OBJ_sn2nid(name.data);
    EC_KEY *key = nid == NID_undef ? NULL : EC_KEY_new_by_curve_name(nid);
    ERR_clear_error();
    if (!key) return value_undefined();
    EcdhObject *self = NEW(EcdhObject);
    self->key = key;
    return handle_open(call->realm, &self->handle, &ecdh_class);
}

static Value ecdh_generate(Call *call) {
    EcdhObject *self = (EcdhObject *)call_handle(call, &ecdh_class);
    if (!self) return NULL;
    ERR_clear_error();
    if (EC_KEY_generate_key(self->key) != 1) return throw_ssl(call, "Key generation failed");
    return value_undefined();
}

static Value point_value(Realm *realm, const EC_GROUP *group, const EC_POINT *point, int form) {
    unsigned char *bytes = NULL;
    size_t len = EC_POINT_point2buf(group, point, (point_conversion_form_t)form, &bytes, NULL);
    Value value = buffer_copy(realm, bytes, len);
    OPENSSL_free(bytes);
    return value;
}

static Value ecdh_public(Call *call) {
    EcdhObject *self = (EcdhObject *)call_handle(call, &ecdh_class);
    if (!self) return NULL;
    const EC_POINT *point = EC_KEY_get0_public_key(self->key);
    if (!point) return throw_error(call, NULL, "Failed to get ECDH public key");
    return point_value(call->realm, EC_KEY_get0_group(self->key), point, call_int(call, 0));
}

static Value ecdh_private(Call *call) {
    EcdhObject *self = (EcdhObject *)call_handle(call, &ecdh_class);
    if (!self) return NULL;
    const BIGNUM *n = EC_KEY_get0_private_key(self->key);
    if (!n) return throw_error(call, NULL, "Failed to get ECDH private key");
    int len = (EC_GROUP_order_bits(EC_KEY_get0_group(self->key)) + 7) / 8;
    unsigned char *bytes = malloc((size_t)len + 1);
    if (BN_bn2binpad(n, bytes, len) < 0) abort();
    return buffer_adopt(call->realm, bytes, (size_t)len);
}

static bool private_is_in_range(const EC_GROUP *group, const BIGNUM *n) {
    return !BN_is_zero(n) && !BN_is_negative(n) && BN_cmp(n, EC_GROUP_get0_order(group)) < 0;
}

static Value ecdh_set_private(Call *call) {
    EcdhObject *self = (EcdhObject *)call_handle(call, &ecdh_class);
    VIEW view = {0};
    if (!self || !call_view(call, 0, &view)) return NULL;
    ERR_clear_error();
    BIGNUM_AUTO n = view_bignum(&view);
    const EC_GROUP *group = EC_KEY_get0_group(self->key);
    if (!private_is_in_range(group, n))
        return throw_error(call, "ERR_CRYPTO_INVALID_KEYTYPE",
                           "Private key is not valid for specified curve.");
    EC_POINT *point = EC_POINT_new(group);
    EC_KEY *key = EC_KEY_new();
    bool fine = EC_KEY_set_group(key, group) == 1 && EC_KEY_set_private_key(key, n) == 1 &&
                EC_POINT_mul(group, point, n, NULL, NULL, NULL) == 1 &&
                EC_KEY_set_public_key(key, point) == 1;
    EC_POINT_free(point);
    if (!fine) {
        EC_KEY_free(key);
        return throw_ssl(call, "Failed to set private key");
    }
    EC_KEY_free(self->key);
    self->key = key;
    return value_undefined();
}

static EC_POINT *point_read(const EC_GROUP *group, const View *view) {
    EC_POINT *point = EC_POINT_new(group);
    if (EC_POINT_oct2point(group, point, (unsigned char *)view->data, view->len, NULL) == 1) return point;
    EC_POINT_free(point);
    return NULL;
}

static Value ecdh_set_public(Call *call) {
    EcdhObject *self = (EcdhObject *)call_handle(call, &ecdh_class);
    VIEW view = {0};
    if (!self || !call_view(call, 0, &view)) return NULL;
    ERR_clear_error();
    EC_POINT *point = point_read(EC_KEY_get0_group(self->key), &view);
    bool fine = point && EC_KEY_set_public_key(self->key, point) == 1;
    EC_POINT_free(point);
    ERR_clear_error();
    if (!fine) return throw_error(call, NULL, "Failed to convert Buffer to EC_POINT");
    return value_undefined();
}

/* computeSecret(other) -> Buffer; undefined for a point that is not on the curve */
static Value ecdh_compute(Call *call) {
    EcdhObject *self = (EcdhObject *)call_handle(call, &ecdh_class);
    VIEW view = {0};
    if (!self || !call_view(call, 0, &view)) return NULL;
    ERR_clear_error();
    const EC_GROUP *group = EC_KEY_get0_group(self->key);
    if (EC_KEY_check_key(self->key) != 1) {
        ERR_clear_error();
        return throw_error(call, "ERR_CRYPTO_INVALID_KEYPAIR", "Invalid key pair");
    }
    EC_POINT *point = point_read(group, &view);
    ERR_clear_error();
    if (!point) return value_undefined();
    size_t len = (size_t)(EC_GROUP_get_degree(group) + 7) / 8;
    unsigned char *secret = malloc(len + 1);
    int done = ECDH_compute_key(secret, len, point, self->key, NULL);
    EC_POINT_free(point);
    if (done <= 0) {
        free(secret);
        return throw_ssl(call, "Failed to compute ECDH key");
    }
    return buffer_adopt(call->realm, secret, len);
}

static const Native ecdh_methods[] = {
    {"generate",        ecdh_generate},
    {"getPublic",                 ecdh_public},
    {"getPrivate",ecdh_private},
    {"setPrivate",      ecdh_set_private},
    {"setPublic",                 ecdh_set_public},
    {"computeSecret",ecdh_compute},
    {0      }
};

/* ecdhConvert(point, curve, form) */
static Value ecdh_convert(Call *call) {
    VIEW view = {0};
    TEXT name = {0};
    if (!call_view(call, 0, &view) || !call_text(call, 1, &name)) return NULL;
    int nid = OBJ_sn2nid(name.data);
    EC_GROUP *group = nid == NID_undef ? NULL : EC_GROUP_new_by_curve_name(nid);
    ERR_clear_error();
    if (!group) return throw_type(call, "ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name");
    EC_POINT *point = view.len ? point_read(group, &view) : NULL;
    ERR_clear_error();
    Value value;
    if (point)
        value = point_value(call->realm, group, point, call_int(call, 2));
    else
        value = throw_error(call, "ERR_CRYPTO_OPERATION_FAILED", "Failed to convert Buffer to EC_POINT");
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return value;
}

const Native dh_functions[] = {
    {"dhOpen",   dh_open},
    {"dhGroup",          dh_group},
    {"ecdhOpen",ecdh_open},
    {"ecdhConvert", ecdh_convert},
    {0         }
};
