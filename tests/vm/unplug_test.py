#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stick can be pulled out once the menu says so, and the kit goes on."""

from vm import pages, paths, qemu, start, tap, visit

CAN_PULL = "You can pull the stick now"


def main(t):
    image = start.prepared_stick("stick")
    boot = qemu.Disk(image, boot=True, name="stick")
    with qemu.VM("bios", boot="bios", disks=[boot]) as vm:
        start.wait_start(vm)
        with t.check("the start screen says that the stick can be pulled"):
            vm.wait_screen(CAN_PULL, 30)
        vm.screenshot("before")
        with t.check("the stick is gone"):
            vm.unplug(boot)
        walk = visit.Walk(vm)
        with t.check("every entry still opens without the stick"):
            walk.everything(walk.start_page())
            tap.require(len(walk.seen) > 5, f"only {walk.seen}")
        with t.check("a telephone number is still found on the console"):
            pages.find_number(visit.ScreenWalk(vm, "after"))
        vm.screenshot("after")
        # A page read from the stick late would show up here.
        t.ok("I/O error" not in vm.serial(), "nothing asked for the stick any more")
    image.unlink()


if __name__ == "__main__":
    tap.need(paths.STICK)
    tap.run(main, limit_s=240)
