/* The table of file operations: what lib/fs.js can ask for, and for each the system call that does it. */
#include "modules/fs_job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

void job_set_text(FsJob *job, const char *text, size_t len) {
    job->out = malloc(len + 1);
    if (!job->out) abort();
    memcpy(job->out, text, len);
    job->out[len] = '\0';
    job->out_len = len;
}

void job_set_error(FsJob *job, int err, int stage) {
    job->result = err;
    job->stage = stage;
}

#define PATH job->path.data
#define DEST job->dest.data
#define NUMBER(i) job->number[i]

/* Without a callback libuv makes the system call on this thread. */
#define UV(function, ...)                                                                                    \
    uv_fs_t request;                                                                                         \
    function(NULL, &request, __VA_ARGS__);                                                                   \
    job->result = request.result

#define SIMPLE(name, function, ...)                                                                          \
    static void run_##name(FsJob *job) {                                                                     \
        UV(function, __VA_ARGS__, NULL);                                                                     \
        uv_fs_req_cleanup(&request);                                                                         \
    }

SIMPLE(access, uv_fs_access, PATH, (int)NUMBER(0))
SIMPLE(open, uv_fs_open, PATH, (int)NUMBER(0), (int)NUMBER(1))
SIMPLE(close, uv_fs_close, job_fd(job))
SIMPLE(rename, uv_fs_rename, PATH, DEST)
SIMPLE(truncate_fd, uv_fs_ftruncate, job_fd(job), (int64_t)NUMBER(1))
SIMPLE(sync, uv_fs_fsync, job_fd(job))
SIMPLE(sync_data, uv_fs_fdatasync, job_fd(job))
SIMPLE(make_directory, uv_fs_mkdir, PATH, (int)NUMBER(0))
SIMPLE(remove_directory, uv_fs_rmdir, PATH)
SIMPLE(unlink, uv_fs_unlink, PATH)
SIMPLE(link, uv_fs_link, PATH, DEST)
SIMPLE(make_symlink, uv_fs_symlink, PATH, DEST, (int)NUMBER(0))
SIMPLE(chmod, uv_fs_chmod, PATH, (int)NUMBER(0))
SIMPLE(fchmod, uv_fs_fchmod, job_fd(job), (int)NUMBER(1))
SIMPLE(chown, uv_fs_chown, PATH, (uv_uid_t)(int64_t)NUMBER(0), (uv_gid_t)(int64_t)NUMBER(1))
SIMPLE(lchown, uv_fs_lchown, PATH, (uv_uid_t)(int64_t)NUMBER(0), (uv_gid_t)(int64_t)NUMBER(1))
SIMPLE(fchown, uv_fs_fchown, job_fd(job), (uv_uid_t)(int64_t)NUMBER(1), (uv_gid_t)(int64_t)NUMBER(2))
SIMPLE(copy_file, uv_fs_copyfile, PATH, DEST, (int)NUMBER(0))

/* Times before 1970 and fractions of a second: the kernel wants nanoseconds counted upwards. */
static struct timespec time_of(double seconds) {
    double whole = floor(seconds);
    long nanoseconds = (long)round((seconds - whole) * 1e6) * 1000;
    if (nanoseconds >= 1000000000) return (struct timespec){(time_t)whole + 1, 0};
    return (struct timespec){(time_t)whole, nanoseconds};
}

static void set_times(FsJob *job, int fd, const char *path, double accessed, double modified, int flags) {
    struct timespec times[] = {time_of(accessed), time_of(modified)};
    int failed = path ? utimensat(AT_FDCWD, path, times, flags) : futimens(fd, times);
    job->result = failed ? -errno : 0;
}

static void run_set_times(FsJob *job) {
    set_times(job, -1, PATH, NUMBER(0), NUMBER(1), 0);
}
static void run_set_link_times(FsJob *job) {
    set_times(job, -1, PATH, NUMBER(0), NUMBER(1), AT_SYMLINK_NOFOLLOW);
}
static void run_set_fd_times(FsJob *job) {
    set_times(job, job_fd(job), NULL, NUMBER(1), NUMBER(2), 0);
}

static void take_status(FsJob *job, int fd, const char *path, int flags) {
    struct statx status;
    if (statx(fd, path, flags, STATX_BASIC_STATS | STATX_BTIME, &status)) {
        job->result = -errno;
        return;
    }
    const int64_t all[FS_STAT_FIELDS] = {
        (int64_t)makedev(status.stx_dev_major, status.stx_dev_minor),
        status.stx_mode,
        status.stx_nlink,
        status.stx_uid,
        status.stx_gid,
        (int64_t)makedev(status.stx_rdev_major, status.stx_rdev_minor),
        status.stx_blksize,
        (int64_t)status.stx_ino,
        (int64_t)status.stx_size,
        (int64_t)status.stx_blocks,
        status.stx_atime.tv_sec,
        status.stx_atime.tv_nsec,
        status.stx_mtime.tv_sec,
        status.stx_mtime.tv_nsec,
        status.stx_ctime.tv_sec,
        status.stx_ctime.tv_nsec,
        status.stx_btime.tv_sec,
        status.stx_btime.tv_nsec,
    };
    memcpy(job->stat, all, sizeof all);
}

static void run_stat(FsJob *job) {
    take_status(job, AT_FDCWD, PATH, 0);
}
static void run_lstat(FsJob *job) {
    take_status(job, AT_FDCWD, PATH, AT_SYMLINK_NOFOLLOW);
}
static void run_fstat(FsJob *job) {
    take_status(job, job_fd(job), "", AT_EMPTY_PATH);
}

