/* serve: a folder of files over HTTP, kept running as any app is. */
#include "base/json.h"
#include "base/mem.h"
#include "cli/command.h"
#include "sys/runtime.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void set_env(const char *name, const char *value) {
    if (value) setenv(name, value, 1);
}

int command_serve(Session *session) {
    char folder[PATH_MAX];
    const char *path = session->words[0] ? session->words[0] : ".";
    const char *port =
        session->words[0] && session->words[1] ? session->words[1] : session_option(session, "port");
    char *script = runtime_file_find("galley-serve.cjs");
    if (!port) port = "8080";
    if (!realpath(path, folder))
        say_error(session, "there is no folder %s", path);
    else if (!script)
        say_error(session, "galley-serve.cjs is not installed");
    if (!script || access(path, R_OK) < 0) {
        mem_free(script);
        return EXIT_FAILURE;
    }
    set_env("PM2_SERVE_PATH", folder);
    set_env("PM2_SERVE_PORT", port);
    set_env("PM2_SERVE_SPA", session_has(session, "spa") ? "true" : NULL);
    set_env("PM2_SERVE_BASIC_AUTH_USERNAME", session_option(session, "basic-auth-username"));
    set_env("PM2_SERVE_BASIC_AUTH_PASSWORD", session_option(session, "basic-auth-password"));
    json_object_del(session->declared, "port");
    if (!json_object_get(session->declared, "name")) {
        char *name = mem_printf("static-page-server-%s", port);
        json_set_str(session->declared, "name", name);
        mem_free(name);
    }
    char *runtime = runtime_find();
    if (!runtime && !json_object_get(session->declared, "exec_interpreter"))
        json_set_str(session->declared, "exec_interpreter", "node");
    mem_free(runtime);
    char *words[] = {script, NULL}, **given = session->words;
    session->words = words;
    int exit_code = command_start(session);
    session->words = given;
    if (exit_code == EXIT_SUCCESS) say(session, "Serving %s on port %s", folder, port);
    mem_free(script);
    return exit_code;
}
