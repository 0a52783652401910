#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""A telephone number as a QR code, read off the console as a camera would: on 80x25 text
with the PC's nine columns a letter, and on 1920x1080."""

import re
import subprocess
import time

from vm import pages, paths, qemu, start, tap, visit

WANTED = "tel:+496990009510"  # pages.NUMBER
CODE = r"QR code of .*95 10"
# A mode of the firmware that the kernel takes over, as it does a UEFI's: 1920x1080.
GRAPHICS = "vga=0x392"


def scanned(picture):
    """What stands in the QR codes of a picture, one a line."""
    return subprocess.run(["zbarimg", "-q", "--raw", str(picture)], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False).stdout.strip()


def console(t, name, video, append):
    with qemu.VM(name, boot=start.direct(append), video=video) as vm:
        vm.wait_screen(start.START, 120)
        walk = visit.ScreenWalk(vm, name)
        with t.check(f"{name}: a camera reads the number"):
            search = pages.search(walk, walk.page())
            vm.type(pages.TYPED)
            vm.wait_screen(pages.NUMBER, 15)
            vm.press("ret")
            walk.page(unlike=search)
            vm.press("f7")
            vm.wait_screen(CODE, 15)
            # Its page has the same title: it is known by what is read.
            vm.type(next(number for number, words in walk.keep(walk.page()).entries
                         if re.match(CODE, words)))
            end = time.monotonic() + 15 * qemu.PATIENCE
            while (found := scanned(vm.screenshot(f"{name}-code"))) != WANTED:
                tap.require(time.monotonic() < end, f"read: {found!r}")
                time.sleep(0.5)


def main(t):
    t.parallel([("80x25", console, "80x25", "VGA", ""),
                ("1920x1080", console, "1920x1080", qemu.VM.full_hd, GRAPHICS)])


if __name__ == "__main__":
    tap.need(paths.KERNEL, paths.BASE, paths.KIT, programs=("qemu-system-x86_64", "zbarimg"))
    tap.run(main, limit_s=300)
