/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside, escaped for a line of output: many bytes at a time while nothing is odd. */
#include "lib/base/text.h"
#include "triage/emit_inside.h"
#include "triage/plain.h"

/* Input that is taken at once; at most six bytes of output for each byte of it. */
#define PIECE_BYTES 4096u
#define ROOM_MIN 32u /* for what one step writes */

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

/* A half surrogate that somebody wrote as three bytes (WTF-8), as lib/ntfs does with names. */
static inline bool is_half(const char *s, const char *end)
{
	return end - s >= 3 && (uint8_t)s[0] == 0xed && ((uint8_t)s[1] & 0xe0) == 0xa0 &&
	       ((uint8_t)s[2] & 0xc0) == 0x80;
}

/* Takes from *s as much as surely fits before `limit`. */
static inline char *escape(enum escape how, char *to, const char *limit, const char **s,
			   const char *end)
{
	const char first = escape_first(how), second = escape_second(how);
	const char *from = *s;

	while (from < end && limit - to >= (ptrdiff_t)ROOM_MIN) {
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
		to = escape_one(how, to, c,
				end - from >= 2 && escape_is_hex((uint8_t)from[0]) &&
					escape_is_hex((uint8_t)from[1]));
	}
	*s = from;
	return to;
}

static char *escape_some(enum escape how, char *to, const char *limit, const char **s,
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

static inline size_t room_for(size_t input)
{
	return (input < PIECE_BYTES ? input : PIECE_BYTES) * 6 + ROOM_MIN;
}

bool emit_escaped(struct emit_buffer *b, enum escape how, const char *s, size_t len, size_t max)
{
	const char *end = s + len;

	while (s < end) {
		size_t room = room_for((size_t)(end - s));
		char *to = emit_need(b, room);

		b->len = (size_t)(escape_some(how, to, to + room, &s, end) - b->s);
		if (b->len > max)
			return false;
	}
	return true;
}

bool emit_escaped16(struct emit_buffer *b, enum escape how, const uint8_t *units, size_t count,
		    size_t max)
{
	const uint8_t *end = units + count * 2;

	while (units < end) {
		size_t left = (size_t)(end - units);
		char *to = emit_need(b, room_for(left));
		const uint8_t *stop = left > PIECE_BYTES ? units + PIECE_BYTES : end;

		if (stop < end && (stop[1] & 0xfc) == 0xdc) /* maybe the second half of a pair */
			stop += 2;
		b->len = (size_t)(escape16(how, to, units, stop, end) - b->s);
		if (b->len > max)
			return false;
		units = stop;
	}
	return true;
}
