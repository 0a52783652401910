/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record as the scan sees it: also one that is torn, as far as it can be read. */
#include <string.h>

#include "lib/base/le.h"
#include "lib/ntfs/scan_inside.h"

#define HEADER_BYTES 40u
#define NUMBER_FROM 48u /* where the fixups begin if the header holds the record's own number */
#define WOF_TAG 0x80000017u
#define COMPRESSED 0x800u /* FILE_ATTRIBUTE_... */
#define ENCRYPTED 0x4000u
#define SPARSE 0x200u

/* Put back what the fixups replaced, sector by sector. False: in one it does not fit. */
bool scan_fixup_each(uint8_t *bytes, size_t len)
{
	size_t strides = len / NTFS_STRIDE;
	size_t at = le16(bytes + 4), count = le16(bytes + 6);
	bool whole = true;

	if (count != strides + 1 || at % 2 || at < 8 || at + 2 * count > NTFS_STRIDE - 2)
		return false;
	const uint8_t *list = bytes + at;
	for (size_t i = 1; i <= strides; i++) {
		uint8_t *last = bytes + i * NTFS_STRIDE - 2;

		if (memcmp(last, list, 2) == 0)
			memcpy(last, list + 2 * i, 2);
		else
			whole = false;
	}
	return whole;
}

bool scan_head_parse(const uint8_t *bytes, size_t len, struct scan_head *h)
{
	*h = (struct scan_head){ 0 };
	if (memcmp(bytes, "BAAD", 4) == 0)
		h->problems = NTFS_SCAN_BAAD;
	else if (memcmp(bytes, "FILE", 4) != 0 && !ntfs_record_fits(bytes, len))
		return false;
	else if (memcmp(bytes, "FILE", 4) != 0)
		h->problems = NTFS_SCAN_DAMAGED;

	const size_t from = le16(bytes + 20), used = le32(bytes + 24);
	h->has_number = le16(bytes + 4) >= NUMBER_FROM;
	h->lsn = le64(bytes + 8);
	h->sequence = le16(bytes + 16);
	h->links = le16(bytes + 18);
	h->flags = le16(bytes + 22);
	h->base = le64(bytes + 32);
	h->own_number = le32(bytes + 44);
	h->used = used <= len ? used : len;
	if (used > len || from < HEADER_BYTES || from > used)
		h->problems |= NTFS_SCAN_DAMAGED;
	if (from >= HEADER_BYTES && from <= h->used)
		h->attributes = reader_of(bytes + from, h->used - from);
	h->is_file = h->attributes.left >= 4 && le32(h->attributes.at) == NTFS_STANDARD_INFORMATION;
	return true;
}

static inline void get_times(const uint8_t *p, struct ntfs_times *t)
{
	t->created = le64(p);
	t->modified = le64(p + 8);
	t->changed = le64(p + 16);
	t->accessed = le64(p + 24);
}

bool scan_name_parse(struct reader value, struct ntfs_scan_name *n)
{
	const size_t len = value.left;
	const uint8_t *p = reader_take(&value, SCAN_NAME_BYTES);

	if (!p)
		return false;
	n->len = (uint16_t)(len <= UINT16_MAX ? len : UINT16_MAX);
	n->parent = le64(p);
	get_times(p + 8, &n->times);
	n->allocated_bytes = le64(p + 40);
	n->size_bytes = le64(p + 48);
	n->attributes = le32(p + 56);
	n->reparse = le32(p + 60);
	n->space = p[65];
	n->units = reader_sub(&value, (size_t)2 * p[64]);
	return !n->units.bad && n->units.left;
}

static void standard(struct ntfs_scan_record *r, struct reader value)
{
	const uint8_t *p = value.at;

	if (value.left < 36) {
		r->problems |= NTFS_SCAN_DAMAGED;
		return;
	}
	r->has_standard = true;
	get_times(p, &r->times);
	r->attributes = le32(p + 32);
	if (value.left < 72)
		return;
	r->owner = le32(p + 48);
	r->security = le32(p + 52);
	r->usn = le64(p + 64);
}

