/* The formats of zlib: deflate with its header, raw, or as gzip, and whichever of them is found when
 * reading. Concatenated gzip members are read as one text, as gzip itself does. */
#include "base/mem.h"
#include "modules/zlib/codec.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

typedef struct {
    Codec codec;
    z_stream stream;
    int mode; /* MODE_UNZIP becomes what the first bytes say */
    int opened_mode, window_bits, level, memory_level, strategy;
    int result;
    unsigned magic_seen;
    int flush;
    bool is_open;
    Bytef *dictionary;
    size_t dictionary_len;
} DeflateCodec;

bool codec_error(CodecError *error, const char *message, const char *code, int number) {
    snprintf(error->message, sizeof error->message, "%s", message);
    snprintf(error->code, sizeof error->code, "%s", code);
    error->number = number;
    return false;
}

static const char *result_name(int result) {
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {Z_OK,            "Z_OK"           },
        {Z_STREAM_END,    "Z_STREAM_END"   },
        {Z_NEED_DICT,     "Z_NEED_DICT"    },
        {Z_ERRNO,         "Z_ERRNO"        },
        {Z_STREAM_ERROR,  "Z_STREAM_ERROR" },
        {Z_DATA_ERROR,    "Z_DATA_ERROR"   },
        {Z_MEM_ERROR,     "Z_MEM_ERROR"    },
        {Z_BUF_ERROR,     "Z_BUF_ERROR"    },
        {Z_VERSION_ERROR, "Z_VERSION_ERROR"},
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (names[i].number == result) return names[i].name;
    return "Z_ERRNO";
}

static bool deflate_error(DeflateCodec *self, const char *message, CodecError *error) {
    return codec_error(error, self->stream.msg ? self->stream.msg : message, result_name(self->result),
                       self->result);
}

static bool mode_compresses(int mode) {
    return mode == MODE_DEFLATE || mode == MODE_GZIP || mode == MODE_DEFLATERAW;
}

static bool set_dictionary(DeflateCodec *self, CodecError *error) {
    if (!self->dictionary) return true;
    self->result = Z_OK;
    if (self->mode == MODE_DEFLATE || self->mode == MODE_DEFLATERAW)
        self->result = deflateSetDictionary(&self->stream, self->dictionary, (uInt)self->dictionary_len);
    else if (self->mode == MODE_INFLATERAW)
        self->result = inflateSetDictionary(&self->stream, self->dictionary, (uInt)self->dictionary_len);
    return self->result == Z_OK || deflate_error(self, "Failed to set dictionary", error);
}

static bool deflate_open_stream(DeflateCodec *self, CodecError *error) {
    int bits = self->window_bits;
    switch (self->mode) {
    case MODE_GZIP:
    case MODE_GUNZIP: bits += 16; break;
    case MODE_UNZIP: bits += 32; break;
    case MODE_DEFLATERAW:
    case MODE_INFLATERAW: bits = -bits; break;
    }
    self->result = mode_compresses(self->mode) ? deflateInit2(&self->stream, self->level, Z_DEFLATED, bits,
                                                              self->memory_level, self->strategy)
                                               : inflateInit2(&self->stream, bits);
    if (self->result != Z_OK) return deflate_error(self, "Init error", error);
    self->is_open = true;
    return set_dictionary(self, error);
}

/* Which of gzip and deflate MODE_UNZIP has before it. */
static void unzip_detect(DeflateCodec *self, const CodecIo *io) {
    static const uint8_t magic[] = {0x1f, 0x8b};
    for (size_t i = 0; i < io->in_left && self->mode == MODE_UNZIP; i++) {
        if (io->in[i] != magic[self->magic_seen])
            self->mode = MODE_INFLATE;
        else if (++self->magic_seen == sizeof magic)
            self->mode = MODE_GUNZIP;
    }
}

static void inflate_run(DeflateCodec *self, CodecIo *io) {
    z_stream *stream = &self->stream;
    self->result = inflate(stream, io->flush);
    if (self->mode != MODE_INFLATERAW && self->result == Z_NEED_DICT && self->dictionary) {
        self->result = inflateSetDictionary(stream, self->dictionary, (uInt)self->dictionary_len);
        if (self->result == Z_OK)
            self->result = inflate(stream, io->flush);
        else if (self->result == Z_DATA_ERROR)
            self->result = Z_NEED_DICT;
    }
    while (stream->avail_in > 0 && self->mode == MODE_GUNZIP && self->result == Z_STREAM_END &&
           stream->next_in[0] != 0) {
        inflateReset(stream);
        self->result = inflate(stream, io->flush);
    }
}

