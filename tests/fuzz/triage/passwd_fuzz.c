/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as accounts: what there is of a password has a kind. */
#include <assert.h>

#include "../bytes.h"
#include "triage/parse/passwd.h"

static bool each(void *ctx, const struct line *l, struct error *e)
{
	struct span f[PASSWD_FIELDS_MAX];
	struct password p;

	assert(passwd_split(l, f, PASSWD_FIELDS_MAX) || !l->len);
	password_of(f[1], &p);
	assert((p.kind == PASSWORD_SET) == !!p.algorithm);
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
