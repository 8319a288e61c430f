/* Secure contexts: the certificates, keys, ciphers and rules that connections share. */
#include "modules/crypto/tls.h"
#include "modules/crypto/x509.h"

#include <limits.h>
#include <openssl/dh.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

enum { CONTEXT_BYTES = 32768 }; /* about what OpenSSL keeps for one */

static void context_dispose(Handle *handle) {
    TlsContext *self = (TlsContext *)handle;
    SSL_CTX_free(self->ctx);
    X509_free(self->cert);
    X509_free(self->issuer);
    handle_leave(handle);
    mem_free(self);
}

static const Native context_methods[];
static const HandleClass context_class = {"SecureContext", context_methods, context_dispose};

TlsContext *call_context(Call *call, size_t i) {
    return (TlsContext *)handle_of(call_arg(call, i), &context_class);
}

static TlsContext *this_context(Call *call) {
    return (TlsContext *)call_handle(call, &context_class);
}

/* Tickets with 48 bytes of keys, as programs share them between processes. */
static int ticket_keys_use(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                           EVP_MAC_CTX *mac, int encrypts) {
    TlsContext *self = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    const unsigned char *keys = self->ticket_keys;
    if (encrypts) {
        memcpy(name, keys, 16);
        if (RAND_bytes(iv, 16) <= 0) return -1;
    } else if (memcmp(name, keys, 16) != 0) {
        return 0;
    }
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)(keys + 16), 16),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    if (EVP_MAC_CTX_set_params(mac, params) != 1 ||
        EVP_CipherInit_ex(cipher, EVP_aes_128_cbc(), NULL, keys + 32, iv, encrypts) != 1)
        return -1;
    return 1;
}

/* contextOpen(min version, max version) */
static Value context_open(Call *call) {
    ERR_clear_error();
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    if (!ctx) return throw_ssl(call, "SSL_CTX_new");
    TlsContext *self = NEW(TlsContext);
    self->ctx = ctx;
    SSL_CTX_set_app_data(ctx, self);
    SSL_CTX_set_options(ctx, SSL_OP_NO_SSLv2 | SSL_OP_NO_SSLv3 | SSL_OP_ALLOW_CLIENT_RENEGOTIATION |
                                 SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_SERVER |
                                            SSL_SESS_CACHE_NO_INTERNAL | SSL_SESS_CACHE_NO_AUTO_CLEAR);
    SSL_CTX_set_min_proto_version(ctx, call_int(call, 0));
    SSL_CTX_set_max_proto_version(ctx, call_int(call, 1));
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (RAND_bytes(self->ticket_keys, sizeof self->ticket_keys) != 1) {
        SSL_CTX_free(ctx);
        mem_free(self);
        return throw_ssl(call, "Error generating ticket keys");
    }
    SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, ticket_keys_use);
    tls_context_hook(self);
    Object object = handle_open(call->realm, &self->handle, &context_class);
    handle_weigh(&self->handle, CONTEXT_BYTES);
    return object;
}

typedef struct {
    const char *data;
    size_t len;
} Phrase;

static int phrase_give(char *room, int size, int writing, void *data) {
    const Phrase *phrase = data;
    if (!phrase || (size_t)size < phrase->len) return -1;
    if (!phrase->data) return 0; /* an encrypted key then fails to be decrypted, which says what is wrong */
    memcpy(room, phrase->data, phrase->len);
    return (int)phrase->len;
}

static Value context_set_key(Call *call) {
    TlsContext *self = this_context(call);
    VIEW pem = {0}, view = {0};
    if (!self || !call_view(call, 0, &pem) || !call_view(call, 1, &view)) return NULL;
    Phrase phrase = {call_is_given(call, 1) ? view.data : NULL, view.len};
    ERR_clear_error();
    BIO_AUTO bio = bio_over(pem.data, pem.len);
    PKEY pkey = PEM_read_bio_PrivateKey(bio, NULL, phrase_give, &phrase);
    if (!pkey || SSL_CTX_use_PrivateKey(self->ctx, pkey) != 1)
        return throw_ssl(call, "PEM_read_bio_PrivateKey");
    return value_undefined();
}

