/* What a TLS connection can be told before its handshake and asked after it, and the questions that
 * OpenSSL asks in between. */
#include "modules/crypto/tls_wrap.h"
#include "modules/crypto/x509.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

/* OpenSSL's questions */

static int session_made(SSL *ssl, SSL_SESSION *session) {
    TlsWrap *self = tls_wrap_of(ssl);
    if (!self || !self->session_hook) return 0;
    Realm *realm = self->handle.realm;
    unsigned id_len;
    const unsigned char *id = SSL_SESSION_get_id(session, &id_len);
    int len = i2d_SSL_SESSION(session, NULL);
    unsigned char *der = malloc((size_t)len + 1), *at = der;
    i2d_SSL_SESSION(session, &at);
    Value argv[] = {buffer_copy(realm, id, id_len), buffer_adopt(realm, der, (size_t)len)};
    tls_ask(self, TLS_SESSION, 2, argv);
    return 0;
}

static SSL_SESSION *session_wanted(SSL *ssl, const unsigned char *id, int len, int *copy) {
    TlsWrap *self = tls_wrap_of(ssl);
    *copy = 0;
    SSL_SESSION *session = self ? self->next_session : NULL;
    if (self) self->next_session = NULL;
    return session;
}

static int hello_came(SSL *ssl, int *alert, void *data) {
    TlsWrap *self = tls_wrap_of(ssl);
    if (!self || !self->hello_hook) return SSL_CLIENT_HELLO_SUCCESS;
    if (self->hello_waits) return SSL_CLIENT_HELLO_RETRY;
    self->hello_hook = false; /* asked once */
    self->hello_waits = true;
    Realm *realm = self->handle.realm;
    const unsigned char *id, *extension;
    size_t id_len = SSL_client_hello_get0_session_id(ssl, &id), len;
    Value name = value_string(realm, "");
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &extension, &len) && len > 5) {
        size_t name_len = (size_t)extension[3] << 8 | extension[4];
        if (name_len <= len - 5) name = value_string_n(realm, (char *)extension + 5, name_len);
    }
    bool has_ticket = SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_session_ticket, &extension, &len) && len > 0;
    Value argv[] = {buffer_copy(realm, id, id_len), name, value_bool(has_ticket)};
    tls_ask(self, TLS_HELLO, 3, argv);
    return self->hello_waits ? SSL_CLIENT_HELLO_RETRY : SSL_CLIENT_HELLO_SUCCESS;
}

static int cert_wanted(SSL *ssl, void *data) {
    TlsWrap *self = tls_wrap_of(ssl);
    if (!self || !self->cert_hook) return 1;
    if (self->cert_waits) return -1;
    self->cert_hook = false;
    self->cert_waits = true;
    Realm *realm = self->handle.realm;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    Value argv[] = {value_string(realm, name ? name : ""),
                    value_bool(SSL_get_tlsext_status_type(ssl) == TLSEXT_STATUSTYPE_ocsp)};
    tls_ask(self, TLS_CERT, 2, argv);
    return self->cert_waits ? -1 : 1;
}

static int server_name_came(SSL *ssl, int *alert, void *data) {
    return SSL_TLSEXT_ERR_OK;
}

