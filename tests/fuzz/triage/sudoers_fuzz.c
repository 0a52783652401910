/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as rules of sudo: a rule has who, where and what, and no line becomes very many. */
#include <assert.h>

#include "../bytes.h"
#include "triage/parse/sudoers.h"

struct seen {
	uint64_t line;
	unsigned rules;
};

static bool each(void *ctx, const struct sudoers_entry *x, struct error *e)
{
	struct seen *s = ctx;

	s->rules = x->line == s->line ? s->rules + 1 : 1;
	s->line = x->line;
	assert(x->kind != SUDOERS_RULE ||
	       (s->rules <= SUDOERS_COMMANDS_MAX && x->users.s && x->hosts.len && x->command.len));
	return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { data, size };
	const struct partition_source s = source_of(&b);
	struct seen seen = { 0 };
	struct error e = { 0 };

	bool good = sudoers_parse(&s, NULL, each, &seen, &e);
	assert(good);
	return 0;
}
