/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trust folder: roots that hold, the draft of the next, and what the verbs share. */
#include "trust/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/wholefile.h"
#include "lib/base/newfile.h"
#include "lib/base/text.h"
#include "trust/keyfile.h"

bool folder_open(struct folder *f, const char *path, struct error *e)
{
	f->path = path;
	f->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->fd < 0)
		return error_errno(e, _("cannot open the trust folder %s"), path);
	if (!trust_chain_load_draft(f->fd, &f->memory, &f->chain, &f->draft, e))
		return error_prefix(e, "%s: ", path);
	return true;
}

void folder_close(struct folder *f)
{
	if (f->fd >= 0)
		close(f->fd);
	arena_release(&f->memory);
	*f = (struct folder)FOLDER_NONE;
}

const struct trust_root *folder_newest(const struct folder *f)
{
	return f->chain.count ? &f->chain.roots[f->chain.count - 1] : NULL;
}

const struct trust_root *folder_need(const struct folder *f, struct error *e)
{
	if (!f->chain.count && !trust_enough(&f->draft.root, TRUST_ROOT, &f->draft.own, e))
		error_prefix(e, "%s/1.root: ", f->path);
	return folder_newest(f);
}

/* Keys go to a new array with room for more; strings stay where they are. */
static void copy_root(struct folder *f, const struct trust_root *from, struct trust_root *to)
{
	*to = *from;
	to->keys = arena_alloc(&f->memory, (TRUST_KEYS_MAX + 1) * sizeof(*to->keys));
	memcpy(to->keys, from->keys, from->key_count * sizeof(*to->keys));
}

