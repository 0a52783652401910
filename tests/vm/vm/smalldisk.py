# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk of a small PC with a real system: firmware, boot loader, kernel and root file
system as on an office PC, in a few MiB. Made in a second, without root, the same each time.

gpt   1 BIOS boot, 2 EFI system (FAT32), 3 root (ext4), 4 recovery (FAT16): starts under BIOS,
      UEFI and Secure Boot
mbr   1 root (ext4), 2 extended, 5 data (FAT16): starts under BIOS

The system says `SMALL proof WORDS` on the serial line, WORDS out of a file of its root file
system, then `SMALL sums good` if every file there has the digest it should have, and
switches off."""

import hashlib
import os
import pathlib
import random
import shutil
import struct
import subprocess
import tempfile

from vm import cpio, paths

MIB = 1024 * 1024
SECTOR = 512
DISK_BYTES = 160 * MIB
PROOF = "anemone seven"
MARK = rf"SMALL proof {PROOF}"
GOOD = r"SMALL sums good"
BIOS, ESP, ROOT, RECOVERY = ((MIB, MIB), (2 * MIB, 64 * MIB), (66 * MIB, 64 * MIB),
                             (130 * MIB, 16 * MIB))
MBR_ROOT, MBR_EXTENDED, MBR_DATA = (MIB, 64 * MIB), (65 * MIB, 18 * MIB), (66 * MIB, 16 * MIB)
ESP_TYPE = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
ROOT_TYPE = "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"
PROGRAMS = ("sfdisk", "mke2fs", "debugfs", "mkfs.vfat", "mcopy", "grub-mkimage", "gcc")
LOADER = paths.OUT / "packages/loader/usr/lib"
MODULES = paths.OUT / "modules/lib/modules"
BUSYBOX = paths.OUT / "stick-root/bin/busybox"
NEEDED = (paths.KERNEL, BUSYBOX, MODULES, LOADER / "shim/shimx64.efi.signed")
_DRIVERS = ("ahci", "sd_mod", "nvme", "virtio_blk", "virtio_pci", "crc32c_generic", "ext4")
_CORE = ("biosdisk", "part_gpt", "part_msdos", "ext2", "fat", "normal", "linux", "configfile",
         "search", "search_fs_uuid", "search_label", "echo", "serial", "terminal")
_EPOCH = 1790000000
_UUID = "5a11d15c-0000-4000-8000-00000000000"
_ENVIRONMENT = os.environ | {"PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin",
                             "MTOOLS_SKIP_CHECK": "1", "SOURCE_DATE_EPOCH": str(_EPOCH),
                             "E2FSPROGS_FAKE_TIME": str(_EPOCH)}
# no_timer_check: on a busy machine an emulated clock looks broken to the kernel.
_GRUB = """serial --unit=0 --speed=115200
terminal_output console serial
search --no-floppy --fs-uuid --set=root {root}
linux /boot/vmlinuz console=ttyS0,115200 quiet loglevel=3 panic=-1 no_timer_check
initrd /boot/initrd
boot
"""
_INIT = """read -r words < /etc/proof
echo "SMALL proof $words"
b=/bin/busybox
if $b cut -c 35- /etc/sums | $b xargs $b md5sum | $b cmp - /etc/sums; then
	echo "SMALL sums good"
else
	echo "SMALL sums bad"
fi
"""


def _run(*command, text=None, cwd=None):
    done = subprocess.run(list(map(str, command)), input=text, capture_output=True, text=True,
                          check=False, env=_ENVIRONMENT, cwd=cwd)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout


def _drivers():
    """The kernel's modules for disks and ext4, in the order in which they must be loaded."""
    folder = next(MODULES.iterdir())
    needs = {}
    for line in (folder / "modules.dep").read_text().splitlines():
        name, _, others = line.partition(":")
        needs[name] = others.split()
    by_name = {pathlib.Path(p).name.split(".")[0]: p for p in needs}
    order = []

    def add(path):
        for other in needs[path]:
            add(other)
        if path not in order:
            order.append(path)

    for driver in _DRIVERS:
        if driver in by_name:  # else it is part of the kernel itself
            add(by_name[driver])
    return [folder / path for path in order]


def initrd(work, more=()):
    """The small system's first program and its drivers; `more`: modules that need no others."""
    program = work / "smallinit"
    musl = paths.OUT / "sysroot/bin/musl-gcc"
    source = pathlib.Path(__file__).parents[1] / "smallinit.c"
    _run(musl if musl.exists() else "gcc", "-static", "-O1", "-s", "-o", program, source)
    files = {"init": program.read_bytes()}
    for number, path in enumerate([*_drivers(), *more]):
        files[f"{number:02}-{path.name}"] = path.read_bytes()
    return cpio.archive(files)


