/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zeros for what cannot be read. */
#include "triage/blanked.h"

#include <string.h>

/* Of what is asked for, the next piece that is all in one sector of the range, or all outside of it. */
static size_t next_piece(const struct blanked *x, uint64_t offset, size_t len)
{
	const uint32_t sector = x->under->sector_bytes;
	uint64_t end = offset < x->from ? x->from
		       : offset < x->to ? offset - (offset - x->from) % sector + sector
					: offset + len;

	return end - offset < len ? (size_t)(end - offset) : len;
}

static bool read_blanked(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct blanked *x = ctx;
	const struct partition_source *s = x->under;
	uint8_t *to = buf;
	struct error quiet = { 0 };

	if (offset >= x->to || x->from >= offset + len)
		return s->read(s->ctx, offset, buf, len, e);
	if (s->read(s->ctx, offset, buf, len, &quiet))
		return true;
	for (size_t n; len; len -= n, offset += n, to += n) {
		const bool inside = offset >= x->from && offset < x->to;

		n = next_piece(x, offset, len);
		quiet = (struct error){ 0 };
		if (s->read(s->ctx, offset, to, n, inside ? &quiet : e))
			continue;
		if (!inside)
			return false;
		memset(to, 0, n);
		x->used = true;
	}
	return true;
}

struct partition_source blanked_source(struct blanked *x)
{
	struct partition_source s = *x->under;

	s.read = read_blanked;
	s.ctx = x;
	return s;
}
