/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts: no number that must not be read by all, no way into the own systems. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "lib/base/language.h"
#include "lib/data/phone.h"

#define NUMBER_DIGITS_MIN 7 /* with the zero or the country; shorter ones are inside lines */
#define QUOTED 48           /* bytes of a sentence that a finding quotes */

/* Texts that are followed while the own systems are down. */
static const struct guide {
	enum table_name table;
	bool sentences; /* are read aloud or under pressure: short sentences */
} guides[] = {
	{ PLANS, false },     { PHASES, true }, { STEPS, true },
	{ CHAINS, false },    { NODES, true },  { DEADLINES, false },
	{ PROCESSES, false }, { FORMS, false }, { FORM_PARTS, false },
};

size_t check_sentence(const char *text, const char **begin)
{
	size_t words = 0;

	*begin = text;
	for (;;) {
		size_t n = strcspn(text, " \n");
		char last = n ? text[n - 1] : ' ';
		bool counts = n > 0 && strspn(text, "-*|_./") < n;

		if (counts && !words)
			*begin = text;
		words += counts;
		text += n;
		if (*text != ' ' || strchr(".!?:", last)) {
			if (words > CHECK_SENTENCE_WORDS)
				return words;
			words = 0;
		}
		if (!*text)
			return 0;
		text++;
	}
}

static void check_guide(struct check *c, const struct guide *g, const struct record *r)
{
	const struct column *columns = c->s->tables[g->table].layout->columns;
	char found[128], quoted[QUOTED + 1];
	const char *begin;

	for (size_t i = 0; columns[i].key; i++) {
		size_t words;

		if (columns[i].type != CELL_TEXT || !*r->cells[i])
			continue;
		if (hosts_find(&c->hosts, r->cells[i], found, sizeof(found)))
			check_say(c, WARNING, "own-host", r,
				  _("%s: %s lies in your own systems and may be gone; put it on "
				    "paper or into the kit, and say where"),
				  columns[i].key, found);
		words = g->sentences ? check_sentence(r->cells[i], &begin) : 0;
		if (!words)
			continue;
		snprintf(quoted, sizeof(quoted), "%.*s",
			 (int)text_fit(begin,
				       strcspn(begin, "\n") < 40 ? strcspn(begin, "\n") : 40),
			 begin);
		check_say(c, WARNING, "long-sentence", r,
			  _("%s: a sentence of %zu words, more than %d: \"%s...\"; split it"),
			  columns[i].key, words, CHECK_SENTENCE_WORDS, quoted);
	}
}

/* Numbers that may stand in texts of the open tier, in normal form. */
struct numbers {
	struct words allowed; /* of functions and bodies in the open tier */
	struct words people;  /* of people: the source's own check names these */
};

static void collect(struct check *c, enum table_name t, bool open, struct words *out)
{
	const struct table *table = &c->s->tables[t];

	for (size_t i = 0; i < table->count; i++) {
		const struct record *r = &table->records[i];

		if (open && !table_is_open(table, r))
			continue;
		for (size_t k = 0; table->layout->columns[k].key; k++)
			if (table->layout->columns[k].type == CELL_PHONE && *r->cells[k])
				words_add(out, r->cells[k]);
	}
}

static void collect_numbers(struct check *c, struct numbers *n)
{
	const struct table *t = &c->s->tables[CHANNELS];

	collect(c, ROLES, true, &n->allowed);
	collect(c, ORGANISATIONS, true, &n->allowed);
	for (size_t i = 0; i < t->count; i++)
		if (table_is_open(t, &t->records[i]))
			words_add(&n->allowed, table_get(t, &t->records[i], "value"));
	collect(c, PEOPLE, false, &n->people);
	words_sort(&n->allowed);
	words_sort(&n->people);
}

/* Bytes that a date or a time takes at the beginning: "01.11.2026", "08.30". */
static size_t date_length(const char *s)
{
	size_t a = strspn(s, "0123456789"), b, end;

	if (a < 1 || a > 2 || s[a] != '.')
		return 0;
	b = strspn(s + a + 1, "0123456789");
	end = a + 1 + b;
	if (b < 1 || b > 2)
		return 0;
	if (s[end] == '.') {
		size_t year = strspn(s + end + 1, "0123456789");

		if (year == 2 || year == 4 || year == 0)
			end += 1 + year;
		else
			return 0;
	}
	return isdigit((unsigned char)s[end]) ? 0 : end;
}

/* The bytes of a number as people write it, which begins here with + or 0. */
static size_t number_length(const char *s, size_t *digits)
{
	size_t n = *s == '+', end = n;

	for (*digits = 0; s[n]; n++) {
		if (isdigit((unsigned char)s[n])) {
			if (!isdigit((unsigned char)s[n ? n - 1 : 0]) && date_length(s + n))
				break;
			++*digits;
			end = n + 1;
		} else if (!strchr(" -/().", s[n])) {
			break;
		}
	}
	return end;
}

/* What may stand before the first sign of a number. */
static bool may_begin(const char *text, const char *s)
{
	unsigned char before = s > text ? (unsigned char)s[-1] : ' ';

	return !isalnum(before) && !strchr("./-_=+&%#", before);
}

static void check_numbers(struct check *c, const struct numbers *known, const struct record *r,
			  const char *column, const char *text)
{
	const char *s = text;

	while (*(s += strcspn(s, "+0123456789"))) {
		char run[2 * PHONE_MAX], normal[PHONE_MAX];
		size_t skip = date_length(s), digits = 0, n = 0;

		if (!skip && may_begin(text, s) && (*s == '+' || *s == '0'))
			n = number_length(s, &digits);
		if (digits >= NUMBER_DIGITS_MIN && n < sizeof(run)) {
			snprintf(run, sizeof(run), "%.*s", (int)n, s);
			if (phone_normal(run, normal) && !words_have(&known->allowed, normal) &&
			    !words_have(&known->people, normal))
				check_say(c, FAULT, "number-in-text", r,
					  _("%s: %s can be read without a passphrase and belongs "
					    "to no function or body; give it to a role or an "
					    "organisation and link to that"),
					  column, run);
		}
		skip = skip > n ? skip : n;
		s += skip ? skip : 1 + strspn(s + 1, "0123456789");
	}
}

void check_texts(struct check *c)
{
	struct numbers known = { 0 };

	for (size_t g = 0; g < sizeof(guides) / sizeof(guides[0]); g++) {
		const struct table *t = &c->s->tables[guides[g].table];

		for (size_t i = 0; i < t->count; i++)
			check_guide(c, &guides[g], &t->records[i]);
	}
	collect_numbers(c, &known);
	for (enum table_name n = 0; n < TABLES; n++) {
		const struct table *t = &c->s->tables[n];

		for (size_t i = 0; i < t->count; i++) {
			if (!table_is_open(t, &t->records[i]))
				continue;
			for (size_t k = 0; t->layout->columns[k].key; k++)
				if (t->layout->columns[k].type == CELL_TEXT &&
				    !(n == CHANNELS &&
				      strcmp(t->layout->columns[k].key, "value") == 0))
					check_numbers(c, &known, &t->records[i],
						      t->layout->columns[k].key,
						      t->records[i].cells[k]);
		}
	}
	words_release(&known.allowed);
	words_release(&known.people);
}
