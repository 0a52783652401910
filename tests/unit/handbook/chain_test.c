/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Call chains: what is offered next after each sequence of results, timers, stand-ins,
 * wrong and dead numbers, and two people at one chain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handbook/chain.h"

#define MIN 60000
#define NODES 8
#define CALLS 16

#define NODE(n, before, instead, times, minutes, beside, list, many_numbers)                       \
	{                                                                                          \
		.nr = n, .after = before, .otherwise = instead, .attempts = times,                 \
		.acknowledge_ms = (minutes)*MIN, .parallel = beside, .numbers = list,              \
		.number_count = many_numbers                                                       \
	}

/* The chain of the demo kit: 1, 2, 3 one after the other, each standing in for the one
 * before; then 4, and at the same time 5, 6, 7; 8 after 5. */
static struct chain_number a_number[NODES][3] = {
	{ { .value = "1a" } }, { { .value = "2a" } }, { { .value = "3a" } }, { { .value = "4a" } },
	{ { .value = "5a" } }, { { .value = "6a" } }, { { .value = "7a" } }, { { .value = "8a" } },
};

static struct chain_node demo[NODES] = {
	NODE(1, 0, 2, 2, 10, false, a_number[0], 1), NODE(2, 1, 3, 2, 10, false, a_number[1], 1),
	NODE(3, 2, 4, 3, 15, false, a_number[2], 1), NODE(4, 3, 0, 3, 15, false, a_number[3], 1),
	NODE(5, 3, 6, 2, 15, true, a_number[4], 1),  NODE(6, 3, 0, 2, 60, true, a_number[5], 1),
	NODE(7, 3, 0, 2, 30, true, a_number[6], 1),  NODE(8, 5, 0, 2, 30, false, a_number[7], 1),
};

/* One node with three people behind it; the third's number hangs on what has failed. */
static struct chain_number many[3] = {
	{ .value = "x", .whom = "" },
	{ .value = "y", .whom = "Y" },
	{ .value = "z", .whom = "Z", .dead = true },
};
static struct chain_node duty[] = {
	NODE(1, 0, 2, 2, 10, false, many, 3),
	NODE(2, 0, 0, 1, 10, false, a_number[1], 1), /* only if 1 does not answer */
	NODE(3, 1, 0, 1, 10, false, NULL, 0),        /* no number known */
};

/* 2 stands in for 1, 3 for 2, neither comes after any; 4 comes after 3. */
static struct chain_node behind[] = {
	NODE(1, 0, 2, 1, 10, false, a_number[0], 1),
	NODE(2, 0, 3, 1, 10, false, a_number[1], 1),
	NODE(3, 0, 0, 1, 10, false, a_number[2], 1),
	NODE(4, 3, 0, 1, 10, false, a_number[3], 1),
};

/* Calls are written "2 busy", "1=y mailbox" with a known number, a minute apart, "+9" lets
 * nine minutes pass. */
static size_t read_calls(const char *s, struct chain_call *calls, char numbers[CALLS][4],
			 int64_t *now)
{
	size_t count = 0;
	char word[32];
	int used;

	*now = 0;
	while (sscanf(s, " %31[^;]%n", word, &used) == 1) {
		struct chain_call *k = &calls[count];
		char result[24] = "";
		int nr = 0, minutes = 0;

		s += used + (s[used] == ';');
		if (sscanf(word, "+%d", &minutes) == 1) {
			*now += (int64_t)minutes * MIN;
			continue;
		}
		numbers[count][0] = 0;
		if (sscanf(word, "%d=%3[a-z0-9] %23s", &nr, numbers[count], result) != 3)
			assert_int_equal(sscanf(word, "%d %23s", &nr, result), 2);
		*k = (struct chain_call){ .nr = nr, .result = chain_result_parse(result) };
		assert_int_not_equal(k->result, CHAIN_RESULTS);
		k->number = numbers[count][0] ? numbers[count] : NULL;
		k->time_ms = *now;
		k->wait_ms = chain_result_waits(k->result) ? 10 * MIN : 0;
		*now += MIN;
		count++;
		assert_true(count < CALLS);
	}
	return count;
}

/* "3", "4 5 6 7 | 2=2a": what is offered, after the bar once more; "=y" is the number to
 * dial, where the table names it. */
