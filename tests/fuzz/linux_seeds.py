# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of Linux, as small as they can be: docs/formats/journald.md, docs/formats/luks.md."""

import hashlib
import json
import lzma
import struct


def zstd(data):
    """A frame of one block, which is not packed, without a checksum, as systemd has it."""
    return struct.pack("<IBB", 0xFD2FB528, 0x20, len(data)) + struct.pack("<I", len(data) << 3 | 1)[:3] + data


def journal(compact):
    """Three entries, two arrays, and fields that are packed in each of the three ways."""
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
              data(struct.pack("<Q", 29) + b"\x5fLZ=ab\2\0\4\x10b", 2),
              data(zstd(b"ZSTD=" + b"z" * 40), 4), data(lzma.compress(b"XZ=" + b"x" * 40), 1)]
    entries = [entry(n + 1, fields[n % 2:]) for n in range(3)]
    first = array(0, entries[:2])
    struct.pack_into("<Q", out, first + 16, array(0, entries[2:] + [0, 0]))
    struct.pack_into("<8sII", out, 0, b"LPKSHHRH", 0, 4 | (16 if compact else 0))
    struct.pack_into("<QQ", out, 88, 272, len(out) - 272)
    struct.pack_into("<QQQQQ", out, 144, 9, 3, 3, 1, first)
    return bytes(out)


def luks(version):
    """A header of either version, with two key slots."""
    if version == 1:
        slots = b"".join(struct.pack(">II32sII", 0xAC71F3 if n in (0, 5) else 0xDEAD, 1000, b"s" * 32, 8, 4000)
                         for n in range(8))
        return struct.pack(">6sH32s32s32sII20s32sI40s", b"LUKS\xba\xbe", 1, b"aes", b"xts-plain64", b"sha256", 4096,
                           64, b"d" * 20, b"s" * 32, 1000, b"5ea4562e-e357-40c9-8caa-fab50cedb64c") + slots
    text = json.dumps({
        "keyslots": {"1": {"type": "luks2", "key_size": 64, "kdf": {"type": "pbkdf2", "hash": "sha256", "iterations": 9}},
                     "0": {"type": "luks2", "key_size": 64, "kdf": {"type": "argon2id", "time": 4, "memory": 1024}}},
        "tokens": {"0": {"type": "systemd-tpm2", "keyslots": ["1"]}},
        "segments": {"0": {"type": "crypt", "offset": "16777216", "encryption": "aes-xts-plain64"}},
        "digests": {"0": {"type": "pbkdf2", "keyslots": [], "hash": "sha256", "iterations": 7}}, "config": {}}).encode()
    both = b""
    for magic, at in ((b"LUKS\xba\xbe", 0), (b"SKUL\xba\xbe", 16384)):
        head = struct.pack(">6sHQQ48s32s64s40s48sQ", magic, 2, 16384, 3, b"DATEN", b"sha256", b"s" * 64,
                           b"b2593880-9d4f-40f9-95f4-b74b8191bd4e", b"", at).ljust(448, b"\0")
        whole = head.ljust(4096, b"\0") + text.ljust(12288, b"\0")
        both += whole[:448] + hashlib.sha256(whole).digest() + whole[480:]
    return both
