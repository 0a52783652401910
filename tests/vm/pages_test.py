#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tired person's way on the console, by keys alone: every page, a plan, a telephone
number; in German and English, on 80x25 text and on 1920x1080. Leaves a picture of each."""

from vm import firmware, pages, paths, qemu, start, tap, visit

# The start screen's title, to know the language by.
WORDS = {"de": "Was möchten Sie tun", "en": "What do you want to do"}
# A tour's pages, at the least, by how deep below the start screen it goes.
SHOWN = {2: 18, 3: 34}


def tour(t, vm, name, language, deepest):
    walk = visit.ScreenWalk(vm, language, deepest)
    with t.check(f"{name}, {language}: the start screen"):
        walk.keep(walk.home(WORDS[language]))
        pages.await_stick(walk)
    with t.check(f"{name}, {language}: F1 explains the keys, F3 offers keyboards"):
        for key in ("f1", "f3"):
            start_page = walk.home(WORDS[language])
            vm.press(key)
            walk.leave(walk.keep(walk.page(unlike=start_page)), "esc")
    with t.check(f"{name}, {language}: to a telephone number by typed keys"):
        walk.home(WORDS[language])
        pages.find_number(walk)
    with t.check(f"{name}, {language}: to the steps of a plan by typed keys"):
        walk.home(WORDS[language])
        pages.read_plan(walk)
    with t.check(f"{name}, {language}: every entry opens and comes back"):
        walk.everything(walk.home(WORDS[language]))
        tap.require(len(walk.pictures) >= SHOWN[deepest], f"only {walk.pictures}")
    t.note(f"{name}, {language}: pictures {', '.join(walk.pictures)}")


def console(t, image, name, boot, video, deepest):
    disks = [qemu.Disk(image, boot=True, name="stick")]
    with qemu.VM(name, boot=boot, disks=disks, video=video, keyboard="de") as vm:
        vm.wait_serial(start.START, 180)
        vm.wait_screen(start.START, 30)
        tour(t, vm, name, "de", deepest)
        visit.ScreenWalk(vm, "").home(WORDS["de"])
        vm.press("f2")
        tour(t, vm, name, "en", deepest)


def main(t):
    image = start.prepared_stick("stick", language="de", keyboard="de")
    # A small picture is read quickly: there it goes deeper.
    t.parallel([("80x25", console, image, "80x25", "bios", "VGA", 3),
                ("1920x1080", console, image, "1920x1080", "uefi", qemu.VM.full_hd, 2)])
    image.unlink()


if __name__ == "__main__":
    tap.need(paths.STICK)
    if firmware.missing():
        tap.skip_all(f"no UEFI firmware: {firmware.missing()} (make image)")
    tap.run(main, limit_s=420)
