/* Keys and certificates come from files and peers. Whatever is in them, nothing outside the bytes is touched,
 * nothing leaks, and what was read can be written and read again. */
#include "modules/crypto/key_reader.h"
#include "modules/crypto/x509_text.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void public_again(EVP_PKEY *pkey) {
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(pkey, &der);
    if (len > 0) {
        EVP_PKEY *again = key_read_public_der((char *)der, (size_t)len, "spki");
        if (again && EVP_PKEY_eq(pkey, again) == 0) abort();
        EVP_PKEY_free(again);
    }
    OPENSSL_free(der);
}

static void key_done(EVP_PKEY *pkey) {
    if (pkey) public_again(pkey);
    EVP_PKEY_free(pkey);
    ERR_clear_error();
}

static void certificate_read(const char *data, size_t len) {
    BIO_AUTO in = bio_over(data, len);
    BIO_AUTO out = BIO_new(BIO_s_mem());
    X509 *x509 = PEM_read_bio_X509_AUX(in, NULL, NULL, NULL);
    const unsigned char *at = (const unsigned char *)data;
    if (!x509) x509 = d2i_X509(NULL, &at, (long)len);
    if (x509) {
        x509_print_name(out, X509_get_subject_name(x509));
        x509_print_name(out, X509_get_issuer_name(x509));
        x509_print_alt_names(out, x509);
        x509_print_info_access(out, x509);
    }
    X509_free(x509);
    ERR_clear_error();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const char *const types[] = {"spki", "pkcs1", "pkcs8", "sec1"};
    if (size < 1) return 0;
    const char *type = types[bytes[0] & 3];
    Passphrase phrase = {.data = "deck", .len = 4, .is_given = (bytes[0] & 4) != 0};
    const char *data = (const char *)bytes + 1;
    size_t len = size - 1;
    switch (bytes[0] >> 3 & 3) {
    case 0: key_done(key_read_public_pem(data, len)); break;
    case 1: key_done(key_read_public_der(data, len, type)); break;
    case 2:
        key_done(pem_holds_private_key(data, len) ? key_read_private_pem(data, len, &phrase)
                                                  : key_read_private_der(data, len, type, &phrase));
        break;
    case 3: certificate_read(data, len); break;
    }
    return 0;
}
