/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hand-over sheet, made of what the journal knows. */
#include "handbook/handover.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handbook/chain_words.h"
#include "handbook/deadline.h"
#include "handbook/log.h"
#include "handbook/people.h"
#include "handbook/print.h"
#include "handbook/steps.h"
#include "handbook/when.h"
#include "lib/base/language.h"
#include "lib/crypto/words.h"

#define DECISIONS 10
#define ENTRIES_MAX 100000 /* of one kind, looked at for open orders */

/* What the parts are made from. */
struct handover {
	struct book *book;
	struct view *view;
	int64_t now_ms;
	struct text *out;
};

static void add_heading(struct handover *h, const char *words)
{
	text_addf(h->out, "%s# %s\n", h->out->len ? "\n" : "", words);
}

/* Says it where a part has no line: an empty part could also be a forgotten one. */
static void add_none(struct handover *h, size_t before)
{
	if (h->out->len == before)
		text_addf(h->out, "%s\n", _("None."));
}

static void add_order(struct handover *h, const struct log_row *r)
{
	int64_t due = strtoll(log_get(r, "due"), NULL, 10);
	char when[WHEN_WORDS];

	text_addf(h->out, "- %s: %s", log_get(r, "addressee"), log_get(r, "text"));
	if (due > 0)
		text_addf(h->out, due < h->now_ms ? _(", OVERDUE since %s") : _(", by %s"),
			  when_words(when, due, h->now_ms));
	text_addf(h->out, _(" (ordered %s)"), when_words(when, r->time_ms, h->now_ms));
}

/* An order that an order corrects counts no longer: that one says what holds. */
static bool is_replaced(const struct log *l, const char *ref)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(log_get(&l->rows[i], "corrects"), ref) == 0 &&
		    strcmp(log_get(&l->rows[i], "type"), "order") == 0)
			return true;
	return false;
}

/* What was written beside it later, the oldest first; then the line ends. */
static void add_corrections(struct handover *h, const struct log *l, const char *ref)
{
	char when[WHEN_WORDS];

	for (size_t i = l->count; i-- > 0;) {
		const struct log_row *r = &l->rows[i];

		if (strcmp(log_get(r, "corrects"), ref) == 0)
			text_addf(h->out, _(" – CORRECTED %s: %s"),
				  when_words(when, r->time_ms, h->now_ms), log_get(r, "text"));
	}
	text_add(h->out, "\n");
}

/* While people are locked, "none" would be a lie. */
static void add_sealed(struct handover *h, const struct log *l)
{
	size_t locked = 0;

	for (size_t i = 0; i < l->count; i++)
		locked += l->rows[i].locked && l->rows[i].live;
	if (locked)
		text_addf(h->out, _("Sealed entries: %zu. Unlock to read orders and decisions.\n"),
			  locked);
}

static bool add_orders(struct handover *h, struct error *e)
{
	struct log l;
	bool ok = log_load(&l, h->view, "entry", ENTRIES_MAX, e);
	size_t before;

	add_heading(h, _("Open orders"));
	before = h->out->len;
	add_sealed(h, &l);
	for (size_t i = l.count; ok && i-- > 0;) {
		const struct log_row *r = &l.rows[i];
		struct text state = { 0 };

		if (r->live && strcmp(log_get(r, "type"), "order") == 0 &&
		    !is_replaced(&l, r->ref) &&
		    (ok = log_order_state(h->view, r->ref, &state, e)) &&
		    strcmp(text_end(&state), "open") == 0) {
			add_order(h, r);
			add_corrections(h, &l, r->ref);
		}
		text_release(&state);
	}
	add_none(h, before);
	log_release(&l);
	return ok;
}

/* The steps of one plan that somebody has begun. */
static bool add_plan(struct handover *h, const char *plan, struct error *e)
{
	struct db_statement *q = db_prepare(
		h->book->db,
		"SELECT nr, text, ifnull(by_min, -1), kind, ifnull(r, ''),"
		" (SELECT max(nr) FROM step WHERE plan_id = ?1) FROM step WHERE plan_id = ?1"
		" ORDER BY nr",
		e);
	struct steps s = { 0 };
	bool row = true, ok = q != NULL, known = false;

	if (q)
		db_bind_text(q, 1, plan);
	while (ok && (ok = db_step(q, &row, e)) && row) {
		size_t nr = (size_t)db_number(q, 0);

		known = true;
		if (!s.now)
			ok = steps_load(&s, h->book, h->view, plan, (size_t)db_number(q, 5), e);
		if (!ok)
			break;
		enum step_state state = step_now(&s, (int64_t)nr)->state;
		if (state == STEP_DONE || state == STEP_NOT_APPLICABLE)
			continue;
		text_addf(h->out, "- %s %s/%zu %s: ", step_mark(state), plan, nr,
			  book_step_label(db_text(q, 3)));
		book_add_words(h->book, db_text(q, 1), h->out);
		if (*db_text(q, 4)) {
			text_add(h->out, " – ");
			book_add_name(h->book, KIT_ROLE, db_text(q, 4), h->out);
		}
		if (db_number(q, 2) >= 0) {
			text_add(h->out, ", ");
			step_add_due(&s, nr, db_number(q, 2), h->now_ms, h->out);
		}
		text_add(h->out, "\n");
	}
	/* "None" would be a lie. */
	if (ok && !known)
		text_addf(h->out,
			  _("- %s was begun, but this plan is not readable here: it is locked, or "
			    "of another version of the kit.\n"),
			  plan);
	steps_release(&s);
	db_finish(q);
	return ok;
}

