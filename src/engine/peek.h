/* Strings and typed arrays read where the engine keeps them, without the API's 75 ns a call and without
 * its side effects (it copies strings and pins buffers). peek_learn proves the layout on values whose
 * contents are known before anybody relies on it; if an engine lays them out otherwise, everything
 * here goes through the API. */
#pragma once

#include "base/bytes.h"
#include "engine/call.h"

/* The characters of a string, one or two bytes each. */
typedef struct {
    const void *chars;
    size_t len;
    bool is_8bit;
    JSStringRef held; /* what keeps the characters if they are not the engine's own */
} StringView;

void peek_learn(Realm *realm);

/* Valid while the string lives and until chars_close; false if the value is no string. */
bool chars_open(Realm *realm, Value v, StringView *view);
void chars_close(StringView *view);
#define CHARS __attribute__((cleanup(chars_close))) StringView

/* The characters in UTF-8, or the low byte of each: where they lie if they are that already, else in `room`.
 */
Slice chars_bytes(const StringView *view, bool latin1, Bytes *room);

bool value_is_string(Realm *realm, Value v);

/* The bytes of a typed array, DataView or ArrayBuffer for use before this call returns to JavaScript and
 * no longer: unlike value_bytes it does not hold the memory in place. */
bool peek_bytes(Realm *realm, Value v, char **data, size_t *len);
/* The same for an argument; throws TypeError if it has no bytes. */
bool call_peek(Call *call, size_t i, char **data, size_t *len);

/* A string of `len` bytes a character whose memory the caller fills before he does anything else; NULL
 * if the engine does not offer that (use value_latin1). */
typedef struct {
    void *impl;
    char *chars;
} RawString;
bool raw_string_open(size_t len, RawString *raw);
/* The same with two bytes a character. */
bool raw_wide_string_open(size_t len, RawString *raw);
/* For one that becomes no value after all; on any thread. */
void raw_string_drop(RawString *raw);
Value raw_string_close(Realm *realm, RawString *raw);
