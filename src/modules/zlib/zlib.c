/* The native half of require('zlib'): a compressing or expanding stream that JavaScript feeds piece
 * by piece, or whole texts in one call, either here or on a thread of the pool. */
#include "engine/handle.h"
#include "engine/peek.h"
#include "modules/modules.h"
#include "modules/zlib/codec.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#define FIRST_OUTPUT_BYTES 16384
#define MOST_BELIEVED_BYTES (64u << 20)
#define CODEC_BYTES 65536 /* about what an open stream holds */

/* What the last write left, shared with JavaScript. */
enum { LEFT_OUT, LEFT_IN, LEFT_FIELDS };

typedef struct {
    Handle handle;
    Codec *codec;
    int mode;
    uint32_t *left; /* owned by its typed array */
    Object on_done, on_error;
    CodecIo io;
    CodecError error;
    bool is_fine, is_writing, wants_close, is_disposed;
    Value in, out; /* kept while a thread uses their bytes */
    uv_work_t work;
} Zlib;

static void zlib_close_codec(Zlib *self) {
    if (self->codec) self->codec->class->close(self->codec);
    self->codec = NULL;
}

static void zlib_free(Zlib *self) {
    zlib_close_codec(self);
    mem_free(self);
}

/* A thread at work keeps what it works on, even when the realm ends. */
static void zlib_dispose(Handle *handle) {
    Zlib *self = (Zlib *)handle;
    handle_leave(handle);
    self->is_disposed = true;
    if (!self->is_writing) zlib_free(self);
}

/* The thread is done. False if nobody is left to be told. */
static bool zlib_rest(Zlib *self) {
    self->is_writing = false;
    if (!self->is_disposed) return true;
    zlib_free(self);
    return false;
}

static const Native zlib_methods[];
static const HandleClass zlib_class = {"Zlib", zlib_methods, zlib_dispose};

static Zlib *call_zlib(Call *call) {
    return (Zlib *)call_handle(call, &zlib_class);
}

static Value codec_error_value(Realm *realm, const CodecError *error) {
    Value values[] = {value_string(realm, error->message), value_int(error->number),
                      value_string(realm, error->code)};
    return array_new(realm, COUNT_OF(values), values);
}

/* open(mode, numbers, params, dictionary, left, on_done, on_error) -> the stream, or [message, number,
 * code]. numbers: windowBits, level, memLevel, strategy, pledged size. */
static Value zlib_open(Call *call) {
    Realm *realm = call->realm;
    int mode = call_int(call, 0);
    char *numbers_data, *params_data = NULL, *dictionary = NULL, *left;
    size_t numbers_len, params_len = 0, dictionary_len = 0, left_len;
    if (!call_bytes(call, 1, &numbers_data, &numbers_len)) return NULL;
    value_bytes(realm, call_arg(call, 2), &params_data, &params_len);
    value_bytes(realm, call_arg(call, 3), &dictionary, &dictionary_len);
    if (!call_bytes(call, 4, &left, &left_len)) return NULL;
    double numbers[5];
    if (numbers_len < sizeof numbers || left_len < LEFT_FIELDS * sizeof(uint32_t))
        return throw_error(call, "ERR_INTERNAL_ASSERTION", "zlib.open: arrays are too short");
    memcpy(numbers, numbers_data, sizeof numbers);

    CodecError error = {.number = 0};
    Codec *codec;
    const uint32_t *params = (const uint32_t *)params_data;
    size_t param_count = params_len / sizeof *params;
    if (mode == MODE_BROTLI_DECODE || mode == MODE_BROTLI_ENCODE)
        codec = brotli_codec_open(mode, params, param_count, dictionary, dictionary_len, &error);
    else if (mode == MODE_ZSTD_COMPRESS || mode == MODE_ZSTD_DECOMPRESS)
        codec = zstd_codec_open(mode, params, param_count,
                                numbers[4] < 0 ? ZSTD_CONTENTSIZE_UNKNOWN : (uint64_t)numbers[4], dictionary,
                                dictionary_len, &error);
    else
        codec = deflate_codec_open(mode, (int)numbers[0], (int)numbers[1], (int)numbers[2], (int)numbers[3],
                                   dictionary, dictionary_len, &error);
    if (!codec) return codec_error_value(realm, &error);

    Zlib *self = NEW(Zlib);
    self->codec = codec;
    self->mode = mode;
    self->left = (uint32_t *)left;
    Object object = handle_open(realm, &self->handle, &zlib_class);
    handle_weigh(&self->handle, CODEC_BYTES);
    /* The object holds what C uses, so that the collector sees it. */
    object_set(realm, object, "left", call_arg(call, 4));
    self->on_done = call_function(call, 5);
    self->on_error = call_function(call, 6);
    if (self->on_done) object_set(realm, object, "onDone", self->on_done);
    if (self->on_error) object_set(realm, object, "onError", self->on_error);
    return object;
}