static void context_find_issuer(TlsContext *self, STACK_OF(X509) * chain) {
    X509_free(self->issuer);
    self->issuer = NULL;
    for (int i = 0; chain && i < sk_X509_num(chain); i++) {
        X509 *candidate = sk_X509_value(chain, i);
        if (X509_check_issued(candidate, self->cert) != X509_V_OK) continue;
        X509_up_ref(self->issuer = candidate);
        return;
    }
    X509_STORE_CTX *store = X509_STORE_CTX_new();
    X509 *issuer = NULL;
    if (X509_STORE_CTX_init(store, SSL_CTX_get_cert_store(self->ctx), NULL, NULL) == 1 &&
        X509_STORE_CTX_get1_issuer(&issuer, store, self->cert) == 1)
        self->issuer = issuer;
    X509_STORE_CTX_free(store);
}

/* The certificate and those that lead from it to a root; takes none of them. */
static bool context_use_chain(TlsContext *self, X509 *cert, STACK_OF(X509) * chain) {
    if (SSL_CTX_use_certificate(self->ctx, cert) != 1) return false;
    SSL_CTX_clear_chain_certs(self->ctx);
    for (int i = 0; chain && i < sk_X509_num(chain); i++)
        if (SSL_CTX_add1_chain_cert(self->ctx, sk_X509_value(chain, i)) != 1) return false;
    X509_free(self->cert);
    X509_up_ref(self->cert = cert);
    context_find_issuer(self, chain);
    return true;
}

static Value context_set_cert(Call *call) {
    TlsContext *self = this_context(call);
    VIEW pem = {0};
    if (!self || !call_view(call, 0, &pem)) return NULL;
    ERR_clear_error();
    BIO_AUTO bio = bio_over(pem.data, pem.len);
    X509 *cert = PEM_read_bio_X509_AUX(bio, NULL, phrase_give, NULL);
    if (!cert) return throw_ssl(call, "SSL_CTX_use_certificate_chain");
    STACK_OF(X509) *chain = sk_X509_new_null();
    X509 *extra;
    while ((extra = PEM_read_bio_X509(bio, NULL, phrase_give, NULL)))
        sk_X509_push(chain, extra);
    ERR_clear_error();
    bool fine = context_use_chain(self, cert, chain);
    sk_X509_pop_free(chain, X509_free);
    X509_free(cert);
    if (!fine) return throw_ssl(call, "SSL_CTX_use_certificate_chain");
    ERR_clear_error();
    return value_undefined();
}

/* addCACert(pem with one or more certificates) */
static Value context_add_ca(Call *call) {
    TlsContext *self = this_context(call);
    VIEW pem = {0};
    if (!self || !call_view(call, 0, &pem)) return NULL;
    ERR_clear_error();
    BIO_AUTO bio = bio_over(pem.data, pem.len);
    X509_STORE *store = SSL_CTX_get_cert_store(self->ctx);
    X509 *cert;
    while ((cert = PEM_read_bio_X509_AUX(bio, NULL, phrase_give, NULL))) {
        X509_STORE_add_cert(store, cert);
        SSL_CTX_add_client_CA(self->ctx, cert);
        X509_free(cert);
    }
    ERR_clear_error();
    return value_undefined();
}

/* The system's own authorities, each read when a chain first needs it. */
static Value context_add_roots(Call *call) {
    TlsContext *self = this_context(call);
    if (!self) return NULL;
    /* Reading the file of all authorities takes longer than a handshake; in the folder each is found by name.
     */
    const char *file = getenv(X509_get_default_cert_file_env()),
               *folder = getenv(X509_get_default_cert_dir_env());
    if (file) SSL_CTX_set_default_verify_file(self->ctx);
    if (folder || (!file && access(X509_get_default_cert_dir(), R_OK) == 0))
        SSL_CTX_set_default_verify_dir(self->ctx);
    else if (!file)
        SSL_CTX_set_default_verify_file(self->ctx);
    ERR_clear_error();
    return value_undefined();
}

/* addPreparedRoots(): those of rootsPrepare() */
static Value context_add_prepared(Call *call) {
    TlsContext *self = this_context(call);
    if (!self) return NULL;
    STACK_OF(X509) *roots = *tls_roots(call->realm);
    X509_STORE *store = SSL_CTX_get_cert_store(self->ctx);
    for (int i = 0; i < sk_X509_num(roots); i++)
        X509_STORE_add_cert(store, sk_X509_value(roots, i));
    ERR_clear_error();
    return value_undefined();
}

static Value context_add_crl(Call *call) {
    TlsContext *self = this_context(call);
    VIEW pem = {0};
    if (!self || !call_view(call, 0, &pem)) return NULL;
    ERR_clear_error();
    BIO_AUTO bio = bio_over(pem.data, pem.len);
    X509_CRL *crl = PEM_read_bio_X509_CRL(bio, NULL, phrase_give, NULL);
    if (!crl) {
        ERR_clear_error();
        return throw_error(call, "ERR_CRYPTO_OPERATION_FAILED", "Failed to parse CRL");
    }
    X509_STORE *store = SSL_CTX_get_cert_store(self->ctx);
    X509_STORE_add_crl(store, crl);
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    X509_CRL_free(crl);
    return value_undefined();
}

