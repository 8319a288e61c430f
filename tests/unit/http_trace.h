/* Reads messages in pieces of any size and writes down what the reader told, so that tests can compare whole
 * stories: the same bytes must tell the same story however they are cut. */
#pragma once

#include "base/mem.h"
#include "http/reader.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const HttpRules *rules;
    size_t (*piece)(void *arg, size_t left); /* how many bytes to feed next */
    void *arg;
    bool accept_upgrade, keep_between, skip_body;
} Trace;

static void trace_text(Bytes *story, Slice text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c < 0x20 || c >= 0x7f || c == '\\')
            bytes_printf(story, "\\x%02x", c);
        else
            bytes_append_char(story, (char)c);
    }
}

static void trace_fields(Bytes *story, const HttpHead *head) {
    for (uint32_t i = 0; i < head->count; i++) {
        bytes_append_char(story, '[');
        trace_text(story, http_field_key(head, &head->fields[i]));
        bytes_append_char(story, '=');
        trace_text(story, http_field_value(head, &head->fields[i]));
        bytes_append_char(story, ']');
    }
}

static void trace_head(Bytes *story, const HttpHead *head, bool response) {
    static const char *const names[] = {"keep-alive", "length", "chunked", "coding",
                                        "continue",   "expect", "upgrade"};
    if (response)
        bytes_printf(story, "head %d ", head->status);
    else
        bytes_printf(story, "head %s ", http_method_name((HttpMethod)head->method).data);
    trace_text(story, http_head_target(head));
    bytes_printf(story, " %d.%d ", head->major, head->minor);
    trace_fields(story, head);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (head->flags & 1u << i) bytes_printf(story, " %s", names[i]);
    bytes_append_char(story, '\n');
}

/* Takes events until the reader wants more; false when nothing more will come. */
static bool trace_events(const Trace *trace, HttpReader *reader, HttpHead *head, Bytes *story,
                         bool *in_body) {
    for (;;) {
        Slice body;
        HttpEvent event = http_reader_next(reader, head, &body);
        if (*in_body && event != HTTP_BODY && event != HTTP_MORE) {
            bytes_append_char(story, '\n');
            *in_body = false;
        }
        switch (event) {
        case HTTP_MORE: return true;
        case HTTP_HEAD:
            trace_head(story, head, trace->rules->response);
            if (trace->accept_upgrade && head->flags & HTTP_UPGRADE) http_reader_upgrade(reader);
            if (trace->skip_body) http_reader_skip_body(reader);
            break;
        case HTTP_BODY:
            if (!*in_body) bytes_append_str(story, "body ");
            *in_body = true;
            trace_text(story, body);
            break;
        case HTTP_TRAILERS:
            bytes_append_str(story, "trailers ");
            trace_fields(story, head);
            bytes_append_char(story, '\n');
            break;
        case HTTP_END: bytes_append_str(story, "end\n"); break;
        case HTTP_UPGRADED: bytes_append_str(story, "upgraded\n"); return false;
        case HTTP_FAILED:
            bytes_printf(story, "%s: %s\n", http_error_name(reader->problem.error), reader->problem.reason);
            return false;
        }
        if (trace->keep_between && event != HTTP_BODY) http_reader_keep(reader);
    }
}

/* Each piece is fed from memory of exactly its size, freed at once, so that a reader that looks past the end
 * or keeps a pointer is caught by AddressSanitizer. The caller frees the story. */
static char *trace_read(const Trace *trace, const char *input, size_t len, size_t *fed) {
    HttpReader reader;
    HttpHead head = {0};
    Bytes story = {0};
    bool in_body = false, goes_on = true;
    size_t done = 0;
    http_reader_init(&reader, trace->rules);
    while (goes_on && done < len) {
        size_t n = trace->piece ? trace->piece(trace->arg, len - done) : len - done;
        char *piece = malloc(n);
        memcpy(piece, input + done, n);
        done += n;
        http_reader_feed(&reader, piece, n);
        goes_on = trace_events(trace, &reader, &head, &story, &in_body);
        free(piece);
    }
    if (goes_on) {
        HttpEvent event = http_reader_finish(&reader);
        if (in_body) bytes_append_char(&story, '\n');
        if (event == HTTP_END) bytes_append_str(&story, "end\n");
        if (event == HTTP_FAILED)
            bytes_printf(&story, "%s: %s\n", http_error_name(reader.problem.error), reader.problem.reason);
    }
    if (fed) *fed = done;
    http_reader_free(&reader);
    http_head_free(&head);
    return bytes_take(&story);
}
