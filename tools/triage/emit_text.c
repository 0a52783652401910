/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside, escaped for a line of output: many bytes at a time while nothing is odd. */
#include "lib/base/text.h"
#include "triage/emit_inside.h"
#include "triage/plain.h"

/* Input that is taken at once; at most six bytes of output for each byte of it. */
#define PIECE_BYTES 4096u

static const char hex_digits[16] = "0123456789abcdef";

#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

/* The high bit of every byte that cannot be copied as it is: controls, 0x7f and above, a and b. What
 * is above the first such byte in value may be marked wrongly, so only the lowest counts. */
static inline uint64_t odd_bytes(uint64_t x, char a, char b)
{
	uint64_t with_a = x ^ EACH((uint8_t)a), with_b = x ^ EACH((uint8_t)b);

	return (x | (x + EACH(1)) | (x - EACH(0x20)) | (with_a - EACH(1)) | (with_b - EACH(1))) &
	       EACH(0x80);
}

/* The same of a whole text of less than PLAIN_BYTES: is there no such byte? */
static inline bool is_plain(const char *s, size_t len, char a, char b)
{
	uint64_t x = 0, y;
	uint32_t half;

	if (len >= 8) {
		memcpy(&x, s, 8);
		memcpy(&y, s + len - 8, 8);
		return !(odd_bytes(x, a, b) | odd_bytes(y, a, b));
	}
	if (len < 4)
		return false;
	memcpy(&half, s, 4);
	memcpy(&x, s + len - 4, 4);
	return !odd_bytes(x << 32 | half, a, b);
}

static inline char escaped_first(enum emit_escape how)
{
	return how == ESCAPE_JSON ? '"' : how == ESCAPE_BODY ? '|' : 0x7f; /* odd anyway */
}

static inline char escaped_second(enum emit_escape how)
{
	return how == ESCAPE_JSON ? '\\' : how == ESCAPE_BODY ? '%' : 0x7f;
}

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
	if (c < 0x600) /* what most names are made of, without the table */
		return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad;
	return text_is_unsafe(c);
}

