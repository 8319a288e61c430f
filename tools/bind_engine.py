#!/usr/bin/env python3
"""Copies the engine's library with its references to itself resolved.

usage: bind_engine.py OUT LIBRARY PROGRAM

Nearly half of an empty program's time was the dynamic linker looking up, by name, functions and tables that the
library itself exports and nobody replaces. The copy says where they are. What PROGRAM exports under the same name, what
may be unique in the process and what other libraries have is left for the linker to look up, so all is bound as before.
On machines that this does not know the result is a link to the library.
"""
import os, struct, sys

LOAD, DYNAMIC = 1, 2
DT_STRTAB, DT_SYMTAB, DT_RELA, DT_RELASZ, DT_PLTRELSZ, DT_JMPREL, DT_RELACOUNT, DT_HASH, DT_GNU_HASH = \
    5, 6, 7, 8, 2, 23, 0x6ffffff9, 4, 0x6ffffef5
GLOBAL, WEAK = 1, 2
PLAIN_TYPES = (0, 1, 2)  # none, data, function
UNDEFINED, ABSOLUTE = 0, 0xfff1
# ELF machine: (relocation to a symbol and a number, those to a symbol, relocation to the library's own start)
MACHINES = {62: (1, (6, 7), 8), 183: (257, (1025, 1026), 1027)}

SYMBOL, RELOCATION = struct.Struct('<IBBHQQ'), struct.Struct('<QQq')


class Library:
    def __init__(self, path):
        self.bytes = bytearray(open(path, 'rb').read())
        is_known = self.bytes[:6] == b'\x7fELF\x02\x01'
        self.machine = struct.unpack_from('<H', self.bytes, 18)[0] if is_known else None
        if not is_known: return
        at, = struct.unpack_from('<Q', self.bytes, 32)
        count, = struct.unpack_from('<H', self.bytes, 56)
        parts = [struct.unpack_from('<IIQQQQ', self.bytes, at + i * 56) for i in range(count)]
        self.loads = [(address, size, offset) for kind, _, offset, address, _, size in parts if kind == LOAD]
        start, size = next((offset, size) for kind, _, offset, _, _, size in parts if kind == DYNAMIC)
        self.tags = {}
        for tag_at in range(start, start + size, 16):
            tag, value = struct.unpack_from('<QQ', self.bytes, tag_at)
            if tag == 0: break
            self.tags[tag] = (value, tag_at + 8)

    def offset(self, address):
        return next(offset + address - start for start, size, offset in self.loads if start <= address < start + size)

    def table(self, tag): return self.offset(self.tags[tag][0])
    def symbol(self, index): return SYMBOL.unpack_from(self.bytes, self.table(DT_SYMTAB) + index * SYMBOL.size)

    def name(self, symbol):
        start = self.table(DT_STRTAB) + symbol[0]
        return bytes(self.bytes[start:self.bytes.index(0, start)])

    def exported(self):
        """The names that it defines: the symbol table lies right before the table of strings."""
        count = (self.table(DT_STRTAB) - self.table(DT_SYMTAB)) // SYMBOL.size
        symbols = (self.symbol(i) for i in range(1, count))
        return {self.name(s) for s in symbols if s[3] != UNDEFINED}


def bind(library, replaced):
    absolute, symbolic, relative = MACHINES[library.machine]

    def bound(where, info, addend):
        kind, index = info & 0xffffffff, info >> 32
        if kind != absolute and kind not in symbolic: return where, info, addend
        symbol = library.symbol(index)
        _, traits, _, section, value, _ = symbol
        is_own = section not in (UNDEFINED, ABSOLUTE) and traits >> 4 in (GLOBAL, WEAK) and traits & 15 in PLAIN_TYPES
        if not is_own or library.name(symbol) in replaced: return where, info, addend
        return where, relative, value + (addend if kind == absolute else 0)

    def rewrite(table, size, sort):
        at = library.table(table)
        rows = [bound(*RELOCATION.unpack_from(library.bytes, at + i)) for i in range(0, library.tags[size][0], RELOCATION.size)]
        if sort: rows.sort(key=lambda row: (row[1] != relative, row[0] if row[1] == relative else 0))
        for i, row in enumerate(rows): RELOCATION.pack_into(library.bytes, at + i * RELOCATION.size, *row)
        return sum(row[1] == relative for row in rows)

    count = rewrite(DT_RELA, DT_RELASZ, sort=True)
    struct.pack_into('<Q', library.bytes, library.tags[DT_RELACOUNT][1], count)
    rewrite(DT_JMPREL, DT_PLTRELSZ, sort=False)


out, path, program = sys.argv[1:]
library = Library(path)
if os.path.lexists(out): os.remove(out)
if library.machine in MACHINES and all(tag in library.tags for tag in (DT_RELA, DT_JMPREL, DT_RELACOUNT)):
    bind(library, Library(program).exported())
    # In pieces, which the kernel caches as such: a file written at once is mapped by megabytes, used or not.
    with open(out, 'wb', buffering=0) as file:
        for at in range(0, len(library.bytes), 65536): file.write(library.bytes[at:at + 65536])
else:
    os.symlink(os.path.realpath(path), out)
