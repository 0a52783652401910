/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as keys for SSH: a whole key has a fingerprint. */
#include <assert.h>

#include "../bytes.h"
#include "triage/parse/authorized_keys.h"

static bool each(void *ctx, const struct line *l, struct error *e)
{
	struct authorized_key k;
	enum key_kind kind = authorized_key_parse(l, &k);

	assert((kind == KEY_WHOLE) == (strlen(k.fingerprint) == FINGERPRINT_TEXT - 1));
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
