/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs of at: what its head says, and nothing that would be run is taken for a part of it. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes.h"
#include "triage/parse/at.h"

extern const struct format format_at;

#define TOP "#!/bin/sh\n# atrun uid=1000 gid=100\n# mail anna 0\numask 22\n"
#define FOLDER "cd /srv/anna || {\n\t echo 'Execution directory inaccessible' >&2\n\t exit 1\n}\n"
#define JSON_TOP                                                                                   \
	"{\"scheduled_time\":\"2030-12-31T23:59:00Z\",\"queue\":\"c\",\"running\":false,"          \
	"\"job_number\":26,\"uid\":1000,\"gid\":100,\"mail_to\":\"anna\",\"umask\":\"22\","

static void expect(const char *name, const char *file, const char *want, const char *problems)
{
	struct bytes b = { 0 };

	put_ascii(&b, file);
	struct outcome x = outcome_of(&format_at, &b, name, EMIT_JSONL);
	assert_true(x.ok);
	assert_string_equal(text_end(&x.lines), want);
	assert_string_equal(text_end(&x.problems), problems);
	outcome_release(&x);
	bytes_release(&b);
}

static void jobs(void **state)
{
	(void)state;
	expect("c0001a01e98cff",
	       TOP "HOME=/srv/anna; export HOME\nX=a\\ \\;b; export X\n" FOLDER "rm -r x\n\n",
	       JSON_TOP "\"directory\":\"/srv/anna\",\"environment\":[\"HOME=/srv/anna\","
			"\"X=a\\\\ \\\\;b\"],\"commands\":\"rm -r x\\n\\n\"}\n",
	       "");
	/* As at 3.2.5 writes a value with line feeds. */
	expect("c0001a01e98cff",
	       TOP "TERMCAP=SC\\|screen:\\\\\"\n\"\\\t:DO=:\\\\\"\n\"\"\n\"; export TERMCAP\n"
		   "A=b; export A\n" FOLDER "id\n",
	       JSON_TOP
	       "\"directory\":\"/srv/anna\",\"environment\":["
	       "\"TERMCAP=SC\\\\|screen:\\\\\\\\\\\"\\n\\\"\\\\\\t:DO=:\\\\\\\\\\\"\\n\\\"\\\"\\n\\\"\",\"A=b\"],"
	       "\"commands\":\"id\\n\"}\n",
	       "");
	expect("=0000100000000", "",
	       "{\"scheduled_time\":\"1970-01-01T00:00:00Z\",\"queue\":\"\",\"running\":true,"
	       "\"job_number\":1,\"uid\":null,\"gid\":null,\"mail_to\":null,\"umask\":null,"
	       "\"directory\":null,\"environment\":[],\"commands\":null}\n",
	       "");
	expect("backdoor", "id\n",
	       "{\"scheduled_time\":null,\"uid\":null,\"gid\":null,\"mail_to\":null,\"umask\":null,"
	       "\"directory\":null,\"environment\":[],\"commands\":\"id\\n\"}\n",
	       "0: the file's name is none that at gives: it would say when it runs\n");
}

/* The first line that at would not have written, and all behind it, are commands. */
static void hidden(void **state)
{
	static const char *const lines[] = {
		"X=1 evil; export X",  "X=`evil`; export X", "X=$(evil); export X",
		"X=1;evil; export X",  "X=1; export Y",      "X=1; export",
		"evil=; evil; export", "umask 22; evil",     "cd /x && {",
		"=1; export ",         "X;=1; export X",     " umask 22",
	};
	char file[400], want[800];
	(void)state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		snprintf(file, sizeof(file), TOP "%s\nA=b; export A\n", lines[i]);
		snprintf(want, sizeof(want),
			 JSON_TOP "\"directory\":null,\"environment\":[],\"commands\":\"%s\\n"
				  "A=b; export A\\n\"}\n",
			 lines[i]);
		expect("c0001a01e98cff", file, want, "");
	}
	/* Nor is anything that only begins as a value with line feeds does. */
	static const char *const values[] = { "X=1\"\nevil",
					      "X=1\"\n\"; evil; export X",
					      "X=1\"\n\"2\"\n\"3; export Y",
					      "X=1\\\"\n\"; export X",
					      "X=1\"\n\"\"evil\"\"; export X",
					      "X=1\"",
					      "X=1\\; export X",
					      "X=1\"\n" };
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		struct text in = { 0 }, out = { 0 };

		text_addf(&in, TOP "%s\n", values[i]);
		text_addf(&out, JSON_TOP "\"directory\":null,\"environment\":[],\"commands\":\"");
		for (const char *c = values[i]; *c; c++)
			text_addf(&out,
				  *c == '\n'                ? "\\n"
				  : *c == '"' || *c == '\\' ? "\\%c"
							    : "%c",
				  *c);
		text_add(&out, "\\n\"}\n");
		expect("c0001a01e98cff", in.s, out.s, "");
		text_release(&in);
		text_release(&out);
	}
	/* In the braces that at puts behind the folder, too. */
	expect("c0001a01e98cff",
	       TOP "cd / || {\n\t echo 'Execution directory inaccessible' >&2\nevil\n}\n",
	       JSON_TOP "\"directory\":\"/\",\"environment\":[],\"commands\":\"evil\\n}\\n\"}\n",
	       "");
}

static void names(void **state)
{
	static const struct {
		const char *name;
		bool good;
	} cases[] = {
		{ "a0000101e98cff", true },
		{ "Z0000101e98cff", true },
		{ "=0000101e98cff", true },
		{ "a0000101e98cf", false },
		{ "a0000101e98cfff", false },
		{ "10000101e98cff", false },
		{ "a0000101e98cfF", false },
		{ "a0000g01e98cff", false },
		{ "", false },
		{ ".SEQ", false },
	};
	struct at_name n;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (at_name_parse(cases[i].name, &n) != cases[i].good)
			fail_msg("%s", cases[i].name);
	assert_true(at_name_parse("bfffffffffffff", &n));
	assert_int_equal(n.number, 0xfffff);
	assert_int_equal(n.minutes, 0xffffffff);
}

static void too_long(void **state)
{
	struct bytes b = { 0 };
	struct text line = { 0 };
	(void)state;

	text_addf(&line, "%0999d\n", 0);
	for (unsigned i = 0; i < 1049; i++)
		put_ascii(&b, line.s);
	struct outcome x = outcome_of(&format_at, &b, "a0000101e98cff", EMIT_JSONL);
	assert_true(x.ok);
	assert_string_equal(text_end(&x.problems),
			    "0: a job is longer than 1 MiB: it is cut off\n");
	assert_in_range(x.lines.len, 1u << 20, (1u << 20) + 4096);
	outcome_release(&x);

	/* Nothing that is shorter comes behind what is missing. */
	put_ascii(&b, "rm -rf short\n");
	x = outcome_of(&format_at, &b, "a0000101e98cff", EMIT_JSONL);
	assert_null(strstr(x.lines.s, "short"));
	outcome_release(&x);
	text_release(&line);
	bytes_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(jobs), cmocka_unit_test(hidden),
					    cmocka_unit_test(names), cmocka_unit_test(too_long) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("at", tests, NULL, NULL);
}
