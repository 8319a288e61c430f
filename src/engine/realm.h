/* A realm is one thread's JavaScript world: its engine context, its event loop, its modules, its
 * handles. It is passed to everything that needs it; there is no global state, because a worker
 * thread is just one more realm. */
#pragma once

#include "base/bytes.h"
#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"
#include "engine/kept.h"

#include <sys/resource.h>
#include <uv.h>

typedef struct Realm Realm;
typedef struct Call Call;
typedef struct Peek Peek;
typedef struct Bytecode Bytecode;
/* What a thread keeps of the engine from one realm to the next. */
typedef struct Engine Engine;
typedef Value (*NativeFunction)(Call *call);

/* A C function as JavaScript sees it. Tables of them end with an entry without a name. */
typedef struct {
    const char *name;
    NativeFunction function;
} Native;

/* The native half of one Node module: what internalBinding(name) returns. */
typedef struct {
    const char *name;
    const Native *functions;
    void (*setup)(Realm *realm, Object binding); /* adds constants; may be NULL */
    void (*teardown)(Realm *realm); /* frees what the module keeps with realm_slot; may be NULL */
} Module;

/* Everything that JavaScript can hold and C owns starts with this, so that a wrong `this` is told
 * from a right one. */
typedef struct {
    const void *kind;
} Private;

/* Numbers that JavaScript and C share without crossing: an Int32Array over C's memory. */
enum {
    TURN_HAS_TICKS,      /* process.nextTick callbacks are waiting */
    TURN_HAS_REJECTIONS, /* promises were rejected and nobody listens */
    TURN_IMMEDIATES,     /* immediates waiting */
    TURN_IMMEDIATE_REFS, /* … of them, those that keep the loop alive */
    TURN_AGAIN,          /* the JavaScript side has more of the same: call again */
    TURN_EXITING,        /* process.exit() was called: no more JavaScript callbacks */
    TURN_FIELDS
};

typedef struct {
    bool is_main;
    bool in_template; /* see copy.h */
    bool is_watched;  /* no loop may escape a look at it, see watch.h */
    int argc;
    char **argv;
    const char *exec_path;
    const Bytecode *bytecode;     /* of lib/; NULL: it is parsed */
    const Module *const *modules; /* ends with NULL */
    void *data;                   /* the runtime's own: options, worker */
    void *worker;                 /* of modules/worker.c; NULL in the main realm */
    uint64_t process_start_ns;    /* 0: with this realm the process begins */
    double process_start_ms;      /* the wall clock then */
} RealmOptions;

struct Realm {
    uv_loop_t loop;
    Engine *engine;
    JSContextGroupRef group; /* the engine's */
    JSGlobalContextRef ctx;
    RealmOptions options;

    int32_t *turn;   /* TURN_… */
    double *clock;   /* the loop's time in ms since the start, for lib/timers.js */
    Object dispatch; /* JS: calls a callback, reports what it throws, runs ticks */
    Object run_ticks;
    Object make_error;    /* JS: (kind, code, message) -> Error */
    Object make_uv_error; /* JS: (errno, syscall, path, dest, message) -> Error */
    Object require;       /* JS: id of a built-in -> its exports */
    /* NULL until the module is loaded, which the first Buffer of C's does. */
    Object buffer_prototype, buffer_class;
    Object uint8_array_class; /* NULL before the first Buffer of C's */
    JSClassRef native_class, shelf_class, handle_class;
    struct Peek *peek;       /* how the engine lays out strings and views, see peek.h */
    struct Copying *copying; /* in a template and its copies, see copy.c */
    List watchers;           /* look at scripts while they run, see watch.h */

    Map builtins;    /* id -> exports, for internalBinding */
    Map prototypes;  /* handle class name -> prototype object */
    Map strings;     /* text -> JSStringRef, kept */
    void *slots[64]; /* per-module state, see realm_slot */
    KeptValues kept; /* of a thread's realm, see kept.h */
    List handles;
    List collected; /* handles whose objects are gone: disposed of in the next turn */
    Object timers_run, immediates_run;
    uv_timer_t timer;
    uv_check_t immediate_check;
    uv_idle_t immediate_idle;
    uv_prepare_t housekeeping;
    void *glib;                                    /* the engine's main context, see loop.c */
    uint64_t loop_start_ns;                        /* 0 before the loop runs */
    uint64_t loop_start_worked_ns, idle_before_ns; /* see realm_idle_ms */
    bool measures_idle;
    uint64_t options_ns, engine_ns, context_ns, ready_ns; /* when each step of the start was done */
    uint64_t start_ns, start_ms; /* process.hrtime and the loop's clock at the start */
    double time_origin_ms;
    struct rusage used_before; /* what the thread had used when the realm became a worker's */
    int exit_code;
    bool stopping;
    bool can_enter, is_entered; /* see entry.h */
    bool wants_code_away;       /* when the program has started and sleeps */
    bool has_read_bytecode;     /* since it was last put away */
    bool has_spent_engine;      /* something of this realm may still happen in the engine after its end */
};

