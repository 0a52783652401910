/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `journal head`: what is written on paper at each hand-over. */
#include <stdio.h>
#include <string.h>

#include "journal/journal.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/json.h"
#include "lib/journal/journal.h"
#include "lib/journal/view.h"

struct head {
	char boot[33];
	uint64_t entries;
	struct digest digest;
};

/* Of the chain that is being written now. */
static bool ask_writer(struct head *h, struct error *e)
{
	struct journal j = JOURNAL_NONE;
	struct journal_status s;
	bool ok = journal_connect(&j, e) && journal_ask_status(&j, &s, e);

	journal_close(&j);
	if (!ok)
		return false;
	if (s.entries == 0)
		return error_set(e, ERROR_FAILED, _("nothing was entered yet on this PC"));
	memcpy(h->boot, s.boot, sizeof(h->boot));
	h->entries = s.entries;
	h->digest = s.head;
	return true;
}

/* Of the newest chain of a folder. */
static bool look_into(const char *folder, struct head *h, struct error *e)
{
	struct view v = { 0 };
	bool ok = view_open(&v, folder, NULL, e) &&
		  (view_newest(&v, h->boot, &h->entries, &h->digest) ||
		   error_set(e, ERROR_FAILED, _("%s holds no journal"), folder));

	view_close(&v);
	return ok;
}

static bool show_head(const char *folder, bool as_json, struct error *e)
{
	struct text words = { 0 };
	struct head h;

	if (!(folder ? look_into(folder, &h, e) : ask_writer(&h, e)))
		return false;
	words_fingerprint(&words, &h.digest);
	if (as_json) {
		struct json j = json_to(stdout);
		char hex[DIGEST_HEX];

		json_object(&j, NULL);
		json_string(&j, "boot", h.boot);
		json_number(&j, "entries", h.entries);
		json_string(&j, "words", words.s);
		json_string(&j, "head", digest_to_hex(hex, &h.digest));
		json_end(&j);
	} else {
		printf(ngettext("%s\n%llu entry\n", "%s\n%llu entries\n", h.entries), words.s,
		       (unsigned long long)h.entries);
	}
	text_release(&words);
	return true;
}

int journal_head(int argc, char **argv)
{
	struct error e = { 0 };
	bool as_json = false;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"journal",
		"head",
		"[FOLDER]",
		N_("Show the head of the chain that is written now, or of the newest one in\n"
		   "FOLDER: eight words and a number. On paper they prove later that nothing\n"
		   "up to here was changed: see verify."),
		options,
		0,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) || !show_head(argc ? argv[0] : NULL, as_json, &e))
		return report("journal", &e);
	return 0;
}
