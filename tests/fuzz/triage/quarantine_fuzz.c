/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file of the quarantine and, deciphered beforehand, as an entry's three parts. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../bytes.h"
#include "triage/parse/quarantine.h"

static bool stream(void *ctx, const struct quarantine_stream *q, struct error *e)
{
	assert(q->there <= *(const size_t *)ctx && !q->sha256[64] && !e->kind);
	return true;
}
static bool take(void *ctx, const struct quarantine_entry *n, const struct quarantine_resource *q,
		 struct error *e)
{
	assert(n->id && !e->kind);
	assert(!q || q->path.left + q->type.left <= *(const size_t *)ctx);
	return true;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t parts[] = { 60, 80, 1 << 20 };
	uint8_t *bytes = malloc(size + 1);
	struct quarantine_entry n;
	struct error e = { 0 };
	memcpy(bytes, data, size);
	for (size_t i = 0, at = 0; i < 3 && at < size; at += parts[i++]) {
		struct rc4 r;
		quarantine_cipher(&r);
		rc4_apply(&r, bytes + at, parts[i] < size - at ? parts[i] : size - at);
	}
	struct bytes b = { bytes, size };
	const struct partition_source s = source_of(&b);
	assert(quarantine_file(&s, NULL, stream, &size, &e) || e.kind == ERROR_UNTRUSTED);
	e.kind = ERROR_NONE;
	assert(quarantine_entry(bytes, size, NULL, &n, take, &size, &e) ||
	       e.kind == ERROR_UNTRUSTED);
	free(bytes);
	return 0;
}
