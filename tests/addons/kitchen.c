/* A native addon that uses most of Node-API, in the words of a program rather than of a specification. */
#define NAPI_VERSION 10
#include <node_api.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static napi_value number(napi_env env, double n) {
    napi_value v = NULL;
    napi_create_double(env, n, &v);
    return v;
}

static napi_value argument(napi_env env, napi_callback_info info, void **data) {
    size_t argc = 1;
    napi_value argv[1];
    napi_get_cb_info(env, info, &argc, argv, NULL, data);
    return argv[0];
}

/* --- calls and exceptions */

static napi_value sum(napi_env env, napi_callback_info info) {
    size_t argc = 8;
    napi_value argv[8];
    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    double all = 0;
    for (size_t i = 0; i < argc; i++) {
        double n;
        if (napi_get_value_double(env, argv[i], &n) == napi_ok) {
            all += n;
        } else {
            napi_throw_type_error(env, "ERR_NUMBER", "a number is needed");
            return NULL;
        }
    }
    return number(env, all);
}

/* attempt(f): what f throws, as a value */
static napi_value attempt(napi_env env, napi_callback_info info) {
    napi_value self, result;
    napi_get_undefined(env, &self);
    if (napi_call_function(env, self, argument(env, info, NULL), 0, NULL, &result) == napi_pending_exception)
        napi_get_and_clear_last_exception(env, &result);
    return result;
}

/* pass(f): what f throws goes on */
static napi_value pass(napi_env env, napi_callback_info info) {
    napi_value self, result;
    napi_get_undefined(env, &self);
    napi_call_function(env, self, argument(env, info, NULL), 0, NULL, &result);
    return NULL;
}

/* many(n): an array of n objects, made in scopes of their own */
static napi_value many(napi_env env, napi_callback_info info) {
    uint32_t count;
    napi_value list;
    napi_get_value_uint32(env, argument(env, info, NULL), &count);
    napi_create_array(env, &list);
    for (uint32_t i = 0; i < count; i++) {
        napi_escapable_handle_scope scope;
        napi_value object, kept;
        napi_open_escapable_handle_scope(env, &scope);
        napi_create_object(env, &object);
        napi_set_named_property(env, object, "at", number(env, i));
        napi_escape_handle(env, scope, object, &kept);
        napi_close_escapable_handle_scope(env, scope);
        napi_set_element(env, list, i, kept);
    }
    return list;
}

/* --- a class */

static int counters;

static void counter_free(napi_env env, void *data, void *hint) {
    free(data);
    counters--;
}

static napi_value counter_new(napi_env env, napi_callback_info info) {
    napi_value self, target, start;
    size_t argc = 1;
    napi_get_cb_info(env, info, &argc, &start, &self, NULL);
    napi_get_new_target(env, info, &target);
    if (!target) {
        napi_throw_error(env, NULL, "new is needed");
        return NULL;
    }
    double *count = calloc(1, sizeof *count);
    napi_get_value_double(env, start, count);
    counters++;
    napi_wrap(env, self, count, counter_free, NULL, NULL);
    return self;
}

static double *counter_of(napi_env env, napi_callback_info info) {
    napi_value self;
    void *count = NULL;
    napi_get_cb_info(env, info, NULL, NULL, &self, NULL);
    if (napi_unwrap(env, self, &count)) napi_throw_type_error(env, NULL, "not a counter");
    return count;
}

static napi_value counter_add(napi_env env, napi_callback_info info) {
    double *count = counter_of(env, info);
    return count ? number(env, ++*count) : NULL;
}

static napi_value counter_get(napi_env env, napi_callback_info info) {
    double *count = counter_of(env, info);
    return count ? number(env, *count) : NULL;
}

static napi_value counter_set(napi_env env, napi_callback_info info) {
    double *count = counter_of(env, info);
    if (count) napi_get_value_double(env, argument(env, info, NULL), count);
    return NULL;
}

static napi_value counters_alive(napi_env env, napi_callback_info info) {
    return number(env, counters);
}

/* --- references */

static napi_ref remembered;

static napi_value remember(napi_env env, napi_callback_info info) {
    if (remembered) napi_delete_reference(env, remembered);
    napi_create_reference(env, argument(env, info, NULL), 1, &remembered);
    return NULL;
}

static napi_value recall(napi_env env, napi_callback_info info) {
    napi_value v = NULL;
    napi_get_reference_value(env, remembered, &v);
    return v;
}

static napi_value weaken(napi_env env, napi_callback_info info) {
    uint32_t count;
    napi_reference_unref(env, remembered, &count);
    return number(env, count);
}

