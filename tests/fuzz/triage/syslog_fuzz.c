/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a log: a time that it has exists. */
#include <assert.h>

#include "../bytes.h"
#include "triage/parse/syslog.h"

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
	struct bytes b = { data, size };
	const struct partition_source s = source_of(&b);
	struct error e = { 0 };

	assert(lines_each_of_log(&s, NULL, each, &b, &e));
	return 0;
}
