/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers, people and texts on their way into a telephone. */
#include "handbook/take.h"

#include <stdlib.h>
#include <string.h>

#include "handbook/people.h"
#include "lib/base/language.h"
#include "lib/data/contact.h"

void take_tel(const struct channel *c, struct text *out)
{
	text_addf(out, "tel:%s", c->normal);
}

size_t take_next_number(const struct channels *list, size_t at)
{
	while (at < list->count && !*list->items[at].normal)
		at++;
	return at;
}

/* What RFC 2426, 3.3.1 calls a kind of number. */
static const char *tel_type(const char *channel)
{
	static const struct {
		const char *channel, *type;
	} types[] = {
		{ "mobile_work", "CELL" },      { "mobile_private", "CELL" },
		{ "landline_work", "WORK" },    { "duty", "WORK" },
		{ "landline_private", "HOME" }, { "satellite", "CELL" },
		{ "pager", "PAGER" },           { "fax", "FAX" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].channel, channel) == 0)
			return types[i].type;
	return "";
}

/* All numbers, the chosen one first; a fax only if it was chosen. */
static void add_numbers(struct contact *c, const struct channels *list, size_t first)
{
	c->numbers = mem_array(list->count, sizeof(*c->numbers));
	for (size_t n = 0; n < list->count; n++) {
		/* Place 0 is the chosen one, then all others in their order. */
		size_t i = n == 0 ? first : n <= first ? n - 1 : n;
		const struct channel *at = &list->items[i];
		const char *type = tel_type(at->type);

		if (!*at->normal || (n && strcmp(type, "FAX") == 0))
			continue;
		c->numbers[c->count++] = (struct contact_number){ at->normal, type };
	}
}

bool take_contact(struct book *b, enum kit_kind kind, const char *id, const struct channels *list,
		  size_t first, unsigned side_max, struct qr *q, struct text *card, struct error *e)
{
	struct book_person person = { 0 };
	struct text name = { 0 };
	struct contact c = { .first = "", .organisation = "", .note = "" };
	bool ok = true;

	book_add_name(b, kind, id, &name);
	c.last = text_end(&name);
	if (kind == KIT_PERSON) {
		ok = book_person(b, id, &person, e);
		c.last = person.last_name;
		c.first = person.first_name;
		c.organisation = person.organisation;
		c.note = person.function;
	} else if (kind == KIT_ROLE) {
		c.organisation = b->kit.organisation;
	}
	if (ok && first >= list->count)
		ok = error_set(e, ERROR_FAILED, _("%s has no number that can be dialled"),
			       text_end(&name));
	if (ok) {
		add_numbers(&c, list, first);
		ok = contact_qr(&c, side_max, q, card, e);
		free(c.numbers);
	}
	book_person_release(&person);
	text_release(&name);
	return ok;
}

bool take_text(struct book *b, enum kit_kind kind, const char *id, struct text *out,
	       struct error *e)
{
	struct text shown = { 0 };
	bool ok = book_show(b, kind, id, &shown, e);

	for (const char *s = text_end(&shown); ok && *s; s++) {
		bool begins = out->len == 0 || out->s[out->len - 1] == '\n';

		/* No columns of spaces, no marks of headings, no empty lines. */
		if ((*s == ' ' && (begins || s[1] == ' ')) || (begins && (*s == '#' || *s == '\n')))
			continue;
		text_add_n(out, s, 1);
	}
	text_release(&shown);
	return ok;
}

/* Bytes of the text that go into `room`: up to a line's end in its second half, else a
 * space, else a character. */
static size_t piece_bytes(const char *text, size_t room)
{
	size_t n = strlen(text), line = 0, word = 0;

	if (n <= room)
		return n;
	for (size_t i = 1; i <= room; i++) {
		line = text[i] == '\n' ? i : line;
		word = text[i] == ' ' ? i : word;
	}
	if (line > room / 2 || (line && !word))
		return line;
	if (word)
		return word;
	for (n = room; n > 1 && ((unsigned char)text[n] & 0xc0) == 0x80;)
		n--;
	return n;
}

bool take_pieces(const char *label, const char *text, size_t bytes, struct take_pieces *out,
		 struct error *e)
{
	const size_t head = strlen(label) + strlen(" 99/99\n");
	const char *cuts[TAKE_PIECES];
	size_t count = 0;

	*out = (struct take_pieces){ 0 };
	if (bytes < 2 * head)
		return error_set(e, ERROR_FAILED,
				 _("the screen is too small for a QR code; use smaller letters"));
	for (const char *at = text; *at && count < TAKE_PIECES; at += strspn(at, " \n")) {
		cuts[count++] = at;
		at += piece_bytes(at, bytes - head);
		if (count == TAKE_PIECES && *at)
			return error_set(e, ERROR_FAILED,
					 _("this is too long for %d QR codes on this screen; print "
					   "it, or use smaller letters"),
					 TAKE_PIECES);
	}
	for (size_t i = 0; i < count; i++) {
		struct text piece = { 0 };
		size_t n = piece_bytes(cuts[i], bytes - head);

		text_addf(&piece, "%s %zu/%zu\n", label, i + 1, count);
		text_add_n(&piece, cuts[i], n);
		out->texts[out->count++] = arena_string(&out->memory, text_end(&piece));
		text_release(&piece);
	}
	return true;
}

void take_pieces_release(struct take_pieces *p)
{
	arena_release(&p->memory);
	*p = (struct take_pieces){ 0 };
}
