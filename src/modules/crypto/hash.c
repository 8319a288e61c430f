/* Digests and HMACs: streams that a handle carries, and whole texts in one call. */
#define OPENSSL_SUPPRESS_DEPRECATED /* HMAC_CTX: the new interface looks the digest up for every text */
#include "modules/crypto/crypto.h"
#include "modules/crypto/sha.h"

#include "base/text.h"
#include "engine/peek.h"
#include "modules/modules.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
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

typedef struct {
    EVP_MD *md;
    char *name;
} NamedDigest;

typedef struct {
    NamedDigest *digests;
    int count;
    EVP_MD_CTX *spare; /* for whole texts */
} Digests;

static Digests *digests_of(Realm *realm) {
    void **slot = realm_slot(realm, SLOT_CRYPTO);
    if (!*slot) {
        Digests *made = *slot = NEW(Digests);
        made->spare = EVP_MD_CTX_new();
    }
    return *slot;
}

void digests_teardown(Realm *realm) {
    Digests *self = *realm_slot(realm, SLOT_CRYPTO);
    if (!self) return;
    for (int i = 0; i < self->count; i++) {
        EVP_MD_free(self->digests[i].md);
        mem_free(self->digests[i].name);
    }
    mem_free(self->digests);
    EVP_MD_CTX_free(self->spare);
    mem_free(self);
    *realm_slot(realm, SLOT_CRYPTO) = NULL;
}

static EVP_MD *digest_fetch(const char *name) {
    const EVP_MD *known = EVP_get_digestbyname(name);
    ERR_set_mark();
    EVP_MD *md = EVP_MD_fetch(NULL, known ? EVP_MD_get0_name(known) : name, NULL);
    ERR_pop_to_mark();
    return md;
}

/* digestNumber(name) -> -1 if there is no such digest */
static Value digest_number(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 0, &name)) return NULL;
    Digests *self = digests_of(call->realm);
    for (int i = 0; i < self->count; i++)
        if (strcmp(self->digests[i].name, name.data) == 0) return value_int(i);
    EVP_MD *md = digest_fetch(name.data);
    if (!md) return value_int(-1);
    self->digests = mem_resize(self->digests, (size_t)(self->count + 1) * sizeof *self->digests);
    self->digests[self->count] = (NamedDigest){md, mem_strdup(name.data)};
    return value_int(self->count++);
}

const EVP_MD *call_digest(Call *call, size_t i) {
    Digests *self = digests_of(call->realm);
    int number = call_int(call, i);
    return number >= 0 && number < self->count ? self->digests[number].md : NULL;
}

/* What a digest is given as. */
enum { AS_BYTES, AS_HEX, AS_BASE64, AS_BASE64_URL };

