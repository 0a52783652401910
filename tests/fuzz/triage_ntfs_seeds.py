# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds of the targets for MFTs, change journals and logs: pieces of the samples in ../shared/data,
where they are there, and of a volume of mkntfs."""
import pathlib
import subprocess

import ntfs_seeds

SAMPLES = pathlib.Path(__file__).resolve().parents[3] / "shared/data/triage"
DFIR = SAMPLES / "msuhanov_dfir_ntfs/test_data"
RECORDS = 32 << 10


def samples():
    seeds = {}
    for path in sorted((SAMPLES / "omerbenamram_mft").glob("*/entry_*")):
        seeds[f"lib/ntfs_scan_fuzz/{path.name}"] = path.read_bytes()
    for path in sorted(DFIR.glob("*.mft")):
        seeds[f"lib/ntfs_scan_fuzz/{path.name}"] = path.read_bytes()[RECORDS:2 * RECORDS]
    journal = DFIR / "usnjrnlj.bin"
    if journal.exists():
        seeds["triage/usn_fuzz/first"] = journal.read_bytes()[:9000]
        seeds["triage/usn_fuzz/last"] = journal.read_bytes()[-6000:]
    for path in sorted(DFIR.glob("LogFile_*.bin")):
        # Both restart pages, those written ahead, and two of the ring.
        seeds[f"triage/logfile_fuzz/{path.name}"] = path.read_bytes()[:0x24000]
    return seeds


def seeds(work):
    volume = work / "ntfs-mft"
    with open(volume, "wb") as f:
        f.truncate(2 << 20)
    subprocess.run(["mkntfs", "-q", "-F", "-f", "-c", "512", "-s", "512", "-p", "0", "-H", "0",
                    "-S", "0", str(volume)], check=True, capture_output=True,
                   env=ntfs_seeds.ENVIRONMENT)
    made = ntfs_seeds.Volume(volume)
    mft = bytes(made.bytes[made.mft:made.mft + RECORDS])
    return {"lib/ntfs_scan_fuzz/mkntfs": mft} | samples()
