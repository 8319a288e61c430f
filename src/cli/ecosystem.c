/* Ecosystem files: several apps in one file, written in JavaScript, JSON or YAML. */
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/yaml.h"
#include "cli/declare.h"
#include "sys/runtime.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_LIMIT (4u << 20)

static bool ends_with(const char *text, const char *end) {
    size_t len = strlen(text), end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

bool is_ecosystem_file(const char *path) {
    static const char *const ends[] = {".json",      ".json5",      ".yml",       ".yaml",
                                       ".config.js", ".config.cjs", ".config.mjs"};
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (ends_with(path, ends[i])) return true;
    return false;
}

/* The value goes to descriptor 3, because the file may print. */
static const char evaluator[] =
    "const file = process.argv[process.argv.length - 1];"
    "const give = (v) => require('fs').writeSync(3, JSON.stringify(v && v.default ? v.default : v) || "
    "'null');"
    "(async () => { let v;"
    " try { v = require(file) } catch (e) { if (e.code !== 'ERR_REQUIRE_ESM') throw e; v = await "
    "import(file) }"
    " if (typeof v === 'function') v = await v(); give(await v) })()"
    ".catch((e) => { process.stderr.write((e && e.stack || e) + '\\n'); process.exit(1) })";

static void become_evaluator(const char *path, int out) {
    char *runtime = runtime_find();
    dup2(out, 3);
    if (runtime) execl(runtime, "galley-js", "-e", evaluator, path, (char *)NULL);
    execlp("node", "node", "-e", evaluator, path, (char *)NULL);
    fprintf(stderr, "galley: neither galley-js nor node is there to evaluate %s\n", path);
    _exit(127);
}

static json_t *evaluate(const Session *session, const char *path) {
    int ends[2];
    if (pipe(ends) < 0) return NULL;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) become_evaluator(path, ends[1]);
    close(ends[1]);
    Bytes text = {0};
    char chunk[4096];
    ssize_t got;
    while ((got = read(ends[0], chunk, sizeof chunk)) > 0 || (got < 0 && errno == EINTR))
        if (got > 0 && text.len < FILE_LIMIT) bytes_append(&text, chunk, (size_t)got);
    close(ends[0]);
    int status = 0;
    if (pid > 0) waitpid(pid, &status, 0);
    json_t *value = text.len ? json_loadb(text.data, text.len, JSON_DECODE_ANY, NULL) : NULL;
    bytes_free(&text);
    if (!value) say_error(session, "File %s malformated: it could not be evaluated", path);
    return value;
}

/* JSON as people write it into configuration: with comments. They become blanks, so that lines stay. */
static void blank_comments(char *text) {
    bool in_string = false;
    for (char *c = text; *c; c++) {
        if (in_string && *c == '\\' && c[1])
            c++;
        else if (*c == '"')
            in_string = !in_string;
        else if (!in_string && c[0] == '/' && c[1] == '/')
            for (; *c && *c != '\n'; c++)
                *c = ' ';
        else if (!in_string && c[0] == '/' && c[1] == '*') {
            char *end = strstr(c + 2, "*/");
            for (; *c && (!end || c < end + 2); c++)
                if (*c != '\n') *c = ' ';
        }
        if (!*c) break;
    }
}

static json_t *parse_text(const Session *session, const char *path, Bytes *text) {
    char *problem = NULL;
    json_t *value = NULL;
    json_error_t at;
    bytes_reserve(text, 1);
    if (ends_with(path, ".yml") || ends_with(path, ".yaml")) {
        value = yaml_load(text->data, text->len, &problem);
    } else {
        blank_comments(text->data);
        value = json_loadb(text->data, text->len, 0, &at);
        if (!value) problem = mem_printf("line %d: %s", at.line, at.text);
    }
    if (!value) say_error(session, "File %s malformated: %s", path, problem ? problem : "it is empty");
    mem_free(problem);
    return value;
}

/* Where the key is, as near as a text search knows: after the app's name if it is found before. 0: nowhere.
 */
