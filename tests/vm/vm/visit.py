# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks through the stick's pages: on the serial line in plain mode, and on the screen.

A walk opens every entry that it meets, save those that would end it."""

import dataclasses
import re
import time

from vm import qemu

# On the serial line a page begins with "== TITLE" and ends with one of these: the
# prompt of a list, a text, a line to type, or a shell.
PROMPT = r"> |[$#] "
_NOT_CHOSEN = re.compile(r"(switch off|restart|ausschalten|neu starten|yes|ja)$|remember|merken",
                         re.IGNORECASE)
# Their entries do something at once: these pages are opened and left again.
_ACTS = re.compile(r"^(Call now|Jetzt anrufen|What has failed|Was ist ausgefallen|"
                   r"Check a stick|Einen Stick prüfen)")
_DEEPEST = 3
_MANY = 3  # of a long list of like entries, deep below the start screen
_SLOWEST_S = 30
_TYPING = r"(Number|Nummer) \d+:"


class Lost(Exception):
    """The walk does not know where it is."""


@dataclasses.dataclass
class Page:
    """One page as it was printed on the serial line."""

    text: str

    @property
    def title(self):
        titles = re.findall(r"^== (.*)$", self.text, re.MULTILINE)
        return titles[-1] if titles else ""

    @property
    def body(self):
        return self.text[max(0, self.text.rfind("== ")):]

    @property
    def entries(self):
        """(number, label) of what can be chosen."""
        return re.findall(r"^ ?(\d+)\. (.*)$", self.body, re.MULTILINE)

    @property
    def kind(self):
        last = self.text.rsplit("\n", 1)[-1]
        if last == "> ":
            return "list"
        if last.endswith(("$ ", "# ")):
            return "shell"
        if "Enter: go on" in last:
            return "message"
        return "text" if "b: back" in last else "search"


class Walk:
    """The plain menu on the serial line (in English)."""

    def __init__(self, vm):
        self.vm = vm
        self.seen = []  # (title, kind) of every page opened

    def say(self, line):
        """Type a line; the page that comes then."""
        self.vm.send(line + "\n")
        return Page(self.vm.wait_settled(PROMPT, _SLOWEST_S))

    def start_page(self):
        """The start screen, from wherever the walk is. An empty line shows it anew."""
        page = self.say("")
        for _ in range(3 * _DEEPEST):
            if page.kind == "list" and re.search(r"Emergency handbook", page.body):
                return page
            page = self.say({"shell": "exit", "message": ""}.get(page.kind, "b"))
        raise Lost(f"no way back from:\n{page.text}")

    def choose(self, page, label):
        """Open the entry whose label matches a regular expression."""
        for number, words in page.entries:
            if re.search(label, words):
                return self.say(number)
        raise Lost(f"no entry {label!r} on:\n{page.body}")

    def command_line(self):
        """From the start screen to the shell."""
        page = self.choose(self.start_page(), "Command line")
        for _ in range(3):
            if page.kind == "shell":
                return
            page = self.say("")
        raise Lost(f"no command line, but:\n{page.text}")

    def everything(self, page, depth=1):
        """Open every entry of a list page, and theirs, and come back to it."""
        entries = page.entries if depth <= 2 else page.entries[:_MANY]
        for number, label in entries:
            if _NOT_CHOSEN.search(label) and depth > 1:
                continue
            below = self.say(number)
            if not below.title and below.kind == "list":
                continue  # "This entry cannot be chosen now."
            self.seen.append((below.title or label, below.kind))
            if (below.kind == "list" and below.title != page.title and depth < _DEEPEST
                    and not _ACTS.search(label)):
                self.everything(below, depth + 1)
            self._back(page, below)

    def _back(self, wanted, page):
        for _ in range(8):
            # A step has the title of its plan.
            if page.title == wanted.title and page.entries == wanted.entries:
                return
            page = self.say({"shell": "exit", "message": ""}.get(page.kind, "b"))
        raise Lost(f"no way back to {wanted.title!r} from:\n{page.text}")


@dataclasses.dataclass
class ScreenPage:
    """One page as it stands on the screen."""

    lines: list

    @property
    def below_head(self):
        """The lines below the frame's head, which ends with an empty line; to the left of
        both there may be a QR code."""
        lines = [line.strip(" █▀▄›") for line in self.lines]
        head = lines.index("", 1) if "" in lines[1:] else len(lines)
        return [line for line in lines[head:] if line]

    @property
    def title(self):
        return next(iter(self.below_head), "")

    @property
    def place(self):
        """What tells a page from the one before, whatever is counted on it: a step has the
        title of its plan."""
        return [re.sub(r"\d+", "#", line) for line in self.below_head[:2]]

    @property
    def entries(self):
        """(number, label) of what can be chosen."""
        rows = (re.match(r"\s*›?\s*(\d+)  (\S.*)", line) for line in self.lines)
        return [row.groups() for row in rows if row]

    @property
    def text(self):
        return "\n".join(self.lines)


class ScreenWalk:
    """The menu on the screen, by keys; keeps a picture of every page."""

    def __init__(self, vm, prefix, deepest=_DEEPEST):
        self.vm, self.prefix, self.deepest = vm, prefix, deepest
        self.pictures = []

    def page(self, unlike=None, timeout_s=_SLOWEST_S):
        """The page on the screen once it stands still and is another than `unlike`. After a
        key that leaves a page that page is to be named: it may stand for a while yet."""
        return self._still(lambda page: not (unlike and page.place == unlike.place), timeout_s)

    def turned(self, page, timeout_s=_SLOWEST_S):
        """Another part of a page that is longer than the screen, after a key that turns it."""
        text = re.sub(r"\d+", "#", page.text)  # times count on by themselves
        return self._still(lambda now: re.sub(r"\d+", "#", now.text) != text, timeout_s)

    def _still(self, wanted, timeout_s):
        end = time.monotonic() + qemu.PATIENCE * timeout_s
        last = None
        while time.monotonic() < end:
            lines = self.vm.screen_text()
            page = ScreenPage(lines)
            if lines == last and page.title and wanted(page):
                return page
            last = lines
            time.sleep(0.25)
        raise qemu.Silence("this page stays on the screen:\n" + "\n".join(last or []))

    def leave(self, page, *keys):
        """Press keys that leave a page; the page that comes then."""
        self.vm.press(*keys)
        return self.page(unlike=page)

    def keep(self, page):
        """A picture of the page, named after its place in the walk and its title."""
        name = re.sub(r"\W+", "-", page.title.lower()).strip("-")[:40]
        name = f"{self.prefix}-{len(self.pictures):02}-{name}"
        self.pictures.append(name)
        self.vm.screenshot(name)
        return page

    def open(self, page, number):
        """Choose an entry by its number; the page that comes then."""
        self.vm.type(str(number))
        # Where a longer number begins with this one, the page says so and waits for Enter.
        end = time.monotonic() + qemu.PATIENCE * _SLOWEST_S
        while time.monotonic() < end:
            now = ScreenPage(self.vm.screen_text())
            if re.search(rf"(Number|Nummer) {number}:", now.text):
                self.vm.press("ret")
                break
            # While a number is typed a list that is longer than the screen turns to what it
            # says so far: that is no other page.
            if now.title and now.place != page.place and not re.search(_TYPING, now.text):
                break
            time.sleep(0.25)
        return self._still(lambda now: now.place != page.place
                           and not re.search(_TYPING, now.text), _SLOWEST_S)

    def choose(self, page, label):
        for number, words in page.entries:
            if re.search(label, words):
                return self.open(page, number)
        raise Lost(f"no entry {label!r} on:\n{page.text}")

    def home(self, words):
        """The page that shows `words`, by going back from wherever the walk is."""
        page = self.page()
        for _ in range(2 * _DEEPEST + 2):
            if re.search(words, page.text):
                return page
            page = self.leave(page, "esc")
        raise Lost(f"no way back to {words!r} from:\n{page.text}")

    def back(self, wanted, page):
        for _ in range(8):
            if page.place == wanted.place:
                return page
            if re.search(r"[$#]$", page.text.rstrip()):
                self.vm.type("exit\n")
            else:
                self.vm.press("esc")
            page = self.page(unlike=page)
        raise Lost(f"no way back to {wanted.title!r} from:\n{page.text}")

    def everything(self, page, skip=r"(?i)command line|befehlszeile|kommandozeile", depth=1):
        """A picture of every page below this one."""
        entries = page.entries if depth <= 2 else page.entries[:_MANY]
        for number, label in entries:
            if re.search(r"\((not built yet|noch nicht)|not built yet|noch nicht", label):
                continue
            if re.search(skip, label) or depth > 1 and _NOT_CHOSEN.search(label):
                continue
            below = self.keep(self.open(page, number))
            if below.entries and depth < self.deepest and not _ACTS.search(label):
                self.everything(below, skip, depth + 1)
            self.back(page, self.page())