static Value digest_value(Realm *realm, const void *data, size_t len, int form) {
    if (form == AS_BYTES) return buffer_copy(realm, data, len);
    char room[256], *text = len * 2 <= sizeof room ? room : mem_new(len * 2 + 4);
    size_t chars = len * 2;
    if (form == AS_HEX)
        hex_encode(data, len, text);
    else
        chars = base64_encode(data, len, form == AS_BASE64_URL, text);
    Value value = value_latin1(realm, text, chars);
    if (text != room) mem_free(text);
    return value;
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

/* hashOpen(digest, outputLength or -1, first data) */
static Value hash_open(Call *call) {
    VIEW data = {0};
    if (!call_view(call, 2, &data)) return NULL;
    int64_t out_len = call_int64(call, 1);
    ERR_clear_error();
    const EVP_MD *md = call_digest(call, 0);
    if (!md) return throw_ssl(call, "Digest method not supported");
    if (!out_len_is_fine(call, md, &out_len)) return NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (EVP_DigestInit_ex(ctx, md, NULL) != 1 || EVP_DigestUpdate(ctx, data.data, data.len) != 1) {
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

/* digest(form) -> Buffer or text; may be asked again */
static Value hash_digest(Call *call) {
    Hash *self = (Hash *)call_handle(call, &hash_class);
    if (!self) return NULL;
    if (!self->digest) {
        if (!digest_finish(self->ctx, self->out_len, &self->digest, &self->digest_len))
            return throw_ssl(call, "Digest failed");
        EVP_MD_CTX_free(self->ctx);
        self->ctx = NULL;
    }
    return digest_value(call->realm, self->digest, self->digest_len, call_int(call, 0));
}

static const Native hash_methods[] = {
    {"update",     hash_update},
    {"digest",            hash_digest},
    {"copy",hash_copy},
    {0      }
};

/* hashWhole(digest, data, outputLength or -1, form, name) */
static Value hash_whole(Call *call) {
    VIEW data = {0};
    TEXT name = {0};
    if (!call_view(call, 1, &data)) return NULL;
    int64_t out_len = call_int64(call, 2);
    const EVP_MD *md = call_digest(call, 0);
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t known = out_len < 0 ? sha_digest(md, data.data, data.len, digest) : 0;
    if (known) return digest_value(call->realm, digest, known, call_int(call, 3));
    ERR_clear_error();
    if (out_len == EVP_MD_get_size(md)) out_len = -1;
    if (out_len >= 0 && !md_is_xof(md)) {
        if (!call_text(call, 4, &name)) return NULL;
        return throw_error(call, NULL, "Output length %lld is invalid for %s, which does not support XOF",
                           (long long)out_len, name.data);
    }
    EVP_MD_CTX *ctx = digests_of(call->realm)->spare;
    if (EVP_DigestInit_ex(ctx, md, NULL) != 1 || EVP_DigestUpdate(ctx, data.data, data.len) != 1)
        return throw_ssl(call, "Digest method not supported");
    if (out_len < 0) {
        unsigned len;
        if (EVP_DigestFinal_ex(ctx, digest, &len) != 1) return throw_ssl(call, "Digest failed");
        return digest_value(call->realm, digest, len, call_int(call, 3));
    }
    char *long_digest = NULL;
    size_t len;
    if (!digest_finish(ctx, out_len, &long_digest, &len)) return throw_ssl(call, "Digest failed");
    Value value = digest_value(call->realm, long_digest, len, call_int(call, 3));
    free(long_digest);
    return value;
}

typedef struct {
    Handle handle;
    HMAC_CTX *ctx;
} Hmac;

static void hmac_dispose(Handle *handle) {
    Hmac *self = (Hmac *)handle;
    HMAC_CTX_free(self->ctx);
    handle_leave(handle);
    mem_free(self);
}

static const Native hmac_methods[];
static const HandleClass hmac_class = {"Hmac", hmac_methods, hmac_dispose};

/* The bytes of argument 1, a Key or a view. */
static bool call_hmac_key(Call *call, View *room, Slice *key) {
    Key *object = call_key(call, 1);
    if (!object && !call_view(call, 1, room)) return false;
    *key = object ? bytes_slice(&object->secret) : (Slice){room->data, room->len};
    if (!key->data) key->data = "";
    return true;
}

static bool hmac_start(Call *call, HMAC_CTX *ctx) {
    VIEW room = {0};
    Slice key;
    if (!call_hmac_key(call, &room, &key)) return false;
    ERR_clear_error();
    if (HMAC_Init_ex(ctx, key.data, (int)key.len, call_digest(call, 0), NULL) == 1) return true;
    throw_ssl(call, "Invalid digest");
    return false;
}

/* hmacOpen(digest, key bytes or Key) */
static Value hmac_open(Call *call) {
    HMAC_CTX *ctx = HMAC_CTX_new();
    if (!hmac_start(call, ctx)) {
        HMAC_CTX_free(ctx);
        return NULL;
    }
    Hmac *self = NEW(Hmac);
    self->ctx = ctx;
    return handle_open(call->realm, &self->handle, &hmac_class);
}

/* hmacWhole(digest, key bytes or Key, data, form) */
static Value hmac_whole(Call *call) {
    VIEW room = {0}, data = {0};
    Slice key;
    if (!call_hmac_key(call, &room, &key) || !call_view(call, 2, &data)) return NULL;
    unsigned char out[EVP_MAX_MD_SIZE];
    const EVP_MD *md = call_digest(call, 0);
    size_t known = sha_hmac(md, key.data, key.len, data.data, data.len, out);
    if (known) return digest_value(call->realm, out, known, call_int(call, 3));
    ERR_clear_error();
    unsigned len = 0;
    if (!HMAC(md, key.data, (int)key.len, (unsigned char *)data.data, data.len, out, &len))
        return throw_ssl(call, "HMAC failed");
    return digest_value(call->realm, out, len, call_int(call, 3));
}

static Value hmac_update(Call *call) {
    Hmac *self = (Hmac *)call_handle(call, &hmac_class);
    VIEW data = {0};
    if (!self || !call_view(call, 0, &data)) return NULL;
    return value_bool(self->ctx && HMAC_Update(self->ctx, (unsigned char *)data.data, data.len) == 1);
}

static Value hmac_digest(Call *call) {
    Hmac *self = (Hmac *)call_handle(call, &hmac_class);
    if (!self) return NULL;
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (self->ctx && HMAC_Final(self->ctx, out, &len) != 1) return throw_ssl(call, "HMAC failed");
    HMAC_CTX_free(self->ctx);
    self->ctx = NULL;
    return digest_value(call->realm, out, len, call_int(call, 0));
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
    Bytes name, key, data, customization;
    bool is_hmac, is_kmac;
    int64_t out_len;
    char *out;
    size_t out_size;
} DigestJob;

static bool kmac_make(DigestJob *self) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, self->name.data, NULL);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    self->out_size = (size_t)self->out_len;
    self->out = malloc(self->out_size + 1);
    char *custom = self->customization.data ? self->customization.data : "";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &self->out_size),
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_CUSTOM, custom, self->customization.len),
        OSSL_PARAM_construct_end(),
    };
    const unsigned char *key = (unsigned char *)self->key.data, *data = (unsigned char *)self->data.data;
    bool fine = ctx && self->out && EVP_MAC_init(ctx, key, self->key.len, params) == 1 &&
                EVP_MAC_update(ctx, data, self->data.len) == 1 &&
                EVP_MAC_final(ctx, (unsigned char *)self->out, &self->out_size, self->out_size) == 1;
    EVP_MAC_CTX_free(ctx);
    return fine;
}

