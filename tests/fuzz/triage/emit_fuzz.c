/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as text, in any form: as many lines as there must be, such as the box may hand out. */
#include <assert.h>

#include "triage/check.h"
#include "triage/emit.h"

static bool take(void *ctx, const char *lines, size_t len, struct error *e)
{
	for (size_t i = 0; i < len; i++)
		*(size_t *)ctx += lines[i] == '\n';
	return check_lines(lines, len) && (*lines != '{' || check_json_lines(lines, len)) &&
	       !e->kind;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const columns[] = { "a", "b", NULL };
	struct error e = { 0 };
	size_t lines = 0, form = size & 3;
	struct emit *o = emit_new((enum emit_form)form, columns, take, &lines);
	emit_begin(o, "x");
	emit_text(o, "a", (const char *)data, size);
	emit_utf16(o, "b", data, size / 2);
	emit_unix(o, "c", (int64_t)(size << (size & 63)) | 1, (uint32_t)size, 9, MOMENT_RUN);
	emit_says(o, (const char *)data, size);
	emit_says16(o, data, size / 2);
	assert(emit_end(o, &e) && emit_flush(o, &e) && lines == (form == EMIT_CSV ? 2 : 1));
	emit_free(o);
	return 0;
}
