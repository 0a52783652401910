/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One CSV table into records of its layout. */
#include <stdlib.h>
#include <string.h>

#include "kit/source.h"
#include "lib/base/language.h"
#include "lib/data/csv.h"

/* Which column of the layout each column of the sheet is, -1 for none. */
static bool map_columns(struct source *s, const struct layout *l, const char *file,
			const struct csv *sheet, int map[CSV_COLUMNS_MAX])
{
	bool seen[CSV_COLUMNS_MAX] = { false }, ok = true;

	for (size_t i = 0; i < sheet->columns; i++) {
		const char *header = sheet->head.cells[i];

		map[i] = layout_header(l, header);
		if (map[i] < 0) {
			findings_add(
				&s->findings, WARNING, file, sheet->head.line,
				*header ? _("no column '%s' in this table; what stands in it "
					    "is not used")
					: _("a column without a header%s; what stands in it is "
					    "not used"),
				header);
		} else if (seen[map[i]]) {
			findings_add(&s->findings, FAULT, file, sheet->head.line,
				     _("the column %s stands here twice (again as '%s')"),
				     l->columns[map[i]].key, header);
			ok = false;
		} else {
			seen[map[i]] = true;
		}
	}
	for (size_t i = 0; l->columns[i].key; i++) {
		if (!l->columns[i].required || seen[i])
			continue;
		findings_add(&s->findings, FAULT, file, sheet->head.line,
			     _("the column %s is missing"), l->columns[i].key);
		ok = false;
	}
	return ok;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The ids of a table's records, sorted; to be freed by the caller. */
static const char **sorted_ids(const struct table *t)
{
	const char **ids = mem_array(t->count + 1, sizeof(*ids));

	for (size_t i = 0; i < t->count; i++)
		ids[i] = table_get(t, &t->records[i], "id");
	if (t->count)
		qsort(ids, t->count, sizeof(*ids), by_text);
	return ids;
}

/* `own`: ids that are taken, for rows of a public table; or NULL. */
static void parse(struct source *s, enum table_name table, const char *file, const char *text,
		  size_t len, const char **own, size_t own_count)
{
	struct table *t = &s->tables[table];
	struct error e = { 0 };
	int map[CSV_COLUMNS_MAX];
	struct csv sheet;
	size_t line = 0;

	t->unread = true; /* until it is */
	if (!csv_parse(text, len, &s->memory, &sheet, &line, &e)) {
		findings_error(&s->findings, file, line, &e);
		return;
	}
	if (sheet.columns == 0) {
		findings_add(&s->findings, FAULT, file, 0,
			     _("is empty; the first line names the columns"));
		return;
	}
	if (!map_columns(s, t->layout, file, &sheet, map))
		return;
	t->unread = false;
	size_t id = own ? layout_column(t->layout, "id") : 0;

	for (size_t i = 0; i < sheet.count; i++) {
		struct record *r = table_add(s, table, file, sheet.rows[i].line);

		for (size_t c = 0; c < sheet.columns; c++)
			if (map[c] >= 0)
				r->cells[map[c]] = sheet.rows[i].cells[c];
		if (own && own_count &&
		    bsearch(&r->cells[id], own, own_count, sizeof(*own), by_text)) {
			t->count--; /* the kit's own row stands instead of it */
			continue;
		}
		for (size_t c = 0; t->layout->columns[c].key; c++)
			cell_check(s, t, r, c);
	}
}

void sheet_parse(struct source *s, enum table_name table, const char *file, const char *text,
		 size_t len)
{
	parse(s, table, file, text, len, NULL, 0);
}

void sheet_parse_public(struct source *s, enum table_name table, const char *file, const char *text,
			size_t len)
{
	const struct table *t = &s->tables[table];
	bool unread = t->unread;
	size_t count = t->count;
	const char **own = sorted_ids(t);

	parse(s, table, file, text, len, own, count);
	s->tables[table].unread = t->unread || unread;
	free(own);
}
