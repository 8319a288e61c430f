#include "modules/crypto/key_reader.h"

#include "base/mem.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

BIO *bio_over(const char *data, size_t len) {
    return BIO_new_mem_buf(data, len <= INT_MAX ? (int)len : 0);
}

static int passphrase_give(char *room, int size, int writing, void *data) {
    Passphrase *passphrase = data;
    passphrase->was_asked = true;
    if (!passphrase->is_given || (size_t)size < passphrase->len) return -1;
    memcpy(room, passphrase->data, passphrase->len);
    return (int)passphrase->len;
}

static EVP_PKEY *read_certificate_key(const unsigned char **at, long len) {
    X509 *cert = d2i_X509(NULL, at, len);
    EVP_PKEY *pkey = cert ? X509_get_pubkey(cert) : NULL;
    X509_free(cert);
    return pkey;
}

static EVP_PKEY *read_spki(const unsigned char **at, long len) {
    return d2i_PUBKEY(NULL, at, len);
}

static EVP_PKEY *read_rsa_public(const unsigned char **at, long len) {
    return d2i_PublicKey(EVP_PKEY_RSA, NULL, at, len);
}

/* The first block of a kind that holds a public key. */
EVP_PKEY *key_read_public_pem(const char *data, size_t len) {
    static const struct {
        const char *name;
        EVP_PKEY *(*read)(const unsigned char **at, long len);
    } kinds[] = {
        {PEM_STRING_PUBLIC,     read_spki           },
        {PEM_STRING_RSA_PUBLIC, read_rsa_public     },
        {PEM_STRING_X509,       read_certificate_key},
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        BIO_AUTO bio = bio_over(data, len);
        unsigned char *der = NULL;
        long der_len;
        ERR_set_mark();
        int found = PEM_bytes_read_bio(&der, &der_len, NULL, kinds[i].name, bio, NULL, NULL);
        if (found != 1 && i + 1 < COUNT_OF(kinds) &&
            ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) {
            ERR_pop_to_mark();
            continue;
        }
        ERR_clear_last_mark();
        const unsigned char *at = der;
        EVP_PKEY *pkey = found == 1 ? kinds[i].read(&at, der_len) : NULL;
        OPENSSL_free(der);
        return pkey;
    }
    return NULL;
}

bool pem_holds_private_key(const char *data, size_t len) {
    static const char mark[] = "PRIVATE KEY-----";
    return memmem(data, len, mark, sizeof mark - 1);
}

EVP_PKEY *key_read_private_pem(const char *data, size_t len, Passphrase *passphrase) {
    BIO_AUTO bio = bio_over(data, len);
    return PEM_read_bio_PrivateKey(bio, NULL, passphrase_give, passphrase);
}

EVP_PKEY *key_read_public_der(const char *data, size_t len, const char *type) {
    const unsigned char *at = (const unsigned char *)data;
    if (strcmp(type, "pkcs1") == 0) return read_rsa_public(&at, (long)len);
    return d2i_PUBKEY(NULL, &at, (long)len);
}

EVP_PKEY *key_read_private_der(const char *data, size_t len, const char *type, Passphrase *passphrase) {
    const unsigned char *at = (const unsigned char *)data;
    if (strcmp(type, "pkcs1") == 0) return d2i_PrivateKey(EVP_PKEY_RSA, NULL, &at, (long)len);
    if (strcmp(type, "sec1") == 0) return d2i_PrivateKey(EVP_PKEY_EC, NULL, &at, (long)len);
    BIO_AUTO bio = bio_over(data, len);
    /* An encrypted one has an algorithm where a plain one has its version. */
    X509_SIG *encrypted = d2i_X509_SIG(NULL, &at, (long)len);
    ERR_clear_error();
    X509_SIG_free(encrypted);
    if (encrypted) return d2i_PKCS8PrivateKey_bio(bio, NULL, passphrase_give, passphrase);
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO_bio(bio, NULL);
    EVP_PKEY *pkey = info ? EVP_PKCS82PKEY(info) : NULL;
    PKCS8_PRIV_KEY_INFO_free(info);
    return pkey;
}