static bool add_steps(struct handover *h, struct error *e)
{
	struct db_statement *q =
		db_prepare(h->view->db, "SELECT DISTINCT plan FROM step ORDER BY plan", e);
	bool row = true, ok = q != NULL;
	size_t before;

	add_heading(h, _("Open steps of the plans that were begun"));
	before = h->out->len;
	while (ok && (ok = db_step(q, &row, e)) && row)
		ok = add_plan(h, db_text(q, 0), e);
	add_none(h, before);
	db_finish(q);
	return ok;
}

static bool add_deadlines(struct handover *h, struct error *e)
{
	struct deadlines d = { 0 };
	bool ok = deadlines_read(&d, h->book, h->view, e);
	size_t before;

	add_heading(h, _("Running deadlines"));
	before = h->out->len;
	for (size_t i = 0; ok && i < d.count; i++) {
		const struct deadline *one = &d.list[i];
		char when[BERLIN_WORDS];

		if (one->state != DEADLINE_RUNNING)
			continue;
		text_addf(h->out, "- %s: ", one->title);
		if (one->due_ms) {
			text_addf(h->out, "%s, ", berlin_words(when, one->due_ms));
			deadline_add_left(one->due_ms, h->now_ms, h->out);
		} else {
			text_add(h->out, one->text);
		}
		text_add(h->out, "\n");
	}
	add_none(h, before);
	deadlines_release(&d);
	return ok;
}

static bool add_chain(struct handover *h, const char *id, struct error *e)
{
	const struct chain_blanks none = { 0 };
	const struct chain_look look = { h->now_ms, false, &none };
	struct chain_sheet s;
	bool ok = chain_sheet_load(&s, h->book, h->view, id, h->now_ms, e);

	if (ok) {
		text_addf(h->out, "- %s: ", s.title);
		chain_add_summary(&s, h->out);
		text_add(h->out, "\n");
	}
	for (size_t i = 0; ok && i < s.chain.count; i++) {
		const struct chain_node *n = &s.chain.nodes[i];

		if (n->state == CHAIN_CLOSED || n->state == CHAIN_DONE || n->state == CHAIN_WITHOUT)
			continue;
		text_addf(h->out, "- %s %s/%lld ", chain_mark(n), s.id, (long long)n->nr);
		chain_add_whom(h->book, &s, n, h->out);
		text_add(h->out, ": ");
		chain_add_state(n, &look, h->out);
		text_add(h->out, "\n");
	}
	chain_sheet_release(&s);
	return ok;
}

static bool add_chains(struct handover *h, struct error *e)
{
	struct text ids = { 0 };
	bool ok = chain_sheet_running(h->view, &ids, e);
	size_t before;

	add_heading(h, _("Call chains that run"));
	before = h->out->len;
	for (const char *id = text_end(&ids); ok && *id; id += strlen(id) + 1)
		ok = add_chain(h, id, e);
	add_none(h, before);
	text_release(&ids);
	return ok;
}

/* Functions that a chain calls or that have a roster, with who is on duty where that is open. */
static bool add_reachable(struct handover *h, struct error *e)
{
	struct db_statement *q =
		db_prepare(h->book->db,
			   "SELECT role_id FROM role WHERE role_id IN (SELECT whom_id FROM node"
			   " WHERE whom_kind = 'role' UNION SELECT caller_id FROM node UNION"
			   " SELECT role_id FROM roster) ORDER BY name COLLATE NOCASE",
			   e);
	bool row = true, ok = q != NULL;
	size_t before;

	add_heading(h, _("Who is reachable"));
	before = h->out->len;
	while (ok && (ok = db_step(q, &row, e)) && row) {
		text_add(h->out, "- ");
		book_add_reach(h->book, KIT_ROLE, db_text(q, 0), h->out);
		text_add(h->out, "\n");
	}
	add_none(h, before);
	db_finish(q);
	return ok;
}

static bool add_decisions(struct handover *h, struct error *e)
{
	struct log l;
	bool ok = log_load(&l, h->view, "entry", ENTRIES_MAX, e);
	size_t before, shown = 0;

	add_heading(h, _("The last decisions"));
	before = h->out->len;
	add_sealed(h, &l);
	for (size_t i = 0; ok && i < l.count && shown < DECISIONS; i++) {
		const struct log_row *r = &l.rows[i];

		if (!r->live || strcmp(log_get(r, "type"), "decision") != 0)
			continue;
		text_add(h->out, "- ");
		log_add_time(r, h->now_ms, h->out);
		text_addf(h->out, " %s", log_get(r, "text"));
		text_addf(h->out, _(" – Reason: %s"), log_get(r, "reason"));
		if (*log_get(r, "author"))
			text_addf(h->out, " (%s)", log_get(r, "author"));
		add_corrections(h, &l, r->ref);
		shown++;
	}
	add_none(h, before);
	log_release(&l);
	return ok;
}