static void write_next(const struct chain *c, bool numbers, char *out, size_t size)
{
	size_t at = 0;

	out[0] = 0;
	for (size_t i = 0; i <= c->next_count; i++) {
		const struct chain_node *n;

		if (i == c->fresh && c->fresh < c->next_count)
			at += (size_t)snprintf(out + at, size - at, "%s|", i ? " " : "");
		if (i == c->next_count)
			break;
		n = &c->nodes[c->next[i]];
		at += (size_t)snprintf(out + at, size - at, "%s%d", at ? " " : "", (int)n->nr);
		if (numbers)
			at += (size_t)snprintf(out + at, size - at, "=%s",
					       n->next_number < n->number_count
						       ? n->numbers[n->next_number].value
						       : "-");
	}
}

/* A letter for each node. */
static void write_states(const struct chain *c, char *out)
{
	static const char letters[] = "-cwlgsd";

	for (size_t i = 0; i < c->count; i++)
		out[i] = letters[c->nodes[i].state];
	out[c->count] = 0;
}

static const struct {
	const char *name;
	struct chain_node *nodes;
	size_t count;
	const char *calls, *next, *states;
	bool over;
} rows[] = {
	{ "nothing done yet", demo, 8, "", "1", "c-------", false },
	{ "case 3: mailbox", demo, 8, "1 mailbox", "2", "wc------", false },
	{ "case 3: busy", demo, 8, "1 mailbox;2 busy", "3 | 2", "wcc-----", false },
	{ "case 3: acknowledged", demo, 8, "1 mailbox;2 busy;3 acknowledged", "4 5 6 7 | 2",
	  "wcdcccc-", false },
	{ "its timer runs out", demo, 8, "1 mailbox;2 busy;3 acknowledged;+8", "4 5 6 7 | 1 2",
	  "lcdcccc-", false },
	{ "called again after that", demo, 8, "1 mailbox;+10;1 no_answer", "2", "gc------", false },
	{ "reached is no acknowledgement", demo, 8, "1 reached", "2", "wc------", false },
	{ "acknowledged by a call back", demo, 8, "1 mailbox;2 acknowledged;1 acknowledged", "3",
	  "ddc-----", false },
	{ "nobody is told twice while there is time", demo, 8, "1 reached;2 reached;3 reached",
	  "4 5 6 7", "wwwcccc-", false },
	{ "no answer, then the stand-in, then once more", demo, 8,
	  "1 no_answer;2 acknowledged;3 acknowledged;4 acknowledged;5 acknowledged;6 acknowledged;"
	  "7 acknowledged;8 acknowledged",
	  "| 1", "cddddddd", false },
	{ "given up after the second attempt", demo, 8,
	  "1 no_answer;2 acknowledged;3 acknowledged;4 acknowledged;5 acknowledged;6 acknowledged;"
	  "7 acknowledged;8 acknowledged;1 busy",
	  "", "gddddddd", true },
	{ "what comes after waits for the second attempt", demo, 8,
	  "1 acknowledged;2 acknowledged;3 acknowledged;4 acknowledged;5 no_answer;6 acknowledged;"
	  "7 acknowledged",
	  "| 5", "ddddcdd-", false },
	{ "and begins when it is given up", demo, 8,
	  "1 acknowledged;2 acknowledged;3 acknowledged;4 acknowledged;5 no_answer;6 acknowledged;"
	  "7 acknowledged;5 no_answer",
	  "8", "ddddgddc", false },
	{ "skipped opens what comes after", demo, 8, "1 skipped", "2", "sc------", false },
	{ "skipped, and acknowledged all the same", demo, 8, "1 skipped;1 acknowledged", "2",
	  "dc------", false },
	{ "a wrong number is not tried again", demo, 8, "1=1a wrong_number", "2", "gc------",
	  false },
	{ "of a sealed number nobody knows which was wrong", demo, 8, "1 wrong_number", "2 | 1",
	  "cc------", false },
	{ "waiting is not the end", demo, 8,
	  "1 acknowledged;2 acknowledged;3 acknowledged;4 acknowledged;5 acknowledged;"
	  "6 acknowledged;7 acknowledged;8 mailbox",
	  "", "dddddddw", false },
	{ "out of turn", demo, 8, "6 busy", "1 | 6", "c----c--", false },
	{ "least called first", demo, 8, "1 busy;2 busy;2 busy;3 busy;3 busy;4 busy", "| 1 4 3",
	  "cgcc----", false },

	{ "the function first", duty, 3, "", "1=x", "c--", false },
	{ "then the next of the same node", duty, 3, "1=x busy", "1=y", "c--", false },
	{ "a message leaves the next number to try", duty, 3, "1=x mailbox", "1=y", "c--", false },
	{ "a person who was told is not called at another number", duty, 3, "1=x reached",
	  "2=2a 3=-", "wcc", false },
	{ "a dead number stays where it is", duty, 3, "1=x busy;1=y busy", "2=2a | 1=x", "cc-",
	  false },
	{ "a wrong one is struck out", duty, 3, "1=x wrong_number", "1=y", "c--", false },
	{ "then only the dead one is left", duty, 3, "1=x wrong_number;1=y wrong_number", "1=z",
	  "c--", false },
	{ "none is left", duty, 3, "1=x wrong_number;1=y wrong_number;1=z wrong_number", "2=2a 3=-",
	  "gcc", false },
	{ "sealed numbers count in their order", duty, 3, "1 busy;1 busy;1 busy", "2=2a | 1=y",
	  "cc-", false },
	{ "known numbers first", duty, 3, "1 busy;1=x busy", "2=2a | 1=x", "cc-", false },
	{ "a number that the kit lacks", duty, 3, "1=0 busy", "1=x", "c--", false },
	{ "the stand-in is not needed", duty, 3, "1=x acknowledged;3 acknowledged", "", "d-d",
	  true },
	{ "a timer that ended brings no second one", duty, 3, "1=x mailbox;1=y mailbox;+5",
	  "2=2a 3=-", "wcc", false },
	{ "what comes after a stand-in waits for it", behind, 4, "1 busy", "2", "gc--", false },
	{ "and for its own", behind, 4, "1 busy;2 busy", "3", "ggc-", false },
	{ "a stand-in that nobody needs is waited for by none", behind, 4, "1 acknowledged", "4",
	  "d--c", false },
	{ "the first answers, the second was called", behind, 4, "1 busy;2 busy;1 acknowledged",
	  "3", "dgc-", false },
	{ "the second answers", behind, 4, "1 busy;2 acknowledged", "4", "gd-c", false },
	{ "and then is late", duty, 3, "1=x mailbox;1=y mailbox;+9", "2=2a 3=- | 1=x", "lcc",
	  false },
};

