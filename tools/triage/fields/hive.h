/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_FIELDS_HIVE_H
#define TRIAGE_FIELDS_HIVE_H

#include "triage/format.h"
#include "triage/parse/regf.h"

/*
 * What the formats share that lie in hives: each takes a hive and its transaction logs, and goes
 * through all of its keys, so that deleted ones (--recover) come by the same way.
 */
#define HIVE_INPUTS_MAX (1 + REGF_LOGS_MAX)
#define HIVE_BYTES_MAX (UINT32_C(320) << 20) /* twice that, if logs are applied */

struct hive {
	struct regf r;
	uint8_t *inputs[HIVE_INPUTS_MAX];
};

__attribute__((warn_unused_result)) bool hive_open(struct hive *h, const struct format_job *job,
						   struct error *e);
void hive_close(struct hive *h);

/* A problem: no lines would look as if there was nothing to be found. */
void hive_is_another(const struct format_job *job);

/* Go through the keys; false from `key` ends it. A hive without a key `place`, a pattern as of hive_path_is(),
 * is another one. */
__attribute__((warn_unused_result)) bool
hive_run(const struct format_job *job, const char *place, struct emit *o, struct error *e,
	 bool (*key)(void *ctx, struct regf_walk *w, const struct regf_item *item, struct emit *o,
		     struct error *e),
	 void *ctx);

/* Is it this path? `pattern` begins behind the root, "Root\\File\\*\\*", case does not matter; a
 * star is any one name, "**" at its end anything. */
bool hive_path_is(struct regf_text path, const char *pattern);
/* The name with number `nr` (from 0) in a path; of no bytes if there is none. */
struct regf_text hive_path_part(struct regf_text path, unsigned nr);
/* What is behind the first `skip` names, with its backslash. */
struct regf_text hive_path_behind(struct regf_text path, unsigned skip);

/* Fields. */
void hive_text(struct emit *o, const char *key, struct regf_text t); /* none: null */
/* A string as far as its first zero. */
void hive_string(struct emit *o, const char *key, struct regf_bytes data);
/* Data as their type says: text, number, array of texts, or hexadecimal. */
void hive_data(struct emit *o, const char *key, uint32_t type, struct regf_bytes data);
void hive_type(struct emit *o, const char *key, uint32_t type);
/* What a record of a hive ends with. */
void hive_recovered(struct emit *o, const struct regf_item *item);
/* For a timeline: what a text is. */
void hive_says(struct emit *o, struct regf_text t);

#endif
