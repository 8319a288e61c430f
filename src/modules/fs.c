/* How lib/fs.js reaches the disk: one function that takes an operation's number, a request's number
 * (0: at once) and flat arguments. Asynchronous results come back as (request, result) through one
 * function of lib/internal/fs/binding.js, statistics through arrays that both sides share. */
#include "modules/fs_queue.h"
#include "modules/modules.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STAT_FIELDS = FS_STAT_FIELDS, STAGE_FIELD = STAT_FIELDS, SIZE_FIELD, SHARED_FIELDS };

typedef struct {
    double numbers[SHARED_FIELDS];
    int64_t big[STAT_FIELDS];
    Object complete; /* JS: (request, result) */
    FsQueue *queue;
} FsState;

static FsState *state_of(Realm *realm) {
    void **slot = realm_slot(realm, SLOT_FS);
    if (!*slot) *slot = NEW(FsState);
    return *slot;
}

static void share_stat(FsState *state, const int64_t *stat) {
    for (int i = 0; i < STAT_FIELDS; i++) {
        state->big[i] = stat[i];
        state->numbers[i] = (double)stat[i];
    }
}

static void share_statfs(FsState *state, const uv_statfs_t *statfs) {
    const uint64_t all[] = {statfs->f_type,   statfs->f_bsize, statfs->f_blocks, statfs->f_bfree,
                            statfs->f_bavail, statfs->f_files, statfs->f_ffree};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        state->big[i] = (int64_t)all[i];
        state->numbers[i] = (double)all[i];
    }
}

static Value out_value(FsJob *job) {
    if (job->as_text) return value_string_n(job->realm, job->out, job->out_len);
    Object buffer = buffer_adopt(job->realm, job->out, job->out_len);
    job->out = NULL;
    return buffer;
}

static Value job_value(FsJob *job) {
    FsState *state = state_of(job->realm);
    state->numbers[STAGE_FIELD] = job->stage;
    if (job->result < 0) {
        state->numbers[SIZE_FIELD] = (double)job->out_len;
        if (job->operation->result == FS_NOTHING_OR_TEXT && job->out) {
            Value both[] = {value_number((double)job->result), out_value(job)};
            return array_new(job->realm, COUNT_OF(both), both);
        }
        return value_number((double)job->result);
    }
    switch (job->operation->result) {
    case FS_STATS: share_stat(state, job->stat); return value_int(0);
    case FS_STATFS: share_statfs(state, &job->statfs); return value_int(0);
    case FS_TEXT: return out_value(job);
    case FS_NOTHING_OR_TEXT: return job->out ? out_value(job) : value_undefined();
    case FS_DIRECTORY: return fs_directory_open(job);
    default: return value_number((double)job->result);
    }
}

static void job_clear(FsJob *job) {
    text_free(&job->path);
    text_free(&job->dest);
    mem_free(job->owned);
    mem_free(job->list);
    if (job->out != job->room) free(job->out);
}

static bool take_data(FsJob *job, Value v) {
    if (value_bytes(job->realm, v, &job->data, &job->data_len)) return true;
    Text text;
    if (!value_text(job->realm, v, &text)) return false;
    job->data_len = text.len;
    if (text.data == text.room) {
        job->owned = mem_strndup(text.data, text.len);
        job->data = job->owned;
    } else {
        job->data = job->owned = text.data;
    }
    return true;
}

static bool take_list(FsJob *job, Object list) {
    Realm *realm = job->realm;
    if (!list) return false;
    job->list_len = (unsigned)value_as_int(object_get(realm, list, "length"));
    job->list = mem_new((job->list_len + 1) * sizeof *job->list);
    for (unsigned i = 0; i < job->list_len; i++) {
        char *data;
        size_t len;
        if (!value_bytes(realm, JSObjectGetPropertyAtIndex(realm->ctx, list, i, NULL), &data, &len))
            return false;
        job->list[i] = uv_buf_init(data, (unsigned)len);
    }
    return true;
}

/* lib/ looks for NUL itself where an error has to come at once, else leaves it to us. */
static bool take_path(FsJob *job, Value v, Text *path) {
    if (!value_text(job->realm, v, path)) return false;
    if (strlen(path->data) == path->len) return true;
    job->result = FS_PATH_WITH_NUL;
    return false;
}

