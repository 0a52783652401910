# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes records of the MFT of a volume that mkntfs made, as somebody would who hides something.

usage: .mft.py VOLUME RECORD OFFSET HEX...   bytes at an offset of the record, or of its first $FILE_NAME
                                             (OFFSET "name+N": of the value of that attribute)
       .mft.py VOLUME number NAME            the number of the record with that name"""

import sys

BYTES = 1024


def place(volume):
    boot = volume[:512]
    cluster = int.from_bytes(boot[11:13], "little") * boot[13]
    return int.from_bytes(boot[48:56], "little") * cluster


def fixups(record):
    at, count = (int.from_bytes(record[i:i + 2], "little") for i in (4, 6))
    return [(at + 2 * i, 512 * i - 2) for i in range(1, count)]


def attributes(record):
    at = int.from_bytes(record[20:22], "little")
    while (kind := int.from_bytes(record[at:at + 4], "little")) != 0xFFFFFFFF:
        yield kind, at
        at += int.from_bytes(record[at + 4:at + 8], "little")


def names(record):
    for kind, at in attributes(record):
        if kind == 0x30:
            value = at + int.from_bytes(record[at + 20:at + 22], "little")
            yield value, record[value + 66:value + 66 + 2 * record[value + 64]].decode("utf-16-le")


def read(volume, number):
    at = place(volume) + number * BYTES
    record = bytearray(volume[at:at + BYTES])
    for kept, end in fixups(record):
        record[end:end + 2] = record[kept:kept + 2]
    return record


def write(volume, number, record):
    for kept, end in fixups(record):
        record[kept:kept + 2] = record[end:end + 2]
        at = int.from_bytes(record[4:6], "little")
        record[end:end + 2] = record[at:at + 2]
    at = place(volume) + number * BYTES
    volume[at:at + BYTES] = record


path, what, *rest = sys.argv[1:]
with open(path, "rb") as f:
    disk = bytearray(f.read())
if what == "number":
    for n in range(24, 4096):
        one = read(disk, n)
        if one[:4] == b"FILE" and rest[0] in [name for _, name in names(one)]:
            print(n)
            break
    else:
        sys.exit(f"there is no {rest[0]}")
else:
    one = read(disk, int(what))
    base = 0
    if rest[0].startswith("name+"):
        base = next(names(one))[0]
        rest[0] = rest[0][5:]
    new = bytes.fromhex("".join(rest[1:]))
    one[base + int(rest[0]):base + int(rest[0]) + len(new)] = new
    write(disk, int(what), one)
    with open(path, "wb") as f:
        f.write(disk)
