/* set, get, unset: a few values that outlive commands, in one file of the home. */
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *settings_path(const Session *session) {
    return home_path(&session->home, home_settings_name(&session->home));
}

static json_t *read_settings(const Session *session) {
    char *path = settings_path(session);
    Bytes text = {0};
    json_t *settings =
        file_read(path, 1 << 20, &text) == 0 && text.len ? json_loadb(text.data, text.len, 0, NULL) : NULL;
    bytes_free(&text);
    mem_free(path);
    if (json_is_object(settings)) return settings;
    json_decref(settings);
    return json_object();
}

static int write_settings(const Session *session, json_t *settings) {
    char *path = settings_path(session);
    Bytes text = {0};
    json_append_to(&text, settings, JSON_INDENT(2));
    int error = file_write_atomic(path, text.data, text.len, 0600);
    if (error) say_error(session, "cannot write %s: %s", path, strerror(error));
    bytes_free(&text);
    mem_free(path);
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void print_value(const char *name, const json_t *value) {
    Bytes text = {0};
    if (json_is_string(value))
        bytes_append_str(&text, json_string_value(value));
    else
        json_append_to(&text, value, JSON_COMPACT);
    if (name)
        printf("%s = %s\n", name, text.data);
    else
        printf("%s\n", text.data);
    bytes_free(&text);
}

int command_set(Session *session) {
    if (!session->words[0] && session->is_pm2) return command_get(session);
    if (session_word_count(session) != 2) {
        say_error(session, "set needs a key and a value: set metrics-port 9464");
        return EXIT_FAILURE;
    }
    json_t *settings = read_settings(session);
    json_set_str(settings, session->words[0], session->words[1]);
    int exit_code = write_settings(session, settings);
    json_decref(settings);
    if (exit_code == EXIT_SUCCESS) say(session, "%s = %s", session->words[0], session->words[1]);
    return exit_code;
}

int command_get(Session *session) {
    json_t *settings = read_settings(session), *value;
    const char *name;
    int exit_code = EXIT_SUCCESS;
    if (!session->words[0]) {
        json_object_foreach(settings, name, value) print_value(name, value);
    } else if ((value = json_object_get(settings, session->words[0]))) {
        print_value(NULL, value);
    } else {
        say_error(session, "%s is not set", session->words[0]);
        exit_code = EXIT_FAILURE;
    }
    json_decref(settings);
    return exit_code;
}

int command_unset(Session *session) {
    json_t *settings = read_settings(session);
    int exit_code = EXIT_FAILURE;
    if (!session->words[0])
        say_error(session, "unset needs a key");
    else if (json_object_del(settings, session->words[0]) < 0)
        say_error(session, "%s is not set", session->words[0]);
    else
        exit_code = write_settings(session, settings);
    json_decref(settings);
    return exit_code;
}
