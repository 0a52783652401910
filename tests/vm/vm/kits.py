# SPDX-License-Identifier: GPL-3.0-or-later
"""Organisations made for a test: keys, roots, and kits that they signed."""

import pathlib
import shutil
import subprocess

from vm import paths, tap

TRUST = paths.OUT / "host/bin/trust"
KIT = paths.OUT / "host/bin/kit"
DEMO = pathlib.Path("kits")
HOLDERS = ("hauptamt", "isb", "feuerwehr")


def run(*command, cwd):
    done = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True,
                          timeout=120, check=False)
    tap.require(done.returncode == 0, f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def make_root(folder, name):
    """An organisation's keys and root: two of three sign roots, two sign kits."""
    folder.mkdir()
    (folder / "pass").write_text("horn beil tanne rot\n")
    for holder in HOLDERS:
        run(TRUST, "keygen", holder, "--passphrase-file", "pass", cwd=folder)
    run(TRUST, "init", "trust", name, *(f"{h}.pub" for h in HOLDERS), "--threshold-kit", "2",
        cwd=folder)
    for holder in HOLDERS[:2]:
        run(TRUST, "sign", "trust/1.root", "--key", f"{holder}.key", "--role", "root",
            "--passphrase-file", "pass", cwd=folder)
    return folder


def make_kit(root, name, signers):
    """The demonstration's source, compiled with the root in it and signed."""
    source = root / "source"
    if not source.exists():
        shutil.copytree(DEMO / "musterlingen", source)
        shutil.copytree(DEMO / "public", root / "public")
        shutil.copytree(root / "trust", source / "trust")
    image = root / f"{name}.img"
    run(KIT, "compile", "source", image.name, cwd=root)
    for holder in signers:
        run(KIT, "sign", image.name, "--key", f"{holder}.key", "--passphrase-file", "pass",
            cwd=root)
    return image
