#!/usr/bin/env python3
"""Makes a library that has all functions of another one and does nothing.

usage: stand_in.py OUT SONAME COMPILER [ARGUMENT ...]

The engine's library is linked with libraries for a remote inspector and a desktop that Galley never uses. The
dynamic linker would load, relocate and initialise them, and what they need, in every process. A stand-in has the same
name, functions and versions; each function returns 0, which is what the engine is told when there is no desktop.
"""
import collections, os, subprocess, sys, tempfile

out, soname, *compiler = sys.argv[1:]


def output_of(*command): return subprocess.run(command, check=True, capture_output=True, text=True).stdout


real = output_of(*compiler, '-print-file-name=' + soname).strip()
versions = collections.defaultdict(list)
for line in output_of('nm', '-D', '--defined-only', '--with-symbol-versions', real).splitlines():
    kind, symbol = line.split()[-2:]
    if kind not in 'TWi': continue
    name, _, version = symbol.partition('@@')
    if '@' not in name: versions[version].append(name)
if not versions: sys.exit(f'{real} has no functions')

with tempfile.TemporaryDirectory() as folder:
    source, script = os.path.join(folder, 'functions.c'), os.path.join(folder, 'versions')
    names = sorted(name for group in versions.values() for name in group)
    with open(source, 'w') as c:
        c.write('static long nothing(void) { return 0; }\n')
        c.writelines(f'long galley_{name}(void) __asm__("{name}") __attribute__((alias("nothing")));\n' for name in names)
    with open(script, 'w') as f:
        f.writelines('%s { global: %s; };\n' % (version, '; '.join(group)) for version, group in versions.items() if version)
    named = [f'-Wl,--version-script={script}'] if any(versions) else []
    subprocess.run([*compiler, '-shared', '-fPIC', '-O1', '-nostdlib', f'-Wl,-soname,{soname}', *named, source, '-o', out], check=True)
