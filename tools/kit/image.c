/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kit.img: the kit's files as an archive that the kernel unpacks. */
#include "kit/image.h"

#include <stdlib.h>

#include "lib/crypto/manifest.h"
#include "lib/data/cpio.h"

#define FILE_MODE 0644
#define FOLDER_MODE 0755

bool image_make(struct image *i, const struct source *s, uint32_t mtime, struct error *e)
{
	struct manifest_writer w = { 0 };
	struct cpio_writer archive = { .mtime = mtime };
	struct digest digest;
	bool ok;

	i->open_db = opendb_make(s, &i->open_db_len, e);
	if (!i->open_db)
		return false;
	digest = digest_bytes(i->open_db, i->open_db_len);
	manifest_add_file(&w, "kit/open.db", FILE_MODE, i->open_db_len, &digest);
	ok = manifest_write(&w, &i->manifest, e);
	manifest_writer_release(&w);
	if (!ok)
		return false;
	/* The manifest first: an archive cut short still has it to be judged by. */
	cpio_add_folder(&archive, "kit", FOLDER_MODE);
	cpio_add_file(&archive, "kit/manifest", FILE_MODE, i->manifest.s, i->manifest.len);
	cpio_add_file(&archive, "kit/open.db", FILE_MODE, i->open_db, i->open_db_len);
	cpio_finish(&archive);
	i->archive = archive.out;
	return true;
}

void image_release(struct image *i)
{
	free(i->open_db);
	text_release(&i->manifest);
	text_release(&i->archive);
	*i = (struct image){ 0 };
}
