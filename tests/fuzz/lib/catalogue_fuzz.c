/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A catalogue of any bytes ends; its lines come in order and name bytes. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/image/catalogue_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct catalogue c = { 0 };
	struct catalogue_line line, last = { 0 };
	struct error e = { 0 };
	bool more = size > 0;

	if (!more || !catalogue_begin(&c, mem_string_n((const char *)data + 1, size - 1), size - 1,
				      data[0], &e))
		return 0;
	while (catalogue_next(&c, &line, &more, &e) && more) {
		struct text bytes = { 0 };

		if (!catalogue_path(line.path, line.path_len, &bytes) || !bytes.len ||
		    (last.path && catalogue_order(&last, &line) >= 0) || line.size_bytes >> 63)
			abort();
		last = line;
		text_release(&bytes);
	}
	catalogue_unload(&c);
	return 0;
}
