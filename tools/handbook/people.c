/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People, what they hold, and who is on duty now. */
#include "handbook/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handbook/book.h"
#include "lib/base/language.h"
#include "lib/data/berlin.h"
#include "lib/data/namefold.h"

bool book_person(struct book *b, const char *id, struct book_person *p, struct error *e)
{
	struct db_statement *s = book_ask(
		b,
		"SELECT p.last_name, ifnull(p.first_name,''), ifnull(p.salutation,''),"
		" ifnull(p.organisation_id,''), coalesce(o.name, p.organisation_id, ''),"
		" ifnull(p.function,''), ifnull(p.languages,''), ifnull(p.hours,''),"
		" ifnull(p.checked_on,''), ifnull(p.checked_by,''), ifnull(p.note,'') FROM person p"
		" LEFT JOIN organisation o ON o.organisation_id = p.organisation_id"
		" WHERE p.person_id = ?",
		id, e);
	struct arena *m = &p->memory;
	struct text name = { 0 };

	*p = (struct book_person){ 0 };
	if (!s)
		return book_absent(b, KIT_PERSON, id, e);
	p->id = arena_string(m, id);
	p->last_name = arena_string(m, db_text(s, 0));
	p->first_name = arena_string(m, db_text(s, 1));
	p->salutation = arena_string(m, db_text(s, 2));
	p->organisation_id = arena_string(m, db_text(s, 3));
	p->organisation = arena_string(m, db_text(s, 4));
	p->function = arena_string(m, db_text(s, 5));
	p->languages = arena_string(m, db_text(s, 6));
	p->hours = arena_string(m, db_text(s, 7));
	p->checked_on = arena_string(m, db_text(s, 8));
	p->checked_by = arena_string(m, db_text(s, 9));
	p->note = arena_string(m, db_text(s, 10));
	db_finish(s);
	book_add_name(b, KIT_PERSON, id, &name);
	p->name = arena_string(m, text_end(&name));
	text_release(&name);
	return book_channels(b, KIT_PERSON, id, &p->channels, e);
}

void book_person_release(struct book_person *p)
{
	channels_release(&p->channels);
	arena_release(&p->memory);
	*p = (struct book_person){ 0 };
}

static int by_name(const void *a, const void *b)
{
	const struct person_name *x = a, *y = b;
	int order = strcmp(x->sort, y->sort);

	return order ? order : strcmp(x->id, y->id);
}

bool book_people(struct book *b, const char *organisation, struct people *out, struct error *e)
{
	struct db_statement *s =
		db_prepare(b->db,
			   "SELECT person_id, ltrim(ifnull(first_name,'') || ' ' || last_name),"
			   " ifnull(function,''), last_name || ' ' || ifnull(first_name,'')"
			   " FROM person WHERE ?1 IS NULL OR organisation_id = ?1",
			   e);
	struct arena *m = &out->memory;
	bool row = true, ok = s != NULL;

	if (s)
		db_bind_text(s, 1, organisation);
	while (ok && (ok = db_step(s, &row, e)) && row) {
		char sort[256];

		mem_grow(&out->items, &out->capacity, out->count + 1, sizeof(*out->items));
		out->items[out->count++] = (struct person_name){
			.id = arena_string(m, db_text(s, 0)),
			.name = arena_string(m, db_text(s, 1)),
			.function = arena_string(m, db_text(s, 2)),
			.sort = arena_string(m, name_fold(sort, sizeof(sort), db_text(s, 3),
							  FOLD_PLAIN)),
		};
	}
	db_finish(s);
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_name);
	return ok;
}

void people_release(struct people *p)
{
	free(p->items);
	arena_release(&p->memory);
	*p = (struct people){ 0 };
}

char *book_local_time(const struct book *b, char out[BOOK_TIME])
{
	struct berlin t;

	berlin_local(book_now_ms(b), &t);
	snprintf(out, BOOK_TIME, "%04u-%02u-%02u %02u:%02u", t.year % 10000, t.month % 100,
		 t.day % 100, t.hour % 100, t.minute % 100);
	return out;
}

/* Holders whose time it is, and whoever is in the roster now. Times and dates compare as
 * text: ?2 is the minute of now, ?3 its day. */
static const char holders_sql[] =
	"WITH duty AS (SELECT person_id, max(to_time) AS until FROM roster WHERE role_id = ?1"
	"  AND from_time <= ?2 AND to_time > ?2 GROUP BY person_id),"
	" next AS (SELECT person_id, min(from_time) AS begins FROM roster WHERE role_id = ?1"
	"  AND from_time > ?2 GROUP BY person_id),"
	" held AS (SELECT person_id, min(rank) AS rank FROM holder WHERE role_id = ?1"
	"  AND ifnull(valid_from, ?3) <= ?3 AND ifnull(valid_to, ?3) >= ?3 GROUP BY person_id"
	"  UNION ALL SELECT person_id, NULL FROM duty WHERE person_id NOT IN"
	"  (SELECT person_id FROM holder WHERE role_id = ?1 AND ifnull(valid_from, ?3) <= ?3"
	"   AND ifnull(valid_to, ?3) >= ?3))"
	"SELECT h.person_id, h.rank, d.until, n.begins FROM held h"
	" LEFT JOIN duty d ON d.person_id = h.person_id"
	" LEFT JOIN next n ON n.person_id = h.person_id"
	" ORDER BY d.until IS NULL, h.rank IS NULL, h.rank, h.person_id";

static struct db_statement *ask_holders(struct book *b, const char *role, struct error *e)
{
	struct db_statement *s = db_prepare(b->db, holders_sql, e);
	char now[BOOK_TIME], day[BOOK_TIME];

	if (!s)
		return NULL;
	book_local_time(b, now);
	snprintf(day, sizeof(day), "%.10s", now);
	db_bind_text(s, 1, role);
	db_bind_text(s, 2, now);
	db_bind_text(s, 3, day);
	return s;
}

bool book_holders(struct book *b, const char *role, struct holders *out, struct error *e)
{
	struct db_statement *s = ask_holders(b, role, e);
	struct arena *m = &out->memory;
	bool row = true, ok = s != NULL;

	while (ok && (ok = db_step(s, &row, e)) && row) {
		struct text name = { 0 };

		book_add_name(b, KIT_PERSON, db_text(s, 0), &name);
		mem_grow(&out->items, &out->capacity, out->count + 1, sizeof(*out->items));
		out->items[out->count++] = (struct holder){
			.person_id = arena_string(m, db_text(s, 0)),
			.name = arena_string(m, text_end(&name)),
			.rank = db_is_null(s, 1) ? HOLDER_NO_RANK : db_number(s, 1),
			.on_duty = !db_is_null(s, 2),
			.until = arena_string(m, db_text(s, 2)),
			.next = arena_string(m, db_text(s, 3)),
		};
		text_release(&name);
	}
	db_finish(s);
	return ok;
}

void holders_release(struct holders *h)
{
	free(h->items);
	arena_release(&h->memory);
	*h = (struct holders){ 0 };
}

bool book_on_duty(struct book *b, const char *role, struct text *person_id)
{
	struct error ignored = { 0 }; /* then nobody is named, and the function's number stands */
	struct db_statement *s = ask_holders(b, role, &ignored);
	bool row = false, found = false;

	if (s && db_step(s, &row, &ignored) && row && !db_is_null(s, 2)) {
		text_add(person_id, db_text(s, 0));
		found = true;
	}
	db_finish(s);
	return found;
}