/* Arguments start at the third. */
static bool job_take(FsJob *job, Call *call) {
    unsigned numbers = 0;
    size_t i = 2;
    for (const char *letter = job->operation->arguments; *letter; letter++, i++) {
        Value v = call_arg(call, i);
        bool fine = true;
        switch (*letter) {
        case 'p': fine = take_path(job, v, &job->path); break;
        case 'd': fine = take_path(job, v, &job->dest); break;
        case 'i': job->number[numbers++] = value_is_true(v) ? 1 : value_as_double(v); break;
        case 't': job->as_text = value_is_true(v); break;
        case 'b':
            job->data =
                value_is_cell(v) ? JSObjectGetTypedArrayBytesPtr(job->realm->ctx, (Object)v, NULL) : NULL;
            break;
        case 'v': fine = take_data(job, v); break;
        case 'h':
        case 'H': fine = fs_directory_take(job, v, *letter == 'H'); break;
        case 'l': fine = take_list(job, value_object(job->realm, v)); break;
        }
        if (!fine) return false;
    }
    return true;
}

static void job_done(FsJob *job) {
    Realm *realm = job->realm;
    Object complete = state_of(realm)->complete;
    if (complete && !realm->turn[TURN_EXITING]) {
        Value argv[] = {value_int(job->id), job_value(job)};
        realm_dispatch(realm, complete, NULL, COUNT_OF(argv), argv);
    }
    job_clear(job);
    mem_free(job);
}

static void job_prepare(FsJob *job, Call *call, const FsOperation *operation) {
    job->operation = operation;
    job->realm = call->realm;
    job->path.data = job->dest.data = job->owned = job->out = job->room = job->data = NULL;
    job->list = NULL;
    job->as_text = false;
    job->result = 0;
    job->stage = 0;
    job->out_len = job->data_len = 0;
}

static void run_unusable(FsJob *job) {
    job->result = UV_EINVAL;
}
static const FsOperation unusable = {"unusable", "", run_unusable, FS_NUMBER};

static FsQueue *queue_of(Realm *realm) {
    FsState *state = state_of(realm);
    if (!state->queue) state->queue = fs_queue_new(realm, job_done);
    return state->queue;
}

/* call(operation, request, arguments…) -> result, or undefined and later complete(request, result) */
static Value fs_call(Call *call) {
    int operation = call_int(call, 0);
    if (operation < 0 || (size_t)operation >= fs_operation_count) return value_int(UV_ENOSYS);
    int32_t id = call_int(call, 1);
    if (!id) {
        FsJob job;
        char room[FS_ROOM];
        job_prepare(&job, call, &fs_operations[operation]);
        job.room = room;
        Value result;
        if (job_take(&job, call)) {
            job.operation->run(&job);
            result = job_value(&job);
        } else {
            result = value_int(job.result ? (int)job.result : UV_EINVAL);
        }
        job_clear(&job);
        return result;
    }
    FsJob *job = mem_new(sizeof *job);
    job_prepare(job, call, &fs_operations[operation]);
    job->id = id;
    if (!job_take(job, call)) job->operation = &unusable; /* told through the callback, like every failure */
    fs_queue_add(queue_of(call->realm), job);
    return NULL;
}

static Value fs_set_complete(Call *call) {
    FsState *state = state_of(call->realm);
    state->complete = call_function(call, 0);
    if (state->complete) value_keep(call->realm, state->complete);
    return NULL;
}

/* exists(path), for existsSync: no error to make */
static Value fs_exists(Call *call) {
    TEXT path;
    if (!value_text(call->realm, call_arg(call, 0), &path)) return value_bool(false);
    return value_bool(strlen(path.data) == path.len && access(path.data, F_OK) == 0);
}

