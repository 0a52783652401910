/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parsers of a kit's source: what they take, what they say about the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kit/source.h"

/* Every finding as "LINE:words" must begin with its line and hold the words of
 * `want`, in order; as many findings as there are lines in `want`. */
static void assert_findings(struct source *s, const char *want)
{
	char *got = NULL;
	size_t len, lines = 0;
	FILE *out = open_memstream(&got, &len);
	const char *at;

	findings_print(&s->findings, "F", out);
	fclose(out);
	at = got;
	for (const char *w = want; *w; lines++) {
		size_t n = strcspn(w, "\n");
		char *piece = strndup(w, n);
		const char *found = strstr(at, piece);

		if (!found)
			print_message("# '%s' is not in: %s\n", piece, at);
		assert_non_null(found);
		at = found + strcspn(found, "\n");
		free(piece);
		w += n + (w[n] == '\n');
	}
	if (s->findings.count != lines)
		print_message("# findings: %s\n", got);
	assert_int_equal(s->findings.count, lines);
	free(got);
}

#define GOOD_CONF                                                                                  \
	"organisation = Stadt\nkit_id = k\nversion = 1\ndata_date = 2026-01-01\n"                  \
	"review_by = 2026-02-01\nvalid_until = 2026-03-01\npublisher = P\n"

static const struct {
	const char *name, *text, *want;
} confs[] = {
	{ "good", GOOD_CONF, "" },
	{ "comment, quotes", "# x\n" GOOD_CONF "signer = \"A # B\" # c\n", "" },
	{ "unknown key", GOOD_CONF "farbe = rot\n", "kit.conf:8: warning: no key 'farbe'" },
	{ "twice", GOOD_CONF "version = 2\n", "kit.conf:8: error: version stands here twice" },
	{ "no value", GOOD_CONF "signer =\n", "kit.conf:8: error: signer has no value" },
	{ "no equals sign", GOOD_CONF "hello\n", "kit.conf:8: error: is not of the form" },
	{ "bad date", GOOD_CONF "exercise = maybe\n", "kit.conf:8: error: exercise: 'maybe'" },
	{ "absolute public folder", GOOD_CONF "public = /etc\n",
	  "kit.conf:8: error: public: '/etc' must be relative" },
	{ "demonstration of another kit", GOOD_CONF "demo = yes\n",
	  "kit.conf: error: demo = yes is only for the kit 'musterlingen'" },
	{ "empty", "",
	  "data_date is missing\nkit_id is missing\norganisation is missing\n"
	  "publisher is missing\nreview_by is missing\nvalid_until is missing\n"
	  "version is missing\n" },
	{ "wrong, not missing",
	  "version = x\norganisation = S\nkit_id = k\n"
	  "data_date = 2026-01-01\nreview_by = 2026-02-01\n"
	  "valid_until = 2026-03-01\npublisher = P\n",
	  "kit.conf:1: error: version: 'x' is not a whole number" },
	{ "dates the wrong way round",
	  "organisation = S\nkit_id = k\nversion = 1\n"
	  "data_date = 2026-03-01\nreview_by = 2026-02-01\n"
	  "valid_until = 2026-03-01\npublisher = P\n",
	  "kit.conf: error: review_by lies before data_date" },
};

static void test_conf(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(confs) / sizeof(confs[0]); i++) {
		struct source s;

		print_message("# %s\n", confs[i].name);
		source_init(&s);
		conf_parse(&s, "kit.conf", confs[i].text, strlen(confs[i].text));
		assert_findings(&s, confs[i].want);
		source_release(&s);
	}
}

static void test_conf_values(void **state)
{
	static const char text[] = GOOD_CONF "signer = \"A # B\"\n";
	struct source s;

	(void)state;
	source_init(&s);
	conf_parse(&s, "kit.conf", text, sizeof(text) - 1);
	assert_string_equal(s.conf.organisation, "Stadt");
	assert_string_equal(s.conf.language, "de");
	assert_string_equal(s.conf.exercise, "no");
	source_release(&s);
}

