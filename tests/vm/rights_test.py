#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tool on the stick has no rights, and no way round the broker to write to a disk.

writeblock.c tries them all from inside, on disks of four kinds; afterwards they are
compared from outside."""

import pathlib
import re
import subprocess
import time

from vm import disks, paths, qemu, shell, start, stick, tap, visit

# What the stick's kernel may know of file systems on disks.
FILE_SYSTEMS = {"fat", "vfat", "exfat", "ext4", "efivarfs"}
BUSES = ("sata", "nvme", "scsi", "usb")
FOUND_S = 120 * qemu.PATIENCE  # until the last disk is there: USB comes after the start screen
NOT_THERE = ("mdadm", "lvm", "vgchange", "swapon", "mkswap", "mount.ntfs", "ntfs-3g", "blkid",
             "losetup", "dmsetup")


def build_writeblock(folder):
    """writeblock.c, static, on a raw disk of its own; the disk and the program's size."""
    musl = paths.OUT / "sysroot/bin/musl-gcc"
    program = folder / "writeblock"
    subprocess.run([musl if musl.exists() else "gcc", "-static", "-O1", "-o", program,
                    pathlib.Path(__file__).with_name("writeblock.c")], check=True)
    size = program.stat().st_size
    disk = disks.blank(folder / "carrier.img", 2 * disks.MIB)
    with open(disk, "r+b") as out:
        out.write(program.read_bytes())
    program.unlink()
    return disk, size


def names(sh):
    """{serial: kernel name} of the disks that the broker lists, once all are there."""
    end = time.monotonic() + FOUND_S
    while True:
        _, listing = sh.run("broker disks")
        found = {}
        for line in listing.splitlines():
            for serial in ("CARRIER", *(f"{bus.upper()}DISK" for bus in BUSES)):
                if serial in line:
                    found[serial] = line.split()[0]
        if len(found) == 1 + len(BUSES):
            return found
        tap.require(time.monotonic() < end, f"after {FOUND_S} s the broker lists:\n{listing}")
        time.sleep(0.5)


def process_part(t, sh):
    _, status = sh.run("grep -E '^(Cap|NoNewPrivs|Uid)' /proc/self/status")
    sets = [line.split()[1] for line in status.splitlines() if line.startswith("Cap")]
    t.ok(len(sets) == 5 and not any(int(s, 16) for s in sets), "no capability in any set", status)
    t.ok("NoNewPrivs:\t1" in status, "no_new_privs is set", status)
    t.ok("Uid:\t0" not in status, "tools do not run as root", status)


def system_part(t, sh):
    _, listing = sh.run("find /lib/modules/*/kernel/fs -name '*.ko*' | sed 's:.*/::;s:[.]ko.*::'")
    found = {m for m in listing.split() if not m.startswith("nls_")}
    helpers = {"jbd2", "mbcache"}
    t.ok(found - helpers and found - helpers <= FILE_SYSTEMS,
         "no file systems but vfat, exfat and ext4 are on the stick", listing)
    # What opens an encrypted volume, read-only, and nothing that makes a volume of disks.
    _, listing = sh.run("find /lib/modules/*/kernel/drivers/md -name '*.ko*' | "
                        "sed 's:.*/::;s:[.]ko.*::'")
    _, block = sh.run("find /lib/modules/*/kernel/drivers/block -name '*.ko*' | "
                      "sed 's:.*/::;s:[.]ko.*::'")
    t.ok(set(listing.split()) == {"dm-mod", "dm-crypt", "dm-zero"}
         and not {"loop", "nbd"} & set(block.split()),
         "no LVM, md or loop drivers are on the stick", f"{listing} {block}")
    _, loaded = sh.run("grep -cE '^(dm_|af_alg|algif)' /proc/modules")
    t.ok(loaded == "0", "and those for encrypted volumes are not loaded", loaded)
    _, listing = sh.run("for p in " + " ".join(NOT_THERE) + "; do command -v $p; done")
    t.ok(listing == "", "no swap, LVM, md or blkid tools are on the stick", listing)
    _, mounts = sh.run("cat /proc/mounts")
    t.ok("/dev/" not in "".join(line.split()[0] for line in mounts.splitlines()),
         "nothing of any disk is mounted", mounts)


def tries(t, what, output, controls):
    """Judge the lines of writeblock: every control answered as it must, nothing was written."""
    lines = output.splitlines()
    t.ok(lines[-1:] == ["DONE"] and not re.search("WROTE|PASSED", output),
         f"{what}: every way to write is refused", output)
    good = {line.split(" ", 1)[1] for line in lines if line.startswith("CONTROL")}
    t.ok(set(controls) <= good, f"{what}: reading works, and pass-through not even for reading",
         output)


def write_part(t, sh, size):
    name = names(sh)
    code, words = sh.run(f"broker with {name['CARRIER']} -- "
                         f"sh -c 'dd of=/tmp/wb bs={size} count=1 <&3' 2>&1 "
                         "&& chmod +x /tmp/wb")
    t.ok(code == 0, "`broker with` hands a readable disk to a program", words)
    _, output = sh.run("/tmp/wb nodes", 120)
    tries(t, "device nodes", output, [])
    found = re.search(r"CONTROL block devices: (\d+)", output)
    t.ok(found and int(found[1]) >= 7, "device nodes: there were some to try", output)
    for bus in BUSES:
        _, output = sh.run(f"broker with {name[bus.upper() + 'DISK']} -- /tmp/wb fd 3")
        # Without init's filter these reads work, and so does SG_IO UNMAP, which
        # destroyed data here once: so pass-through is refused as a whole.
        passed = "NVMe read" if bus == "nvme" else "SG_IO read"
        tries(t, bus, output, ["pread: works", f"{passed}: Operation not permitted"])


def main(t):
    folder = paths.results()
    carrier, size = build_writeblock(folder)
    targets = {}
    for bus in BUSES:
        path = disks.office_disk(folder, f"{bus}.img")
        targets[bus] = (qemu.Disk(path, bus=bus, snapshot=False, serial=f"{bus.upper()}DISK",
                                  name=f"office-{bus}"), disks.digest(path))
    plugged = [d for d, _ in targets.values()] + [qemu.Disk(carrier, bus="sata", serial="CARRIER")]
    with qemu.VM("direct", boot=start.direct(), disks=plugged) as vm:
        vm.wait_serial(start.START, 120)
        visit.Walk(vm).command_line()
        sh = shell.Shell(vm)
        process_part(t, sh)
        write_part(t, sh, size)
        system_part(t, sh)
        for bus, (disk, _) in targets.items():
            t.ok(vm.writes(disk) == 0, f"{bus}: QEMU saw no write")
    for bus, (disk, before) in targets.items():
        t.ok(disks.digest(disk.path) == before, f"{bus}: bit for bit as before")
        disk.path.unlink()
    carrier.unlink()


if __name__ == "__main__":
    tap.need(paths.KERNEL, paths.BASE, paths.KIT,
             programs=("qemu-system-x86_64", *disks.PROGRAMS))
    tap.run(main, limit_s=240)
