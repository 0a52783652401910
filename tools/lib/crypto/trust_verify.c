/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counting signatures: k distinct keys of a role over the same bytes. */
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/crypto/trust.h"

static const struct trust_key *key_of(const struct trust_root *root, const uint8_t number[8])
{
	for (size_t i = 0; i < root->key_count; i++)
		if (memcmp(root->keys[i].key.number, number, sizeof(root->keys[i].key.number)) == 0)
			return &root->keys[i];
	return NULL;
}

/* A signature that fits key and bytes: is it for this role, and which counter? */
static bool check_comment(const struct trust_key *k, const char *comment, enum trust_role role,
			  uint64_t *counter, struct error *e)
{
	enum trust_role named;

	if (!trust_comment_parse(comment, &named, counter))
		return error_set(e, ERROR_UNTRUSTED,
				 _("the signature of %s says '%.80s' instead of "
				   "'blackstart role=%s counter=N'"),
				 k->name, comment, trust_role_name(role));
	if (named != role)
		return error_set(e, ERROR_UNTRUSTED,
				 _("wrong role: %s signed this for the role %s, not for %s"),
				 k->name, trust_role_name(named), trust_role_name(role));
	return true;
}

static void pass_over(struct trust_found *f, enum trust_why why, const char *name)
{
	if (f->passed_count == TRUST_SIGNATURES_MAX)
		return;
	f->passed[f->passed_count++] = (struct trust_passed){ why, name };
}

static bool count_one(const struct trust_root *root, enum trust_role role, const void *bytes,
		      size_t len, const struct minisign_signature *s, struct trust_found *f,
		      struct error *e)
{
	const struct trust_key *k = key_of(root, s->number);
	uint64_t counter;

	if (!k || k->revoked || !(k->roles >> role & 1)) {
		pass_over(f,
			  !k           ? TRUST_UNKNOWN
			  : k->revoked ? TRUST_REVOKED
				       : TRUST_NO_ROLE,
			  k ? k->name : NULL);
		return true;
	}
	if (!minisign_valid(&k->key, s, bytes, len))
		return error_set(e, ERROR_UNTRUSTED,
				 _("the signature of %s is over other bytes: this was altered "
				   "after signing, or the signature belongs to something else"),
				 k->name);
	if (!check_comment(k, s->trusted, role, &counter, e))
		return false;
	for (unsigned i = 0; i < f->valid; i++)
		if (&root->keys[f->signers[i]] == k) {
			pass_over(f, TRUST_TWICE, k->name);
			return true;
		}
	if (f->valid && f->counter != counter)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the signatures name different counters: %llu and %llu"),
				 (unsigned long long)f->counter, (unsigned long long)counter);
	f->counter = counter;
	f->signers[f->valid++] = (size_t)(k - root->keys);
	return true;
}

bool trust_count(const struct trust_root *root, enum trust_role role, const void *bytes, size_t len,
		 const void *signatures, size_t signatures_len, struct trust_found *found,
		 struct error *e)
{
	const char *at = signatures, *end = at + signatures_len;
	struct minisign_signature s;
	bool more;

	*found = (struct trust_found){ .wanted = root->threshold[role] };
	if (signatures_len > TRUST_SIGNATURES_BYTES_MAX)
		return error_set(e, ERROR_UNTRUSTED, _("too large for a file of signatures"));
	for (unsigned n = 0; signatures_len; n++) {
		if (!minisign_next(&at, end, &s, &more, e))
			return false;
		if (!more)
			break;
		if (n == TRUST_SIGNATURES_MAX)
			return error_set(e, ERROR_UNTRUSTED, _("more than 64 signatures"));
		if (!count_one(root, role, bytes, len, &s, found, e))
			return false;
	}
	return true;
}

void trust_open_names(const struct trust_root *root, enum trust_role role,
		      const struct trust_found *found, struct text *out)
{
	for (size_t i = 0; i < root->key_count; i++) {
		bool signed_already = false;

		for (unsigned s = 0; s < found->valid; s++)
			signed_already = signed_already || found->signers[s] == i;
		if (!root->keys[i].revoked && root->keys[i].roles >> role & 1 && !signed_already)
			text_addf(out, "%s%s", out->len ? ", " : "", root->keys[i].name);
	}
}

static void add_passed(struct text *out, const struct trust_passed *p)
{
	switch (p->why) {
	case TRUST_UNKNOWN:
		text_add(out, _("; one is by a key unknown here"));
		return;
	case TRUST_REVOKED:
		text_addf(out, _("; the key %s is revoked and counts no more"), p->name);
		return;
	case TRUST_NO_ROLE:
		text_addf(out, _("; %s may not sign for this role"), p->name);
		return;
	case TRUST_TWICE:
		text_addf(out, _("; %s signed twice and counts once"), p->name);
		return;
	}
}

bool trust_enough(const struct trust_root *root, enum trust_role role,
		  const struct trust_found *found, struct error *e)
{
	struct text why = { 0 }, who = { 0 };

	if (found->wanted && found->valid >= found->wanted)
		return true;
	for (unsigned i = 0; i < found->passed_count; i++) {
		bool said = false;

		for (unsigned j = 0; j < i; j++)
			said = said || (found->passed[j].why == found->passed[i].why &&
					found->passed[j].name == found->passed[i].name);
		if (!said && why.len < 200)
			add_passed(&why, &found->passed[i]);
	}
	trust_open_names(root, role, found, &who);
	if (!found->wanted)
		error_set(e, ERROR_UNTRUSTED, _("nobody may sign for the role %s here%s"),
			  trust_role_name(role), text_end(&why));
	else
		error_set(e, ERROR_UNTRUSTED,
			  _("only %u of %u signatures for the role %s%s; can still sign: %s"),
			  found->valid, found->wanted, trust_role_name(role), text_end(&why),
			  text_end(&who));
	text_release(&why);
	text_release(&who);
	return false;
}

bool trust_verify(const struct trust_root *root, enum trust_role role, const void *bytes,
		  size_t len, const void *signatures, size_t signatures_len, uint64_t min_counter,
		  struct trust_found *found, struct error *e)
{
	if (!trust_count(root, role, bytes, len, signatures, signatures_len, found, e) ||
	    !trust_enough(root, role, found, e))
		return false;
	if (found->counter < min_counter)
		return error_set(e, ERROR_UNTRUSTED,
				 _("too old: its counter is %llu, at least %llu is asked for"),
				 (unsigned long long)found->counter,
				 (unsigned long long)min_counter);
	if (found->counter < root->minimum[role])
		return error_set(e, ERROR_UNTRUSTED,
				 _("too old: its counter is %llu, and version %llu of the root "
				   "accepts %llu and later for the role %s"),
				 (unsigned long long)found->counter,
				 (unsigned long long)root->version,
				 (unsigned long long)root->minimum[role], trust_role_name(role));
	return true;
}