static const struct {
	const char *name;
	enum table_name table;
	const char *text, *want;
} sheets[] = {
	{ "german headers", ROLES, "id;Bezeichnung;Besetzung\nx;X;\n", "" },
	{ "english headers", ROLES, "id,name,holders\nx,X,\n", "" },
	{ "unknown column", ROLES, "id;name;Lieblingsfarbe\nx;X;rot\n",
	  "t.csv:1: warning: no column 'Lieblingsfarbe'" },
	{ "missing column", ROLES, "name\nX\n", "t.csv:1: error: the column id is missing" },
	{ "same column twice", ROLES, "id;name;Bezeichnung\nx;X;Y\n",
	  "t.csv:1: error: the column name stands here twice" },
	{ "empty required cell", ROLES, "id;name\nx;\n", "t.csv:2: error: name is empty" },
	{ "bad id", ROLES, "id;name\na b;X\n", "t.csv:2: error: id: 'a b' is no id" },
	{ "bad date", ROLES, "id;name;stand\nx;X;31.02.2026\n",
	  "t.csv:2: error: checked_on: '31.02.2026' is not a date" },
	{ "bad number", ROLES, "id;name;telefon\nx;X;abc\n",
	  "t.csv:2: error: phone: 'abc' is no telephone number" },
	{ "excel's number", ROLES, "id;name;telefon\nx;X;4,9171E+11\n",
	  "made a number by the spreadsheet" },
	{ "bad choice", ORGANISATIONS, "id;name;art\nx;X;verein\n",
	  "t.csv:2: error: type: 'verein' is not known; use one of: internal, authority" },
	{ "choice with umlaut", ORGANISATIONS, "id;name;art\nx;X;Behörde\n", "" },
	{ "bad mail", ORGANISATIONS, "id;name;art;email\nx;X;presse;a b@c\n",
	  "is no mail address" },
	{ "unbalanced quote", ROLES, "id;name\nx;X\ny;\"Y\n",
	  "t.csv:3: error: a quotation mark opens here" },
	{ "class, German with umlaut", DEVICES, "inventarnr;klasse\nPC-1;geschützt\n", "" },
	{ "secrecy", DEPARTMENTS, "id;name;verschwiegenheit\nx;X;Gewöhnlich\ny;Y;Steuer\n", "" },
	{ "readiness", MODELS, "modell;eignung\nX-1;nicht\n", "" },
	{ "recovery key too short", RECOVERY_KEYS,
	  "schluessel_id;schluessel\n1A2B3C4D-0000-1111-2222-333344445555;000011-000022\n",
	  "t.csv:2: error: key: is no recovery key: the group of six digits number 3" },
	{ "recovery key with a slip", RECOVERY_KEYS,
	  "schluessel_id;schluessel\n1A2B3C4D-0000-1111-2222-333344445555;"
	  "000011-000022-000033-000044-000055-000066-000077-000089\n",
	  "the group of six digits number 8 cannot be right" },
	{ "recovery key too long", RECOVERY_KEYS,
	  "schluessel_id;schluessel\n1A2B3C4D-0000-1111-2222-333344445555;"
	  "000011-000022-000033-000044-000055-000066-000077-000088-000099\n",
	  "the group of six digits number 8 cannot be right" },
	{ "GUID with one brace", RECOVERY_KEYS,
	  "schluessel_id;schluessel\n{1A2B3C4D-0000-1111-2222-333344445555;"
	  "000011-000022-000033-000044-000055-000066-000077-000088\n",
	  "t.csv:2: error: key_id: '{1A2B3C4D" },
	{ "sum of 63 digits", SYSTEMS,
	  "id;name;abbild_sha256\nx;X;"
	  "aa11bb22cc33dd44ee55ff66aa11bb22cc33dd44ee55ff66aa11bb22cc33dd4\n",
	  "t.csv:2: error: image_hash:" },
	{ "document outside", DOCUMENTS, "id;titel;datei\nx;X;../a.pdf\n",
	  "t.csv:2: error: file: '../a.pdf' is no name of a document" },
	{ "hidden document", DOCUMENTS, "id;titel;datei\nx;X;.a.pdf\n",
	  "is no name of a document" },
	{ "program as document", DOCUMENTS, "id;titel;datei\nx;X;a.exe\n",
	  "is no name of a document" },
	{ "no rows at all", ROLES, "", "t.csv: error: is empty" },
	{ "line break in a cell", ROLES, "id;name;task\nx;X;\"a\nb\"\ny;;\n",
	  "t.csv:4: error: name is empty" },
};

static void test_sheets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sheets) / sizeof(sheets[0]); i++) {
		struct source s;

		print_message("# %s\n", sheets[i].name);
		source_init(&s);
		sheet_parse(&s, sheets[i].table, "t.csv", sheets[i].text, strlen(sheets[i].text));
		assert_findings(&s, sheets[i].want);
		source_release(&s);
	}
}

