# SPDX-License-Identifier: GPL-3.0-or-later
"""Places for virtual PCs: two at a time, whichever test files they belong to.

An emulated PC keeps one core busy: more of them than cores would take no less time
together, and each would be slow enough to meet time limits."""

import contextlib
import fcntl
import signal
import time

from vm import paths

_PLACES = 2


@contextlib.contextmanager
def _limit_stands_still():
    """The test file's own time limit (tap.run) is for its PCs, not for its place in the queue."""
    left = signal.alarm(0)
    try:
        yield
    finally:
        if left:
            signal.alarm(left)


def take(folder=paths.OUT / "vm" / "places"):
    """Wait for a free place, in the order of asking; closing the file that comes gives it back."""
    folder.mkdir(parents=True, exist_ok=True)
    with _limit_stands_still(), (folder / "turn").open("w") as turn:
        # Who stands first here gets the next place: a file that starts one PC after the
        # other must not keep out another that starts one.
        fcntl.flock(turn, fcntl.LOCK_EX)
        places = [(folder / str(n)).open("w") for n in range(_PLACES)]
        while True:
            for place in places:
                try:
                    fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                for other in places:
                    if other is not place:
                        other.close()
                return place
            time.sleep(0.1)
