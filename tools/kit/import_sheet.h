/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_IMPORT_SHEET_H
#define KIT_IMPORT_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/layout.h"
#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/newfile.h"
#include "lib/base/text.h"

/*
 * A table of a source folder that is changed here and there. Rows that are not
 * changed are written back byte by byte; so are separator, line ends, BOM, the
 * order, columns that nobody knows.
 */
struct import_row {
	const char **cells; /* one per column of the layout; "" where nothing stands */
	size_t source_row;  /* index in the file, SIZE_MAX for a new one */
	bool changed;
};

struct import_sheet {
	const struct layout *layout;
	struct arena memory;
	struct text text; /* the file as UTF-8 with LF */
	bool there, bom, crlf, latin;
	char separator;
	size_t head_line;    /* of its header, from 1 */
	size_t columns;      /* of the file */
	const char **header; /* as they stand */
	int *map;            /* column of the file: of the layout, or -1 */
	struct import_row *rows;
	size_t count, capacity, source_count;
	const char ***source_cells; /* all cells of each row of the file */
	size_t *lines;              /* where each row begins, from 1 */
	bool changed;
};

/* Read `folder`/FILE of the layout; a file that is not there gives an empty table. */
__attribute__((warn_unused_result))
bool sheet_load(struct import_sheet *s, const struct layout *layout, const char *folder,
		struct error *e);
void sheet_release(struct import_sheet *s);

/* The index of a new row, its cells "". */
size_t sheet_add(struct import_sheet *s);

const char *sheet_get(const struct import_sheet *s, size_t row, const char *key);

/* Put a copy of `value` into a cell. */
void sheet_set(struct import_sheet *s, size_t row, const char *key, const char *value);

/* Write the whole table as a new file that is not yet committed. */
__attribute__((warn_unused_result))
bool sheet_write(struct import_sheet *s, const char *folder, struct newfile *f, struct error *e);

/* Read a file of at most `max` bytes, no link; *absent instead of an error if it is
 * not there. */
__attribute__((warn_unused_result))
bool import_read_file(const char *path, size_t max, struct text *out, bool *absent,
		      struct error *e);

#endif