def _root_folder(work, proof):
    """The files of the root file system: the system, and enough beside it to fill groups."""
    root = work / "root"
    chance = random.Random(proof)
    for folder in ("bin", "boot", "dev", "etc", "sbin", "srv/akten"):
        (root / folder).mkdir(parents=True)
    shutil.copyfile(paths.KERNEL, root / "boot/vmlinuz")
    (root / "boot/initrd").write_bytes(initrd(work))
    shutil.copyfile(BUSYBOX, root / "bin/busybox")
    (root / "bin/busybox").chmod(0o755)
    (root / "etc/proof").write_text(proof + "\n")
    (root / "etc/os-release").write_text('PRETTY_NAME="Small system 1"\n')
    (root / "etc/machine-id").write_bytes(b"")
    (root / "sbin/init").write_text(_INIT)
    (root / "bin/sh").symlink_to("busybox")
    for number in range(200):
        size = chance.choice((0, 1, 4095, 4096, 70000))
        (root / f"srv/akten/{number:03}.txt").write_bytes(chance.randbytes(size))
    (root / "srv/bilder.tar").write_bytes(chance.randbytes(6 * MIB))
    with open(root / "srv/leer.img", "wb") as sparse:
        sparse.truncate(8 * MIB)
        sparse.seek(5 * MIB)
        sparse.write(b"in the middle")
    files = sorted(p for p in root.rglob("*") if p.is_file() and not p.is_symlink())
    (root / "etc/sums").write_text("".join(
        f"{hashlib.md5(p.read_bytes()).hexdigest()}  /{p.relative_to(root)}\n" for p in files))
    for path in [root, *root.rglob("*")]:
        os.utime(path, (_EPOCH, _EPOCH), follow_symlinks=False)
    return root


def ext4(path, size_bytes, uuid, folder):
    """An ext4 volume with the files of a folder; `uuid` lacks its last digit."""
    with open(path, "wb") as volume:
        volume.truncate(size_bytes)
    _run("mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-U", uuid + "a", "-L", "root", "-E",
         f"root_owner=0:0,hash_seed={uuid}b,lazy_itable_init=0,nodiscard", "-d", folder, path)
    return path


def _same_for_everybody(volume, folder):
    """What was copied in has this machine's owner and the time at which the folder was made."""
    names = ["/"] + [f"/{p.relative_to(folder)}" for p in sorted(folder.rglob("*"))]
    _run("debugfs", "-w", "-f", "-", volume, text="".join(
        f"sif {name} {field} {value}\n" for name in names
        for field, value in (("uid", 0), ("gid", 0), ("ctime", f"@{_EPOCH}"))))
    return volume


def fat(path, bits, size_bytes, serial, label, folder):
    """A FAT volume with the files of a folder."""
    with open(path, "wb") as volume:
        volume.truncate(size_bytes)
    # --invariant sets the serial number too: so first that, then the number.
    _run("mkfs.vfat", "--invariant", "-F", bits, "-s", 1 if bits == 32 else 4, "-i", serial,
         "-n", label, path)
    for item in sorted(folder.rglob("*")):
        name = f"::/{item.relative_to(folder)}"
        os.utime(item, (_EPOCH, _EPOCH))
        if item.is_dir():
            _run("mmd", "-i", path, name)
        else:
            _run("mcopy", "-m", "-i", path, item, name)
    return path


def _esp_folder(work, config):
    folder = work / "esp"
    for name in ("EFI/BOOT", "EFI/debian", "boot/grub"):
        (folder / name).mkdir(parents=True)
    for source, target in (("shim/shimx64.efi.signed", "BOOTX64.EFI"),
                           ("shim/mmx64.efi.signed", "mmx64.efi"),
                           ("grub/x86_64-efi-signed/grubx64.efi.signed", "grubx64.efi")):
        shutil.copyfile(LOADER / source, folder / "EFI/BOOT" / target)
    for name in ("EFI/debian", "boot/grub"):
        (folder / name / "grub.cfg").write_text(config)
    return folder


def _recovery_folder(work):
    folder = work / "recovery"
    folder.mkdir()
    (folder / "winre.wim").write_bytes(random.Random(6).randbytes(3 * MIB + 77))
    (folder / "readme.txt").write_text("recovery\n")
    return folder


