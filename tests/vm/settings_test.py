#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Language and keyboard are asked once a stick, not once a PC; nothing else of the
stick is written for it."""

from vm import blklog, paths, qemu, start, stick, tap, visit


def first_boot(t, image, log):
    """A new stick asks; the answers are kept on it when the person says so."""
    boot = qemu.Disk(image, boot=True, name="stick", log=log)
    with qemu.VM("first", boot="bios", disks=[boot]) as vm:
        walk = visit.ScreenWalk(vm, "first")
        with t.check("a new stick asks for the language"):
            vm.wait_screen("Sprache / Language", 120)
            page = walk.keep(walk.page())
            page = walk.keep(walk.choose(page, "Deutsch"))
        with t.check("and for the keyboard, in that language"):
            tap.require("Tastatur" in page.text, page.text)
            page = walk.keep(walk.choose(page, "Deutsch"))
        with t.check("it offers to remember both"):
            page = walk.page() if len(page.entries) == 2 else walk.page(unlike=page)
            walk.keep(page)
            page = walk.keep(walk.open(page, 2))
            vm.press("ret")
        with t.check("then the start screen comes"):
            vm.wait_screen("Notfallhandbuch", 20)
    kept = stick.settings(image)
    t.ok(kept.get("language") == "de" and kept.get("keyboard") == "de",
         "language and keyboard stand in the stick's settings block", str(kept))


def only_settings_written(t, image, log):
    # The journal's writer may have mounted the data partition meanwhile: that is its own.
    data = stick.partitions(image)[2][0]
    written = [e for e in blklog.Log(log).entries if e.writes and e.first_byte < data]
    inside = [stick.SETTINGS_AT <= e.first_byte
              and e.first_byte + e.size_bytes <= stick.SETTINGS_AT + 4096 for e in written]
    t.ok(written and all(inside), "nothing but the settings block was written",
         "\n".join(map(str, written)))


def every_cut(t, image, before, block, log):
    """The current goes between any two writes: the block is the old one or the new one."""
    recorded = blklog.Log(log)
    new = stick.settings(image)
    states = set()
    for moment in recorded.moments():
        for keep in [()] + [(i,) for i in recorded.pending(moment)]:
            with open(before, "r+b") as disk:
                disk.seek(stick.SETTINGS_AT)
                disk.write(block)
            recorded.replay(before, moment, keep)
            states.add(tuple(sorted(stick.settings(before).items())))
    old = {(), tuple(sorted(new.items()))}
    t.ok(states <= old, "a power cut leaves the old settings or the new ones", str(states))


def second_boot(t, image):
    with qemu.VM("second", boot="bios", disks=[qemu.Disk(image, boot=True)]) as vm:
        with t.check("the next PC is not asked"):
            found = vm.wait_screen("Notfallhandbuch|Sprache / Language", 120).group(0)
            tap.require(found == "Notfallhandbuch", "it asked again")
            vm.screenshot("start")


def main(t):
    folder = paths.results()
    image = stick.copy(folder / "stick.img")
    before = stick.copy(folder / "before.img")
    with open(image, "rb") as disk:
        disk.seek(stick.SETTINGS_AT)
        block = disk.read(stick.SETTINGS_BYTES)
    t.ok(block.startswith(b"# GRUB Environment Block\n") and not stick.settings(image),
         "a new stick has an empty settings block")
    log = folder / "writes.log"
    first_boot(t, image, log)
    only_settings_written(t, image, log)
    every_cut(t, image, before, block, log)
    second_boot(t, image)
    for file in (image, before, log):
        file.unlink()


if __name__ == "__main__":
    tap.need(paths.STICK)
    tap.run(main, limit_s=300)
