/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as text, in any form: as many lines of harmless UTF-8 as there must be. */
#include <assert.h>

#include "lib/base/text.h"
#include "triage/emit.h"

static bool take(void *ctx, const char *lines, size_t len, struct error *e)
{
	(void)e;
	for (const char *s = lines, *end = lines + len; s < end;) {
		uint32_t c = text_next(&s, end);
		*(size_t *)ctx += c == '\n';
		assert(c == '\n' || (c == '\r' && *s == '\n') || !text_is_unsafe(c));
	}
	return text_is_utf8(lines, len) && lines[len - 1] == '\n';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const columns[] = { "a", "b", NULL };
	struct error e = { 0 };
	size_t lines = 0;
	struct emit *o = emit_new(size & 3, columns, take, &lines);

	emit_begin(o, "x");
	emit_text(o, "a", (const char *)data, size);
	emit_utf16(o, "b", data, size / 2);
	emit_unix(o, "c", (int64_t)(size << (size & 63)) | 1, (uint32_t)size, 9, MOMENT_RUN);
	emit_says(o, (const char *)data, size);
	emit_says16(o, data, size / 2);
	assert(emit_end(o, &e) && emit_flush(o, &e) && lines == ((size & 3) == EMIT_CSV ? 2 : 1));
	emit_free(o);
	return 0;
}
