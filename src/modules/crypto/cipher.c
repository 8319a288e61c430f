/* Ciphers as streams, authenticated ones included. The rules about tags are stricter than OpenSSL's:
 * a text is only believed after its tag was checked. */
#include "modules/crypto/crypto.h"

#include "modules/modules.h"

#include <limits.h>
#include <openssl/err.h>
#include <stdlib.h>

#define NO_TAG_LENGTH UINT_MAX

typedef struct {
    Handle handle;
    EVP_CIPHER_CTX *ctx; /* NULL once it is final */
    bool encrypts, is_authenticated;
    bool tag_is_known, tag_is_given_over, failed_authentication;
    unsigned tag_len; /* or NO_TAG_LENGTH */
    unsigned char tag[EVP_GCM_TLS_TAG_LEN];
    int max_message;
} Cipher;

static void cipher_dispose(Handle *handle) {
    Cipher *self = (Cipher *)handle;
    EVP_CIPHER_CTX_free(self->ctx);
    handle_leave(handle);
    mem_free(self);
}

static const Native cipher_methods[];
static const HandleClass cipher_class = {"Cipher", cipher_methods, cipher_dispose};

static bool is_chacha(const EVP_CIPHER *cipher) {
    return EVP_CIPHER_get_nid(cipher) == NID_chacha20_poly1305;
}

static bool cipher_authenticates(const EVP_CIPHER *cipher) {
    switch (EVP_CIPHER_get_mode(cipher)) {
    case EVP_CIPH_CCM_MODE:
    case EVP_CIPH_GCM_MODE:
    case EVP_CIPH_OCB_MODE: return true;
    default: return is_chacha(cipher);
    }
}

static bool gcm_tag_length_is_fine(unsigned len) {
    return len == 4 || len == 8 || (len >= 12 && len <= 16);
}

static Value throw_tag_length(Call *call, unsigned len) {
    return throw_type(call, "ERR_CRYPTO_INVALID_AUTH_TAG", "Invalid authentication tag length: %u", len);
}

static Value throw_iv(Call *call) {
    return throw_type(call, "ERR_CRYPTO_INVALID_IV", "Invalid initialization vector");
}

/* Sets lengths of nonce and tag; false after throwing. */
static bool cipher_open_authenticated(Call *call, Cipher *self, const char *name, size_t iv_len,
                                      unsigned tag_len) {
    EVP_CIPHER_CTX *ctx = self->ctx;
    const EVP_CIPHER *cipher = EVP_CIPHER_CTX_get0_cipher(ctx);
    int mode = EVP_CIPHER_get_mode(cipher);
    self->is_authenticated = true;
    if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)iv_len, NULL) != 1) {
        ERR_clear_error();
        return throw_iv(call), false;
    }
    if (mode == EVP_CIPH_GCM_MODE) {
        if (tag_len != NO_TAG_LENGTH && !gcm_tag_length_is_fine(tag_len))
            return throw_tag_length(call, tag_len), false;
        self->tag_len = tag_len;
        return true;
    }
    if (tag_len == NO_TAG_LENGTH) {
        if (!is_chacha(cipher))
            return throw_type(call, "ERR_CRYPTO_INVALID_AUTH_TAG", "authTagLength required for %s", name),
                   false;
        tag_len = 16;
    }
    if (tag_len > sizeof self->tag ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, (int)tag_len, NULL) != 1) {
        ERR_clear_error();
        return throw_tag_length(call, tag_len), false;
    }
    self->tag_len = tag_len;
    if (mode == EVP_CIPH_CCM_MODE)
        self->max_message = iv_len == 12 ? 16777215 : iv_len == 13 ? 65535 : INT_MAX;
    return true;
}

/* Looking a cipher up takes OpenSSL longer than a small text: those that were used are kept. */
typedef struct {
    EVP_CIPHER *cipher;
    char *name;
} NamedCipher;

typedef struct {
    NamedCipher *all;
    size_t count;
} Ciphers;

