/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One holder's key: opened, judged by the root, compared with who signed already. */
#include "lib/crypto/signer.h"

#include <fcntl.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/secret.h"
#include "lib/base/wholefile.h"

bool signer_open(const char *key_file, const char *passphrase_file, struct minisign_secret *key,
		 struct error *e)
{
	struct text bytes = { 0 };
	struct secret passphrase = { 0 };
	bool encrypted, ok;

	ok = wholefile_read(AT_FDCWD, key_file, 0, MINISIGN_FILE_MAX, &bytes, e) &&
	     minisign_secret_encrypted(text_end(&bytes), bytes.len, &encrypted, e) &&
	     (!encrypted ||
	      secret_read(&passphrase, passphrase_file, _("Passphrase of the key: "), NULL, e)) &&
	     minisign_secret_open(text_end(&bytes), bytes.len, passphrase.s, key, e);
	secret_wipe(&passphrase);
	if (bytes.s)
		explicit_bzero(bytes.s, bytes.capacity);
	text_release(&bytes);
	return ok || error_prefix(e, "%s: ", key_file);
}

const struct trust_key *signer_holder(const struct trust_root *root, enum trust_role role,
				      const struct minisign_public *key, struct error *e)
{
	const struct trust_key *found = NULL;

	for (size_t i = 0; i < root->key_count; i++)
		if (memcmp(root->keys[i].key.key, key->key, sizeof(key->key)) == 0)
			found = &root->keys[i];
	if (found && !found->revoked && found->roles >> role & 1)
		return found;
	if (!found)
		error_set(e, ERROR_UNTRUSTED,
			  _("this key is not in root %llu of %s; its owner must be added to the "
			    "root first (trust rotate)"),
			  root->version + 0ULL, root->organisation);
	else if (found->revoked)
		error_set(e, ERROR_UNTRUSTED,
			  _("the key %s was revoked; it signs nothing any more"), found->name);
	else
		error_set(e, ERROR_UNTRUSTED,
			  _("the key %s may not sign this: it does not have the role %s"),
			  found->name, trust_role_name(role));
	return NULL;
}

bool signer_signed(const struct minisign_public *key, const void *bytes, size_t len,
		   const char *signatures, size_t signatures_len, bool *already, struct error *e)
{
	const char *at = signatures, *end = signatures + signatures_len;
	struct minisign_signature s;
	bool more = signatures_len > 0;

	*already = false;
	while (more) {
		if (!minisign_next(&at, end, &s, &more, e))
			return false;
		*already = *already || (more && minisign_valid(key, &s, bytes, len));
	}
	return true;
}
