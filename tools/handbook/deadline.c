/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deadlines as the kit knows them and the journal has them, and the arithmetic between. */
#include "handbook/deadline.h"

#include <stdlib.h>
#include <string.h>

#include "handbook/clock.h"
#include "lib/base/language.h"
#include "lib/data/berlin.h"
#include "lib/data/date.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define MONTHS_MAX 1200 /* a hundred years: more is a slip of the pen */
#define HOURS_MAX (MONTHS_MAX * 31 * 24)

static const struct {
	const char *name, *words;
} states[] = {
	[DEADLINE_OPEN] = { "open", N_("not started") },
	[DEADLINE_RUNNING] = { "running", N_("running") },
	[DEADLINE_DONE] = { "done", N_("done") },
	[DEADLINE_NOT_APPLICABLE] = { "not_applicable", N_("does not apply") },
};

const char *deadline_state_words(enum deadline_state state)
{
	return _(states[state].words);
}

const char *deadline_state_name(enum deadline_state state)
{
	return states[state].name;
}

bool deadline_state_parse(const char *name, enum deadline_state *state)
{
	for (size_t i = 0; i < COUNT(states); i++) {
		if (strcmp(states[i].name, name) != 0)
			continue;
		*state = (enum deadline_state)i;
		return true;
	}
	return false;
}

const char *deadline_start_words(const char *starts_at)
{
	static const struct {
		const char *word, *label;
	} labels[] = {
		{ "awareness", N_("when it became known") },
		{ "occurrence", N_("when it happened") },
		{ "first_report", N_("with the first report") },
		{ "report_72h", N_("with the 72 hour report") },
		{ "decision", N_("with the decision") },
		{ "release", N_("with the release") },
	};

	for (size_t i = 0; i < COUNT(labels); i++)
		if (strcmp(labels[i].word, starts_at) == 0)
			return _(labels[i].label);
	return starts_at;
}

/* Calendar months later, at the same time of day. */
static int64_t months_later(int64_t start_ms, int64_t months)
{
	struct berlin t;
	int64_t first, second;
	unsigned month;

	berlin_local(start_ms, &t);
	month = t.month - 1 + (unsigned)months;
	t.year += month / 12;
	t.month = month % 12 + 1;
	if (t.day > date_month_days(t.year, t.month))
		t.day = date_month_days(t.year, t.month);
	berlin_utc(&t, &first, &second);
	return first < second ? first : second;
}

bool deadline_due(const struct deadline *d, int64_t start_ms, int64_t *due_ms, struct error *e)
{
	int64_t by_hours = INT64_MAX, by_months = INT64_MAX;

	*due_ms = 0;
	if (start_ms < BERLIN_FIRST_MS || start_ms > BERLIN_LAST_MS)
		return error_set(e, ERROR_USAGE,
				 _("no deadline can start then; enter the day and the time"));
	if (d->hours < 0 || d->hours > HOURS_MAX || d->months < 0 || d->months > MONTHS_MAX)
		return error_set(e, ERROR_FAILED,
				 _("the kit gives '%s' a length that cannot be meant; see its "
				   "source and have the kit corrected"),
				 d->title);
	if (d->hours)
		by_hours = start_ms + d->hours * BERLIN_HOUR_MS;
	if (d->months)
		by_months = months_later(start_ms, d->months);
	if (d->hours || d->months)
		*due_ms = by_hours < by_months ? by_hours : by_months;
	return true;
}

/* A time of an event, as far as it is one that a person could have meant. */
static int64_t plausible(int64_t ms)
{
	return ms > 0 && ms <= BERLIN_LAST_MS ? ms : 0;
}

static bool read_kit(struct deadlines *d, struct book *b, struct error *e)
{
	struct db_statement *s =
		db_prepare(b->db,
			   "SELECT deadline_id, title, ifnull(text, ''), ifnull(recipient_id, ''),"
			   " starts_at, ifnull(hours, 0), ifnull(months, 0), ifnull(form_id, '')"
			   " FROM deadline"
			   " ORDER BY deadline_id",
			   e);
	bool row = true, ok = s != NULL;

	while (ok && (ok = db_step(s, &row, e)) && row) {
		mem_grow(&d->list, &d->capacity, d->count + 1, sizeof(*d->list));
		d->list[d->count++] = (struct deadline){
			.id = arena_string(&d->memory, db_text(s, 0)),
			.title = arena_string(&d->memory, db_text(s, 1)),
			.text = arena_string(&d->memory, db_text(s, 2)),
			.recipient = arena_string(&d->memory, db_text(s, 3)),
			.starts_at = arena_string(&d->memory, db_text(s, 4)),
			.hours = db_number(s, 5),
			.months = db_number(s, 6),
			.form = arena_string(&d->memory, db_text(s, 7)),
		};
	}
	db_finish(s);
	return ok;
}

