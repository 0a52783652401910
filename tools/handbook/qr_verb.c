/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook qr`: for a telephone's camera, on the terminal or as a picture. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "handbook/export.h"
#include "handbook/handbook.h"
#include "handbook/take.h"
#include "handbook/unlock.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"

#define COLUMNS 80 /* of a terminal that does not say */
#define ROWS 24

struct qr_options {
	const char *form, *svg;
	uint64_t number;
	bool as_json, dry_run;
};

/* What is shown, one code after another. */
struct shown {
	const char *texts[TAKE_PIECES];
	size_t count;
	struct arena memory;
	unsigned columns, side_max;
	const char *event; /* "number", "person", "plan": of the journal */
};

/* The largest code that the terminal shows whole, with a line below it. A file or a pipe
 * counts as the console that everybody has. */
static void look_at_terminal(struct shown *s)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 2 || size.ws_row < 2)
		size = (struct winsize){ .ws_col = COLUMNS, .ws_row = ROWS };
	s->columns = size.ws_col;
	s->side_max = qr_side_max(size.ws_col, size.ws_row - 1u);
}

static bool add_tel(const struct channels *list, size_t at, struct shown *s, struct error *e)
{
	struct text tel = { 0 };

	if (at >= list->count)
		return error_set(e, ERROR_FAILED,
				 _("there is no such number; 'handbook show' "
				   "lists what can be dialled"));
	take_tel(&list->items[at], &tel);
	s->texts[s->count++] = arena_string(&s->memory, text_end(&tel));
	s->event = "number";
	text_release(&tel);
	return true;
}

static bool add_contact(struct book *b, enum kit_kind kind, const char *id,
			const struct channels *list, size_t at, struct shown *s, struct error *e)
{
	struct text card = { 0 };
	struct qr q;
	bool ok = take_contact(b, kind, id, list, at, s->side_max, &q, &card, e);

	if (ok)
		s->texts[s->count++] = arena_string(&s->memory, text_end(&card));
	s->event = "person";
	text_release(&card);
	return ok;
}

static bool add_text(struct book *b, enum kit_kind kind, const char *id, struct shown *s,
		     struct error *e)
{
	struct text words = { 0 };
	struct take_pieces pieces = { 0 };
	bool ok = take_text(b, kind, id, &words, e) &&
		  take_pieces(id, text_end(&words), qr_capacity(s->side_max), &pieces, e);

	for (size_t i = 0; ok && i < pieces.count; i++)
		s->texts[s->count++] = arena_string(&s->memory, pieces.texts[i]);
	s->event = "plan";
	take_pieces_release(&pieces);
	text_release(&words);
	return ok;
}

/* The channel that is the n-th number, from 1. */
static size_t number_at(const struct channels *list, uint64_t n)
{
	size_t at = take_next_number(list, 0);

	while (--n && at < list->count)
		at = take_next_number(list, at + 1);
	return at;
}

static bool collect(struct book *b, enum kit_kind kind, const char *id, const struct qr_options *o,
		    struct shown *s, struct error *e)
{
	struct channels list = { 0 };
	size_t at;
	bool ok = true;

	if (strcmp(o->form, "text") == 0)
		return add_text(b, kind, id, s, e);
	ok = book_channels(b, kind, id, &list, e);
	at = number_at(&list, o->number);
	if (ok && strcmp(o->form, "tel") == 0)
		ok = add_tel(&list, at, s, e);
	else if (ok && strcmp(o->form, "vcard") == 0)
		ok = add_contact(b, kind, id, &list, at, s, e);
	else if (ok)
		ok = error_set(e, ERROR_USAGE, _("'%s' is no form; use tel, vcard or text"),
			       o->form);
	channels_release(&list);
	return ok;
}

static void print_json(const struct shown *s)
{
	struct json j = json_to(stdout);

	json_array(&j, NULL);
	for (size_t i = 0; i < s->count; i++)
		json_string(&j, NULL, s->texts[i]);
	json_end(&j);
}

/* The words of a code below it, masked, so that nobody must trust it blindly: in one line, of
 * at most `columns` (0: all of it). */
static void print_words(const char *words, unsigned columns)
{
	size_t size = 3 * strlen(words) + 1;
	char *masked = mem_alloc(size), *line = mem_string(words);

	for (char *c = line; *c; c++)
		*c = *c == '\n' ? ' ' : *c;
	for (char *c = line, *to = line;; c++)
		if (*c != '\r' && !(*to++ = *c))
			break;
	text_mask(masked, size, line);
	if (columns && text_width(masked) > columns)
		printf("%.*s\u2026\n", (int)text_fit(masked, columns - 1), masked);
	else
		printf("%s\n", masked);
	free(line);
	free(masked);
}

static bool draw(const struct shown *s, const struct qr_options *o, struct error *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < s->count; i++) {
		struct text out = { 0 };
		struct qr q;

		ok = qr_encode(&q, s->texts[i], QR_LOW, e);
		if (ok && o->svg) {
			qr_svg(&q, &out);
			ok = newfile_whole(o->svg, out.s, out.len, e);
		} else if (ok && q.side > s->side_max) {
			ok = error_set(
				e, ERROR_FAILED,
				_("this needs %u columns and %u lines; make the window "
				  "larger, its letters smaller, or write a picture with --svg"),
				q.side + 2 * QR_QUIET, (q.side + 2 * QR_QUIET + 1) / 2 + 1);
		} else if (ok) {
			qr_lines(&q, isatty(STDOUT_FILENO) ? QR_COLOURS : QR_INK, &out);
			printf("%s", text_end(&out));
			print_words(s->texts[i], s->columns);
		}
		text_release(&out);
	}
	return ok;
}

static bool take(struct book *b, const char *what, const struct qr_options *o, struct error *e)
{
	struct shown s = { 0 };
	enum kit_kind kind;
	const char *id;
	bool ok;

	look_at_terminal(&s);
	if (o->svg)
		s.side_max = QR_SIDE_MAX;
	ok = book_name_parse(what, &kind, &id, e) && collect(b, kind, id, o, &s, e);

	if (ok && strcmp(s.event, "person") == 0)
		fprintf(stderr, "%s\n",
			_("handbook: telephones copy their contacts to other places by themselves, "
			  "often to a cloud; take only what is needed, and delete it afterwards."));
	if (ok && !o->dry_run)
		export_note(s.event, what, o->svg ? o->svg : "");
	if (ok && o->as_json)
		print_json(&s);
	else if (ok && o->dry_run)
		for (size_t i = 0; i < s.count; i++)
			print_words(s.texts[i], 0);
	else
		ok = ok && draw(&s, o, e);
	arena_release(&s.memory);
	return ok;
}

int handbook_qr(int argc, char **argv)
{
	struct error e = { 0 };
	struct unlock_options unlock = { 0 };
	struct qr_options o = { .form = "tel", .number = 1 };
	const struct cli_option options[] = {
		{ "form", CLI_TEXT, &o.form, "tel|vcard|text",
		  N_("tel: one number (usual); vcard: a contact; text: as it is shown, in pieces"),
		  0, 0 },
		{ "number", CLI_NUMBER, &o.number, "N", N_("its Nth number, not the first"), 1,
		  99 },
		{ "svg", CLI_TEXT, &o.svg, "FILE", N_("write a picture instead of drawing it"), 0,
		  0 },
		{ "json", CLI_FLAG, &o.as_json, NULL, N_("print what is in the codes as JSON"), 0,
		  0 },
		{ "n", CLI_FLAG, &o.dry_run, NULL, N_("only say what would be in the codes"), 0,
		  0 },
		UNLOCK_OPTIONS(unlock),
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"qr",
		"KIND:ID",
		N_("Show a number, a contact or a text as QR codes, for a telephone's camera."),
		options,
		1,
		1,
	};
	struct book book = { 0 };
	bool ok;

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	ok = book_open_with(&book, &unlock, &e) && take(&book, argv[0], &o, &e);
	book_close(&book);
	return ok ? 0 : report("handbook", &e);
}