static size_t line_of(const Bytes *text, const char *app, const char *key) {
    if (!text->len || !key) return 0;
    const char *from = app ? strstr(text->data, app) : NULL;
    const char *found = from ? strstr(from, key) : NULL;
    if (!found) found = strstr(text->data, key);
    if (!found) return 0;
    size_t line = 1;
    for (const char *c = text->data; c < found; c++)
        line += *c == '\n';
    return line;
}

static void tell_problem(const Session *session, const char *path, const Bytes *text, const json_t *given,
                         const char *key, const char *problem) {
    const char *name = json_str(given, "name");
    size_t line = line_of(text, name, key);
    Bytes where = {0};
    bytes_append_str(&where, path);
    if (line) bytes_printf(&where, ":%zu", line);
    if (name) bytes_printf(&where, ": app \"%s\"", name);
    Bytes value = {0};
    if (key) json_append_to(&value, json_object_get(given, key), JSON_COMPACT);
    if (key)
        say_error(session, "%s: %s: %s %s", where.data, key, value.len ? value.data : "", problem);
    else
        say_error(session, "%s: %s", where.data, problem);
    bytes_free(&value);
    bytes_free(&where);
}

static bool is_only(const Session *session, const char *name) {
    const char *only = session_option(session, "only");
    if (!only) return true;
    for (const char *at = only; name && *at;) {
        size_t len = strcspn(at, ",");
        if (strlen(name) == len && memcmp(at, name, len) == 0) return true;
        at += len + (at[len] == ',');
    }
    return false;
}

static json_t *declare_all(const Session *session, const char *path, const Bytes *text, json_t *value) {
    json_t *apps = json_is_array(value) ? value : json_object_get(value, "apps");
    json_t *one = NULL;
    if (!apps && json_is_object(value)) apps = one = json_pack("[O]", value);
    if (json_is_object(apps)) apps = one = json_pack("[O]", apps);
    json_t *list = json_array();
    char folder[PATH_MAX];
    if (!getcwd(folder, sizeof folder)) folder[0] = 0;
    bool failed = !json_is_array(apps) || !json_array_size(apps);
    if (failed) say_error(session, "%s declares no apps: it needs a list `apps`", path);
    for (size_t i = 0; i < json_array_size(apps); i++) {
        json_t *given = json_array_get(apps, i);
        char *problem = NULL;
        const char *key = NULL;
        if (json_is_object(given) && json_str(given, "name") && !is_only(session, json_str(given, "name")))
            continue;
        json_t *config = json_is_object(given) ? declare_app(session, given, folder, &problem, &key) : NULL;
        if (config && is_only(session, json_str(config, "name")))
            json_array_append(list, config);
        else if (!config)
            tell_problem(session, path, text, given, key, problem ? problem : "an app must be an object");
        failed |= !config;
        json_decref(config);
        mem_free(problem);
    }
    json_decref(one);
    if (!failed) return list;
    json_decref(list);
    return NULL;
}

json_t *ecosystem_parse(const Session *session, const char *text, size_t len, const char *path) {
    Bytes copy = {0};
    bytes_append(&copy, text, len);
    json_t *value = parse_text(session, path, &copy);
    json_t *apps = value ? declare_all(session, path, &copy, value) : NULL;
    json_decref(value);
    bytes_free(&copy);
    return apps;
}

json_t *ecosystem_load(const Session *session, const char *path) {
    Bytes text = {0};
    int error = file_read(path, FILE_LIMIT, &text);
    if (error) {
        say_error(session, "File %s not found: %s", path, strerror(error));
        bytes_free(&text);
        return NULL;
    }
    bool script = ends_with(path, "js");
    char *real = realpath(path, NULL);
    json_t *value = script ? evaluate(session, real ? real : path) : parse_text(session, path, &text);
    json_t *apps = value ? declare_all(session, path, &text, value) : NULL;
    free(real);
    json_decref(value);
    bytes_free(&text);
    return apps;
}
