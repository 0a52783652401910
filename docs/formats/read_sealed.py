#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a sealed file: the second reader for sealed.md and slots.md.

It is written from these two pages, not from the C code, so that a laboratory or a town
can open what is theirs without the program that sealed it. It needs Python 3.9 and Debian's
python3-nacl (libsodium). Secret is either a kit.slots with a passphrase or the
words of an envelope, or an X25519 secret key (32 bytes, or 64 hexadecimal digits).

  read_sealed.py protected.db.sealed protected.db --slots kit.slots
  read_sealed.py protected.db.sealed protected.db --secret-key lab.key

Exit status: 0 done, 1 failed, 2 usage, 3 not authentic, damaged or malformed.
"""
import argparse
import getpass
import hashlib
import importlib
import os
import re
import sys

PIECE = 65536 + 17  # bytes of every piece but the last
TIERS = {2: (1,), 4: (2,), 6: (1, 2)}  # bit masks of a slot
KINDS = {1: "passphrase", 2: "envelope"}

# manifest.md, "Unsafe characters"; the last two of each plane besides
UNSAFE = (
    (0x0000, 0x001F), (0x007F, 0x009F), (0x00AD, 0x00AD), (0x061C, 0x061C), (0x180E, 0x180E),
    (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0xE000, 0xF8FF), (0xFDD0, 0xFDEF),
    (0xFEFF, 0xFEFF), (0xFFF0, 0xFFFB), (0xE0000, 0xE00FF), (0xF0000, 0x10FFFF),
)

try:
    sodium = importlib.import_module("nacl.bindings")
except ImportError:
    sys.exit("read_sealed.py: python3-nacl is missing; on Debian: apt install python3-nacl")


class Refused(Exception):
    """What is read is forged, damaged, malformed, or not for this key."""


def say(words):
    print(words, file=sys.stderr)


def blake2b(size, key, *parts):
    return hashlib.blake2b(b"".join(parts), digest_size=size, key=key).digest()


class Bytes:
    """A cursor that refuses to go past the end."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        if n > len(self.data) - self.at:
            raise Refused("is cut short")
        self.at += n
        return self.data[self.at - n : self.at]

    def number(self, n=1):
        return int.from_bytes(self.take(n), "little")


# Slots (slots.md)


def is_unsafe(c):
    return c & 0xFFFE == 0xFFFE or any(first <= c <= last for first, last in UNSAFE)


def check_label(label):
    try:
        text = label.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("has a slot whose label is not UTF-8") from None
    if not 1 <= len(label) <= 63 or any(is_unsafe(ord(c)) for c in text):
        raise Refused("has a slot with a malformed label")
    return text


def parse_slots(data):
    """The header's fields and a list of slots."""
    if len(data) > 8192:
        raise Refused("is too large for a file of key slots")
    b = Bytes(data)
    if b.take(8) != b"BS-SLOTS":
        raise Refused("is not a file of key slots")
    if b.number() != 1:
        raise Refused("has another version than 1, which this program reads")
    flags = b.number()
    kit_id = b.take(b.number())
    if flags > 1 or not re.fullmatch(rb"[A-Za-z0-9._-]{1,40}", kit_id):
        raise Refused("has unknown flags or a malformed kit_id")
    s = {"kit_id": kit_id.decode(), "exercise": flags == 1, "salt": b.take(16)}
    s["memory_kib"], s["passes"] = b.number(4), b.number(4)
    if not (65536 <= s["memory_kib"] <= 262144 and 1 <= s["passes"] <= 16):
        raise Refused("has parameters of Argon2id outside the limits")
    s["public"] = {1: b.take(32), 2: b.take(32)}
    head = data[: b.at]
    count = b.number()
    if not 1 <= count <= 16:
        raise Refused(f"has {count} slots; possible are 1 to 16")
    s["slots"] = []
    for _ in range(count):
        start = b.at
        kind, tiers = b.number(), b.number()
        label = check_label(b.take(b.number()))
        if kind not in KINDS or tiers not in TIERS:
            raise Refused("has a slot of unknown kind or tiers")
        if label in (x["label"] for x in s["slots"]):
            raise Refused(f"has two slots with the label {label!r}")
        slot = {"kind": KINDS[kind], "tiers": TIERS[tiers], "label": label}
        slot["bound"] = head + data[start : b.at]
        slot["nonce"] = b.take(24)
        slot["wrapped"] = b.take(32 * len(TIERS[tiers]) + 16)
        s["slots"].append(slot)
    if b.at != len(data):
        raise Refused(f"has {len(data) - b.at} bytes after its end")
    return s


