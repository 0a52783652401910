#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that comes while the kit runs is locked before anyone gets it, and again when
it was pulled out and comes back: the kernel itself forgets the lock."""

import json
import time

from vm import disks, paths, qemu, shell, start, tap, visit

SERIAL = "LATECOMER"
FOUND_S = 60 * qemu.PATIENCE


def listed(sh, there):
    """The broker's entry of the disk once it is there (or None once it is gone)."""
    end = time.monotonic() + FOUND_S
    while time.monotonic() < end:
        _, text = sh.run("broker disks --json")
        entry = next((d for d in json.loads(text)["disks"] if d["serial"] == SERIAL), None)
        if bool(entry) == there:
            return entry
        time.sleep(0.5)
    raise tap.Failed(f"after {FOUND_S} s the broker still lists: {text}")


def main(t):
    folder = paths.results()
    path = disks.office_disk(folder, "late.img")
    before = disks.digest(path)
    late = qemu.Disk(path, bus="usb", snapshot=False, serial=SERIAL, name="late")
    with qemu.VM("direct", boot=start.direct()) as vm:
        vm.wait_serial(start.START, 120)
        visit.Walk(vm).command_line()
        sh = shell.Shell(vm)
        for turn in ("first", "second", "third"):
            vm.plug(late)
            with t.check(f"plugged in for the {turn} time: locked"):
                entry = listed(sh, True)
                tap.require(entry["locked"] and not entry["written"], str(entry))
            with t.check(f"{turn} time: read, and not written"):
                code, words = sh.run(f"broker with {entry['name']} -- sh -c "
                                     "'dd bs=512 count=1 <&3 2>/dev/null | wc -c; "
                                     "echo broken 2>&1 >&3'")
                tap.require(words.startswith("512") and code != 0, f"{code}: {words}")
            vm.unplug(late)
            with t.check(f"pulled out for the {turn} time: no longer listed"):
                listed(sh, False)
    t.ok(disks.digest(path) == before, "bit for bit as before")
    path.unlink()


if __name__ == "__main__":
    tap.need(paths.KERNEL, paths.BASE, paths.KIT,
             programs=("qemu-system-x86_64", *disks.PROGRAMS))
    tap.run(main, limit_s=240)
