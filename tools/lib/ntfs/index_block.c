/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block of a folder's index: what is in use of it, and names in what is not. */
#include "lib/ntfs/index_block.h"

#include <string.h>

#include "lib/ntfs/scan_inside.h"

#define NODE_AT 24u
#define HEAD_BYTES 16u /* of an entry, before its key */
#define STEP 8u        /* at multiples of which entries, and so keys, begin */
#define HAS_CHILD 1u   /* flags of an entry */
#define LAST 2u

/* Behind the last entry in use; 0 if what stands there is none. */
static size_t end_of_last(struct reader node)
{
	struct reader peek = node;

	reader_skip(&peek, 8);
	size_t len = reader_le16(&peek);
	reader_skip(&peek, 2);
	unsigned flags = reader_le16(&peek);
	size_t end = flags & HAS_CHILD ? HEAD_BYTES + 8 : HEAD_BYTES;

	return !peek.bad && flags & LAST && len >= HEAD_BYTES && end <= node.left ? end : 0;
}

void ntfs_block_open(uint8_t *bytes, size_t len, struct ntfs_block *b)
{
	*b = (struct ntfs_block){ .state = NTFS_BLOCK_ABSENT };
	if (memcmp(bytes, "INDX", 4) != 0)
		return;
	b->state = scan_fixup_each(bytes, len) ? NTFS_BLOCK_GOOD : NTFS_BLOCK_DAMAGED;
	b->slack = NODE_AT + HEAD_BYTES;
	struct reader node = reader_of(bytes, len);
	reader_skip(&node, 16);
	b->vcn = reader_le64(&node);
	struct reader sizes = node;
	size_t from = reader_le32(&sizes), used = reader_le32(&sizes);
	if (from > used || used > node.left) {
		b->state = NTFS_BLOCK_DAMAGED;
		return;
	}
	reader_skip(&node, from);
	b->entries = reader_sub(&node, used - from);
	struct reader next = b->entries;
	struct ntfs_index_entry entry;
	do
		node = next;
	while (ntfs_index_next(&next, &entry));
	size_t end = end_of_last(node);
	if (!end)
		b->state = NTFS_BLOCK_DAMAGED;
	b->slack = NODE_AT + used - node.left + end;
}

/* The reference in the head before a key, if that is whole. */
static uint64_t reference_before(struct reader block, size_t from, size_t at, size_t key_bytes)
{
	struct reader head = block;

	if (at < from + HEAD_BYTES)
		return 0;
	reader_skip(&head, at - HEAD_BYTES);
	uint64_t reference = reader_le64(&head);
	size_t len = reader_le16(&head), key = reader_le16(&head);
	unsigned flags = reader_le16(&head);

	return len >= HEAD_BYTES + key && len % STEP == 0 && key == key_bytes && !(flags & LAST) &&
			       NTFS_SEQUENCE(reference) && NTFS_NUMBER(reference) <= UINT32_MAX
		       ? reference
		       : 0;
}

bool ntfs_block_carve(struct reader block, size_t from, size_t *at, uint64_t folder,
		      struct ntfs_block_name *n)
{
	for (size_t p = (*at + STEP - 1) / STEP * STEP; p < block.left; p += STEP) {
		struct reader value = reader_of(block.at + p, block.left - p), parent = value;

		*n = (struct ntfs_block_name){ .at = p };
		if (NTFS_NUMBER(reader_le64(&parent)) != folder ||
		    !scan_name_parse(value, &n->name) || !scan_name_is_plausible(&n->name))
			continue;
		n->name.len = (uint16_t)(SCAN_NAME_BYTES + n->name.units.left);
		n->file = reference_before(block, from, p, n->name.len);
		*at = p + n->name.len;
		return true;
	}
	*at = block.left;
	return false;
}
