/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `trust verify`: a file under the root that holds, or the chain of roots itself. */
#include <stdio.h>
#include <string.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/data/json.h"
#include "trust/folder.h"
#include "trust/trust.h"

struct verifying {
	const char *file, *trust, *role_name;
	uint64_t counter, version; /* the smallest accepted */
	bool as_json;
};

static void signer_names(const struct trust_root *root, const struct trust_found *f,
			 struct text *out)
{
	for (unsigned i = 0; i < f->valid; i++)
		text_addf(out, "%s%s", i ? ", " : "", root->keys[f->signers[i]].name);
}

static void json_signers(struct json *j, const struct trust_root *root, const struct trust_found *f)
{
	json_number(j, "wanted", f->wanted);
	json_number(j, "valid", f->valid);
	json_array(j, "signers");
	for (unsigned i = 0; i < f->valid; i++)
		json_string(j, NULL, root->keys[f->signers[i]].name);
	json_end(j);
}

static bool not_older(const struct verifying *v, const struct trust_root *root, struct error *e)
{
	if (root->version >= v->version)
		return true;
	return error_set(e, ERROR_UNTRUSTED,
			 _("older root: %s ends with version %llu, at least %llu is asked for"),
			 v->trust, (unsigned long long)root->version,
			 (unsigned long long)v->version);
}

static void print_chain(const struct verifying *v, const struct folder *f)
{
	const struct trust_root *newest = folder_newest(f);
	struct json j = json_to(stdout);
	char masked[3 * TRUST_TITLE_MAX + 1];

	if (v->as_json) {
		json_object(&j, NULL);
		json_string(&j, "organisation", newest->organisation);
		json_bool(&j, "exercise", newest->exercise);
		json_number(&j, "version", newest->version);
		json_number(&j, "serial", newest->serial);
		json_array(&j, "roots");
	} else {
		printf("%s%s\n", text_mask(masked, sizeof(masked), newest->organisation),
		       newest->exercise ? _(", EXERCISE") : "");
	}
	for (size_t i = 0; i < f->chain.count; i++) {
		const struct trust_root *root = &f->chain.roots[i];
		struct text names = { 0 };

		signer_names(root, &f->chain.found[i], &names);
		if (v->as_json) {
			json_object(&j, NULL);
			json_number(&j, "version", root->version);
			json_number(&j, "serial", root->serial);
			json_signers(&j, root, &f->chain.found[i]);
			json_end(&j);
		} else {
			printf(_("version %llu, serial %llu: %u signatures, %u needed: %s\n"),
			       (unsigned long long)root->version, (unsigned long long)root->serial,
			       f->chain.found[i].valid, f->chain.found[i].wanted, text_end(&names));
		}
		text_release(&names);
	}
	if (v->as_json) {
		json_end(&j);
		json_end(&j);
	}
}

/* Too few signatures on the last one: here that is a failure, with the names. */
static bool draft_is_refused(const struct folder *f, struct error *e)
{
	const struct trust_root *before = folder_newest(f);
	const struct trust_draft *d = &f->draft;

	if (!d->present)
		return true;
	if (before && !trust_enough(before, TRUST_ROOT, &d->before, e))
		error_prefix(e, _("by the holders of version %llu: "),
			     (unsigned long long)before->version);
	else if (!trust_enough(&d->root, TRUST_ROOT, &d->own, e))
		error_prefix(e, before ? _("by its own holders: ") : "");
	return error_prefix(e, "%s/%llu.root: ", f->path, (unsigned long long)d->root.version);
}

static bool verify_chain(const struct verifying *v, struct error *e)
{
	struct folder f = FOLDER_NONE;
	bool ok = folder_open(&f, v->trust, e);

	if (ok && f.chain.count && not_older(v, folder_newest(&f), e))
		print_chain(v, &f);
	ok = ok && !e->kind && draft_is_refused(&f, e);
	folder_close(&f);
	return ok;
}

