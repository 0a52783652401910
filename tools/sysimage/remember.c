/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which images were seen: in a file, and in the stick's journal. */
#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/image/seen.h"
#include "lib/journal/journal.h"
#include "lib/journal/view.h"
#include "sysimage/vouch.h"

#define NAME_MAX_BYTES 40 /* of an id (docs/formats/journal.md) */

/* docs/formats/seen.md#in-the-journal */
static void counter_name(char name[NAME_MAX_BYTES + 1], const char *product)
{
	struct digest d = digest_bytes(product, strlen(product));
	char hex[DIGEST_HEX];

	if (snprintf(name, NAME_MAX_BYTES + 1, "image.%s", product) > NAME_MAX_BYTES)
		snprintf(name, NAME_MAX_BYTES + 1, "image..%.32s", digest_to_hex(hex, &d));
}

/* The highest counter that any chain of the journal knows; 0: none. */
static bool ask_journal(const struct image *i, uint64_t *highest, struct error *e)
{
	char name[NAME_MAX_BYTES + 1];
	struct view v = { 0 };
	bool ok = view_open(&v, journal_folder(), NULL, e);

	counter_name(name, i->manifest.product);
	*highest = ok ? view_counter(&v, name) : 0;
	view_close(&v);
	return ok;
}

bool remember_check(const struct remember *r, const struct image *i, struct error *e)
{
	const struct kimg_manifest *m = &i->manifest;
	struct seen s = { 0 };
	uint64_t highest = 0;
	bool ok = !r->file || (seen_read(&s, r->file, e) &&
			       seen_check(&s, m->product, m->counter, &i->identity, e) &&
			       seen_can_note(&s, r->file, m->product, m->counter, e));

	seen_release(&s);
	if (!ok || (r->journal && !ask_journal(i, &highest, e)))
		return false;
	return m->counter >= highest ||
	       error_set(e, ERROR_UNTRUSTED,
			 _("too old: it is number %llu of %s, and the journal has number %llu"),
			 m->counter + 0ULL, m->product, highest + 0ULL);
}

static bool tell_journal(const struct image *i, struct error *e)
{
	struct journal j = JOURNAL_NONE;
	struct journal_receipt receipt;
	char name[NAME_MAX_BYTES + 1];
	struct message m;
	bool ok;

	counter_name(name, i->manifest.product);
	message_start(&m, "kind", "counter");
	message_add(&m, "name", name);
	message_add_number(&m, "value", i->manifest.counter);
	ok = journal_connect(&j, e) && journal_append(&j, &m, &receipt, e);
	journal_close(&j);
	return ok;
}

bool remember_note(const struct remember *r, const struct trust_root *root, const struct image *i,
		   struct error *e)
{
	const struct kimg_manifest *m = &i->manifest;
	uint64_t highest = 0;

	/* Else the real ones, with smaller numbers, were too old for ever. */
	if (root && root->exercise) {
		if (r->file || r->journal)
			fputs(_("EXERCISE: the image is not noted as seen\n"), stderr);
		return true;
	}
	if (r->file && !seen_note(r->file, m->product, m->counter, &i->identity, e))
		return false;
	if (!r->journal)
		return true;
	return ask_journal(i, &highest, e) && (highest >= m->counter || tell_journal(i, e));
}

bool remember_made(const struct remember *r, const struct trust_root *root, const struct image *i,
		   const char *made, struct error *e)
{
	return remember_note(r, root, i, e) ||
	       error_prefix(e, _("%s is done and whole; only noting the image failed: "), made);
}
