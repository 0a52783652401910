/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_OUTAGE_H
#define HANDBOOK_OUTAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/data/db.h"

/*
 * What has failed? A person says it of some systems; what needs one of them, or needs
 * something that does, is dead with it (docs/formats/kit-db.md, `dependency`). As far as the
 * tiers that are open tell: a locked one may know more.
 */
#define OUTAGE_NONE ((size_t)-1)

struct outage_system {
	const char *id, *name; /* the name is "" for what only a dependency or an event names */
	bool failed;           /* a person said so */
	size_t cause;          /* the failed system that it is dead through, itself if it is one
				  of them; OUTAGE_NONE: it works, as far as is known */
};

struct outage {
	struct outage_system *systems; /* in the order of their names */
	size_t count, capacity;
	struct outage_need {
		size_t from, to; /* the first needs the second */
	} * needs;
	size_t need_count, need_capacity;
	struct arena memory;
};

/* Read systems and dependencies of the open tiers. What was said to have failed before stays so. */
__attribute__((warn_unused_result))
bool outage_load(struct outage *o, struct db *kit, struct error *e);
void outage_release(struct outage *o); /* accepts { 0 } */

/* Say it of one. An id that the open tiers do not know is taken too. */
void outage_set(struct outage *o, const char *id, bool failed);
/* Take from the view over the journal (lib/journal/view.h) what was said last of each. */
__attribute__((warn_unused_result))
bool outage_read(struct outage *o, struct db *view, struct error *e);

/* Is what hangs on it dead? "" hangs on nothing. */
bool outage_is_dead(const struct outage *o, const char *id);
/* Why, in words: "Telefonanlage has failed", "Telefonanlage needs Kernnetz, which has failed".
 * Nothing if it is not dead. */
void outage_add_why(const struct outage *o, const char *id, struct text *out);
/* Its state behind its name: "HAS FAILED", "DEAD: needs Kernnetz, which has failed", "works as
 * far as known". */
void outage_add_state(const struct outage *o, const struct outage_system *s, struct text *out);

#endif
