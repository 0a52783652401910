#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""A telephone number as a QR code, read off the console as a camera would: on 80x25 text
with the PC's nine columns a letter, and on 1920x1080."""

import re
import subprocess
import time

from vm import firmware, pages, paths, qemu, start, tap, visit

WANTED = "tel:+496990009510"  # pages.NUMBER
CODE = r"QR.*95 10"


def scanned(picture):
    """What stands in the QR codes of a picture, one a line."""
    return subprocess.run(["zbarimg", "-q", "--raw", str(picture)], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False).stdout.strip()


def console(t, image, name, boot, video):
    disks = [qemu.Disk(image, boot=True, name="stick")]
    with qemu.VM(name, boot=boot, disks=disks, video=video, keyboard="de") as vm:
        vm.wait_screen(start.START, 180)
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
            end = time.monotonic() + 15
            while (found := scanned(vm.screenshot(f"{name}-code"))) != WANTED:
                tap.require(time.monotonic() < end, f"read: {found!r}")
                time.sleep(0.5)


def main(t):
    image = start.prepared_stick("stick", language="de", keyboard="de")
    t.parallel([("80x25", console, image, "80x25", "bios", "VGA"),
                ("1920x1080", console, image, "1920x1080", "uefi", qemu.VM.full_hd)])
    image.unlink()


if __name__ == "__main__":
    tap.need(paths.STICK, programs=("qemu-system-x86_64", "zbarimg"))
    if firmware.missing():
        tap.skip_all(f"no UEFI firmware: {firmware.missing()} (make image)")
    tap.run(main, limit_s=420)
