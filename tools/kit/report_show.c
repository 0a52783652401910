/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report to the council as text, as JSON and on one page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/report.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/data/json.h"

#define COLUMNS 80
#define LABEL_COLUMNS 36
#define PAGE_LINES 64 /* of a printed page of text */

static const char *heading(const struct report *r)
{
	return print_format(r->pr, "%s: %s", r->pr->s->conf.organisation,
			    _("Readiness for a cyber attack"));
}

static const char *origin(const struct report *r)
{
	const struct conf *c = &r->pr->s->conf;

	return print_format(r->pr, _("From kit %s, version %s, data of %s. Judged on %s."),
			    c->kit_id, c->version, print_date(r->pr, c->data_date),
			    print_date(r->pr, r->today));
}

static const char *exercise_mark(const struct report *r)
{
	return strcmp(r->pr->s->conf.exercise, "yes") == 0 ? _("EXERCISE: none of this is real")
							   : "";
}

/* Words between columns `indent` and COLUMNS; the first line is begun already. */
static void add_wrapped(struct text *out, size_t indent, const char *words)
{
	size_t column = indent;

	while (*words) {
		size_t n = strcspn(words, " ");
		char *word = mem_string_n(words, n);
		size_t width = text_width(word);

		if (column > indent && column + 1 + width > COLUMNS) {
			text_addf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			text_add(out, " ");
			column++;
		}
		for (const char *at = word; *at;) {
			size_t fit = text_fit(at, COLUMNS - column);

			text_add_n(out, at, fit);
			column += text_width(at) < COLUMNS - column ? text_width(at)
								    : COLUMNS - column;
			at += fit;
			if (*at) {
				text_addf(out, "\n%*s", (int)indent, "");
				column = indent;
			}
		}
		free(word);
		words += n + (words[n] == ' ');
	}
	text_add(out, "\n");
}

static void add_row(struct text *out, const struct report_row *row)
{
	size_t n = text_fit(row->label, LABEL_COLUMNS - 2), width;
	char *label = mem_string_n(row->label, n);

	width = text_width(label);
	text_addf(out, "  %s%*s", label, (int)(LABEL_COLUMNS - width), "");
	add_wrapped(out, LABEL_COLUMNS + 2, row->value);
	free(label);
}

/* Without "\x1b" and the like: every word of the source may be in it. */
static void print_masked(const char *text, FILE *out)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char *line = mem_string_n(text, n), *masked = mem_alloc(n * 3 + 1);

		fprintf(out, "%s\n", text_mask(masked, n * 3 + 1, line));
		free(masked);
		free(line);
		text += n + (text[n] == '\n');
	}
}

static size_t lines_of(const char *s)
{
	size_t n = 0;

	while ((s = strchr(s, '\n'))) {
		s++;
		n++;
	}
	return n;
}

static void make_text(const struct report *r, unsigned tight, struct text *out)
{
	text_clear(out);
	if (*exercise_mark(r))
		text_addf(out, "*** %s ***\n", exercise_mark(r));
	add_wrapped(out, 0, heading(r));
	add_wrapped(out, 0, origin(r));
	for (size_t i = 0; i < r->count; i++) {
		const struct report_section *s = &r->sections[i];

		text_addf(out, "%s%s\n", tight < 3 ? "\n" : "", s->title);
		for (size_t k = 0; k < s->count; k++)
			if (s->rows[k].weight > tight)
				add_row(out, &s->rows[k]);
	}
}

void report_text(const struct report *r, FILE *out)
{
	struct text text = { 0 };

	for (unsigned tight = 0; tight <= PAPER_TIGHTEST; tight++) {
		make_text(r, tight, &text);
		if (lines_of(text_end(&text)) <= PAGE_LINES)
			break;
	}
	print_masked(text_end(&text), out);
	text_release(&text);
}

void report_json(const struct report *r, FILE *out)
{
	const struct conf *c = &r->pr->s->conf;
	struct json j = json_to(out);

	json_object(&j, NULL);
	json_string(&j, "organisation", c->organisation);
	json_string(&j, "kit_id", c->kit_id);
	json_string(&j, "version", c->version);
	json_string(&j, "data_date", c->data_date);
	json_string(&j, "today", r->today);
	json_bool(&j, "exercise", *exercise_mark(r));
	json_array(&j, "sections");
	for (size_t i = 0; i < r->count; i++) {
		const struct report_section *s = &r->sections[i];

		json_object(&j, NULL);
		json_string(&j, "id", s->id);
		json_string(&j, "title", s->title);
		json_array(&j, "rows");
		for (size_t k = 0; k < s->count; k++) {
			json_object(&j, NULL);
			json_string(&j, "id", s->rows[k].id);
			json_string(&j, "label", s->rows[k].label);
			json_string(&j, "value", s->rows[k].value);
			if (s->rows[k].count != REPORT_NONE)
				json_number(&j, "count", s->rows[k].count);
			if (s->rows[k].of != REPORT_NONE)
				json_number(&j, "of", s->rows[k].of);
			json_end(&j);
		}
		json_end(&j);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

void report_paper(struct paper *p, const void *with)
{
	const struct report *r = with;
	static const struct paper_column columns[] = {
		{ NULL, 84, PAPER_STRONG, PAPER_WORDS },
		{ NULL, 166, PAPER_NOTE, PAPER_WORDS },
		{ NULL, 233, PAPER_NOTE, PAPER_WORDS },
	};
	unsigned tight = paper_tight(p);

	paper_section(p, _("Report to the council"));
	paper_heading(p, 1, r->pr->s->conf.organisation, NULL);
	paper_text(p, PAPER_LARGE, _("Readiness for a cyber attack"));
	paper_text(p, PAPER_NOTE, origin(r));
	paper_space(p, 4);
	for (size_t i = 0; i < r->count; i++) {
		const struct report_section *s = &r->sections[i];

		paper_table(p, columns, 3, PAPER_PLAIN);
		for (size_t k = 0, n = 0; k < s->count; k++) {
			const char *cells[] = { n ? NULL : s->title, s->rows[k].label,
						s->rows[k].value };

			if (s->rows[k].weight <= tight)
				continue;
			n++;
			paper_row(p, cells, 0);
		}
		paper_table_end(p);
	}
	paper_text(p, PAPER_NOTE,
		   _("Counts and dates only: this page names no person, no number and no system, "
		     "and may be made public."));
}
