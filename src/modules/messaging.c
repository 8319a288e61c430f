/* Messages between realms: ports as JavaScript holds them, and what structured clone leaves to C. A
 * message's bytes are written by lib/internal/clone.js into memory that both sides share; long
 * strings, big arrays, ports and shared memory travel beside them as parts. */
#include "base/text.h"
#include "engine/peek.h"
#include "modules/message_port.h"
#include "modules/modules.h"
#include "modules/shared_memory_module.h"
#include "modules/worker.h"

#include <stdlib.h>

enum { BOX_SIZE = 64 * 1024, MAX_ARRAY_STRUCTURES = 16, DRAIN_LIMIT = 1000 };
enum { PART_PORT, PART_BYTES, PART_SHARED, PART_STRING };

typedef struct {
    Bells *bells;         /* of all ports that listen; made for the first */
    char *outbox, *inbox; /* JavaScript writes what is sent, reads what came */
    uint32_t array_structures[MAX_ARRAY_STRUCTURES];
    size_t array_structure_count;
    uint8_t ordinary_type; /* the cell type of {} */
} Messaging;

static Messaging *messaging_of(Realm *realm) {
    return *realm_slot(realm, SLOT_MESSAGING);
}

static Bells *bells_of(Realm *realm) {
    Messaging *messaging = messaging_of(realm);
    if (!messaging->bells) messaging->bells = worker_take_bells(realm);
    if (!messaging->bells) messaging->bells = bells_open(&realm->loop);
    return messaging->bells;
}

/* Parts */

static void dispose_port(MessagePart *part) {
    port_close((PortEnd){part->thing, (int)part->len});
}
static void dispose_bytes(MessagePart *part) {
    block_give_back(part->thing);
}
static void dispose_shared(MessagePart *part) {
    shared_memory_unref(part->thing);
}
static void dispose_string(MessagePart *part) {
    RawString raw = {part->thing, NULL};
    raw_string_drop(&raw);
}

typedef struct {
    Handle base;
    PortEnd end; /* channel NULL: closed or moved away */
    Bell bell;   /* open while it listens */
    Value callback;
    bool is_ref;
    bool waits_for_close;    /* leaves messages where they are */
    BroadcastMember *member; /* for a BroadcastChannel */
} Port;

static bool port_listens(const Port *port) {
    return port->bell.bells;
}

static void port_stop(Port *port) {
    if (port->end.channel) port_listen(port->end, NULL);
    if (port_listens(port)) {
        bell_close(&port->bell);
        handle_unpin(&port->base);
    }
    if (port->callback) value_drop(port->base.realm, port->callback);
    port->callback = NULL;
}

static void port_end(Port *port) {
    port_stop(port);
    if (port->member) broadcast_leave(port->member);
    port->member = NULL;
    if (port->end.channel) port_close(port->end);
    port->end.channel = NULL;
}

static void port_dispose(Handle *handle) {
    Port *port = (Port *)handle;
    port_end(port);
    handle_leave(handle);
    mem_free(port);
}

static Value port_post_cloned(Call *call);
static Value port_broadcast(Call *call);
static Value port_post_plain(Call *call);
static Value port_start(Call *call);
static Value port_stop_(Call *call);
static Value port_ref(Call *call);
static Value port_unref(Call *call);
static Value port_has_ref(Call *call);
static Value port_close_(Call *call);
static Value port_receive(Call *call);
static Value port_is_closed(Call *call);
static Value port_is_peer(Call *call);

static const Native port_methods[] = {
    {"post",          port_post_cloned},
    {"broadcast",               port_broadcast},
    {"postPlain",port_post_plain},
    {"start",     port_start},
    {"stop",               port_stop_},
    {"ref", port_ref},
    {"unref",          port_unref},
    {"hasRef",               port_has_ref},
    {"close",       port_close_},
    {"receive",         port_receive},
    {"isClosed",               port_is_closed},
    {"isPeer",port_is_peer},
    {0        }
};