static bool add_failed(struct handover *h, struct error *e)
{
	struct db_statement *q = db_prepare(
		h->view->db, "SELECT system FROM system WHERE state = 'failed' ORDER BY system", e);
	bool row = true, ok = q != NULL;
	size_t before;

	add_heading(h, _("What has failed"));
	before = h->out->len;
	while (ok && (ok = db_step(q, &row, e)) && row) {
		text_add(h->out, "- ");
		book_add_name(h->book, KIT_SYSTEM, db_text(q, 0), h->out);
		text_add(h->out, "\n");
	}
	add_none(h, before);
	db_finish(q);
	return ok;
}

void handover_add_head(struct view *v, struct journal *j, struct text *out)
{
	struct journal_status s;
	struct error e = { 0 };

	if ((j->fd < 0 && !journal_connect(j, &e)) || !journal_ask_status(j, &s, &e)) {
		text_addf(out,
			  ngettext("%llu entry can be read. Nothing is recorded now: %s\n",
				   "%llu entries can be read. Nothing is recorded now: %s\n",
				   v->events),
			  v->events + 0ULL, e.text);
		return;
	}
	text_addf(out,
		  ngettext("%llu entry of this PC, %llu in all.\n",
			   "%llu entries of this PC, %llu in all.\n", s.entries),
		  s.entries + 0ULL, s.total + 0ULL);
	if (s.entries) {
		text_addf(out, "%s: ", _("Head"));
		words_fingerprint(out, &s.head);
		text_add(out, "\n");
	}
	if (s.stored && !s.waiting)
		text_addf(out, "%s\n", _("All of it is stored on the stick."));
	else
		text_addf(out,
			  ngettext("%llu entry is in this PC's memory only: %s\n",
				   "%llu entries are in this PC's memory only: %s\n", s.waiting),
			  s.waiting + 0ULL, s.why);
	if (v->faults)
		text_addf(out,
			  ngettext("%llu part of the journal cannot be believed; 'journal verify' "
				   "names it.\n",
				   "%llu parts of the journal cannot be believed; 'journal verify' "
				   "names them.\n",
				   v->faults),
			  v->faults + 0ULL);
}

bool handover_add(struct book *b, struct view *v, struct journal *j, struct text *out,
		  struct error *e)
{
	static bool (*const parts[])(struct handover * h, struct error * e) = {
		add_orders, add_steps,     add_deadlines, add_chains,
		add_failed, add_decisions, add_reachable,
	};
	struct handover h = { b, v, book_now_ms(b), out };
	char when[BERLIN_WORDS];

	text_addf(out, _("As of %s\n"), berlin_words(when, h.now_ms));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!parts[i](&h, e))
			return false;
	add_heading(&h, _("The journal"));
	handover_add_head(v, j, out);
	text_addf(out, "%s\n",
		  _("Write number of entries and head on paper: they prove that nothing before "
		    "them was changed."));
	return true;
}

struct document *handover_document(struct book *b, const char *words)
{
	struct text mark = { 0 };
	struct berlin now;
	char date[16];
	struct document *d;

	berlin_local(book_now_ms(b), &now);
	snprintf(date, sizeof(date), "%04u-%02u-%02u", now.year, now.month, now.day);
	if (b->kit.exercise)
		text_add(&mark, _("EXERCISE: none of this is real"));
	print_add_tier(b, &mark);
	const struct document_facts facts = {
		.title = _("Hand-over"),
		.author = b->kit.organisation,
		.date = date,
		.footer = b->kit.organisation,
		.mark = text_end(&mark),
	};

	d = document_new(&facts);
	text_release(&mark);
	document_heading(d, 1, _("Hand-over"));
	document_field(d, _("From"), false);
	document_field(d, _("To"), false);
	document_words(d, words);
	document_field(d, _("Day and time"), true);
	document_field(d, _("Signature, from"), false);
	document_field(d, _("Signature, to"), false);
	return d;
}

bool handover_event(struct journal *j, const char *from, const char *to, const char *text,
		    struct message *m, struct error *e)
{
	char head[DIGEST_HEX];
	struct journal_status s;

	message_start(m, "kind", "handover");
	if ((j->fd < 0 && !journal_connect(j, e)) || !journal_ask_status(j, &s, e))
		return false;
	digest_to_hex(head, &s.head);
	message_add(m, "head", head);
	message_add_number(m, "entries", s.entries);
	if (*from)
		message_add(m, "from", from);
	if (*to)
		message_add(m, "to", to);
	if (*text)
		message_add(m, "text", text);
	return true;
}
