/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a table: no crash, and what is read fits the promises of csv.h. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/data/charset.h"
#include "lib/data/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct error e = { 0 };
	struct text text = { 0 };
	struct csv t;
	size_t line = 0;

	if (charset_to_utf8((const char *)data, size, &text, &line, &e)) {
		assert(text_is_utf8(text_end(&text), text.len));
		if (csv_parse(text_end(&text), text.len, &a, &t, &line, &e))
			for (size_t i = 0; i < t.count; i++)
				assert(t.rows[i].cells[t.columns - 1]);
	}
	assert(e.kind == ERROR_NONE || line > 0);
	arena_release(&a);
	text_release(&text);
	return 0;
}
