# SPDX-License-Identifier: GPL-3.0-or-later
"""What a started stick shows, and the usual ways to start one."""

from vm import paths, qemu, stick

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
    """The stick's kernel and initramfs, loaded by QEMU: quicker than any firmware."""
    settings = " ".join(f"blackstart.{k}={v}" for k, v in ANSWERED.items())
    return qemu.Direct(paths.KERNEL, [base or paths.BASE, kit or paths.KIT],
                       f"console=tty0 console=ttyS0,115200 {settings} {append}".strip())


def wait_start(vm, timeout_s=120):
    """Wait for the start screen on the console and on the serial line."""
    vm.wait_serial(START, timeout_s)
    vm.wait_screen(START, 30)
