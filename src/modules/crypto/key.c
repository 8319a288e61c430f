/* Keys: secret bytes or a public or private key of OpenSSL, read and written in every form in which
 * keys travel. */
#include "modules/crypto/crypto.h"

#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

enum { PKEY_BYTES = 4096 }; /* about what OpenSSL keeps for one */

static void key_dispose(Handle *handle) {
    Key *self = (Key *)handle;
    EVP_PKEY_free(self->pkey);
    if (self->secret.data) OPENSSL_cleanse(self->secret.data, self->secret.len);
    bytes_free(&self->secret);
    handle_leave(handle);
    mem_free(self);
}

static const Native key_methods[];
static const HandleClass key_class = {"Key", key_methods, key_dispose};

Key *call_key(Call *call, size_t i) {
    return (Key *)handle_of(call_arg(call, i), &key_class);
}

Object key_secret_new(Realm *realm, Bytes secret) {
    Key *self = NEW(Key);
    self->type = KEY_SECRET;
    self->secret = secret;
    return handle_open(realm, &self->handle, &key_class);
}

Object key_pkey_new(Realm *realm, int type, EVP_PKEY *pkey) {
    Key *self = NEW(Key);
    self->type = type;
    self->pkey = pkey;
    Object object = handle_open(realm, &self->handle, &key_class);
    handle_weigh(&self->handle, PKEY_BYTES);
    return object;
}

/* keySecret(bytes) */
static Value key_secret(Call *call) {
    VIEW view = {0};
    if (!call_view(call, 0, &view)) return NULL;
    Bytes secret = {0};
    bytes_append(&secret, view.data, view.len);
    return key_secret_new(call->realm, secret);
}

static Value throw_key(Call *call, const Passphrase *passphrase, bool is_pem) {
    if (passphrase->was_asked && !passphrase->is_given) {
        ERR_clear_error();
        if (!is_pem)
            return throw_type(call, "ERR_MISSING_PASSPHRASE", "Passphrase required for encrypted key");
        ERR_raise(ERR_LIB_CRYPTO, ERR_R_INTERRUPTED_OR_CANCELLED);
    }
    return throw_ssl(call, "Failed to read asymmetric key");
}

/* keyParse(wants private, data, format, type, passphrase) -> Key. A public key may come out of a private
 * one or of a certificate. */
static Value key_parse(Call *call) {
    bool wants_private = call_bool(call, 0);
    VIEW data = {0}, phrase = {0};
    TEXT format = {0}, type = {0};
    if (!call_view(call, 1, &data) || !call_text(call, 2, &format) || !call_text(call, 3, &type) ||
        !call_view(call, 4, &phrase))
        return NULL;
    Passphrase passphrase = {phrase.data, phrase.len, call_is_given(call, 4), false};
    ERR_clear_error();
    EVP_PKEY *pkey = NULL;
    bool is_pem = strcmp(format.data, "pem") == 0;
    if (is_pem && !wants_private && !pem_holds_private_key(data.data, data.len)) {
        pkey = key_read_public_pem(data.data, data.len);
    } else if (is_pem) {
        pkey = key_read_private_pem(data.data, data.len, &passphrase);
    } else if (wants_private) {
        pkey = key_read_private_der(data.data, data.len, type.data, &passphrase);
    } else {
        pkey = key_read_public_der(data.data, data.len, type.data);
        if (!pkey && (strcmp(type.data, "pkcs8") == 0 || strcmp(type.data, "sec1") == 0 ||
                      strcmp(type.data, "pkcs1") == 0)) {
            ERR_clear_error();
            pkey = key_read_private_der(data.data, data.len, type.data, &passphrase);
        }
    }
    if (pkey && passphrase.was_asked && !passphrase.is_given) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    if (!pkey) return throw_key(call, &passphrase, is_pem);
    ERR_clear_error();
    return key_pkey_new(call->realm, wants_private ? KEY_PRIVATE : KEY_PUBLIC, pkey);
}

