/* What require('os') tells about the machine and the user, and the numbers of its signals, errors and
 * priorities. Lists come flat, so that lib/os.js shapes the objects. */
#include "engine/call.h"
#include "modules/modules.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>

typedef struct {
    const char *name;
    int value;
} Constant;

static Value constant_list(Realm *realm, const Constant *constants, size_t count) {
    Object list = array_new(realm, 0, NULL);
    for (size_t i = 0; i < count; i++) {
        array_put(realm, list, i * 2, value_string(realm, constants[i].name));
        array_put(realm, list, i * 2 + 1, value_int(constants[i].value));
    }
    return list;
}

#define C(name)                                                                                              \
    { #name, name }

static const Constant signals[] = {
    C(SIGHUP),   C(SIGINT),  C(SIGQUIT), C(SIGILL),    C(SIGTRAP), C(SIGABRT),   C(SIGIOT),
    C(SIGBUS),   C(SIGFPE),  C(SIGKILL), C(SIGUSR1),   C(SIGSEGV), C(SIGUSR2),   C(SIGPIPE),
    C(SIGALRM),  C(SIGTERM), C(SIGCHLD), C(SIGSTKFLT), C(SIGCONT), C(SIGSTOP),   C(SIGTSTP),
    C(SIGTTIN),  C(SIGTTOU), C(SIGURG),  C(SIGXCPU),   C(SIGXFSZ), C(SIGVTALRM), C(SIGPROF),
    C(SIGWINCH), C(SIGIO),   C(SIGPOLL), C(SIGPWR),    C(SIGSYS),
};

static const Constant errnos[] = {
    C(E2BIG),        C(EACCES),          C(EADDRINUSE),  C(EADDRNOTAVAIL), C(EAFNOSUPPORT), C(EAGAIN),
    C(EALREADY),     C(EBADF),           C(EBADMSG),     C(EBUSY),         C(ECANCELED),    C(ECHILD),
    C(ECONNABORTED), C(ECONNREFUSED),    C(ECONNRESET),  C(EDEADLK),       C(EDESTADDRREQ), C(EDOM),
    C(EDQUOT),       C(EEXIST),          C(EFAULT),      C(EFBIG),         C(EHOSTUNREACH), C(EIDRM),
    C(EILSEQ),       C(EINPROGRESS),     C(EINTR),       C(EINVAL),        C(EIO),          C(EISCONN),
    C(EISDIR),       C(ELOOP),           C(EMFILE),      C(EMLINK),        C(EMSGSIZE),     C(EMULTIHOP),
    C(ENAMETOOLONG), C(ENETDOWN),        C(ENETRESET),   C(ENETUNREACH),   C(ENFILE),       C(ENOBUFS),
    C(ENODATA),      C(ENODEV),          C(ENOENT),      C(ENOEXEC),       C(ENOLCK),       C(ENOLINK),
    C(ENOMEM),       C(ENOMSG),          C(ENOPROTOOPT), C(ENOSPC),        C(ENOSR),        C(ENOSTR),
    C(ENOSYS),       C(ENOTCONN),        C(ENOTDIR),     C(ENOTEMPTY),     C(ENOTSOCK),     C(ENOTSUP),
    C(ENOTTY),       C(ENXIO),           C(EOPNOTSUPP),  C(EOVERFLOW),     C(EPERM),        C(EPIPE),
    C(EPROTO),       C(EPROTONOSUPPORT), C(EPROTOTYPE),  C(ERANGE),        C(EROFS),        C(ESPIPE),
    C(ESRCH),        C(ESTALE),          C(ETIME),       C(ETIMEDOUT),     C(ETXTBSY),      C(EWOULDBLOCK),
    C(EXDEV),
};

static const Constant priorities[] = {
    {"PRIORITY_LOW",          UV_PRIORITY_LOW         },
    {"PRIORITY_BELOW_NORMAL", UV_PRIORITY_BELOW_NORMAL},
    {"PRIORITY_NORMAL",       UV_PRIORITY_NORMAL      },
    {"PRIORITY_ABOVE_NORMAL", UV_PRIORITY_ABOVE_NORMAL},
    {"PRIORITY_HIGH",         UV_PRIORITY_HIGH        },
    {"PRIORITY_HIGHEST",      UV_PRIORITY_HIGHEST     },
};

static const Constant dlopens[] = {
    C(RTLD_LAZY), C(RTLD_NOW), C(RTLD_GLOBAL), C(RTLD_LOCAL), C(RTLD_DEEPBIND),
};
#undef C

/* constants('signals' | 'errno' | 'priority' | 'dlopen') -> [name, number, …] */
static Value os_constants(Call *call) {
    static const struct {
        const char *name;
        const Constant *constants;
        size_t count;
    } lists[] = {
        {"signals",  signals,    COUNT_OF(signals)   },
        {"errno",    errnos,     COUNT_OF(errnos)    },
        {"priority", priorities, COUNT_OF(priorities)},
        {"dlopen",   dlopens,    COUNT_OF(dlopens)   },
    };
    TEXT name;
    if (!call_text(call, 0, &name)) return NULL;
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        if (strcmp(lists[i].name, name.data) == 0)
            return constant_list(call->realm, lists[i].constants, lists[i].count);
    return value_undefined();
}

static void put_seven(Realm *realm, Object list, int i, const Value *values) {
    for (size_t k = 0; k < 7; k++)
        array_put(realm, list, (size_t)i * 7 + k, values[k]);
}

/* cpus() -> [model, MHz, user, nice, sys, idle, irq, …] */
static Value os_cpus(Call *call) {
    Realm *realm = call->realm;
    uv_cpu_info_t *cpus;
    int count;
    if (uv_cpu_info(&cpus, &count)) return array_new(realm, 0, NULL);
    Object list = array_new(realm, 0, NULL);
    for (int i = 0; i < count; i++) {
        const Value seven[] = {
            value_string(realm, cpus[i].model),           value_number(cpus[i].speed),
            value_number((double)cpus[i].cpu_times.user), value_number((double)cpus[i].cpu_times.nice),
            value_number((double)cpus[i].cpu_times.sys),  value_number((double)cpus[i].cpu_times.idle),
            value_number((double)cpus[i].cpu_times.irq),
        };
        put_seven(realm, list, i, seven);
    }
    uv_free_cpu_info(cpus, count);
    return list;
}

static Value os_parallelism(Call *call) {
    return value_int((int)uv_available_parallelism());
}
static Value os_free_memory(Call *call) {
    return value_number((double)uv_get_free_memory());
}
static Value os_total_memory(Call *call) {
    return value_number((double)uv_get_total_memory());
}

static Value os_uptime(Call *call) {
    double seconds = 0;
    int err = uv_uptime(&seconds);
    return err ? throw_uv(call, err, "uv_uptime", NULL, NULL) : value_number(seconds);
}

static Value os_load_average(Call *call) {
    double load[3];
    uv_loadavg(load);
    Value all[] = {value_number(load[0]), value_number(load[1]), value_number(load[2])};
    return array_new(call->realm, COUNT_OF(all), all);
}

static Value os_host_name(Call *call) {
    char name[UV_MAXHOSTNAMESIZE];
    size_t size = sizeof name;
    int err = uv_os_gethostname(name, &size);
    return err ? value_int(err) : value_string_n(call->realm, name, size);
}

static Value os_home_directory(Call *call) {
    char path[4096];
    size_t size = sizeof path;
    int err = uv_os_homedir(path, &size);
    return err ? value_int(err) : value_string_n(call->realm, path, size);
}

/* name() -> [sysname, version, release, machine] */
static Value os_name(Call *call) {
    uv_utsname_t name;
    int err = uv_os_uname(&name);
    if (err) return value_int(err);
    Value all[] = {value_string(call->realm, name.sysname), value_string(call->realm, name.version),
                   value_string(call->realm, name.release), value_string(call->realm, name.machine)};
    return array_new(call->realm, COUNT_OF(all), all);
}

static Value user_text(Realm *realm, const char *text, bool as_buffer) {
    if (!text) return value_null();
    return as_buffer ? buffer_copy(realm, text, strlen(text)) : value_string(realm, text);
}

/* user(asBuffer) -> [uid, gid, name, home, shell] or an error's number */
static Value os_user(Call *call) {
    Realm *realm = call->realm;
    bool as_buffer = call_bool(call, 0);
    uv_passwd_t user;
    int err = uv_os_get_passwd(&user);
    if (err) return value_int(err);
    Value all[] = {value_number((double)user.uid), value_number((double)user.gid),
                   user_text(realm, user.username, as_buffer), user_text(realm, user.homedir, as_buffer),
                   user_text(realm, user.shell, as_buffer)};
    uv_os_free_passwd(&user);
    return array_new(realm, COUNT_OF(all), all);
}

/* interfaces() -> [name, address, netmask, family, mac, internal, scope id, …] or an error's number */
static Value os_interfaces(Call *call) {
    Realm *realm = call->realm;
    uv_interface_address_t *list;
    int count;
    int err = uv_interface_addresses(&list, &count);
    if (err == UV_ENOSYS) return array_new(realm, 0, NULL);
    if (err) return value_int(err);
    Object flat = array_new(realm, 0, NULL);
    for (int i = 0; i < count; i++) {
        const uv_interface_address_t *one = &list[i];
        Value at[7];
        const unsigned char *mac = (const unsigned char *)one->phys_addr;
        char address[INET6_ADDRSTRLEN] = "", netmask[INET6_ADDRSTRLEN] = "", mac_text[18];
        bool is_v6 = one->address.address4.sin_family == AF_INET6;
        if (is_v6) {
            uv_ip6_name(&one->address.address6, address, sizeof address);
            uv_ip6_name(&one->netmask.netmask6, netmask, sizeof netmask);
        } else {
            uv_ip4_name(&one->address.address4, address, sizeof address);
            uv_ip4_name(&one->netmask.netmask4, netmask, sizeof netmask);
        }
        snprintf(mac_text, sizeof mac_text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
                 mac[4], mac[5]);
        at[0] = value_string(realm, one->name);
        at[1] = value_string(realm, address);
        at[2] = value_string(realm, netmask);
        at[3] = value_string(realm, is_v6 ? "IPv6" : "IPv4");
        at[4] = value_string(realm, mac_text);
        at[5] = value_bool(one->is_internal);
        at[6] = value_int(is_v6 ? (int)one->address.address6.sin6_scope_id : -1);
        put_seven(realm, flat, i, at);
    }
    uv_free_interface_addresses(list, count);
    return flat;
}

/* getPriority(pid) -> [error, priority] */
static Value os_get_priority(Call *call) {
    int priority = 0;
    int err = uv_os_getpriority(call_int(call, 0), &priority);
    Value both[] = {value_int(err), value_int(priority)};
    return array_new(call->realm, COUNT_OF(both), both);
}

static Value os_set_priority(Call *call) {
    return value_int(uv_os_setpriority(call_int(call, 0), call_int(call, 1)));
}

static const Native functions[] = {
    {"constants",     os_constants},
    {"cpus",               os_cpus},
    {"parallelism",os_parallelism},
    {"freeMemory",   os_free_memory},
    {"totalMemory",               os_total_memory},
    {"uptime",os_uptime},
    {"loadAverage",   os_load_average},
    {"hostName",               os_host_name},
    {"homeDirectory",        os_home_directory},
    {"name",   os_name},
    {"user",               os_user},
    {"interfaces",os_interfaces},
    {"getPriority", os_get_priority},
    {"setPriority",               os_set_priority},
    {0     }
};

const Module os_module = {"os", functions, NULL, NULL};
