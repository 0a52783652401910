/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a unit: a setting was on a line, and is not longer than it may be. */
#include <assert.h>

#include "triage/parse/systemd_unit.h"

static bool read_bytes(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	memcpy(buf, (const uint8_t *)ctx + offset, len);
	return e;
}

static bool each(void *ctx, const struct unit_setting *u, struct error *e)
{
	assert(u->line && u->section.s && u->value.len <= UNIT_VALUE_MAX);
	return ctx && e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct partition_source s = { read_bytes, (void *)(uintptr_t)data, size, 512 };
	struct error e = { 0 };

	assert(unit_parse(&s, NULL, each, (void *)(uintptr_t)data, &e));
	return 0;
}