static int set_groups(SSL_CTX *ctx, const char *text) {
    return strcmp(text, "auto") == 0 ? 1 : (int)SSL_CTX_set1_groups_list(ctx, text);
}

/* A setter that takes a text and gives it to one of OpenSSL's. */
static Value context_text(Call *call, int (*set)(SSL_CTX *, const char *), const char *fallback) {
    TlsContext *self = this_context(call);
    TEXT text = {0};
    if (!self || !call_text(call, 0, &text)) return NULL;
    ERR_clear_error();
    if (set(self->ctx, text.data) == 1) return value_undefined();
    if (set == set_groups) {
        ERR_clear_error();
        return throw_error(call, "ERR_CRYPTO_OPERATION_FAILED", "%s", fallback);
    }
    return throw_ssl(call, fallback);
}

static Value context_set_cipher_suites(Call *call) {
    return context_text(call, SSL_CTX_set_ciphersuites, "Failed to set ciphers");
}

static Value context_set_ciphers(Call *call) {
    TlsContext *self = this_context(call);
    TEXT text = {0};
    if (!self || !call_text(call, 0, &text)) return NULL;
    ERR_clear_error();
    if (SSL_CTX_set_cipher_list(self->ctx, text.data) == 1) return value_undefined();
    /* No ciphers before TLS 1.3 are fine if TLS 1.3 has some. */
    if (text.len == 0 && ERR_GET_REASON(ERR_peek_error()) == SSL_R_NO_CIPHER_MATCH) {
        ERR_clear_error();
        return value_undefined();
    }
    return throw_ssl(call, "Failed to set ciphers");
}

static int set_sigalgs(SSL_CTX *ctx, const char *text) {
    return (int)SSL_CTX_set1_sigalgs_list(ctx, text);
}
static Value context_set_sigalgs(Call *call) {
    return context_text(call, set_sigalgs, "Failed to set sigalgs");
}

static Value context_set_curves(Call *call) {
    return context_text(call, set_groups, "Failed to set ECDH curve");
}

/* setDHParam(true for automatic, or PEM) -> undefined, or a text to warn with */
static Value context_set_dh(Call *call) {
    TlsContext *self = this_context(call);
    VIEW pem = {0};
    if (!self) return NULL;
    if (value_is_true(call_arg(call, 0))) {
        SSL_CTX_set_dh_auto(self->ctx, 1);
        return value_undefined();
    }
    if (!call_view(call, 0, &pem)) return NULL;
    ERR_clear_error();
    BIO_AUTO bio = bio_over(pem.data, pem.len);
    EVP_PKEY *params = PEM_read_bio_Parameters(bio, NULL);
    if (!params) return throw_ssl(call, "Failed to read DH parameters");
    int bits = EVP_PKEY_get_bits(params);
    if (bits < 1024) {
        EVP_PKEY_free(params);
        return throw_error(call, "ERR_INVALID_ARG_VALUE", "DH parameter is less than 1024 bits");
    }
    if (SSL_CTX_set0_tmp_dh_pkey(self->ctx, params) != 1) {
        EVP_PKEY_free(params);
        return throw_error(call, "ERR_CRYPTO_OPERATION_FAILED", "Error setting temp DH parameter");
    }
    return bits < 2048 ? value_string(call->realm, "DH parameter is less than 2048 bits") : value_undefined();
}

static Value context_set_versions(Call *call) {
    TlsContext *self = this_context(call);
    if (!self) return NULL;
    SSL_CTX_set_min_proto_version(self->ctx, call_int(call, 0));
    SSL_CTX_set_max_proto_version(self->ctx, call_int(call, 1));
    return value_undefined();
}

static Value context_get_versions(Call *call) {
    TlsContext *self = this_context(call);
    if (!self) return NULL;
    Value values[] = {value_int((int)SSL_CTX_get_min_proto_version(self->ctx)),
                      value_int((int)SSL_CTX_get_max_proto_version(self->ctx))};
    return array_new(call->realm, 2, values);
}