#define FACTS                                                                                      \
	"---\nid: P01\ntitel: T\nverantwortlich: r\nstand: 2026-01-01\n"                           \
	"pruefen_bis: 2026-02-01\n---\n"

static const struct {
	const char *name, *text, *want;
} plans[] = {
	{ "good", FACTS "## A\n1. x {R=r by=5m kind=warnung}\n", "" },
	{ "step without braces", FACTS "1. x\n", "" },
	{ "no facts", "## A\n1. x\n", "p.md:1: error: a page begins with" },
	{ "facts not closed", "---\nid: P01\n", "p.md:1: error: the facts that begin here" },
	{ "unknown fact",
	  "---\nfarbe: rot\nid: P01\ntitel: T\nverantwortlich: r\n"
	  "stand: 2026-01-01\npruefen_bis: 2026-02-01\n---\n1. x\n",
	  "p.md:2: error: 'farbe' is not known here" },
	{ "no steps", FACTS "## A\n", "p.md: error: the plan has no steps" },
	{ "number again", FACTS "1. x\n1. y\n",
	  "p.md:9: error: the step number 1 stands here again" },
	{ "number left out", FACTS "1. x\n3. y\n", "p.md:9: warning: the steps jump from 1 to 3" },
	{ "unknown attribute", FACTS "1. x {Z=1}\n", "p.md:8: error: 'Z' is not known" },
	{ "attribute twice", FACTS "1. x {by=1m by=2m}\n",
	  "p.md:8: error: 'by' stands here twice" },
	{ "the parser's own column", FACTS "1. x {plan=P02}\n", "p.md:8: error: 'plan' is not" },
	{ "no value", FACTS "1. x {R}\n", "p.md:8: error: 'R' in braces" },
	{ "bad time", FACTS "1. x {by=soon}\n", "p.md:8: error: by: 'soon' is no time" },
	{ "braces in the middle", FACTS "1. x {R=r} y\n", "p.md:8: error: the braces" },
	{ "quote not closed", FACTS "1. x {needs=\"a}\n", "p.md:8: error: a quotation mark" },
	{ "comment not closed", FACTS "1. x\n<!-- y\n", "p.md:9: error: the comment" },
	{ "title again", FACTS "# T\n1. x\n", "p.md:8: warning: is not used" },
	{ "nothing", "", "p.md: error: a page begins with" },
};

static void test_plans(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		struct source s;

		print_message("# %s\n", plans[i].name);
		source_init(&s);
		plan_parse(&s, "p.md", plans[i].text, strlen(plans[i].text));
		assert_findings(&s, plans[i].want);
		source_release(&s);
	}
}

static void test_plan_parts(void **state)
{
	static const char text[] = FACTS
		"Read\nthis.\n\n## One\nFirst words.\n\n"
		"1. Do it,\n   all of it. {R=r A=a C=c,d by=2h kind=decision needs=\"a key\"}\n"
		"   Why: because.\n\n   - point\n   - other\n\n<!-- not this -->\n## Two\n"
		"2. Next\n\nLast words.\n";
	struct source s;
	const struct table *steps, *phases;

	(void)state;
	source_init(&s);
	plan_parse(&s, "p.md", text, sizeof(text) - 1);
	steps = &s.tables[STEPS];
	phases = &s.tables[PHASES];
	assert_int_equal(s.findings.count, 0);
	assert_int_equal(phases->count, 3);
	assert_string_equal(table_get(phases, &phases->records[0], "intro"), "Read this.");
	assert_string_equal(table_get(phases, &phases->records[1], "title"), "One");
	assert_string_equal(table_get(phases, &phases->records[1], "intro"), "First words.");
	assert_string_equal(table_get(phases, &phases->records[2], "nr"), "2");
	assert_int_equal(steps->count, 2);
	const struct record *r = &steps->records[0];
	assert_string_equal(table_get(steps, r, "text"), "Do it, all of it.");
	assert_string_equal(table_get(steps, r, "detail"), "Why: because.\n\n- point\n- other");
	assert_string_equal(table_get(steps, r, "by"), "120");
	assert_string_equal(table_get(steps, r, "c"), "c,d");
	assert_string_equal(table_get(steps, r, "needs"), "a key");
	assert_string_equal(table_get(steps, &steps->records[1], "phase"), "2");
	assert_string_equal(table_get(steps, &steps->records[1], "detail"), "Last words.");
	source_release(&s);
}

