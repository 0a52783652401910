/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_LOG_H
#define HANDBOOK_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "handbook/book.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/data/json.h"
#include "lib/data/message.h"
#include "lib/journal/view.h"

/* The journal for people: each of its events as a line, newest first. */
struct log_row {
	int64_t id;      /* of the view; not of the journal */
	const char *ref; /* BOOT:SEQUENCE */
	const char *kind;
	int64_t time_ms;
	const char *clock; /* "confirmed", "corrected", "unconfirmed" */
	bool locked;       /* words of it are sealed and not opened */
	bool live;         /* of the incident of now */
	struct log_field {
		const char *key, *value;
	} * fields;
	size_t count, capacity;
};

struct log {
	struct log_row *rows;
	size_t count, capacity;
	struct arena memory;
};

/* The newest `limit` events. With `kind`, of that one only; NULL: all that a person did. */
__attribute__((warn_unused_result))
bool log_load(struct log *l, struct view *v, const char *kind, size_t limit, struct error *e);
void log_release(struct log *l); /* accepts { 0 } */

/* The value of a key, "" if it has none or it is sealed. */
const char *log_get(const struct log_row *r, const char *key);

/* "04:31", "04:31 (clock corrected later)", "04:31 (clock not confirmed)". */
void log_add_time(const struct log_row *r, int64_t now_ms, struct text *out);
/* What happened, on one line: "DECISION: everything off", "Call: IT duty officer: Mailbox". */
void log_add_words(const struct log_row *r, struct book *b, struct text *out);
/* All that is known of it, a line for each key. */
void log_add_whole(const struct log_row *r, struct book *b, struct view *v, int64_t now_ms,
		   struct text *out);
void log_row_json(const struct log_row *r, struct json *j);

/* The types of an entry: "decision", and "DECISION" translated. */
enum log_type {
	LOG_REPORT,
	LOG_DECISION,
	LOG_ORDER,
	LOG_MEASURE,
	LOG_OBSERVATION,
	LOG_NOTE,
	LOG_TYPES, /* how many; also: none of these */
};
const char *log_type_label(enum log_type t);
enum log_type log_type_parse(const char *s);

/* An entry to be written. Texts "" where there is nothing to say; times 0. */
struct log_entry {
	enum log_type type;
	const char *text, *reason, *alternatives, *author, *addressee, *corrects;
	int64_t event_ms, due_ms;
	bool paper;
};
#define LOG_ENTRY                                                                                  \
	{                                                                                          \
		LOG_NOTE, "", "", "", "", "", "", 0, 0, false                                      \
	}

/* False in words for what the journal would refuse: no text, a decision without a reason. */
__attribute__((warn_unused_result))
bool log_entry_event(const struct log_entry *entry, struct message *m, struct error *e);

/* Times as people type them (lib/data/berlin.h): when it happened, which is not after now, and
 * by when it has to be done, which is. *out is set with true only. *guessed: the day was not
 * typed in full; show which one was taken. */
__attribute__((warn_unused_result))
bool log_event_parse(const char *typed, int64_t now_ms, int64_t *out, bool *guessed,
		     struct error *e);
__attribute__((warn_unused_result))
bool log_due_parse(const char *typed, int64_t now_ms, int64_t *out, struct error *e);

/* What became of an order: "done", "cancelled", "open". */
void log_order_event(const char *ref, const char *state, const char *author, struct message *m);

/* Is there an entry that can be an order? False in words. While it is sealed, of what type it is
 * is not known: then any entry will do. */
__attribute__((warn_unused_result))
bool log_is_order(struct view *v, const char *ref, struct error *e);

/* The order's last word: "open" where there is none. Borrowed from `out`. */
__attribute__((warn_unused_result))
bool log_order_state(struct view *v, const char *ref, struct text *out, struct error *e);

#endif
