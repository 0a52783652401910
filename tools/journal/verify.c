/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `journal verify`: is everything as it was written, and what does paper prove? */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "journal/journal.h"
#include "journal/proof.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/crypto/words.h"
#include "lib/data/json.h"
#include "lib/journal/journal.h"

struct paper_head {
	const char *words; /* NULL: none was given */
	uint64_t entries;
};

static void show_chain(const struct proof_chain *c, bool paper)
{
	unsigned long long count = c->chain.count, proven = c->proven;
	struct text words = { 0 };

	words_fingerprint(&words, &c->chain.head);
	printf(_("%s: %llu records, head: %s\n"), c->chain.boot, count, words.s);
	text_release(&words);
	if (!paper)
		return;
	if (proven == 0)
		puts(_("  The paper proves nothing of this chain."));
	else if (proven == count)
		puts(_("  The paper proves all of them."));
	else
		printf(_("  The paper proves the first %llu, up to number %llu, and none after it.\n"),
		       proven, proven - 1);
}

static void show_json(const struct proof *p, bool paper)
{
	struct json j = json_to(stdout);

	json_object(&j, NULL);
	json_number(&j, "faults", p->faults);
	json_array(&j, "chains");
	for (size_t i = 0; i < p->count; i++) {
		const struct proof_chain *c = &p->chains[i];
		char hex[DIGEST_HEX];

		json_object(&j, NULL);
		json_string(&j, "boot", c->chain.boot);
		json_number(&j, "records", c->chain.count);
		json_string(&j, "head", digest_to_hex(hex, &c->chain.head));
		json_bool(&j, "damaged", c->damaged);
		json_bool(&j, "cut", c->cut);
		if (paper)
			json_number(&j, "proven", c->proven);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

static bool verify(const char *path, const struct paper_head *paper, bool as_json, struct error *e)
{
	struct proof p = { 0 };
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = (folder >= 0 || error_errno(e, _("cannot open the folder %s"), path)) &&
		  proof_load(&p, folder, e) &&
		  (!paper->words || proof_by_paper(&p, paper->words, paper->entries, e));

	fputs(text_end(&p.words), stderr);
	if (ok && as_json)
		show_json(&p, paper->words != NULL);
	for (size_t i = 0; ok && !as_json && i < p.count; i++)
		show_chain(&p.chains[i], paper->words != NULL);
	if (ok && !as_json && !paper->words)
		puts(_("Whoever holds the stick holds the key that signs: only a head on paper shows "
		       "that nothing was written anew. Give one with --head and --entries."));
	if (ok && p.faults)
		ok = error_set(e, ERROR_UNTRUSTED,
			       ngettext("%zu finding, named above", "%zu findings, named above",
					p.faults),
			       p.faults);
	proof_release(&p);
	if (folder >= 0)
		close(folder);
	return ok;
}

int journal_verify(int argc, char **argv)
{
	struct error e = { 0 };
	struct paper_head paper = { 0 };
	bool as_json = false;
	const struct cli_option options[] = {
		{ "head", CLI_TEXT, &paper.words, "WORDS",
		  N_("the eight words that were written down"), 0, 0 },
		{ "entries", CLI_NUMBER, &paper.entries, "N",
		  N_("the number of entries that stands beside them"), 1, 0 },
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"journal",
		"verify",
		"[FOLDER]",
		N_("Check every record of every chain: its place, its hash, its signature.\n"
		   "With a head from paper, say what exactly that proves."),
		options,
		0,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("journal", &e);
	if (!paper.words != !paper.entries)
		error_set(&e, ERROR_USAGE, _("--head and --entries belong together"));
	if (e.kind || !verify(argc ? argv[0] : journal_folder(), &paper, as_json, &e))
		return report("journal", &e);
	return 0;
}
