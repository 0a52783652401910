#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver's own test: write logs are read right, and replayed as a disk would lose them."""

import pathlib
import struct
import subprocess
import tempfile

from vm import blklog, tap

KIB = 1024
SIZE = 64 * KIB


def record(folder, *commands):
    """Run qemu-io commands on an empty disk behind blklogwrites."""
    disk, log = folder / "disk", folder / "log"
    disk.write_bytes(b"\0" * SIZE)
    log.write_bytes(b"")
    options = (f"driver=blklogwrites,file.driver=file,file.filename={disk},"
               f"log.driver=file,log.filename={log},log-super-update-interval=1")
    arguments = [part for command in commands for part in ("-c", command)]
    subprocess.run(["qemu-io", "-t", "writeback", "--image-opts", options, *arguments],
                   check=True, capture_output=True)
    return disk, blklog.Log(log)


def after_cut(folder, log, upto, keep=()):
    """The first bytes of the disk's 4 KiB blocks 0 to 3 after a power cut."""
    disk = folder / "replayed"
    disk.write_bytes(b"\0" * SIZE)
    log.replay(disk, upto, keep)
    return disk.read_bytes()[0:16 * KIB:4 * KIB]


def hand_made(*entries, magic=0x6A736677736872, cut=0, flags=None):
    """A log of (sector, data, flags) built byte by byte from the format's description."""
    out = struct.pack("<QQQI", magic, 1, len(entries), 512).ljust(512, b"\0")
    for sector, data, entry_flags in entries:
        bits = entry_flags if flags is None else flags
        sectors = 0 if bits & blklog.MARK else -(-len(data) // 512)
        out += struct.pack("<QQQQ", sector, sectors, bits, len(data)).ljust(512, b"\0")
        out += b"" if bits & blklog.DISCARD else data.ljust(-(-len(data) // 512) * 512, b"\0")
    return out[:len(out) - cut]


REFUSED = [
    ("empty", b"", "too short"),
    ("another magic", hand_made((0, b"x" * 512, 0), magic=1), "not a write log"),
    ("data cut off", hand_made((0, b"x" * 512, 0), cut=1), "promises 512 bytes"),
    ("entry cut off", hand_made((0, b"", 0), cut=500), "ends within entry 0"),
    ("an unknown flag", hand_made((0, b"x" * 512, 0), flags=64), "flags 0x40"),
]


def format_part(t, folder):
    path = folder / "made"
    path.write_bytes(hand_made((3, b"a" * 512, 0), (0, b"begin", blklog.MARK),
                               (0, b"", blklog.FLUSH), (3, b"b" * 1024, blklog.DISCARD)))
    log = blklog.Log(path)
    t.ok([(e.first_byte, e.size_bytes, e.flags, e.mark) for e in log.entries]
         == [(1536, 512, 0, b""), (0, 0, 8, b"begin"), (0, 0, 1, b""), (1536, 1024, 4, b"")],
         "entries, marks, flushes and discards are read", log.entries)
    path.write_bytes(hand_made((0, b"1" * 4096, 0), (8, b"2" * 4096, 0), (0, b"", blklog.FLUSH),
                               (0, b"3" * 4096, 0), (16, b"4" * 4096, blklog.FUA)))
    log = blklog.Log(path)
    t.ok(after_cut(folder, log, 5) == b"124\0",
         "a write-through survives, an older unflushed overwrite does not")
    t.ok(after_cut(folder, log, 5, keep=log.pending(5)) == b"324\0" and log.pending(5) == [3],
         "a chosen unflushed write may survive as well")
    for name, data, words in REFUSED:
        path.write_bytes(data)
        try:
            blklog.Log(path)
            message = "was accepted"
        except ValueError as problem:
            message = str(problem)
        t.ok(words in message, f"a damaged log is refused: {name}", message)


def replay_part(t, folder):
    disk, log = record(folder, "write -P 0x11 0 4k", "write -P 0x22 4k 4k", "flush",
                       "write -P 0x33 0 4k", "write -f -P 0x44 8k 4k", "write -P 0x55 12k 4k",
                       "flush")
    kinds = [(e.first_byte, e.flags) for e in log.entries if e.writes]
    t.ok([k[0] for k in kinds] == [0, 4096, 0, 8192, 12288], "QEMU's own log has every write",
         str(log.entries))
    end = len(log.entries)
    t.ok(after_cut(folder, log, end) == disk.read_bytes()[0:16 * KIB:4 * KIB],
         "all of it gives the disk as it is")
    flush = next(i for i, e in enumerate(log.entries) if e.flags & blklog.FLUSH)
    t.ok(after_cut(folder, log, 0) == bytes(4), "nothing of it gives the disk as it was")
    t.ok(after_cut(folder, log, flush) == bytes(4), "before the first flush every write is lost")
    t.ok(after_cut(folder, log, flush + 1) == b"\x11\x22\0\0", "a flush keeps what came before it")
    last = max(i for i, e in enumerate(log.entries) if e.writes)
    t.ok(log.pending(last + 1) == [last], "QEMU records a write-through as write and flush",
         str(log.entries))


def main(t):
    with tempfile.TemporaryDirectory() as folder:
        format_part(t, pathlib.Path(folder))
        replay_part(t, pathlib.Path(folder))


if __name__ == "__main__":
    tap.need(programs=("qemu-io",))
    tap.run(main, limit_s=60)
