/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as folder, name and stream of a bodyfile: a line for each time, such as the box may hand out. */
#include <assert.h>

#include "triage/check.h"
#include "triage/emit.h"

static bool take(void *ctx, const char *lines, size_t len, struct error *e)
{
	for (size_t i = 0; i < len; i++)
		*(size_t *)ctx += lines[i] == '\n';
	return check_lines(lines, len) && !e->kind;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct error e = { 0 };
	size_t lines = 0, half = size / 2;
	struct emit *o = emit_new(EMIT_BODYFILE, NULL, take, &lines);
	struct emit_body b = { .folder = text, .name = text + half, .mode = "r/rrwxrwxrwx" };

	emit_begin(o, "x");
	for (size_t i = 0; i < size; i++, b.same_name = i & 1, b.same_folder = i & 2) {
		b.folder_len = half;
		b.name_len = size - half;
		b.suffix = text + i;
		b.suffix_len = i & 4 ? size - i : 0;
		b.changed = (int64_t)((uint64_t)data[i] << (i & 63)) | 1;
		emit_body(o, &b);
	}
	assert(emit_end(o, &e) && emit_flush(o, &e) && lines == size);
	emit_free(o);
	return 0;
}
