#!/usr/bin/env python3
"""Packs lib/ (and the npm packages that it is built on) into one file of bytes and a table in C.

usage: embed.py OUT.c OUT.bin OUT.d LIB_DIR [ID=FILE ...]
"""
import os, sys

out_c, out_bin, out_d, lib = sys.argv[1:5]
entries = {}
depends = []
for folder, subfolders, names in os.walk(lib):
    subfolders.sort()
    depends.append(folder)
    for name in sorted(names):
        if name.endswith('.js'):
            path = os.path.join(folder, name)
            entries[os.path.relpath(path, lib)[:-3]] = path
for pair in sys.argv[5:]:
    name, path = pair.split('=', 1)
    if os.path.isdir(path):
        for folder, subfolders, names in os.walk(path):
            subfolders[:] = sorted(s for s in subfolders if s != 'node_modules')
            for n in sorted(names):
                if n.endswith('.js'):
                    full = os.path.join(folder, n)
                    entries[name + '/' + os.path.relpath(full, path)[:-3]] = full
    else:
        entries[name] = path

blob = bytearray()
table = []
for name in sorted(entries, key=lambda n: n.encode()):
    path = entries[name]
    depends.append(path)
    source = open(path, 'rb').read()
    parameters = b'exports, require, module, process, internalBinding' if path.startswith(lib) else b'exports, require, module'
    text = b'(function (' + parameters + b') {' + source + b'\n})'
    table.append((name, len(blob), len(text), all(c < 128 for c in text)))
    blob += text + b'\0'

open(out_bin, 'wb').write(blob)
with open(out_c, 'w') as c:
    c.write('#include "engine/builtins.h"\n\n')
    c.write('__asm__(".section .rodata\\n.balign 16\\n.global builtin_text\\nbuiltin_text:\\n.incbin \\"%s\\"\\n'
            '.global builtin_text_end\\nbuiltin_text_end:\\n.byte 0\\n.previous\\n");\n' % os.path.abspath(out_bin))
    c.write('extern const char builtin_text[];\n\nconst Builtin builtins[] = {\n')
    for name, at, size, is_ascii in table:
        c.write('    {"%s", builtin_text + %d, %d, %s},\n' % (name, at, size, 'true' if is_ascii else 'false'))
    c.write('};\n\nconst size_t builtin_count = sizeof builtins / sizeof *builtins;\n')
with open(out_d, 'w') as d:
    d.write('%s %s: %s\n' % (out_c, out_bin, ' '.join(p.replace(' ', '\\ ') for p in depends)))
