/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit sign`: one key holder's yes to a compiled kit. */
#include <stdio.h>

#include "kit/archive.h"
#include "kit/kit.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"
#include "lib/crypto/signer.h"
#include "lib/data/db.h"
#include "lib/data/kitinfo.h"

struct signing {
	const char *image, *key_file, *passphrase_file;
	bool dry_run;
};

/* Version and exercise flag as the kit's open tier says. */
static bool read_info(const struct archive *a, struct kitinfo *k, struct error *e)
{
	const struct cpio_entry *open_db = archive_find(a, "kit/open.db");
	struct db *db = open_db ? db_open_bytes(open_db->bytes, open_db->len, KIT_APPLICATION_ID,
						KIT_DB_VERSION, e)
				: NULL;
	bool ok = db && kitinfo_read(k, db, e);

	if (!open_db)
		error_set(e, ERROR_UNTRUSTED, _("has no open.db"));
	db_close(db);
	return ok;
}

static bool already_signed(const struct archive *a, const struct minisign_secret *key,
			   struct error *e)
{
	bool already = false;

	if (a->signatures.path &&
	    !signer_signed(&key->public, a->manifest.bytes, a->manifest.len,
			   (const char *)a->signatures.bytes, a->signatures.len, &already, e))
		return true;
	if (already)
		error_set(e, ERROR_USAGE, _("this key has signed this kit already"));
	return already;
}

static bool sign_archive(const struct signing *o, struct archive *a, const struct kitinfo *info,
			 const struct trust_root *root, const struct minisign_secret *key,
			 struct error *e)
{
	struct text signatures = { 0 }, image = { 0 };
	struct trust_found found;
	const struct trust_key *mine = signer_holder(root, TRUST_KIT, &key->public, e);
	char trusted[128];
	bool ok = false;

	if (!mine || already_signed(a, key, e))
		goto out;
	if (root->exercise != info->exercise) {
		error_set(e, ERROR_UNTRUSTED,
			  root->exercise
				  ? _("the root is an exercise's and the kit is not; a drill's "
				      "keys sign nothing real")
				  : _("the kit is an exercise's and the root is not; a drill "
				      "needs a root of its own (trust init --exercise)"));
		goto out;
	}
	if (a->signatures.path)
		text_add_n(&signatures, (const char *)a->signatures.bytes, a->signatures.len);
	trust_comment(trusted, sizeof(trusted), TRUST_KIT, info->version);
	if (!minisign_sign(key, a->manifest.bytes, a->manifest.len, "signature of a Blackstart kit",
			   trusted, &signatures, e) ||
	    !trust_count(root, TRUST_KIT, a->manifest.bytes, a->manifest.len, signatures.s,
			 signatures.len, &found, e))
		goto out;
	archive_write(a, signatures.s, signatures.len, &image);
	if (!o->dry_run && !newfile_whole(o->image, image.s, image.len, e))
		goto out;
	printf(_("%s: kit %s, version %llu, %s by %s: %u of %u signatures\n"), o->image,
	       info->kit_id, info->version + 0ULL, o->dry_run ? _("would be signed") : _("signed"),
	       mine->name, found.valid, found.wanted);
	if (found.valid < found.wanted)
		printf(_("%u more needed; give the file to the next key holder\n"),
		       found.wanted - found.valid);
	ok = true;
out:
	text_release(&signatures);
	text_release(&image);
	return ok;
}

static bool sign(const struct signing *o, struct error *e)
{
	struct archive a;
	struct trust_chain chain;
	struct kitinfo info = { 0 };
	struct minisign_secret key = { 0 };
	bool ok;

	if (!archive_read(&a, o->image, e))
		return false;
	ok = archive_roots(&a, &chain, e) && read_info(&a, &info, e);
	if (ok && !chain.count)
		ok = error_set(e, ERROR_USAGE,
			       _("the kit brings no root; put the organisation's roots into the "
				 "folder trust of its source and compile it again"));
	if (!ok)
		error_prefix(e, "%s: ", o->image);
	ok = ok && signer_open(o->key_file, o->passphrase_file, &key, e) &&
	     sign_archive(o, &a, &info, &chain.roots[chain.count - 1], &key, e);
	minisign_secret_wipe(&key);
	kitinfo_release(&info);
	archive_release(&a);
	return ok;
}

int kit_sign(int argc, char **argv)
{
	struct error e = { 0 };
	struct signing o = { 0 };
	const struct cli_option options[] = {
		{ "key", CLI_TEXT, &o.key_file, "FILE", N_("the secret key to sign with"), 0, 0 },
		{ "passphrase-file", CLI_TEXT, &o.passphrase_file, "FILE",
		  N_("read the key's passphrase from the first line of FILE (- is stdin)"), 0, 0 },
		{ "n", CLI_FLAG, &o.dry_run, NULL, N_("say what would be done, write nothing"), 0,
		  0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"sign",
		"IMAGE",
		N_("Sign a compiled kit in the role kit. Its roots come with it. Each key holder "
		   "signs the same file, one after the other."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	if (!o.key_file) {
		error_set(&e, ERROR_USAGE, _("with which key? Name it with --key FILE"));
		return report("kit", &e);
	}
	o.image = argv[0];
	if (!sign(&o, &e))
		return report("kit", &e);
	return 0;
}