static void zlib_run(Zlib *self) {
    self->codec->class->run(self->codec, &self->io);
    self->is_fine = self->codec->class->is_fine(self->codec, &self->io, &self->error);
}

static void zlib_share_left(Zlib *self) {
    self->left[LEFT_OUT] = (uint32_t)self->io.out_left;
    self->left[LEFT_IN] = (uint32_t)self->io.in_left;
}

static void zlib_report_error(Zlib *self) {
    Realm *realm = self->handle.realm;
    Value argv[] = {value_string(realm, self->error.message), value_int(self->error.number),
                    value_string(realm, self->error.code)};
    if (self->on_error) realm_dispatch(realm, self->on_error, self->handle.object, COUNT_OF(argv), argv);
}

static Value throw_busy(Call *call) {
    return throw_error(call, "ERR_INVALID_STATE", "write already in progress");
}

/* (flush, in, in_at, in_len, out, out_at, out_len) */
static bool zlib_prepare(Call *call, Zlib *self) {
    char *in = NULL, *out = NULL;
    size_t in_size = 0, out_size = 0;
    if (!self->codec) return throw_error(call, "ERR_INVALID_STATE", "zlib binding closed"), false;
    if (self->is_writing) return throw_busy(call), false;
    value_bytes(call->realm, call_arg(call, 1), &in, &in_size);
    if (!call_bytes(call, 4, &out, &out_size)) return false;
    size_t in_at = (size_t)call_int64(call, 2), in_len = (size_t)call_int64(call, 3);
    size_t out_at = (size_t)call_int64(call, 5), out_len = (size_t)call_int64(call, 6);
    if (in_at > in_size || in_len > in_size - in_at || out_at > out_size || out_len > out_size - out_at)
        return throw_range(call, "ERR_OUT_OF_RANGE", "Invalid range of bytes"), false;
    static const uint8_t nothing;
    self->io = (CodecIo){in ? (const uint8_t *)in + in_at : &nothing, in ? in_len : 0,
                         (uint8_t *)out + out_at, out_len, call_int(call, 0)};
    return true;
}

static Value zlib_write_sync(Call *call) {
    Zlib *self = call_zlib(call);
    if (!self || !zlib_prepare(call, self)) return NULL;
    zlib_run(self);
    zlib_share_left(self);
    if (self->is_fine) return value_undefined();
    return codec_error_value(call->realm, &self->error);
}

static void zlib_work(uv_work_t *work) {
    zlib_run(CONTAINER_OF(work, Zlib, work));
}

static void zlib_work_done(uv_work_t *work, int status) {
    Zlib *self = CONTAINER_OF(work, Zlib, work);
    Realm *realm = self->handle.realm;
    value_drop(realm, self->in);
    value_drop(realm, self->out);
    if (!zlib_rest(self)) return;
    if (self->wants_close) {
        zlib_close_codec(self);
    } else if (status == 0 && !self->is_fine) {
        zlib_report_error(self);
    } else if (status == 0) {
        zlib_share_left(self);
        if (self->on_done) realm_dispatch(realm, self->on_done, self->handle.object, 0, NULL);
    }
    handle_unpin(&self->handle);
}

static Value zlib_write(Call *call) {
    Zlib *self = call_zlib(call);
    if (!self || !zlib_prepare(call, self)) return NULL;
    self->is_writing = true;
    self->in = call_arg(call, 1);
    self->out = call_arg(call, 4);
    value_keep(call->realm, self->in);
    value_keep(call->realm, self->out);
    handle_pin(&self->handle);
    uv_queue_work(&call->realm->loop, &self->work, zlib_work, zlib_work_done);
    return value_undefined();
}

/* params(level, strategy) -> undefined or [message, number, code] */
static Value zlib_params(Call *call) {
    Zlib *self = call_zlib(call);
    if (!self) return NULL;
    if (self->is_writing) return throw_busy(call);
    CodecError error;
    if (!self->codec || deflate_codec_params(self->codec, call_int(call, 0), call_int(call, 1), &error))
        return value_undefined();
    return codec_error_value(call->realm, &error);
}

static Value zlib_reset(Call *call) {
    Zlib *self = call_zlib(call);
    if (!self) return NULL;
    if (self->is_writing) return throw_busy(call);
    CodecError error;
    if (!self->codec || self->codec->class->reset(self->codec, &error)) return value_undefined();
    return codec_error_value(call->realm, &error);
}

static Value zlib_close(Call *call) {
    Zlib *self = call_zlib(call);
    if (!self) return NULL;
    if (self->is_writing)
        self->wants_close = true;
    else
        zlib_close_codec(self);
    return value_undefined();
}

