/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding people's way of typing: the 38 queries measured before the design, mistakes,
 * sounds, numbers backwards, and a stable order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handbook/distance.h"
#include "handbook/find.h"
#include "handbook/phonetic.h"
#include "kit.h"

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

/* Beside the names: roles with their numbers, a plan's step, and people who hold a role. */
static const char rows[] =
	"INSERT INTO role(role_id, name, name_en, short, synonyms) VALUES"
	" ('dsb', 'Datenschutzbeauftragte(r)', 'Data protection officer', 'DSB',"
	"  'Datenschutz, DPO'), ('isb', 'Informationssicherheit', NULL, NULL, NULL);"
	"INSERT INTO organisation(organisation_id, name, type) VALUES"
	" ('lfdi', 'Datenschutzaufsicht', 'supervisory');"
	"INSERT INTO channel(owner_kind, owner_id, priority, type, value, normal, depends_on) VALUES"
	" ('role', 'dsb', 30, 'landline_work', '+49 69 90009022', '+496990009022', 'voip'),"
	" ('role', 'dsb', 10, 'duty', '+49 171 3920042', '+491713920042', NULL),"
	" ('organisation', 'lfdi', 30, 'landline_work', '+49 171 3921', '+491713921', NULL);"
	"INSERT INTO system VALUES('voip', 'Telefonanlage', 'Telefon');"
	"INSERT INTO plan VALUES('P01', 'Erste 60 Minuten', 'Erpressernotiz');"
	"INSERT INTO step(plan_id, nr, text) VALUES('P01', 7, 'Sicherungsbänder wegschließen');"
	"INSERT INTO search VALUES('step', 'P01/7', 'Sicherungsbänder wegschließen', '',"
	" 'sicherungsbaender wegschliessen sicherungsbander wegschliessen');";

struct fixture {
	struct book book;
	struct finder *finder;
};

