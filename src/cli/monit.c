/* monit: one page of the terminal that shows all workers as they run, and the log of the chosen one. */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/units.h"
#include "cli/command.h"
#include "cli/select.h"

#include <fcntl.h>
#include <locale.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REFRESH_MS 1000
#define LOG_BYTES 16384

enum { PAIR_GOOD = 1, PAIR_BAD, PAIR_TITLE, PAIR_WAITING };

typedef struct {
    Session *session;
    json_t *workers;
    size_t chosen, first;
    char message[200];
    bool is_over;
} Page;

static json_t *chosen_worker(const Page *page) {
    return json_array_get(page->workers, page->chosen);
}

static void refresh_workers(Page *page) {
    json_decref(page->workers);
    page->workers = session_list(page->session, true);
    size_t count = json_array_size(page->workers);
    if (page->chosen >= count) page->chosen = count ? count - 1 : 0;
}

static int status_attribute(const char *status) {
    if (strcmp(status, "online") == 0) return COLOR_PAIR(PAIR_GOOD);
    return strcmp(status, "launching") == 0 || strncmp(status, "wait", 4) == 0 ? COLOR_PAIR(PAIR_WAITING)
                                                                               : COLOR_PAIR(PAIR_BAD);
}

static void draw_title(int row, const char *text) {
    attron(COLOR_PAIR(PAIR_TITLE) | A_BOLD);
    mvhline(row, 0, ' ', COLS);
    mvaddnstr(row, 1, text, COLS - 2);
    attroff(COLOR_PAIR(PAIR_TITLE) | A_BOLD);
}

/* What the program tells of itself. */
static const char *told(const json_t *env, const char *metric) {
    const char *value = json_str(json_object_get(json_object_get(env, "axm_monitor"), metric), "value");
    return value ? value : "-";
}

static void draw_worker(const Page *page, int row, size_t index) {
    const json_t *worker = json_array_get(page->workers, index), *env = json_object_get(worker, "pm2_env");
    const json_t *monit = json_object_get(worker, "monit"), *figures = json_object_get(env, "figures");
    const char *status = worker_text(worker, "status");
    Bytes memory = {0}, uptime = {0};
    size_print(&memory, (uint64_t)json_int(monit, "memory", 0));
    long long since = json_int(env, "pm_uptime", 0), now = (long long)clock_wall_ms();
    if (json_int(worker, "pid", 0) && since)
        duration_print(&uptime, (uint64_t)(now > since ? now - since : 0));
    if (index == page->chosen) attron(A_REVERSE);
    mvhline(row, 0, ' ', COLS);
    mvprintw(row, 1, "%3lld %-14.14s ", json_int(worker, "pm_id", 0), json_str(worker, "name"));
    attron(status_attribute(status));
    printw("%-9.9s", status);
    attroff(status_attribute(status));
    printw(" %5.1f%% %8s %3lld↺ %4s %7lld %5s %7s", json_number_value(json_object_get(monit, "cpu")),
           memory.data, json_int(env, "restart_time", 0), uptime.data ? uptime.data : "-",
           json_int(figures, "connections", 0), told(env, "Event Loop Latency"), told(env, "HTTP"));
    if (index == page->chosen) attroff(A_REVERSE);
    bytes_free(&memory);
    bytes_free(&uptime);
}

static void draw_log_lines(const char *text, size_t len, int top, int bottom) {
    int row = bottom;
    while (len && row >= top) {
        size_t end = len;
        if (text[end - 1] == '\n') end--;
        size_t start = end;
        while (start && text[start - 1] != '\n')
            start--;
        mvhline(row, 0, ' ', COLS);
        for (size_t i = start; i < end && i - start < (size_t)COLS - 1; i++) {
            unsigned char c = (unsigned char)text[i];
            mvaddch(row, (int)(i - start), c >= 0x20 && c < 0x7f ? c : c == '\t' ? ' ' : '?');
        }
        row--;
        len = start;
    }
}

static void draw_log(const Page *page, int top, int bottom) {
    const json_t *worker = chosen_worker(page);
    struct stat status;
    char *text = mem_new(LOG_BYTES);
    int fd = worker ? open(worker_text(worker, "pm_out_log_path"), O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        off_t from = status.st_size > LOG_BYTES ? status.st_size - LOG_BYTES : 0;
        ssize_t got = pread(fd, text, LOG_BYTES, from);
        if (got > 0) draw_log_lines(text, (size_t)got, top, bottom);
    }
    if (fd >= 0) close(fd);
    mem_free(text);
}

