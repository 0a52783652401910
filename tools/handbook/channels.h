/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_CHANNELS_H
#define HANDBOOK_CHANNELS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/data/kitkind.h"

struct book;

/*
 * The ways to reach somebody, best first, the dead ones last: whatever was added to a list, by
 * one call or by several, no dead channel stands above a live one. The one place where lists of
 * channels are made.
 */
struct channel {
	enum kit_kind owner_kind; /* KIT_ROLE, KIT_ORGANISATION, KIT_PERSON */
	const char *owner_id;
	const char *type, *value;            /* "mobile_work", "+49 171 3920042": for reading */
	const char *normal;                  /* to be dialled, "" for what is not */
	const char *hours, *note;            /* or "" */
	const char *depends_on;              /* a system's id, or "" */
	const char *system;                  /* its name, its id where that is locked, or "" */
	const char *checked_on, *checked_by; /* or "" */
	bool dead;
	const char *why; /* of a dead one, in words; else "" */
	size_t order;    /* in which they were added */
};

struct channels {
	struct channel *items;
	size_t count, capacity;
	struct arena memory;
};

/* Add all channels of one role, organisation or person, as far as they are open. */
__attribute__((warn_unused_result))
bool book_channels(struct book *b, enum kit_kind owner, const char *id, struct channels *list,
		   struct error *e);

/* Add all ways that lead there: of a role also those of its holders, where people are open, who
 * is on duty now first. */
__attribute__((warn_unused_result))
bool book_reach(struct book *b, enum kit_kind kind, const char *id, struct channels *list,
		struct error *e);

/* The first that can be dialled and is not dead, or NULL. */
const struct channel *channels_first(const struct channels *list);

/* Is there none, though there would be if nothing had failed? */
bool channels_dead(const struct channels *list);

void channels_release(struct channels *list); /* accepts { 0 } */

#endif
