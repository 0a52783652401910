/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as JSON has it: sixteen units a step while nothing is odd. */
#include "lib/base/text.h"
#include "triage/parse/evtx_inside.h"

static const char hex_digits[] = "0123456789abcdef";

#define EACH(byte) (0x01010101u * (uint32_t)(byte))

static char *put_unit(char *to, uint32_t unit)
{
	*to++ = '\\';
	*to++ = 'u';
	for (int shift = 12; shift >= 0; shift -= 4)
		*to++ = hex_digits[unit >> shift & 15];
	return to;
}

static inline bool is_unsafe(uint32_t c)
{
	if (c < 0x600) /* what most texts are made of, without the table */
		return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad;
	return (c >= 0xd800 && c < 0xe000) || text_is_unsafe(c);
}

char *evtx_escape_unit(char *to, uint32_t c)
{
	char short_form = c == '"' || c == '\\' ? (char)c
			  : c == '\n'           ? 'n'
			  : c == '\r'           ? 'r'
			  : c == '\t'           ? 't'
						: 0;

	if (short_form) {
		*to++ = '\\';
		*to++ = short_form;
		return to;
	}
	if (!is_unsafe(c)) {
		if (c < 0x80) {
			*to++ = (char)c;
			return to;
		}
		return to + text_put(to, c);
	}
	if (c < 0x10000)
		return put_unit(to, c);
	to = put_unit(to, 0xd800 + ((c - 0x10000) >> 10));
	return put_unit(to, 0xdc00 + ((c - 0x10000) & 0x3ff));
}

/* Sixteen units, which two places give eight of each, as bytes to `to`: how many of them, from the first on, can
 * stay as they are. */
static inline unsigned plain_16(char *to, const uint8_t *first, const uint8_t *second)
{
	octets a, b;

	memcpy(&a, first, 16);
	memcpy(&b, second, 16);
	octets low = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24,
					     26, 28, 30);
	octets high = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25,
					      27, 29, 31);
	octets odd = (octets)(low - 0x20 > 0x7e - 0x20) | (octets)(low == '"') |
		     (octets)(low == '\\') | (octets)(high != 0);
	words half = (words)odd;
	memcpy(to, &low, 16);
	if (half[0])
		return (unsigned)__builtin_ctzll(half[0]) / 8;
	return half[1] ? 8 + (unsigned)__builtin_ctzll(half[1]) / 8 : 16;
}

/* The same of four units. */
static inline unsigned plain_4(char *to, uint64_t x)
{
	uint64_t high = x & 0xff80ff80ff80ff80u;

	x = (x | x >> 8) & 0x0000ffff0000ffffu;
	uint32_t low = (uint32_t)(x | x >> 16);
	uint32_t odd = ((low - EACH(0x20)) | ((low ^ EACH('"')) - EACH(1)) |
			((low ^ EACH('\\')) - EACH(1)) | (low + EACH(1))) &
		       EACH(0x80);
	memcpy(to, &low, 4);
	return high ? 0 : odd ? (unsigned)__builtin_ctz(odd) / 8 : 4;
}

static inline bool is_plain(uint32_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* What cannot be copied as it is: the units of one character from *units on, before `end`. */
static char *escape_one(char *to, const uint8_t **units, const uint8_t *end)
{
	uint32_t c = evtx_le16(*units);

	*units += 2;
	if ((c & 0xfc00) == 0xd800 && *units < end && (evtx_le16(*units) & 0xfc00) == 0xdc00) {
		c = 0x10000 + ((c - 0xd800) << 10) + (evtx_le16(*units) - 0xdc00u);
		*units += 2;
	}
	return evtx_escape_unit(to, c);
}

char *evtx_escape(char *to, const uint8_t *units, size_t count)
{
	const uint8_t *end = units + count * 2;
	size_t run = 0; /* units right before, of which each became one byte */

	while (units < end) {
		size_t left = (size_t)(end - units) / 2;
		size_t n = run + left >= 16 ? 16 : run + left >= 8 ? 8 : run + left >= 4 ? 4 : 0;

		if (n) { /* at the end together with some that were copied already */
			size_t back = left < n ? n - left : 0, fine;
			const uint8_t *from = units - 2 * back;

			to -= back;
			fine = n == 4 ? plain_4(to, evtx_le64(from))
				      : plain_16(to, from, n == 16 ? from + 16 : from);
			fine = fine < n ? fine : n;
			to += fine;
			units = from + 2 * fine;
			run += fine - back;
			if (fine == n)
				continue;
		} else if (is_plain(evtx_le16(units))) {
			*to++ = (char)*units;
			units += 2;
			run++;
			continue;
		}
		run = 0;
		do {
			to = escape_one(to, &units, end);
		} while (units < end && !is_plain(evtx_le16(units)));
	}
	return to;
}
