/* What an addon holds of JavaScript, and what JavaScript holds of an addon. */
#include "modules/napi/env.h"

#include <inttypes.h>
#include <stdio.h>

/* --- references: strong while they are counted, weak at zero */

struct napi_ref__ {
    Link link;
    uint32_t count;
    Value value; /* kept while counted */
    JSWeakRef weak;
};

static void reference_hold(napi_env env, napi_ref ref, Value v) {
    ref->value = v;
    value_keep(env->realm, v);
}

static void reference_let_go(napi_env env, napi_ref ref) {
    if (ref->value) value_drop(env->realm, ref->value);
    ref->value = NULL;
}

static napi_ref reference_new(napi_env env, Value v, uint32_t count) {
    napi_ref ref = NEW(struct napi_ref__);
    Object object = value_object(env->realm, v);
    ref->count = count;
    if (object) ref->weak = JSWeakCreate(env->realm->group, object);
    if (count) reference_hold(env, ref, v);
    list_append(&env->references, &ref->link);
    return ref;
}

static void reference_free(napi_env env, napi_ref ref) {
    if (!env->is_closed) reference_let_go(env, ref);
    if (!env->is_closed && ref->weak) JSWeakRelease(env->realm->group, ref->weak);
    link_remove(&ref->link);
    mem_free(ref);
}

/* An addon may still delete its references while it is torn down, so they lose what they hold and stay. */
void references_close(napi_env env) {
    LIST_EACH(&env->references, struct napi_ref__, link, ref) {
        reference_let_go(env, ref);
        if (ref->weak) JSWeakRelease(env->realm->group, ref->weak);
        ref->weak = NULL;
    }
}

napi_status napi_create_reference(napi_env env, napi_value value, uint32_t count, napi_ref *result) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    *result = reference_new(env, value_of(value), count);
    return env_ok(env);
}

napi_status napi_delete_reference(node_api_basic_env env, napi_ref ref) {
    ENTER(env);
    REQUIRE_ARG(env, ref);
    reference_free(env, ref);
    return env_ok(env);
}

static Value reference_value(napi_ref ref) {
    if (ref->value) return ref->value;
    return ref->weak ? JSWeakGetObject(ref->weak) : NULL;
}

napi_status napi_reference_ref(napi_env env, napi_ref ref, uint32_t *result) {
    ENTER(env);
    REQUIRE_ARG(env, ref);
    Value v = reference_value(ref);
    if (v && ref->count++ == 0) reference_hold(env, ref, v);
    if (result) *result = ref->count;
    return env_ok(env);
}

napi_status napi_reference_unref(napi_env env, napi_ref ref, uint32_t *result) {
    ENTER(env);
    REQUIRE_ARG(env, ref);
    REQUIRE(env, ref->count > 0, napi_generic_failure);
    if (--ref->count == 0) reference_let_go(env, ref);
    if (result) *result = ref->count;
    return env_ok(env);
}

napi_status napi_get_reference_value(napi_env env, napi_ref ref, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, ref);
    REQUIRE_ARG(env, result);
    Value v = reference_value(ref);
    *result = v ? env_give(env, v) : NULL;
    return env_ok(env);
}

/* --- native things that go when an object goes */

typedef struct {
    Handle base;
    napi_env env;
    void *data, *hint;
    napi_finalize finalize;
} Attached;

static void attached_dispose(Handle *handle) {
    Attached *self = (Attached *)handle;
    handle_leave(handle);
    env_finalize(self->env, self->finalize, self->data, self->hint);
    env_release(self->env);
    mem_free(self);
}

static const HandleClass wrapping_class = {"NativeWrapping", NULL, attached_dispose};
static const HandleClass finalizer_class = {"NativeFinalizer", NULL, attached_dispose};
static const HandleClass external_class = {"External", NULL, attached_dispose};

static Object attached_new(napi_env env, const HandleClass *class, void *data, napi_finalize finalize,
                           void *hint) {
    Attached *self = NEW(Attached);
    self->env = env;
    self->data = data;
    self->finalize = finalize;
    self->hint = hint;
    env_use(env);
    return handle_open(env->realm, &self->base, class);
}

