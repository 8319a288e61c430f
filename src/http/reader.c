/* The life of a message on a connection: see reader.h. */
#include "http/reader.h"
#include "http/chunked.h"

#include <string.h>

void http_reader_init(HttpReader *reader, const HttpRules *rules) {
    *reader = (HttpReader){.rules = rules};
}

void http_reader_free(HttpReader *reader) {
    bytes_free(&reader->held);
    bytes_free(&reader->kept);
}

HttpEvent http_reader_fail(HttpReader *reader, const char *at, HttpError error, const char *reason) {
    reader->problem = (HttpProblem){error, reason, (size_t)(at - reader->fed)};
    reader->state = READER_FAILED;
    return HTTP_FAILED;
}

void http_reader_feed(HttpReader *reader, char *data, size_t len) {
    if (reader->kept.len) {
        size_t done = (size_t)(reader->at - reader->kept.data);
        bytes_consume(&reader->kept, done);
        bytes_append(&reader->kept, data, len);
        data = reader->kept.data;
        len = reader->kept.len;
    }
    reader->fed = reader->at = data;
    reader->end = data + len;
}

void http_reader_keep(HttpReader *reader) {
    size_t len = (size_t)(reader->end - reader->at);
    if (reader->kept.len) {
        bytes_consume(&reader->kept, reader->kept.len - len);
    } else {
        bytes_append(&reader->kept, reader->at, len);
    }
    reader->fed = reader->at = reader->kept.data;
    reader->end = reader->at + reader->kept.len;
}

Slice http_reader_rest(const HttpReader *reader) {
    return (Slice){reader->at, (size_t)(reader->end - reader->at)};
}

void http_reader_skip_body(HttpReader *reader) {
    reader->skips_body = true;
}
void http_reader_upgrade(HttpReader *reader) {
    reader->upgrades = true;
}

bool http_reader_is_idle(const HttpReader *reader) {
    return (reader->state == READER_START && reader->at == reader->end) || reader->state >= READER_CLOSED;
}

static HttpEvent reader_wants_more(HttpReader *reader) {
    bytes_free(&reader->kept);
    reader->fed = reader->at = reader->end = NULL;
    return HTTP_MORE;
}

static void held_drop(HttpReader *reader) {
    bytes_free(&reader->held);
    reader->progress.checked = 0;
}

/* What is known of an incomplete block of fields, so that its complete lines are not looked at again. */
static void progress_save(HttpReader *reader, const HttpHead *head) {
    if (head->count == 0 && head->dropped == 0) return;
    reader->progress.checked = head->len;
    reader->progress.counted = head->counted;
    reader->progress.flags = head->flags;
    reader->progress.content_length = head->content_length;
}

static HeadResult block_parse(HttpReader *reader, HttpHead *head, char *base, size_t len, size_t from) {
    if (reader->state == READER_HEAD && from == 0)
        return http_head_parse(head, reader->rules, base, len, &reader->problem);
    head->counted = from ? reader->progress.counted : 0;
    head->content_length = from ? reader->progress.content_length : 0;
    /* Trailers may not say how long the message is, which was said before. */
    head->flags = from ? reader->progress.flags : HTTP_HAS_CODING | HTTP_CHUNKED;
    return http_fields_parse(head, reader->rules, base, len, from, &reader->problem);
}

/* Reads a head or trailers, from where the bytes lie if they are all there, else from the copy in `held`. */
static HeadResult block_read(HttpReader *reader, HttpHead *head) {
    if (reader->held.len == 0) {
        size_t len = (size_t)(reader->end - reader->at);
        HeadResult result = block_parse(reader, head, reader->at, len, 0);
        if (result == HEAD_COMPLETE)
            reader->at += head->len;
        else if (result == HEAD_BAD)
            reader->problem.at += (size_t)(reader->at - reader->fed);
        else {
            progress_save(reader, head);
            bytes_append(&reader->held, reader->at, len);
            reader->at = reader->end;
        }
        return result;
    }
    size_t before = reader->held.len, len = (size_t)(reader->end - reader->at);
    size_t limit = reader->rules->head_size_limit, checked = reader->progress.checked;
    if (len > limit) len = limit + 1;
    bytes_append(&reader->held, reader->at, len);
    HeadResult result = block_parse(reader, head, reader->held.data, reader->held.len, checked);
    if (result == HEAD_COMPLETE && checked > 0)
        result = block_parse(reader, head, reader->held.data, reader->held.len, 0);
    if (result == HEAD_COMPLETE) {
        reader->at += head->len - before;
    } else if (result == HEAD_PARTIAL) {
        progress_save(reader, head);
        reader->at += len;
    } else {
        size_t offset = (size_t)(reader->at - reader->fed);
        reader->problem.at = reader->problem.at > before ? reader->problem.at - before + offset : 0;
    }
    return result;
}

