/* Operations on folders and what is under them: list, make with all parents, remove with all
 * contents, resolve a path. */
#include "modules/fs_job.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENTRIES_AT_ONCE = 32 * 1024, BIGGEST_ENTRY = 1024 };

/* What uv_dirent_type_t says, as the one character before a name. */
char fs_type_letter(const struct dirent *entry) {
    switch (entry->d_type) {
    case DT_REG: return '0' + UV_DIRENT_FILE;
    case DT_DIR: return '0' + UV_DIRENT_DIR;
    case DT_LNK: return '0' + UV_DIRENT_LINK;
    case DT_FIFO: return '0' + UV_DIRENT_FIFO;
    case DT_SOCK: return '0' + UV_DIRENT_SOCKET;
    case DT_CHR: return '0' + UV_DIRENT_CHAR;
    case DT_BLK: return '0' + UV_DIRENT_BLOCK;
    default: return '0' + UV_DIRENT_UNKNOWN;
    }
}

static int by_name(const void *a, const void *b) {
    return strcmp((*(const struct dirent *const *)a)->d_name, (*(const struct dirent *const *)b)->d_name);
}

/* All entries as the kernel writes them, one behind the other; a negative error. */
static int read_entries(const char *path, Bytes *records) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -errno;
    ssize_t n;
    do {
        if (records->cap - records->len < BIGGEST_ENTRY) bytes_reserve(records, ENTRIES_AT_ONCE);
        n = getdents64(fd, records->data + records->len, records->cap - records->len);
        if (n > 0) records->len += (size_t)n;
    } while (n > 0);
    int err = n < 0 ? -errno : 0;
    close(fd);
    return err;
}

static bool is_dots(const char *name) {
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* The entries in order, and how many characters their names have. */
static const struct dirent **sort_entries(const Bytes *records, size_t *count, size_t *bytes) {
    const struct dirent **entries = NULL;
    size_t capacity = 0;
    *count = *bytes = 0;
    for (size_t at = 0; at < records->len;) {
        const struct dirent *entry = (const struct dirent *)(records->data + at);
        at += entry->d_reclen;
        if (is_dots(entry->d_name)) continue;
        if (*count == capacity)
            entries = mem_resize(entries, (capacity = capacity * 2 + 32) * sizeof(*entries));
        entries[(*count)++] = entry;
        *bytes += strlen(entry->d_name);
    }
    if (*count > 1) qsort(entries, *count, sizeof(*entries), by_name);
    return entries;
}

/* path, as text, with types: names joined by slashes, which no name has, in order; with types each
 * begins with its type's digit */
void fs_run_read_directory(FsJob *job) {
    bool with_types = job->number[0] != 0;
    Bytes records = {0};
    int err = read_entries(job->path.data, &records);
    if (err) {
        bytes_free(&records);
        return job_set_error(job, err, FS_STAGE_ITSELF);
    }
    size_t count, bytes;
    const struct dirent **entries = sort_entries(&records, &count, &bytes);
    char *at = job->out = malloc(bytes + count * 2 + 1);
    if (!at) abort();
    for (size_t i = 0; i < count; i++) {
        if (i) *at++ = '/';
        if (with_types) *at++ = fs_type_letter(entries[i]);
        at = stpcpy(at, entries[i]->d_name);
    }
    *at = '\0';
    job->out_len = (size_t)(at - job->out);
    job->result = (int64_t)count;
    mem_free(entries);
    bytes_free(&records);
}

static bool is_directory(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* path, mode: every folder on the way; gives the first that had to be made. The path that an error is
 * about replaces job->path. */
void fs_run_make_directories(FsJob *job) {
    char *path = job->path.data;
    mode_t mode = (mode_t)job->number[0];
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        path[--len] = '\0';
    size_t end = len; /* go up until something can be made, then down again */
    char first[PATH_MAX] = "";
    bool goes_down = false; /* as in /proc, where what is missing under a folder cannot be made */
    for (;;) {
        char kept = path[end];
        path[end] = '\0';
        int err = mkdir(path, mode) ? errno : 0;
        if (err == 0) {
            if (!first[0]) snprintf(first, sizeof first, "%s", path);
        } else if (err == ENOENT && end > 0) {
            size_t up = end;
            while (up > 0 && path[up - 1] != '/')
                up--;
            while (up > 1 && path[up - 1] == '/')
                up--;
            if (up > 0 && up < end && !goes_down) {
                path[end] = kept;
                end = up;
                continue;
            }
            return job_set_error(job, -err, FS_STAGE_ITSELF);
        } else if (!is_directory(path)) {
            /* A file in the way: of the last part it exists, of an earlier one it is no folder. */
            if (err == EEXIST && end < len) err = ENOTDIR;
            path[end] = kept;
            if (err != ENOTDIR && end < len) path[end] = '\0';
            return job_set_error(job, -err, FS_STAGE_ITSELF);
        }
        path[end] = kept;
        if (end == len) break;
        goes_down = true;
        do
            end++;
        while (end < len && path[end] == '/');
        while (end < len && path[end] != '/')
            end++;
    }
    if (first[0]) job_set_text(job, first, strlen(first));
}

static int remove_contents(int parent, const char *name, Bytes *where);

static int remove_entry(int parent, const char *name, Bytes *where) {
    if (unlinkat(parent, name, 0) == 0) return 0;
    if (errno == ENOENT) return 0;
    if (errno != EISDIR && errno != EPERM) return -errno;
    int err = errno == EPERM ? -EPERM : 0;
    struct stat status;
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW)) return errno == ENOENT ? 0 : -errno;
    if (!S_ISDIR(status.st_mode)) return err;
    err = remove_contents(parent, name, where);
    if (err) return err;
    return unlinkat(parent, name, AT_REMOVEDIR) && errno != ENOENT ? -errno : 0;
}

