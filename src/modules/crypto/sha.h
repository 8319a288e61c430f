/* Digests, HMACs and keys from passwords (RFC 8018) with the SHA family. */
#pragma once

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each returns the bytes it wrote (at most EVP_MAX_MD_SIZE), 0 for a digest that is not of the family. */
size_t sha_digest(const EVP_MD *md, const char *data, size_t len, unsigned char *out);
size_t sha_hmac(const EVP_MD *md, const char *key, size_t key_len, const char *data, size_t len,
                unsigned char *out);
/* With any digest; false if OpenSSL fails. */
bool pbkdf2_derive(const EVP_MD *md, const char *password, size_t password_len, const char *salt,
                   size_t salt_len, int iterations, unsigned char *out, size_t len);
