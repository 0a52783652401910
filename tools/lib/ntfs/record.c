/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an MFT record says: fixups, its header, its attributes one after another. */
#include "lib/ntfs/record.h"

#include <string.h>

#define HEADER_BYTES 40u /* what is read of a record's header */
#define MAPPED_BYTES 64u /* an attribute's header, if it lies in clusters */
#define RECORD_FLAGS_AT 22u

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

bool ntfs_fixup(uint8_t *bytes, size_t len)
{
	size_t strides = len / NTFS_STRIDE;

	if (!strides || len % NTFS_STRIDE)
		return false;
	size_t at = get16(bytes + 4), count = get16(bytes + 6);
	/* The list must end before the first place that it replaces. */
	if (count != strides + 1 || at % 2 || at < 8 || at + 2 * count > NTFS_STRIDE - 2)
		return false;
	const uint8_t *list = bytes + at;
	for (size_t i = 1; i <= strides; i++)
		if (memcmp(bytes + i * NTFS_STRIDE - 2, list, 2) != 0)
			return false;
	for (size_t i = 1; i <= strides; i++)
		memcpy(bytes + i * NTFS_STRIDE - 2, list + 2 * i, 2);
	return true;
}

enum ntfs_record_state ntfs_record_parse(uint8_t *bytes, size_t len, struct ntfs_record *r)
{
	*r = (struct ntfs_record){ 0 };
	bool is_bad = memcmp(bytes, "BAAD", 4) == 0;
	if (!is_bad && memcmp(bytes, "FILE", 4) != 0)
		return NTFS_RECORD_EMPTY;
	r->flags = get16(bytes + RECORD_FLAGS_AT);
	if (is_bad || !ntfs_fixup(bytes, len))
		return NTFS_RECORD_BAD;

	struct reader header = reader_of(bytes, len);
	reader_skip(&header, 16);
	r->sequence = reader_le16(&header);
	reader_skip(&header, 2);
	uint32_t from = reader_le16(&header);
	reader_skip(&header, 2);
	uint32_t used = reader_le32(&header);
	reader_skip(&header, 4);
	r->base = reader_le64(&header);
	if (used > len || from < HEADER_BYTES || from > used)
		return NTFS_RECORD_BAD;
	r->attributes = reader_of(bytes + from, used - from);
	return NTFS_RECORD_GOOD;
}

/* The bytes of `whole` from `at` on, `len` of them or (SIZE_MAX) all; bad if it has not as many. */
static struct reader part(struct reader whole, size_t at, size_t len)
{
	reader_skip(&whole, at);
	return reader_sub(&whole, len == SIZE_MAX ? whole.left : len);
}

enum ntfs_next ntfs_attribute_next(struct reader *from, struct ntfs_attribute *a)
{
	*a = (struct ntfs_attribute){ 0 };
	struct reader peek = *from;
	a->type = reader_le32(&peek);
	if (!peek.bad && a->type == (uint32_t)NTFS_END)
		return NTFS_NEXT_END;
	uint32_t len = reader_le32(&peek);
	if (peek.bad || len % 8)
		return NTFS_NEXT_BAD;
	struct reader whole = reader_sub(from, len), r = whole;
	reader_skip(&r, 8);
	a->resident = reader_u8(&r) == 0;
	size_t name_units = reader_u8(&r), name_at = reader_le16(&r);
	a->flags = reader_le16(&r);
	a->id = reader_le16(&r);
	a->name = part(whole, name_units ? name_at : 0, 2 * name_units);
	if (a->resident) {
		uint32_t value_bytes = reader_le32(&r);
		a->value = part(whole, reader_le16(&r), value_bytes);
		a->size_bytes = a->initialised_bytes = value_bytes;
		return r.bad || a->name.bad || a->value.bad ? NTFS_NEXT_BAD : NTFS_NEXT_ONE;
	}
	a->first_vcn = reader_le64(&r);
	a->last_vcn = reader_le64(&r);
	size_t pairs_at = reader_le16(&r);
	a->unit_shift = reader_u8(&r);
	reader_skip(&r, 5);
	a->allocated_bytes = reader_le64(&r);
	a->size_bytes = reader_le64(&r);
	a->initialised_bytes = reader_le64(&r);
	a->pairs = part(whole, pairs_at, SIZE_MAX);
	return r.bad || a->name.bad || a->pairs.bad || pairs_at < MAPPED_BYTES ? NTFS_NEXT_BAD
									       : NTFS_NEXT_ONE;
}

bool ntfs_name_parse(struct reader value, struct ntfs_name *n)
{
	n->parent = reader_le64(&value);
	reader_skip(&value, 56); /* times, sizes and flags, as they were when it was named */
	size_t units = reader_u8(&value);
	n->space = reader_u8(&value);
	n->units = reader_sub(&value, 2 * units);
	return !value.bad && units;
}
