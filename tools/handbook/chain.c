/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to do next in a call chain. */
#include "handbook/chain.h"

#include <string.h>

static const struct {
	const char *name;
	bool waits;
} results[CHAIN_RESULTS] = {
	[CHAIN_ACKNOWLEDGED] = { "acknowledged", false },
	[CHAIN_REACHED] = { "reached", true },
	[CHAIN_MAILBOX] = { "mailbox", true },
	[CHAIN_BUSY] = { "busy", false },
	[CHAIN_NO_ANSWER] = { "no_answer", false },
	[CHAIN_WRONG_NUMBER] = { "wrong_number", false },
	[CHAIN_SKIPPED] = { "skipped", false },
};

const char *chain_result_name(enum chain_result r)
{
	return results[r].name;
}

enum chain_result chain_result_parse(const char *s)
{
	size_t i = 0;

	while (i < CHAIN_RESULTS && strcmp(results[i].name, s) != 0)
		i++;
	return (enum chain_result)i;
}

bool chain_result_waits(enum chain_result r)
{
	return results[r].waits;
}

struct chain_node *chain_node(const struct chain *c, int64_t nr)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->nodes[i].nr == nr)
			return &c->nodes[i];
	return NULL;
}

/* Can this number be dialled? What hangs on a failed system only where nothing else is left. */
static bool usable(const struct chain_node *n, const struct chain_number *number)
{
	if (number->struck || !number->dead)
		return !number->struck;
	for (size_t i = 0; i < n->number_count; i++)
		if (!n->numbers[i].dead && !n->numbers[i].struck)
			return false;
	return true;
}

/* The number tried least, the first of equals; NULL if there is none. */
static struct chain_number *least_tried(const struct chain_node *n)
{
	struct chain_number *best = NULL;

	for (size_t i = 0; i < n->number_count; i++)
		if (usable(n, &n->numbers[i]) && (!best || n->numbers[i].tried < best->tried))
			best = &n->numbers[i];
	return best;
}

static struct chain_number *number_of(const struct chain_node *n, const struct chain_call *call)
{
	if (!call->number)
		return least_tried(n);
	for (size_t i = 0; i < n->number_count; i++)
		if (strcmp(n->numbers[i].value, call->number) == 0)
			return &n->numbers[i];
	return NULL; /* one that the kit does not know: it counts, but for none of its numbers */
}

static void add_call(struct chain_node *n, const struct chain_call *call)
{
	struct chain_number *number = number_of(n, call);

	n->calls++;
	if (number) {
		number->tried++;
		/* Which one was wrong is sealed with the number: none is struck out on a guess. */
		number->struck = number->struck ||
				 (call->number && call->result == CHAIN_WRONG_NUMBER);
	}
	if (chain_result_waits(call->result) && call->time_ms + call->wait_ms > n->until_ms)
		n->until_ms = call->time_ms + call->wait_ms;
	n->told = n->told || call->result == CHAIN_REACHED;
	/* Once acknowledged, what another person noted later is no news. */
	if (call->result == CHAIN_ACKNOWLEDGED || n->last == CHAIN_RESULTS ||
	    (n->last != CHAIN_ACKNOWLEDGED && call->time_ms >= n->last_ms)) {
		n->last = call->result;
		n->last_ms = call->time_ms;
	}
}

static void begin(struct chain_node *n)
{
	for (size_t i = 0; i < n->number_count; i++) {
		n->numbers[i].tried = 0;
		n->numbers[i].struck = false;
	}
	n->open = n->unneeded = n->round_over = n->told = false;
	n->calls = n->limit = 0;
	n->last = CHAIN_RESULTS;
	n->last_ms = n->until_ms = 0;
	n->state = CHAIN_TO_CALL;
}

/* All calls of a node are in: what became of it? An acknowledgement counts whoever noted
 * it and whatever was noted after it, so that sticks merge in any order. */
static void judge(struct chain_node *n, bool acknowledged, bool skipped, int64_t now_ms)
{
	const struct chain_number *next = least_tried(n);
	unsigned done = next ? next->tried : n->calls;
	/* The mailbox of the last number is all that can be done for now, a person is enough. */
	bool waits = n->until_ms && (n->told || done > 0);

	n->limit = n->calls;
	for (size_t i = 0; i < n->number_count; i++)
		if (usable(n, &n->numbers[i]) && n->numbers[i].tried < n->attempts)
			n->limit += n->attempts - n->numbers[i].tried;
	if (!n->number_count && n->calls < n->attempts)
		n->limit = n->attempts; /* by radio, on foot */
	n->next_number = next ? (size_t)(next - n->numbers) : n->number_count;
	n->round_over = done > 0;
	n->told = waits;
	n->waiting = n->until_ms && !acknowledged && !skipped && now_ms < n->until_ms;
	n->late = n->until_ms && !acknowledged && !skipped && !n->waiting &&
		  n->last_ms < n->until_ms;
	if (acknowledged)
		n->state = CHAIN_DONE;
	else if (skipped)
		n->state = CHAIN_WITHOUT;
	else if (waits && n->waiting)
		n->state = CHAIN_WAITING;
	else if (waits && n->late)
		n->state = CHAIN_LATE;
	else if (n->calls >= n->limit)
		n->state = CHAIN_GIVEN_UP;
}

