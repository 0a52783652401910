/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_CSV_H
#define LIB_DATA_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"

/*
 * Tables as spreadsheets save them (docs/formats/kit-source.md#tables): the
 * separator is semicolon, comma or tab, whichever the first line holds most of;
 * a first line "sep=;" decides it. Cells may be quoted, hold line breaks and
 * doubled quotes. Spaces around cells are cut, empty rows skipped.
 */
#define CSV_COLUMNS_MAX 128
#define CSV_ROWS_MAX 200000

struct csv_row {
	size_t line;        /* where it begins, from 1 */
	const char **cells; /* as many as there are columns; "" where missing */
};

struct csv {
	char separator;
	struct csv_row head;
	size_t columns;
	struct csv_row *rows;
	size_t count;
};

/* Read a table from UTF-8 with LF line ends (charset.h). Everything lives in the
 * arena. An empty text gives a table without columns. False: *line is where. */
__attribute__((warn_unused_result))
bool csv_parse(const char *text, size_t len, struct arena *a, struct csv *t, size_t *line,
	       struct error *e);

#endif