/* The public half as a key of its own. */
static Value key_to_public(Call *call) {
    Key *self = (Key *)call_handle(call, &key_class);
    if (!self) return NULL;
    if (!self->pkey) return throw_type(call, "ERR_INVALID_STATE", "A secret key has no public half");
    EVP_PKEY_up_ref(self->pkey);
    return key_pkey_new(call->realm, KEY_PUBLIC, self->pkey);
}

static Value key_size(Call *call) {
    Key *self = (Key *)call_handle(call, &key_class);
    return self ? value_number((double)self->secret.len) : NULL;
}

static Value key_export_secret(Call *call) {
    Key *self = (Key *)call_handle(call, &key_class);
    return self ? buffer_copy(call->realm, self->secret.data, self->secret.len) : NULL;
}

static Value key_equals(Call *call) {
    Key *self = (Key *)call_handle(call, &key_class), *other = call_key(call, 0);
    if (!self) return NULL;
    if (!other || other->type != self->type) return value_bool(false);
    if (self->type == KEY_SECRET)
        return value_bool(self->secret.len == other->secret.len &&
                          (self->secret.len == 0 ||
                           CRYPTO_memcmp(self->secret.data, other->secret.data, self->secret.len) == 0));
    int same = EVP_PKEY_eq(self->pkey, other->pkey);
    ERR_clear_error();
    if (same == -2)
        return throw_error(call, "ERR_CRYPTO_UNSUPPORTED_OPERATION", "Unsupported crypto operation");
    return value_bool(same == 1);
}

static const struct {
    int id;
    const char *name;
} key_types[] = {
    {EVP_PKEY_RSA,     "rsa"    },
    {EVP_PKEY_RSA_PSS, "rsa-pss"},
    {EVP_PKEY_DSA,     "dsa"    },
    {EVP_PKEY_DH,      "dh"     },
    {EVP_PKEY_DHX,     "dh"     },
    {EVP_PKEY_EC,      "ec"     },
    {EVP_PKEY_ED25519, "ed25519"},
    {EVP_PKEY_ED448,   "ed448"  },
    {EVP_PKEY_X25519,  "x25519" },
    {EVP_PKEY_X448,    "x448"   },
};

static Value key_type_name(Call *call) {
    Key *self = (Key *)call_handle(call, &key_class);
    if (!self) return NULL;
    for (size_t i = 0; self->pkey && i < COUNT_OF(key_types); i++)
        if (key_types[i].id == EVP_PKEY_get_base_id(self->pkey))
            return value_string(call->realm, key_types[i].name);
    return value_undefined();
}

static void set_param_text(Realm *realm, Object object, const char *name, EVP_PKEY *pkey, const char *param) {
    char text[80];
    if (EVP_PKEY_get_utf8_string_param(pkey, param, text, sizeof text, NULL) != 1) return;
    for (char *c = text; *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c + 'a' - 'A');
    /* SHA2-256 is sha256 to programs. */
    if (strncmp(text, "sha2-", 5) == 0) memmove(text + 3, text + 5, strlen(text + 5) + 1);
    object_set(realm, object, name, value_string(realm, text));
}

/* Whether the key says at all what it may be used with: then what it leaves out is the standard's default. */
static bool pss_is_restricted(EVP_PKEY *pkey) {
    X509_PUBKEY *encoded = NULL;
    X509_ALGOR *algorithm = NULL;
    int kind = V_ASN1_UNDEF;
    if (X509_PUBKEY_set(&encoded, pkey) == 1 &&
        X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, encoded) == 1)
        X509_ALGOR_get0(NULL, &kind, NULL, algorithm);
    X509_PUBKEY_free(encoded);
    return kind == V_ASN1_SEQUENCE;
}

static void pss_details(Realm *realm, Object details, EVP_PKEY *pkey) {
    if (!pss_is_restricted(pkey)) return;
    int salt = 20;
    object_set(realm, details, "hashAlgorithm", value_string(realm, "sha1"));
    set_param_text(realm, details, "hashAlgorithm", pkey, OSSL_PKEY_PARAM_RSA_DIGEST);
    object_set(realm, details, "mgf1HashAlgorithm", value_string(realm, "sha1"));
    set_param_text(realm, details, "mgf1HashAlgorithm", pkey, OSSL_PKEY_PARAM_RSA_MGF1_DIGEST);
    EVP_PKEY_get_int_param(pkey, OSSL_PKEY_PARAM_RSA_PSS_SALTLEN, &salt);
    object_set_int(realm, details, "saltLength", salt);
}

