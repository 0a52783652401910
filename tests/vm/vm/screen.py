# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a screen as a person does: a picture of a text console back to text.

The picture is cut into the cells of a console font (PSF1 or PSF2 with a Unicode
table), and each cell of two colours, in either order, is looked up."""

import functools
import gzip
import hashlib
import pathlib
import struct

from vm import paths

UNKNOWN = "\ufffd"
_VGA_BIOS = [pathlib.Path("/usr/share") / p for p in ("seabios/vgabios-stdvga.bin",
                                                      "qemu/vgabios-stdvga.bin")]


class Font:
    """Glyph bitmaps (one integer a row) to characters."""

    def __init__(self, name, width, height, glyphs):
        self.name, self.width, self.height = name, width, height
        self.by_bitmap = {}
        # Where glyphs look alike the plainest character wins: A before Greek Alpha.
        for bitmap, characters in glyphs:
            if characters:
                best = min(characters + [self.by_bitmap.get(bitmap, characters[0])], key=ord)
                self.by_bitmap[bitmap] = best
        self.full = (1 << width) - 1
        # What was read before: most of a screen stands still from one look to the next.
        self.cells, self.lines = {}, {}

    def look_up(self, bitmap):
        """The character of a bitmap, also where the text cursor underlines it."""
        found = self.by_bitmap.get(bitmap)
        if found:
            return found
        if bitmap[-1] == self.full or bitmap[-2] == self.full:
            for rows in (1, 2, 3):
                bare = bitmap[:-rows]
                for whole, character in self.by_bitmap.items():
                    if whole[:-rows] == bare:
                        return character
        return None


def _rows(data, width, height):
    row_bytes = (width + 7) // 8
    shift = row_bytes * 8 - width
    return tuple(int.from_bytes(data[y * row_bytes:(y + 1) * row_bytes], "big") >> shift
                 for y in range(height))


def _psf1_table(table, count):
    units = struct.iter_unpack("<H", table[:len(table) // 2 * 2])
    characters = [[] for _ in range(count)]
    for entry in characters:
        sequence = False
        for (unit,) in units:
            if unit == 0xFFFF:
                break
            sequence = sequence or unit == 0xFFFE
            if not sequence:
                entry.append(chr(unit))
    return characters


def _psf2_table(table, count):
    characters = []
    for entry in table.split(b"\xff")[:count]:
        characters.append(list(entry.split(b"\xfe")[0].decode("utf-8")))
    return characters + [[]] * (count - len(characters))


def read_font(path):
    """A console font file, gzipped or not."""
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:2] == b"\x36\x04":
        mode, height = data[2], data[3]
        width, size, count, start = 8, height, 512 if mode & 1 else 256, 4
        table = _psf1_table(data[start + count * size:], count)
    elif data[:4] == b"\x72\xb5\x4a\x86":
        start, flags, count, size, height, width = struct.unpack_from("<6I", data, 8)
        if not flags & 1:
            raise ValueError(f"{path}: a PSF2 font without Unicode table")
        table = _psf2_table(data[start + count * size:], count)
    else:
        raise ValueError(f"{path}: not a console font")
    bitmaps = (_rows(data[start + i * size:start + (i + 1) * size], width, height)
               for i in range(count))
    return Font(path.name, width, height, list(zip(bitmaps, table, strict=True)))


def _rom_font():
    """The font of the PC's own text mode, out of QEMU's VGA BIOS: a table of 256 glyphs
    of 16 rows, found by its well-known second one, the smiling face."""
    face = bytes([0, 0, 0x7E, 0x81, 0xA5, 0x81, 0x81, 0xBD, 0x99, 0x81, 0x81, 0x7E, 0, 0, 0, 0])
    for rom in _VGA_BIOS:
        if rom.exists():
            data = rom.read_bytes()
            start = data.find(face) - 16
            if start >= 0:
                glyphs = [(tuple(data[start + i * 16:start + i * 16 + 16]),
                           [bytes([i]).decode("cp437")]) for i in range(32, 256)]
                return [Font("VGA BIOS", 8, 16, glyphs)]
    return []


@functools.cache
def usual_fonts():
    """The fonts that the console may be using: the stick's own, and the PC's."""
    folder = paths.OUT / "stick-root/usr/share/consolefonts"
    return [read_font(p) for p in sorted(folder.glob("*.psf*"))] + _rom_font()


class Picture:
    """A binary PPM."""

    def __init__(self, data):
        magic, size, depth, pixels = data.split(b"\n", 3)
        width, height = map(int, size.split())
        if magic != b"P6" or depth != b"255" or len(pixels) < width * height * 3:
            raise ValueError("not a whole 24-bit PPM")
        self.width, self.height, self.pixels = width, height, pixels

    def rows(self, top, height):
        """The pixels of whole rows."""
        return self.pixels[top * self.width * 3:(top + height) * self.width * 3]


def _character(font, cell):
    """One cell to one character: try its two colours both ways round."""
    pixels = [cell[i:i + 3] for i in range(0, len(cell), 3)]
    colours = sorted(set(pixels), key=pixels.count, reverse=True)
    if len(colours) == 1:
        return " "
    if len(colours) > 2:
        return UNKNOWN
    rows = [pixels[y * font.width:(y + 1) * font.width] for y in range(font.height)]
    # The commoner colour is most likely the background.
    for ink in reversed(colours):
        bitmap = tuple(int("".join("1" if p == ink else "0" for p in row), 2) for row in rows)
        found = font.look_up(bitmap)
        if found:
            return found
    return UNKNOWN


def _line(font, rows, width, pitch):
    """One line of cells: its text, how many are inked, how many of these are no glyph."""
    text = []
    for left in range(0, width - pitch + 1, pitch):
        starts = range(left * 3, len(rows), width * 3)
        cell = b"".join(rows[start:start + font.width * 3] for start in starts)
        if cell not in font.cells:
            font.cells[cell] = _character(font, cell)
        text.append(font.cells[cell])
    return "".join(text), sum(c != " " for c in text), text.count(UNKNOWN)


def decode(picture, font, pitch=None):
    """The text lines of a picture, and the share of inked cells that are no glyph."""
    pitch = pitch or font.width
    lines, inked, unknown = [], 0, 0
    for top in range(0, picture.height - font.height + 1, font.height):
        rows = picture.rows(top, font.height)
        # The rows themselves would be 100 kB for each line of a large screen.
        key = pitch, picture.width, hashlib.blake2b(rows, digest_size=16).digest()
        if key not in font.lines:
            font.lines[key] = _line(font, rows, picture.width, pitch)
        text, line_inked, line_unknown = font.lines[key]
        inked += line_inked
        unknown += line_unknown
        lines.append(text.rstrip())
    return lines, unknown / inked if inked else 0.0


def read(picture, fonts):
    """The text lines of a picture in the font that fits best; [] if none does. A font that
    leaves nothing out moves to the front of the list: the next picture is likely in it, too."""
    best, least = [], 0.2
    for number, font in enumerate(fonts):
        # VGA's text modes of 720 pixels put a ninth, mostly empty column after each glyph.
        pitch = 9 if font.width == 8 and picture.width == 720 else font.width
        lines, missing = decode(picture, font, pitch)
        if missing < least:
            best, least = lines, missing
        if missing == 0 and any(lines):
            fonts.insert(0, fonts.pop(number))
            break
    return best
