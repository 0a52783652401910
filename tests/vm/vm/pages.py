# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways that everybody must find when tired: to a telephone number, to a plan."""

import re
import time

from vm import qemu

# Entries by their words, for a menu may get one more.
HANDBOOK = "Emergency handbook|Notfallhandbuch"
FIND = "^(Find|Suchen)"
FIRST_PLAN = "^(Act now|Jetzt handeln)"
TYPED = "datenschuz"  # as a tired person writes it; z and y tell a German keyboard
NUMBER = r"\+49 69 900 095 10"  # Landesbeauftragte für den Datenschutz, kits/musterlingen


def await_stick(walk, timeout_s=120):
    """From the start screen and back, once the handbook has its stick. Until the stick was
    found and proved a warning stands on every page; were it to leave in the middle of a
    walk, what stands below it would move."""
    start = walk.page()
    walk.choose(start, HANDBOOK)
    end = time.monotonic() + qemu.PATIENCE * timeout_s
    while re.search("NOT ON THE STICK|NICHT AUF DEM STICK", walk.page().text):
        if time.monotonic() > end:
            raise qemu.Silence(f"no stick for the journal in {timeout_s} s")
        time.sleep(1)
    walk.back(start, walk.page())


def search(walk, start):
    """From the start screen to the search."""
    return walk.choose(walk.choose(start, HANDBOOK), FIND)


def find_number(walk):
    """From the start screen to a telephone number by typed keys; back again."""
    start = walk.page()
    page = search(walk, start)
    walk.vm.type(TYPED)
    walk.vm.wait_screen(NUMBER, 15)
    walk.keep(walk.page())
    walk.vm.press("ret")
    walk.vm.wait_screen(rf"(?s)Landesbeauftragte.*{NUMBER}", 15)
    entry = walk.keep(walk.page(unlike=page))
    walk.back(start, entry)


def read_plan(walk):
    """From the start screen into a plan's steps by typed keys; back again."""
    start = walk.page()
    plan = walk.keep(walk.choose(walk.choose(start, HANDBOOK), FIRST_PLAN))
    walk.vm.press("pgdn")
    walk.vm.wait_screen(r"\S", 5)
    walk.keep(walk.page())
    walk.back(start, plan)
    return plan.text