static int alpn_choose(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *in,
                       unsigned in_len, void *data) {
    TlsWrap *self = tls_wrap_of(ssl);
    if (!self) return SSL_TLSEXT_ERR_NOACK;
    if (self->alpn_hook) {
        Realm *realm = self->handle.realm;
        const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        Value argv[] = {value_string(realm, name ? name : ""), buffer_copy(realm, in, in_len)};
        Value chosen = tls_ask(self, TLS_ALPN, 2, argv);
        if (!chosen || !value_is_number(chosen)) return SSL_TLSEXT_ERR_ALERT_FATAL;
        unsigned at = (unsigned)value_as_int(chosen);
        if (at >= in_len || at + 1 + in[at] > in_len) return SSL_TLSEXT_ERR_ALERT_FATAL;
        *out = in + at + 1;
        *out_len = in[at];
        return SSL_TLSEXT_ERR_OK;
    }
    if (!self->alpn.len) return SSL_TLSEXT_ERR_NOACK;
    int status = SSL_select_next_proto((unsigned char **)out, out_len, (unsigned char *)self->alpn.data,
                                       (unsigned)self->alpn.len, in, in_len);
    return status == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static int status_came(SSL *ssl, void *data) {
    TlsWrap *self = tls_wrap_of(ssl);
    if (!self) return 1;
    if (self->is_server) {
        if (!self->ocsp_response.len) return SSL_TLSEXT_ERR_NOACK;
        unsigned char *copy = OPENSSL_memdup(self->ocsp_response.data, self->ocsp_response.len);
        SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)self->ocsp_response.len);
        return SSL_TLSEXT_ERR_OK;
    }
    const unsigned char *response;
    long len = SSL_get_tlsext_status_ocsp_resp(ssl, &response);
    Realm *realm = self->handle.realm;
    Value argv[] = {response ? buffer_copy(realm, response, (size_t)len) : value_null()};
    tls_ask(self, TLS_OCSP, 1, argv);
    return 1;
}

static void keys_logged(const SSL *ssl, const char *line) {
    TlsWrap *self = SSL_get_app_data(ssl);
    if (!self || !self->keylog_hook) return;
    Realm *realm = self->handle.realm;
    Bytes text = {0};
    bytes_printf(&text, "%s\n", line);
    Value argv[] = {buffer_copy(realm, text.data, text.len)};
    bytes_free(&text);
    tls_ask(self, TLS_KEYLOG, 1, argv);
}

void tls_context_hook(TlsContext *context) {
    SSL_CTX *ctx = context->ctx;
    SSL_CTX_sess_set_new_cb(ctx, session_made);
    SSL_CTX_sess_set_get_cb(ctx, session_wanted);
    SSL_CTX_set_client_hello_cb(ctx, hello_came, NULL);
    SSL_CTX_set_tlsext_servername_callback(ctx, server_name_came);
    SSL_CTX_set_alpn_select_cb(ctx, alpn_choose, NULL);
    SSL_CTX_set_tlsext_status_cb(ctx, status_came);
    SSL_CTX_set_keylog_callback(ctx, keys_logged);
}

static unsigned psk_server(SSL *ssl, const char *identity, unsigned char *psk, unsigned room) {
    TlsWrap *self = tls_wrap_of(ssl);
    Realm *realm = self->handle.realm;
    Value argv[] = {value_string(realm, identity ? identity : ""), value_int((int)room)};
    Value key = tls_ask(self, TLS_PSK_SERVER, 2, argv);
    char *data;
    size_t len;
    if (!key || !value_bytes(realm, key, &data, &len) || len > room) return 0;
    memcpy(psk, data, len);
    return (unsigned)len;
}

static unsigned psk_client(SSL *ssl, const char *hint, char *identity, unsigned identity_room,
                           unsigned char *psk, unsigned room) {
    TlsWrap *self = tls_wrap_of(ssl);
    Realm *realm = self->handle.realm;
    Value argv[] = {hint ? value_string(realm, hint) : value_null(), value_int((int)room),
                    value_int((int)identity_room)};
    Object answer = value_object(realm, tls_ask(self, TLS_PSK_CLIENT, 3, argv));
    if (!answer) return 0;
    TEXT name = {0};
    value_text(realm, JSObjectGetPropertyAtIndex(realm->ctx, answer, 0, NULL), &name);
    char *data;
    size_t len;
    if (!value_bytes(realm, JSObjectGetPropertyAtIndex(realm->ctx, answer, 1, NULL), &data, &len) ||
        len > room || name.len >= identity_room)
        return 0;
    memcpy(identity, name.data, name.len + 1);
    memcpy(psk, data, len);
    return (unsigned)len;
}