static void digest_job_run(Job *job) {
    DigestJob *self = (DigestJob *)job;
    job->failed = true;
    if (self->is_kmac) {
        job->failed = !kmac_make(self);
        return;
    }
    if (self->is_hmac) {
        unsigned len = 0;
        EVP_MD *md = digest_fetch(self->name.data);
        self->out = malloc(EVP_MAX_MD_SIZE);
        job->failed =
            !md || !HMAC(md, self->key.data ? self->key.data : "", (int)self->key.len,
                         (unsigned char *)self->data.data, self->data.len, (unsigned char *)self->out, &len);
        self->out_size = len;
        EVP_MD_free(md);
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
    bytes_free(&self->customization);
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

/* kmacJob(callback, name, data, Key, customization, bytes of the answer) */
static Value kmac_job(Call *call) {
    Key *key = call_key(call, 3);
    if (!key) return throw_type(call, "ERR_INVALID_ARG_TYPE", "kmacJob: a key is missing");
    DigestJob *job = digest_job_new(call);
    job->is_kmac = true;
    bytes_append(&job->key, key->secret.data, key->secret.len);
    job->customization = call_copy(call, 4);
    job->out_len = call_int64(call, 5);
    return job_start(call, &job->job, 0);
}

static Value timing_safe_equal(Call *call) {
    char *a, *b;
    size_t a_len, b_len;
    if (!call_peek(call, 0, &a, &a_len) || !call_peek(call, 1, &b, &b_len)) return NULL;
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
    {"digestNumber", digest_number},
    {"hashOpen",              hash_open},
    {"hashWhole",hash_whole},
    {"hashNames",    hash_names},
    {"hashSize",              hash_size},
    {"hmacOpen", hmac_open},
    {"hmacWhole",     hmac_whole},
    {"digestJob",              digest_job},
    {"kmacJob",     kmac_job},
    {"hmacJob",    hmac_job},
    {"timingSafeEqual",              timing_safe_equal},
    {0}
};
