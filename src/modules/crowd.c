#include "modules/crowd.h"

#include "modules/modules.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { RESERVE = 32, LOOK_MS = 50, WARN_AGAIN_MS = 60000 };

typedef struct {
    uv_timer_t timer;
    Realm *realm;
    List waiting;
    void (*resume)(StreamHandle *server);
    uint64_t warned_at;
} Crowd;

/* The first descriptor that is kept for the program. */
static int reserve_from(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > INT32_MAX) return INT32_MAX;
    int most = (int)limit.rlim_cur, reserve = most / 8 < RESERVE ? most / 8 : RESERVE;
    return most - reserve;
}

static bool has_room(const uv_loop_t *loop, int below) {
    int fd = fcntl(uv_backend_fd(loop), F_DUPFD_CLOEXEC, 0);
    if (fd >= 0) close(fd);
    return fd >= 0 && fd < below;
}

static void look(uv_timer_t *timer) {
    Crowd *crowd = timer->data;
    List due;
    if (!has_room(timer->loop, reserve_from())) return;
    list_take(&crowd->waiting, &due);
    while (!list_is_empty(&due)) {
        StreamHandle *server = CONTAINER_OF(due.next, StreamHandle, crowded);
        link_remove(&server->crowded);
        if (!server->is_closing) crowd->resume(server);
    }
    if (list_is_empty(&crowd->waiting)) uv_timer_stop(timer);
}

static void warn(Crowd *crowd) {
    uint64_t now = uv_now(&crowd->realm->loop);
    if (crowd->warned_at && now - crowd->warned_at < WARN_AGAIN_MS) return;
    crowd->warned_at = now ? now : 1;
    Value exception = NULL;
    Value argv[] = {value_int(reserve_from())};
    Object tell = value_object(crowd->realm, realm_require(crowd->realm, "internal/net/crowd", &exception));
    if (tell && !exception) realm_dispatch(crowd->realm, tell, NULL, 1, argv);
}

static Crowd *crowd_new(Realm *realm) {
    Crowd *crowd = NEW(Crowd);
    crowd->realm = realm;
    list_init(&crowd->waiting);
    uv_timer_init(&realm->loop, &crowd->timer);
    crowd->timer.data = crowd;
    return crowd;
}

bool crowd_must_wait(StreamHandle *server, void (*resume)(StreamHandle *server)) {
    if (server->uv.stream.accepted_fd < server->crowded_from) return false;
    server->crowded_from = reserve_from();
    if (server->uv.stream.accepted_fd < server->crowded_from) return false;
    Crowd **crowd = (Crowd **)realm_slot(server->base.realm, SLOT_CROWD);
    if (!*crowd) *crowd = crowd_new(server->base.realm);
    (*crowd)->resume = resume;
    list_append(&(*crowd)->waiting, &server->crowded);
    uv_timer_start(&(*crowd)->timer, look, LOOK_MS, LOOK_MS);
    warn(*crowd);
    return true;
}

static void crowd_closed(uv_handle_t *timer) {
    mem_free(timer->data);
}

void crowd_teardown(Realm *realm) {
    Crowd *crowd = *realm_slot(realm, SLOT_CROWD);
    if (!crowd) return;
    LIST_EACH(&crowd->waiting, StreamHandle, crowded, server) link_remove(&server->crowded);
    uv_close((uv_handle_t *)&crowd->timer, crowd_closed);
    *realm_slot(realm, SLOT_CROWD) = NULL;
}
