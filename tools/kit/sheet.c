/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One CSV table into records of its layout. */
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

void sheet_parse(struct source *s, enum table_name table, const char *file, const char *text,
		 size_t len)
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
	for (size_t i = 0; i < sheet.count; i++) {
		struct record *r = table_add(s, table, file, sheet.rows[i].line);

		for (size_t c = 0; c < sheet.columns; c++)
			if (map[c] >= 0)
				r->cells[map[c]] = sheet.rows[i].cells[c];
		for (size_t c = 0; t->layout->columns[c].key; c++)
			cell_check(s, t, r, c);
	}
}
