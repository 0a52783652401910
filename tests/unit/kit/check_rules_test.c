/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of `kit check`, group by group, on tables of a few lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kit/check.h"

#define TODAY "2026-11-24"
#define PEOPLE_OK                                                                                  \
	"id;last_name;mobile_work;landline_private;consent_on;checked_on\n"                        \
	"p;P;0171 3920001;069 90009001;2026-01-01;2026-11-01\n"                                    \
	"q;Q;0171 3920002;069 90009002;2026-01-01;2026-11-01\n"

static const struct {
	const char *name;
	struct {
		enum table_name table;
		const char *text;
	} files[4];
	const char *want; /* the rules found, in the order of files and lines, each with a space */
} cases[] = {
	{ "nothing", { { 0 } }, "" },
	{ "two ways are enough", { { PEOPLE, PEOPLE_OK } }, "" },
	{ "one way, never checked",
	  { { PEOPLE, "id;name;mobil\np;P;0171 3920001\n" } },
	  "person-few-channels contact-unchecked " },
	{ "180 days are fine, 181 are not",
	  { { PEOPLE,
	      "id;name;mobil;fest_dienst;geprueft_am\np;P;0171 3920001;069 90009001;28.05.2026\n"
	      "q;Q;0171 3920002;069 90009002;27.05.2026\n" } },
	  "contact-unchecked " },
	{ "a role without numbers needs no check",
	  { { PEOPLE, PEOPLE_OK }, { ROLES, "id;name;holders\nx;X;p,q\n" } },
	  "" },
	{ "the same person twice is one",
	  { { PEOPLE, PEOPLE_OK },
	    { ROLES, "id;name;holders\nx;X;p\n" },
	    { HOLDERS, "role;person\nx;p\n" } },
	  "role-few-holders " },
	{ "the roster counts, a past holder does not",
	  { { PEOPLE, PEOPLE_OK },
	    { ROLES, "id;name;holders\nx;X;p\ny;Y;p\n" },
	    { HOLDERS, "role;person;to\ny;q;2026-11-23\nx;q;2026-11-24\n" } },
	  "role-few-holders " },
	{ "holders.csv counts for whom it names, roles.csv for others",
	  { { PEOPLE, PEOPLE_OK },
	    { ROLES, "id;name;holders\nx;X;p,q\ny;Y;p,q\nz;Z;p,q\n" },
	    { HOLDERS, "role;person;from;to\nx;q;;2026-11-23\ny;q;2026-11-25;\n"
		       "z;q;;2026-11-24\n" } },
	  "role-few-holders role-few-holders " },
	{ "a function number does not hold a role",
	  { { ROLES, "id;name;duty;checked_on\nx;X;0171 3920050;2026-11-01\n" },
	    { CHAINS, "id;title;occasion\na;A;B\n" },
	    { NODES, "id;chain;whom;text\na1;a;role:x;T\n" } },
	  "role-without-holder " },
	{ "two gaps, one before and one after",
	  { { PEOPLE, PEOPLE_OK },
	    { ROLES, "id;name;holders\nx;X;p,q\n" },
	    { ROSTER, "role;person;from;to\nx;p;2026-11-25 08:00;2026-12-01 08:00\n"
		      "x;q;2026-12-01 09:00;2027-01-31 08:00\n" } },
	  "roster-gap roster-gap " },
	{ "a roster of the past",
	  { { PEOPLE, PEOPLE_OK },
	    { ROLES, "id;name;holders\nx;X;p,q\n" },
	    { ROSTER, "role;person;from;to\nx;p;2026-01-01 08:00;2026-02-01 08:00\n"
		      "x;q;2026-01-15 08:00;2026-02-15 08:00\n" } },
	  "roster-gap " },
	{ "one duty within another", /* and the longer one covers what follows */
	  { { PEOPLE, PEOPLE_OK },
	    { ROLES, "id;name;holders\nx;X;p,q\n" },
	    { ROSTER, "role;person;from;to\nx;p;2026-11-01 08:00;2027-01-31 08:00\n"
		      "x;q;2026-12-01 09:00;2026-12-02 08:00\n"
		      "x;p;2026-12-03 09:00;2026-12-04 08:00\n" } },
	  "roster-overlap " },
	{ "calls that answer each other",
	  { { CHAINS, "id;title;occasion\na;A;B\n" },
	    { ORGANISATIONS, "id;name;type;duty;checked_on\no;O;police;110;2026-11-01\n" },
	    { NODES,
	      "id;chain;whom;otherwise;text\n1;a;org:o;2;T\n2;a;org:o;1;T\n3;a;org:o;;T\n" } },
	  "chain-loop " },
	{ "a fork that joins again is no loop",
	  { { CHAINS, "id;title;occasion\na;A;B\n" },
	    { ORGANISATIONS, "id;name;type;duty;checked_on\no;O;police;110;2026-11-01\n" },
	    { NODES, "id;chain;whom;after;otherwise;text\n1;a;org:o;;3;T\n2;a;org:o;1;4;T\n"
		     "3;a;org:o;1;4;T\n4;a;org:o;2;;T\n" } },
	  "" },
	{ "the first two calls to a number that is down",
	  { { SYSTEMS, "id;name;tier;independent\nvoip;V;0;x\n" },
	    { ORGANISATIONS, "id;name;type;phone;phone_depends_on;radio;checked_on\n"
			     "o;O;internal;069 90009101;voip;Wache;2026-11-01\n" },
	    { CHAINS, "id;title;occasion\na;A;B\n" },
	    { NODES, "id;chain;whom;text\n1;a;org:o;T\n2;a;org:o;T\n3;a;org:o;T\n" } },
	  "chain-start chain-start " },
	{ "a provider's network is not our own",
	  { { SYSTEMS, "id;name;tier;independent;organisation\nnet;N;0;x;o\n" },
	    { ORGANISATIONS, "id;name;type;phone;phone_depends_on;checked_on\n"
			     "o;O;provider;069 90009101;net;2026-11-01\n" },
	    { CHAINS, "id;title;occasion\na;A;B\n" },
	    { NODES, "id;chain;whom;text\n1;a;org:o;T\n" } },
	  "" },
	{ "two loops share a system",
	  { { SYSTEMS, "id;name\na;A\nb;B\nc;C\n" },
	    { DEPENDENCIES, "from;to\na;b\nb;a\nb;c\nc;b\n" } },
	  "dependency-loop dependency-loop " },
	{ "same wave without numbers has no order",
	  { { SYSTEMS, "id;name;independent\na;A;\nb;B;x\n" },
	    { DEPENDENCIES, "from;to\na;b\n" },
	    { RESTART_WAVES, "system;wave;test\na;1;T\nb;1;T\n" } },
	  "" },
	{ "a later wave",
	  { { SYSTEMS, "id;name;independent\na;A;\nb;B;x\n" },
	    { DEPENDENCIES, "from;to\na;b\n" },
	    { RESTART_WAVES, "system;wave;test\na;1;T\nb;2;T\n" } },
	  "wave-order " },
	{ "365 days are fine, 366 are not",
	  { { DEADLINES,
	      "id;title;legal_basis;starts_at;hours;applies_if;source;checked_on;checked_by\n"
	      "a;A;L;awareness;72;C;S;2025-11-24;X\nb;B;L;awareness;72;C;S;2025-11-23;X\n" } },
	  "deadline-old " },
	{ "numbers, dates and times in open texts",
	  { { ORGANISATIONS,
	      "id;name;type;duty;note;checked_on\n"
	      "a;A;police;069 90009001;am 01.11.2026, 08.00 - 18.00, 01.11. - 05.11.26;2026-11-01\n"
	      "b;B;police;069 90009002;wie 069/9000-9001, 115, 116 117, § 0815;2026-11-01\n"
	      "c;C;police;069 90009003;sonst (069) 90009004;2026-11-01\n"
	      "d;D;police;069 90009005;bis 24.12.2026 069 90009006;2026-11-01\n" } },
	  "number-in-text number-in-text " },
	{ "a number in the protected tier is nobody else's business",
	  { { ORGANISATIONS, "id;name;type;tier;duty;note;checked_on\n"
			     "a;A;police;1;069 90009001;069 90009004;2026-11-01\n" } },
	  "" },
	{ "lost, but of an older version",
	  { { ORGANISATIONS, "id;name;type\na;A;police\n" },
	    { ISSUED, "id;type;holder;kit_version;status\n1;stick;org:a;2;lost\n"
		      "2;stick;org:a;3;lost\n3;stick;org:a;;lost\n4;stick;org:a;;returned\n" } },
	  "stick-lost stick-lost " },
};