static const EVP_CIPHER *cipher_named(Realm *realm, const char *name) {
    void **slot = realm_slot(realm, SLOT_CIPHERS);
    if (!*slot) *slot = NEW(Ciphers);
    Ciphers *self = *slot;
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->all[i].name, name) == 0) return self->all[i].cipher;
    const EVP_CIPHER *known = EVP_get_cipherbyname(name);
    if (!known) return NULL;
    ERR_set_mark();
    EVP_CIPHER *fetched = EVP_CIPHER_fetch(NULL, EVP_CIPHER_get0_name(known), NULL);
    ERR_pop_to_mark();
    if (!fetched) return known; /* using it will say why it cannot be */
    self->all = mem_resize(self->all, (self->count + 1) * sizeof *self->all);
    self->all[self->count++] = (NamedCipher){fetched, mem_strdup(name)};
    return fetched;
}

void ciphers_teardown(Realm *realm) {
    Ciphers *self = *realm_slot(realm, SLOT_CIPHERS);
    if (!self) return;
    for (size_t i = 0; i < self->count; i++) {
        EVP_CIPHER_free(self->all[i].cipher);
        mem_free(self->all[i].name);
    }
    mem_free(self->all);
    mem_free(self);
    *realm_slot(realm, SLOT_CIPHERS) = NULL;
}

