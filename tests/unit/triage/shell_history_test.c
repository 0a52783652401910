/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histories of bash and zsh, with times and without. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bytes.h"

extern const struct format format_shell_history;

static void lines(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "\n\n", "" },
		{ "ls\n\nid", "{\"written_time\":null,\"command\":\"ls\",\"line_number\":1}\n"
			      "{\"written_time\":null,\"command\":\"id\",\"line_number\":3}\n" },
		{ "old\n#1380630977\nls \\\n-l\n\n# 5\n#1380630978\n#1380630979\nid\n",
		  "{\"written_time\":null,\"command\":\"old\",\"line_number\":1}\n"
		  "{\"written_time\":\"2013-10-01T12:36:17Z\",\"command\":\"ls \\\\\\n-l\\n\\n# 5\","
		  "\"line_number\":2}\n"
		  "{\"written_time\":\"2013-10-01T12:36:19Z\",\"command\":\"id\",\"line_number\":8}\n" },
		{ ": 1457771210:3;cd a\n: 1457771210:0;echo \\\\\nb\\\nc\n: 1457771210:0;d\\\n: 1:0;e",
		  "{\"written_time\":\"2016-03-12T08:26:50Z\",\"command\":\"cd a\",\"elapsed_seconds\":3,"
		  "\"line_number\":1}\n"
		  "{\"written_time\":\"2016-03-12T08:26:50Z\",\"command\":\"echo \\\\\\nb\\nc\","
		  "\"elapsed_seconds\":0,\"line_number\":2}\n"
		  "{\"written_time\":\"2016-03-12T08:26:50Z\",\"command\":\"d\\n: 1:0;e\","
		  "\"elapsed_seconds\":0,\"line_number\":5}\n" },
		{ ": 1457771210:0;Gr\xc3\x83\x9c\xc3\x83\xbf"
		  "e\n",
		  "{\"written_time\":\"2016-03-12T08:26:50Z\",\"command\":\"Gr\u00fc\u00dfe\","
		  "\"elapsed_seconds\":0,\"line_number\":1}\n" },
		{ "#1234567890123456\n: 1:2\n: 1;x\n#\n",
		  "{\"written_time\":null,\"command\":\"#1234567890123456\",\"line_number\":1}\n"
		  "{\"written_time\":null,\"command\":\": 1:2\",\"line_number\":2}\n"
		  "{\"written_time\":null,\"command\":\": 1;x\",\"line_number\":3}\n"
		  "{\"written_time\":null,\"command\":\"#\",\"line_number\":4}\n" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = { 0 };

		put_ascii(&b, cases[i].text);
		JSON_IS(&format_shell_history, &b, ".bash_history", cases[i].want);
		bytes_release(&b);
	}
}

/* zsh without times has bytes of its own, too; what is valid as it stands has none. */
static void zsh_without_times(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "Stra\xc3\x83\xbf"
		  "e \xe2\x80\x83\xb3",
		  "Stra\u00dfe \u2013" },
		{ "\xe3\x83\xaa \xc3\x83", "\u30ea \u00c3" },
		{ "\xff\x83\xbf", "\ufffd\ufffd\ufffd" },
		{ "a\x83", "a\ufffd" },
	};
	char want[99];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = { 0 };

		put_ascii(&b, cases[i].text);
		snprintf(want, sizeof(want),
			 "{\"written_time\":null,\"command\":\"%s\",\"line_number\":1}\n",
			 cases[i].want);
		JSON_IS(&format_shell_history, &b, "h", want);
		bytes_release(&b);
	}
}

/* Zeros that a power cut left hide no time behind them. */
static void zeros(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	put_ascii(&b, "#1380630977\ncut");
	put_zeros(&b, 5000);
	put_ascii(&b, "#1380630978\nid\n");
	put_zeros(&b, 2);
	put_ascii(&b, "\n");
	put_zeros(&b, 1);
	put_ascii(&b, "#1380630979\nls");
	put_zeros(&b, 1);
	put_ascii(&b, ": 1457771210:0;a");
	put_zeros(&b, 1);
	put_ascii(&b, "b");
	put_zeros(&b, 1);
	put_ascii(&b, ": 1457771210:0;c\n");
	put_zeros(&b, 1);
	JSON_IS(&format_shell_history, &b, "h",
		"{\"written_time\":\"2013-10-01T12:36:17Z\",\"command\":\"cut\",\"line_number\":1}\n"
		"{\"written_time\":\"2013-10-01T12:36:18Z\",\"command\":\"id\\n\",\"line_number\":2}\n"
		"{\"written_time\":\"2013-10-01T12:36:19Z\","
		"\"command\":\"ls\\n: 1457771210:0;a\\u0000b\\n: 1457771210:0;c\",\"line_number\":5}\n");
	bytes_release(&b);
}

/* Many lines in one, all of which end with a zero. */
static void many_zeros(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	for (unsigned i = 0; i < 200000; i++)
		put_n(&b, ": 1:0;a", 8);
	struct outcome x = outcome_of(&format_shell_history, &b, "h", EMIT_JSONL);
	size_t lines = 0;
	for (const char *at = x.lines.s; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, 200000);
	outcome_release(&x);
	bytes_release(&b);
}

/* Orders to a terminal, zeros, broken UTF-8: one line, and nothing that acts. */
static void hostile_text(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	put_n(&b,
	      "a\x1b[2J\0\xff\xe2\x80\xae"
	      "b\r\n",
	      13);
	JSON_IS(&format_shell_history, &b, "h",
		"{\"written_time\":null,\"command\":\"a\\u001b[2J\\u0000\xef\xbf\xbd\\u202eb\\r\","
		"\"line_number\":1}\n");
	bytes_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lines),
					    cmocka_unit_test(zsh_without_times),
					    cmocka_unit_test(zeros), cmocka_unit_test(many_zeros),
					    cmocka_unit_test(hostile_text) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
