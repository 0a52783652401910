/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit info`: whose kit, which version, how old, is it whole? */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kit/archive.h"
#include "kit/kit.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/base/wholefile.h"
#include "lib/crypto/manifest.h"
#include "lib/crypto/slots.h"
#include "lib/data/db.h"
#include "lib/data/json.h"
#include "lib/data/kitinfo.h"

/* A kit that was opened, and what its files say besides the open database. */
struct opened {
	struct db *db;
	bool sealed[KIT_TIERS]; /* the tiers that are in it */
	struct kittrust trust;
};

static const char *const sealed_paths[KIT_TIERS] = { "kit/open.db", "kit/protected.db.sealed",
						     "kit/strict.db.sealed" };

static void judge_image(struct opened *o, struct archive *image)
{
	struct trust_chain chain = { 0 };
	struct error e = { 0 };

	if (image->signatures.path && !archive_roots(image, &chain, &e))
		o->trust = (struct kittrust){ .trust = KIT_REFUSED, .why = e };
	else
		kittrust_judge(&chain, image->manifest.bytes, image->manifest.len,
			       image->signatures.bytes, image->signatures.len, "", &o->trust);
}

static bool open_image(struct opened *o, const char *path, struct error *e)
{
	struct archive image = { 0 };
	const struct cpio_entry *open_db;

	if (!archive_read(&image, path, e))
		return false;
	for (int tier = 1; tier < KIT_TIERS; tier++)
		o->sealed[tier] = archive_find(&image, sealed_paths[tier]);
	judge_image(o, &image);
	open_db = archive_find(&image, sealed_paths[0]);
	if (open_db)
		o->db = db_open_bytes(open_db->bytes, open_db->len, KIT_APPLICATION_ID,
				      KIT_DB_VERSION, e);
	if (!o->db && !e->kind)
		error_set(e, ERROR_UNTRUSTED, _("has no open.db"));
	if (!o->db)
		error_prefix(e, "%s: ", path);
	archive_release(&image);
	return o->db;
}

/* A folder: either the kit's own (with open.db), or the one that holds kit/. */
static bool open_folder(struct opened *o, int fd, const char *path, struct error *e)
{
	struct text manifest = { 0 };
	struct arena memory = { 0 };
	struct manifest m;
	bool inside = faccessat(fd, "manifest", F_OK, 0) == 0;
	int root = openat(fd, inside ? ".." : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *file = mem_format("%s%s/open.db", path, inside ? "" : "/kit");

	if (root < 0)
		error_errno(e, _("cannot open the folder"));
	else if (wholefile_read(root, "kit/manifest", O_NOFOLLOW, MANIFEST_BYTES_MAX, &manifest,
				e) &&
		 manifest_parse(manifest.s, manifest.len, &memory, &m, e) &&
		 manifest_check(root, &m, e))
		o->db = db_open(file, KIT_APPLICATION_ID, KIT_DB_VERSION, e);
	for (int tier = 1; o->db && tier < KIT_TIERS; tier++)
		o->sealed[tier] = manifest_find(&m, sealed_paths[tier]);
	if (o->db)
		kittrust_check(root, "", &o->trust);
	if (root >= 0)
		close(root);
	if (!o->db)
		error_prefix(e, "%s: ", path);
	free(file);
	arena_release(&memory);
	text_release(&manifest);
	return o->db;
}

static bool open_kit(struct opened *o, const char *path, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	bool ok = false;

	if (fd < 0 || fstat(fd, &st) != 0)
		error_errno(e, _("cannot open %s"), path);
	else
		ok = S_ISDIR(st.st_mode) ? open_folder(o, fd, path, e) : open_image(o, path, e);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* What can be counted in the open tier. */
static const struct {
	const char *key, *label, *sql;
} counts[] = {
	{ "organisations", N_("organisations"), "SELECT count(*) FROM organisation" },
	{ "roles", N_("roles"), "SELECT count(*) FROM role" },
	{ "channels", N_("numbers and addresses"), "SELECT count(*) FROM channel" },
	{ "plans", N_("plans"), "SELECT count(*) FROM plan WHERE NOT card" },
	{ "cards", N_("cards"), "SELECT count(*) FROM plan WHERE card" },
	{ "steps", N_("steps"), "SELECT count(*) FROM step" },
	{ "chains", N_("call chains"), "SELECT count(*) FROM chain" },
	{ "deadlines", N_("deadlines"), "SELECT count(*) FROM deadline" },
	{ "forms", N_("forms"), "SELECT count(*) FROM form" },
	{ "documents", N_("documents"), "SELECT count(*) FROM document" },
};

static bool count(struct db *db, const char *sql, uint64_t *out, struct error *e)
{
	struct db_statement *s = db_prepare(db, sql, e);
	bool row = false;

	if (s && db_step(s, &row, e) && row)
		*out = (uint64_t)db_number(s, 0);
	db_finish(s);
	return row;
}

static const char *age_words(enum kit_age age)
{
	switch (age) {
	case KIT_CURRENT:
		return N_("current");
	case KIT_REVIEW_DUE:
		return N_("review due");
	case KIT_EXPIRED:
		return N_("expired");
	}
	return "";
}

static void print_trust(const struct kittrust *t)
{
	char masked[sizeof(t->why.text)];

	if (t->trust == KIT_SIGNED)
		printf(_("signed with %u of %u keys of %s; words of root %llu: %s\n"), t->valid,
		       t->wanted, t->organisation, t->root_version + 0ULL, t->words);
	else if (t->why.kind)
		printf(_("REFUSED: %s\n"), text_mask(masked, sizeof(masked), t->why.text));
}

static bool print_text(const struct opened *o, const struct kitinfo *k, struct error *e)
{
	char masked[512];
	int64_t now = (int64_t)time(NULL);

	printf("%s\n", text_mask(masked, sizeof(masked), k->organisation));
	printf(_("kit %s, version %llu%s%s\n"), k->kit_id, (unsigned long long)k->version,
	       k->exercise ? _(", EXERCISE") : "",
	       k->trust.trust == KIT_UNSIGNED ? _(", not signed") : "");
	print_trust(&k->trust);
	printf(_("data of %s (%s), review by %s, valid until %s\n"), k->data_date,
	       _(age_words(kitinfo_age(k, now))), k->review_by, k->valid_until);
	printf(_("published by %s\n"), text_mask(masked, sizeof(masked), k->publisher));
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		uint64_t n;

		if (!count(o->db, counts[i].sql, &n, e))
			return false;
		printf("%6" PRIu64 " %s\n", n, _(counts[i].label));
	}
	printf("%s\n", o->sealed[1] && o->sealed[2] ? _("people, private numbers and contracts: "
							"in it, sealed")
		       : o->sealed[1] || o->sealed[2]
			       ? _("people, private numbers and contracts: in part, sealed")
			       : _("people, private numbers and contracts: left out"));
	return true;
}

static bool print_json(const struct opened *o, const struct kitinfo *k, struct error *e)
{
	struct json j = json_to(stdout);
	int64_t now = (int64_t)time(NULL);
	uint64_t n;

	json_object(&j, NULL);
	json_string(&j, "organisation", k->organisation);
	json_string(&j, "kit_id", k->kit_id);
	json_number(&j, "version", k->version);
	json_string(&j, "data_date", k->data_date);
	json_string(&j, "review_by", k->review_by);
	json_string(&j, "valid_until", k->valid_until);
	json_string(&j, "age", age_words(kitinfo_age(k, now)));
	json_string(&j, "publisher", k->publisher);
	json_string(&j, "language", k->language);
	json_string(&j, "keyboard", k->keyboard);
	json_bool(&j, "exercise", k->exercise);
	json_bool(&j, "signed", k->trust.trust == KIT_SIGNED);
	json_string(&j, "trust", kit_trust_name(k->trust.trust));
	json_string(&j, "trust_error", k->trust.why.kind ? k->trust.why.text : NULL);
	json_string(&j, "root_words", k->trust.trust == KIT_SIGNED ? k->trust.words : NULL);
	json_bool(&j, "protected", o->sealed[1]);
	json_bool(&j, "strict", o->sealed[2]);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		if (!count(o->db, counts[i].sql, &n, e))
			return false;
		json_number(&j, counts[i].key, n);
	}
	json_end(&j);
	return true;
}

int kit_info(int argc, char **argv)
{
	struct error e = { 0 };
	struct kitinfo k = { 0 };
	bool as_json = false, refused, ok;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"info",
		"IMAGE|FOLDER",
		N_("Compare a kit with its manifest, and say whose it is and how old."),
		options,
		1,
		1,
	};
	struct opened o = { 0 };

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	ok = open_kit(&o, argv[0], &e) && kitinfo_read(&k, o.db, &e);
	if (ok) {
		k.trust = o.trust;
		kitinfo_compare(&k);
		ok = as_json ? print_json(&o, &k, &e) : print_text(&o, &k, &e);
	}
	refused = k.trust.trust == KIT_REFUSED || k.trust.trust == KIT_DAMAGED;
	kitinfo_release(&k);
	db_close(o.db);
	if (!ok)
		return report("kit", &e);
	return refused ? ERROR_UNTRUSTED : 0;
}
