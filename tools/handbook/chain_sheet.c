/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A call chain with its words and its calls, from the kit and the journal. */
#include "handbook/chain_sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handbook/channels.h"
#include "lib/base/language.h"
#include "lib/data/berlin.h"

#define MINUTE_MS 60000
#define WAIT_MAX_MS ((int64_t)7 * 24 * 60 * MINUTE_MS)

/* Numbers of kits and of records that others signed may be nonsense: sums stay in bounds. */
static int64_t within(int64_t value, int64_t max)
{
	return value < 0 ? 0 : value > max ? max : value;
}

/* What can be dialled, in the order in which it is tried: the function's own numbers, then
 * the people behind it, as far as they are known. */
static bool load_numbers(struct chain_sheet *s, struct book *b, size_t at, struct error *e)
{
	struct chain_node *n = &s->chain.nodes[at];
	struct channels list = { 0 };
	bool ok = book_reach(b, s->rows[at].kind, s->rows[at].whom, &list, e);

	n->numbers = arena_alloc(&s->memory, (list.count + 1) * sizeof(*n->numbers));
	for (size_t i = 0; ok && i < list.count; i++) {
		const struct channel *c = &list.items[i];
		struct text whom = { 0 };

		if (!*c->normal || strcmp(c->type, "fax") == 0)
			continue;
		if (c->owner_kind == KIT_PERSON)
			book_add_name(b, c->owner_kind, c->owner_id, &whom);
		n->numbers[n->number_count++] = (struct chain_number){
			.value = arena_string(&s->memory, c->value),
			.whom = arena_string(&s->memory, text_end(&whom)),
			.dead = c->dead,
		};
		text_release(&whom);
	}
	channels_release(&list);
	return ok;
}

/* What is read out, without the links of the kit: a [[role:id]] is no blank to be filled in. */
static const char *text_of(struct chain_sheet *s, struct book *b, const char *text)
{
	struct text words = { 0 };
	const char *kept;

	book_add_words(b, text, &words);
	kept = arena_string(&s->memory, text_end(&words));
	text_release(&words);
	return kept;
}

static bool load_nodes(struct chain_sheet *s, struct book *b, struct error *e)
{
	struct db_statement *q = db_prepare(
		b->db,
		"SELECT n.nr, ifnull(a.nr, 0), ifnull(o.nr, 0), n.attempts, n.acknowledge_min,"
		" n.parallel, n.whom_kind, n.whom_id, ifnull(n.caller_id, ''), n.text,"
		" ifnull(n.deadline_id, '') FROM node n"
		" LEFT JOIN node a ON a.node_id = n.after_id AND a.chain_id = n.chain_id"
		" LEFT JOIN node o ON o.node_id = n.otherwise_id AND o.chain_id = n.chain_id"
		" WHERE n.chain_id = ?1 ORDER BY n.nr",
		e);
	size_t node_capacity = 0, row_capacity = 0;
	bool row = true, ok = q != NULL;

	if (q)
		db_bind_text(q, 1, s->id);
	while (ok && (ok = db_step(q, &row, e)) && row) {
		size_t at = s->chain.count;
		const char *kind = db_text(q, 6);

		mem_grow(&s->chain.nodes, &node_capacity, at + 1, sizeof(*s->chain.nodes));
		mem_grow(&s->rows, &row_capacity, at + 1, sizeof(*s->rows));
		s->chain.nodes[at] = (struct chain_node){
			.nr = db_number(q, 0),
			.after = db_number(q, 1),
			.otherwise = db_number(q, 2),
			.attempts = db_number(q, 3) < 1 ? 1 : (unsigned)db_number(q, 3),
			.acknowledge_ms =
				within(db_number(q, 4), WAIT_MAX_MS / MINUTE_MS) * MINUTE_MS,
			.parallel = db_number(q, 5) != 0,
		};
		s->rows[at] = (struct chain_row){
			.kind = kit_kind_parse(kind, strlen(kind)),
			.whom = arena_string(&s->memory, db_text(q, 7)),
			.caller = arena_string(&s->memory, db_text(q, 8)),
			.text = text_of(s, b, db_text(q, 9)),
			.deadline = arena_string(&s->memory, db_text(q, 10)),
		};
		s->chain.count++;
		ok = load_numbers(s, b, at, e);
	}
	db_finish(q);
	return ok;
}

/* Was it ended, and when begun anew? Whoever noted a call after that end, at another stick, went
 * on with the chain: then it runs. */
static bool load_bounds(struct chain_sheet *s, struct view *v, struct error *e)
{
	struct db_statement *q =
		db_prepare(v->db,
			   "SELECT st.value, e.id, EXISTS (SELECT 1 FROM call k JOIN event n"
			   "  ON n.id = k.event WHERE k.chain = ?1"
			   "  AND (n.rank, n.boot, n.seq) > (e.rank, e.boot, e.seq)) FROM event e"
			   " JOIN field c ON c.event = e.id AND c.key = 'chain' AND c.value = ?1"
			   " JOIN field st ON st.event = e.id AND st.key = 'state'"
			   " WHERE e.kind = 'chain' AND e.live ORDER BY e.rank, e.boot, e.seq",
			   e);
	bool row = true, ok = q != NULL;

	if (q)
		db_bind_text(q, 1, s->id);
	while (ok && (ok = db_step(q, &row, e)) && row) {
		bool end = strcmp(db_text(q, 0), "ended") == 0;

		s->ended = end && !db_number(q, 2);
		if (!end)
			s->start = db_number(q, 1);
	}
	db_finish(q);
	return ok;
}

