/* Whole files in one operation: open, read or write all of it, close, without going back to
 * JavaScript between the system calls. */
#include "modules/fs_job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NEXT_READ = 512 * 1024 };
static const size_t biggest_file = 0x7fffffff; /* as in Node: more is ERR_FS_FILE_TOO_LARGE */

static ssize_t read_some(int fd, char *to, size_t len) {
    ssize_t n;
    do
        n = read(fd, to, len);
    while (n < 0 && errno == EINTR);
    return n;
}

/* What is left behind the `have` bytes of `first`, which are the beginning. */
static void read_rest(FsJob *job, int fd, const char *first, size_t have) {
    char spare[FS_ROOM];
    size_t capacity = have;
    struct stat status;
    if (have == FS_ROOM && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        if ((size_t)status.st_size > biggest_file) {
            job->out_len = (size_t)status.st_size;
            return job_set_error(job, UV_EFBIG, FS_STAGE_TOO_BIG);
        }
        if ((size_t)status.st_size > capacity) capacity = (size_t)status.st_size;
    }
    char *all = malloc(capacity + 1);
    if (!all) return job_set_error(job, UV_ENOMEM, FS_STAGE_READ);
    memcpy(all, first, have);
    ssize_t n = 0;
    for (;;) {
        if (have == capacity) { /* is this the end? */
            n = read_some(fd, spare, sizeof spare);
            if (n <= 0) break;
            size_t larger = capacity + (capacity < NEXT_READ ? NEXT_READ : capacity);
            char *moved = realloc(all, larger + 1);
            if (!moved) {
                n = -1;
                errno = ENOMEM;
                break;
            }
            all = moved;
            capacity = larger;
            memcpy(all + have, spare, (size_t)n);
        } else {
            n = read_some(fd, all + have, capacity - have);
            if (n <= 0) break;
        }
        have += (size_t)n;
        if (have > biggest_file) {
            free(all);
            job->out_len = have;
            return job_set_error(job, UV_EFBIG, FS_STAGE_TOO_BIG);
        }
    }
    if (n < 0) {
        free(all);
        return job_set_error(job, -errno, FS_STAGE_READ);
    }
    all[have] = '\0';
    job->out = all;
    job->out_len = have;
}

/* Reads from where the descriptor stands to the end. Most files fit in the first read, and then
 * nobody needs to ask how long they are. */
static void read_all(FsJob *job, int fd) {
    char own[FS_ROOM], *first = job->room ? job->room : own;
    size_t have = 0;
    ssize_t n;
    while (have < FS_ROOM && (n = read_some(fd, first + have, FS_ROOM - have)) > 0)
        have += (size_t)n;
    if (have == FS_ROOM) return read_rest(job, fd, first, have);
    if (n < 0) return job_set_error(job, -errno, FS_STAGE_READ);
    if (job->as_text && job->room) {
        job->out = first;
        job->out_len = have;
    } else {
        job_set_text(job, first, have);
    }
}

/* readFile: path, flags; readFileFd: fd */
void fs_run_read_file(FsJob *job) {
    if (!job->path.data) return read_all(job, job_fd(job));
    int fd = open(job->path.data, (int)job->number[0] | O_CLOEXEC, 0666);
    if (fd < 0) return job_set_error(job, -errno, FS_STAGE_OPEN);
    read_all(job, fd);
    close(fd);
}

/* How many bytes were written; errno says why it is not all of them. */
static size_t write_all(FsJob *job, int fd) {
    size_t done = 0;
    while (done < job->data_len) {
        ssize_t n = write(fd, job->data + done, job->data_len - done);
        if (n < 0 && errno != EINTR) break;
        if (n > 0) done += (size_t)n;
    }
    return done;
}

/* Giving a file's blocks back and asking for others takes an ext4 ten times as long as writing over them
 * does, so a file that does not become shorter keeps its own. */
static bool is_written_over(const FsJob *job, int flags) {
    return (flags & O_TRUNC) && !(flags & (O_EXCL | O_APPEND)) && job->data_len > 0;
}

static int make_room(int fd, size_t len) {
    struct stat status;
    if (fstat(fd, &status)) return -errno;
    if (!S_ISREG(status.st_mode) || (size_t)status.st_size <= len) return 0;
    return ftruncate(fd, 0) ? -errno : 0;
}

/* A failure leaves nothing old behind what was written. */
static void cut_behind(int fd, size_t len) {
    while (ftruncate(fd, (off_t)len) && errno == EINTR) {
    }
}

/* path, data, flags, mode */
void fs_run_write_file(FsJob *job) {
    int flags = (int)job->number[0] | O_CLOEXEC;
    bool is_over = is_written_over(job, flags);
    int fd = open(job->path.data, is_over ? flags & ~O_TRUNC : flags, (mode_t)job->number[1]);
    if (fd < 0) return job_set_error(job, -errno, FS_STAGE_OPEN);
    int err = is_over ? make_room(fd, job->data_len) : 0;
    if (err) {
        job_set_error(job, err, FS_STAGE_OPEN);
    } else {
        size_t done = write_all(job, fd);
        if (done < job->data_len) {
            job_set_error(job, -errno, FS_STAGE_WRITE);
            if (is_over) cut_behind(fd, done);
        }
    }
    close(fd);
}
