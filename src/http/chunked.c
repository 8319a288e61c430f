/* A byte at a time over the few bytes between chunks: the state survives any split, and no byte that another
 * program might read differently gets through. */
#include "http/chunked.h"
#include "http/scan.h"

enum { EXTENSIONS_LIMIT = 16 * 1024 }; /* of one chunk, together */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool byte_is_quotable(char c) {
    return c == '\t' || (uint8_t)c >= 0x80 || (c >= 0x20 && c < 0x7f);
}

static HttpEvent chunk_bad(HttpReader *reader, const char *reason) {
    return http_reader_fail(reader, reader->at, HTTP_ERROR_INVALID_CHUNK_SIZE, reason);
}

static HttpEvent strict_bad(HttpReader *reader, const char *reason) {
    return http_reader_fail(reader, reader->at, HTTP_ERROR_STRICT, reason);
}

/* The size line ended: in a good chunk with its LF. */
static void chunk_begin(HttpReader *reader) {
    reader->state = reader->left ? READER_CHUNK_DATA : READER_TRAILERS;
}

/* Looks at one byte of a size line that is neither digit nor extension: false if the line may not end so. */
static bool line_ends(HttpReader *reader, char c, HttpEvent *event, const char *missing_cr) {
    *event = HTTP_MORE;
    if (c == '\r') {
        reader->state = READER_CHUNK_LF;
    } else if (c == '\n') {
        if (reader->rules->lenient)
            chunk_begin(reader);
        else
            *event = http_reader_fail(reader, reader->at, HTTP_ERROR_CR_EXPECTED, missing_cr);
    } else {
        return false;
    }
    return true;
}

static HttpEvent size_read(HttpReader *reader, char c) {
    HttpEvent event;
    int digit = hex_digit(c);
    if (reader->state == READER_CHUNK_SIZE) {
        if (digit < 0) return chunk_bad(reader, "Invalid character in chunk size");
        reader->left = (uint64_t)digit;
        reader->extension_len = 0;
        reader->state = READER_CHUNK_DIGITS;
    } else if (digit >= 0 && reader->state == READER_CHUNK_DIGITS) {
        if (reader->left >> 59) return chunk_bad(reader, "Chunk size overflow");
        reader->left = reader->left << 4 | (uint64_t)digit;
    } else if (c == ';') {
        reader->state = READER_EXTENSION_NAME;
    } else if (c == ' ' && reader->rules->lenient) {
        reader->state = READER_CHUNK_SPACE;
    } else if (!line_ends(reader, c, &event, "Missing expected CR after chunk size")) {
        return chunk_bad(reader, "Invalid character in chunk size");
    } else {
        return event;
    }
    return HTTP_MORE;
}

static HttpEvent extension_read(HttpReader *reader, char c) {
    HttpEvent event;
    if (++reader->extension_len > EXTENSIONS_LIMIT)
        return http_reader_fail(reader, reader->at, HTTP_ERROR_CHUNK_EXTENSIONS_OVERFLOW,
                                "Chunk extensions overflow");
    switch (reader->state) {
    case READER_EXTENSION_NAME:
        if (!http_byte_is_token(c)) return strict_bad(reader, "Invalid character in chunk extensions");
        reader->state = READER_EXTENSION_NAME_MORE;
        return HTTP_MORE;
    case READER_EXTENSION_NAME_MORE:
        if (http_byte_is_token(c)) return HTTP_MORE;
        if (c == '=')
            reader->state = READER_EXTENSION_VALUE;
        else if (c == ';')
            reader->state = READER_EXTENSION_NAME;
        else if (line_ends(reader, c, &event, "Missing expected CR after chunk extension name"))
            return event;
        else
            return strict_bad(reader, "Invalid character in chunk extensions name");
        return HTTP_MORE;
    case READER_EXTENSION_VALUE:
        if (http_byte_is_token(c)) return HTTP_MORE;
        if (c == '"')
            reader->state = READER_EXTENSION_QUOTED;
        else if (c == ';')
            reader->state = READER_EXTENSION_NAME;
        else if (line_ends(reader, c, &event, "Missing expected CR after chunk extension value"))
            return event;
        else
            return strict_bad(reader, "Invalid character in chunk extensions value");
        return HTTP_MORE;
    case READER_EXTENSION_QUOTED:
        if (c == '"')
            reader->state = READER_EXTENSION_AFTER_QUOTE;
        else if (c == '\\')
            reader->state = READER_EXTENSION_ESCAPED;
        else if (!byte_is_quotable(c))
            return strict_bad(reader, "Invalid character in chunk extensions quoted value");
        return HTTP_MORE;
    case READER_EXTENSION_ESCAPED:
        if (!byte_is_quotable(c))
            return strict_bad(reader, "Invalid quoted-pair in chunk extensions quoted value");
        reader->state = READER_EXTENSION_QUOTED;
        return HTTP_MORE;
    default: /* READER_EXTENSION_AFTER_QUOTE */
        if (c == ';')
            reader->state = READER_EXTENSION_NAME;
        else if (line_ends(reader, c, &event, "Missing expected CR after chunk extension value"))
            return event;
        else
            return strict_bad(reader, "Invalid character in chunk extensions quote value");
        return HTTP_MORE;
    }
}

/* The CR LF after a chunk's bytes; lenient mode does without either. */
static HttpEvent data_end_read(HttpReader *reader, char c) {
    bool lenient = reader->rules->lenient;
    if (reader->state == READER_CHUNK_DATA_CR && c == '\r') {
        reader->state = READER_CHUNK_DATA_LF;
        reader->at++;
    } else if (c == '\n' && (lenient || reader->state == READER_CHUNK_DATA_LF)) {
        reader->state = READER_CHUNK_SIZE;
        reader->at++;
    } else if (lenient) {
        reader->state = READER_CHUNK_SIZE;
    } else if (c == '\n') {
        return http_reader_fail(reader, reader->at, HTTP_ERROR_CR_EXPECTED,
                                "Missing expected CR after chunk data");
    } else {
        return strict_bad(reader, "Expected LF after chunk data");
    }
    return HTTP_MORE;
}

HttpEvent http_chunked_next(HttpReader *reader, Slice *body) {
    HttpEvent event = HTTP_MORE;
    while (reader->at < reader->end) {
        char c = *reader->at;
        switch (reader->state) {
        case READER_CHUNK_SIZE:
        case READER_CHUNK_DIGITS:
        case READER_CHUNK_SPACE: event = size_read(reader, c); break;
        case READER_CHUNK_LF:
            if (c != '\n' && !reader->rules->lenient)
                return strict_bad(reader, "Expected LF after chunk size");
            if (c == '\n') reader->at++;
            chunk_begin(reader);
            if (reader->state == READER_TRAILERS) return HTTP_TRAILERS;
            continue;
        case READER_CHUNK_DATA: {
            size_t there = (size_t)(reader->end - reader->at);
            size_t len = reader->left < there ? (size_t)reader->left : there;
            *body = (Slice){reader->at, len};
            reader->at += len;
            reader->left -= len;
            if (reader->left == 0) reader->state = READER_CHUNK_DATA_CR;
            return HTTP_BODY;
        }
        case READER_CHUNK_DATA_CR:
        case READER_CHUNK_DATA_LF:
            if (data_end_read(reader, c) == HTTP_FAILED) return HTTP_FAILED;
            continue;
        default: event = extension_read(reader, c); break;
        }
        if (event == HTTP_FAILED) return HTTP_FAILED;
        reader->at++;
        if (reader->state == READER_TRAILERS) return HTTP_TRAILERS;
    }
    return HTTP_MORE;
}
