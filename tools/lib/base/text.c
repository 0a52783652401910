/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8: decoding, masking what must not reach a terminal, measuring. */
#include "lib/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

struct range {
	uint32_t first, last;
};

/* Two columns: Unicode 15, EastAsianWidth.txt, W and F. Neighbouring blocks
 * are merged; unassigned characters in between do no harm. */
static const struct range wide[] = {
	{ 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x2329, 0x232a },   { 0x23e9, 0x23ec },
	{ 0x25fd, 0x25fe },   { 0x2614, 0x2615 },   { 0x2648, 0x2653 },   { 0x267f, 0x267f },
	{ 0x2693, 0x2693 },   { 0x26a1, 0x26a1 },   { 0x26aa, 0x26ab },   { 0x26bd, 0x26be },
	{ 0x26c4, 0x26c5 },   { 0x26ce, 0x26ce },   { 0x26d4, 0x26d4 },   { 0x26ea, 0x26ea },
	{ 0x26f2, 0x26f3 },   { 0x26f5, 0x26f5 },   { 0x26fa, 0x26fa },   { 0x26fd, 0x26fd },
	{ 0x2705, 0x2705 },   { 0x270a, 0x270b },   { 0x2728, 0x2728 },   { 0x274c, 0x274c },
	{ 0x274e, 0x274e },   { 0x2753, 0x2755 },   { 0x2757, 0x2757 },   { 0x2795, 0x2797 },
	{ 0x27b0, 0x27b0 },   { 0x27bf, 0x27bf },   { 0x2b1b, 0x2b1c },   { 0x2b50, 0x2b50 },
	{ 0x2b55, 0x2b55 },   { 0x2e80, 0x303e },   { 0x3041, 0x33ff },   { 0x3400, 0x4dbf },
	{ 0x4e00, 0x9fff },   { 0xa000, 0xa4cf },   { 0xa960, 0xa97f },   { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },   { 0xfe10, 0xfe19 },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },
	{ 0xffe0, 0xffe6 },   { 0x16fe0, 0x1b2ff }, { 0x1f004, 0x1f004 }, { 0x1f0cf, 0x1f0cf },
	{ 0x1f18e, 0x1f18e }, { 0x1f191, 0x1f19a }, { 0x1f200, 0x1f320 }, { 0x1f32d, 0x1f335 },
	{ 0x1f337, 0x1f37c }, { 0x1f37e, 0x1f393 }, { 0x1f3a0, 0x1f3ca }, { 0x1f3cf, 0x1f3d3 },
	{ 0x1f3e0, 0x1f3f0 }, { 0x1f3f4, 0x1f3f4 }, { 0x1f3f8, 0x1f43e }, { 0x1f440, 0x1f440 },
	{ 0x1f442, 0x1f4fc }, { 0x1f4ff, 0x1f53d }, { 0x1f54b, 0x1f567 }, { 0x1f57a, 0x1f57a },
	{ 0x1f595, 0x1f596 }, { 0x1f5a4, 0x1f5a4 }, { 0x1f5fb, 0x1f64f }, { 0x1f680, 0x1f6c5 },
	{ 0x1f6cc, 0x1f6cc }, { 0x1f6d0, 0x1f6d2 }, { 0x1f6d5, 0x1f6df }, { 0x1f6eb, 0x1f6ec },
	{ 0x1f6f4, 0x1f6fc }, { 0x1f7e0, 0x1f7f0 }, { 0x1f90c, 0x1f9ff }, { 0x1fa70, 0x1faff },
	{ 0x20000, 0x3fffd },
};

/* No column of their own: general category Mn and Me of the scripts that
 * offices in Europe meet, and the variation selectors. */
static const struct range combining[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd },   { 0x05bf, 0x05bf },
	{ 0x05c1, 0x05c2 }, { 0x05c4, 0x05c5 }, { 0x0610, 0x061a },   { 0x064b, 0x065f },
	{ 0x0670, 0x0670 }, { 0x06d6, 0x06dc }, { 0x06df, 0x06e4 },   { 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff }, { 0x302a, 0x302d },   { 0x3099, 0x309a },
	{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
};

static const struct range unsafe[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f },   { 0x00ad, 0x00ad },    { 0x061c, 0x061c },
	{ 0x180e, 0x180e }, { 0x200b, 0x200f },   { 0x2028, 0x202e },    { 0x2060, 0x206f },
	{ 0xd800, 0xf8ff }, { 0xfdd0, 0xfdef },   { 0xfeff, 0xfeff },    { 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff }, { 0xe0000, 0xe00ff }, { 0xf0000, 0x10ffff },
};

static bool in_table(const struct range *t, size_t n, uint32_t c)
{
	size_t low = 0;

	while (low < n) {
		size_t middle = low + (n - low) / 2;

		if (c > t[middle].last)
			low = middle + 1;
		else if (c < t[middle].first)
			n = middle;
		else
			return true;
	}
	return false;
}

#define IN_TABLE(t, c) in_table(t, sizeof(t) / sizeof((t)[0]), c)

