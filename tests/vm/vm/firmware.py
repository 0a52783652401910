# SPDX-License-Identifier: GPL-3.0-or-later
"""The PC's firmware: BIOS, UEFI, UEFI with Secure Boot and a chosen set of keys."""

import os
import shutil
import subprocess
import threading

from vm import paths

PYTHON = "/usr/bin/python3"  # the one that Debian's python3-cryptography belongs to
MICROSOFT = "77fa9abd-0359-4d32-bd60-28f4e78f784b"
_WINDOWS = ("MicrosoftWindowsProductionPCA2011.pem", "WindowsUEFICA2023.pem")
_UEFI = ("MicrosoftCorporationUEFICA2011.pem", "MicrosoftUEFICA2023.pem")

# What stands in `db`: the PCs of an office, by age.
STORES = {
    "2011": (_WINDOWS[0], _UEFI[0]),
    "2023": (_WINDOWS[1], _UEFI[1]),
    "both": _WINDOWS + _UEFI,
    "windows": _WINDOWS,
}

_lock = threading.Lock()

# virt-firmware wants the back-port importlib_resources; Python has had it since 3.7.
_START = ("import sys, importlib.resources as r; sys.modules['importlib_resources'] = r; "
          "from virt.firmware.vars import main; sys.exit(main())")


def _virt_fw_vars(*arguments):
    package = paths.find(paths.FIRMWARE, "vars.py").parents[2]
    done = subprocess.run([PYTHON, "-c", _START, *map(str, arguments)], capture_output=True,
                          text=True, check=False, env=os.environ | {"PYTHONPATH": str(package)})
    if done.returncode:
        raise RuntimeError(f"virt-fw-vars: {done.stderr.strip()[-500:]}")


def variable_store(keys):
    """A variable store with Secure Boot on and the keys STORES[keys] in db; made once."""
    store = paths.OUT / "vm" / "firmware" / f"vars-{keys}.fd"
    with _lock:
        if not store.exists():
            store.parent.mkdir(parents=True, exist_ok=True)
            certificates = []
            for name in STORES[keys]:
                certificates += ["--add-db", MICROSOFT, paths.find(paths.FIRMWARE, name)]
            fresh = store.with_suffix(f".{os.getpid()}")
            _virt_fw_vars("--input", paths.find(paths.FIRMWARE, "OVMF_VARS_4M.fd"),
                          "--enroll-generate", "Blackstart test", "--no-microsoft",
                          "--secure-boot", *certificates, "--output", fresh)
            fresh.rename(store)
    return store


def missing():
    """The first file of UEFI firmware that is not there, or None."""
    for name in ("OVMF_CODE_4M.fd", "OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.fd", *STORES["both"]):
        if not paths.find(paths.FIRMWARE, name):
            return name
    return None


def arguments(kind, folder):
    """QEMU's options for firmware `kind`: "bios", "uefi" or "secure-KEYS".

    The variables are a copy in `folder`: what a boot writes there stays there."""
    if kind == "bios":
        return ["-machine", "pc"]
    if kind == "uefi":
        machine, code = "q35,smm=off", "OVMF_CODE_4M.fd"
        store = paths.find(paths.FIRMWARE, "OVMF_VARS_4M.fd")
    else:
        machine, code = "q35,smm=on", "OVMF_CODE_4M.secboot.fd"
        store = variable_store(kind.removeprefix("secure-"))
    own = folder / "vars.fd"
    shutil.copyfile(store, own)
    options = ["-machine", machine, "-global", "ICH9-LPC.disable_s3=1",
               "-drive", "if=pflash,unit=0,format=raw,readonly=on,file="
               + str(paths.find(paths.FIRMWARE, code)),
               "-drive", f"if=pflash,unit=1,format=raw,file={own}"]
    if kind != "uefi":
        options += ["-global", "driver=cfi.pflash01,property=secure,value=on"]
    return options
