/* Functions that any thread may call: calls wait in a queue for the loop. */
#include "modules/napi/env.h"

/* How many calls one turn of the loop takes, so that a busy thread does not hold up everything else. */
enum { CALLS_A_TURN = 1000 };

typedef struct {
    Link link;
    void *data;
} Waiting;

struct napi_threadsafe_function__ {
    Task task;
    uv_async_t wake;
    uv_mutex_t lock;
    uv_cond_t room; /* or the end */
    List queue;
    size_t count, most, threads;
    bool is_closing; /* no more calls */
    bool is_closed;  /* the handle is: the last thread frees */
    Object function; /* kept; may be NULL */
    napi_threadsafe_function_call_js call;
    void *context, *finalize_data;
    napi_finalize finalize;
};

typedef napi_threadsafe_function Shared;

static void shared_free(Shared self) {
    uv_mutex_destroy(&self->lock);
    uv_cond_destroy(&self->room);
    mem_free(self);
}

static Waiting *shared_take(Shared self) {
    Waiting *waiting = NULL;
    uv_mutex_lock(&self->lock);
    if (!list_is_empty(&self->queue)) {
        waiting = CONTAINER_OF(self->queue.next, Waiting, link);
        link_remove(&waiting->link);
        if (self->count-- == self->most && self->most) uv_cond_signal(&self->room);
    }
    uv_mutex_unlock(&self->lock);
    return waiting;
}

static void call_plainly(napi_env env, napi_value function) {
    napi_value self;
    napi_get_undefined(env, &self);
    if (function) napi_call_function(env, self, function, 0, NULL, NULL);
}

/* One call; after an abort the addon is told with nothing but its data, to free it. */
static void shared_call(Shared self, napi_env env, void *data) {
    napi_value function = env && self->function ? env_give(env, self->function) : NULL;
    if (self->call)
        self->call(env, function, self->context, data);
    else if (env)
        call_plainly(env, function);
}

static void shared_drain(Shared self) {
    Waiting *waiting;
    while ((waiting = shared_take(self))) {
        shared_call(self, NULL, waiting->data);
        mem_free(waiting);
    }
}

static void close_hook(void *data);

static void shared_closed(uv_handle_t *handle) {
    Shared self = CONTAINER_OF((uv_async_t *)handle, struct napi_threadsafe_function__, wake);
    napi_env env = self->task.env;
    shared_drain(self);
    if (self->finalize) env_finalize(env, self->finalize, self->finalize_data, self->context);
    if (self->function && !env->is_closed) value_drop(env->realm, self->function);
    task_close(&self->task);
    napi_remove_env_cleanup_hook(env, close_hook, self);
    uv_mutex_lock(&self->lock);
    self->is_closed = true;
    bool is_last = self->threads == 0;
    uv_mutex_unlock(&self->lock);
    if (is_last) shared_free(self);
    env_release(env);
}

static void shared_close(Shared self) {
    uv_mutex_lock(&self->lock);
    self->is_closing = true;
    uv_cond_broadcast(&self->room);
    uv_mutex_unlock(&self->lock);
    if (!uv_is_closing((uv_handle_t *)&self->wake)) uv_close((uv_handle_t *)&self->wake, shared_closed);
}

static void close_hook(void *data) {
    shared_close(data);
}

static void shared_run(Task *task) {
    Shared self = CONTAINER_OF(task, struct napi_threadsafe_function__, task);
    napi_env env = task->env;
    for (int calls = 0; calls < CALLS_A_TURN && !self->is_closing && !env->pending; calls++) {
        Waiting *waiting = shared_take(self);
        if (!waiting) return;
        napi_handle_scope scope;
        napi_open_handle_scope(env, &scope);
        shared_call(self, env, waiting->data);
        napi_close_handle_scope(env, scope);
        mem_free(waiting);
    }
}

static void woken(uv_async_t *handle) {
    Shared self = CONTAINER_OF(handle, struct napi_threadsafe_function__, wake);
    task_dispatch(&self->task);
    uv_mutex_lock(&self->lock);
    bool is_empty = list_is_empty(&self->queue), ends = self->threads == 0;
    uv_mutex_unlock(&self->lock);
    if (self->is_closing || (is_empty && ends))
        shared_close(self);
    else if (!is_empty)
        uv_async_send(&self->wake);
}

