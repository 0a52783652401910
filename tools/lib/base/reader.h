/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_READER_H
#define LIB_BASE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A bounds-checked cursor over bytes we do not trust.
 *
 * A getter that would pass the end returns zero and sets `bad`, which stays
 * set: read a whole fixed-size record, then test `bad` once. Test it earlier
 * whenever a value read is about to be used as a length, count or offset.
 */
struct reader {
	const uint8_t *at;
	size_t left; /* bytes from `at` to the end */
	bool bad;
};

static inline struct reader reader_of(const void *buf, size_t len)
{
	return (struct reader){ .at = len ? buf : "", .left = len };
}

/* The next n bytes, or NULL. They belong to the buffer under the reader. */
static inline const uint8_t *reader_take(struct reader *r, size_t n)
{
	if (r->bad || n > r->left) {
		r->bad = true;
		r->left = 0;
		return NULL;
	}
	if (!n) /* { 0 } is a reader over nothing: not even nothing may be added to its NULL */
		return r->at ? r->at : (const uint8_t *)"";
	const uint8_t *p = r->at;
	r->at += n;
	r->left -= n;
	return p;
}

static inline void reader_skip(struct reader *r, size_t n)
{
	(void)reader_take(r, n);
}

/* A reader over the next n bytes only: what a length field bounds, this keeps
 * bounded. */
static inline struct reader reader_sub(struct reader *r, size_t n)
{
	const uint8_t *p = reader_take(r, n);

	return (struct reader){ .at = p, .left = p ? n : 0, .bad = !p };
}

static inline uint8_t reader_u8(struct reader *r)
{
	const uint8_t *p = reader_take(r, 1);

	return p ? p[0] : 0;
}

static inline uint16_t reader_le16(struct reader *r)
{
	const uint8_t *p = reader_take(r, 2);

	if (!p)
		return 0;
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t reader_le32(struct reader *r)
{
	const uint8_t *p = reader_take(r, 4);

	return p ? p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24 : 0;
}

static inline uint64_t reader_le64(struct reader *r)
{
	struct reader eight = reader_sub(r, 8); /* all of it or zero */
	uint64_t low = reader_le32(&eight);

	return low | (uint64_t)reader_le32(&eight) << 32;
}

static inline uint16_t reader_be16(struct reader *r)
{
	return (uint16_t)__builtin_bswap16(reader_le16(r));
}

static inline uint32_t reader_be32(struct reader *r)
{
	return __builtin_bswap32(reader_le32(r));
}

/* True if every read fitted and nothing is left over. */
static inline bool reader_done(const struct reader *r)
{
	return !r->bad && r->left == 0;
}

#endif
