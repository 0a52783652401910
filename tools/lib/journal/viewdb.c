/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of a view, and when each event happened. */
#include "lib/journal/viewdb.h"

#include <string.h>

#include "lib/base/language.h"

/* Two confirmed times of one chain that lie further apart contradict each other. */
#define CLOCKS_AGREE_MS (10 * 60 * 1000)

/* The last live event of each thing. */
#define LAST(name, keys, join, columns)                                                            \
	"CREATE VIEW \"" name "\" AS SELECT " columns ", id AS event FROM"                         \
	" (SELECT e.id, " keys ", row_number() OVER (PARTITION BY " join                           \
	"  ORDER BY e.rank DESC, e.boot DESC, e.seq DESC) AS place FROM event e"                   \
	"  WHERE e.live AND e.kind = '" name "') WHERE place = 1;"
#define KEY(name) "(SELECT value FROM field WHERE event = e.id AND key = '" name "') AS " name
#define NUMBER_KEY(name)                                                                           \
	"(SELECT CAST(value AS INTEGER) FROM field WHERE event = e.id AND key = '" name            \
	"') AS " name

static const char tables[] =
	"CREATE TABLE event(id INTEGER PRIMARY KEY, boot TEXT NOT NULL, seq INTEGER NOT NULL,"
	" kind TEXT NOT NULL, written INTEGER NOT NULL, time INTEGER NOT NULL,"
	" clock TEXT NOT NULL, locked INTEGER NOT NULL, live INTEGER NOT NULL DEFAULT 1,"
	" up INTEGER NOT NULL, rank INTEGER NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX event_record ON event(boot, seq);"
	"CREATE INDEX event_order ON event(rank, boot, seq);"
	"CREATE INDEX event_kind ON event(kind);"
	"CREATE TABLE field(event INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,"
	" PRIMARY KEY(event, key)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE fault(file TEXT NOT NULL, text TEXT NOT NULL) STRICT;";

static const char *const views[] = {
	"CREATE VIEW closing AS SELECT e.rank, e.boot, e.seq FROM event e JOIN field f"
	" ON f.event = e.id AND f.key = 'state' AND f.value = 'closed' WHERE e.kind = 'incident';",
	LAST("step", KEY("plan") "," NUMBER_KEY("nr") "," KEY("state"),
	     "(SELECT value FROM field WHERE event = e.id AND key = 'plan'),"
	     "(SELECT value FROM field WHERE event = e.id AND key = 'nr')",
	     "plan, nr, state"),
	LAST("deadline",
	     KEY("deadline") "," KEY("state") "," NUMBER_KEY("start") "," NUMBER_KEY("due"),
	     "(SELECT value FROM field WHERE event = e.id AND key = 'deadline')",
	     "deadline, state, start, due"),
	LAST("system", KEY("system") "," KEY("state"),
	     "(SELECT value FROM field WHERE event = e.id AND key = 'system')", "system, state"),
	LAST("device", KEY("device") "," KEY("state"),
	     "(SELECT value FROM field WHERE event = e.id AND key = 'device')", "device, state"),
	LAST("chain", KEY("chain") "," KEY("state"),
	     "(SELECT value FROM field WHERE event = e.id AND key = 'chain')", "chain, state"),
	LAST("order", KEY("ref") "," KEY("state"),
	     "(SELECT value FROM field WHERE event = e.id AND key = 'ref')", "ref, state"),
	"CREATE VIEW call AS SELECT " KEY("chain") "," NUMBER_KEY("nr") "," NUMBER_KEY("attempt") "," KEY(
		"result") "," NUMBER_KEY("wait_ms") ", time, id AS event FROM event e"
						    " WHERE kind = 'call' AND live ORDER BY e.rank, e.boot, e.seq;",
	"CREATE VIEW counter AS SELECT name, max(value) AS value FROM (SELECT " KEY(
		"name") "," NUMBER_KEY("value") " FROM event e WHERE kind = 'counter') GROUP BY name;",
};

struct db *viewdb_create(struct error *e)
{
	struct db *db = db_create(":memory:", e);
	bool ok = db && db_exec(db, tables, e);

	for (size_t i = 0; ok && i < sizeof(views) / sizeof(views[0]); i++)
		ok = db_exec(db, views[i], e);
	if (ok)
		return db;
	db_close(db);
	return NULL;
}

static bool is_moment(const char *key, size_t len)
{
	return len == 2 && (memcmp(key, "at", 2) == 0 || memcmp(key, "up", 2) == 0);
}

