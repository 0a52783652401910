/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_DIFF_H
#define KIT_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/tierdb.h"
#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/crypto/digest.h"
#include "lib/crypto/slots.h"

/*
 * What changed between two kits, each a source folder or a kit.img, in words of people
 * instead of bytes. Both are read into lists of rows that are then laid side by side.
 */

/* One row of a kit's databases (docs/formats/kit-db.md). */
struct diff_row {
	const struct diff_table *table;
	const char *key;   /* unique within its table, the same in both kits */
	const char *title; /* "Änne Müller", "P01/6" */
	const char **values;
	const char *const *columns; /* their names; `count` of both */
	size_t count;
	int tier;
};

/* How a table is shown. */
struct diff_table {
	const char *name;
	const char *label;  /* "person": translated when printed */
	const char *keys;   /* columns, separated by spaces */
	const char *titles; /* columns that name the row, separated by spaces */
};

struct diff_side {
	const char *path;
	bool tiers[TIERS]; /* could be read */
	bool sealed_present[TIERS];
	struct digest sealed[TIERS];
	struct diff_row *rows; /* sorted by table, then key */
	size_t count, capacity;
	struct arena memory;
};

/* Read a side. `keys` open the sealed tiers of an image; NULL: they stay closed. A
 * source folder needs none. */
__attribute__((warn_unused_result))
bool diff_load(struct diff_side *s, const char *path, const struct tier_keys *keys,
	       struct error *e);
void diff_release(struct diff_side *s);

/* By table, then key; for sorting and for walking along two sides. */
int diff_order(const struct diff_row *a, const struct diff_row *b);

/* The word for a column: "mobile, at work". Not translated yet. */
const char *diff_column_label(const char *column);
/* The word for a type of channel: "mobile_work" is "work mobile". */
const char *diff_channel_label(const char *type);

#endif