/* As sheet_parse(), under the file's own name. */
static void load(struct source *s, enum table_name table, const char *text)
{
	const struct layout *l = layout_of(table);

	sheet_parse(s, table, l->file, text, strlen(text));
}

static void test_rules(void **state)
{
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text got = { 0 };
		struct source s;

		source_init(&s);
		conf_fill(&s);
		s.conf.version = "3";
		for (size_t k = 0; k < 4 && cases[i].files[k].text; k++)
			load(&s, cases[i].files[k].table, cases[i].files[k].text);
		references_check(&s);
		check_all(&s, TODAY);
		findings_sort(&s.findings);
		for (size_t k = 0; k < s.findings.count; k++)
			if (strcmp(s.findings.items[k].rule, "system-without-dependency") != 0)
				text_addf(&got, "%s ",
					  *s.findings.items[k].rule ? s.findings.items[k].rule
								    : s.findings.items[k].text);
		if (strcmp(text_end(&got), cases[i].want) != 0)
			print_message("# %s: %s\n", cases[i].name, text_end(&got)), failed++;
		text_release(&got);
		source_release(&s);
	}
	assert_int_equal(failed, 0);
}

/* compile takes the errors, and what the parsers warned of stays. */
static void test_faults_only(void **state)
{
	static const char roles[] = "id;name;colour\nx;X;red\n";
	static const char chains[] = "id;title;occasion\na;A;B\n";
	struct source s;

	(void)state;
	source_init(&s);
	conf_fill(&s);
	load(&s, ROLES, roles);
	load(&s, CHAINS, chains);
	/* A gap is the day's fault, not the source's. */
	load(&s, PEOPLE, "id;last_name\np;P\n");
	load(&s, ROSTER, "role;person;from;to\nx;p;2020-01-01 00:00;2020-01-02 00:00\n");
	references_check(&s);
	s.conf.data_date = TODAY;
	check_faults(&s);
	assert_int_equal(s.findings.faults, 1);
	assert_int_equal(s.findings.count, 2);
	assert_string_equal(s.findings.items[0].rule, "");
	assert_string_equal(s.findings.items[1].rule, "chain-empty");
	source_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_faults_only),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("check_rules", tests, NULL, NULL);
}
