/* What the files of TLS share: contexts with their keys and rules, and connections over a stream. */
#pragma once

#include "modules/crypto/crypto.h"

#include <openssl/ssl.h>

typedef struct {
    Handle handle;
    SSL_CTX *ctx;
    X509 *cert, *issuer;           /* the certificate that was set last, and who issued it */
    unsigned char ticket_keys[48]; /* name, HMAC key, AES key */
} TlsContext;

typedef struct TlsWrap TlsWrap;

TlsContext *call_context(Call *call, size_t i);
/* Called by OpenSSL through contexts; they find their connection in the SSL's app data. */
void tls_context_hook(TlsContext *context);

/* Authorities that were read once for all contexts of a realm; owned by it. */
STACK_OF(X509) * *tls_roots(Realm *realm);

extern const Native tls_context_functions[], tls_wrap_functions[];
void tls_wrap_setup(Realm *realm, Object binding);
void tls_wrap_teardown(Realm *realm);
