/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command lines: what is taken, what is refused, and in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/cli.h"

#define WORDS 8

static const struct {
	const char *name;
	const char *in[WORDS];   /* after the verb */
	const char *left[WORDS]; /* the arguments that remain */
	const char *error;       /* a part of it; NULL: taken */
	bool json, dry;
	const char *to;
	uint64_t jobs;
} rows[] = {
	{ .name = "an argument", .in = { "a" }, .left = { "a" } },
	{ .name = "a flag before", .in = { "--json", "a" }, .left = { "a" }, .json = true },
	{ .name = "a flag after", .in = { "a", "--json" }, .left = { "a" }, .json = true },
	{ .name = "a short flag", .in = { "-n", "a" }, .left = { "a" }, .dry = true },
	{ .name = "a value", .in = { "--to", "x", "a" }, .left = { "a" }, .to = "x" },
	{ .name = "a joined value", .in = { "--to=x", "a" }, .left = { "a" }, .to = "x" },
	{ .name = "an empty value", .in = { "--to=", "a" }, .left = { "a" }, .to = "" },
	{ .name = "a value like an option",
	  .in = { "--to", "--json", "a" },
	  .left = { "a" },
	  .to = "--json" },
	{ .name = "the last one counts",
	  .in = { "--to", "x", "--to=y", "a" },
	  .left = { "a" },
	  .to = "y" },
	{ .name = "a number", .in = { "--jobs", "64", "a" }, .left = { "a" }, .jobs = 64 },
	{ .name = "all of it",
	  .in = { "a", "-n", "b", "--jobs=2", "--json" },
	  .left = { "a", "b" },
	  .json = true,
	  .dry = true,
	  .jobs = 2 },
	{ .name = "after --, no options", .in = { "--", "--json" }, .left = { "--json" } },
	{ .name = "a second -- is an argument", .in = { "--", "--" }, .left = { "--" } },
	{ .name = "a dash is an argument", .in = { "-" }, .left = { "-" } },
	{ .name = "unknown", .in = { "--jsom", "a" }, .error = "no option --jsom" },
	{ .name = "a part of a name", .in = { "--js", "a" }, .error = "no option --js" },
	{ .name = "more than a name", .in = { "--jsonl", "a" }, .error = "no option --jsonl" },
	{ .name = "unknown short", .in = { "-x", "a" }, .error = "no option -x" },
	{ .name = "short with more", .in = { "-nx", "a" }, .error = "no option -nx" },
	{ .name = "long by one dash", .in = { "-json", "a" }, .error = "no option -json" },
	{ .name = "no value", .in = { "a", "--to" }, .error = "--to needs a value" },
	{ .name = "no number", .in = { "a", "--jobs" }, .error = "--jobs needs a value" },
	{ .name = "a flag with a value", .in = { "--json=yes", "a" }, .error = "takes no value" },
	{ .name = "below", .in = { "--jobs=0", "a" }, .error = "--jobs: 0 is out of range" },
	{ .name = "above", .in = { "--jobs=65", "a" }, .error = "--jobs: 65 is out of range" },
	{ .name = "not a number", .in = { "--jobs=x", "a" }, .error = "'x' is not a number" },
	{ .name = "too few", .in = { "--json" }, .error = "usage: tool verb FILE" },
	{ .name = "none at all", .in = { NULL }, .error = "usage: tool verb FILE" },
	{ .name = "too many", .in = { "a", "b", "c" }, .error = "usage: tool verb FILE" },
};

static size_t words(const char *const *list)
{
	size_t n = 0;

	while (n < WORDS && list[n])
		n++;
	return n;
}