def normalise(entry):
    lower = bytes(c + 32 if 65 <= c <= 90 else c for c in entry)
    return re.sub(rb"[ \t-]+", b" ", lower).strip(b" ")


def open_slots(s, entry):
    """The secret keys by tier that this entry opens."""
    say(f"trying the entry on {len(s['slots'])} slots of the kit {s['kit_id']}"
        f" (Argon2id, {s['memory_kib'] // 1024} MiB, {s['passes']} passes)")
    master = sodium.crypto_pwhash_alg(
        32, normalise(entry), s["salt"], s["passes"], s["memory_kib"] * 1024,
        sodium.crypto_pwhash_ALG_ARGON2ID13)
    keys = {}
    for slot in s["slots"]:
        key = blake2b(32, master, b"blackstart slot 1", slot["nonce"])
        try:
            plain = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
                slot["wrapped"], slot["bound"], slot["nonce"], key)
        except Exception as e:  # the binding's own class; anything else must be seen
            if type(e).__name__ != "CryptoError":
                raise
            continue
        say(f"opened the slot {slot['label']!r} ({slot['kind']}): tiers"
            f" {', '.join(map(str, slot['tiers']))}")
        for i, tier in enumerate(slot["tiers"]):
            secret = plain[32 * i : 32 * i + 32]
            if sodium.crypto_scalarmult_base(secret) != s["public"][tier]:
                raise Refused(f"holds a key of tier {tier} that is not this kit's")
            keys[tier] = secret
    if not keys:
        raise Refused("is opened by none of its slots with this entry")
    return keys


# Sealed files (sealed.md)


def read_head(f):
    start = Bytes(f.read(10))
    if start.take(8) != b"BSSEALED":
        raise Refused("is not a sealed file")
    if start.number() != 1:
        raise Refused("has another version than 1, which this program reads")
    count = start.number()
    if not 1 <= count <= 16:
        raise Refused(f"is damaged: sealed to {count} recipients, possible are 1 to 16")
    rest = Bytes(f.read(80 * count + 56))
    entries = [rest.take(80) for _ in range(count)]
    commitment, stream = rest.take(32), rest.take(24)
    return entries, commitment, stream, blake2b(32, b"", start.data, rest.data)


def find_file_key(entries, commitment, secrets):
    for name, secret in secrets:
        public = sodium.crypto_scalarmult_base(secret)
        for number, entry in enumerate(entries, 1):
            try:
                file_key = sodium.crypto_box_seal_open(entry, public, secret)
            except Exception as e:
                if type(e).__name__ != "CryptoError":
                    raise
                continue
            if blake2b(32, file_key, b"blackstart sealed 1 commitment") == commitment:
                say(f"entry {number} of {len(entries)} is for {name}")
                return file_key
    raise Refused("is not sealed to this key, or its beginning is altered")


