#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the driver waits, without a VM: on a PC as slow as can be no key comes before its page, and
what ends a wait is said."""

import pathlib
import signal
import subprocess
import tempfile
import threading

from vm import qemu, slots, tap, visit

LIMIT_S = 180
SLOW = 40  # readings of the screen until a key has done its work: ten seconds


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class Slow:
    """Stands for a VM: screens by name, and where each key leads from there."""

    def __init__(self, screens, keys, shown):
        self.screens, self.keys, self.shown = screens, keys, shown
        self.pressed, self.waiting, self.readings = [], [], 0

    def press(self, *names):
        for name in names:
            self.pressed.append(name)
            self.waiting.append((self.readings + SLOW, name))

    type = press

    def screen_text(self):
        self.readings += 1
        while self.waiting and self.readings >= self.waiting[0][0]:
            self.shown = self.keys.get((self.shown, self.waiting.pop(0)[1]), self.shown)
        return [line.replace("TIME", str(self.readings // 2)) for line in self.screens[self.shown]]


def screen(title, *lines):
    return ["Blackstart", "", title, *lines]


HANDBOOK = {
    "start": screen("Start", " 1  Handbook"),
    "home": screen("Handbook", " 1  Find", "12  Lock"),
    "asks": screen("Handbook", " 1  Find", "12  Lock", "Number 1: press Enter"),
    "find": screen("Find", "TIME min left", "more below"),
    "further": screen("Find", "TIME min left", "the end"),
}
KEYS = {("start", "1"): "home", ("home", "1"): "asks", ("asks", "ret"): "find",
        ("find", "pgdn"): "further", ("find", "esc"): "home", ("further", "esc"): "home",
        ("home", "esc"): "start"}


def walking(shown):
    vm = Slow(HANDBOOK, KEYS, shown)
    return vm, visit.ScreenWalk(vm, "")


def pages_part(t):
    vm, walk = walking("start")
    page = walk.open(walk.page(), "1")
    t.ok(page.title == "Handbook", "an entry leads to its page, however late", page.text)
    page = walk.open(page, "1")
    t.ok(page.title == "Find" and vm.pressed == ["1", "1", "ret"],
         "where the page asks for Enter, late as well, it gets it", vm.pressed)
    vm.press("pgdn")
    page = walk.turned(page)
    t.ok("the end" in page.text, "minutes that count on do not turn a page", page.text)
    page = walk.leave(page, "esc")
    t.ok(page.title == "Handbook", "a page that is left is waited for", page.text)
    page = walk.home("Start")
    t.ok(page.title == "Start" and vm.pressed.count("esc") == 2, "no key is pressed twice",
         vm.pressed)


def still_part(t):
    vm = Slow({"half": ["Blackstart", "", "Find"], "whole": screen("Find", "all of it")}, {}, "half")
    read = vm.screen_text

    def drawn():
        vm.shown = "whole" if vm.readings else "half"
        return read()

    vm.screen_text = drawn
    page = visit.ScreenWalk(vm, "").page()
    t.ok("all of it" in page.text, "a page that is being drawn is not taken", page.text)
    with t.check("a page that never changes is said"):
        try:
            page = walking("start")[1].page(unlike=walking("start")[1].page())
            raise tap.Failed(page.text)
        except qemu.Silence as said:
            tap.require("Start" in str(said), said)


def bare(serial, closed=False):
    """A VM's serial line with no PC at its other end."""
    vm = object.__new__(qemu.VM)
    vm.name, vm._serial, vm._seen, vm._closed = "bare", serial, 0, closed
    vm._news = threading.Condition(threading.RLock())
    return vm


def serial_part(t, folder):
    t.ok(bare("booting").never_serial("START", 0.05), "what does not come is known not to come")
    t.ok(not bare("a START").never_serial("START", 0.05), "what comes is seen to come")
    (folder / "qemu.log").write_text("out of memory\n")
    vm = bare("booting", closed=True)
    vm.folder = folder
    with subprocess.Popen(["sleep", "60"]) as vm._process:
        vm._process.send_signal(signal.SIGKILL)
        with t.check("a QEMU that this machine killed is said, with its last words"):
            try:
                vm.wait_serial("START", 5)
                raise tap.Failed("START came")
            except qemu.Ended as said:
                tap.require("SIGKILL" in str(said) and "out of memory" in str(said), said)
    t.ok(vm.never_serial("START", 5), "a PC that has ended starts no more")


def places_part(t, folder):
    held = [slots.take(folder), slots.take(folder)]
    signal.alarm(LIMIT_S)  # as tap.run sets it
    got = []
    asking = threading.Thread(target=lambda: got.append(slots.take(folder)), daemon=True)
    asking.start()
    asking.join(0.5)
    t.ok(not got, "a third PC waits for a place")
    stood_still = signal.alarm(0)
    held.pop().close()
    asking.join(5)
    t.ok(got, "and gets it once one is given back")
    left = signal.alarm(0)
    t.ok((stood_still, left) == (0, LIMIT_S), "the file's time limit does not run while it waits",
         f"{stood_still} s while it waited, then {left} s")
    signal.alarm(left)
    for place in held + got:
        place.close()


def main(t):
    visit.time = Clock()
    pages_part(t)
    still_part(t)
    with tempfile.TemporaryDirectory() as name:
        serial_part(t, pathlib.Path(name))
        places_part(t, pathlib.Path(name) / "places")


if __name__ == "__main__":
    tap.run(main, limit_s=LIMIT_S // 3)
