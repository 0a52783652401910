/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets a document in lines of equal letters, and the lines in pages. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/data/document_inside.h"

#define GAP 2u           /* letters between columns */
#define TICK "[ ]"       /* what stands for a box */
#define FOOT 2u          /* lines at the end of a page: an empty one, the footer */
#define LINE_TO_WRITE 30 /* letters of half a field's line, at least */

/* A line before it is on a page. */
struct set_line {
	char *text;
	bool stays; /* on one page with the line after it */
};

struct setting {
	const enum letters *known;
	struct set_line *lines;
	size_t count, capacity;
	size_t lost;
	const struct document_block *table;
	size_t widths[DOCUMENT_COLUMNS_MAX];
};

static bool is_mark(char c)
{
	return c == LINES_BOLD || c == LINES_LIGHT;
}

/* Letters of the n bytes at s that take room. */
static size_t columns_of(const char *s, size_t n)
{
	const char *end = s + n;
	size_t columns = 0;

	while (s < end) {
		uint32_t c = text_next(&s, end);

		columns += c < ' ' ? 0 : (size_t)text_columns(c);
	}
	return columns;
}

/* As printed: known letters only, "**" as marks, nothing that a printer would obey. */
static char *reduced(struct setting *s, const char *text)
{
	struct text out = { 0 }, clean = { 0 };
	bool bold = false;
	char *result;

	if (s->known) {
		s->lost += letters_add(&clean, *s->known, text);
		text = text_end(&clean);
	}
	for (const char *at = text, *end = text + strlen(text); at < end;) {
		uint32_t c;

		if (strncmp(at, "**", 2) == 0) {
			bold = !bold;
			text_add_char(&out, (uint32_t)(bold ? LINES_BOLD : LINES_LIGHT));
			at += 2;
			continue;
		}
		c = text_next(&at, end);
		text_add_char(&out, c != '\n' && text_is_unsafe(c) ? TEXT_BAD : c);
	}
	if (bold)
		text_add_char(&out, (uint32_t)LINES_LIGHT);
	result = mem_string(text_end(&out));
	text_release(&out);
	text_release(&clean);
	return result;
}

static void add_line(struct setting *s, const char *text)
{
	mem_grow(&s->lines, &s->capacity, s->count + 1, sizeof(*s->lines));
	s->lines[s->count++] = (struct set_line){ .text = mem_string(text) };
}

/* Where the line that begins at s ends, in `width` letters: at a space, if there is one. */
static size_t line_bytes(const char *s, size_t n, size_t width)
{
	const char *at = s, *end = s + n, *space = NULL;
	size_t columns = 0;

	while (at < end) {
		const char *before = at;
		uint32_t c = text_next(&at, end);
		size_t w = c < ' ' ? 0 : (size_t)text_columns(c);

		if (c == ' ')
			space = before;
		if (columns + w > width)
			return space && space > s ? (size_t)(space - s)
			       : before > s       ? (size_t)(before - s)
						  : (size_t)(at - s);
		columns += w;
	}
	return n;
}

/* Bytes of what a point begins with: "- ", "12. ". */
static size_t point_bytes(const char *s)
{
	size_t digits = strspn(s, "0123456789");

	if (strncmp(s, "- ", 2) == 0)
		return 2;
	return digits && digits < 4 && strncmp(s + digits, ". ", 2) == 0 ? digits + 2 : 0;
}

/* Break a reduced text into lines of `width`, added to `out`; points hang. */
static void wrap(struct setting *out, const char *text, size_t width)
{
	bool bold = false;

	for (;;) {
		size_t n = strcspn(text, "\n"), indent = point_bytes(text), room = width;
		bool first = true;

		if (indent >= width)
			indent = 0;
		do {
			size_t now = line_bytes(text, n, room);
			struct text line = { 0 };

			text_addf(&line, "%*s", first ? 0 : (int)indent, "");
			if (bold)
				text_add_char(&line, (uint32_t)LINES_BOLD);
			text_add_n(&line, text, now);
			for (size_t i = 0; i < now; i++)
				if (is_mark(text[i]))
					bold = text[i] == LINES_BOLD;
			if (bold)
				text_add_char(&line, (uint32_t)LINES_LIGHT);
			add_line(out, text_end(&line));
			text_release(&line);
			text += now;
			n -= now;
			while (n && *text == ' ') {
				text++;
				n--;
			}
			first = false;
			room = width - indent;
		} while (n);
		if (!*text)
			return;
		text++;
	}
}

