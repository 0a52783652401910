/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an event log: whole lines of JSON. */
#include <assert.h>

#include "../bytes.h"
#include "triage/check.h"
#include "triage/format.h"

static bool read_some(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	return read_bytes(ctx, offset, buf, len, e) &&
	       (offset % 7 != 1 || error_set(e, ERROR_FAILED, "unreadable"));
}

static bool take(void *ctx, const char *lines, size_t len, struct error *e)
{
	return check_json_lines(lines, len) || ctx || error_set(e, ERROR_FAILED, "no JSON");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { data, size };
	struct partition_source s = { read_some, &b, size, 512 };
	struct format_job job = { .inputs = &s, .count = 1, .recovered = true };
	struct error e = { 0 };
	struct emit *o = emit_new(size & 1 ? EMIT_TIMELINE : EMIT_JSONL, NULL, take, NULL);

	assert((format_find("evtx")->run(&job, o, &e) || e.kind == ERROR_UNTRUSTED) &&
	       emit_flush(o, &e));
	emit_free(o);
	return 0;
}
