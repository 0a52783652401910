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

#include "kit/kit.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/crypto/manifest.h"
#include "lib/data/cpio.h"
#include "lib/data/db.h"
#include "lib/data/json.h"
#include "lib/data/kitinfo.h"

#define KIT_IMAGE_MAX (256 << 20) /* bytes */

static bool read_file(int dir, const char *path, struct text *out, struct error *e)
{
	char buffer[65536];
	ssize_t n = 0;
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(e, _("cannot open %s"), path);
	while (out->len <= KIT_IMAGE_MAX && (n = read(fd, buffer, sizeof(buffer))) > 0)
		text_add_n(out, buffer, (size_t)n);
	if (n < 0)
		error_errno(e, _("cannot read %s"), path);
	else if (out->len > KIT_IMAGE_MAX)
		error_set(e, ERROR_UNTRUSTED, _("%s is too large for a kit"), path);
	close(fd);
	return !e->kind;
}

/* Compare a file of an image with its manifest. */
static bool check_entry(const struct manifest *m, const struct cpio_entry *file, struct error *e)
{
	const struct manifest_entry *entry = manifest_find(m, file->path);
	struct digest found = digest_bytes(file->bytes, file->len);

	if (!entry || entry->kind != MANIFEST_FILE)
		return error_set(e, ERROR_UNTRUSTED, _("%s is not in the kit's manifest"),
				 file->path);
	if (!S_ISREG(file->mode) || (file->mode & 07777) != entry->mode ||
	    file->len != entry->size_bytes || !digest_equal(&found, &entry->digest))
		return error_set(e, ERROR_UNTRUSTED,
				 _("%s is altered: it differs from the kit's manifest"),
				 file->path);
	return true;
}

/* Walk through an image: the manifest comes first, then the files in it. */
static bool read_image(struct text *image, struct arena *a, struct cpio_entry *open_db,
		       struct error *e)
{
	struct reader r = reader_of(text_end(image), image->len);
	struct manifest m = { 0 };
	struct cpio_entry entry;
	bool more, have_manifest = false;
	size_t files = 0;

	for (;;) {
		if (!cpio_next(&r, &entry, &more, e))
			return false;
		if (!more)
			break;
		if (S_ISDIR(entry.mode) && strcmp(entry.path, "kit") == 0)
			continue;
		if (!have_manifest) {
			if (strcmp(entry.path, "kit/manifest") != 0)
				return error_set(e, ERROR_UNTRUSTED, _("is not a kit"));
			have_manifest = manifest_parse(entry.bytes, entry.len, a, &m, e);
			if (!have_manifest)
				return false;
			continue;
		}
		if (!check_entry(&m, &entry, e))
			return false;
		files++;
		if (strcmp(entry.path, "kit/open.db") == 0)
			*open_db = entry;
	}
	if (files != m.count)
		return error_set(e, ERROR_UNTRUSTED,
				 _("files that the kit's manifest lists are missing"));
	return true;
}

static struct db *open_image(const char *path, struct error *e)
{
	struct text image = { 0 };
	struct arena memory = { 0 };
	struct cpio_entry open_db = { 0 };
	struct db *db = NULL;

	if (read_file(AT_FDCWD, path, &image, e) && read_image(&image, &memory, &open_db, e))
		db = open_db.path ? db_open_bytes(open_db.bytes, open_db.len, KIT_APPLICATION_ID,
						  KIT_DB_VERSION, e)
				  : NULL;
	if (!db && !e->kind)
		error_set(e, ERROR_UNTRUSTED, _("has no open.db"));
	arena_release(&memory);
	text_release(&image);
	return db;
}

/* A folder: either the kit's own (with open.db), or the one that holds kit/. */
static struct db *open_folder(int fd, const char *path, struct error *e)
{
	struct text manifest = { 0 };
	struct arena memory = { 0 };
	struct manifest m;
	struct db *db = NULL;
	bool inside = faccessat(fd, "manifest", F_OK, 0) == 0;
	int root = openat(fd, inside ? ".." : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *file = mem_format("%s%s/open.db", path, inside ? "" : "/kit");

	if (root < 0)
		error_errno(e, _("cannot open the folder"));
	else if (read_file(root, "kit/manifest", &manifest, e) &&
		 manifest_parse(manifest.s, manifest.len, &memory, &m, e) &&
		 manifest_check(root, &m, e))
		db = db_open(file, KIT_APPLICATION_ID, KIT_DB_VERSION, e);
	if (root >= 0)
		close(root);
	free(file);
	arena_release(&memory);
	text_release(&manifest);
	return db;
}

static struct db *open_kit(const char *path, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct db *db = NULL;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		error_errno(e, _("cannot open it"));
	else
		db = S_ISDIR(st.st_mode) ? open_folder(fd, path, e) : open_image(path, e);
	if (fd >= 0)
		close(fd);
	if (!db)
		error_prefix(e, "%s: ", path);
	return db;
}

/* What can be counted in the open tier. */
static const struct {
	const char *key, *label, *sql;
} counts[] = {
	{ "organisations", N_("organisations"), "SELECT count(*) FROM organisation" },
	{ "roles", N_("roles"), "SELECT count(*) FROM role" },
	{ "channels", N_("numbers and addresses"), "SELECT count(*) FROM channel" },
	{ "plans", N_("plans"), "SELECT count(*) FROM plan" },
	{ "steps", N_("steps"), "SELECT count(*) FROM step" },
	{ "chains", N_("call chains"), "SELECT count(*) FROM chain" },
	{ "deadlines", N_("deadlines"), "SELECT count(*) FROM deadline" },
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

static bool print_text(struct db *db, const struct kitinfo *k, struct error *e)
{
	char masked[512];
	int64_t now = (int64_t)time(NULL);

	printf("%s\n", text_mask(masked, sizeof(masked), k->organisation));
	printf(_("kit %s, version %llu%s%s\n"), k->kit_id, (unsigned long long)k->version,
	       k->exercise ? _(", EXERCISE") : "", k->signed_kit ? "" : _(", not signed"));
	printf(_("data of %s (%s), review by %s, valid until %s\n"), k->data_date,
	       _(age_words(kitinfo_age(k, now))), k->review_by, k->valid_until);
	printf(_("published by %s\n"), text_mask(masked, sizeof(masked), k->publisher));
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		uint64_t n;

		if (!count(db, counts[i].sql, &n, e))
			return false;
		printf("%6" PRIu64 " %s\n", n, _(counts[i].label));
	}
	return true;
}

static bool print_json(struct db *db, const struct kitinfo *k, struct error *e)
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
	json_bool(&j, "signed", k->signed_kit);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		if (!count(db, counts[i].sql, &n, e))
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
	bool as_json = false, ok;
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
	struct db *db;

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	db = open_kit(argv[0], &e);
	ok = db && kitinfo_read(&k, db, &e) &&
	     (as_json ? print_json(db, &k, &e) : print_text(db, &k, &e));
	kitinfo_release(&k);
	db_close(db);
	return ok ? 0 : report("kit", &e);
}
