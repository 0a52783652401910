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


def chained(path, values):
    """A hive with one way down, and values at its end."""
    hive = Hive(16384)
    names = [b"ROOT", *path.encode().split(b"\\")]
    cells = [hive.key(name, NONE) for name in names]
    for above, below in zip(cells, cells[1:]):
        count, cell = hive.listed(b"lh", [below])
        struct.pack_into("<I", hive.bytes, 4100 + above + 20, count)
        struct.pack_into("<I", hive.bytes, 4100 + above + 28, cell)
    made = [hive.value(name, kind, data.ljust(5, b"\0")) for name, kind, data in values]
    cell = hive.cell(struct.pack(f"<{len(made)}I", *made))
    struct.pack_into("<II", hive.bytes, 4100 + cells[-1] + 36, len(made), cell)
    return hive.done()


def wide(text):
    return text.encode("utf-16-le")


def caches():
    """Application compatibility caches: of 7, and of 10."""
    path = wide("C:\\a.exe")
    rows = struct.pack("<IIIIHHIQIIII", 0xBADC0FEE, 1, 120, 0, 16, 18, 160, 1 << 57, 2, 0, 0, 0)
    seven = rows[:16].ljust(128, b"\0") + rows[16:] + path
    entry = struct.pack("<H", len(path)) + path + struct.pack("<QII", 1 << 57, 4, 1)
    ten = struct.pack("<I", 52).ljust(52, b"\0") + (struct.pack("<4sII", b"10ts", 0, len(entry)) + entry) * 2
    return {"seven": seven, "ten": ten}


def task():
    def text(s):
        return struct.pack("<I", 2 * len(s)) + wide(s)
    return (struct.pack("<H", 3) + text("LocalSystem") + struct.pack("<H", 0x6666) + text("")
            + text("cmd.exe") + text("/c x") + text("") + struct.pack("<H", 0)
            + struct.pack("<H", 0x7777) + text("id") + bytes(16) + text("data"))


def formats():
    """A hive for each format, whose number in the target is the last byte."""
    software = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\UserAssist"
    cache = "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache"
    times = struct.pack("<QQII", 1 << 57, 0, 0, 2)
    hives = [chained("a\\b", [(b"x", 1, wide("y"))]),
             chained("ControlSet001\\Control\\Session Manager\\AppCompatCache",
                     [(b"AppCompatCache", 3, caches()["ten"])]),
             chained("Root\\File\\v\\1", [(b"101", 1, wide("0" * 44)), (b"17", 11, bytes(8))]),
             chained("ControlSet001\\Services\\bam\\State\\UserSettings\\S-1-5-18", [(b"x", 3, times)]),
             chained(software + "\\{1}\\Count", [(b"HRZR", 3, struct.pack("<IIQ", 1, 6, 1 << 57))]),
             chained("Objects\\{1}\\Elements\\12000004", [(b"Element", 1, wide("Windows"))]),
             chained(cache + "\\Tasks\\{1}", [(b"Actions", 3, task()), (b"Path", 1, wide("x"))]),
             chained(cache + "\\Tree\\x", [(b"Id", 1, wide("{1}")), (b"Index", 4, bytes(4))])]
    return {str(i): hive + bytes([min(i, 6)]) for i, hive in enumerate(hives)}


def seeds():
    hive = built()
    found = {"built": hive + bytes(4)}
    for name, log in logs(hive).items():
        found[name] = hive + log + struct.pack("<I", len(log))
    for name in SMALL:
        if (SAMPLES / name).is_file():
            found[pathlib.Path(name).name] = (SAMPLES / name).read_bytes() + bytes(4)
    return ({f"triage/regf_fuzz/{name}": data for name, data in found.items()}
            | {f"triage/hive_fields_fuzz/{name}": data for name, data in formats().items()}
            | {f"triage/shimcache_fuzz/{name}": data for name, data in caches().items()}
            | {"triage/hive_parts_fuzz/task": task()})
