#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emergency handbook is for, done by a person at the console of a PC: the numbered cases
of its acceptance list, by lines on the serial line and by keys on the screen."""

import re
import shutil
import subprocess
import time

from vm import firmware, kits, paths, qemu, start, tap, visit

# The published words of the demonstration kit.
WORDS = "muster stadt nicht geheim offen jeder lesen"
# A day in the roster: not the first data protection officer is on duty, but the deputy.
TODAY = "2027-01-20T17:00:00"
ON_DUTY = r"1\. Can Öztürk - \+49 171 392 00 44 +ON DUTY"
HANDBOOK, CHAIN, NIS2 = "Emergency handbook", "Alarmkette Ransomware", "Frühe Erstmeldung an das BSI"
# The first calls of chain a1, and what comes of each.
CALLS = [("392 00 50", "^Mailbox"), ("392 00 51", "^Busy"), ("900 090 20", "^Acknowledged")]
NEXT = "392 00 52"
WAITING = r"Waiting for acknowledgement: \S.* until \d\d:\d\d"
# Typed as by a tired person; who must be among the first five.
SEARCHES = [("schahin", "ahin"), ("mueller", "Änne Müller"), ("oeztuerk", "Can Öztürk"),
            ("petrowitsch", "Petrovi"), ("datenschuz", "Datenschutz"), ("0171392", r"\+49 171 392")]
STORED_S = 120 * qemu.PATIENCE


def plain_vm():
    image = start.prepared_stick("plugged")
    return qemu.VM("cases", start.direct(), disks=[qemu.Disk(image, name="stick")],
                   extra=("-rtc", f"base={TODAY}"))


# --- by lines: serial line, Braille display ---


def wait_stored(walk):
    """The page that says no more that entries are in memory only."""
    end = time.monotonic() + STORED_S
    while True:
        page = walk.choose(walk.start_page(), HANDBOOK)
        if "NOT ON THE STICK" not in page.text:
            return page
        tap.require(time.monotonic() < end, f"after {STORED_S} s:\n{page.text}")
        time.sleep(2)


def calls_by_lines(walk):
    page = walk.choose(walk.choose(walk.start_page(), HANDBOOK), "^Call now")
    for number, result in CALLS:
        tap.require(f"Dial: +49 {'171 ' if number.startswith('392') else '69 '}{number}" in page.body,
                    page.text)
        page = walk.choose(page, result)
    tap.require(NEXT in page.body and re.search(WAITING, page.text), page.text)
    home = walk.say("b")
    tap.require(home.title == "Handbook" and re.search(WAITING, home.text), home.text)
    entries = walk.choose(walk.choose(home, "^Journal"), "^Read all entries")
    calls = re.findall(r"a1/\d .*(?:Mailbox|Busy|Acknowledged)", entries.body)
    tap.require(len(calls) == len(CALLS), entries.text)


def officer_by_lines(walk):
    home = walk.choose(walk.start_page(), HANDBOOK)
    walk.choose(home, "^Unlock people")
    home = walk.say(WORDS)
    tap.require("UNLOCKED" in home.text, home.text)
    walk.choose(home, "^Find")
    found = walk.say("datenschuz")
    tap.require(re.search(ON_DUTY, found.text), found.text)


def deadline_by_lines(walk):
    """Awareness on Friday, before the clocks change; seen on the same evening."""
    home = walk.choose(walk.start_page(), HANDBOOK)
    page = walk.choose(walk.choose(home, "^Deadlines"), "^Enter when it became known")
    tap.require("Who writes?" in page.text, page.text)
    page = walk.choose(walk.say("Weiss, IT"), "^It is wrong")
    page = walk.say("23.10.2026 18:00")
    for _ in range(4):
        if "When did it start" in page.text:
            break
        page = walk.choose(page, "radio") if page.kind == "list" else walk.say("")
    page = walk.choose(walk.say("23.10.2026 17:30"), "^Yes")
    page = walk.choose(page, "^Meldung an die Datenschutzaufsicht")
    for words in (r"due Mon 26 Oct 2026 16:30 CET, 71 h \d+ min left", "No 1182/71",
                  "Art. 33 Abs. 1 DSGVO"):
        tap.require(re.search(words, " ".join(page.text.split())), page.text)


def by_lines(t, vm):
    walk = visit.Walk(vm)
    with t.check("the journal is kept on the stick that is plugged in"):
        wait_stored(walk)
        t.note(f"stored {vm.age_s():.0f} s after power-on")
    with t.check("case 22, case 3 by lines: mailbox, busy, acknowledged; next number at once"):
        calls_by_lines(walk)
    with t.check("case 22, case 1 by lines: the officer on duty first, with the number"):
        officer_by_lines(walk)
    walk.start_page()


def time_by_lines(t, vm):
    with t.check("case 22, case 6 by lines: Friday 17:30 leads to Monday 16:30 CET"):
        walk = visit.Walk(vm)
        deadline_by_lines(walk)
        walk.start_page()


# --- by keys, on the screen ---


class Desk:
    """A person at the screen, in the handbook."""

    def __init__(self, vm, name=""):
        self.vm = vm
        self.walk = visit.ScreenWalk(vm, name)

    def home(self):
        """The handbook's first page, from wherever."""
        page = self.walk.home(r"(?m)^\W*Handbook$|What do you want to do")
        return page if page.title == "Handbook" else self.walk.choose(page, HANDBOOK)

    def choose(self, page, label):
        """An entry, also of a list that is longer than the screen."""
        while not any(re.search(label, words) for _, words in page.entries):
            tap.require("more below" in page.text, f"no entry {label!r} on:\n{page.text}")
            self.vm.press("pgdn")
            page = self.walk.turned(page)
        return self.walk.choose(page, label)

    def open(self, *labels):
        """Entry after entry from the first page on; the last page, kept as a picture."""
        page = self.home()
        for label in labels:
            page = self.choose(page, label)
        return self.walk.keep(page)

    def typed(self, text, wanted, timeout_s=20):
        """Type, and wait for what must come; seconds from the last key to there."""
        self.vm.type(text[:-1])
        pressed = time.monotonic()
        self.vm.type(text[-1])
        self.vm.wait_screen(wanted, timeout_s)
        return time.monotonic() - pressed

    def unlock(self, caps_lock=False):
        self.open("^Unlock people")
        if caps_lock:
            self.vm.press("caps_lock")
            self.vm.wait_screen("(?i)caps lock", 10)
            self.vm.screenshot("caps-lock")
        self.typed(WORDS + "\n", "UNLOCKED", 60)
        if caps_lock:
            self.vm.press("caps_lock")


