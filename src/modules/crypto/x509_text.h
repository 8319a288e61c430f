/* What certificates say of whom, as text that programs compare. Knows nothing of the engine, so that it can
 * be fuzzed. */
#pragma once

#include <openssl/bio.h>
#include <openssl/x509.h>
#include <stdbool.h>

/* Each prints into `bio`; false if the certificate has none. */
bool x509_print_name(BIO *bio, const X509_NAME *name);
bool x509_print_alt_names(BIO *bio, X509 *x509);
bool x509_print_info_access(BIO *bio, X509 *x509);
