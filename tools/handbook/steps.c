/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps of plans: ticked, not possible, does not apply, due. */
#include "handbook/steps.h"

#include <stdlib.h>
#include <string.h>

#include "handbook/when.h"
#include "lib/base/language.h"

#define MINUTE_MS 60000

static const struct {
	const char *name, *label, *mark;
	bool reason;
} states[STEP_STATES] = {
	[STEP_OPEN] = { "open", N_("open"), "[ ]", false },
	[STEP_DONE] = { "done", N_("done"), "[x]", false },
	[STEP_NOT_APPLICABLE] = { "not_applicable", N_("does not apply"), "[-]", true },
	[STEP_NOT_POSSIBLE] = { "not_possible", N_("not possible"), "[!]", true },
};

const char *step_state_name(enum step_state s)
{
	return states[s].name;
}

enum step_state step_state_parse(const char *s)
{
	size_t i = 0;

	while (i < STEP_STATES && strcmp(states[i].name, s) != 0)
		i++;
	return (enum step_state)i;
}

const char *step_state_label(enum step_state s)
{
	return _(states[s].label);
}

const char *step_mark(enum step_state s)
{
	return states[s].mark;
}

bool step_state_needs_reason(enum step_state s)
{
	return states[s].reason;
}

/* When it happened what started a deadline; 0: it did not start. */
static bool load_started(struct view *v, const char *id, int64_t *start_ms, struct error *e)
{
	struct db_statement *q =
		db_prepare(v->db,
			   "SELECT ifnull(min(start), 0) FROM deadline WHERE deadline = ?1"
			   " AND state IN ('running', 'done') AND start > 0",
			   e);
	bool row = false, ok;

	if (q)
		db_bind_text(q, 1, id);
	ok = q && db_step(q, &row, e);
	*start_ms = ok && row ? db_number(q, 0) : 0;
	db_finish(q);
	return ok;
}

/* The earliest moment of awareness that anybody has entered; 0: none. What starts with a report,
 * a decision or what happened long before says nothing about it. */
static bool load_awareness(struct steps *s, struct book *b, struct view *v, struct error *e)
{
	struct db_statement *q = db_prepare(
		b->db, "SELECT deadline_id FROM deadline WHERE starts_at = 'awareness'", e);
	bool row = true, ok = q != NULL;
	int64_t at;

	while (ok && (ok = db_step(q, &row, e)) && row) {
		ok = load_started(v, db_text(q, 0), &at, e);
		if (at && (!s->start_ms || at < s->start_ms))
			s->start_ms = at;
	}
	db_finish(q);
	return ok;
}

/* What is known of when it began: from the moment of awareness, if anybody has entered it,
 * the minutes of all plans are counted; else from the first step. */
static bool load_start(struct steps *s, struct book *b, struct view *v, struct error *e)
{
	struct db_statement *q;
	bool row = false, ok;

	if (!load_awareness(s, b, v, e))
		return false;
	if (s->start_ms)
		return true;
	q = db_prepare(v->db,
		       "SELECT min(e.time) FROM event e JOIN field f ON f.event = e.id"
		       " AND f.key = 'state' AND f.value = 'done' WHERE e.kind = 'step' AND e.live",
		       e);
	ok = q && db_step(q, &row, e);
	if (row)
		s->start_ms = db_number(q, 0);
	db_finish(q);
	return ok;
}

bool steps_load(struct steps *s, struct book *b, struct view *v, const char *plan, size_t last,
		struct error *e)
{
	struct db_statement *q = db_prepare(
		v->db,
		"SELECT s.nr, s.state, e.time, ifnull(r.value, ''), ifnull(a.value, '') FROM step s"
		" JOIN event e ON e.id = s.event"
		" LEFT JOIN field r ON r.event = s.event AND r.key = 'reason'"
		" LEFT JOIN field a ON a.event = s.event AND a.key = 'author' WHERE s.plan = ?1",
		e);
	bool row = true, ok = q != NULL;

	*s = (struct steps){ .last = last < STEPS_MAX ? last : STEPS_MAX };
	s->now = mem_array(s->last + 1, sizeof(*s->now));
	for (size_t i = 0; i <= s->last; i++)
		s->now[i].reason = s->now[i].author = "";
	if (q)
		db_bind_text(q, 1, plan);
	while (ok && (ok = db_step(q, &row, e)) && row) {
		int64_t nr = db_number(q, 0);
		enum step_state state = step_state_parse(db_text(q, 1));

		/* Another version of the kit may have had more steps. */
		if (nr < 1 || (uint64_t)nr > s->last || state == STEP_STATES)
			continue;
		s->now[nr] = (struct step_now){
			.state = state,
			.time_ms = db_number(q, 2),
			.reason = arena_string(&s->memory, db_text(q, 3)),
			.author = arena_string(&s->memory, db_text(q, 4)),
		};
	}
	db_finish(q);
	return ok && load_start(s, b, v, e);
}

void steps_release(struct steps *s)
{
	free(s->now);
	arena_release(&s->memory);
	*s = (struct steps){ 0 };
}

const struct step_now *step_now(const struct steps *s, int64_t nr)
{
	return &s->now[nr > 0 && (uint64_t)nr <= s->last ? nr : 0];
}

int64_t step_due_ms(const struct steps *s, int64_t by_min)
{
	return s->start_ms ? s->start_ms + by_min * MINUTE_MS : 0;
}

bool step_overdue(const struct steps *s, size_t nr, int64_t by_min, int64_t now_ms)
{
	enum step_state state = nr <= s->last ? s->now[nr].state : STEP_OPEN;
	int64_t due = step_due_ms(s, by_min);

	return (state == STEP_OPEN || state == STEP_NOT_POSSIBLE) && due && now_ms > due;
}

void step_add_state(const struct step_now *n, int64_t now_ms, struct text *out)
{
	char when[WHEN_WORDS];

	if (!n->time_ms || n->state == STEP_OPEN)
		return;
	text_addf(out, "%s %s", step_state_label(n->state), when_words(when, n->time_ms, now_ms));
	if (*n->reason)
		text_addf(out, ": %s", n->reason);
	if (*n->author)
		text_addf(out, " (%s)", n->author);
}

void step_add_due(const struct steps *s, size_t nr, int64_t by_min, int64_t now_ms,
		  struct text *out)
{
	int64_t due = step_due_ms(s, by_min);
	struct text span = { 0 };
	char when[WHEN_WORDS];

	if (!due) {
		book_add_minutes(by_min, &span);
		text_addf(out, _("within %s"), text_end(&span));
	} else if (step_overdue(s, nr, by_min, now_ms)) {
		text_addf(out, _("OVERDUE since %s"), when_words(when, due, now_ms));
	} else {
		text_addf(out, _("by %s"), when_words(when, due, now_ms));
	}
	text_release(&span);
}

void step_event(const char *plan, int64_t nr, enum step_state state, const char *reason,
		const char *author, struct message *m)
{
	message_start(m, "kind", "step");
	message_add(m, "plan", plan);
	message_add_number(m, "nr", (uint64_t)nr);
	message_add(m, "state", step_state_name(state));
	if (*reason)
		message_add(m, "reason", reason);
	if (*author)
		message_add(m, "author", author);
}