static bool mode_compresses(int mode) {
    return mode == MODE_DEFLATE || mode == MODE_GZIP || mode == MODE_DEFLATERAW ||
           mode == MODE_BROTLI_ENCODE || mode == MODE_ZSTD_COMPRESS;
}

/* Everything at once: input in, a Buffer out. */
typedef struct {
    Zlib *self;
    Codec *codec;
    uv_work_t work;
    const uint8_t *in;
    size_t in_len, max_output;
    int flush;
    uint8_t *out;
    size_t out_len;
    size_t in_left;
    bool is_fine, is_too_large, compresses, is_gzip;
    CodecError error;
    Object callback;
    Value in_value;
} Whole;

/* How much room to begin with: what gzip says of itself at its end, if that can be, or a guess. */
static size_t whole_guess(const Whole *whole) {
    size_t len = whole->in_len, guess = whole->compresses ? len / 2 + 256 : len * 4 + 1024;
    if (whole->is_gzip && len >= 18) {
        const uint8_t *end = whole->in + len - 4;
        size_t said = (size_t)end[0] | (size_t)end[1] << 8 | (size_t)end[2] << 16 | (size_t)end[3] << 24;
        if (said < len * 1032 && said < MOST_BELIEVED_BYTES) return said + 1;
    }
    return guess < FIRST_OUTPUT_BYTES * 4 ? guess : FIRST_OUTPUT_BYTES * 4;
}

static void whole_run(Whole *whole) {
    Codec *codec = whole->codec;
    static const uint8_t nothing;
    size_t size = whole_guess(whole);
    CodecIo io = {.in = whole->in ? whole->in : &nothing, .in_left = whole->in_len, .flush = whole->flush};
    whole->is_fine = true;
    do {
        if (io.out_left == 0) {
            if (whole->out_len > whole->max_output) break;
            size_t next = whole->out ? size * 2 : size;
            /* One byte more than allowed tells "exactly as long" from "too long". */
            if (next > whole->max_output && whole->max_output < SIZE_MAX - 1) next = whole->max_output + 1;
            uint8_t *grown = realloc(whole->out, next);
            if (!grown) {
                whole->is_fine =
                    codec_error(&whole->error, "Failed to allocate memory", "Z_MEM_ERROR", Z_MEM_ERROR);
                return;
            }
            whole->out = grown;
            size = next;
            io.out = grown + whole->out_len;
            io.out_left = size - whole->out_len;
        }
        size_t had = io.out_left;
        codec->class->run(codec, &io);
        whole->out_len += had - io.out_left;
        if (!codec->class->is_fine(codec, &io, &whole->error)) {
            whole->is_fine = false;
            return;
        }
    } while (io.out_left == 0);
    whole->in_left = io.in_left;
    whole->is_too_large = whole->out_len > whole->max_output;
}

/* (error or null, Buffer, bytes of input left) */
static void whole_values(Realm *realm, Whole *whole, Value values[3]) {
    values[0] = value_null();
    values[1] = values[2] = value_undefined();
    if (whole->is_fine && !whole->is_too_large) {
        if (whole->out) {
            uint8_t *fitting = realloc(whole->out, whole->out_len ? whole->out_len : 1);
            if (fitting) whole->out = fitting;
        }
        values[1] =
            whole->out ? buffer_adopt(realm, whole->out, whole->out_len) : buffer_copy(realm, NULL, 0);
        values[2] = value_number((double)whole->in_left);
        whole->out = NULL;
        return;
    }
    free(whole->out);
    whole->out = NULL;
    values[0] = whole->is_too_large ? value_bool(true) : codec_error_value(realm, &whole->error);
}

static void whole_work(uv_work_t *work) {
    whole_run(CONTAINER_OF(work, Whole, work));
}

static void whole_done(uv_work_t *work, int status) {
    Whole *whole = CONTAINER_OF(work, Whole, work);
    Zlib *self = whole->self;
    Realm *realm = self->handle.realm;
    Value argv[3];
    if (zlib_rest(self)) {
        zlib_close_codec(self);
        if (status == 0) {
            whole_values(realm, whole, argv);
            realm_dispatch(realm, whole->callback, self->handle.object, COUNT_OF(argv), argv);
        }
        handle_unpin(&self->handle);
    }
    value_drop(realm, whole->in_value);
    value_drop(realm, whole->callback);
    free(whole->out);
    mem_free(whole);
}

