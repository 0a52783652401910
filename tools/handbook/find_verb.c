/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook find`: search from the command line. */
#include <stdio.h>

#include "handbook/find.h"
#include "handbook/handbook.h"
#include "handbook/unlock.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"

static void print_json(const struct find_result *r, size_t count)
{
	struct json j = json_to(stdout);

	json_array(&j, NULL);
	for (size_t i = 0; i < count; i++) {
		json_object(&j, NULL);
		json_string(&j, "kind", kit_kind_name(r[i].kind));
		json_string(&j, "id", r[i].id);
		json_string(&j, "title", r[i].title);
		json_string(&j, "number", *r[i].number ? r[i].number : NULL);
		json_string(&j, "number_kind", *r[i].number ? r[i].number_kind : NULL);
		json_bool(&j, "dead", r[i].dead);
		json_bool(&j, "on_duty", r[i].on_duty);
		json_string(&j, "detail", r[i].detail);
		json_end(&j);
	}
	json_end(&j);
}

/* Two lines each: what and its number, then how to ask for more. */
static void print_text(struct book *b, const struct find_result *r, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct text name = { 0 }, number = { 0 };
		char title[1024], detail[1024];

		find_add_title(b, &r[i], &name);
		dial_add(&number, r[i].number);
		printf("%s\n", text_mask(title, sizeof(title), text_end(&name)));
		if (number.len)
			printf("    %s  %s%s%s\n", text_end(&number),
			       book_channel_label(r[i].number_kind), r[i].dead ? "  " : "",
			       r[i].dead ? _("DEAD NOW") : "");
		else if (r[i].dead)
			printf("    %s\n", _("no number works now"));
		if (r[i].on_duty)
			printf("    %s\n", _("ON DUTY"));
		text_release(&name);
		text_release(&number);
		printf("    %s %s:%s", kit_kind_label(r[i].kind), kit_kind_name(r[i].kind),
		       r[i].id);
		if (*r[i].detail)
			printf("  %s", text_mask(detail, sizeof(detail), r[i].detail));
		printf("\n");
	}
}

int handbook_find(int argc, char **argv)
{
	struct error e = { 0 };
	struct unlock_options unlock = { 0 };
	bool as_json = false, ok;
	uint64_t limit = 20;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON array"), 0, 0 },
		{ "limit", CLI_NUMBER, &limit, "N", N_("at most so many results (20)"), 1, 1000 },
		UNLOCK_OPTIONS(unlock),
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"find",
		"WORDS...",
		N_("Find people, roles, organisations, plans, deadlines, and numbers backwards.\n"
		   "Typing mistakes and umlauts in any writing are forgiven."),
		options,
		1,
		SIZE_MAX,
	};
	struct text typed = { 0 };
	struct book book = { 0 };
	struct finder *finder = NULL;
	const struct find_result *results;
	size_t count = 0;

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	for (int i = 0; i < argc; i++)
		text_addf(&typed, "%s%s", i ? " " : "", argv[i]);
	ok = book_open_with(&book, &unlock, &e) && (finder = finder_open(&book, &e)) &&
	     finder_search(finder, text_end(&typed), (size_t)limit, &results, &count, &e);
	if (ok && as_json)
		print_json(results, count);
	else if (ok && count)
		print_text(&book, results, count);
	else if (ok)
		error_set(&e, ERROR_FAILED,
			  book.tiers[TIER_PROTECTED].open
				  ? _("nothing found for '%s' in the parts that are open; try "
				      "fewer letters")
				  : _("nothing found for '%s' in the part that is open "
				      "without a passphrase; try fewer letters"),
			  text_end(&typed));
	finder_close(finder);
	book_close(&book);
	text_release(&typed);
	return e.kind ? report("handbook", &e) : 0;
}
