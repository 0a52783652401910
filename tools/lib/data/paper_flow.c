/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Breaks text into lines. */
#include "lib/data/paper_flow.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

#define NBSP "\xc2\xa0"
#define POINT_INDENT 11.0

/* Bytes of one face without a space. */
struct atom {
	const char *s;
	size_t n;
	enum pdf_face face;
	double width;
	bool space; /* there is one before it */
};

struct atoms {
	struct atom *list;
	size_t count, capacity;
};

struct flow_style flow_style(const struct flow *f, enum paper_style style)
{
	static const struct flow_style styles[PAPER_STYLES] = {
		[PAPER_BODY] = { PDF_SANS, 10.5, 14.6 },   [PAPER_NOTE] = { PDF_SANS, 9, 12.4 },
		[PAPER_STRONG] = { PDF_BOLD, 10.5, 14.6 }, [PAPER_LARGE] = { PDF_SANS, 13, 18 },
		[PAPER_HUGE] = { PDF_BOLD, 20, 26 },
	};
	struct flow_style s = styles[style];

	s.size *= f->scale;
	s.leading *= f->scale;
	return s;
}

struct flow_line *flow_add_line(struct flow *f, double height)
{
	mem_grow(&f->lines, &f->capacity, f->count + 1, sizeof(*f->lines));
	f->lines[f->count] = (struct flow_line){ .height = height };
	return &f->lines[f->count++];
}

struct flow_item *flow_add_item(struct flow *f)
{
	struct flow_line *line = &f->lines[f->count - 1];
	struct flow_item **at = &line->items, *item = arena_alloc(f->memory, sizeof(*item));

	while (*at)
		at = &(*at)->next;
	*at = item;
	return item;
}

void flow_add_rule(struct flow *f, double x, double y, double w, double h, double width,
		   double grey)
{
	struct flow_item *i = flow_add_item(f);

	*i = (struct flow_item){
		.what = FLOW_RULE, .x = x, .y = y, .w = w, .h = h, .size = width, .grey = grey
	};
}

