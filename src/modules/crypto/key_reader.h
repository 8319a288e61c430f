/* Keys from the bytes in which they travel. Knows nothing of the engine, so that it can be fuzzed. */
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *data;
    size_t len;
    bool is_given, was_asked;
} Passphrase;

/* Each returns NULL with OpenSSL's errors if there is no such key in the bytes. `type` is of DER: spki,
 * pkcs1, pkcs8 or sec1. */
EVP_PKEY *key_read_public_pem(const char *data, size_t len);
EVP_PKEY *key_read_public_der(const char *data, size_t len, const char *type);
EVP_PKEY *key_read_private_pem(const char *data, size_t len, Passphrase *passphrase);
EVP_PKEY *key_read_private_der(const char *data, size_t len, const char *type, Passphrase *passphrase);
bool pem_holds_private_key(const char *data, size_t len);

/* Reads the bytes where they are. More than OpenSSL can count are none. */
BIO *bio_over(const char *data, size_t len);
static inline void bio_free(BIO **bio) {
    BIO_free_all(*bio);
}
#define BIO_AUTO __attribute__((cleanup(bio_free))) BIO *
