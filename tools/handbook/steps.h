/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_STEPS_H
#define HANDBOOK_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "handbook/book.h"
#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/data/message.h"
#include "lib/journal/view.h"

/* What became of the steps of the plans, from the journal; and by when each is due. */
enum step_state {
	STEP_OPEN,
	STEP_DONE,
	STEP_NOT_APPLICABLE, /* with a reason */
	STEP_NOT_POSSIBLE,   /* likewise */
	STEP_STATES,         /* how many; also: none of these */
};

/* As in docs/formats/journal.md: "not_possible". Back: STEP_STATES for another word. */
const char *step_state_name(enum step_state s);
enum step_state step_state_parse(const char *s);
/* "not possible", translated. */
const char *step_state_label(enum step_state s);
/* "[ ]", "[x]", "[-]", "[!]": told apart without colour. */
const char *step_mark(enum step_state s);
bool step_state_needs_reason(enum step_state s);

struct step_now {
	enum step_state state;
	int64_t time_ms;             /* of the last event; 0: there is none */
	const char *reason, *author; /* of it, "" where it has none or it is sealed */
};

/* The steps of one plan, numbered from 1; step_now() looks one up. */
#define STEPS_MAX 9999
struct steps {
	struct step_now *now; /* now[0]: open, with nothing noted */
	size_t last;
	int64_t start_ms; /* of the incident: awareness, as a deadline that starts with it has it,
			     else the first step done; 0: not begun */
	struct arena memory;
};

/* `last` is the highest number that the plan has; what is above STEPS_MAX stays open. */
__attribute__((warn_unused_result))
bool steps_load(struct steps *s, struct book *b, struct view *v, const char *plan, size_t last,
		struct error *e);
void steps_release(struct steps *s); /* accepts { 0 } */

/* What is noted of a step. Any number may be asked for: an altered kit has any. */
const struct step_now *step_now(const struct steps *s, int64_t nr);

/* When a step with `by_min` is due; 0 while nothing has begun. */
int64_t step_due_ms(const struct steps *s, int64_t by_min);
/* Is it too late for it? A step that is done or does not apply is never overdue. */
bool step_overdue(const struct steps *s, size_t nr, int64_t by_min, int64_t now_ms);

/* "done 04:31", "not possible 04:31: no key"; nothing while it is open. */
void step_add_state(const struct step_now *n, int64_t now_ms, struct text *out);
/* "by 04:45", "OVERDUE since 04:45", before the start "within 15 min". */
void step_add_due(const struct steps *s, size_t nr, int64_t by_min, int64_t now_ms,
		  struct text *out);

/* The event of it. */
void step_event(const char *plan, int64_t nr, enum step_state state, const char *reason,
		const char *author, struct message *m);

#endif
