/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How Windows and firmware write names, into how everyone else does. */
#include "lib/disk/utf16.h"

#include "lib/base/text.h"

/* The character at r, one or two units; a lone surrogate as it is. */
static uint32_t next_character(struct reader *r)
{
	uint32_t c = reader_le16(r);

	if (c >= 0xd800 && c <= 0xdbff && r->left >= 2) {
		struct reader ahead = *r;
		uint32_t low = reader_le16(&ahead);

		if (low >= 0xdc00 && low <= 0xdfff) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			*r = ahead;
		}
	}
	return c;
}

size_t utf16_text(char *out, struct reader r)
{
	size_t n = 0, start = r.left;

	while (r.left >= 2) {
		struct reader before = r;
		uint32_t c = next_character(&r);

		if (c == 0) {
			r = before;
			break;
		}
		n += text_put(out + n, c); /* at most 3 bytes a unit, 4 for two */
	}
	out[n] = '\0';
	return (start - r.left) / 2;
}

size_t utf16_wtf8(char *out, struct reader r)
{
	size_t n = 0;

	while (r.left >= 2) {
		uint32_t c = next_character(&r);

		if (c < 0x80) {
			out[n++] = (char)c;
		} else if (c >= 0xd800 && c <= 0xdfff) {
			out[n++] = (char)(0xe0 | c >> 12);
			out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
			out[n++] = (char)(0x80 | (c & 0x3f));
		} else {
			n += text_put(out + n, c);
		}
	}
	return n;
}
