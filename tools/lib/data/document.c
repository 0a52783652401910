/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathers what a document says, and makes its bytes in the form asked for. */
#include <stdlib.h>
#include <string.h>

#include "lib/data/document_inside.h"
#include "lib/data/pcl.h"

#define BELOW 6u /* spaces before what belongs to the line above it */

struct document *document_new(const struct document_facts *facts)
{
	struct document *d = mem_alloc(sizeof(*d));

	d->facts = (struct document_facts){
		.title = arena_string(&d->memory, facts->title),
		.author = arena_string(&d->memory, facts->author),
		.date = arena_string(&d->memory, facts->date),
		.footer = arena_string(&d->memory, facts->footer),
		.mark = arena_string(&d->memory, facts->mark),
	};
	return d;
}

void document_free(struct document *d)
{
	if (!d)
		return;
	free(d->blocks);
	arena_release(&d->memory);
	free(d);
}

static struct document_block *add_block(struct document *d)
{
	mem_grow(&d->blocks, &d->capacity, d->count + 1, sizeof(*d->blocks));
	d->blocks[d->count] = (struct document_block){ .count = 1 };
	return &d->blocks[d->count++];
}

void document_heading(struct document *d, int level, const char *text)
{
	struct document_block *b = add_block(d);

	b->what = BLOCK_HEADING;
	b->level = level;
	b->cells[0] = arena_string(&d->memory, text);
}

void document_text(struct document *d, const char *text)
{
	struct document_block *b = add_block(d);

	b->what = BLOCK_TEXT;
	b->cells[0] = arena_string(&d->memory, text);
}

void document_field(struct document *d, const char *label, bool whole)
{
	struct document_block *b = add_block(d);

	b->what = BLOCK_FIELD;
	b->whole = whole;
	b->cells[0] = arena_string(&d->memory, label);
}

void document_table(struct document *d, const struct document_column *columns, size_t count,
		    enum document_rules rules)
{
	struct document_block *b = add_block(d);

	b->what = BLOCK_TABLE;
	b->rules = rules;
	b->count = count;
	for (size_t i = 0; i < count; i++) {
		b->columns[i] = columns[i];
		if (columns[i].title)
			b->columns[i].title = arena_string(&d->memory, columns[i].title);
	}
}

void document_row(struct document *d, const char *const *cells)
{
	size_t count = 1;
	struct document_block *b;

	for (size_t i = d->count; i-- > 0;)
		if (d->blocks[i].what == BLOCK_TABLE) {
			count = d->blocks[i].count;
			break;
		}
	b = add_block(d);
	b->what = BLOCK_ROW;
	b->count = count;
	for (size_t i = 0; i < count; i++)
		b->cells[i] = arena_string(&d->memory, cells[i] ? cells[i] : "");
}

/* A line of a screen text without what only a screen needs: columns made of spaces. */
static void add_plain_line(struct text *out, const char *line, size_t n)
{
	size_t indent = 0;

	while (indent < n && line[indent] == ' ')
		indent++;
	if (indent >= BELOW && out->len && line[indent] != '-') {
		out->len--; /* the line feed */
		text_add(out, " \u2013 ");
	} else if (indent >= 2 && indent < n && line[indent] != '-') {
		text_add(out, "- ");
	}
	for (size_t i = indent; i < n; i++)
		if (line[i] != ' ' || line[i - 1] != ' ')
			text_add_n(out, line + i, 1);
	text_add(out, "\n");
}

/* The lines gathered so far as one text, without the empty ones at its end. */
static void end_part(struct document *d, struct text *part)
{
	while (part->len && part->s[part->len - 1] == '\n')
		part->s[--part->len] = '\0';
	if (part->len)
		document_text(d, part->s);
	text_clear(part);
}

void document_words(struct document *d, const char *text)
{
	struct text part = { 0 };

	while (*text) {
		size_t n = strcspn(text, "\n");

		if (*text == '#') {
			size_t marks = strspn(text, "# ");
			char *heading = mem_string_n(text + (marks < n ? marks : n),
						     n - (marks < n ? marks : n));

			end_part(d, &part);
			document_heading(d, d->count ? 2 : 1, heading);
			free(heading);
		} else if (n || part.len) {
			add_plain_line(&part, text, n);
		}
		text += n + (text[n] == '\n');
	}
	end_part(d, &part);
	text_release(&part);
}

/* Pages of lines, each ended by a form feed. */
static void add_text(const struct lines *l, const char *line_end, struct document_made *made)
{
	for (size_t i = 0; i < l->count; i++) {
		for (const char *s = l->list[i]; *s; s++)
			if (*s != LINES_BOLD && *s != LINES_LIGHT)
				text_add_n(&made->bytes, s, 1);
		text_add(&made->bytes, line_end);
		if ((i + 1) % LINES_PAGE == 0)
			text_add(&made->bytes, "\f");
	}
}

static void add_pcl(const struct lines *l, struct document_made *made)
{
	struct text *out = &made->bytes;

	pcl_begin(out);
	for (size_t i = 0; i < l->count; i++) {
		const char *s = l->list[i];

		if (i && i % LINES_PAGE == 0)
			pcl_page(out);
		while (*s) {
			size_t n = strcspn(s, LINES_MARKS);
			char *piece = mem_string_n(s, n);

			letters_add_bytes(out, piece);
			free(piece);
			s += n;
			if (*s)
				pcl_bold(out, *s++ == LINES_BOLD);
		}
		pcl_line(out);
	}
	pcl_end(out);
}

bool document_make(struct document *d, enum document_form form, struct document_made *made,
		   struct error *e)
{
	static const enum letters sets[] = {
		[DOCUMENT_PCL] = LETTERS_1252,
		[DOCUMENT_LETTERS] = LETTERS_ASCII,
	};
	struct lines l = { 0 };

	if (form == DOCUMENT_PDF)
		return document_pdf(d, made, e);
	document_lines(d, form == DOCUMENT_TEXT ? NULL : &sets[form], &l);
	made->pages = l.count / LINES_PAGE;
	made->lost = l.lost;
	if (form == DOCUMENT_PCL)
		add_pcl(&l, made);
	else
		add_text(&l, form == DOCUMENT_TEXT ? "\n" : "\r\n", made);
	lines_release(&l);
	return true;
}

void document_made_release(struct document_made *made)
{
	text_release(&made->bytes);
	*made = (struct document_made){ 0 };
}

bool document_form_parse(const char *word, enum document_form *form)
{
	static const struct {
		const char *word;
		enum document_form form;
	} forms[] = {
		{ "pdf", DOCUMENT_PDF },
		{ "pcl", DOCUMENT_PCL },
		{ "text", DOCUMENT_TEXT },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i].word, word) == 0) {
			*form = forms[i].form;
			return true;
		}
	return false;
}
