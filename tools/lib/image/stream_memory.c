/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stream over bytes in memory, and what all streams have in common. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/image/stream.h"

struct stream_bytes {
	struct stream s;
	const uint8_t *bytes;
	size_t len;
};

static bool skip_bytes(struct stream *s, uint64_t len, struct error *e)
{
	struct stream_bytes *b = (struct stream_bytes *)s;

	if (len > b->len - s->at)
		return error_set(e, ERROR_UNTRUSTED,
				 _("%s ends after %llu bytes: it was cut short"), s->name,
				 b->len + 0ULL);
	s->at += len;
	return true;
}

static bool read_bytes(struct stream *s, void *buf, size_t len, struct error *e)
{
	struct stream_bytes *b = (struct stream_bytes *)s;
	uint64_t at = s->at;

	if (!skip_bytes(s, len, e))
		return false;
	if (len)
		memcpy(buf, b->bytes + at, len);
	return true;
}

static bool at_end_bytes(struct stream *s, bool *end, struct error *e)
{
	(void)e;
	*end = s->at == ((struct stream_bytes *)s)->len;
	return true;
}

static void close_bytes(struct stream *s)
{
	free(s);
}

struct stream *stream_memory(const void *bytes, size_t len)
{
	struct stream_bytes *b = mem_alloc(sizeof(*b));

	b->s = (struct stream){
		read_bytes, skip_bytes, at_end_bytes, close_bytes, "memory", 0, len
	};
	b->bytes = bytes;
	b->len = len;
	return &b->s;
}

void stream_close(struct stream *s)
{
	if (s)
		s->close(s);
}
