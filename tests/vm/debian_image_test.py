#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole Debian through the chain: captured, signed by two of three, restored onto a larger
disk, where it starts under Secure Boot up to its login. Only with IMAGE_FULL=1: emulated, it takes
minutes, and the first time it fetches packages."""

import os
import shutil
import time

from vm import debiandisk, disks, firmware, images, kits, paths, qemu, smalldisk, stick, tap

TARGET_BYTES = 4001 * images.MIB
BOOT_S = 900


def chain(t, root, source, folder):
    image, target = folder / "debian.kimg", folder / "target.img"

    def timed(what, function, *arguments):
        began = time.monotonic()
        words = function(*arguments)
        t.note(f"{what}: {time.monotonic() - began:.1f} s")
        return words

    with t.check("captured: a generalised Linux that starts from UEFI"):
        words = timed("capture", images.capture, source, image)
        t.note(words)
        tap.require("Debian" in words and "Generalised" in words, words)
        t.note(f"image of {image.stat().st_size // 10**6} MB")
    with t.check("signed by two, verified, restored onto a larger disk"):
        timed("sign", images.sign, image, root, *kits.HOLDERS[:2])
        timed("verify", images.run, images.SYSIMAGE, "verify", "--deep", image, "--trust",
              root / "trust")
        disks.blank(target, TARGET_BYTES)
        t.note(timed("restore", images.run, *images.restore_command(image, target, root,
                                                                    "--grow")))
    with t.check("table right, file systems clean, every partition has its content"):
        images.table_is_good(target)
        images.same_volumes(source, target, 2)
        images.fat_is_clean(images.part(target, 1))
        images.ext_is_clean(images.part(target, 2))
        size = stick.partitions(target)[1][1]
        tap.require(size > debiandisk.ROOT[1] + 1900 * images.MIB, f"root has {size} bytes")
    return target


def starts(t, target):
    disk = qemu.Disk(target, bus="sata", boot=True)
    with qemu.VM("debian", boot="secure-both", disks=[disk]) as vm:
        with t.check("the restored Debian starts under Secure Boot and reads its own file"):
            vm.wait_serial(rf"DEBIAN proof {debiandisk.PROOF}", BOOT_S)
            t.note(f"up after {vm.age_s():.0f} s")
        with t.check("both file systems are mounted, no service failed"):
            vm.wait_serial(r"DEBIAN mounts ext4 vfat", 60)
            vm.wait_serial(r"DEBIAN failed 0", 60)
        with t.check("it gave itself an id and keys of its own"):
            vm.wait_serial(r"DEBIAN own 33 [3-9]", 60)
        with t.check("it asks who logs in"):
            vm.wait_serial(debiandisk.LOGIN, 120)
        vm.screenshot("login")


def main(t):
    folder = paths.results("disks")
    shutil.rmtree(folder)
    folder.mkdir()
    root = images.make_root(folder / "town")
    began = time.monotonic()
    source = debiandisk.make()
    t.note(f"the disk: {time.monotonic() - began:.0f} s")
    starts(t, chain(t, root, source, folder))
    shutil.rmtree(folder)


if __name__ == "__main__":
    if not os.environ.get("IMAGE_FULL"):
        tap.skip_all("takes minutes: make test-full, or IMAGE_FULL=1")
    tap.need(*smalldisk.NEEDED, images.SYSIMAGE, kits.TRUST,
             programs=("qemu-system-x86_64", *smalldisk.PROGRAMS))
    if firmware.missing():
        tap.skip_all(f"no UEFI firmware: {firmware.missing()} (make image)")
    if debiandisk.missing():
        tap.skip_all(debiandisk.missing())
    tap.run(main, limit_s=2400)
