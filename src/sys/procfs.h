/* What /proc says about a process. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct {
    uint64_t cpu_ms; /* user and system, all threads */
    uint64_t rss_bytes;
    uint64_t start_ticks; /* since boot: with the pid it names a process for good */
    unsigned threads;
    pid_t parent, group, session;
    char state;
} ProcFigures;

bool proc_read(pid_t pid, ProcFigures *figures);
/* Of one that has ended and whose remains are still there: as waitpid would have it. */
bool proc_exit_result(pid_t pid, int *result);
/* Processes of a session that lead a group and whose parent is gone; the caller frees *pids. */
size_t proc_session_orphans(pid_t session, pid_t **pids);
/* What the first thread has run or waited to run: how much of a core it wants, also when others crowd it out.
 */
uint64_t proc_demand_ns(pid_t pid);
uint64_t proc_pss_bytes(pid_t pid); /* 0: not allowed to know */
unsigned proc_descriptors(pid_t pid);

/* All living descendants, nearest first; the caller frees *pids. */
size_t proc_descendants(pid_t pid, pid_t **pids);
/* Sends a signal to the process and, if `tree`, to all that descend from it. */
void proc_signal(pid_t pid, int signal, bool tree);

/* "SIGUSR2", "USR2" or "12"; 0 if there is none such. */
int signal_parse(const char *name);
const char *signal_name(int signal); /* "SIGTERM", or NULL */

/* Names this machine's run, from power on to power off. */
void boot_id_read(char id[40]);
unsigned cpu_count(void); /* that this process may use, by affinity and cgroup quota */
