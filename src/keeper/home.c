/* The folder where everything of one user is; see home.h. */
#include "keeper/home.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"
#include "sys/lock.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *home_path_default(bool is_pm2) {
    const char *given = getenv(is_pm2 ? "PM2_HOME" : "GALLEY_HOME");
    if (given && *given) {
        if (*given == '/') return mem_strdup(given);
        char *cwd = getcwd(NULL, 0);
        char *path = mem_printf("%s/%s", cwd ? cwd : "", given);
        free(cwd);
        return path;
    }
    const char *user_home = getenv("HOME");
    if (!user_home || !*user_home) {
        struct passwd *entry = getpwuid(geteuid());
        user_home = entry ? entry->pw_dir : "/tmp";
    }
    return mem_printf("%s/%s", user_home, is_pm2 ? ".pm2" : ".galley");
}

int home_open(Home *home, const char *path, bool is_pm2) {
    static const char *const folders[] = {"apps", "logs", "pids"};
    *home = (Home){mem_strdup(path), is_pm2};
    int error = folder_make(path, 0700);
    struct stat status;
    /* One that was there before, as PM2's, may be open to others. */
    if (!error && stat(path, &status) == 0 && status.st_uid == geteuid() && status.st_mode & 077)
        chmod(path, 0700);
    for (size_t i = 0; i < COUNT_OF(folders) && !error; i++) {
        char *folder = home_path(home, folders[i]);
        if (mkdir(folder, 0700) < 0 && errno != EEXIST) error = errno;
        mem_free(folder);
    }
    if (error) home_close(home);
    return error;
}

void home_close(Home *home) {
    mem_free(home->path);
    home->path = NULL;
}

char *home_path(const Home *home, const char *name) {
    return mem_printf("%s/%s", home->path, name);
}

char *home_app_path(const Home *home, const char *key, const char *name) {
    if (!name) return mem_printf("%s/apps/%s", home->path, key);
    return mem_printf("%s/apps/%s/%s", home->path, key, name);
}

const char *home_log_name(const Home *home) {
    return home->is_pm2 ? "pm2.log" : "galley.log";
}
const char *home_dump_name(const Home *home) {
    return home->is_pm2 ? "dump.pm2" : "dump.json";
}

const char *home_settings_name(const Home *home) {
    return home->is_pm2 ? "module_conf.json" : "settings.json";
}

typedef enum { IDS_TAKE, IDS_RESERVE, IDS_RESET } IdsChange;

static long long ids_change(const Home *home, IdsChange change, long long reserved) {
    char *lock_path = home_path(home, "ids.lock");
    char *path = home_path(home, "ids");
    int lock = lock_take(lock_path, true);
    Bytes text = {0};
    long long id = file_read(path, 64, &text) == 0 && text.data ? atoll(text.data) : 0;
    long long next = change == IDS_TAKE    ? id + 1
                     : change == IDS_RESET ? 0
                     : id > reserved       ? id
                                           : reserved + 1;
    bytes_clear(&text);
    bytes_printf(&text, "%lld\n", next);
    file_replace(path, text.data, text.len, 0600);
    bytes_free(&text);
    if (lock >= 0) close(lock);
    mem_free(lock_path);
    mem_free(path);
    return id;
}

long long home_next_id(const Home *home) {
    return ids_change(home, IDS_TAKE, 0);
}
void home_reserve_id(const Home *home, long long id) {
    ids_change(home, IDS_RESERVE, id);
}
void home_reset_ids(const Home *home) {
    ids_change(home, IDS_RESET, 0);
}
