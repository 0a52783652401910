/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening the sealed parts: what opens what, and which files are refused though they open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "handbook/people.h"
#include "handbook/unlock.h"
#include "kit.h"
#include "lib/base/newfile.h"

#define PEOPLE_WORDS "only people here"
#define BOTH_WORDS "people and the rest"
#define STRICT_WORDS "only the rest here"

struct fixture {
	char folder[64], slots[96];
	struct tier_keys keys;
};

/* What a file says of itself. */
struct says {
	const char *kit_id;
	unsigned version, exercise, tier;
};

static void write_in(const char *folder, const char *name, const void *bytes, size_t len)
{
	struct error e = { 0 };
	char *path = mem_format("%s/%s", folder, name);

	assert_true(newfile_whole(path, bytes, len, &e));
	free(path);
}

/* A database of a tier with the rows of `sql`, sealed unless it is the open one. */
static void make(struct fixture *f, const struct says *says, enum tier file, const char *sql)
{
	static const char *const names[] = { "open.db", "protected.db.sealed", "strict.db.sealed" };
	struct error e = { 0 };
	struct db *db = db_create(":memory:", &e);
	struct text out = { 0 };
	unsigned char *bytes;
	char kit[400];
	size_t len;

	snprintf(kit, sizeof(kit),
		 "INSERT INTO kit(kit_id, tier, organisation, version, data_date, review_by,"
		 " valid_until, publisher, language, keyboard, timezone, exercise) VALUES('%s', %u,"
		 " 'Stadt', %u, '2026-11-01', '2027-02-01', '2027-05-01', 'X', 'de', 'de',"
		 " 'Europe/Berlin', %u); PRAGMA application_id = %u; PRAGMA user_version = %u",
		 says->kit_id, says->tier, says->version, says->exercise, KIT_APPLICATION_ID,
		 KIT_DB_VERSION);
	assert_true(db_exec(db, kit_tables, &e) && db_exec(db, kit, &e) && db_exec(db, sql, &e));
	bytes = db_bytes(db, &len, &e);
	assert_non_null(bytes);
	if (file == TIER_OPEN)
		text_add_n(&out, (char *)bytes, len);
	else
		assert_true(
			sealed_bytes(bytes, len, &f->keys.pair[file].public, 1, NULL, &out, &e));
	write_in(f->folder, names[file], text_end(&out), out.len);
	text_release(&out);
	free(bytes);
	db_close(db);
}

static const char open_rows[] = "INSERT INTO role(role_id, name) VALUES('dsb', 'Datenschutz')";
static const char people_rows[] =
	"INSERT INTO person(person_id, last_name, first_name) VALUES('p1', 'Müller', 'Änne');"
	"INSERT INTO holder VALUES('dsb', 'p1', 1, NULL, NULL);"
	"INSERT INTO channel(owner_kind, owner_id, priority, type, value, normal) VALUES"
	" ('person', 'p1', 20, 'mobile_work', '+49 171 3920042', '+491713920042')";
static const char strict_rows[] =
	"INSERT INTO channel(owner_kind, owner_id, priority, type, value, normal) VALUES"
	" ('person', 'p1', 25, 'mobile_private', '+49 176 04069043', '+4917604069043')";

static void make_kit(struct fixture *f)
{
	make(f, &(struct says){ "town", 7, 0, 0 }, TIER_OPEN, open_rows);
	make(f, &(struct says){ "town", 7, 0, 1 }, TIER_PROTECTED, people_rows);
	make(f, &(struct says){ "town", 7, 0, 2 }, TIER_STRICT, strict_rows);
}

