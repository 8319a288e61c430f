/* Brotli, as servers send it to browsers; the library keeps its own state and never needs more than
 * the bytes at hand. */
#include "base/mem.h"
#include "modules/zlib/codec.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

typedef struct {
    Codec codec;
    BrotliEncoderState *encoder; /* one of the two */
    BrotliDecoderState *decoder;
    uint32_t *params;
    size_t param_count;
    bool compresses;
    bool failed;
    BrotliDecoderResult result;
    int flush;
} BrotliCodec;

static const struct {
    int number;
    const char *name;
} decoder_errors[] = {
#define NOTHING
#define ITEM(prefix, name, code)                                                                             \
    { code, "ERR_" #prefix #name }
#define COMMA ,
    BROTLI_DECODER_ERROR_CODES_LIST(ITEM, COMMA)
#undef COMMA
#undef ITEM
};

static const char *decoder_error_name(int number) {
    for (size_t i = 0; i < COUNT_OF(decoder_errors); i++)
        if (decoder_errors[i].number == number) return decoder_errors[i].name;
    return "ERR_BROTLI_DECOMPRESSION_FAILED";
}

static void brotli_close_states(BrotliCodec *self) {
    if (self->encoder) BrotliEncoderDestroyInstance(self->encoder);
    if (self->decoder) BrotliDecoderDestroyInstance(self->decoder);
    self->encoder = NULL;
    self->decoder = NULL;
}

static bool brotli_open_states(BrotliCodec *self, CodecError *error) {
    brotli_close_states(self);
    self->failed = false;
    self->result = BROTLI_DECODER_RESULT_SUCCESS;
    if (self->compresses)
        self->encoder = BrotliEncoderCreateInstance(NULL, NULL, NULL);
    else
        self->decoder = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    if (!self->encoder && !self->decoder)
        return codec_error(error, "Initialization failed", "ERR_ZLIB_INITIALIZATION_FAILED", -1);
    for (size_t i = 0; i < self->param_count; i++) {
        if (self->params[i] == UINT32_MAX) continue;
        bool taken =
            self->compresses
                ? BrotliEncoderSetParameter(self->encoder, (BrotliEncoderParameter)i, self->params[i])
                : BrotliDecoderSetParameter(self->decoder, (BrotliDecoderParameter)i, self->params[i]);
        if (!taken) return codec_error(error, "Initialization failed", "ERR_ZLIB_INITIALIZATION_FAILED", -1);
    }
    return true;
}

static void brotli_codec_run(Codec *codec, CodecIo *io) {
    BrotliCodec *self = (BrotliCodec *)codec;
    self->flush = io->flush;
    if (self->compresses)
        self->failed = !BrotliEncoderCompressStream(self->encoder, (BrotliEncoderOperation)io->flush,
                                                    &io->in_left, &io->in, &io->out_left, &io->out, NULL);
    else
        self->result = BrotliDecoderDecompressStream(self->decoder, &io->in_left, &io->in, &io->out_left,
                                                     &io->out, NULL);
}

static bool brotli_codec_is_fine(Codec *codec, const CodecIo *io, CodecError *error) {
    BrotliCodec *self = (BrotliCodec *)codec;
    if (self->failed) return codec_error(error, "Compression failed", "ERR_BROTLI_COMPRESSION_FAILED", -1);
    if (self->compresses) return true;
    if (self->result == BROTLI_DECODER_RESULT_ERROR) {
        int number = (int)BrotliDecoderGetErrorCode(self->decoder);
        return codec_error(error, "Decompression failed", decoder_error_name(number), number);
    }
    if (self->flush == BROTLI_OPERATION_FINISH && self->result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT)
        return codec_error(error, "unexpected end of file", "Z_BUF_ERROR", Z_BUF_ERROR);
    return true;
}

static bool brotli_codec_reset(Codec *codec, CodecError *error) {
    return brotli_open_states((BrotliCodec *)codec, error);
}

static void brotli_codec_close(Codec *codec) {
    BrotliCodec *self = (BrotliCodec *)codec;
    brotli_close_states(self);
    mem_free(self->params);
    mem_free(self);
}

static const CodecClass brotli_class = {brotli_codec_run, brotli_codec_is_fine, brotli_codec_reset,
                                        brotli_codec_close};

Codec *brotli_codec_open(int mode, const uint32_t *params, size_t count, const void *dictionary,
                         size_t dictionary_len, CodecError *error) {
    if (dictionary) {
        codec_error(error, "The installed brotli library (1.0) has no shared dictionaries",
                    "ERR_ZLIB_DICTIONARY_LOAD_FAILED", -1);
        return NULL;
    }
    BrotliCodec *self = NEW(BrotliCodec);
    self->codec.class = &brotli_class;
    self->compresses = mode == MODE_BROTLI_ENCODE;
    self->params = mem_new((count + 1) * sizeof *params);
    if (count) memcpy(self->params, params, count * sizeof *params);
    self->param_count = count;
    if (brotli_open_states(self, error)) return &self->codec;
    brotli_codec_close(&self->codec);
    return NULL;
}
