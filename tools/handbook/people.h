/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_PEOPLE_H
#define HANDBOOK_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "handbook/channels.h"
#include "lib/base/text.h"

/*
 * People, the roles they hold and when they are on duty. All of it is in the protected part:
 * while that is locked, nobody is found and nobody holds anything.
 */
struct book_person {
	const char *id;
	const char *name;                                /* "Änne Müller" */
	const char *last_name, *first_name, *salutation; /* "" where nothing is known, */
	const char *organisation_id, *organisation;      /* as everywhere below */
	const char *function, *languages, *hours;
	const char *checked_on, *checked_by, *note;
	struct channels channels; /* private numbers where the strict part is open */
	struct arena memory;
};

/* False with ERROR_FAILED and words if there is no such person to be seen. Release in any case. */
__attribute__((warn_unused_result))
bool book_person(struct book *b, const char *id, struct book_person *p, struct error *e);
void book_person_release(struct book_person *p);

/* Who holds a role: on duty now first, then by rank. */
struct holder {
	const char *person_id, *name;
	int64_t rank; /* 1 is asked first; HOLDER_NO_RANK: only in the roster */
	bool on_duty;
	const char *until; /* on duty: "2026-11-27 16:00", kit's time */
	const char *next;  /* else: when next, or "" */
};
#define HOLDER_NO_RANK INT64_MAX

struct holders {
	struct holder *items;
	size_t count, capacity;
	struct arena memory;
};

/* Those whose time as holders is now (valid_from, valid_to), and who is on duty at all. */
__attribute__((warn_unused_result))
bool book_holders(struct book *b, const char *role, struct holders *out, struct error *e);
void holders_release(struct holders *h);

/* The people of an organisation (NULL: all), in the order of their names as one looks them up. */
struct people {
	struct person_name {
		const char *id, *name, *function; /* function "" if unknown */
		const char *sort;
	} * items;
	size_t count, capacity;
	struct arena memory;
};
__attribute__((warn_unused_result))
bool book_people(struct book *b, const char *organisation, struct people *out, struct error *e);
void people_release(struct people *p);

/* Who is on duty for a role now; false if nobody, or if that is locked. */
bool book_on_duty(struct book *b, const char *role, struct text *person_id);

/* What the clock on the wall shows now where the kit is from: "2026-11-26 13:04". */
#define BOOK_TIME 17
char *book_local_time(const struct book *b, char out[BOOK_TIME]);

#endif
