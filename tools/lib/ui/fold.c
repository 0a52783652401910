/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folds text into lines of a given number of columns. */
#include "lib/ui/fold.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/ui/dial.h"

#define TAB_COLUMNS 8
#define NARROWEST 8 /* below this, hanging indents would eat the whole line */

static void add_line(struct folded *f, const char *s, size_t n, unsigned indent, bool heading)
{
	while (n > 0 && s[n - 1] == ' ')
		n--;
	mem_grow(&f->lines, &f->capacity, f->count + 1, sizeof(*f->lines));
	f->lines[f->count++] =
		(struct fold_line){ arena_string_n(&f->memory, s, n), indent, heading, 0 };
}

/* One line of input, masked, tabs widened, without its end. */
static void masked_line(struct text *out, const char *s, const char *end)
{
	size_t column = 0;

	while (s < end) {
		if (*s == '\t') {
			do
				text_add_char(out, ' ');
			while (++column % TAB_COLUMNS);
			s++;
			continue;
		}
		uint32_t c = text_next(&s, end);

		if (c == '\r' && s == end)
			break;
		if (c == '\r' || c == '\n')
			c = ' ';
		text_add_char(out, text_is_unsafe(c) ? TEXT_BAD : c);
		column += (size_t)text_columns(c);
	}
}

/* Does this byte lie inside a telephone number? */
static bool in_number(const char *s, size_t at)
{
	size_t before, length, start = 0;

	while (start <= at && dial_next(s + start, &before, &length)) {
		if (at > start + before && at < start + before + length)
			return true;
		start += before + length;
	}
	return false;
}

/* Bytes of s for one line: up to the last space that fits, or a cut word. */
static size_t take_line(const char *s, unsigned columns)
{
	size_t fit = text_fit(s, columns);

	if (s[fit] == '\0' || (s[fit] == ' ' && !in_number(s, fit)))
		return fit;
	for (size_t n = fit; n > 0; n--)
		if (s[n - 1] == ' ' && strspn(s, " ") < n && !in_number(s, n - 1))
			return n;
	/* A number that is longer than a line: between its groups. */
	if (s[fit] == ' ')
		return fit;
	for (size_t n = fit; n > 0; n--)
		if (s[n - 1] == ' ' && strspn(s, " ") < n)
			return n;
	/* A long word: better at its own hyphen than anywhere. */
	for (size_t n = fit; n > 2; n--)
		if (s[n - 1] == '-' || s[n - 1] == '/')
			return n;
	if (fit > 0)
		return fit;
	/* Not even one character fits: take it all the same, to come to an end. */
	const char *after = s;

	text_next(&after, s + strlen(s));
	return (size_t)(after - s);
}

static void fold_line(struct folded *f, const char *s, unsigned columns, unsigned hang,
		      bool heading)
{
	unsigned indent = 0;

	if (columns == 0) {
		add_line(f, s, strlen(s), 0, heading);
		return;
	}
	if (columns < hang + NARROWEST)
		hang = 0;
	do {
		size_t n = take_line(s, columns - indent);

		add_line(f, s, n, indent, heading);
		s += n;
		s += strspn(s, " ");
		indent = hang;
	} while (*s);
}

/* Columns by which the second line of a list entry is moved in. */
static unsigned hanging(const char *s)
{
	size_t spaces = strspn(s, " ");
	size_t digits = strspn(s + spaces, "0123456789");
	const char *mark = s + spaces;

	if ((mark[0] == '-' || mark[0] == '*') && mark[1] == ' ')
		return (unsigned)spaces + 2;
	if (digits > 0 && digits < 4 && mark[digits] == '.' && mark[digits + 1] == ' ')
		return (unsigned)(spaces + digits) + 2;
	return spaces >= 2 ? (unsigned)spaces : 0;
}

static void fold_marked(struct folded *f, const char *s, unsigned columns)
{
	size_t marks = strspn(s, "#"), digits = strspn(s, "0123456789"), first = f->count;

	if (marks >= 1 && marks <= 4 && s[marks] == ' ') {
		fold_line(f, s + marks + 1, columns, 0, true);
		return;
	}
	fold_line(f, s, columns, hanging(s), false);
	if (digits > 0 && hanging(s))
		f->lines[first].mark = digits + 1;
}

void fold_text(struct folded *f, const char *text, unsigned columns)
{
	size_t first = f->count;

	while (*text) {
		size_t n = strcspn(text, "\n");
		struct text line = { 0 };

		masked_line(&line, text, text + n);
		if (*text_end(&line) || f->count > first)
			fold_marked(f, text_end(&line), columns);
		text_release(&line);
		text += n;
		text += *text == '\n';
	}
	while (f->count > first && *f->lines[f->count - 1].text == '\0')
		f->count--;
}

void fold_words(struct folded *f, const char *text, unsigned columns)
{
	struct text line = { 0 };

	masked_line(&line, text, text + strlen(text));
	fold_line(f, text_end(&line), columns, 0, false);
	text_release(&line);
}

void fold_release(struct folded *f)
{
	free(f->lines);
	arena_release(&f->memory);
	*f = (struct folded){ 0 };
}
