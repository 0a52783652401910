# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the tests find what was built, and where they leave what they saw."""

import os
import pathlib
import sys

OUT = pathlib.Path(os.environ.get("BLACKSTART_OUT", "out")).resolve()
STICK = OUT / "blackstart.img"
BOOT = OUT / "boot"
KERNEL = BOOT / "vmlinuz"
BASE = BOOT / "base.img"
KIT = BOOT / "kit.img"
SLOTS = BOOT / "kit.slots"
FIRMWARE = OUT / "firmware"


def find(folder, name):
    """The first file called `name` at or below `folder`, or None."""
    direct = folder / name
    if direct.exists():
        return direct
    return next(iter(sorted(folder.rglob(name))), None)


def test_name():
    """The running test: "boot" for boot_test.py."""
    return pathlib.Path(sys.argv[0]).stem.removesuffix("_test") or "python"


def results(name=""):
    """The folder for logs and pictures of this test (and of one VM in it)."""
    folder = OUT / "vm" / test_name() / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
