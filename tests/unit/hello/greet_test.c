/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The greeting: whom, in which words, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hello/hello.h"

static const struct {
	const char *name, *input;
	const char *want; /* NULL: refused */
} rows[] = {
	{ "a name", "Anna", "Hello, Anna." },
	{ "an umlaut", "J\u00fcrgen", "Hello, J\u00fcrgen." },
	{ "a percent sign", "100%s", "Hello, 100%s." },
	{ "control characters", "A\033[1mnna\n", "Hello, A\uFFFD[1mnna\uFFFD." },
	{ "bidi override", "\u202eannA", "Hello, \uFFFDannA." },
	{ "empty", "", NULL },
};

static void greets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text out = { 0 };
		struct error e = { 0 };
		bool ok = hello_greeting(&out, rows[i].input, &e);

		if (ok != (rows[i].want != NULL) || ok != (e.kind == ERROR_NONE))
			fail_msg("%s: %s", rows[i].name, ok ? "greeted" : "refused");
		if (strcmp(text_end(&out), rows[i].want ? rows[i].want : "") != 0)
			fail_msg("%s: '%s'", rows[i].name, text_end(&out));
		text_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(greets),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
