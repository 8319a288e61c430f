/* One interface over zlib, brotli and zstd, so that streams, jobs and errors are written once. A
 * codec works on bytes alone and may run on any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Codec Codec;

typedef struct {
    const uint8_t *in;
    size_t in_left;
    uint8_t *out;
    size_t out_left;
    int flush; /* the library's own number */
} CodecIo;

typedef struct {
    char message[128];
    char code[64];
    int number;
} CodecError;

typedef struct {
    void (*run)(Codec *codec, CodecIo *io);
    /* Whether the last run went well; `io` is what it left. */
    bool (*is_fine)(Codec *codec, const CodecIo *io, CodecError *error);
    bool (*reset)(Codec *codec, CodecError *error);
    void (*close)(Codec *codec);
} CodecClass;

struct Codec {
    const CodecClass *class;
};

enum {
    MODE_NONE,
    MODE_DEFLATE,
    MODE_INFLATE,
    MODE_GZIP,
    MODE_GUNZIP,
    MODE_DEFLATERAW,
    MODE_INFLATERAW,
    MODE_UNZIP,
    MODE_BROTLI_DECODE,
    MODE_BROTLI_ENCODE,
    MODE_ZSTD_COMPRESS,
    MODE_ZSTD_DECOMPRESS
};

bool codec_error(CodecError *error, const char *message, const char *code, int number);

/* Each returns NULL with *error filled in. Dictionaries are copied. */
Codec *deflate_codec_open(int mode, int window_bits, int level, int memory_level, int strategy,
                          const void *dictionary, size_t dictionary_len, CodecError *error);
bool deflate_codec_params(Codec *codec, int level, int strategy, CodecError *error);
/* params[i] is the value of parameter i, or UINT32_MAX for "as it is". */
Codec *brotli_codec_open(int mode, const uint32_t *params, size_t count, const void *dictionary,
                         size_t dictionary_len, CodecError *error);
Codec *zstd_codec_open(int mode, const uint32_t *params, size_t count, uint64_t pledged_size,
                       const void *dictionary, size_t dictionary_len, CodecError *error);
