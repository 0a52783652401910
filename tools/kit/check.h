/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_CHECK_H
#define KIT_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kit/source.h"
#include "lib/base/text.h"
#include "lib/data/date.h"

/*
 * The rules of `kit check`, what a source can hold that is well formed and yet
 * fails in the night when it is needed. docs/formats/kit-check.md lists them all
 * with their names; a rule that is not there does not exist.
 *
 * Every rule runs in time n log n of the records and texts it looks at.
 */
#define CHECK_CONTACT_DAYS 180  /* a number that nobody has tried for longer is doubtful */
#define CHECK_DEADLINE_DAYS 365 /* the same for the text of a law */
#define CHECK_ISSUED_DAYS 180   /* an issued stick that nobody has seen for longer */
#define CHECK_ROSTER_DAYS 30    /* how far ahead a roster must be filled */
#define CHECK_SENTENCE_WORDS 25
#define CHECK_PLAN_PAGES 2
#define CHECK_CARD_PAGES 1
#define CHECK_LOOPS_MAX 100 /* as many loops of one graph are named */

/* The printed page, as far as its length is judged here. */
#define CHECK_PAGE_COLUMNS 80
#define CHECK_PAGE_LINES 56

/* Run every rule over a loaded source; `today` is "2026-11-24". Adds to s->findings. */
void check_all(struct source *s, const char *today);

/* Only what is an error on every day: a gap in next month's roster must not keep anyone
 * from making a kit in an emergency. */
void check_faults(struct source *s);

/* The records of a table by the words in one column, in the order of the table. */
struct lookup_entry {
	const char *key;
	const struct record *record;
};

struct lookup {
	struct lookup_entry *list;
	size_t count;
};

void lookup_make(struct lookup *l, const struct table *t, const char *column);
void lookup_release(struct lookup *l);

/* All records with this key: *count of them, NULL for none. */
const struct lookup_entry *lookup_all(const struct lookup *l, const char *key, size_t *count);

/* Strings to look for; sorted once by words_sort(). They are borrowed. */
struct words {
	const char **list;
	size_t count, capacity;
};

void words_add(struct words *w, const char *word);
void words_sort(struct words *w); /* and drop what is there twice */
bool words_have(const struct words *w, const char *word);
void words_release(struct words *w);

/* The names and networks of the organisation's own IT (kit.conf own_hosts). */
struct hosts {
	struct words names;
	struct network {
		uint32_t address, mask;
	} * networks;
	size_t count, capacity;
};

void hosts_make(struct hosts *h, const char *list, struct arena *a);
void hosts_release(struct hosts *h);

/* The first thing in a text that leads into the own systems: a host, a share, a
 * drive, a mail address. Copied to `out`, cut to `size`. */
bool hosts_find(const struct hosts *h, const char *text, char *out, size_t size);

/* Is it a mail address at one of the own domains? */
bool hosts_own_mail(const struct hosts *h, const char *mail);

/* One run. */
struct check {
	struct source *s;
	char today[DATE_TEXT];
	int64_t day;                                         /* the same, since 1970 */
	struct lookup organisations, people, systems, roles; /* by id */
	struct lookup channels;                              /* by owner, "role:id" */
	struct hosts hosts;
};

/* Report at a record. */
__attribute__((format(printf, 5, 6)))
void check_say(struct check *c, enum severity severity, const char *rule, const struct record *r,
	       const char *fmt, ...);

const char *check_cell(const struct check *c, enum table_name t, const struct record *r,
		       const char *key);

/* The record with this id, or NULL; `l` is a lookup by id. */
const struct record *check_by_id(const struct lookup *l, const char *id);

/* Days from a stored date to today, negative if it lies ahead; false if empty. */
__attribute__((warn_unused_result))
bool check_age(const struct check *c, const char *date, int64_t *days);

/* The next id of a stored list "a,b", copied to out; false at its end. */
__attribute__((warn_unused_result))
bool check_next_id(const char **list, char *out, size_t size);

/* The id behind "role:", or NULL if the reference is of another kind. */
const char *check_of_kind(const char *reference, enum kit_kind kind);

/* How someone can be reached. */
struct reach {
	size_t ways;          /* different ways to talk or write to them */
	size_t own;           /* of these: fail with the own systems */
	bool function_number; /* a duty or mobile number in the open tier */
};

/* Of a record of PEOPLE, ROLES or ORGANISATIONS. */
struct reach check_reach(const struct check *c, enum table_name t, const struct record *r);

/* A graph of records, for finding loops. Nodes are numbered by the caller. */
struct edge {
	size_t from, to;
	const struct record *record;
};

struct graph {
	struct edge *edges;
	size_t count, capacity;
};

void graph_add(struct graph *g, size_t from, size_t to, const struct record *record);

/* Calls found() for every loop, at most CHECK_LOOPS_MAX times: of its records the
 * one that stands last, and its nodes in order, beginning with that record's. */
void graph_loops(struct graph *g, size_t nodes,
		 void (*found)(void *context, const struct record *last, const size_t *loop,
			       size_t count),
		 void *context);
void graph_release(struct graph *g);

/* "a -> b -> a", cut in the middle if it is long. */
void graph_path(struct text *out, const size_t *loop, size_t count, const char *const *names);

/* The rules, by subject. */
void check_people(struct check *c);
void check_roles(struct check *c);
void check_roster(struct check *c);
void check_chains(struct check *c);
void check_plans(struct check *c);
void check_deadlines(struct check *c);
void check_systems(struct check *c);
void check_processes(struct check *c);
void check_texts(struct check *c);
void check_stock(struct check *c);

/* Lines that a text takes on paper, wrapped at `columns`. */
size_t check_lines(const char *text, size_t columns);

/* The first sentence of more than CHECK_SENTENCE_WORDS words: how many, and
 * where it begins; 0 if there is none. */
size_t check_sentence(const char *text, const char **begin);

#endif
