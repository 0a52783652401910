/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a journal of systemd: entries of bounded size, each once. */
#include <assert.h>
#include <string.h>

#include "triage/parse/journald.h"

static bool header(void *ctx, const struct journald_header *h, struct error *e)
{
	(void)h;
	return ctx && e;
}

static bool entry(void *ctx, const struct journald_entry *r, struct error *e)
{
	size_t *left = ctx, unpacked = 0;

	assert(r->count <= JOURNALD_FIELDS_MAX && r->count + r->missing && !e->kind);
	assert((*left)-- > 0);
	for (size_t i = 0; i < r->count; i++) {
		assert(r->fields[i].name_len && r->fields[i].name_len <= JOURNALD_NAME_MAX);
		unpacked += memchr(r->fields[i].value - 1, '=', r->fields[i].len + 1) != NULL;
	}
	assert(unpacked == r->count);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t left = size / 64 * 2;
	const struct journald_to to = { header, entry, &left };
	struct error e = { 0 };

	(void)!journald_parse(data, size, size % 2, NULL, &to, &e);
	return 0;
}