static struct deadline *find(const struct deadlines *d, const char *id)
{
	for (size_t i = 0; i < d->count; i++)
		if (strcmp(d->list[i].id, id) == 0)
			return &d->list[i];
	return NULL;
}

static bool read_journal(struct deadlines *d, struct view *v, struct error *e)
{
	struct db_statement *s = db_prepare(
		v->db, "SELECT deadline, state, ifnull(start, 0), ifnull(due, 0) FROM deadline", e);
	bool row = true, ok = s != NULL;

	while (ok && (ok = db_step(s, &row, e)) && row) {
		struct deadline *one = find(d, db_text(s, 0));

		/* One of an older kit: the journal page still shows it. */
		if (!one || !deadline_state_parse(db_text(s, 1), &one->state))
			continue;
		one->start_ms = plausible(db_number(s, 2));
		one->due_ms = plausible(db_number(s, 3));
	}
	db_finish(s);
	return ok;
}

bool deadline_at_once(const struct deadline *d)
{
	return !d->hours && !d->months &&
	       (d->state == DEADLINE_OPEN || d->state == DEADLINE_RUNNING);
}

/* Which comes first: what has to be done at once, then what runs, then the rest. */
static int rank(const struct deadline *d)
{
	static const int ranks[] = { [DEADLINE_OPEN] = 2,
				     [DEADLINE_RUNNING] = 1,
				     [DEADLINE_DONE] = 3,
				     [DEADLINE_NOT_APPLICABLE] = 4 };

	return deadline_at_once(d) ? 0 : ranks[d->state];
}

static int order(const int64_t *a, const int64_t *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct deadline *a = left, *b = right;
	const int64_t of_a[] = { rank(a), a->due_ms, !a->hours, a->hours, a->months };
	const int64_t of_b[] = { rank(b), b->due_ms, !b->hours, b->hours, b->months };
	int by_number = order(of_a, of_b, COUNT(of_a));

	return by_number ? by_number : strcmp(a->id, b->id);
}

bool deadlines_read(struct deadlines *d, struct book *b, struct view *v, struct error *e)
{
	*d = (struct deadlines){ 0 };
	if (!read_kit(d, b, e) || (v && v->db && !read_journal(d, v, e))) {
		deadlines_release(d);
		return false;
	}
	if (d->count)
		qsort(d->list, d->count, sizeof(*d->list), compare);
	return true;
}

void deadlines_release(struct deadlines *d)
{
	free(d->list);
	arena_release(&d->memory);
	*d = (struct deadlines){ 0 };
}

struct deadline *deadlines_find(const struct deadlines *d, const char *id, struct error *e)
{
	struct deadline *found = find(d, id);

	if (!found)
		error_set(e, ERROR_FAILED,
			  _("the kit has no deadline '%s'; 'handbook deadlines' lists them"), id);
	return found;
}

const struct deadline *deadlines_next(const struct deadlines *d)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->list[i].state == DEADLINE_RUNNING && d->list[i].due_ms)
			return &d->list[i]; /* they are sorted */
	return NULL;
}

bool deadline_same_start(const struct deadline *a, const struct deadline *b)
{
	bool by_report = strcmp(a->starts_at, "first_report") == 0 ||
			 strcmp(a->starts_at, "report_72h") == 0;

	return strcmp(a->starts_at, b->starts_at) == 0 &&
	       (!by_report || strcmp(a->recipient, b->recipient) == 0);
}

