/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as vCards: no crash, all that is returned lies in the buffer and is ended. */
#include <assert.h>
#include <stdint.h>

#include "lib/data/vcard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vcard card;
	struct error e = { 0 };
	struct text bytes = { 0 }, part = { 0 };
	bool more = true;

	text_add_n(&bytes, size ? (const char *)data : "", size);
	struct vcard_reader r = vcard_read(bytes.s, bytes.len);
	while (vcard_next(&r, &card, &more, &e) && more)
		for (size_t i = 0; i < card.count; i++) {
			const struct vcard_property *p = &card.properties[i];

			assert(p->value >= bytes.s && p->value + p->len <= bytes.s + bytes.len);
			assert(p->value[p->len] == '\0');
			for (size_t n = 0; n < 4 && vcard_part(p, ';', n, &part); n++)
				assert(part.len <= p->len);
		}
	assert(e.kind == ERROR_NONE || r.line > 0);
	text_release(&part);
	text_release(&bytes);
	return 0;
}