/* cipherOpen(encrypts, name, key, iv or null, tag length or -1) */
static Value cipher_open(Call *call) {
    TEXT name = {0};
    VIEW key_view = {0}, iv = {0};
    bool encrypts = call_bool(call, 0), has_iv = call_is_given(call, 3);
    if (!call_text(call, 1, &name) || !call_view(call, 3, &iv)) return NULL;
    Key *key_object = call_key(call, 2);
    key_view = (View){0};
    if (!key_object && !call_view(call, 2, &key_view)) return NULL;
    const unsigned char *key = (unsigned char *)(key_object ? key_object->secret.data : key_view.data);
    size_t key_len = key_object ? key_object->secret.len : key_view.len;
    unsigned tag_len = call_double(call, 4) < 0 ? NO_TAG_LENGTH : (unsigned)call_int64(call, 4);

    ERR_clear_error();
    const EVP_CIPHER *cipher = cipher_named(call->realm, name.data);
    if (!cipher) return throw_error(call, "ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher");
    int iv_expected = EVP_CIPHER_get_iv_length(cipher);
    bool authenticated = cipher_authenticates(cipher);
    if (!has_iv && iv_expected != 0) return throw_iv(call);
    if (!authenticated && has_iv && (int)iv.len != iv_expected) return throw_iv(call);
    if (is_chacha(cipher) && iv.len > 12) return throw_iv(call);

    Cipher *self = NEW(Cipher);
    self->ctx = EVP_CIPHER_CTX_new();
    self->encrypts = encrypts;
    self->tag_len = NO_TAG_LENGTH;
    self->max_message = INT_MAX;
    Object object = handle_open(call->realm, &self->handle, &cipher_class);
    if (EVP_CIPHER_get_mode(cipher) == EVP_CIPH_WRAP_MODE)
        EVP_CIPHER_CTX_set_flags(self->ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    if (EVP_CipherInit_ex(self->ctx, cipher, NULL, NULL, NULL, encrypts) != 1)
        return throw_ssl(call, "Failed to initialize cipher");
    if (authenticated && !cipher_open_authenticated(call, self, name.data, iv.len, tag_len)) return NULL;
    if (EVP_CIPHER_CTX_set_key_length(self->ctx, (int)key_len) != 1) {
        ERR_clear_error();
        return throw_range(call, "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length");
    }
    if (EVP_CipherInit_ex(self->ctx, NULL, NULL, key, has_iv ? (unsigned char *)iv.data : NULL, encrypts) !=
        1)
        return throw_ssl(call, "Failed to initialize cipher");
    return object;
}

/* Decryption checks against a tag that OpenSSL wants before it starts. */
static bool cipher_give_tag(Cipher *self) {
    if (self->encrypts || !self->is_authenticated || !self->tag_is_known || self->tag_is_given_over)
        return true;
    self->tag_is_given_over = true;
    return EVP_CIPHER_CTX_ctrl(self->ctx, EVP_CTRL_AEAD_SET_TAG, (int)self->tag_len, self->tag) == 1;
}

static int cipher_mode(const Cipher *self) {
    return EVP_CIPHER_get_mode(EVP_CIPHER_CTX_get0_cipher(self->ctx));
}

static Value cipher_update(Call *call) {
    Cipher *self = (Cipher *)call_handle(call, &cipher_class);
    VIEW data = {0};
    if (!self || !call_view(call, 0, &data)) return NULL;
    ERR_clear_error();
    if (!self->ctx || data.len > INT_MAX - EVP_MAX_BLOCK_LENGTH)
        return throw_error(call, NULL, "Trying to add data in unsupported state");
    int mode = cipher_mode(self);
    if (mode == EVP_CIPH_CCM_MODE && data.len > (size_t)self->max_message)
        return throw_range(call, "ERR_CRYPTO_INVALID_MESSAGELEN", "Invalid message length");
    if (!cipher_give_tag(self)) return throw_ssl(call, "Trying to add data in unsupported state");
    int out_len = (int)data.len + EVP_CIPHER_CTX_get_block_size(self->ctx);
    if (self->encrypts && mode == EVP_CIPH_WRAP_MODE &&
        EVP_CipherUpdate(self->ctx, NULL, &out_len, (unsigned char *)data.data, (int)data.len) != 1)
        return throw_ssl(call, "Trying to add data in unsupported state");
    unsigned char *out = malloc((size_t)out_len + 1);
    if (!out) return throw_error(call, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
    int fine = EVP_CipherUpdate(self->ctx, out, &out_len, (unsigned char *)data.data, (int)data.len);
    if (fine != 1) {
        free(out);
        /* CCM says here what others say at the end: wait for final(). */
        if (!self->encrypts && mode == EVP_CIPH_CCM_MODE) {
            self->failed_authentication = true;
            ERR_clear_error();
            return buffer_copy(call->realm, NULL, 0);
        }
        return throw_ssl(call, "Trying to add data in unsupported state");
    }
    return buffer_adopt(call->realm, out, (size_t)out_len);
}

static Value cipher_final(Call *call) {
    Cipher *self = (Cipher *)call_handle(call, &cipher_class);
    if (!self) return NULL;
    ERR_clear_error();
    if (!self->ctx) return throw_error(call, "ERR_CRYPTO_INVALID_STATE", "Invalid state");
    int mode = cipher_mode(self), out_len = 0;
    unsigned char out[EVP_MAX_BLOCK_LENGTH];
    bool fine = true;
    if (!self->encrypts && self->is_authenticated) fine = cipher_give_tag(self);
    if (!self->encrypts && mode != EVP_CIPH_GCM_MODE && self->is_authenticated && !self->tag_is_known)
        fine = false;
    if (!self->encrypts && mode == EVP_CIPH_CCM_MODE)
        fine = fine && !self->failed_authentication;
    else
        fine = fine && EVP_CipherFinal_ex(self->ctx, out, &out_len) == 1;
    if (fine && self->encrypts && self->is_authenticated) {
        if (self->tag_len == NO_TAG_LENGTH) self->tag_len = 16;
        fine = EVP_CIPHER_CTX_ctrl(self->ctx, EVP_CTRL_AEAD_GET_TAG, (int)self->tag_len, self->tag) == 1;
        self->tag_is_known = fine;
    }
    EVP_CIPHER_CTX_free(self->ctx);
    self->ctx = NULL;
    if (!fine)
        return throw_ssl(call, self->is_authenticated ? "Unsupported state or unable to authenticate data"
                                                      : "Unsupported state");
    return buffer_copy(call->realm, out, (size_t)out_len);
}

static Value cipher_set_auto_padding(Call *call) {
    Cipher *self = (Cipher *)call_handle(call, &cipher_class);
    if (!self) return NULL;
    return value_bool(self->ctx && EVP_CIPHER_CTX_set_padding(self->ctx, call_bool(call, 0)) == 1);
}

static Value cipher_get_auth_tag(Call *call) {
    Cipher *self = (Cipher *)call_handle(call, &cipher_class);
    if (!self) return NULL;
    if (self->ctx || !self->encrypts || !self->tag_is_known) return value_undefined();
    return buffer_copy(call->realm, self->tag, self->tag_len);
}

/* setAuthTag(tag) -> false in the wrong state; 2: a short GCM tag whose length nobody asked for */
static Value cipher_set_auth_tag(Call *call) {
    Cipher *self = (Cipher *)call_handle(call, &cipher_class);
    char *tag;
    size_t len;
    if (!self || !call_bytes(call, 0, &tag, &len)) return NULL;
    if (!self->ctx || !self->is_authenticated || self->encrypts || self->tag_is_known)
        return value_bool(false);
    bool is_gcm = cipher_mode(self) == EVP_CIPH_GCM_MODE;
    bool fine = is_gcm ? (self->tag_len == NO_TAG_LENGTH || self->tag_len == len) &&
                             gcm_tag_length_is_fine((unsigned)len)
                       : self->tag_len == len;
    if (!fine || len > sizeof self->tag) return throw_tag_length(call, (unsigned)len);
    bool is_short = is_gcm && self->tag_len == NO_TAG_LENGTH && len != 16;
    memcpy(self->tag, tag, len);
    self->tag_len = (unsigned)len;
    self->tag_is_known = true;
    return is_short ? value_int(2) : value_bool(true);
}

/* setAAD(data, length of the text or -1) */
static Value cipher_set_aad(Call *call) {
    Cipher *self = (Cipher *)call_handle(call, &cipher_class);
    VIEW data = {0};
    if (!self || !call_view(call, 0, &data)) return NULL;
    if (!self->ctx || !self->is_authenticated) return value_bool(false);
    int64_t plain_len = call_int64(call, 1);
    int out_len;
    if (cipher_mode(self) == EVP_CIPH_CCM_MODE) {
        if (plain_len < 0)
            return throw_type(call, "ERR_MISSING_ARGS",
                              "options.plaintextLength required for CCM mode with AAD");
        if (plain_len > self->max_message)
            return throw_range(call, "ERR_CRYPTO_INVALID_MESSAGELEN", "Invalid message length");
        if (!cipher_give_tag(self)) return value_bool(false);
        if (EVP_CipherUpdate(self->ctx, NULL, &out_len, NULL, (int)plain_len) != 1) return value_bool(false);
    }
    return value_bool(
        EVP_CipherUpdate(self->ctx, NULL, &out_len, (unsigned char *)data.data, (int)data.len) == 1);
}

static const Native cipher_methods[] = {
    {"update",             cipher_update},
    {"final",                    cipher_final},
    {"setAutoPadding",cipher_set_auto_padding},
    {"getAuthTag",     cipher_get_auth_tag},
    {"setAuthTag",                    cipher_set_auth_tag},
    {"setAAD",cipher_set_aad},
    {0        }
};

static const char *mode_name(const EVP_CIPHER *cipher) {
    static const struct {
        int mode;
        const char *name;
    } names[] = {
        {EVP_CIPH_CBC_MODE,      "cbc"   },
        {EVP_CIPH_CCM_MODE,      "ccm"   },
        {EVP_CIPH_CFB_MODE,      "cfb"   },
        {EVP_CIPH_CTR_MODE,      "ctr"   },
        {EVP_CIPH_ECB_MODE,      "ecb"   },
        {EVP_CIPH_GCM_MODE,      "gcm"   },
        {EVP_CIPH_OCB_MODE,      "ocb"   },
        {EVP_CIPH_OFB_MODE,      "ofb"   },
        {EVP_CIPH_WRAP_MODE,     "wrap"  },
        {EVP_CIPH_XTS_MODE,      "xts"   },
        {EVP_CIPH_STREAM_CIPHER, "stream"},
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (names[i].mode == EVP_CIPHER_get_mode(cipher)) return names[i].name;
    return "";
}

/* cipherInfo(name or nid, key length or -1, iv length or -1) -> [name, nid, mode, block, iv, key] or
 * undefined */
static Value cipher_info(Call *call) {
    const EVP_CIPHER *cipher;
    if (value_is_number(call_arg(call, 0))) {
        cipher = EVP_get_cipherbynid(call_int(call, 0));
    } else {
        TEXT name = {0};
        if (!call_text(call, 0, &name)) return NULL;
        cipher = EVP_get_cipherbyname(name.data);
    }
    ERR_clear_error();
    if (!cipher) return value_undefined();
    int64_t key_len = call_int64(call, 1), iv_len = call_int64(call, 2);
    int key_has = EVP_CIPHER_get_key_length(cipher), iv_has = EVP_CIPHER_get_iv_length(cipher);
    if (key_len >= 0 || iv_len >= 0) {
        EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
        bool fine = EVP_CipherInit_ex(ctx, cipher, NULL, NULL, NULL, 1) == 1;
        if (fine && key_len >= 0) {
            fine = EVP_CIPHER_CTX_set_key_length(ctx, (int)key_len) == 1;
            if (fine) key_has = (int)key_len;
        }
        if (fine && iv_len >= 0) {
            fine = cipher_authenticates(cipher)
                       ? EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)iv_len, NULL) == 1
                       : iv_len == iv_has;
            if (fine) iv_has = (int)iv_len;
        }
        EVP_CIPHER_CTX_free(ctx);
        ERR_clear_error();
        if (!fine) return value_undefined();
    }
    Realm *realm = call->realm;
    int mode = EVP_CIPHER_get_mode(cipher);
    const char *name = OBJ_nid2sn(EVP_CIPHER_get_nid(cipher));
    Value values[] = {
        value_string(realm, name ? name : ""),
        value_int(EVP_CIPHER_get_nid(cipher)),
        value_string(realm, mode_name(cipher)),
        mode == EVP_CIPH_STREAM_CIPHER ? value_undefined() : value_int(EVP_CIPHER_get_block_size(cipher)),
        iv_has ? value_int(iv_has) : value_undefined(),
        value_int(key_has),
    };
    return array_new(realm, COUNT_OF(values), values);
}

static void cipher_name_add(const EVP_CIPHER *cipher, const char *from, const char *to, void *list) {
    if (!from) return;
    const EVP_CIPHER *real = EVP_get_cipherbyname(from);
    if (!real) return;
    ERR_set_mark();
    EVP_CIPHER *fetched = EVP_CIPHER_fetch(NULL, EVP_CIPHER_get0_name(real), NULL);
    ERR_pop_to_mark();
    if (!fetched) return;
    EVP_CIPHER_free(fetched);
    bytes_append_str(list, from);
    bytes_append_char(list, ' ');
}

static Value cipher_names(Call *call) {
    Bytes names = {0};
    EVP_CIPHER_do_all_sorted(cipher_name_add, &names);
    Value value = value_string(call->realm, names.data ? names.data : "");
    bytes_free(&names);
    return value;
}

/* A whole text on a thread, for webcrypto. */
typedef struct {
    Job job;
    bool encrypts;
    Bytes name, key, iv, aad, data;
    int tag_len; /* 0 for ciphers without; the tag is the end of the encrypted text */
    unsigned char *out;
    size_t out_len;
} CipherJob;

static bool cipher_job_open(CipherJob *self, EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher, size_t text_len) {
    int mode = EVP_CIPHER_get_mode(cipher), out_len;
    if (mode == EVP_CIPH_WRAP_MODE) EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    if (EVP_CipherInit_ex(ctx, cipher, NULL, NULL, NULL, self->encrypts) != 1) return false;
    if (self->tag_len) {
        if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)self->iv.len, NULL) != 1) return false;
        if (mode == EVP_CIPH_OCB_MODE &&
            EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, self->tag_len, NULL) != 1)
            return false;
        if (!self->encrypts &&
            EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, self->tag_len, self->data.data + text_len) != 1)
            return false;
    }
    if ((size_t)EVP_CIPHER_get_key_length(cipher) != self->key.len) return false;
    if (EVP_CipherInit_ex(ctx, NULL, NULL, (unsigned char *)self->key.data,
                          self->iv.len ? (unsigned char *)self->iv.data : NULL, self->encrypts) != 1)
        return false;
    return self->aad.len == 0 ||
           EVP_CipherUpdate(ctx, NULL, &out_len, (unsigned char *)self->aad.data, (int)self->aad.len) == 1;
}

