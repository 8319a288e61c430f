/* Recursive inotify: every folder has its own watch, and new folders get theirs as they appear. */
#include "keeper/watch.h"

#include "base/log.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <regex.h>
#include <stdbool.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHANGES (IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF)

typedef struct {
    char *pattern;
    regex_t regex;
    bool has_regex;
} Ignore;

struct Watch {
    uv_poll_t poll;
    int fd;
    char *root;
    char **folders; /* by watch descriptor */
    size_t folder_count;
    Ignore *ignore;
    size_t ignore_count;
    WatchChanged changed;
    void *owner;
};

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool ignore_matches(const Ignore *ignore, const char *relative) {
    const char *pattern = ignore->pattern;
    size_t len = strlen(pattern);
    if (strncmp(pattern, "./", 2) == 0) pattern += 2, len -= 2;
    while (len && pattern[len - 1] == '/')
        len--;
    if (strcmp(base_name(relative), pattern) == 0) return true;
    if (strncmp(relative, pattern, len) == 0 && (relative[len] == '/' || !relative[len])) return true;
    if (fnmatch(pattern, relative, 0) == 0 || fnmatch(pattern, base_name(relative), 0) == 0) return true;
    return ignore->has_regex && regexec(&ignore->regex, relative, 0, NULL, 0) == 0;
}

static bool is_ignored(const Watch *watch, const char *path) {
    size_t root = strlen(watch->root);
    const char *relative =
        strncmp(path, watch->root, root) == 0 && path[root] == '/' ? path + root + 1 : path;
    if (strcmp(path, watch->root) == 0) return false;
    for (size_t i = 0; i < watch->ignore_count; i++)
        if (ignore_matches(&watch->ignore[i], relative)) return true;
    if (watch->ignore_count) return false;
    return strncmp(relative, ".", 1) == 0 || strstr(relative, "/.") || strstr(relative, "node_modules");
}

static void add_tree(Watch *watch, const char *path) {
    struct stat status;
    if (is_ignored(watch, path) || stat(path, &status) < 0) return;
    int wd = inotify_add_watch(watch->fd, path, CHANGES | IN_EXCL_UNLINK);
    if (wd < 0) {
        log_line("Cannot watch %s: %s%s", path, strerror(errno),
                 errno == ENOSPC ? " (raise fs.inotify.max_user_watches, or list folders in ignore_watch)"
                                 : "");
        return;
    }
    if ((size_t)wd >= watch->folder_count) {
        size_t count = (size_t)wd + 32;
        watch->folders = mem_resize(watch->folders, count * sizeof(char *));
        memset(watch->folders + watch->folder_count, 0, (count - watch->folder_count) * sizeof(char *));
        watch->folder_count = count;
    }
    mem_free(watch->folders[wd]);
    watch->folders[wd] = mem_strdup(path);
    DIR *dir = S_ISDIR(status.st_mode) ? opendir(path) : NULL;
    if (!dir) return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_type != DT_DIR || strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *below = mem_printf("%s/%s", path, entry->d_name);
        add_tree(watch, below);
        mem_free(below);
    }
    closedir(dir);
}

static void take_event(Watch *watch, const struct inotify_event *event) {
    const char *folder =
        event->wd >= 0 && (size_t)event->wd < watch->folder_count ? watch->folders[event->wd] : NULL;
    if (!folder || event->mask & IN_IGNORED) return;
    char *path = event->len ? mem_printf("%s/%s", folder, event->name) : mem_strdup(folder);
    if (!is_ignored(watch, path)) {
        if (event->mask & IN_ISDIR && event->mask & (IN_CREATE | IN_MOVED_TO)) add_tree(watch, path);
        watch->changed(watch->owner, path);
    }
    mem_free(path);
}

static void on_readable(uv_poll_t *poll, int status, int events) {
    Watch *watch = poll->data;
    char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t got;
    while ((got = read(watch->fd, buffer, sizeof buffer)) > 0)
        for (char *at = buffer; at < buffer + got;) {
            struct inotify_event *event = (struct inotify_event *)at;
            take_event(watch, event);
            at += sizeof *event + event->len;
        }
}

Watch *watch_open(uv_loop_t *loop, const char *folder, char **paths, char **ignore, WatchChanged changed,
                  void *owner) {
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) {
        log_line("Cannot watch %s: %s", folder, strerror(errno));
        return NULL;
    }
    Watch *watch = NEW(Watch);
    *watch = (Watch){.fd = fd, .root = mem_strdup(folder), .changed = changed, .owner = owner};
    while (ignore && ignore[watch->ignore_count])
        watch->ignore_count++;
    watch->ignore = mem_new((watch->ignore_count + 1) * sizeof(Ignore));
    for (size_t i = 0; i < watch->ignore_count; i++) {
        watch->ignore[i].pattern = mem_strdup(ignore[i]);
        watch->ignore[i].has_regex =
            regcomp(&watch->ignore[i].regex, ignore[i], REG_EXTENDED | REG_NOSUB) == 0;
    }
    char *whole[] = {".", NULL};
    for (char **path = paths && *paths ? paths : whole; *path; path++) {
        char *absolute = strcmp(*path, ".") == 0 ? mem_strdup(folder)
                         : **path == '/'         ? mem_strdup(*path)
                                                 : mem_printf("%s/%s", folder, *path);
        add_tree(watch, absolute);
        mem_free(absolute);
    }
    uv_poll_init(loop, &watch->poll, fd);
    watch->poll.data = watch;
    uv_poll_start(&watch->poll, UV_READABLE, on_readable);
    return watch;
}

static void on_closed(uv_handle_t *handle) {
    Watch *watch = handle->data;
    close(watch->fd);
    for (size_t i = 0; i < watch->folder_count; i++)
        mem_free(watch->folders[i]);
    for (size_t i = 0; i < watch->ignore_count; i++) {
        mem_free(watch->ignore[i].pattern);
        if (watch->ignore[i].has_regex) regfree(&watch->ignore[i].regex);
    }
    mem_free(watch->ignore);
    mem_free(watch->folders);
    mem_free(watch->root);
    mem_free(watch);
}

void watch_close(Watch *watch) {
    if (watch) uv_close((uv_handle_t *)&watch->poll, on_closed);
}
