/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding people's way of typing: the 38 queries measured before the design, mistakes,
 * sounds, numbers backwards, and a stable order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handbook/distance.h"
#include "handbook/find.h"
#include "handbook/phonetic.h"

static const char *const names[] = {
	"Müller",       "Schmidt",   "Schneider", "Fischer",    "Weber",    "Meyer",
	"Maier",        "Meier",     "Wagner",    "Becker",     "Schulz",   "Hoffmann",
	"Schäfer",      "Koch",      "Bauer",     "Richter",    "Klein",    "Wolf",
	"Schröder",     "Neumann",   "Schwarz",   "Zimmermann", "Braun",    "Krüger",
	"Hofmann",      "Hartmann",  "Lange",     "Schmitt",    "Werner",   "Schmitz",
	"Krause",       "Lehmann",   "Köhler",    "Herrmann",   "König",    "Walter",
	"Kaiser",       "Fuchs",     "Peters",    "Lang",       "Scholz",   "Möller",
	"Weiß",         "Jung",      "Hahn",      "Schubert",   "Vogel",    "Friedrich",
	"Keller",       "Günther",   "Frank",     "Berger",     "Winkler",  "Roth",
	"Beck",         "Lorenz",    "Baumann",   "Franke",     "Albrecht", "Schuster",
	"Simon",        "Ludwig",    "Böhm",      "Winter",     "Kraus",    "Martin",
	"Schumacher",   "Krämer",    "Vogt",      "Stein",      "Jäger",    "Otto",
	"Sommer",       "Groß",      "Seidel",    "Heinrich",   "Brandt",   "Haas",
	"Schreiber",    "Graf",      "Schulte",   "Dietrich",   "Ziegler",  "Kuhn",
	"Kühn",         "Pohl",      "Engel",     "Horn",       "Busch",    "Bergmann",
	"Thomas",       "Voigt",     "Sauer",     "Arnold",     "Wolff",    "Pfeiffer",
	"Yılmaz",       "Kowalski",  "Nguyen",    "Öztürk",     "Şahin",    "Wójcik",
	"Papadopoulos", "Hernández", "Petrović",  "Çelik",
};

static const struct {
	const char *typed, *want;
} queries[] = {
	{ "mueller", "Müller" },
	{ "muller", "Müller" },
	{ "muler", "Müller" },
	{ "schaeffer", "Schäfer" },
	{ "shcäfer", "Schäfer" },
	{ "shmidt", "Schmidt" },
	{ "mayer", "Meyer" },
	{ "hofman", "Hofmann" },
	{ "kruger", "Krüger" },
	{ "krueger", "Krüger" },
	{ "gunter", "Günther" },
	{ "yilmaz", "Yılmaz" },
	{ "ozturk", "Öztürk" },
	{ "oeztuerk", "Öztürk" },
	{ "sahin", "Şahin" },
	{ "celik", "Çelik" },
	{ "wojcik", "Wójcik" },
	{ "petrovic", "Petrović" },
	{ "petrowitsch", "Petrović" },
	{ "hernandes", "Hernández" },
	{ "weiss", "Weiß" },
	{ "gross", "Groß" },
	{ "koehler", "Köhler" },
	{ "kohler", "Köhler" },
	{ "jaeger", "Jäger" },
	{ "zimermann", "Zimmermann" },
	{ "pfeifer", "Pfeiffer" },
	{ "dietrch", "Dietrich" },
	{ "kowalsky", "Kowalski" },
	{ "nguen", "Nguyen" },
	{ "papadopulos", "Papadopoulos" },
	{ "schröter", "Schröder" },
	{ "fogt", "Vogt" },
	{ "foigt", "Voigt" },
	{ "kremer", "Krämer" },
	{ "boem", "Böhm" },
	{ "heinrch", "Heinrich" },
	{ "freidrich", "Friedrich" },
	{ "Müler", "Müller" },
};
#define QUERIES (sizeof(queries) / sizeof(queries[0]))

