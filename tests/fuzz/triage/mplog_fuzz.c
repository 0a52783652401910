/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as Defender's log: lines are bounded, in order, and of a kind. */
#include <assert.h>
#include <string.h>

#include "triage/parse/mplog.h"

struct input {
	const uint8_t *data;
	size_t size;
	uint64_t line;
};

static bool read_at(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	memcpy(buf, ((const struct input *)ctx)->data + offset, len);
	return !e->kind;
}
static bool take(void *ctx, const struct mplog_line *l, struct error *e)
{
	struct input *in = ctx;

	assert(l->record_type && l->len && l->len <= MPLOG_LINE_MAX && l->key_len < l->len);
	assert(l->number > in->line && l->offset < in->size && !e->kind);
	in->line = l->number;
	return true;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size, 0 };
	const struct partition_source s = { read_at, &in, size, 512 };
	struct error e = { 0 };

	bool good = mplog_parse(&s, take, &in, &e);
	assert(good || e.kind == ERROR_UNTRUSTED);
	return 0;
}
