/* The table of errors.h, as data. */
#include "http/errors.h"

static const struct {
    const char *name;
    int status;
} errors[] = {
#define X(id, name, status) {name, status},
    HTTP_ERROR_LIST(X)
#undef X
};

const char *http_error_name(HttpError error) {
    return errors[error].name;
}
int http_error_status(HttpError error) {
    return errors[error].status;
}