static int remove_contents(int parent, const char *name, Bytes *where) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? 0 : -errno;
    DIR *directory = fdopendir(fd);
    if (!directory) {
        int err = -errno;
        close(fd);
        return err;
    }
    int err = 0;
    struct dirent *entry;
    while (!err && (errno = 0, entry = readdir(directory))) {
        const char *child = entry->d_name;
        if (child[0] == '.' && (!child[1] || (child[1] == '.' && !child[2]))) continue;
        size_t before = where->len;
        bytes_printf(where, "/%s", child);
        err = remove_entry(dirfd(directory), child, where);
        if (err) break;
        where->len = before;
        where->data[before] = '\0';
    }
    if (!err && errno) err = -errno;
    closedir(directory);
    return err;
}

static bool worth_retrying(int err) {
    return err == -EBUSY || err == -EMFILE || err == -ENFILE || err == -ENOTEMPTY || err == -EPERM;
}

/* path, recursive, force, retries, delay in ms; an error's own path is the result's text */
void fs_run_remove(FsJob *job) {
    bool recursive = job->number[0] != 0, force = job->number[1] != 0;
    int retries = (int)job->number[2];
    double delay_ms = job->number[3];
    struct stat status;
    char *path = job->path.data;
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        path[--len] = '\0';
    if (lstat(path, &status)) {
        if (force && errno == ENOENT) return;
        return job_set_error(job, -errno, FS_STAGE_STAT);
    }
    if (S_ISDIR(status.st_mode) && !recursive) return job_set_error(job, UV_EISDIR, FS_STAGE_ITSELF);
    for (int try = 0;; try++) {
        Bytes where = {0};
        bytes_append_str(&where, path);
        int err = S_ISDIR(status.st_mode) ? remove_contents(AT_FDCWD, path, &where) : 0;
        if (!err && unlinkat(AT_FDCWD, path, S_ISDIR(status.st_mode) ? AT_REMOVEDIR : 0) && errno != ENOENT)
            err = -errno;
        if (!err || try >= retries || !worth_retrying(err)) {
            if (err) {
                job_set_error(job, err, S_ISDIR(status.st_mode) ? FS_STAGE_READ : FS_STAGE_WRITE);
                job_set_text(job, where.data, where.len);
            }
            bytes_free(&where);
            return;
        }
        bytes_free(&where);
        usleep((useconds_t)(delay_ms * 1000 * (try + 1)));
    }
}

/* /dev/stdin may lead to a pipe: it can be opened, but has no name that exists. */
static bool follow_to_nameless(const char *path, char *place) {
    struct stat status;
    char target[PATH_MAX], next[PATH_MAX * 2];
    if (stat(path, &status)) return false;
    snprintf(place, PATH_MAX, "%s", path);
    for (int links = 0; links < 40; links++) {
        ssize_t n = readlink(place, target, sizeof target - 1);
        if (n < 0) return lstat(place, &status) != 0;
        target[n] = '\0';
        const char *slash = strrchr(place, '/');
        if (target[0] == '/' || !slash)
            snprintf(next, sizeof next, "%s", target);
        else
            snprintf(next, sizeof next, "%.*s/%s", (int)(slash - place), place, target);
        if (strlen(next) >= PATH_MAX) return false;
        memcpy(place, next, strlen(next) + 1);
    }
    return false;
}

/* Where the path leads, and for a path that leads nowhere the part that is missing. */
void fs_run_real_path(FsJob *job) {
    char resolved[PATH_MAX];
    if (realpath(job->path.data, resolved)) return job_set_text(job, resolved, strlen(resolved));
    int err = errno;
    if (err == ENOENT && follow_to_nameless(job->path.data, resolved))
        return job_set_text(job, resolved, strlen(resolved));
    job_set_error(job, -err, FS_STAGE_ITSELF);
}
