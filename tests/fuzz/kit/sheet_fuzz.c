/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as each of the tables, chosen by the first byte. */
#include <stddef.h>
#include <stdint.h>

#include "kit/source.h"
#include "lib/data/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text text = { 0 };
	struct error e = { 0 };
	struct source s;
	size_t line;

	if (size == 0)
		return 0;
	source_init(&s);
	if (charset_to_utf8((const char *)data + 1, size - 1, &text, &line, &e)) {
		sheet_parse(&s, data[0] % TABLES, "x", text_end(&text), text.len);
		references_check(&s);
	}
	source_release(&s);
	text_release(&text);
	return 0;
}
