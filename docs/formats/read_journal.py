#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second reader of the journal, made from journal.md and RFC 8032 alone, with Python's
standard library: read_journal.py BOOT.journal... checks each chain and lists its records.
Where it and the journal program differ, one of them is in error. Slow, and not for signing
with keys that matter."""
import hashlib
import os
import struct
import sys

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
PURPOSE = b"blackstart journal 1\0"


def recover_x(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT % P
    if y >= P or (x * x - x2) % P or (x == 0 and sign):
        raise ValueError("not a point")
    return P - x if x & 1 != sign else x


def point(data):
    y = int.from_bytes(data, "little")
    x = recover_x(y & (1 << 255) - 1, y >> 255)
    y &= (1 << 255) - 1
    return x, y, 1, x * y % P


def add(a, b):
    one, two = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    three, four = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, a):
    result = (0, 1, 1, 0)
    while n:
        if n & 1:
            result = add(result, a)
        a, n = add(a, a), n >> 1
    return result


def encode(a):
    inverse = pow(a[2], P - 2, P)
    x, y = a[0] * inverse % P, a[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = point((BASE_Y).to_bytes(32, "little"))


def number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % Q


def signed(key, message, signature):
    try:
        a, r = point(key), point(signature[:32])
    except ValueError:
        return False
    s = int.from_bytes(signature[32:], "little")
    return s < Q and encode(times(s, BASE)) == encode(
        add(r, times(number(signature[:32], key, message), a)))


def public(seed):
    a = bytearray(hashlib.sha512(seed).digest()[:32])
    a[0] &= 248
    a[31] = a[31] & 127 | 64
    return encode(times(int.from_bytes(a, "little"), BASE))


def sign(seed, message):
    digest = hashlib.sha512(seed).digest()
    a = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | 1 << 254
    key, r = encode(times(a, BASE)), number(digest[32:], message)
    point_r = encode(times(r, BASE))
    return point_r + ((r + number(point_r, key, message) * a) % Q).to_bytes(32, "little")


def digest(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def record(boot, sequence, before, open_part, sealed, seed):
    """The bytes of a record."""
    head = b"BSJ1" + struct.pack("<I", 136 + len(open_part) + len(sealed)) + boot + struct.pack(
        "<Q", sequence) + before + struct.pack("<II", len(open_part), len(sealed))
    return head + open_part + sealed + sign(seed, PURPOSE + head + open_part + sealed)


def message(part):
    if not part.endswith(b"\0"):
        raise ValueError("the message ends within a string")
    return dict(s.split("=", 1) for s in part.decode("utf-8").split("\0")[:-1])


def chain(data, boot):
    """Each record as (sequence, offset, open message, sealed bytes, hash)."""
    at, sequence, before, key = 0, 0, bytes(32), None
    while at < len(data):
        if len(data) - at < 72:
            print(f"byte {at}: cut short", file=sys.stderr)
            return
        magic, size, its_boot, its_number, its_before, a, b = struct.unpack_from(
            "<4sI16sQ32sII", data, at)
        if magic != b"BSJ1" or not 136 <= size <= 16384 or a + b + 136 != size:
            raise ValueError(f"record {sequence}, byte {at}: no record")
        whole = data[at:at + size]
        if len(whole) < size:
            print(f"byte {at}: cut short", file=sys.stderr)
            return
        if its_boot.hex() != boot or its_number != sequence or its_before != before:
            raise ValueError(f"record {sequence}, byte {at}: not the next one")
        fields = message(whole[72:72 + a])
        if next(iter(fields)) != "kind" or (sequence == 0 and fields["kind"] != "boot"):
            raise ValueError(f"record {sequence}, byte {at}: no kind")
        key = key or bytes.fromhex(fields["stick"])
        if not signed(key, PURPOSE + whole[:-64], whole[-64:]):
            raise ValueError(f"record {sequence}, byte {at}: not signed")
        before = digest(whole)
        yield sequence, at, fields, whole[72 + a:72 + a + b], before
        sequence, at = sequence + 1, at + size


def main(paths):
    for path in paths:
        with open(path, "rb") as f:
            data = f.read()
        try:
            for sequence, _, fields, sealed, its_hash in chain(
                    data, os.path.basename(path).removesuffix(".journal")):
                print(sequence, its_hash.hex(), len(sealed), fields)
        except (ValueError, KeyError, UnicodeDecodeError) as problem:
            sys.exit(f"{path}: {problem}")


if __name__ == "__main__":
    main(sys.argv[1:])
