/* Digests and HMACs: streams that a handle carries, and whole texts in one call. */
#include "modules/crypto/crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdlib.h>

typedef struct {
    Handle handle;
    EVP_MD_CTX *ctx;
    int64_t out_len; /* of a digest of any length; -1 for its own */
    char *digest;    /* once it is known */
    size_t digest_len;
} Hash;

static void hash_dispose(Handle *handle) {
    Hash *self = (Hash *)handle;
    EVP_MD_CTX_free(self->ctx);
    free(self->digest);
    handle_leave(handle);
    mem_free(self);
}

static const Native hash_methods[];
static const HandleClass hash_class = {"Hash", hash_methods, hash_dispose};

static Value hex_value(Realm *realm, const unsigned char *data, size_t len) {
    static const char digits[] = "0123456789abcdef";
    char room[256], *text = len * 2 <= sizeof room ? room : mem_new(len * 2 + 1);
    for (size_t i = 0; i < len; i++) {
        text[i * 2] = digits[data[i] >> 4];
        text[i * 2 + 1] = digits[data[i] & 15];
    }
    Value value = value_latin1(realm, text, len * 2);
    if (text != room) mem_free(text);
    return value;
}

static Value digest_value(Realm *realm, const void *data, size_t len, bool as_hex) {
    return as_hex ? hex_value(realm, data, len) : buffer_copy(realm, data, len);
}

static bool md_is_xof(const EVP_MD *md) {
    return (EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF) != 0;
}

static Value hash_object(Realm *realm, EVP_MD_CTX *ctx, int64_t out_len) {
    Hash *self = NEW(Hash);
    self->ctx = ctx;
    self->out_len = out_len;
    return handle_open(realm, &self->handle, &hash_class);
}

/* A length that the algorithm cannot give is an error; its own is the same as none. */
static bool out_len_is_fine(Call *call, const EVP_MD *md, int64_t *out_len) {
    if (*out_len < 0) return true;
    if (*out_len == EVP_MD_get_size(md)) {
        *out_len = -1;
        return true;
    }
    if (md_is_xof(md)) return true;
    ERR_raise(ERR_LIB_EVP, EVP_R_NOT_XOF_OR_INVALID_LENGTH);
    throw_ssl(call, "Digest method not supported");
    return false;
}

static const EVP_MD *md_find(const char *name) {
    const EVP_MD *md = EVP_get_digestbyname(name);
    if (md) return md;
    ERR_set_mark();
    md = EVP_MD_fetch(NULL, name, NULL); /* lives as long as the process */
    ERR_pop_to_mark();
    return md;
}

/* hashOpen(name, outputLength or -1) */
static Value hash_open(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 0, &name)) return NULL;
    int64_t out_len = call_int64(call, 1);
    ERR_clear_error();
    const EVP_MD *md = md_find(name.data);
    if (!md) return throw_ssl(call, "Digest method not supported");
    if (!out_len_is_fine(call, md, &out_len)) return NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (EVP_DigestInit_ex(ctx, md, NULL) != 1) {
        EVP_MD_CTX_free(ctx);
        ERR_clear_error();
        return throw_error(call, NULL, "Digest method not supported");
    }
    return hash_object(call->realm, ctx, out_len);
}

