/* Whole files, read and written so that nobody sees half of one; see file.h. */
#include "base/file.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(const char *path, size_t limit, Bytes *out) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno;
    int error = 0;
    for (;;) {
        char chunk[16384];
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) error = errno;
        if (got <= 0) break;
        if (out->len + (size_t)got > limit) {
            error = EFBIG;
            break;
        }
        bytes_append(out, chunk, (size_t)got);
    }
    close(fd);
    return error;
}

static int write_all(int fd, const char *data, size_t len) {
    while (len) {
        ssize_t put = write(fd, data, len);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return errno;
        data += put;
        len -= (size_t)put;
    }
    return 0;
}

static int write_beside(const char *path, const void *data, size_t len, mode_t mode, bool sync) {
    char *beside = mem_printf("%s.%d.tmp", path, (int)getpid());
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    int error = fd < 0 ? errno : 0;
    if (!error) {
        error = write_all(fd, data, len);
        if (!error && sync && fdatasync(fd) < 0) error = errno;
        if (close(fd) < 0 && !error) error = errno;
        if (!error && rename(beside, path) < 0) error = errno;
        if (error) unlink(beside);
    }
    mem_free(beside);
    return error;
}

int file_write_atomic(const char *path, const void *data, size_t len, mode_t mode) {
    return write_beside(path, data, len, mode, true);
}

int file_replace(const char *path, const void *data, size_t len, mode_t mode) {
    return write_beside(path, data, len, mode, false);
}

int folder_make(const char *path, mode_t mode) {
    char *copy = mem_strdup(path);
    int error = 0;
    for (char *at = copy + 1; !error; at++) {
        if (*at != '/' && *at) continue;
        char end = *at;
        *at = 0;
        if (mkdir(copy, mode) < 0 && errno != EEXIST) error = errno;
        *at = end;
        if (!end) break;
    }
    mem_free(copy);
    return error;
}

int folder_remove(const char *path) {
    DIR *dir = opendir(path);
    if (!dir) return errno == ENOENT ? 0 : errno;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    return rmdir(path) < 0 && errno != ENOENT ? errno : 0;
}
