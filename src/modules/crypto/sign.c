/* Signatures: made and checked in one go or over a stream of data, with RSA, DSA and EC keys and those
 * of Edwards' curves. */
#include "modules/crypto/crypto.h"

#include <openssl/bn.h>
#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#define SALT_DEFAULT INT32_MIN

typedef struct {
    Handle handle;
    EVP_MD_CTX *ctx;
} Signer;

static void signer_dispose(Handle *handle) {
    Signer *self = (Signer *)handle;
    EVP_MD_CTX_free(self->ctx);
    handle_leave(handle);
    mem_free(self);
}

static const Native signer_methods[];
static const HandleClass signer_class = {"Sign", signer_methods, signer_dispose};

/* Programs of old call SHA-1 by the name of a signature. */
static const EVP_MD *signature_digest(const char *name) {
    return strcasecmp(name, "dss1") == 0 ? EVP_sha1() : EVP_get_digestbyname(name);
}

/* signOpen(digest) */
static Value sign_open(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 0, &name)) return NULL;
    ERR_clear_error();
    const EVP_MD *md = signature_digest(name.data);
    MD_CTX ctx = EVP_MD_CTX_new();
    if (!md || EVP_DigestInit_ex(ctx, md, NULL) != 1) {
        ERR_clear_error();
        return throw_type(call, "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: %s", name.data);
    }
    Signer *self = NEW(Signer);
    self->ctx = ctx;
    ctx = NULL;
    return handle_open(call->realm, &self->handle, &signer_class);
}

static Value sign_update(Call *call) {
    Signer *self = (Signer *)call_handle(call, &signer_class);
    VIEW data = {0};
    if (!self || !call_view(call, 0, &data)) return NULL;
    if (!self->ctx || EVP_DigestUpdate(self->ctx, data.data, data.len) != 1)
        return throw_error(call, "ERR_CRYPTO_INVALID_STATE", "Not initialised");
    return value_undefined();
}

static bool is_rsa(EVP_PKEY *pkey) {
    int id = EVP_PKEY_get_base_id(pkey);
    return id == EVP_PKEY_RSA || id == EVP_PKEY_RSA_PSS;
}

/* Padding and salt as asked for; what RSA-PSS keys demand by themselves goes first. */
static bool set_rsa_options(EVP_PKEY *pkey, EVP_PKEY_CTX *ctx, int padding, int salt) {
    if (!is_rsa(pkey)) return true;
    if (padding == 0)
        padding = EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA_PSS ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
    if (EVP_PKEY_CTX_set_rsa_padding(ctx, padding) <= 0) return false;
    return padding != RSA_PKCS1_PSS_PADDING || salt == SALT_DEFAULT ||
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt) > 0;
}

/* Half the bytes of a signature of two plain numbers; 0 for keys that have none. */
static size_t p1363_half(EVP_PKEY *pkey) {
    int id = EVP_PKEY_get_base_id(pkey), bits = 0;
    if (id == EVP_PKEY_DSA) {
        BIGNUM *q = NULL;
        if (EVP_PKEY_get_bn_param(pkey, "q", &q) == 1) bits = BN_num_bits(q);
        BN_free(q);
    } else if (id == EVP_PKEY_EC) {
        BIGNUM *order = NULL;
        if (EVP_PKEY_get_bn_param(pkey, "order", &order) == 1) bits = BN_num_bits(order);
        BN_free(order);
    }
    return (size_t)(bits + 7) / 8;
}

static void der_to_p1363(EVP_PKEY *pkey, Bytes *signature) {
    size_t half = p1363_half(pkey);
    if (!half) return;
    const unsigned char *at = (unsigned char *)signature->data;
    ECDSA_SIG *parsed = d2i_ECDSA_SIG(NULL, &at, (long)signature->len);
    if (!parsed) return;
    unsigned char *flat = mem_new(half * 2);
    if (BN_bn2binpad(ECDSA_SIG_get0_r(parsed), flat, (int)half) > 0 &&
        BN_bn2binpad(ECDSA_SIG_get0_s(parsed), flat + half, (int)half) > 0) {
        bytes_clear(signature);
        bytes_append(signature, flat, half * 2);
    }
    mem_free(flat);
    ECDSA_SIG_free(parsed);
}

