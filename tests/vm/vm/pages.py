# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways that everybody must find when tired: to a telephone number, to a plan."""

# Entries by their words, for a menu may get one more.
HANDBOOK = "Emergency handbook|Notfallhandbuch"
FIND = "^(Find|Suchen)"
FIRST_PLAN = "^(Act now|Jetzt handeln)"
TYPED = "datenschuz"  # as a tired person writes it; z and y tell a German keyboard
NUMBER = r"\+49 69 900 095 10"  # Landesbeauftragte für den Datenschutz, kits/musterlingen


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
