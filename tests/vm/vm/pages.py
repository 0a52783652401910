# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways that everybody must find when tired: to a telephone number, to a plan."""

HANDBOOK, FIND, PLANS = "1", "3", "4"
TYPED = "datenschuz"  # as a tired person writes it; z and y tell a German keyboard
NUMBER = r"\+49 69 900 095 10"  # Landesbeauftragte für den Datenschutz, kits/musterlingen
PLAN = r"Erste 60 Minuten"


def find_number(walk):
    """From the start screen to a telephone number by typed keys; back again."""
    start = walk.page()
    home = walk.open(start, HANDBOOK)
    search = walk.open(home, FIND)
    walk.vm.type(TYPED)
    walk.vm.wait_screen(NUMBER, 15)
    walk.keep(walk.page())
    walk.vm.press("ret")
    walk.vm.wait_screen(rf"(?s)Landesbeauftragte.*{NUMBER}", 15)
    entry = walk.keep(walk.page(unlike=search.title))
    walk.back(start, entry)


def read_plan(walk):
    """From the start screen into a plan's steps by typed keys; back again."""
    start = walk.page()
    plans = walk.open(walk.open(start, HANDBOOK), PLANS)
    plan = walk.keep(walk.choose(plans, PLAN))
    walk.vm.press("pgdn")
    walk.vm.wait_screen(r"\S", 5)
    walk.keep(walk.page())
    walk.back(start, plan)
    return plan.text
