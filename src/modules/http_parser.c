/* Message readers for streams that JavaScript drives: bytes that some socket gave are read here, and what
 * they say comes back as four kinds of calls. Connections of plain servers do not pass here but through
 * http_server.c. */
#include "http/reader.h"
#include "http/status.h"
#include "modules/http.h"
#include "modules/modules.h"

typedef struct {
    Handle handle;
    HttpRules rules;
    HttpReader reader;
    bool open, reading, stopped;
} Parser;

static void parser_dispose(Handle *handle);
static const Native parser_methods[];
static const HandleClass parser_class = {"HTTPParser", parser_methods, parser_dispose};

HttpShared *http_shared(Realm *realm) {
    return *realm_slot(realm, SLOT_HTTP);
}

/* The numbers of a head, where JavaScript reads them without crossing. */
void http_head_share(HttpShared *shared, const HttpHead *head) {
    int32_t *info = shared->info;
    info[INFO_METHOD] = head->method;
    info[INFO_STATUS] = head->status;
    info[INFO_MAJOR] = head->major;
    info[INFO_MINOR] = head->minor;
    info[INFO_FLAGS] = (int32_t)head->flags;
    info[INFO_COUNT] = (int32_t)head->count;
    info[INFO_TARGET_AT] = (int32_t)head->target_at;
    info[INFO_TARGET_LEN] = (int32_t)head->target_len;
    int32_t *at = info + INFO_FIELDS;
    for (uint32_t i = 0; i < head->count; i++, at += 4) {
        const HttpField *field = &head->fields[i];
        at[0] = (int32_t)field->name_at;
        at[1] = field->name_len;
        at[2] = (int32_t)field->value_at;
        at[3] = (int32_t)field->value_len;
    }
}

static Value parser_create(Call *call) {
    Parser *parser = NEW(Parser);
    return handle_open(call->realm, &parser->handle, &parser_class);
}

static void parser_reset(Parser *parser) {
    if (parser->open) http_reader_free(&parser->reader);
    parser->open = false;
}

static void parser_dispose(Handle *handle) {
    Parser *parser = CONTAINER_OF(handle, Parser, handle);
    parser_reset(parser);
    handle_leave(handle);
    mem_free(parser);
}

static Parser *call_parser(Call *call) {
    Handle *handle = call_handle(call, &parser_class);
    return handle ? CONTAINER_OF(handle, Parser, handle) : NULL;
}

/* initialize(isResponse, lenient, headSizeLimit) */
static Value parser_initialize(Call *call) {
    Parser *parser = call_parser(call);
    if (!parser) return NULL;
    parser_reset(parser);
    parser->rules = (HttpRules){.response = call_bool(call, 0),
                                .lenient = call_bool(call, 1),
                                .head_size_limit = (uint32_t)call_int(call, 2),
                                .field_limit = HTTP_SHARED_FIELDS};
    http_reader_init(&parser->reader, &parser->rules);
    parser->open = true;
    parser->stopped = false;
    return value_undefined();
}

static bool call_back(Call *call, Object function, Value self, size_t argc, Value argument, Value *result) {
    Value exception = NULL;
    *result = realm_call(call->realm, function, self, argc, &argument, &exception);
    if (exception) *call->exception = exception;
    return !exception;
}

/* Takes events until there are no more; false when JavaScript threw or the message is bad. */
static bool parser_take(Call *call, Parser *parser, Value self, HttpEvent event) {
    HttpShared *shared = http_shared(call->realm);
    Slice body = {0};
    Value result;
    for (;; event = HTTP_MORE) {
        if (event == HTTP_MORE) event = http_reader_next(&parser->reader, &shared->head, &body);
        bool fine = true;
        switch (event) {
        case HTTP_MORE:
        case HTTP_UPGRADED: return true;
        case HTTP_FAILED: return false;
        case HTTP_HEAD:
            http_head_share(shared, &shared->head);
            fine = call_back(call, shared->on_head, self, 1,
                             value_latin1(call->realm, shared->head.base, shared->head.len), &result);
            if (fine && value_as_int(result) == 1) http_reader_skip_body(&parser->reader);
            if (fine && value_as_int(result) == 2) http_reader_upgrade(&parser->reader);
            break;
        case HTTP_BODY:
            fine = call_back(call, shared->on_body, self, 1, buffer_copy(call->realm, body.data, body.len),
                             &result);
            break;
        case HTTP_TRAILERS:
            http_head_share(shared, &shared->head);
            fine = call_back(call, shared->on_trailers, self, 1,
                             value_latin1(call->realm, shared->head.base, shared->head.len), &result);
            break;
        case HTTP_END: fine = call_back(call, shared->on_end, self, 0, value_undefined(), &result); break;
        }
        if (!fine || parser->stopped) return fine;
    }
}

