/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes single cells of a table and leaves all else as it was. */
#include "kit/import_sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/source.h"
#include "lib/base/language.h"
#include "lib/data/charset.h"
#include "lib/data/csv.h"

bool import_read_file(const char *path, size_t max, struct text *out, bool *absent, struct error *e)
{
	char buffer[65536];
	struct stat st;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	*absent = fd < 0 && errno == ENOENT;
	if (fd < 0 && errno == ELOOP)
		error_set(e, ERROR_UNTRUSTED, _("%s is a symbolic link; name the file itself"),
			  path);
	else if (fd < 0 || fstat(fd, &st) != 0)
		error_errno(e, _("cannot open %s"), path);
	else if (!S_ISREG(st.st_mode))
		error_set(e, ERROR_UNTRUSTED, _("%s is not a file"), path);
	while (!e->kind && (n = read(fd, buffer, sizeof(buffer))) != 0) {
		if (n < 0)
			error_errno(e, _("cannot read %s"), path);
		else if (out->len + (size_t)n > max)
			error_set(e, ERROR_UNTRUSTED, _("%s is larger than %d MiB"), path,
				  (int)(max >> 20));
		else
			text_add_n(out, buffer, (size_t)n);
	}
	if (fd >= 0)
		close(fd);
	return !e->kind;
}

/* Every column once, and all that must be there. */
static bool map_columns(struct import_sheet *s, struct error *e)
{
	size_t width = layout_width(s->layout);
	bool *seen = arena_alloc(&s->memory, width * sizeof(*seen));

	s->map = arena_alloc(&s->memory, s->columns * sizeof(*s->map));
	for (size_t i = 0; i < s->columns; i++) {
		s->map[i] = layout_header(s->layout, s->header[i]);
		if (s->map[i] >= 0 && seen[s->map[i]])
			return error_set(e, ERROR_UNTRUSTED, _("the column %s stands here twice"),
					 s->layout->columns[s->map[i]].key);
		if (s->map[i] >= 0)
			seen[s->map[i]] = true;
	}
	for (size_t i = 0; s->layout->columns[i].key; i++)
		if (s->layout->columns[i].required && !seen[i])
			return error_set(e, ERROR_UNTRUSTED, _("the column %s is missing"),
					 s->layout->columns[i].key);
	return true;
}

static void take_rows(struct import_sheet *s, const struct csv *t)
{
	s->source_count = t->count;
	s->source_cells = arena_alloc(&s->memory, t->count * sizeof(*s->source_cells));
	s->lines = arena_alloc(&s->memory, t->count * sizeof(*s->lines));
	for (size_t i = 0; i < t->count; i++) {
		size_t row = sheet_add(s);

		s->source_cells[i] = t->rows[i].cells;
		s->lines[i] = t->rows[i].line;
		s->rows[row].source_row = i;
		s->rows[row].changed = false;
		for (size_t c = 0; c < s->columns; c++)
			if (s->map[c] >= 0)
				s->rows[row].cells[s->map[c]] = t->rows[i].cells[c];
	}
	s->changed = false;
}

bool sheet_load(struct import_sheet *s, const struct layout *layout, const char *folder,
		struct error *e)
{
	char *path = mem_format("%s/%s", folder, layout->file);
	struct text raw = { 0 };
	struct csv t = { 0 };
	size_t line = 0;
	bool absent, ok;

	*s = (struct import_sheet){ .layout = layout, .separator = ';' };
	ok = import_read_file(path, SOURCE_FILE_MAX, &raw, &absent, e);
	if (!ok && absent) {
		*e = (struct error){ 0 };
		text_release(&raw);
		free(path);
		return true;
	}
	s->there = ok;
	s->bom = raw.len >= 3 && memcmp(raw.s, "\xef\xbb\xbf", 3) == 0;
	s->latin = ok && !text_is_utf8(text_end(&raw), raw.len);
	s->crlf = ok && strstr(text_end(&raw), "\r\n");
	ok = ok && charset_to_utf8(text_end(&raw), raw.len, &s->text, &line, e) &&
	     csv_parse(text_end(&s->text), s->text.len, &s->memory, &t, &line, e);
	if (ok) {
		s->separator = t.separator;
		s->columns = t.columns;
		s->header = t.head.cells;
		s->head_line = line = t.head.line;
		ok = t.columns == 0 || map_columns(s, e);
		s->there = t.columns > 0;
	}
	if (ok && t.columns)
		take_rows(s, &t);
	if (!ok && line)
		error_prefix(e, "%s:%zu: ", path, line);
	text_release(&raw);
	free(path);
	return ok;
}

