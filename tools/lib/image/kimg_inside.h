/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_KIMG_INSIDE_H
#define LIB_IMAGE_KIMG_INSIDE_H

#include "lib/image/kimg.h"

/* What the files kimg_*.c share; for nobody else. */

enum kimg_tag {
	KIMG_TAG_FORMAT = 0x0001,
	KIMG_TAG_PRODUCT = 0x0010,
	KIMG_TAG_LABEL = 0x0011,
	KIMG_TAG_COUNTER = 0x0012,
	KIMG_TAG_CREATED = 0x0013,
	KIMG_TAG_MAKER = 0x0014,
	KIMG_TAG_MIN_ROOT = 0x0015,
	KIMG_TAG_SYSTEM = 0x0020,
	KIMG_TAG_DISK = 0x0030,
	KIMG_TAG_SECTOR = 0x0031,
	KIMG_TAG_BOOT_CODE = 0x0032,
	KIMG_TAG_ACTIVE = 0x0033,
	KIMG_TAG_PARTITION = 0x0040,
	KIMG_TAG_PAYLOAD = 0x0050,
	KIMG_TAG_INDEX = 0x0060,
	KIMG_TAG_CATALOGUE = 0x0070,
	KIMG_TAG_DRIVER_PACK = 0x8080,
	KIMG_TAG_NOTE = 0x8090,
};
#define KIMG_ACTIVE 0x80 /* in the first byte of an entry of an MBR */
#define KIMG_ANCILLARY 0x8000u

#define KIMG_COUNTER_MAX UINT64_C(999999999999999)
#define KIMG_CATALOGUE_BYTES_MAX (UINT64_C(4) << 30)
#define KIMG_CATALOGUE_LINES_MAX 16777216u

/* Do the records fit together: places, sizes, sums, order? Each was read and fits by itself. The
 * record that does not, and why (message ids); *record is NULL if all do. */
void kimg_judge(const struct kimg_manifest *m, size_t manifest_bytes, const char **record,
		const char **why);

/* Do the places of an image's parts fit each other? The same for manifest and superblock. NULL,
 * or why not. */
const char *kimg_judge_places(size_t manifest_bytes, uint64_t index_at, uint64_t index_bytes,
			      uint64_t data_at);

#endif
