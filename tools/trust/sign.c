/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `trust sign`: one holder's signature, behind those that are there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"
#include "trust/folder.h"
#include "trust/keyfile.h"
#include "trust/trust.h"

#define NOT_GIVEN UINT64_MAX

struct signing {
	const char *file, *key, *trust, *passphrase_file;
	const char *role_name;
	enum trust_role role;
	uint64_t counter;
	bool dry;

	struct mapped bytes;
	struct text old; /* signatures there already */
	struct arena memory;
	struct folder folder;
	struct trust_draft root;         /* the file, if it is a root; or the root that judges it */
	const struct trust_root *before; /* of a root: the version before, or NULL */
	struct minisign_secret secret;
};

/* Role and counter: a root says them itself. */
static bool settle_purpose(struct signing *s, struct error *e)
{
	bool is_root = trust_is_root(s->bytes.bytes, s->bytes.len);

	if (is_root && !s->role_name)
		s->role_name = "root";
	if (!s->role_name)
		return error_set(e, ERROR_USAGE, _("what is it signed as? Give --role"));
	if (!trust_role_parse(s->role_name, strlen(s->role_name), &s->role))
		return error_set(e, ERROR_USAGE,
				 _("there is no role '%s'; the roles are root, image, kit, "
				   "release, operator"),
				 s->role_name);
	if (is_root != (s->role == TRUST_ROOT))
		return error_set(e, ERROR_USAGE,
				 is_root ? _("%s is a root: only the role root signs it")
					 : _("%s is not a root: the role root signs nothing else"),
				 s->file);
	if (!is_root)
		return true;
	if (!trust_root_parse(s->bytes.bytes, s->bytes.len, &s->memory, &s->root.root, e))
		return error_prefix(e, "%s: ", s->file);
	if (s->counter != NOT_GIVEN && s->counter != s->root.root.version)
		return error_set(e, ERROR_USAGE,
				 _("the counter of a root is its version, here %llu"),
				 (unsigned long long)s->root.root.version);
	s->counter = s->root.root.version;
	return true;
}

/* The signatures there already: by others, for the same role and counter. */
static bool check_old(struct signing *s, struct error *e)
{
	const char *at = text_end(&s->old), *end = at + s->old.len;
	struct minisign_signature old;
	bool more;

	while (minisign_next(&at, end, &old, &more, e) && more) {
		enum trust_role role;
		uint64_t counter;

		if (!trust_comment_parse(old.trusted, &role, &counter) || role != s->role)
			return error_set(e, ERROR_UNTRUSTED,
					 _("holds a signature for something else: '%.80s'"),
					 old.trusted);
		if (s->counter == NOT_GIVEN)
			s->counter = counter;
		if (counter > s->counter)
			return error_set(e, ERROR_UNTRUSTED,
					 _("is signed with counter %llu already; %llu is older"),
					 (unsigned long long)counter,
					 (unsigned long long)s->counter);
		if (counter < s->counter)
			return error_set(e, ERROR_USAGE,
					 _("is signed with counter %llu: all holders sign the same "
					   "one. For %llu remove it, and let all sign again"),
					 (unsigned long long)counter,
					 (unsigned long long)s->counter);
	}
	if (e->kind)
		return false;
	if (s->counter == NOT_GIVEN)
		return error_set(e, ERROR_USAGE,
				 _("the first signature needs --counter: 1, or one more than last "
				   "time"));
	return true;
}

/* Under whose eyes: the trust folder, for a root its own. */
static bool open_folder(struct signing *s, struct error *e)
{
	const char *slash = strrchr(s->file, '/');
	uint64_t version = s->root.root.version;

	if (s->role == TRUST_ROOT && !s->trust)
		s->trust = slash ? arena_string_n(&s->memory, s->file,
						  (size_t)(slash - s->file) + (slash == s->file))
				 : ".";
	if (!s->trust)
		return true;
	if (!folder_open(&s->folder, s->trust, e))
		return false;
	if (s->role != TRUST_ROOT) {
		const struct trust_root *newest = folder_need(&s->folder, e);

		if (newest)
			s->root.root = *newest;
		return newest;
	}
	if (version > s->folder.chain.count + 1)
		return error_set(e, ERROR_UNTRUSTED,
				 _("%s is version %llu, but %s holds good only up to version %zu"),
				 s->file, (unsigned long long)version, s->trust,
				 s->folder.chain.count);
	s->before = version > 1 ? &s->folder.chain.roots[version - 2] : NULL;
	return trust_root_follows(s->before, &s->root.root, e) || error_prefix(e, "%s: ", s->file);
}

static const struct trust_key *find_key(const struct trust_root *root,
					const struct minisign_public *p)
{
	for (size_t i = 0; root && i < root->key_count; i++)
		if (memcmp(&root->keys[i].key, p, sizeof(*p)) == 0)
			return &root->keys[i];
	return NULL;
}

/* May this key sign? A root may also be signed by a holder of the one before. */
static bool check_right(const struct signing *s, struct error *e)
{
	const struct trust_key *k = find_key(&s->root.root, &s->secret.public);
	const struct trust_key *old = find_key(s->before, &s->secret.public);
	bool may = (k && k->roles >> s->role & 1) || (old && old->roles >> s->role & 1);

	if (!s->trust)
		return true;
	if (!may && !k && !old)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the key %s is unknown to the root in %s: nothing was signed"),
				 s->key, s->trust);
	if (!may && k && k->revoked)
		return error_set(e, ERROR_UNTRUSTED, _("the key %s is revoked: nothing was signed"),
				 k->name);
	if (!may)
		return error_set(
			e, ERROR_UNTRUSTED,
			_("wrong role: %s may not sign for the role %s; nothing was signed"),
			k ? k->name : old->name, trust_role_name(s->role));
	if (s->role != TRUST_ROOT && s->counter < s->root.root.minimum[s->role])
		return error_set(e, ERROR_UNTRUSTED,
				 _("too old: the root accepts counters from %llu for the role %s"),
				 (unsigned long long)s->root.root.minimum[s->role],
				 trust_role_name(s->role));
	return true;
}