/* The tables that searching reads, as docs/formats/kit-db.md has them. */
static const char tables[] =
	"CREATE TABLE role(role_id TEXT, name TEXT, name_en TEXT, short TEXT, board TEXT,"
	" task TEXT, synonyms TEXT);"
	"CREATE TABLE organisation(organisation_id TEXT, name TEXT, type TEXT, synonyms TEXT,"
	" hours TEXT);"
	"CREATE TABLE plan(plan_id TEXT, title TEXT, occasion TEXT);"
	"CREATE TABLE step(plan_id TEXT, nr INTEGER, text TEXT);"
	"CREATE TABLE chain(chain_id TEXT, title TEXT, occasion TEXT);"
	"CREATE TABLE deadline(deadline_id TEXT, title TEXT, legal_basis TEXT);"
	"CREATE TABLE system(system_id TEXT, name TEXT, type TEXT);"
	"CREATE TABLE channel(owner_kind TEXT, owner_id TEXT, priority INTEGER, type TEXT,"
	" value TEXT, normal TEXT);"
	"CREATE VIRTUAL TABLE search USING fts5(kind UNINDEXED, id UNINDEXED, title, text, folded,"
	" tokenize = \"unicode61 remove_diacritics 2\", prefix = '2 3');"
	"INSERT INTO role VALUES('dsb', 'Datenschutzbeauftragte(r)', 'Data protection officer',"
	" 'DSB', NULL, NULL, 'Datenschutz, DPO');"
	"INSERT INTO role VALUES('isb', 'Informationssicherheit', NULL, NULL, NULL, NULL, NULL);"
	"INSERT INTO organisation VALUES('lfdi', 'Datenschutzaufsicht', 'supervisory', '', '');"
	"INSERT INTO channel VALUES('role', 'dsb', 30, 'landline_work', '+49 69 90009022',"
	" '+496990009022');"
	"INSERT INTO channel VALUES('role', 'dsb', 10, 'duty', '+49 171 3920042',"
	" '+491713920042');"
	"INSERT INTO channel VALUES('organisation', 'lfdi', 30, 'landline_work',"
	" '+49 171 3921', '+491713921');"
	"INSERT INTO plan VALUES('P01', 'Erste 60 Minuten', 'Erpressernotiz');"
	"INSERT INTO step VALUES('P01', 7, 'Sicherungsbänder wegschließen');"
	"INSERT INTO search VALUES('step', 'P01/7', 'Sicherungsbänder wegschließen', '',"
	" 'sicherungsbaender wegschliessen sicherungsbander wegschliessen');";

struct fixture {
	struct book book;
	struct finder *finder;
};

static void add_names(struct db *db)
{
	struct error e = { 0 };
	struct db_statement *s =
		db_prepare(db, "INSERT INTO organisation VALUES(?, ?, '', '', '')", &e);

	assert_non_null(s);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char id[] = "n000";

		id[1] = (char)('0' + i / 100);
		id[2] = (char)('0' + i / 10 % 10);
		id[3] = (char)('0' + i % 10);
		db_bind_text(s, 1, id);
		db_bind_text(s, 2, names[i]);
		assert_true(db_run(s, &e));
	}
	db_finish(s);
}

static int set_up(void **state)
{
	static struct fixture f;
	struct error e = { 0 };

	f.book = (struct book){ .db = db_create(":memory:", &e) };
	assert_non_null(f.book.db);
	assert_true(db_exec(f.book.db, tables, &e));
	add_names(f.book.db);
	f.finder = finder_open(&f.book, &e);
	assert_non_null(f.finder);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	finder_close(f->finder);
	book_close(&f->book);
	return 0;
}

static size_t search(struct fixture *f, const char *typed, size_t max, const struct find_result **r)
{
	struct error e = { 0 };
	size_t count;

	assert_true(finder_search(f->finder, typed, max, r, &count, &e));
	return count;
}

static void test_names(void **state)
{
	size_t first = 0;

	for (size_t q = 0; q < QUERIES; q++) {
		const struct find_result *r;
		size_t count = search(*state, queries[q].typed, 5, &r), at = 0;

		while (at < count && strcmp(r[at].title, queries[q].want) != 0)
			at++;
		print_message("# %s: place %zu\n", queries[q].typed, at + 1);
		assert_true(at < count);
		first += at == 0;
	}
	print_message("# first place: %zu of %zu\n", first, QUERIES);
	assert_true(first >= QUERIES - 2);
}

