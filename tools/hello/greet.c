/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `hello greet`: print a greeting, as text or JSON. */
#include <stdio.h>

#include "hello/hello.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/json.h"

bool hello_greeting(struct text *out, const char *name, struct error *e)
{
	char masked[256];

	if (*name == '\0')
		return error_set(e, ERROR_USAGE, _("the name is empty; whom shall I greet?"));
	text_addf(out, _("Hello, %s."), text_mask(masked, sizeof(masked), name));
	return true;
}

static bool greet(const char *name, bool as_json, struct error *e)
{
	struct text greeting = { 0 };
	bool ok = hello_greeting(&greeting, name, e);

	if (ok && as_json) {
		struct json j = json_to(stdout);

		json_object(&j, NULL);
		json_string(&j, "name", name);
		json_string(&j, "greeting", text_end(&greeting));
		json_end(&j);
	} else if (ok) {
		puts(text_end(&greeting));
	}
	text_release(&greeting);
	return ok;
}

int hello_greet(int argc, char **argv)
{
	struct error e = { 0 };
	bool as_json = false;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"hello", "greet", "NAME", N_("Greet a person by name."), options, 1, 1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) || !greet(argv[0], as_json, &e))
		return report("hello", &e);
	return 0;
}
