/* An addon's work on other threads that ends in a callback. */
#include "modules/napi/env.h"

struct napi_async_work__ {
    Task task;
    uv_work_t uv;
    napi_async_execute_callback execute;
    napi_async_complete_callback complete;
    void *data;
    napi_status status;
    bool is_queued;
};

static void work_free(napi_async_work work) {
    napi_env env = work->task.env;
    task_close(&work->task);
    mem_free(work);
    env_release(env);
}

static void work_complete(Task *task) {
    napi_async_work work = CONTAINER_OF(task, struct napi_async_work__, task);
    if (work->complete) work->complete(task->env, work->status, work->data);
}

static void work_run(uv_work_t *uv) {
    napi_async_work work = CONTAINER_OF(uv, struct napi_async_work__, uv);
    work->execute(work->task.env, work->data);
}

/* The callback may delete the work, or queue it again. */
static void work_done(uv_work_t *uv, int status) {
    napi_async_work work = CONTAINER_OF(uv, struct napi_async_work__, uv);
    napi_env env = work->task.env;
    work->status = status == UV_ECANCELED ? napi_cancelled : status ? napi_generic_failure : napi_ok;
    work->is_queued = false;
    env_use(env);
    if (env->is_closed)
        work_complete(&work->task);
    else
        task_dispatch(&work->task);
    env_release(env);
}

napi_status napi_create_async_work(napi_env env, napi_value resource, napi_value name,
                                   napi_async_execute_callback execute, napi_async_complete_callback complete,
                                   void *data, napi_async_work *result) {
    ENTER(env);
    REQUIRE_ARG(env, execute);
    REQUIRE_ARG(env, result);
    napi_async_work work = NEW(struct napi_async_work__);
    env_use(env);
    work->execute = execute;
    work->complete = complete;
    work->data = data;
    if (!task_open(env, &work->task, work_complete)) {
        work_free(work);
        return napi_pending_exception;
    }
    *result = work;
    return env_ok(env);
}

napi_status napi_delete_async_work(napi_env env, napi_async_work work) {
    ENTER(env);
    REQUIRE_ARG(env, work);
    REQUIRE(env, !work->is_queued, napi_generic_failure);
    work_free(work);
    return env_ok(env);
}

napi_status napi_queue_async_work(node_api_basic_env env, napi_async_work work) {
    ENTER(env);
    REQUIRE_ARG(env, work);
    REQUIRE(env, !work->is_queued, napi_generic_failure);
    REQUIRE(env, uv_queue_work(&env->realm->loop, &work->uv, work_run, work_done) == 0, napi_generic_failure);
    work->is_queued = true;
    return env_ok(env);
}

napi_status napi_cancel_async_work(node_api_basic_env env, napi_async_work work) {
    ENTER(env);
    REQUIRE_ARG(env, work);
    REQUIRE(env, work->is_queued && uv_cancel((uv_req_t *)&work->uv) == 0, napi_generic_failure);
    return env_ok(env);
}
