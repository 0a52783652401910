# SPDX-License-Identifier: GPL-3.0-or-later
"""Small initramfs archives (cpio "newc"), as the kernel unpacks them one after the other."""


def _entry(name, mode, data):
    fields = [0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    header = b"070701" + b"".join(b"%08X" % f for f in fields)
    named = header + name.encode() + b"\0"
    named += b"\0" * (-len(named) % 4)
    return named + data + b"\0" * (-len(data) % 4)


def archive(files):
    """An archive of {"path": bytes}, each an executable file of root's."""
    entries = [_entry(path, 0o100755, data) for path, data in files.items()]
    return b"".join(entries) + _entry("TRAILER!!!", 0, b"")
