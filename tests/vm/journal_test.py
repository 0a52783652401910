#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written in the journal stays written: through power cuts at any instant, a
restart, a stick that is pulled and comes back. JOURNAL_CUTS sets how many cuts are tried."""

import json
import mmap
import os
import random
import struct
import subprocess
import time

from vm import blklog, paths, qemu, shell, start, stick, tap, visit

ENTRIES = 24
CUTS = int(os.environ.get("JOURNAL_CUTS") or 60)
SIZE = 640 << 20  # of the stick: the data partition grows to what is behind 514 MiB
STORED_S = 90 * qemu.PATIENCE
NAME = "Änne Müller"  # of kits/musterlingen: nobody may find it on the stick
SEED = 20261126  # the same cuts each time: a failure can be looked at again
JOURNAL = paths.OUT / "host/bin/journal"
KIT = paths.OUT / "boot/made/kit"


def shell_of(vm):
    vm.wait_serial(start.START, 180)
    visit.Walk(vm).command_line()
    return shell.Shell(vm)


def append(sh, *event):
    """Enter an event; its receipt."""
    words = " ".join(f"'{word}'" for word in event)
    code, text = sh.run(f"journal append --json {words}")
    tap.require(code == 0, f"{event}: {text}")
    return json.loads(text.splitlines()[-1])


def first_stored(sh):
    """The stick is found, grown and mounted in the background: until then an entry is in
    memory, and says so."""
    end = time.monotonic() + STORED_S
    while time.monotonic() < end:
        receipt = append(sh, "entry", "type=note", "text=waiting for the stick")
        if receipt["stored"]:
            return receipt
        time.sleep(1)
    raise tap.Failed(f"after {STORED_S} s: {receipt}")


def recorded(log):
    """How many requests the write log holds now."""
    with open(log, "rb") as f:
        head = f.read(28)
    return struct.unpack("<QQQI", head)[2] if len(head) == 28 else 0


def write_entries(vm, log):
    """Entries, and for each the moment at which it was surely acknowledged."""
    sh = shell_of(vm)
    began = recorded(log)
    acknowledged = [(first_stored(sh)["sequence"], recorded(log))]
    for i in range(ENTRIES):
        if i % 3 == 0:
            receipt = append(sh, "step", "plan=P01", f"nr={i % 8 + 1}", "state=done")
        else:
            words = f"text=Meldung {i} von {NAME}: " + "ä" * 20 * i
            receipt = append(sh, "entry", "type=report", words, f"author={NAME}")
        tap.require(receipt["stored"], f"entry {i}: {receipt}")
        acknowledged.append((receipt["sequence"], recorded(log)))
        if i % 8 == 7:
            time.sleep(4)  # the stick is let go of meanwhile, and taken again
    return receipt["boot"], began, acknowledged


def window(image):
    """The data partition, as far as it may grow."""
    first = stick.partitions(image)[2][0]
    return first, SIZE - first


def cut_out(image, place, target):
    subprocess.run(["dd", f"if={image}", f"of={target}", "bs=1M", f"skip={place[0] >> 20}",
                    "conv=sparse", "status=none"], check=True)
    return target


def repaired(volume, folder):
    """What the next start finds: e2fsck as the broker runs it, then the journal's files."""
    check = subprocess.run(["/sbin/e2fsck", "-p", str(volume)], capture_output=True, text=True,
                           check=False)
    if check.returncode > 1:
        return f"e2fsck -p: {check.stdout}{check.stderr}"
    # A cut while it grew: the file system is as large as it was, and clean.
    again = subprocess.run(["/sbin/e2fsck", "-fn", str(volume)], capture_output=True, text=True,
                           check=False)
    if again.returncode:
        return f"e2fsck -fn after it: {again.stdout}"
    subprocess.run(["/sbin/debugfs", "-R", f"rdump /journal {folder}", str(volume)],
                   capture_output=True, check=True)
    return ""


def judge(folder, boot, wanted):
    """"" if every acknowledged record is there and whole, else what is wrong."""
    verified = subprocess.run([JOURNAL, "verify", folder / "journal"], capture_output=True,
                              text=True, check=False)
    if verified.returncode:
        return verified.stdout + verified.stderr
    listed = subprocess.run([JOURNAL, "list", "--json", folder / "journal"], capture_output=True,
                            text=True, check=True)
    found = {(e["boot"], e["sequence"]) for e in json.loads(listed.stdout)}
    lost = [n for n in range(wanted + 1) if (boot, n) not in found]
    return f"acknowledged, and lost: {lost}" if lost else ""


