/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries of the journal: read from the view, made for the writer. */
#include "handbook/log.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/data/berlin.h"

static const struct {
	const char *name, *label;
} types[LOG_TYPES] = {
	[LOG_REPORT] = { "report", N_("REPORT") },
	[LOG_DECISION] = { "decision", N_("DECISION") },
	[LOG_ORDER] = { "order", N_("ORDER") },
	[LOG_MEASURE] = { "measure", N_("MEASURE") },
	[LOG_OBSERVATION] = { "observation", N_("OBSERVATION") },
	[LOG_NOTE] = { "note", N_("NOTE") },
};

const char *log_type_label(enum log_type t)
{
	return _(types[t].label);
}

enum log_type log_type_parse(const char *s)
{
	size_t i = 0;

	while (i < LOG_TYPES && strcmp(types[i].name, s) != 0)
		i++;
	return (enum log_type)i;
}

/* Events in their order, the newest first, each with its keys. */
#define ROWS                                                                                       \
	"SELECT e.id, e.boot || ':' || e.seq, e.kind, e.time, e.clock, e.locked, e.live,"          \
	" f.key, f.value FROM (SELECT * FROM event WHERE "
#define ORDERED                                                                                    \
	" ORDER BY rank DESC, boot DESC, seq DESC LIMIT ?1) e"                                     \
	" LEFT JOIN field f ON f.event = e.id ORDER BY e.rank DESC, e.boot DESC, e.seq DESC, f.key"

static struct log_row *add_row(struct log *l, struct db_statement *q)
{
	struct log_row *r;

	mem_grow(&l->rows, &l->capacity, l->count + 1, sizeof(*l->rows));
	r = &l->rows[l->count++];
	*r = (struct log_row){
		.id = db_number(q, 0),
		.ref = arena_string(&l->memory, db_text(q, 1)),
		.kind = arena_string(&l->memory, db_text(q, 2)),
		.time_ms = db_number(q, 3),
		.clock = arena_string(&l->memory, db_text(q, 4)),
		.locked = db_number(q, 5) != 0,
		.live = db_number(q, 6) != 0,
	};
	return r;
}

bool log_load(struct log *l, struct view *v, const char *kind, size_t limit, struct error *e)
{
	struct db_statement *q =
		db_prepare(v->db,
			   kind ? ROWS "kind = ?2" ORDERED
				: ROWS "kind NOT IN ('boot', 'stick', 'counter')" ORDERED,
			   e);
	bool row = true, ok = q != NULL;

	*l = (struct log){ 0 };
	if (q)
		db_bind_number(q, 1, (int64_t)limit);
	if (q && kind)
		db_bind_text(q, 2, kind);
	while (ok && (ok = db_step(q, &row, e)) && row) {
		struct log_row *r = l->count ? &l->rows[l->count - 1] : NULL;

		if (!r || r->id != db_number(q, 0))
			r = add_row(l, q);
		if (db_is_null(q, 7))
			continue;
		mem_grow(&r->fields, &r->capacity, r->count + 1, sizeof(*r->fields));
		r->fields[r->count++] = (struct log_field){
			arena_string(&l->memory, db_text(q, 7)),
			arena_string(&l->memory, db_text(q, 8)),
		};
	}
	db_finish(q);
	return ok;
}

void log_release(struct log *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->rows[i].fields);
	free(l->rows);
	arena_release(&l->memory);
	*l = (struct log){ 0 };
}

const char *log_get(const struct log_row *r, const char *key)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->fields[i].key, key) == 0)
			return r->fields[i].value;
	return "";
}

static void add_text(struct message *m, const char *key, const char *value)
{
	if (*value)
		message_add(m, key, value);
}

