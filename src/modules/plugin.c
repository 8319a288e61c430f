#include "modules/plugin.h"

#include "modules/modules.h"

#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static const Module *plugin_find(const char *file, const char *symbol, char *error, size_t error_size) {
    char program[PATH_MAX], path[PATH_MAX + 64];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    if (len < 0) len = 0;
    program[len] = '\0';
    snprintf(path, sizeof path, "%s/%s", dirname(program), file);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const Module *module = library ? dlsym(library, symbol) : NULL;
    if (!module) snprintf(error, error_size, "%s", dlerror());
    return module;
}

void plugin_open(Realm *realm, Object binding, const char *file, const char *symbol) {
    char error[512];
    const Module *module = plugin_find(file, symbol, error, sizeof error);
    if (!module) {
        object_set(realm, binding, "loadError", value_string(realm, error));
        return;
    }
    for (const Native *native = module->functions; native && native->name; native++)
        object_set_native(realm, binding, native);
    if (module->setup) module->setup(realm, binding);
}

void plugin_close(Realm *realm, const char *file, const char *symbol) {
    char error[512];
    const Module *module = plugin_find(file, symbol, error, sizeof error);
    if (module && module->teardown) module->teardown(realm);
}

static const char crypto_file[] = "galley-crypto.so", dns_file[] = "galley-dns.so", napi_file[] = "galley-napi.so",
                  sqlite_file[] = "galley-sqlite.so", zlib_file[] = "galley-zlib.so";

static void crypto_setup(Realm *realm, Object binding) {
    plugin_open(realm, binding, crypto_file, "crypto_plugin");
}
static void crypto_teardown(Realm *realm) {
    plugin_close(realm, crypto_file, "crypto_plugin");
}

static void addons_setup(Realm *realm, Object binding) {
    plugin_open(realm, binding, napi_file, "napi_plugin");
}
static void addons_teardown(Realm *realm) {
    plugin_close(realm, napi_file, "napi_plugin");
}

static void resolver_setup(Realm *realm, Object binding) {
    plugin_open(realm, binding, dns_file, "resolver_plugin");
}

static void sqlite_setup(Realm *realm, Object binding) {
    plugin_open(realm, binding, sqlite_file, "sqlite_plugin");
}
static void sqlite_teardown(Realm *realm) {
    plugin_close(realm, sqlite_file, "sqlite_plugin");
}

static void tls_setup(Realm *realm, Object binding) {
    plugin_open(realm, binding, crypto_file, "tls_plugin");
}
static void tls_teardown(Realm *realm) {
    plugin_close(realm, crypto_file, "tls_plugin");
}

static void zlib_setup(Realm *realm, Object binding) {
    plugin_open(realm, binding, zlib_file, "zlib_plugin");
}

static void zlib_teardown(Realm *realm) {
    plugin_close(realm, zlib_file, "zlib_plugin");
}

const Module crypto_module = {"crypto", NULL, crypto_setup, crypto_teardown};
const Module addons_module = {"napi", NULL, addons_setup, addons_teardown};
const Module resolver_module = {"resolver", NULL, resolver_setup, NULL};
const Module sqlite_module = {"sqlite", NULL, sqlite_setup, sqlite_teardown};
const Module tls_module = {"tls", NULL, tls_setup, tls_teardown};
const Module zlib_module = {"zlib", NULL, zlib_setup, zlib_teardown};