static void draw(Page *page) {
    char title[256];
    size_t count = json_array_size(page->workers);
    int list_rows = LINES / 2 - 2 > 1 ? LINES / 2 - 2 : 1;
    erase();
    draw_title(0, " id name           status       cpu   memory    ↺   up   conns  late req/min");
    if (page->chosen < page->first) page->first = page->chosen;
    if (page->chosen >= page->first + (size_t)list_rows) page->first = page->chosen - (size_t)list_rows + 1;
    for (int row = 0; row < list_rows && page->first + (size_t)row < count; row++)
        draw_worker(page, row + 1, page->first + (size_t)row);
    if (!count) mvaddstr(1, 1, "no apps");
    const json_t *worker = chosen_worker(page);
    snprintf(title, sizeof title, "log of %s", worker ? json_str(worker, "name") : "nothing");
    draw_title(list_rows + 1, title);
    draw_log(page, list_rows + 2, LINES - 2);
    draw_title(LINES - 1, *page->message ? page->message
                                         : "↑↓ choose   r restart   l reload   s stop   + - scale   q quit");
    refresh();
}

static void act(Page *page, const char *what, json_t *request) {
    const json_t *worker = chosen_worker(page);
    if (!worker) {
        json_decref(request);
        return;
    }
    json_t *answer = session_call(page->session, json_pack("{ssssso}", "do", "ask", "key",
                                                           json_str(worker, "key"), "request", request));
    const char *error = json_str(answer, "error");
    snprintf(page->message, sizeof page->message, "%s %s: %s", what, json_str(worker, "name"),
             error ? error : "done");
    if (!answer) page->is_over = true;
    json_decref(answer);
}

static json_t *for_chosen(const Page *page, const char *what) {
    const json_t *worker = chosen_worker(page);
    return json_pack("{sss[O]}", "do", what, "ids", worker ? json_object_get(worker, "pm_id") : json_null());
}

static void scale(Page *page, long long by) {
    const json_t *worker = chosen_worker(page);
    long long count = by;
    for (size_t i = 0; worker && i < json_array_size(page->workers); i++)
        count += strcmp(json_str(json_array_get(page->workers, i), "key"), json_str(worker, "key")) == 0;
    if (count > 0) act(page, "scale", json_pack("{sssI}", "do", "scale", "to", (json_int_t)count));
}

static void handle_key(Page *page, int key) {
    page->message[0] = 0;
    switch (key) {
    case 'q':
    case 3: page->is_over = true; return;
    case KEY_UP:
    case 'k': page->chosen -= page->chosen > 0; return;
    case KEY_DOWN:
    case 'j': page->chosen += page->chosen + 1 < json_array_size(page->workers); return;
    case 'r': act(page, "restart", for_chosen(page, "restart")); break;
    case 'l': act(page, "reload", for_chosen(page, "reload")); break;
    case 's': act(page, "stop", for_chosen(page, "stop")); break;
    case '+': scale(page, 1); break;
    case '-': scale(page, -1); break;
    default: return;
    }
    if (!page->is_over) refresh_workers(page);
}

static bool open_screen(Session *session) {
    setlocale(LC_ALL, "");
    if (!isatty(STDOUT_FILENO) || !newterm(NULL, stdout, stdin)) {
        say_error(session, "monit needs a terminal; `list` and `metrics` do not");
        return false;
    }
    cbreak();
    noecho();
    curs_set(0);
    keypad(stdscr, TRUE);
    timeout(REFRESH_MS / 4);
    if (!has_colors()) return true;
    start_color();
    use_default_colors();
    init_pair(PAIR_GOOD, COLOR_GREEN, -1);
    init_pair(PAIR_BAD, COLOR_RED, -1);
    init_pair(PAIR_WAITING, COLOR_YELLOW, -1);
    init_pair(PAIR_TITLE, COLOR_BLACK, COLOR_CYAN);
    return true;
}

int command_monit(Session *session) {
    Page page = {.session = session};
    if (!session_connect(session, true) || !open_screen(session)) return EXIT_FAILURE;
    uint64_t refreshed = 0;
    while (!page.is_over) {
        if (clock_steady_ms() - refreshed >= REFRESH_MS) {
            refresh_workers(&page);
            refreshed = clock_steady_ms();
        }
        draw(&page);
        int key = getch();
        if (key != ERR) handle_key(&page, key);
    }
    endwin();
    json_decref(page.workers);
    return EXIT_SUCCESS;
}
