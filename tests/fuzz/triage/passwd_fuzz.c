/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as accounts: what there is of a password has a kind. */
#include <assert.h>

#include "triage/parse/passwd.h"

static bool read_bytes(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	memcpy(buf, (const uint8_t *)ctx + offset, len);
	return e;
}

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
	const struct partition_source s = { read_bytes, (void *)(uintptr_t)data, size, 512 };
	struct error e = { 0 };

	assert(lines_each(&s, NULL, each, (void *)(uintptr_t)data, &e));
	return 0;
}
