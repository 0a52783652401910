# SPDX-License-Identifier: GPL-3.0-or-later
"""Event logs that fuzzing begins with: the small ones among the samples, where there are any."""

import pathlib

SAMPLES = pathlib.Path(__file__).resolve().parents[3] / "shared/data/triage"
CHUNK = 65536


def seeds():
    """Each sample's header and first chunk, as far as its records go and a little further."""
    found = {}
    for path in sorted(SAMPLES.rglob("*.evtx")):
        data = path.read_bytes()[:4096 + CHUNK]
        used = int.from_bytes(data[4096 + 48:4096 + 52], "little")
        found[f"triage/evtx_fuzz/{len(found)}"] = data[:4096 + min(used + 2048, CHUNK)]
    return found
