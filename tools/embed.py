#!/usr/bin/env python3
"""Packs lib/ (and the npm packages that it is built on) into one file of bytes and a table in C.

usage: embed.py OUT.c OUT.bin OUT.d LIB_DIR [ID=FILE[?NAME=MODULE] ...]

What NAME is within such a package is then what MODULE exports under it.
"""
import hashlib, os, sys

out_c, out_bin, out_d, lib = sys.argv[1:5]
entries = {}
locals_of = {}
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
    path, _, local = path.partition('?')
    if local:
        local_name, module = local.split('=')
        locals_of[path] = f"const {{ {local_name} }} = require('{module}'); "
    if os.path.isdir(path):
        for folder, subfolders, names in os.walk(path):
            subfolders[:] = sorted(s for s in subfolders if s != 'node_modules')
            for n in sorted(names):
                if n.endswith('.js'):
                    full = os.path.join(folder, n)
                    entries[name + '/' + os.path.relpath(full, path)[:-3]] = full
    else:
        entries[name] = path


def to_ascii(text):
    """With escapes, which mean the same in comments, strings, templates, regular expressions and names."""
    if all(c < 128 for c in text): return text
    units = text.decode().encode('utf-16-be')
    codes = (units[i] << 8 | units[i + 1] for i in range(0, len(units), 2))
    return ''.join(chr(c) if c < 128 else '\\u%04x' % c for c in codes).encode()


blob = bytearray()
table = []
for name in sorted(entries, key=lambda n: n.encode()):
    path = entries[name]
    depends.append(path)
    source = open(path, 'rb').read()
    parameters = b'exports, require, module, process, internalBinding' if path.startswith(lib) else b'exports, require, module'
    prologue = locals_of.get(path, '').encode()
    text = to_ascii(b'(function (' + parameters + b') {' + prologue + source + b'\n})')
    table.append((name, len(blob), len(text)))
    blob += text + b'\0'

open(out_bin, 'wb').write(blob)
with open(out_c, 'w') as c:
    c.write('#include "engine/builtins.h"\n\n')
    c.write('__asm__(".section .rodata\\n.balign 16\\n.global builtin_text\\nbuiltin_text:\\n.incbin \\"%s\\"\\n'
            '.global builtin_text_end\\nbuiltin_text_end:\\n.byte 0\\n.previous\\n");\n' % os.path.abspath(out_bin))
    c.write('extern const char builtin_text[];\n\nconst Builtin builtins[] = {\n')
    for name, at, size in table:
        c.write('    {"%s", builtin_text + %d, %d},\n' % (name, at, size))
    c.write('};\n\nconst size_t builtin_count = sizeof builtins / sizeof *builtins;\n')
    c.write('const uint8_t builtin_digest[32] = {%s};\n' % ', '.join(map(str, hashlib.sha256(blob).digest())))
with open(out_d, 'w') as d:
    d.write('%s %s: %s\n' % (out_c, out_bin, ' '.join(p.replace(' ', '\\ ') for p in depends)))
