/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a crontab: a job has a command, a variable has a name. */
#include <assert.h>

#include "../bytes.h"
#include "triage/parse/cron.h"

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
	struct bytes b = { data, size };
	const struct partition_source s = source_of(&b);
	struct error e = { 0 };

	assert(lines_each(&s, NULL, each, &b, &e));
	return 0;
}