/* Before the handshake */

static Value set_verify(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (!self) return NULL;
    bool request = call_bool(call, 0), reject = call_bool(call, 1);
    int mode = SSL_VERIFY_NONE;
    if (self->is_server && request) mode = SSL_VERIFY_PEER | (reject ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0);
    SSL_set_verify(self->ssl, mode, SSL_get_verify_callback(self->ssl));
    return value_undefined();
}

enum { HOOK_HELLO = 1, HOOK_CERT = 2, HOOK_ALPN = 4, HOOK_KEYLOG = 8, HOOK_SESSION = 16, HOOK_PSK = 32 };

/* enable(HOOK_…): which questions JavaScript wants to answer */
static Value enable(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (!self) return NULL;
    int what = call_int(call, 0);
    if (what & HOOK_HELLO) self->hello_hook = true;
    if (what & HOOK_CERT) {
        self->cert_hook = true;
        SSL_set_cert_cb(self->ssl, cert_wanted, NULL);
    }
    if (what & HOOK_ALPN) self->alpn_hook = true;
    if (what & HOOK_KEYLOG) self->keylog_hook = true;
    if (what & HOOK_SESSION) self->session_hook = true;
    if (what & HOOK_PSK) {
        if (self->is_server)
            SSL_set_psk_server_callback(self->ssl, psk_server);
        else
            SSL_set_psk_client_callback(self->ssl, psk_client);
    }
    return value_undefined();
}

static Value set_psk_hint(Call *call) {
    TlsWrap *self = call_wrap(call);
    TEXT text = {0};
    if (!self || !call_text(call, 0, &text)) return NULL;
    return value_bool(SSL_use_psk_identity_hint(self->ssl, text.data) == 1);
}

static Value set_servername(Call *call) {
    TlsWrap *self = call_wrap(call);
    TEXT text = {0};
    if (!self || !call_text(call, 0, &text)) return NULL;
    SSL_set_tlsext_host_name(self->ssl, text.data);
    return value_undefined();
}

static Value set_alpn(Call *call) {
    TlsWrap *self = call_wrap(call);
    VIEW data = {0};
    if (!self || !call_view(call, 0, &data)) return NULL;
    if (!self->is_server) SSL_set_alpn_protos(self->ssl, (unsigned char *)data.data, (unsigned)data.len);
    bytes_clear(&self->alpn);
    bytes_append(&self->alpn, data.data, data.len);
    return value_undefined();
}

static Value request_ocsp(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (self) SSL_set_tlsext_status_type(self->ssl, TLSEXT_STATUSTYPE_ocsp);
    return value_undefined();
}

static Value set_ocsp_response(Call *call) {
    TlsWrap *self = call_wrap(call);
    VIEW data = {0};
    if (!self || !call_view(call, 0, &data)) return NULL;
    bytes_clear(&self->ocsp_response);
    bytes_append(&self->ocsp_response, data.data, data.len);
    return value_undefined();
}

static Value set_session(Call *call) {
    TlsWrap *self = call_wrap(call);
    VIEW data = {0};
    if (!self || !call_view(call, 0, &data)) return NULL;
    const unsigned char *at = (unsigned char *)data.data;
    SSL_SESSION *session = d2i_SSL_SESSION(NULL, &at, (long)data.len);
    bool fine = session && SSL_set_session(self->ssl, session) == 1;
    SSL_SESSION_free(session);
    ERR_clear_error();
    if (!fine) return throw_error(call, "ERR_CRYPTO_OPERATION_FAILED", "SSL_set_session error");
    return value_undefined();
}

/* helloDone(session or null): goes on with what a look-up found */
static Value hello_done(Call *call) {
    TlsWrap *self = call_wrap(call);
    VIEW data = {0};
    if (!self || !call_view(call, 0, &data)) return NULL;
    if (call_is_given(call, 0)) {
        const unsigned char *at = (unsigned char *)data.data;
        SSL_SESSION_free(self->next_session);
        self->next_session = d2i_SSL_SESSION(NULL, &at, (long)data.len);
        ERR_clear_error();
    }
    self->hello_waits = false;
    tls_cycle(self);
    return value_undefined();
}

