/* One file operation: its arguments, the function that carries it out, and what came of it. The same
 * function runs at once for ...Sync and on libuv's threads for the others; it never touches the
 * engine. */
#pragma once

#include "engine/handle.h"

#include "base/bytes.h"
#include "base/list.h"

enum { FS_NUMBERS = 6, FS_STAT_FIELDS = 18, FS_ROOM = 16 * 1024 };

/* Instead of an error's number: lib/ says which argument it was. */
enum { FS_PATH_WITH_NUL = -100000 };

typedef struct FsJob FsJob;

/* What an operation gives back to lib/: a negative number is always libuv's number of an error. */
typedef enum {
    FS_NUMBER,          /* `result` */
    FS_STATS,           /* `stat`, through the shared arrays */
    FS_STATFS,          /* `statfs`, through the shared arrays */
    FS_TEXT,            /* `out` as text, or as a Buffer if the caller wants one */
    FS_NOTHING_OR_TEXT, /* the same, undefined if there is no `out` */
    FS_DIRECTORY,       /* `thing`, as a handle */
} FsResult;

typedef struct {
    const char *name;
    /* One letter an argument: p path, d second path, i number, b bytes that lib/ keeps alive,
     * v text or bytes, l list of bytes, h open folder (H: to close it), t whether FS_TEXT is to be text. */
    const char *arguments;
    void (*run)(FsJob *job);
    FsResult result;
} FsOperation;

extern const FsOperation fs_operations[];
extern const size_t fs_operation_count;

struct FsJob {
    Link link; /* in the queue */
    const FsOperation *operation;
    Realm *realm;
    int32_t id; /* of the request that lib/ keeps; 0: run at once */
    Text path, dest;
    double number[FS_NUMBERS];
    char *data; /* bytes of 'b' and 'v' */
    size_t data_len;
    char *owned; /* `data` if it is ours to free */
    void *thing; /* DIR * */
    uv_buf_t *list;
    unsigned list_len;
    bool as_text;

    int64_t result;
    int stage;                    /* which step of several failed: FS_STAGE_… */
    int64_t stat[FS_STAT_FIELDS]; /* in the order of takeStats in lib/internal/fs/utils.js */
    uv_statfs_t statfs;
    char *out; /* malloc'd, NUL-terminated; or in `room` */
    size_t out_len;
    char *room; /* FS_ROOM bytes of whoever runs the job at once, so that short texts need no malloc */
};

/* Steps that an error may come from, when an operation makes several system calls. */
enum { FS_STAGE_ITSELF, FS_STAGE_OPEN, FS_STAGE_READ, FS_STAGE_WRITE, FS_STAGE_STAT, FS_STAGE_TOO_BIG };

static inline uv_file job_fd(const FsJob *job) {
    return (uv_file)job->number[0];
}

/* For results: `out` becomes a copy, or takes over the bytes. */
void job_set_text(FsJob *job, const char *text, size_t len);
void job_set_error(FsJob *job, int err, int stage);

/* Operations of several system calls, in files of their own. */
void fs_run_read_file(FsJob *job);
void fs_run_write_file(FsJob *job);
void fs_run_read_directory(FsJob *job);
void fs_run_make_directories(FsJob *job);
void fs_run_remove(FsJob *job);
void fs_run_real_path(FsJob *job);
void fs_run_open_directory(FsJob *job);
void fs_run_read_some(FsJob *job);
void fs_run_close_directory(FsJob *job);

struct dirent;
char fs_type_letter(const struct dirent *entry); /* '0' + UV_DIRENT_… */
Object fs_directory_open(FsJob *job);
bool fs_directory_take(FsJob *job, Value v, bool to_close);
Value fs_watch(Call *call);
