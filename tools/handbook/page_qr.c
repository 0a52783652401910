/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be taken along from a page: numbers large or as QR codes, contacts, texts, paper. */
#include <stdlib.h>
#include <string.h>

#include "handbook/pages.h"
#include "handbook/take.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"

/* One thing, and the ways to reach it. */
struct taken {
	struct pages *pages;
	enum kit_kind kind;
	const char *id;
	struct channels channels;
	struct text name;
};

/* What an entry does, with which of the channels. False: the terminal is gone. */
struct offer {
	bool (*act)(struct taken *t, size_t channel);
	size_t channel;
};

#define OFFERS (2 * 99 + 8)

struct offers {
	struct ui_item items[OFFERS];
	struct offer offers[OFFERS];
	size_t count;
	struct arena memory;
};

static void note(struct taken *t, const char *form)
{
	struct text what = { 0 };

	text_addf(&what, "%s:%s", kit_kind_name(t->kind), t->id);
	pages_export(t->pages, form, text_end(&what), "");
	text_release(&what);
}

/* Show a code whose words are `words`, until a key. */
static bool show_code(struct taken *t, const char *words, const char *caption)
{
	struct error e = { 0 };
	struct qr q;

	if (!qr_encode(&q, words, QR_LOW, &e)) {
		pages_error(t->pages, text_end(&t->name), &e);
		return true;
	}
	return ui_qr(t->pages->ui, text_end(&t->name), &q, caption, words) != UI_CLOSED;
}

static bool take_number(struct taken *t, size_t at)
{
	struct text tel = { 0 }, caption = { 0 };
	bool open;

	take_tel(&t->channels.items[at], &tel);
	dial_add(&caption, t->channels.items[at].value);
	text_addf(&caption, "\n\n%s",
		  _("Hold the camera of a telephone to it: it offers to dial."));
	note(t, "number");
	open = show_code(t, text_end(&tel), text_end(&caption));
	text_release(&tel);
	text_release(&caption);
	return open;
}

static bool show_large(struct taken *t, size_t at)
{
	return ui_large(t->pages->ui, text_end(&t->name), t->channels.items[at].value) != UI_CLOSED;
}

static bool show_contact(struct taken *t, size_t at)
{
	struct text card = { 0 };
	struct error e = { 0 };
	struct qr q;
	bool open = true;

	if (!take_contact(&t->pages->book, t->kind, t->id, &t->channels, at,
			  ui_qr_side_max(t->pages->ui), &q, &card, &e)) {
		pages_error(t->pages, text_end(&t->name), &e);
	} else {
		note(t, "person");
		open = ui_qr(t->pages->ui, text_end(&t->name), &q,
			     _("Hold the camera of a telephone to it: it offers to save the "
			       "contact."),
			     text_end(&card)) != UI_CLOSED;
	}
	text_release(&card);
	return open;
}

/* Which number shall stand in the contact? */
static bool choose_number(struct taken *t, struct offers *o)
{
	size_t selected = 0;
	enum ui_result r = UI_REDRAW;

	while (r != UI_BACK && r != UI_CLOSED) {
		const struct ui_list list = {
			.title = text_end(&t->name),
			.intro = _("Which number comes first? Others follow where there is room."),
			.items = o->items,
			.count = o->count,
			.footer = "",
		};

		pages_frame(t->pages);
		r = ui_list(t->pages->ui, &list, &selected);
		if (r == UI_CHOSEN && !show_contact(t, o->offers[selected].channel))
			r = UI_CLOSED;
	}
	return r != UI_CLOSED;
}

static void add(struct offers *o, const char *label, const char *detail,
		bool (*act)(struct taken *, size_t), size_t channel)
{
	if (o->count == OFFERS)
		return;
	o->offers[o->count] = (struct offer){ act, channel };
	o->items[o->count++] = (struct ui_item){
		.label = arena_string(&o->memory, label),
		.detail = arena_string(&o->memory, detail),
		.heading = !act,
	};
}

/* An entry for each number that is dialled. */
static void add_numbers(struct taken *t, struct offers *o, const char *label,
			bool (*act)(struct taken *, size_t))
{
	const struct channels *list = &t->channels;

	for (size_t at = take_next_number(list, 0); at < list->count;
	     at = take_next_number(list, at + 1)) {
		const struct channel *c = &list->items[at];
		struct text words = { 0 }, number = { 0 };

		dial_add(&number, c->value);
		text_addf(&words, label, text_end(&number));
		add(o, text_end(&words), c->dead ? c->why : book_channel_label(c->type), act, at);
		text_release(&number);
		text_release(&words);
	}
}

