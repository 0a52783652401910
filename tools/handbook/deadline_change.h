/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_DEADLINE_CHANGE_H
#define HANDBOOK_DEADLINE_CHANGE_H

#include "handbook/deadline.h"
#include "lib/data/message.h"

/*
 * What a person decides about a deadline, as events of the journal. One decision may be about
 * several: a time of awareness starts all deadlines that count from it, and a report may start
 * the next one. Nothing is written here; whoever calls appends the events in their order.
 */
struct changes {
	struct change {
		const struct deadline *deadline;
		enum deadline_state state;
		int64_t start_ms, due_ms;
		struct message event;
	} * list;
	size_t count, capacity;
};

/* What people say about it; NULL where nothing was said. All of it is sealed. */
struct change_words {
	const char *reason, *reference, *author;
};

/* It happened at start_ms what starts `one`: it and all others that the same event starts and that
 * nobody has decided otherwise about run from then, also those that ran from another time. */
__attribute__((warn_unused_result))
bool change_start(struct changes *c, const struct deadlines *d, const struct deadline *one,
		  int64_t start_ms, const struct change_words *w, struct error *e);

/* It was reported, at reported_ms: deadlines that begin with this report begin then. */
__attribute__((warn_unused_result))
bool change_done(struct changes *c, const struct deadlines *d, const struct deadline *one,
		 int64_t reported_ms, const struct change_words *w, struct error *e);

/* It does not apply here. Refused without a reason. */
__attribute__((warn_unused_result))
bool change_not_applicable(struct changes *c, const struct deadline *one,
			   const struct change_words *w, struct error *e);

/* All that was decided was wrong: it runs from start_ms (deadline_event_time(), 0: nobody has
 * entered it), for its clock never stood still. */
__attribute__((warn_unused_result))
bool change_reopen(struct changes *c, const struct deadline *one, int64_t start_ms,
		   const struct change_words *w, struct error *e);

void changes_release(struct changes *c); /* accepts { 0 } */

/* What somebody typed as the time of a start. A day that was not typed is never one of tomorrow:
 * what is some minutes ahead of now means now. Refused in words where it lies ahead of now by more
 * than a clock can be wrong. */
struct start_time {
	int64_t ms;
	bool twice;   /* that night had this time twice: the earlier was taken */
	bool guessed; /* the day was not typed in full */
};
__attribute__((warn_unused_result))
bool change_start_typed(const char *typed, int64_t now_ms, struct start_time *start,
			struct error *e);

#endif