static void work(struct chain *c, struct chain_node *nodes, size_t count, size_t *next,
		 const char *s)
{
	struct chain_call calls[CALLS];
	char numbers[CALLS][4];
	int64_t now;
	size_t n = read_calls(s, calls, numbers, &now);

	*c = (struct chain){ .nodes = nodes, .count = count, .next = next };
	chain_work_out(c, calls, n, now);
}

static void offers_what_is_next(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct chain c;
		size_t order[NODES];
		char next[128], states[NODES + 1];

		work(&c, rows[i].nodes, rows[i].count, order, rows[i].calls);
		write_next(&c, strchr(rows[i].next, '=') != NULL, next, sizeof(next));
		write_states(&c, states);
		if (strcmp(next, rows[i].next) != 0 || strcmp(states, rows[i].states) != 0 ||
		    c.over != rows[i].over)
			fail_msg("%s: next '%s', states '%s', over %d", rows[i].name, next, states,
				 c.over);
		assert_int_equal(c.begun, *rows[i].calls != 0);
	}
}

/* Two people call at once, each with a stick of their own: in whichever order the calls
 * are read, the same is left to do. */
static void merges_in_any_order(void **state)
{
	static const struct chain_call calls[] = {
		{ 4, CHAIN_BUSY, 1, 0, "4a" },         { 5, CHAIN_ACKNOWLEDGED, 2, 0, "5a" },
		{ 4, CHAIN_ACKNOWLEDGED, 3, 0, "4a" }, { 6, CHAIN_MAILBOX, 4, 60 * MIN, "6a" },
		{ 4, CHAIN_NO_ANSWER, 5, 0, "4a" },    { 7, CHAIN_SKIPPED, 6, 0, "7a" },
	};
	char want[NODES + 1], got[NODES + 1], want_next[128], got_next[128];

	(void)state;
	for (size_t shift = 0; shift < 6; shift++) {
		struct chain_call mixed[6];
		size_t order[NODES];
		struct chain c = { .nodes = demo, .count = 8, .next = order };

		for (size_t i = 0; i < 6; i++)
			mixed[(i * 5 + shift) % 6] = calls[i];
		chain_work_out(&c, mixed, 6, 10);
		write_states(&c, got);
		write_next(&c, true, got_next, sizeof(got_next));
		if (shift == 0) {
			memcpy(want, got, sizeof(want));
			memcpy(want_next, got_next, sizeof(want_next));
			assert_string_equal(got, "c--ddwsc");
		}
		assert_string_equal(got, want);
		assert_string_equal(got_next, want_next);
	}
}

