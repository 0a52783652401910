/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an MFT record says: fixups, its header, its attributes one after another. */
#include "lib/ntfs/record.h"

#include <string.h>

#include "lib/base/le.h"

#define HEADER_BYTES 40u   /* what is read of a record's header */
#define RESIDENT_BYTES 24u /* an attribute's header, if its value follows */
#define MAPPED_BYTES 64u   /* an attribute's header, if it lies in clusters */
#define RECORD_FLAGS_AT 22u

bool ntfs_fixup(uint8_t *bytes, size_t len)
{
	size_t strides = len / NTFS_STRIDE;

	if (!strides || len % NTFS_STRIDE)
		return false;
	size_t at = le16(bytes + 4), count = le16(bytes + 6);
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

bool ntfs_record_fits(const uint8_t *bytes, size_t len)
{
	const size_t fixups = le16(bytes + 4), from = le16(bytes + 20), used = le32(bytes + 24);

	return le16(bytes + 6) == len / NTFS_STRIDE + 1 && fixups >= HEADER_BYTES &&
	       fixups < from && from < used && used <= len && le32(bytes + 28) == len;
}

enum ntfs_record_state ntfs_record_parse(uint8_t *bytes, size_t len, struct ntfs_record *r)
{
	*r = (struct ntfs_record){ 0 };
	bool is_bad = memcmp(bytes, "FILE", 4) != 0;
	if (is_bad && memcmp(bytes, "BAAD", 4) != 0 && !ntfs_record_fits(bytes, len))
		return NTFS_RECORD_EMPTY;
	r->flags = le16(bytes + RECORD_FLAGS_AT);
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

/* `len` bytes of an attribute from `at` on; bad if it has not as many. Field by field: a struct that was put
 * together in pieces and is then copied as a whole makes the processor wait. */
static inline void part(struct reader *to, const uint8_t *whole, size_t whole_len, size_t at,
			size_t len)
{
	to->bad = at > whole_len || len > whole_len - at;
	to->at = to->bad ? whole : whole + at;
	to->left = to->bad ? 0 : len;
}

/* Every attribute of every record comes by here, twice: so the header is tested for its length once and read
 * by its places. */
enum ntfs_next ntfs_attribute_next(struct reader *from, struct ntfs_attribute *a)
{
	const uint8_t *p = from->at;
	const size_t left = from->left;

	if (from->bad || left < 4)
		return NTFS_NEXT_BAD;
	a->type = le32(p);
	if (a->type == (uint32_t)NTFS_END)
		return NTFS_NEXT_END;
	if (left < 8)
		return NTFS_NEXT_BAD;
	const size_t len = le32(p + 4);
	if (len % 8 || len > left || len < RESIDENT_BYTES)
		return NTFS_NEXT_BAD;
	reader_skip(from, len);
	a->resident = p[8] == 0;
	a->flags = le16(p + 12);
	a->id = le16(p + 14);
	part(&a->name, p, len, p[9] ? le16(p + 10) : 0, (size_t)2 * p[9]);
	if (a->resident) {
		a->size_bytes = a->initialised_bytes = le32(p + 16);
		part(&a->value, p, len, le16(p + 20), a->size_bytes);
		a->first_vcn = a->last_vcn = a->allocated_bytes = 0;
		a->unit_shift = 0;
		part(&a->pairs, p, len, 0, 0);
		return a->name.bad || a->value.bad ? NTFS_NEXT_BAD : NTFS_NEXT_ONE;
	}
	const size_t pairs_at = len >= MAPPED_BYTES ? le16(p + 32) : 0;
	if (a->name.bad || pairs_at < MAPPED_BYTES || pairs_at > len)
		return NTFS_NEXT_BAD;
	part(&a->value, p, len, 0, 0);
	a->first_vcn = le64(p + 16);
	a->last_vcn = le64(p + 24);
	a->unit_shift = p[34];
	a->allocated_bytes = le64(p + 40);
	a->size_bytes = le64(p + 48);
	a->initialised_bytes = le64(p + 56);
	part(&a->pairs, p, len, pairs_at, len - pairs_at);
	return NTFS_NEXT_ONE;
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
