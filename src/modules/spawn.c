#include "modules/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* "a\0b\0c" as {a, b, c, NULL}. */
static char **words_split(const Text *text) {
    size_t count = 2;
    for (size_t i = 0; i < text->len; i++)
        count += text->data[i] == '\0';
    char **words = mem_new(count * sizeof *words);
    size_t at = 0;
    for (size_t i = 0; i + 1 < count; i++) {
        words[i] = text->data + at;
        at += strlen(words[i]) + 1;
    }
    return words;
}

bool spawn_read(Call *call, size_t first, Spawn *spawn) {
    *spawn = (Spawn){0};
    ProcessOptions *options = &spawn->options;
    if (!call_text(call, first, &spawn->file) || !call_text(call, first + 1, &spawn->args_text)) return false;
    options->file = spawn->file.data;
    options->args = spawn->args = words_split(&spawn->args_text);
    if (!value_is_undefined(call_arg(call, first + 2))) {
        if (!call_text(call, first + 2, &spawn->env_text)) return false;
        options->env = spawn->env = words_split(&spawn->env_text);
        if (!spawn->env_text.len) spawn->env[0] = NULL;
    }
    if (!value_is_undefined(call_arg(call, first + 3))) {
        if (!call_text(call, first + 3, &spawn->cwd)) return false;
        options->cwd = spawn->cwd.data;
    }
    options->sets_uid = value_is_number(call_arg(call, first + 4));
    options->uid = (uid_t)call_int64(call, first + 4);
    options->sets_gid = value_is_number(call_arg(call, first + 5));
    options->gid = (gid_t)call_int64(call, first + 5);
    options->detached = call_int(call, first + 6) & SPAWN_DETACHED;
    char *bytes;
    size_t len;
    if (!call_bytes(call, first + 7, &bytes, &len)) return false;
    spawn->stdio = (int32_t *)bytes;
    spawn->count = len / sizeof *spawn->stdio;
    spawn->fds = mem_new((spawn->count + 1) * sizeof *spawn->fds);
    options->fds = spawn->fds;
    options->fd_count = spawn->count;
    return true;
}

static int pipes_forget(Spawn *spawn, int error) {
    for (size_t i = 0; i < spawn->count; i++)
        if (spawn->stdio[i] == STDIO_PIPE) spawn->stdio[i] = STDIO_IGNORE;
    return error;
}

int spawn_pipes_open(Spawn *spawn) {
    for (size_t i = 0; i < spawn->count; i++) {
        spawn->fds[i] = spawn->stdio[i] >= 0 ? spawn->stdio[i] : -1;
        if (spawn->stdio[i] >= 0 && fcntl(spawn->stdio[i], F_GETFD) < 0) return pipes_forget(spawn, -errno);
    }
    for (size_t i = 0; i < spawn->count; i++) {
        int pair[2];
        if (spawn->stdio[i] != STDIO_PIPE) continue;
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) return pipes_forget(spawn, -errno);
        spawn->stdio[i] = ~pair[0]; /* told from a copied descriptor until the end */
        spawn->fds[i] = pair[1];
    }
    return 0;
}

void spawn_pipes_close(Spawn *spawn, bool ours_too) {
    for (size_t i = 0; i < spawn->count; i++) {
        if (spawn->stdio[i] >= STDIO_IGNORE) continue;
        int ours = ~spawn->stdio[i];
        close(spawn->fds[i]);
        if (ours_too) close(ours);
        spawn->stdio[i] = ours_too ? STDIO_IGNORE : ours;
    }
}

void spawn_free(Spawn *spawn) {
    text_free(&spawn->file);
    text_free(&spawn->cwd);
    text_free(&spawn->args_text);
    text_free(&spawn->env_text);
    mem_free(spawn->args);
    mem_free(spawn->env);
    mem_free(spawn->fds);
}
