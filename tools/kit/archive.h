/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_ARCHIVE_H
#define KIT_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/crypto/trust.h"
#include "lib/data/cpio.h"

#define ARCHIVE_BYTES_MAX (256 << 20)
#define ARCHIVE_ENTRIES_MAX 4096

/*
 * A kit.img in memory (docs/formats/kit-img.md): its manifest first, every file as the
 * manifest says, nothing besides. { 0 } is empty; release accepts it.
 */
struct archive {
	struct cpio_entry *entries; /* without folders, manifest and signatures */
	size_t count, capacity;
	struct cpio_entry manifest;
	struct cpio_entry signatures; /* path NULL: not signed */
	uint32_t mtime;
	struct text bytes;
	struct arena memory;
};

/* Read and check it. False: ERROR_UNTRUSTED if it is no whole kit. */
__attribute__((warn_unused_result))
bool archive_read(struct archive *a, const char *path, struct error *e);
void archive_release(struct archive *a);

/* The file of that path ("kit/open.db"), or NULL. */
const struct cpio_entry *archive_find(const struct archive *a, const char *path);

/* The roots that the kit brings, verified; count 0 if it brings none. Strings live in
 * the archive. */
__attribute__((warn_unused_result))
bool archive_roots(struct archive *a, struct trust_chain *chain, struct error *e);

/* The same files once more, with these signatures ("" is none), as the bytes of an
 * archive. */
void archive_write(const struct archive *a, const char *signatures, size_t len, struct text *out);

#endif
