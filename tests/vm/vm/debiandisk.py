# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk of a PC with a whole Debian: EFI system partition with Debian's signed boot chain,
and a root file system by debootstrap, generalised as a captured PC should be. Made once and
kept with the build's other downloads; packages come from the mirror that this machine's apt
uses."""

import hashlib
import os
import pathlib
import shutil
import subprocess

from vm import smalldisk

MIB = 1024 * 1024
SUITE = "trixie"
PACKAGES = ("linux-image-amd64", "grub-efi-amd64-signed", "shim-signed", "systemd-sysv", "udev",
            "dbus", "openssh-server", "e2fsprogs", "iproute2")
DISK_BYTES = 2048 * MIB
ESP, ROOT = (MIB, 128 * MIB), (129 * MIB, 1900 * MIB)
HOST = "musterpc"
PROOF = "wildrose elf"
LOGIN = rf"{HOST} login:"
CACHE = pathlib.Path(os.environ.get("BLACKSTART_CACHE")
                     or pathlib.Path.home() / ".cache/blackstart") / "disks"
_UUID = "deb1a4d1-0000-4000-8000-00000000000"
_GRUB = f"""serial --unit=0 --speed=115200
terminal_output console serial
search --no-floppy --fs-uuid --set=root {_UUID}a
linux /vmlinuz root=UUID={_UUID}a ro quiet console=tty0 console=ttyS0,115200 \\
	systemd.default_timeout_start_sec=900 no_timer_check
initrd /initrd.img
boot
"""
# Emulated on a busy machine, a disk may take longer than systemd waits.
_FSTAB = (f"UUID={_UUID}a / ext4 errors=remount-ro 0 1\n"
          "UUID=DEB1-E5B0 /boot/efi vfat umask=0077,x-systemd.device-timeout=900 0 1\n")
# What the started system says of itself, once it is up and before it asks who logs in.
_UNIT = """[Unit]
Description=Says that this system is up
After=local-fs.target ssh.service
Before=serial-getty@ttyS0.service
[Service]
Type=oneshot
StandardOutput=tty
TTYPath=/dev/ttyS0
ExecStart=/bin/sh -c 'echo; echo "DEBIAN proof $(cat /etc/proof)"; \\
	echo "DEBIAN mounts $(findmnt -no FSTYPE /) $(findmnt -no FSTYPE /boot/efi)"; \\
	echo "DEBIAN failed $(systemctl --failed --no-legend --plain | wc -l)"; \\
	echo "DEBIAN own $(wc -c < /etc/machine-id) $(ls /etc/ssh/ssh_host_*_key | wc -l)"'
[Install]
WantedBy=multi-user.target
"""
# A generalised PC makes its own keys when it starts for the first time.
_SSH = "[Service]\nExecStartPre=\nExecStartPre=/usr/bin/ssh-keygen -A\n"


def missing():
    """Why the disk cannot be made here, or None."""
    if _path().exists():
        return None
    if os.geteuid():
        return "debootstrap needs root"
    if not shutil.which("debootstrap"):
        return "debootstrap is not installed"
    return None


def _path():
    """Named for this file's content, so that a changed one makes another disk."""
    script = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()[:12]
    return CACHE / f"debian-{SUITE}-{script}.img"


def _mirror():
    lines = subprocess.run(["build/fetch", "--mirrors"], capture_output=True, text=True,
                           check=True).stdout.split()
    return next(line for line in lines if not line.endswith("-security"))


def _system(root):
    """A Debian with what a captured PC has, and without what each PC must have for itself."""
    subprocess.run(["debootstrap", "--variant=minbase", "--include=" + ",".join(PACKAGES), SUITE,
                    root, _mirror()], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE, text=True, timeout=1200)
    for path in [*root.glob("var/cache/apt/archives/*.deb"), *root.glob("var/lib/apt/lists/*_*"),
                 *root.glob("etc/ssh/ssh_host_*"), root / "var/lib/dbus/machine-id",
                 root / "var/lib/systemd/random-seed", root / "etc/resolv.conf"]:
        path.unlink(missing_ok=True)
    (root / "etc/machine-id").write_bytes(b"")
    (root / "etc/hostname").write_text(HOST + "\n")
    (root / "etc/fstab").write_text(_FSTAB)
    (root / "etc/proof").write_text(PROOF + "\n")
    (root / "boot/efi").mkdir(exist_ok=True)
    (root / "boot/grub").mkdir(exist_ok=True)
    (root / "boot/grub/grub.cfg").write_text(_GRUB)
    (root / "etc/systemd/system/ssh.service.d").mkdir()
    (root / "etc/systemd/system/ssh.service.d/keys.conf").write_text(_SSH)
    unit = root / "etc/systemd/system/proof.service"
    unit.write_text(_UNIT)
    wants = root / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir(exist_ok=True)
    (wants / unit.name).symlink_to(f"../{unit.name}")


def _esp_folder(work, root):
    folder = work / "esp"
    for name in ("EFI/BOOT", "EFI/debian"):
        (folder / name).mkdir(parents=True)
    library = root / "usr/lib"
    for name, shim in (("EFI/BOOT", "BOOTX64.EFI"), ("EFI/debian", "shimx64.efi")):
        shutil.copyfile(library / "shim/shimx64.efi.signed", folder / name / shim)
        shutil.copyfile(library / "shim/mmx64.efi.signed", folder / name / "mmx64.efi")
        shutil.copyfile(library / "grub/x86_64-efi-signed/grubx64.efi.signed",
                        folder / name / "grubx64.efi")
    (folder / "EFI/debian/grub.cfg").write_text(
        f"search --no-floppy --fs-uuid --set=root {_UUID}a\nconfigfile /boot/grub/grub.cfg\n")
    return folder


def make():
    """The disk's path; made if it is not kept already (root, a minute or two, 1 GB)."""
    disk = _path()
    if disk.exists():
        return disk
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.glob("debian-*"):
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    work = disk.with_suffix(".work")
    root, fresh = work / "root", work / "disk.img"
    root.mkdir(parents=True)
    try:
        _system(root)
        with open(fresh, "wb") as out:
            out.truncate(DISK_BYTES)
        smalldisk.table(fresh, f"label: gpt\nlabel-id: {_UUID}0\n", [
            (ESP, {"type": smalldisk.ESP_TYPE, "uuid": _UUID + "1", "name": "esp"}),
            (ROOT, {"type": smalldisk.ROOT_TYPE, "uuid": _UUID + "2", "name": "root"})])
        smalldisk.place(fresh, smalldisk.fat(work / "esp.img", 32, ESP[1], "DEB1E5B0", "ESP",
                                             _esp_folder(work, root)), ESP)
        smalldisk.place(fresh, smalldisk.ext4(work / "root.img", ROOT[1], _UUID, root), ROOT)
        fresh.rename(disk)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return disk