def pieces(f, file_key, stream, digest):
    """The plain bytes, piece by piece; whoever takes them keeps none if this raises."""
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, stream, file_key)
    number, piece = 1, f.read(PIECE)
    while True:
        following = f.read(PIECE)
        if len(piece) < 17:
            raise Refused(f"is cut short in piece {number}")
        try:
            plain, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, piece, digest)
        except Exception as e:
            if type(e).__name__ not in ("CryptoError", "RuntimeError"):
                raise
            raise Refused(f"is altered, damaged or cut short in piece {number}") from None
        last = tag == sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
        if last and following:
            raise Refused("has bytes after its end")
        if last and not plain and number > 1:
            raise Refused("ends with an empty piece")
        if not last and tag != sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE:
            raise Refused(f"has an unknown mark on piece {number}")
        if not last and not following:
            raise Refused("is cut short: the last piece is missing")
        yield plain
        if last:
            say(f"all {number} pieces are right")
            return
        number, piece = number + 1, following


def write_new(path, chunks):
    """A file of mode 0600 that appears whole or not at all, and replaces none."""
    if path == "-":  # a pipe cannot be taken back: all of it first
        sys.stdout.buffer.write(b"".join(chunks))
        sys.stdout.buffer.flush()
        return
    temporary = f"{path}.new-{os.getpid()}"
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
            size = sum(f.write(c) for c in chunks)
            f.flush()
            os.fsync(f.fileno())
        if os.path.lexists(path):
            raise FileExistsError(f"{path} exists; it is not overwritten")
        os.rename(temporary, path)
    except BaseException:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise
    say(f"wrote {path}: {size} bytes")


def read_secrets(o):
    if o.secret_key:
        with open(o.secret_key, "rb") as f:
            raw = f.read(128)
        if len(raw) != 32:
            if not re.fullmatch(rb"[0-9a-fA-F]{64}", raw.strip()):
                raise Refused(f"{o.secret_key}: is no secret key of 32 bytes or 64 digits")
            raw = bytes.fromhex(raw.decode())
        return [("this key", raw)]
    with open(o.slots, "rb") as f:
        data = f.read(8193)
    try:
        s = parse_slots(data)
        if s["exercise"]:
            say("EXERCISE: these are the keys of an exercise")
        if o.entry_file:
            with open(o.entry_file, "rb") as f:
                entry = f.readline(512).rstrip(b"\r\n")
        else:
            entry = getpass.getpass("Passphrase or words of the envelope: ").encode()
        keys = open_slots(s, entry)
    except Refused as e:
        raise Refused(f"{o.slots}: {e}") from None
    if o.tier and o.tier not in keys:
        raise Refused(f"{o.slots}: this entry does not open tier {o.tier}")
    return [(f"tier {t}", k) for t, k in sorted(keys.items()) if o.tier in (None, t)]


def main():
    p = argparse.ArgumentParser(description="Open a sealed file (sealed.md, slots.md).")
    p.add_argument("sealed", metavar="SEALED")
    p.add_argument("out", metavar="OUT", help="the plain file to make; - is standard output")
    how = p.add_mutually_exclusive_group(required=True)
    how.add_argument("--slots", metavar="FILE", help="kit.slots or the author's key file")
    how.add_argument("--secret-key", metavar="FILE", help="32 bytes, or 64 hexadecimal digits")
    p.add_argument("--entry-file", metavar="FILE",
                   help="passphrase or words from its first line; else they are asked for")
    p.add_argument("--tier", type=int, choices=(1, 2), help="use only this tier's key")
    o = p.parse_args()
    try:
        if o.out != "-" and os.path.lexists(o.out):
            raise FileExistsError(f"{o.out} exists; it is not overwritten")
        secrets = read_secrets(o)
        with open(o.sealed, "rb") as f:
            try:
                entries, commitment, stream, digest = read_head(f)
                file_key = find_file_key(entries, commitment, secrets)
                write_new(o.out, pieces(f, file_key, stream, digest))
            except Refused as e:
                raise Refused(f"{o.sealed}: {e}") from None
    except Refused as e:
        say(f"read_sealed.py: {e}")
        return 3
    except OSError as e:
        say(f"read_sealed.py: {e}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
