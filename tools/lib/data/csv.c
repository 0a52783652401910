/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV, with a line number for everything that is wrong. */
#include "lib/data/csv.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/text.h"

struct scan {
	const char *at, *end;
	size_t line;
	char separator;
	struct text cell;
};

/* Count a separator outside quotes in the first line. */
static size_t count_in_line(const char *s, const char *end, char separator)
{
	bool quoted = false;
	size_t n = 0;

	for (; s < end && (quoted || *s != '\n'); s++) {
		if (*s == '"')
			quoted = !quoted;
		n += !quoted && *s == separator;
	}
	return n;
}

static char detect_separator(struct scan *s)
{
	static const char candidates[] = ";,\t";
	char best = ';';
	size_t most = 0;

	if (s->end - s->at > 5 && memcmp(s->at, "sep=", 4) == 0 && s->at[5] == '\n') {
		best = s->at[4];
		s->at += 6;
		s->line++;
		return best;
	}
	for (const char *c = candidates; *c; c++) {
		size_t n = count_in_line(s->at, s->end, *c);

		if (n > most) {
			most = n;
			best = *c;
		}
	}
	return best;
}

static bool read_quoted(struct scan *s, size_t *line, struct error *e)
{
	size_t began = s->line;

	for (s->at++; s->at < s->end; s->at++) {
		if (*s->at == '"') {
			if (s->at + 1 == s->end || s->at[1] != '"')
				break;
			s->at++;
		}
		s->line += *s->at == '\n';
		text_add_n(&s->cell, s->at, 1);
	}
	*line = began;
	if (s->at == s->end)
		return error_set(e, ERROR_UNTRUSTED,
				 _("a quotation mark opens here and is never closed"));
	s->at++;
	while (s->at < s->end && *s->at == ' ')
		s->at++;
	if (s->at < s->end && *s->at != s->separator && *s->at != '\n')
		return error_set(
			e, ERROR_UNTRUSTED,
			_("text after the closing quotation mark of a "
			  "cell that begins here; inside a quoted cell, write \"\" for \""));
	return true;
}

/* One cell, with the spaces around it cut off; leaves the separator to the caller. */
static bool read_cell(struct scan *s, struct arena *a, const char **cell, size_t *line,
		      struct error *e)
{
	const char *begin, *end;

	text_clear(&s->cell);
	while (s->at < s->end && *s->at == ' ')
		s->at++;
	if (s->at < s->end && *s->at == '"') {
		if (!read_quoted(s, line, e))
			return false;
	} else {
		while (s->at < s->end && *s->at != s->separator && *s->at != '\n')
			text_add_n(&s->cell, s->at++, 1);
	}
	begin = text_end(&s->cell);
	end = begin + s->cell.len;
	while (begin < end && (*begin == ' ' || *begin == '\n' || *begin == '\t'))
		begin++;
	while (end > begin && (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\t'))
		end--;
	*cell = end > begin ? arena_string_n(a, begin, (size_t)(end - begin)) : "";
	return true;
}

/* One row of at most `max` cells. Rows of a sheet are padded with empty cells;
 * a filled one beyond the last column would get lost, so it is an error. */
static bool read_row(struct scan *s, struct arena *a, const char **cells, size_t max, size_t *count,
		     size_t *line, struct error *e)
{
	size_t began = s->line;

	for (*count = 0;; s->at++) {
		const char *cell;

		if (!read_cell(s, a, &cell, line, e))
			return false;
		if (*count < max) {
			cells[*count] = cell;
			++*count;
		} else if (*cell) {
			*line = began;
			return error_set(
				e, ERROR_UNTRUSTED,
				_("more cells than the first line has "
				  "columns (%zu): is a separator inside a text? Then put the "
				  "text in quotation marks"),
				max);
		}
		if (s->at == s->end)
			return true;
		if (*s->at == '\n') {
			s->at++;
			s->line++;
			return true;
		}
	}
}

static bool is_empty(const char **cells, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (*cells[i])
			return false;
	return true;
}

static bool read_rows(struct scan *s, struct arena *a, struct csv *t, size_t *line, struct error *e)
{
	const char *cells[CSV_COLUMNS_MAX];
	struct csv_row *rows = NULL;
	size_t capacity = 0, columns = CSV_COLUMNS_MAX, count;
	bool ok = true;

	while (s->at < s->end) {
		struct csv_row row = { .line = s->line };

		ok = read_row(s, a, cells, columns, &count, line, e);
		if (!ok)
			break;
		if (is_empty(cells, count))
			continue;
		if (t->columns == 0) {
			while (count && !*cells[count - 1])
				count--;
			columns = t->columns = count;
		}
		row.cells = arena_alloc(a, columns * sizeof(*row.cells));
		for (size_t i = 0; i < columns; i++)
			row.cells[i] = i < count ? cells[i] : "";
		if (!t->head.cells) {
			t->head = row;
			continue;
		}
		if (t->count == CSV_ROWS_MAX) {
			*line = row.line;
			ok = error_set(e, ERROR_UNTRUSTED, _("more than %d rows"), CSV_ROWS_MAX);
			break;
		}
		mem_grow(&rows, &capacity, t->count + 1, sizeof(*rows));
		rows[t->count++] = row;
	}
	if (ok && t->count) {
		t->rows = arena_alloc(a, t->count * sizeof(*rows));
		memcpy(t->rows, rows, t->count * sizeof(*rows));
	}
	free(rows);
	return ok;
}

bool csv_parse(const char *text, size_t len, struct arena *a, struct csv *t, size_t *line,
	       struct error *e)
{
	struct scan s = { .at = text, .end = text + len, .line = 1 };
	bool ok;

	*t = (struct csv){ 0 };
	t->separator = s.separator = detect_separator(&s);
	ok = read_rows(&s, a, t, line, e);
	text_release(&s.cell);
	return ok;
}