static void print_file(const struct verifying *v, const struct folder *f,
		       const struct trust_found *found)
{
	const struct trust_root *root = folder_newest(f);
	struct text names = { 0 };
	struct json j = json_to(stdout);
	char masked[1024], title[3 * TRUST_TITLE_MAX + 1];

	if (v->as_json) {
		json_object(&j, NULL);
		json_string(&j, "file", v->file);
		json_string(&j, "role", v->role_name);
		json_number(&j, "counter", found->counter);
		json_signers(&j, root, found);
		json_string(&j, "organisation", root->organisation);
		json_bool(&j, "exercise", root->exercise);
		json_number(&j, "root_version", root->version);
		json_number(&j, "serial", root->serial);
		json_bool(&j, "draft", f->draft.present);
		json_end(&j);
		return;
	}
	signer_names(root, found, &names);
	printf(_("%s: authentic. Role %s, counter %llu, signed by %s (%u needed).\n"),
	       text_mask(masked, sizeof(masked), v->file), v->role_name,
	       (unsigned long long)found->counter, text_end(&names), found->wanted);
	printf(_("Root of %s, version %llu, serial %llu%s.\n"),
	       text_mask(title, sizeof(title), root->organisation),
	       (unsigned long long)root->version, (unsigned long long)root->serial,
	       root->exercise ? _(", EXERCISE") : "");
	if (f->draft.present)
		fprintf(stderr,
			_("Note: %s/%llu.root is a draft that too few have signed; version %llu was "
			  "used.\n"),
			v->trust, (unsigned long long)f->draft.root.version,
			(unsigned long long)root->version);
	text_release(&names);
}

static bool verify_file(const struct verifying *v, struct error *e)
{
	struct folder f = FOLDER_NONE;
	struct mapped bytes = { 0 };
	struct text signatures = { 0 };
	struct trust_found found;
	enum trust_role role;
	const struct trust_root *root = NULL;

	if (!trust_role_parse(v->role_name, strlen(v->role_name), &role))
		return error_set(e, ERROR_USAGE,
				 _("there is no role '%s'; the roles are root, image, kit, "
				   "release, operator"),
				 v->role_name);
	bool ok = folder_open(&f, v->trust, e) && (root = folder_need(&f, e)) &&
		  not_older(v, root, e) && folder_map(v->file, &bytes, e) &&
		  folder_read_signatures(v->file, &signatures, e);

	if (ok && !trust_verify(root, role, bytes.bytes, bytes.len, text_end(&signatures),
				signatures.len, v->counter, &found, e))
		ok = error_prefix(e, "%s: ", v->file);
	if (ok)
		print_file(v, &f, &found);
	text_release(&signatures);
	folder_unmap(&bytes);
	folder_close(&f);
	return ok;
}

int trust_verify_file(int argc, char **argv)
{
	struct error e = { 0 };
	struct verifying v = { 0 };
	const struct cli_option options[] = {
		{ "role", CLI_TEXT, &v.role_name, "ROLE",
		  N_("what it must be signed as: image, kit, release, operator"), 0, 0 },
		{ "trust", CLI_TEXT, &v.trust, "TRUST", N_("the folder with the roots"), 0, 0 },
		{ "counter", CLI_NUMBER, &v.counter, "N", N_("refuse a smaller counter"), 0,
		  TRUST_COUNTER_MAX },
		{ "root", CLI_NUMBER, &v.version, "N", N_("refuse a root older than version N"), 0,
		  TRUST_COUNTER_MAX },
		{ "json", CLI_FLAG, &v.as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"trust",
		"verify",
		"FILE | TRUST",
		N_("Is FILE signed by enough holders of the role? With a trust folder alone: is "
		   "its chain of\nroots whole, and who signed it?"),
		options,
		0,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("trust", &e);
	v.file = argc ? argv[0] : NULL;
	if (v.file && !v.trust && !v.role_name) {
		v.trust = v.file;
		v.file = NULL;
	}
	if (!v.trust || (v.file && !v.role_name) || (!v.file && v.role_name))
		error_set(&e, ERROR_USAGE,
			  _("give a FILE with --role and --trust, or a trust folder alone"));
	else if (v.file ? verify_file(&v, &e) : verify_chain(&v, &e))
		return 0;
	return report("trust", &e);
}
