/* Starting a child for lib/child_process.js and hearing of its end. */
#include "engine/handle.h"
#include "modules/modules.h"
#include "modules/process_wrap.h"
#include "modules/spawn.h"
#include "sys/template.h"

#include <errno.h>

typedef struct {
    Object on_exit;
    Template *template; /* NULL: none was asked for, or it does not work here */
} ProcessState;

typedef struct {
    ProcessState *state;
    const ProcessOptions *options;
} CopyStart;

static ProcessState *state_of(Realm *realm) {
    void **slot = realm_slot(realm, SLOT_PROCESSES);
    if (!*slot) *slot = NEW(ProcessState);
    return *slot;
}

typedef struct {
    Handle base;
    Process *process;
    Value owner; /* the ChildProcess; kept until the end */
    pid_t pid;
    bool ended;
} ProcessHandle;

static void process_dispose(Handle *handle) {
    ProcessHandle *process = (ProcessHandle *)handle;
    process_free(process->process);
    if (process->owner) value_drop(handle->realm, process->owner);
    handle_leave(handle);
    mem_free(process);
}

static ProcessHandle *call_process(Call *call);

static Value process_wrap_pid(Call *call) {
    ProcessHandle *process = call_process(call);
    return process ? value_int(process->ended ? process->pid : process_pid(process->process)) : NULL;
}

/* kill(signal) -> 0 or an error */
static Value process_wrap_kill(Call *call) {
    ProcessHandle *process = call_process(call);
    if (!process) return NULL;
    return value_int(process->ended ? UV_ESRCH : process_kill(process->process, call_int(call, 0)));
}

static Value process_wrap_ref(Call *call) {
    ProcessHandle *process = call_process(call);
    if (process && !process->ended) process_ref(process->process);
    return NULL;
}

static Value process_wrap_unref(Call *call) {
    ProcessHandle *process = call_process(call);
    if (process && !process->ended) process_unref(process->process);
    return NULL;
}

static Value process_wrap_has_ref(Call *call) {
    ProcessHandle *process = call_process(call);
    return process ? value_bool(!process->ended && process_has_ref(process->process)) : NULL;
}

static const Native methods[] = {
    {"getPid",            process_wrap_pid},
    {"kill",                   process_wrap_kill},
    {"ref",process_wrap_ref},
    {"unref",               process_wrap_unref},
    {"hasRef",                   process_wrap_has_ref},
    {0}
};

static const HandleClass process_class = {"Process", methods, process_dispose};

static ProcessHandle *call_process(Call *call) {
    return (ProcessHandle *)call_handle(call, &process_class);
}

static void on_exited(void *data, int status, int signal) {
    ProcessHandle *process = data;
    Realm *realm = process->base.realm;
    Value owner = process->owner;
    process->ended = true;
    process->owner = NULL;
    process->pid = process_pid(process->process);
    process_free(process->process); /* its descriptor would wait for the collector */
    process->process = NULL;
    Object callback = state_of(realm)->on_exit;
    Value argv[] = {value_int(status), value_int(signal)};
    if (callback && owner) realm_dispatch(realm, callback, owner, 2, argv);
    if (owner) value_drop(realm, owner);
    handle_unpin(&process->base);
}

Object process_wrap_open(Realm *realm, Value owner, ProcessStarter start, void *data, int *error) {
    ProcessHandle *process = NEW(ProcessHandle);
    *error = start(&realm->loop, data, on_exited, process, &process->process);
    if (*error) {
        mem_free(process);
        return NULL;
    }
    Object object = handle_open(realm, &process->base, &process_class);
    process->owner = owner;
    value_keep(realm, owner);
    handle_pin(&process->base);
    return object;
}

static int start_program(uv_loop_t *loop, void *data, ProcessExited exited, void *owner, Process **process) {
    return process_spawn(loop, data, exited, owner, process);
}

/* A worker of ours is best made from a template, if there is one and it answers. */
static int start_copy(uv_loop_t *loop, void *data, ProcessExited exited, void *owner, Process **process) {
    CopyStart *copy = data;
    Template **template = &copy->state->template;
    if (*template && template_can(*template, copy->options)) {
        int error = template_spawn(*template, loop, copy->options, exited, owner, process);
        if (error != -ENOSYS) return error;
        template_stop(*template);
        *template = NULL;
    }
    return process_spawn(loop, copy->options, exited, owner, process);
}

/* template(): gets one ready in the background */
static Value process_wrap_template(Call *call) {
    ProcessState *state = state_of(call->realm);
    if (!state->template)
        state->template = template_start(&call->realm->loop, call->realm->options.exec_path);
    return NULL;
}

/* spawn(owner, …as spawn_read) -> handle, or an error; the owner hears of the end */
static Value process_wrap_spawn(Call *call) {
    Spawn spawn;
    if (!spawn_read(call, 1, &spawn)) {
        spawn_free(&spawn);
        return NULL;
    }
    Object object = NULL;
    int error = spawn_pipes_open(&spawn);
    bool as_copy = call_int(call, 7) & SPAWN_FROM_TEMPLATE;
    CopyStart copy = {state_of(call->realm), &spawn.options};
    if (!error) {
        object = process_wrap_open(call->realm, call_arg(call, 0), as_copy ? start_copy : start_program,
                                   as_copy ? (void *)&copy : (void *)&spawn.options, &error);
    }
    spawn_pipes_close(&spawn, error != 0);
    spawn_free(&spawn);
    return error ? value_int(error) : object;
}

/* onExit(function (status, signal)): called with the owner as `this` */
static Value process_wrap_on_exit(Call *call) {
    Object callback = call_function(call, 0);
    if (!callback) return NULL;
    value_keep(call->realm, callback);
    state_of(call->realm)->on_exit = callback;
    return NULL;
}

static const Native functions[] = {
    {"spawn",                process_wrap_spawn},
    {"template",                      process_wrap_template},
    {"onExit",process_wrap_on_exit},
    {0              }
};

static void teardown(Realm *realm) {
    ProcessState *state = *realm_slot(realm, SLOT_PROCESSES);
    if (state && state->template) template_stop(state->template);
    mem_free(state);
    *realm_slot(realm, SLOT_PROCESSES) = NULL;
}

const Module process_wrap_module = {"process_wrap", functions, NULL, teardown};
