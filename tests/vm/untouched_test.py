#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PC's disks are bit for bit what they were, after a boot and a visit to every page.

Each disk has an ext4 that wants its journal replayed and an NTFS marked dirty: what
mounts them, read-only as well, changes them. Of the stick, what it boots from stays as
it was; its data partition is written: it grows, and holds the journal."""

import hashlib
import shutil

from vm import disks, paths, qemu, start, stick, tap, visit

BUSES = ("sata", "nvme", "virtio", "usb")


def boots_from(image):
    """The digest of the partitions that firmware and GRUB read."""
    (first, _), (last, size), _ = stick.partitions(image)
    with open(image, "rb") as disk:
        disk.seek(first)
        return hashlib.sha256(disk.read(last + size - first)).hexdigest()


def main(t):
    folder = paths.results()
    first = disks.office_disk(folder)
    before = disks.digest(first)
    plugged = []
    for bus in BUSES:
        copy = folder / f"{bus}.img"
        shutil.copyfile(first, copy)
        # Not a snapshot: whatever is written must be found in the file.
        plugged.append(qemu.Disk(copy, bus=bus, snapshot=False, name=f"office-{bus}"))
    image = start.prepared_stick("stick")
    stick_before = boots_from(image)
    boot = qemu.Disk(image, boot=True, name="stick", snapshot=False)
    with qemu.VM("uefi", boot="uefi", disks=[boot, *plugged]) as vm:
        start.wait_start(vm)
        with t.check("every page can be visited with four disks plugged in"):
            walk = visit.Walk(vm)
            walk.everything(walk.start_page())
            for title, kind in walk.seen:
                t.note(f"visited: {title} ({kind})")
        with t.check("the disks page names all of them as locked"):
            page = walk.choose(walk.start_page(), "Disks of this PC")
            tap.require(page.body.count("locked: nothing can write to it") == len(BUSES) + 1
                        and "NOT LOCKED" not in page.body, page.body)
        for disk in plugged:
            count = vm.writes(disk)
            t.ok(count == 0, f"{disk.bus}: QEMU saw no write", f"{count} writes")
    t.ok(boots_from(image) == stick_before, "the stick: what it boots from is as before")
    for disk in plugged:
        t.ok(disks.digest(disk.path) == before, f"{disk.bus}: bit for bit as before")
        disk.path.unlink()
    first.unlink()
    image.unlink()


if __name__ == "__main__":
    tap.need(paths.STICK, programs=("qemu-system-x86_64", *disks.PROGRAMS))
    tap.run(main, limit_s=300)
