#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""BitLocker volumes of others are opened read-only by the broker's cryptsetup: their content is
the stated one, a wrong key is refused, the disk is only read, and nothing stays open. Recovery
passwords come from the kit, from a keyboard and from a scanner.

In every run five of them by one key each, and all content of the first; all by all keys and to
their end, and a recovery password without hyphens, with ENCRYPTED_FULL=1."""

import os
import shutil
import time

from vm import bitlocker, disks, kits, paths, qemu, shell, start, tap, visit

FEW = ("bitlk-aes-xts-128", "bitlk-aes-cbc-elephant-128", "bitlk-aes-xts-128-startup-key",
       "bitlk-aes-xts-128-clearkey-only", "bitlk-aes-xts-128-eow")
CLEAR = "bitlk-aes-xts-128-clearkey-only"  # opens at once; keys are stretched, half a minute each if emulated
FULL = os.environ.get("ENCRYPTED_FULL")
# The published words of the demonstration kit.
WORDS = "muster stadt nicht geheim offen jeder lesen"
HASH_S = 600  # 100 MiB, on an emulated processor


def put_key(sh, key):
    """The key as a file; a startup key is binary."""
    octal = "".join(f"\\{byte:03o}" for byte in key)
    status, said = sh.run(f"printf '{octal}' > /tmp/key; wc -c < /tmp/key")
    tap.require((status, int(said)) == (0, len(key)), f"{status} {said}")


def opened(sh, partition, what):
    """Exit status and output of a command that has the volume as descriptor 3."""
    return sh.run(f"broker with --partition {partition} --key-file /tmp/key sda -- sh -c "
                  f"'{what}' 2>&1", HASH_S)


def nothing_left(sh):
    """The kernel takes a mapping away on its own, soon after its last use."""
    status, said = sh.run("for i in 1 2 3 4 5 6 7 8 9 10; do ls /sys/block | grep -q dm- || break; "
                          "sleep 1; done; ls /sys/block | grep -c dm-")
    return (status, said) == (1, "0")


def check_key(t, sh, number, name, what, key, stated):
    """`stated`: the digest of all that it holds; None: it only has to open, to a boot sector."""
    with t.check(f"{name}: the {what} opens it"):
        put_key(sh, key)
        started = time.monotonic()
        first = f"dd bs=512 count=1 of=/tmp/first{number} <&3 2>/dev/null"
        command = (f"{first}; cat /tmp/first{number} - <&3 | sha256sum" if stated else
                   "dd bs=2 skip=255 count=1 <&3 2>/dev/null | hexdump")
        status, said = opened(sh, number, command)
        tap.require(status == 0 and said.startswith(stated or "0000000 aa55"), f"{status}: {said}")
        tap.require(nothing_left(sh), "a mapping is still there")
        t.note(f"{time.monotonic() - started:.0f} s")


def check_volume(t, sh, number, name, path, stated):
    """Every key; the whole content once."""
    for n, (what, key) in enumerate(bitlocker.keys(path, stated)):
        check_key(t, sh, number, name, what, key, None if n else stated["sha256sum"])


def check_some(t, sh, number, name, path, stated):
    """One key; the whole content of the first, whose recovery password others below open it by."""
    what, key = bitlocker.keys(path, stated)[0 if number == 1 else -1]
    check_key(t, sh, number, name, what, key, stated["sha256sum"] if number == 1 else None)


def check_closed(t, sh, number, name, path, stated):
    """What of them is encrypted nobody reads: said in words, with the right key as well."""
    with t.check(f"{name}: is refused, with words"):
        put_key(sh, bitlocker.keys(path, stated)[0][1])
        status, said = opened(sh, number, "true")
        tap.require(status == 1 and "encrypts on write" in said, f"{status}: {said}")
        tap.require(nothing_left(sh), "a mapping is still there")


def kit_with(folder, key_id, key):
    """The demonstration, with one recovery key more."""
    source = shutil.copytree(kits.DEMO / "musterlingen", folder / "source", dirs_exist_ok=True)
    shutil.copytree(kits.DEMO / "public", folder / "public", dirs_exist_ok=True)
    with open(source / "recovery_keys.csv", "a", encoding="utf-8") as keys:
        keys.write(f"{key_id};{key};;;;\n")
    kits.run(kits.KIT, "compile", "source", "kit.img", cwd=folder)
    return folder / "kit.img"


def cat(number, key_file):
    """A command: the digest of the beginning of a volume. Of their files these have no content."""
    return (f"triage cat --broker --partition {number} --key-file {key_file} sda 2>/tmp/err | "
            "dd bs=512 count=1 2>/dev/null | sha256sum")


def check_key_of_the_kit(t, sh, stated, want):
    with t.check("the kit's recovery key opens it, by the beginning of the key ID"):
        sh.run(f"echo '{WORDS}' > /tmp/words")
        command = f"handbook key {stated['rp_vmk_guid'][:8]} --passphrase-file /tmp/words 2>/tmp/said"
        status, said = sh.run(f"{command} | {cat(1, '-')}", HASH_S)
        _, why = sh.run("cat /tmp/said /tmp/err")
        tap.require(said == want, f"{said} instead of {want}: {why}")
        tap.require(stated["rp"] not in why, "the key was shown")
        tap.require(nothing_left(sh), "a mapping is still there")
    with t.check("it is not shown on a terminal"):
        status, said = sh.run("handbook key --passphrase-file /tmp/words " + stated["rp_vmk_guid"])
        tap.require(status == 2 and "not shown" in said and stated["rp"] not in said, said)


def check_typed(t, vm, sh, stated, want):
    """A scanner types for a US keyboard; on a German one its hyphens are another letter."""
    def typed(key):
        vm.send(f"{cat(1, '-')} > /tmp/sum; echo TY''PED\n")
        vm.wait_serial("Passphrase or recovery password: ", 30)
        vm.send(f"{key}\r")
        # What is sent before is lost: the terminal forgets it when it shows again what is typed.
        vm.wait_serial("TYPED", HASH_S)

    ways = (("scanned on a German keyboard", "ß"), ("typed in one piece", ""))
    for way, between in ways if FULL else ways[:1]:
        with t.check(f"a recovery password {way} opens it"):
            typed(stated["rp"].replace("-", between))
            _, said = sh.run("cat /tmp/sum")
            tap.require(said == want, f"{said} instead of {want}")
    with t.check("the group that is wrong is named, at once"):
        key = stated["rp"].split("-")
        key[4] = f"{(int(key[4]) + 1) % 720896:06}"
        typed("-".join(key))
        _, said = sh.run("cat /tmp/err")
        tap.require("group 5 of the recovery password" in said, said)


def main(t):
    folder = paths.results()
    volumes = bitlocker.volumes(folder)
    if not FULL:
        volumes = [v for v in volumes if v[0] in FEW]
    image = bitlocker.disk(folder / "bitlocker.img", [path for _, path, _ in volumes])
    before = disks.digest(image)
    plugged = qemu.Disk(image, bus="sata", snapshot=False, name="suspect")
    kit = kit_with(folder, volumes[0][2]["rp_vmk_guid"], volumes[0][2]["rp"])
    with qemu.VM("encrypted", start.direct(kit=kit), disks=[plugged]) as vm:
        start.wait_start(vm)
        visit.Walk(vm).command_line()
        sh = shell.Shell(vm)
        for number, (name, path, stated) in enumerate(volumes, 1):
            check = (check_closed if bitlocker.closed(stated) else
                     check_volume if FULL else check_some)
            check(t, sh, number, name, path, stated)
        with t.check("a wrong key is refused, with words"):
            put_key(sh, b"ananas")
            status, said = opened(sh, 1, "true")
            tap.require(status == 1 and "does not open the volume" in said, f"{status}: {said}")
        with t.check("a partition that does not exist is refused"):
            status, said = opened(sh, 100, "true")
            tap.require(status == 1 and "no such partition" in said, f"{status}: {said}")
        number, path, stated = next((n, path, stated) for n, (name, path, stated)
                                    in enumerate(volumes, 1) if name == CLEAR)
        put_key(sh, bitlocker.keys(path, stated)[-1][1])
        with t.check("what is handed out cannot be written"):
            status, said = opened(sh, number, "echo x >&3 || echo refused")
            tap.require("refused" in said, f"{status}: {said}")
        with t.check("triage shows key IDs, and reads what is in it"):
            status, said = sh.run("triage list --broker sda 2>/dev/null")
            tap.require(volumes[0][2]["rp_vmk_guid"].upper() in said, f"{status}: {said}")
            _, want = opened(sh, number, "dd bs=512 count=1 <&3 2>/dev/null | sha256sum")
            _, said = sh.run(cat(number, "/tmp/key"), HASH_S)
            tap.require(said and said == want, f"{said} instead of {want}")
        _, want = sh.run("sha256sum < /tmp/first1")
        check_key_of_the_kit(t, sh, volumes[0][2], want)
        check_typed(t, vm, sh, volumes[0][2], want)
        with t.check("nothing stays open"):
            tap.require(nothing_left(sh), "a mapping is still there")
        count = vm.writes(plugged)
        t.ok(count == 0, "QEMU saw no write", f"{count} writes")
    t.ok(disks.digest(image) == before, "the disk is bit for bit as before")
    image.unlink()


if __name__ == "__main__":
    if not bitlocker.SAMPLES.exists():
        tap.skip_all("there are no samples in ../shared/data")
    tap.need(paths.KERNEL, kits.KIT, programs=("qemu-system-x86_64", "sfdisk"))
    tap.run(main, limit_s=4 * 3600 if FULL else 1800)
