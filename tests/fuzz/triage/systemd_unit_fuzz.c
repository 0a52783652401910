/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a unit: a setting was on a line, and is not longer than it may be. */
#include <assert.h>

#include "../bytes.h"
#include "triage/parse/systemd_unit.h"

static bool each(void *ctx, const struct unit_setting *u, struct error *e)
{
	assert(u->line && u->section.s && u->value.len <= UNIT_VALUE_MAX);
	return ctx && e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { data, size };
	const struct partition_source s = source_of(&b);
	struct error e = { 0 };

	assert(unit_parse(&s, NULL, each, &b, &e));
	return 0;
}
