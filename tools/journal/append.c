/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `journal append`: enter one event. */
#include <stdio.h>
#include <string.h>

#include "journal/journal.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/json.h"
#include "lib/journal/journal.h"

/* KIND and KEY=VALUE... as an event. */
static bool take_event(int argc, char **argv, struct message *event, struct error *e)
{
	message_start(event, "kind", argv[0]);
	for (int i = 1; i < argc; i++) {
		if (!strchr(argv[i], '='))
			return error_set(e, ERROR_USAGE, _("'%s' is not KEY=VALUE"), argv[i]);
		message_add_string(event, argv[i]);
	}
	/* The rules of a message: the writer would say the same. */
	struct message checked;
	bool ok = event->overflow || message_parse(&checked, "kind", event->bytes, event->len, e);
	explicit_bzero(&checked, sizeof(checked));
	return ok;
}

static void show(const struct journal_receipt *r, bool as_json)
{
	if (as_json) {
		struct json j = json_to(stdout);

		json_object(&j, NULL);
		json_string(&j, "boot", r->boot);
		json_number(&j, "sequence", r->sequence);
		json_bool(&j, "stored", r->stored);
		json_string(&j, "why", r->stored ? NULL : r->why);
		json_end(&j);
		return;
	}
	printf("%s:%llu\n", r->boot, (unsigned long long)r->sequence);
	if (!r->stored)
		fprintf(stderr, _("Not on the stick yet, in memory only: %s\n"), r->why);
}

static bool append(int argc, char **argv, bool as_json, struct error *e)
{
	struct journal j = JOURNAL_NONE;
	struct journal_receipt r;
	struct message event;
	bool ok = take_event(argc, argv, &event, e) && journal_connect(&j, e) &&
		  journal_append(&j, &event, &r, e);

	explicit_bzero(&event, sizeof(event));
	journal_close(&j);
	if (ok)
		show(&r, as_json);
	return ok;
}

int journal_append_verb(int argc, char **argv)
{
	struct error e = { 0 };
	bool as_json = false;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"journal",
		"append",
		"KIND [KEY=VALUE...]",
		N_("Enter an event. It is printed as BOOT:SEQUENCE when it is written. Nothing\n"
		   "is ever changed or removed: who was wrong enters another that corrects it."),
		options,
		1,
		SIZE_MAX,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) || !append(argc, argv, as_json, &e))
		return report("journal", &e);
	return 0;
}
