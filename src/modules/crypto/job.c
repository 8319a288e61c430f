#include "modules/crypto/crypto.h"

#include "engine/peek.h"

#include <openssl/err.h>

static Value job_error(Realm *realm, Job *job) {
    if (job->message) return error_new(realm, job->kind ? job->kind : "Error", job->code, job->message);
    return ssl_errors_value(realm, &job->errors, "Operation failed");
}

void job_out_of_memory(Job *job) {
    job->failed = true;
    job->code = "ERR_MEMORY_ALLOCATION_FAILED";
    job->message = "Failed to allocate memory";
}

static void job_run(Job *job) {
    ERR_clear_error();
    job->class->run(job);
    ssl_errors_take(&job->errors);
}

static void job_work(uv_work_t *work) {
    job_run(CONTAINER_OF(work, Job, work));
}

static void job_done(uv_work_t *work, int status) {
    Job *job = CONTAINER_OF(work, Job, work);
    Realm *realm = job->realm;
    Object callback = job->callback;
    if (status == 0 && !realm->turn[TURN_EXITING]) {
        Value argv[2] = {value_null(), value_undefined()};
        if (job->failed)
            argv[0] = job_error(realm, job);
        else
            argv[1] = job->class->result(realm, job);
        job->class->free(job);
        realm_dispatch(realm, callback, value_undefined(), 2, argv);
    } else {
        job->class->free(job);
    }
    value_drop(realm, callback);
}

Value job_start(Call *call, Job *job, size_t callback_at) {
    Realm *realm = call->realm;
    job->realm = realm;
    job->callback = call_function(call, callback_at);
    if (job->callback) {
        value_keep(realm, job->callback);
        uv_queue_work(&realm->loop, &job->work, job_work, job_done);
        return value_undefined();
    }
    job_run(job);
    Value value = job->failed ? job_error(realm, job) : job->class->result(realm, job);
    bool failed = job->failed;
    job->class->free(job);
    return failed ? throw_value(call, value) : value;
}

bool call_is_given(const Call *call, size_t i) {
    return !value_is_nullish(call_arg(call, i));
}

bool call_view(Call *call, size_t i, View *view) {
    view->text.data = NULL;
    view->data = view->text.room;
    view->len = 0;
    if (!call_is_given(call, i)) return true;
    if (peek_bytes(call->realm, call_arg(call, i), &view->data, &view->len)) {
        if (!view->data) view->data = view->text.room;
        return true;
    }
    if (!call_text(call, i, &view->text)) return false;
    view->data = view->text.data;
    view->len = view->text.len;
    return true;
}

void view_free(View *view) {
    text_free(&view->text);
}

Bytes call_copy(Call *call, size_t i) {
    Bytes bytes = {0};
    VIEW view = {0};
    if (call_view(call, i, &view)) bytes_append(&bytes, view.data, view.len);
    return bytes;
}
