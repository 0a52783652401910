/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The organisation's root that images are judged by. */
#include "sysimage/vouch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"
#include "lib/data/kitinfo.h"

static bool folder_of_kit(const char *folder)
{
	char kit[VOUCH_FOLDER];

	snprintf(kit, sizeof(kit), "%s/trust", kit_folder());
	return strcmp(folder, kit) == 0;
}

bool vouch_open(struct vouch *v, const char *folder, struct error *e)
{
	struct text words = { 0 };
	bool ok;
	int fd;

	*v = (struct vouch){ 0 };
	if (!folder)
		return true;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(e, _("cannot open the trust folder %s"), folder);
	ok = trust_chain_load_draft(fd, &v->memory, &v->chain, &v->draft, e);
	close(fd);
	if (ok && !v->chain.count)
		ok = trust_enough(&v->draft.root, TRUST_ROOT, &v->draft.own, e);
	if (!ok) {
		error_prefix(e, "%s: ", folder);
		vouch_release(v);
		return false;
	}
	v->kit = folder_of_kit(folder);
	v->root = &v->chain.roots[v->chain.count - 1];
	words_fingerprint(&words, &v->root->digest);
	snprintf(v->words, sizeof(v->words), "%s", text_end(&words));
	text_release(&words);
	return true;
}

const char *vouch_kit(char folder[VOUCH_FOLDER])
{
	struct kitinfo k = { 0 };
	struct error ignored = { 0 };
	int n = -1;

	if (kitinfo_load(&k, &ignored) && k.trust.trust == KIT_SIGNED)
		n = snprintf(folder, VOUCH_FOLDER, "%s/trust", kit_folder());
	kitinfo_release(&k);
	return n > 0 && n < VOUCH_FOLDER ? folder : NULL;
}

void vouch_release(struct vouch *v)
{
	arena_release(&v->memory);
	*v = (struct vouch){ 0 };
}

void vouch_print(const struct vouch *v, const struct trust_found *found)
{
	struct text who = { 0 };
	char masked[3 * TRUST_TITLE_MAX];

	for (unsigned i = 0; i < found->valid; i++)
		text_addf(&who, "%s%s", i ? ", " : "", v->root->keys[found->signers[i]].name);
	printf(_("signed by %s (%u needed) of %s\n"), text_end(&who), found->wanted,
	       text_mask(masked, sizeof(masked), v->root->organisation));
	if (v->kit)
		puts(_("judged by the organisation's root in the kit that runs here"));
	printf(_("words of root %llu: %s\n"), v->root->version + 0ULL, v->words);
	if (v->draft.present)
		printf(_("root %llu is being signed; it does not count yet\n"),
		       v->draft.root.version + 0ULL);
	if (v->root->exercise)
		puts(_("EXERCISE: this root vouches for nothing real"));
	text_release(&who);
}

void vouch_json(const struct vouch *v, const struct trust_found *found, struct json *j)
{
	json_string(j, "organisation", v->root->organisation);
	json_number(j, "root_version", v->root->version);
	json_string(j, "root_words", v->words);
	json_bool(j, "exercise", v->root->exercise);
	json_number(j, "wanted", found->wanted);
	json_number(j, "valid", found->valid);
	json_array(j, "signers");
	for (unsigned i = 0; i < found->valid; i++)
		json_string(j, NULL, v->root->keys[found->signers[i]].name);
	json_end(j);
}
