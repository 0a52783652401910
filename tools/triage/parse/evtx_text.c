/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text and numbers as JSON has them: eight units a step while nothing is odd. */
#include "lib/base/text.h"
#include "triage/parse/evtx_inside.h"

static const char hex_digits[] = "0123456789abcdef";

#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

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

/* Four units as four bytes; the high halves are gathered. */
static inline uint64_t narrow(const uint8_t *units, uint64_t *high)
{
	uint64_t x;

	memcpy(&x, units, 8);
	*high |= x & 0xff80ff80ff80ff80u;
	x = (x | x >> 8) & 0x0000ffff0000ffffu;
	return (x | x >> 16) & 0xffffffffu;
}

/* The high bit of each of these bytes below 0x80 that cannot be copied as it is. What stands above
 * the lowest such byte may be marked wrongly. */
static inline uint64_t odd_bytes(uint64_t x)
{
	return ((x + EACH(1)) | (x - EACH(0x20)) | ((x ^ EACH('"')) - EACH(1)) |
		((x ^ EACH('\\')) - EACH(1))) &
	       EACH(0x80);
}

static inline bool is_plain(uint32_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

char *evtx_escape(char *to, const uint8_t *units, size_t count)
{
	const uint8_t *end = units + count * 2;

	while (units < end) {
		uint64_t high = 0, some = 0;
		unsigned n = end - units >= 16 ? 8 : end - units >= 8 ? 4 : 0;

		if (n)
			some = narrow(units, &high);
		if (n == 8)
			some |= narrow(units + 8, &high) << 32;
		if (n && !high) {
			uint64_t odd = odd_bytes(n == 8 ? some : some | EACH('a') << 32);
			unsigned fine = odd ? (unsigned)__builtin_ctzll(odd) / 8 : n;

			memcpy(to, &some, 8);
			to += fine;
			units += (size_t)fine * 2;
			if (fine == n)
				continue;
		}
		uint32_t c = evtx_le16(units);

		units += 2;
		if (is_plain(c)) {
			*to++ = (char)c;
			continue;
		}
		if (c == '\\') { /* what most paths have */
			*to++ = '\\';
			*to++ = '\\';
			continue;
		}
		if ((c & 0xfc00) == 0xd800 && units < end &&
		    (evtx_le16(units) & 0xfc00) == 0xdc00) {
			c = 0x10000 + ((c - 0xd800) << 10) + (evtx_le16(units) - 0xdc00u);
			units += 2;
		}
		to = evtx_escape_unit(to, c);
	}
	return to;
}

char *evtx_decimal(char *to, uint64_t n)
{
	unsigned digits = 1;

	for (uint64_t x = n; x >= 10; x /= 10)
		digits++;
	for (unsigned i = digits; i > 0; n /= 10)
		to[--i] = (char)('0' + n % 10);
	return to + digits;
}