static const HandleClass port_class = {"MessagePort", port_methods, port_dispose};

static Port *call_port(Call *call) {
    return (Port *)call_handle(call, &port_class);
}

Object message_port_open(Realm *realm, PortEnd end) {
    Port *port = NEW(Port);
    port->end = end;
    port->is_ref = true;
    return handle_open(realm, &port->base, &port_class);
}

static bool part_from_string(Realm *realm, Value v, MessagePart *part) {
    CHARS view;
    if (!chars_open(realm, v, &view)) return false;
    RawString raw;
    if (view.is_8bit ? raw_string_open(view.len, &raw) : raw_wide_string_open(view.len, &raw)) {
        memcpy(raw.chars, view.chars, view.is_8bit ? view.len : view.len * 2);
        *part = (MessagePart){PART_STRING, raw.impl, 0, dispose_string};
        return true;
    }
    /* An engine that does not offer strings to fill: two bytes a character, copied again there. */
    uint16_t *chars = malloc(view.len * 2 + 2);
    if (!chars) return false;
    for (size_t i = 0; i < view.len; i++)
        chars[i] = view.is_8bit ? ((const unsigned char *)view.chars)[i] : ((const uint16_t *)view.chars)[i];
    *part = (MessagePart){PART_STRING, chars, view.len + 1, dispose_bytes};
    return true;
}

static bool part_from_bytes(Realm *realm, Value v, MessagePart *part) {
    char *data;
    size_t len;
    if (!peek_bytes(realm, v, &data, &len)) return false;
    void *copy = block_take(worker_blocks(realm), len);
    if (!copy) return false;
    if (len) memcpy(copy, data, len);
    *part = (MessagePart){PART_BYTES, copy, len, dispose_bytes};
    return true;
}

static bool part_from_port(Value v, MessagePart *part) {
    Port *port = (Port *)handle_of(v, &port_class);
    if (!port || !port->end.channel) return false;
    PortEnd end = port->end;
    port_stop(port);
    port->end.channel = NULL;
    *part = (MessagePart){PART_PORT, end.channel, (size_t)end.side, dispose_port};
    return true;
}

static bool part_from_value(Realm *realm, int kind, Value v, MessagePart *part) {
    SharedMemory *memory;
    switch (kind) {
    case PART_PORT: return part_from_port(v, part);
    case PART_BYTES: return part_from_bytes(realm, v, part);
    case PART_STRING: return part_from_string(realm, v, part);
    case PART_SHARED:
        memory = shared_memory_of(v);
        if (!memory) return false;
        *part = (MessagePart){PART_SHARED, shared_memory_ref(memory), 0, dispose_shared};
        return true;
    default: return false;
    }
}

static Value value_from_part(Realm *realm, MessagePart *part) {
    void *thing = part->thing;
    part->thing = NULL; /* taken */
    switch (part->kind) {
    case PART_PORT: return message_port_open(realm, (PortEnd){thing, (int)part->len});
    case PART_BYTES: return array_buffer_over(realm, thing, part->len, block_give_back);
    case PART_SHARED: return shared_memory_open(realm, thing);
    default: break;
    }
    if (part->len) {
        Value text = value_utf16(realm, thing, part->len - 1);
        free(thing);
        return text;
    }
    RawString raw = {thing, NULL};
    return raw_string_close(realm, &raw);
}

/* The message in the arguments (length, bytes or undefined for the outbox, parts as [kind, thing, …] or
 * undefined); NULL after throwing. */
