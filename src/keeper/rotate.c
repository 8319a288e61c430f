/* Rotation, done by a short-lived process of its own: compressing must not hold up a keeper that deals
 * connections. A file that workers hold open is copied and then cut off at the front by the file system, if
 * it can do that without losing a line that is written meanwhile; else it is truncated. */
#include "keeper/rotate.h"

#include "base/log.h"
#include "base/mem.h"
#include "keeper/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char *archive_name(const char *path, unsigned number, bool compressed) {
    return mem_printf("%s.%u%s", path, number, compressed ? ".gz" : "");
}

/* Makes room for number 1 by moving each one up; the last falls off. */
static void shift_archives(const char *path, unsigned keep) {
    for (unsigned number = keep; number > 0; number--)
        for (int compressed = 0; compressed < 2; compressed++) {
            char *from = archive_name(path, number, compressed);
            char *to = archive_name(path, number + 1, compressed);
            if (number == keep)
                unlink(from);
            else
                rename(from, to);
            mem_free(from);
            mem_free(to);
        }
}

static int copy_to_gzip(int from, const char *to, uint64_t *copied) {
    int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    gzFile archive = fd < 0 ? NULL : gzdopen(fd, "w");
    if (!archive) return errno;
    int error = 0;
    char chunk[32768];
    ssize_t got;
    while (!error && (got = read(from, chunk, sizeof chunk)) > 0) {
        if (gzwrite(archive, chunk, (unsigned)got) != got) error = EIO;
        *copied += (uint64_t)got;
    }
    if (gzclose(archive) != Z_OK && !error) error = EIO;
    return error;
}

static int copy_plain(int from, const char *to, uint64_t *copied) {
    int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return errno;
    int error = 0;
    char chunk[32768];
    ssize_t got;
    while (!error && (got = read(from, chunk, sizeof chunk)) > 0) {
        if (write(fd, chunk, (size_t)got) != got) error = errno ? errno : EIO;
        *copied += (uint64_t)got;
    }
    if (close(fd) < 0 && !error) error = errno;
    return error;
}

static void cut_front(int fd, uint64_t copied) {
    struct stat status;
    if (fstat(fd, &status) < 0) return;
    uint64_t block = (uint64_t)status.st_blksize;
    /* Only whole blocks can be taken out, and never all of the file. What stays of the last block is in the
     * archive too: a line twice is better than a line lost. */
    uint64_t whole = copied / block * block;
    if (whole && whole < (uint64_t)status.st_size &&
        fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, (off_t)whole) == 0)
        return;
    if (ftruncate(fd, 0) < 0) log_line("Cannot cut a log off: %s", strerror(errno));
}

int rotate_file(const char *path, bool renamed, unsigned keep, bool compress) {
    char *aside = mem_printf("%s.rotating", path);
    const char *from = renamed ? aside : path;
    int fd = open(from, (renamed ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW);
    int error = fd < 0 ? errno : 0;
    if (!error) {
        shift_archives(path, keep);
        char *archive = archive_name(path, 1, compress);
        uint64_t copied = 0;
        error = (compress ? copy_to_gzip : copy_plain)(fd, archive, &copied);
        if (error)
            unlink(archive);
        else if (renamed)
            unlink(aside);
        else
            cut_front(fd, copied);
        mem_free(archive);
        close(fd);
    }
    mem_free(aside);
    return error;
}

static void rotated(void *owner, int status, int signal) {
    Process **process = owner;
    process_free(*process);
    mem_free(process);
}

static void spawn_rotation(Keeper *keeper, const char *path, bool renamed) {
    const App *app = keeper->app;
    char keep[32];
    snprintf(keep, sizeof keep, "%lld", app->log_keep > 0 ? app->log_keep : 1);
    char *args[] = {"galley-rotate",
                    "@rotate",
                    (char *)path,
                    renamed ? "renamed" : "held",
                    keep,
                    app->log_compress ? "gz" : "plain",
                    NULL};
    int fds[] = {-1, -1, STDERR_FILENO};
    ProcessOptions options = {.file = "/proc/self/exe", .args = args, .fds = fds, .fd_count = 3};
    Process **process = NEW(Process *);
    int error = process_spawn(keeper->loop, &options, rotated, process, process);
    if (!error) return;
    log_line("Cannot rotate %s: %s", path, strerror(-error));
    mem_free(process);
}

void rotate_renaming(Keeper *keeper, const char *path) {
    char *aside = mem_printf("%s.rotating", path);
    /* If the one before is still being compressed, this one goes on growing until the next line. */
    if (access(aside, F_OK) < 0 && rename(path, aside) == 0) spawn_rotation(keeper, path, true);
    mem_free(aside);
}

void rotate_copying(Keeper *keeper, const char *path) {
    spawn_rotation(keeper, path, false);
}