static char *put_json(char *to, uint32_t c)
{
	switch (c) {
	case '"':
	case '\\':
		*to++ = '\\';
		*to++ = (char)c;
		return to;
	case '\n':
		*to++ = '\\';
		*to++ = 'n';
		return to;
	case '\r':
		*to++ = '\\';
		*to++ = 'r';
		return to;
	case '\t':
		*to++ = '\\';
		*to++ = 't';
		return to;
	default:
		break;
	}
	if (!is_unsafe(c))
		return to + text_put(to, c);
	if (c < 0x10000)
		return put_unit(to, c);
	to = put_unit(to, 0xd800 + ((c - 0x10000) >> 10));
	return put_unit(to, 0xdc00 + ((c - 0x10000) & 0x3ff));
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
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

/* next: what follows the character, for the percent sign. */
static inline char *put_one(enum emit_escape how, char *to, uint32_t c, bool before_hex)
{
	if (how == ESCAPE_JSON)
		return put_json(to, c);
	if (how == ESCAPE_BODY)
		return put_body(to, c, before_hex);
	if (c == '\t' || c == '\n' || c == '\r')
		c = ' ';
	return to + text_put(to, is_unsafe(c) ? TEXT_BAD : c);
}

/* A half surrogate that somebody wrote as three bytes (WTF-8), as lib/ntfs does with names. */
static inline bool is_half(const char *s, const char *end)
{
	return end - s >= 3 && (uint8_t)s[0] == 0xed && ((uint8_t)s[1] & 0xe0) == 0xa0 &&
	       ((uint8_t)s[2] & 0xc0) == 0x80;
}

static inline char *escape(enum emit_escape how, char *to, const char *limit, const char **s,
			   const char *end)
{
	const char first = escaped_first(how), second = escaped_second(how);
	const char *from = *s;

	while (from < end && limit - to >= (ptrdiff_t)EMIT_ESCAPE_ROOM) {
		if (end - from >= (ptrdiff_t)PLAIN_BYTES) {
			unsigned fine = plain_run(from, first, second);

			memcpy(to, from, PLAIN_BYTES);
			from += fine;
			to += fine;
			if (fine == PLAIN_BYTES)
				continue;
		} else if (is_plain(from, (size_t)(end - from), first, second)) {
			copy_short(to, from, (size_t)(end - from));
			to += end - from;
			from = end;
			break;
		} else if (*from >= 0x20 && *from < 0x7f && *from != first && *from != second) {
			*to++ = *from++;
			continue;
		}
		uint32_t c;
		if (is_half(from, end)) {
			c = 0xd000u | ((uint32_t)from[1] & 0x3f) << 6 | ((uint32_t)from[2] & 0x3f);
			from += 3;
		} else {
			c = text_next(&from, end);
		}
		to = put_one(how, to, c, end - from >= 2 && is_hex(from[0]) && is_hex(from[1]));
	}
	*s = from;
	return to;
}

char *emit_escape(enum emit_escape how, char *to, const char *limit, const char **s,
		  const char *end)
{
	switch (how) {
	case ESCAPE_JSON:
		return escape(ESCAPE_JSON, to, limit, s, end);
	case ESCAPE_BODY:
		return escape(ESCAPE_BODY, to, limit, s, end);
	case ESCAPE_PLAIN:
		break;
	}
	return escape(ESCAPE_PLAIN, to, limit, s, end);
}

static inline uint16_t unit_at(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

/* Four units below 0x100 as four bytes; what is above is in *high. */
static inline uint64_t narrow(const uint8_t *units, uint64_t *high)
{
	uint64_t x;

	memcpy(&x, units, 8);
	*high |= x & 0xff00ff00ff00ff00u;
	x = (x | x >> 8) & 0x0000ffff0000ffffu;
	return (x | x >> 16) & 0xffffffffu;
}

static inline char *escape16(enum emit_escape how, char *to, const char *limit,
			     const uint8_t **units, const uint8_t *end)
{
	const char first = escaped_first(how), second = escaped_second(how);
	const uint8_t *from = *units;

	while (end - from >= 2 && limit - to >= (ptrdiff_t)EMIT_ESCAPE_ROOM) {
		uint64_t high = 0;

		if (end - from >= 16) {
			uint64_t eight = narrow(from, &high) | narrow(from + 8, &high) << 32;

			if (!high) {
				uint64_t odd = odd_bytes(eight, first, second);
				unsigned fine = odd ? (unsigned)__builtin_ctzll(odd) / 8 : 8;

				memcpy(to, &eight, 8);
				from += (size_t)2 * fine;
				to += fine;
				if (fine == 8)
					continue;
			}
		}
		uint32_t c = unit_at(from);

		from += 2;
		if (c >= 0x20 && c < 0x7f && c != (uint8_t)first && c != (uint8_t)second) {
			*to++ = (char)c;
			continue;
		}
		if (c >= 0xd800 && c < 0xdc00 && end - from >= 2 &&
		    (unit_at(from) & 0xfc00) == 0xdc00) {
			c = 0x10000 + ((c - 0xd800) << 10) + (unit_at(from) - 0xdc00u);
			from += 2;
		}
		bool before_hex = end - from >= 4 && !from[1] && !from[3] &&
				  is_hex((char)from[0]) && is_hex((char)from[2]);
		to = put_one(how, to, c, before_hex);
	}
	*units = from;
	return to;
}

char *emit_escape16(enum emit_escape how, char *to, const char *limit, const uint8_t **units,
		    const uint8_t *end)
{
	switch (how) {
	case ESCAPE_JSON:
		return escape16(ESCAPE_JSON, to, limit, units, end);
	case ESCAPE_BODY:
		return escape16(ESCAPE_BODY, to, limit, units, end);
	case ESCAPE_PLAIN:
		break;
	}
	return escape16(ESCAPE_PLAIN, to, limit, units, end);
}

static inline size_t room_for(size_t input)
{
	return (input < PIECE_BYTES ? input : PIECE_BYTES) * 6 + EMIT_ESCAPE_ROOM;
}

bool emit_escaped(struct emit_buffer *b, enum emit_escape how, const char *s, size_t len,
		  size_t max)
{
	const char *end = s + len;

	while (s < end) {
		size_t room = room_for((size_t)(end - s));
		char *to = emit_need(b, room);

		b->len = (size_t)(emit_escape(how, to, to + room, &s, end) - b->s);
		if (b->len > max)
			return false;
	}
	return true;
}

bool emit_escaped16(struct emit_buffer *b, enum emit_escape how, const uint8_t *units, size_t count,
		    size_t max)
{
	const uint8_t *end = units + count * 2;

	while (units < end) {
		size_t room = room_for((size_t)(end - units));
		char *to = emit_need(b, room);

		b->len = (size_t)(emit_escape16(how, to, to + room, &units, end) - b->s);
		if (b->len > max)
			return false;
	}
	return true;
}
