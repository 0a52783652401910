#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stick's data partition: proved, grown at first use, mounted, there again after a
pull; never on a stick that is altered; and whole whenever the current goes. And media
that a person names."""

import json
import os
import random
import re
import subprocess
import time

from vm import blklog, disks, paths, qemu, shell, start, stick, tap, visit

MIB = disks.MIB
STICK_BYTES = 2000 * MIB
FOUND_S = 60
CUTS = int(os.environ.get("DATA_CUTS", "40"))
MARK = b"written before the stick grew"
DATA_AT = 514 * MIB
SAY = "broker data evidence -- "


def larger_stick(path, size_bytes=STICK_BYTES):
    """A stick as a person writes it: the image, and then nothing up to its end."""
    stick.copy(path)
    os.truncate(path, size_bytes)
    note = path.with_suffix(".mark")
    note.write_bytes(MARK)
    debugfs(path, f"cd evidence\nwrite {note} mark\nset_inode_field mark uid 1000\n", "-w")
    note.unlink()
    return path


def extract(image):
    """The data partition as a file of its own, with its holes."""
    part = image.with_suffix(".part")
    subprocess.run(["dd", f"if={image}", f"of={part}", "bs=1M", f"skip={DATA_AT // MIB}",
                    "conv=sparse", "status=none"], check=True)
    return part


def debugfs(image, commands, *options, offset=DATA_AT):
    """Commands on the data partition of an image, as debugfs prints their result."""
    done = subprocess.run(["/sbin/debugfs", *options, "-f", "-", f"{image}?offset={offset}"],
                          input=commands, capture_output=True, text=True, check=True)
    return done.stdout


def e2fsck(image, *options, offset=DATA_AT):
    """e2fsck's exit status and words about the data partition of an image."""
    done = subprocess.run(["/sbin/e2fsck", *options, f"{image}?offset={offset}"],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def is_grown(t, image):
    """Table and file system reach to the last whole MiB in front of the backup table."""
    status, words = e2fsck(image, "-fn")
    t.ok(status == 0, "the grown file system is clean", words)
    found = re.search(r"Block count:\s+(\d+)", debugfs(image, "stats -h\n"))
    wanted, said = STICK_BYTES - MIB - DATA_AT, tables(image)
    t.ok(int(found[1]) * 4096 == wanted == said["partitions"][2]["size_bytes"]
         and not said["notes"], "it reaches to the end of the stick", f"{found[1]} blocks, {said}")


def listed(sh, serial, there=True):
    """The broker's entry of a disk once it is there and looked at (or None once gone)."""
    end = time.monotonic() + FOUND_S
    while time.monotonic() < end:
        _, text = sh.run("broker disks --json")
        entry = next((d for d in json.loads(text)["disks"] if d["serial"] == serial), None)
        if bool(entry) == there and (not there or entry["table"]):
            return entry
        time.sleep(0.3)
    raise tap.Failed(f"after {FOUND_S} s the broker lists: {text}")


def is_locked(sh, serial):
    """Locked once nobody uses it: the journal's writer may be at it as well."""
    end = time.monotonic() + FOUND_S
    entry = listed(sh, serial)
    while not entry["locked"] and time.monotonic() < end:
        tap.require(not entry["written"], str(entry))
        time.sleep(0.5)
        entry = listed(sh, serial)
    tap.require(entry["locked"] and not entry["written"], str(entry))


def first_use(t, vm, sh, disk):
    with t.check("at first use a folder of the stick is there, with what was in it"):
        code, words = sh.run(SAY + "sh -c 'cat mark; echo'", 300)
        tap.require(code == 0 and words == MARK.decode(), f"{code}: {words}")
    with t.check("the stick is locked again, and its own writes are no alarm"):
        is_locked(sh, disk.serial)
    with t.check("a file can be written, and the mount forbids programs and devices"):
        code, words = sh.run(SAY + "sh -c 'echo kept > a; grep mounts /proc/mounts; "
                             "ls /run/blackstart/mounts ../journal ../state 2>&1; "
                             "echo no > ../no'", 60)
        tap.require(re.search(r"mounts/data ext4 rw,nosuid,nodev,noexec", words)
                    and words.count("ermission denied") == 4, f"{code}: {words}")
    with t.check("the other folders are for other users"):
        code, words = sh.run("broker data journal -- true")
        tap.require(code == 1 and "another program" in words, f"{code}: {words}")
    with t.check("while it is used the rest of the stick is locked, and the alarm watches it"):
        _, words = sh.run(SAY + "sh -c 'echo more | dd of=b conv=fsync 2>/dev/null; "
                          "broker disks --json; cd /sys/block/sda; cat *1/ro *2/ro *3/ro'")
        entry = json.loads(words[words.index("{"):words.rindex("}") + 1])["disks"][0]
        tap.require(not entry["written"] and words.split()[-3:] == ["1", "1", "0"], words)
    vm.unplug(disk)


def pulled(t, vm, sh, disk):
    """The stick is back: there is what was written; then it is pulled while in use."""
    disk.log = None
    vm.plug(disk)
    with t.check("plugged in again, what was written is there"):
        listed(sh, disk.serial)
        code, words = sh.run(SAY + "cat a b", 120)
        tap.require(code == 0 and words == "kept\nmore", f"{code}: {words}")
    with t.check("pulled while it is used, a write fails and nothing hangs"):
        vm.send(SAY + "sh -c 'echo HE''LD; read x; echo late | dd of=c conv=fsync; ls; "
                "echo SA''ID'\n")
        vm.wait_serial("HELD", 60)
        vm.unplug(disk)
        time.sleep(1)
        vm.send("go on\n")
        vm.wait_serial("SAID", 60)
        vm.wait_serial("this disk is gone; what was written last may be missing", 60)
        listed(sh, disk.serial, False)
    with t.check("and back once more it is proved, checked and mounted as before"):
        vm.plug(disk)
        listed(sh, disk.serial)
        code, words = sh.run(SAY + "cat a b", 120)
        tap.require(code == 0 and words == "kept\nmore", f"{code}: {words}")
        is_locked(sh, disk.serial)
    vm.unplug(disk)


def plug_4k(vm, disk):
    """Plug a stick in whose logical sectors have 4096 bytes; QEMU's usb-storage has none.
    What has to be pulled later is the bridge around it."""
    bridge = qemu.Disk(disk.path, name=f"{disk.name}-bridge")
    vm.qmp("blockdev-add", **{"node-name": "drive-4k", "driver": "raw",
                              "file": {"driver": "file", "filename": str(disk.path)}})
    vm.qmp("device_add", driver="usb-bot", id=bridge.name, bus="usb.0", serial=disk.serial)
    vm.qmp("device_add", driver="scsi-hd", id=disk.name, bus=f"{bridge.name}.0", lun=0,
           drive="drive-4k", removable=True, logical_block_size=4096, physical_block_size=4096)
    vm.qmp("qom-set", path=f"/machine/peripheral/{bridge.name}", property="attached", value=True)
    return bridge


def plug_worn(vm, disk):
    """Plug a stick in that can be read, and takes no write any more."""
    vm.qmp("blockdev-add", **{
        "node-name": "drive-worn", "driver": "blkdebug",
        "image": {"driver": "raw", "file": {"driver": "file", "filename": str(disk.path)}},
        "inject-error": [{"event": "none", "iotype": "write", "errno": 5}]})
    vm.qmp("device_add", driver="usb-storage", id=disk.name, bus="usb.0", drive="drive-worn",
           removable=True, serial=disk.serial)


def refused(t, vm, sh, what, disk, want, plug=qemu.VM.plug, **how):
    """A stick that must not be used: the broker says why, and QEMU sees no write."""
    vm.events.clear()
    inserted = plug(vm, disk, **how) or disk
    with t.check(f"{what}: not used, and it says why"):
        listed(sh, disk.serial)
        code, words = sh.run(SAY + "true", 120)
        tap.require(code == 1 and re.search(want, words), f"{code}: {words}")
    with t.check(f"{what}: not written to"):
        tap.require(vm.writes(disk) == 0, f"{vm.writes(disk)} writes")
    vm.unplug(inserted)
    listed(sh, disk.serial, False)


def several(t, vm, sh, disk, other):
    vm.plug(disk)
    listed(sh, disk.serial)
    vm.plug(other)
    listed(sh, other.serial)
    with t.check("two sticks: the one that was used first in this boot"):
        code, words = sh.run(SAY + "cat a", 120)
        tap.require(code == 0 and words == "kept", f"{code}: {words}")
    vm.unplug(disk)
    vm.unplug(other)
    listed(sh, other.serial, False)


def medium(t, vm, sh, folder):
    for kind, command in (("vfat", ["mkfs.vfat"]), ("exfat", ["mkfs.exfat"])):
        path = disks.blank(folder / f"{kind}.img", 64 * MIB)
        try:
            subprocess.run([*command, path], check=True, capture_output=True)
        except FileNotFoundError:
            t.skip(f"a medium with {kind} takes files", f"no {command[0]}")
            path.unlink()
            continue
        disk = qemu.Disk(path, serial=kind.upper(), name=kind)
        vm.plug(disk)
        with t.check(f"a medium with {kind} takes files"):
            name = listed(sh, disk.serial)["name"]
            write = f"broker medium --write {name} 0 -- "
            code, words = sh.run(write + "sh -c 'echo out > report.txt; ls -l'")
            tap.require(code == 0 and "report.txt" in words, f"{code}: {words}")
            is_locked(sh, disk.serial)
        with t.check(f"a medium with {kind} that is read is not written"):
            before = vm.writes(disk)
            tap.require(before > 0, "what was written was not counted")
            read = f"broker medium {name} 0 -- "
            code, words = sh.run(read + "sh -c 'cat report.txt; echo more > report.txt'")
            tap.require(code != 0 and words.startswith("out") and "Read-only" in words, words)
            tap.require(vm.writes(disk) == before, f"{vm.writes(disk) - before} writes")
        with t.check(f"a medium with {kind}: nobody reads what another one writes, nor the reverse"):
            code, words = sh.run(read + write + "true")
            tap.require(code == 1 and "is being read; end that first" in words, words)
            tap.require(vm.writes(disk) == before, f"{vm.writes(disk) - before} writes")
            code, words = sh.run(write + read + "true")
            tap.require(code == 1 and "is being written to; end that first" in words, words)
            code, words = sh.run(read + read + "cat report.txt")
            tap.require(code == 0 and words == "out", words)
            is_locked(sh, disk.serial)
        vm.unplug(disk)
        listed(sh, disk.serial, False)
        path.unlink()


def medium_of_others(t, vm, sh, folder):
    """An ext4 that is not ours, and that was pulled while it was in use."""
    path = disks.dirty_ext4(folder / "ext4.img", 64 * MIB)
    before = disks.digest(path)
    disk = qemu.Disk(path, serial="EXT4", name="ext4", snapshot=False)
    vm.plug(disk)
    with t.check("an ext4 that wants its journal replayed is read without a write"):
        name = listed(sh, disk.serial)["name"]
        code, words = sh.run(f"broker medium {name} 0 -- sh -c 'ls -d lost*; touch x'")
        tap.require(code != 0 and words.startswith("lost+found") and "Read-only" in words,
                    f"{code}: {words}")
        is_locked(sh, disk.serial)
        tap.require(vm.writes(disk) == 0, f"{vm.writes(disk)} writes")
        tap.require(disks.digest(path) == before, "its bytes are others now")
    with t.check("a medium whose folder is another user's is not written to"):
        code, words = sh.run(f"broker medium --write {name} 0 -- true")
        tap.require(code == 1 and "belongs to another user" in words, f"{code}: {words}")
        is_locked(sh, disk.serial)
        tap.require(vm.writes(disk) == 0, f"{vm.writes(disk)} writes")
        tap.require(disks.digest(path) == before, "its bytes are others now")
    vm.unplug(disk)
    listed(sh, disk.serial, False)
    subprocess.run(["/sbin/mkfs.ext4", "-q", "-F", path], check=True, capture_output=True)
    subprocess.run(["/sbin/debugfs", "-w", "-R", "sif / mode 040700", path], check=True,
                   capture_output=True)
    vm.plug(disk)
    with t.check("a medium whose folder only another user may read is refused in words"):
        name = listed(sh, disk.serial)["name"]
        code, words = sh.run(f"broker medium {name} 0 -- true")
        tap.require(code == 1 and "only another user may read" in words, f"{code}: {words}")
        tap.require(vm.writes(disk) == 0, f"{vm.writes(disk)} writes")
        is_locked(sh, disk.serial)
    vm.unplug(disk)
    listed(sh, disk.serial, False)
    path.unlink()


def cut(folder, log, base, upto, luck):
    """The stick after the current went at one moment of the recording."""
    disk = stick.copy(folder / "cut.img", base)
    pending = log.pending(upto)
    keep = [i for i in pending if luck.random() < 0.5] if luck.random() < 0.7 else []
    log.replay(disk, upto, keep)
    return disk


def tables(disk):
    """Partitions by the first valid table, and notes, as the host's own reader sees them."""
    done = subprocess.run([paths.OUT / "host/bin/broker", "probe", "--json", disk],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def power_cuts(t, folder, log_path, base):
    """Each moment: a table that boots, a file system that preens, and the old data."""
    log = blklog.Log(log_path)
    luck = random.Random(4)
    # Without the files of partition 2, which nothing writes: copies are quick.
    hollow = stick.copy(folder / "hollow.img", base)
    with open(hollow, "r+b") as out:
        for at in range(2 * MIB, 514 * MIB, MIB):
            out.seek(at)
            out.write(b"\0" * MIB)
    hollow = stick.copy(folder / "hollow2.img", hollow)
    (folder / "hollow.img").unlink()
    moments = sorted(luck.sample(log.moments(), min(CUTS, len(log.moments()))))
    bad, kept = [], []
    for upto in moments:
        disk = cut(folder, log, hollow, upto, luck)
        parts = [(p["first_byte"], p["size_bytes"]) for p in tables(disk)["partitions"]]
        want = [(MIB, MIB), (2 * MIB, 512 * MIB)]
        # e2fsck opens it anew after the journal, and forgets an offset then.
        part = extract(disk)
        status, words = e2fsck(part, "-p", offset=0)
        again, more = e2fsck(part, "-fn", offset=0)
        old = debugfs(part, "cat evidence/mark\n", offset=0)
        part.unlink()
        if (parts[:2] != want or parts[2][0] != DATA_AT or parts[2][1] < 16 * MIB
                or status >= 4 or again != 0 or MARK.decode() not in old):
            bad.append(f"after {upto} of {len(log.entries)} requests: {parts} "
                       f"e2fsck -p {status} {words} -fn {again} {more}")
        kept.append(parts[2][1])
        disk.unlink()
    t.ok(not bad, f"{len(moments)} power cuts while it grew: tables, files and file system whole",
         "\n".join(bad))
    t.ok(len(set(kept)) > 1, "some before the table was larger, some after", str(set(kept)))
    hollow.unlink()
    return log


def torn(folder, log, base):
    """The current went within the primary table: only the backup is whole."""
    path = stick.copy(folder / "cut.img", base)
    log.replay(path, len(log.entries), log.pending(len(log.entries)))
    with open(path, "r+b") as out:
        out.seek(512 + 256)
        out.write(b"?" * 256)
        out.seek(2 * 512)
        out.write(b"\0" * 512)
    return path


def grows_on(t, vm, sh, folder, log, base):
    """After a cut the next start goes on, wherever it was."""
    luck = random.Random(5)
    sizes = [e.size_bytes for e in log.entries]
    first = next(i for i, s in enumerate(sizes) if s)
    for what, upto in (("at the first write", first + 1), ("in the file system", len(sizes) // 2),
                       ("within the primary table", None)):
        path = cut(folder, log, base, upto, luck) if upto else torn(folder, log, base)
        disk = qemu.Disk(path, serial="CUT", name="cut")
        vm.events.clear()
        vm.plug(disk)
        with t.check(f"after a cut {what} growing goes on"):
            listed(sh, "CUT")
            code, words = sh.run(SAY + "sh -c 'cat mark; echo'", 300)
            tap.require(code == 0 and words == MARK.decode(), f"{code}: {words}")
            is_locked(sh, "CUT")
        vm.unplug(disk)
        listed(sh, "CUT", False)
        is_grown(t, path)
        path.unlink()


def main(t):
    folder = paths.results()
    base = larger_stick(folder / "base.img")
    used = stick.copy(folder / "used.img", base)
    altered = larger_stick(folder / "altered.img", 700 * MIB)
    stick.flip_bit(altered, "a/kit.img")
    first = qemu.Disk(used, serial="OURS", name="ours", log=folder / "grow.log")
    with qemu.VM("direct", boot=start.direct(), disks=[first]) as vm:
        vm.wait_serial(start.START, 120)
        visit.Walk(vm).command_line()
        sh = shell.Shell(vm)
        first_use(t, vm, sh, first)
        is_grown(t, used)
        log = power_cuts(t, folder, folder / "grow.log", base)
        pulled(t, vm, sh, first)
        refused(t, vm, sh, "an altered kit", qemu.Disk(altered, serial="ALTERED", name="altered"),
                "not one of this kit")
        refused(t, vm, sh, "a write-protected stick", first, "write-protected", read_only=True)
        refused(t, vm, sh, "a stick with sectors of 4096 bytes",
                qemu.Disk(base, serial="LARGE", name="large"), "4096",
                plug_4k)
        refused(t, vm, sh, "a worn stick", qemu.Disk(base, serial="WORN", name="worn"),
                "cannot be written any more", plug_worn)
        several(t, vm, sh, first, qemu.Disk(base, serial="SECOND", name="second"))
        grows_on(t, vm, sh, folder, log, base)
        medium(t, vm, sh, folder)
        medium_of_others(t, vm, sh, folder)
    for path in (base, used, altered, folder / "grow.log"):
        path.unlink()


if __name__ == "__main__":
    tap.need(paths.STICK, paths.KERNEL, paths.BASE, paths.KIT, paths.OUT / "host/bin/broker",
             programs=("qemu-system-x86_64", "debugfs", "mcopy"))
    tap.run(main, limit_s=900)