uint32_t text_next(const char **s, const char *end)
{
	const unsigned char *p = (const unsigned char *)*s;
	size_t left = (size_t)(end - *s);
	uint32_t c = p[0], smallest;
	size_t more;

	++*s;
	if (c < 0x80)
		return c;
	if (c >= 0xc2 && c <= 0xdf) {
		more = 1, smallest = 0x80, c &= 0x1f;
	} else if (c >= 0xe0 && c <= 0xef) {
		more = 2, smallest = 0x800, c &= 0x0f;
	} else if (c >= 0xf0 && c <= 0xf4) {
		more = 3, smallest = 0x10000, c &= 0x07;
	} else {
		return TEXT_BAD;
	}
	if (left <= more)
		return TEXT_BAD;
	for (size_t i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return TEXT_BAD;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < smallest || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return TEXT_BAD;
	*s += more;
	return c;
}

size_t text_put(char out[4], uint32_t c)
{
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = TEXT_BAD;
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

bool text_is_utf8(const char *s, size_t len)
{
	const char *end = s + len;

	while (s < end) {
		const char *before = s;

		/* U+FFFD itself takes three bytes; a broken byte advances one. */
		if (text_next(&s, end) == TEXT_BAD && s - before == 1)
			return false;
	}
	return true;
}

bool text_is_unsafe(uint32_t c)
{
	return IN_TABLE(unsafe, c) || (c & 0xfffe) == 0xfffe;
}

char *text_mask(char *out, size_t size, const char *s)
{
	const char *end = s + strlen(s);
	size_t n = 0;

	while (s < end) {
		char bytes[4];
		uint32_t c = text_next(&s, end);
		size_t len = text_put(bytes, text_is_unsafe(c) ? TEXT_BAD : c);

		if (n + len >= size)
			break;
		memcpy(out + n, bytes, len);
		n += len;
	}
	out[n] = '\0';
	return out;
}

int text_columns(uint32_t c)
{
	if (c < 0x300)
		return 1;
	if (IN_TABLE(combining, c))
		return 0;
	return IN_TABLE(wide, c) ? 2 : 1;
}

size_t text_width(const char *s)
{
	const char *end = s + strlen(s);
	size_t columns = 0;

	while (s < end)
		columns += (size_t)text_columns(text_next(&s, end));
	return columns;
}

size_t text_fit(const char *s, size_t columns)
{
	const char *at = s, *end = s + strlen(s);

	while (at < end) {
		const char *before = at;
		size_t w = (size_t)text_columns(text_next(&at, end));

		if (w > columns)
			return (size_t)(before - s);
		columns -= w;
	}
	return (size_t)(at - s);
}

#define EVEN 1 /* pairs: the capital is even, its small letter follows */
#define ODD 2  /* pairs: the capital is odd, its small letter follows */

/* From Unicode 15, UnicodeData.txt; otherwise what is added to a capital. Capital
 * I with a dot becomes the plain i, as people type it. */
static const struct {
	uint32_t first, last;
	int32_t step;
} capitals[] = {
	{ 'A', 'Z', 32 },
	{ 0xc0, 0xd6, 32 },
	{ 0xd8, 0xde, 32 },
	{ 0x100, 0x12f, EVEN },
	{ 0x130, 0x130, 'i' - 0x130 },
	{ 0x132, 0x137, EVEN },
	{ 0x139, 0x148, ODD },
	{ 0x14a, 0x177, EVEN },
	{ 0x178, 0x178, 0xff - 0x178 },
	{ 0x179, 0x17e, ODD },
	{ 0x1de, 0x1ef, EVEN },
	{ 0x1f8, 0x21f, EVEN },
	{ 0x222, 0x233, EVEN },
	{ 0x370, 0x373, EVEN },
	{ 0x376, 0x377, EVEN },
	{ 0x37f, 0x37f, 0x74 },
	{ 0x386, 0x386, 0x26 },
	{ 0x388, 0x38a, 0x25 },
	{ 0x38c, 0x38c, 0x40 },
	{ 0x38e, 0x38f, 0x3f },
	{ 0x391, 0x3a1, 32 },
	{ 0x3a3, 0x3ab, 32 },
	{ 0x3cf, 0x3cf, 8 },
	{ 0x400, 0x40f, 80 },
	{ 0x410, 0x42f, 32 },
	{ 0x460, 0x481, EVEN },
	{ 0x48a, 0x4bf, EVEN },
	{ 0x4c0, 0x4c0, 15 },
	{ 0x4c1, 0x4ce, ODD },
	{ 0x4d0, 0x52f, EVEN },
	{ 0x1e00, 0x1e95, EVEN },
	{ 0x1e9e, 0x1e9e, 0xdf - 0x1e9e },
	{ 0x1ea0, 0x1eff, EVEN },
};

uint32_t text_lower(uint32_t c)
{
	for (size_t i = 0; i < sizeof(capitals) / sizeof(capitals[0]); i++) {
		if (c < capitals[i].first)
			return c;
		if (c > capitals[i].last)
			continue;
		if (capitals[i].step == EVEN)
			return c | 1;
		if (capitals[i].step == ODD)
			return c + (c & 1);
		return (uint32_t)((int32_t)c + capitals[i].step);
	}
	return c;
}

void text_add_n(struct text *t, const char *s, size_t n)
{
	mem_grow(&t->s, &t->capacity, t->len + n + 1, 1);
	memcpy(t->s + t->len, s, n);
	t->len += n;
	t->s[t->len] = '\0';
}

void text_add(struct text *t, const char *s)
{
	text_add_n(t, s, strlen(s));
}

void text_add_char(struct text *t, uint32_t c)
{
	char bytes[4];
	size_t n = text_put(bytes, c);

	text_add_n(t, bytes, n);
}

void text_addf(struct text *t, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n > 0) {
		mem_grow(&t->s, &t->capacity, t->len + (size_t)n + 1, 1);
		vsnprintf(t->s + t->len, (size_t)n + 1, fmt, again);
		t->len += (size_t)n;
	}
	va_end(again);
}

const char *text_end(struct text *t)
{
	return t->s ? t->s : "";
}

void text_clear(struct text *t)
{
	t->len = 0;
	if (t->s)
		t->s[0] = '\0';
}

void text_release(struct text *t)
{
	free(t->s);
	*t = (struct text){ 0 };
}
