/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every page says about the kit: whose, which, how old. */
#include "lib/data/kitinfo.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/hex.h"
#include "lib/base/language.h"
#include "lib/crypto/sealed.h"
#include "lib/data/date.h"
#include "lib/data/db.h"

const char *kit_folder(void)
{
	const char *folder = getenv("BLACKSTART_KIT");

	return folder && *folder ? folder : KIT_FOLDER;
}

bool kitinfo_read(struct kitinfo *k, struct db *db, struct error *e)
{
	struct db_statement *s = db_prepare(
		db,
		"SELECT organisation, kit_id, version, data_date, review_by, valid_until,"
		" publisher, language, keyboard, exercise, protected_key, strict_key FROM kit",
		e);
	bool row = false;

	if (!s)
		return false;
	if (db_step(s, &row, e) && !row)
		error_set(e, ERROR_UNTRUSTED, _("the kit does not say whose it is"));
	if (row) {
		struct arena *a = &k->memory;

		k->organisation = arena_string(a, db_text(s, 0));
		k->kit_id = arena_string(a, db_text(s, 1));
		k->version = (uint64_t)db_number(s, 2);
		k->data_date = arena_string(a, db_text(s, 3));
		k->review_by = arena_string(a, db_text(s, 4));
		k->valid_until = arena_string(a, db_text(s, 5));
		k->publisher = arena_string(a, db_text(s, 6));
		k->language = arena_string(a, db_text(s, 7));
		k->keyboard = arena_string(a, db_text(s, 8));
		k->exercise = db_number(s, 9) != 0;
		k->protected_key = db_is_null(s, 10) ? NULL : arena_string(a, db_text(s, 10));
		k->strict_key = db_is_null(s, 11) ? NULL : arena_string(a, db_text(s, 11));
	}
	db_finish(s);
	return row;
}

static void read_command_line(char *words, size_t size)
{
	const char *path = getenv("BLACKSTART_CMDLINE");
	FILE *f = fopen(path && *path ? path : "/proc/cmdline", "re");

	words[0] = '\0';
	if (!f)
		return;
	if (!fgets(words, (int)size, f))
		words[0] = '\0';
	fclose(f);
}

static bool key_fits(const char *hex)
{
	struct sealed_public key;

	return !hex || hex_decode(key.key, sizeof(key.key), hex);
}

void kitinfo_compare(struct kitinfo *k)
{
	struct kittrust *t = &k->trust;

	if (t->trust != KIT_SIGNED && t->trust != KIT_UNSIGNED)
		return;
	if (!key_fits(k->protected_key) || !key_fits(k->strict_key))
		error_set(&t->why, ERROR_UNTRUSTED,
			  _("its public keys are damaged: nothing can be sealed with them"));
	else if (t->trust == KIT_UNSIGNED)
		return;
	else if (t->counter != k->version)
		error_set(&t->why, ERROR_UNTRUSTED,
			  _("it says version %llu, and version %llu was signed"), k->version + 0ULL,
			  t->counter + 0ULL);
	else if (t->exercise != k->exercise)
		error_set(&t->why, ERROR_UNTRUSTED,
			  t->exercise ? _("it was signed by an exercise's keys, and is no exercise")
				      : _("it is an exercise, and was signed by real keys"));
	if (t->why.kind)
		t->trust = KIT_REFUSED;
}

void kitinfo_judge(struct kitinfo *k)
{
	char words[4096], path[4096];
	int folder;

	k->trust.trust = KIT_UNSIGNED;
	snprintf(path, sizeof(path), "%s/manifest", kit_folder());
	if (access(path, F_OK) == 0) {
		snprintf(path, sizeof(path), "%s/..", kit_folder());
		folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		read_command_line(words, sizeof(words));
		kittrust_check(folder, words, &k->trust);
		if (folder >= 0)
			close(folder);
	}
	kitinfo_compare(k);
}

bool kitinfo_load(struct kitinfo *k, struct error *e)
{
	char path[4096];
	struct db *db;
	bool ok;

	*k = (struct kitinfo){ 0 };
	snprintf(path, sizeof(path), "%s/open.db", kit_folder());
	db = db_open(path, KIT_APPLICATION_ID, KIT_DB_VERSION, e);
	if (!db)
		return false;
	ok = kitinfo_read(k, db, e);
	db_close(db);
	if (ok)
		kitinfo_judge(k);
	if (!ok) {
		error_prefix(e, "%s: ", path);
		kitinfo_release(k);
	}
	return ok;
}

void kitinfo_release(struct kitinfo *k)
{
	arena_release(&k->memory);
	*k = (struct kitinfo){ 0 };
}

uint64_t kitinfo_age_days(const struct kitinfo *k, int64_t now)
{
	int64_t day;

	if (!date_parse(k->data_date, &day) || now < day * DATE_SECONDS)
		return 0;
	return (uint64_t)(now / DATE_SECONDS - day);
}

/* The last day counts in full: "valid until 1 May" holds through 1 May. */
static bool is_past(const char *date, int64_t now)
{
	int64_t day;

	return date_parse(date, &day) && now >= (day + 1) * DATE_SECONDS;
}

enum kit_age kitinfo_age(const struct kitinfo *k, int64_t now)
{
	if (is_past(k->valid_until, now))
		return KIT_EXPIRED;
	return is_past(k->review_by, now) ? KIT_REVIEW_DUE : KIT_CURRENT;
}