bool folder_edit(struct folder *f, struct trust_root *root, struct error *e)
{
	const struct trust_root *newest = folder_newest(f);
	char name[48];

	if (!f->draft.present) {
		copy_root(f, newest, root);
		root->version++;
		return true;
	}
	copy_root(f, &f->draft.root, root);
	snprintf(name, sizeof(name), "%llu.root.minisig", (unsigned long long)root->version);
	if (faccessat(f->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return error_set(e, ERROR_FAILED,
				 _("%s/%s is there: version %llu is being signed and must not "
				   "change. Let it be signed to the end, or remove that file "
				   "and change the draft"),
				 f->path, name, (unsigned long long)root->version);
	return true;
}

/* "2 of isb, it-leitung", of those who have not signed yet. */
static void add_needed(struct text *out, const struct trust_root *judge,
		       const struct trust_found *found)
{
	struct text names = { 0 };

	trust_open_names(judge, TRUST_ROOT, found, &names);
	text_addf(out, _("%u more of %s"), found->wanted - found->valid, text_end(&names));
	text_release(&names);
}

void folder_say_draft(const struct trust_root *before, const struct trust_draft *d,
		      const char *folder)
{
	unsigned long long version = d->root.version;
	bool own = d->own.valid < d->own.wanted;
	struct text who = { 0 };

	printf(_("%s/%llu.root is a draft: %u of %u signatures by its own holders"), folder,
	       version, d->own.valid, d->own.wanted);
	if (before)
		printf(_(", %u of %u by those of version %llu"), d->before.valid, d->before.wanted,
		       (unsigned long long)before->version);
	puts(".");
	if (own)
		add_needed(&who, &d->root, &d->own);
	if (before && d->before.valid < d->before.wanted) {
		text_add(&who, own ? _("; and, as holders of the version before, ") : "");
		add_needed(&who, before, &d->before);
	}
	printf(_("Still to sign: %s. Whoever is in both counts in both.\n"), text_end(&who));
	printf(_("Each of them: trust sign %s/%llu.root --key NAME.key\n"), folder, version);
	if (before)
		printf(_("Until then version %llu holds.\n"), (unsigned long long)before->version);
	text_release(&who);
}

bool folder_write(struct folder *f, struct trust_root *root, bool dry, struct error *e)
{
	const struct trust_root *before = folder_newest(f);
	struct trust_draft d = { .present = true };
	struct text out = { 0 };
	char *path = mem_format("%s/%llu.root", f->path, (unsigned long long)root->version);
	bool ok = trust_root_write(root, &out, e) && trust_root_follows(before, root, e);

	if (!ok) {
		e->kind = ERROR_USAGE;
		error_prefix(e, _("nothing was written: "));
	} else if (dry) {
		fputs(out.s, stdout);
	} else {
		ok = newfile_whole(path, out.s, out.len, e);
	}
	if (ok && !dry) {
		d.root = *root;
		d.own.wanted = root->threshold[TRUST_ROOT];
		d.before.wanted = before ? before->threshold[TRUST_ROOT] : 0;
		folder_say_draft(before, &d, f->path);
	}
	text_release(&out);
	free(path);
	return ok;
}

bool folder_map(const char *path, struct mapped *m, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	*m = (struct mapped){ .bytes = "" };
	if (fd < 0 || fstat(fd, &st) != 0)
		error_errno(e, _("cannot open %s"), path);
	else if (!S_ISREG(st.st_mode))
		error_set(e, ERROR_USAGE, _("%s is not a file"), path);
	else if (st.st_size > 0) {
		void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

		if (at == MAP_FAILED)
			error_errno(e, _("cannot read %s"), path);
		else
			*m = (struct mapped){ at, (size_t)st.st_size };
	}
	if (fd >= 0)
		close(fd);
	return !e->kind;
}

void folder_unmap(struct mapped *m)
{
	if (m->len)
		munmap((void *)(uintptr_t)m->bytes, m->len);
	*m = (struct mapped){ 0 };
}

bool folder_read_signatures(const char *file, struct text *out, struct error *e)
{
	char *path = mem_format("%s.minisig", file);
	bool ok = (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT) ||
		  wholefile_read(AT_FDCWD, path, O_NOFOLLOW, TRUST_SIGNATURES_BYTES_MAX, out, e);

	free(path);
	return ok;
}

bool folder_read_key(const char *path, struct arena *a, struct trust_key *k, struct error *e)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t n = strlen(base);

	*k = (struct trust_key){ 0 };
	if (n < 5 || strcmp(base + n - 4, ".pub") != 0 || !trust_name_ok(base, n - 4))
		return error_set(e, ERROR_USAGE,
				 _("%s: the file's name becomes the key's: it must be an office "
				   "in a-z, 0-9 and hyphens with .pub behind it, as in "
				   "it-leitung.pub"),
				 path);
	if (!keyfile_public(path, &k->key, e))
		return false;
	k->name = arena_string_n(a, base, n - 4);
	return true;
}

static const struct {
	const char *threshold, *minimum;
} option_names[TRUST_ROLES] = {
	[TRUST_ROOT] = { "threshold-root", "minimum-root" },
	[TRUST_IMAGE] = { "threshold-image", "minimum-image" },
	[TRUST_KIT] = { "threshold-kit", "minimum-kit" },
	[TRUST_RELEASE] = { "threshold-release", "minimum-release" },
	[TRUST_OPERATOR] = { "threshold-operator", "minimum-operator" },
};

void role_numbers_init(struct role_numbers *n)
{
	for (unsigned r = 0; r < TRUST_ROLES; r++)
		n->threshold[r] = n->minimum[r] = UINT64_MAX;
}

size_t role_options(struct role_numbers *n, bool minimum, struct cli_option *at)
{
	struct cli_option *start = at;

	for (unsigned r = 0; r < TRUST_ROLES; r++)
		*at++ = (struct cli_option){
			option_names[r].threshold,       CLI_NUMBER, &n->threshold[r], "K",
			N_("so many holders must sign"), 1,          TRUST_KEYS_MAX
		};
	for (unsigned r = 0; minimum && r < TRUST_ROLES; r++)
		*at++ = (struct cli_option){ option_names[r].minimum,
					     CLI_NUMBER,
					     &n->minimum[r],
					     "N",
					     N_("refuse what has a smaller counter"),
					     0,
					     TRUST_COUNTER_MAX };
	*at = (struct cli_option){ 0 };
	return (size_t)(at - start);
}

bool role_numbers_apply(const struct role_numbers *n, struct trust_root *root, struct error *e)
{
	for (unsigned r = 0; r < TRUST_ROLES; r++) {
		unsigned names = 0;

		for (size_t i = 0; i < root->key_count; i++)
			names += !root->keys[i].revoked && root->keys[i].roles >> r & 1;
		if (n->threshold[r] != UINT64_MAX)
			root->threshold[r] = (unsigned)n->threshold[r];
		if (n->minimum[r] != UINT64_MAX)
			root->minimum[r] = n->minimum[r];
		if (root->threshold[r] > names)
			return error_set(e, ERROR_USAGE,
					 _("the role %s would need %u signatures, and %u may "
					   "sign: give --%s too"),
					 trust_role_name((enum trust_role)r), root->threshold[r],
					 names, option_names[r].threshold);
	}
	return true;
}
