# SPDX-License-Identifier: GPL-3.0-or-later
"""Results in the Test Anything Protocol, from one thread or from two."""

import concurrent.futures
import contextlib
import pathlib
import shutil
import signal
import sys
import threading
import time
import traceback

from vm import paths, qemu


class Failed(Exception):
    """A check that did not hold; the words are for the person who reads the log."""


class Tap:
    """Counts the checks of one test program and prints each as it is known."""

    def __init__(self):
        self._lock = threading.Lock()
        self._count = 0
        self.failures = 0

    def _line(self, good, name, comment=""):
        with self._lock:
            self._count += 1
            self.failures += not good
            word = "ok" if good else "not ok"
            print(f"{word} {self._count} - {name}{comment}", flush=True)

    def note(self, text):
        """A diagnostic: not a result."""
        with self._lock:
            for line in str(text).splitlines():
                print(f"# {line}", flush=True)

    def skip(self, name, reason):
        self._line(True, name, f" # SKIP {reason}")

    def ok(self, good, name, detail=""):
        """One check of a value already at hand."""
        self._line(bool(good), name)
        if not good and detail:
            self.note(detail)
        return bool(good)

    @contextlib.contextmanager
    def check(self, name):
        """One check that is a block of code: any exception makes it fail."""
        try:
            yield
        except Exception as problem:  # the block is the check, whatever it raises
            self._line(False, name)
            self.note(explain(problem))
        else:
            self._line(True, name)

    def part(self, name, function, *arguments):
        """Run `function(tap, *arguments)`; an exception is a failed check `name`."""
        started = time.monotonic()
        try:
            function(self, *arguments)
        except Exception as problem:
            self._line(False, name)
            self.note(explain(problem))
        self.note(f"{name}: {time.monotonic() - started:.1f} s")

    def parallel(self, parts):
        """Run parts (name, function, argument...) two at a time."""
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            for done in [pool.submit(self.part, *p) for p in parts]:
                done.result()

    def plan(self):
        print(f"1..{self._count}", flush=True)


def explain(problem):
    """What went wrong and in which line of a test."""
    frames = [f for f in traceback.extract_tb(problem.__traceback__) if "_test.py" in f.filename]
    where = "".join(f" [{pathlib.Path(f.filename).name}:{f.lineno}]" for f in frames[-2:])
    return f"{type(problem).__name__}: {problem}{where}"


def require(good, message):
    if not good:
        raise Failed(message)


def skip_all(reason):
    print(f"1..0 # SKIP {reason}", flush=True)
    sys.exit(0)


def need(*files, programs=("qemu-system-x86_64",)):
    """Skip the whole test program when something it needs is not there."""
    for program in programs:
        if not shutil.which(program):
            skip_all(f"{program} is not installed")
    for file in files:
        if not file.exists():
            skip_all(f"{file.name} is not built (make image)")


def run(function, limit_s):
    """Run a test program: function(tap), at most limit_s seconds on a machine that does
    nothing else, three times that on one that does."""
    limit_s *= 3

    def too_long(_number, _frame):
        raise Failed(f"not done after {limit_s} s")

    def stopped(number, _frame):
        sys.exit(128 + number)

    tap = Tap()
    signal.signal(signal.SIGALRM, too_long)
    signal.signal(signal.SIGTERM, stopped)
    signal.alarm(limit_s)
    try:
        tap.part(paths.test_name(), function)
    finally:
        signal.alarm(0)
        qemu.close_all()
    tap.plan()
    sys.exit(1 if tap.failures else 0)
