# SPDX-License-Identifier: GPL-3.0-or-later
"""What a started stick shows, and the usual ways to start one."""

from vm import cpio, paths, qemu, stick

START = r"Emergency handbook|Notfallhandbuch"
REFUSED = r"BLACKSTART CANNOT START ON THIS PC"
# The stick has been asked its language before; keyboard us types on both sides alike.
ANSWERED = {"language": "en", "keyboard": "us"}


def prepared_stick(name, **settings):
    """A copy of the stick's image with answers in its settings block."""
    image = stick.copy(paths.results() / f"{name}.img")
    stick.write_settings(image, **(settings or ANSWERED))
    return image


def direct(append="", base=None, kit=None):
    """The stick's kernel, initramfs and slots, loaded by QEMU: quicker than any firmware."""
    settings = " ".join(f"blackstart.{k}={v}" for k, v in ANSWERED.items())
    files = [base or paths.BASE, kit or paths.KIT]
    if paths.SLOTS.exists():
        # As GRUB wraps it: /kit.slots.
        files.append(paths.results() / "slots.cpio")
        files[-1].write_bytes(cpio.archive({"kit.slots": paths.SLOTS.read_bytes()}))
    return qemu.Direct(paths.KERNEL, files, "console=tty0 console=ttyS0,115200 init_on_free=1 "
                       f"{settings} {append}".strip())


def wait_start(vm, timeout_s=120):
    """Wait for the start screen on the console and on the serial line."""
    vm.wait_serial(START, timeout_s)
    vm.wait_screen(START, 30)