void sheet_release(struct import_sheet *s)
{
	free(s->rows);
	text_release(&s->text);
	arena_release(&s->memory);
	*s = (struct import_sheet){ 0 };
}

size_t sheet_add(struct import_sheet *s)
{
	size_t width = layout_width(s->layout);
	struct import_row *row;

	mem_grow(&s->rows, &s->capacity, s->count + 1, sizeof(*s->rows));
	row = &s->rows[s->count];
	row->cells = arena_alloc(&s->memory, width * sizeof(*row->cells));
	for (size_t i = 0; i < width; i++)
		row->cells[i] = "";
	row->source_row = SIZE_MAX;
	row->changed = s->changed = true;
	return s->count++;
}

const char *sheet_get(const struct import_sheet *s, size_t row, const char *key)
{
	return s->rows[row].cells[layout_column(s->layout, key)];
}

void sheet_set(struct import_sheet *s, size_t row, const char *key, const char *value)
{
	s->rows[row].cells[layout_column(s->layout, key)] = arena_string(&s->memory, value);
	s->rows[row].changed = s->changed = true;
}

/* A cell as it must stand so that csv.h reads the same. */
static void put_cell(struct text *out, const char *cell, char separator)
{
	size_t n = strlen(cell);

	if (!strchr(cell, separator) && !strpbrk(cell, "\"\n\t") &&
	    (!n || (cell[0] != ' ' && cell[n - 1] != ' '))) {
		text_add(out, cell);
		return;
	}
	text_add(out, "\"");
	for (; *cell; cell++)
		text_add_n(out, *cell == '"' ? "\"\"" : cell, *cell == '"' ? 2 : 1);
	text_add(out, "\"");
}

/* Which columns of the layout the file needs and has not: appended to its header.
 * Rows that are not changed may stay shorter. */
static void add_columns(struct import_sheet *s)
{
	size_t width = layout_width(s->layout), columns = s->columns;
	const char **header = arena_alloc(&s->memory, (columns + width) * sizeof(*header));
	int *map = arena_alloc(&s->memory, (columns + width) * sizeof(*map));
	bool english = false;

	for (size_t i = 0; i < columns; i++) {
		header[i] = s->header[i];
		map[i] = s->map[i];
		english |= map[i] > 0 && strcasecmp(header[i], s->layout->columns[map[i]].key) == 0;
	}
	for (size_t c = 0; c < width; c++) {
		const struct column *column = &s->layout->columns[c];
		bool needed = !s->there && column->required, has = false;

		for (size_t i = 0; i < columns; i++)
			has |= map[i] == (int)c;
		for (size_t r = 0; r < s->count && !has && !needed; r++)
			needed = s->rows[r].changed && *s->rows[r].cells[c];
		if (has || !needed)
			continue;
		/* The id is "id" in both languages. */
		header[columns] = english || c == 0 || !*column->also
					  ? column->key
					  : arena_string_n(&s->memory, column->also,
							   strcspn(column->also, "|"));
		map[columns++] = (int)c;
	}
	s->header = header;
	s->map = map;
	s->columns = columns;
}

static void put_row(const struct import_sheet *s, const struct import_row *row, size_t old_columns,
		    struct text *out)
{
	for (size_t i = 0; i < s->columns; i++) {
		const char *cell = "";

		if (s->map[i] >= 0)
			cell = row->cells[s->map[i]];
		else if (row->source_row != SIZE_MAX && i < old_columns)
			cell = s->source_cells[row->source_row][i];
		if (i)
			text_add_n(out, &s->separator, 1);
		put_cell(out, cell, s->separator);
	}
	text_add(out, "\n");
}