/* All its keys but kind, at, up. */
static bool add_fields(struct db_statement *s, int64_t id, const struct message *m, struct error *e)
{
	size_t at = m->len ? strlen(m->bytes) + 1 : 0;
	bool ok = true;

	for (; ok && at < m->len; at += strlen(m->bytes + at) + 1) {
		char key[MESSAGE_KEY_MAX + 1];
		size_t n = strcspn(m->bytes + at, "=");

		if (is_moment(m->bytes + at, n))
			continue;
		memcpy(key, m->bytes + at, n);
		key[n] = '\0';
		db_bind_number(s, 1, id);
		db_bind_text(s, 2, key);
		db_bind_text(s, 3, m->bytes + at + n + 1);
		ok = db_run(s, e);
	}
	return ok;
}

/* A moment of the record, or where it is locked or has none, of the one before. */
static int64_t moment(const struct view_event *v, const char *key, int64_t before)
{
	uint64_t n;

	if (message_number(&v->record->open, key, INT64_MAX, &n))
		return (int64_t)n;
	if (v->sealed->len && message_number(v->sealed, key, INT64_MAX, &n))
		return (int64_t)n;
	return before;
}

/* Numbers of a signed record may still be nonsense: sums stay within 64 bits. */
static int64_t at_clock(const struct view_clock *c, int64_t up)
{
	int64_t since, time;

	if (__builtin_sub_overflow(up, c->time_up_ms, &since) ||
	    __builtin_add_overflow(c->time_ms, since, &time))
		return c->time_ms;
	return time;
}

/* A confirmed time also corrects what was written before it: where no time was confirmed yet,
 * and where it contradicts the one that counted till then. */
static bool correct_earlier(struct db *db, const struct view_clock *c, const char *boot,
			    struct error *e)
{
	struct db_statement *s =
		db_prepare(db,
			   "UPDATE event SET clock = 'corrected',"
			   " time = ?1 + min(up - ?2, 9223372036854775807 - ?1)" /* as at_clock() */
			   " WHERE boot = ?3 AND (clock = 'unconfirmed' OR"
			   "  time - up - (?1 - ?2) NOT BETWEEN -?4 AND ?4)",
			   e);
	bool ok = false;

	if (s) {
		db_bind_number(s, 1, c->time_ms);
		db_bind_number(s, 2, c->time_up_ms);
		db_bind_text(s, 3, boot);
		db_bind_number(s, 4, CLOCKS_AGREE_MS);
		ok = db_run(s, e);
	}
	db_finish(s);
	return ok;
}

/* The order within a chain, after times in it were corrected. */
static bool rank_anew(struct db *db, struct view_clock *c, const char *boot, struct error *e)
{
	struct db_statement *s =
		db_prepare(db,
			   "UPDATE event SET rank = r.rank FROM (SELECT id,"
			   " max(time) OVER (ORDER BY seq) AS rank FROM event WHERE boot = ?1) r"
			   " WHERE event.id = r.id",
			   e);
	bool row = false, ok = false;

	if (s) {
		db_bind_text(s, 1, boot);
		ok = db_run(s, e);
	}
	db_finish(s);
	s = ok ? db_prepare(db, "SELECT ifnull(max(rank), ?2) FROM event WHERE boot = ?1", e)
	       : NULL;
	if (s) {
		db_bind_text(s, 1, boot);
		db_bind_number(s, 2, INT64_MIN);
		if (db_step(s, &row, e) && row)
			c->rank_ms = db_number(s, 0);
	}
	db_finish(s);
	return row;
}

static bool hear_clock(struct db *db, struct view_clock *c, const struct record *r, struct error *e)
{
	uint64_t time;

	if (!message_is(&r->open, "clock") || !message_number(&r->open, "time", INT64_MAX, &time))
		return true;
	c->confirmed = true;
	c->time_ms = (int64_t)time;
	c->time_up_ms = c->up_ms;
	return correct_earlier(db, c, r->boot, e) && rank_anew(db, c, r->boot, e);
}

bool viewdb_begin(struct viewdb_adder *a, struct db *db, struct error *e)
{
	*a = (struct viewdb_adder){ .db = db };
	a->event = db_prepare(db,
			      "INSERT INTO event(boot, seq, kind, written, time, clock, locked, up,"
			      " rank) VALUES(?,?,?,?,?,?,?,?,?) RETURNING id",
			      e);
	a->field = a->event ? db_prepare(db, "INSERT OR IGNORE INTO field VALUES(?,?,?)", e) : NULL;
	if (a->field)
		return true;
	viewdb_end(a);
	return false;
}

