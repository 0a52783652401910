#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a signed kit runs, the data partition of the organisation's sticks is used, of any
version of its kit, and of nobody else's."""

import os
import shutil

from vm import disks, kits, paths, qemu, shell, start, stick, tap, visit

SIZE_BYTES = 700 * disks.MIB


def make_stick(folder, name, kit=None):
    image = stick.copy(folder / f"{name}.img")
    if kit:
        stick.put_kit(image, kit)
    os.truncate(image, SIZE_BYTES)
    return qemu.Disk(image, serial=name.upper(), name=name)


def answer(vm, sh, disk):
    """What the broker says of the data of the one stick that is plugged in."""
    vm.events.clear()
    vm.plug(disk)
    said = sh.run("until broker disks --json | grep -q " + disk.serial + "; do sleep 0.2; done; "
                  "broker data evidence -- true", 200)
    written = vm.writes(disk)
    vm.unplug(disk)
    sh.run("while broker disks --json | grep -q " + disk.serial + "; do sleep 0.2; done", 60)
    return *said, written


def main(t):
    folder = paths.results("made")
    shutil.rmtree(folder)
    folder.mkdir()
    town = kits.make_root(folder / "town", "Stadt Musterlingen")
    other = kits.make_root(folder / "other", "Ort Anderswo")
    runs = kits.make_kit(town, "runs", kits.HOLDERS[:2])
    later = kits.make_kit(town, "later", kits.HOLDERS[1:])
    foreign = kits.make_kit(other, "foreign", kits.HOLDERS[:2])
    with qemu.VM("signed", boot=start.direct(kit=runs)) as vm:
        vm.wait_serial(start.START, 180)
        visit.Walk(vm).command_line()
        sh = shell.Shell(vm)
        for name, kit in (("same", runs), ("other-signers", later)):
            with t.check(f"a stick of the organisation is used: {name}"):
                code, words, written = answer(vm, sh, make_stick(folder, name, kit))
                tap.require(code == 0 and written > 0, f"{code}: {words}")
        for name, kit in (("foreign", foreign), ("unsigned", None)):
            with t.check(f"another stick is refused and not written to: {name}"):
                code, words, written = answer(vm, sh, make_stick(folder, name, kit))
                tap.require(code == 1 and "not one of this kit" in words and written == 0,
                            f"{code}: {words}, {written} writes")
    shutil.rmtree(folder)


if __name__ == "__main__":
    tap.need(paths.STICK, paths.KERNEL, paths.BASE, kits.TRUST, kits.KIT,
             programs=("qemu-system-x86_64", "mcopy"))
    tap.run(main, limit_s=400)
