/* Joins the tables of this folder into what internalBinding('crypto') returns, once somebody asks. */
#include "modules/crypto/crypto.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/provider.h>
#include <stdlib.h>

static Value secure_heap_used(Call *call) {
    if (!CRYPTO_secure_malloc_initialized()) return value_undefined();
    return value_number((double)CRYPTO_secure_used());
}

static Value fips_is_on(Call *call) {
    return value_bool(EVP_default_properties_is_fips_enabled(NULL) == 1);
}

static Value fips_set(Call *call) {
    bool on = call_bool(call, 0);
    if (on && !OSSL_PROVIDER_available(NULL, "fips"))
        return throw_error(call, "ERR_CRYPTO_FIPS_UNAVAILABLE",
                           "Cannot set FIPS mode: OpenSSL's fips provider is not loaded");
    if (EVP_default_properties_enable_fips(NULL, on) != 1) return throw_ssl(call, "Cannot set FIPS mode");
    return value_undefined();
}

static Value curve_names(Call *call) {
    size_t count = EC_get_builtin_curves(NULL, 0);
    EC_builtin_curve *curves = mem_new(count * sizeof *curves);
    EC_get_builtin_curves(curves, count);
    Bytes names = {0};
    for (size_t i = 0; i < count; i++) {
        bytes_append_str(&names, OBJ_nid2sn(curves[i].nid));
        bytes_append_char(&names, ' ');
    }
    Value value = value_string(call->realm, names.data ? names.data : "");
    bytes_free(&names);
    mem_free(curves);
    return value;
}

static const Native crypto_functions[] = {
    {"secureHeapUsed", secure_heap_used},
    {"fipsIsOn",                fips_is_on},
    {"fipsSet",fips_set},
    {"curveNames",        curve_names},
    {0               }
};

static void crypto_setup(Realm *realm, Object binding) {
    const Native *const tables[] = {hash_functions, random_functions, kdf_functions,    cipher_functions,
                                    key_functions,  jwk_functions,    keygen_functions, sign_functions,
                                    rsa_functions,  dh_functions,     x509_functions,   kem_functions};
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        for (const Native *native = tables[i]; native->name; native++)
            object_set_native(realm, binding, native);
    object_set(realm, binding, "version", value_string(realm, OpenSSL_version(OPENSSL_VERSION_STRING)));
}

static void crypto_teardown(Realm *realm) {
    digests_teardown(realm);
    ciphers_teardown(realm);
}

const Module crypto_plugin = {"crypto", crypto_functions, crypto_setup, crypto_teardown};