/* Starts the engine on this thread. NULL with a message on stderr if it cannot. */
Realm *realm_new(const RealmOptions *options);
/* The same in two steps, for a realm on a thread of its own: what may fail for want of descriptors is done by
 * the thread that can say so (NULL and *err), the rest on the new one. */
Realm *realm_prepare(const RealmOptions *options, Engine *engine, int *err); /* engine: NULL for a new one */
bool realm_start(Realm *realm);
void realm_discard(Realm *realm); /* one that was never started */
/* A realm that was started for whoever comes is this one's from now on. */
void realm_hand_over(Realm *realm, const RealmOptions *options);
/* Ends it but leaves its engine to a realm that was prepared for it on the same thread. */
void realm_end(Realm *realm);
/* Collects all garbage now; the bytes that are left. */
size_t realm_collect(Realm *realm);
/* For what a module needs of the loop as soon as it is loaded: at once, or in a copy when it has its loop. */
void realm_when_awake(Realm *realm, void (*opened)(Realm *realm));
/* Runs the built-in module `id` and returns its exports; NULL and *exception on failure. */
Value realm_require(Realm *realm, const char *id, Value *exception);
/* Closes every handle and frees the engine. A main realm may simply exit instead. */
void realm_free(Realm *realm);

/* One run of the loop until nothing keeps it alive or the realm is stopping. */
void realm_run_loop(Realm *realm);
/* How long the loop waited since it began. The main realm's measures from the first question on; what was
 * before is the time that passed less the time that its thread worked. */
double realm_idle_ms(Realm *realm);
void realm_stop(Realm *realm, int exit_code);

/* Calls a JavaScript callback from the loop: what it throws goes to 'uncaughtException', then ticks
 * and microtasks run. This is how every event enters JavaScript. */
void realm_dispatch(Realm *realm, Object function, Value self, size_t argc, const Value *argv);
/* Calls a function from within a native call or at start; the caller handles *exception. */
Value realm_call(Realm *realm, Object function, Value self, size_t argc, const Value *argv, Value *exception);
/* For modules/timers.c: when lib/timers.js wants to be called next, and that its count changed. */
void realm_schedule_timer(Realm *realm, double delay_ms);
void realm_immediates_changed(Realm *realm);

/* Every entry into JavaScript from the loop says first what time it is. */
static inline void realm_tell_time(Realm *realm) {
    *realm->clock = (double)(uv_now(&realm->loop) - realm->start_ms);
}

/* Per-module state: slot ids are handed out by the modules' own enum in modules/slots.h. */
static inline void **realm_slot(Realm *realm, unsigned slot) {
    return &realm->slots[slot];
}

/* For what goes wrong before JavaScript can report it itself. */
void realm_print_error(Realm *realm, Value error);

/* Text */
JSStringRef realm_string(Realm *realm, const char *text); /* kept: do not release */
Value value_string(Realm *realm, const char *text);
Value value_string_n(Realm *realm, const char *text, size_t len); /* UTF-8 */
Value value_latin1(Realm *realm, const char *text, size_t len);
Value value_utf16(Realm *realm, const uint16_t *chars, size_t len);

/* Objects */
Object object_new(Realm *realm);
Value object_get(Realm *realm, Object object, const char *name);
void object_set(Realm *realm, Object object, const char *name, Value value);
void object_set_int(Realm *realm, Object object, const char *name, int64_t n);
void object_set_native(Realm *realm, Object object, const Native *native);
/* `values` must be on the stack, where the collector looks: fill a longer array with array_put. */
Object array_new(Realm *realm, size_t count, const Value *values);
void array_put(Realm *realm, Object array, size_t index, Value value);
Object value_object(Realm *realm, Value v); /* NULL if it is none */
bool value_is_function(Realm *realm, Value v);
void value_keep(Realm *realm, Value v); /* the collector leaves it alone … */
void value_drop(Realm *realm, Value v); /* … until this */

/* Bytes */
/* A Buffer over memory that is handed over: freed with free() when it is collected. */
Object buffer_adopt(Realm *realm, void *memory, size_t len);
Object buffer_copy(Realm *realm, const void *data, size_t len);
Object uint8_array_copy(Realm *realm, const void *data, size_t len); /* no Buffer */
Object array_buffer_adopt(Realm *realm, void *memory, size_t len);
/* The same with another end than free(), which comes on any thread. */
Object array_buffer_over(Realm *realm, void *memory, size_t len, void (*give_back)(void *memory));
/* A typed array over memory that C keeps (it must outlive the realm's use of it). */
Object typed_array_over(Realm *realm, JSTypedArrayType type, void *memory, size_t bytes);
/* The bytes of a typed array, DataView-less ArrayBuffer or Buffer; false if it is none. Valid until
 * JavaScript runs again, or longer while the value is kept. */
bool value_bytes(Realm *realm, Value v, char **data, size_t *len);

/* Errors: each makes an Error for *exception or a callback. */
Value error_new(Realm *realm, const char *kind, const char *code, const char *message);
Value error_uv(Realm *realm, int err, const char *syscall, const char *path, const char *dest);
