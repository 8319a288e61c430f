/* Keys from passwords and from other keys: PBKDF2, scrypt, HKDF. */
#include "modules/crypto/crypto.h"
#include "modules/crypto/sha.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <stdlib.h>

typedef struct {
    Job job;
    int kind;
    Bytes digest, secret, salt, info;
    size_t len;
    int iterations;
    uint64_t n, r, p, max_memory;
    unsigned char *out;
} KdfJob;

enum { KDF_PBKDF2, KDF_SCRYPT, KDF_HKDF };

static bool hkdf_derive(KdfJob *self) {
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    EVP_KDF_free(kdf);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, self->digest.data, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, self->secret.data, self->secret.len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, self->salt.data, self->salt.len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, self->info.data, self->info.len),
        OSSL_PARAM_construct_end(),
    };
    bool fine = EVP_KDF_derive(ctx, self->out, self->len, params) == 1;
    EVP_KDF_CTX_free(ctx);
    return fine;
}

static void kdf_run(Job *job) {
    KdfJob *self = (KdfJob *)job;
    self->out = malloc(self->len + 1);
    if (!self->out) {
        job_out_of_memory(job);
        return;
    }
    if (self->len == 0) return;
    const unsigned char *salt = (unsigned char *)self->salt.data;
    switch (self->kind) {
    case KDF_PBKDF2: {
        const EVP_MD *md = EVP_get_digestbyname(self->digest.data);
        job->failed = !pbkdf2_derive(md, self->secret.data, self->secret.len, self->salt.data, self->salt.len,
                                     self->iterations, self->out, self->len);
        break;
    }
    case KDF_SCRYPT:
        job->failed = EVP_PBE_scrypt(self->secret.data, self->secret.len, salt, self->salt.len, self->n,
                                     self->r, self->p, self->max_memory, self->out, self->len) != 1;
        break;
    case KDF_HKDF: job->failed = !hkdf_derive(self); break;
    }
}

static Value kdf_result(Realm *realm, Job *job) {
    KdfJob *self = (KdfJob *)job;
    Object value = array_buffer_adopt(realm, self->out, self->len);
    self->out = NULL;
    return value;
}

static void kdf_free(Job *job) {
    KdfJob *self = (KdfJob *)job;
    bytes_free(&self->digest);
    bytes_free(&self->secret);
    bytes_free(&self->salt);
    bytes_free(&self->info);
    free(self->out);
    mem_free(self);
}

static const JobClass kdf_class = {kdf_run, kdf_result, kdf_free};

/* Bytes that are never NULL; a Key gives its secret. */
static Bytes call_secret(Call *call, size_t i) {
    Key *key = call_key(call, i);
    Bytes bytes = {0};
    bytes_reserve(&bytes, 1);
    if (key)
        bytes_append(&bytes, key->secret.data, key->secret.len);
    else {
        VIEW view = {0};
        if (call_view(call, i, &view)) bytes_append(&bytes, view.data, view.len);
    }
    return bytes;
}

static KdfJob *kdf_new(Call *call, int kind) {
    KdfJob *job = NEW(KdfJob);
    job->job.class = &kdf_class;
    job->kind = kind;
    job->secret = call_secret(call, 1);
    job->salt = call_secret(call, 2);
    return job;
}

/* pbkdf2(callback, password, salt, iterations, length, digest) */
static Value kdf_pbkdf2(Call *call) {
    TEXT digest = {0};
    if (!call_text(call, 5, &digest)) return NULL;
    ERR_clear_error();
    if (!EVP_get_digestbyname(digest.data))
        return throw_type(call, "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: %s", digest.data);
    KdfJob *job = kdf_new(call, KDF_PBKDF2);
    job->iterations = call_int(call, 3);
    job->len = (size_t)call_int64(call, 4);
    bytes_append(&job->digest, digest.data, digest.len);
    return job_start(call, &job->job, 0);
}

/* scrypt(callback, password, salt, length, N, r, p, maxmem) */
static Value kdf_scrypt(Call *call) {
    uint64_t n = (uint64_t)call_int64(call, 4), r = (uint64_t)call_int64(call, 5),
             p = (uint64_t)call_int64(call, 6), max = (uint64_t)call_int64(call, 7);
    if (EVP_PBE_scrypt(NULL, 0, NULL, 0, n, r, p, max, NULL, 0) != 1) {
        unsigned long code = ERR_peek_last_error();
        const char *reason = ERR_reason_error_string(code);
        char text[300];
        snprintf(text, sizeof text, reason ? "Invalid scrypt params: %s" : "Invalid scrypt params",
                 reason ? reason : "");
        ERR_clear_error();
        return throw_range(call, "ERR_CRYPTO_INVALID_SCRYPT_PARAMS", "%s", text);
    }
    KdfJob *job = kdf_new(call, KDF_SCRYPT);
    job->len = (size_t)call_int64(call, 3);
    job->n = n;
    job->r = r;
    job->p = p;
    job->max_memory = max;
    return job_start(call, &job->job, 0);
}

/* hkdf(callback, key, salt, info, length, digest) */
static Value kdf_hkdf(Call *call) {
    TEXT digest = {0};
    if (!call_text(call, 5, &digest)) return NULL;
    ERR_clear_error();
    const EVP_MD *md = EVP_get_digestbyname(digest.data);
    if (!md) return throw_type(call, "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: %s", digest.data);
    size_t len = (size_t)call_int64(call, 4);
    if (len > (size_t)EVP_MD_get_size(md) * 255)
        return throw_range(call, "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length");
    KdfJob *job = kdf_new(call, KDF_HKDF);
    job->info = call_secret(call, 3);
    job->len = len;
    bytes_append(&job->digest, digest.data, digest.len);
    return job_start(call, &job->job, 0);
}

const Native kdf_functions[] = {
    {"pbkdf2",    kdf_pbkdf2},
    {"scrypt",           kdf_scrypt},
    {"hkdf",kdf_hkdf},
    {0     }
};
