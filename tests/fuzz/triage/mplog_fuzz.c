/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as Defender's log: lines are bounded, in order, and of a kind. */
#include <assert.h>

#include "../bytes.h"
#include "triage/parse/mplog.h"

struct seen {
	struct bytes bytes;
	uint64_t line;
};

static bool take(void *ctx, const struct mplog_line *l, struct error *e)
{
	struct seen *s = ctx;

	assert(l->record_type && l->len && l->len <= MPLOG_LINE_MAX && l->key_len < l->len);
	assert(l->number > s->line && l->offset < s->bytes.size && !e->kind);
	s->line = l->number;
	return true;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen seen = { .bytes = { data, size } };
	const struct partition_source s = source_of(&seen.bytes);
	struct error e = { 0 };

	bool good = mplog_parse(&s, take, &seen, &e);
	assert(good || e.kind == ERROR_UNTRUSTED);
	return 0;
}