#define C(name)                                                                                              \
    { #name, name }
static const struct {
    const char *name;
    int value;
} constants[] = {
    {"UV_FS_SYMLINK_DIR",            UV_FS_SYMLINK_DIR           },
    {"UV_FS_SYMLINK_JUNCTION",       UV_FS_SYMLINK_JUNCTION      },
    C(O_RDONLY),
    C(O_WRONLY),
    C(O_RDWR),
    {"UV_DIRENT_UNKNOWN",            UV_DIRENT_UNKNOWN           },
    {"UV_DIRENT_FILE",               UV_DIRENT_FILE              },
    {"UV_DIRENT_DIR",                UV_DIRENT_DIR               },
    {"UV_DIRENT_LINK",               UV_DIRENT_LINK              },
    {"UV_DIRENT_FIFO",               UV_DIRENT_FIFO              },
    {"UV_DIRENT_SOCKET",             UV_DIRENT_SOCKET            },
    {"UV_DIRENT_CHAR",               UV_DIRENT_CHAR              },
    {"UV_DIRENT_BLOCK",              UV_DIRENT_BLOCK             },
    C(S_IFMT),
    C(S_IFREG),
    C(S_IFDIR),
    C(S_IFCHR),
    C(S_IFBLK),
    C(S_IFIFO),
    C(S_IFLNK),
    C(S_IFSOCK),
    C(O_CREAT),
    C(O_EXCL),
    {"UV_FS_O_FILEMAP",              0                           },
    C(O_NOCTTY),
    C(O_TRUNC),
    C(O_APPEND),
    C(O_DIRECTORY),
    C(O_NOATIME),
    C(O_NOFOLLOW),
    C(O_SYNC),
    C(O_DSYNC),
    C(O_DIRECT),
    C(O_NONBLOCK),
    C(S_IRWXU),
    C(S_IRUSR),
    C(S_IWUSR),
    C(S_IXUSR),
    C(S_IRWXG),
    C(S_IRGRP),
    C(S_IWGRP),
    C(S_IXGRP),
    C(S_IRWXO),
    C(S_IROTH),
    C(S_IWOTH),
    C(S_IXOTH),
    C(F_OK),
    C(R_OK),
    C(W_OK),
    C(X_OK),
    {"UV_FS_COPYFILE_EXCL",          UV_FS_COPYFILE_EXCL         },
    {"COPYFILE_EXCL",                UV_FS_COPYFILE_EXCL         },
    {"UV_FS_COPYFILE_FICLONE",       UV_FS_COPYFILE_FICLONE      },
    {"COPYFILE_FICLONE",             UV_FS_COPYFILE_FICLONE      },
    {"UV_FS_COPYFILE_FICLONE_FORCE", UV_FS_COPYFILE_FICLONE_FORCE},
    {"COPYFILE_FICLONE_FORCE",       UV_FS_COPYFILE_FICLONE_FORCE},
};
#undef C

/* constants() -> [name, number, …] */
static Value fs_constants(Call *call) {
    Value flat[COUNT_OF(constants) * 2];
    for (size_t i = 0; i < COUNT_OF(constants); i++) {
        flat[i * 2] = value_string(call->realm, constants[i].name);
        flat[i * 2 + 1] = value_int(constants[i].value);
    }
    return array_new(call->realm, COUNT_OF(flat), flat);
}

static void setup(Realm *realm, Object binding) {
    /* A file that may not grow is an error of the write, not the end of the program. */
    if (realm->options.is_main) signal(SIGXFSZ, SIG_IGN);
    FsState *state = state_of(realm);
    object_set(realm, binding, "numbers",
               typed_array_over(realm, kJSTypedArrayTypeFloat64Array, state->numbers, sizeof state->numbers));
    object_set(realm, binding, "big",
               typed_array_over(realm, kJSTypedArrayTypeBigInt64Array, state->big, sizeof state->big));
    Object operations = object_new(realm);
    for (size_t i = 0; i < fs_operation_count; i++)
        object_set_int(realm, operations, fs_operations[i].name, (int64_t)i);
    object_set(realm, binding, "operations", operations);
}

static void teardown(Realm *realm) {
    FsState *state = state_of(realm);
    state->complete = NULL;
    if (state->queue) fs_queue_free(state->queue);
    mem_free(state);
    *realm_slot(realm, SLOT_FS) = NULL;
}

static const Native functions[] = {
    {"call",        fs_call},
    {"exists",             fs_exists},
    {"watch",fs_watch},
    {"constants",       fs_constants},
    {"setComplete",             fs_set_complete},
    {0}
};

const Module fs_module = {"fs", functions, setup, teardown};
