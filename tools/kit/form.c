/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forms to be filled in by hand (docs/formats/kit-source.md#forms). */
#include <string.h>

#include "kit/page.h"
#include "lib/base/language.h"
#include "lib/base/text.h"

#define FIELD_MIN 3   /* underscores that make a field */
#define FIELD_FULL 12 /* ... one as wide as the page */
#define FORM_PARTS_MAX 2000

struct form_scan {
	struct page page;
	const char *id, *tier;
	size_t nr; /* of the last part */
	size_t fields;
	struct text paragraph;
	size_t paragraph_line;
};

static void add_part(struct form_scan *f, size_t line, const char *kind, const char *words,
		     bool full)
{
	struct source *s = f->page.s;
	const struct table *t = &s->tables[FORM_PARTS];
	struct record *r;

	if (++f->nr > FORM_PARTS_MAX) {
		if (f->nr == FORM_PARTS_MAX + 1)
			findings_add(&s->findings, FAULT, f->page.file, line,
				     _("a form has at most %d lines and paragraphs"),
				     FORM_PARTS_MAX);
		return;
	}
	r = table_add(s, FORM_PARTS, f->page.file, line);
	table_set(t, r, "form", f->id);
	table_set(t, r, "nr", page_number(&f->page, f->nr));
	table_set(t, r, "kind", kind);
	table_set(t, r, "text", words);
	table_set(t, r, "full", full ? "1" : "");
	table_set(t, r, "tier", f->tier);
}

static void finish_paragraph(struct form_scan *f)
{
	if (f->paragraph.len)
		add_part(f, f->paragraph_line, "text", page_take(&f->page, &f->paragraph), false);
	text_clear(&f->paragraph);
}

static void add_text(struct form_scan *f, const char *words, bool point)
{
	if (point)
		finish_paragraph(f);
	if (!f->paragraph.len)
		f->paragraph_line = f->page.line;
	else
		text_add(&f->paragraph, " ");
	text_add(&f->paragraph, words);
}

/* "LABEL: ____" or underscores alone. False: the line is something else. */
static bool field(struct form_scan *f, const char *words)
{
	size_t len = strlen(words), line = len, label;

	if (!strstr(words, "___"))
		return false;
	while (line && words[line - 1] == '_')
		line--;
	for (label = line; label && words[label - 1] == ' ';)
		label--;
	finish_paragraph(f);
	f->fields++;
	if (len - line < FIELD_MIN || (label && words[label - 1] != ':') ||
	    memmem(words, label, "___", 3)) {
		page_fault(&f->page, f->page.line,
			   _("a field is written LABEL: ____, one to a line%s"), "");
		return true;
	}
	if (label)
		add_part(f, f->page.line, "field",
			 arena_string_n(&f->page.s->memory, words, label - 1),
			 len - line >= FIELD_FULL);
	else
		add_part(f, f->page.line, "field", "", true);
	return true;
}

/* "- [ ] words". */
static bool tick(struct form_scan *f, const char *words)
{
	if ((*words != '-' && *words != '*') || strncmp(words + 1, " [ ]", 4) != 0)
		return false;
	words += 5 + strspn(words + 5, " ");
	finish_paragraph(f);
	if (!*words)
		page_fault(&f->page, f->page.line, _("a box to tick without words%s"), "");
	f->fields++;
	add_part(f, f->page.line, "tick", words, false);
	return true;
}

static void body(struct form_scan *f)
{
	while (page_line(&f->page)) {
		const char *words = f->page.current + strspn(f->page.current, " \t");
		size_t hashes = strspn(words, "#");

		if (page_comment(&f->page))
			continue;
		if (!*words) {
			finish_paragraph(f);
		} else if ((hashes == 2 || hashes == 3) && words[hashes] == ' ') {
			finish_paragraph(f);
			words += hashes;
			add_part(f, f->page.line, "heading", words + strspn(words, " "), false);
		} else if (hashes == 1 && words[1] == ' ') {
			findings_add(&f->page.s->findings, WARNING, f->page.file, f->page.line,
				     _("is not used: the title stands in the facts at the top, "
				       "parts begin with ##"));
		} else if (!field(f, words) && !tick(f, words)) {
			add_text(f, words,
				 strncmp(words, "- ", 2) == 0 || strncmp(words, "* ", 2) == 0);
		}
	}
	finish_paragraph(f);
	if (!f->fields)
		page_fault(&f->page, 0,
			   _("the form has nothing to fill in: fields are written LABEL: ____, "
			     "boxes to tick - [ ] words%s"),
			   "");
}

void form_parse(struct source *s, const char *file, const char *text, size_t len)
{
	struct form_scan f = {
		.page = { .s = s, .file = file, .at = text, .end = text + len },
	};
	const struct table *t = &s->tables[FORMS];
	struct record *r = page_facts(&f.page, FORMS);

	if (r) {
		f.id = table_get(t, r, "id");
		f.tier = table_get(t, r, "tier");
		body(&f);
	}
	text_release(&f.paragraph);
}