static int set_up(void **state)
{
	static struct fixture f;
	struct error e = { 0 };
	struct slots slots;
	struct text out = { 0 };

	snprintf(f.folder, sizeof(f.folder), "%s/unlock.XXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(f.folder));
	setenv("BLACKSTART_KIT", f.folder, 1);
	tier_keys_random(&f.keys, "town", false);
	slots_init(&slots, &f.keys);
	slots.passes = 1;
	assert_true(slots_add(&slots, &f.keys, SLOT_PASSPHRASE, "a", 2, PEOPLE_WORDS, &e) &&
		    slots_add(&slots, &f.keys, SLOT_PASSPHRASE, "b", 6, BOTH_WORDS, &e) &&
		    slots_add(&slots, &f.keys, SLOT_ENVELOPE, "c", 4, STRICT_WORDS, &e));
	slots_write(&slots, &out);
	write_in(f.folder, "slots", text_end(&out), out.len);
	snprintf(f.slots, sizeof(f.slots), "%s/slots", f.folder);
	text_release(&out);
	make_kit(&f);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = { "open.db", "protected.db.sealed", "strict.db.sealed",
					     "slots" };

	for (size_t i = 0; i < 4; i++) {
		char *path = mem_format("%s/%s", f->folder, names[i]);

		unlink(path);
		free(path);
	}
	return rmdir(f->folder);
}

static size_t channels_of(struct book *b)
{
	struct channels list = { 0 };
	struct error e = { 0 };
	size_t n;

	assert_true(book_channels(b, KIT_PERSON, "p1", &list, &e));
	n = list.count;
	channels_release(&list);
	return n;
}

static const struct {
	const char *entered;
	enum tier tier;
	bool ok, people;
	size_t channels;
} cases[] = {
	{ PEOPLE_WORDS, TIER_PROTECTED, true, true, 1 },
	{ " People-ONLY here", TIER_PROTECTED, false, false, 0 },
	{ " Only-PEOPLE here", TIER_PROTECTED, true, true, 1 },
	{ BOTH_WORDS, TIER_PROTECTED, true, true, 1 }, /* not more than was asked for */
	{ BOTH_WORDS, TIER_STRICT, true, true, 2 },
	{ PEOPLE_WORDS, TIER_STRICT, false, false, 0 },
	{ STRICT_WORDS, TIER_PROTECTED, false, false, 0 },
	{ STRICT_WORDS, TIER_STRICT, true, false, 1 },
	{ "", TIER_PROTECTED, false, false, 0 },
};

static void test_unlock(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error e = { 0 };
		struct book b;
		struct book_person p = { 0 };

		print_message("# %s, %d\n", cases[i].entered, cases[i].tier);
		assert_true(book_open(&b, &e));
		assert_int_equal(channels_of(&b), 0);
		assert_int_equal(book_unlock(&b, f->slots, cases[i].entered, cases[i].tier, &e),
				 cases[i].ok);
		assert_int_equal(e.kind == ERROR_NONE, cases[i].ok);
		assert_null(strstr(e.text, "\"a\""));
		e = (struct error){ 0 };
		assert_int_equal(book_person(&b, "p1", &p, &e), cases[i].people);
		if (cases[i].people)
			assert_string_equal(p.name, "Änne Müller");
		assert_int_equal(channels_of(&b), cases[i].channels);
		assert_int_equal(b.keys.has[TIER_STRICT],
				 cases[i].ok && cases[i].tier == TIER_STRICT);
		book_person_release(&p);
		book_close(&b);
	}
}

/* The strict part comes later, by itself; the names then mean all three files. */
static void test_one_after_the_other(void **state)
{
	struct fixture *f = *state;
	struct error e = { 0 };
	struct book b;
	struct holders h = { 0 };

	assert_true(book_open(&b, &e));
	assert_true(book_unlock(&b, f->slots, PEOPLE_WORDS, TIER_PROTECTED, &e));
	assert_false(book_unlock(&b, f->slots, PEOPLE_WORDS, TIER_STRICT, &e));
	assert_int_equal(channels_of(&b), 1);
	e = (struct error){ 0 };
	assert_true(book_unlock(&b, f->slots, STRICT_WORDS, TIER_STRICT, &e));
	assert_int_equal(channels_of(&b), 2);
	assert_true(book_holders(&b, "dsb", &h, &e));
	assert_int_equal(h.count, 1);
	assert_string_equal(h.items[0].name, "Änne Müller");
	holders_release(&h);
	book_close(&b);
}

/* Sealed with the right key, and yet not the part that belongs here. */
static void test_refused(void **state)
{
	static const struct {
		const char *what;
		struct says says;
	} wrong[] = {
		{ "another kit", { "village", 7, 0, 1 } },
		{ "another version", { "town", 6, 0, 1 } },
		{ "an exercise", { "town", 7, 1, 1 } },
		{ "another tier", { "town", 7, 0, 2 } },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct error e = { 0 };
		struct book b;
		struct book_person p;

		print_message("# %s\n", wrong[i].what);
		make(f, &wrong[i].says, TIER_PROTECTED, people_rows);
		assert_true(book_open(&b, &e));
		assert_false(book_unlock(&b, f->slots, PEOPLE_WORDS, TIER_PROTECTED, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		assert_false(b.tiers[TIER_PROTECTED].open || b.keys.has[TIER_PROTECTED]);
		assert_false(book_person(&b, "p1", &p, &e));
		assert_int_equal(channels_of(&b), 0);
		book_person_release(&p);
		if (i == 0) { /* the right one opens after it */
			make_kit(f);
			e = (struct error){ 0 };
			assert_true(book_unlock(&b, f->slots, PEOPLE_WORDS, TIER_PROTECTED, &e));
			assert_int_equal(channels_of(&b), 1);
		}
		book_close(&b);
	}
	write_in(f->folder, "protected.db.sealed", "BSSEALED", 8);
	struct error e = { 0 };
	struct book b;

	assert_true(book_open(&b, &e));
	assert_false(book_unlock(&b, f->slots, PEOPLE_WORDS, TIER_PROTECTED, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	book_close(&b);
}

/* The keys of a drill open nothing real. */
static void test_exercise(void **state)
{
	struct fixture *f = *state;
	struct error e = { 0 };
	struct book b;

	make(f, &(struct says){ "town", 7, 1, 0 }, TIER_OPEN, open_rows);
	make(f, &(struct says){ "town", 7, 1, 1 }, TIER_PROTECTED, people_rows);
	assert_true(book_open(&b, &e));
	assert_false(book_unlock(&b, f->slots, PEOPLE_WORDS, TIER_PROTECTED, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	book_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_unlock, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_after_the_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_exercise, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("unlock", tests, NULL, NULL);
}
