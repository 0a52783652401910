/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_CRYPTO_MANIFEST_H
#define LIB_CRYPTO_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/crypto/digest.h"

/*
 * The list of files that belong together, with what must be in them
 * (docs/formats/manifest.md). One format for the stick's root and for the kit.
 */
#define MANIFEST_HEADER "blackstart-manifest 1\n"
#define MANIFEST_ENTRIES_MAX 65536
#define MANIFEST_PATH_MAX 1023 /* bytes, of a path and of a link's target */
#define MANIFEST_BYTES_MAX (16 << 20)

enum manifest_kind { MANIFEST_FILE, MANIFEST_LINK };

struct manifest_entry {
	enum manifest_kind kind;
	const char *path;     /* relative to the root, without a leading slash */
	const char *target;   /* MANIFEST_LINK: what it points to, else NULL */
	struct digest digest; /* MANIFEST_FILE: this and the next two */
	uint64_t size_bytes;
	uint32_t mode; /* permission bits, at most 07777 */
};

struct manifest {
	struct manifest_entry *entries; /* sorted by path, bytewise */
	size_t count;
};

/* Read a manifest. Strict: anything that the format does not allow refuses the
 * whole (ERROR_UNTRUSTED, with the line). Entries live in the arena. */
__attribute__((warn_unused_result))
bool manifest_parse(const void *bytes, size_t len, struct arena *a, struct manifest *m,
		    struct error *e);

/* The entry of a path, or NULL. */
const struct manifest_entry *manifest_find(const struct manifest *m, const char *path);

/* Compare everything listed with what lies under the folder root_fd: kind,
 * size, mode and content. No symbolic link is followed on the way. False names
 * the first difference (ERROR_UNTRUSTED) or what could not be read. Files that
 * are there and not listed are not looked for. */
__attribute__((warn_unused_result))
bool manifest_check(int root_fd, const struct manifest *m, struct error *e);

/* The other direction: everything that lies under the folder `under` ("" is all of
 * root_fd) is listed, but for the paths in `except` (ended by NULL): the manifest
 * itself and whatever is somebody else's, a folder with all that is in it. Folders need
 * no entry; what is mounted is passed over. */
__attribute__((warn_unused_result))
bool manifest_check_closed(int root_fd, const char *under, const char *const *except,
			   const struct manifest *m, struct error *e);

/*
 * Writing one: { 0 } is empty; add in any order, then manifest_write() sorts
 * and appends the text. A path that the format does not allow, or a second
 * entry of the same path, is refused there.
 */
struct manifest_writer {
	struct manifest_entry *entries;
	size_t count, capacity;
	struct arena memory;
};

void manifest_add_file(struct manifest_writer *w, const char *path, uint32_t mode,
		       uint64_t size_bytes, const struct digest *digest);
void manifest_add_link(struct manifest_writer *w, const char *path, const char *target);
__attribute__((warn_unused_result))
bool manifest_write(struct manifest_writer *w, struct text *out, struct error *e);
void manifest_writer_release(struct manifest_writer *w);

#endif
