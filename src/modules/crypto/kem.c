/* Key encapsulation: a secret that only the owner of a private key can find again. OpenSSL 3.0 offers it with
 * RSA keys. */
#include "modules/crypto/crypto.h"

#include <openssl/err.h>
#include <stdlib.h>

typedef struct {
    Job job;
    EVP_PKEY *pkey;
    bool encapsulates;
    Bytes ciphertext;
    unsigned char *secret, *wrapped;
    size_t secret_len, wrapped_len;
} KemJob;

static void kem_fail(Job *job, const char *message) {
    job->failed = true;
    job->code = "ERR_CRYPTO_OPERATION_FAILED";
    job->message = message;
}

static bool kem_encapsulate(KemJob *self, EVP_PKEY_CTX *ctx) {
    if (EVP_PKEY_encapsulate(ctx, NULL, &self->wrapped_len, NULL, &self->secret_len) != 1) return false;
    self->wrapped = malloc(self->wrapped_len + 1);
    self->secret = malloc(self->secret_len + 1);
    return self->wrapped && self->secret &&
           EVP_PKEY_encapsulate(ctx, self->wrapped, &self->wrapped_len, self->secret, &self->secret_len) == 1;
}

static bool kem_decapsulate(KemJob *self, EVP_PKEY_CTX *ctx) {
    const unsigned char *in = (unsigned char *)self->ciphertext.data;
    if (EVP_PKEY_decapsulate(ctx, NULL, &self->secret_len, in, self->ciphertext.len) != 1) return false;
    self->secret = malloc(self->secret_len + 1);
    return self->secret &&
           EVP_PKEY_decapsulate(ctx, self->secret, &self->secret_len, in, self->ciphertext.len) == 1;
}

static void kem_run(Job *job) {
    KemJob *self = (KemJob *)job;
    PKEY_CTX ctx = EVP_PKEY_CTX_new_from_pkey(NULL, self->pkey, NULL);
    int ready = !ctx || EVP_PKEY_get_base_id(self->pkey) != EVP_PKEY_RSA ? 0
                : self->encapsulates ? EVP_PKEY_encapsulate_init(ctx, NULL)
                                     : EVP_PKEY_decapsulate_init(ctx, NULL);
    if (ready != 1 || EVP_PKEY_CTX_set_kem_op(ctx, "RSASVE") != 1)
        kem_fail(job, self->encapsulates ? "Failed to initialize encapsulation"
                                         : "Failed to initialize decapsulation");
    else if (self->encapsulates ? !kem_encapsulate(self, ctx) : !kem_decapsulate(self, ctx))
        kem_fail(job,
                 self->encapsulates ? "Failed to perform encapsulation" : "Failed to perform decapsulation");
}

/* The secret, or [secret, wrapped] */
static Value kem_result(Realm *realm, Job *job) {
    KemJob *self = (KemJob *)job;
    Object secret = buffer_copy(realm, self->secret, self->secret_len);
    if (!self->encapsulates) return secret;
    Value pair[] = {secret, buffer_copy(realm, self->wrapped, self->wrapped_len)};
    return array_new(realm, COUNT_OF(pair), pair);
}

static void kem_free(Job *job) {
    KemJob *self = (KemJob *)job;
    EVP_PKEY_free(self->pkey);
    bytes_free(&self->ciphertext);
    if (self->secret) OPENSSL_cleanse(self->secret, self->secret_len);
    free(self->secret);
    free(self->wrapped);
    mem_free(self);
}

static const JobClass kem_class = {kem_run, kem_result, kem_free};

/* kemJob(callback, Key, ciphertext or undefined to make one) */
static Value kem_job(Call *call) {
    Key *key = call_key(call, 1);
    if (!key || !key->pkey) return throw_type(call, "ERR_INVALID_ARG_TYPE", "kemJob: a key is missing");
    KemJob *job = NEW(KemJob);
    job->job.class = &kem_class;
    EVP_PKEY_up_ref(job->pkey = key->pkey);
    job->encapsulates = !call_is_given(call, 2);
    if (!job->encapsulates) job->ciphertext = call_copy(call, 2);
    bytes_reserve(&job->ciphertext, 1);
    return job_start(call, &job->job, 0);
}

const Native kem_functions[] = {
    {"kemJob", kem_job},
    {0       }
};
