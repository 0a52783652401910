# SPDX-License-Identifier: GPL-3.0-or-later
"""BitLocker volumes that others made, with the keys and the digests that they state."""

import configparser
import os
import pathlib
import subprocess

SAMPLES = pathlib.Path("../shared/data/triage/cryptsetup/tests").resolve()
MIB = 1024 * 1024


def volumes(folder):
    """(name, path of the image, what is stated of it), unpacked into a folder."""
    subprocess.run(["tar", "-xJSf", SAMPLES / "bitlk-images.tar.xz", "-C", folder, "--no-same-owner"],
                   check=True)
    folder = folder / "bitlk-images"
    stated = configparser.ConfigParser(interpolation=None)
    stated.read(folder / "images.conf")
    return [(name, folder / f"{name}.img", dict(stated[name])) for name in stated.sections()]


def keys(path, stated):
    """(what it is, its bytes) of every key that opens a volume."""
    found = [(what, stated[key].encode()) for what, key in (("passphrase", "pw"),
                                                            ("recovery password", "rp"),
                                                            ("second recovery password", "rp2"))
             if stated.get(key)]
    if stated.get("sk_vmk_guid"):
        file = path.parent / f"{stated['sk_vmk_guid'].upper()}.BEK"
        found.append(("startup key", file.read_bytes()))
    if stated.get("clearkey_vmk_guid"):
        found.append(("absence of a key", b""))
    return found


def closed(stated):
    """Is it one of those of whose content nothing is stated: those that no cryptsetup opens?"""
    return not stated["sha256sum"]


def disk(path, images):
    """A disk with one partition for each image, in order; holes stay holes."""
    at, rows = 2048, []
    for image in images:
        rows.append((at, image))
        at += -(-image.stat().st_size // MIB) * 2048
    with open(path, "wb") as out:
        out.truncate((at + 2048) * 512)
    script = "label: gpt\n" + "".join(f"start={first}, size={image.stat().st_size // 512}, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\n"
                                      for first, image in rows)
    subprocess.run(["/sbin/sfdisk", "-q", path], input=script, text=True, check=True,
                   capture_output=True)
    for first, image in rows:
        subprocess.run(["dd", f"if={image}", f"of={path}", "bs=1M", "conv=sparse,notrunc",
                        f"seek={first // 2048}", "status=none"], check=True, env=os.environ)
    return path
