/* init: an ecosystem file to begin with. */
#include "base/file.h"
#include "cli/command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char simple[] = "module.exports = {\n"
                             "  apps: [{\n"
                             "    name: 'app',\n"
                             "    script: './app.js',\n"
                             "  }],\n"
                             "}\n";

static const char whole[] = "// galley start ecosystem.config.js --env production\n"
                            "module.exports = {\n"
                            "  apps: [{\n"
                            "    name: 'api',\n"
                            "    script: './app.js',\n"
                            "    instances: 'max', // a process for each core; they share the port\n"
                            "    max_memory_restart: '500M',\n"
                            "    env: { NODE_ENV: 'development', PORT: 3000 },\n"
                            "    env_production: { NODE_ENV: 'production' },\n"
                            "  }],\n"
                            "}\n";

int command_init(Session *session) {
    static const char path[] = "ecosystem.config.js";
    const char *text = session->words[0] && strcmp(session->words[0], "simple") == 0 ? simple : whole;
    if (access(path, F_OK) == 0 && !session_has(session, "force")) {
        say_error(session, "%s is there already; --force writes over it", path);
        return EXIT_FAILURE;
    }
    int error = file_write_atomic(path, text, strlen(text), 0644);
    if (error)
        say_error(session, "cannot write %s: %s", path, strerror(error));
    else
        say(session, "Wrote %s", path);
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}
