# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks of an office PC that was switched off in the middle of its work."""

import hashlib
import os
import struct
import subprocess

MIB = 1024 * 1024
PROGRAMS = ("sfdisk", "mkfs.ext4", "debugfs", "mkntfs")
# Debian keeps these out of an ordinary user's path.
_ENVIRONMENT = os.environ | {"PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"}


def _run(*command, text=None):
    done = subprocess.run(list(map(str, command)), input=text, capture_output=True, text=True,
                          check=False, env=_ENVIRONMENT)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout + done.stderr


def blank(path, size_bytes):
    with open(path, "wb") as disk:
        disk.truncate(size_bytes)
    return path


def dirty_ext4(path, size_bytes):
    """An ext4 whose journal holds a transaction that was never replayed: mounting it,
    read-only as well, writes to the disk."""
    blank(path, size_bytes)
    _run("mkfs.ext4", "-q", "-F", "-b", "1024", "-L", "Akten", path)
    content = path.with_suffix(".block")
    content.write_bytes(b"REPLAYED" * 128)
    # Block 9000 is free: what is in the journal for it may safely be anything.
    _run("debugfs", "-w", "-f", "-", path, text=f"jo\njw -b 9000 {content}\njc\n")
    if "needs_recovery" not in _run("debugfs", "-R", "features", path):
        raise RuntimeError(f"{path}: the journal is clean")
    content.unlink()
    return path


def _set_volume_dirty(path):
    """Set bit 0 of the flags in $VOLUME_INFORMATION (attribute 0x70 of MFT record 3;
    flags at byte 10 of its value), in $MFT and in its copy $MFTMirr, as Windows does
    when it mounts a volume."""
    with open(path, "r+b") as volume:
        boot = volume.read(512)
        sector_bytes, cluster_sectors = struct.unpack_from("<HB", boot, 11)
        tables = struct.unpack_from("<QQ", boot, 48)
        size_code = struct.unpack_from("<b", boot, 64)[0]
        cluster_bytes = sector_bytes * cluster_sectors
        record_bytes = 1 << -size_code if size_code < 0 else size_code * cluster_bytes
        for table in tables:
            start = table * cluster_bytes + 3 * record_bytes
            volume.seek(start)
            record = volume.read(record_bytes)
            at = struct.unpack_from("<H", record, 20)[0]
            while struct.unpack_from("<I", record, at)[0] != 0x70:
                at += struct.unpack_from("<I", record, at + 4)[0]
            flags = at + struct.unpack_from("<H", record, at + 20)[0] + 10
            volume.seek(start + flags)
            volume.write(struct.pack("<H", struct.unpack_from("<H", record, flags)[0] | 1))


def dirty_ntfs(path, size_bytes):
    """An NTFS volume that was not taken out of use properly."""
    blank(path, size_bytes)
    _run("mkntfs", "-q", "-F", "-L", "Windows", "-s", "512", "-p", "2048", "-H", "255", "-S", "63",
         path)
    _set_volume_dirty(path)
    return path


def office_disk(folder, name="office.img"):
    """A GPT disk with a dirty NTFS and a dirty ext4 volume."""
    disk = blank(folder / name, 64 * MIB)
    _run("sfdisk", "-q", disk, text="label: gpt\n"
         "start=2048,size=65536,type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7,name=Windows\n"
         "start=67584,size=59392,type=0FC63DAF-8483-4772-8E79-3D69D8477DE4,name=Akten\n")
    parts = [(2048, dirty_ntfs(folder / "ntfs", 65536 * 512)),
             (67584, dirty_ext4(folder / "ext4", 59392 * 512))]
    with open(disk, "r+b") as out:
        for sector, part in parts:
            out.seek(sector * 512)
            out.write(part.read_bytes())
            part.unlink()
    return disk


def digest(path):
    with open(path, "rb") as disk:
        return hashlib.file_digest(disk, "sha256").hexdigest()
