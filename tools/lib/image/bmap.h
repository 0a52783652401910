/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_BMAP_H
#define LIB_IMAGE_BMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/crypto/digest.h"
#include "lib/crypto/sha256.h"
#include "lib/disk/partition.h"
#include "lib/disk/used.h"
#include "lib/image/open.h"
#include "lib/image/strips.h"

/*
 * bmap files, version 2.0 (and 1.4, which is the same): which blocks of a raw image hold
 * something, with a SHA-256 of each range and of the file itself
 * (https://github.com/yoctoproject/bmaptool).
 *
 * They are XML. What is read here is the part of XML that bmaptool writes, and nothing else:
 * one declaration, comments, the elements that it knows, each once, digits or words in them,
 * and the one attribute that it knows. No DTD, no processing instructions, no entities, no CDATA,
 * no namespaces; nothing nests deeper than a Range. So no library of XML stands between us
 * and a file from outside.
 *
 * Refused: version 1.3 and before, and 1.4 or 2.0 with other sums than SHA-256 (SHA-1 can be
 * forged: make the bmap again with bmaptool create), files made with --no-checksum, and images
 * of more than 8 TiB.
 */
#define BMAP_FILE_MAX (32u << 20)
#define BMAP_BLOCK_MAX (64u << 20)
#define BMAP_IMAGE_MAX (UINT64_C(8) << 40)

struct bmap_range {
	uint64_t first, last; /* blocks, both included */
	char sha256[SHA256_HEX];
};

struct bmap {
	uint64_t image_bytes, blocks, mapped;
	uint32_t block_bytes;
	struct bmap_range *ranges; /* ascending, apart */
	size_t count, capacity;
};

/* Read one. Its own checksum is checked after its form. ERROR_UNTRUSTED, or ERROR_USAGE for
 * what we do not read. */
__attribute__((warn_unused_result)) bool bmap_parse(const char *bytes, size_t len, struct bmap *b,
						    struct error *e);
void bmap_release(struct bmap *b); /* { 0 } is empty */

/* One that bmaptool reads. `mapped` is counted here. */
void bmap_write(const struct bmap *b, struct text *out);

/* The raw image beside it, as a disk. */
struct bmap_image {
	struct partition_source source; /* read by several threads at once */
	struct used_map used;

	const struct partition_source *file;
	struct digest *pieces; /* of each MiB, as it was when its ranges' sums were right */
	struct strips *strips;
};

/*
 * All ranges are read and their sums compared before this returns; what is read from the
 * source later is compared with what was read then. So no byte is handed out that its
 * sum does not cover. What no range covers reads as zeros. `file` is borrowed until release; its
 * size must be the bmap's. *i must not move afterwards.
 */
__attribute__((warn_unused_result)) bool bmap_image_open(struct bmap_image *i, const struct bmap *b,
							 const struct partition_source *file,
							 const struct image_progress *p,
							 struct error *e);
void bmap_image_release(struct bmap_image *i); /* { 0 } is empty */

/*
 * What of a raw file, to which the image was restored at its own size, has to be copied:
 * everything but the holes and what belongs to no partition. Both ends are copied in any
 * case, so that nothing of an older table is left. The file is read for the sums.
 */
__attribute__((warn_unused_result)) bool bmap_of_image(const struct image *i,
						       const struct partition_source *raw,
						       struct bmap *b, struct error *e);

#endif