static void run_statfs(FsJob *job) {
    UV(uv_fs_statfs, PATH, NULL);
    if (request.result >= 0) job->statfs = *(uv_statfs_t *)request.ptr;
    uv_fs_req_cleanup(&request);
}

static void run_read_link(FsJob *job) {
    UV(uv_fs_readlink, PATH, NULL);
    if (request.result >= 0) job_set_text(job, request.ptr, strlen(request.ptr));
    uv_fs_req_cleanup(&request);
}

static void run_native_real_path(FsJob *job) {
    UV(uv_fs_realpath, PATH, NULL);
    if (request.result >= 0) job_set_text(job, request.ptr, strlen(request.ptr));
    uv_fs_req_cleanup(&request);
}

static void run_make_temporary(FsJob *job) {
    UV(uv_fs_mkdtemp, PATH, NULL);
    if (request.result >= 0) job_set_text(job, request.path, strlen(request.path));
    uv_fs_req_cleanup(&request);
}

/* fd, offset, length, position */
static uv_buf_t window(const FsJob *job) {
    return uv_buf_init(job->data + (size_t)NUMBER(1), (unsigned)NUMBER(2));
}

static void run_read(FsJob *job) {
    uv_buf_t buffer = window(job);
    UV(uv_fs_read, job_fd(job), &buffer, 1, (int64_t)NUMBER(3), NULL);
}

static void run_write(FsJob *job) {
    uv_buf_t buffer = window(job);
    UV(uv_fs_write, job_fd(job), &buffer, 1, (int64_t)NUMBER(3), NULL);
}

/* fd, position */
static void run_write_text(FsJob *job) {
    uv_buf_t buffer = uv_buf_init(job->data, (unsigned)job->data_len);
    UV(uv_fs_write, job_fd(job), &buffer, 1, (int64_t)NUMBER(1), NULL);
}

static void run_read_list(FsJob *job) {
    UV(uv_fs_read, job_fd(job), job->list, job->list_len, (int64_t)NUMBER(1), NULL);
}

static void run_write_list(FsJob *job) {
    UV(uv_fs_write, job_fd(job), job->list, job->list_len, (int64_t)NUMBER(1), NULL);
}

const FsOperation fs_operations[] = {
    {"access",         "pi",     run_access,              FS_NUMBER         },
    {"open",           "pii",    run_open,                FS_NUMBER         },
    {"close",          "i",      run_close,               FS_NUMBER         },
    {"rename",         "pd",     run_rename,              FS_NUMBER         },
    {"ftruncate",      "ii",     run_truncate_fd,         FS_NUMBER         },
    {"fsync",          "i",      run_sync,                FS_NUMBER         },
    {"fdatasync",      "i",      run_sync_data,           FS_NUMBER         },
    {"mkdir",          "pi",     run_make_directory,      FS_NUMBER         },
    {"rmdir",          "p",      run_remove_directory,    FS_NUMBER         },
    {"unlink",         "p",      run_unlink,              FS_NUMBER         },
    {"link",           "pd",     run_link,                FS_NUMBER         },
    {"symlink",        "pdi",    run_make_symlink,        FS_NUMBER         },
    {"chmod",          "pi",     run_chmod,               FS_NUMBER         },
    {"fchmod",         "ii",     run_fchmod,              FS_NUMBER         },
    {"chown",          "pii",    run_chown,               FS_NUMBER         },
    {"lchown",         "pii",    run_lchown,              FS_NUMBER         },
    {"fchown",         "iii",    run_fchown,              FS_NUMBER         },
    {"copyFile",       "pdi",    run_copy_file,           FS_NUMBER         },
    {"utimes",         "pii",    run_set_times,           FS_NUMBER         },
    {"lutimes",        "pii",    run_set_link_times,      FS_NUMBER         },
    {"futimes",        "iii",    run_set_fd_times,        FS_NUMBER         },
    {"stat",           "p",      run_stat,                FS_STATS          },
    {"lstat",          "p",      run_lstat,               FS_STATS          },
    {"fstat",          "i",      run_fstat,               FS_STATS          },
    {"statfs",         "p",      run_statfs,              FS_STATFS         },
    {"readlink",       "pt",     run_read_link,           FS_TEXT           },
    {"realpath",       "pt",     fs_run_real_path,        FS_TEXT           },
    {"nativeRealpath", "pt",     run_native_real_path,    FS_TEXT           },
    {"mkdtemp",        "pt",     run_make_temporary,      FS_TEXT           },
    {"read",           "ibiii",  run_read,                FS_NUMBER         },
    {"write",          "ibiii",  run_write,               FS_NUMBER         },
    {"writeText",      "ivi",    run_write_text,          FS_NUMBER         },
    {"readv",          "ili",    run_read_list,           FS_NUMBER         },
    {"writev",         "ili",    run_write_list,          FS_NUMBER         },
    {"readFile",       "pit",    fs_run_read_file,        FS_TEXT           },
    {"readFileFd",     "it",     fs_run_read_file,        FS_TEXT           },
    {"writeFile",      "pviii",  fs_run_write_file,       FS_NUMBER         },
    {"readdir",        "pti",    fs_run_read_directory,   FS_TEXT           },
    {"opendir",        "p",      fs_run_open_directory,   FS_DIRECTORY      },
    {"readSome",       "hti",    fs_run_read_some,        FS_TEXT           },
    {"closedir",       "H",      fs_run_close_directory,  FS_NUMBER         },
    {"mkdirs",         "pit",    fs_run_make_directories, FS_NOTHING_OR_TEXT},
    {"rm",             "piiiit", fs_run_remove,           FS_NOTHING_OR_TEXT},
};
const size_t fs_operation_count = COUNT_OF(fs_operations);
