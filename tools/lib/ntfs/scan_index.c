/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that stand where a file itself is not: in the index of its folder, and in what is left over. */
#include <string.h>

#include "lib/ntfs/scan_inside.h"

#define CREATED_LAST 15u /* the highest byte of the first time of a $FILE_NAME */
#define ENTRY_LAST 2u
#define EARLIEST UINT64_C(122730000000000000) /* 1989; NTFS is of 1993 */
#define LATEST UINT64_C(158500000000000000)   /* 2103 */

struct reader ntfs_index_root(const struct ntfs_scan_record *r)
{
	static const uint8_t i30[] = { '$', 0, 'I', 0, '3', 0, '0', 0 };

	for (size_t i = 0; i < r->attribute_count; i++) {
		const struct ntfs_scan_attribute *a = &r->list[i];

		if (a->type != NTFS_INDEX_ROOT || !a->resident || a->name.left != sizeof(i30) ||
		    memcmp(a->name.at, i30, sizeof(i30)) != 0)
			continue;
		struct reader node = a->value, sizes;
		reader_skip(&node, 16);
		sizes = node;
		size_t first = reader_le32(&sizes), used = reader_le32(&sizes);
		if (sizes.bad || first > used || used > node.left)
			break;
		reader_skip(&node, first);
		return reader_sub(&node, used - first);
	}
	return (struct reader){ 0 };
}

bool ntfs_index_next(struct reader *node, struct ntfs_index_entry *entry)
{
	struct reader peek = *node;

	entry->file = reader_le64(&peek);
	size_t len = reader_le16(&peek), key = reader_le16(&peek);
	unsigned flags = reader_le16(&peek);
	reader_skip(&peek, 2);
	if (peek.bad || flags & ENTRY_LAST || len < 16 || key > len - 16)
		return false;
	reader_skip(node, len);
	return !node->bad && scan_name_parse(reader_sub(&peek, key), &entry->name);
}

static bool is_time(uint64_t t)
{
	return t > EARLIEST && t < LATEST;
}

bool scan_name_is_plausible(const struct ntfs_scan_name *n)
{
	if (!n->parent || !NTFS_SEQUENCE(n->parent) || NTFS_NUMBER(n->parent) > UINT32_MAX ||
	    n->space > NTFS_WIN32_AND_DOS || !is_time(n->times.created) ||
	    !is_time(n->times.modified) || !is_time(n->times.changed) ||
	    !is_time(n->times.accessed))
		return false;
	for (size_t i = 0; i < n->units.left; i += 2)
		if (!n->units.at[i + 1] && (n->units.at[i] < 0x20 || n->units.at[i] == '/'))
			return false;
	return true;
}

bool ntfs_carve_name(struct reader *bytes, struct ntfs_scan_name *n)
{
	for (; bytes->left > SCAN_NAME_BYTES; reader_skip(bytes, 2)) {
		/* Most of it is zeros: of the last bytes of the first time of four places at once. */
		uint64_t zeros;

		memcpy(&zeros, bytes->at + CREATED_LAST - 1, sizeof(zeros));
		if (!zeros) {
			reader_skip(bytes, bytes->left > SCAN_NAME_BYTES + 6 ? 6 : 0);
			continue;
		}
		if (bytes->at[CREATED_LAST] < EARLIEST >> 56 ||
		    bytes->at[CREATED_LAST] > LATEST >> 56 || !scan_name_parse(*bytes, n) ||
		    !scan_name_is_plausible(n))
			continue;
		n->len = (uint16_t)(SCAN_NAME_BYTES + n->units.left);
		reader_skip(bytes, n->len);
		return true;
	}
	return false;
}
