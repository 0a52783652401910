#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stick says who vouches for its kit, and does not take a forged one for the town's."""

import json
import re
import shutil

from vm import kits, paths, qemu, start, stick, tap

HOLDERS = kits.HOLDERS


def altered(image, name, old, new):
    """The same archive with other words of the same length somewhere in a file."""
    data = image.read_bytes()
    tap.require(len(old) == len(new) and data.count(old) > 0, f"{name}: {old!r} is not in it")
    changed = image.with_name(f"{name}.img")
    changed.write_bytes(data.replace(old, new))
    return changed


def shown(root):
    """The root's fingerprint: its words and its digest."""
    said = json.loads(kits.run(kits.TRUST, "show", "trust", "--json", cwd=root))
    return said["words"], said["fingerprint"]


def squeezed(text):
    return re.sub(r"[^A-Za-z0-9:.()]+", " ", text)


def says(t, name, direct, wanted, unwanted, further=None):
    with qemu.VM(name.replace(" ", "-"), boot=direct) as vm:
        with t.check(f"the start screen about a kit: {name}"):
            vm.wait_serial(start.START, 120)
            vm.wait_screen(start.START, 30)
            screen = squeezed(" ".join(vm.screen_text()))
            for words in wanted:
                tap.require(words in screen, f"'{words}' is not on the screen:\n{screen}")
            for words in unwanted:
                tap.require(words not in screen, f"'{words}' is on the screen:\n{screen}")
        vm.screenshot("start")
        if further:
            further(t, vm)


def warns_before_the_pages(t, vm):
    """Between the start screen and a forged handbook stands a page that says so."""
    with t.check("a forged handbook opens only after a warning"):
        vm.press("1")
        vm.wait_screen("not to be trusted", 20)
        vm.screenshot("warned")
        vm.press("ret")
        vm.wait_screen("KIT REFUSED", 20)
        vm.screenshot("handbook")


def slots_travel(t):
    """GRUB hands kit.slots over; the system does not take it for a stranger."""
    image = start.prepared_stick("slots")
    stick.replace(image, "a/kit.slots", b"not read by anything that starts the system\n" * 20)
    for kind in ("bios", "uefi"):
        with qemu.VM(f"slots-{kind}", boot=kind,
                     disks=[qemu.Disk(image, boot=True, name="stick")]) as vm:
            with t.check(f"a kit.slots beside the kit comes along ({kind})"):
                start.wait_start(vm, 180)
    image.unlink()


def main(t):
    folder = paths.results("made")
    shutil.rmtree(folder)
    folder.mkdir()
    town = kits.make_root(folder / "town", "Stadt Musterlingen")
    other = kits.make_root(folder / "other", "Ort Anderswo")
    words, root = shown(town)
    signed = kits.make_kit(town, "signed", HOLDERS[:2])
    one = kits.make_kit(town, "one", HOLDERS[:1])
    unsigned = kits.make_kit(town, "unsigned", ())
    foreign = kits.make_kit(other, "foreign", HOLDERS[:2])
    forged = altered(signed, "forged", "Erste 60 Minuten".encode(), "Erste 99 Minuten".encode())
    pin = f"blackstart.root={root}"
    fingerprint = squeezed(words)
    parts = [
        ("signed", {"kit": signed}, ["2 of 2 keys of Stadt Musterlingen", fingerprint],
         ["DEVELOPMENT", "REFUSED", "ALTERED"]),
        ("signed and pinned", {"kit": signed, "append": pin}, [fingerprint], ["REFUSED"]),
        ("not signed", {"kit": unsigned}, ["DEVELOPMENT: kit not signed"], ["2 of 2"]),
        ("not signed but pinned", {"kit": unsigned, "append": pin},
         ["KIT REFUSED", "it is not signed"], ["DEVELOPMENT"]),
        ("signed by one of two", {"kit": one}, ["KIT REFUSED", "1 of 2"], [fingerprint],
         warns_before_the_pages),
        ("altered after signing", {"kit": forged}, ["KIT ALTERED", "kit open.db"], [fingerprint]),
        ("of another organisation, pinned", {"kit": foreign, "append": pin},
         ["KIT REFUSED", "another organisation"], [fingerprint]),
    ]
    jobs = [(name, says, name, start.direct(**how), *rest) for name, how, *rest in parts]
    t.parallel([*jobs, ("slots", slots_travel)])
    shutil.rmtree(folder)


if __name__ == "__main__":
    tap.need(paths.STICK, paths.KERNEL, paths.BASE, kits.TRUST, kits.KIT,
             programs=("qemu-system-x86_64", "mcopy"))
    tap.run(main, limit_s=600)
