/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decisions about deadlines, as events. */
#include "handbook/deadline_change.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/data/berlin.h"

#define AHEAD_MS (24 * BERLIN_HOUR_MS) /* a PC's clock is wrong by hours, not by days */

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static void add(struct changes *c, const struct deadline *one, enum deadline_state state,
		int64_t start_ms, int64_t due_ms, const struct change_words *w)
{
	struct change *change;

	mem_grow(&c->list, &c->capacity, c->count + 1, sizeof(*c->list));
	change = &c->list[c->count++];
	*change = (struct change){
		.deadline = one, .state = state, .start_ms = start_ms, .due_ms = due_ms
	};
	message_start(&change->event, "kind", "deadline");
	message_add(&change->event, "deadline", one->id);
	message_add(&change->event, "state", deadline_state_name(state));
	if (start_ms > 0)
		message_add_number(&change->event, "start", (uint64_t)start_ms);
	if (due_ms > 0)
		message_add_number(&change->event, "due", (uint64_t)due_ms);
	message_add(&change->event, "reason", or_empty(w->reason));
	message_add(&change->event, "reference", or_empty(w->reference));
	message_add(&change->event, "author", or_empty(w->author));
}

static bool run(struct changes *c, const struct deadline *one, int64_t start_ms,
		const struct change_words *w, struct error *e)
{
	int64_t due_ms;

	if (!deadline_due(one, start_ms, &due_ms, e))
		return false;
	add(c, one, DEADLINE_RUNNING, start_ms, due_ms, w);
	return true;
}

static bool decided(const struct deadline *d)
{
	return d->state == DEADLINE_DONE || d->state == DEADLINE_NOT_APPLICABLE;
}

bool change_start(struct changes *c, const struct deadlines *d, const struct deadline *one,
		  int64_t start_ms, const struct change_words *w, struct error *e)
{
	if (decided(one))
		return error_set(e, ERROR_USAGE, _("'%s' is decided already (%s); reopen it first"),
				 one->title, deadline_state_words(one->state));
	for (size_t i = 0; i < d->count; i++) {
		const struct deadline *other = &d->list[i];

		if (!deadline_same_start(one, other) || decided(other) ||
		    (other->state == DEADLINE_RUNNING && other->start_ms == start_ms))
			continue;
		if (!run(c, other, start_ms, w, e))
			return false;
	}
	if (!c->count)
		return error_set(e, ERROR_USAGE, _("'%s' runs from that time already"), one->title);
	return true;
}

bool change_done(struct changes *c, const struct deadlines *d, const struct deadline *one,
		 int64_t reported_ms, const struct change_words *w, struct error *e)
{
	const struct change_words of_others = { .author = w->author };

	if (one->state == DEADLINE_DONE)
		return error_set(e, ERROR_USAGE, _("'%s' is done already"), one->title);
	if (one->state == DEADLINE_NOT_APPLICABLE)
		return error_set(e, ERROR_USAGE, _("'%s' is decided already (%s); reopen it first"),
				 one->title, deadline_state_words(one->state));
	add(c, one, DEADLINE_DONE, one->start_ms, one->due_ms, w);
	for (size_t i = 0; i < d->count; i++)
		if (deadline_starts(d, one, &d->list[i]) && !decided(&d->list[i]) &&
		    !run(c, &d->list[i], reported_ms, &of_others, e))
			return false;
	return true;
}

bool change_not_applicable(struct changes *c, const struct deadline *one,
			   const struct change_words *w, struct error *e)
{
	if (one->state == DEADLINE_NOT_APPLICABLE)
		return error_set(e, ERROR_USAGE, _("'%s' does not apply already"), one->title);
	if (!*or_empty(w->reason))
		return error_set(e, ERROR_USAGE, _("say why the deadline does not apply"));
	add(c, one, DEADLINE_NOT_APPLICABLE, one->start_ms, one->due_ms, w);
	return true;
}

bool change_reopen(struct changes *c, const struct deadline *one, int64_t start_ms,
		   const struct change_words *w, struct error *e)
{
	if (!decided(one))
		return error_set(e, ERROR_USAGE, _("'%s' is open already (%s)"), one->title,
				 deadline_state_words(one->state));
	if (!start_ms)
		start_ms = one->start_ms;
	if (start_ms)
		return run(c, one, start_ms, w, e);
	add(c, one, DEADLINE_OPEN, 0, 0, w);
	return true;
}

void changes_release(struct changes *c)
{
	if (c->list)
		explicit_bzero(c->list, c->count * sizeof(*c->list));
	free(c->list);
	*c = (struct changes){ 0 };
}

bool change_start_typed(const char *typed, int64_t now_ms, struct start_time *start,
			struct error *e)
{
	struct berlin_input in;
	char words[BERLIN_WORDS];

	if (!berlin_parse(typed, BERLIN_LATEST, now_ms, &in, e))
		return false;
	if (in.utc_ms > now_ms + AHEAD_MS)
		return error_set(e, ERROR_USAGE,
				 _("%s is still to come; enter the day and the time when it was"),
				 berlin_words(words, in.utc_ms));
	*start = (struct start_time){ in.utc_ms, in.utc_ms != in.second_ms, in.guessed };
	if (in.guessed && in.utc_ms > now_ms)
		start->ms = now_ms;
	return true;
}
