/* What /proc says about a process; see procfs.h. */
#include "sys/procfs.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static ssize_t read_small(const char *path, char *buffer, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t got = read(fd, buffer, size - 1);
    close(fd);
    buffer[got > 0 ? got : 0] = 0;
    return got;
}

bool proc_read(pid_t pid, ProcFigures *figures) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (pid <= 0 || read_small(path, text, sizeof text) <= 0) return false;
    char *after_name = strrchr(text, ')');
    if (!after_name) return false;
    unsigned long long user, system, start;
    long rss, threads;
    int parent, group, session;
    char state;
    int found =
        sscanf(after_name + 2,
               "%c %d %d %d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %ld %*d %llu %*u %ld",
               &state, &parent, &group, &session, &user, &system, &threads, &start, &rss);
    if (found != 9) return false;
    uint64_t tick_ms = 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
    *figures = (ProcFigures){
        .cpu_ms = (user + system) * tick_ms,
        .rss_bytes = (uint64_t)rss * (uint64_t)sysconf(_SC_PAGESIZE),
        .start_ticks = start,
        .threads = (unsigned)threads,
        .parent = parent,
        .group = group,
        .session = session,
        .state = state,
    };
    return true;
}

bool proc_exit_result(pid_t pid, int *result) {
    char path[64], text[1024];
    ProcFigures figures;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (!proc_read(pid, &figures) || figures.state != 'Z' || read_small(path, text, sizeof text) <= 0)
        return false;
    const char *last = strrchr(text, ' ');
    if (last) *result = atoi(last + 1);
    return last != NULL;
}

uint64_t proc_demand_ns(pid_t pid) {
    char path[64], text[128];
    unsigned long long ran, waited;
    snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
    if (read_small(path, text, sizeof text) <= 0) return 0;
    return sscanf(text, "%llu %llu", &ran, &waited) == 2 ? ran + waited : 0;
}

uint64_t proc_pss_bytes(pid_t pid) {
    char path[64], text[2048];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    if (read_small(path, text, sizeof text) <= 0) return 0;
    const char *line = strstr(text, "\nPss:");
    return line ? strtoull(line + 5, NULL, 10) * 1024 : 0;
}

unsigned proc_descriptors(pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *dir = opendir(path);
    if (!dir) return 0;
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(dir));)
        count += isdigit((unsigned char)entry->d_name[0]) != 0;
    closedir(dir);
    return count;
}

typedef struct {
    pid_t pid, parent;
} Kin;

static size_t read_everybody(Kin **everybody) {
    DIR *dir = opendir("/proc");
    size_t count = 0, cap = 0;
    *everybody = NULL;
    if (!dir) return 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (!isdigit((unsigned char)entry->d_name[0])) continue;
        ProcFigures figures;
        pid_t pid = atoi(entry->d_name);
        if (!proc_read(pid, &figures)) continue;
        if (count == cap) *everybody = mem_resize(*everybody, (cap = cap ? cap * 2 : 128) * sizeof(Kin));
        (*everybody)[count++] = (Kin){pid, figures.parent};
    }
    closedir(dir);
    return count;
}

size_t proc_descendants(pid_t pid, pid_t **pids) {
    Kin *everybody;
    size_t all = read_everybody(&everybody), count = 0;
    pid_t *found = mem_new((all + 1) * sizeof(pid_t));
    found[0] = pid;
    for (size_t next = 0; next <= count; next++)
        for (size_t i = 0; i < all && count < all; i++)
            if (everybody[i].parent == found[next]) found[++count] = everybody[i].pid;
    memmove(found, found + 1, count * sizeof(pid_t));
    mem_free(everybody);
    *pids = found;
    return count;
}

size_t proc_session_orphans(pid_t session, pid_t **pids) {
    Kin *everybody;
    size_t all = read_everybody(&everybody), count = 0;
    pid_t *found = mem_new((all + 1) * sizeof(pid_t));
    for (size_t i = 0; i < all; i++) {
        ProcFigures own, parent = {0};
        if (!proc_read(everybody[i].pid, &own) || own.session != session || own.group != everybody[i].pid)
            continue;
        if (!proc_read(own.parent, &parent) || parent.session != session) found[count++] = everybody[i].pid;
    }
    mem_free(everybody);
    *pids = found;
    return count;
}

void proc_signal(pid_t pid, int signal, bool tree) {
    pid_t *kin = NULL;
    size_t count = tree ? proc_descendants(pid, &kin) : 0;
    kill(pid, signal);
    for (size_t i = 0; i < count; i++)
        kill(kin[i], signal);
    mem_free(kin);
}

int signal_parse(const char *name) {
    if (isdigit((unsigned char)*name)) {
        int number = atoi(name);
        return number > 0 && number < NSIG ? number : 0;
    }
    if (strncasecmp(name, "SIG", 3) == 0) name += 3;
    for (int i = 1; i < NSIG; i++) {
        const char *abbreviation = sigabbrev_np(i);
        if (abbreviation && strcasecmp(abbreviation, name) == 0) return i;
    }
    return 0;
}

const char *signal_name(int signal) {
    static const char *const names[] = {
        [SIGHUP] = "SIGHUP",   [SIGINT] = "SIGINT",   [SIGQUIT] = "SIGQUIT", [SIGILL] = "SIGILL",
        [SIGTRAP] = "SIGTRAP", [SIGABRT] = "SIGABRT", [SIGBUS] = "SIGBUS",   [SIGFPE] = "SIGFPE",
        [SIGKILL] = "SIGKILL", [SIGUSR1] = "SIGUSR1", [SIGSEGV] = "SIGSEGV", [SIGUSR2] = "SIGUSR2",
        [SIGPIPE] = "SIGPIPE", [SIGALRM] = "SIGALRM", [SIGTERM] = "SIGTERM", [SIGSYS] = "SIGSYS",
    };
    return signal > 0 && (size_t)signal < COUNT_OF(names) ? names[signal] : NULL;
}

void boot_id_read(char id[40]) {
    if (read_small("/proc/sys/kernel/random/boot_id", id, 40) <= 0) id[0] = 0;
    id[strcspn(id, "\n")] = 0;
}

unsigned cpu_count(void) {
    cpu_set_t set;
    unsigned count = sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
    char text[128];
    long long quota, period;
    if (read_small("/sys/fs/cgroup/cpu.max", text, sizeof text) > 0 &&
        sscanf(text, "%lld %lld", &quota, &period) == 2 && period > 0) {
        unsigned allowed = (unsigned)((quota + period - 1) / period);
        if (allowed && allowed < count) count = allowed;
    }
    return count ? count : 1;
}