static void set_release(struct setting *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->lines[i].text);
	free(s->lines);
}

static void add_rule(struct setting *s, char c)
{
	char line[LINES_WIDTH + 1];

	memset(line, c, LINES_WIDTH);
	line[LINES_WIDTH] = '\0';
	add_line(s, line);
}

/* The lines from `first` on stay together, and with what follows if `on`. */
static void stay(struct setting *s, size_t first, bool on)
{
	for (size_t i = first; i < s->count; i++)
		s->lines[i].stays = on || i + 1 < s->count;
}

static void set_text(struct setting *s, const char *text)
{
	char *words = reduced(s, text);

	wrap(s, words, LINES_WIDTH);
	add_line(s, "");
	free(words);
}

static void set_heading(struct setting *s, const struct document_block *b)
{
	size_t first = s->count;
	char *words = reduced(s, b->cells[0]), *bold;

	if (s->count && *s->lines[s->count - 1].text)
		add_line(s, "");
	bold = mem_format("%c%s%c", LINES_BOLD, words, LINES_LIGHT);
	wrap(s, bold, LINES_WIDTH);
	if (b->level == 1)
		add_rule(s, '=');
	stay(s, first, true);
	free(bold);
	free(words);
}

static void set_field(struct setting *s, const struct document_block *b)
{
	size_t first = s->count, width;
	char *words = reduced(s, b->cells[0]);
	struct text line = { 0 };

	add_line(s, "");
	wrap(s, words, LINES_WIDTH - LINE_TO_WRITE);
	/* The line to write on goes on behind the last words. */
	text_addf(&line, "%s: ", s->lines[s->count - 1].text);
	width = columns_of(line.s, line.len);
	for (size_t to = b->whole ? LINES_WIDTH : width + LINE_TO_WRITE - GAP; width < to; width++)
		text_add(&line, "_");
	free(s->lines[s->count - 1].text);
	s->lines[s->count - 1].text = mem_string(line.s);
	stay(s, first, false);
	text_release(&line);
	free(words);
}

/* The cells of a row beside each other, each broken into its own column. */
static void set_cells(struct setting *s, const char *const *cells, bool head)
{
	struct setting columns[DOCUMENT_COLUMNS_MAX] = { 0 };
	const struct document_block *t = s->table;
	size_t height = 1;

	for (size_t c = 0; c < t->count; c++) {
		bool tick = !t->columns[c].title && !head && *cells[c];
		bool strong = *cells[c] && (head || t->columns[c].strong) &&
			      !strstr(cells[c], "**");
		char *bold = mem_format("%s%s%s", strong ? "**" : "", tick ? TICK : cells[c],
					strong ? "**" : "");
		char *words = reduced(s, bold);

		wrap(&columns[c], words, s->widths[c]);
		height = columns[c].count > height ? columns[c].count : height;
		free(words);
		free(bold);
	}
	for (size_t l = 0; l < height; l++) {
		struct text line = { 0 };

		for (size_t c = 0; c < t->count; c++) {
			const char *cell = l < columns[c].count ? columns[c].lines[l].text : "";
			size_t used = columns_of(cell, strlen(cell));

			text_add(&line, cell);
			if (c + 1 < t->count)
				text_addf(&line, "%*s", (int)(s->widths[c] - used + GAP), "");
		}
		while (line.len && line.s[line.len - 1] == ' ')
			line.s[--line.len] = '\0';
		add_line(s, text_end(&line));
		text_release(&line);
	}
	for (size_t c = 0; c < t->count; c++)
		set_release(&columns[c]);
}

static void set_table(struct setting *s, const struct document_block *b)
{
	size_t left = LINES_WIDTH - GAP * (b->count - 1), first = s->count;
	const char *titles[DOCUMENT_COLUMNS_MAX];
	double total = 0;
	bool head = false;

	s->table = b;
	for (size_t c = 0; c < b->count; c++) {
		const char *title = b->columns[c].title;

		titles[c] = title ? title : "";
		head = head || *titles[c];
		total += title ? b->columns[c].share : 0;
		left -= title ? 0 : strlen(TICK);
	}
	for (size_t c = 0, rest = left; c < b->count; c++) {
		s->widths[c] = strlen(TICK);
		if (!b->columns[c].title)
			continue;
		s->widths[c] = (size_t)((double)left * b->columns[c].share / total);
		rest -= s->widths[c];
		if (c + 1 == b->count)
			s->widths[c] += rest;
	}
	if (head)
		set_cells(s, titles, true);
	add_rule(s, '-');
	stay(s, first, true);
}

