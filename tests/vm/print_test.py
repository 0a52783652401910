#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the menu to a network printer: the stick brings the network up only when somebody
prints, and a printer on the other side gets a PDF with the letters of the stick."""

import re
import shutil
import socket
import subprocess
import threading

from vm import paths, qemu, start, tap, visit

OUTSIDE = "10.0.2.2"  # this machine, as QEMU's own network shows it to the guest


class Printer(threading.Thread):
    """Takes one job on loopback."""

    def __init__(self):
        super().__init__(daemon=True)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(qemu.PATIENCE * 60)
        self.port = self.server.getsockname()[1]
        self.printed = b""

    def run(self):
        with self.server.accept()[0] as job:
            job.settimeout(qemu.PATIENCE * 12)
            while piece := job.recv(65536):
                self.printed += piece


def to_the_question(walk):
    """From the start screen to the page that warns before the network is used."""
    page = walk.choose(walk.start_page(), "Emergency handbook")
    for label in ("Look up and print", "^Print", "All numbers", "On a network printer"):
        page = walk.choose(page, label)
    return page


def main(t):
    printer = Printer()
    # One CPU: where QEMU emulates, a second one may meet kernel code that is being patched
    # for the first connection of all (secure_tcp_seq).
    with qemu.VM("print", boot=start.direct(), cpus=1,
                 extra=["-nic", "user,model=virtio-net-pci,restrict=off"]) as vm:
        start.wait_start(vm)
        printer.start()  # not before: its patience must not go by while the PC waits for a place
        walk = visit.Walk(vm)
        with t.check("a warning comes first"):
            page = to_the_question(walk)
            tap.require("A printer keeps what it prints" in page.text, page.text)
        with t.check("the network comes up after it"):
            page = walk.choose(page, "^Yes")
            page = walk.choose(page, "^PDF")
            for _ in range(30):
                if "IP address of the printer" in page.text:
                    break
                page = visit.Page(vm.wait_settled(visit.PROMPT, 60))
            tap.require("IP address of the printer" in page.text, page.text)
        with t.check("the printer has it"):
            page = walk.say(f"{OUTSIDE}:{printer.port}")
            found = re.search(r"The printer has (\d+) pages", page.text)
            tap.require(found, page.text)
            printer.join(qemu.PATIENCE * 12)
        with t.check("and it is a PDF with all numbers"):
            pdf = paths.results("print") / "printed.pdf"
            pdf.write_bytes(printer.printed)
            words = subprocess.run(["pdftotext", "-q", "-layout", pdf, "-"], check=True,
                                   stdout=subprocess.PIPE, text=True).stdout
            tap.require("+49 171 392 00 54" in words, words)
            tap.require("Behördenweg 3" in words, words)
            tap.require(words.count("\f") == int(found.group(1)), words)


if __name__ == "__main__":
    tap.need(paths.BASE)
    if not shutil.which("pdftotext"):
        tap.skip_all("pdftotext is missing: apt install poppler-utils")
    tap.run(main, limit_s=300)
