/* Without this file a copy would have the template's random numbers, the descriptor by which the template's
 * main context is woken, and an engine that waits for threads that were not forked. */
#include "engine/copy.h"

#include "engine/bytecode.h"
#include "engine/inside.h"
#include "sys/image.h"
#include "sys/template.h"
#include "engine/watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    RANDOM_REACH = 16384, /* the engine keeps the state within the global object */
    KEPT_MAX = 16,
};

/* A descriptor that the engine keeps, and what it is. */
typedef struct {
    int fd;
    char name[64]; /* as /proc says */
} Kept;

struct Copying {
    void *random_state; /* of Math.random */
    Kept kept[KEPT_MAX];
    size_t kept_count;
    void (*waiting[8])(Realm *realm); /* for the loop */
    size_t waiting_count;
};

/* JSC::Options::setOption, WTF::Config::disableFreezingForTesting (the options stay writable) and what tells
 * the allocator whether it may have a thread. */
bool engine_option_set(const char *assignment, bool verify) __asm__("_ZN3JSC7Options9setOptionEPKcb")
    __attribute__((weak));
void engine_options_keep_open(void) __asm__("_ZN3WTF6Config25disableFreezingForTestingEv")
    __attribute__((weak));
extern bool pas_scavenger_is_enabled __attribute__((weak));

typedef struct {
    uint64_t low, high;
} RandomState;

/* xorshift128+, of which Math.random gives 53 bits. */
static double random_next(RandomState *state) {
    uint64_t x = state->low, y = state->high;
    state->low = y;
    x ^= x << 23;
    x ^= x >> 17;
    x ^= y ^ (y >> 26);
    state->high = x;
    return (double)((x + y) & ((1ull << 53) - 1)) / (double)(1ull << 53);
}

typedef struct Copying Copying;

static bool descriptor_name(int fd, char *name, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(path, name, size - 1);
    if (len > 0) name[len] = '\0';
    return len > 0;
}

static ssize_t memory_read(const void *from, void *to, size_t len) {
    return process_vm_readv(getpid(), &(struct iovec){to, len}, 1, &(struct iovec){(void *)from, len}, 1, 0);
}

/* Where the state of Math.random is: two words that change as they should when a number is drawn. */
static RandomState *random_state_find(Realm *realm) {
    static char before[RANDOM_REACH], after[RANDOM_REACH];
    const char *global = (const char *)realm->ctx;
    JSStringRef source = JSStringCreateWithUTF8CString("Math.random()");
    JSEvaluateScript(realm->ctx, source, NULL, NULL, 1, NULL);
    ssize_t len = memory_read(global, before, sizeof before);
    Value drawn = JSEvaluateScript(realm->ctx, source, NULL, NULL, 1, NULL);
    JSStringRelease(source);
    if (!drawn || len < (ssize_t)sizeof(RandomState) || memory_read(global, after, (size_t)len) != len)
        return NULL;
    for (size_t at = 0; at + sizeof(RandomState) <= (size_t)len; at += sizeof(uint64_t)) {
        RandomState old, new;
        memcpy(&old, before + at, sizeof old);
        memcpy(&new, after + at, sizeof new);
        if (!old.low && !old.high) continue;
        double number = random_next(&old);
        if (number == value_as_double(drawn) && memcmp(&old, &new, sizeof old) == 0)
            return (RandomState *)(global + at);
    }
    return NULL;
}

/* What the engine opens is out of the way of what copies are given. */
static void low_descriptors_take(void) {
    int fd;
    do
        fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && fd < TEMPLATE_DESCRIPTORS);
    if (fd >= 0) close(fd);
}

static void low_descriptors_give_back(void) {
    for (int fd = 0; fd < TEMPLATE_DESCRIPTORS; fd++) {
        char name[64] = "";
        if (fd > TEMPLATE_SOCKET && descriptor_name(fd, name, sizeof name) && strcmp(name, "/dev/null") == 0)
            close(fd);
    }
}

static bool is_eventfd(const char *name) {
    return strcmp(name, "anon_inode:[eventfd]") == 0;
}

