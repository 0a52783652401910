# SPDX-License-Identifier: GPL-3.0-or-later
"""Power cuts, honestly: what a disk holds when the current goes at a given moment.

QEMU's blklogwrites driver records every write and flush of a disk in the format of
Linux's dm-log-writes (Documentation/admin-guide/device-mapper/log-writes.rst): a
superblock, then entries of one sector each, followed by their data. Killing QEMU
alone shows nothing, because the host's page cache survives it."""

import dataclasses
import os
import struct

_MAGIC = 0x6A736677736872
_SUPER = struct.Struct("<QQQI")
_ENTRY = struct.Struct("<QQQQ")
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8
_KNOWN = FLUSH | FUA | DISCARD | MARK


@dataclasses.dataclass(frozen=True)
class Entry:
    """One recorded request. `data_at` is where its bytes stand in the log."""

    first_byte: int
    size_bytes: int
    flags: int
    data_at: int
    mark: bytes = b""

    @property
    def writes(self):
        return self.size_bytes > 0 and not self.flags & MARK


class Log:
    """A recorded log, read whole but for the data."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as log:
            self._size = os.fstat(log.fileno()).st_size
            header = log.read(_SUPER.size)
            if len(header) < _SUPER.size:
                raise ValueError(f"{path}: too short for a write log")
            magic, version, count, self.sector = _SUPER.unpack(header)
            if magic != _MAGIC or version != 1:
                raise ValueError(f"{path}: not a write log of version 1")
            if self.sector < 512 or self.sector & (self.sector - 1):
                raise ValueError(f"{path}: sectors of {self.sector} bytes")
            at, self.entries = self.sector, []
            for _ in range(count):
                entry, at = self._entry(log, at)
                self.entries.append(entry)

    def _entry(self, log, at):
        log.seek(at)
        header = log.read(_ENTRY.size)
        if len(header) < _ENTRY.size:
            raise ValueError(f"{self.path}: ends within entry {len(self.entries)}")
        sector, sectors, flags, data_bytes = _ENTRY.unpack(header)
        if flags & ~_KNOWN:
            raise ValueError(f"{self.path}: entry {len(self.entries)} has flags {flags:#x}")
        at += self.sector
        mark, held = b"", 0
        if flags & MARK:
            log.seek(at)
            mark, held = log.read(data_bytes), -(-data_bytes // self.sector) * self.sector
        elif not flags & DISCARD:
            held = sectors * self.sector
        if at + held > self._size and not sectors == held == 0:
            raise ValueError(f"{self.path}: entry {len(self.entries)} promises {held} bytes")
        size_bytes = 0 if flags & MARK else sectors * self.sector
        return Entry(sector * self.sector, size_bytes, flags, at, mark), at + held

    def moments(self):
        """Every moment at which the current may go: after 0, 1, 2 ... entries."""
        return range(len(self.entries) + 1)

    def durable(self, upto):
        """Which of the first `upto` entries the disk surely keeps: those before a
        later flush, and those that were themselves written through (FUA)."""
        last_flush = max((i for i in range(upto) if self.entries[i].flags & FLUSH), default=0)
        return [i for i in range(upto) if self.entries[i].writes
                and (i < last_flush or self.entries[i].flags & FUA)]

    def pending(self, upto):
        """Which of the first `upto` entries the disk may have lost or kept."""
        sure = set(self.durable(upto))
        return [i for i in range(upto) if self.entries[i].writes and i not in sure]

    def replay(self, disk, upto, keep=(), window=None):
        """Bring `disk`, a copy of the image as it was at first, to the moment after
        `upto` entries. Of the unflushed writes only those in `keep` survive. With
        `window` (first byte, size) `disk` is only that part of the image."""
        chosen = sorted({*self.durable(upto), *(i for i in keep if i in self.pending(upto))})
        with open(self.path, "rb") as log, open(disk, "r+b") as target:
            for entry in (self.entries[i] for i in chosen):
                if entry.flags & DISCARD:
                    data = b"\0" * entry.size_bytes
                else:
                    log.seek(entry.data_at)
                    data = log.read(entry.size_bytes)
                at = entry.first_byte
                if window:
                    cut = max(0, window[0] - at)
                    data, at = data[cut:], max(at, window[0]) - window[0]
                    data = data[:max(0, window[1] - at)]
                target.seek(at)
                target.write(data)