/* execute(self, bytes): how many bytes were understood, or -1 (see problem). */
static Value parser_execute(Call *call) {
    Parser *parser = call_parser(call);
    char *data;
    size_t len;
    if (!parser || !call_bytes(call, 1, &data, &len)) return NULL;
    if (!parser->open || parser->reading) return value_int(0);
    parser->reading = true;
    http_reader_feed(&parser->reader, data, len);
    bool fine = parser_take(call, parser, call_arg(call, 0), HTTP_MORE);
    parser->reading = false;
    size_t understood = len - (fine ? http_reader_rest(&parser->reader).len : 0);
    if (parser->stopped) parser_reset(parser);
    if (*call->exception) return NULL;
    return fine ? value_number((double)understood) : value_int(-1);
}

/* finish(self): the stream ended. */
static Value parser_finish(Call *call) {
    Parser *parser = call_parser(call);
    if (!parser) return NULL;
    if (!parser->open || parser->reading) return value_int(0);
    HttpEvent event = http_reader_finish(&parser->reader);
    if (event == HTTP_FAILED) return value_int(-1);
    if (event == HTTP_END) {
        Value result;
        parser->reading = true;
        call_back(call, http_shared(call->realm)->on_end, call_arg(call, 0), 0, value_undefined(), &result);
        parser->reading = false;
        if (parser->stopped) parser_reset(parser);
        if (*call->exception) return NULL;
    }
    return value_int(0);
}

/* problem(): [code, reason, bytesParsed] */
static Value parser_problem(Call *call) {
    Parser *parser = call_parser(call);
    if (!parser) return NULL;
    const HttpProblem *problem = &parser->reader.problem;
    Value values[] = {value_string(call->realm, http_error_name(problem->error)),
                      value_string(call->realm, problem->reason ? problem->reason : ""),
                      value_number((double)problem->at)};
    return array_new(call->realm, COUNT_OF(values), values);
}

/* release(): forgets the message; false while it is being read, when the parser must not be used again. */
static Value parser_release(Call *call) {
    Parser *parser = call_parser(call);
    if (!parser) return NULL;
    parser->stopped = true;
    if (!parser->reading) parser_reset(parser);
    return value_bool(!parser->reading);
}

static const Native parser_methods[] = {
    {"initialize",    parser_initialize},
    {"execute",               parser_execute},
    {"finish",parser_finish},
    {"problem",        parser_problem},
    {"release",               parser_release},
    {0}
};

static Value callbacks_set(Call *call) {
    HttpShared *shared = http_shared(call->realm);
    Object *slots[] = {&shared->on_head, &shared->on_body, &shared->on_trailers, &shared->on_end};
    for (size_t i = 0; i < COUNT_OF(slots); i++) {
        if (*slots[i]) continue;
        *slots[i] = call_function(call, i);
        value_keep(call->realm, *slots[i]);
    }
    return value_undefined();
}

static void http_setup(Realm *realm, Object binding) {
    HttpShared *shared = NEW(HttpShared);
    *realm_slot(realm, SLOT_HTTP) = shared;
    object_set(realm, binding, "fieldInfo",
               typed_array_over(realm, kJSTypedArrayTypeInt32Array, shared->info, sizeof shared->info));
    Value methods[HTTP_METHOD_COUNT];
    for (int i = 0; i < HTTP_METHOD_COUNT; i++)
        methods[i] = value_string(realm, http_method_name((HttpMethod)i).data);
    object_set(realm, binding, "methods", array_new(realm, HTTP_METHOD_COUNT, methods));
    Object statuses = array_new(realm, 0, NULL);
    for (unsigned i = 0; i < http_status_count; i++) {
        Value pair[] = {value_int(http_statuses[i].code), value_string(realm, http_statuses[i].reason)};
        JSObjectSetPropertyAtIndex(realm->ctx, statuses, i, array_new(realm, 2, pair), NULL);
    }
    object_set(realm, binding, "statuses", statuses);
}

static void http_teardown(Realm *realm) {
    HttpShared *shared = http_shared(realm);
    if (!shared) return;
    http_head_free(&shared->head);
    mem_free(shared);
    *realm_slot(realm, SLOT_HTTP) = NULL;
}

static const Native functions[] = {
    {"createParser", parser_create},
    {"setParserCallbacks",              callbacks_set},
    {0}
};

const Module http_module = {"http", functions, http_setup, http_teardown};
