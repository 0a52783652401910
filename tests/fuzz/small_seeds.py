# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds of the targets of small formats of Windows and Linux: what is short enough to be made here,
and real files where the samples are there."""
import pathlib
import struct
import zlib

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "../shared/data/triage"
PLASO = "log2timeline_plaso/test_data/"
REAL = {"prefetch": [PLASO + "winprefetch/*.pf"], "lnk": [PLASO + "*.lnk"],
        "jumplist": [PLASO + "*.lnk"], "recycle": [PLASO + "recycler/*"],
        "task": [PLASO + "wintask.job"],
        "shell_history": [PLASO + "bash_history", PLASO + "zsh_extended_history.txt"]}
LINK_CLASS = bytes.fromhex("0114020000000000c000000000000046")


def utf16(text):
    return text.encode("utf-16-le")


def prefetch():
    path = utf16("\\VOLUME\\A.EXE")
    strings = 304 + 32
    volumes = strings + len(path) + 2
    head = struct.pack("<I4s4xI", 26, b"SCCA", volumes + 104) + utf16("A.EXE").ljust(60, b"\0")
    head += struct.pack("<II9I8x", 1, 0, 304, 1, strings, 0, strings, len(path) + 2, volumes, 1, 104)
    head += struct.pack("<Q", 132000000000000000)
    volume = struct.pack("<IIQI8xII", 0, 4, 1, 2, 40, 2).ljust(104, b"\1")
    return (head.ljust(304, b"\0") + struct.pack("<12xII12x", 0, len(path) // 2) + path + b"\0\0"
            + volume)


def xpress(data):
    """Literals only: every code has nine bits."""
    bits = "".join(f"{byte:09b}" for byte in data)
    bits += "0" * (-len(bits) % 16)
    words = [int(bits[i:i + 16], 2) for i in range(0, len(bits), 16)] + [0]
    return b"\x99" * 256 + struct.pack(f"<{len(words)}H", *words)


def link(flags=0x84):
    head = struct.pack("<I16sII3Q", 76, LINK_CLASS, flags, 0x20, 1, 2, 3)
    return head + struct.pack("<IIIH10xH", 7, 0, 1, 0, 3) + utf16("one") + bytes(4)


def compound():
    """A jump list of one entry, its streams of one sector each, without small ones."""
    entry = bytes(8) + LINK_CLASS * 4 + b"pc".ljust(16, b"\0") + struct.pack(
        "<IIfQiiI8xH", 1, 0, 1.0, 132000000000000000, -1, -1, 3, 2) + utf16("C:") + bytes(4)
    destlist = struct.pack("<III4xQQ", 3, 1, 0, 1, 1) + entry
    streams = [("DestList", destlist), ("1", link())]
    directory = b""
    for name, kind, start, size in [("Root Entry", 5, 0xFFFFFFFE, 0)] + [
            (name, 2, 2 + i, len(data)) for i, (name, data) in enumerate(streams)]:
        directory += utf16(name).ljust(64, b"\0") + struct.pack(
            "<HBB12x16x4xQQIQ", 2 * len(name) + 2, kind, 1, 0, 0, start, size)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 0, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    table = struct.pack("<4I", 0xFFFFFFFD, *[0xFFFFFFFE] * 3).ljust(512, b"\xff")
    head = head + struct.pack("<I", 0).ljust(436, b"\xff")
    return head + table + b"".join(
        part.ljust(512, b"\0") for part in [directory] + [data for _, data in streams])


def task():
    return ('<Task version="1.2"><RegistrationInfo><URI>\\a &amp; b</URI></RegistrationInfo><Triggers>'
            '<CalendarTrigger><Enabled>true</Enabled><ScheduleByWeek><DaysOfWeek><Monday/></DaysOfWeek>'
            '</ScheduleByWeek></CalendarTrigger></Triggers><Actions Context="a"><Exec><Command>'
            '<![CDATA[x]]></Command></Exec></Actions></Task>')


def job():
    head = struct.pack("<HH16sHH", 0x501, 1, LINK_CLASS, 70, 84).ljust(68, b"\0") + bytes(2)
    return head + struct.pack("<H4s5H", 2, utf16("a\0"), 0, 0, 0, 0, 0)[:14] + struct.pack(
        "<H", 1) + struct.pack("<HHHHH", 48, 0, 2023, 1, 2).ljust(48, b"\1")


def login():
    return struct.pack("<hxxi32s4s32s256shhiiI16s20x", 7, 5, b"pts/0", b"ts/0", b"a", b"b", 1, 2, 3,
                       1700000000, 5, b"\xc0\0\2\1")


def evidence():
    """An E01 segment of three chunks of 512 bytes: the second one is not packed."""
    def summed(data):
        return data + struct.pack("<I", zlib.adler32(data))

    lines = "1\r\nmain\r\nc\tn\ta\te\r\n7\t1\tdisk\tMax\r\n"
    volume = struct.pack("<IIIIQ", 1, 3, 1, 512, 3).ljust(1048, b"\0")
    chunks = [zlib.compress(b"A" * 512), summed(bytes(range(256)) * 2), zlib.compress(bytes(512))]
    out = b"EVF\t\r\n\xff\0" + struct.pack("<BHH", 1, 1, 0)

    def add(name, body, last=False):
        nonlocal out
        size = 76 + len(body)
        head = struct.pack("<16sQQ40x", name, len(out) + (0 if last else size), size)
        out += summed(head) + body
        return len(out) - len(body)

    add(b"header2", zlib.compress(b"\xff\xfe" + utf16(lines)))
    add(b"header", zlib.compress(lines.encode()))
    add(b"volume", summed(volume))
    base = add(b"sectors", b"".join(chunks))
    places = [sum(map(len, chunks[:i])) | (i != 1) << 31 for i in range(3)]
    entries = struct.pack("<3I", *places)
    table = summed(struct.pack("<I4xQ4x", 3, base)) + summed(entries)
    add(b"table", table)
    add(b"table2", table)
    add(b"error2", struct.pack("<I516xII", 1, 2, 1))
    add(b"digest", summed(b"\1" * 76))
    add(b"hash", summed(b"\1" * 32))
    add(b"done", b"", True)
    return out


def bitlocker(on_write=False):
    """A volume of three copies of metadata with two protectors and a description."""
    guid = bytes.fromhex("3b4da89280dd0e4d9e4eb1e3284eaed8" if on_write
                         else "3bd66749292ed84a8399f6a339e3d001")
    places = (512, 1024, 1536)
    head = (b"\xeb\x58\x90-FVE-FS-".ljust(160, b"\0") + guid + struct.pack("<3Q", *places)).ljust(512, b"\0")

    def entry(kind, value, data):
        return struct.pack("<4H", 8 + len(data), kind, value, 1) + data

    entries = b"".join(entry(2, 8, bytes([n]) * 16 + struct.pack("<QHH", n, 0, n << 11)) for n in (1, 2))
    entries += entry(7, 2, utf16("PC C:\0"))
    size = 48 + len(entries)
    meta = struct.pack("<4I16sIHHQ", size, 1, 48, size, b"v" * 16, 9, 0x8004, 0, 132000000000000000) + entries
    whole = 64 + len(meta)
    whole += -whole % 16
    block = struct.pack("<8sHHHHQIIQQQQ", b"-FVE-FS-", whole // 16, 2, 4, 4, 1 << 20, 0, 0, *places, 0)
    block = (block + meta).ljust(whole, b"\0")
    block += struct.pack("<HHI", 8, 1, zlib.crc32(block))
    return head + block.ljust(512, b"\0") * 3


def seeds():
    plain = prefetch()
    made = {"prefetch_fuzz/plain": plain,
            "prefetch_fuzz/packed": b"MAM\x04" + struct.pack("<I", len(plain)) + xpress(plain),
            "lnk_fuzz/link": link(), "jumplist_fuzz/custom": bytes(12) + struct.pack("<II", 2, 2)
            + (LINK_CLASS + link()) * 2 + b"\xab\xfb\xbf\xba",
            "jumplist_fuzz/automatic": compound(),
            "recycle_fuzz/i": struct.pack("<QQQI", 2, 1, 132000000000000000, 3) + utf16("C:\0"),
            "recycle_fuzz/info2": struct.pack("<IIIII", 5, 0, 0, 800, 0) + b"C:\\a".ljust(800, b"\0"),
            "task_fuzz/xml": b"\xff\xfe" + utf16(task()), "task_fuzz/utf8": task().encode(),
            "task_fuzz/job": job(), "utmp_fuzz/login": login() * 2,
            "e01_fuzz/even": evidence() + bytes(len(evidence()) % 2),
            "e01_fuzz/odd": evidence() + bytes(1 - len(evidence()) % 2),
            "fve_fuzz/whole": bitlocker(), "fve_fuzz/on_write": bitlocker(True),
            "shell_history_fuzz/lines": b"#1\nls\n: 1:2;a\\\nb\nc\n"}
    found = {f"triage/{name}": data for name, data in made.items()}
    found["lib/xpress_fuzz/plain"] = struct.pack("<I", len(plain))[:3] + xpress(plain)
    chunk = xpress(bytes(4096))
    for way in range(4):
        found[f"lib/wof_fuzz/{way}"] = (struct.pack("<BII", way, 8192, len(chunk)) + chunk + plain)
    for target, patterns in REAL.items():
        for path in (path for pattern in patterns for path in sorted(SAMPLES.glob(pattern))):
            found[f"triage/{target}_fuzz/{path.name}"] = path.read_bytes()
    return found
