# SPDX-License-Identifier: GPL-3.0-or-later
"""Text to key presses: what a person's fingers do on a German or US keyboard.

QEMU names keys by their place on a US keyboard ("qcodes")."""

_NAMED = {"\n": ["ret"], "\t": ["tab"], "\b": ["backspace"], "\x1b": ["esc"], " ": ["spc"]}


def _pairs(unshifted, shifted, names):
    layout = {}
    for plain, upper, name in zip(unshifted, shifted, names, strict=True):
        layout[plain] = [name]
        layout[upper] = ["shift", name]
    return layout


def _letters(swap=None):
    layout = {}
    for letter in "abcdefghijklmnopqrstuvwxyz":
        key = (swap or {}).get(letter, letter)
        layout[letter] = [key]
        layout[letter.upper()] = ["shift", key]
    return layout


_SIGNS = ["minus", "equal", "bracket_left", "bracket_right", "semicolon", "apostrophe",
          "grave_accent", "backslash", "comma", "dot", "slash"]

_US = (_NAMED | _letters()
       | _pairs("1234567890", "!@#$%^&*()", "1234567890")
       | _pairs("-=[];'`\\,./", "_+{}:\"~|<>?", _SIGNS))

# QEMU calls AltGr alt_r.
_DE = (_NAMED | _letters({"y": "z", "z": "y"})
       | _pairs("1234567890", "!\"§$%&/()=", "1234567890")
       | _pairs("ß´ü+öä^#,.-", "?`Ü*ÖÄ°';:_", _SIGNS)
       | _pairs("<", ">", ["less"])
       | {sign: ["alt_r", key] for sign, key in
          zip("@€{[]}\\~µ|", ["q", "e", "7", "8", "9", "0", "minus", "bracket_right", "m", "less"],
              strict=True)})

LAYOUTS = {"us": _US, "de": _DE}


def presses(text, layout):
    """One list of qcodes, pressed together, for each character of the text."""
    table = LAYOUTS[layout]
    missing = [c for c in text if c not in table]
    if missing:
        raise ValueError(f"no key on the {layout} keyboard for {missing!r}")
    return [table[c] for c in text]
