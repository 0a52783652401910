/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is dead with what; and in no list, however it was put together, does a dead channel
 * stand above a live one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handbook/find.h"
#include "handbook/people.h"
#include "lib/ui/dial.h"
#include "kit.h"

#define SYSTEMS 12
#define OWNERS 5 /* of each kind */
#define TOWNS 40 /* random ones */

static void run(struct db *db, const char *sql)
{
	struct error e = { 0 };

	if (!db_exec(db, sql, &e))
		fail_msg("%s: %s", sql, e.text);
}

static void test_words(void **state)
{
	struct error e = { 0 };
	struct db *db = db_create(":memory:", &e);
	struct outage o = { 0 };
	struct text why = { 0 };

	(void)state;
	run(db, kit_tables);
	run(db, "INSERT INTO system VALUES('strom','Strom',''),('netz','Netz',''),"
		"('voip','Telefonanlage',''),('web','Web','');"
		"INSERT INTO dependency VALUES('netz','strom',''),('voip','netz',''),"
		"('voip','geheim','')");
	assert_true(outage_load(&o, db, &e));
	assert_false(outage_is_dead(&o, "voip"));
	outage_set(&o, "strom", true);
	assert_true(outage_is_dead(&o, "voip") && outage_is_dead(&o, "netz"));
	assert_false(outage_is_dead(&o, "web") || outage_is_dead(&o, "") ||
		     outage_is_dead(&o, "nie-gehört"));
	outage_add_why(&o, "voip", &why);
	assert_string_equal(text_end(&why), "Telefonanlage needs Strom, which has failed");
	text_clear(&why);
	outage_add_why(&o, "strom", &why);
	assert_string_equal(text_end(&why), "Strom has failed");
	text_clear(&why);
	outage_add_why(&o, "web", &why);
	assert_string_equal(text_end(&why), "");
	/* What a locked tier names is dead too, and stays so when its name becomes known. */
	outage_set(&o, "strom", false);
	assert_false(outage_is_dead(&o, "voip"));
	outage_set(&o, "geheim", true);
	assert_true(outage_is_dead(&o, "voip"));
	run(db, "INSERT INTO system VALUES('geheim','Anlage X','')");
	assert_true(outage_load(&o, db, &e));
	outage_add_why(&o, "voip", &why);
	assert_string_equal(text_end(&why), "Telefonanlage needs Anlage X, which has failed");
	outage_set(&o, "geheim", false);
	assert_false(outage_is_dead(&o, "voip"));
	text_release(&why);
	outage_release(&o);
	db_close(db);
}