static void parses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error e = { 0 };
		bool json = false, dry = false;
		const char *to = NULL;
		uint64_t jobs = 0;
		const struct cli_option options[] = {
			{ "json", CLI_FLAG, &json, NULL, "as JSON", 0, 0 },
			{ "n", CLI_FLAG, &dry, NULL, "write nothing", 0, 0 },
			{ "to", CLI_TEXT, &to, "FILE", "where to", 0, 0 },
			{ "jobs", CLI_NUMBER, &jobs, "N", "how many", 1, 64 },
			{ 0 },
		};
		const struct cli_usage usage = {
			"tool", "verb", "FILE [FILE]", "Does it.", options, 1, 2,
		};
		char verb[] = "verb", copy[WORDS][16], *list[WORDS + 2] = { verb };
		char **argv = list;
		int argc = 1;

		for (size_t k = 0; k < words(rows[i].in); k++) {
			snprintf(copy[k], sizeof(copy[k]), "%s", rows[i].in[k]);
			list[argc++] = copy[k];
		}
		bool ok = cli_parse(&usage, &argc, &argv, &e);
		if (ok != !rows[i].error || (ok && e.kind != ERROR_NONE))
			fail_msg("%s: %s", rows[i].name, ok ? "taken" : e.text);
		if (!ok) {
			if (e.kind != ERROR_USAGE || !strstr(e.text, rows[i].error))
				fail_msg("%s: refused as '%s'", rows[i].name, e.text);
			continue;
		}
		if (json != rows[i].json || dry != rows[i].dry || jobs != rows[i].jobs ||
		    (!to) != (!rows[i].to) || (to && strcmp(to, rows[i].to) != 0))
			fail_msg("%s: an option is wrong", rows[i].name);
		if ((size_t)argc != words(rows[i].left))
			fail_msg("%s: %d arguments left", rows[i].name, argc);
		for (int k = 0; k < argc; k++)
			if (strcmp(argv[k], rows[i].left[k]) != 0)
				fail_msg("%s: argument '%s'", rows[i].name, argv[k]);
	}
}

static void a_verb_may_have_no_options(void **state)
{
	const struct cli_usage usage = { "tool", "verb", "", "Does it.", NULL, 0, 0 };
	struct error e = { 0 };
	char verb[] = "verb", json[] = "--json", *list[] = { verb, json, NULL }, **argv = list;
	int argc = 1;

	(void)state;
	assert_true(cli_parse(&usage, &argc, &argv, &e));
	assert_int_equal(argc, 0);
	argc = 2;
	argv = list;
	assert_false(cli_parse(&usage, &argc, &argv, &e));
	assert_int_equal(e.kind, ERROR_USAGE);
}

static const struct {
	const char *name, *in;
	uint64_t min, max;
	bool ok;
	uint64_t want;
} numbers[] = {
	{ "zero", "0", 0, 10, true, 0 },
	{ "the least", "3", 3, 10, true, 3 },
	{ "the most", "10", 3, 10, true, 10 },
	{ "below", "2", 3, 10, false, 0 },
	{ "above", "11", 3, 10, false, 0 },
	{ "no limit", "18446744073709551615", 0, 0, true, UINT64_MAX },
	{ "too small without limit", "1", 2, 0, false, 0 },
	{ "one more than fits", "18446744073709551616", 0, 0, false, 0 },
	{ "leading zeros are decimal", "010", 0, 0, true, 10 },
	{ "empty", "", 0, 0, false, 0 },
	{ "negative", "-1", 0, 0, false, 0 },
	{ "plus", "+1", 0, 0, false, 0 },
	{ "space before", " 1", 0, 0, false, 0 },
	{ "space after", "1 ", 0, 0, false, 0 },
	{ "hexadecimal", "0x10", 0, 0, false, 0 },
	{ "a unit", "10M", 0, 0, false, 0 },
	{ "a fraction", "1.5", 0, 0, false, 0 },
};

static void reads_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct error e = { 0 };
		uint64_t n = 77;
		bool ok = cli_number(numbers[i].in, numbers[i].min, numbers[i].max, &n, &e);

		if (ok != numbers[i].ok || n != (ok ? numbers[i].want : 77))
			fail_msg("%s: %d, %llu", numbers[i].name, ok, (unsigned long long)n);
		if (!ok && e.kind != ERROR_USAGE)
			fail_msg("%s: no reason given", numbers[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(a_verb_may_have_no_options),
		cmocka_unit_test(reads_numbers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
