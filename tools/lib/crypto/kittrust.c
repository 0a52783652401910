/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the files of a kit to the one word whether it may be believed. */
#include "lib/crypto/kittrust.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/wholefile.h"
#include "lib/crypto/manifest.h"
#include "lib/crypto/trust.h"
#include "lib/crypto/words.h"

const char *kit_trust_name(enum kit_trust trust)
{
	switch (trust) {
	case KIT_MISSING:
		return "missing";
	case KIT_DAMAGED:
		return "damaged";
	case KIT_REFUSED:
		return "refused";
	case KIT_UNSIGNED:
		return "unsigned";
	case KIT_SIGNED:
		return "signed";
	}
	return "";
}

static bool check_whole(int root, struct text *manifest, struct error *e)
{
	static const char *const unlisted[] = { "kit/manifest", "kit/manifest.minisig", NULL };
	struct manifest m = { 0 };
	struct arena memory = { 0 };
	bool there, ok = wholefile_read_if(root, "kit/manifest", O_NOFOLLOW, MANIFEST_BYTES_MAX,
					   manifest, &there, e);

	if (ok && !there)
		ok = error_set(e, ERROR_UNTRUSTED, _("kit/manifest is missing"));
	ok = ok && manifest_parse(text_end(manifest), manifest->len, &memory, &m, e) &&
	     manifest_check(root, &m, e) && manifest_check_closed(root, "kit", unlisted, &m, e);
	arena_release(&memory);
	return ok;
}

bool kittrust_pin(const char *words, struct digest *pin, bool *pinned)
{
	static const char key[] = "blackstart.root=";

	*pinned = false;
	for (const char *at = words; *at; at += strspn(at, " \n")) {
		size_t n = strcspn(at, " \n");

		if (strncmp(at, key, sizeof(key) - 1) == 0) {
			*pinned = true;
			return digest_from_hex(pin, at + sizeof(key) - 1, n - (sizeof(key) - 1));
		}
		at += n;
	}
	return true;
}

static bool check_signatures(const struct trust_chain *chain, const void *manifest,
			     size_t manifest_len, const void *signatures, size_t signatures_len,
			     const struct digest *pin, struct kittrust *t)
{
	const struct trust_root *now;
	struct trust_found found = { 0 };
	struct text words = { 0 };

	if (!chain->count)
		return error_set(&t->why, ERROR_UNTRUSTED,
				 _("it is signed but brings no root to judge by"));
	if (pin && !trust_chain_has(chain, pin))
		return error_set(&t->why, ERROR_UNTRUSTED,
				 _("it is signed by another organisation than this stick was "
				   "started for"));
	now = &chain->roots[chain->count - 1];
	if (!trust_verify(now, TRUST_KIT, manifest, manifest_len, signatures, signatures_len, 0,
			  &found, &t->why))
		return false;
	words_fingerprint(&words, &now->digest);
	snprintf(t->words, sizeof(t->words), "%s", text_end(&words));
	text_release(&words);
	text_mask(t->organisation, sizeof(t->organisation), now->organisation);
	t->root_version = now->version;
	t->exercise = now->exercise;
	t->counter = found.counter;
	t->wanted = found.wanted;
	t->valid = found.valid;
	return true;
}

void kittrust_judge(const struct trust_chain *chain, const void *manifest, size_t manifest_len,
		    const void *signatures, size_t signatures_len, const char *words,
		    struct kittrust *t)
{
	struct digest pin;
	bool pinned;

	*t = (struct kittrust){ .trust = KIT_REFUSED };
	/* A pin that cannot be read fits nothing, instead of everything. */
	if (!kittrust_pin(words, &pin, &pinned))
		pin = (struct digest){ 0 };
	if (signatures && check_signatures(chain, manifest, manifest_len, signatures,
					   signatures_len, pinned ? &pin : NULL, t))
		t->trust = KIT_SIGNED;
	else if (!signatures && pinned)
		error_set(&t->why, ERROR_UNTRUSTED,
			  _("it is not signed, and this stick was started for a signed one"));
	else if (!signatures)
		t->trust = KIT_UNSIGNED;
}

/* The roots that lie beside the kit; none is no error here. */
static bool load_roots(int root, struct arena *a, struct trust_chain *chain, struct error *e)
{
	int folder = openat(root, "kit/trust", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool ok = folder < 0 || trust_chain_load(folder, a, chain, e);

	if (folder >= 0)
		close(folder);
	return ok;
}

void kittrust_check(int root_fd, const char *words, struct kittrust *t)
{
	struct text manifest = { 0 }, signatures = { 0 };
	struct arena memory = { 0 };
	struct trust_chain chain = { 0 };
	struct error e = { 0 };
	bool have;

	*t = (struct kittrust){ .trust = KIT_MISSING };
	if (faccessat(root_fd, "kit", F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	t->trust = KIT_DAMAGED;
	if (check_whole(root_fd, &manifest, &t->why)) {
		if (wholefile_read_if(root_fd, "kit/manifest.minisig", O_NOFOLLOW,
				      TRUST_SIGNATURES_BYTES_MAX, &signatures, &have, &e) &&
		    (!have || load_roots(root_fd, &memory, &chain, &e)))
			kittrust_judge(&chain, manifest.s, manifest.len,
				       have ? text_end(&signatures) : NULL, signatures.len, words,
				       t);
		else
			*t = (struct kittrust){ .trust = KIT_REFUSED, .why = e };
	}
	arena_release(&memory);
	text_release(&manifest);
	text_release(&signatures);
}
