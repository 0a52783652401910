/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which sheets there are, and what all of them say of themselves. */
#include "handbook/print.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "handbook/handover.h"
#include "handbook/unlock.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"
#include "lib/ui/kitframe.h"

#define NAMES_TRIED 1000

/* What the next shift must know, with lines to sign. */
static struct document *make_handover(const struct print_from *from, struct error *e)
{
	struct text words = { 0 };
	struct document *d = NULL;

	if (handover_add(from->book, from->view, from->journal, &words, e))
		d = handover_document(from->book, text_end(&words));
	text_release(&words);
	return d;
}

const struct print_sheet print_sheets[] = {
	{ "phones", N_("All numbers"), print_phones, NULL },
	{ "deadlines", N_("Deadlines"), print_deadlines, NULL },
	{ "handover", N_("Hand-over"), NULL, make_handover },
	{ "journal", N_("Journal"), print_journal, NULL },
	{ 0 },
};

static const struct print_sheet *sheet_of(const char *what)
{
	for (const struct print_sheet *s = print_sheets; s->what; s++)
		if (strcmp(s->what, what) == 0)
			return s;
	return NULL;
}

bool print_title(struct book *b, const char *what, struct text *title, struct error *e)
{
	const struct print_sheet *s = sheet_of(what);
	enum kit_kind kind;
	const char *id;

	if (s) {
		text_add(title, _(s->label));
		return true;
	}
	if (!strchr(what, ':'))
		return error_set(e, ERROR_USAGE,
				 _("'%s' cannot be printed; write phones, deadlines, handover, "
				   "journal or KIND:ID, as 'handbook find' prints it"),
				 what);
	if (!book_name_parse(what, &kind, &id, e))
		return false;
	book_add_name(b, kind, id, title);
	return true;
}

/* One thing, as it is shown. */
static bool print_thing(struct book *b, enum kit_kind kind, const char *id, struct document *d,
			struct error *e)
{
	struct text words = { 0 };
	bool ok = book_show(b, kind, id, &words, e);

	if (ok)
		document_words(d, text_end(&words));
	text_release(&words);
	return ok;
}

static bool write_sheet(const struct print_from *from, const char *what, struct document *d,
			struct error *e)
{
	const struct print_sheet *s = sheet_of(what);
	struct book *b = from->book;
	enum kit_kind kind;
	const char *id;

	if (s)
		return s->write(from, d, e);
	if (!book_name_parse(what, &kind, &id, e))
		return false;
	if (kind == KIT_PLAN)
		return print_plan(b, id, d, e);
	if (kind == KIT_CHAIN)
		return print_chain(b, id, d, e);
	return print_thing(b, kind, id, d, e);
}

/* Paper does not lock itself again: which part stands on it. */
void print_add_tier(const struct book *b, struct text *mark)
{
	const char *word = b->tiers[TIER_STRICT].open      ? _("STRICT")
			   : b->tiers[TIER_PROTECTED].open ? _("PROTECTED")
							   : NULL;

	if (word)
		text_addf(mark, "%s%s", mark->len ? " \u2013 " : "", word);
}

struct document *print_document(const struct print_from *from, const char *what, struct error *e)
{
	const struct print_sheet *s = sheet_of(what);
	struct book *b = from->book;
	struct text title = { 0 }, footer = { 0 }, mark = { 0 };
	struct document *d = NULL;

	if (s && s->make)
		return s->make(from, e);
	if (print_title(b, what, &title, e)) {
		kit_frame(&b->kit, book_now_ms(b) / 1000, &footer, &mark);
		print_add_tier(b, &mark);
		const struct document_facts facts = {
			.title = text_end(&title),
			.author = b->kit.publisher,
			.date = b->kit.data_date,
			.footer = text_end(&footer),
			.mark = text_end(&mark),
		};

		d = document_new(&facts);
		if (!write_sheet(from, what, d, e)) {
			document_free(d);
			d = NULL;
		}
	}
	text_release(&title);
	text_release(&footer);
	text_release(&mark);
	return d;
}

bool print_into(int folder, const char *what, enum document_form form, const struct text *bytes,
		char name[PRINT_NAME], struct error *e)
{
	static const char *const ends[] = {
		[DOCUMENT_PDF] = "pdf",
		[DOCUMENT_PCL] = "pcl",
		[DOCUMENT_TEXT] = "txt",
		[DOCUMENT_LETTERS] = "txt",
	};
	struct newfile f = NEWFILE_NONE;
	char stem[PRINT_NAME - 24];
	bool ok;

	snprintf(stem, sizeof(stem), "handbook-%s", what);
	/* A colon or a slash is in no name that Windows can read. */
	for (char *c = stem; (c = strpbrk(c, ":/")); c++)
		*c = '-';
	for (unsigned n = 1; n <= NAMES_TRIED; n++) {
		struct stat there;

		if (n == 1)
			snprintf(name, PRINT_NAME, "%s.%s", stem, ends[form]);
		else
			snprintf(name, PRINT_NAME, "%s-%u.%s", stem, n, ends[form]);
		if (fstatat(folder, name, &there, AT_SYMLINK_NOFOLLOW) != 0)
			break;
	}
	ok = newfile_create_at(&f, folder, name, e) && newfile_write(&f, bytes->s, bytes->len, e) &&
	     newfile_commit_new(&f, e);
	newfile_discard(&f);
	return ok;
}