def call_chain(desk):
    """The chain goes on where the one at the serial line left it."""
    page = desk.open("^Call now")
    tap.require(NEXT in page.text and re.search(WAITING, page.text), page.text)
    seconds = desk.typed(next(n for n, label in page.entries if label.startswith("Busy")),
                         r"2 of \d+; Busy")
    for labels in (("^Deadlines",), ("^Look up",), ("^Find",), ("^Journal", "^Read all")):
        page = desk.open(*labels)
        tap.require(re.search(WAITING, page.text), f"no timer on:\n{page.text}")
    return seconds


def officer(desk):
    desk.open("^Find")
    return desk.typed("datenschuz", ON_DUTY.replace(r"\. ", "  ").replace(" - ", " +"))


def failures(desk):
    page = desk.open("^What has failed")
    for label in ("Telefonanlage", "E-Mail"):
        number = next(n for n, words in page.entries if label in words)
        desk.vm.type(number + ("\n" if number == "1" else ""))
        desk.vm.wait_screen(rf"{label}[^\n]*(\n[^\n]*)?HAS FAILED", 15)
    desk.walk.keep(desk.walk.page())
    desk.open("^Find")
    desk.typed("datenschutzbeauf", r"(?s)1  Data protection officer.*392 00 54")
    desk.vm.type("\n")
    desk.vm.wait_screen("How to reach", 15)
    page = desk.walk.keep(desk.walk.page())
    live, dead = page.text.find("392 00 54"), page.text.find("900 090 22")
    tap.require(0 < live < page.text.find("Dead now") < dead, page.text)


def searches(desk, t):
    desk.open("^Find")
    took = []
    for typed, wanted in SEARCHES:
        took.append(desk.typed(typed, rf"(?m)^\W*[1-5]  .*{wanted}"))
        desk.vm.type("\b" * len(typed))
        desk.vm.wait_screen(r"(?m)Name, word or number\s*$", 20)
    t.note("search: last key to result, with a picture of the screen taken each 0.5 s and read: "
           + ", ".join(f"{s:.1f} s" for s in took))


def deadlines(desk):
    page = desk.open("^Deadlines", "^Meldung an die Datenschutzaufsicht")
    tap.require(re.search(r"due Mon 26 Oct 2026 16:30 CET,\s+7\d h \d+ min", page.text), page.text)