static Message *message_from_call(Call *call) {
    Realm *realm = call->realm;
    char *data = messaging_of(realm)->outbox;
    size_t room = BOX_SIZE, len = (size_t)call_double(call, 0);
    if (!value_is_undefined(call_arg(call, 1)) && !call_peek(call, 1, &data, &room)) return NULL;
    if (len > room) len = room;
    Object parts = call_object(call, 2);
    size_t count = parts ? (size_t)value_as_int(object_get(realm, parts, "length")) / 2 : 0;
    Message *message = message_new(MESSAGE_CLONED, data, len, count);
    for (size_t i = 0; i < count; i++) {
        Value kind = JSObjectGetPropertyAtIndex(realm->ctx, parts, (unsigned)(2 * i), NULL);
        Value thing = JSObjectGetPropertyAtIndex(realm->ctx, parts, (unsigned)(2 * i + 1), NULL);
        if (!part_from_value(realm, value_as_int(kind), thing, &message->parts[i])) {
            message_free(message);
            throw_error(call, "ERR_INVALID_STATE", "A part of the message cannot be sent");
            return NULL;
        }
    }
    return message;
}

/* post(length, bytes, parts) -> whether somebody can receive it */
static Value port_post_cloned(Call *call) {
    Port *port = call_port(call);
    Message *message = port ? message_from_call(call) : NULL;
    if (!message) return NULL;
    if (port->end.channel) return value_bool(port_post(port->end, message));
    message_free(message);
    return value_bool(false);
}

static Message *make_message(void *call) {
    return message_from_call(call);
}

/* broadcast(length, bytes, parts): to every other member of the name */
static Value port_broadcast(Call *call) {
    Port *port = call_port(call);
    if (port && port->member) broadcast_say(port->member, make_message, call);
    return NULL;
}

/* postPlain(value): a number, boolean, undefined, null or string */
static Value port_post_plain(Call *call) {
    Port *port = call_port(call);
    if (!port) return NULL;
    Value v = call_arg(call, 0);
    Message *message;
    if (value_is_cell(v)) {
        message = message_new(MESSAGE_PLAIN, NULL, 0, 1);
        if (!part_from_string(call->realm, v, &message->parts[0])) {
            message_free(message);
            return throw_error(call, "ERR_INVALID_STATE", "The message cannot be sent");
        }
    } else {
        message = message_new(MESSAGE_PLAIN, NULL, 0, 0);
        uint64_t bits = value_bits(v);
        memcpy(&message->number, &bits, sizeof bits);
    }
    if (port->end.channel) return value_bool(port_post(port->end, message));
    message_free(message);
    return value_bool(false);
}

/* exchange(parts as [kind, thing, …]) -> what the receiver would get: structuredClone's way past a port */
static Value messaging_exchange(Call *call) {
    Realm *realm = call->realm;
    Object parts = call_object(call, 0);
    size_t count = parts ? (size_t)value_as_int(object_get(realm, parts, "length")) / 2 : 0;
    Object list = array_new(realm, 0, NULL);
    for (size_t i = 0; i < count; i++) {
        Value kind = JSObjectGetPropertyAtIndex(realm->ctx, parts, (unsigned)(2 * i), NULL);
        Value thing = JSObjectGetPropertyAtIndex(realm->ctx, parts, (unsigned)(2 * i + 1), NULL);
        MessagePart part = {0};
        if (!part_from_value(realm, value_as_int(kind), thing, &part))
            return throw_error(call, "ERR_INVALID_STATE", "A part of the value cannot be cloned");
        JSObjectSetPropertyAtIndex(realm->ctx, list, (unsigned)i, value_from_part(realm, &part), NULL);
    }
    return list;
}

/* The arguments that a message is handed over with: (length or -1, value or bytes, parts). */
static void message_unpack(Realm *realm, Message *message, Value argv[3]) {
    argv[0] = value_int(-1);
    argv[1] = argv[2] = value_undefined();
    if (message->kind == MESSAGE_PLAIN) {
        uint64_t bits;
        memcpy(&bits, &message->number, sizeof bits);
        argv[1] = message->part_count ? value_from_part(realm, &message->parts[0]) : value_from_bits(bits);
        message_free(message);
        return;
    }
    argv[0] = value_number((double)message->len);
    if (message->len <= BOX_SIZE) {
        memcpy(messaging_of(realm)->inbox, message->data, message->len);
    } else {
        argv[1] = buffer_copy(realm, message->data, message->len);
    }
    if (message->part_count) {
        Value *all = mem_new(message->part_count * sizeof *all);
        for (size_t i = 0; i < message->part_count; i++) {
            all[i] = value_from_part(realm, &message->parts[i]);
            value_keep(realm, all[i]);
        }
        argv[2] = array_new(realm, message->part_count, all);
        for (size_t i = 0; i < message->part_count; i++)
            value_drop(realm, all[i]);
        mem_free(all);
    }
    message_free(message);
}