/* useContext(context): another certificate, key and authorities for this connection */
static Value use_context(Call *call) {
    TlsWrap *self = call_wrap(call);
    TlsContext *context = call_context(call, 0);
    if (!self || !context) return value_bool(false);
    SSL_set_SSL_CTX(self->ssl, context->ctx);
    SSL_set_options(self->ssl, SSL_CTX_get_options(context->ctx));
    X509_STORE *store = SSL_CTX_get_cert_store(context->ctx);
    SSL_set1_verify_cert_store(self->ssl, store);
    STACK_OF(X509_NAME) *names = SSL_dup_CA_list(SSL_CTX_get_client_CA_list(context->ctx));
    SSL_set_client_CA_list(self->ssl, names);
    object_set(call->realm, self->handle.object, "chosenContext", call_arg(call, 0));
    return value_bool(true);
}

static Value cert_done(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (!self) return NULL;
    self->cert_waits = false;
    tls_cycle(self);
    return value_undefined();
}

static Value set_max_fragment(Call *call) {
    TlsWrap *self = call_wrap(call);
    return self ? value_bool(SSL_set_max_send_fragment(self->ssl, call_int(call, 0)) == 1) : NULL;
}

static Value renegotiate(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (!self) return NULL;
    ERR_clear_error();
    if (SSL_renegotiate(self->ssl) != 1) return throw_ssl(call, "SSL_renegotiate error");
    tls_handshake(self);
    return value_undefined();
}

static Value disable_renegotiation(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (self) SSL_set_options(self->ssl, SSL_OP_NO_RENEGOTIATION);
    return value_undefined();
}

/* After the handshake */

static Value get_session(Call *call) {
    TlsWrap *self = call_wrap(call);
    SSL_SESSION *session = self ? SSL_get_session(self->ssl) : NULL;
    if (!session) return value_undefined();
    int len = i2d_SSL_SESSION(session, NULL);
    if (len <= 0) return value_undefined();
    unsigned char *der = malloc((size_t)len + 1), *at = der;
    i2d_SSL_SESSION(session, &at);
    return buffer_adopt(call->realm, der, (size_t)len);
}

static Value get_ticket(Call *call) {
    TlsWrap *self = call_wrap(call);
    SSL_SESSION *session = self ? SSL_get_session(self->ssl) : NULL;
    const unsigned char *ticket;
    size_t len;
    if (!session) return value_undefined();
    SSL_SESSION_get0_ticket(session, &ticket, &len);
    return ticket ? buffer_copy(call->realm, ticket, len) : value_undefined();
}

static Value is_reused(Call *call) {
    TlsWrap *self = call_wrap(call);
    return self ? value_bool(SSL_session_reused(self->ssl)) : NULL;
}

static Value get_servername(Call *call) {
    TlsWrap *self = call_wrap(call);
    const char *name = self ? SSL_get_servername(self->ssl, TLSEXT_NAMETYPE_host_name) : NULL;
    return name ? value_string(call->realm, name) : value_bool(false);
}

static Value get_protocol(Call *call) {
    TlsWrap *self = call_wrap(call);
    return self ? value_string(call->realm, SSL_get_version(self->ssl)) : NULL;
}

static Value get_alpn(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (!self) return NULL;
    const unsigned char *name;
    unsigned len;
    SSL_get0_alpn_selected(self->ssl, &name, &len);
    return len ? value_latin1(call->realm, (const char *)name, len) : value_bool(false);
}

static Value get_cipher(Call *call) {
    TlsWrap *self = call_wrap(call);
    const SSL_CIPHER *cipher = self ? SSL_get_current_cipher(self->ssl) : NULL;
    if (!cipher) return value_undefined();
    Value values[] = {value_string(call->realm, SSL_CIPHER_get_name(cipher)),
                      value_string(call->realm, SSL_CIPHER_standard_name(cipher)),
                      value_string(call->realm, SSL_CIPHER_get_version(cipher))};
    return array_new(call->realm, COUNT_OF(values), values);
}

