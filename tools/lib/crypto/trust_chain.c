/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chain of roots: each signed by itself and by the one before, and only ever forwards. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/base/wholefile.h"
#include "lib/crypto/trust.h"

/* What was revoked stays revoked, and whoever revokes raises the serial. */
static bool revocations_follow(const struct trust_root *before, const struct trust_root *next,
			       struct error *e)
{
	size_t then = 0, now = 0;

	for (size_t i = 0; i < before->key_count; i++) {
		const struct trust_key *old = &before->keys[i], *k;

		if (!old->revoked)
			continue;
		then++;
		k = trust_root_find(next, old->name, strlen(old->name));
		if (!k || !k->revoked || memcmp(&k->key, &old->key, sizeof(k->key)) != 0)
			return error_set(e, ERROR_UNTRUSTED,
					 _("the revoked key %s is no longer listed as revoked"),
					 old->name);
	}
	for (size_t i = 0; i < next->key_count; i++)
		now += next->keys[i].revoked;
	if (next->serial < before->serial)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the serial of its revocations falls from %llu to %llu: "
				   "an older list of revocations"),
				 (unsigned long long)before->serial,
				 (unsigned long long)next->serial);
	if (now > then && next->serial == before->serial)
		return error_set(e, ERROR_UNTRUSTED, _("revokes a key without raising the serial"));
	return true;
}

bool trust_root_follows(const struct trust_root *before, const struct trust_root *next,
			struct error *e)
{
	uint64_t due = before ? before->version + 1 : 1;

	if (next->version < due)
		return error_set(e, ERROR_UNTRUSTED,
				 _("says version %llu where %llu is due: an older root"),
				 (unsigned long long)next->version, (unsigned long long)due);
	if (next->version > due)
		return error_set(e, ERROR_UNTRUSTED,
				 _("says version %llu where %llu is due: a version is missing"),
				 (unsigned long long)next->version, (unsigned long long)due);
	if (!before)
		return true;
	if (before->exercise != next->exercise)
		return error_set(e, ERROR_UNTRUSTED,
				 next->exercise ? _("turns a real root into one for exercises")
						: _("turns a root for exercises into a real one"));
	for (unsigned r = 0; r < TRUST_ROLES; r++)
		if (next->minimum[r] < before->minimum[r])
			return error_set(e, ERROR_UNTRUSTED,
					 _("the smallest counter of the role %s falls "
					   "from %llu to %llu"),
					 trust_role_name((enum trust_role)r),
					 (unsigned long long)before->minimum[r],
					 (unsigned long long)next->minimum[r]);
	return revocations_follow(before, next, e);
}

/* The signatures that count for `next` under the rules of `judge`. */
static bool count_root(const struct trust_root *judge, const struct trust_root *next,
		       const struct trust_file *f, struct trust_found *found, struct error *e)
{
	if (!trust_count(judge, TRUST_ROOT, f->root, f->root_len, f->signatures, f->signatures_len,
			 found, e))
		return false;
	if (found->valid && found->counter != next->version)
		return error_set(e, ERROR_UNTRUSTED,
				 _("signed with counter %llu, but it is version %llu"),
				 (unsigned long long)found->counter,
				 (unsigned long long)next->version);
	return true;
}

static bool enough(const struct trust_root *before, const struct trust_draft *d, struct error *e)
{
	if (before && !trust_enough(before, TRUST_ROOT, &d->before, e))
		return error_prefix(e, _("by the holders of version %llu: "),
				    (unsigned long long)before->version);
	if (!trust_enough(&d->root, TRUST_ROOT, &d->own, e))
		return error_prefix(e, before ? _("by its own holders: ") : "");
	return true;
}