static void rsa_details(Realm *realm, Object details, EVP_PKEY *pkey) {
    BIGNUM_AUTO n = NULL;
    object_set_int(realm, details, "modulusLength", EVP_PKEY_get_bits(pkey));
    if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &n) != 1) return;
    char *hex = BN_bn2hex(n);
    object_set(realm, details, "publicExponent", value_string(realm, hex));
    OPENSSL_free(hex);
}

static void dsa_details(Realm *realm, Object details, EVP_PKEY *pkey) {
    BIGNUM_AUTO n = NULL;
    object_set_int(realm, details, "modulusLength", EVP_PKEY_get_bits(pkey));
    if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_FFC_Q, &n) == 1)
        object_set_int(realm, details, "divisorLength", BN_num_bits(n));
}

static void ec_details(Realm *realm, Object details, EVP_PKEY *pkey) {
    char group[80];
    if (EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) == 1)
        object_set(realm, details, "namedCurve", value_string(realm, group));
}

/* What asymmetricKeyDetails says; the exponent as hexadecimal digits. */
static Value key_details(Call *call) {
    Key *self = (Key *)call_handle(call, &key_class);
    if (!self) return NULL;
    Object details = object_new(call->realm);
    if (!self->pkey) return details;
    int id = EVP_PKEY_get_base_id(self->pkey);
    ERR_set_mark();
    if (id == EVP_PKEY_RSA || id == EVP_PKEY_RSA_PSS) rsa_details(call->realm, details, self->pkey);
    if (id == EVP_PKEY_RSA_PSS) pss_details(call->realm, details, self->pkey);
    if (id == EVP_PKEY_DSA) dsa_details(call->realm, details, self->pkey);
    if (id == EVP_PKEY_EC) ec_details(call->realm, details, self->pkey);
    ERR_pop_to_mark();
    return details;
}

Value bio_string(Realm *realm, BIO *bio) {
    char *data;
    long len = BIO_get_mem_data(bio, &data);
    return value_latin1(realm, data, (size_t)len);
}

Value bio_buffer(Realm *realm, BIO *bio) {
    char *data;
    long len = BIO_get_mem_data(bio, &data);
    return buffer_copy(realm, data, (size_t)len);
}

static const char *private_structure(const char *type) {
    return strcmp(type, "pkcs8") == 0 ? "PrivateKeyInfo" : "type-specific";
}

static bool encode_private(BIO *bio, EVP_PKEY *pkey, bool is_pem, const char *type, const char *cipher,
                           const char *passphrase, size_t passphrase_len) {
    const EVP_CIPHER *evp = cipher ? EVP_get_cipherbyname(cipher) : NULL;
    if (cipher && !evp) {
        ERR_raise(ERR_LIB_EVP, EVP_R_UNSUPPORTED_CIPHER);
        return false;
    }
    if (strcmp(type, "pkcs8") == 0) {
        if (is_pem)
            return PEM_write_bio_PKCS8PrivateKey(bio, pkey, evp, passphrase, (int)passphrase_len, NULL,
                                                 NULL) == 1;
        return i2d_PKCS8PrivateKey_bio(bio, pkey, evp, passphrase, (int)passphrase_len, NULL, NULL) == 1;
    }
    if (is_pem)
        return PEM_write_bio_PrivateKey_traditional(bio, pkey, evp, (unsigned char *)passphrase,
                                                    (int)passphrase_len, NULL, NULL) == 1;
    OSSL_ENCODER_CTX *ctx =
        OSSL_ENCODER_CTX_new_for_pkey(pkey, OSSL_KEYMGMT_SELECT_ALL, "DER", private_structure(type), NULL);
    bool fine = OSSL_ENCODER_to_bio(ctx, bio) == 1;
    OSSL_ENCODER_CTX_free(ctx);
    return fine;
}