static void cipher_job_run(Job *job) {
    CipherJob *self = (CipherJob *)job;
    job->failed = true;
    const EVP_CIPHER *cipher = EVP_get_cipherbyname(self->name.data);
    size_t text_len = self->data.len;
    if (!cipher || text_len > INT_MAX / 2) return;
    if (self->tag_len && !self->encrypts) {
        if (text_len < (size_t)self->tag_len) return;
        text_len -= (size_t)self->tag_len;
    }
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    self->out = malloc(text_len + (size_t)self->tag_len + 2 * EVP_MAX_BLOCK_LENGTH);
    if (!self->out) {
        EVP_CIPHER_CTX_free(ctx);
        job_out_of_memory(job);
        return;
    }
    int len = 0, more = 0;
    static const unsigned char nothing;
    const unsigned char *text = text_len ? (unsigned char *)self->data.data : &nothing;
    if (cipher_job_open(self, ctx, cipher, text_len) &&
        EVP_CipherUpdate(ctx, self->out, &len, text, (int)text_len) == 1 &&
        EVP_CipherFinal_ex(ctx, self->out + len, &more) == 1) {
        self->out_len = (size_t)(len + more);
        job->failed = false;
        if (self->tag_len && self->encrypts) {
            job->failed = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, self->tag_len,
                                              self->out + self->out_len) != 1;
            self->out_len += (size_t)self->tag_len;
        }
    }
    EVP_CIPHER_CTX_free(ctx);
}