/* whole(flush, input, maxOutput, callback?) -> [error, Buffer, left], or calls back with them */
static Value zlib_whole(Call *call) {
    Zlib *self = call_zlib(call);
    if (!self) return NULL;
    if (!self->codec || self->is_writing)
        return throw_error(call, "ERR_INVALID_STATE", "zlib binding closed");
    char *in;
    size_t in_len;
    if (!call_bytes(call, 1, &in, &in_len)) return NULL;
    double max = call_double(call, 2);
    Whole on_stack = {.self = self,
                      .codec = self->codec,
                      .compresses = mode_compresses(self->mode),
                      .is_gzip = self->mode == MODE_GUNZIP,
                      .in = (uint8_t *)in,
                      .in_len = in_len,
                      .flush = call_int(call, 0),
                      .max_output = max < 9e15 ? (size_t)max : SIZE_MAX - 1};
    Object callback = call_function(call, 3);
    if (!callback) {
        whole_run(&on_stack);
        zlib_close_codec(self);
        Value values[3];
        whole_values(call->realm, &on_stack, values);
        return array_new(call->realm, COUNT_OF(values), values);
    }
    Whole *whole = NEW(Whole);
    *whole = on_stack;
    whole->callback = callback;
    whole->in_value = call_arg(call, 1);
    value_keep(call->realm, whole->callback);
    value_keep(call->realm, whole->in_value);
    self->is_writing = true;
    handle_pin(&self->handle);
    uv_queue_work(&call->realm->loop, &whole->work, whole_work, whole_done);
    return value_undefined();
}

/* Making a codec takes longer than a small text: the last one of each direction is kept for the next. */
typedef struct {
    Codec *codec;
    int mode;
} Spare;

typedef struct {
    Spare compressor, expander;
} ZlibState;

static void spare_close(Spare *spare) {
    if (spare->codec) spare->codec->class->close(spare->codec);
    spare->codec = NULL;
}

static Spare *spare_of(Realm *realm, int mode) {
    void **slot = realm_slot(realm, SLOT_ZLIB);
    if (!*slot) *slot = NEW(ZlibState);
    ZlibState *state = *slot;
    return mode_compresses(mode) ? &state->compressor : &state->expander;
}

static void zlib_teardown(Realm *realm) {
    ZlibState *state = *realm_slot(realm, SLOT_ZLIB);
    if (!state) return;
    spare_close(&state->compressor);
    spare_close(&state->expander);
    mem_free(state);
    *realm_slot(realm, SLOT_ZLIB) = NULL;
}

/* One with zlib's own defaults, ready for a new text. */
static Codec *spare_take(Spare *spare, int mode, CodecError *error) {
    Codec *codec = spare->codec;
    spare->codec = NULL;
    if (codec && spare->mode == mode && codec->class->reset(codec, error)) return codec;
    if (codec) codec->class->close(codec);
    spare->mode = mode;
    return deflate_codec_open(mode, MAX_WBITS, Z_DEFAULT_COMPRESSION, 8, Z_DEFAULT_STRATEGY, NULL, 0, error);
}

/* now(mode of zlib's formats, input, maxOutput) -> Buffer; true if it would be too large; [message, number,
 * code] */
static Value zlib_now(Call *call) {
    int mode = call_int(call, 0);
    char *in;
    size_t in_len;
    if (!call_peek(call, 1, &in, &in_len)) return NULL;
    double max = call_double(call, 2);
    CodecError error;
    Spare *spare = spare_of(call->realm, mode);
    Codec *codec = spare_take(spare, mode, &error);
    if (!codec) return codec_error_value(call->realm, &error);
    Whole whole = {.codec = codec,
                   .in = (uint8_t *)in,
                   .in_len = in_len,
                   .flush = Z_FINISH,
                   .compresses = mode_compresses(mode),
                   .is_gzip = mode == MODE_GUNZIP,
                   .max_output = max < 9e15 ? (size_t)max : SIZE_MAX - 1};
    whole_run(&whole);
    spare->codec = codec;
    Value values[3];
    whole_values(call->realm, &whole, values);
    return value_is_null(values[0]) ? values[1] : values[0];
}

/* crc32(text or bytes, start) */
static Value zlib_crc32(Call *call) {
    uLong sum = (uLong)call_int64(call, 1);
    char *data;
    size_t len;
    if (value_bytes(call->realm, call_arg(call, 0), &data, &len))
        return value_number((double)crc32_z(sum, (const Bytef *)data, len));
    TEXT text = {0};
    if (!call_text(call, 0, &text)) return NULL;
    return value_number((double)crc32_z(sum, (const Bytef *)text.data, text.len));
}

static void zlib_setup(Realm *realm, Object binding) {
    object_set(realm, binding, "zlibVersion", value_string(realm, ZLIB_VERSION));
}

static const Native zlib_methods[] = {
    {"write",          zlib_write},
    {"writeSync",                zlib_write_sync},
    {"whole",zlib_whole},
    {"params",          zlib_params},
    {"reset",                zlib_reset},
    {"close",zlib_close},
    {0         }
};

static const Native zlib_functions[] = {
    {"open",      zlib_open},
    {"crc32",           zlib_crc32},
    {"now",zlib_now},
    {0      }
};

const Module zlib_plugin = {"zlib", zlib_functions, zlib_setup, zlib_teardown};
