/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_SOURCE_H
#define KIT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kit/findings.h"
#include "kit/layout.h"
#include "lib/base/error.h"
#include "lib/base/memory.h"

#define SOURCE_FILE_MAX (16 << 20) /* bytes of one file */
#define SOURCE_PLANS_MAX 500

/* kit.conf. */
struct conf {
	const char *organisation, *kit_id, *version, *data_date, *review_by, *valid_until;
	const char *publisher, *signer, *language, *keyboard, *timezone, *exercise;
};

struct record {
	const char *file;
	size_t line;
	const char **cells; /* one per column of the layout; "" where nothing is said */
};

struct table {
	const struct layout *layout;
	struct record *records;
	size_t count, capacity;
	bool unread; /* the file has faults: what refers to it is not judged */
};

/* A whole source folder in memory. { 0 } is empty after source_init(). */
struct source {
	struct conf conf;
	struct table tables[TABLES];
	struct findings findings;
	struct arena memory;
};

void source_init(struct source *s);
void source_release(struct source *s);

/* Read the folder, check it, and resolve every reference. False only if the
 * folder cannot be read at all; what is wrong in it is in s->findings. */
__attribute__((warn_unused_result))
bool source_load(struct source *s, const char *folder, struct error *e);

/* A new record, its cells all "". */
struct record *table_add(struct source *s, enum table_name table, const char *file, size_t line);

/* The cell of a column, which must exist in the layout. */
const char *table_get(const struct table *t, const struct record *r, const char *key);
void table_set(const struct table *t, struct record *r, const char *key, const char *value);

/* Is the record in the open tier? */
bool table_is_open(const struct table *t, const struct record *r);

/* The parsers of single files, each from UTF-8 text (lib/data/charset.h). */
void conf_parse(struct source *s, const char *file, const char *text, size_t len);
void sheet_parse(struct source *s, enum table_name table, const char *file, const char *text,
		 size_t len);
void plan_parse(struct source *s, const char *file, const char *text, size_t len);

/* Check every cell against its type and bring it into the form it is stored in. */
void cell_check(struct source *s, const struct table *t, struct record *r, size_t column);

/* Ids: unique, and everything referred to exists and may be seen where it is. */
void references_check(struct source *s);

#endif
