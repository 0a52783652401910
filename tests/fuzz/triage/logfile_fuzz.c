/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a log: its records come by their LSN, each once, and lie in it. */
#include "../bytes.h"
#include "triage/parse/logfile.h"

struct seen {
	struct bytes bytes;
	uint64_t lsn;
};

static bool each(void *ctx, const struct logfile_record *r, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	if (r->lsn <= s->lsn || r->offset >= s->bytes.size || r->data.left > LOGFILE_DATA_MAX)
		abort();
	s->lsn = r->lsn;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen s = { .bytes = { data, size } };
	const struct partition_source bytes = source_of(&s.bytes);
	const struct logfile_to to = { .record = each, .ctx = &s };
	struct error e = { 0 };

	if (!logfile_parse(&bytes, NULL, &to, &e) && e.kind != ERROR_UNTRUSTED)
		abort();
	return 0;
}
