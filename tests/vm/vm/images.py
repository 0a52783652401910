# SPDX-License-Identifier: GPL-3.0-or-later
"""Known-good images for tests: captured, signed by holders of a root, restored, and what
independent programs say of the result."""

import os
import pathlib
import re
import subprocess

from vm import kits, paths, stick, tap

SYSIMAGE = paths.OUT / "host/bin/sysimage"
MIB = 1024 * 1024
PATTERN = bytes(range(7, 251)) * 4297  # about 1 MiB that is nowhere zero
_ENVIRONMENT = os.environ | {"PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin",
                             "MTOOLS_SKIP_CHECK": "1", "BLACKSTART_LANGUAGE": "en"}


def run(*command, want=0, cwd=None):
    """A command's words, standard output and error together; it must end with status `want`."""
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=900, check=False,
                          cwd=cwd, env=_ENVIRONMENT)
    tap.require(done.returncode == want,
                f"{command}: status {done.returncode} instead of {want}: {done.stdout[-2000:]}")
    return done.stdout


def capture(source, image, *options, product="office-pc", counter=1):
    image.unlink(missing_ok=True)
    return run(SYSIMAGE, "capture", source, image, "--product", product, "--label", "Office PC",
               "--counter", counter, *options)


def sign(image, root, *holders):
    for holder in holders:
        run(SYSIMAGE, "sign", image, "--key", root / f"{holder}.key", "--trust", root / "trust",
            "--passphrase-file", root / "pass")


def restore_command(image, target, root, *options):
    return [SYSIMAGE, "restore", image, target, "--trust", root / "trust", "--yes", target.name,
            *options]


def used_disk(path, size_bytes):
    """A disk on which every byte is something else already."""
    with open(path, "wb") as out:
        for _ in range(0, size_bytes, len(PATTERN)):
            out.write(PATTERN)
        out.truncate(size_bytes)
    return path


def part(disk, number):
    """A partition as a file of its own beside the disk."""
    first, size = stick.partitions(disk)[number - 1]
    return slice_of(disk, (first, size), f"{number}")


def slice_of(disk, where, name):
    path = pathlib.Path(f"{disk}.{name}")
    with open(disk, "rb") as source, open(path, "wb") as out:
        source.seek(where[0])
        left = where[1]
        while left:
            block = source.read(min(MIB, left))
            if any(block):
                out.write(block)
            else:
                out.seek(len(block), os.SEEK_CUR)
            left -= len(block)
        out.truncate(where[1])
    return path


def _data(file, first, size):
    """What is not a hole in that part of a file: (byte from `first`, bytes), MiB by MiB."""
    at = first
    while at < first + size:
        try:
            at = os.lseek(file.fileno(), at, os.SEEK_DATA)
        except OSError:
            return  # a hole up to the end
        length = min(MIB - (at - first) % MIB, first + size - at)
        if length > 0:
            yield at - first, os.pread(file.fileno(), length, at)
        at += length


def same_volumes(before, after, count):
    """Each partition of a disk has what was in it on the other one: every block of it that is
    not zero."""
    places = list(zip(stick.partitions(before), stick.partitions(after)))
    tap.require(len(places) == count, f"{len(places)} partitions instead of {count}")
    with open(before, "rb") as a, open(after, "rb") as b:
        for number, ((first, size), (there, _)) in enumerate(places, 1):
            for at, was in _data(a, first, size):
                now = os.pread(b.fileno(), len(was), there + at)
                for i in range(0, len(was) if was != now else 0, 4096):
                    block = was[i:i + 4096]
                    tap.require(not any(block) or block == now[i:i + 4096],
                                f"partition {number} differs at byte {at + i}")


def table_is_good(disk):
    words = run("sfdisk", "--verify", disk)
    tap.require("No errors detected" in words, words)


def fat_is_clean(volume):
    run("fsck.vfat", "-n", volume)


def ext_is_clean(volume):
    run("e2fsck", "-fn", volume)


def layout(disk):
    """What sfdisk says of each partition, without the disk's own name."""
    lines = run("sfdisk", "-d", disk).splitlines()
    return [re.sub(r"^\S+?(\d+) : ", r"\1 ", line) for line in lines if " : start=" in line]


def make_root(folder):
    return kits.make_root(folder, "Stadt Musterlingen")