double flow_add_words(struct flow *f, enum pdf_face face, double size, double grey, double x,
		      double y, const char *words)
{
	struct flow_item *item = flow_add_item(f);
	char *text = arena_string(f->memory, words), *to = text;

	/* The space that breaks no line is to be found as a space by those who search. */
	for (const char *s = text; *s;) {
		if (strncmp(s, NBSP, 2) == 0) {
			*to++ = ' ';
			s += 2;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
	item->what = FLOW_TEXT;
	item->face = face;
	item->size = size;
	item->grey = grey;
	item->x = x;
	item->y = y;
	item->text = text;
	return pdf_width(f->pdf, face, size, text, strlen(text));
}

/* The atoms of one line of text; *bold is carried on. */
static void split(const struct flow *f, struct flow_style style, const char *s, size_t n,
		  bool *bold, struct atoms *atoms)
{
	const char *end = s + n;
	bool space = false;

	while (s < end) {
		const char *from = s;

		if (*s == ' ' || *s == '\t') {
			space = true;
			s++;
			continue;
		}
		if (end - s >= 2 && s[0] == '*' && s[1] == '*') {
			*bold = !*bold;
			s += 2;
			continue;
		}
		while (s < end && *s != ' ' && *s != '\t' &&
		       !(end - s >= 2 && s[0] == '*' && s[1] == '*'))
			s++;
		struct atom a = { from, (size_t)(s - from), *bold ? PDF_BOLD : style.face, 0,
				  space };

		a.width = pdf_width(f->pdf, a.face, style.size, a.s, a.n);
		mem_grow(&atoms->list, &atoms->capacity, atoms->count + 1, sizeof(*atoms->list));
		atoms->list[atoms->count++] = a;
		space = false;
	}
}

/* How many bytes of a word that is too long fit into `width`, at least one
 * character; best after a sign at which words may be parted. */
static size_t fitting(const struct flow *f, const struct atom *a, double size, double width)
{
	const char *at = a->s, *end = a->s + a->n;
	size_t best = 0, fit = 0;

	while (at < end) {
		const char *next = at;

		text_next(&next, end);
		if (pdf_width(f->pdf, a->face, size, a->s, (size_t)(next - a->s)) > width)
			break;
		fit = (size_t)(next - a->s);
		if (strchr("-/.@_,", *at) && next < end)
			best = fit;
		at = next;
	}
	if (!fit) {
		at = a->s;
		text_next(&at, end);
		return (size_t)(at - a->s);
	}
	return best ? best : fit;
}

struct pen {
	struct flow *f;
	struct flow_style style;
	double left, width; /* of the column */
	double x;           /* used of it on this line */
	struct text run;    /* words of one face, not yet on the line */
	double run_x;
	enum pdf_face run_face;
};

static void end_run(struct pen *p)
{
	double y = p->style.leading * 0.5 + p->style.size * 0.36;

	if (p->run.len)
		flow_add_words(p->f, p->run_face, p->style.size, PDF_BLACK, p->left + p->run_x, y,
			       p->run.s);
	text_clear(&p->run);
}

static void new_line(struct pen *p)
{
	end_run(p);
	flow_add_line(p->f, p->style.leading);
	p->x = 0;
}

static void add_atom(struct pen *p, const struct atom *a, bool space)
{
	double gap = space ? pdf_width(p->f->pdf, a->face, p->style.size, " ", 1) : 0;

	if (p->run.len && p->run_face != a->face)
		end_run(p);
	if (!p->run.len) {
		p->run_face = a->face;
		p->run_x = p->x + gap;
	} else if (space) {
		text_add(&p->run, " ");
	}
	text_add_n(&p->run, a->s, a->n);
	p->x += gap + a->width;
}

/* Atoms without a space between them go onto one line, if one can hold them. */
static void add_word(struct pen *p, const struct atom *a, size_t n)
{
	double gap = pdf_width(p->f->pdf, a->face, p->style.size, " ", 1), width = 0;
	bool space;

	for (size_t i = 0; i < n; i++)
		width += a[i].width;
	if (p->x > 0 && p->x + (a->space ? gap : 0) + width > p->width)
		new_line(p);
	space = a->space && p->x > 0;
	for (size_t i = 0; i < n; i++) {
		struct atom rest = a[i];

		while (p->x + rest.width > p->width && rest.n > 1) {
			struct atom part = rest;

			part.n = fitting(p->f, &rest, p->style.size, p->width - p->x);
			part.width = pdf_width(p->f->pdf, part.face, p->style.size, part.s, part.n);
			add_atom(p, &part, space);
			space = false;
			rest.s += part.n;
			rest.n -= part.n;
			if (!rest.n)
				break;
			rest.width = pdf_width(p->f->pdf, rest.face, p->style.size, rest.s, rest.n);
			new_line(p);
		}
		if (rest.n)
			add_atom(p, &rest, space);
		space = false;
	}
}

static void add_one_line(struct flow *f, struct flow_style style, double x, double width,
			 const char *s, size_t n, bool *bold)
{
	struct atoms atoms = { 0 };
	struct pen pen = { .f = f, .style = style, .left = x, .width = width };

	split(f, style, s, n, bold, &atoms);
	for (size_t i = 0, j; i < atoms.count; i = j) {
		for (j = i + 1; j < atoms.count && !atoms.list[j].space; j++)
			;
		add_word(&pen, atoms.list + i, j - i);
	}
	end_run(&pen);
	text_release(&pen.run);
	free(atoms.list);
}

void flow_add_text(struct flow *f, enum paper_style style, double x, double width, const char *text)
{
	bool bold = false, any = false;

	while (*text) {
		size_t n = strcspn(text, "\n");
		bool small = *text == *PAPER_SMALL, big = *text == *PAPER_BIG;
		struct flow_style st = flow_style(f, small ? PAPER_NOTE
						     : big ? PAPER_LARGE
							   : style);
		const char *s = text + (small || big);
		size_t len = n - (small || big);
		double indent = 0;

		text += n + (text[n] == '\n');
		if (!len) {
			if (any && *text)
				flow_add_line(f, st.leading * 0.45);
			continue;
		}
		flow_add_line(f, st.leading);
		if (len > 2 && strncmp(s, "- ", 2) == 0) {
			indent = POINT_INDENT * f->scale;
			flow_add_words(f, PDF_SANS, st.size, PDF_BLACK, x + 1,
				       st.leading * 0.5 + st.size * 0.36, "\xe2\x80\xa2");
			s += 2;
			len -= 2;
		}
		add_one_line(f, st, x + indent, width - indent, s, len, &bold);
		any = true;
	}
}

double flow_height(const struct flow *f)
{
	double sum = 0;

	for (size_t i = 0; i < f->count; i++)
		sum += f->lines[i].height;
	return sum;
}
