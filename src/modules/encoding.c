/* What TextEncoder and TextDecoder need: UTF-8 by Galley's own loops, every other encoding by ICU's
 * converters, which also remember what a piece of a stream left unfinished. */
#include "base/text.h"
#include "engine/handle.h"
#include "engine/peek.h"
#include "modules/modules.h"

#include <stdlib.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>

typedef struct {
    int32_t counts[2]; /* what encodeInto read and wrote, for JavaScript to see without a crossing */
} EncodingState;

/* encode(text) -> Uint8Array */
static Value encoding_encode(Call *call) {
    CHARS view;
    if (!chars_open(call->realm, call_arg(call, 0), &view)) return NULL;
    size_t len =
        view.is_8bit ? latin1_utf8_length(view.chars, view.len) : utf16_utf8_length(view.chars, view.len);
    Object array =
        JSObjectMakeTypedArray(call->realm->ctx, kJSTypedArrayTypeUint8Array, len, call->exception);
    char *out;
    size_t room;
    if (!array || !peek_bytes(call->realm, array, &out, &room)) return NULL;
    if (view.is_8bit)
        latin1_to_utf8(view.chars, view.len, out, room);
    else
        utf16_to_utf8(view.chars, view.len, out, room);
    return array;
}

/* encodeInto(text, bytes): sets counts to the units read and the bytes written */
static Value encoding_encode_into(Call *call) {
    CHARS view;
    char *out;
    size_t room, read = 0, written;
    if (!chars_open(call->realm, call_arg(call, 0), &view) || !call_peek(call, 1, &out, &room)) return NULL;
    if (view.is_8bit) {
        written = latin1_to_utf8(view.chars, view.len, out, room);
        for (size_t i = 0; i < written; i++)
            read += (out[i] & 0xc0) != 0x80;
    } else {
        written = utf16_to_utf8(view.chars, view.len, out, room);
        for (size_t i = 0; i < written; i++)
            read += ((out[i] & 0xc0) != 0x80) + ((unsigned char)out[i] >= 0xf0);
    }
    EncodingState *state = *realm_slot(call->realm, SLOT_ENCODING);
    state->counts[0] = (int32_t)read;
    state->counts[1] = (int32_t)written;
    return NULL;
}

static bool skip_bom(const char **data, size_t *len) {
    if (*len < 3 || memcmp(*data, "\xef\xbb\xbf", 3) != 0) return false;
    *data += 3;
    *len -= 3;
    return true;
}

/* decodeUtf8(bytes, ignoreBOM, fatal) -> text, or null if fatal and malformed */
static Value encoding_decode_utf8(Call *call) {
    char *bytes;
    size_t len;
    if (!call_peek(call, 0, &bytes, &len)) return NULL;
    const char *data = bytes;
    if (!call_bool(call, 1)) skip_bom(&data, &len);
    if (call_bool(call, 2) && !text_is_utf8(data, len)) return value_null();
    return value_string_n(call->realm, data, len);
}

typedef struct {
    Handle base;
    UConverter *converter;
    bool keeps_bom;
    bool has_begun; /* something was decoded: a mark now is a character */
} Decoder;

static void decoder_dispose(Handle *handle) {
    Decoder *decoder = (Decoder *)handle;
    if (decoder->converter) ucnv_close(decoder->converter);
    handle_leave(handle);
    mem_free(decoder);
}

static Value decoder_decode(Call *call);
static const Native decoder_methods[] = {
    {"decode", decoder_decode},
    {0       }
};
static const HandleClass decoder_class = {"TextDecoder", decoder_methods, decoder_dispose};

/* decode(bytes, flush) -> text, or null if it is fatal and malformed */
static Value decoder_decode(Call *call) {
    Decoder *decoder = (Decoder *)call_handle(call, &decoder_class);
    char *bytes;
    size_t len;
    if (!decoder || !call_peek(call, 0, &bytes, &len)) return NULL;
    bool flush = call_bool(call, 1);
    UErrorCode error = U_ZERO_ERROR;
    size_t room = (len + 16) * 2;
    UChar *text = malloc(room * sizeof *text), *at = text;
    if (!text) return throw_range(call, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
    const char *from = bytes;
    ucnv_toUnicode(decoder->converter, &at, text + room, &from, bytes + len, NULL, flush, &error);
    Value result = value_null();
    size_t count = (size_t)(at - text);
    if (U_SUCCESS(error)) {
        UChar *start = text;
        if (count > 0 && !decoder->has_begun) {
            decoder->has_begun = true;
            if (!decoder->keeps_bom && *start == 0xfeff) {
                start++;
                count--;
            }
        }
        result = value_utf16(call->realm, start, count);
    }
    if (flush || U_FAILURE(error)) {
        decoder->has_begun = false;
        ucnv_reset(decoder->converter);
    }
    free(text);
    return result;
}

/* open(name, fatal, keepsBOM) -> decoder */
static Value encoding_open(Call *call) {
    TEXT name;
    if (!call_text(call, 0, &name)) return NULL;
    UErrorCode error = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(name.data, &error);
    if (!U_FAILURE(error) && call_bool(call, 1))
        ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &error);
    if (U_FAILURE(error)) {
        if (converter) ucnv_close(converter);
        return throw_range(call, "ERR_ENCODING_NOT_SUPPORTED", "The \"%s\" encoding is not supported",
                           name.data);
    }
    Decoder *decoder = NEW(Decoder);
    decoder->converter = converter;
    decoder->keeps_bom = call_bool(call, 2);
    return handle_open(call->realm, &decoder->base, &decoder_class);
}

static void encoding_setup(Realm *realm, Object binding) {
    EncodingState *state = NEW(EncodingState);
    *realm_slot(realm, SLOT_ENCODING) = state;
    object_set(realm, binding, "counts",
               typed_array_over(realm, kJSTypedArrayTypeInt32Array, state->counts, sizeof state->counts));
}

static void encoding_teardown(Realm *realm) {
    mem_free(*realm_slot(realm, SLOT_ENCODING));
}

static const Native functions[] = {
    {"encode",              encoding_encode},
    {"encodeInto",                     encoding_encode_into},
    {"decodeUtf8",encoding_decode_utf8},
    {"open",          encoding_open},
    {0                    }
};

const Module encoding_module = {"encoding", functions, encoding_setup, encoding_teardown};
