#include "modules/crypto/x509.h"

#include "modules/crypto/x509_text.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

enum { CERTIFICATE_BYTES = 8192 }; /* about what OpenSSL keeps for one */

typedef struct {
    Handle handle;
    X509 *x509;
} Certificate;

static void certificate_dispose(Handle *handle) {
    Certificate *self = (Certificate *)handle;
    X509_free(self->x509);
    handle_leave(handle);
    mem_free(self);
}

static const Native certificate_methods[];
static const HandleClass certificate_class = {"X509Certificate", certificate_methods, certificate_dispose};

Object certificate_new(Realm *realm, X509 *x509) {
    Certificate *self = NEW(Certificate);
    self->x509 = x509;
    Object object = handle_open(realm, &self->handle, &certificate_class);
    handle_weigh(&self->handle, CERTIFICATE_BYTES);
    return object;
}

X509 *certificate_of(Value v) {
    Certificate *self = (Certificate *)handle_of(v, &certificate_class);
    return self ? self->x509 : NULL;
}

static X509 *call_certificate(Call *call) {
    Certificate *self = (Certificate *)call_handle(call, &certificate_class);
    return self ? self->x509 : NULL;
}

static Value certificate_parse(Call *call) {
    VIEW data = {0};
    if (!call_view(call, 0, &data)) return NULL;
    ERR_clear_error();
    BIO_AUTO bio = bio_over(data.data, data.len);
    X509 *x509 = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);
    if (!x509) {
        ERR_clear_error();
        const unsigned char *at = (unsigned char *)data.data;
        x509 = d2i_X509(NULL, &at, (long)data.len);
    }
    if (!x509) return throw_ssl(call, "Unable to parse certificate");
    ERR_clear_error();
    return certificate_new(call->realm, x509);
}

static Value bio_text(Realm *realm, BIO *bio) {
    char *data;
    long len = BIO_get_mem_data(bio, &data);
    return value_string_n(realm, data, (size_t)len);
}

static Value name_text(Realm *realm, const X509_NAME *name) {
    BIO_AUTO bio = BIO_new(BIO_s_mem());
    return x509_print_name(bio, name) ? bio_text(realm, bio) : value_undefined();
}

/* {C: 'US', OU: ['a', 'b'], …} */
static Value name_object(Realm *realm, const X509_NAME *name) {
    Object object = object_new(realm);
    JSObjectSetPrototype(realm->ctx, object, value_null());
    int count = X509_NAME_entry_count(name);
    for (int i = 0; i < count; i++) {
        X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
        ASN1_OBJECT *id = X509_NAME_ENTRY_get_object(entry);
        char key[80];
        int nid = OBJ_obj2nid(id);
        if (nid != NID_undef)
            snprintf(key, sizeof key, "%s", OBJ_nid2sn(nid));
        else
            OBJ_obj2txt(key, sizeof key, id, 1);
        unsigned char *text = NULL;
        int len = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry));
        if (len < 0) continue;
        Value value = value_string_n(realm, (char *)text, (size_t)len);
        OPENSSL_free(text);
        Value before = object_get(realm, object, key);
        if (value_is_undefined(before)) {
            object_set(realm, object, key, value);
        } else if (JSValueIsArray(realm->ctx, before)) {
            int64_t n = value_as_int64(object_get(realm, (Object)before, "length"));
            array_put(realm, (Object)before, (size_t)n, value);
        } else {
            Value pair[] = {before, value};
            object_set(realm, object, key, array_new(realm, 2, pair));
        }
    }
    return object;
}

static Value alt_names(Realm *realm, X509 *x509) {
    BIO_AUTO bio = BIO_new(BIO_s_mem());
    return x509_print_alt_names(bio, x509) ? bio_text(realm, bio) : value_undefined();
}

static Value info_access(Realm *realm, X509 *x509) {
    BIO_AUTO bio = BIO_new(BIO_s_mem());
    return x509_print_info_access(bio, x509) ? bio_text(realm, bio) : value_undefined();
}

