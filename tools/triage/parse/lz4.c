/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LZ4 blocks, bounded by what is there and by what was stated. */
#include "triage/parse/lz4.h"

#include <string.h>

#include "lib/base/reader.h"

#define NIBBLE_LONG 15u /* more bytes of the length follow */
#define MATCH_MIN 4u

/* A length of a token: it goes on while bytes are 255. Never beyond `most`. */
static bool length(struct reader *r, size_t nibble, size_t most, size_t *out)
{
	size_t n = nibble;
	uint8_t more = 255;

	while (nibble == NIBBLE_LONG && more == 255) {
		more = reader_u8(r);
		n += more;
		if (r->bad || n > most)
			return false;
	}
	*out = n;
	return n <= most;
}

bool lz4_unpack(const uint8_t *packed, size_t len, uint8_t *plain, size_t plain_bytes)
{
	struct reader r = reader_of(packed, len);
	size_t done = 0, n;

	while (r.left) {
		uint8_t token = reader_u8(&r);

		if (!length(&r, token >> 4, plain_bytes - done, &n))
			return false;
		const uint8_t *literals = reader_take(&r, n);
		if (!literals)
			return false;
		memcpy(plain + done, literals, n);
		done += n;
		if (!r.left) /* the last sequence has no match */
			break;
		size_t back = reader_le16(&r);
		if (r.bad || !back || back > done || plain_bytes - done < MATCH_MIN ||
		    !length(&r, token & 15, plain_bytes - done - MATCH_MIN, &n))
			return false;
		/* It may reach into what it writes: a run of few bytes. */
		for (n += MATCH_MIN; n; n--, done++)
			plain[done] = plain[done - back];
	}
	return done == plain_bytes;
}
