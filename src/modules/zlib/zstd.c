/* Zstandard through its streaming interface. Its errors are named as its header names them, which is
 * what programs compare. */
#include "base/mem.h"
#include "modules/zlib/codec.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

typedef struct {
    Codec codec;
    ZSTD_CCtx *compressor; /* one of the two */
    ZSTD_DCtx *decompressor;
    uint32_t *params;
    size_t param_count;
    uint64_t pledged_size;
    void *dictionary;
    size_t dictionary_len;
    size_t result;
    int flush;
    bool compresses, frame_is_done;
} ZstdCodec;

static const char *zstd_error_name(ZSTD_ErrorCode code) {
    switch (code) {
#define NAME(name)                                                                                           \
    case ZSTD_error_##name: return "ZSTD_error_" #name
        NAME(no_error);
        NAME(prefix_unknown);
        NAME(version_unsupported);
        NAME(frameParameter_unsupported);
        NAME(frameParameter_windowTooLarge);
        NAME(corruption_detected);
        NAME(checksum_wrong);
        NAME(dictionary_corrupted);
        NAME(dictionary_wrong);
        NAME(dictionaryCreation_failed);
        NAME(parameter_unsupported);
        NAME(parameter_outOfBound);
        NAME(tableLog_tooLarge);
        NAME(maxSymbolValue_tooLarge);
        NAME(maxSymbolValue_tooSmall);
        NAME(stage_wrong);
        NAME(init_missing);
        NAME(memory_allocation);
        NAME(workSpace_tooSmall);
        NAME(dstSize_tooSmall);
        NAME(srcSize_wrong);
        NAME(dstBuffer_null);
#undef NAME
    default: return "ZSTD_error_GENERIC";
    }
}

static bool zstd_error(size_t result, CodecError *error) {
    ZSTD_ErrorCode code = ZSTD_getErrorCode(result);
    return codec_error(error, ZSTD_getErrorString(code), zstd_error_name(code), (int)code);
}

static bool zstd_init_error(const char *message, CodecError *error) {
    return codec_error(error, message, "ERR_ZLIB_INITIALIZATION_FAILED", -1);
}

static bool zstd_start(ZstdCodec *self, CodecError *error) {
    self->result = 0;
    self->frame_is_done = false;
    for (size_t i = 0; i < self->param_count; i++) {
        if (self->params[i] == UINT32_MAX) continue;
        size_t result =
            self->compresses
                ? ZSTD_CCtx_setParameter(self->compressor, (ZSTD_cParameter)i, (int)self->params[i])
                : ZSTD_DCtx_setParameter(self->decompressor, (ZSTD_dParameter)i, (int)self->params[i]);
        if (ZSTD_isError(result)) return zstd_init_error("Setting parameter failed", error);
    }
    if (self->dictionary) {
        size_t result =
            self->compresses
                ? ZSTD_CCtx_loadDictionary(self->compressor, self->dictionary, self->dictionary_len)
                : ZSTD_DCtx_loadDictionary(self->decompressor, self->dictionary, self->dictionary_len);
        if (ZSTD_isError(result))
            return codec_error(error, "Failed to load zstd dictionary", "ERR_ZLIB_DICTIONARY_LOAD_FAILED",
                               -1);
    }
    if (self->compresses && ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(self->compressor, self->pledged_size)))
        return zstd_init_error("Could not set pledged src size", error);
    return true;
}

/* What follows a frame is another frame or not part of the text. The first bytes of one may be all that has come. */
static bool frame_follows(const ZSTD_inBuffer *in, bool more_comes) {
    static const uint8_t magic[] = {0x28, 0xb5, 0x2f, 0xfd};
    size_t left = in->size - in->pos, known = left < sizeof magic ? left : sizeof magic;
    if (!known || (known < sizeof magic && !more_comes)) return false;
    return memcmp((const char *)in->src + in->pos, magic, known) == 0;
}

static void zstd_decompress(ZstdCodec *self, ZSTD_inBuffer *in, ZSTD_outBuffer *out) {
    while (!self->frame_is_done || frame_follows(in, self->flush != ZSTD_e_end)) {
        self->result = ZSTD_decompressStream(self->decompressor, out, in);
        self->frame_is_done = self->result == 0;
        if (!self->frame_is_done || out->pos == out->size) break;
    }
}

static void zstd_codec_run(Codec *codec, CodecIo *io) {
    ZstdCodec *self = (ZstdCodec *)codec;
    ZSTD_inBuffer in = {io->in, io->in_left, 0};
    ZSTD_outBuffer out = {io->out, io->out_left, 0};
    self->flush = io->flush;
    if (self->compresses)
        self->result = ZSTD_compressStream2(self->compressor, &out, &in, (ZSTD_EndDirective)io->flush);
    else
        zstd_decompress(self, &in, &out);
    io->in += in.pos;
    io->in_left -= in.pos;
    io->out += out.pos;
    io->out_left -= out.pos;
}

static bool zstd_codec_is_fine(Codec *codec, const CodecIo *io, CodecError *error) {
    ZstdCodec *self = (ZstdCodec *)codec;
    if (ZSTD_isError(self->result)) return zstd_error(self->result, error);
    if (!self->compresses && self->flush == ZSTD_e_end && self->result != 0 && io->out_left != 0)
        return codec_error(error, "unexpected end of file", "Z_BUF_ERROR", Z_BUF_ERROR);
    return true;
}

static bool zstd_codec_reset(Codec *codec, CodecError *error) {
    ZstdCodec *self = (ZstdCodec *)codec;
    size_t result = self->compresses ? ZSTD_CCtx_reset(self->compressor, ZSTD_reset_session_and_parameters)
                                     : ZSTD_DCtx_reset(self->decompressor, ZSTD_reset_session_and_parameters);
    if (ZSTD_isError(result)) return zstd_error(result, error);
    return zstd_start(self, error);
}

static void zstd_codec_close(Codec *codec) {
    ZstdCodec *self = (ZstdCodec *)codec;
    ZSTD_freeCCtx(self->compressor);
    ZSTD_freeDCtx(self->decompressor);
    mem_free(self->params);
    mem_free(self->dictionary);
    mem_free(self);
}

static const CodecClass zstd_class = {zstd_codec_run, zstd_codec_is_fine, zstd_codec_reset, zstd_codec_close};

Codec *zstd_codec_open(int mode, const uint32_t *params, size_t count, uint64_t pledged_size,
                       const void *dictionary, size_t dictionary_len, CodecError *error) {
    ZstdCodec *self = NEW(ZstdCodec);
    self->codec.class = &zstd_class;
    self->compresses = mode == MODE_ZSTD_COMPRESS;
    self->pledged_size = pledged_size;
    self->params = mem_new((count + 1) * sizeof *params);
    if (count) memcpy(self->params, params, count * sizeof *params);
    self->param_count = count;
    if (dictionary) {
        self->dictionary = mem_new(dictionary_len + 1);
        memcpy(self->dictionary, dictionary, dictionary_len);
        self->dictionary_len = dictionary_len;
    }
    if (self->compresses)
        self->compressor = ZSTD_createCCtx();
    else
        self->decompressor = ZSTD_createDCtx();
    bool made = self->compressor || self->decompressor;
    if (!made) zstd_init_error("Could not initialize zstd instance", error);
    if (made && zstd_start(self, error)) return &self->codec;
    zstd_codec_close(&self->codec);
    return NULL;
}