static Value finished_value(Call *call, size_t (*get)(const SSL *, void *, size_t)) {
    TlsWrap *self = call_wrap(call);
    if (!self) return NULL;
    char room[EVP_MAX_MD_SIZE];
    size_t len = get(self->ssl, room, sizeof room);
    return len ? buffer_copy(call->realm, room, len) : value_undefined();
}
static Value get_finished(Call *call) {
    return finished_value(call, SSL_get_finished);
}
static Value get_peer_finished(Call *call) {
    return finished_value(call, SSL_get_peer_finished);
}

/* [type, name, bits] or undefined */
static Value get_ephemeral(Call *call) {
    TlsWrap *self = call_wrap(call);
    EVP_PKEY *key = NULL;
    if (!self || self->is_server || !SSL_get_peer_tmp_key(self->ssl, &key)) return value_undefined();
    Realm *realm = call->realm;
    Value values[3] = {value_undefined(), value_undefined(), value_int(EVP_PKEY_get_bits(key))};
    int id = EVP_PKEY_get_id(key);
    if (id == EVP_PKEY_DH) {
        values[0] = value_string(realm, "DH");
    } else {
        char group[80] = "";
        values[0] = value_string(realm, "ECDH");
        if (id == EVP_PKEY_EC)
            EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
        else
            snprintf(group, sizeof group, "%s", OBJ_nid2sn(id));
        values[1] = value_string(realm, group);
    }
    EVP_PKEY_free(key);
    ERR_clear_error();
    return array_new(realm, 3, values);
}

static const char *sigalg_name(int nid) {
    switch (nid) {
    case EVP_PKEY_RSA: return "RSA";
    case EVP_PKEY_RSA_PSS: return "RSA-PSS";
    case EVP_PKEY_DSA: return "DSA";
    case EVP_PKEY_EC: return "ECDSA";
    case NID_ED25519: return "Ed25519";
    case NID_ED448: return "Ed448";
    default: return OBJ_nid2sn(nid);
    }
}

static Value get_sigalgs(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (!self) return NULL;
    Object array = array_new(call->realm, 0, NULL);
    int count = SSL_get_shared_sigalgs(self->ssl, 0, NULL, NULL, NULL, NULL, NULL);
    for (int i = 0; i < count; i++) {
        int sign, hash;
        char text[80];
        SSL_get_shared_sigalgs(self->ssl, i, &sign, &hash, NULL, NULL, NULL);
        if (hash == NID_undef)
            snprintf(text, sizeof text, "%s", sigalg_name(sign));
        else
            snprintf(text, sizeof text, "%s+%s", sigalg_name(sign), OBJ_nid2sn(hash));
        array_put(call->realm, array, (size_t)i, value_string(call->realm, text));
    }
    return array;
}