/* The end of the row that begins at `s`, behind its line end. */
static const char *row_end(const char *s, const char *end, char separator)
{
	while (s < end) {
		while (s < end && *s == ' ')
			s++;
		if (s < end && *s == '"')
			for (s++; s < end && (*s != '"' || (s + 1 < end && s[1] == '"')); s++)
				s += *s == '"';
		while (s < end && *s != separator && *s != '\n')
			s++;
		if (s < end && *s++ == '\n')
			break;
	}
	return s;
}

static void put_header(const struct import_sheet *s, struct text *out)
{
	for (size_t i = 0; i < s->columns; i++) {
		if (i)
			text_add_n(out, &s->separator, 1);
		put_cell(out, s->header[i], s->separator);
	}
	text_add(out, "\n");
}

/* Where the file is being copied from. */
struct copy {
	const char *at, *end;
	size_t line;
};

/* Copy what precedes a line: empty ones, "sep=;". */
static void copy_until(struct copy *c, size_t line, struct text *out)
{
	const char *begin = c->at;

	while (c->line < line && c->at < c->end) {
		const char *lf = memchr(c->at, '\n', (size_t)(c->end - c->at));

		c->at = lf ? lf + 1 : c->end;
		c->line++;
	}
	text_add_n(out, begin, (size_t)(c->at - begin));
}

/* Copy the row that begins here, or leave it out. */
static void copy_row(struct copy *c, char separator, struct text *out)
{
	const char *begin = c->at;

	c->at = row_end(begin, c->end, separator);
	for (const char *p = begin; p < c->at; p++)
		c->line += *p == '\n';
	if (out)
		text_add_n(out, begin, (size_t)(c->at - begin));
}

static void put_all(struct import_sheet *s, struct text *out)
{
	struct copy c = { .at = text_end(&s->text), .line = 1 };
	size_t old_columns = s->columns;
	bool same;

	add_columns(s);
	same = s->there && s->columns == old_columns;
	c.end = c.at + (s->there ? s->text.len : 0);
	copy_until(&c, s->head_line, out);
	if (!same)
		put_header(s, out);
	if (s->there)
		copy_row(&c, s->separator, same ? out : NULL);
	for (size_t i = 0; i < s->source_count; i++) {
		copy_until(&c, s->lines[i], out);
		if (s->rows[i].changed)
			put_row(s, &s->rows[i], old_columns, out);
		copy_row(&c, s->separator, s->rows[i].changed ? NULL : out);
	}
	text_add_n(out, c.at, (size_t)(c.end - c.at));
	if (out->s[out->len - 1] != '\n')
		text_add(out, "\n");
	for (size_t i = s->source_count; i < s->count; i++)
		put_row(s, &s->rows[i], old_columns, out);
}

/* A table keeps the mode that it has; a new one with keys in it is its owner's alone. */
static bool keep_mode(int fd, const char *path, const struct layout *l, struct error *e)
{
	bool keys = l == layout_of(RECOVERY_KEYS);
	struct stat st;
	bool there = stat(path, &st) == 0;

	if (!there && !keys)
		return true;
	if (fchmod(fd, there ? st.st_mode & 0777 : 0600) != 0)
		return error_errno(e, _("cannot set the rights of %s"), path);
	return true;
}

bool sheet_write(struct import_sheet *s, const char *folder, struct newfile *f, struct error *e)
{
	char *path = mem_format("%s/%s", folder, s->layout->file);
	struct text lf = { 0 }, out = { 0 };
	bool ok;

	put_all(s, &lf);
	if (s->bom || s->latin)
		text_add(&out, "\xef\xbb\xbf");
	for (const char *at = lf.s; *at;) {
		size_t n = strcspn(at, "\n");

		text_add_n(&out, at, n);
		at += n;
		if (*at) {
			text_add(&out, s->crlf ? "\r\n" : "\n");
			at++;
		}
	}
	ok = newfile_create(f, path, e) && keep_mode(f->fd, path, s->layout, e) &&
	     newfile_write(f, out.s, out.len, e);
	text_release(&lf);
	text_release(&out);
	free(path);
	return ok;
}
