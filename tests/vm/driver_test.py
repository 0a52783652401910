#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver's own test, without a VM: reading a screen, typing, changing a stick."""

import pathlib
import shutil
import struct
import subprocess
import tempfile

from vm import cpio, keys, screen, stick, tap

# Glyphs of 8x4 pixels, and what they stand for.
GLYPHS = [((0, 0, 0, 0), " "), ((0x3C, 0x42, 0x42, 0x3C), "oο"), ((0xF0, 0x0F, 0xF0, 0), "ß"),
          ((0x18, 0x18, 0x18, 0), "|│"), ((0x80, 0xC0, 0xE0, 0), "ä")]


def psf1(path):
    """A PSF1 font of 256 glyphs; the letters to be told apart are the first ones."""
    bitmaps = [g for g, _ in GLYPHS] + [(0xFF, 0x81, 0x81, 0x80 | i % 128) for i in range(251)]
    table = b"".join(b"".join(struct.pack("<H", ord(c)) for c in names) + b"\xff\xff"
                     for _, names in GLYPHS) + b"\xff\xff" * 251
    path.write_bytes(b"\x36\x04\x02\x04" + b"".join(map(bytes, bitmaps)) + table)
    return path


def psf2(path):
    """The same letters as PSF2."""
    table = b"".join(names.encode() + (b"\xfeo\xcc\x88" if i == 1 else b"") + b"\xff"
                     for i, (_, names) in enumerate(GLYPHS))
    path.write_bytes(b"\x72\xb5\x4a\x86" + struct.pack("<7I", 0, 32, 1, len(GLYPHS), 4, 4, 8)
                     + b"".join(bytes(g) for g, _ in GLYPHS) + table)
    return path


def picture(text, paper, ink, pitch=8, cursor=None):
    """A PPM of one line of text in the font above."""
    bitmaps = {c: g for g, names in GLYPHS for c in names}
    rows = []
    for y in range(4):
        for x, character in enumerate(text):
            bits = bitmaps[character][y] if (x, y) != (cursor, 3) else 0xFF
            for column in range(pitch):
                rows.append(ink if column < 8 and bits >> (7 - column) & 1 else paper)
    return screen.Picture(b"P6\n%d 4\n255\n" % (len(text) * pitch) + b"".join(rows))


BLACK, WHITE, BLUE = b"\0\0\0", b"\xff\xff\xff", b"\0\0\xaa"
READ = [
    ("plain", ("oß |ä o", BLACK, WHITE), "oß |ä o"),
    ("inverse", ("oß |ä o", WHITE, BLACK), "oß |ä o"),
    ("coloured", ("ä", BLUE, WHITE), "ä"),
    ("look-alikes are the plainest", ("ο│", BLACK, WHITE), "o|"),
    ("with the cursor under a letter", ("oßo", BLACK, WHITE, 8, 1), "oßo"),
    ("cells of nine pixels", ("oß |ä o ", BLACK, WHITE, 9), "oß |ä o"),
]


def screen_part(t, folder):
    for path in (psf1(folder / "a.psf"), psf2(folder / "b.psf")):
        font = screen.read_font(path)
        for name, drawn, want in READ:
            pitch = drawn[3] if len(drawn) > 3 else 8
            lines, missing = screen.decode(picture(*drawn), font, pitch)
            t.ok(lines == [want] and not missing, f"{font.name}: read {name}", f"{lines} {missing}")
    noise = screen.Picture(b"P6\n16 4\n255\n" + bytes(range(192)))
    t.ok(screen.read(noise, [font]) == [], "a picture that is no text reads as nothing")
    fonts = [screen.Font("of nothing", 8, 4, []), font]
    for text in ("oß", "oä", "oß"):
        t.ok(screen.read(picture(text, BLACK, WHITE), fonts) == [text] and fonts[0] is font,
             f"the font that fits is tried first, and reads {text}")


def keys_part(t):
    t.ok(keys.presses("zY@", "de") == [["y"], ["shift", "z"], ["alt_r", "q"]],
         "a German keyboard has z and y swapped, and @ on Q")
    t.ok(keys.presses("a:\n", "us") == [["a"], ["shift", "semicolon"], ["ret"]], "US keys")
    try:
        keys.presses("ж", "de")
        t.ok(False, "a letter that no key has is refused")
    except ValueError as problem:
        t.ok("ж" in str(problem), "a letter that no key has is refused")


def stick_part(t, folder):
    image = folder / "stick.img"
    with open(image, "wb") as disk:
        disk.truncate(64 << 20)
    subprocess.run(["sfdisk", "-q", image], check=True, text=True, capture_output=True,
                   input="label: gpt\nstart=2048,size=2048\nstart=4096,size=100000\n",
                   env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
    t.ok(stick.partitions(image)[1] == (4096 * 512, 100000 * 512), "the partitions are found",
         str(stick.partitions(image)))
    part = folder / "fat"
    with open(part, "wb") as disk:
        disk.truncate(100000 * 512)
    subprocess.run(["mformat", "-i", part, "::"], check=True)
    subprocess.run(["mmd", "-i", part, "::/a"], check=True)
    with open(image, "r+b") as disk:
        disk.seek(4096 * 512)
        disk.write(part.read_bytes())
    stick.replace(image, "a/file", b"\0" * 5000)
    stick.flip_bit(image, "a/file")
    t.ok(stick.read(image, "a/file") == b"\0" * 2500 + b"\1" + b"\0" * 2499,
         "one bit of a file is flipped")
    stick.write_settings(image, language="de", keyboard="ch")
    t.ok(stick.settings(image) == {"language": "de", "keyboard": "ch"}, "settings are kept")


def cpio_part(t, folder):
    (folder / "a.cpio").write_bytes(cpio.archive({"one": b"1\n", "three": b"333"}))
    done = subprocess.run(["cpio", "-t", "--quiet"], stdin=open(folder / "a.cpio", "rb"),
                          capture_output=True, text=True, check=False)
    t.ok(done.stdout.split() == ["one", "three"] and not done.stderr,
         "cpio reads our archives", done.stdout + done.stderr)


def main(t):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        screen_part(t, folder)
        keys_part(t)
        if shutil.which("mformat") and shutil.which("sfdisk", path="/usr/sbin:/sbin:/usr/bin"):
            stick_part(t, folder)
        else:
            t.skip("one bit of a file is flipped", "mtools or sfdisk is not installed")
        if shutil.which("cpio"):
            cpio_part(t, folder)
        else:
            t.skip("cpio reads our archives", "cpio is not installed")


if __name__ == "__main__":
    tap.run(main, limit_s=60)
