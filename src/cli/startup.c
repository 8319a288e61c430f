/* startup and unstartup: a systemd unit that resurrects the saved list when the machine starts. The
 * superuser gets a unit of the system, everybody else one of his own that runs without him being logged in.
 */
#include "base/file.h"
#include "base/mem.h"
#include "cli/command.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    bool system; /* for the whole machine, not one user's systemd */
    char *name, *path, *user, *user_home, *galley_home;
} Unit;

static void unit_free(Unit *unit) {
    mem_free(unit->name);
    mem_free(unit->path);
    mem_free(unit->user);
    mem_free(unit->user_home);
    mem_free(unit->galley_home);
}

static bool unit_find(Session *session, Unit *unit) {
    const char *user_name = session_option(session, "user"), *given_home = session_option(session, "hp");
    const char *given_name = session_option(session, "service-name");
    const char *program = session->is_pm2 ? "pm2" : "galley";
    struct passwd *user = user_name ? getpwnam(user_name) : getpwuid(geteuid());
    if (!user) {
        say_error(session, "there is no user %s", user_name ? user_name : "");
        return false;
    }
    unit->system = geteuid() == 0;
    unit->user = mem_strdup(user->pw_name);
    unit->user_home = mem_strdup(given_home ? given_home : user->pw_dir);
    bool own = user->pw_uid == geteuid();
    unit->galley_home = own ? mem_strdup(session->home.path) : mem_printf("%s/.%s", unit->user_home, program);
    unit->name = given_name     ? mem_strdup(given_name)
                 : unit->system ? mem_printf("%s-%s", program, user->pw_name)
                                : mem_strdup(program);
    if (strchr(unit->name, '/')) {
        say_error(session, "a unit's name has no slash: %s", unit->name);
        return false;
    }
    if (unit->system)
        unit->path = mem_printf("/etc/systemd/system/%s.service", unit->name);
    else
        unit->path = mem_printf("%s/.config/systemd/user/%s.service", unit->user_home, unit->name);
    return true;
}

static char *unit_text(const Session *session, const Unit *unit, const char *program) {
    const char *path = getenv("PATH");
    const char *variable = session->is_pm2 ? "PM2_HOME" : "GALLEY_HOME";
    const char *after = session_has(session, "wait-ip") ? "network-online.target" : "network.target";
    Bytes text = {0};
    bytes_printf(&text, "[Unit]\nDescription=Galley process manager of %s\nAfter=%s\n", unit->user, after);
    if (session_has(session, "wait-ip")) bytes_append_str(&text, "Wants=network-online.target\n");
    bytes_append_str(&text, "\n[Service]\nType=oneshot\nRemainAfterExit=yes\n");
    if (unit->system) bytes_printf(&text, "User=%s\n", unit->user);
    bytes_printf(&text, "Environment=\"PATH=%s\"\nEnvironment=\"%s=%s\"\n", path ? path : "/usr/bin:/bin",
                 variable, unit->galley_home);
    bytes_append_str(&text, "LimitNOFILE=infinity\nLimitNPROC=infinity\nLimitCORE=infinity\n");
    bytes_printf(&text, "ExecStart=%s resurrect\nExecReload=%s reload all\nExecStop=%s kill\n", program,
                 program, program);
    bytes_printf(&text, "\n[Install]\nWantedBy=%s\n", unit->system ? "multi-user.target" : "default.target");
    return bytes_take(&text);
}

static bool run(Session *session, char *const *args) {
    pid_t pid = fork();
    if (pid == 0) {
        execvp(args[0], args);
        _exit(127);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0) {
        Bytes line = {0};
        for (; *args; args++)
            bytes_printf(&line, " %s", *args);
        say_error(session, "this did not work:%s", line.data);
        bytes_free(&line);
        return false;
    }
    return true;
}

static bool systemctl(Session *session, const Unit *unit, const char *verb) {
    char *of_system[] = {"systemctl", (char *)verb, unit->name, NULL};
    char *of_user[] = {"systemctl", "--user", (char *)verb, unit->name, NULL};
    return run(session, unit->system ? of_system : of_user);
}

static char *own_path(const Session *session) {
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    path[len > 0 ? len : 0] = 0;
    if (!session->is_pm2) return mem_strdup(path);
    char *slash = strrchr(path, '/');
    if (slash) *slash = 0;
    return mem_printf("%s/pm2", path);
}

static bool install(Session *session, const Unit *unit, const char *text) {
    char *folder = mem_strdup(unit->path);
    *strrchr(folder, '/') = 0;
    int error = folder_make(folder, 0755);
    if (!error) error = file_write_atomic(unit->path, text, strlen(text), 0644);
    mem_free(folder);
    if (error) {
        say_error(session, "cannot write %s: %s", unit->path, strerror(error));
        return false;
    }
    say(session, "Wrote %s", unit->path);
    char *linger[] = {"loginctl", "enable-linger", unit->user, NULL};
    if (!systemctl(session, unit, "enable")) return false;
    return unit->system || run(session, linger);
}

int command_startup(Session *session) {
    Unit unit = {0};
    int exit_code = EXIT_FAILURE;
    if (unit_find(session, &unit)) {
        char *program = own_path(session), *text = unit_text(session, &unit, program);
        if (session_has(session, "print")) {
            fputs(text, stdout);
            exit_code = EXIT_SUCCESS;
        } else if (install(session, &unit, text)) {
            say(session, "Apps that `save` has noted will run when the machine starts");
            exit_code = EXIT_SUCCESS;
        }
        mem_free(program);
        mem_free(text);
    }
    unit_free(&unit);
    return exit_code;
}

int command_unstartup(Session *session) {
    Unit unit = {0};
    int exit_code = EXIT_FAILURE;
    if (unit_find(session, &unit)) {
        if (access(unit.path, F_OK) < 0)
            say_error(session, "there is no %s", unit.path);
        else if (systemctl(session, &unit, "disable") && unlink(unit.path) == 0)
            exit_code = EXIT_SUCCESS;
        if (exit_code == EXIT_SUCCESS) say(session, "Removed %s", unit.path);
    }
    unit_free(&unit);
    return exit_code;
}
