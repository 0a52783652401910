# SPDX-License-Identifier: GPL-3.0-or-later
"""A shell at the other end of the serial line: one command in, its output back."""

import re


class Shell:
    """The command line that the menu has opened."""

    def __init__(self, vm, timeout_s=30):
        self.vm, self._count = vm, 0
        # Without echo and prompt only the command's own output comes back.
        vm.send("stty -echo; PS1=; PS2=\n")
        self.run("true", timeout_s)

    def run(self, command, timeout_s=60):
        """The exit status and the output of one command."""
        self._count += 1
        mark = f"END{self._count}"
        # The quotes keep the mark out of an echoed command line.
        self.vm.send(f"{command}\necho EN''D{self._count}:$?:\n")
        found = self.vm.wait_serial(rf"(?s)(.*?)\b{mark}:(\d+):\n?", timeout_s)
        # A prompt or an echo may still stand before the first command's output.
        return int(found.group(2)), re.sub(r"^\s*\n", "", found.group(1)).strip()
