/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times as tired people type them, and what is meant by them. */
#include "lib/data/berlin.h"

#include <string.h>
#include <strings.h>

#include "lib/base/language.h"
#include "lib/data/date.h"

/* What was typed: how far it was read, and what came out. */
struct typed {
	const char *at;
	struct berlin t;
	bool has_day, has_year;
	bool has_zone; /* then t.summer is what was typed */
};

static void skip_spaces(struct typed *p)
{
	p->at += strspn(p->at, " \t,");
}

/* A number of at most `max` digits. */
static bool number(struct typed *p, size_t max, unsigned *out)
{
	size_t n = strspn(p->at, "0123456789");

	if (n == 0 || n > max)
		return false;
	for (*out = 0; n--; p->at++)
		*out = *out * 10 + (unsigned)(*p->at - '0');
	return true;
}

static bool sign(struct typed *p, char c)
{
	if (*p->at != c)
		return false;
	p->at++;
	return true;
}

/* A word of any case, not the beginning of a longer one. */
static bool word(struct typed *p, const char *w)
{
	size_t n = strlen(w);

	if (strncasecmp(p->at, w, n) != 0 || strchr("abcdefghijklmnopqrstuvwxyz", p->at[n] | 0x20))
		return false;
	p->at += n;
	return true;
}

/* "heute", "gestern": the day of now, or the one before. */
static bool parse_day_word(struct typed *p, int64_t now_ms)
{
	static const struct {
		const char *word;
		int back;
	} words[] = { { "heute", 0 }, { "today", 0 }, { "gestern", 1 }, { "yesterday", 1 } };
	struct berlin now;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!word(p, words[i].word))
			continue;
		berlin_local(now_ms, &now);
		date_of(date_day(now.year, now.month, now.day) - words[i].back, &p->t.year,
			&p->t.month, &p->t.day);
		p->has_day = p->has_year = true;
		return true;
	}
	return false;
}

/* "2026-10-23", "23.10.2026", "23.10.26", "23.10.", or nothing: then what follows is the time. */
static bool parse_day(struct typed *p)
{
	const char *start = p->at;
	struct berlin *t = &p->t;

	if (number(p, 4, &t->year) && sign(p, '-')) {
		p->has_day = p->has_year = true;
		if (!number(p, 2, &t->month) || !sign(p, '-') || !number(p, 2, &t->day))
			return false;
		sign(p, 'T'); /* as programs write it; without it is as good */
		return true;
	}
	p->at = start;
	if (!number(p, 2, &t->day) || !sign(p, '.')) {
		p->at = start;
		return true;
	}
	p->has_day = true;
	if (!number(p, 2, &t->month) || !sign(p, '.'))
		return false;
	p->has_year = number(p, 4, &t->year);
	if (p->has_year && t->year < 100)
		t->year += 2000;
	return true;
}

/* "17:30", "17:30:20 Uhr MESZ", to the end of the line. */
static bool parse_clock(struct typed *p)
{
	static const struct {
		const char *word;
		bool summer;
	} zones[] = { { "MEZ", false }, { "CET", false }, { "MESZ", true }, { "CEST", true } };
	struct berlin *t = &p->t;

	if (!number(p, 2, &t->hour) || !sign(p, ':') || !number(p, 2, &t->minute) ||
	    (sign(p, ':') && !number(p, 2, &t->second)))
		return false;
	skip_spaces(p);
	if (word(p, "Uhr"))
		skip_spaces(p);
	for (size_t i = 0; !p->has_zone && i < sizeof(zones) / sizeof(zones[0]); i++)
		if (word(p, zones[i].word)) {
			p->has_zone = true;
			t->summer = zones[i].summer;
		}
	skip_spaces(p);
	return !*p->at && t->hour < 24 && t->minute < 60 && t->second < 60;
}

static bool parse(struct typed *p, int64_t now_ms)
{
	skip_spaces(p);
	if (!parse_day_word(p, now_ms) && !parse_day(p))
		return false;
	skip_spaces(p);
	return parse_clock(p);
}

/* Put day or year that were not typed near now: `step` of them later. False if there is no
 * such day. */
static bool complete(const struct typed *p, int64_t now_ms, int step, struct berlin *t)
{
	struct berlin now;

	*t = p->t;
	berlin_local(now_ms, &now);
	if (!p->has_day)
		date_of(date_day(now.year, now.month, now.day) + step, &t->year, &t->month,
			&t->day);
	else if (!p->has_year)
		t->year = (unsigned)((int)now.year + step);
	return date_exists(t->year, t->month, t->day);
}

/* The day and year that are meant. */
static bool guess_day(const struct typed *p, enum berlin_guess guess, int64_t now_ms,
		      struct berlin *found)
{
	int64_t best = INT64_MAX, latest_ms = now_ms + BERLIN_AHEAD_MS;

	for (int step = -1; step <= 1; step++) {
		struct berlin t;
		int64_t first, second, away;

		if (!complete(p, now_ms, step, &t))
			continue;
		/* The hour that is not there is as near as any: it is refused when it is meant. */
		berlin_utc(&t, &first, &second);
		away = first > now_ms ? first - now_ms : now_ms - first;
		if (away < best && (guess == BERLIN_NEAREST || first <= latest_ms)) {
			best = away;
			*found = t;
		}
	}
	return best != INT64_MAX;
}

bool berlin_parse(const char *typed, enum berlin_guess guess, int64_t now_ms,
		  struct berlin_input *out, struct error *e)
{
	struct typed p = { .at = typed };
	struct berlin t = { 0 };

	if (!parse(&p, now_ms))
		return error_set(e, ERROR_USAGE,
				 _("'%s' is no time; type it like 23.10.2026 17:30, or only "
				   "17:30"),
				 typed);
	out->guessed = !p.has_year;
	if (p.has_year ? !complete(&p, now_ms, 0, &t) : !guess_day(&p, guess, now_ms, &t))
		return error_set(e, ERROR_USAGE,
				 _("there is no such day as in '%s'; type day, month and year, "
				   "like 23.10.2026 17:30"),
				 typed);
	if (!berlin_utc(&t, &out->utc_ms, &out->second_ms))
		return error_set(e, ERROR_USAGE,
				 _("in the night of %02u.%02u.%u the clocks went from 02:00 to "
				   "03:00, there was no %02u:%02u; type a time before or after "
				   "that hour"),
				 t.day, t.month, t.year, t.hour, t.minute);
	if (!p.has_zone)
		return true;
	if (out->utc_ms != out->second_ms) {
		/* Summer comes first in the night when the clocks are put back. */
		out->utc_ms = out->second_ms = p.t.summer ? out->utc_ms : out->second_ms;
		return true;
	}
	berlin_local(out->utc_ms, &t);
	if (t.summer == p.t.summer)
		return true;
	return error_set(e, ERROR_USAGE,
			 _("on %02u.%02u.%u clocks show %s, not %s; type the time without these "
			   "letters"),
			 t.day, t.month, t.year, t.summer ? _("CEST") : _("CET"),
			 p.t.summer ? _("CEST") : _("CET"));
}
