/* Compressed text comes from anybody. However it is cut into pieces, the same text or the same refusal comes
 * out, and what was compressed here is read back as it was. */
#include "base/bytes.h"
#include "base/mem.h"
#include "modules/zlib/codec.h"

#include <brotli/encode.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum { MOST_OUTPUT = 1 << 18 };

static Codec *codec_open(int mode) {
    CodecError error;
    static const uint32_t fastest[] = {UINT32_MAX, 1}; /* brotli's quality is its parameter 1 */
    if (mode == MODE_BROTLI_DECODE || mode == MODE_BROTLI_ENCODE)
        return brotli_codec_open(mode, fastest, mode == MODE_BROTLI_ENCODE ? 2 : 0, NULL, 0, &error);
    if (mode == MODE_ZSTD_COMPRESS || mode == MODE_ZSTD_DECOMPRESS)
        return zstd_codec_open(mode, NULL, 0, ZSTD_CONTENTSIZE_UNKNOWN, NULL, 0, &error);
    return deflate_codec_open(mode, 15, 1, 8, Z_DEFAULT_STRATEGY, NULL, 0, &error);
}

static int flush_of(int mode, bool is_last) {
    if (mode == MODE_BROTLI_DECODE || mode == MODE_BROTLI_ENCODE)
        return is_last ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_PROCESS;
    if (mode == MODE_ZSTD_COMPRESS || mode == MODE_ZSTD_DECOMPRESS)
        return is_last ? ZSTD_e_end : ZSTD_e_continue;
    return is_last ? Z_FINISH : Z_NO_FLUSH;
}

/* True if all went well. What came out is in `out` either way. */
static bool run(int mode, const uint8_t *data, size_t size, size_t piece, size_t room_size, Bytes *out) {
    Codec *codec = codec_open(mode);
    if (!codec) abort();
    uint8_t *room = malloc(room_size);
    bool fine = true;
    size_t at = 0;
    do {
        size_t len = size - at < piece ? size - at : piece;
        CodecIo io = {.in = data + at, .in_left = len, .flush = flush_of(mode, at + len == size)};
        do {
            io.out = room;
            io.out_left = room_size;
            codec->class->run(codec, &io);
            bytes_append(out, room, room_size - io.out_left);
            CodecError error;
            fine = codec->class->is_fine(codec, &io, &error);
        } while (fine && io.out_left == 0 && out->len < MOST_OUTPUT);
        at += len;
        if (io.in_left) break; /* what follows the end is not read */
    } while (fine && at < size && out->len < MOST_OUTPUT);
    free(room);
    codec->class->close(codec);
    return fine;
}

static void round_trip(int there, int back, const uint8_t *data, size_t size, size_t piece) {
    Bytes small = {0}, again = {0};
    if (!run(there, data, size, piece, 64, &small)) abort();
    if (!run(back, (uint8_t *)small.data, small.len, piece, 4096, &again)) abort();
    if (again.len != size || (size && memcmp(again.data, data, size) != 0)) abort();
    bytes_free(&small);
    bytes_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const int readers[] = {MODE_INFLATE, MODE_GUNZIP,        MODE_INFLATERAW,
                                  MODE_UNZIP,   MODE_BROTLI_DECODE, MODE_ZSTD_DECOMPRESS};
    static const int writers[] = {MODE_DEFLATE, MODE_GZIP,          MODE_DEFLATERAW,
                                  MODE_GZIP,    MODE_BROTLI_ENCODE, MODE_ZSTD_COMPRESS};
    if (size < 2) return 0;
    int kind = data[0] % COUNT_OF(readers);
    size_t piece = 1 + data[1];
    Bytes whole = {0}, cut = {0};
    bool whole_is_fine = run(readers[kind], data + 2, size - 2, SIZE_MAX, 4096, &whole);
    bool cut_is_fine = run(readers[kind], data + 2, size - 2, piece, 4096, &cut);
    if (whole_is_fine && whole.len < MOST_OUTPUT && cut_is_fine && cut.len < MOST_OUTPUT &&
        (whole.len != cut.len || (whole.len && memcmp(whole.data, cut.data, whole.len) != 0)))
        abort();
    bytes_free(&whole);
    bytes_free(&cut);
    if (size < 4096) round_trip(writers[kind], readers[kind], data + 2, size - 2, piece);
    return 0;
}
