#include "modules/syntax/names.h"

#include "base/mem.h"

#include <string.h>

static const char *const words[] = {
#define WORD(name) #name,
    LANGUAGE_WORDS(WORD) TYPE_WORDS(WORD)
#undef WORD
};

static uint32_t hash_text(Slice text) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * 16777619u;
    return hash;
}

static void grow_slots(Names *names) {
    names->slot_count = names->slot_count ? names->slot_count * 2 : 256;
    mem_free(names->slots);
    names->slots = mem_new(names->slot_count * sizeof *names->slots);
    for (Name name = 1; name < names->count; name++) {
        uint32_t at = names->entries[name].hash & (names->slot_count - 1);
        while (names->slots[at])
            at = (at + 1) & (names->slot_count - 1);
        names->slots[at] = name;
    }
}

Name names_find(Names *names, Slice text) {
    uint32_t hash = hash_text(text), mask = names->slot_count - 1, at = hash & mask;
    for (; names->slots[at]; at = (at + 1) & mask) {
        const NameEntry *entry = &names->entries[names->slots[at]];
        if (entry->hash == hash && entry->text.len == text.len &&
            memcmp(entry->text.data, text.data, text.len) == 0)
            return names->slots[at];
    }
    if (names->count == names->room)
        names->entries = mem_resize(names->entries, (names->room *= 2) * sizeof *names->entries);
    Name name = names->count++;
    names->entries[name] = (NameEntry){text, hash, 0};
    names->slots[at] = name;
    if (names->count * 2 > names->slot_count) grow_slots(names);
    return name;
}

void names_open(Names *names) {
    *names = (Names){.count = 1, .room = 256};
    names->entries = mem_new(names->room * sizeof *names->entries);
    grow_slots(names);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        names_find(names, slice_from_str(words[i]));
}

void names_close(Names *names) {
    for (uint32_t i = 0; i < names->decoded_count; i++)
        mem_free(names->decoded[i]);
    mem_free(names->decoded);
    mem_free(names->entries);
    mem_free(names->slots);
    *names = (Names){0};
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void append_utf8(Bytes *out, uint32_t code) {
    if (code < 0x80) {
        bytes_append_char(out, (char)code);
        return;
    }
    if (code >= 0x10000) {
        bytes_append_char(out, (char)(0xf0 | code >> 18));
        bytes_append_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
    } else if (code >= 0x800) {
        bytes_append_char(out, (char)(0xe0 | code >> 12));
    }
    if (code >= 0x800)
        bytes_append_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
    else
        bytes_append_char(out, (char)(0xc0 | code >> 6));
    bytes_append_char(out, (char)(0x80 | (code & 0x3f)));
}

Name names_find_escaped(Names *names, Slice text) {
    Bytes out = {0};
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != '\\' || i + 1 >= text.len || text.data[i + 1] != 'u') {
            bytes_append_char(&out, text.data[i]);
            continue;
        }
        bool braced = i + 2 < text.len && text.data[i + 2] == '{';
        size_t at = i + (braced ? 3 : 2), limit = braced ? text.len : at + 4;
        uint32_t code = 0;
        for (; at < text.len && at < limit && hex_value(text.data[at]) >= 0 && code <= 0x10ffff; at++)
            code = code * 16 + (uint32_t)hex_value(text.data[at]);
        append_utf8(&out, code <= 0x10ffff ? code : 0xfffd);
        i = braced ? at : at - 1;
    }
    size_t len = out.len;
    names->decoded = mem_resize(names->decoded, (names->decoded_count + 1) * sizeof *names->decoded);
    char *kept = names->decoded[names->decoded_count++] = bytes_take(&out);
    return names_find(names, (Slice){kept, len});
}

bool name_is_reserved(Name name) {
    switch (name) {
    case WORD_as:
    case WORD_async:
    case WORD_from:
    case WORD_get:
    case WORD_of:
    case WORD_set:
    case WORD_using:
    case WORD_accessor:
    case WORD_arguments:
    case WORD_eval:
    case WORD_meta:
    case WORD_target:
    case WORD_constructor: return false;
    default: return name <= WORD_LAST_OF_LANGUAGE;
    }
}
