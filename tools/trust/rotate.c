/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `trust rotate`: the draft of the next root, one change a call. */
#include <string.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "trust/folder.h"
#include "trust/trust.h"

struct change {
	const char *add, *roles, *remove;
	struct role_numbers numbers;
	bool dry;
};

/* "image,kit" as bits; NULL is all. */
static bool parse_roles(const char *s, uint32_t *bits, struct error *e)
{
	const char *whole = s;
	enum trust_role role;

	*bits = s ? 0 : (1u << TRUST_ROLES) - 1;
	for (; s; s = *s ? s + 1 : NULL) {
		size_t n = strcspn(s, ",");

		if (!trust_role_parse(s, n, &role))
			return error_set(e, ERROR_USAGE,
					 _("--roles %s: the roles are root, image, kit, release, "
					   "operator"),
					 whole);
		*bits |= 1u << role;
		s += n;
		if (!*s)
			break;
	}
	return true;
}

static bool remove_key(struct trust_root *root, const char *name, struct error *e)
{
	struct trust_key *k = trust_root_find(root, name, strlen(name));
	size_t at;

	if (!k)
		return error_set(e, ERROR_USAGE, _("there is no key %s in it"), name);
	if (k->revoked)
		return error_set(e, ERROR_USAGE, _("%s is revoked, and that stays so for ever"),
				 name);
	at = (size_t)(k - root->keys);
	memmove(k, k + 1, (root->key_count - at - 1) * sizeof(*k));
	root->key_count--;
	return true;
}

static bool add_key(struct folder *f, struct trust_root *root, const struct change *c,
		    struct error *e)
{
	struct trust_key *k = &root->keys[root->key_count];

	if (!folder_read_key(c->add, &f->memory, k, e) || !parse_roles(c->roles, &k->roles, e))
		return false;
	root->key_count++;
	return true;
}

static bool rotate(const char *path, const struct change *c, struct error *e)
{
	struct folder f = FOLDER_NONE;
	struct trust_root root;
	bool ok = folder_open(&f, path, e) && folder_edit(&f, &root, e) &&
		  (!c->remove || remove_key(&root, c->remove, e)) &&
		  (!c->add || add_key(&f, &root, c, e)) &&
		  role_numbers_apply(&c->numbers, &root, e) && folder_write(&f, &root, c->dry, e);

	folder_close(&f);
	return ok;
}

/* Of an option given twice only the last would be done: say so instead. */
static bool once(int argc, char **argv, const char *option, struct error *e)
{
	size_t n = strlen(option);
	int seen = 0;

	for (int i = 1; i < argc; i++)
		seen += strncmp(argv[i], option, n) == 0 &&
			(argv[i][n] == '\0' || argv[i][n] == '=');
	if (seen > 1)
		return error_set(e, ERROR_USAGE, _("%s only once a call; call again for the next"),
				 option);
	return true;
}

int trust_rotate(int argc, char **argv)
{
	struct error e = { 0 };
	struct change c = { 0 };
	struct cli_option options[4 + ROLE_OPTIONS + 1] = {
		{ "add", CLI_TEXT, &c.add, "KEY.pub", N_("a further key, named like its file"), 0,
		  0 },
		{ "roles", CLI_TEXT, &c.roles, "LIST",
		  N_("what the added key may sign (image,kit); else all"), 0, 0 },
		{ "remove", CLI_TEXT, &c.remove, "NAME", N_("a key that leaves, not revoked"), 0,
		  0 },
		{ "n", CLI_FLAG, &c.dry, NULL, N_("print the root, write nothing"), 0, 0 },
	};
	const struct cli_usage usage = {
		"trust",
		"rotate",
		"TRUST",
		N_("Draft the next version of the root. As long as nobody has signed the draft, "
		   "another call\nchanges it further. It holds once enough holders of the "
		   "version before and of the new one have signed."),
		options,
		1,
		1,
	};

	role_numbers_init(&c.numbers);
	role_options(&c.numbers, true, options + 4);
	if (!once(argc, argv, "--add", &e) || !once(argc, argv, "--remove", &e) ||
	    !cli_parse(&usage, &argc, &argv, &e) || !rotate(argv[0], &c, &e))
		return report("trust", &e);
	return 0;
}
