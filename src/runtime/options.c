#include "runtime/options.h"

#include "base/mem.h"
#include "runtime/env_file.h"
#include "runtime/known_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const rejection_modes[] = {"none", "warn", "strict", "throw", "warn-with-error-code"};

static bool set_value(Options *options, const char *name, const char *value) {
    if (strcmp(name, "unhandled-rejections") == 0) {
        bool found = false;
        for (size_t i = 0; i < COUNT_OF(rejection_modes); i++)
            found |= !strcmp(value, rejection_modes[i]);
        if (!found) {
            fprintf(stderr, "%s: invalid value for --unhandled-rejections\n", options->argv[0]);
            return false;
        }
    }
    const char *before = map_get(&options->values, name);
    bool adds = before && strcmp(name, "conditions") == 0; /* every other option is said once */
    char *now = adds ? mem_printf("%s,%s", before, value) : mem_strdup(value);
    mem_free(map_set(&options->values, name, now));
    return true;
}

static void add_word(char ***list, int *count, const char *word) {
    *list = mem_resize(*list, (size_t)(*count + 1) * sizeof(char *));
    (*list)[(*count)++] = mem_strdup(word);
}

static void add_require(Options *options, const char *name) {
    add_word(&options->requires, &options->require_count, name);
}

static bool bad_option(const Options *options, const char *option) {
    fprintf(stderr, "%s: bad option: %s\n", options->argv[0], option);
    return false;
}

static bool refuse(const Options *options, const char *name) {
    fprintf(stderr, "%s: --%s is an option of Node's that Galley does not have\n", options->argv[0], name);
    return false;
}

static bool needs_argument(const Options *options, const char *option) {
    fprintf(stderr, "%s: %s requires an argument\n", options->argv[0], option);
    return false;
}

static bool is_env_file(const char *name) {
    return strcmp(name, "env-file") == 0 || strcmp(name, "env-file-if-exists") == 0;
}

static void add_env_file(Options *options, const char *path, bool may_be_missing) {
    options->env_files =
        mem_resize(options->env_files, (size_t)(options->env_file_count + 1) * sizeof *options->env_files);
    options->env_files[options->env_file_count++] = (EnvFile){path, may_be_missing};
}

/* Reads one long option; *used is how many words it took. */
static bool read_long(Options *options, char **words, int left, bool from_environment, int *used) {
    char name[128];
    const char *text = words[0] + 2, *value = strchr(text, '=');
    snprintf(name, sizeof name, "%.*s", (int)(value ? value - text : (long)strlen(text)), text);
    for (char *c = name; *c; c++)
        if (*c == '_') *c = '-';
    *used = 1;
    if (strcmp(name, "require") == 0 || strcmp(name, "import") == 0) {
        if (!value && left < 2) return needs_argument(options, words[0]);
        if (!value) *used = 2;
        const char *module = value ? value + 1 : words[1];
        if (name[0] == 'i')
            add_word(&options->imports, &options->import_count, module);
        else
            add_require(options, module);
        return true;
    }
    if (!from_environment && is_env_file(name)) {
        if (!value && left < 2) return needs_argument(options, words[0]);
        if (!value) *used = 2;
        add_env_file(options, value ? value + 1 : words[1], name[strlen("env-file")] != '\0');
        return true;
    }
    bool negated = strncmp(name, "no-", 3) == 0;
    for (const KnownOption *known = known_options; known->name; known++) {
        const char *wanted = known->name;
        bool no = negated && strcmp(wanted, name + 3) == 0;
        if (no && known->kind == WITH_VALUE) {
            fprintf(stderr, "%s: %s is an invalid negation because it is not a boolean option\n",
                    options->argv[0], words[0]);
            return false;
        }
        if (!no && strcmp(wanted, name)) continue;
        if (from_environment && !known->in_node_options) {
            fprintf(stderr, "%s: %s is not allowed in NODE_OPTIONS\n", options->argv[0], words[0]);
            return false;
        }
        if (known->kind == REFUSED) return no || refuse(options, wanted);
        if (known->kind == SWITCH) {
            bool is_false = value && strcmp(value, "=false") == 0;
            if (value && !is_false && strcmp(value, "=true") != 0) return bad_option(options, words[0]);
            return set_value(options, wanted, no != is_false ? "no" : "");
        }
        if (value) return set_value(options, wanted, value + 1);
        if (left < 2 || (words[1][0] == '-' && words[1][1])) return needs_argument(options, words[0]);
        *used = 2;
        return set_value(options, wanted, words[1]);
    }
    return bad_option(options, words[0]);
}

