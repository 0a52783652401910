/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file: the attributes of its record, and of those that its attribute list names. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/ntfs/ntfs_inside.h"

#define UNIT_SHIFT_MAX 4 /* 16 clusters */
#define UNIT_BYTES_MAX (1u << 20)
#define ENTRY_MIN 26u /* of an attribute list */

static bool damaged(uint64_t number, struct error *e)
{
	return error_set(e, ERROR_UNTRUSTED, _("MFT record %llu is damaged"), number + 0ULL);
}

/* Add the attributes of a record to the list. */
static bool gather(struct ntfs_file *f, struct reader attributes, struct error *e)
{
	for (;;) {
		struct ntfs_attribute a;
		enum ntfs_next next = ntfs_attribute_next(&attributes, &a);

		if (next == NTFS_NEXT_END)
			return true;
		if (next == NTFS_NEXT_BAD)
			return damaged(f->number, e);
		if (f->count == f->capacity)
			mem_grow(&f->list, &f->capacity, f->count + 1, sizeof(*f->list));
		f->list[f->count++] = a;
	}
}

static int compare_names(struct reader a, struct reader b)
{
	size_t n = a.left < b.left ? a.left : b.left;
	int order = n ? memcmp(a.at, b.at, n) : 0;

	return order ? order : (a.left > b.left) - (a.left < b.left);
}

static int compare_attributes(const void *left, const void *right)
{
	const struct ntfs_attribute *a = left, *b = right;

	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	int order = compare_names(a->name, b->name);
	if (order)
		return order;
	return (a->first_vcn > b->first_vcn) - (a->first_vcn < b->first_vcn);
}

static int compare_numbers(const void *left, const void *right)
{
	uint64_t a, b;

	memcpy(&a, left, sizeof(a));
	memcpy(&b, right, sizeof(b));
	return (a > b) - (a < b);
}

/* A record that extends this file. That it says so itself bounds the work: it extends no
 * other one. */
static bool extend(struct ntfs *v, struct ntfs_file *f, uint64_t reference, struct error *e)
{
	const uint64_t own = f->number | (uint64_t)f->record.sequence << 48;
	enum ntfs_record_state state;
	struct ntfs_record r;

	if (f->extension_bytes + v->boot.record_bytes > NTFS_EXTENSIONS_BYTES)
		return damaged(f->number, e);
	uint8_t *bytes = arena_alloc(&f->extensions, v->boot.record_bytes);
	f->extension_bytes += v->boot.record_bytes;
	if (!ntfs_mft_read(v, NTFS_NUMBER(reference), bytes, &r, &state, e))
		return false;
	if (state != NTFS_RECORD_GOOD || !(r.flags & NTFS_IN_USE) || r.base != own ||
	    r.sequence != NTFS_SEQUENCE(reference))
		return damaged(f->number, e);
	return gather(f, r.attributes, e);
}

/* The records that an attribute list names, each once. */
static bool follow(struct ntfs *v, struct ntfs_file *f, const uint8_t *list, size_t bytes,
		   struct error *e)
{
	struct reader r = reader_of(list, bytes);
	uint64_t *references = mem_array(bytes / ENTRY_MIN + 1, sizeof(*references));
	size_t count = 0;
	bool ok = true;

	while (r.left) {
		struct reader peek = r;

		reader_skip(&peek, 4);
		size_t len = reader_le16(&peek);
		struct reader entry = reader_sub(&r, len);
		reader_skip(&entry, 16);
		uint64_t reference = reader_le64(&entry);
		if (peek.bad || entry.bad || len < ENTRY_MIN) {
			ok = damaged(f->number, e);
			break;
		}
		if (NTFS_NUMBER(reference) != f->number)
			references[count++] = reference;
	}
	qsort(references, count, sizeof(*references), compare_numbers);
	/* What one of them had is lost; the others are there. */
	for (size_t i = 0; i < count; i++)
		if (i == 0 || references[i] != references[i - 1])
			ok = extend(v, f, references[i], e) && ok;
	qsort(f->list, f->count, sizeof(*f->list), compare_attributes);
	free(references);
	return ok;
}

