/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_DEADLINE_H
#define HANDBOOK_DEADLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "handbook/book.h"
#include "lib/journal/view.h"

/*
 * Deadlines: what the kit says of them, what the journal says has become of them, and the
 * arithmetic between. Times are UTC in milliseconds since 1970, 0 where there is none.
 *
 * Of several readings of the law the strict one is computed, never a kinder one:
 *   - Hours run through nights, weekends, holidays and changes of the clocks, as elapsed time
 *     from the minute of the start. (Regulation (EEC, Euratom) No 1182/71, article 3, would
 *     count from the next full hour, and two working days at least.)
 *   - Months end on the day with the same number, or the last day of a shorter month (§ 188
 *     (2) and (3) BGB), at the same time of day. (By § 188 the whole day would still be in
 *     time, by § 193 the next working day.)
 *   - Of a time that the clocks show twice the earlier instant counts; where the clocks leave
 *     the hour of the end out, the hour before.
 */
enum deadline_state {
	DEADLINE_OPEN,           /* nobody has decided anything yet */
	DEADLINE_RUNNING,        /* the clock runs, or, without a length, it has to be done now */
	DEADLINE_DONE,           /* reported */
	DEADLINE_NOT_APPLICABLE, /* does not apply here, with a reason */
};

struct deadline {
	const char *id, *title;
	const char *text;             /* "immediately", or "" */
	const char *recipient, *form; /* ids of the kit, or "" */
	const char *starts_at;        /* "awareness", "report_72h" ... */
	int64_t hours, months;        /* 0: it has none */
	enum deadline_state state;
	int64_t start_ms, due_ms;
};

/* All deadlines of the kit, in the order in which a person should look at them: without a
 * length and not yet done ("immediately"), running by due time, not started, done, not
 * applicable. */
struct deadlines {
	struct deadline *list;
	size_t count, capacity;
	struct arena memory;
};

/* `v` may be NULL: then all are open. */
__attribute__((warn_unused_result))
bool deadlines_read(struct deadlines *d, struct book *b, struct view *v, struct error *e);
void deadlines_release(struct deadlines *d); /* accepts { 0 } */

/* The one of an id; NULL with words if the kit has none. */
__attribute__((warn_unused_result))
struct deadline *deadlines_find(const struct deadlines *d, const char *id, struct error *e);

/* It has no length and is not decided: it stands first. */
bool deadline_at_once(const struct deadline *deadline);

/* The one that is due next of those that run; NULL if none does. */
const struct deadline *deadlines_next(const struct deadlines *d);

/* When `deadline` has to be kept if it starts then; 0 where its length is words. False in words
 * for a length or a start that leads out of the calendar. */
__attribute__((warn_unused_result))
bool deadline_due(const struct deadline *deadline, int64_t start_ms, int64_t *due_ms,
		  struct error *e);

/* When the event happened that starts `of`: the latest word of the journal, about this deadline or
 * another with the same start. 0: nobody has entered it yet. */
__attribute__((warn_unused_result))
bool deadline_event_time(const struct deadline *of, const struct deadlines *d, struct view *v,
			 int64_t *start_ms, struct error *e);

/* True if one event starts both. Of what starts with a report: at the same recipient. */
bool deadline_same_start(const struct deadline *a, const struct deadline *b);

/* True if a report that is done is the event that starts `later`: of the deadlines with the
 * same recipient that start with awareness, the one of 72 hours (report_72h), the shortest
 * (first_report). docs/formats/kit-source.md#deadlinescsv */
bool deadline_starts(const struct deadlines *d, const struct deadline *done,
		     const struct deadline *later);

/* "18 h 12 min left", "OVERDUE by 2 h 05 min", "23 days left". */
void deadline_add_left(int64_t due_ms, int64_t now_ms, struct text *out);
/* Where it stands, in one line: "running, due Mon 26 Oct 2026 16:30 CET, 18 h 12 min left". */
void deadline_add_now(const struct deadline *deadline, int64_t now_ms, struct text *out);
/* The same beside its title below a heading that says the state: "18 h 12 min left, Mon 26 Oct
 * ...". */
void deadline_add_brief(const struct deadline *deadline, int64_t now_ms, struct text *out);
/* How long it is, for one that does not run: "24 hours", "1 month", or its words. */
void deadline_add_length(const struct deadline *deadline, struct text *out);
/* How it is counted and what else the law could mean, in words for a lawyer. */
void deadline_add_rule(const struct deadline *deadline, struct text *out);
/* "when it became known": what starts it. */
const char *deadline_start_words(const char *starts_at);
/* "running": the state for people, and for scripts and the journal ("not_applicable"). */
const char *deadline_state_words(enum deadline_state state);
const char *deadline_state_name(enum deadline_state state);
/* The way back; false if there is no such state. */
bool deadline_state_parse(const char *name, enum deadline_state *state);

#endif
