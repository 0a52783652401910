#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stick starts on every kind of PC it must start on, and on no other."""

import time

from vm import cpio, firmware, paths, qemu, start, stick, tap

STARTS = ("bios", "uefi", "secure-2011", "secure-2023", "secure-both")
SECURE_BOOT = {"bios": "BIOS", "uefi": "UEFI"}
LOW_MEMORY_MIB = (192, 128, 96)


def plugged(image):
    return [qemu.Disk(image, boot=True, name="stick")]


def starts(t, image, kind):
    with qemu.VM(kind, boot=kind, disks=plugged(image)) as vm:
        with t.check(f"{kind}: the start screen comes up"):
            # What the firmware, and then GRUB, first writes is the hand-over.
            vm.wait_serial(r"\S" if kind == "bios" else "BdsDxe: starting", 60)
            handed_over = vm.age_s()
            vm.wait_serial(start.START, 180)
            t.note(f"{kind}: start screen {vm.age_s() - handed_over:.1f} s after the firmware's "
                   f"hand-over at {handed_over:.1f} s")
            vm.wait_screen(start.START, 30)
        with t.check(f"{kind}: the start screen names the firmware rightly"):
            words = "Secure Boot" if kind.startswith("secure") else SECURE_BOOT[kind]
            vm.wait_screen(words, 5)
        vm.screenshot("start")


def never_starts(t, vm, after_s):
    """After a refusal has been seen: the start screen does not come all the same."""
    tap.require(vm.never_serial(start.START, after_s), f"{vm.name}: it started all the same")


def refused(t, image, name, kind, words):
    with qemu.VM(name.replace(" ", "-"), boot=kind, disks=plugged(image)) as vm:
        with t.check(f"refused: {name}"):
            vm.wait_serial(words, 90)
            vm.screenshot("refused")
            never_starts(t, vm, 15)


def init_refuses(t, name, direct):
    with qemu.VM(name.replace(" ", "-"), boot=direct) as vm:
        with t.check(f"init refuses and switches off: {name}"):
            vm.wait_serial(start.REFUSED, 60)
            reason = vm.wait_serial(r"altered:\s*(\S.*)\n", 5).group(1)
            t.note(f"{name}: {reason}")
            vm.wait_screen(start.REFUSED, 10)
            vm.screenshot("refused")
            vm.press("spc")
            since = time.monotonic()
            end = vm.wait_end(60)
            tap.require(end == "guest-shutdown", f"ended by {end}")
            # The message promises: at a key, at once.
            took = time.monotonic() - since
            tap.require(took < 15, f"the key did not count, it took {took:.0f} s")


def low_memory(t, mib):
    """All of the system or none of it: never a half one."""
    name = f"{mib} MiB of memory"
    with qemu.VM(f"memory-{mib}", boot=start.direct(), memory_mib=mib) as vm:
        with t.check(f"{name}: a whole start or a clear refusal"):
            # A kernel with no room for init itself stops with a message of its own.
            seen = vm.wait_serial(f"({start.REFUSED})|({start.START})|(Kernel panic|out of memory)",
                                  120)
            outcome = ("refused", "started whole", "the kernel itself stopped")[seen.lastindex - 1]
            t.note(f"{name}: {outcome}")
            if seen.lastindex == 1:
                vm.screenshot("refused")
                vm.press("spc")
                tap.require(vm.wait_end(60) == "guest-shutdown", "it did not go off")
            elif seen.lastindex == 3:
                never_starts(t, vm, 5)


def altered_images(folder):
    """(name, Direct) of initramfs images that must not start."""
    base = paths.BASE.read_bytes()
    truncated = folder / "truncated.img"
    truncated.write_bytes(base[:len(base) * 3 // 4])
    flipped = folder / "flipped.img"
    changed = bytearray(base)
    changed[len(base) * 9 // 10] ^= 4
    flipped.write_bytes(changed)
    # The kit comes after the system and could overwrite any file of it.
    extra = folder / "overwriting.img"
    extra.write_bytes(paths.KIT.read_bytes()
                      + cpio.archive({"bin/menu": b"#!/bin/sh\necho Emergency handbook\n"}))
    added = folder / "adding.img"
    added.write_bytes(paths.KIT.read_bytes() + cpio.archive({"bin/added": b"#!/bin/sh\n"}))
    return [("a truncated base.img", start.direct(base=truncated)),
            ("one bit flipped in base.img", start.direct(base=flipped)),
            ("a kit.img that overwrites a program", start.direct(kit=extra)),
            ("a kit.img that adds a program", start.direct(kit=added))]


def main(t):
    folder = paths.results()
    image = start.prepared_stick("stick")
    kernel = start.prepared_stick("bad-kernel")
    stick.flip_bit(kernel, "a/vmlinuz")
    grub = start.prepared_stick("bad-grub")
    stick.flip_bit(grub, "EFI/BOOT/grubx64.efi")
    parts = [(kind, starts, image, kind) for kind in STARTS]
    parts += [
        ("bad kernel", refused, kernel, "one bit flipped in the kernel", "secure-both",
         "bad shim signature"),
        ("bad GRUB", refused, grub, "one bit flipped in GRUB", "secure-both",
         r"Verification failed|Security Violation"),
        ("Windows only", refused, image, "firmware that knows Windows only", "secure-windows",
         r"Access Denied|Security Violation"),
    ]
    parts += [(name, init_refuses, name, direct) for name, direct in altered_images(folder)]
    parts += [(f"{mib} MiB", low_memory, mib) for mib in LOW_MEMORY_MIB]
    t.parallel(parts)
    for copy in folder.glob("*.img"):
        if copy.is_file():
            copy.unlink()


if __name__ == "__main__":
    tap.need(paths.STICK, paths.KERNEL, paths.BASE, paths.KIT,
             programs=("qemu-system-x86_64", "mcopy"))
    if firmware.missing():
        tap.skip_all(f"no UEFI firmware: {firmware.missing()} (make image)")
    tap.run(main, limit_s=600)
