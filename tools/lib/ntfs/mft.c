/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The MFT: finding all of it, which takes its own first record, and reading of it. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/ntfs/ntfs_inside.h"

bool ntfs_mft_read(struct ntfs *v, uint64_t number, uint8_t *bytes, struct ntfs_record *r,
		   enum ntfs_record_state *state, struct error *e)
{
	const uint32_t len = v->boot.record_bytes;

	*state = NTFS_RECORD_EMPTY;
	*r = (struct ntfs_record){ 0 };
	if (number >= v->records)
		return true;
	if (!ntfs_stream_exact(&v->mft, number * len, bytes, len, e))
		return false;
	*state = ntfs_record_parse(bytes, len, r);
	return true;
}

/* How much of the MFT can be read by what is known of its runs. */
static void measure(struct ntfs *v)
{
	struct ntfs_stream *m = &v->mft;
	uint64_t mapped =
		m->runs.clusters * v->boot.cluster_bytes; /* fits: no more than the volume */
	uint64_t bytes = m->initialised_bytes < mapped ? m->initialised_bytes : mapped;

	v->records = bytes / v->boot.record_bytes;
	if (v->records > NTFS_RECORDS_MAX)
		v->records = NTFS_RECORDS_MAX;
}

/* The first record, from the MFT or from its mirror. */
static bool first_record(struct ntfs *v, uint64_t cluster, uint8_t *bytes, struct ntfs_record *r,
			 struct error *e)
{
	if (cluster >= v->boot.clusters ||
	    !ntfs_read(v, cluster * v->boot.cluster_bytes, bytes, v->boot.record_bytes, e))
		return false;
	return ntfs_record_parse(bytes, v->boot.record_bytes, r) == NTFS_RECORD_GOOD &&
	       r->flags & NTFS_IN_USE && !r->base;
}

static const struct ntfs_attribute *unnamed_data(struct reader attributes, struct ntfs_attribute *a)
{
	while (ntfs_attribute_next(&attributes, a) == NTFS_NEXT_ONE)
		if (a->type == NTFS_DATA && !a->name.left && !a->resident)
			return a;
	return NULL;
}

/* The first piece of its runs, which the record itself must hold. */
static bool first_piece(struct ntfs *v, const struct ntfs_record *r)
{
	struct ntfs_attribute a;

	ntfs_stream_release(&v->mft);
	if (!unnamed_data(r->attributes, &a) || a.flags & (NTFS_METHOD | NTFS_EFS) ||
	    !ntfs_runs_add(&v->mft.runs, a.pairs, a.first_vcn, a.last_vcn, v->boot.clusters))
		return false;
	v->mft.volume = v;
	v->mft.size_bytes = a.size_bytes;
	v->mft.initialised_bytes = a.initialised_bytes < a.size_bytes ? a.initialised_bytes
								      : a.size_bytes;
	v->mft.unit = UINT64_MAX;
	/* A hole in it would be records that cost nothing to claim. */
	if (v->mft.runs.stored != v->mft.runs.clusters)
		return false;
	measure(v);
	return v->records > NTFS_FILE_UPCASE;
}

/* A further piece, or nothing of it. With `lost` what is missing before it is a hole. */
static bool add_piece(struct ntfs *v, const struct ntfs_attribute *a)
{
	struct ntfs_runs *r = &v->mft.runs;
	const struct ntfs_runs before = *r;
	const uint64_t last = r->list[r->count - 1].count;

	if (!v->lost || ntfs_runs_skip(r, a->first_vcn, v->boot.clusters)) {
		uint64_t holes = r->clusters - r->stored;

		if (ntfs_runs_add(r, a->pairs, a->first_vcn, a->last_vcn, v->boot.clusters) &&
		    r->clusters - r->stored == holes)
			return true;
	}
	r->count = before.count;
	r->clusters = before.clusters;
	r->stored = before.stored;
	r->list[r->count - 1].count = last;
	return false;
}