static Value cipher_job_result(Realm *realm, Job *job) {
    CipherJob *self = (CipherJob *)job;
    Object value = array_buffer_adopt(realm, self->out, self->out_len);
    self->out = NULL;
    return value;
}

static void cipher_job_free(Job *job) {
    CipherJob *self = (CipherJob *)job;
    bytes_free(&self->name);
    bytes_free(&self->key);
    bytes_free(&self->iv);
    bytes_free(&self->aad);
    bytes_free(&self->data);
    free(self->out);
    mem_free(self);
}

static const JobClass cipher_job_class = {cipher_job_run, cipher_job_result, cipher_job_free};

/* cipherJob(callback, encrypts, name, Key, iv, data, tag bytes, aad) */
static Value cipher_job(Call *call) {
    Key *key = call_key(call, 3);
    if (!key) return throw_type(call, "ERR_INVALID_ARG_TYPE", "cipherJob: a key is missing");
    CipherJob *job = NEW(CipherJob);
    job->job.class = &cipher_job_class;
    job->encrypts = call_bool(call, 1);
    job->name = call_copy(call, 2);
    bytes_append(&job->key, key->secret.data, key->secret.len);
    job->iv = call_copy(call, 4);
    job->data = call_copy(call, 5);
    job->tag_len = call_int(call, 6);
    job->aad = call_copy(call, 7);
    return job_start(call, &job->job, 0);
}

const Native cipher_functions[] = {
    {"cipherOpen",  cipher_open},
    {"cipherInfo",             cipher_info},
    {"cipherNames",cipher_names},
    {"cipherJob", cipher_job},
    {0            }
};
