/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a log: a time that it has exists. */
#include <assert.h>

#include "triage/parse/syslog.h"

static bool read_bytes(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	memcpy(buf, (const uint8_t *)ctx + offset, len);
	return e;
}

static bool each(void *ctx, const struct line *l, struct error *e)
{
	struct syslog_record r;

	if (syslog_parse(l, &r))
		assert(r.month && r.month <= 12 && r.day && r.day <= 31 && r.second <= 86400 &&
		       r.ns < 1000000000 && r.message.len <= l->len);
	return ctx && e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct partition_source s = { read_bytes, (void *)(uintptr_t)data, size, 512 };
	struct error e = { 0 };

	assert(lines_each_of_log(&s, NULL, each, (void *)(uintptr_t)data, &e));
	return 0;
}