static bool take_person(struct taken *t, size_t channel)
{
	struct offers o = { 0 };
	enum ui_result r;
	bool open;

	(void)channel;
	do {
		pages_frame(t->pages);
		r = ui_confirm(t->pages->ui, text_end(&t->name),
			       _("Telephones copy their contacts to other places by themselves, "
				 "often to a cloud. Take only those whom you must call, and delete "
				 "them afterwards. It is entered in the journal. Show the code?"));
	} while (r == UI_REDRAW || r == UI_REFRESH);
	if (r != UI_CHOSEN)
		return r != UI_CLOSED;
	add_numbers(t, &o, "%s", show_contact);
	open = o.count == 1 ? show_contact(t, o.offers[0].channel) : choose_number(t, &o);
	arena_release(&o.memory);
	return open;
}

/* One code after the other: Enter shows the next. */
static bool show_pieces(struct taken *t, const struct take_pieces *pieces)
{
	struct offers o = { 0 };
	size_t selected = 0;
	enum ui_result r = UI_REDRAW;

	for (size_t i = 0; i < pieces->count; i++) {
		struct text label = { 0 };

		text_addf(&label, _("Code %zu of %zu"), i + 1, pieces->count);
		add(&o, text_end(&label), "", show_large, i);
		text_release(&label);
	}
	while (r != UI_BACK && r != UI_CLOSED) {
		const struct ui_list list = {
			.title = text_end(&t->name),
			.intro = _("Read one code after the other with a telephone. After each, "
				   "Enter shows the next."),
			.items = o.items,
			.count = o.count,
			.footer = "",
		};

		pages_frame(t->pages);
		r = ui_list(t->pages->ui, &list, &selected);
		if (r != UI_CHOSEN)
			continue;
		if (!show_code(t, pieces->texts[selected], o.items[selected].label))
			r = UI_CLOSED;
		selected += selected + 1 < o.count;
	}
	arena_release(&o.memory);
	return r != UI_CLOSED;
}

static bool take_words(struct taken *t, size_t channel)
{
	struct text words = { 0 };
	struct take_pieces pieces = { 0 };
	struct error e = { 0 };
	bool open = true;

	(void)channel;
	if (take_text(&t->pages->book, t->kind, t->id, &words, &e) &&
	    take_pieces(t->id, text_end(&words), qr_capacity(ui_qr_side_max(t->pages->ui)), &pieces,
			&e)) {
		note(t, "plan");
		open = show_pieces(t, &pieces);
	} else {
		pages_error(t->pages, text_end(&t->name), &e);
	}
	take_pieces_release(&pieces);
	text_release(&words);
	return open;
}

static bool print_it(struct taken *t, size_t channel)
{
	struct text what = { 0 };
	bool open;

	(void)channel;
	text_addf(&what, "%s:%s", kit_kind_name(t->kind), t->id);
	open = page_print(t->pages, text_end(&what));
	text_release(&what);
	return open;
}

static void collect(struct taken *t, struct offers *o)
{
	struct error ignored = { 0 }; /* what cannot be reached is taken as text or on paper */
	bool numbers;

	channels_release(&t->channels);
	text_clear(&t->name);
	book_add_name(&t->pages->book, t->kind, t->id, &t->name);
	(void)!book_channels(&t->pages->book, t->kind, t->id, &t->channels, &ignored);
	numbers = take_next_number(&t->channels, 0) < t->channels.count;
	add_numbers(t, o, _("QR code of %s"), take_number);
	if (numbers)
		add(o, _("QR code as a contact"), _("for a telephone's address book"), take_person,
		    0);
	add_numbers(t, o, _("%s in large figures"), show_large);
	add(o, _("QR codes of the text"), _("piece by piece"), take_words, 0);
	add(o, _("Print"), _("on a printer, or as a file"), print_it, 0);
}

bool page_take(struct pages *p, enum kit_kind kind, const char *id)
{
	struct taken t = { .pages = p, .kind = kind, .id = id };
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;

	while (r != UI_BACK && r != UI_CLOSED) {
		struct offers *o = mem_alloc(sizeof(*o));

		pages_frame(p);
		collect(&t, o);
		const struct ui_list list = {
			.title = text_end(&t.name),
			.intro = "",
			.items = o->items,
			.count = o->count,
			.footer = _("What leaves the stick is entered in the journal."),
		};

		if (selected >= o->count)
			selected = 0;
		r = ui_list(p->ui, &list, &selected);
		if (r == UI_CHOSEN && !o->offers[selected].act(&t, o->offers[selected].channel))
			r = UI_CLOSED;
		arena_release(&o->memory);
		free(o);
	}
	channels_release(&t.channels);
	text_release(&t.name);
	return r != UI_CLOSED;
}
