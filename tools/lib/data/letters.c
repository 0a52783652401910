/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The letters of the world with those of an old printer. */
#include "lib/data/letters.h"

#include <string.h>

#include "lib/data/charset.h"

/* U+00A0 to U+00FF in ASCII, as German writes it. */
static const char *const latin_1[96] = {
	" ",   "!",   "c",   "GBP", "*",  "JPY", "|",  "Par.", "\"", "(c)", "a",  "<<", "-",  "-",
	"(R)", "-",   "o",   "+-",  "2",  "3",   "'",  "u",    "P",  "-",   ",",  "1",  "o",  ">>",
	"1/4", "1/2", "3/4", "?",   "A",  "A",   "A",  "A",    "Ae", "A",   "AE", "C",  "E",  "E",
	"E",   "E",   "I",   "I",   "I",  "I",   "D",  "N",    "O",  "O",   "O",  "O",  "Oe", "x",
	"O",   "U",   "U",   "U",   "Ue", "Y",   "Th", "ss",   "a",  "a",   "a",  "a",  "ae", "a",
	"ae",  "c",   "e",   "e",   "e",  "e",   "i",  "i",    "i",  "i",   "d",  "n",  "o",  "o",
	"o",   "o",   "oe",  "/",   "o",  "u",   "u",  "u",    "ue", "y",   "th", "y",
};

/* U+0100 to U+017F: Latin Extended-A. */
static const char *const latin_a[128] = {
	"A", "a", "A",  "a",  "A", "a", "C", "c", "C", "c", "C", "c", "C", "c", "D", "d",
	"D", "d", "E",  "e",  "E", "e", "E", "e", "E", "e", "E", "e", "G", "g", "G", "g",
	"G", "g", "G",  "g",  "H", "h", "H", "h", "I", "i", "I", "i", "I", "i", "I", "i",
	"I", "i", "IJ", "ij", "J", "j", "K", "k", "k", "L", "l", "L", "l", "L", "l", "L",
	"l", "L", "l",  "N",  "n", "N", "n", "N", "n", "n", "N", "n", "O", "o", "O", "o",
	"O", "o", "OE", "oe", "R", "r", "R", "r", "R", "r", "S", "s", "S", "s", "S", "s",
	"S", "s", "T",  "t",  "T", "t", "T", "t", "U", "u", "U", "u", "U", "u", "U", "u",
	"U", "u", "U",  "u",  "W", "w", "Y", "y", "Y", "Z", "z", "Z", "z", "Z", "z", "s",
};

static const struct {
	uint32_t c;
	const char *words;
} others[] = {
	{ 0x0192, "f" },   { 0x01b5, "Z" },     { 0x01b6, "z" },    { 0x0218, "S" },
	{ 0x0219, "s" },   { 0x021a, "T" },     { 0x021b, "t" },    { 0x02c6, "^" },
	{ 0x02dc, "~" },   { 0x0300, "" },      { 0x0301, "" },     { 0x0302, "" },
	{ 0x0303, "" },    { 0x0308, "e" },     { 0x030a, "" },     { 0x030c, "" },
	{ 0x0327, "" },    { 0x0328, "" },      { 0x1e9e, "SS" },   { 0x2010, "-" },
	{ 0x2011, "-" },   { 0x2012, "-" },     { 0x2013, "-" },    { 0x2014, "-" },
	{ 0x2018, "'" },   { 0x2019, "'" },     { 0x201a, "'" },    { 0x201c, "\"" },
	{ 0x201d, "\"" },  { 0x201e, "\"" },    { 0x2020, "+" },    { 0x2021, "++" },
	{ 0x2022, "-" },   { 0x2026, "..." },   { 0x202f, " " },    { 0x2030, "o/oo" },
	{ 0x2032, "'" },   { 0x2033, "\"" },    { 0x2039, "<" },    { 0x203a, ">" },
	{ 0x20ac, "EUR" }, { 0x2116, "No." },   { 0x2122, "(TM)" }, { 0x2190, "<-" },
	{ 0x2192, "->" },  { 0x2212, "-" },     { 0x2248, "~" },    { 0x2260, "/=" },
	{ 0x2264, "<=" },  { 0x2265, ">=" },    { 0x25a0, "*" },    { 0x25a1, "[ ]" },
	{ 0x25c6, "<>" },  { 0x260e, "(Tel)" }, { 0x2610, "[ ]" },  { 0x2611, "[x]" },
	{ 0x2612, "[x]" }, { 0x26a0, "(!)" },   { 0x2709, "(@)" },  { 0x270e, "(x)" },
	{ 0x2713, "x" },   { 0x2714, "x" },
};

/* The byte of Windows-1252 for a character, or 0. */
static unsigned char byte_1252(uint32_t c)
{
	if (c < 0x80 || (c >= 0xa0 && c <= 0xff))
		return (unsigned char)c;
	for (unsigned b = 0x80; b < 0xa0; b++)
		if (charset_1252((unsigned char)b) == c)
			return (unsigned char)b;
	return 0;
}

/* Another writing of it in ASCII, or NULL. */
static const char *likeness(uint32_t c)
{
	if (c >= 0xa0 && c <= 0xff)
		return latin_1[c - 0xa0];
	if (c >= 0x100 && c <= 0x17f)
		return latin_a[c - 0x100];
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i].c == c)
			return others[i].words;
	return NULL;
}

size_t letters_add(struct text *out, enum letters set, const char *utf8)
{
	const char *end = utf8 + strlen(utf8);
	size_t lost = 0;

	while (utf8 < end) {
		uint32_t c = text_next(&utf8, end);
		bool has = set == LETTERS_1252 ? byte_1252(c) != 0 : c < 0x80;
		const char *words = likeness(c);

		if (c == '\n' || (has && !text_is_unsafe(c))) {
			text_add_char(out, c);
		} else if (words) {
			text_add(out, words);
		} else {
			text_add(out, "?");
			lost++;
		}
	}
	return lost;
}

void letters_add_bytes(struct text *out, const char *reduced)
{
	const char *end = reduced + strlen(reduced);

	while (reduced < end) {
		char byte = (char)byte_1252(text_next(&reduced, end));

		text_add_n(out, &byte, 1);
	}
}