static bool signed_before(const struct signing *s, struct error *e)
{
	const char *at = s->old.s, *end = at + s->old.len;
	struct minisign_signature old;
	bool more;

	while (s->old.len && minisign_next(&at, end, &old, &more, e) && more)
		if (memcmp(old.number, s->secret.public.number, sizeof(old.number)) == 0)
			return error_set(e, ERROR_FAILED,
					 _("%s has signed %s already: another holder must sign"),
					 s->key, s->file);
	return !e->kind;
}

/* Count what is to be written: what was there before must fit these bytes, too. */
static bool count(struct signing *s, const struct text *all, struct error *e)
{
	struct trust_draft *d = &s->root;

	d->present = true;
	if (!s->trust)
		return true;
	return (trust_count(&d->root, s->role, s->bytes.bytes, s->bytes.len, all->s, all->len,
			    &d->own, e) &&
		(!s->before || trust_count(s->before, s->role, s->bytes.bytes, s->bytes.len, all->s,
					   all->len, &d->before, e))) ||
	       error_prefix(e, _("%s.minisig does not fit; remove it, and let all sign again: "),
			    s->file);
}

static void say(const struct signing *s)
{
	const struct trust_draft *d = &s->root;
	struct text who = { 0 };

	printf(_("%s %s.minisig: role %s, counter %llu.\n"), s->dry ? _("Would sign") : _("Signed"),
	       s->file, trust_role_name(s->role), (unsigned long long)s->counter);
	if (!s->trust)
		return;
	if (s->role == TRUST_ROOT &&
	    (d->own.valid < d->own.wanted || d->before.valid < d->before.wanted)) {
		folder_say_draft(s->before, d, s->trust);
	} else if (d->own.valid < d->own.wanted) {
		trust_open_names(&d->root, s->role, &d->own, &who);
		printf(_("%u of %u signatures. Still to sign: %u more of %s.\n"), d->own.valid,
		       d->own.wanted, d->own.wanted - d->own.valid, text_end(&who));
	} else {
		printf(_("%u of %u signatures: complete.\n"), d->own.valid, d->own.wanted);
	}
	text_release(&who);
}

static bool append(struct signing *s, struct error *e)
{
	char *path = mem_format("%s.minisig", s->file);
	struct text all = { 0 };
	char comment[80];
	bool ok;

	trust_comment(comment, sizeof(comment), s->role, s->counter);
	text_add_n(&all, text_end(&s->old), s->old.len);
	ok = minisign_sign(&s->secret, s->bytes.bytes, s->bytes.len,
			   "signature of blackstart trust", comment, &all, e) &&
	     count(s, &all, e);
	if (ok && all.len > TRUST_SIGNATURES_BYTES_MAX)
		ok = error_set(e, ERROR_FAILED, _("%s: too many signatures"), path);
	if (ok && !s->dry)
		ok = newfile_whole(path, all.s, all.len, e);
	if (ok)
		say(s);
	text_release(&all);
	free(path);
	return ok;
}

static bool sign(struct signing *s, struct error *e)
{
	bool ok = folder_map(s->file, &s->bytes, e) && settle_purpose(s, e) &&
		  folder_read_signatures(s->file, &s->old, e) &&
		  (check_old(s, e) || error_prefix(e, "%s.minisig ", s->file)) &&
		  open_folder(s, e) && keyfile_secret(s->key, s->passphrase_file, &s->secret, e) &&
		  check_right(s, e) && signed_before(s, e) && append(s, e);

	minisign_secret_wipe(&s->secret);
	folder_close(&s->folder);
	folder_unmap(&s->bytes);
	text_release(&s->old);
	arena_release(&s->memory);
	return ok;
}

int trust_sign(int argc, char **argv)
{
	struct error e = { 0 };
	struct signing s = { .counter = NOT_GIVEN, .folder = FOLDER_NONE };
	const struct cli_option options[] = {
		{ "key", CLI_TEXT, &s.key, "NAME.key", N_("the secret key to sign with"), 0, 0 },
		{ "role", CLI_TEXT, &s.role_name, "ROLE",
		  N_("root, image, kit, release or operator"), 0, 0 },
		{ "counter", CLI_NUMBER, &s.counter, "N",
		  N_("rises with each new version of the thing"), 0, TRUST_COUNTER_MAX },
		{ "trust", CLI_TEXT, &s.trust, "TRUST",
		  N_("refuse what this folder's root does not allow"), 0, 0 },
		{ "passphrase-file", CLI_TEXT, &s.passphrase_file, "FILE",
		  N_("the passphrase is the first line of FILE; - is standard input"), 0, 0 },
		{ "n", CLI_FLAG, &s.dry, NULL, N_("do all but write the signature"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"trust",
		"sign",
		"FILE",
		N_("Add a signature to FILE.minisig. A root names role and counter itself, and its "
		   "folder is TRUST.\nA file that others have signed is signed with their counter."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("trust", &e);
	s.file = argv[0];
	if (!s.key && !error_set(&e, ERROR_USAGE, _("which key signs? Give --key NAME.key")))
		return report("trust", &e);
	if (!sign(&s, &e))
		return report("trust", &e);
	return 0;
}
