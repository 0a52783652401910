/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit sign`: one key holder's yes to a compiled kit. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "kit/archive.h"
#include "kit/kit.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"
#include "lib/base/secret.h"
#include "lib/base/wholefile.h"
#include "lib/data/db.h"
#include "lib/data/kitinfo.h"

struct signing {
	const char *image, *key_file, *passphrase_file;
	bool dry_run;
};

static bool read_key(const struct signing *o, struct minisign_secret *key, struct error *e)
{
	struct text bytes = { 0 };
	struct secret passphrase = { 0 };
	bool encrypted, ok;

	ok = wholefile_read(AT_FDCWD, o->key_file, 0, MINISIGN_FILE_MAX, &bytes, e) &&
	     minisign_secret_encrypted(text_end(&bytes), bytes.len, &encrypted, e) &&
	     (!encrypted || secret_read(&passphrase, o->passphrase_file,
					_("Passphrase of the key: "), NULL, e)) &&
	     minisign_secret_open(text_end(&bytes), bytes.len, passphrase.s, key, e);
	secret_wipe(&passphrase);
	if (bytes.s)
		explicit_bzero(bytes.s, bytes.capacity);
	text_release(&bytes);
	return ok || error_prefix(e, "%s: ", o->key_file);
}

/* Whose is the key? It must be in the newest root, unrevoked, with the role. */
static const struct trust_key *find_key(const struct trust_root *root,
					const struct minisign_secret *key, struct error *e)
{
	const struct trust_key *found = NULL;

	for (size_t i = 0; i < root->key_count; i++)
		if (memcmp(root->keys[i].key.key, key->public.key, sizeof(key->public.key)) == 0)
			found = &root->keys[i];
	if (!found)
		error_set(e, ERROR_UNTRUSTED,
			  _("this key is not in root %llu of %s; its owner must be added to the "
			    "root first (trust rotate)"),
			  root->version + 0ULL, root->organisation);
	else if (found->revoked)
		error_set(e, ERROR_UNTRUSTED,
			  _("the key %s was revoked; it signs nothing any more"), found->name);
	else if (!(found->roles & 1u << TRUST_KIT))
		error_set(e, ERROR_UNTRUSTED,
			  _("the key %s may not sign kits: it does not have the role kit"),
			  found->name);
	return e->kind ? NULL : found;
}

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
	const char *at = (const char *)a->signatures.bytes;
	const char *end = at ? at + a->signatures.len : NULL;
	struct minisign_signature s;
	bool more = at != NULL;

	while (more) {
		if (!minisign_next(&at, end, &s, &more, e))
			return true;
		if (more && minisign_valid(&key->public, &s, a->manifest.bytes, a->manifest.len)) {
			error_set(e, ERROR_USAGE, _("this key has signed this kit already"));
			return true;
		}
	}
	return false;
}

static bool sign_archive(const struct signing *o, struct archive *a, const struct kitinfo *info,
			 const struct trust_root *root, const struct minisign_secret *key,
			 struct error *e)
{
	struct text signatures = { 0 }, image = { 0 };
	struct trust_found found;
	const struct trust_key *mine = find_key(root, key, e);
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
	ok = ok && read_key(o, &key, e) &&
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