/* Reads on until the block of fields is whole: `whole`, or what stands in the way. */
static HttpEvent block_next(HttpReader *reader, HttpHead *head, HttpEvent whole) {
    while (reader->at != reader->end) {
        HeadResult result = block_read(reader, head);
        if (result == HEAD_COMPLETE) return whole;
        if (result == HEAD_BAD) {
            reader->state = READER_FAILED;
            return HTTP_FAILED;
        }
    }
    return reader_wants_more(reader);
}

static HttpEvent head_next(HttpReader *reader, HttpHead *head) {
    HttpEvent event = block_next(reader, head, HTTP_HEAD);
    if (event != HTTP_HEAD) return event;
    http_head_conclude(head, reader->rules->response);
    reader->flags = head->flags;
    reader->status = head->status;
    reader->method = head->method;
    reader->left = head->content_length;
    reader->skips_body = reader->upgrades = false;
    reader->state = READER_BODY;
    return event;
}

/* Which of the ways of RFC 9112 6.3 ends this message. */
static int body_state(HttpReader *reader) {
    bool response = reader->rules->response;
    if (reader->skips_body) return READER_END;
    if (response && (reader->status / 100 == 1 || reader->status == 204 || reader->status == 304))
        return READER_END;
    if (reader->upgrades && (response || reader->method == HTTP_METHOD_CONNECT)) return READER_END;
    if (reader->flags & HTTP_CHUNKED) return READER_CHUNK_SIZE;
    if (reader->flags & HTTP_HAS_LENGTH && !(reader->flags & HTTP_HAS_CODING))
        return reader->left ? READER_LENGTH : READER_END;
    if (response || reader->flags & HTTP_HAS_CODING) {
        reader->flags &= ~(uint32_t)HTTP_KEEP_ALIVE;
        return READER_UNTIL_CLOSE;
    }
    return READER_END;
}

static HttpEvent trailers_next(HttpReader *reader, HttpHead *head) {
    HttpEvent event = block_next(reader, head, HTTP_TRAILERS);
    if (event != HTTP_TRAILERS) return event;
    reader->state = READER_END;
    return head->count ? HTTP_TRAILERS : HTTP_END;
}

HttpEvent http_reader_next(HttpReader *reader, HttpHead *head, Slice *body) {
    for (;;) {
        switch (reader->state) {
        case READER_START:
        case READER_CLOSED:
            while (reader->at < reader->end && (*reader->at == '\r' || *reader->at == '\n'))
                reader->at++;
            if (reader->at == reader->end) return reader_wants_more(reader);
            if (reader->state == READER_CLOSED)
                return http_reader_fail(reader, reader->at, HTTP_ERROR_CLOSED_CONNECTION,
                                        "Data after `Connection: close`");
            reader->state = READER_HEAD;
            break;
        case READER_HEAD: return head_next(reader, head);
        case READER_BODY:
            held_drop(reader);
            reader->state = (uint8_t)body_state(reader);
            if (reader->state == READER_UNTIL_CLOSE && !reader->rules->response && !reader->rules->lenient)
                return http_reader_fail(reader, reader->at, HTTP_ERROR_INVALID_TRANSFER_ENCODING,
                                        "Request has invalid `Transfer-Encoding`");
            break;
        case READER_LENGTH:
        case READER_UNTIL_CLOSE: {
            size_t len = (size_t)(reader->end - reader->at);
            if (len == 0) return reader_wants_more(reader);
            if (reader->state == READER_LENGTH) {
                if (len > reader->left) len = (size_t)reader->left;
                reader->left -= len;
                if (reader->left == 0) reader->state = READER_END;
            }
            *body = (Slice){reader->at, len};
            reader->at += len;
            return HTTP_BODY;
        }
        case READER_TRAILERS: {
            HttpEvent event = trailers_next(reader, head);
            if (event == HTTP_END) break;
            return event;
        }
        case READER_END:
            held_drop(reader);
            reader->state = READER_START;
            if (reader->upgrades)
                reader->state = READER_UPGRADED;
            else if (!(reader->flags & HTTP_KEEP_ALIVE) && !reader->rules->lenient)
                reader->state = READER_CLOSED;
            return HTTP_END;
        case READER_UPGRADED: return HTTP_UPGRADED;
        case READER_FAILED: return HTTP_FAILED;
        default: {
            HttpEvent event = http_chunked_next(reader, body);
            if (event == HTTP_MORE) return reader_wants_more(reader);
            if (event != HTTP_TRAILERS) return event;
        }
        }
    }
}

HttpEvent http_reader_finish(HttpReader *reader) {
    reader->fed = reader->at = reader->end = NULL;
    switch (reader->state) {
    case READER_START:
    case READER_CLOSED:
    case READER_UPGRADED:
    case READER_FAILED: return HTTP_MORE; /* what was wrong was told already */
    case READER_UNTIL_CLOSE: reader->state = READER_CLOSED; return HTTP_END;
    default: return http_reader_fail(reader, reader->at, HTTP_ERROR_INVALID_EOF_STATE, "Invalid EOF state");
    }
}