/* --- texts, numbers, bytes */

static napi_value echo(napi_env env, napi_callback_info info) {
    napi_value v = argument(env, info, NULL), out = NULL;
    size_t len;
    napi_get_value_string_utf8(env, v, NULL, 0, &len);
    char *text = malloc(len + 1);
    napi_get_value_string_utf8(env, v, text, len + 1, &len);
    napi_create_string_utf8(env, text, len, &out);
    free(text);
    return out;
}

/* cut(text): what fits into six bytes */
static napi_value cut(napi_env env, napi_callback_info info) {
    char room[6];
    size_t len;
    napi_value out;
    napi_get_value_string_utf8(env, argument(env, info, NULL), room, sizeof room, &len);
    napi_create_string_utf8(env, room, len, &out);
    return out;
}

static napi_value twice(napi_env env, napi_callback_info info) {
    uint64_t words[8] = {0};
    size_t count = 7;
    int sign;
    napi_value out = NULL;
    if (napi_get_value_bigint_words(env, argument(env, info, NULL), &sign, &count, words)) return NULL;
    uint64_t carry = 0;
    for (size_t i = 0; i <= count; i++) {
        uint64_t next = words[i] >> 63;
        words[i] = words[i] << 1 | carry;
        carry = next;
    }
    napi_create_bigint_words(env, sign, count + 1, words, &out);
    return out;
}

/* invert(view): in place; answers how many bytes it had */
static napi_value invert(napi_env env, napi_callback_info info) {
    unsigned char *bytes;
    size_t len, offset;
    napi_typedarray_type type;
    napi_value memory, v = argument(env, info, NULL);
    bool is_buffer;
    napi_is_buffer(env, v, &is_buffer);
    if (!is_buffer || napi_get_buffer_info(env, v, (void **)&bytes, &len)) return NULL;
    for (size_t i = 0; i < len; i++)
        bytes[i] = (unsigned char)~bytes[i];
    if (napi_get_typedarray_info(env, v, &type, &len, NULL, &memory, &offset)) return number(env, -1);
    return number(env, (double)len);
}

static int blocks;

static void block_free(napi_env env, void *data, void *hint) {
    free(data);
    blocks--;
}

static napi_value block(napi_env env, napi_callback_info info) {
    napi_value out = NULL;
    char *memory = malloc(4096);
    memset(memory, 'x', 4096);
    blocks++;
    napi_create_external_buffer(env, 4096, memory, block_free, NULL, &out);
    return out;
}

static napi_value blocks_alive(napi_env env, napi_callback_info info) {
    return number(env, blocks);
}

static napi_value names(napi_env env, napi_callback_info info) {
    napi_value out = NULL;
    napi_get_property_names(env, argument(env, info, NULL), &out);
    return out;
}

static napi_value kind(napi_env env, napi_callback_info info) {
    napi_valuetype type = 0;
    napi_typeof(env, argument(env, info, NULL), &type);
    return number(env, type);
}

static napi_value secret(napi_env env, napi_callback_info info) {
    napi_value out = NULL;
    napi_create_external(env, "a secret", NULL, NULL, &out);
    return out;
}

static napi_value tell(napi_env env, napi_callback_info info) {
    void *text;
    napi_value out = NULL;
    if (napi_get_value_external(env, argument(env, info, NULL), &text)) {
        const napi_extended_error_info *error;
        napi_get_last_error_info(env, &error);
        napi_throw_error(env, "ERR_TELL", error->error_message);
        return NULL;
    }
    napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &out);
    return out;
}

/* mark(object): true the first time, an exception for what has another tag */
static napi_value mark(napi_env env, napi_callback_info info) {
    static const napi_type_tag ours = {1, 2}, other = {3, 4};
    napi_value object = argument(env, info, NULL), out;
    bool is_ours, is_other;
    napi_status status = napi_type_tag_object(env, object, &ours);
    napi_check_object_type_tag(env, object, &ours, &is_ours);
    napi_check_object_type_tag(env, object, &other, &is_other);
    napi_get_boolean(env, status == napi_ok && is_ours && !is_other, &out);
    return out;
}

/* --- other threads */

typedef struct {
    napi_async_work work;
    napi_deferred deferred;
    double in, out;
} Square;

static void square_execute(napi_env env, void *data) {
    Square *square = data;
    square->out = square->in * square->in;
}

