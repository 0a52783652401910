/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sealed parts of the kit, opened in memory. */
#include "handbook/unlock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/private.h"
#include "lib/base/secret.h"
#include "lib/base/wholefile.h"
#include "lib/journal/journal.h"
#include "lib/journal/view.h"

#define LOOKS 25 /* of some 20 ms each (journal_look) */

static const struct {
	const char *schema, *file;
} tiers[KIT_TIERS] = {
	[TIER_OPEN] = { "main", "open.db" },
	[TIER_PROTECTED] = { "protected", "protected.db.sealed" },
	[TIER_STRICT] = { "strict", "strict.db.sealed" },
};

const char *book_tier_schema(enum tier tier)
{
	return tiers[tier].schema;
}

static char *slots_path(void)
{
	const char *named = getenv("BLACKSTART_SLOTS");

	return named && *named ? mem_string(named) : mem_format("%s/../kit.slots", kit_folder());
}

static char *sealed_path(enum tier tier)
{
	return mem_format("%s/%s", kit_folder(), tiers[tier].file);
}

bool book_has_tier(enum tier tier)
{
	char *path = tier == TIER_OPEN ? NULL : sealed_path(tier);
	bool there = !path || access(path, F_OK) == 0;

	free(path);
	return there;
}

/* The plain bytes of a sealed file, in memory of their own. */
static bool open_file(const char *path, const struct sealed_pair *key, struct book_tier *t,
		      struct error *e)
{
	struct text sealed = { 0 }, plain = { 0 };
	bool ok = wholefile_read(AT_FDCWD, path, 0, SEALED_OPEN_MAX, &sealed, e) &&
		  (sealed_open(text_end(&sealed), sealed.len, key, &plain, e) ||
		   error_prefix(e, "%s: ", path));

	if (ok) {
		t->bytes = private_alloc(plain.len);
		t->len = plain.len;
		memcpy(t->bytes, text_end(&plain), plain.len);
	}
	if (plain.len)
		explicit_bzero(plain.s, plain.len);
	text_release(&plain);
	text_release(&sealed);
	return ok;
}

/* What a file of a tier says of itself must be what the open part says (kit-db.md#kit). */
static bool belongs(struct book *b, enum tier tier, struct error *e)
{
	char *sql = mem_format("SELECT kit_id, version, exercise, tier FROM %s.kit",
			       tiers[tier].schema);
	struct db_statement *s = db_prepare(b->db, sql, e);
	bool row = false, ok = s && db_step(s, &row, e);

	free(sql);
	ok = ok && row && strcmp(db_text(s, 0), b->kit.kit_id) == 0 &&
	     db_number(s, 1) == (int64_t)b->kit.version &&
	     (db_number(s, 2) != 0) == b->kit.exercise && db_number(s, 3) == (int64_t)tier;
	db_finish(s);
	return ok || error_set(e, ERROR_UNTRUSTED,
			       _("belongs to another kit or version than the open part; take the "
				 "whole kit from one stick"));
}

static bool open_tier(struct book *b, enum tier tier, const struct tier_keys *keys, struct error *e)
{
	struct book_tier *t = &b->tiers[tier];
	const char *schema = tiers[tier].schema;
	char *path = sealed_path(tier);

	t->open = open_file(path, &keys->pair[tier], t, e) &&
		  db_attach_bytes(b->db, schema, t->bytes, t->len, KIT_APPLICATION_ID,
				  KIT_DB_VERSION, e);
	if (t->open && !belongs(b, tier, e)) {
		db_detach(b->db, schema);
		t->open = false;
	}
	if (t->open) {
		b->keys.has[tier] = true;
		b->keys.pair[tier] = keys->pair[tier];
	} else {
		error_prefix(e, "%s: ", path);
		private_free(t->bytes, t->len);
		*t = (struct book_tier){ 0 };
	}
	free(path);
	return t->open;
}