/* The further pieces, each in a record that the pieces before it lead to. */
static bool further_pieces(struct ntfs *v, struct reader list, struct error *e)
{
	uint8_t *bytes = mem_alloc(v->boot.record_bytes);
	bool ok = true;

	while ((ok || v->lost) && list.left) {
		struct reader peek = list;
		enum ntfs_record_state state;
		struct ntfs_record r;
		struct ntfs_attribute a;

		bool is_data = reader_le32(&peek) == NTFS_DATA;
		struct reader entry = reader_sub(&list, reader_le16(&peek));
		bool is_unnamed = reader_u8(&peek) == 0;
		reader_skip(&entry, 8);
		uint64_t first_vcn = reader_le64(&entry), reference = reader_le64(&entry);
		ok = !entry.bad;
		if (!ok)
			break;
		if (!is_data || !is_unnamed || first_vcn == 0)
			continue;
		ok = ntfs_mft_read(v, NTFS_NUMBER(reference), bytes, &r, &state, e) &&
		     state == NTFS_RECORD_GOOD && NTFS_NUMBER(r.base) == NTFS_FILE_MFT && r.base &&
		     unnamed_data(r.attributes, &a) && add_piece(v, &a);
		measure(v);
	}
	free(bytes);
	return ok;
}

static bool whole(struct ntfs *v, const struct ntfs_record *r, struct error *e)
{
	struct ntfs_file f = { .record = *r };
	struct ntfs_stream list = { 0 };
	struct reader attributes = r->attributes;
	struct ntfs_attribute a;
	uint8_t *bytes = NULL;
	bool ok = true;

	while (ntfs_attribute_next(&attributes, &a) == NTFS_NEXT_ONE) {
		if (a.type != NTFS_ATTRIBUTE_LIST)
			continue;
		f.list = &a;
		f.count = 1;
		ok = ntfs_file_stream(v, &f, 0, &list, e) && list.size_bytes <= NTFS_LIST_BYTES;
		if (ok) {
			size_t n = (size_t)list.size_bytes;

			bytes = mem_alloc(n);
			ok = ntfs_stream_exact(&list, 0, bytes, n, e) &&
			     further_pieces(v, reader_of(bytes, n), e);
		}
		break;
	}
	free(bytes);
	ntfs_stream_release(&list);
	return ok && v->records == v->mft.initialised_bytes / v->boot.record_bytes;
}

/* By the first record there. What of it is lost may be, with `lost`. */
static bool open_at(struct ntfs *v, uint64_t cluster, uint8_t *bytes, struct error *e)
{
	struct ntfs_record r;

	return first_record(v, cluster, bytes, &r, e) && first_piece(v, &r) &&
	       (whole(v, &r, e) || v->lost);
}

/* Say how much is lost. */
static void tell_loss(const struct ntfs *v)
{
	const uint64_t cluster = v->boot.cluster_bytes, record = v->boot.record_bytes;
	const struct ntfs_runs *r = &v->mft.runs;
	uint64_t all = v->mft.initialised_bytes / record;
	uint64_t holes = (r->clusters - r->stored) * cluster / record;
	uint64_t there = v->records > holes ? v->records - holes : 0;

	error_set(v->lost, ERROR_UNTRUSTED,
		  _("the list of files ($MFT) is damaged: %llu of its %llu records are not found"),
		  all - there + 0ULL, all + 0ULL);
}

bool ntfs_mft_open(struct ntfs *v, struct error *lost, struct error *e)
{
	const uint64_t places[] = { v->boot.mft_cluster, v->boot.mirror_cluster };
	uint8_t *bytes = mem_alloc(v->boot.record_bytes);
	struct error first = { 0 };
	bool ok = false;

	/* Whole from either place before in part from any. */
	for (size_t i = 0; i < (lost ? 4 : 2) && !ok; i++) {
		struct error own = { 0 };

		v->lost = i < 2 ? NULL : lost;
		ok = open_at(v, places[i % 2], bytes, &own);
		if (!ok && own.kind == ERROR_FAILED && !first.kind)
			first = own;
	}
	free(bytes);
	if (ok && v->lost)
		tell_loss(v);
	if (ok)
		return true;
	if (first.kind)
		*e = first;
	return error_set(
		e, ERROR_UNTRUSTED,
		_("the list of files ($MFT) of the NTFS file system is damaged, and its copy too"));
}
