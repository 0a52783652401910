/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Property stores: sets of values, each set with the GUID of its format. */
#include "triage/parse/propstore.h"

#include <string.h>

/* D5CDD505-2E9C-101B-9397-08002B2CF9AE: its values have names. */
static const uint8_t named[16] = { 0x05, 0xd5, 0xcd, 0xd5, 0x9c, 0x2e, 0x1b, 0x10,
				   0x93, 0x97, 0x08, 0x00, 0x2b, 0x2c, 0xf9, 0xae };

struct property_cursor property_begin(struct reader stores)
{
	return (struct property_cursor){ .stores = stores };
}

/* The next set; false: there is none. What is none, but has a size, is passed over. */
static bool next_set(struct property_cursor *c)
{
	while (!c->stores.bad) {
		struct reader peek = c->stores;
		size_t size = reader_le32(&peek);

		if (peek.bad || size == 0) {
			c->bad |= c->stores.left > (peek.bad ? 0 : 4u);
			break;
		}
		c->values = reader_sub(&c->stores, size);
		reader_skip(&c->values, 4);
		const uint8_t *magic = reader_take(&c->values, 4);
		c->format_id = reader_take(&c->values, 16);
		if (c->format_id && memcmp(magic, "1SPS", 4) == 0)
			return true;
		c->bad = true;
	}
	return false;
}

bool property_next(struct property_cursor *c, struct property *p)
{
	for (;;) {
		struct reader peek = c->values;
		size_t size = reader_le32(&peek);

		if (peek.bad || size == 0) {
			c->bad |= c->values.left > (peek.bad ? 0 : 4u);
			c->values = (struct reader){ 0 };
			if (!next_set(c))
				return false;
			continue;
		}
		struct reader r = reader_sub(&c->values, size);
		reader_skip(&r, 4);
		*p = (struct property){ .format_id = c->format_id };
		size_t id = reader_le32(&r);
		reader_skip(&r, 1);
		if (memcmp(c->format_id, named, sizeof(named)) == 0) {
			struct reader name = reader_sub(&r, id);

			p->name = words_ended(&name, true);
		} else {
			p->id = (uint32_t)id;
		}
		p->type = reader_le16(&r);
		reader_skip(&r, 2);
		p->value = r;
		if (!r.bad)
			return true;
		/* The rest of its set is lost, not those behind, which have sizes of their own. */
		c->bad = true;
		c->values = (struct reader){ 0 };
	}
}
