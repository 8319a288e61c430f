/* Control connections: JSON messages (base/frame.h) over UNIX sockets, for root, keepers and
 * commands. Only the same user and the superuser are let in. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

typedef struct Wire Wire;

typedef struct {
    /* The message is the wire's; take a reference to keep it. */
    void (*message)(void *owner, Wire *wire, json_t *message);
    /* The other side is gone or talked nonsense; the wire is freed after this call. Not called after
     * wire_close. */
    void (*closed)(void *owner, Wire *wire);
} WireEvents;

/* Takes the descriptor. NULL if the loop cannot have it. */
Wire *wire_open(uv_loop_t *loop, int fd, const WireEvents *events, void *owner);
/* For a wire that its first owner hands on. */
void wire_set_owner(Wire *wire, const WireEvents *events, void *owner);
/* Takes the message. */
void wire_send(Wire *wire, json_t *message);
/* The connection without the wire, which is closed; the caller's now. -1 if that cannot be. */
int wire_detach(Wire *wire);
/* Sends what is still queued, then closes. */
void wire_finish(Wire *wire);
void wire_close(Wire *wire);

typedef struct WireServer WireServer;
typedef void (*WireAccept)(void *owner, int fd);

/* Listens at folder/name (0600), replacing a socket that nobody answers at; the path may be longer than
 * sun_path allows. *error is an errno value if NULL is returned. */
WireServer *wire_server_open(uv_loop_t *loop, const char *folder, const char *name, WireAccept accept,
                             void *owner, int *error);
/* One that listens at folder/name already; takes the descriptor. */
WireServer *wire_server_adopt(uv_loop_t *loop, const char *folder, const char *name, int fd,
                              WireAccept accept, void *owner, int *error);
int wire_server_fd(const WireServer *server);
/* Removes the socket file too. */
void wire_server_close(WireServer *server);

/* A connected blocking socket, or a negative errno value. */
int wire_connect(const char *folder, const char *name);
/* Blocking use, for commands: false when the other side is gone. */
bool wire_write_blocking(int fd, const json_t *message);
/* NULL when it is gone, or no message came before the socket's timeout; the caller's. */
json_t *wire_read_blocking(int fd);