/* A message at one of several numbers: the next one is offered, and the timer runs all the same. */
static void timers_run_beside_calls(void **state)
{
	static const struct {
		const char *calls;
		bool waiting, late;
		enum chain_state state;
	} timers[] = {
		{ "1=x mailbox", true, false, CHAIN_TO_CALL },
		{ "1=x mailbox;+8", true, false, CHAIN_TO_CALL },
		{ "1=x mailbox;+9", false, true, CHAIN_TO_CALL },
		{ "1=x mailbox;1=y busy", true, false, CHAIN_WAITING },
		{ "1=x mailbox;1=y busy;+9", false, true, CHAIN_LATE },
		{ "1=x mailbox;+10;1=y busy", false, false, CHAIN_TO_CALL },
		{ "1=x mailbox;1=y acknowledged;+9", false, false, CHAIN_DONE },
		{ "1=x mailbox;1 skipped", false, false, CHAIN_WITHOUT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++) {
		struct chain c;
		size_t order[NODES];

		work(&c, duty, 3, order, timers[i].calls);
		if (c.nodes[0].waiting != timers[i].waiting || c.nodes[0].late != timers[i].late ||
		    c.nodes[0].state != timers[i].state)
			fail_msg("%s: waiting %d, late %d, state %d", timers[i].calls,
				 c.nodes[0].waiting, c.nodes[0].late, (int)c.nodes[0].state);
	}
}

static void says_whom_to_call_instead(void **state)
{
	struct chain c;
	size_t order[NODES];

	(void)state;
	work(&c, demo, 8, order, "1 mailbox;+10");
	assert_int_equal(c.nodes[0].state, CHAIN_LATE);
	assert_int_equal(chain_instead(&c, &c.nodes[0])->nr, 2);
	work(&c, demo, 8, order, "1 mailbox;2 acknowledged;+10");
	assert_int_equal(chain_instead(&c, &c.nodes[0])->nr, 3);
	work(&c, duty, 3, order, "3 reached;1=x acknowledged;+10");
	assert_null(chain_instead(&c, &c.nodes[2]));
}

static void counts_attempts(void **state)
{
	struct chain c;
	size_t order[NODES];

	(void)state;
	work(&c, demo, 8, order, "");
	assert_int_equal(c.nodes[0].limit, 2);
	work(&c, duty, 3, order, "1=x wrong_number");
	assert_int_equal(c.nodes[0].calls, 1);
	assert_int_equal(c.nodes[0].limit, 3); /* y twice more; the dead one is not needed */
}

static void knows_the_words(void **state)
{
	(void)state;
	for (int r = 0; r < CHAIN_RESULTS; r++)
		assert_int_equal(chain_result_parse(chain_result_name((enum chain_result)r)), r);
	assert_int_equal(chain_result_parse("mistake"), CHAIN_RESULTS);
	assert_int_equal(chain_result_parse(""), CHAIN_RESULTS);
}

/* A kit that nobody checked may go round in a loop: it ends, and nothing is offered twice. */
static void survives_a_loop(void **state)
{
	struct chain_node loop[] = {
		NODE(1, 2, 2, 1, 1, false, NULL, 0),
		NODE(2, 1, 1, 1, 1, false, NULL, 0),
		NODE(3, 0, 9, 1, 1, false, NULL, 0),
	};
	size_t order[3];
	struct chain c = { .nodes = loop, .count = 3, .next = order };

	(void)state;
	chain_work_out(&c, NULL, 0, 0);
	assert_int_equal(c.next_count, 1);
	assert_int_equal(order[0], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offers_what_is_next),
		cmocka_unit_test(merges_in_any_order),
		cmocka_unit_test(timers_run_beside_calls),
		cmocka_unit_test(says_whom_to_call_instead),
		cmocka_unit_test(counts_attempts),
		cmocka_unit_test(knows_the_words),
		cmocka_unit_test(survives_a_loop),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
