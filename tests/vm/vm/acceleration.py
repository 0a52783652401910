# SPDX-License-Identifier: GPL-3.0-or-later
"""Hardware virtualisation where it works, emulation where it does not.

A /dev/kvm that opens proves nothing: it may die on a real guest. So the stick's
kernel is booted once, and must come as far as looking for a root file system."""

import os
import subprocess
import threading
import time

from vm import paths

_KEPT_S = 3600
_MARK = b"Unable to mount root fs"
_PROBE_S = 5
# One thread of QEMU for all processors of an emulated PC: two such PCs keep two cores busy, none
# waits for a processor of its own that is not running, and none meets kernel code while
# another patches it, which QEMU's parallel processors may. And no fast string instructions: the emulation
# runs "rep stosb" byte by byte, so the guest's kernel must clear pages by eight (measured: a start
# takes a quarter less).
_OPTIONS = {"kvm": ["-accel", "kvm", "-cpu", "max"],
            "tcg": ["-accel", "tcg,thread=single", "-cpu", "max,erms=off,fsrm=off"]}
_lock = threading.Lock()


def _kvm_works(smm):
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False, "/dev/kvm cannot be opened"
    if not paths.KERNEL.exists():
        return False, "there is no kernel to try it with"
    command = ["setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", "-nodefaults",
               "-no-user-config", "-display", "none", "-machine", f"q35,smm={smm}",
               *_OPTIONS["kvm"],
               "-m", "512", "-smp", "2", "-no-reboot", "-serial", "stdio", "-kernel",
               str(paths.KERNEL), "-append", "console=ttyS0 panic=-1"]
    try:
        # -no-reboot: the panic at the mark also ends QEMU.
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=_PROBE_S, check=False)
        output, errors = done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        output, errors = late.stdout or b"", b""
    if _MARK in output:
        return True, "a guest ran"
    words = errors.decode(errors="replace").strip().splitlines()
    return False, "a guest died: " + (words[0] if words else f"nothing in {_PROBE_S} s")


def chosen(smm="off"):
    """ "kvm" or "tcg", for a machine with or without SMM (which Secure Boot wants and
    some virtual hosts lack); tried once an hour at most, and said once."""
    answer = paths.OUT / "vm" / f"acceleration-smm-{smm}"
    with _lock:
        told = os.environ.get("BLACKSTART_ACCELERATION")
        if told:
            return told
        fresh = answer.exists() and time.time() - answer.stat().st_mtime < _KEPT_S
        if not fresh:
            good, why = _kvm_works(smm)
            answer.parent.mkdir(parents=True, exist_ok=True)
            answer.write_text("kvm" if good else "tcg")
            print(f"# virtual PCs (SMM {smm}) run with {'KVM' if good else 'TCG, emulation'}: "
                  f"{why}", flush=True)
        return answer.read_text()


def arguments(smm="off"):
    return _OPTIONS[chosen(smm)]
