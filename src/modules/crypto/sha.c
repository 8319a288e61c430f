/* The digests that programs use most, over states that are plain memory. OpenSSL's newer interface allocates
 * and copies for every text, and for every iteration of PBKDF2, which takes longer than hashing a small text
 * does. */
#define OPENSSL_SUPPRESS_DEPRECATED /* the digests' own functions, whose state is plain memory */
#include "modules/crypto/sha.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

typedef union {
    SHA_CTX sha1;
    SHA256_CTX sha256;
    SHA512_CTX sha512;
} State;

typedef struct {
    int nid;
    size_t size, block;
    int (*init)(void *state);
    int (*update)(void *state, const void *data, size_t len);
    int (*final)(unsigned char *digest, void *state);
} Digest;

#define DIGEST(name, type)                                                                                   \
    static int name##_init(void *state) {                                                                    \
        return type##_Init(state);                                                                           \
    }                                                                                                        \
    static int name##_update(void *state, const void *data, size_t len) {                                    \
        return type##_Update(state, data, len);                                                              \
    }                                                                                                        \
    static int name##_final(unsigned char *digest, void *state) {                                            \
        return type##_Final(digest, state);                                                                  \
    }
DIGEST(sha1, SHA1)
DIGEST(sha256, SHA256)
DIGEST(sha384, SHA384)
DIGEST(sha512, SHA512)
#undef DIGEST

static const Digest digests[] = {
    {NID_sha1,   SHA_DIGEST_LENGTH,    SHA_CBLOCK,    sha1_init,   sha1_update,   sha1_final  },
    {NID_sha256, SHA256_DIGEST_LENGTH, SHA256_CBLOCK, sha256_init, sha256_update, sha256_final},
    {NID_sha384, SHA384_DIGEST_LENGTH, SHA512_CBLOCK, sha384_init, sha384_update, sha384_final},
    {NID_sha512, SHA512_DIGEST_LENGTH, SHA512_CBLOCK, sha512_init, sha512_update, sha512_final},
};

/* HMAC whose key is already in: both states are copied for every text. */
typedef struct {
    const Digest *digest;
    State inner, outer;
} Keyed;

static void keyed_start(Keyed *self, const Digest *digest, const char *key, size_t key_len) {
    unsigned char block[SHA512_CBLOCK] = {0};
    self->digest = digest;
    if (key_len > digest->block) {
        digest->init(&self->inner);
        digest->update(&self->inner, key, key_len);
        digest->final(block, &self->inner);
    } else {
        if (key_len) memcpy(block, key, key_len);
    }
    for (size_t i = 0; i < digest->block; i++)
        block[i] ^= 0x36;
    digest->init(&self->inner);
    digest->update(&self->inner, block, digest->block);
    for (size_t i = 0; i < digest->block; i++)
        block[i] ^= 0x36 ^ 0x5c;
    digest->init(&self->outer);
    digest->update(&self->outer, block, digest->block);
    OPENSSL_cleanse(block, sizeof block);
}

static void keyed_finish(const Keyed *self, State *inner, unsigned char *out) {
    State outer = self->outer;
    self->digest->final(out, inner);
    self->digest->update(&outer, out, self->digest->size);
    self->digest->final(out, &outer);
}

/* Block `number` of the result, whole. */
static void block_derive(const Keyed *keyed, const char *salt, size_t salt_len, uint32_t number,
                         int iterations, unsigned char *out) {
    unsigned char counter[] = {(unsigned char)(number >> 24), (unsigned char)(number >> 16),
                               (unsigned char)(number >> 8), (unsigned char)number};
    unsigned char step[SHA512_DIGEST_LENGTH];
    State inner = keyed->inner;
    keyed->digest->update(&inner, salt, salt_len);
    keyed->digest->update(&inner, counter, sizeof counter);
    keyed_finish(keyed, &inner, step);
    memcpy(out, step, keyed->digest->size);
    for (int i = 1; i < iterations; i++) {
        inner = keyed->inner;
        keyed->digest->update(&inner, step, keyed->digest->size);
        keyed_finish(keyed, &inner, step);
        for (size_t k = 0; k < keyed->digest->size; k++)
            out[k] ^= step[k];
    }
    OPENSSL_cleanse(step, sizeof step);
}

static const Digest *digest_find(const EVP_MD *md) {
    int nid = EVP_MD_get_type(md);
    for (size_t i = 0; i < sizeof digests / sizeof *digests; i++)
        if (digests[i].nid == nid) return &digests[i];
    return NULL;
}

size_t sha_digest(const EVP_MD *md, const char *data, size_t len, unsigned char *out) {
    const Digest *digest = digest_find(md);
    if (!digest) return 0;
    State state;
    digest->init(&state);
    digest->update(&state, data, len);
    digest->final(out, &state);
    return digest->size;
}

size_t sha_hmac(const EVP_MD *md, const char *key, size_t key_len, const char *data, size_t len,
                unsigned char *out) {
    const Digest *digest = digest_find(md);
    if (!digest) return 0;
    Keyed keyed;
    keyed_start(&keyed, digest, key, key_len);
    State inner = keyed.inner;
    digest->update(&inner, data, len);
    keyed_finish(&keyed, &inner, out);
    OPENSSL_cleanse(&keyed, sizeof keyed);
    return digest->size;
}

bool pbkdf2_derive(const EVP_MD *md, const char *password, size_t password_len, const char *salt,
                   size_t salt_len, int iterations, unsigned char *out, size_t len) {
    const Digest *digest = digest_find(md);
    if (!digest || iterations < 1)
        return PKCS5_PBKDF2_HMAC(password, (int)password_len, (const unsigned char *)salt, (int)salt_len,
                                 iterations, md, (int)len, out) == 1;
    Keyed keyed;
    keyed_start(&keyed, digest, password, password_len);
    uint32_t number = 1;
    for (size_t at = 0; at < len; at += digest->size) {
        unsigned char block[SHA512_DIGEST_LENGTH];
        block_derive(&keyed, salt, salt_len, number++, iterations, block);
        memcpy(out + at, block, len - at < digest->size ? len - at : digest->size);
    }
    OPENSSL_cleanse(&keyed, sizeof keyed);
    return true;
}