static void square_complete(napi_env env, napi_status status, void *data) {
    Square *square = data;
    napi_value v = number(env, square->out);
    if (square->in < 0)
        napi_reject_deferred(env, square->deferred, v);
    else
        napi_resolve_deferred(env, square->deferred, v);
    napi_delete_async_work(env, square->work);
    free(square);
}

static napi_value square(napi_env env, napi_callback_info info) {
    Square *square = calloc(1, sizeof *square);
    napi_value promise, name;
    napi_get_value_double(env, argument(env, info, NULL), &square->in);
    napi_create_promise(env, &square->deferred, &promise);
    napi_create_string_utf8(env, "square", NAPI_AUTO_LENGTH, &name);
    napi_create_async_work(env, NULL, name, square_execute, square_complete, square, &square->work);
    napi_queue_async_work(env, square->work);
    return promise;
}

enum { COUNT_TO = 5000 };

static void *count_thread(void *data) {
    napi_threadsafe_function function = data;
    for (intptr_t i = 1; i <= COUNT_TO; i++)
        if (napi_call_threadsafe_function(function, (void *)i, napi_tsfn_blocking)) break;
    napi_release_threadsafe_function(function, napi_tsfn_release);
    return NULL;
}

static void count_call(napi_env env, napi_value function, void *context, void *data) {
    napi_value self, n;
    if (!env) return;
    n = number(env, (double)(intptr_t)data);
    napi_get_undefined(env, &self);
    napi_call_function(env, self, function, 1, &n, NULL);
}

static void count_done(napi_env env, void *data, void *context) {
    napi_value done, self;
    napi_ref ref = data;
    napi_get_reference_value(env, ref, &done);
    napi_get_undefined(env, &self);
    napi_call_function(env, self, done, 0, NULL, NULL);
    napi_delete_reference(env, ref);
}

/* count(each, done): from a thread that may be ten calls ahead */
static napi_value count(napi_env env, napi_callback_info info) {
    size_t argc = 2;
    napi_value argv[2], name;
    napi_ref done;
    napi_threadsafe_function function;
    pthread_t thread;
    napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
    napi_create_reference(env, argv[1], 1, &done);
    napi_create_string_utf8(env, "count", NAPI_AUTO_LENGTH, &name);
    napi_create_threadsafe_function(env, argv[0], NULL, name, 10, 1, done, count_done, NULL, count_call,
                                    &function);
    pthread_create(&thread, NULL, count_thread, function);
    pthread_detach(thread);
    return NULL;
}

/* --- life */

static void goodbye(void *data) {
    fputs(data, stdout);
    fflush(stdout);
}

static napi_value at_end(napi_env env, napi_callback_info info) {
    napi_add_env_cleanup_hook(env, goodbye, "second\n");
    napi_add_env_cleanup_hook(env, goodbye, "first\n");
    return NULL;
}

static napi_value start(napi_env env, napi_value exports) {
    napi_property_descriptor properties[] = {
#define FUNCTION(name) {#name, NULL, name, NULL, NULL, NULL, napi_default_jsproperty, NULL}
        FUNCTION(sum),    FUNCTION(attempt),        FUNCTION(pass),
        FUNCTION(many),   FUNCTION(counters_alive), FUNCTION(remember),
        FUNCTION(recall), FUNCTION(weaken),         FUNCTION(echo),
        FUNCTION(cut),    FUNCTION(twice),          FUNCTION(invert),
        FUNCTION(block),  FUNCTION(blocks_alive),   FUNCTION(names),
        FUNCTION(kind),   FUNCTION(secret),         FUNCTION(tell),
        FUNCTION(mark),   FUNCTION(square),         FUNCTION(count),
        FUNCTION(at_end),
    };
    napi_define_properties(env, exports, sizeof properties / sizeof *properties, properties);
    napi_property_descriptor members[] = {
        {"add",   NULL, counter_add,    NULL,        NULL,        NULL, napi_default_method, NULL},
        {"count", NULL, NULL,           counter_get, counter_set, NULL, napi_enumerable,     NULL},
        {"alive", NULL, counters_alive, NULL,        NULL,        NULL, napi_static,         NULL},
    };
    napi_value counter;
    napi_define_class(env, "Counter", NAPI_AUTO_LENGTH, counter_new, NULL, 3, members, &counter);
    napi_set_named_property(env, exports, "Counter", counter);
    return exports;
}

#ifdef OLD_WAY
static napi_module module = {1, 0, __FILE__, start, "kitchen", NULL, {0}};
static void __attribute__((constructor)) register_module(void) {
    napi_module_register(&module);
}
#else
NAPI_MODULE(kitchen, start)
#endif
