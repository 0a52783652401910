/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_JUMPLIST_H
#define TRIAGE_PARSE_JUMPLIST_H

#include "triage/parse/cfb.h"

/* Jump lists (docs/formats/jumplist.md): what a program opened last. */

/* The stream DestList of an automatic one. */
struct destlist {
	uint32_t version, count, pinned;
	uint64_t last_entry, actions;
	struct reader rest; /* entries */
	size_t bytes;
	size_t passed_over;       /* bytes between entries that are not known */
	struct parse_place place; /* for emit_properties(); set by the caller */
};

struct destlist_entry {
	const uint8_t *droids; /* four GUIDs, as of a link's tracker */
	struct words hostname, path;
	uint32_t number;    /* its link is the stream of that name, in hexadecimal */
	uint32_t score;     /* the bits of a float: how much it is used, fading */
	uint64_t accessed;  /* FILETIME */
	int32_t pin_status; /* -1: not pinned, else its place */
	bool has_access_count;
	uint32_t access_count;
	struct reader properties; /* for emit_properties(); empty: none */
};

__attribute__((warn_unused_result)) bool destlist_begin(const uint8_t *bytes, size_t len,
							struct destlist *d);
/* The next one; false: the end, or (d->rest.bad) something that is none. */
bool destlist_next(struct destlist *d, struct destlist_entry *entry);

/* The number that is a stream's name, 1 to 8 hexadecimal digits. */
bool jumplist_stream_number(struct words name, uint32_t *number);

/* Links within a custom one, found by how they begin: the next from *at on, with where the one after it
 * begins or the end of the bytes. False: there is none. */
bool jumplist_find_link(const uint8_t *bytes, size_t len, size_t *at, size_t *end);

/* Whether what stands before, between or behind the links of a custom one is only what belongs there: the head
 * of the file, ends and heads of groups, the class of the link that follows. */
bool jumplist_is_frame(struct reader r, bool is_first, bool is_last);

#endif