def not_applicable(desk):
    page = desk.open("^Deadlines", NIS2)
    page = desk.walk.choose(page, "^It does not apply here")
    if "Who writes" in page.text:
        desk.vm.type("Adler, DSB\n")
        page = desk.walk.page(unlike=page)
    desk.typed("\n", "Type something first")
    page = desk.walk.keep(desk.walk.page())
    tap.require("Why does it not apply here?" in page.text, page.text)
    desk.typed("Kernverwaltung\n", "does not apply")
    page = desk.open("^Deadlines", NIS2)
    tap.require("Kernverwaltung" in page.text and "Take that back" in page.text, page.text)


def decision(desk):
    desk.open("^Journal", "^Write a decision")
    desk.typed("Alles abschalten\n", "Reason")
    desk.typed("\n", "a decision needs a reason")
    desk.walk.keep(desk.walk.page())
    page = desk.open("^Journal", "^Read all entries")
    tap.require("Alles abschalten" not in page.text, page.text)
    desk.open("^Journal", "^Write a decision")
    desk.typed("Alles abschalten\n", "Reason")
    desk.typed("Ausbreitung\n", "Alternatives")
    desk.vm.type("\n")
    if desk.vm.wait_screen("Who writes|entr(y|ies) of this PC", 20)[0] == "Who writes":
        desk.typed("Adler, DSB\n", "entr(y|ies) of this PC")
    page = desk.open("^Journal", "^Read all entries")
    tap.require("Alles abschalten" in page.text and "Ausbreitung" in page.text, page.text)


def contact_code(desk):
    desk.open("^Find")
    desk.typed("mueller", "1  Änne Müller")
    desk.vm.type("\n")
    desk.vm.wait_screen("How to reach", 15)
    desk.vm.press("f7")
    desk.vm.wait_screen("QR code as a contact", 15)
    page = desk.walk.page()
    desk.typed(next(n for n, label in page.entries if "as a contact" in label), "Show the code?")
    desk.typed("2", "Which number comes first")
    desk.vm.type("1")
    end = time.monotonic() + 20 * qemu.PATIENCE
    while True:
        picture = desk.vm.screenshot("contact")
        card = subprocess.run(["zbarimg", "-q", "--raw", str(picture)], capture_output=True,
                              text=True, check=False).stdout
        if "VCARD" in card:
            break
        tap.require(time.monotonic() < end, f"read: {card!r}")
        time.sleep(0.5)
    tap.require("Müller" in card and "Änne" in card and "+491713920042" in card, card)
    # Its title is that of the page before, which its words tell from it.
    desk.vm.press("esc")
    desk.vm.wait_screen("Which number comes first", 20)


def hand_over(desk):
    page = desk.open("^Journal", "^Hand over", "^Read the sheet")
    seen = page.text
    for _ in range(8):
        if "more below" not in page.text:
            break
        desk.vm.press("pgdn")
        page = desk.walk.turned(page)
        seen += page.text
    for words in ("Running deadlines", "Meldung an die Datenschutzaufsicht", CHAIN,
                  "Telefonanlage", "Alles abschalten", "392 00 54"):
        tap.require(words in seen, f"no {words!r} in:\n{seen}")


def locks(desk, t):
    desk.open("^Lock")
    desk.vm.wait_screen("locked again", 30)
    desk.walk.leave(desk.walk.page(), "ret")
    with t.check("locked again: names are gone from the screen"):
        desk.open("^Find")
        desk.typed("mueller", r"(?s)mueller.*1  People are in the protected part")
        page = desk.walk.keep(desk.walk.page())
        tap.require("mueller" in page.text and "Müller" not in page.text, page.text)
    with t.check("case 17: unlocked on the German keyboard with caps lock on, with a hint"):
        desk.walk.home("What do you want to do")
        desk.vm.press("f3")
        page = desk.walk.page()
        desk.walk.choose(page, "^German|^Deutsch")
        desk.vm.keyboard = "de"
        desk.unlock(caps_lock=True)


def by_keys(t, desk):
    steps(t, desk, [
        ("case 3: the chain goes on at the screen, its timer stands on every page", call_chain),
        ("case 4: dead numbers stand last", failures),
        ("case 17: unlocked with the envelope's words on the US keyboard", Desk.unlock),
        ("case 1: the officer on duty first, with the number", officer),
    ])
    time_by_lines(t, desk.vm)
    steps(t, desk, [
        ("case 5: six searches, as tired people type", lambda d: searches(d, t)),
        ("case 6: Monday 26 October 16:30 CET stands on the screen", deadlines),
        ("case 7: NIS2 does not apply: only with a reason", not_applicable),
        ("case 9: no decision without a reason", decision),
        ("case 13: a camera reads the contact of Änne Müller", contact_code),
        ("case 25: one sheet for the next shift", hand_over),
    ])
    locks(desk, t)


