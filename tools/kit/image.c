/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kit.img: the kit's files as an archive that the kernel unpacks. */
#include "kit/image.h"

#include <stdlib.h>
#include <string.h>

#include "kit/tierdb.h"
#include "lib/crypto/manifest.h"
#include "lib/data/cpio.h"

#define FILE_MODE 0644
#define FOLDER_MODE 0755

static const char *const names[KIT_TIERS] = { "open.db", "protected.db", "strict.db" };

static struct text *add_file(struct image *i, char *path)
{
	mem_grow(&i->files, &i->capacity, i->count + 1, sizeof(*i->files));
	i->files[i->count].path = path;
	return &i->files[i->count++].bytes;
}

/* The seed depends on the key and on the bytes: the same kit made twice is the same,
 * and nothing about one version is learnt from another. */
static bool seal(struct image *i, const struct tier_keys *keys, int tier,
		 const unsigned char *plain, size_t len, struct error *e)
{
	const struct sealed_pair *pair = &keys->pair[tier];
	uint8_t seed[32];
	bool ok;

	sealed_seed(seed, pair->secret, names[tier], plain, len);
	ok = sealed_bytes(plain, len, &pair->public, 1, seed,
			  add_file(i, mem_format("kit/%s.sealed", names[tier])), e);
	explicit_bzero(seed, sizeof(seed));
	return ok;
}

static bool add_tier(struct image *i, const struct source *s, const struct tier_keys *keys,
		     int tier, struct error *e)
{
	size_t len = 0, rows;
	unsigned char *bytes = tierdb_make(s, keys, tier, &len, &rows, e);
	bool ok = bytes != NULL;

	if (ok && tier == 0)
		text_add_n(add_file(i, mem_format("kit/%s", names[0])), (const char *)bytes, len);
	else if (ok && keys && keys->has[tier])
		ok = seal(i, keys, tier, bytes, len, e);
	else if (ok)
		i->left_out[tier] = rows;
	if (bytes)
		explicit_bzero(bytes, len);
	free(bytes);
	return ok;
}

static bool write_manifest(struct image *i, struct error *e)
{
	struct manifest_writer w = { 0 };
	bool ok;

	for (size_t k = 0; k < i->count; k++) {
		struct text *bytes = &i->files[k].bytes;
		struct digest digest = digest_bytes(text_end(bytes), bytes->len);

		manifest_add_file(&w, i->files[k].path, FILE_MODE, bytes->len, &digest);
	}
	ok = manifest_write(&w, &i->manifest, e);
	manifest_writer_release(&w);
	return ok;
}

static void write_archive(struct image *i, uint32_t mtime)
{
	struct cpio_writer archive = { .mtime = mtime };
	bool folder = false;

	/* The manifest first: an archive cut short still has it to be judged by. */
	cpio_add_folder(&archive, "kit", FOLDER_MODE);
	cpio_add_file(&archive, "kit/manifest", FILE_MODE, i->manifest.s, i->manifest.len);
	for (size_t k = 0; k < i->count; k++) {
		struct text *bytes = &i->files[k].bytes;

		if (!folder && strncmp(i->files[k].path, "kit/trust/", 10) == 0) {
			cpio_add_folder(&archive, "kit/trust", FOLDER_MODE);
			folder = true;
		}
		cpio_add_file(&archive, i->files[k].path, FILE_MODE, text_end(bytes), bytes->len);
	}
	cpio_finish(&archive);
	i->archive = archive.out;
}

bool image_make(struct image *i, const struct source *s, const struct tier_keys *keys,
		uint32_t mtime, struct error *e)
{
	for (int tier = 0; tier < KIT_TIERS; tier++)
		if (!add_tier(i, s, keys, tier, e))
			return false;
	for (size_t k = 0; k < s->root_count; k++)
		text_add_n(add_file(i, mem_format("kit/trust/%s", s->roots[k].name)),
			   s->roots[k].bytes, s->roots[k].len);
	if (!write_manifest(i, e))
		return false;
	write_archive(i, mtime);
	return true;
}

void image_release(struct image *i)
{
	for (size_t k = 0; k < i->count; k++) {
		free(i->files[k].path);
		text_release(&i->files[k].bytes);
	}
	free(i->files);
	text_release(&i->manifest);
	text_release(&i->archive);
	*i = (struct image){ 0 };
}