/* What is stored is one form, however it was written. */
static void test_stored(void **state)
{
	static const char keys[] =
		"schluessel_id;schluessel\n{1a2b3c4d-0000-1111-2222-33334444555f};"
		"000011 000022 000033 000044 000055 000066 000077 720885\n";
	static const char systems[] =
		"id;name;abbild_sha256;ohne_abhaengigkeit\nx;X;"
		"AA11bb22cc33dd44ee55ff66AA11bb22cc33dd44ee55ff66AA11bb22cc33dd44;ja\n";
	struct source s;
	const struct table *t;

	(void)state;
	source_init(&s);
	sheet_parse(&s, RECOVERY_KEYS, "t.csv", keys, sizeof(keys) - 1);
	sheet_parse(&s, SYSTEMS, "t.csv", systems, sizeof(systems) - 1);
	assert_int_equal(s.findings.count, 0);
	t = &s.tables[RECOVERY_KEYS];
	assert_string_equal(table_get(t, &t->records[0], "key_id"),
			    "1A2B3C4D-0000-1111-2222-33334444555F");
	assert_string_equal(table_get(t, &t->records[0], "key"),
			    "000011-000022-000033-000044-000055-000066-000077-720885");
	t = &s.tables[SYSTEMS];
	assert_string_equal(table_get(t, &t->records[0], "image_hash"),
			    "aa11bb22cc33dd44ee55ff66aa11bb22cc33dd44ee55ff66aa11bb22cc33dd44");
	assert_string_equal(table_get(t, &t->records[0], "independent"), "1");
	source_release(&s);
}

#define FORM "---\nid: F\ntitel: T\nstand: 2026-01-01\n---\n"

static const struct {
	const char *name, *text, *want;
} forms[] = {
	{ "good", FORM "## A\nName: ____\n- [ ] yes\n", "" },
	{ "nothing to fill in", FORM "Text.\n", "f.md: error: the form has nothing to fill in" },
	{ "two underscores are text", FORM "a__b\nX: ___\n", "" },
	{ "no colon", FORM "Name ____\n", "f.md:6: error: a field is written" },
	{ "words after it", FORM "Name: ____ Euro\nX: ___\n", "f.md:6: error: a field is written" },
	{ "two in a line", FORM "A: ____ B: ____\n", "f.md:6: error: a field is written" },
	{ "box without words", FORM "- [ ]\n", "f.md:6: error: a box to tick without words" },
	{ "title again", FORM "# T\nA: ___\n", "f.md:6: warning: is not used" },
	{ "comment not closed", FORM "A: ___\n<!-- x\n", "f.md:7: error: the comment" },
	{ "no facts", "A: ___\n", "f.md:1: error: a page begins with" },
	{ "a plan's fact", "---\nid: F\ntitel: T\nstand: 2026-01-01\nziel: x\n---\nA: ___\n",
	  "f.md:5: error: 'ziel' is not known here" },
};

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct source s;

		print_message("# %s\n", forms[i].name);
		source_init(&s);
		form_parse(&s, "f.md", forms[i].text, strlen(forms[i].text));
		assert_findings(&s, forms[i].want);
		source_release(&s);
	}
}

/* The kit's own row stands instead of a public one; faults in that are not judged. */
static void test_public(void **state)
{
	static const char own[] = "id;name;art\na;Own;intern\n";
	static const char public[] = "id;name;art\na;Public;???\nb;Other;polizei\n";
	struct source s;
	const struct table *t;

	(void)state;
	source_init(&s);
	t = &s.tables[ORGANISATIONS];
	sheet_parse(&s, ORGANISATIONS, "t.csv", own, sizeof(own) - 1);
	sheet_parse_public(&s, ORGANISATIONS, "public/t.csv", public, sizeof(public) - 1);
	assert_int_equal(s.findings.count, 0);
	assert_int_equal(t->count, 2);
	assert_string_equal(table_get(t, &t->records[0], "name"), "Own");
	assert_string_equal(table_get(t, &t->records[1], "name"), "Other");
	assert_string_equal(t->records[1].file, "public/t.csv");
	source_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conf),       cmocka_unit_test(test_conf_values),
		cmocka_unit_test(test_sheets),     cmocka_unit_test(test_plans),
		cmocka_unit_test(test_plan_parts), cmocka_unit_test(test_stored),
		cmocka_unit_test(test_forms),      cmocka_unit_test(test_public),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