def every_cut(t, before, log_path, boot, began, acknowledged):
    folder = paths.results()
    log = blklog.Log(log_path)
    chance = random.Random(SEED)
    place = window(before)
    base = cut_out(before, place, folder / "base.img")
    volume = folder / "cut.img"
    moments = sorted(chance.choices(range(began, len(log.entries) + 1), k=CUTS))
    wrong, torn = [], 0
    for moment in moments:
        pending = log.pending(moment)
        keep = [i for i in pending if chance.random() < 0.5]
        torn += bool(pending) and len(keep) < len(pending)
        subprocess.run(["cp", "--sparse=always", base, volume], check=True)
        log.replay(volume, moment, keep, place)
        wanted = max((n for n, at in acknowledged if at <= moment), default=-1)
        there = folder / "there"
        subprocess.run(["rm", "-rf", there], check=True)
        there.mkdir()
        fault = repaired(volume, there) or (wanted >= 0 and judge(there, boot, wanted))
        if fault:
            wrong.append(f"cut after request {moment} of {len(log.entries)}: {fault}")
    t.ok(not wrong, f"{CUTS} power cuts: nothing acknowledged is lost, nothing half is shown",
         "\n".join(wrong[:5]))
    t.ok(torn > CUTS // 10, "and unflushed writes were really dropped", str(torn))
    for file in (base, volume):
        file.unlink()


def restarted(t, image, boot, last):
    """Another PC, the same stick: the old entries are there without a key."""
    disk = qemu.Disk(image, boot=True, name="stick", snapshot=False)
    with qemu.VM("restarted", boot="bios", disks=[disk]) as vm:
        sh = shell_of(vm)
        with t.check("after a restart the old chain is there, and goes on in a new one"):
            first_stored(sh)
            _, text = sh.run("journal list --json | tr '}' '\\n' | grep -c " + boot)
            tap.require(int(text.split()[-1]) >= last, text)
        with t.check("what is open is known without a key: a step that was ticked"):
            _, text = sh.run("journal list --kind step | tail -n 3")
            tap.require("P01" in text, text)
        with t.check("what is sealed is not"):
            _, text = sh.run("grep -c Meldung /run/journal/*.journal")
            tap.require(":0" in text and not any(c in text for c in (":1", ":2")), text)
        with t.check("pulled between two entries: the next is in memory, and says so"):
            time.sleep(5)
            vm.unplug(disk)
            receipt = append(sh, "entry", "type=note", "text=ohne Stick")
            tap.require(not receipt["stored"] and receipt["why"], str(receipt))
        with t.check("back again: it is brought up to date by itself"):
            vm.plug(disk)
            end = time.monotonic() + STORED_S
            while True:
                receipt = append(sh, "entry", "type=note", "text=wieder da")
                if receipt["stored"] or time.monotonic() > end:
                    break
                time.sleep(2)
            tap.require(receipt["stored"], str(receipt))
        time.sleep(5)
    return receipt


def at_the_end(t, image, boot, receipt):
    folder = paths.results() / "end"
    volume = cut_out(image, window(image), paths.results() / "end.img")
    subprocess.run(["rm", "-rf", folder], check=True)
    folder.mkdir()
    fault = repaired(volume, folder) or judge(folder, receipt["boot"], receipt["sequence"])
    t.ok(not fault, "both chains lie whole on the stick", fault)
    t.ok(boot != receipt["boot"], "each start has a chain of its own")
    with open(image, "rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        found = [word for word in (NAME, "Meldung 1", "wieder da") if whole.find(word.encode()) >= 0]
        t.ok(whole.find(boot.encode()) >= 0 and not found,
             "nowhere on the stick stands who or what was written", str(found))
    volume.unlink()


def main(t):
    image = start.prepared_stick("stick")
    with open(image, "r+b") as f:
        f.truncate(SIZE)
    before = stick.copy(paths.results() / "before.img", image)
    log = paths.results() / "writes.log"
    with t.check("entries are acknowledged on the stick"):
        with qemu.VM("cut", boot="bios", disks=[qemu.Disk(image, boot=True, name="stick",
                                                          log=log)]) as vm:
            boot, began, acknowledged = write_entries(vm, log)
    every_cut(t, before, log, boot, began, acknowledged)
    receipt = restarted(t, image, boot, acknowledged[-1][0])
    at_the_end(t, image, boot, receipt)
    for file in (image, before, log):
        file.unlink()


if __name__ == "__main__":
    tap.need(paths.STICK, JOURNAL, programs=("qemu-system-x86_64", "debugfs"))
    tap.run(main, limit_s=800)
