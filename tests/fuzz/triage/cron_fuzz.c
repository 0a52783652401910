/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a crontab: a job has a command, a variable has a name. */
#include <assert.h>

#include "triage/parse/cron.h"

static bool read_bytes(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	memcpy(buf, (const uint8_t *)ctx + offset, len);
	return e;
}

static bool each(void *ctx, const struct line *l, struct error *e)
{
	struct cron_line c;

	for (int user = 0; user < 2; user++) {
		enum cron_kind kind = cron_parse(l, user, &c);

		assert(kind != CRON_JOB || (c.command.len && c.command.len < l->len));
		assert(kind != CRON_ENVIRONMENT || c.name.len);
	}
	return ctx && e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct partition_source s = { read_bytes, (void *)(uintptr_t)data, size, 512 };
	struct error e = { 0 };

	assert(lines_each(&s, NULL, each, (void *)(uintptr_t)data, &e));
	return 0;
}
