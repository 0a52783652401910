/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a hive, through each format that lies in one: not many times what went in comes out. */
#include <stdlib.h>
#include <string.h>

#include "../bytes.h"
#include "triage/format.h"

static bool take(void *ctx, const char *lines, size_t len, struct error *e)
{
	(void)e;
	*(size_t *)ctx += len;
	return lines[len - 1] == '\n';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const names[] = { "registry",   "shimcache", "amcache",  "bam",
					     "userassist", "bcd",       "taskcache" };
	size_t out = 0;
	struct error e = { 0 };
	struct bytes b = { data, len };
	const struct partition_source s = source_of(&b);
	const struct format_job job = { &s, NULL, 1, true, { NULL, NULL } };
	const struct format *f = format_find(names[len ? data[len - 1] % 7 : 0]);
	struct emit *o = emit_new(EMIT_JSONL, f->columns, take, &out);
	if (f->run(&job, o, &e) && (!emit_flush(o, &e) || out > len * 10000))
		abort();
	emit_free(o);
	return 0;
}