/* copy(outputLength or -1) */
static Value hash_copy(Call *call) {
    Hash *from = (Hash *)call_handle(call, &hash_class);
    if (!from) return NULL;
    int64_t out_len = call_int64(call, 0);
    if (!from->ctx) return throw_error(call, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
    if (!out_len_is_fine(call, EVP_MD_CTX_get0_md(from->ctx), &out_len)) return NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (EVP_MD_CTX_copy_ex(ctx, from->ctx) != 1) {
        EVP_MD_CTX_free(ctx);
        return throw_ssl(call, "Digest copy error");
    }
    return hash_object(call->realm, ctx, out_len);
}

static Value hash_update(Call *call) {
    Hash *self = (Hash *)call_handle(call, &hash_class);
    VIEW data = {0};
    if (!self || !call_view(call, 0, &data)) return NULL;
    return value_bool(self->ctx && EVP_DigestUpdate(self->ctx, data.data, data.len) == 1);
}

static bool digest_finish(EVP_MD_CTX *ctx, int64_t out_len, char **digest, size_t *digest_len) {
    const EVP_MD *md = EVP_MD_CTX_get0_md(ctx);
    *digest_len = out_len < 0 ? (size_t)EVP_MD_get_size(md) : (size_t)out_len;
    *digest = malloc(*digest_len + 1);
    if (!*digest) return false;
    unsigned char *out = (unsigned char *)*digest;
    if (out_len == 0 ||
        (out_len < 0 ? EVP_DigestFinal_ex(ctx, out, NULL) : EVP_DigestFinalXOF(ctx, out, *digest_len)) == 1)
        return true;
    free(*digest);
    *digest = NULL;
    return false;
}

/* digest(as hex) -> Buffer or text; may be asked again */
static Value hash_digest(Call *call) {
    Hash *self = (Hash *)call_handle(call, &hash_class);
    if (!self) return NULL;
    if (!self->digest) {
        if (!digest_finish(self->ctx, self->out_len, &self->digest, &self->digest_len))
            return throw_ssl(call, "Digest failed");
        EVP_MD_CTX_free(self->ctx);
        self->ctx = NULL;
    }
    return digest_value(call->realm, self->digest, self->digest_len, call_bool(call, 0));
}

static const Native hash_methods[] = {
    {"update",     hash_update},
    {"digest",            hash_digest},
    {"copy",hash_copy},
    {0      }
};

/* hashWhole(name, data, outputLength or -1, as hex) */
static Value hash_whole(Call *call) {
    TEXT name = {0};
    VIEW data = {0};
    if (!call_text(call, 0, &name) || !call_view(call, 1, &data)) return NULL;
    int64_t out_len = call_int64(call, 2);
    ERR_clear_error();
    const EVP_MD *md = md_find(name.data);
    if (!md) return throw_error(call, NULL, "Digest method %s is not supported", name.data);
    if (out_len == EVP_MD_get_size(md)) out_len = -1;
    if (out_len >= 0 && !md_is_xof(md))
        return throw_error(call, NULL, "Output length %lld is invalid for %s, which does not support XOF",
                           (long long)out_len, name.data);
    MD_CTX ctx = EVP_MD_CTX_new();
    char *digest = NULL;
    size_t len;
    if (EVP_DigestInit_ex(ctx, md, NULL) != 1 || EVP_DigestUpdate(ctx, data.data, data.len) != 1 ||
        !digest_finish(ctx, out_len, &digest, &len)) {
        free(digest);
        return throw_ssl(call, "Digest method not supported");
    }
    Value value = digest_value(call->realm, digest, len, call_bool(call, 3));
    free(digest);
    return value;
}

typedef struct {
    Handle handle;
    EVP_MAC_CTX *ctx;
} Hmac;

static void hmac_dispose(Handle *handle) {
    Hmac *self = (Hmac *)handle;
    EVP_MAC_CTX_free(self->ctx);
    handle_leave(handle);
    mem_free(self);
}

static const Native hmac_methods[];
static const HandleClass hmac_class = {"Hmac", hmac_methods, hmac_dispose};

static EVP_MAC_CTX *hmac_start(const char *name, const void *key, size_t key_len) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)name, 0),
                           OSSL_PARAM_construct_end()};
    if (EVP_MAC_init(ctx, key, key_len, params) == 1) return ctx;
    EVP_MAC_CTX_free(ctx);
    return NULL;
}

/* hmacOpen(name, key bytes or Key) */
static Value hmac_open(Call *call) {
    TEXT name = {0};
    VIEW key = {0};
    if (!call_text(call, 0, &name)) return NULL;
    Key *object = call_key(call, 1);
    if (!object && !call_view(call, 1, &key)) return NULL;
    ERR_clear_error();
    if (!md_find(name.data)) {
        ERR_clear_error();
        return throw_error(call, "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: %s", name.data);
    }
    Bytes *secret = object ? &object->secret : NULL;
    EVP_MAC_CTX *ctx = hmac_start(name.data, secret ? (secret->data ? secret->data : "") : key.data,
                                  secret ? secret->len : key.len);
    if (!ctx) return throw_ssl(call, "Invalid digest");
    Hmac *self = NEW(Hmac);
    self->ctx = ctx;
    return handle_open(call->realm, &self->handle, &hmac_class);
}

static Value hmac_update(Call *call) {
    Hmac *self = (Hmac *)call_handle(call, &hmac_class);
    VIEW data = {0};
    if (!self || !call_view(call, 0, &data)) return NULL;
    return value_bool(self->ctx && EVP_MAC_update(self->ctx, (unsigned char *)data.data, data.len) == 1);
}

static Value hmac_digest(Call *call) {
    Hmac *self = (Hmac *)call_handle(call, &hmac_class);
    if (!self) return NULL;
    unsigned char out[EVP_MAX_MD_SIZE];
    size_t len = 0;
    if (self->ctx && EVP_MAC_final(self->ctx, out, &len, sizeof out) != 1)
        return throw_ssl(call, "HMAC failed");
    EVP_MAC_CTX_free(self->ctx);
    self->ctx = NULL;
    return digest_value(call->realm, out, len, call_bool(call, 0));
}

static const Native hmac_methods[] = {
    {"update",     hmac_update},
    {"digest",            hmac_digest},
    {0}
};

