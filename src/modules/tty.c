/* Terminals for lib/tty.js. */
#include "modules/modules.h"
#include "modules/stream_wrap.h"

static StreamHandle *call_tty(Call *call) {
    return (StreamHandle *)call_handle(call, &tty_class);
}

/* create(fd) -> handle, or a negative error */
static Value tty_create(Call *call) {
    Object object;
    StreamHandle *tty = stream_handle_new(call->realm, &tty_class, &object);
    int err = uv_tty_init(&call->realm->loop, &tty->uv.tty, call_int(call, 0), 0);
    tty->has_uv = !err;
    return err ? value_int(err) : object;
}

static Value tty_is_tty(Call *call) {
    return value_bool(uv_guess_handle(call_int(call, 0)) == UV_TTY);
}

/* setRawMode(enable) -> 0 or an error */
static Value tty_set_raw_mode(Call *call) {
    StreamHandle *tty = call_tty(call);
    if (!tty) return NULL;
    return value_int(
        uv_tty_set_mode(&tty->uv.tty, call_bool(call, 0) ? UV_TTY_MODE_RAW : UV_TTY_MODE_NORMAL));
}

/* getWindowSize() -> [columns, rows] or an error */
static Value tty_window_size(Call *call) {
    StreamHandle *tty = call_tty(call);
    if (!tty) return NULL;
    int columns, rows;
    int err = tty->is_closing ? UV_EBADF : uv_tty_get_winsize(&tty->uv.tty, &columns, &rows);
    if (err) return value_int(err);
    Value size[] = {value_int(columns), value_int(rows)};
    return array_new(call->realm, COUNT_OF(size), size);
}

/* resetMode(): what process.exit() does before it leaves */
static Value tty_reset_mode(Call *call) {
    return value_int(uv_tty_reset_mode());
}

static const Native methods[] = {
    STREAM_METHODS, {"setRawMode",     tty_set_raw_mode},
     {"getWindowSize",                tty_window_size},
     {0}
};

const HandleClass tty_class = {"TTY", methods, stream_handle_dispose};

static const Native functions[] = {
    {"create",    tty_create},
    {"isTTY",           tty_is_tty},
    {"resetMode",tty_reset_mode},
    {0}
};

const Module tty_module = {"tty", functions, NULL, NULL};