def _grub_for_bios(disk, work, core_at_sector, prefix):
    """What grub-bios-setup would write, without a real disk (as build/image does)."""
    core = work / "core.img"
    _run("grub-mkimage", "-O", "i386-pc", "-d", LOADER / "grub/i386-pc", "-p", prefix, "-o", core,
         *_CORE)
    boot = bytearray((LOADER / "grub/i386-pc/boot.img").read_bytes()[:440])
    struct.pack_into("<Q", boot, 0x5C, core_at_sector)
    boot[0x64] = 0xFF
    boot[0x66:0x68] = b"\x90\x90"
    data = bytearray(core.read_bytes())
    sectors = (len(data) + SECTOR - 1) // SECTOR
    struct.pack_into("<QHH", data, SECTOR - 12, core_at_sector + 1, sectors - 1, 0x820)
    with open(disk, "r+b") as out:
        out.write(boot)
        out.seek(core_at_sector * SECTOR)
        out.write(data)


def place(disk, part, where):
    """Move a volume to its place on a disk, without its zeros."""
    with open(disk, "r+b") as out, open(part, "rb") as source:
        out.seek(where[0])
        while block := source.read(MIB):
            if any(block):
                out.write(block)
            else:
                out.seek(len(block), os.SEEK_CUR)
    part.unlink()


def table(disk, head, parts):
    """A partition table: [((first byte, bytes), {field of sfdisk: value or None})]."""
    lines = [head]
    for (first, size), fields in parts:
        line = f"start={first // SECTOR}, size={size // SECTOR}"
        for name, value in fields.items():
            line += f", {name}" + ("" if value is None else f'="{value}"')
        lines.append(line + "\n")
    _run("sfdisk", "-q", disk, text="".join(lines))


def _gpt(disk, work, proof):
    table(disk, f"label: gpt\nlabel-id: {_UUID}0\n", [
        (BIOS, {"type": "21686148-6449-6E6F-744E-656564454649", "uuid": _UUID + "1",
                "name": "bios"}),
        (ESP, {"type": ESP_TYPE, "uuid": _UUID + "2", "name": "EFI system partition"}),
        (ROOT, {"type": ROOT_TYPE, "uuid": _UUID + "3", "name": "root"}),
        (RECOVERY, {"type": "DE94BBA4-06D1-4D40-A16A-BFD50179D6AC", "uuid": _UUID + "4",
                    "name": "recovery", "attrs": "RequiredPartition GUID:63"})])
    config = _GRUB.format(root=_UUID + "a")
    place(disk, fat(work / "esp.img", 32, ESP[1], "5A11E5B0", "ESP",
                      _esp_folder(work, config)), ESP)
    root = _root_folder(work, proof)
    volume = ext4(work / "root.img", ROOT[1], _UUID, root)
    place(disk, _same_for_everybody(volume, root), ROOT)
    place(disk, fat(work / "recovery.img", 16, RECOVERY[1], "5A113EC0", "RECOVERY",
                      _recovery_folder(work)), RECOVERY)
    _grub_for_bios(disk, work, MIB // SECTOR, "(,gpt2)/boot/grub")


def _mbr(disk, work, proof):
    table(disk, "label: dos\nlabel-id: 0x5a11d15c\n", [
        (MBR_ROOT, {"type": "83", "bootable": None}), (MBR_EXTENDED, {"type": "5"}),
        (MBR_DATA, {"type": "e"})])
    root = _root_folder(work, proof)
    (root / "boot/grub").mkdir()
    (root / "boot/grub/grub.cfg").write_text(_GRUB.format(root=_UUID + "a"))
    for path in (root / "boot/grub/grub.cfg", root / "boot/grub", root / "boot"):
        os.utime(path, (_EPOCH, _EPOCH))
    volume = ext4(work / "root.img", MBR_ROOT[1], _UUID, root)
    place(disk, _same_for_everybody(volume, root), MBR_ROOT)
    place(disk, fat(work / "data.img", 16, MBR_DATA[1], "5A11DA7A", "DATEN",
                      _recovery_folder(work)), MBR_DATA)
    _grub_for_bios(disk, work, 1, "(,msdos1)/boot/grub")


def make(disk, kind="gpt", proof=PROOF):
    """The disk, as a sparse file."""
    with open(disk, "wb") as out:
        out.truncate(DISK_BYTES)
    with tempfile.TemporaryDirectory(prefix="smalldisk-") as work:
        {"gpt": _gpt, "mbr": _mbr}[kind](disk, pathlib.Path(work), proof)
    return disk