/* callback(length or -1 or -2 for the other end's closing, value, parts) */
static void port_rung(Bell *bell) {
    Port *port = CONTAINER_OF(bell, Port, bell);
    Realm *realm = port->base.realm;
    Object object = port->base.object;
    if (!object) return; /* collected, and closed in the next turn */
    value_keep(realm, object);
    Message *message;
    int left = DRAIN_LIMIT;
    while (port->callback && !port->waits_for_close && left-- > 0 && (message = port_take(port->end))) {
        Value argv[3];
        message_unpack(realm, message, argv);
        realm_dispatch(realm, (Object)port->callback, object, COUNT_OF(argv), argv);
        if (realm->stopping) break;
    }
    if (port_listens(port) && port->end.channel && !realm->stopping) {
        if (port_has_messages(port->end)) {
            if (!port->waits_for_close) bell_ring(bell);
        } else if (port->callback && port_is_orphaned(port->end)) {
            Value closed = value_int(-2);
            realm_dispatch(realm, (Object)port->callback, object, 1, &closed);
        }
    }
    value_drop(realm, object);
}

/* start(callback, whether for the other end's closing alone) */
static Value port_start(Call *call) {
    Port *port = call_port(call);
    Object callback = call_function(call, 0);
    if (!port || !callback || !port->end.channel || port_listens(port)) return NULL;
    Realm *realm = call->realm;
    Bells *bells = bells_of(realm);
    if (!bells) return throw_uv(call, UV_EMFILE, "eventfd", NULL, NULL);
    port->callback = callback;
    value_keep(realm, callback);
    bell_open(&port->bell, bells, port_rung);
    port->waits_for_close = call_bool(call, 1);
    bell_set_ref(&port->bell, port->is_ref);
    handle_pin(&port->base);
    port_listen(port->end, &port->bell);
    return NULL;
}

static Value port_stop_(Call *call) {
    Port *port = call_port(call);
    if (port) port_stop(port);
    return NULL;
}

static Value port_ref(Call *call) {
    Port *port = call_port(call);
    if (!port) return NULL;
    port->is_ref = true;
    if (port_listens(port)) bell_set_ref(&port->bell, true);
    return NULL;
}

static Value port_unref(Call *call) {
    Port *port = call_port(call);
    if (!port) return NULL;
    port->is_ref = false;
    if (port_listens(port)) bell_set_ref(&port->bell, false);
    return NULL;
}

static Value port_has_ref(Call *call) {
    Port *port = call_port(call);
    return value_bool(port && port->end.channel && port->is_ref);
}

static Value port_close_(Call *call) {
    Port *port = call_port(call);
    if (port && port->end.channel) port_end(port);
    return NULL;
}

/* receive(out) -> whether there was a message; out = [length, value, parts] */
static Value port_receive(Call *call) {
    Port *port = call_port(call);
    Object out = call_object(call, 0);
    if (!port || !out || !port->end.channel) return value_bool(false);
    Message *message = port_take(port->end);
    if (!message) return value_bool(false);
    Value argv[3];
    message_unpack(call->realm, message, argv);
    for (unsigned i = 0; i < COUNT_OF(argv); i++)
        JSObjectSetPropertyAtIndex(call->realm->ctx, out, i, argv[i], NULL);
    return value_bool(true);
}

