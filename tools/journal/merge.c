/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `journal merge`: folders of chains made one. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "journal/journal.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/json.h"
#include "lib/journal/journal.h"
#include "lib/journal/merge.h"

static int open_folder(const char *path, struct error *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		error_errno(e, _("cannot open the folder %s"), path);
	return fd;
}

static bool merge_all(char **folders, int count, const char *into, bool only_look,
		      struct merge_result *r, struct error *e)
{
	struct merge_rule rule = { .only_look = only_look };
	int to = open_folder(into, e);
	bool ok = to >= 0;

	for (int i = 0; ok && i < count; i++) {
		int from = open_folder(folders[i], e);

		ok = from >= 0 && merge_folder(to, from, &rule, r, e);
		if (from >= 0)
			close(from);
	}
	if (to >= 0)
		close(to);
	return ok;
}

/* Into the journal of this PC: its writer does it, and notes each chain that changed. */
static bool ask_writer(char **folders, int count, struct merge_result *r, struct error *e)
{
	struct journal j = JOURNAL_NONE;
	bool ok = journal_connect(&j, e);

	for (int i = 0; ok && i < count; i++) {
		char *whole = realpath(folders[i], NULL);
		struct journal_merged m;

		ok = whole ? journal_ask_merge(&j, whole, &m, e)
			   : error_errno(e, _("cannot open the folder %s"), folders[i]);
		free(whole);
		if (!ok)
			break;
		r->added += m.added;
		r->count += (size_t)m.chains;
		r->refused += m.refused;
		r->forked += m.forked;
		r->damaged += m.damaged;
	}
	/* It says how many, not which. */
	if (ok && (r->refused || r->forked || r->damaged))
		text_addf(&r->words,
			  _("chains refused, of another kit or an exercise: %llu; with two "
			    "histories: %llu; damaged: %llu\n"),
			  r->refused + 0ULL, r->forked + 0ULL, r->damaged + 0ULL);
	journal_close(&j);
	return ok;
}

static void show(struct merge_result *r, bool only_look, bool as_json)
{
	fputs(text_end(&r->words), stderr);
	if (as_json) {
		struct json j = json_to(stdout);

		json_object(&j, NULL);
		json_number(&j, "chains", r->count);
		json_number(&j, "added", r->added);
		json_number(&j, "refused", r->refused);
		json_number(&j, "forked", r->forked);
		json_number(&j, "damaged", r->damaged);
		json_end(&j);
		return;
	}
	printf(only_look ? _("would add %llu records in %zu chains\n")
			 : _("added %llu records in %zu chains\n"),
	       (unsigned long long)r->added, r->count);
}

int journal_merge(int argc, char **argv)
{
	struct error e = { 0 };
	struct merge_result r = { 0 };
	const char *into = NULL;
	bool only_look = false, as_json = false, ok;
	const struct cli_option options[] = {
		{ "into", CLI_TEXT, &into, "FOLDER",
		  N_("the folder that gets all of them; else the journal of this PC"), 0, 0 },
		{ "n", CLI_FLAG, &only_look, NULL, N_("only say what would be done"), 0, 0 },
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"journal",
		"merge",
		"FOLDER...",
		N_("Bring the chains of several journals into one folder. The result does not\n"
		   "depend on the order. Chains of another kit, and those of an exercise among\n"
		   "real ones, are refused and stay where they are."),
		options,
		1,
		SIZE_MAX,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("journal", &e);
	if (only_look && !into)
		ok = error_set(&e, ERROR_USAGE,
			       _("what the writer would do it cannot say; with "
				 "-n give --into FOLDER"));
	else
		ok = into ? merge_all(argv, argc, into, only_look, &r, &e)
			  : ask_writer(argv, argc, &r, &e);
	if (ok)
		show(&r, only_look, as_json);
	if (ok && (r.damaged || r.forked))
		e.kind = ERROR_UNTRUSTED;
	else if (ok && r.refused)
		e.kind = ERROR_FINDINGS;
	merge_release(&r);
	return ok ? (int)e.kind : report("journal", &e);
}
