#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual disk in another format, captured through a network block device as the manual says:
the image is the same as that of the raw disk. In a small system, for the kernel of the machine
that runs the tests may have no such devices."""

import hashlib
import os
import re
import shutil
import subprocess

from vm import images, paths, qemu, smalldisk, tap

MODULES = paths.OUT / "packages/kernel/usr/lib/modules"
SYSIMAGE = paths.OUT / "stick/bin/sysimage"  # with the same zstd here and there
ROOT_BYTES = 256 * images.MIB
CAPTURE = "--product office-pc --counter 1 --leave-out pagefile"
CREATED = 1795000000
# The device has its size a moment after the program that connects it has ended.
SCRIPT = f"""b=/bin/busybox
export SOURCE_DATE_EPOCH={CREATED}
qemu-nbd --read-only --connect=/dev/nbd0 /disk.qcow2 && echo "NBD connected"
n=0
while [ "$($b cat /sys/block/nbd0/size)" = 0 ] && [ $n -lt 100 ]; do
	$b sleep 0.1
	n=$((n + 1))
done
sysimage capture {CAPTURE} /dev/nbd0 /nbd.kimg && echo "NBD image $($b sha256sum /nbd.kimg) end"
sysimage capture {CAPTURE} --sector-size 4096 /dev/nbd0 /other.kimg; echo "NBD size ended $?"
echo "NBD left $($b ls / | $b grep -c other)"
qemu-nbd --disconnect /dev/nbd0 && echo "NBD done"
"""


def with_libraries(root, program):
    """A program of this machine, and the libraries that it is linked with."""
    path = shutil.which(program)
    linked = subprocess.run(["ldd", path], capture_output=True, text=True, check=True).stdout
    for name in [path, *re.findall(r"(/\S+) \(0x", linked)]:
        target = root / name.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(name, target)
        target.chmod(0o755)


def small_root(folder, disk):
    """The root file system of the PC that captures."""
    root = folder / "root"
    for name in ("bin", "dev", "etc", "proc", "sbin", "sys", "tmp", "var/lock"):
        (root / name).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(smalldisk.BUSYBOX, root / "bin/busybox")
    shutil.copyfile(SYSIMAGE, root / "bin/sysimage")
    for name in ("busybox", "sysimage"):
        (root / "bin" / name).chmod(0o755)
    (root / "etc/proof").write_text(smalldisk.PROOF + "\n")
    (root / "sbin/init").write_text(SCRIPT)
    with_libraries(root, "qemu-nbd")
    images.run("qemu-img", "convert", "-q", "-f", "raw", "-O", "qcow2", disk, root / "disk.qcow2")
    return smalldisk.ext4(folder / "root.img", ROOT_BYTES, "5a11d15c-0000-4000-8000-00000000001",
                          root)


def main(t):
    folder = paths.results("disks")
    shutil.rmtree(folder)
    folder.mkdir()
    disk = smalldisk.make(folder / "pc.img")
    images.run("env", f"SOURCE_DATE_EPOCH={CREATED}", SYSIMAGE, "capture", *CAPTURE.split(),
               disk, folder / "raw.kimg")
    want = hashlib.sha256((folder / "raw.kimg").read_bytes()).hexdigest()
    (folder / "initrd").write_bytes(
        smalldisk.initrd(folder, MODULES.glob("*/kernel/drivers/block/nbd.ko*")))
    boot = qemu.Direct(paths.KERNEL, [folder / "initrd"], "console=ttyS0,115200 quiet panic=-1")
    plugged = qemu.Disk(small_root(folder, disk), bus="virtio")
    with qemu.VM("captures", boot=boot, disks=[plugged]) as vm:
        with t.check("a qcow2 is connected as a block device"):
            vm.wait_serial(r"NBD connected", 120)
        with t.check("its image is the one of the raw disk, byte for byte"):
            said = vm.wait_serial(r"NBD image (\w+) ", 120)[1]
            tap.require(said == want, f"{said} instead of {want}")
        with t.check("a device says itself how large its sectors are"):
            vm.wait_serial(r"--sector-size is for files", 60)
            vm.wait_serial(r"NBD size ended 2", 60)
        with t.check("nothing is left of what was refused"):
            vm.wait_serial(r"NBD left 0", 60)
        with t.check("the device can be disconnected"):
            vm.wait_serial(r"NBD done", 60)
    shutil.rmtree(folder)


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    tap.need(*smalldisk.NEEDED, MODULES, SYSIMAGE,
             programs=("qemu-system-x86_64", "qemu-nbd", "qemu-img", "ldd", *smalldisk.PROGRAMS))
    tap.run(main, limit_s=400)
