/* Certificates as programs see them, for X509Certificate and for the peers of TLS. */
#pragma once

#include "modules/crypto/crypto.h"

#include <openssl/x509.h>

/* Takes the certificate. */
Object certificate_new(Realm *realm, X509 *certificate);
X509 *certificate_of(Value v);
/* The flat object that getPeerCertificate() returns; keeps nothing. */
Object certificate_legacy(Realm *realm, X509 *certificate);
