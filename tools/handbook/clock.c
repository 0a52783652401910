/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What time it is: what a person confirmed, counted on by a clock that nobody sets. */
#include "handbook/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/language.h"
#include "lib/data/berlin.h"
#include "lib/disk/broker.h"

#define MINUTE_MS ((int64_t)60 * 1000)

static int64_t read_clock(clockid_t which)
{
	struct timespec t = { 0 };

	clock_gettime(which, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_pc_ms(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_up_ms(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

/* The latest event of a kind of this boot; NULL: none, or *e says why. Columns: seq, up, written,
 * time, source, author. */
static struct db_statement *latest(struct view *v, const char *boot, const char *kind,
				   struct error *e)
{
	struct db_statement *s = db_prepare(
		v->db,
		"SELECT e.seq, e.up, e.written,"
		" (SELECT CAST(value AS INTEGER) FROM field WHERE event = e.id AND key = 'time'),"
		" (SELECT value FROM field WHERE event = e.id AND key = 'source'),"
		" (SELECT value FROM field WHERE event = e.id AND key = 'author')"
		" FROM event e WHERE e.boot = ? AND e.kind = ? ORDER BY e.seq DESC LIMIT 1",
		e);
	bool row = false;

	if (!s)
		return NULL;
	db_bind_text(s, 1, boot);
	db_bind_text(s, 2, kind);
	if (db_step(s, &row, e) && row)
		return s;
	db_finish(s);
	return NULL;
}

static bool read_latest(struct clock *c, struct view *v, struct error *e)
{
	struct db_statement *s = db_prepare(v->db, "SELECT ifnull(max(time), 0) FROM event", e);
	bool row = false, ok = s && db_step(s, &row, e);

	if (ok && row && db_number(s, 0) > 0 && db_number(s, 0) <= BERLIN_LAST_MS)
		c->latest_ms = db_number(s, 0);
	db_finish(s);
	return ok;
}

bool clock_read(struct clock *c, struct view *v, const char *boot, struct error *e)
{
	struct db_statement *s;
	int64_t confirmed = -1;

	*c = (struct clock){ .due = true };
	snprintf(c->boot, sizeof(c->boot), "%s", boot);
	if (!*boot || !v->db)
		return true;
	if (!read_latest(c, v, e))
		return false;
	s = latest(v, boot, "clock", e);
	/* A time out of the calendar was never on anybody's watch. */
	if (s && db_number(s, 3) > 0 && db_number(s, 3) <= BERLIN_LAST_MS) {
		confirmed = db_number(s, 0);
		c->confirmed = true;
		c->up_ms = db_number(s, 1);
		c->time_ms = db_number(s, 3);
		c->wrong_ms = db_number(s, 2) - c->time_ms;
		snprintf(c->source, sizeof(c->source), "%s", db_text(s, 4));
		snprintf(c->author, sizeof(c->author), "%s", db_text(s, 5));
	}
	db_finish(s);
	s = e->kind ? NULL : latest(v, boot, "handover", e);
	if (s)
		c->shift = db_number(s, 0);
	db_finish(s);
	c->due = confirmed < 0 || confirmed < c->shift;
	return !e->kind;
}

int64_t clock_now_ms(const struct clock *c)
{
	if (!c->confirmed)
		return clock_pc_ms();
	return c->time_ms + (clock_up_ms() - c->up_ms);
}

/* Kinds that make a state, and what tells the things apart whose state it is. */
static const struct stateful {
	const char *kind, *of; /* of what kind the events are that decide; NULL: of any */
	const char *keys[2];
} stateful[] = {
	{ "step", "step", { "plan", "nr" } }, { "deadline", "deadline", { "deadline" } },
	{ "system", "system", { "system" } }, { "chain", "chain", { "chain" } },
	{ "call", "chain", { "chain" } }, /* that it was begun anew */
	{ "device", "device", { "device" } }, { "order", "order", { "ref" } },
	{ "incident", NULL, { NULL } }, /* closed, it ends what came before */
};

static void bind_thing(struct db_statement *s, const struct stateful *k,
		       const struct message *event)
{
	if (k->of)
		db_bind_text(s, 4, k->of);
	for (int i = 0; i < 2 && k->keys[i]; i++) {
		db_bind_text(s, 5 + 2 * i, k->keys[i]);
		db_bind_text(s, 6 + 2 * i, message_text(event, k->keys[i]));
	}
}

/* The latest event that would outlast this one; 0: none. */
static bool read_later(const struct clock *c, struct view *v, const struct stateful *k,
		       const struct message *event, int64_t *later_ms, struct error *e)
{
	struct db_statement *s =
		db_prepare(v->db,
			   "SELECT ifnull(max(rank), 0) FROM event e WHERE rank <= ?1 AND rank > ?2"
			   /* In the chain that is written here the last word counts anyhow. */
			   " AND rank > (SELECT ifnull(max(rank), 0) FROM event WHERE boot = ?3)"
			   " AND (kind = 'incident' OR ?4 IS NULL OR (kind = ?4"
			   " AND (SELECT value FROM field WHERE event = e.id AND key = ?5) = ?6"
			   " AND (?7 IS NULL OR"
			   "  (SELECT value FROM field WHERE event = e.id AND key = ?7) = ?8)))",
			   e);
	bool row = false;

	if (!s)
		return false;
	db_bind_number(s, 1, BERLIN_LAST_MS); /* what is not in the calendar was no clock's */
	db_bind_number(s, 2, clock_now_ms(c));
	db_bind_text(s, 3, c->boot);
	bind_thing(s, k, event);
	if (db_step(s, &row, e) && row)
		*later_ms = db_number(s, 0);
	db_finish(s);
	return row;
}

bool clock_counts(const struct clock *c, struct view *v, const struct message *event,
		  struct error *e)
{
	char now[BERLIN_WORDS], entered[BERLIN_WORDS];
	int64_t later_ms = 0;

	for (size_t i = 0; v->db && i < sizeof(stateful) / sizeof(stateful[0]); i++)
		if (message_is(event, stateful[i].kind) &&
		    !read_later(c, v, &stateful[i], event, &later_ms, e))
			return false;
	if (!later_ms)
		return true;
	return error_set(e, ERROR_FAILED,
			 _("this PC's clock is behind: it shows %s, and an entry about the same "
			   "was made at %s. Confirm the time first"),
			 berlin_words(now, clock_now_ms(c)), berlin_words(entered, later_ms));
}

bool clock_set_system(int64_t time_ms, struct error *why)
{
	struct broker b = BROKER_NONE;
	bool set = broker_connect(&b, why) && broker_clock(&b, time_ms, why);

	broker_close(&b);
	return set;
}

bool clock_typed(const struct clock *c, const char *typed, int64_t *time_ms, struct error *e)
{
	int64_t now_ms = clock_now_ms(c), minute_ms;
	struct berlin_input in;

	if (!berlin_parse(typed, BERLIN_NEAREST, now_ms, &in, e))
		return false;
	*time_ms = in.utc_ms;
	/* In the hour that comes twice, the PC will not be wrong by just that hour. */
	if (now_ms - in.utc_ms > in.second_ms - now_ms)
		*time_ms = in.second_ms;
	minute_ms = *time_ms;
	if (now_ms > minute_ms && now_ms - minute_ms < MINUTE_MS)
		*time_ms = now_ms;
	if (c->latest_ms >= *time_ms && c->latest_ms - minute_ms < MINUTE_MS)
		*time_ms = c->latest_ms + 1;
	return true;
}

void clock_event(int64_t time_ms, const char *source, const char *author, struct message *event)
{
	message_start(event, "kind", "clock");
	message_add_number(event, "time", (uint64_t)time_ms);
	message_add(event, "source", source);
	message_add(event, "author", author);
}

const char *clock_source(size_t n, const char **words)
{
	static const struct {
		const char *name, *words;
	} sources[] = {
		{ "watch", N_("by wrist watch") },   { "radio", N_("by radio or radio clock") },
		{ "phone", N_("by telephone") },     { "gps", N_("by GPS") },
		{ "other", N_("by another clock") },
	};

	if (n >= sizeof(sources) / sizeof(sources[0]))
		return NULL;
	*words = sources[n].words;
	return sources[n].name;
}

void clock_add_span(int64_t ms, struct text *out)
{
	int64_t minutes = ms / MINUTE_MS, hours = minutes / 60;

	if (hours >= 100)
		text_addf(out, _("%lld days"), (long long)(hours / 24));
	else if (hours)
		text_addf(out, _("%lld h %02lld min"), (long long)hours, (long long)(minutes % 60));
	else
		text_addf(out, _("%lld min"), (long long)minutes);
}

void clock_add_wrong(int64_t wrong_ms, struct text *out)
{
	int64_t away = wrong_ms < 0 ? -wrong_ms : wrong_ms;
	struct text span = { 0 };

	if (away < MINUTE_MS) {
		text_add(out, _("right to the minute"));
		return;
	}
	clock_add_span(away, &span);
	text_addf(out, wrong_ms < 0 ? _("%s behind") : _("%s ahead"), text_end(&span));
	text_release(&span);
}

static const char *source_words(const char *name)
{
	const char *words = "", *source;

	for (size_t i = 0; (source = clock_source(i, &words)) != NULL; i++)
		if (strcmp(source, name) == 0)
			return _(words);
	return name;
}

void clock_add_words(const struct clock *c, struct text *out)
{
	char words[BERLIN_WORDS];

	if (!c->confirmed) {
		text_addf(out, _("The PC's clock shows %s; nobody has confirmed it."),
			  berlin_words(words, clock_pc_ms()));
		return;
	}
	text_addf(out, _("Time confirmed at %s %s"), berlin_words(words, c->time_ms),
		  source_words(c->source));
	if (*c->author)
		text_addf(out, _(", said by %s"), c->author);
	text_add(out, _("; the PC's clock was "));
	clock_add_wrong(c->wrong_ms, out);
	text_add(out, ".");
}