/* False if it cannot be a signature of the key. */
static bool p1363_to_der(EVP_PKEY *pkey, Bytes *signature) {
    size_t half = p1363_half(pkey);
    if (!half) return true;
    if (signature->len != half * 2) return false;
    ECDSA_SIG *built = ECDSA_SIG_new();
    const unsigned char *data = (unsigned char *)signature->data;
    ECDSA_SIG_set0(built, BN_bin2bn(data, (int)half, NULL), BN_bin2bn(data + half, (int)half, NULL));
    unsigned char *der = NULL;
    int len = i2d_ECDSA_SIG(built, &der);
    ECDSA_SIG_free(built);
    if (len <= 0) return false;
    bytes_clear(signature);
    bytes_append(signature, der, (size_t)len);
    OPENSSL_free(der);
    return true;
}

/* What was updated, as its digest, and the key that is to sign or verify it. */
typedef struct {
    EVP_PKEY *pkey;
    const EVP_MD *md;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len;
} Digested;

static bool signer_finish(Signer *self, Digested *out) {
    if (!self->ctx) return false;
    out->md = EVP_MD_CTX_get0_md(self->ctx);
    bool fine = EVP_DigestFinal_ex(self->ctx, out->digest, &out->len) == 1;
    EVP_MD_CTX_free(self->ctx);
    self->ctx = NULL;
    return fine;
}

/* False: nothing to do, or thrown. */
static bool call_digested(Call *call, Digested *out) {
    Signer *self = (Signer *)call_handle(call, &signer_class);
    Key *key = call_key(call, 0);
    if (!self || !key || !key->pkey) return false;
    ERR_clear_error();
    out->pkey = key->pkey;
    if (signer_finish(self, out)) return true;
    throw_error(call, "ERR_CRYPTO_INVALID_STATE", "Not initialised");
    return false;
}

/* sign(Key, padding or 0, salt length, as plain numbers) */
static Value sign_sign(Call *call) {
    Digested told;
    if (!call_digested(call, &told)) return NULL;
    PKEY_CTX ctx = EVP_PKEY_CTX_new_from_pkey(NULL, told.pkey, NULL);
    size_t len = 0;
    Bytes signature = {0};
    if (!ctx || EVP_PKEY_sign_init(ctx) <= 0 ||
        !set_rsa_options(told.pkey, ctx, call_int(call, 1), call_int(call, 2)) ||
        EVP_PKEY_CTX_set_signature_md(ctx, told.md) <= 0 ||
        EVP_PKEY_sign(ctx, NULL, &len, told.digest, told.len) <= 0)
        return throw_ssl(call, "Signing failed");
    bytes_reserve(&signature, len);
    if (EVP_PKEY_sign(ctx, (unsigned char *)signature.data, &len, told.digest, told.len) <= 0) {
        bytes_free(&signature);
        return throw_ssl(call, "Signing failed");
    }
    signature.len = len;
    if (call_bool(call, 3)) der_to_p1363(told.pkey, &signature);
    Value value = buffer_copy(call->realm, signature.data, signature.len);
    bytes_free(&signature);
    return value;
}

/* verify(Key, signature, padding or 0, salt length, as plain numbers) */
static Value sign_verify(Call *call) {
    Digested told;
    if (!call_digested(call, &told)) return NULL;
    Bytes signature = call_copy(call, 1);
    PKEY_CTX ctx = EVP_PKEY_CTX_new_from_pkey(NULL, told.pkey, NULL);
    bool fine = !call_bool(call, 4) || p1363_to_der(told.pkey, &signature);
    bool is_ready = ctx && EVP_PKEY_verify_init(ctx) > 0 &&
                    set_rsa_options(told.pkey, ctx, call_int(call, 2), call_int(call, 3)) &&
                    EVP_PKEY_CTX_set_signature_md(ctx, told.md) > 0;
    if (!is_ready) {
        bytes_free(&signature);
        return throw_ssl(call, "Verification failed");
    }
    fine = fine &&
           EVP_PKEY_verify(ctx, (unsigned char *)signature.data, signature.len, told.digest, told.len) == 1;
    ERR_clear_error();
    bytes_free(&signature);
    return value_bool(fine);
}