static Value fingerprint(Realm *realm, X509 *x509, const EVP_MD *md) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len;
    char text[EVP_MAX_MD_SIZE * 3 + 1];
    if (X509_digest(x509, md, digest, &len) != 1) return value_undefined();
    for (unsigned i = 0; i < len; i++)
        snprintf(text + i * 3, 4, i + 1 < len ? "%02X:" : "%02X", digest[i]);
    return value_string(realm, text);
}

static Value time_text(Realm *realm, const ASN1_TIME *time) {
    BIO_AUTO bio = BIO_new(BIO_s_mem());
    ASN1_TIME_print(bio, time);
    return bio_text(realm, bio);
}

static Value serial_number(Realm *realm, X509 *x509) {
    BIGNUM *n = ASN1_INTEGER_to_BN(X509_get_serialNumber(x509), NULL);
    char *hex = BN_bn2hex(n);
    Value value = value_string(realm, hex);
    OPENSSL_free(hex);
    BN_free(n);
    return value;
}

static Value key_usage(Realm *realm, X509 *x509) {
    STACK_OF(ASN1_OBJECT) *usages = X509_get_ext_d2i(x509, NID_ext_key_usage, NULL, NULL);
    if (!usages) return value_undefined();
    int count = sk_ASN1_OBJECT_num(usages);
    Object array = array_new(realm, 0, NULL);
    for (int i = 0; i < count; i++) {
        char text[256];
        OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(usages, i), 1);
        array_put(realm, array, (size_t)i, value_string(realm, text));
    }
    sk_ASN1_OBJECT_pop_free(usages, ASN1_OBJECT_free);
    return array;
}

static Value raw(Realm *realm, X509 *x509) {
    unsigned char *der = NULL;
    int len = i2d_X509(x509, &der);
    Value value = buffer_copy(realm, der, len > 0 ? (size_t)len : 0);
    OPENSSL_free(der);
    return value;
}

static void legacy_key(Realm *realm, Object object, X509 *x509) {
    EVP_PKEY *pkey = X509_get0_pubkey(x509);
    if (!pkey) return;
    ERR_set_mark();
    if (EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA) {
        BIGNUM *n = NULL, *e = NULL;
        EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n);
        EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e);
        char *hex = BN_bn2hex(n), exponent[40];
        object_set(realm, object, "modulus", value_string(realm, hex));
        object_set_int(realm, object, "bits", BN_num_bits(n));
        snprintf(exponent, sizeof exponent, "0x%llx", (unsigned long long)BN_get_word(e));
        object_set(realm, object, "exponent", value_string(realm, exponent));
        OPENSSL_free(hex);
        BN_free(n);
        BN_free(e);
        unsigned char *der = NULL;
        int len = i2d_PUBKEY(pkey, &der);
        object_set(realm, object, "pubkey", buffer_copy(realm, der, len > 0 ? (size_t)len : 0));
        OPENSSL_free(der);
    } else if (EVP_PKEY_get_base_id(pkey) == EVP_PKEY_EC) {
        object_set_int(realm, object, "bits", EVP_PKEY_get_bits(pkey));
        unsigned char point[256];
        size_t len = 0;
        if (EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) == 1)
            object_set(realm, object, "pubkey", buffer_copy(realm, point, len));
        char group[80];
        if (EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) == 1) {
            int nid = OBJ_sn2nid(group);
            object_set(realm, object, "asn1Curve", value_string(realm, group));
            const char *nist = EC_curve_nid2nist(nid);
            if (nist) object_set(realm, object, "nistCurve", value_string(realm, nist));
        }
    }
    ERR_pop_to_mark();
}

Object certificate_legacy(Realm *realm, X509 *x509) {
    Object object = object_new(realm);
    object_set(realm, object, "subject", name_object(realm, X509_get_subject_name(x509)));
    object_set(realm, object, "issuer", name_object(realm, X509_get_issuer_name(x509)));
    Value value = alt_names(realm, x509);
    if (!value_is_undefined(value)) object_set(realm, object, "subjectaltname", value);
    value = info_access(realm, x509);
    if (!value_is_undefined(value)) object_set(realm, object, "infoAccess", value);
    object_set(realm, object, "ca", value_bool(X509_check_ca(x509) == 1));
    legacy_key(realm, object, x509);
    object_set(realm, object, "valid_from", time_text(realm, X509_get0_notBefore(x509)));
    object_set(realm, object, "valid_to", time_text(realm, X509_get0_notAfter(x509)));
    object_set(realm, object, "fingerprint", fingerprint(realm, x509, EVP_sha1()));
    object_set(realm, object, "fingerprint256", fingerprint(realm, x509, EVP_sha256()));
    object_set(realm, object, "fingerprint512", fingerprint(realm, x509, EVP_sha512()));
    value = key_usage(realm, x509);
    if (!value_is_undefined(value)) object_set(realm, object, "ext_key_usage", value);
    object_set(realm, object, "serialNumber", serial_number(realm, x509));
    object_set(realm, object, "raw", raw(realm, x509));
    ERR_clear_error();
    return object;
}