/* The rest of "/proc/PID/…" if that is what it is. */
static const char *own_file(const char *name) {
    char own[32];
    int len = snprintf(own, sizeof own, "/proc/%d/", (int)getpid());
    return strncmp(name, own, (size_t)len) == 0 ? name + len : NULL;
}

/* Only descriptors of which a copy can get its own, or share. */
static bool descriptors_list(Copying *copying) {
    DIR *dir = opendir("/proc/self/fd");
    if (!dir) return false;
    bool all_known = true;
    for (struct dirent *entry; all_known && (entry = readdir(dir));) {
        Kept kept = {.fd = atoi(entry->d_name)};
        if (kept.fd < TEMPLATE_DESCRIPTORS) continue;
        all_known = copying->kept_count < KEPT_MAX && descriptor_name(kept.fd, kept.name, sizeof kept.name);
        const char *file = own_file(kept.name);
        if (file)
            memmove(kept.name, file, strlen(file) + 1);
        else
            all_known &= is_eventfd(kept.name) || strcmp(kept.name, "/dev/urandom") == 0;
        if (all_known) copying->kept[copying->kept_count++] = kept;
    }
    closedir(dir);
    return all_known;
}

static bool descriptor_renew(const Kept *kept) {
    if (kept->name[0] == '/') return true;
    char path[96];
    snprintf(path, sizeof path, "/proc/self/%s", kept->name);
    int fd =
        is_eventfd(kept->name) ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : open(path, O_RDONLY | O_CLOEXEC);
    bool renewed = fd >= 0 && dup3(fd, kept->fd, O_CLOEXEC) >= 0;
    if (fd >= 0) close(fd);
    return renewed;
}

static bool is_alone(void) {
    size_t count = 0;
    DIR *dir = opendir("/proc/self/task");
    while (dir && readdir(dir))
        count++;
    if (dir) closedir(dir);
    return count == 3; /* ".", ".." and this thread */
}

Copying *copying_new(void) {
    return NEW(Copying);
}

Realm *realm_new_for_copies(const RealmOptions *options) {
    if (!engine_option_set || !engine_options_keep_open || !&pas_scavenger_is_enabled) return NULL;
    pas_scavenger_is_enabled = false;
    engine_options_keep_open();
    low_descriptors_take();
    Realm *realm = realm_new(options);
    if (!realm) return NULL;
    realm->copying->random_state = random_state_find(realm);
    return realm;
}

bool realm_can_be_copied(Realm *realm) {
    low_descriptors_give_back();
    if (!realm->copying->random_state || !is_alone() || !descriptors_list(realm->copying)) return false;
    if (realm->options.bytecode) bytecode_put_away(realm->options.bytecode);
    image_trim_code();
    return true;
}

bool realm_wake(Realm *realm, const RealmOptions *options) {
    Copying *copying = realm->copying;
    bool renewed = getrandom(copying->random_state, sizeof(RandomState), 0) == sizeof(RandomState);
    for (size_t i = 0; i < copying->kept_count; i++)
        renewed &= descriptor_renew(&copying->kept[i]);
    if (!renewed) {
        fputs("galley: a copy of the template cannot have descriptors of its own\n", stderr);
        return false;
    }
    pas_scavenger_is_enabled = true;
    engine_option_set("useConcurrentJIT=true", true);
    engine_option_set("thresholdForJITAfterWarmUp=1000", true);
    realm_begin(realm, options);
    int err = loop_open(realm);
    if (err) {
        fprintf(stderr, "galley: cannot open an event loop: %s\n", uv_strerror(err));
        return false;
    }
    loop_enter(realm);
    realm->start_ms = uv_now(&realm->loop);
    watch_open(realm);
    for (size_t i = 0; i < copying->waiting_count; i++)
        copying->waiting[i](realm);
    return true;
}

void realm_when_awake(Realm *realm, void (*opened)(Realm *realm)) {
    Copying *copying = realm->copying;
    if (!realm->options.in_template)
        opened(realm);
    else if (copying->waiting_count < COUNT_OF(copying->waiting))
        copying->waiting[copying->waiting_count++] = opened;
    else
        abort();
}