bool ntfs_file_take(struct ntfs *v, struct ntfs_file *f, uint64_t number,
		    const struct ntfs_record *record, struct error *e)
{
	struct ntfs_stream list = { 0 };
	uint8_t *bytes = NULL;
	bool ok = false;

	if (f->extension_bytes)
		arena_release(&f->extensions);
	f->extension_bytes = 0;
	f->number = number;
	f->record = *record;
	f->count = 0;
	if (!gather(f, record->attributes, e))
		return false;
	size_t i = ntfs_file_find(f, NTFS_ATTRIBUTE_LIST);
	if (i == SIZE_MAX)
		return true;
	if (!ntfs_file_stream(v, f, i, &list, e))
		goto out;
	if (list.size_bytes > NTFS_LIST_BYTES) {
		damaged(number, e);
		goto out;
	}
	bytes = mem_alloc((size_t)list.size_bytes);
	ok = ntfs_stream_exact(&list, 0, bytes, (size_t)list.size_bytes, e) &&
	     follow(v, f, bytes, (size_t)list.size_bytes, e);
out:
	free(bytes);
	ntfs_stream_release(&list);
	return ok;
}

bool ntfs_file_load(struct ntfs *v, struct ntfs_file *f, uint64_t number, struct error *e)
{
	enum ntfs_record_state state;
	struct ntfs_record r;

	if (!f->own)
		f->own = mem_alloc(v->boot.record_bytes);
	if (!ntfs_mft_read(v, number, f->own, &r, &state, e))
		return false;
	if (state != NTFS_RECORD_GOOD || !(r.flags & NTFS_IN_USE) || r.base)
		return damaged(number, e);
	return ntfs_file_take(v, f, number, &r, e);
}

void ntfs_file_release(struct ntfs_file *f)
{
	free(f->list);
	free(f->own);
	arena_release(&f->extensions);
	*f = (struct ntfs_file){ 0 };
}

size_t ntfs_file_find_named(const struct ntfs_file *f, uint32_t type, struct reader name)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].type == type && compare_names(f->list[i].name, name) == 0)
			return i;
	return SIZE_MAX;
}

size_t ntfs_file_find(const struct ntfs_file *f, uint32_t type)
{
	return ntfs_file_find_named(f, type, (struct reader){ 0 });
}

bool ntfs_file_name(const struct ntfs_file *f, struct ntfs_name *n)
{
	bool found = false;

	for (size_t i = 0; i < f->count; i++) {
		struct ntfs_name one;

		if (f->list[i].type != NTFS_FILE_NAME || !f->list[i].resident ||
		    !ntfs_name_parse(f->list[i].value, &one))
			continue;
		if (!found || one.space != NTFS_DOS)
			*n = one;
		if (one.space != NTFS_DOS)
			return true;
		found = true;
	}
	return found;
}

/* Put together the pieces of an attribute from its first one on. */
static bool map(struct ntfs *v, const struct ntfs_file *f, size_t i, struct ntfs_stream *s)
{
	const struct ntfs_attribute *first = &f->list[i];

	for (; i < f->count; i++) {
		const struct ntfs_attribute *a = &f->list[i];

		if (a->type != first->type || compare_names(a->name, first->name) != 0)
			break;
		if (a->resident ||
		    !ntfs_runs_add(&s->runs, a->pairs, a->first_vcn, a->last_vcn, v->boot.clusters))
			return false;
	}
	uint64_t cluster = v->boot.cluster_bytes;
	return s->size_bytes <= (uint64_t)INT64_MAX &&
	       (s->size_bytes + cluster - 1) / cluster <= s->runs.clusters;
}

bool ntfs_file_stream(struct ntfs *v, const struct ntfs_file *f, size_t i, struct ntfs_stream *s,
		      struct error *e)
{
	const struct ntfs_attribute *a = &f->list[i];

	*s = (struct ntfs_stream){ .volume = v,
				   .number = f->number,
				   .size_bytes = a->size_bytes,
				   .initialised_bytes = a->initialised_bytes,
				   .flags = a->flags,
				   .unit = UINT64_MAX };
	if (a->resident) {
		s->bytes = mem_alloc(a->value.left);
		if (a->value.left)
			memcpy(s->bytes, a->value.at, a->value.left);
		s->resident = reader_of(s->bytes, a->value.left);
		return true;
	}
	if (s->initialised_bytes > s->size_bytes)
		s->initialised_bytes = s->size_bytes;
	if (a->flags & NTFS_METHOD) {
		/* Clusters of 2 MiB are never compressed, nor in units of other sizes. */
		uint64_t unit_bytes = (uint64_t)v->boot.cluster_bytes << UNIT_SHIFT_MAX;

		if ((a->flags & NTFS_METHOD) != 1 || a->unit_shift != UNIT_SHIFT_MAX ||
		    unit_bytes > UNIT_BYTES_MAX)
			return damaged(f->number, e);
		s->unit_clusters = 1u << UNIT_SHIFT_MAX;
	}
	return map(v, f, i, s) || damaged(f->number, e);
}