static Value method_legacy(Call *call) {
    X509 *x509 = call_certificate(call);
    return x509 ? certificate_legacy(call->realm, x509) : NULL;
}

/* get(what): one property at a time, because programs look at few. */
static Value method_get(Call *call) {
    X509 *x509 = call_certificate(call);
    TEXT what = {0};
    if (!x509 || !call_text(call, 0, &what)) return NULL;
    Realm *realm = call->realm;
    const char *name = what.data;
    if (strcmp(name, "subject") == 0) return name_text(realm, X509_get_subject_name(x509));
    if (strcmp(name, "issuer") == 0) return name_text(realm, X509_get_issuer_name(x509));
    if (strcmp(name, "subjectAltName") == 0) return alt_names(realm, x509);
    if (strcmp(name, "infoAccess") == 0) return info_access(realm, x509);
    if (strcmp(name, "validFrom") == 0) return time_text(realm, X509_get0_notBefore(x509));
    if (strcmp(name, "validTo") == 0) return time_text(realm, X509_get0_notAfter(x509));
    if (strcmp(name, "fingerprint") == 0) return fingerprint(realm, x509, EVP_sha1());
    if (strcmp(name, "fingerprint256") == 0) return fingerprint(realm, x509, EVP_sha256());
    if (strcmp(name, "fingerprint512") == 0) return fingerprint(realm, x509, EVP_sha512());
    if (strcmp(name, "keyUsage") == 0) return key_usage(realm, x509);
    if (strcmp(name, "serialNumber") == 0) return serial_number(realm, x509);
    if (strcmp(name, "raw") == 0) return raw(realm, x509);
    if (strcmp(name, "ca") == 0) return value_bool(X509_check_ca(x509) == 1);
    if (strcmp(name, "signatureAlgorithm") == 0 || strcmp(name, "signatureAlgorithmOid") == 0) {
        const ASN1_OBJECT *algorithm;
        const X509_ALGOR *signature;
        X509_get0_signature(NULL, &signature, x509);
        X509_ALGOR_get0(&algorithm, NULL, NULL, signature);
        if (name[18]) {
            char oid[128];
            OBJ_obj2txt(oid, sizeof oid, algorithm, 1);
            return value_string(realm, oid);
        }
        int nid = OBJ_obj2nid(algorithm);
        return nid == NID_undef ? value_undefined() : value_string(realm, OBJ_nid2ln(nid));
    }
    if (strcmp(name, "pem") == 0) {
        BIO_AUTO bio = BIO_new(BIO_s_mem());
        PEM_write_bio_X509(bio, x509);
        return bio_text(realm, bio);
    }
    if (strcmp(name, "publicKey") == 0) {
        EVP_PKEY *pkey = X509_get_pubkey(x509);
        return pkey ? key_pkey_new(realm, KEY_PUBLIC, pkey)
                    : throw_ssl(call, "Unable to read the public key");
    }
    return value_undefined();
}