napi_status napi_create_threadsafe_function(napi_env env, napi_value function, napi_value resource,
                                            napi_value name, size_t most, size_t threads, void *finalize_data,
                                            napi_finalize finalize, void *context,
                                            napi_threadsafe_function_call_js call,
                                            napi_threadsafe_function *result) {
    ENTER(env);
    REQUIRE_ARG(env, name);
    REQUIRE_ARG(env, threads > 0);
    REQUIRE_ARG(env, result);
    REQUIRE_ARG(env, function || call);
    Object object = object_of(env, function);
    REQUIRE(env, !function || (object && JSObjectIsFunction(env->realm->ctx, object)), napi_invalid_arg);
    Shared self = NEW(struct napi_threadsafe_function__);
    list_init(&self->queue);
    self->most = most;
    self->threads = threads;
    self->call = call;
    self->context = context;
    self->finalize = finalize;
    self->finalize_data = finalize_data;
    if (uv_async_init(&env->realm->loop, &self->wake, woken)) {
        mem_free(self);
        return env_fail(env, napi_generic_failure);
    }
    uv_mutex_init(&self->lock);
    uv_cond_init(&self->room);
    env_use(env);
    if (!task_open(env, &self->task, shared_run)) {
        self->threads = 0;
        self->finalize = NULL;
        shared_close(self);
        return napi_pending_exception;
    }
    self->function = object;
    if (object) value_keep(env->realm, object);
    napi_add_env_cleanup_hook(env, close_hook, self);
    *result = self;
    return env_ok(env);
}

napi_status napi_get_threadsafe_function_context(napi_threadsafe_function self, void **result) {
    if (!self || !result) return napi_invalid_arg;
    *result = self->context;
    return napi_ok;
}

/* A thread that learns that the function closes has let go of it. */
static napi_status closing_seen(Shared self) {
    if (self->threads) self->threads--;
    bool is_last = self->threads == 0 && self->is_closed;
    uv_mutex_unlock(&self->lock);
    if (is_last) shared_free(self);
    return napi_closing;
}

napi_status napi_call_threadsafe_function(napi_threadsafe_function self, void *data,
                                          napi_threadsafe_function_call_mode mode) {
    if (!self) return napi_invalid_arg;
    uv_mutex_lock(&self->lock);
    while (self->most && self->count >= self->most && !self->is_closing) {
        if (mode == napi_tsfn_nonblocking) {
            uv_mutex_unlock(&self->lock);
            return napi_queue_full;
        }
        uv_cond_wait(&self->room, &self->lock);
    }
    if (self->is_closing) return closing_seen(self);
    Waiting *waiting = NEW(Waiting);
    waiting->data = data;
    list_append(&self->queue, &waiting->link);
    self->count++;
    uv_async_send(&self->wake);
    uv_mutex_unlock(&self->lock);
    return napi_ok;
}

napi_status napi_acquire_threadsafe_function(napi_threadsafe_function self) {
    if (!self) return napi_invalid_arg;
    uv_mutex_lock(&self->lock);
    bool can = !self->is_closing;
    if (can) self->threads++;
    uv_mutex_unlock(&self->lock);
    return can ? napi_ok : napi_closing;
}

napi_status napi_release_threadsafe_function(napi_threadsafe_function self,
                                             napi_threadsafe_function_release_mode mode) {
    if (!self) return napi_invalid_arg;
    uv_mutex_lock(&self->lock);
    if (self->threads == 0) {
        uv_mutex_unlock(&self->lock);
        return napi_invalid_arg;
    }
    self->threads--;
    bool frees = self->is_closed && self->threads == 0;
    if (!self->is_closing && (self->threads == 0 || mode == napi_tsfn_abort)) {
        self->is_closing = mode == napi_tsfn_abort;
        if (self->is_closing) uv_cond_broadcast(&self->room);
        uv_async_send(&self->wake);
    }
    uv_mutex_unlock(&self->lock);
    if (frees) shared_free(self);
    return napi_ok;
}

napi_status napi_unref_threadsafe_function(node_api_basic_env env, napi_threadsafe_function self) {
    ENTER(env);
    REQUIRE_ARG(env, self);
    uv_unref((uv_handle_t *)&self->wake);
    return env_ok(env);
}

napi_status napi_ref_threadsafe_function(node_api_basic_env env, napi_threadsafe_function self) {
    ENTER(env);
    REQUIRE_ARG(env, self);
    uv_ref((uv_handle_t *)&self->wake);
    return env_ok(env);
}
