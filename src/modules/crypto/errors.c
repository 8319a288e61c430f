#include "modules/crypto/crypto.h"

#include <ctype.h>
#include <openssl/err.h>
#include <stdio.h>

void ssl_errors_take(SslErrors *errors) {
    errors->count = 0;
    unsigned long code;
    while ((code = ERR_get_error()))
        if (errors->count < COUNT_OF(errors->codes)) errors->codes[errors->count++] = code;
}

static const struct {
    int number;
    const char *name;
} libraries[] = {
#define LIBRARY(name)                                                                                        \
    { ERR_LIB_##name, #name "_" }
    LIBRARY(SYS),    LIBRARY(BN),    LIBRARY(RSA),  LIBRARY(DH),         LIBRARY(EVP),   LIBRARY(BUF),
    LIBRARY(OBJ),    LIBRARY(PEM),   LIBRARY(DSA),  LIBRARY(X509),       LIBRARY(ASN1),  LIBRARY(CONF),
    LIBRARY(CRYPTO), LIBRARY(EC),    LIBRARY(SSL),  LIBRARY(BIO),        LIBRARY(PKCS7), LIBRARY(X509V3),
    LIBRARY(PKCS12), LIBRARY(RAND),  LIBRARY(DSO),  LIBRARY(ENGINE),     LIBRARY(OCSP),  LIBRARY(UI),
    LIBRARY(COMP),   LIBRARY(ECDSA), LIBRARY(ECDH), LIBRARY(OSSL_STORE), LIBRARY(FIPS),  LIBRARY(CMS),
    LIBRARY(TS),     LIBRARY(HMAC),  LIBRARY(CT),   LIBRARY(ASYNC),      LIBRARY(KDF),   LIBRARY(SM2),
    LIBRARY(USER),
#undef LIBRARY
};

static const char *library_prefix(int number) {
    for (size_t i = 0; i < COUNT_OF(libraries); i++)
        if (libraries[i].number == number) return libraries[i].name;
    return "";
}

void ssl_error_decorate(Realm *realm, Object error, unsigned long code) {
    const char *library = ERR_lib_error_string(code), *reason = ERR_reason_error_string(code);
    if (library) object_set(realm, error, "library", value_string(realm, library));
    if (!reason) return;
    object_set(realm, error, "reason", value_string(realm, reason));
    const char *prefix = library_prefix(ERR_GET_LIB(code));
    char name[256];
    snprintf(name, sizeof name, "ERR_%s%s%s", strcmp(prefix, "SSL_") == 0 ? "" : "OSSL_", prefix, reason);
    for (char *c = name; *c; c++)
        *c = *c == ' ' ? '_' : (char)toupper((unsigned char)*c);
    object_set(realm, error, "code", value_string(realm, name));
}

Value ssl_errors_value(Realm *realm, const SslErrors *errors, const char *fallback) {
    char text[256];
    if (errors->count)
        ERR_error_string_n(errors->codes[0], text, sizeof text);
    else
        snprintf(text, sizeof text, "%s", fallback);
    Value value = error_new(realm, "Error", NULL, text);
    Object error = value_object(realm, value);
    if (!error || !errors->count) return value;
    ssl_error_decorate(realm, error, errors->codes[0]);
    if (errors->count > 1) {
        Value stack[COUNT_OF(errors->codes)];
        size_t n = 0;
        for (size_t i = errors->count; i-- > 1;) {
            ERR_error_string_n(errors->codes[i], text, sizeof text);
            stack[n++] = value_string(realm, text);
        }
        object_set(realm, error, "opensslErrorStack", array_new(realm, n, stack));
    }
    return value;
}

Value throw_ssl(Call *call, const char *fallback) {
    SslErrors errors;
    ssl_errors_take(&errors);
    return throw_value(call, ssl_errors_value(call->realm, &errors, fallback));
}