/* check('host' | 'email' | 'ip', text, flags) -> the name that matched, or undefined */
static Value method_check(Call *call) {
    X509 *x509 = call_certificate(call);
    TEXT what = {0}, text = {0};
    if (!x509 || !call_text(call, 0, &what) || !call_text(call, 1, &text)) return NULL;
    unsigned flags = (unsigned)call_int(call, 2);
    int result;
    if (strcmp(what.data, "host") == 0) {
        char *peer = NULL;
        result = X509_check_host(x509, text.data, text.len, flags, &peer);
        if (result == 1 && peer) {
            Value value = value_string(call->realm, peer);
            OPENSSL_free(peer);
            return value;
        }
    } else if (strcmp(what.data, "email") == 0) {
        result = X509_check_email(x509, text.data, text.len, flags);
    } else {
        result = X509_check_ip_asc(x509, text.data, flags);
    }
    ERR_clear_error();
    if (result == -2) return throw_type(call, "ERR_INVALID_ARG_VALUE", "Invalid name");
    if (result < 0) return throw_error(call, "ERR_CRYPTO_OPERATION_FAILED", "Operation failed");
    return result == 1 ? value_string(call->realm, text.data) : value_undefined();
}

static Value method_check_issued(Call *call) {
    X509 *x509 = call_certificate(call), *other = certificate_of(call_arg(call, 0));
    if (!x509 || !other) return value_bool(false);
    return value_bool(X509_check_issued(other, x509) == X509_V_OK);
}

static Value method_check_private_key(Call *call) {
    X509 *x509 = call_certificate(call);
    Key *key = call_key(call, 0);
    bool fits = x509 && key && key->pkey && X509_check_private_key(x509, key->pkey) == 1;
    ERR_clear_error();
    return value_bool(fits);
}

static Value method_verify(Call *call) {
    X509 *x509 = call_certificate(call);
    Key *key = call_key(call, 0);
    bool is_right = x509 && key && key->pkey && X509_verify(x509, key->pkey) == 1;
    ERR_clear_error();
    return value_bool(is_right);
}

static const Native certificate_methods[] = {
    {"get",                method_get},
    {"legacy",                    method_legacy},
    {"check",method_check},
    {"checkIssued",              method_check_issued},
    {"checkPrivateKey",                    method_check_private_key},
    {"verify",method_verify},
    {0   }
};

/* SPKAC: what browsers once sent to have a key signed. */
static NETSCAPE_SPKI *call_spki(Call *call) {
    VIEW data = {0};
    if (!call_view(call, 0, &data)) return NULL;
    /* Decoding stops at the first byte that is no base64. */
    size_t len = data.len;
    while (len && strchr(" \n\r\t", data.data[len - 1]))
        len--;
    NETSCAPE_SPKI *spki = len ? NETSCAPE_SPKI_b64_decode(data.data, (int)len) : NULL;
    ERR_clear_error();
    return spki;
}

static Value spkac_verify(Call *call) {
    NETSCAPE_SPKI *spki = call_spki(call);
    EVP_PKEY *pkey = spki ? X509_PUBKEY_get(spki->spkac->pubkey) : NULL;
    bool is_right = pkey && NETSCAPE_SPKI_verify(spki, pkey) > 0;
    EVP_PKEY_free(pkey);
    NETSCAPE_SPKI_free(spki);
    ERR_clear_error();
    return value_bool(is_right);
}

static Value spkac_public_key(Call *call) {
    NETSCAPE_SPKI *spki = call_spki(call);
    EVP_PKEY *pkey = spki ? NETSCAPE_SPKI_get_pubkey(spki) : NULL;
    Value value = value_string(call->realm, "");
    if (pkey) {
        BIO_AUTO bio = BIO_new(BIO_s_mem());
        if (PEM_write_bio_PUBKEY(bio, pkey) == 1) value = bio_buffer(call->realm, bio);
    }
    EVP_PKEY_free(pkey);
    NETSCAPE_SPKI_free(spki);
    ERR_clear_error();
    return value;
}

static Value spkac_challenge(Call *call) {
    NETSCAPE_SPKI *spki = call_spki(call);
    unsigned char *text = NULL;
    int len = spki ? ASN1_STRING_to_UTF8(&text, spki->spkac->challenge) : 0;
    Value value = len > 0 ? buffer_copy(call->realm, text, (size_t)len) : value_string(call->realm, "");
    OPENSSL_free(text);
    NETSCAPE_SPKI_free(spki);
    return value;
}

const Native x509_functions[] = {
    {"certificateParse", certificate_parse},
    {"spkacVerify",                  spkac_verify},
    {"spkacPublicKey",spkac_public_key},
    {"spkacChallenge",   spkac_challenge},
    {0                 }
};