/* exportKeyingMaterial(length, label, context or undefined) */
static Value export_keying(Call *call) {
    TlsWrap *self = call_wrap(call);
    TEXT label = {0};
    VIEW context = {0};
    if (!self || !call_text(call, 1, &label) || !call_view(call, 2, &context)) return NULL;
    size_t len = (size_t)call_int64(call, 0);
    unsigned char *out = malloc(len + 1);
    if (!out) return throw_error(call, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
    ERR_clear_error();
    if (SSL_export_keying_material(self->ssl, out, len, label.data, label.len, (unsigned char *)context.data,
                                   context.len, call_is_given(call, 2)) != 1) {
        free(out);
        return throw_ssl(call, "SSL_export_keying_material");
    }
    return buffer_adopt(call->realm, out, len);
}

/* verifyResult() -> undefined, or [message, code] */
static Value verify_result(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (!self) return NULL;
    long result = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT;
    X509 *cert = SSL_get0_peer_certificate(self->ssl);
    const SSL_CIPHER *cipher = SSL_get_current_cipher(self->ssl);
    const SSL_SESSION *session = SSL_get_session(self->ssl);
    if (cert) {
        result = SSL_get_verify_result(self->ssl);
    } else if ((cipher && SSL_CIPHER_get_auth_nid(cipher) == NID_auth_psk) ||
               (session && SSL_SESSION_get_protocol_version(session) == TLS1_3_VERSION &&
                SSL_session_reused(self->ssl))) {
        /* A shared key needs no certificate. */
        return value_undefined();
    }
    if (result == X509_V_OK) return value_undefined();
    static const struct {
        long number;
        const char *name;
    } names[] = {
#define NAME(name) {X509_V_ERR_##name, #name}
        NAME(UNABLE_TO_GET_ISSUER_CERT),
        NAME(UNABLE_TO_GET_CRL),
        NAME(UNABLE_TO_DECRYPT_CERT_SIGNATURE),
        NAME(UNABLE_TO_DECRYPT_CRL_SIGNATURE),
        NAME(UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY),
        NAME(CERT_SIGNATURE_FAILURE),
        NAME(CRL_SIGNATURE_FAILURE),
        NAME(CERT_NOT_YET_VALID),
        NAME(CERT_HAS_EXPIRED),
        NAME(CRL_NOT_YET_VALID),
        NAME(CRL_HAS_EXPIRED),
        NAME(ERROR_IN_CERT_NOT_BEFORE_FIELD),
        NAME(ERROR_IN_CERT_NOT_AFTER_FIELD),
        NAME(ERROR_IN_CRL_LAST_UPDATE_FIELD),
        NAME(ERROR_IN_CRL_NEXT_UPDATE_FIELD),
        NAME(OUT_OF_MEM),
        NAME(DEPTH_ZERO_SELF_SIGNED_CERT),
        NAME(SELF_SIGNED_CERT_IN_CHAIN),
        NAME(UNABLE_TO_GET_ISSUER_CERT_LOCALLY),
        NAME(UNABLE_TO_VERIFY_LEAF_SIGNATURE),
        NAME(CERT_CHAIN_TOO_LONG),
        NAME(CERT_REVOKED),
        NAME(INVALID_CA),
        NAME(PATH_LENGTH_EXCEEDED),
        NAME(INVALID_PURPOSE),
        NAME(CERT_UNTRUSTED),
        NAME(CERT_REJECTED),
        NAME(HOSTNAME_MISMATCH),
#undef NAME
    };
    const char *code = "UNSPECIFIED";
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (names[i].number == result) code = names[i].name;
    Value values[] = {value_string(call->realm, X509_verify_cert_error_string(result)),
                      value_string(call->realm, code)};
    return array_new(call->realm, 2, values);
}

/* Who issued a certificate, from what the peer sent or what is known here; NULL at the end. Owned by the
 * caller. */
static X509 *issuer_of(SSL *ssl, X509 *current) {
    if (X509_check_issued(current, current) == X509_V_OK) return NULL;
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
    for (int i = 0; chain && i < sk_X509_num(chain); i++) {
        X509 *candidate = sk_X509_value(chain, i);
        if (candidate == current || X509_check_issued(candidate, current) != X509_V_OK) continue;
        X509_up_ref(candidate);
        return candidate;
    }
    X509 *found = NULL;
    X509_STORE_CTX *store = X509_STORE_CTX_new();
    if (X509_STORE_CTX_init(store, SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl)), NULL, NULL) != 1 ||
        X509_STORE_CTX_get1_issuer(&found, store, current) != 1)
        found = NULL;
    X509_STORE_CTX_free(store);
    ERR_clear_error();
    return found;
}

enum { LONGEST_CHAIN = 20 };