static Value context_set_session_id_context(Call *call) {
    TlsContext *self = this_context(call);
    TEXT text = {0};
    if (!self || !call_text(call, 0, &text)) return NULL;
    ERR_clear_error();
    if (SSL_CTX_set_session_id_context(self->ctx, (unsigned char *)text.data, (unsigned)text.len) != 1)
        return throw_ssl(call, "SSL_CTX_set_session_id_context error");
    return value_undefined();
}

static Value context_set_session_timeout(Call *call) {
    TlsContext *self = this_context(call);
    if (self) SSL_CTX_set_timeout(self->ctx, call_int(call, 0));
    return value_undefined();
}

static Value context_set_options(Call *call) {
    TlsContext *self = this_context(call);
    if (self) SSL_CTX_set_options(self->ctx, (uint64_t)call_int64(call, 0));
    return value_undefined();
}

static Value context_set_partial(Call *call) {
    TlsContext *self = this_context(call);
    if (self) X509_STORE_set_flags(SSL_CTX_get_cert_store(self->ctx), X509_V_FLAG_PARTIAL_CHAIN);
    return value_undefined();
}

/* loadPKCS12(bytes, passphrase) */
static Value context_load_pkcs12(Call *call) {
    TlsContext *self = this_context(call);
    VIEW data = {0};
    TEXT phrase = {0};
    if (!self || !call_view(call, 0, &data)) return NULL;
    bool has_phrase = call_is_given(call, 1);
    if (has_phrase && !call_text(call, 1, &phrase)) return NULL;
    ERR_clear_error();
    const unsigned char *at = (unsigned char *)data.data;
    PKCS12 *pkcs12 = d2i_PKCS12(NULL, &at, (long)data.len);
    EVP_PKEY *pkey = NULL;
    X509 *cert = NULL;
    STACK_OF(X509) *extra = NULL;
    bool fine = pkcs12 && PKCS12_parse(pkcs12, has_phrase ? phrase.data : NULL, &pkey, &cert, &extra) == 1;
    bool has_no_key = fine && !pkey;
    bool is_empty = fine && !cert;
    fine =
        fine && cert && context_use_chain(self, cert, extra) && SSL_CTX_use_PrivateKey(self->ctx, pkey) == 1;
    for (int i = 0; fine && extra && i < sk_X509_num(extra); i++) {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(self->ctx), sk_X509_value(extra, i));
        SSL_CTX_add_client_CA(self->ctx, sk_X509_value(extra, i));
    }
    EVP_PKEY_free(pkey);
    X509_free(cert);
    sk_X509_pop_free(extra, X509_free);
    PKCS12_free(pkcs12);
    if (fine) {
        ERR_clear_error();
        return value_undefined();
    }
    if (has_no_key) {
        ERR_clear_error();
        return throw_error(call, "ERR_CRYPTO_OPERATION_FAILED", "Unable to load private key from PFX data");
    }
    if (is_empty) {
        ERR_clear_error();
        return throw_error(call, "ERR_CRYPTO_OPERATION_FAILED", "Unable to load PFX certificate");
    }
    unsigned long code = ERR_peek_last_error();
    if (ERR_GET_LIB(code) == ERR_LIB_EVP && ERR_GET_REASON(code) == EVP_R_UNSUPPORTED_ALGORITHM)
        code = ERR_peek_error();
    if (ERR_GET_REASON(code) == ERR_R_UNSUPPORTED || ERR_GET_REASON(ERR_peek_error()) == ERR_R_UNSUPPORTED) {
        ERR_clear_error();
        return throw_error(call, "ERR_CRYPTO_UNSUPPORTED_OPERATION", "Unsupported PKCS12 PFX data");
    }
    const char *reason = ERR_reason_error_string(code);
    char text[200];
    snprintf(text, sizeof text, "%s", reason ? reason : "Unable to load PFX certificate");
    if (ERR_GET_REASON(code) == PKCS12_R_MAC_VERIFY_FAILURE && ERR_GET_LIB(code) == ERR_LIB_PKCS12)
        snprintf(text, sizeof text, "mac verify failure");
    ERR_clear_error();
    Value error = error_new(call->realm, "Error", NULL, text);
    if (value_object(call->realm, error)) ssl_error_decorate(call->realm, (Object)error, code);
    return throw_value(call, error);
}

static Value context_get_ticket_keys(Call *call) {
    TlsContext *self = this_context(call);
    return self ? buffer_copy(call->realm, self->ticket_keys, sizeof self->ticket_keys) : NULL;
}