/* The same random town each time. */
static unsigned roll(uint32_t *seed, unsigned below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

struct town {
	struct book book;
	bool reach[SYSTEMS][SYSTEMS]; /* the first needs the second, at last */
	bool failed[SYSTEMS];
};

static void add_channels(struct db *db, const char *kind, unsigned owner, uint32_t *seed)
{
	char digit = kind[0] == 'r' ? '1' : kind[0] == 'o' ? '2' : '3';

	for (unsigned i = 0, n = roll(seed, 5); i < n; i++) {
		char sql[400], system[16] = "NULL";

		if (roll(seed, 3))
			snprintf(system, sizeof(system), "'s%u'", roll(seed, SYSTEMS));
		snprintf(sql, sizeof(sql),
			 "INSERT INTO channel(owner_kind, owner_id, priority, type, value, normal,"
			 " depends_on) VALUES('%s', '%c%u', %u, 'duty', '+49 30 23125%c%u%02u',"
			 " '+493023125%c%u%02u', %s)",
			 kind, kind[0], owner, roll(seed, 40), digit, owner, i, digit, owner, i,
			 system);
		run(db, sql);
	}
}

static void build(struct town *t, uint32_t seed)
{
	struct error e = { 0 };
	char sql[200];

	*t = (struct town){ .book = { .db = db_create(":memory:", &e) } };
	run(t->book.db, kit_tables);
	for (unsigned i = 0; i < SYSTEMS; i++) {
		snprintf(sql, sizeof(sql), "INSERT INTO system VALUES('s%u','System %u','')", i, i);
		run(t->book.db, sql);
	}
	for (unsigned i = 0; i < SYSTEMS + 4; i++) {
		unsigned a = roll(&seed, SYSTEMS), b = roll(&seed, SYSTEMS);

		t->reach[a][b] = true; /* loops too */
		snprintf(sql, sizeof(sql),
			 "INSERT OR IGNORE INTO dependency VALUES('s%u','s%u',NULL)", a, b);
		run(t->book.db, sql);
	}
	for (unsigned i = 0; i < OWNERS; i++) {
		snprintf(sql, sizeof(sql),
			 "INSERT INTO role(role_id, name) VALUES('r%u','Rolle %u');"
			 "INSERT INTO organisation(organisation_id, name, type)"
			 " VALUES('o%u','Haus %u','x')",
			 i, i, i, i);
		run(t->book.db, sql);
		snprintf(sql, sizeof(sql),
			 "INSERT INTO person(person_id, last_name, organisation_id)"
			 " VALUES('p%u','Mensch %u','o%u');"
			 "INSERT INTO holder(role_id, person_id, rank) VALUES('r%u','p%u',%u)",
			 i, i, i % 2, i % 3, i, i);
		run(t->book.db, sql);
		add_channels(t->book.db, "role", i, &seed);
		add_channels(t->book.db, "organisation", i, &seed);
		add_channels(t->book.db, "person", i, &seed);
	}
	assert_true(outage_load(&t->book.outage, t->book.db, &e));
	for (unsigned i = 0; i < SYSTEMS; i++) {
		t->failed[i] = roll(&seed, 5) == 0;
		snprintf(sql, sizeof(sql), "s%u", i);
		outage_set(&t->book.outage, sql, t->failed[i]);
	}
	for (unsigned k = 0; k < SYSTEMS; k++)
		for (unsigned i = 0; i < SYSTEMS; i++)
			for (unsigned j = 0; j < SYSTEMS; j++)
				if (t->reach[i][k] && t->reach[k][j])
					t->reach[i][j] = true;
}

/* By another way than outage.c goes: over everything that can be reached. */
static bool is_dead(const struct town *t, const char *system)
{
	unsigned at;

	if (sscanf(system, "s%u", &at) != 1)
		return false;
	for (unsigned i = 0; i < SYSTEMS; i++)
		if (t->failed[i] && (i == at || t->reach[at][i]))
			return true;
	return false;
}

static void check_list(const struct town *t, const struct channels *list, size_t *dead)
{
	bool below = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct channel *c = &list->items[i];

		assert_int_equal(c->dead, is_dead(t, c->depends_on));
		assert_true(c->dead || !below);
		assert_int_equal(c->dead, *c->why != '\0');
		below = below || c->dead;
		*dead += c->dead;
	}
}

/* The text of a page: the first dead number stands below the last live one. */
static void check_page(struct town *t, enum kit_kind kind, const char *id)
{
	struct db_statement *s;
	struct text out = { 0 };
	struct error e = { 0 };
	size_t last_live = 0, first_dead = SIZE_MAX;
	bool row = true;

	assert_true(book_show(&t->book, kind, id, &out, &e));
	s = db_prepare(t->book.db, "SELECT value, ifnull(depends_on,'') FROM channel", &e);
	assert_non_null(s);
	while (db_step(s, &row, &e) && row) {
		struct text number = { 0 };
		const char *at = text_end(&out);

		dial_add(&number, db_text(s, 0));
		while ((at = strstr(at, text_end(&number)))) {
			size_t where = (size_t)(at - out.s);

			if (is_dead(t, db_text(s, 1)))
				first_dead = where < first_dead ? where : first_dead;
			else
				last_live = where > last_live ? where : last_live;
			at++;
		}
		text_release(&number);
	}
	db_finish(s);
	assert_true(last_live < first_dead);
	text_release(&out);
}

/* Search: no number that is shown as an answer is dead; of numbers that were searched for, no
 * dead one stands above a live one. */