static const struct {
	const char *typed, *want; /* "kind:id" of the first, or "" */
} others[] = {
	{ "datenschuz", "role:dsb" },
	{ "dsb", "role:dsb" },
	{ "DPO", "role:dsb" },
	{ "protection officer", "role:dsb" },
	{ "datenschutzaufsichd", "organisation:lfdi" },
	{ "aufsicht", "organisation:lfdi" },
	{ "sicherungsbaender", "step:P01/7" },
	{ "Sicherungsbänder", "step:P01/7" },
	{ "sicherungsband", "step:P01/7" },
	{ "wegschliessen", "step:P01/7" },
	{ "erste 60", "plan:P01" },
	{ "p01", "plan:P01" },
	{ "0171392", "role:dsb" },
	{ "0171 392 0042", "role:dsb" },
	{ "+49 69 9000", "role:dsb" },
	{ "9022", "role:dsb" },
	{ "", "" },
	{ "  ", "" },
	{ "\"*(", "" },
	{ "xqzzyw", "" },
	{ "\xff\xfe", "" },
	{ "mueller zimmermann", "" }, /* every word must fit */
};

static void test_others(void **state)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const struct find_result *r;
		size_t count = search(*state, others[i].typed, 5, &r);
		struct text got = { 0 };

		if (count)
			text_addf(&got, "%s:%s", kit_kind_name(r[0].kind), r[0].id);
		print_message("# %s\n", others[i].want);
		assert_string_equal(text_end(&got), others[i].want);
		text_release(&got);
	}
}

/* The number that matched is shown, not merely the first of its owner. */
static void test_number(void **state)
{
	const struct find_result *r;

	assert_int_equal(search(*state, "9022", 5, &r), 1);
	assert_string_equal(r[0].number, "+49 69 90009022");
	assert_string_equal(r[0].number_kind, "landline_work");
	assert_true(search(*state, "dsb", 5, &r) >= 1);
	assert_string_equal(r[0].number, "+49 171 3920042");
	assert_int_equal(search(*state, "0171 392", 1, &r), 1); /* at most what was asked for */
}

static void test_order(void **state)
{
	const struct find_result *r;
	size_t count = search(*state, "m", 50, &r), again;
	struct text one = { 0 }, two = { 0 };

	for (size_t i = 0; i < count; i++)
		text_addf(&one, "%s ", r[i].id);
	(void)search(*state, "zimmermann", 50, &r);
	again = search(*state, "m", 50, &r);
	for (size_t i = 0; i < again; i++)
		text_addf(&two, "%s ", r[i].id);
	assert_true(count > 5);
	assert_string_equal(one.s, two.s);
	text_release(&one);
	text_release(&two);
}

static void test_distance(void **state)
{
	static const struct {
		const char *typed, *word;
		unsigned limit, whole, prefix;
	} cases[] = {
		{ "abc", "abc", 2, 0, 0 },
		{ "abc", "abd", 2, 1, 1 },
		{ "abc", "acb", 2, 1, 1 },
		{ "abc", "bc", 2, 1, 1 },
		{ "abc", "abcd", 2, 1, 0 },
		{ "abc", "abcdefgh", 2, 3, 0 },
		{ "abcd", "dcba", 2, 3, 3 },
		{ "ab", "ba", 1, 1, 1 },
		{ "kitten", "sitting", 2, 3, 2 },
		{ "abc", "", 2, 3, 3 },
		{ "", "abc", 2, 3, 3 },
		{ "abcdef", "abc", 2, 3, 3 },
		{ "datenschuz", "datenschutzbeauftragte", 2, 3, 1 },
		{ "aab", "aba", 0, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct distance d = distance_between(cases[i].typed, cases[i].word, cases[i].limit);

		print_message("# %s %s\n", cases[i].typed, cases[i].word);
		assert_int_equal(d.whole, cases[i].whole);
		assert_int_equal(d.prefix, cases[i].prefix);
	}
}

static void test_phonetic(void **state)
{
	static const struct {
		const char *word, *code;
	} cases[] = {
		{ "muller", "657" },
		{ "meier", "67" },
		{ "mayr", "67" },
		{ "wikipedia", "3412" },
		{ "breschnew", "17863" },
		{ "heinrich", "0674" },
		{ "xaver", "4837" },
		{ "philipp", "351" },
		{ "christa", "4782" },
		{ "tzara", "87" },
		{ "petrovic", "12738" },
		{ "petrowitsch", "12738" },
		{ "", "" },
		{ "123", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char code[PHONETIC_MAX];

		print_message("# %s\n", cases[i].word);
		assert_string_equal(phonetic_code(code, cases[i].word), cases[i].code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_others, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_number, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_phonetic),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("find", tests, NULL, NULL);
}
