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
#define SOURCE_PLANS_MAX 500       /* with the cards */
#define SOURCE_FORMS_MAX 200
#define SOURCE_DOCUMENT_MAX (4 << 20)   /* bytes of one */
#define SOURCE_DOCUMENTS_MAX (16 << 20) /* of all */
#define SOURCE_ROOT_MAX (64 << 10)      /* of a file in trust/ */

/* kit.conf. */
struct conf {
	const char *organisation, *kit_id, *version, *data_date, *review_by, *valid_until;
	const char *publisher, *signer, *language, *keyboard, *timezone, *exercise;
	const char *public;    /* folder of the public bodies, "" for none */
	const char *own_hosts; /* names, domains, networks, separated by commas */
	const char *demo;      /* "yes": sealed with the published keys */
};

/* A file that goes into the kit as it is. */
struct source_bytes {
	const char *name; /* without its folder */
	const char *bytes;
	size_t len;
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
	struct source_bytes *documents; /* one per record of DOCUMENTS; name NULL: not read */
	struct source_bytes *roots;     /* trust/, by name */
	size_t root_count;
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
/* Of a cell of yes or no, where "no" may be written out: it is yes. */
bool table_yes(const struct table *t, const struct record *r, const char *key);
void table_set(const struct table *t, struct record *r, const char *key, const char *value);

/* The tier of a record: '0' open, '1' protected, '2' strict. */
char table_tier(const struct table *t, const struct record *r);

/* Is the record in the open tier? */
bool table_is_open(const struct table *t, const struct record *r);

/* The parsers of single files, each from UTF-8 text (lib/data/charset.h). */
void conf_parse(struct source *s, const char *file, const char *text, size_t len);
void conf_fill(struct source *s); /* what was not read is "" */
void sheet_parse(struct source *s, enum table_name table, const char *file, const char *text,
		 size_t len);
void plan_parse(struct source *s, const char *file, const char *text, size_t len);
void form_parse(struct source *s, const char *file, const char *text, size_t len);

/* Rows of a public table (docs/formats/kit-source.md#public-bodies): as sheet_parse(),
 * without those whose id is in the table already. */
void sheet_parse_public(struct source *s, enum table_name table, const char *file, const char *text,
			size_t len);

/* documents/ and trust/ in the source folder dir; documents.csv is read before. */
void documents_load(struct source *s, int dir);
void trust_folder_load(struct source *s, int dir);

/* Check every cell against its type and bring it into the form it is stored in. */
void cell_check(struct source *s, const struct table *t, struct record *r, size_t column);

/* Ids: unique, and everything referred to exists and may be seen where it is. */
void references_check(struct source *s);

#endif