/* The names that programs may use: those under which a digest can be had. */
static void hash_name_add(const EVP_MD *md, const char *from, const char *to, void *list) {
    const char *name = from;
    if (!name || !(md = EVP_get_digestbyname(name))) return;
    ERR_set_mark();
    EVP_MD *fetched = EVP_MD_fetch(NULL, EVP_MD_get0_name(md), NULL);
    ERR_pop_to_mark();
    if (!fetched) return;
    EVP_MD_free(fetched);
    bytes_append_str(list, name);
    bytes_append_char(list, ' ');
}

static Value hash_names(Call *call) {
    Bytes names = {0};
    EVP_MD_do_all_sorted(hash_name_add, &names);
    Value value = value_string(call->realm, names.data ? names.data : "");
    bytes_free(&names);
    return value;
}

/* Digest or HMAC of a whole text on a thread, for webcrypto. */
typedef struct {
    Job job;
    Bytes name, key, data;
    bool is_hmac;
    int64_t out_len;
    char *out;
    size_t out_size;
} DigestJob;

static void digest_job_run(Job *job) {
    DigestJob *self = (DigestJob *)job;
    job->failed = true;
    if (self->is_hmac) {
        EVP_MAC_CTX *ctx = hmac_start(self->name.data, self->key.data ? self->key.data : "", self->key.len);
        self->out = malloc(EVP_MAX_MD_SIZE);
        job->failed = !ctx || EVP_MAC_update(ctx, (unsigned char *)self->data.data, self->data.len) != 1 ||
                      EVP_MAC_final(ctx, (unsigned char *)self->out, &self->out_size, EVP_MAX_MD_SIZE) != 1;
        EVP_MAC_CTX_free(ctx);
        return;
    }
    const EVP_MD *md = md_find(self->name.data);
    MD_CTX ctx = EVP_MD_CTX_new();
    job->failed = !md || EVP_DigestInit_ex(ctx, md, NULL) != 1 ||
                  EVP_DigestUpdate(ctx, self->data.data, self->data.len) != 1 ||
                  !digest_finish(ctx, self->out_len, &self->out, &self->out_size);
}

static Value digest_job_result(Realm *realm, Job *job) {
    DigestJob *self = (DigestJob *)job;
    Object value = array_buffer_adopt(realm, self->out, self->out_size);
    self->out = NULL;
    return value;
}

static void digest_job_free(Job *job) {
    DigestJob *self = (DigestJob *)job;
    bytes_free(&self->name);
    bytes_free(&self->key);
    bytes_free(&self->data);
    free(self->out);
    mem_free(self);
}

static const JobClass digest_job_class = {digest_job_run, digest_job_result, digest_job_free};

static DigestJob *digest_job_new(Call *call) {
    DigestJob *job = NEW(DigestJob);
    job->job.class = &digest_job_class;
    job->name = call_copy(call, 1);
    job->data = call_copy(call, 2);
    job->out_len = -1;
    return job;
}

/* digestJob(callback, name, data, outputLength or -1) */
static Value digest_job(Call *call) {
    DigestJob *job = digest_job_new(call);
    job->out_len = call_int64(call, 3);
    return job_start(call, &job->job, 0);
}

/* hmacJob(callback, name, data, Key) */
static Value hmac_job(Call *call) {
    Key *key = call_key(call, 3);
    if (!key) return throw_type(call, "ERR_INVALID_ARG_TYPE", "hmacJob: a key is missing");
    DigestJob *job = digest_job_new(call);
    job->is_hmac = true;
    bytes_append(&job->key, key->secret.data, key->secret.len);
    return job_start(call, &job->job, 0);
}

static Value timing_safe_equal(Call *call) {
    char *a, *b;
    size_t a_len, b_len;
    if (!call_bytes(call, 0, &a, &a_len) || !call_bytes(call, 1, &b, &b_len)) return NULL;
    if (a_len != b_len)
        return throw_range(call, "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH",
                           "Input buffers must have the same byte length");
    return value_bool(CRYPTO_memcmp(a, b, a_len) == 0);
}

/* hashSize(name) -> [bytes of a digest, of a block], or undefined */
static Value hash_size(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 0, &name)) return NULL;
    const EVP_MD *md = md_find(name.data);
    ERR_clear_error();
    if (!md) return value_undefined();
    Value sizes[] = {value_int(EVP_MD_get_size(md)), value_int(EVP_MD_get_block_size(md)),
                     value_bool(md_is_xof(md))};
    return array_new(call->realm, COUNT_OF(sizes), sizes);
}

const Native hash_functions[] = {
    {"hashOpen",  hash_open},
    {"hashWhole",           hash_whole},
    {"hashNames",hash_names},
    {"hashSize", hash_size},
    {"hmacOpen",           hmac_open},
    {"digestJob",  digest_job},
    {"hmacJob",  hmac_job},
    {"timingSafeEqual",           timing_safe_equal},
    {0}
};