static bool load_calls(struct chain_sheet *s, struct view *v, struct error *e)
{
	struct db_statement *q =
		db_prepare(v->db,
			   "SELECT c.nr, c.result, c.time, ifnull(c.wait_ms, 0), n.value,"
			   " e.boot || ':' || e.seq FROM call c JOIN event e ON e.id = c.event"
			   " LEFT JOIN field n ON n.event = c.event AND n.key = 'number'"
			   " WHERE c.chain = ?1 AND c.result <> 'mistake' AND (?2 = 0 OR"
			   "  (e.rank, e.boot, e.seq) >"
			   "  (SELECT rank, boot, seq FROM event WHERE id = ?2))"
			   " AND NOT EXISTS (SELECT 1 FROM field r JOIN call m ON m.event = r.event"
			   "  WHERE r.key = 'ref' AND r.value = e.boot || ':' || e.seq"
			   "  AND m.result = 'mistake') ORDER BY e.rank, e.boot, e.seq",
			   e);
	size_t capacity = 0;
	bool row = true, ok = q != NULL;

	if (q) {
		db_bind_text(q, 1, s->id);
		db_bind_number(q, 2, s->start);
	}
	while (ok && (ok = db_step(q, &row, e)) && row) {
		enum chain_result result = chain_result_parse(db_text(q, 1));

		if (result == CHAIN_RESULTS)
			continue;
		mem_grow(&s->calls, &capacity, s->call_count + 1, sizeof(*s->calls));
		s->calls[s->call_count++] = (struct chain_call){
			.nr = db_number(q, 0),
			.result = result,
			.time_ms = within(db_number(q, 2), BERLIN_LAST_MS),
			.wait_ms = within(db_number(q, 3), WAIT_MAX_MS),
			.number = db_is_null(q, 4) ? NULL : arena_string(&s->memory, db_text(q, 4)),
		};
		snprintf(s->last_ref, sizeof(s->last_ref), "%s", db_text(q, 5));
		s->last_nr = db_number(q, 0);
		s->last_ms = s->calls[s->call_count - 1].time_ms;
		s->last = result;
	}
	db_finish(q);
	return ok;
}

bool chain_sheet_load(struct chain_sheet *s, struct book *b, struct view *v, const char *id,
		      int64_t now_ms, struct error *e)
{
	struct db_statement *q = book_ask(
		b, "SELECT title, ifnull(occasion, '') FROM chain WHERE chain_id = ?", id, e);

	*s = (struct chain_sheet){ .last = CHAIN_RESULTS };
	if (!q)
		return error_set(e, ERROR_FAILED,
				 _("the kit has no call chain '%s'; 'handbook chain' lists them"),
				 id);
	s->id = arena_string(&s->memory, id);
	s->title = arena_string(&s->memory, db_text(q, 0));
	s->occasion = arena_string(&s->memory, db_text(q, 1));
	db_finish(q);
	if (!load_nodes(s, b, e) || !load_bounds(s, v, e) || !load_calls(s, v, e))
		return false;
	s->chain.next = arena_alloc(&s->memory, (s->chain.count + 1) * sizeof(*s->chain.next));
	chain_work_out(&s->chain, s->calls, s->call_count, now_ms);
	return true;
}

void chain_sheet_release(struct chain_sheet *s)
{
	free(s->chain.nodes);
	free(s->rows);
	free(s->calls);
	arena_release(&s->memory);
	*s = (struct chain_sheet){ 0 };
}

const struct chain_row *chain_sheet_row(const struct chain_sheet *s, const struct chain_node *n)
{
	return &s->rows[n - s->chain.nodes];
}

bool chain_sheet_running(struct view *v, struct text *ids, struct error *e)
{
	struct db_statement *q = db_prepare(
		v->db,
		"SELECT c.chain FROM call c JOIN event n ON n.id = c.event WHERE NOT EXISTS"
		" (SELECT 1 FROM event e"
		" JOIN field f ON f.event = e.id AND f.key = 'chain' AND f.value = c.chain"
		" JOIN field st ON st.event = e.id AND st.key = 'state' AND st.value = 'ended'"
		" WHERE e.kind = 'chain' AND e.live"
		" AND (e.rank, e.boot, e.seq) > (n.rank, n.boot, n.seq))"
		" GROUP BY c.chain ORDER BY min(n.rank)",
		e);
	bool row = true, ok = q != NULL;

	while (ok && (ok = db_step(q, &row, e)) && row)
		text_add_n(ids, db_text(q, 0), strlen(db_text(q, 0)) + 1);
	text_add_n(ids, "", 1);
	db_finish(q);
	return ok;
}

void chain_sheet_event(const struct chain_sheet *s, const struct chain_node *n,
		       enum chain_result result, size_t number, const char *author,
		       struct message *m)
{
	const struct chain_number *dialled = number < n->number_count ? &n->numbers[number] : NULL;

	message_start(m, "kind", "call");
	message_add(m, "chain", s->id);
	message_add_number(m, "nr", (uint64_t)n->nr);
	message_add_number(m, "attempt", n->calls + 1);
	message_add(m, "result", chain_result_name(result));
	if (chain_result_waits(result))
		message_add_number(m, "wait_ms", (uint64_t)n->acknowledge_ms);
	if (dialled && *dialled->whom)
		message_add(m, "whom", dialled->whom);
	if (dialled)
		message_add(m, "number", dialled->value);
	if (*author)
		message_add(m, "author", author);
}

void chain_sheet_mistake(const struct chain_sheet *s, const char *author, struct message *m)
{
	message_start(m, "kind", "call");
	message_add(m, "chain", s->id);
	message_add_number(m, "nr", (uint64_t)s->last_nr);
	message_add(m, "result", "mistake");
	message_add(m, "ref", s->last_ref);
	if (*author)
		message_add(m, "author", author);
}
