# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds of the NTFS targets: volumes of mkntfs, filled by ntfscp, as the list of their
sectors that tests/fuzz/lib/ntfs_pieces.h reads; some changed to what ntfscp does not write."""
import os
import random
import struct
import subprocess

SECTOR = 512
RECORD = 1024
ENVIRONMENT = os.environ | {"PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"}
# Two clusters of a compressed unit: 4096 bytes "a", then two chunks as they are.
LZNT1 = bytes.fromhex("03b00261fc0f") + b"\x09\x300123456789" + b"\x09\x30abcdefghij"


def run(*command):
    subprocess.run([str(word) for word in command], check=True, capture_output=True, env=ENVIRONMENT)


def pieces(volume):
    """Its sectors with their numbers; without what is zero, the log but for its first sector,
    $UpCase, and records that are not in use."""
    upcase = volume.find(b"".join(struct.pack("<H", i) for i in range(64)))
    log = volume.find(b"\xff" * SECTOR)
    out = b""
    at = 0
    while at < len(volume):
        sector = volume[at:at + SECTOR]
        if sector[:4] == b"FILE" and not sector[22] & 1:
            at += RECORD
            continue
        if at == log or (len(set(sector)) > 1 and not upcase <= at < upcase + 131072):
            out += struct.pack("<H", at // SECTOR) + sector
        at += SECTOR
    return out


class Volume:
    def __init__(self, path):
        self.bytes = bytearray(path.read_bytes())
        self.mft = struct.unpack_from("<Q", self.bytes, 48)[0] * SECTOR  # clusters of 512

    def find(self, name):
        """The record of a file, by its name as it stands there."""
        coded = name.encode("utf-16-le")
        for number in range(16, 80):
            at = self.mft + number * RECORD
            if self.bytes[at:at + 4] == b"FILE" and coded in self.bytes[at:at + RECORD]:
                return number, at
        raise SystemExit(f"tests/fuzz/seeds: no record of {name}")

    def attribute(self, record, kind):
        at = record + struct.unpack_from("<H", self.bytes, record + 20)[0]
        while struct.unpack_from("<I", self.bytes, at)[0] != kind:
            at += struct.unpack_from("<I", self.bytes, at + 4)[0]
        return at, struct.unpack_from("<I", self.bytes, at + 4)[0]


def compressed(volume):
    """The two clusters of `packed` become a compressed unit of 16."""
    _, record = volume.find("packed")
    at, _ = volume.attribute(record, 0x80)
    struct.pack_into("<H", volume.bytes, at + 12, 1)
    struct.pack_into("<Q", volume.bytes, at + 24, 15)
    volume.bytes[at + 34] = 4
    struct.pack_into("<QQQ", volume.bytes, at + 40, 8192, 8192, 8192)
    pairs = at + struct.unpack_from("<H", volume.bytes, at + 32)[0]
    end = pairs + 1 + (volume.bytes[pairs] & 15) + (volume.bytes[pairs] >> 4)
    volume.bytes[end:end + 3] = b"\x01\x0e\x00"


def listed(volume):
    """The content of `listed` moves to a second record, which an attribute list names."""
    number, record = volume.find("listed")
    at, length = volume.attribute(record, 0x80)
    moved = bytes(volume.bytes[at:at + length])
    other = volume.find("victim")[1]
    entry = struct.pack("<IHBBQQH6x", 0x80, 32, 0, 26, 0,
                        (other - volume.mft) // RECORD | 1 << 48, 0)
    head = struct.pack("<IIBBHHHIHH", 0x20, 24 + len(entry), 0, 0, 24, 0, 9, len(entry), 24, 0)
    volume.bytes[at:at + len(head + entry) + 8] = head + entry + b"\xff\xff\xff\xff\0\0\0\0"
    struct.pack_into("<I", volume.bytes, record + 24, at - record + len(head + entry) + 8)
    first = other + struct.unpack_from("<H", volume.bytes, other + 20)[0]
    volume.bytes[first:first + length + 8] = moved + b"\xff\xff\xff\xff\0\0\0\0"
    struct.pack_into("<I", volume.bytes, other + 24, first - other + length + 8)
    sequence = struct.unpack_from("<H", volume.bytes, record + 16)[0]
    struct.pack_into("<Q", volume.bytes, other + 32, number | sequence << 48)
    struct.pack_into("<H", volume.bytes, other + 16, 1)


def forgotten(volume):
    """The index of the root gets two names behind its end: one whole, one whose head the end replaced."""
    at = volume.bytes.find(b"INDX")
    first, used = struct.unpack_from("<II", volume.bytes, at + 24)
    entry, end = at + 24 + first, at + 24 + used
    length = struct.unpack_from("<H", volume.bytes, entry + 8)[0]
    left = bytearray(volume.bytes[entry:entry + length])
    for name in 16 + 24, 16 + 8, 16 + 16, 16 + 32:  # its times are none on a volume of mkntfs
        struct.pack_into("<Q", left, name, 132000000001234567)
    left[16 + 66] = ord("x")
    volume.bytes[end:end + length - 16] = left[16:]
    volume.bytes[end + length - 16:end + 2 * length - 16] = left
    return at


def seeds(work):
    path, content = work / "ntfs", work / "ntfs-content"
    with open(path, "wb") as f:
        f.truncate(2 << 20)
    run("mkntfs", "-q", "-F", "-f", "-c", "512", "-s", "512", "-p", "0", "-H", "0", "-S", "0", path)
    empty = pieces(path.read_bytes())
    dice = random.Random(1)
    # The last one is what keeps ntfscp from writing more.
    for name, data in (("packed", LZNT1.ljust(1024, b"\0")),
                       ("listed", dice.randbytes(3000)), ("victim", b"x"), ("plain", b"y" * 900),
                       ("plain:stream", b"z" * 900), ("hiberfil.sys", b"hibr" * 1024)):
        content.write_bytes(data)
        file, _, stream = name.partition(":")
        run("ntfscp", "-q", "-f", *(["-N", stream] if stream else []), path, content, "/" + file)
    filled = Volume(path)
    plain = pieces(filled.bytes)
    compressed(filled)
    listed(filled)
    changed = pieces(filled.bytes)
    block = forgotten(filled)
    both = {"empty": empty, "filled": plain, "changed": changed, "forgotten": pieces(filled.bytes)}
    return {f"lib/{target}_fuzz/{name}": data for name, data in both.items()
            for target in ("ntfs_walk", "ntfs_used", "ntfs_slack")} | {
        "lib/ntfs_block_fuzz/root": b"\x05" + filled.bytes[block:block + 4096],
        "lib/lznt1_fuzz/chunks": LZNT1,
        "lib/ntfs_runs_fuzz/runs": bytes.fromhex("2118345601081102040000000000000000")}
