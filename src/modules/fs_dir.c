/* An open folder that is read in portions, for opendir(). */
#include "modules/fs_job.h"

#include <dirent.h>
#include <errno.h>

typedef struct {
    Handle base;
    DIR *directory;
} FsDirectory;

static void directory_dispose(Handle *handle) {
    FsDirectory *directory = (FsDirectory *)handle;
    if (directory->directory) closedir(directory->directory);
    handle_leave(handle);
    mem_free(directory);
}

static const Native directory_methods[] = {{0}};
static const HandleClass directory_class = {"DirHandle", directory_methods, directory_dispose};

Object fs_directory_open(FsJob *job) {
    FsDirectory *directory = NEW(FsDirectory);
    directory->directory = job->thing;
    return handle_open(job->realm, &directory->base, &directory_class);
}

/* The open folder behind an argument; closing takes it out of the handle. */
bool fs_directory_take(FsJob *job, Value v, bool to_close) {
    FsDirectory *directory = (FsDirectory *)handle_of(v, &directory_class);
    if (!directory || !directory->directory) return false;
    job->thing = directory->directory;
    if (to_close) directory->directory = NULL;
    return true;
}

void fs_run_open_directory(FsJob *job) {
    job->thing = opendir(job->path.data);
    if (!job->thing) job_set_error(job, -errno, FS_STAGE_ITSELF);
}

/* folder, as text, how many entries at most: as readdir with types gives them; no text at the end */
void fs_run_read_some(FsJob *job) {
    DIR *directory = job->thing;
    Bytes names = {0};
    int left = (int)job->number[0];
    struct dirent *entry;
    while (left > 0 && (errno = 0, entry = readdir(directory))) {
        const char *name = entry->d_name;
        if (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]))) continue;
        if (names.len) bytes_append_char(&names, '/');
        bytes_append_char(&names, fs_type_letter(entry));
        bytes_append_str(&names, name);
        left--;
    }
    if (left > 0 && errno) {
        job_set_error(job, -errno, FS_STAGE_ITSELF);
        bytes_free(&names);
        return;
    }
    job->out_len = names.len;
    job->out = bytes_take(&names);
}

void fs_run_close_directory(FsJob *job) {
    if (closedir(job->thing)) job_set_error(job, -errno, FS_STAGE_ITSELF);
}
