/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kit.img as a list of files that have been checked. */
#include "kit/archive.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/language.h"
#include "lib/base/wholefile.h"
#include "lib/crypto/manifest.h"

#define MANIFEST "kit/manifest"
#define SIGNATURES "kit/manifest.minisig"
#define TRUST_FOLDER "kit/trust/"

static bool check_entry(const struct manifest *m, const struct cpio_entry *file, struct error *e)
{
	const struct manifest_entry *entry = manifest_find(m, file->path);
	struct digest found = digest_bytes(file->bytes, file->len);

	if (!entry || entry->kind != MANIFEST_FILE)
		return error_set(e, ERROR_UNTRUSTED, _("%s is not in the kit's manifest"),
				 file->path);
	if (!S_ISREG(file->mode) || (file->mode & 07777) != entry->mode ||
	    file->len != entry->size_bytes || !digest_equal(&found, &entry->digest))
		return error_set(e, ERROR_UNTRUSTED,
				 _("%s is altered: it differs from the kit's manifest"),
				 file->path);
	return true;
}

/* One entry into its place. The manifest comes first; the signatures, if there are
 * any, directly after it. */
static bool take_entry(struct archive *a, const struct cpio_entry *x, struct error *e)
{
	if (x->mode == (S_IFDIR | 0755) && x->len == 0 &&
	    (strcmp(x->path, "kit") == 0 || strcmp(x->path, "kit/trust") == 0)) {
		a->mtime = x->mtime;
		return true;
	}
	if (!a->manifest.path) {
		if (strcmp(x->path, MANIFEST) != 0 || !S_ISREG(x->mode))
			return error_set(e, ERROR_UNTRUSTED, _("is not a kit"));
		a->manifest = *x;
		return true;
	}
	if (strcmp(x->path, SIGNATURES) == 0 && S_ISREG(x->mode)) {
		if (a->signatures.path || a->count)
			return error_set(e, ERROR_UNTRUSTED, _("%s stands in the wrong place"),
					 x->path);
		a->signatures = *x;
		return true;
	}
	if (a->count == ARCHIVE_ENTRIES_MAX)
		return error_set(e, ERROR_UNTRUSTED, _("holds more than %d files"),
				 ARCHIVE_ENTRIES_MAX);
	mem_grow(&a->entries, &a->capacity, a->count + 1, sizeof(*a->entries));
	a->entries[a->count++] = *x;
	return true;
}

static bool check_entries(struct archive *a, struct error *e)
{
	struct manifest m = { 0 };

	if (!a->manifest.path)
		return error_set(e, ERROR_UNTRUSTED, _("is not a kit"));
	if (!manifest_parse(a->manifest.bytes, a->manifest.len, &a->memory, &m, e))
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (!check_entry(&m, &a->entries[i], e))
			return false;
		/* In the order of the manifest: that also refuses a file that comes twice,
		 * of which the kernel would unpack the second. */
		if (i && strcmp(a->entries[i - 1].path, a->entries[i].path) >= 0)
			return error_set(e, ERROR_UNTRUSTED, _("%s stands in the wrong place"),
					 a->entries[i].path);
	}
	if (a->count != m.count)
		return error_set(e, ERROR_UNTRUSTED,
				 _("files that the kit's manifest lists are missing"));
	return true;
}

bool archive_read(struct archive *a, const char *path, struct error *e)
{
	struct cpio_entry entry;
	bool more = true, ok;

	*a = (struct archive){ 0 };
	if (!wholefile_read(AT_FDCWD, path, 0, ARCHIVE_BYTES_MAX, &a->bytes, e))
		return false;
	struct reader r = reader_of(text_end(&a->bytes), a->bytes.len);

	ok = cpio_next(&r, &entry, &more, e);
	while (ok && more)
		ok = take_entry(a, &entry, e) && cpio_next(&r, &entry, &more, e);
	if (!ok || !check_entries(a, e)) {
		archive_release(a);
		return error_prefix(e, "%s: ", path);
	}
	return true;
}

void archive_release(struct archive *a)
{
	free(a->entries);
	text_release(&a->bytes);
	arena_release(&a->memory);
	*a = (struct archive){ 0 };
}

const struct cpio_entry *archive_find(const struct archive *a, const char *path)
{
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->entries[i].path, path) == 0)
			return &a->entries[i];
	return NULL;
}

bool archive_roots(struct archive *a, struct trust_chain *chain, struct error *e)
{
	struct trust_file *files = mem_array(TRUST_VERSIONS_MAX, sizeof(*files));
	const struct cpio_entry *root, *signatures;
	size_t count = 0;
	bool ok = true;

	*chain = (struct trust_chain){ 0 };
	for (; count < TRUST_VERSIONS_MAX; count++) {
		char path[64];

		snprintf(path, sizeof(path), TRUST_FOLDER "%zu.root", count + 1);
		root = archive_find(a, path);
		snprintf(path, sizeof(path), TRUST_FOLDER "%zu.root.minisig", count + 1);
		signatures = archive_find(a, path);
		if (!root)
			break;
		files[count] = (struct trust_file){
			.root = root->bytes,
			.root_len = root->len,
			.signatures = signatures ? signatures->bytes : (const uint8_t *)"",
			.signatures_len = signatures ? signatures->len : 0,
		};
	}
	for (size_t i = 0; ok && i < a->count; i++)
		if (strncmp(a->entries[i].path, TRUST_FOLDER, strlen(TRUST_FOLDER)) == 0)
			ok = trust_no_gap(a->entries[i].path + strlen(TRUST_FOLDER), count, e);
	ok = ok && (!count || trust_chain_verify(files, count, &a->memory, chain, e));
	free(files);
	return ok;
}

void archive_write(const struct archive *a, const char *signatures, size_t len, struct text *out)
{
	struct cpio_writer w = { .mtime = a->mtime };
	bool trust = false;

	cpio_add_folder(&w, "kit", 0755);
	cpio_add_file(&w, MANIFEST, 0644, a->manifest.bytes, a->manifest.len);
	if (len)
		cpio_add_file(&w, SIGNATURES, 0644, signatures, len);
	for (size_t i = 0; i < a->count; i++) {
		const struct cpio_entry *x = &a->entries[i];

		if (!trust && strncmp(x->path, TRUST_FOLDER, strlen(TRUST_FOLDER)) == 0) {
			cpio_add_folder(&w, "kit/trust", 0755);
			trust = true;
		}
		cpio_add_file(&w, x->path, x->mode & 07777, x->bytes, x->len);
	}
	cpio_finish(&w);
	*out = w.out;
}
