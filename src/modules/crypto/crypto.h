/* What the files of this folder share: errors of OpenSSL as values, jobs that run here or on a thread,
 * keys, and the tables of functions that crypto.c joins. The folder is a shared object of its own. */
#pragma once

#include "engine/handle.h"
#include "modules/crypto/key_reader.h"

#include <openssl/bio.h>
#include <openssl/evp.h>

#define AUTO_FREE(type, release) __attribute__((cleanup(release))) type

/* Errors */

/* OpenSSL's error queue, oldest first, taken on the thread that had them. */
typedef struct {
    unsigned long codes[12];
    size_t count;
} SslErrors;

void ssl_errors_take(SslErrors *errors);
/* An Error as programs know it: code ERR_OSSL_…, library, reason, opensslErrorStack. `fallback` is its
 * message if OpenSSL said nothing. */
Value ssl_errors_value(Realm *realm, const SslErrors *errors, const char *fallback);
Value throw_ssl(Call *call, const char *fallback);
void ssl_error_decorate(Realm *realm, Object error, unsigned long code);

/* Digests */

/* A digest that was looked up once: looking up takes OpenSSL longer than a small text. JavaScript knows it by
 * its number. */
const EVP_MD *call_digest(Call *call, size_t i);
void digests_teardown(Realm *realm);
void ciphers_teardown(Realm *realm);

/* Jobs */

typedef struct Job Job;
typedef struct {
    void (*run)(Job *job); /* on any thread; sets failed */
    Value (*result)(Realm *realm, Job *job);
    void (*free)(Job *job); /* what the job owns, and the job */
} JobClass;

struct Job {
    const JobClass *class;
    bool failed;
    const char *kind, *code, *message; /* an error of ours instead of OpenSSL's */
    SslErrors errors;
    Realm *realm;
    Object callback;
    uv_work_t work;
};

/* Runs the job at once and returns its result or throws; with a function as argument `callback_at` it
 * runs on a thread and calls that back with (error, result). */
Value job_start(Call *call, Job *job, size_t callback_at);

/* For `run`: the job failed for want of memory. */
void job_out_of_memory(Job *job);

/* Bytes of arguments */

/* A copy of a Buffer's or string's bytes; nothing for undefined and null. */
Bytes call_copy(Call *call, size_t i);
bool call_is_given(const Call *call, size_t i);
/* The bytes of an argument in place: a Buffer's, or a string's as UTF-8. Only until JavaScript runs again. */
typedef struct {
    char *data;
    size_t len;
    Text text;
} View;
bool call_view(Call *call, size_t i, View *view);
void view_free(View *view);
#define VIEW AUTO_FREE(View, view_free)

/* Keys */

enum { KEY_SECRET, KEY_PUBLIC, KEY_PRIVATE };

typedef struct {
    Handle handle;
    int type;
    Bytes secret;
    EVP_PKEY *pkey;
} Key;

/* Take over what they are given. */
Object key_secret_new(Realm *realm, Bytes secret);
Object key_pkey_new(Realm *realm, int type, EVP_PKEY *pkey);
Key *call_key(Call *call, size_t i);
/* undefined, a Buffer (DER) or a string (PEM): as (format, type, cipher, passphrase) ask. */
Value key_encode(Realm *realm, EVP_PKEY *pkey, bool is_private, const char *format, const char *type,
                 const char *cipher, const char *passphrase, size_t passphrase_len);
Value bio_string(Realm *realm, BIO *bio);
Value bio_buffer(Realm *realm, BIO *bio);

static inline void pkey_free(EVP_PKEY **pkey) {
    EVP_PKEY_free(*pkey);
}
static inline void pkey_ctx_free(EVP_PKEY_CTX **ctx) {
    EVP_PKEY_CTX_free(*ctx);
}
static inline void md_ctx_free(EVP_MD_CTX **ctx) {
    EVP_MD_CTX_free(*ctx);
}
static inline void bignum_free(BIGNUM **n) {
    BN_free(*n);
}
#define PKEY AUTO_FREE(EVP_PKEY *, pkey_free)
#define PKEY_CTX AUTO_FREE(EVP_PKEY_CTX *, pkey_ctx_free)
#define MD_CTX AUTO_FREE(EVP_MD_CTX *, md_ctx_free)
#define BIGNUM_AUTO AUTO_FREE(BIGNUM *, bignum_free)

/* Tables, one for each file */
extern const Native hash_functions[], random_functions[], kdf_functions[], cipher_functions[],
    key_functions[], jwk_functions[], keygen_functions[], sign_functions[], rsa_functions[], dh_functions[],
    x509_functions[], kem_functions[];