/* isClosed(): closed or moved away here, or closed at the other end with nothing left to read */
static Value port_is_closed(Call *call) {
    Port *port = call_port(call);
    if (!port) return NULL;
    return value_bool(!port->end.channel || (port_is_orphaned(port->end) && !port_has_messages(port->end)));
}

static Value port_is_peer(Call *call) {
    Port *port = call_port(call), *other = (Port *)handle_of(call_arg(call, 0), &port_class);
    return value_bool(port && other && port != other && port->end.channel &&
                      ports_are_entangled(port->end, other->end));
}

/* tell(length, bytes, parts, name) -> whether somebody has that name */
static Value messaging_tell(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 3, &name)) return NULL;
    return value_bool(broadcast_tell(worker_broadcasts(call->realm), name.data, make_message, call));
}

/* isJoined(name): whether it has a member */
static Value messaging_is_joined(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 0, &name)) return NULL;
    return value_bool(broadcast_has(worker_broadcasts(call->realm), name.data));
}

/* join(name) -> the port of a new member */
static Value messaging_join(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 0, &name)) return NULL;
    PortEnd end;
    BroadcastMember *member = broadcast_join(worker_broadcasts(call->realm), name.data, &end);
    Object object = message_port_open(call->realm, end);
    ((Port *)handle_of(object, &port_class))->member = member;
    return object;
}

static Value messaging_channel(Call *call) {
    PortEnd ends[2];
    channel_new(ends);
    Value ports[2] = {message_port_open(call->realm, ends[0]), message_port_open(call->realm, ends[1])};
    return array_new(call->realm, 2, ports);
}

/* What structured clone asks of C */

/* Not inlined: the compiler must not reason about what lies behind the API's opaque type. */
__attribute__((noinline)) static uint64_t cell_head(Value v) {
    return *(const uint64_t *)(uintptr_t)value_bits(v);
}
static uint32_t cell_structure(Value v) {
    return (uint32_t)cell_head(v);
}
static uint8_t cell_type(Value v) {
    return (uint8_t)(cell_head(v) >> 40);
}

/* learn({}, arrays…): what ordinary objects and arrays look like inside */
static Value messaging_learn(Call *call) {
    Messaging *messaging = messaging_of(call->realm);
    messaging->ordinary_type = cell_type(call_arg(call, 0));
    messaging->array_structure_count = 0;
    for (size_t i = 1; i < call->argc && i <= MAX_ARRAY_STRUCTURES; i++)
        messaging->array_structures[messaging->array_structure_count++] = cell_structure(call_arg(call, i));
    return NULL;
}

/* isOrdinary(object): neither a proxy nor anything with inner state */
static Value messaging_is_ordinary(Call *call) {
    Value v = call_arg(call, 0);
    return value_bool(value_is_cell(v) && cell_type(v) == messaging_of(call->realm)->ordinary_type);
}

/* isOrdinaryArray(array): an array of this realm without properties besides its elements */
static Value messaging_is_ordinary_array(Call *call) {
    Value v = call_arg(call, 0);
    const Messaging *messaging = messaging_of(call->realm);
    if (!value_is_cell(v)) return value_bool(false);
    uint32_t structure = cell_structure(v);
    for (size_t i = 0; i < messaging->array_structure_count; i++)
        if (messaging->array_structures[i] == structure) return value_bool(true);
    return value_bool(false);
}

static size_t put_varint(char *out, size_t value) {
    size_t n = 0;
    for (; value >= 0x80; value >>= 7)
        out[n++] = (char)(value | 0x80);
    out[n++] = (char)value;
    return n;
}

