# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of Linux, as small as they can be: docs/formats/journald.md."""

import struct


def journal(compact):
    """Three entries, two arrays, and one field that is packed with lz4."""
    out = bytearray(272)
    item = "<I" if compact else "<Q"

    def add(kind, flags, body):
        at = len(out)
        out.extend(struct.pack("<BB6xQ", kind, flags, 16 + len(body)) + body)
        out.extend(b"\0" * (-len(out) % 8))
        return at

    def data(payload, flags=0):
        return add(1, flags, bytes(56 if compact else 48) + payload)

    def entry(number, items):
        body = struct.pack("<QQQ16sQ", number, 1700000000000000 + number, number, b"b" * 16, 0)
        return add(3, 0, body + b"".join(struct.pack("<I" if compact else "<QQ", *([i] if compact else [i, 0]))
                                         for i in items))

    def array(following, items):
        return add(6, 0, struct.pack("<Q", following) + b"".join(struct.pack(item, i) for i in items))

    fields = [data(b"MESSAGE=hello"), data(b"_PID=7"), data(b"BINARY=\xff\0"),
              data(struct.pack("<Q", 29) + b"\x5fLZ=ab\2\0\4\x10b", 2)]
    entries = [entry(n + 1, fields[n % 2:]) for n in range(3)]
    first = array(0, entries[:2])
    struct.pack_into("<Q", out, first + 16, array(0, entries[2:] + [0, 0]))
    struct.pack_into("<8sII", out, 0, b"LPKSHHRH", 0, 4 | (16 if compact else 0))
    struct.pack_into("<QQ", out, 88, 272, len(out) - 272)
    struct.pack_into("<QQQQQ", out, 144, 9, 3, 3, 1, first)
    return bytes(out)
