# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds of the targets that read hives: one that is built here, and small ones of the samples, where
they are there. The length of the log that belongs to a hive stands behind both."""
import pathlib
import struct

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "../shared/data/triage"
SMALL = ("hivex/images/minimal", "hivex/images/special", "hivex/images/rlenvalue_test_hive")
NONE = 0xFFFFFFFF


class Hive:
    """Cells one after another in one bin."""

    def __init__(self, size):
        self.bytes = bytearray(4096 + size)
        self.bytes[:4] = b"regf"
        struct.pack_into("<IIQIIIIIII", self.bytes, 4, 8, 7, 1 << 57, 1, 5, 0, 1, 32, size, 1)
        struct.pack_into("<4sII", self.bytes, 4096, b"hbin", 0, size)
        self.at = 32

    def cell(self, content):
        size = (len(content) + 4 + 7) // 8 * 8
        struct.pack_into("<i", self.bytes, 4096 + self.at, -size)
        self.bytes[4100 + self.at:4100 + self.at + len(content)] = content
        self.at += size
        return self.at - size

    def key(self, name, parent, subkeys=(0, NONE), values=(0, NONE), owner=NONE):
        return self.cell(struct.pack("<2sHQIIIIIIIIII20xHH", b"nk", 0x20, 132 << 50, 0, parent,
                                     subkeys[0], 0, subkeys[1], NONE, *values, owner, NONE,
                                     len(name), 0) + name)

    def value(self, name, kind, data):
        cell = self.cell(data)
        return self.cell(struct.pack("<2sHIIIHH", b"vk", len(name), len(data), cell, kind, 1, 0) + name)

    def listed(self, mark, cells):
        more = (0,) if mark in (b"lf", b"lh") else ()
        return len(cells), self.cell(struct.pack("<2sH", mark, len(cells)) + b"".join(
            struct.pack(f"<{1 + len(more)}I", c, *more) for c in cells))

    def done(self):
        struct.pack_into("<i", self.bytes, 4096 + self.at, len(self.bytes) - 4096 - self.at)
        words = struct.unpack_from("<127I", self.bytes)
        total = 0
        for word in words:
            total ^= word
        struct.pack_into("<I", self.bytes, 508, total)
        return bytes(self.bytes)


def built():
    """A root with two subkeys, three values, one of them in segments, an owner and a deleted key."""
    hive = Hive(65536)
    root = hive.key(b"ROOT", NONE)
    part = [hive.cell(bytes([c]) * 16344) for c in b"ab"]
    head = hive.cell(struct.pack("<2sHI", b"db", 2, hive.cell(struct.pack("<2I", *part))))
    values = [hive.value(b"text", 1, "words".encode("utf-16-le") + b"\0\0"),
              hive.value(b"list", 7, "a\0b\0\0".encode("utf-16-le"))]
    values.append(hive.cell(struct.pack("<2sHIIIHH", b"vk", 3, 20000, head, 3, 1, 0) + b"big"))
    value_list = (len(values), hive.cell(struct.pack("<3I", *values)))
    sid = struct.pack("<BB6B2I", 1, 2, 0, 0, 0, 0, 0, 5, 32, 544)
    owner = hive.cell(struct.pack("<2sHIIII", b"sk", 0, 0, 0, 1, 20 + len(sid))
                      + struct.pack("<IIIII", 1, 20, 0, 0, 0) + sid)
    below = [hive.key(b"one", root, values=value_list, owner=owner), hive.key(b"two", root)]
    count, cell = hive.listed(b"lh", below)
    _, lists = hive.listed(b"ri", [cell])
    struct.pack_into("<II", hive.bytes, 4100 + root + 20, count, 0)
    struct.pack_into("<I", hive.bytes, 4100 + root + 28, lists)
    gone = hive.key(b"gone", root)
    struct.pack_into("<i", hive.bytes, 4096 + gone, hive.at - gone)
    return hive.done()


def logs(hive):
    """A log of the new kind and one of the old, for one page each. Sums are made by the target."""
    base = bytearray(hive[:512])
    struct.pack_into("<I", base, 8, 8)
    struct.pack_into("<I", base, 28, 6)
    page = hive[4096:8192]
    entry = struct.pack("<4s5I16x2I", b"HvLE", 4608, 0, 7, len(hive) - 4096, 1, 0, 4096) + page
    new = bytes(base) + entry.ljust(4608, b"\0")
    struct.pack_into("<I", base, 28, 1)
    old = bytes(base) + (b"DIRT\1".ljust(512, b"\0")) + page[:512]
    return {"new": new, "old": old}


def seeds():
    hive = built()
    found = {"built": hive + bytes(4)}
    for name, log in logs(hive).items():
        found[name] = hive + log + struct.pack("<I", len(log))
    for name in SMALL:
        if (SAMPLES / name).is_file():
            found[pathlib.Path(name).name] = (SAMPLES / name).read_bytes() + bytes(4)
    return {f"triage/regf_fuzz/{name}": data for name, data in found.items()}