/* writeString(bytes, at, text) -> where it ends; there is room */
static Value messaging_write_string(Call *call) {
    CHARS view;
    char *data;
    size_t len, at = (size_t)call_double(call, 1);
    if (!call_peek(call, 0, &data, &len) || !chars_open(call->realm, call_arg(call, 2), &view)) return NULL;
    size_t bytes = view.is_8bit ? view.len : view.len * 2;
    if (at + bytes + 12 > len) return throw_range(call, "ERR_BUFFER_OUT_OF_BOUNDS", "No room for the string");
    char count[10];
    size_t count_len = put_varint(count, bytes);
    if (!view.is_8bit && (at + 1 + count_len) % 2)
        data[at++] = '\0'; /* two-byte characters lie on even places */
    data[at++] = view.is_8bit ? '"' : 'c';
    memcpy(data + at, count, count_len);
    at += count_len;
    memcpy(data + at, view.chars, bytes);
    return value_number((double)(at + bytes));
}

static bool call_piece(Call *call, Slice *piece) {
    char *data;
    size_t len, at = (size_t)call_double(call, 1), count = (size_t)call_double(call, 2);
    if (!call_peek(call, 0, &data, &len)) return false;
    if (at > len) at = len;
    if (count > len - at) count = len - at;
    *piece = (Slice){data + at, count};
    return true;
}

/* readLatin1(bytes, at, length) */
static Value messaging_read_latin1(Call *call) {
    Slice piece;
    return call_piece(call, &piece) ? value_latin1(call->realm, piece.data, piece.len) : NULL;
}

static Value messaging_read_utf8(Call *call) {
    Slice piece;
    return call_piece(call, &piece) ? value_string_n(call->realm, piece.data, piece.len) : NULL;
}

static Value messaging_read_utf16(Call *call) {
    Slice piece;
    if (!call_piece(call, &piece)) return NULL;
    if ((uintptr_t)piece.data % 2 == 0)
        return value_utf16(call->realm, (const uint16_t *)(const void *)piece.data, piece.len / 2);
    uint16_t *aligned = mem_new(piece.len + 1);
    memcpy(aligned, piece.data, piece.len);
    Value text = value_utf16(call->realm, aligned, piece.len / 2);
    mem_free(aligned);
    return text;
}

/* isHandle(object): one of C's */
static Value messaging_is_handle(Call *call) {
    Object object = call_object(call, 0);
    return value_bool(object && JSObjectGetPrivate(object));
}

static void messaging_setup(Realm *realm, Object binding) {
    Messaging *messaging = NEW(Messaging);
    messaging->outbox = mem_new(BOX_SIZE);
    messaging->inbox = mem_new(BOX_SIZE);
    *realm_slot(realm, SLOT_MESSAGING) = messaging;
    object_set(realm, binding, "outbox",
               typed_array_over(realm, kJSTypedArrayTypeUint8Array, messaging->outbox, BOX_SIZE));
    object_set(realm, binding, "inbox",
               typed_array_over(realm, kJSTypedArrayTypeUint8Array, messaging->inbox, BOX_SIZE));
    static const char *const kinds[] = {"PART_PORT", "PART_BYTES", "PART_SHARED", "PART_STRING"};
    for (int i = 0; i < (int)COUNT_OF(kinds); i++)
        object_set_int(realm, binding, kinds[i], i);
}

static void messaging_teardown(Realm *realm) {
    Messaging *messaging = messaging_of(realm);
    if (messaging->bells) bells_close(messaging->bells);
    mem_free(messaging->outbox);
    mem_free(messaging->inbox);
    mem_free(messaging);
}

static const Native functions[] = {
    {"channel",                    messaging_channel},
    {"join",                            messaging_join},
    {"isJoined",messaging_is_joined},
    {"tell",                   messaging_tell},
    {"exchange",                            messaging_exchange},
    {"learn",messaging_learn},
    {"isOrdinary",                   messaging_is_ordinary},
    {"isOrdinaryArray",                            messaging_is_ordinary_array},
    {"isHandle",                  messaging_is_handle},
    {"writeString",                 messaging_write_string},
    {"readLatin1",                            messaging_read_latin1},
    {"readUtf8",messaging_read_utf8},
    {"readUtf16",                   messaging_read_utf16},
    {0                           }
};

const Module messaging_module = {"messaging", functions, messaging_setup, messaging_teardown};