void viewdb_end(struct viewdb_adder *a)
{
	db_finish(a->field);
	db_finish(a->event);
	*a = (struct viewdb_adder){ 0 };
}

bool viewdb_add(struct viewdb_adder *a, struct view_clock *c, const struct view_event *v,
		struct error *e)
{
	const struct record *r = v->record;
	int64_t id, time;
	bool row;

	c->at_ms = moment(v, "at", c->at_ms);
	c->up_ms = moment(v, "up", c->up_ms);
	if (!hear_clock(a->db, c, r, e))
		return false;
	time = c->confirmed ? at_clock(c, c->up_ms) : c->at_ms;
	if (r->sequence == 0 || time > c->rank_ms)
		c->rank_ms = time;
	db_bind_text(a->event, 1, r->boot);
	db_bind_number(a->event, 2, (int64_t)r->sequence);
	db_bind_text(a->event, 3, message_text(&r->open, "kind"));
	db_bind_number(a->event, 4, c->at_ms);
	db_bind_number(a->event, 5, time);
	db_bind_text(a->event, 6, c->confirmed ? "confirmed" : "unconfirmed");
	db_bind_number(a->event, 7, v->locked);
	db_bind_number(a->event, 8, c->up_ms);
	db_bind_number(a->event, 9, c->rank_ms);
	if (!db_step(a->event, &row, e) || !row)
		return false;
	id = db_number(a->event, 0);
	return db_step(a->event, &row, e) && add_fields(a->field, id, &r->open, e) &&
	       add_fields(a->field, id, v->sealed, e);
}

static bool run_about(struct db *db, const char *sql, const char *file, const char *text,
		      struct error *e)
{
	struct db_statement *s = db_prepare(db, sql, e);
	bool ok = false;

	if (s) {
		db_bind_text(s, 1, file);
		if (text)
			db_bind_text(s, 2, text);
		ok = db_run(s, e);
	}
	db_finish(s);
	return ok;
}

bool viewdb_fault(struct db *db, const char *file, const char *text, struct error *e)
{
	return run_about(db, "INSERT INTO fault VALUES(?,?)", file, text, e);
}

static bool faults_of(struct db *db, const char *file, uint64_t *count, struct error *e)
{
	struct db_statement *s = db_prepare(db, "SELECT count(*) FROM fault WHERE file = ?", e);
	bool row = false;

	if (s) {
		db_bind_text(s, 1, file);
		if (db_step(s, &row, e) && row)
			*count = (uint64_t)db_number(s, 0);
	}
	db_finish(s);
	return row;
}

bool viewdb_forgive(struct db *db, const char *file, uint64_t *faults, struct error *e)
{
	uint64_t count;

	if (!faults_of(db, file, &count, e))
		return false;
	*faults -= count;
	return count == 0 || run_about(db, "DELETE FROM fault WHERE file = ?", file, NULL, e);
}

bool viewdb_variant(struct db *db, const char *file, uint64_t *faults, bool *changed,
		    struct error *e)
{
	uint64_t count;

	if (!faults_of(db, file, &count, e))
		return false;
	if (count)
		return true;
	*changed = true;
	(*faults)++;
	return viewdb_fault(
		db, file,
		_("this chain has several histories, kept in files of their own; where they part, "
		  "none of them is right by itself"),
		e);
}

bool viewdb_settle(struct db *db, struct error *e)
{
	return db_exec(db,
		       "UPDATE event SET live = (rank, boot, seq) >"
		       " (SELECT rank, boot, seq FROM closing"
		       "  ORDER BY rank DESC, boot DESC, seq DESC LIMIT 1)"
		       " WHERE EXISTS (SELECT 1 FROM closing)",
		       e);
}

bool viewdb_newest(struct db *db, char boot[BOOT_HEX], struct error *e)
{
	struct db_statement *s = db_prepare(
		db, "SELECT boot FROM event ORDER BY rank DESC, boot DESC, seq DESC LIMIT 1", e);
	bool row = false;

	if (s && db_step(s, &row, e) && row)
		memcpy(boot, db_text(s, 0), BOOT_HEX);
	db_finish(s);
	return row;
}

uint64_t viewdb_counter(struct db *db, const char *name, struct error *e)
{
	struct db_statement *s = db_prepare(db, "SELECT value FROM counter WHERE name = ?", e);
	uint64_t value = 0;
	bool row = false;

	if (s) {
		db_bind_text(s, 1, name);
		if (db_step(s, &row, e) && row)
			value = (uint64_t)db_number(s, 0);
	}
	db_finish(s);
	return value;
}
