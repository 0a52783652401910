/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook show` and `handbook plan`: one thing, or the list of plans. */
#include <stdio.h>
#include <string.h>

#include "handbook/book.h"
#include "handbook/handbook.h"
#include "handbook/printed.h"
#include "handbook/unlock.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"

static bool show(enum kit_kind kind, const char *id, const struct unlock_options *unlock,
		 bool as_json, struct error *e)
{
	struct json j = json_to(stdout);
	struct text out = { 0 };
	struct book book = { 0 };
	bool ok = book_open_with(&book, unlock, e);

	if (ok && as_json)
		ok = book_show_json(&book, kind, id, &j, e);
	else if (ok)
		ok = book_show(&book, kind, id, &out, e);
	if (ok)
		print_masked(text_end(&out));
	book_close(&book);
	text_release(&out);
	return ok;
}

int handbook_show(int argc, char **argv)
{
	struct error e = { 0 };
	struct unlock_options unlock = { 0 };
	bool as_json = false;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		UNLOCK_OPTIONS(unlock),
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"show",
		"KIND:ID",
		N_("Show one thing whole: role:dsb, organisation:lfdi, plan:P01, step:P01/6,\n"
		   "chain:a1, deadline:dsgvo33, system:mail, person:p-mueller."),
		options,
		1,
		1,
	};
	enum kit_kind kind;
	const char *id;

	if (!cli_parse(&usage, &argc, &argv, &e) || !book_name_parse(argv[0], &kind, &id, &e) ||
	    !show(kind, id, &unlock, as_json, &e))
		return report("handbook", &e);
	return 0;
}

static bool list_plans(const struct unlock_options *unlock, bool as_json, struct error *e)
{
	struct json j = json_to(stdout);
	struct book book = { 0 };
	bool row = true, ok = book_open_with(&book, unlock, e);
	struct db_statement *s =
		!ok ? NULL
		    : db_prepare(
			      book.db,
			      "SELECT p.plan_id, title, ifnull(occasion,''), count(s.nr) FROM plan p"
			      " LEFT JOIN step s ON s.plan_id = p.plan_id GROUP BY p.plan_id"
			      " ORDER BY p.card, p.plan_id",
			      e);

	ok = s != NULL;
	if (ok && as_json)
		json_array(&j, NULL);
	while (ok && (ok = db_step(s, &row, e)) && row) {
		char title[512], occasion[512];

		if (as_json) {
			json_object(&j, NULL);
			json_string(&j, "id", db_text(s, 0));
			json_string(&j, "title", db_text(s, 1));
			json_string(&j, "occasion", db_text(s, 2));
			json_number(&j, "steps", (uint64_t)db_number(s, 3));
			json_end(&j);
			continue;
		}
		printf("%-4s  %s\n", db_text(s, 0), text_mask(title, sizeof(title), db_text(s, 1)));
		if (*db_text(s, 2))
			printf("      %s\n", text_mask(occasion, sizeof(occasion), db_text(s, 2)));
	}
	if (ok && as_json)
		json_end(&j);
	db_finish(s);
	book_close(&book);
	return ok;
}

int handbook_plan(int argc, char **argv)
{
	struct error e = { 0 };
	struct unlock_options unlock = { 0 };
	bool as_json = false, ok;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print JSON"), 0, 0 },
		UNLOCK_OPTIONS(unlock),
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"plan",
		"list | show ID",
		N_("List the plans, or show one with its steps."),
		options,
		1,
		2,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	if (argc == 1 && strcmp(argv[0], "list") == 0)
		ok = list_plans(&unlock, as_json, &e);
	else if (argc == 2 && strcmp(argv[0], "show") == 0)
		ok = show(KIT_PLAN, argv[1], &unlock, as_json, &e);
	else
		ok = error_set(&e, ERROR_USAGE, _("usage: %s %s %s"), "handbook", "plan",
			       "list | show ID");
	return ok ? 0 : report("handbook", &e);
}
