/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_REGF_WALK_H
#define TRIAGE_PARSE_REGF_WALK_H

#include "triage/parse/regf_inside.h"

/* Where a walk is: shared by regf_walk.c, which follows the tree, and regf_carve.c, which
 * looks through what the tree left. */
struct regf_frame {
	struct regf_subkeys subkeys;
	size_t path_len;
};

struct regf_walk {
	const struct regf *r;
	struct regf quiet; /* the same, without a word on what is damaged: for what was deleted */
	struct regf_claims claims;
	bool recover, begun, tree_done;
	uint64_t paths_left; /* bytes of long paths */
	struct text near;    /* the end of one */
	bool paths_cut;      /* which was said */
	struct regf_frame frames[REGF_DEPTH_MAX + 1];
	unsigned depth;
	uint8_t *path; /* in UTF-16LE */
	size_t path_len, path_capacity;
	const struct regf *values_of;
	struct regf_values values;
	struct text room;
	/* What was deleted: first keys, then values that no key leads to. */
	bool keys_done, lone;
	size_t carve_at;
	struct regf_value lone_value;
};

void regf_take_key(struct regf_walk *w, const struct regf *r, const struct regf_key *k,
		   struct regf_item *item);
bool regf_path_add(struct regf_walk *w, struct regf_text name);
bool regf_carve_next(struct regf_walk *w, struct regf_item *item);

#endif