/* Everything up to `tier` that these keys open. */
static bool open_tiers(struct book *b, enum tier tier, const struct tier_keys *keys,
		       struct error *e)
{
	if (!keys->has[tier])
		return error_set(e, ERROR_FAILED,
				 _("this opens another part of the kit, not this one; take another "
				   "passphrase or envelope"));
	for (enum tier t = TIER_PROTECTED; t <= tier; t++)
		if (keys->has[t] && !b->tiers[t].open && book_has_tier(t) &&
		    !open_tier(b, t, keys, e))
			return false;
	return outage_load(&b->outage, b->db, e);
}

bool book_unlock(struct book *b, const char *slots, const char *entered, enum tier tier,
		 struct error *e)
{
	char *path = slots ? mem_string(slots) : slots_path();
	struct text bytes = { 0 };
	struct tier_keys keys = { 0 };
	struct slots parsed;
	size_t which;
	bool ok;

	if (!book_has_tier(tier)) {
		free(path);
		return error_set(e, ERROR_FAILED, _("this kit has no such part"));
	}
	ok = (wholefile_read(AT_FDCWD, path, 0, SLOTS_FILE_MAX, &bytes, e) &&
	      (slots_parse(text_end(&bytes), bytes.len, &parsed, e) ||
	       error_prefix(e, "%s: ", path))) &&
	     slots_open(&parsed, entered, &keys, &which, e) &&
	     tier_keys_allowed(&keys, b->kit.kit_id, b->kit.exercise, e) &&
	     open_tiers(b, tier, &keys, e);
	tier_keys_wipe(&keys);
	text_release(&bytes);
	free(path);
	return ok;
}

void access_event(struct message *m, enum tier tier, const char *action)
{
	message_start(m, "kind", "access");
	message_add_number(m, "tier", tier);
	message_add(m, "action", action);
}

/* Where no writer answers, on an author's PC, there is no journal to enter it into. */
static void note(enum tier tier, const char *action)
{
	struct journal journal = JOURNAL_NONE;
	struct journal_receipt receipt;
	struct error ignored = { 0 };
	struct message m;

	access_event(&m, tier, action);
	if (journal_connect(&journal, &ignored))
		(void)!journal_append(&journal, &m, &receipt, &ignored);
	journal_close(&journal);
}

static bool unlock_asking(struct book *b, const struct unlock_options *o, struct error *e)
{
	enum tier tier = o->strict ? TIER_STRICT : TIER_PROTECTED;
	struct secret entered = { 0 };
	bool ok;

	private_process();
	if (!secret_read(&entered, o->passphrase_file, _("Passphrase or words of an envelope: "),
			 NULL, e))
		return false;
	ok = book_unlock(b, o->slots, entered.s, tier, e);
	secret_wipe(&entered);
	note(tier, ok ? "unlock" : "wrong");
	return ok;
}

/* What time it is, as it was confirmed at this PC. A writer that is busy with a stick is not
 * waited for: then the PC's clock has to do. */
static bool read_clock(struct book *b, struct view *v, struct error *e)
{
	struct journal_status status = { 0 };
	struct journal j = JOURNAL_NONE;
	struct error absent = { 0 };
	bool known = false, ok = journal_connect(&j, &absent);

	for (unsigned i = 0; ok && !known && i < LOOKS; i++)
		ok = journal_look(&j, &status, &known, &absent);
	journal_close(&j);
	return clock_read(&b->clock, v, known ? status.boot : "", e);
}

/* What has failed, and what time it is, as the journal here says. One that cannot be read must not
 * keep anybody from a telephone number. */
static void read_journal(struct book *b)
{
	struct view view = { 0 };
	struct error e = { 0 };
	char masked[sizeof(e.text)];

	if (!view_open(&view, journal_folder(), NULL, &e) ||
	    !outage_read(&b->outage, view.db, &e) || !read_clock(b, &view, &e))
		fprintf(stderr, _("handbook: warning: what has failed is not known: %s\n"),
			text_mask(masked, sizeof(masked), e.text));
	view_close(&view);
}

bool book_open_with(struct book *b, const struct unlock_options *o, struct error *e)
{
	if (!book_open(b, e))
		return false;
	book_warn(b);
	read_journal(b);
	return !(o->slots || o->passphrase_file || o->strict) || unlock_asking(b, o, e);
}
