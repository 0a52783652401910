# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of the stick's image, and changes to them: what decay or malice may do."""

import hashlib
import pathlib
import struct
import subprocess
import tempfile

from vm import paths

SETTINGS_AT = 2093056  # docs/formats/stick.md#settings
SETTINGS_BYTES = 1024
SECTOR = 512


def copy(target, source=None):
    """A copy that keeps holes; the image is far larger than what is in it."""
    subprocess.run(["cp", "--sparse=always", "--reflink=auto", source or paths.STICK, target],
                   check=True)
    return pathlib.Path(target)


def partitions(image):
    """(first byte, size in bytes) of each GPT partition."""
    with open(image, "rb") as disk:
        disk.seek(SECTOR)
        header = disk.read(92)
        if header[:8] != b"EFI PART":
            raise ValueError(f"{image}: no GPT")
        lba, count, size = struct.unpack_from("<QII", header, 72)
        disk.seek(lba * SECTOR)
        table = disk.read(count * size)
    found = []
    for at in range(0, len(table), size):
        first, last = struct.unpack_from("<QQ", table, at + 32)
        if any(table[at:at + 16]):
            found.append((first * SECTOR, (last - first + 1) * SECTOR))
    return found


def _fat(image):
    return f"{image}@@{partitions(image)[1][0]}"


def read(image, name):
    """A file of the FAT partition, such as "a/base.img"."""
    done = subprocess.run(["mcopy", "-n", "-i", _fat(image), f"::/{name}", "-"],
                          capture_output=True, check=True)
    return done.stdout


def replace(image, name, data):
    """Put other bytes in the place of a file of the FAT partition."""
    with tempfile.NamedTemporaryFile() as fresh:
        fresh.write(data)
        fresh.flush()
        subprocess.run(["mcopy", "-o", "-i", _fat(image), fresh.name, f"::/{name}"], check=True,
                       capture_output=True)


def put_kit(image, kit):
    """Another kit in slot a, with its line of the slot's manifest."""
    data = pathlib.Path(kit).read_bytes()
    replace(image, "a/kit.img", data)
    digest = hashlib.blake2b(data, digest_size=32).hexdigest()
    lines = read(image, "a/manifest").decode().splitlines()
    lines = [f"file  {digest}  {len(data)}  0644  kit.img" if line.endswith("  kit.img") else line
             for line in lines]
    replace(image, "a/manifest", ("\n".join(lines) + "\n").encode())


def flip_bit(image, name, at=None):
    """Flip one bit in the middle (or at a byte) of a file of the FAT partition."""
    data = bytearray(read(image, name))
    data[len(data) // 2 if at is None else at] ^= 1
    replace(image, name, bytes(data))


def settings(image):
    """The settings block as GRUB keeps it: NAME=VALUE lines."""
    with open(image, "rb") as disk:
        disk.seek(SETTINGS_AT)
        block = disk.read(SETTINGS_BYTES).decode("ascii", "replace")
    return dict(line.split("=", 1) for line in block.split("\n") if "=" in line and line[0] != "#")


def write_settings(image, **values):
    """Set the settings block, for instance language="de"."""
    text = "# GRUB Environment Block\n" + "".join(f"{k}={v}\n" for k, v in values.items())
    with open(image, "r+b") as disk:
        disk.seek(SETTINGS_AT)
        disk.write(text.encode().ljust(SETTINGS_BYTES, b"#"))
