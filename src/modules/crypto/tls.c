/* What internalBinding('tls') returns: the tables of contexts and of connections. */
#include "modules/crypto/tls.h"

static void tls_setup(Realm *realm, Object binding) {
    for (const Native *native = tls_context_functions; native->name; native++)
        object_set_native(realm, binding, native);
    tls_wrap_setup(realm, binding);
}

const Module tls_plugin = {"tls", tls_wrap_functions, tls_setup, tls_wrap_teardown};