static bool is_text(struct reader units, const char *text)
{
	size_t n = strlen(text);

	if (units.left != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (units.at[2 * i] != (uint8_t)text[i] || units.at[2 * i + 1])
			return false;
	return true;
}

static void reparse(struct ntfs_scan_record *r, struct reader value)
{
	uint32_t tag = reader_le32(&value);
	size_t len = reader_le16(&value);

	reader_skip(&value, 2);
	if (value.bad) {
		r->problems |= NTFS_SCAN_DAMAGED;
		return;
	}
	r->reparse_tag = tag;
	r->reparse = reader_sub(&value, len <= value.left ? len : value.left);
	r->is_wof |= tag == WOF_TAG;
}

static void add_name(struct ntfs_scan *s, struct ntfs_scan_record *r,
		     const struct ntfs_attribute *a)
{
	if (r->name_count == NTFS_SCAN_PARTS_MAX) {
		r->problems |= NTFS_SCAN_CUT;
		return;
	}
	if (r->name_count == s->names_capacity)
		mem_grow(&s->file_names, &s->names_capacity, r->name_count + 1,
			 sizeof(*s->file_names));
	struct ntfs_scan_name *n = &s->file_names[r->name_count];
	n->id = a->id;
	if (a->resident && scan_name_parse(a->value, n))
		r->name_count++;
	else
		r->problems |= NTFS_SCAN_DAMAGED;
}

static void add_other(struct ntfs_scan *s, struct ntfs_scan_record *r,
		      const struct ntfs_attribute *a)
{
	/* A further piece says nothing that the first one did not. */
	if (!a->resident && a->first_vcn)
		return;
	if (r->attribute_count == NTFS_SCAN_PARTS_MAX) {
		r->problems |= NTFS_SCAN_CUT;
		return;
	}
	if (r->attribute_count == s->list_capacity)
		mem_grow(&s->file_list, &s->list_capacity, r->attribute_count + 1,
			 sizeof(*s->file_list));
	s->file_list[r->attribute_count++] = (struct ntfs_scan_attribute){
		.type = a->type,
		.flags = a->flags,
		.id = a->id,
		.resident = a->resident,
		.size_bytes = a->size_bytes,
		.allocated_bytes = a->resident ? (a->size_bytes + 7) / 8 * 8 : a->allocated_bytes,
		.initialised_bytes = a->initialised_bytes,
		.name = a->name,
		.value = a->value,
	};
	if (a->type == NTFS_DATA && !a->name.left) {
		r->is_compressed |= (a->flags & NTFS_METHOD) != 0;
		r->is_encrypted |= (a->flags & NTFS_EFS) != 0;
		r->is_sparse |= (a->flags & NTFS_SPARSE) != 0;
	} else if (a->type == NTFS_DATA) {
		r->is_wof |= is_text(a->name, "WofCompressedData");
	} else if (a->type == NTFS_REPARSE_POINT && a->resident) {
		reparse(r, a->value);
	}
}

void scan_add(struct ntfs_scan *s, struct ntfs_scan_record *r, struct reader attributes)
{
	struct ntfs_attribute a;
	enum ntfs_next next;

	while ((next = ntfs_attribute_next(&attributes, &a)) == NTFS_NEXT_ONE) {
		if (a.type == NTFS_STANDARD_INFORMATION && a.resident)
			standard(r, a.value);
		else if (a.type == NTFS_FILE_NAME)
			add_name(s, r, &a);
		else
			add_other(s, r, &a);
	}
	if (next == NTFS_NEXT_BAD)
		r->problems |= NTFS_SCAN_DAMAGED;
	r->is_compressed |= (r->attributes & COMPRESSED) != 0;
	r->is_encrypted |= (r->attributes & ENCRYPTED) != 0;
	r->is_sparse |= (r->attributes & SPARSE) != 0;
	r->names = s->file_names;
	r->list = s->file_list;
}

const struct ntfs_scan_name *ntfs_scan_name_of(const struct ntfs_scan_record *r)
{
	for (size_t i = 0; i < r->name_count; i++)
		if (r->names[i].space != NTFS_DOS)
			return &r->names[i];
	return r->name_count ? &r->names[0] : NULL;
}