static void set_row(struct setting *s, const struct document_block *b, bool last)
{
	size_t first = s->count;

	set_cells(s, b->cells, false);
	if (s->table->rules == DOCUMENT_GRID || last)
		add_rule(s, '-');
	stay(s, first, false);
	if (last)
		add_line(s, "");
}

static void set_blocks(struct setting *s, const struct document *d)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct document_block *b = &d->blocks[i];

		switch (b->what) {
		case BLOCK_HEADING:
			set_heading(s, b);
			break;
		case BLOCK_TEXT:
			set_text(s, b->cells[0]);
			break;
		case BLOCK_FIELD:
			set_field(s, b);
			break;
		case BLOCK_TABLE:
			set_table(s, b);
			break;
		case BLOCK_ROW:
			set_row(s, b, i + 1 == d->count || d->blocks[i + 1].what != BLOCK_ROW);
			break;
		}
	}
}

/* The pages. */

static void put(struct lines *out, const char *text)
{
	mem_grow(&out->list, &out->capacity, out->count + 1, sizeof(*out->list));
	out->list[out->count++] = mem_string(text);
}

/* What stands on top of each page. */
static void put_head(struct lines *out, struct setting *frame)
{
	for (size_t i = 0; i < frame->count; i++)
		put(out, frame->lines[i].text);
}

/* Fill the page up to its foot. */
static void put_foot(struct lines *out, const char *footer, size_t page, size_t pages)
{
	char *number = mem_format(_("page %zu of %zu"), page, pages);
	size_t room = LINES_WIDTH - GAP - text_width(number), used = text_width(footer);
	size_t fits = used <= room ? strlen(footer) : text_fit(footer, room);
	char *line = mem_format(
		"%.*s%*s%s", (int)fits, footer,
		(int)(LINES_WIDTH - (used <= room ? used : room) - text_width(number)), "", number);

	while (out->count % LINES_PAGE != LINES_PAGE - 1)
		put(out, "");
	put(out, line);
	free(line);
	free(number);
}

/* How many lines from i on must stand on one page. */
static size_t together(const struct setting *s, size_t i)
{
	size_t n = 1;

	while (i + n < s->count && s->lines[i + n - 1].stays)
		n++;
	return n;
}

/* Put all lines on pages; `out` NULL counts them only. */
static size_t paginate(const struct setting *s, struct setting *frame, const char *footer,
		       struct lines *out, size_t pages)
{
	const size_t room = LINES_PAGE - FOOT - frame->count;
	size_t page = 0, used = room;

	for (size_t i = 0; i < s->count; i++) {
		size_t group = i && s->lines[i - 1].stays ? 1 : together(s, i);

		if (used == room || (used + group > room && group <= room)) {
			if (!*s->lines[i].text) /* no page begins with an empty line */
				continue;
			if (out && page)
				put_foot(out, footer, page, pages);
			if (out)
				put_head(out, frame);
			page++;
			used = 0;
		}
		if (out)
			put(out, s->lines[i].text);
		used++;
	}
	if (out && page)
		put_foot(out, footer, page, pages);
	return page;
}

void document_lines(const struct document *d, const enum letters *known, struct lines *out)
{
	struct setting s = { .known = known }, frame = { .known = known };
	char *footer = reduced(&frame, d->facts.footer), *words;

	if (*d->facts.mark) {
		char *mark = mem_format("**%s**", d->facts.mark);

		words = reduced(&frame, mark);
		wrap(&frame, words, LINES_WIDTH);
		free(words);
		free(mark);
	}
	words = reduced(&frame, d->facts.title);
	wrap(&frame, words, LINES_WIDTH);
	free(words);
	add_line(&frame, "");
	set_blocks(&s, d);
	if (!s.count)
		add_line(&s, "-");
	paginate(&s, &frame, footer, out, paginate(&s, &frame, footer, NULL, 0));
	out->lost = s.lost + frame.lost;
	free(footer);
	set_release(&s);
	set_release(&frame);
}

void lines_release(struct lines *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->list[i]);
	free(l->list);
	*l = (struct lines){ 0 };
}
