/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts: no number that must not be read by all, no way into the own systems. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "kit/numbers.h"
#include "lib/base/language.h"

#define QUOTED 48 /* bytes of a sentence that a finding quotes */

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

/* The loader names the numbers of people. */
static void check_numbers(struct check *c, const struct numbers *known, const struct record *r,
			  const char *column, const char *text)
{
	char written[NUMBERS_WRITTEN_MAX];
	const char *at = text;
	enum number_of of;

	while ((of = numbers_next(known, &at, text, written)) != NUMBER_END)
		if (of == NUMBER_NOBODY)
			check_say(c, FAULT, "number-in-text", r,
				  _("%s: %s can be read without a passphrase and belongs "
				    "to no function or body; give it to a role or an "
				    "organisation and link to that"),
				  column, written);
}

void check_texts(struct check *c)
{
	struct numbers known = { 0 };

	for (size_t g = 0; g < sizeof(guides) / sizeof(guides[0]); g++) {
		const struct table *t = &c->s->tables[guides[g].table];

		for (size_t i = 0; i < t->count; i++)
			check_guide(c, &guides[g], &t->records[i]);
	}
	numbers_collect(&known, c->s);
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
	numbers_release(&known);
}
