/* completion: scripts for the shells, made from the tables of commands and options. */
#include "base/mem.h"
#include "cli/command.h"
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_commands(const char *separator) {
    for (const Command *command = commands; command->name; command++)
        if (command->summary) printf("%s%s", command == commands ? "" : separator, command->name);
}

static void print_options(const char *separator) {
    for (const Option *option = options; option->name; option++)
        if (option->help) printf("%s--%s", option == options ? "" : separator, option->name);
}

static void bash(const char *program) {
    printf("_%s() {\n  local word=${COMP_WORDS[COMP_CWORD]}\n  if [[ $word == -* ]]; then\n    "
           "COMPREPLY=($(compgen -W '",
           program);
    print_options(" ");
    printf("' -- \"$word\"))\n  elif [ \"$COMP_CWORD\" = 1 ]; then\n    COMPREPLY=($(compgen -f -W '");
    print_commands(" ");
    printf(
        "' -- \"$word\"))\n  else\n    COMPREPLY=($(compgen -f -W \"all $(%s list --mini-list 2>/dev/null | "
        "awk 'NR > 1 { print $2 }')\" -- \"$word\"))\n  fi\n}\ncomplete -o filenames -F _%s %s\n",
        program, program, program);
}

static void zsh(const char *program) {
    printf("#compdef %s\n_%s() {\n  if (( CURRENT == 2 )); then\n    local -a commands\n    commands=(",
           program, program);
    for (const Command *command = commands; command->name; command++)
        if (command->summary) printf("'%s:%s' ", command->name, command->summary);
    printf(
        ")\n    _describe command commands\n    _files\n  elif [[ $PREFIX == -* ]]; then\n    compadd -- ");
    print_options(" ");
    printf("\n  else\n    compadd all ${(f)\"$(%s list --mini-list 2>/dev/null | awk 'NR > 1 { print $2 "
           "}')\"}\n    _files\n"
           "  fi\n}\ncompdef _%s %s\n",
           program, program, program);
}

static void fish(const char *program) {
    for (const Command *command = commands; command->name; command++)
        if (command->summary)
            printf("complete -c %s -n __fish_use_subcommand -a %s -d \"%s\"\n", program, command->name,
                   command->summary);
    for (const Option *option = options; option->name; option++) {
        if (!option->help) continue;
        char letter[8] = "";
        if (option->letter) snprintf(letter, sizeof letter, " -s %c", option->letter);
        printf("complete -c %s -l %s%s%s -d '%s'\n", program, option->name, letter,
               option->takes == TAKES_NOTHING ? "" : " -r", option->help);
    }
    printf("complete -c %s -n 'not __fish_use_subcommand' -a \"(%s list --mini-list 2>/dev/null | awk 'NR > "
           "1 { print \\$2 }')\"\n",
           program, program);
}

int command_completion(Session *session) {
    static const struct {
        const char *shell;
        void (*print)(const char *program);
    } shells[] = {
        {"bash", bash},
        {"zsh",  zsh },
        {"fish", fish}
    };
    const char *shell = session->words[0];
    const char *given = getenv("SHELL");
    if (!shell && given) shell = strrchr(given, '/') ? strrchr(given, '/') + 1 : given;
    for (size_t i = 0; shell && i < COUNT_OF(shells); i++) {
        if (strcmp(shell, shells[i].shell) != 0) continue;
        shells[i].print(session->is_pm2 ? "pm2" : "galley");
        return EXIT_SUCCESS;
    }
    say_error(session, "completion is for bash, zsh and fish: completion bash "
                       ">~/.local/share/bash-completion/completions/galley");
    return EXIT_FAILURE;
}
