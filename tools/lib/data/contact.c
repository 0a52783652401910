/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Somebody on the way into a telephone. */
#include "lib/data/contact.h"

#include "lib/data/vcard.h"

static void add(struct text *out, const char *name, const char *a, const char *b)
{
	const char *const parts[] = { a, b, NULL };

	vcard_write(out, name, parts);
}

void contact_card(const struct contact *c, enum contact_left_out left_out, size_t numbers,
		  struct text *out)
{
	struct text full = { 0 };

	text_addf(&full, "%s%s%s", c->first, *c->first ? " " : "", c->last);
	add(out, "BEGIN", "VCARD", NULL);
	add(out, "VERSION", "3.0", NULL);
	add(out, "N", c->last, *c->first ? c->first : NULL);
	add(out, "FN", text_end(&full), NULL);
	if (left_out < CONTACT_ORGANISATION && *c->organisation)
		add(out, "ORG", c->organisation, NULL);
	for (size_t i = 0; i < numbers && i < c->count; i++) {
		struct text name = { 0 };

		text_add(&name, "TEL");
		if (left_out < CONTACT_TYPE && *c->numbers[i].type)
			text_addf(&name, ";TYPE=%s", c->numbers[i].type);
		add(out, text_end(&name), c->numbers[i].number, NULL);
		text_release(&name);
	}
	if (left_out < CONTACT_NOTE && *c->note)
		add(out, "NOTE", c->note, NULL);
	add(out, "END", "VCARD", NULL);
	text_release(&full);
}

/* The next smaller card; false if there is none. */
static bool leave_out_more(enum contact_left_out *left_out, size_t *numbers)
{
	if (*left_out == CONTACT_NUMBERS && *numbers > 1) {
		--*numbers;
		return true;
	}
	if (*left_out == CONTACT_TYPE)
		return false;
	++*left_out;
	if (*left_out == CONTACT_NUMBERS && *numbers > 1)
		--*numbers;
	return true;
}

bool contact_qr(const struct contact *c, unsigned side_max, struct qr *q, struct text *card,
		struct error *e)
{
	enum contact_left_out left_out = CONTACT_NOTHING;
	size_t numbers = c->count;

	do {
		struct error too_long = { 0 };

		text_clear(card);
		contact_card(c, left_out, numbers, card);
		if (qr_encode(q, card->s, QR_LOW, &too_long) && q->side <= side_max)
			return true;
	} while (leave_out_more(&left_out, &numbers));
	return qr_encode(q, card->s, QR_LOW, e);
}