static void add_names(struct db *db)
{
	struct error e = { 0 };
	struct db_statement *s = db_prepare(db,
					    "INSERT INTO organisation(organisation_id, name, type)"
					    " VALUES(?, ?, '')",
					    &e);

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
	assert_true(db_exec(f.book.db, kit_tables, &e) && db_exec(f.book.db, rows, &e));
	add_names(f.book.db);
	assert_true(outage_load(&f.book.outage, f.book.db, &e));
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

/* The people of the demonstration town, and some more of other tongues. */
static const struct {
	const char *last, *first, *function;
} people[] = {
	{ "Adler", "Ruth", "Oberbürgermeisterin" },
	{ "Böhm", "Katharina", "Leiterin Rechtsamt" },
	{ "Dietrich", "Holger", "Hausdienste" },
	{ "Günther", "Mario", "Informationstechnik, Arbeitsplätze" },
	{ "Haas", "Leonie", "Presse, Vertretung" },
	{ "Hoffmann", "Dieter", "Kämmerer" },
	{ "Jäger", "Sabine", "Leittechnik" },
	{ "Kowalczyk", "Marta", "Stadtkasse" },
	{ "Krüger", "Jan", "Leiter IT" },
	{ "Lehmann", "Anja", "Bürgerdienste" },
	{ "Lindqvist", "Ingrid", "Wachleitung Einsatzzentrale" },
	{ "Müller", "Änne", "Datenschutzbeauftragte" },
	{ "Nguyen", "Thi Hoa", "Personalrat" },
	{ "Nowak", "Piotr", "Systemverwaltung" },
	{ "Öztürk", "Can", "stv. Datenschutzbeauftragter" },
	{ "Okafor", "Chidi", "Disponent" },
	{ "Papadopoulos", "Eleni", "Leiterin Soziales" },
	{ "Petrović", "Miloš", "stv. Informationssicherheit" },
	{ "Pfeiffer", "Ursula", "Leiterin Personal" },
	{ "Şahin", "Emre", "Netze" },
	{ "Schäfer", "Monika", "Ratsbüro" },
	{ "Schröder", "Nina", "Presse" },
	{ "Seidel", "Frank", "Rechtsamt" },
	{ "Vogt", "Sören", "Server und Sicherung" },
	{ "Weiß", "Petra", "Erste Beigeordnete" },
	{ "Wójcik", "Ewa", "Soziales, Auszahlung" },
	{ "Yılmaz", "Elif", "Informationssicherheit" },
	{ "Zimmermann", "Bernd", "Leiter Standesamt" },
	{ "Brandt-Sørensen", "Maja", "Hausdienste, Vertretung" },
	{ "Demir", "Yusuf", "Jugendamt, Inobhutnahme" },
	{ "Đorđević", "Ljubica", "Leiterin Ordnungsamt" },
	{ "Hernández Ruiz", "Álvaro", "Innere Prüfung" },
	{ "Ibekwe", "Ngozi", "Ordnungsamt, Gefahrenabwehr" },
	{ "Leclère", "Noémie", "Betriebsleiterin Klärwerk" },
	{ "Michałek", "Paweł", "Leittechnik, Vertretung" },
	{ "Søndergaard-Köhler", "Kirsten", "Leiterin Jugendamt" },
	{ "Müller-Lüdenscheidt", "Heinrich", "Bauhof" },
	{ "Schmidt", "Uwe", "Bauhof" },
	{ "Schmitt", "Ulla", "Stadtarchiv" },
	{ "Straßburger", "Jörg", "Forst" },
	{ "O'Brien", "Siobhán", "Partnerstadt" },
	{ "von der Heydt", "Friederike", "Stiftung" },
	{ "Çelik", "Gülşah", "Kita" },
	{ "Łukasiewicz", "Zbigniew", "Tiefbau" },
	{ "Phạm", "Thị Hương", "Kita" },
	{ "Ødegård", "Bjørn", "Partnerstadt" },
	{ "Dvořák", "Jiří", "Musikschule" },
	{ "Stančić", "Željka", "Stadtbad" },
	{ "Ştefănescu", "Ionuţ", "Grünflächen" },
	{ "Björnsdóttir", "Guðrún", "Partnerstadt" },
	{ "Gonçalves", "João", "Stadtbad" },
	{ "Christophersen", "Philipp", "Archiv" },
};
#define PEOPLE (sizeof(people) / sizeof(people[0]))

/* As somebody types who is tired, has no umlauts, or has only heard the name; all of them must
 * be among the first five. */
static const struct {
	const char *typed, *want; /* last name */
} people_queries[] = {
	{ "shmidt", "Schmidt" },
	{ "schmid", "Schmidt" },
	{ "mueller", "Müller" },
	{ "muller", "Müller" },
	{ "müler", "Müller" },
	{ "anne müller", "Müller" },
	{ "mueller aenne", "Müller" },
	{ "oeztuerk", "Öztürk" },
	{ "ozturk", "Öztürk" },
	{ "öztrük", "Öztürk" },
	{ "petrowitsch", "Petrović" },
	{ "petrovic", "Petrović" },
	{ "milosch", "Petrović" },
	{ "dordevic", "Đorđević" },
	{ "djordjevic", "Đorđević" },
	{ "boehm", "Böhm" },
	{ "böm", "Böhm" },
	{ "gunter", "Günther" },
	{ "jeger", "Jäger" },
	{ "jaeger", "Jäger" },
	{ "kowaltschik", "Kowalczyk" },
	{ "kowalczik", "Kowalczyk" },
	{ "kruger", "Krüger" },
	{ "krügre", "Krüger" },
	{ "leman", "Lehmann" },
	{ "lindquist", "Lindqvist" },
	{ "nguen", "Nguyen" },
	{ "novak", "Nowak" },
	{ "papadopulos", "Papadopoulos" },
	{ "pfeifer", "Pfeiffer" },
	{ "sahin", "Şahin" },
	{ "schahin", "Şahin" },
	{ "schaeffer", "Schäfer" },
	{ "shcäfer", "Schäfer" },
	{ "schröter", "Schröder" },
	{ "seidl", "Seidel" },
	{ "fogt", "Vogt" },
	{ "soeren", "Vogt" },
	{ "weis", "Weiß" },
	{ "weiss petra", "Weiß" },
	{ "wojcik", "Wójcik" },
	{ "woicik", "Wójcik" },
	{ "yilmas", "Yılmaz" },
	{ "zimermann", "Zimmermann" },
	{ "brant", "Brandt-Sørensen" },
	{ "sorensen", "Brandt-Sørensen" },
	{ "hernandes", "Hernández Ruiz" },
	{ "alvaro", "Hernández Ruiz" },
	{ "leclerc", "Leclère" },
	{ "noemi", "Leclère" },
	{ "michalek", "Michałek" },
	{ "pavel", "Michałek" },
	{ "sondergard", "Søndergaard-Köhler" },
	{ "koehler", "Søndergaard-Köhler" },
	{ "luedenscheid", "Müller-Lüdenscheidt" },
	{ "strasburger", "Straßburger" },
	{ "obrien", "O'Brien" },
	{ "heidt", "von der Heydt" },
	{ "celik", "Çelik" },
	{ "lukasiewitsch", "Łukasiewicz" },
	{ "pham huong", "Phạm" },
	{ "odegard", "Ødegård" },
	{ "dvorak", "Dvořák" },
	{ "stancic", "Stančić" },
	{ "stantschitsch", "Stančić" },
	{ "stefanesku", "Ştefănescu" },
	{ "björnsdottir", "Björnsdóttir" },
	{ "goncalwes", "Gonçalves" },
	{ "kristofersen", "Christophersen" },
	/* Beside what is looked for stands what no entry has. */
	{ "Frau Weiss", "Weiß" },
	{ "Dr. Böhm", "Böhm" },
	{ "Nowak Handy", "Nowak" },
	{ "Telefonnummer Frau Schröder", "Schröder" },
	{ "Herr Prof. Dr. Vogt", "Vogt" },
};
#define PEOPLE_QUERIES (sizeof(people_queries) / sizeof(people_queries[0]))

static void add_people(struct db *db)
{
	struct error e = { 0 };
	struct db_statement *s = db_prepare(
		db,
		"INSERT INTO person(person_id, last_name, first_name, function) VALUES(?, ?, ?, ?)",
		&e);

	assert_non_null(s);
	for (size_t i = 0; i < PEOPLE; i++) {
		char id[16];

		snprintf(id, sizeof(id), "p%03zu", i);
		db_bind_text(s, 1, id);
		db_bind_text(s, 2, people[i].last);
		db_bind_text(s, 3, people[i].first);
		db_bind_text(s, 4, people[i].function);
		assert_true(db_run(s, &e));
	}
	db_finish(s);
}

static void test_people(void **state)
{
	struct fixture *f = *state;
	struct error e = { 0 };
	size_t missed = 0, first = 0;

	assert_true(db_exec(f->book.db, "DELETE FROM organisation WHERE organisation_id LIKE 'n%'",
			    &e));
	add_people(f->book.db);
	finder_close(f->finder);
	f->finder = finder_open(&f->book, &e);
	assert_non_null(f->finder);
	for (size_t q = 0; q < PEOPLE_QUERIES; q++) {
		const struct find_result *r;
		size_t count = search(f, people_queries[q].typed, 5, &r), at = 0;

		while (at < count &&
		       (r[at].kind != KIT_PERSON || !strstr(r[at].title, people_queries[q].want)))
			at++;
		print_message(at < count ? "# %s: place %zu\n" : "# %s: missed\n",
			      people_queries[q].typed, at + 1);
		missed += at == count;
		first += at == 0 && count > 0;
	}
	print_message("# first place: %zu of %zu\n", first, PEOPLE_QUERIES);
	assert_int_equal(missed, 0);
}

/* Where the kit has it, how somebody is addressed tells people apart; alone it is a word like others. */
static void test_salutation(void **state)
{
	struct fixture *f = *state;
	const struct find_result *r;
	struct error e = { 0 };

	add_people(f->book.db);
	assert_true(db_exec(f->book.db,
			    "UPDATE person SET salutation = 'Frau Dr.' WHERE first_name = 'Ulla'",
			    &e));
	finder_close(f->finder);
	f->finder = finder_open(&f->book, &e);
	assert_non_null(f->finder);
	assert_true(search(f, "schmi", 5, &r) > 1);
	assert_string_not_equal(r[0].title, "Ulla Schmitt");
	assert_true(search(f, "Frau Schmi", 5, &r) > 1);
	assert_string_equal(r[0].title, "Ulla Schmitt");
	assert_int_equal(search(f, "Dr.", 5, &r), 1);
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
		cmocka_unit_test_setup_teardown(test_people, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_salutation, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_phonetic),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("find", tests, NULL, NULL);
}