napi_status napi_create_external(napi_env env, void *data, node_api_basic_finalize finalize, void *hint,
                                 napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, result);
    return env_give_out(env, attached_new(env, &external_class, data, finalize, hint), result);
}

bool value_is_external(Value v) {
    return handle_of(v, &external_class);
}

napi_status napi_get_value_external(napi_env env, napi_value value, void **result) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    Attached *self = object_of(env, value) ? (Attached *)handle_of(value_of(value), &external_class) : NULL;
    REQUIRE(env, self, napi_invalid_arg);
    *result = self->data;
    return env_ok(env);
}

napi_status napi_add_finalizer(napi_env env, napi_value object, void *data, node_api_basic_finalize finalize,
                               void *hint, napi_ref *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, finalize);
    REQUIRE(env, object_of(env, object), napi_object_expected);
    Value argv[] = {value_of(object), attached_new(env, &finalizer_class, data, finalize, hint)};
    if (!env_help(env, HELP_ATTACH, 2, argv)) return napi_pending_exception;
    if (result) *result = reference_new(env, value_of(object), 0);
    return env_ok(env);
}

napi_status napi_wrap(napi_env env, napi_value object, void *native, node_api_basic_finalize finalize,
                      void *hint, napi_ref *result) {
    ENTER_JS(env);
    REQUIRE(env, object_of(env, object), napi_object_expected);
    Value argv[] = {value_of(object), attached_new(env, &wrapping_class, native, finalize, hint)};
    Value done = env_help(env, HELP_WRAP, 2, argv);
    if (!done) return napi_pending_exception;
    if (!value_is_true(done)) {
        ((Attached *)handle_of(argv[1], &wrapping_class))->finalize = NULL;
        return env_fail(env, napi_invalid_arg);
    }
    if (result) *result = reference_new(env, value_of(object), 0);
    return env_ok(env);
}

static napi_status wrapping_of(napi_env env, Help help, napi_value object, Attached **result) {
    REQUIRE(env, object_of(env, object), napi_object_expected);
    Value argv[] = {value_of(object)};
    Value found = env_help(env, help, 1, argv);
    if (!found) return napi_pending_exception;
    *result = (Attached *)handle_of(found, &wrapping_class);
    REQUIRE_ARG(env, *result);
    return env_ok(env);
}

napi_status napi_unwrap(napi_env env, napi_value object, void **result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    Attached *wrapping;
    napi_status status = wrapping_of(env, HELP_UNWRAP, object, &wrapping);
    if (!status) *result = wrapping->data;
    return status;
}

napi_status napi_remove_wrap(napi_env env, napi_value object, void **result) {
    ENTER(env);
    Attached *wrapping;
    napi_status status = wrapping_of(env, HELP_REMOVE_WRAP, object, &wrapping);
    if (status) return status;
    if (result) *result = wrapping->data;
    wrapping->finalize = NULL;
    return status;
}

napi_status napi_type_tag_object(napi_env env, napi_value object, const napi_type_tag *tag) {
    ENTER_JS(env);
    REQUIRE_ARG(env, tag);
    REQUIRE(env, object_of(env, object), napi_object_expected);
    char text[40];
    snprintf(text, sizeof text, "%" PRIx64 "-%" PRIx64, tag->upper, tag->lower);
    Value argv[] = {value_of(object), value_string(env->realm, text)};
    Value done = env_help(env, HELP_TAG, 2, argv);
    if (!done) return napi_pending_exception;
    REQUIRE_ARG(env, value_is_true(done));
    return env_ok(env);
}

napi_status napi_check_object_type_tag(napi_env env, napi_value object, const napi_type_tag *tag,
                                       bool *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, tag);
    REQUIRE_ARG(env, result);
    REQUIRE(env, object_of(env, object), napi_object_expected);
    char expected[40];
    snprintf(expected, sizeof expected, "%" PRIx64 "-%" PRIx64, tag->upper, tag->lower);
    Value argv[] = {value_of(object)};
    Value found = env_help(env, HELP_TAG_OF, 1, argv);
    if (!found) return napi_pending_exception;
    TEXT text = {0};
    *result =
        value_is_cell(found) && value_text(env->realm, found, &text) && strcmp(text.data, expected) == 0;
    return env_ok(env);
}