static void check_search(struct town *t)
{
	struct error e = { 0 };
	struct finder *f = finder_open(&t->book, &e);
	const struct find_result *r;
	size_t count;
	bool below = false;

	assert_non_null(f);
	assert_true(finder_search(f, "mensch", 50, &r, &count, &e));
	assert_int_equal(count, OWNERS);
	for (size_t i = 0; i < count; i++)
		assert_true(!*r[i].number || !r[i].dead);
	assert_true(finder_search(f, "03023125", 50, &r, &count, &e));
	for (size_t i = 0; i < count; i++) {
		assert_true(r[i].dead || !below);
		below = below || r[i].dead;
	}
	finder_close(f);
}

static void test_order(void **state)
{
	size_t dead = 0;

	(void)state;
	for (uint32_t seed = 1; seed <= TOWNS; seed++) {
		static const enum kit_kind kinds[] = { KIT_ROLE, KIT_ORGANISATION, KIT_PERSON };
		struct channels merged = { 0 };
		struct error e = { 0 };
		struct town t;

		build(&t, seed);
		for (size_t k = 0; k < 3; k++) {
			for (unsigned i = 0; i < OWNERS; i++) {
				struct channels own = { 0 }, reach = { 0 };
				char id[8];

				snprintf(id, sizeof(id), "%c%u", kit_kind_name(kinds[k])[0], i);
				assert_true(book_channels(&t.book, kinds[k], id, &own, &e));
				assert_true(book_channels(&t.book, kinds[k], id, &merged, &e));
				assert_true(book_reach(&t.book, kinds[k], id, &reach, &e));
				assert_true(reach.count >= own.count);
				check_list(&t, &own, &dead);
				check_list(&t, &reach, &dead);
				check_list(&t, &merged, &dead);
				check_page(&t, kinds[k], id);
				channels_release(&own);
				channels_release(&reach);
			}
		}
		check_search(&t);
		channels_release(&merged);
		book_close(&t.book);
	}
	print_message("# dead channels seen: %zu\n", dead);
	assert_true(dead > 1000);
}

/* Who is on duty now comes first, then the ranks; who is no longer a holder does not come. */
static void test_duty(void **state)
{
	struct error e = { 0 };
	struct book b = { .db = db_create(":memory:", &e) };
	static const struct {
		int64_t now;
		const char *want;
	} cases[] = {
		/* 27 Nov 2026: the shift changes at 16:00, which is 15:00 UTC. */
		{ 1795791540, "p2* p1 " },    /* 15:59 */
		{ 1795791600, "p1* p2 " },    /* 16:00 */
		{ 1796396400, "p9* p1 p2 " }, /* a week later: a stand-in */
		{ 1830000000, "p2 p3 " },     /* nobody; one has left, another came */
	};

	(void)state;
	run(b.db, kit_tables);
	run(b.db, "INSERT INTO role(role_id, name) VALUES('dsb','Datenschutz');"
		  "INSERT INTO person(person_id, last_name, first_name) VALUES('p1','Eins','A'),"
		  "('p2','Zwei','B'),('p3','Drei','C'),('p9','Neun','D');"
		  "INSERT INTO holder VALUES('dsb','p1',1,NULL,'2026-12-31'),"
		  "('dsb','p2',2,NULL,NULL),('dsb','p3',3,'2027-01-01',NULL);"
		  "INSERT INTO roster VALUES"
		  "('dsb','2026-11-20 16:00','p2','2026-11-27 16:00'),"
		  "('dsb','2026-11-27 16:00','p1','2026-12-04 16:00'),"
		  "('dsb','2026-12-04 16:00','p9','2026-12-11 16:00')");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct holders h = { 0 };
		struct text got = { 0 }, duty = { 0 };

		b.clock = (struct clock){ .confirmed = true,
					  .time_ms = cases[i].now * 1000,
					  .up_ms = clock_up_ms() };
		assert_true(book_holders(&b, "dsb", &h, &e));
		for (size_t k = 0; k < h.count; k++)
			text_addf(&got, "%s%s ", h.items[k].person_id,
				  h.items[k].on_duty ? "*" : "");
		assert_string_equal(text_end(&got), cases[i].want);
		assert_int_equal(book_on_duty(&b, "dsb", &duty),
				 strchr(cases[i].want, '*') != NULL);
		text_release(&got);
		text_release(&duty);
		holders_release(&h);
	}
	book_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_duty),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("outage", tests, NULL, NULL);
}