static Value context_set_ticket_keys(Call *call) {
    TlsContext *self = this_context(call);
    char *keys;
    size_t len;
    if (!self || !call_bytes(call, 0, &keys, &len)) return NULL;
    if (len != sizeof self->ticket_keys)
        return throw_type(call, "ERR_INVALID_ARG_VALUE", "Session ticket keys must be a 48-byte buffer");
    memcpy(self->ticket_keys, keys, len);
    return value_undefined();
}

/* getCertificate(of the issuer) -> DER or null */
static Value context_get_certificate(Call *call) {
    TlsContext *self = this_context(call);
    if (!self) return NULL;
    X509 *cert = call_bool(call, 0) ? self->issuer : self->cert;
    if (!cert) return value_null();
    unsigned char *der = NULL;
    int len = i2d_X509(cert, &der);
    Value value = buffer_copy(call->realm, der, len > 0 ? (size_t)len : 0);
    OPENSSL_free(der);
    return value;
}

static const Native context_methods[] = {
    {"setKey",                        context_set_key},
    {"setCert",                               context_set_cert},
    {"addCACert",context_add_ca},
    {"addPreparedRoots",                     context_add_prepared},
    {"addRootCerts",                               context_add_roots},
    {"addCRL",context_add_crl},
    {"setCipherSuites",                  context_set_cipher_suites},
    {"setCiphers",                               context_set_ciphers},
    {"setSigalgs",                          context_set_sigalgs},
    {"setECDHCurve",               context_set_curves},
    {"setDHParam",                               context_set_dh},
    {"setVersions",context_set_versions},
    {"getVersions",                    context_get_versions},
    {"setSessionIdContext",                               context_set_session_id_context},
    {"setSessionTimeout",context_set_session_timeout},
    {"setOptions",                    context_set_options},
    {"setAllowPartialTrustChain",                               context_set_partial},
    {"loadPKCS12",                              context_load_pkcs12},
    {"getTicketKeys",                   context_get_ticket_keys},
    {"setTicketKeys",                               context_set_ticket_keys},
    {"certificate",context_get_certificate},
    {0            }
};

/* The names of all ciphers that connections may use. */
static Value cipher_names(Call *call) {
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);
    STACK_OF(SSL_CIPHER) *ciphers = SSL_get_ciphers(ssl);
    Bytes names = {0};
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
        bytes_append_str(&names, SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i)));
        bytes_append_char(&names, ' ');
    }
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    Value value = value_string(call->realm, names.data ? names.data : "");
    bytes_free(&names);
    return value;
}

/* pemSplit(text with many certificates) -> [pem, …], each written anew; throws for one that is broken */
static Value pem_split(Call *call) {
    VIEW pem = {0};
    if (!call_view(call, 0, &pem)) return NULL;
    ERR_clear_error();
    BIO_AUTO bio = bio_over(pem.data, pem.len);
    Object array = array_new(call->realm, 0, NULL);
    unsigned n = 0;
    X509 *cert;
    while ((cert = PEM_read_bio_X509(bio, NULL, phrase_give, NULL))) {
        BIO_AUTO out = BIO_new(BIO_s_mem());
        PEM_write_bio_X509(out, cert);
        X509_free(cert);
        char *text;
        long len = BIO_get_mem_data(out, &text);
        while (len && text[len - 1] == '\n')
            len--;
        array_put(call->realm, array, n++, value_latin1(call->realm, text, (size_t)len));
    }
    unsigned long code = ERR_peek_last_error();
    bool ended = ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
    if (code && !ended) {
        ERR_clear_error();
        Value error = error_new(call->realm, "Error", NULL, ERR_reason_error_string(code));
        if (value_object(call->realm, error)) ssl_error_decorate(call->realm, (Object)error, code);
        return throw_value(call, error);
    }
    ERR_clear_error();
    return array;
}

/* rootsPrepare(pem of all) : read once, used by every context after it */
static Value roots_prepare(Call *call) {
    VIEW pem = {0};
    if (!call_view(call, 0, &pem)) return NULL;
    BIO_AUTO bio = bio_over(pem.data, pem.len);
    STACK_OF(X509) **roots = tls_roots(call->realm);
    sk_X509_pop_free(*roots, X509_free);
    *roots = sk_X509_new_null();
    X509 *cert;
    while ((cert = PEM_read_bio_X509(bio, NULL, phrase_give, NULL)))
        sk_X509_push(*roots, cert);
    ERR_clear_error();
    return value_undefined();
}

const Native tls_context_functions[] = {
    {"rootsPrepare", roots_prepare},
    {"contextOpen",              context_open},
    {"cipherNames",cipher_names},
    {"pemSplit",  pem_split},
    {0             }
};
