/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a job of at: what is kept of it was there, and no command is kept as a variable. */
#include <assert.h>

#include "../bytes.h"
#include "triage/parse/at.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { data, size };
	const struct partition_source s = source_of(&b);
	struct error e = { 0 };
	struct at_job j;

	assert(at_job_read(&s, NULL, &j, &e));
	assert(j.commands.len + j.environment.len + j.directory.len + j.umask.len <= size + 1);
	for (size_t i = 1; i < j.environment.len; i++)
		assert(!strchr(" ;`$", j.environment.s[i]) || j.environment.s[i - 1] == '\\');
	at_job_release(&j);
	return 0;
}