/* NODE_OPTIONS: words parted by spaces, double quotes and backslashes as Node reads them. */
static bool read_environment(Options *options) {
    const char *text = getenv("NODE_OPTIONS");
    if (!text || !*text) return true;
    char *words[128], *copy = mem_new(strlen(text) + 1), *out = copy;
    int count = 0;
    bool quoted = false, in_word = false, fine = true;
    for (const char *c = text; *c && count < 127; c++) {
        if (*c == '"') {
            quoted = !quoted;
            if (!in_word) words[count++] = out, in_word = true;
        } else if (*c == ' ' && !quoted) {
            if (in_word) *out++ = '\0', in_word = false;
        } else {
            if (*c == '\\' && quoted && c[1]) c++;
            if (!in_word) words[count++] = out, in_word = true;
            *out++ = *c;
        }
    }
    *out = '\0';
    if (quoted) {
        fprintf(stderr, "%s: invalid value for NODE_OPTIONS (unterminated string)\n", options->argv[0]);
        fine = false;
    }
    for (int i = 0, used; fine && i < count; i += used) {
        used = 1;
        if (strcmp(words[i], "-r") == 0 && i + 1 < count) {
            add_require(options, words[i + 1]);
            used = 2;
        } else if (strncmp(words[i], "--", 2) == 0) {
            fine = read_long(options, words + i, count - i, true, &used);
        } else {
            fprintf(stderr, "%s: %s is not allowed in NODE_OPTIONS\n", options->argv[0], words[i]);
            fine = false;
        }
    }
    mem_free(copy);
    return fine;
}

static bool read_words(Options *options) {
    char **argv = options->argv;
    int argc = options->argc, i = 1;
    for (; i < argc; i++) {
        const char *word = argv[i];
        if (word[0] != '-' || !word[1]) break;
        if (strcmp(word, "--") == 0) {
            i++;
            break;
        }
        if (strcmp(word, "-v") == 0 || strcmp(word, "--version") == 0)
            options->version = true;
        else if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)
            options->help = true;
        else if (strcmp(word, "-c") == 0 || strcmp(word, "--check") == 0)
            options->check = true;
        else if (strcmp(word, "-i") == 0 || strcmp(word, "--interactive") == 0)
            options->interactive = true;
        else if (strcmp(word, "-e") == 0 || strcmp(word, "--eval") == 0 || strcmp(word, "-p") == 0 ||
                 strcmp(word, "-pe") == 0 || strcmp(word, "--print") == 0) {
            bool may_be_bare = strcmp(word, "-p") == 0 || strcmp(word, "--print") == 0;
            if (word[1] == 'p' || word[2] == 'p') options->print = true;
            if (may_be_bare && (i + 1 >= argc || argv[i + 1][0] == '-')) continue;
            if (i + 1 >= argc) return needs_argument(options, word);
            options->eval = argv[++i];
            if (strncmp(options->eval, "\\-", 2) == 0) options->eval++; /* a minus that begins no option */
        } else if (strncmp(word, "--eval=", 7) == 0)
            options->eval = word + 7;
        else if (strncmp(word, "--print=", 8) == 0)
            options->eval = word + 8, options->print = true;
        else if (strcmp(word, "-r") == 0) {
            if (i + 1 >= argc) return needs_argument(options, word);
            add_require(options, argv[++i]);
        } else if (strcmp(word, "-C") == 0) {
            if (i + 1 >= argc) return needs_argument(options, word);
            if (!set_value(options, "conditions", argv[++i])) return false;
        } else if (word[1] == '-') {
            int used;
            if (!read_long(options, argv + i, argc - i, false, &used)) return false;
            i += used - 1;
        } else {
            return bad_option(options, word);
        }
    }
    options->script_at = i;
    options->test = map_has(&options->values, "test");
    if (!options->eval && !options->test && i < argc) options->script = argv[i];
    return true;
}

/* The program is run by another process, whose options are the same otherwise. */
static bool options_watch(const Options *options) {
    return map_has(&options->values, "watch") || map_has(&options->values, "watch-path");
}

/* Options that contradict each other; true after saying so. */
static bool options_conflict(const Options *options) {
    if (options->check && options->eval) {
        fprintf(stderr, "%s: either --check or --eval can be used, not both\n", options->argv[0]);
        return true;
    }
    const char *other = options->check         ? "check"
                        : options->eval        ? "eval"
                        : options->interactive ? "interactive"
                                               : NULL;
    if (other && options_watch(options)) {
        fprintf(stderr, "%s: either --watch or --%s can be used, not both\n", options->argv[0], other);
        return true;
    }
    if (!map_has(&options->values, "tls-min-v1.3") || !map_has(&options->values, "tls-max-v1.2"))
        return false;
    fprintf(stderr, "%s: either --tls-min-v1.3 or --tls-max-v1.2 can be used, not both\n", options->argv[0]);
    return true;
}

static bool mentions_env_file(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "--env", 5) == 0) return true;
    return false;
}

/* The files come first, because NODE_OPTIONS may be in them. */
static bool load_env_files(int argc, char **argv) {
    if (!mentions_env_file(argc, argv)) return true;
    Options options = {.argc = argc, .argv = argv};
    bool fine = read_words(&options) && (options_watch(&options) || env_files_load(&options));
    options_free(&options);
    return fine;
}

bool options_read(Options *options, int argc, char **argv, int *exit_code) {
    *options = (Options){.argc = argc, .argv = argv};
    *exit_code = 9;
    if (!load_env_files(argc, argv)) return false;
    return read_environment(options) && read_words(options) && !options_conflict(options);
}

void options_free(Options *options) {
    MAP_EACH(&options->values, entry) mem_free(entry->value);
    map_free(&options->values);
    for (int i = 0; i < options->require_count; i++)
        mem_free(options->requires[i]);
    mem_free(options->requires);
    for (int i = 0; i < options->import_count; i++)
        mem_free(options->imports[i]);
    mem_free(options->imports);
    mem_free(options->env_files);
}
