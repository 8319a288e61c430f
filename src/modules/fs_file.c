/* Whole files in one operation: open, read or write all of it, close, without going back to
 * JavaScript between the system calls. */
#include "modules/fs_job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_READ = 16 * 1024, NEXT_READ = 512 * 1024 };
static const size_t biggest_file = 0x7fffffff; /* as in Node: more is ERR_FS_FILE_TOO_LARGE */

static ssize_t read_some(int fd, char *to, size_t len) {
    ssize_t n;
    do
        n = read(fd, to, len);
    while (n < 0 && errno == EINTR);
    return n;
}

/* Reads from where the descriptor stands to the end. Most files fit in the first read, and then
 * nobody needs to ask how long they are. */
static void read_all(FsJob *job, int fd) {
    char first[FIRST_READ];
    ssize_t n = read_some(fd, first, sizeof first);
    if (n < 0) return job_set_error(job, -errno, FS_STAGE_READ);
    size_t have = (size_t)n, capacity = have;
    struct stat status;
    if (have == sizeof first && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        if ((size_t)status.st_size > biggest_file) {
            job->out_len = (size_t)status.st_size;
            return job_set_error(job, UV_EFBIG, FS_STAGE_TOO_BIG);
        }
        if ((size_t)status.st_size > capacity) capacity = (size_t)status.st_size;
    }
    char *all = malloc(capacity + 1);
    if (!all) return job_set_error(job, UV_ENOMEM, FS_STAGE_READ);
    memcpy(all, first, have);
    while (n > 0) {
        if (have == capacity) { /* is this the end? */
            n = read_some(fd, first, sizeof first);
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
            memcpy(all + have, first, (size_t)n);
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

/* readFile: path, flags; readFileFd: fd */
void fs_run_read_file(FsJob *job) {
    if (!job->path.data) return read_all(job, job_fd(job));
    int fd = open(job->path.data, (int)job->number[0] | O_CLOEXEC, 0666);
    if (fd < 0) return job_set_error(job, -errno, FS_STAGE_OPEN);
    read_all(job, fd);
    close(fd);
}

static int write_all(FsJob *job, int fd) {
    size_t done = 0;
    while (done < job->data_len) {
        ssize_t n = write(fd, job->data + done, job->data_len - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -errno;
        done += (size_t)n;
    }
    return 0;
}

/* path, data, flags, mode */
void fs_run_write_file(FsJob *job) {
    int fd = open(job->path.data, (int)job->number[0] | O_CLOEXEC, (mode_t)job->number[1]);
    if (fd < 0) return job_set_error(job, -errno, FS_STAGE_OPEN);
    int err = write_all(job, fd);
    close(fd);
    if (err) job_set_error(job, err, FS_STAGE_WRITE);
}
