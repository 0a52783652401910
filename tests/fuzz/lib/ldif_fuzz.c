/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as LDIF: no crash, all that is returned lies in the buffer and is ended. */
#include <assert.h>
#include <stdint.h>

#include "lib/base/text.h"
#include "lib/data/ldif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ldif_entry entry = { 0 };
	struct error e = { 0 };
	struct text bytes = { 0 };
	bool more = true;

	text_add_n(&bytes, size ? (const char *)data : "", size);
	struct ldif_reader r = ldif_read(bytes.s, bytes.len);
	while (ldif_next(&r, &entry, &more, &e) && more)
		for (size_t i = 0; i < entry.count; i++) {
			const struct ldif_attribute *a = &entry.attributes[i];

			assert(a->value >= bytes.s && a->value + a->len <= bytes.s + bytes.len);
			assert(a->value[a->len] == '\0' && *a->name);
		}
	assert(e.kind == ERROR_NONE || r.line > 0);
	ldif_release(&entry);
	text_release(&bytes);
	return 0;
}
