/* Encryption with RSA keys, and shared secrets of two keys. */
#include "modules/crypto/crypto.h"

#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdlib.h>

enum { RSA_PUBLIC_ENCRYPT, RSA_PRIVATE_DECRYPT, RSA_PRIVATE_ENCRYPT, RSA_PUBLIC_DECRYPT };

typedef struct {
    Job job;
    EVP_PKEY *pkey;
    int operation, padding;
    Bytes data, label, hash;
    unsigned char *out;
    size_t out_len;
} RsaJob;

typedef int (*PkeyCrypt)(EVP_PKEY_CTX *, unsigned char *, size_t *, const unsigned char *, size_t);

static void rsa_run(Job *job) {
    RsaJob *self = (RsaJob *)job;
    job->failed = true;
    PKEY_CTX ctx = EVP_PKEY_CTX_new_from_pkey(NULL, self->pkey, NULL);
    static const struct {
        int (*init)(EVP_PKEY_CTX *);
        PkeyCrypt crypt;
    } operations[] = {
        [RSA_PUBLIC_ENCRYPT] = {EVP_PKEY_encrypt_init,        EVP_PKEY_encrypt       },
        [RSA_PRIVATE_DECRYPT] = {EVP_PKEY_decrypt_init,        EVP_PKEY_decrypt       },
        [RSA_PRIVATE_ENCRYPT] = {EVP_PKEY_sign_init,           EVP_PKEY_sign          },
        [RSA_PUBLIC_DECRYPT] = {EVP_PKEY_verify_recover_init, EVP_PKEY_verify_recover},
    };
    const unsigned char *data = (unsigned char *)(self->data.data ? self->data.data : "");
    if (!ctx || operations[self->operation].init(ctx) <= 0 ||
        EVP_PKEY_CTX_set_rsa_padding(ctx, self->padding) <= 0)
        return;
    if (self->padding == RSA_PKCS1_OAEP_PADDING) {
        if (self->hash.len && EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, self->hash.data, NULL) <= 0) return;
        if (self->label.len) {
            void *copy = OPENSSL_memdup(self->label.data, self->label.len);
            if (EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, copy, (int)self->label.len) <= 0) {
                OPENSSL_free(copy);
                return;
            }
        }
    }
    size_t len = 0;
    PkeyCrypt crypt = operations[self->operation].crypt;
    if (crypt(ctx, NULL, &len, data, self->data.len) <= 0) return;
    self->out = malloc(len + 1);
    if (crypt(ctx, self->out, &len, data, self->data.len) <= 0) return;
    self->out_len = len;
    job->failed = false;
}

static Value rsa_result(Realm *realm, Job *job) {
    RsaJob *self = (RsaJob *)job;
    Object value = buffer_copy(realm, self->out, self->out_len);
    return value;
}

static void rsa_free(Job *job) {
    RsaJob *self = (RsaJob *)job;
    EVP_PKEY_free(self->pkey);
    bytes_free(&self->data);
    bytes_free(&self->label);
    bytes_free(&self->hash);
    free(self->out);
    mem_free(self);
}

static const JobClass rsa_class = {rsa_run, rsa_result, rsa_free};

/* rsaJob(callback, operation, Key, data, padding, hash, label) */
static Value rsa_job(Call *call) {
    Key *key = call_key(call, 2);
    if (!key || !key->pkey) return throw_type(call, "ERR_INVALID_ARG_TYPE", "rsaJob: a key is missing");
    ERR_clear_error();
    if (call_is_given(call, 5)) {
        TEXT hash = {0};
        if (!call_text(call, 5, &hash)) return NULL;
        if (!EVP_get_digestbyname(hash.data))
            return throw_type(call, "ERR_OSSL_EVP_INVALID_DIGEST", "Invalid digest: %s", hash.data);
    }
    RsaJob *job = NEW(RsaJob);
    job->job.class = &rsa_class;
    EVP_PKEY_up_ref(key->pkey);
    job->pkey = key->pkey;
    job->operation = call_int(call, 1);
    job->data = call_copy(call, 3);
    job->padding = call_int(call, 4);
    job->hash = call_copy(call, 5);
    job->label = call_copy(call, 6);
    return job_start(call, &job->job, 0);
}

typedef struct {
    Job job;
    EVP_PKEY *ours, *theirs;
    unsigned char *out;
    size_t out_len;
} DeriveJob;

static void derive_run(Job *job) {
    DeriveJob *self = (DeriveJob *)job;
    job->failed = true;
    PKEY_CTX ctx = EVP_PKEY_CTX_new_from_pkey(NULL, self->ours, NULL);
    size_t len = 0;
    if (!ctx || EVP_PKEY_derive_init(ctx) <= 0 || EVP_PKEY_derive_set_peer(ctx, self->theirs) <= 0 ||
        EVP_PKEY_derive(ctx, NULL, &len) <= 0)
        return;
    int id = EVP_PKEY_get_base_id(self->ours);
    if (id == EVP_PKEY_DH || id == EVP_PKEY_DHX) EVP_PKEY_CTX_set_dh_pad(ctx, 1);
    self->out = malloc(len + 1);
    if (EVP_PKEY_derive(ctx, self->out, &len) <= 0) return;
    self->out_len = len;
    job->failed = false;
}

static Value derive_result(Realm *realm, Job *job) {
    DeriveJob *self = (DeriveJob *)job;
    Object value = buffer_copy(realm, self->out, self->out_len);
    return value;
}

static void derive_free(Job *job) {
    DeriveJob *self = (DeriveJob *)job;
    EVP_PKEY_free(self->ours);
    EVP_PKEY_free(self->theirs);
    free(self->out);
    mem_free(self);
}

static const JobClass derive_class = {derive_run, derive_result, derive_free};

/* deriveJob(callback, our Key, their Key) -> the shared secret */
static Value derive_job(Call *call) {
    Key *ours = call_key(call, 1), *theirs = call_key(call, 2);
    if (!ours || !theirs || !ours->pkey || !theirs->pkey)
        return throw_type(call, "ERR_INVALID_ARG_TYPE", "deriveJob: a key is missing");
    DeriveJob *job = NEW(DeriveJob);
    job->job.class = &derive_class;
    EVP_PKEY_up_ref(job->ours = ours->pkey);
    EVP_PKEY_up_ref(job->theirs = theirs->pkey);
    return job_start(call, &job->job, 0);
}

const Native rsa_functions[] = {
    {"rsaJob",    rsa_job},
    {"deriveJob",           derive_job},
    {0}
};