bool log_entry_event(const struct log_entry *entry, struct message *m, struct error *e)
{
	message_start(m, "kind", "entry");
	if (!*entry->text)
		return error_set(e, ERROR_USAGE,
				 _("an entry needs words: what happened, what is to be done?"));
	if (entry->type == LOG_DECISION && !*entry->reason)
		return error_set(e, ERROR_USAGE,
				 _("a decision needs a reason: why this, and not otherwise?"));
	message_add(m, "type", types[entry->type].name);
	message_add(m, "text", entry->text);
	add_text(m, "reason", entry->reason);
	add_text(m, "alternatives", entry->alternatives);
	add_text(m, "author", entry->author);
	add_text(m, "addressee", entry->addressee);
	if (entry->event_ms > 0)
		message_add_number(m, "event", (uint64_t)entry->event_ms);
	if (entry->due_ms > 0)
		message_add_number(m, "due", (uint64_t)entry->due_ms);
	if (entry->paper)
		message_add_number(m, "paper", 1);
	add_text(m, "corrects", entry->corrects);
	if (m->overflow)
		return error_set(e, ERROR_USAGE,
				 _("this is too long for one entry; divide it into several"));
	return true;
}

bool log_event_parse(const char *typed, int64_t now_ms, int64_t *out, bool *guessed,
		     struct error *e)
{
	struct berlin_input in;

	if (!berlin_parse(typed, BERLIN_LATEST, now_ms, &in, e))
		return false;
	if (in.utc_ms > now_ms + BERLIN_AHEAD_MS)
		return error_set(e, ERROR_USAGE, _("'%s' has not come yet; when did it happen?"),
				 typed);
	*out = in.utc_ms < now_ms ? in.utc_ms : now_ms;
	*guessed = in.guessed;
	return true;
}

bool log_due_parse(const char *typed, int64_t now_ms, int64_t *out, struct error *e)
{
	struct berlin_input in;

	if (!berlin_parse(typed, BERLIN_NEAREST, now_ms, &in, e))
		return false;
	/* "17:00" after five in the afternoon is tomorrow's, also where the clocks change. */
	if (in.utc_ms < now_ms && in.guessed &&
	    !berlin_parse(typed, BERLIN_NEAREST, in.utc_ms + 24 * BERLIN_HOUR_MS, &in, e))
		return false;
	if (in.utc_ms < now_ms)
		return error_set(e, ERROR_USAGE,
				 _("'%s' is over already; by when is it to be done?"), typed);
	*out = in.utc_ms;
	return true;
}

void log_order_event(const char *ref, const char *state, const char *author, struct message *m)
{
	message_start(m, "kind", "order");
	message_add(m, "ref", ref);
	message_add(m, "state", state);
	add_text(m, "author", author);
}

bool log_is_order(struct view *v, const char *ref, struct error *e)
{
	struct db_statement *q =
		db_prepare(v->db,
			   "SELECT e.kind, ifnull(t.value, 'order') FROM event e"
			   " LEFT JOIN field t ON t.event = e.id AND t.key = 'type'"
			   " WHERE e.boot || ':' || e.seq = ?1",
			   e);
	bool row = false, order;

	if (!q)
		return false;
	db_bind_text(q, 1, ref);
	if (!db_step(q, &row, e)) {
		db_finish(q);
		return false;
	}
	order = row && strcmp(db_text(q, 0), "entry") == 0 && strcmp(db_text(q, 1), "order") == 0;
	db_finish(q);
	return order ||
	       error_set(e, ERROR_USAGE,
			 row ? _("the entry '%s' is no order")
			     : _("the journal has no entry '%s'; 'handbook journal --json' names "
				 "the record of each"),
			 ref);
}

bool log_order_state(struct view *v, const char *ref, struct text *out, struct error *e)
{
	struct db_statement *q = db_prepare(v->db, "SELECT state FROM \"order\" WHERE ref = ?1", e);
	bool row = false, ok;

	if (!q)
		return false;
	db_bind_text(q, 1, ref);
	ok = db_step(q, &row, e);
	text_add(out, row ? db_text(q, 0) : "open");
	db_finish(q);
	return ok;
}