/* The peer's certificate and those that lead from it to a root. How many; each is the caller's. */
static int chain_of(SSL *ssl, X509 *chain[LONGEST_CHAIN]) {
    int count = 0;
    X509 *next = SSL_get1_peer_certificate(ssl);
    while (next && count < LONGEST_CHAIN) {
        chain[count++] = next;
        next = issuer_of(ssl, next);
    }
    X509_free(next);
    return count;
}

/* Each certificate with the one that issued it, as far as they are known; a root issued itself. */
static Value with_issuers(Realm *realm, SSL *ssl) {
    X509 *chain[LONGEST_CHAIN];
    int count = chain_of(ssl, chain);
    Object first = certificate_legacy(realm, chain[0]), last = first;
    value_keep(realm, first);
    for (int i = 1; i < count; i++) {
        Object issuer = certificate_legacy(realm, chain[i]);
        object_set(realm, last, "issuerCertificate", issuer);
        last = issuer;
    }
    if (X509_check_issued(chain[count - 1], chain[count - 1]) == X509_V_OK)
        object_set(realm, last, "issuerCertificate", last);
    for (int i = 0; i < count; i++)
        X509_free(chain[i]);
    ERR_clear_error();
    value_drop(realm, first);
    return first;
}

/* peerChain() -> certificates, the peer's first */
static Value peer_chain(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (!self) return NULL;
    X509 *chain[LONGEST_CHAIN];
    int count = chain_of(self->ssl, chain);
    Object array = array_new(call->realm, 0, NULL);
    for (int i = 0; i < count; i++)
        array_put(call->realm, array, (size_t)i, certificate_new(call->realm, chain[i]));
    return array;
}

/* peerCertificate(with issuers) */
static Value peer_certificate(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (!self) return NULL;
    X509 *cert = SSL_get0_peer_certificate(self->ssl);
    if (!cert) return value_undefined();
    if (!call_bool(call, 0)) return certificate_legacy(call->realm, cert);
    return with_issuers(call->realm, self->ssl);
}

static Value own_certificate(Call *call) {
    TlsWrap *self = call_wrap(call);
    X509 *cert = self ? SSL_get_certificate(self->ssl) : NULL;
    return cert ? certificate_legacy(call->realm, cert) : value_undefined();
}

/* x509(of the peer) -> a certificate */
static Value get_x509(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (!self) return NULL;
    X509 *cert = call_bool(call, 0) ? SSL_get0_peer_certificate(self->ssl) : SSL_get_certificate(self->ssl);
    if (!cert) return value_undefined();
    X509_up_ref(cert);
    return certificate_new(call->realm, cert);
}

const Native tls_info_methods[] = {
    {"setVerifyMode",        set_verify},
    {"enable",                      enable},
    {"setPskHint",set_psk_hint},
    {"setServername",           set_servername},
    {"setALPN",                      set_alpn},
    {"requestOCSP",request_ocsp},
    {"setOCSPResponse",              set_ocsp_response},
    {"setSession",                      set_session},
    {"helloDone",             hello_done},
    {"useContext",      use_context},
    {"certDone",                      cert_done},
    {"setMaxSendFragment",set_max_fragment},
    {"renegotiate",            renegotiate},
    {"disableRenegotiation",                      disable_renegotiation},
    {"getSession",      get_session},
    {"getTLSTicket",             get_ticket},
    {"isSessionReused",                      is_reused},
    {"getServername",                 get_servername},
    {"getProtocol",          get_protocol},
    {"getALPN",                      get_alpn},
    {"getCipher",get_cipher},
    {"getFinished",           get_finished},
    {"getPeerFinished",                      get_peer_finished},
    {"getEphemeralKeyInfo",get_ephemeral},
    {"getSharedSigalgs",      get_sigalgs},
    {"exportKeyingMaterial",                      export_keying},
    {"verifyResult",verify_result},
    {"peerCertificate",          peer_certificate},
    {"peerChain",                      peer_chain},
    {"ownCertificate",own_certificate},
    {"x509",            get_x509},
    {0                     }
};
