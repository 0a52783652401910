# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running PC still knows: its whole memory, searched for words."""

import mmap

# Files and programs hold UTF-8; the console's own copy of the screen one Unicode number
# of 32 bits a cell; wide characters of C the same; firmware and NTFS 16 bits.
_ENCODINGS = ("utf-8", "utf-16-le", "utf-32-le")


def find(vm, words, memory_mib):
    """{word: how often it stands in the PC's memory}, in any of the encodings."""
    path = vm.folder / "ram"
    vm.qmp("stop")
    try:
        vm.qmp("pmemsave", val=0, size=memory_mib << 20, filename=str(path))
        with open(path, "rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as ram:
            return {word: sum(_count(ram, word.encode(e)) for e in _ENCODINGS) for word in words}
    finally:
        path.unlink(missing_ok=True)
        vm.qmp("cont")


def _count(ram, pattern):
    found, at = 0, ram.find(pattern)
    while at >= 0:
        found, at = found + 1, ram.find(pattern, at + 1)
    return found