bool deadline_event_time(const struct deadline *of, const struct deadlines *d, struct view *v,
			 int64_t *start_ms, struct error *e)
{
	struct db_statement *s;
	bool row = true, ok;

	*start_ms = 0;
	if (!v->db)
		return true;
	s = db_prepare(v->db,
		       "SELECT i.value, CAST(t.value AS INTEGER) FROM event e"
		       " JOIN field i ON i.event = e.id AND i.key = 'deadline'"
		       " JOIN field t ON t.event = e.id AND t.key = 'start'"
		       " JOIN field s ON s.event = e.id AND s.key = 'state' AND s.value = 'running'"
		       " WHERE e.kind = 'deadline' AND e.live"
		       " ORDER BY e.rank DESC, e.boot DESC, e.seq DESC",
		       e);
	ok = s != NULL;
	while (ok && !*start_ms && (ok = db_step(s, &row, e)) && row) {
		const struct deadline *other = find(d, db_text(s, 0));

		if (other && deadline_same_start(of, other))
			*start_ms = plausible(db_number(s, 1));
	}
	db_finish(s);
	return ok;
}

static bool is_report(const struct deadline *d, const char *recipient)
{
	return d->hours && strcmp(d->starts_at, "awareness") == 0 &&
	       strcmp(d->recipient, recipient) == 0;
}

bool deadline_starts(const struct deadlines *d, const struct deadline *done,
		     const struct deadline *later)
{
	if (!*later->recipient || !is_report(done, later->recipient))
		return false;
	if (strcmp(later->starts_at, "report_72h") == 0)
		return done->hours == 72;
	if (strcmp(later->starts_at, "first_report") != 0)
		return false;
	for (size_t i = 0; i < d->count; i++)
		if (is_report(&d->list[i], later->recipient) && d->list[i].hours < done->hours)
			return false;
	return true;
}

void deadline_add_left(int64_t due_ms, int64_t now_ms, struct text *out)
{
	struct text span = { 0 };

	clock_add_span(due_ms > now_ms ? due_ms - now_ms : now_ms - due_ms, &span);
	text_addf(out, due_ms > now_ms ? _("%s left") : _("OVERDUE by %s"), text_end(&span));
	text_release(&span);
}

void deadline_add_length(const struct deadline *d, struct text *out)
{
	if (d->hours)
		text_addf(out, d->hours == 1 ? _("%lld hour") : _("%lld hours"),
			  (long long)d->hours);
	else if (d->months)
		text_addf(out, d->months == 1 ? _("%lld month") : _("%lld months"),
			  (long long)d->months);
	else
		text_add(out, d->text);
}

void deadline_add_brief(const struct deadline *d, int64_t now_ms, struct text *out)
{
	char words[BERLIN_WORDS];

	if (d->state == DEADLINE_RUNNING && d->due_ms) {
		deadline_add_left(d->due_ms, now_ms, out);
		text_addf(out, ", %s", berlin_words(words, d->due_ms));
	} else if (d->state == DEADLINE_RUNNING || d->state == DEADLINE_OPEN) {
		deadline_add_length(d, out);
	}
}

void deadline_add_now(const struct deadline *d, int64_t now_ms, struct text *out)
{
	char words[BERLIN_WORDS];

	bool running = d->state == DEADLINE_RUNNING;

	text_add(out, running && !d->due_ms ? _("to be done now") : deadline_state_words(d->state));
	if (running && d->due_ms) {
		text_addf(out, _(", due %s"), berlin_words(words, d->due_ms));
		text_add(out, ", ");
		deadline_add_left(d->due_ms, now_ms, out);
	} else if (running || d->state == DEADLINE_OPEN) {
		text_add(out, ", ");
		deadline_add_length(d, out);
	}
}

void deadline_add_rule(const struct deadline *d, struct text *out)
{
	if (d->hours)
		text_add(out,
			 _("The hours are counted as they pass, through nights, weekends, holidays "
			   "and changes of the clocks. This is the strict reading. Regulation "
			   "(EEC, Euratom) No 1182/71, article 3, counts from the next full hour "
			   "and leaves at least two working days: whether a later end is allowed, "
			   "a lawyer decides."));
	else if (d->months)
		text_add(out,
			 _("Months end on the day with the same number, or on the last day of a "
			   "shorter month (§ 188 BGB), here at the same time of day. This is the "
			   "strict reading. By § 188 BGB the whole day is in time, by § 193 BGB "
			   "and Regulation (EEC, Euratom) No 1182/71, article 3, after a weekend "
			   "or holiday the next working day: whether a later end is allowed, a "
			   "lawyer decides."));
	else
		text_add(out, _("No number of hours is given: do it now, then enter when."));
}