/* Nothing more can be done at this node for now, so what comes after it may begin. */
static bool passed(const struct chain_node *n)
{
	return n->unneeded || (n->open && (n->state != CHAIN_TO_CALL || n->told));
}

/* It needs a stand-in. */
static bool unanswered(const struct chain_node *n)
{
	return n->open && n->state != CHAIN_DONE && (n->round_over || passed(n));
}

static bool stands_in(const struct chain *c, const struct chain_node *n)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->nodes[i].otherwise == n->nr)
			return true;
	return false;
}

/* All that this one stands in for are done with; what comes after it must not wait for it. */
static bool not_needed(const struct chain *c, const struct chain_node *n)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct chain_node *of = &c->nodes[i];

		if (of->otherwise == n->nr && !of->unneeded &&
		    !(of->open && of->state == CHAIN_DONE))
			return false;
	}
	return stands_in(c, n) && !chain_node(c, n->after);
}

static bool may_open(const struct chain *c, const struct chain_node *n)
{
	const struct chain_node *after = chain_node(c, n->after);

	if (n->calls || n->state == CHAIN_WITHOUT || (after && passed(after)))
		return true;
	for (size_t i = 0; i < c->count; i++)
		if (c->nodes[i].otherwise == n->nr && unanswered(&c->nodes[i]))
			return true;
	return !after && !stands_in(c, n);
}

static void open_nodes(struct chain *c)
{
	bool changed = true;

	/* A kit that nobody checked may name nodes further down: so again until all is said. */
	while (changed) {
		changed = false;
		for (size_t i = 0; i < c->count; i++) {
			struct chain_node *n = &c->nodes[i];

			if (n->open || n->unneeded)
				continue;
			n->open = may_open(c, n);
			n->unneeded = !n->open && not_needed(c, n);
			changed = changed || n->open || n->unneeded;
		}
	}
	for (size_t i = 0; i < c->count; i++)
		if (!c->nodes[i].open)
			c->nodes[i].state = CHAIN_CLOSED;
}

/* Who was left out longest comes first. */
static void insert_again(struct chain *c, size_t index)
{
	size_t at = c->next_count++;

	while (at > c->fresh && c->nodes[c->next[at - 1]].calls > c->nodes[index].calls) {
		c->next[at] = c->next[at - 1];
		at--;
	}
	c->next[at] = index;
}

static bool is_fresh(const struct chain_node *n)
{
	return n->state == CHAIN_TO_CALL && !n->round_over && !n->told;
}

static void order_next(struct chain *c)
{
	c->next_count = 0;
	c->over = true;
	for (size_t i = 0; i < c->count; i++) {
		const struct chain_node *n = &c->nodes[i];

		if (is_fresh(n))
			c->next[c->next_count++] = i;
		c->begun = c->begun || n->calls > 0 || n->state == CHAIN_WITHOUT;
		if (n->state == CHAIN_TO_CALL || n->state == CHAIN_WAITING ||
		    n->state == CHAIN_LATE)
			c->over = false;
	}
	c->fresh = c->next_count;
	for (size_t i = 0; i < c->count; i++)
		if (c->nodes[i].state == CHAIN_LATE ||
		    (c->nodes[i].state == CHAIN_TO_CALL && !is_fresh(&c->nodes[i])))
			insert_again(c, i);
}

void chain_work_out(struct chain *c, const struct chain_call *calls, size_t count, int64_t now_ms)
{
	c->begun = false;
	for (size_t i = 0; i < c->count; i++) {
		struct chain_node *n = &c->nodes[i];
		bool acknowledged = false, skipped = false;

		begin(n);
		/* What is known about a number first: the rest counts for those left over. */
		for (unsigned sealed = 0; sealed < 2; sealed++)
			for (size_t k = 0; k < count; k++) {
				if (calls[k].nr != n->nr || (calls[k].number == NULL) != sealed)
					continue;
				acknowledged = acknowledged ||
					       calls[k].result == CHAIN_ACKNOWLEDGED;
				skipped = skipped || calls[k].result == CHAIN_SKIPPED;
				if (calls[k].result != CHAIN_SKIPPED)
					add_call(n, &calls[k]);
			}
		judge(n, acknowledged, skipped, now_ms);
	}
	open_nodes(c);
	order_next(c);
}

const struct chain_node *chain_instead(const struct chain *c, const struct chain_node *of)
{
	const struct chain_node *first = NULL;

	for (size_t i = c->next_count; i-- > 0;) {
		const struct chain_node *n = &c->nodes[c->next[i]];

		if (n->nr == of->otherwise)
			return n;
		first = n != of ? n : first;
	}
	return first;
}
