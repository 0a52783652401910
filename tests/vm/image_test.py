#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real system through the whole chain: captured, signed by two of three, restored onto a
larger disk, and it starts. A restore that was cut off does not start, nor does what was on that
disk; once resumed it does. With one signature too few nothing is written."""

import fcntl
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import termios
import time

from vm import disks, firmware, images, kits, paths, qemu, smalldisk, stick, tap

TARGET_BYTES = 301 * images.MIB + 512 * 5
CHECKPOINT_S = 2.5  # more than the 2 s after which a restore notes how far it is
SETTLED_S, STILL = 120, 2  # seconds at the most; looks that see the same


def starts(t, name, kind, disk):
    with qemu.VM(name, boot=kind, memory_mib=512,
                 disks=[qemu.Disk(disk, bus="sata", boot=True)]) as vm:
        with t.check(f"{name}: the restored system starts and reads its own file"):
            vm.wait_serial(smalldisk.MARK, 240)
            t.note(f"{name}: up after {vm.age_s():.1f} s")
        with t.check(f"{name}: every file has the digest that it had"):
            vm.wait_serial(smalldisk.GOOD, 120)
            tap.require(vm.wait_end(60) == "guest-shutdown", "it did not switch off")


def starts_not(t, name, disk):
    """The firmware looks at the disk and finds nothing to start, nor any partition."""
    with qemu.VM(name, boot="uefi", memory_mib=256,
                 disks=[qemu.Disk(disk, bus="sata", boot=True)]) as vm:
        with t.check(f"{name}: the firmware finds nothing to start on the disk"):
            vm.wait_serial(r"failed to load Boot\d+ .*: Not Found", 240)
            vm.wait_serial(r"UEFI Interactive Shell[\s\S]*Shell>", 120)
            tap.require("BLK0" in vm.serial() and not re.search(r"FS0|HD\(", vm.serial()),
                        f"it sees partitions: {vm.tail()}")


def too_few(t, root, image, folder):
    target = images.used_disk(folder / "refused.img", 200 * images.MIB)
    before = disks.digest(target)
    with t.check("signed by one of two: refused with status 3"):
        words = images.run(*images.restore_command(image, target, root, "--grow"), want=3)
        tap.require("only 1 of 2 signatures" in words, words)
    t.ok(disks.digest(target) == before, "signed by one of two: the target is untouched")
    target.unlink()


def grown(t, source, target):
    """What independent programs say of the larger disk."""
    with t.check("the partition table is right"):
        images.table_is_good(target)
    with t.check("the root partition has the room, the recovery partition moved to the end"):
        old, new = stick.partitions(source), stick.partitions(target)
        tap.require(old[:2] == new[:2] and old[2][0] == new[2][0], f"{old} {new}")
        tap.require(new[2][1] % images.MIB == 0 and new[3][1] == old[3][1], f"{old} {new}")
        gap = new[3][0] - new[2][0] - new[2][1]
        rest = TARGET_BYTES - new[3][0] - new[3][1]
        tap.require(0 <= gap < images.MIB and 0 < rest < 2 * images.MIB,
                    f"{gap} and {rest} bytes lie idle: {new}")
        # All else in the table is as it was: types, GUIDs, names, attributes.
        without = [[re.sub(r"(start|size)=\s*\d+, ", "", line) for line in images.layout(d)]
                   for d in (source, target)]
        tap.require(without[0] == without[1], f"{without}")
    with t.check("the file systems are clean, each partition has its content"):
        images.fat_is_clean(images.part(target, 2))
        images.ext_is_clean(images.part(target, 3))
        images.fat_is_clean(images.part(target, 4))
        images.same_volumes(source, target, 4)


def cut_off(t, root, image, target, before):
    """A restore from a pipe onto a copy of a disk, killed when three fifths have come through."""
    stick.copy(target, before)
    os.truncate(target, TARGET_BYTES)
    data = image.read_bytes()
    said = paths.results() / "cut-off.log"
    with open(said, "wb") as log:
        process = subprocess.Popen(
            list(map(str, images.restore_command("-", target, root, "--grow"))),
            stdin=subprocess.PIPE, stdout=log, stderr=log)
        half = len(data) // 2
        process.stdin.write(data[:half])
        process.stdin.flush()
        settled(process)
        time.sleep(CHECKPOINT_S)  # with what comes next it notes how far it is
        process.stdin.write(data[half:len(data) * 3 // 5])
        process.stdin.flush()
        settled(process)
        alive = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdin.close()
    t.ok(alive, "the restore waits for the rest of its pipe", said.read_text())
    written = sum(a != b for a, b in zip(blocks(before), blocks(target)))
    t.ok(written > 2, "other files were written before it was killed", f"{written} MiB")


def settled(process):
    """Wait until a process has taken all of its pipe and waits for more with every thread: what was
    handed over is written then, which a busy machine may take long for."""
    still, end = 0, time.monotonic() + SETTLED_S
    while still < STILL and time.monotonic() < end and process.poll() is None:
        time.sleep(0.5)
        left = int.from_bytes(fcntl.ioctl(process.stdin, termios.FIONREAD, bytes(4)), sys.byteorder)
        try:
            stats = pathlib.Path(f"/proc/{process.pid}/task").glob("*/stat")
            states = {stat.read_text().rsplit(")", 1)[1].split()[0] for stat in stats}
        except OSError:  # a thread that ended meanwhile
            states = {"?"}
        still = still + 1 if not left and states == {"S"} else 0


def blocks(path):
    with open(path, "rb") as disk:
        while block := disk.read(images.MIB):
            yield block


def gpt(t, root, folder):
    source = smalldisk.make(folder / "small.img")
    image, target, second = (folder / n for n in ("small.kimg", "target.img", "second.img"))
    with t.check("captured"):
        t.note(images.capture(source, image))
        images.sign(image, root, kits.HOLDERS[0])
    too_few(t, root, image, folder)
    images.used_disk(target, TARGET_BYTES)
    with t.check("signed by two, verified, restored onto a larger disk"):
        images.sign(image, root, kits.HOLDERS[1])
        images.run(images.SYSIMAGE, "verify", "--deep", image, "--trust", root / "trust")
        t.note(images.run(*images.restore_command(image, target, root, "--grow")))
    grown(t, source, target)
    cut_off(t, root, image, second, smalldisk.make(folder / "old.img", proof="an older system"))
    t.parallel([("starts", starts, "restored", "uefi", target),
                ("cut off", starts_not, "cut-off", second)])
    with t.check("resumed: what was there is kept, and the disk is as without the cut"):
        words = images.run(*images.restore_command(image, second, root, "--grow"))
        t.note(words)
        kept = re.search(r"(\d+) MB were right already", words)
        tap.require(kept and int(kept[1]) > 5, words)
        images.same_volumes(source, second, 4)
        tap.require(images.layout(target) == images.layout(second), "another layout")
    t.parallel([("resumed", starts, "resumed", "secure-both", second),
                ("BIOS", starts, "restored-bios", "bios", target)])


def mbr(t, root, folder):
    source = smalldisk.make(folder / "mbr.img", "mbr")
    image, target = folder / "mbr.kimg", folder / "mbr-target.img"
    images.used_disk(target, 200 * images.MIB)
    with t.check("MBR: captured, signed, restored onto a larger disk"):
        images.capture(source, image)
        images.sign(image, root, *kits.HOLDERS[1:])
        images.run(*images.restore_command(image, target, root))
        tap.require(images.layout(source) == images.layout(target), str(images.layout(target)))
        images.table_is_good(target)
        images.ext_is_clean(images.slice_of(target, smalldisk.MBR_ROOT, "1"))
        images.fat_is_clean(images.slice_of(target, smalldisk.MBR_DATA, "5"))
    starts(t, "mbr", "bios", target)


def main(t):
    folder = paths.results("disks")
    shutil.rmtree(folder)
    folder.mkdir()
    root = images.make_root(folder / "town")
    t.parallel([("gpt", gpt, root, folder), ("mbr", mbr, root, folder)])
    shutil.rmtree(folder)


if __name__ == "__main__":
    tap.need(*smalldisk.NEEDED, images.SYSIMAGE, kits.TRUST,
             programs=("qemu-system-x86_64", *smalldisk.PROGRAMS))
    if firmware.missing():
        tap.skip_all(f"no UEFI firmware: {firmware.missing()} (make image)")
    tap.run(main, limit_s=600)
