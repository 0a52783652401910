#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""A prepared PC, started from the stick, becomes an image on a medium: its disk is only read,
and the image is the one that a Linux PC makes of the same disk. All in 512 MiB."""

import json
import os
import re
import subprocess
import time

from vm import disks, images, paths, qemu, shell, smalldisk, start, tap, visit

PRODUCT, COUNTER = "small-pc", 7
NAME = f"{PRODUCT}-{COUNTER}.kimg"
PC, MEDIUM = "HARDDISK, 168 MB", "HARDDISK, 210 MB"  # as the pages show them
MEDIUM_BYTES = 200 * images.MIB


def medium(path):
    """A USB disk with an ext4 that belongs to whoever writes to it."""
    disks.blank(path, MEDIUM_BYTES)
    subprocess.run(["/sbin/mke2fs", "-q", "-F", "-t", "ext4", "-L", "BILDER", "-E",
                    "root_owner=1000:1000", path], check=True, capture_output=True)
    return path


def until(walk, page, wanted, timeout_s):
    """The page, or the first that comes after it by itself, on which `wanted` holds."""
    end = time.monotonic() + qemu.PATIENCE * timeout_s
    while not wanted(page):
        left = end - time.monotonic()
        tap.require(left > 0, f"after {timeout_s} s there is:\n{page.text}")
        page = visit.Page(walk.vm.wait_settled(visit.PROMPT, left))
    return page


def shows(words):
    return lambda page: re.search(words, page.text)


def offers(words):
    return lambda page: any(words in label for _, label in page.entries)


def images_page(walk, entry):
    return walk.choose(walk.choose(walk.start_page(), "Known-good images"), entry)


def captured(walk):
    """By the pages: from the start screen to the result."""
    page = until(walk, images_page(walk, "Capture a disk"), offers(PC), 60)
    page = until(walk, walk.choose(page, PC), offers(MEDIUM), 60)
    walk.choose(page, MEDIUM)
    walk.say(PRODUCT)
    page = walk.say(str(COUNTER))
    tap.require(NAME in page.text and "only read" in page.text, page.text)
    page = until(walk, walk.choose(page, "^Yes"), shows("Captured|NOT CAPTURED"), 240)
    tap.require("Captured. It is not signed yet" in page.text, page.text)


def checked(walk):
    page = until(walk, images_page(walk, "Check an image"), offers(MEDIUM), 60)
    page = walk.choose(walk.choose(page, MEDIUM), re.escape(NAME))
    about = until(walk, walk.choose(page, "What is it"), shows("What the image says"), 60)
    tap.require(PRODUCT in about.text and "NOT VERIFIED" in about.text, about.text)
    page = until(walk, walk.choose(walk.say("b"), "Check and unpack"),
                 shows("Every byte|NOT GOOD"), 120)
    tap.require("Every byte is what its manifest says" in page.text and "whole:" in page.text,
                page.text)


def pictures(vm):
    """The pages as they stand on the screen, to be looked at."""
    walk = visit.ScreenWalk(vm, "page")
    page = walk.keep(walk.choose(walk.home(start.START), "Known-good images"))
    page = walk.keep(walk.choose(page, "Check an image"))
    page = walk.keep(walk.choose(page, MEDIUM))
    page = walk.keep(walk.choose(page, re.escape(NAME)))
    walk.choose(page, "What is it")
    vm.wait_screen("What the image says", 60)
    walk.keep(walk.page())
    vm.press("pgdn")
    vm.screenshot("page-more")
    page = walk.keep(walk.choose(walk.home("Check and unpack"), "Check and unpack"))
    if "Stop" in page.text:
        vm.wait_screen("Every byte is what its manifest says", 120)
        walk.keep(walk.page())
    walk.keep(walk.choose(walk.home("Capture a disk"), "Capture a disk"))
    walk.home(start.START)


def by_command(t, sh):
    with t.check("the command line checks it as well"):
        code, words = sh.run(f"sysimage verify --medium sdb --unsigned --json {NAME}", 120)
        tap.require(code == 0 and json.loads(words[words.index("{"):])["counter"] == COUNTER,
                    words)
    with t.check("a medium that is not there is told with those that are"):
        code, words = sh.run("sysimage info --medium sdz x.kimg")
        tap.require(code == 2 and "no medium is called sdz. There are: sdb" in words, words)
    with t.check("the PC's own disk is no medium"):
        code, words = sh.run("sysimage info --medium sda3 x.kimg")
        tap.require(code == 2 and "no medium is called sda3" in words, words)
    with t.check("restoring to the PC's disk is refused in plain words"):
        code, words = sh.run("sysimage restore --trust /kit/trust x.kimg /dev/sda")
        tap.require(code == 1 and "can only be read so far; nothing was written" in words, words)


def content(image):
    """What an image says, without what depends on the version of the packer."""
    about = json.loads(images.run(images.SYSIMAGE, "info", "--json", image))
    for field in ("identity", "data_bytes", "image_bytes"):
        del about[field]
    for payload in about["payloads"]:
        del payload["stored_bytes"]
    return about


def same_as_here(t, disk, image, folder):
    """The image, as a Linux PC makes it."""
    with t.check("on another PC the image is whole, to the last byte"):
        images.run(images.SYSIMAGE, "verify", "--unsigned", "--deep", image)
    with t.check("and it is the one that is captured there"):
        about = content(image)
        # Without holes: what the PC's disk does not tell, this one does not either.
        flat, other = folder / "flat.img", folder / "other.kimg"
        other.unlink(missing_ok=True)
        subprocess.run(["cp", "--sparse=never", disk, flat], check=True)
        subprocess.run([images.SYSIMAGE, "capture", flat, other, "--product", PRODUCT,
                        "--counter", str(COUNTER)], check=True, capture_output=True,
                       env=os.environ | {"SOURCE_DATE_EPOCH": str(about["created"])})
        flat.unlink()
        tap.require(content(other) == about, f"{content(other)} instead of {about}")
        images.run(images.SYSIMAGE, "diff", image, other)
        other.unlink()


def main(t):
    folder = paths.results("stick")
    disk = smalldisk.make(folder / "pc.img")
    usb = medium(folder / "medium.img")
    before = disks.digest(disk)
    pc = qemu.Disk(disk, bus="sata", snapshot=False, name="pc", serial="PC-1")
    with qemu.VM("stick", boot=start.direct(), memory_mib=512,
                 disks=[pc, qemu.Disk(usb, snapshot=False, name="medium", serial="MEDIUM")]) as vm:
        start.wait_start(vm)
        walk = visit.Walk(vm)
        with t.check("a disk is captured onto a medium by the pages, in 512 MiB"):
            captured(walk)
        t.note(f"captured {vm.age_s():.0f} s after the start")
        with t.check("and checked there"):
            checked(walk)
        if os.environ.get("IMAGE_FULL"):
            with t.check("the pages stand on the screen"):
                pictures(vm)
        walk.command_line()
        by_command(t, shell.Shell(vm))
        t.ok(vm.writes(pc) == 0, "QEMU saw no write to the PC's disk")
    t.ok(disks.digest(disk) == before, "the PC's disk is as it was")
    image = folder / NAME
    subprocess.run(["/sbin/debugfs", "-R", f"dump {NAME} {image}", usb], check=True,
                   capture_output=True)
    same_as_here(t, disk, image, folder)


if __name__ == "__main__":
    tap.need(paths.BASE, images.SYSIMAGE, *smalldisk.NEEDED,
             programs=("qemu-system-x86_64", *smalldisk.PROGRAMS))
    tap.run(main, limit_s=400)