/* With `draft`, a last root with too few signatures is handed out there. */
static bool verify(const struct trust_file *files, size_t count, struct arena *a,
		   struct trust_chain *chain, struct trust_draft *draft, struct error *e)
{
	*chain = (struct trust_chain){ 0 };
	if (count == 0 || count > TRUST_VERSIONS_MAX)
		return error_set(e, ERROR_UNTRUSTED,
				 count ? _("more than 256 roots") : _("there is no root"));
	chain->roots = arena_alloc(a, count * sizeof(*chain->roots));
	chain->found = arena_alloc(a, count * sizeof(*chain->found));
	for (size_t i = 0; i < count; i++) {
		const struct trust_root *before = i ? &chain->roots[i - 1] : NULL;
		struct trust_draft d = { .present = true };

		if (!trust_root_parse(files[i].root, files[i].root_len, a, &d.root, e) ||
		    !trust_root_follows(before, &d.root, e) ||
		    !count_root(&d.root, &d.root, &files[i], &d.own, e) ||
		    (before && !count_root(before, &d.root, &files[i], &d.before, e)))
			return error_prefix(e, "%zu.root: ", i + 1);
		if (draft && i + 1 == count && !enough(before, &d, &(struct error){ 0 })) {
			*draft = d;
			return true;
		}
		if (!enough(before, &d, e))
			return error_prefix(e, "%zu.root: ", i + 1);
		chain->roots[i] = d.root;
		chain->found[i] = d.own;
		chain->count++;
	}
	return true;
}

bool trust_chain_verify(const struct trust_file *files, size_t count, struct arena *a,
			struct trust_chain *chain, struct error *e)
{
	return verify(files, count, a, chain, NULL, e);
}

/* One file of the folder into the arena; *bytes stays NULL if it is not there. */
static bool read_file(int dir, const char *name, size_t max, struct arena *a, const void **bytes,
		      size_t *len, struct error *e)
{
	struct text t = { 0 };
	bool there, ok = wholefile_read_if(dir, name, O_NOFOLLOW, max, &t, &there, e);

	if (ok && there) {
		*bytes = arena_string_n(a, text_end(&t), t.len);
		*len = t.len;
	}
	text_release(&t);
	return ok;
}

bool trust_no_gap(const char *name, size_t count, struct error *e)
{
	size_t digits = strspn(name, "0123456789");

	return !digits || strcmp(name + digits, ".root") != 0 ||
	       strtoull(name, NULL, 10) <= count ||
	       error_set(e, ERROR_UNTRUSTED, _("%s is there, but %zu.root is missing"), name,
			 count + 1);
}

static bool no_later(int dir, size_t count, struct error *e)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	bool ok = true;

	if (!d) {
		error_errno(e, _("cannot read the folder"));
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (ok && (entry = readdir(d)))
		ok = trust_no_gap(entry->d_name, count, e);
	closedir(d);
	return ok;
}

static bool load(int dir, struct arena *a, struct trust_chain *chain, struct trust_draft *draft,
		 struct error *e)
{
	struct trust_file *files = arena_alloc(a, TRUST_VERSIONS_MAX * sizeof(*files));
	size_t n = 0;

	for (; n < TRUST_VERSIONS_MAX; n++) {
		char name[32];

		snprintf(name, sizeof(name), "%zu.root", n + 1);
		if (!read_file(dir, name, TRUST_BYTES_MAX, a, &files[n].root, &files[n].root_len,
			       e))
			return false;
		if (!files[n].root)
			break;
		snprintf(name, sizeof(name), "%zu.root.minisig", n + 1);
		if (!read_file(dir, name, TRUST_SIGNATURES_BYTES_MAX, a, &files[n].signatures,
			       &files[n].signatures_len, e))
			return false;
	}
	return no_later(dir, n, e) && verify(files, n, a, chain, draft, e);
}

bool trust_chain_load(int folder_fd, struct arena *a, struct trust_chain *chain, struct error *e)
{
	return load(folder_fd, a, chain, NULL, e);
}

bool trust_chain_load_draft(int folder_fd, struct arena *a, struct trust_chain *chain,
			    struct trust_draft *draft, struct error *e)
{
	*draft = (struct trust_draft){ 0 };
	return load(folder_fd, a, chain, draft, e);
}

bool trust_chain_has(const struct trust_chain *chain, const struct digest *pin)
{
	for (size_t i = 0; i < chain->count; i++)
		if (digest_equal(&chain->roots[i].digest, pin))
			return true;
	return false;
}