def steps(t, desk, named):
    for name, step in named:
        began = time.monotonic()
        with t.check(name):
            step(desk)
        t.note(f"{time.monotonic() - began:.0f} s: {name}")


def cases(t):
    with plain_vm() as vm:
        start.wait_start(vm)
        by_lines(t, vm)
        by_keys(t, Desk(vm, "us"))


# --- other boots ---


def from_power_on(t):
    """Case 2: nothing asked but language and keyboard."""
    image = start.prepared_stick("asked", language="")
    with qemu.VM("power-on", boot="bios", disks=[qemu.Disk(image, boot=True)]) as vm:
        walk = visit.ScreenWalk(vm, "power-on")
        with t.check("case 2: from power-off to the first plan and the alarm text, unlocked by "
                     "nobody"):
            vm.wait_screen("Sprache / Language", 120)
            page = walk.choose(walk.page(), "English")
            page = walk.choose(page, "US|American|English")
            page = page if len(page.entries) == 2 else walk.page(unlike=page)
            page = walk.open(page, 1)
            page = walk.choose(walk.home("What do you want to do"), HANDBOOK)
            page = walk.keep(walk.choose(page, "^Act now"))
            tap.require("Erste 60 Minuten" in page.title, page.text)
            t.note(f"first page of P01 {vm.age_s():.0f} s after power-on")
            page = walk.keep(walk.choose(walk.leave(page, "esc"), "^Call now"))
            tap.require("Verdacht auf Ransomware im Rathaus" in page.text, page.text)
            t.note(f"alarm text {vm.age_s():.0f} s after power-on")
    image.unlink()


def expired(t):
    with qemu.VM("expired", start.direct(), extra=("-rtc", "base=2028-07-01T04:30:00")) as vm:
        start.wait_start(vm)
        with t.check("case 12: a kit out of date warns, and its contacts open"):
            vm.wait_screen("OUT OF DATE since", 20)
            desk = Desk(vm, "expired")
            desk.open("^Find")
            desk.typed("datenschuz", r"\+49 69 900 095 10")
            desk.vm.type("\n")
            page = vm.wait_screen(r"(?s)OUT OF DATE since.*\+49 69 900 095 10", 20)
            vm.screenshot("entry")
            tap.require(page, "")


def exercise(t):
    """Every page of a drill says so, in both languages."""
    folder = paths.results("made")
    shutil.rmtree(folder)
    source = shutil.copytree(kits.DEMO / "musterlingen", folder / "source")
    shutil.copytree(kits.DEMO / "public", folder / "public")
    conf = source / "kit.conf"
    # Without keys: those of the demonstration are the real ones of its town.
    conf.write_text(re.sub(r"(?m)^(exercise|demo) .*$", r"", conf.read_text())
                    + "exercise = yes\n")
    kits.run(kits.KIT, "compile", "source", "kit.img", cwd=folder)
    with qemu.VM("exercise", start.direct(kit=folder / "kit.img")) as vm:
        start.wait_start(vm)
        walk = visit.ScreenWalk(vm, "exercise")
        for word, title in (("EXERCISE", "What do you want to do"), ("ÜBUNG", "Was möchten Sie tun")):
            with t.check(f"every page of an exercise says {word}"):
                pages = says_everywhere(walk, word, title)
                t.note(f"{word}: {pages} pages")
            walk.home(title)
            vm.press("f2")
    shutil.rmtree(folder)


def says_everywhere(walk, word, title):
    home = walk.choose(walk.home(title), "Emergency handbook|Notfallhandbuch")
    count = 0
    for number, label in home.entries:
        below = walk.open(home, number)
        tap.require(word in "\n".join(below.lines[:4]), f"{label}:\n{below.text}")
        count += 1
        walk.back(home, below)
    return count


def main(t):
    cases(t)
    t.parallel([("power-on", from_power_on), ("expired", expired), ("exercise", exercise)])


if __name__ == "__main__":
    tap.need(paths.STICK, paths.KERNEL, paths.BASE, paths.KIT, kits.KIT,
             programs=("qemu-system-x86_64", "zbarimg", "mcopy"))
    if firmware.missing():
        tap.skip_all(f"no UEFI firmware: {firmware.missing()} (make image)")
    tap.run(main, limit_s=900)
