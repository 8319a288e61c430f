#include "engine/check.h"

#include "base/mem.h"

#include <jsc/jsc.h>

char *engine_check_module(const char *source, size_t len, const char *url, unsigned *line) {
    JSCContext *context = jsc_context_new();
    JSCException *exception = NULL;
    jsc_context_check_syntax(context, source, (gssize)len, JSC_CHECK_SYNTAX_MODE_MODULE, url, 1, &exception);
    char *message = NULL;
    if (exception) {
        message = mem_strdup(jsc_exception_get_message(exception));
        *line = jsc_exception_get_line_number(exception);
        g_object_unref(exception);
    }
    g_object_unref(context);
    return message;
}