static bool encode_public(BIO *bio, EVP_PKEY *pkey, bool is_pem, const char *type) {
    if (strcmp(type, "pkcs1") != 0)
        return (is_pem ? PEM_write_bio_PUBKEY(bio, pkey) : i2d_PUBKEY_bio(bio, pkey)) == 1;
    OSSL_ENCODER_CTX *ctx = OSSL_ENCODER_CTX_new_for_pkey(pkey, OSSL_KEYMGMT_SELECT_PUBLIC_KEY,
                                                          is_pem ? "PEM" : "DER", "type-specific", NULL);
    bool fine = OSSL_ENCODER_to_bio(ctx, bio) == 1;
    OSSL_ENCODER_CTX_free(ctx);
    return fine;
}

Value key_encode(Realm *realm, EVP_PKEY *pkey, bool is_private, const char *format, const char *type,
                 const char *cipher, const char *passphrase, size_t passphrase_len) {
    BIO_AUTO bio = BIO_new(BIO_s_secmem());
    bool is_pem = strcmp(format, "pem") == 0;
    bool fine = is_private ? encode_private(bio, pkey, is_pem, type, cipher, passphrase, passphrase_len)
                           : encode_public(bio, pkey, is_pem, type);
    if (!fine) return NULL;
    return is_pem ? bio_string(realm, bio) : bio_buffer(realm, bio);
}

/* export(format, type, cipher, passphrase) */
static Value key_export(Call *call) {
    Key *self = (Key *)call_handle(call, &key_class);
    TEXT format = {0}, type = {0}, cipher = {0};
    VIEW phrase = {0};
    if (!self || !call_text(call, 0, &format) || !call_text(call, 1, &type) || !call_text(call, 2, &cipher) ||
        !call_view(call, 3, &phrase))
        return NULL;
    ERR_clear_error();
    Value value = key_encode(call->realm, self->pkey, self->type == KEY_PRIVATE, format.data, type.data,
                             call_is_given(call, 2) ? cipher.data : NULL, phrase.data, phrase.len);
    return value ? value : throw_ssl(call, "Failed to encode private key");
}

/* raw(private) -> the bytes of a key on a curve of Montgomery or Edwards */
static Value key_raw(Call *call) {
    Key *self = (Key *)call_handle(call, &key_class);
    if (!self || !self->pkey) return NULL;
    unsigned char raw[64];
    size_t len = sizeof raw;
    int fine = call_bool(call, 0) ? EVP_PKEY_get_raw_private_key(self->pkey, raw, &len)
                                  : EVP_PKEY_get_raw_public_key(self->pkey, raw, &len);
    if (fine != 1) return throw_ssl(call, "Failed to get raw key");
    return buffer_copy(call->realm, raw, len);
}

/* keyFromRaw(name, private, bytes) -> Key, or undefined for bytes that are none */
static Value key_from_raw(Call *call) {
    TEXT name = {0};
    VIEW data = {0};
    if (!call_text(call, 0, &name) || !call_view(call, 2, &data)) return NULL;
    bool is_private = call_bool(call, 1);
    int id = 0;
    for (size_t i = 0; i < COUNT_OF(key_types); i++)
        if (strcasecmp(key_types[i].name, name.data) == 0) id = key_types[i].id;
    EVP_PKEY *pkey = is_private ? EVP_PKEY_new_raw_private_key(id, NULL, (unsigned char *)data.data, data.len)
                                : EVP_PKEY_new_raw_public_key(id, NULL, (unsigned char *)data.data, data.len);
    ERR_clear_error();
    return pkey ? key_pkey_new(call->realm, is_private ? KEY_PRIVATE : KEY_PUBLIC, pkey) : value_undefined();
}

static const Native key_methods[] = {
    {"toPublic",     key_to_public},
    {"size",              key_size},
    {"exportSecret",key_export_secret},
    {"equals", key_equals},
    {"typeName",              key_type_name},
    {"details",    key_details},
    {"export",     key_export},
    {"raw",              key_raw},
    {0}
};

const Native key_functions[] = {
    {"keySecret",  key_secret},
    {"keyParse",            key_parse},
    {"keyFromRaw",key_from_raw},
    {0}
};
