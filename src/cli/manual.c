/* The manual page, printed from the tables of commands and options when Galley is built. */
#include "base/bytes.h"
#include "cli/command.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static void print_escaped(const char *text) {
    for (; *text; text++) {
        if (*text == '-' || *text == '\\') putchar('\\');
        putchar(*text == '\\' ? 'e' : *text);
    }
}

static void print_item(const char *head, const char *arguments, const char *text) {
    printf(".TP\n.B ");
    print_escaped(head);
    putchar(' ');
    print_escaped(arguments);
    printf("\n");
    print_escaped(text);
    printf("\n");
}

void manual_print(void) {
    printf(
        ".TH GALLEY 1\n.SH NAME\ngalley \\- run JavaScript programs and keep programs running\n.SH SYNOPSIS\n"
        ".B galley\n[\\fIoptions\\fR] \\fIapp.js\\fR [\\fIarguments\\fR]\n.br\n.B galley\n\\fIcommand\\fR "
        "[\\fIarguments\\fR]\n.SH DESCRIPTION\nThe first form runs a Node\\-style program; its options are "
        "shown by "
        "\\fBgalley \\-h\\fR. The second manages programs that are kept running: they come back when they "
        "crash, their "
        "output goes to files, and new versions take their place without a lost request.\n.SH COMMANDS\n");
    for (const Command *command = commands; command->name; command++) {
        if (!command->summary) continue;
        print_item(command->name, command->arguments, command->summary);
        printf(".br\nExample: \\fBgalley ");
        print_escaped(command->example);
        printf("\\fR\n");
        if (!command->aliases) continue;
        printf(".br\nAlso: ");
        print_escaped(command->aliases);
        printf("\n");
    }
    printf(".SH OPTIONS\n");
    for (const Option *option = options; option->name; option++) {
        if (!option->help) continue;
        char head[128];
        if (option->letter)
            snprintf(head, sizeof head, "-%c, --%s", option->letter, option->name);
        else
            snprintf(head, sizeof head, "--%s", option->name);
        print_item(head, option->takes == TAKES_NOTHING ? "" : "value", option->help);
    }
    printf(".SH FILES\n.TP\n.B ~/.galley\nEverything of one user: logs, pids, the saved list. "
           "\\fBGALLEY_HOME\\fR names another "
           "folder.\n.SH EXIT STATUS\n0, or 1 after telling what went wrong.\n.SH SEE ALSO\ndocs/manager.md "
           "and docs/from\\-pm2.md "
           "in Galley's sources.\n");
}
