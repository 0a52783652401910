/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folding of any bytes: no line is too wide, none holds what a terminal must not get. */
#include <assert.h>

#include "lib/base/text.h"
#include "lib/ui/fold.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct folded f = { 0 };
	unsigned columns = len ? bytes[0] % 120u + 2 : 2;
	char *text = mem_string_n(len ? (const char *)bytes + 1 : "", len ? len - 1 : 0);

	fold_text(&f, text, columns);
	for (size_t i = 0; i < f.count; i++) {
		const char *s = f.lines[i].text, *end = s + strlen(s);

		assert(f.lines[i].indent + text_width(s) <= columns);
		while (s < end)
			assert(!text_is_unsafe(text_next(&s, end)));
	}
	fold_release(&f);
	free(text);
	return 0;
}
