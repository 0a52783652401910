/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside, escaped for where it goes: UTF-16 by sixteen units a step while nothing is odd. */
#include "triage/escape.h"

#include "lib/base/le.h"
#include "lib/base/text.h"
#include "triage/plain.h"

static const char hex_digits[16] = "0123456789abcdef";

#define EACH(byte) (0x01010101u * (uint32_t)(uint8_t)(byte))

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
	return text_is_unsafe(c);
}

static char *put_json(char *to, uint32_t c)
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
	if (!is_unsafe(c))
		return to + text_put(to, c);
	if (c < 0x10000)
		return put_unit(to, c);
	to = put_unit(to, 0xd800 + ((c - 0x10000) >> 10));
	return put_unit(to, 0xdc00 + ((c - 0x10000) & 0x3ff));
}

/* mactime takes %XX for the byte, so these are what a pipe is written as, and a percent sign
 * before two digits. It would undo a line break, too: that one is shown instead. */
static char *put_body(char *to, uint32_t c, bool before_hex)
{
	if (c == '|' || (c == '%' && before_hex)) {
		memcpy(to, c == '|' ? "%7C" : "%25", 3);
		return to + 3;
	}
	if (c < 0x20 || c == 0x7f) {
		*to++ = '\\';
		*to++ = 'x';
		*to++ = hex_digits[c >> 4];
		*to++ = hex_digits[c & 15];
		return to;
	}
	return to + text_put(to, is_unsafe(c) ? TEXT_BAD : c);
}

char *escape_one(enum escape how, char *to, uint32_t c, bool before_hex)
{
	if (how == ESCAPE_JSON)
		return put_json(to, c);
	if (how == ESCAPE_BODY)
		return put_body(to, c, before_hex);
	if (c == '\t' || c == '\n' || c == '\r')
		c = ' ';
	return to + text_put(to, is_unsafe(c) ? TEXT_BAD : c);
}

/* ---- UTF-16 */

/* What plain_units() does, of four units. */
static inline unsigned plain_four(char *to, const uint8_t *units, char a, char b)
{
	uint64_t x, high;

	memcpy(&x, units, 8);
	high = x & 0xff80ff80ff80ff80u;
	x = (x | x >> 8) & 0x0000ffff0000ffffu;
	uint32_t low = (uint32_t)(x | x >> 16);
	uint32_t odd = ((low - EACH(0x20)) | ((low ^ EACH(a)) - EACH(1)) |
			((low ^ EACH(b)) - EACH(1)) | (low + EACH(1))) &
		       EACH(0x80);
	memcpy(to, &low, 4);
	return high ? 0 : odd ? (unsigned)__builtin_ctz(odd) / 8 : 4;
}

static inline bool is_plain(enum escape how, uint32_t c)
{
	return c >= 0x20 && c < 0x7f && c != (uint8_t)escape_first(how) &&
	       c != (uint8_t)escape_second(how);
}

/* What cannot be copied as it is: the units of one character from *units on, before `end`. */
static inline char *odd_one(enum escape how, char *to, const uint8_t **units, const uint8_t *end)
{
	const uint8_t *from = *units;
	uint32_t c = le16(from);

	from += 2;
	if ((c & 0xfc00) == 0xd800 && from < end && (le16(from) & 0xfc00) == 0xdc00) {
		c = 0x10000 + ((c - 0xd800) << 10) + (le16(from) - 0xdc00u);
		from += 2;
	}
	*units = from;
	bool before_hex = how == ESCAPE_BODY && end - from >= 4 && escape_is_hex(le16(from)) &&
			  escape_is_hex(le16(from + 2));
	return escape_one(how, to, c, before_hex);
}

/* One for each way, for speed; a compiler would rather have one for all. */
__attribute__((always_inline)) static inline char *
run16(enum escape how, char *to, const uint8_t *from, const uint8_t *stop, const uint8_t *end)
{
	const char a = escape_first(how), b = escape_second(how);
	size_t run = 0; /* units right before, of which each became one byte */

	while (from < stop) {
		size_t left = (size_t)(stop - from) / 2;
		size_t n = run + left >= 16 ? 16 : run + left >= 8 ? 8 : run + left >= 4 ? 4 : 0;

		if (n) { /* at the end together with some that were copied already */
			size_t back = left < n ? n - left : 0, fine;

			to -= back;
			from -= 2 * back;
			fine = n == 4 ? plain_four(to, from, a, b)
				      : plain_units(to, from, n == 16 ? from + 16 : from, a, b);
			fine = fine < n ? fine : n;
			to += fine;
			from += 2 * fine;
			run += fine - back;
			if (fine == n)
				continue;
		} else if (is_plain(how, le16(from))) {
			*to++ = (char)*from;
			from += 2;
			run++;
			continue;
		}
		run = 0;
		do {
			to = odd_one(how, to, &from, end);
		} while (from < stop && !is_plain(how, le16(from)));
	}
	return to;
}

char *escape16(enum escape how, char *to, const uint8_t *units, const uint8_t *stop,
	       const uint8_t *end)
{
	switch (how) {
	case ESCAPE_JSON:
		return run16(ESCAPE_JSON, to, units, stop, end);
	case ESCAPE_BODY:
		return run16(ESCAPE_BODY, to, units, stop, end);
	case ESCAPE_PLAIN:
		break;
	}
	return run16(ESCAPE_PLAIN, to, units, stop, end);
}