static const Native signer_methods[] = {
    {"update",   sign_update},
    {"sign",          sign_sign},
    {"verify",sign_verify},
    {0  }
};

typedef struct {
    Job job;
    EVP_PKEY *pkey;
    const EVP_MD *md;
    Bytes data, signature;
    int padding, salt;
    bool verifies, as_p1363, is_right, as_array_buffer;
} SignJob;

static void sign_job_run(Job *job) {
    SignJob *self = (SignJob *)job;
    MD_CTX ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pkey_ctx = NULL;
    const unsigned char *data = (unsigned char *)(self->data.data ? self->data.data : "");
    job->failed = true;
    int ready = self->verifies ? EVP_DigestVerifyInit(ctx, &pkey_ctx, self->md, NULL, self->pkey)
                               : EVP_DigestSignInit(ctx, &pkey_ctx, self->md, NULL, self->pkey);
    if (ready != 1 || !set_rsa_options(self->pkey, pkey_ctx, self->padding, self->salt)) return;
    if (self->verifies) {
        job->failed = false;
        self->is_right = (!self->as_p1363 || p1363_to_der(self->pkey, &self->signature)) &&
                         EVP_DigestVerify(ctx, (unsigned char *)self->signature.data, self->signature.len,
                                          data, self->data.len) == 1;
        ERR_clear_error();
        return;
    }
    size_t len = 0;
    if (EVP_DigestSign(ctx, NULL, &len, data, self->data.len) != 1) return;
    bytes_reserve(&self->signature, len);
    if (EVP_DigestSign(ctx, (unsigned char *)self->signature.data, &len, data, self->data.len) != 1) return;
    self->signature.len = len;
    job->failed = false;
    if (self->as_p1363) der_to_p1363(self->pkey, &self->signature);
}

static Value sign_job_result(Realm *realm, Job *job) {
    SignJob *self = (SignJob *)job;
    if (self->verifies) return value_bool(self->is_right);
    return buffer_copy(realm, self->signature.data, self->signature.len);
}

static void sign_job_free(Job *job) {
    SignJob *self = (SignJob *)job;
    EVP_PKEY_free(self->pkey);
    bytes_free(&self->data);
    bytes_free(&self->signature);
    mem_free(self);
}

static const JobClass sign_job_class = {sign_job_run, sign_job_result, sign_job_free};

/* signJob(callback, Key, digest, data, padding or 0, salt length, as plain numbers, signature): with a
 * signature it is verified. */
static Value sign_job(Call *call) {
    Key *key = call_key(call, 1);
    TEXT digest = {0};
    if (!key || !key->pkey) return throw_type(call, "ERR_INVALID_ARG_TYPE", "signJob: a key is missing");
    if (!call_text(call, 2, &digest)) return NULL;
    ERR_clear_error();
    const EVP_MD *md = NULL;
    if (call_is_given(call, 2) && !(md = signature_digest(digest.data)))
        return throw_type(call, "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: %s", digest.data);
    SignJob *job = NEW(SignJob);
    job->job.class = &sign_job_class;
    EVP_PKEY_up_ref(key->pkey);
    job->pkey = key->pkey;
    job->md = md;
    if (!md) {
        int nid;
        if (EVP_PKEY_get_default_digest_nid(key->pkey, &nid) > 0 && nid != NID_undef)
            job->md = EVP_get_digestbynid(nid);
        ERR_clear_error();
    }
    job->data = call_copy(call, 3);
    job->padding = call_int(call, 4);
    job->salt = call_int(call, 5);
    job->as_p1363 = call_bool(call, 6);
    job->verifies = call_is_given(call, 7);
    if (job->verifies) job->signature = call_copy(call, 7);
    return job_start(call, &job->job, 0);
}

const Native sign_functions[] = {
    {"signOpen", sign_open},
    {"signJob",          sign_job},
    {0}
};
