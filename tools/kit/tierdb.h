/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_TIERDB_H
#define KIT_TIERDB_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/source.h"
#include "lib/crypto/slots.h"
#include "lib/data/db.h"

#define TIERS 3 /* 0 open, 1 protected, 2 strict */

/* Make the database of one tier from a source without faults, with the public keys of
 * `keys` (NULL: none) for whoever seals to them later: the bytes of its file,
 * to be wiped and freed by the caller, or NULL. *rows is how many of the source's
 * records went in. The same source gives the same bytes on every machine with the
 * same SQLite (docs/formats/kit-db.md#bytes). */
__attribute__((warn_unused_result))
unsigned char *tierdb_make(const struct source *s, const struct tier_keys *keys, int tier,
			   size_t *len, size_t *rows, struct error *e);

/* The parts of the work (rows.c, channel.c). */
struct rows {
	struct db *db;
	const struct source *source;
	const struct tier_keys *keys; /* NULL: none */
	char tier;                    /* '0', '1' or '2' */
	struct thing_tier *things;    /* what may be of any tier, by name */
	size_t thing_count;
	size_t count; /* of records written */
};

void rows_init(struct rows *r, struct db *db, const struct source *s, const struct tier_keys *keys,
	       int tier);
void rows_release(struct rows *r);

/* The tier that `least` is raised to by a thing named in it, "person:p-adler". */
char rows_raise(const struct rows *r, char least, const char *thing);
char rows_raise_kind(const struct rows *r, char least, enum kit_kind kind, const char *id);

/* Bind a cell as its column's type wants it; an empty one is NULL. */
void rows_bind(struct db_statement *s, int index, const struct table *t, const struct record *r,
	       const char *key);

/* Run the INSERT of a record; a failure names its place. */
__attribute__((warn_unused_result))
bool rows_run(struct rows *r, struct db_statement *s, const struct record *record, struct error *e);

__attribute__((warn_unused_result))
bool rows_insert(struct rows *r, struct error *e);
__attribute__((warn_unused_result))
bool channels_insert(struct rows *r, struct error *e);

/* Where a type of channel comes that has no `priority` of its own: the smaller one is tried
 * first, "duty" before "mobile_work". */
int channel_priority(const char *type);

#endif
