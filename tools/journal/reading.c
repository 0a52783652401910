/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verbs that read the journal have in common. */
#include "journal/reading.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/crypto/slotfile.h"
#include "lib/data/berlin.h"
#include "lib/journal/journal.h"

bool reading_open(struct reading *r, struct error *e)
{
	struct slots slots;

	/* Where nobody keeps a journal there is none to read; what was named has to be there. */
	if (!r->folder)
		r->folder = journal_folder();
	else if (access(r->folder, R_OK | X_OK) < 0)
		return error_errno(e, _("cannot open the folder %s"), r->folder);
	if (r->slots && !slotfile_open(r->slots, r->passphrase_file, &slots, &r->keys, e))
		return false;
	if (r->slots && !r->keys.has[1])
		return error_set(
			e, ERROR_FAILED,
			_("%s: what was entered does not open the protected tier, to which "
			  "the journal is sealed"),
			r->slots);
	return view_open(&r->view, r->folder, r->slots ? &r->keys.pair[1] : NULL, e);
}

void reading_close(struct reading *r)
{
	view_close(&r->view);
	tier_keys_wipe(&r->keys);
}

bool reading_faults(struct reading *r, struct error *e)
{
	struct db_statement *s =
		db_prepare(r->view.db, "SELECT text FROM fault ORDER BY file, text", e);
	bool row = false, ok = s != NULL;

	while (ok && (ok = db_step(s, &row, e)) && row)
		fprintf(stderr, "%s\n", db_text(s, 0));
	db_finish(s);
	return ok;
}

const char *reading_moment(char out[MOMENT_TEXT], int64_t ms)
{
	struct berlin t;

	berlin_local(ms, &t);
	snprintf(out, MOMENT_TEXT, "%04u-%02u-%02u %02u:%02u:%02u %s", t.year, t.month, t.day,
		 t.hour, t.minute, t.second, t.summer ? "CEST" : "CET");
	return out;
}

const char *reading_clock(const char *clock)
{
	static const struct {
		const char *clock, *words;
	} table[] = {
		{ "confirmed", N_("confirmed") },
		{ "corrected", N_("corrected afterwards") },
		{ "unconfirmed", N_("not confirmed") },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].clock, clock) == 0)
			return _(table[i].words);
	return clock;
}

const char *reading_id(char out[SHORT_ID], const char *boot, int64_t sequence)
{
	snprintf(out, SHORT_ID, "%.8s:%lld", boot, (long long)sequence);
	return out;
}
