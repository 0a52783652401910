/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an event log: whole lines of JSON, and no more than chunks may give. */
#include <assert.h>
#include "triage/check.h"
#include "../../unit/triage/evtx_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory m = { data, size, size % 7 ? 0 : size / 2 };
	struct result r = read_log_from(m, true, size & 1 ? EMIT_TIMELINE : EMIT_JSONL);

	assert(r.ok || r.e.kind == ERROR_UNTRUSTED);
	assert(!r.lines.len || check_json_lines(r.lines.s, r.lines.len));
	assert(r.lines.len <= (size / 512 + 1) * (64u << 20));
	result_release(&r);
	return 0;
}