static void deflate_step(DeflateCodec *self, CodecIo *io, size_t in_part, size_t out_part) {
    z_stream *stream = &self->stream;
    stream->next_in = (Bytef *)io->in;
    stream->avail_in = (uInt)in_part;
    stream->next_out = io->out;
    stream->avail_out = (uInt)out_part;
    if (mode_compresses(self->mode))
        self->result = deflate(stream, in_part == io->in_left ? io->flush : Z_NO_FLUSH);
    else
        inflate_run(self, io);
    io->in = stream->next_in;
    io->in_left -= in_part - stream->avail_in;
    io->out = stream->next_out;
    io->out_left -= out_part - stream->avail_out;
}

/* In steps that zlib's numbers can count. */
static void deflate_codec_run(Codec *codec, CodecIo *io) {
    DeflateCodec *self = (DeflateCodec *)codec;
    self->flush = io->flush;
    if (self->mode == MODE_UNZIP) unzip_detect(self, io);
    bool goes_on;
    do {
        size_t in_part = io->in_left < UINT_MAX ? io->in_left : UINT_MAX;
        size_t out_part = io->out_left < UINT_MAX ? io->out_left : UINT_MAX;
        bool is_part = in_part < io->in_left || out_part < io->out_left;
        size_t had = io->in_left + io->out_left;
        deflate_step(self, io, in_part, out_part);
        goes_on = is_part && self->result == Z_OK && io->out_left && io->in_left + io->out_left < had;
    } while (goes_on);
}

static bool deflate_codec_is_fine(Codec *codec, const CodecIo *io, CodecError *error) {
    DeflateCodec *self = (DeflateCodec *)codec;
    switch (self->result) {
    case Z_OK:
    case Z_BUF_ERROR:
        if (io->out_left != 0 && self->flush == Z_FINISH) {
            self->result = Z_BUF_ERROR;
            return deflate_error(self, "unexpected end of file", error);
        }
        return true;
    case Z_STREAM_END: return true;
    case Z_NEED_DICT:
        return deflate_error(self, self->dictionary ? "Bad dictionary" : "Missing dictionary", error);
    default: return deflate_error(self, "Zlib error", error);
    }
}

static bool deflate_codec_reset(Codec *codec, CodecError *error) {
    DeflateCodec *self = (DeflateCodec *)codec;
    self->stream.msg = NULL;
    if (mode_compresses(self->mode)) {
        self->result = deflateReset(&self->stream);
    } else {
        self->result = inflateReset(&self->stream);
        self->mode = self->opened_mode;
        self->magic_seen = 0;
    }
    if (self->result != Z_OK) return deflate_error(self, "Failed to reset stream", error);
    return set_dictionary(self, error);
}

bool deflate_codec_params(Codec *codec, int level, int strategy, CodecError *error) {
    DeflateCodec *self = (DeflateCodec *)codec;
    self->result = Z_OK;
    if (self->mode == MODE_DEFLATE || self->mode == MODE_DEFLATERAW || self->mode == MODE_GZIP) {
        /* What is still inside is flushed before this by JavaScript: no output can be due. */
        uint8_t nothing[1];
        self->stream.next_out = nothing;
        self->stream.avail_out = 0;
        self->result = deflateParams(&self->stream, level, strategy);
    }
    if (self->result != Z_OK && self->result != Z_BUF_ERROR)
        return deflate_error(self, "Failed to set parameters", error);
    return true;
}

static void deflate_codec_close(Codec *codec) {
    DeflateCodec *self = (DeflateCodec *)codec;
    if (self->is_open) {
        if (mode_compresses(self->mode))
            deflateEnd(&self->stream);
        else
            inflateEnd(&self->stream);
    }
    mem_free(self->dictionary);
    mem_free(self);
}

static const CodecClass deflate_class = {deflate_codec_run, deflate_codec_is_fine, deflate_codec_reset,
                                         deflate_codec_close};

Codec *deflate_codec_open(int mode, int window_bits, int level, int memory_level, int strategy,
                          const void *dictionary, size_t dictionary_len, CodecError *error) {
    DeflateCodec *self = NEW(DeflateCodec);
    *self = (DeflateCodec){.codec = {&deflate_class},
                           .mode = mode,
                           .opened_mode = mode,
                           .window_bits = window_bits,
                           .level = level,
                           .memory_level = memory_level,
                           .strategy = strategy};
    if (dictionary) {
        self->dictionary = mem_new(dictionary_len + 1);
        memcpy(self->dictionary, dictionary, dictionary_len);
        self->dictionary_len = dictionary_len;
    }
    if (deflate_open_stream(self, error)) return &self->codec;
    deflate_codec_close(&self->codec);
    return NULL;
}
