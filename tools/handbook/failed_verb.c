/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook failed`: what has failed, what is dead with it, and saying so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handbook/handbook.h"
#include "handbook/desk.h"
#include "lib/base/cli.h"

/* "voip,mail": each must be a system that is open. Sets wanted[i] for systems[i]. */
static bool parse_list(const struct outage *o, const char *list, bool *wanted, struct error *e)
{
	while (*list) {
		size_t n = strcspn(list, ","), i = 0;

		while (i < o->count && !(*o->systems[i].name && strlen(o->systems[i].id) == n &&
					 memcmp(o->systems[i].id, list, n) == 0))
			i++;
		if (i == o->count)
			return error_set(e, ERROR_USAGE,
					 _("there is no system '%.*s' in the parts that are open; "
					   "'handbook failed' lists them"),
					 (int)n, list);
		wanted[i] = true;
		list += n + (list[n] == ',');
	}
	return true;
}

/* Record the changes, each an event; with `only_say` nothing is recorded. Systems that are
 * locked here stay as they are. */
static bool set(struct desk *d, const bool *wanted, bool only_say, struct error *e)
{
	struct outage *o = &d->book.outage;
	bool ok = only_say || desk_can_record(d, e);

	for (size_t i = 0; ok && i < o->count; i++) {
		const struct outage_system *s = &o->systems[i];
		struct message m;

		if (!*s->name || s->failed == wanted[i])
			continue;
		message_start(&m, "kind", "system");
		message_add(&m, "system", s->id);
		message_add(&m, "state", wanted[i] ? "failed" : "works");
		ok = only_say || desk_record(d, &m, e);
		if (ok)
			outage_set(o, s->id, wanted[i]);
	}
	return ok;
}

static void print_text(const struct outage *o)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct outage_system *s = &o->systems[i];
		char name[512], masked[1024];
		struct text state = { 0 };

		if (!*s->name && !s->failed)
			continue;
		outage_add_state(o, s, &state);
		printf("%s: %s\n", text_mask(name, sizeof(name), *s->name ? s->name : s->id),
		       text_mask(masked, sizeof(masked), text_end(&state)));
		text_release(&state);
	}
}

static void print_json(const struct outage *o)
{
	struct json j = json_to(stdout);

	json_array(&j, NULL);
	for (size_t i = 0; i < o->count; i++) {
		const struct outage_system *s = &o->systems[i];

		if (!*s->name && !s->failed)
			continue;
		json_object(&j, NULL);
		json_string(&j, "id", s->id);
		json_string(&j, "name", *s->name ? s->name : NULL);
		json_bool(&j, "failed", s->failed);
		json_bool(&j, "dead", s->cause != OUTAGE_NONE);
		json_string(&j, "cause", s->cause != OUTAGE_NONE ? o->systems[s->cause].id : NULL);
		json_end(&j);
	}
	json_end(&j);
}

static bool run(const struct unlock_options *unlock, const char *list, bool only_say, bool as_json,
		struct error *e)
{
	struct desk d = DESK_NONE;
	const struct outage *o = &d.book.outage;
	bool *wanted = NULL, ok = desk_open_with(&d, unlock, e);

	if (ok && list) {
		wanted = mem_array(o->count + 1, sizeof(*wanted));
		ok = parse_list(o, list, wanted, e) && set(&d, wanted, only_say, e);
	}
	if (ok && as_json)
		print_json(o);
	else if (ok)
		print_text(o);
	free(wanted);
	desk_close(&d);
	return ok;
}

int handbook_failed(int argc, char **argv)
{
	struct error e = { 0 };
	struct unlock_options unlock = { 0 };
	const char *list = NULL;
	bool as_json = false, only_say = false;
	const struct cli_option options[] = {
		{ "set", CLI_TEXT, &list, "IDS",
		  N_("these systems have failed, and no others: voip,mail; '' for none"), 0, 0 },
		{ "n", CLI_FLAG, &only_say, NULL, N_("only show what would follow from --set"), 0,
		  0 },
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON array"), 0, 0 },
		UNLOCK_OPTIONS(unlock),
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"failed",
		"",
		N_("What has failed, and what is dead with it. With --set it is entered into the\n"
		   "journal, and channels that depend on it stand last everywhere."),
		options,
		0,
		0,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) || !run(&unlock, list, only_say, as_json, &e))
		return report("handbook", &e);
	return 0;
}
