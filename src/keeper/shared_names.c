#include "keeper/shared_names.h"

#include "base/json.h"
#include "base/mem.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "/dev/shm"

static bool is_name(const char *text) {
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && *text != '-' && *text != '_') return false;
    return true;
}

char *shared_names_scope(const Keeper *keeper) {
    const char *id = json_str(keeper->app->config, "unique_id");
    return id && *id && is_name(id) ? mem_printf("app.%s", id) : NULL;
}

void shared_names_remove(const Keeper *keeper) {
    char *scope = shared_names_scope(keeper);
    DIR *folder = scope ? opendir(FOLDER) : NULL;
    char *part = mem_printf("-%s-", scope ? scope : "");
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (strncmp(entry->d_name, "galley-", 7) == 0 && strstr(entry->d_name, part))
            unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder) closedir(folder);
    mem_free(part);
    mem_free(scope);
}
