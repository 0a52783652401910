/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The content of an attribute: resident, in runs, with holes, compressed. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/ntfs/lznt1.h"
#include "lib/ntfs/ntfs_inside.h"

bool ntfs_read(struct ntfs *v, uint64_t offset, void *buf, size_t len, struct error *e)
{
	if (offset > v->volume_bytes || len > v->volume_bytes - offset)
		return error_set(e, ERROR_UNTRUSTED, _("the NTFS file system is damaged"));
	return partition_source_read(&v->source, v->first_byte + offset, buf, len, e);
}

static bool spend(uint64_t *left, size_t bytes, struct error *e)
{
	if (bytes > *left)
		return error_set(
			e, ERROR_UNTRUSTED,
			_("the NTFS file system is damaged: its files claim more than it can hold"));
	*left -= bytes;
	return true;
}

/* Stored bytes as they lie in the runs; [offset, offset + len) is mapped. */
static bool read_runs(struct ntfs_stream *s, uint64_t offset, uint8_t *buf, size_t len,
		      struct error *e)
{
	struct ntfs *v = s->volume;
	const uint32_t cluster = v->boot.cluster_bytes;

	while (len) {
		s->run = ntfs_runs_find(&s->runs, offset / cluster, s->run);
		const struct ntfs_run *run = &s->runs.list[s->run];
		/* No product overflows: an offset is below 2^63, and the run begins at or before it.
		 * The end of a run may lie beyond; then it is longer than what is asked for. */
		uint64_t inside = offset - run->first * cluster;
		uint64_t left = run->count > (inside + len) / cluster + 1
					? UINT64_MAX
					: run->count * cluster - inside;
		size_t n = left < len ? (size_t)left : len;

		if (run->cluster == NTFS_HOLE) {
			if (!spend(&v->holes_left, n, e))
				return false;
			memset(buf, 0, n);
		} else if (!spend(&v->stored_left, n, e) ||
			   !ntfs_read(v, run->cluster * cluster + inside, buf, n, e)) {
			return false;
		}
		buf += n;
		offset += n;
		len -= n;
	}
	return true;
}

/* Clusters of the unit that are stored; they come first. False: holes lie between. */
static bool stored_of_unit(const struct ntfs_stream *s, uint64_t first, uint32_t *stored)
{
	uint64_t vcn = first, end = first + s->unit_clusters;
	bool hole = false;

	*stored = 0;
	for (size_t i = ntfs_runs_find(&s->runs, first, s->run);
	     i < s->runs.count && vcn < end && s->runs.list[i].first < end; i++) {
		const struct ntfs_run *run = &s->runs.list[i];
		uint64_t stop = run->first + run->count < end ? run->first + run->count : end;

		if (run->cluster == NTFS_HOLE) {
			hole = true;
		} else {
			if (hole)
				return false;
			*stored += (uint32_t)(stop - vcn);
		}
		vcn = stop;
	}
	return true;
}

/* Make s->plain the unit of that number. */
static bool load_unit(struct ntfs_stream *s, uint64_t number, struct error *e)
{
	const size_t cluster = s->volume->boot.cluster_bytes;
	const size_t unit_bytes = s->unit_clusters * cluster;
	uint64_t first = number * s->unit_clusters;
	uint32_t stored;

	if (s->unit == number)
		return true;
	if (!s->plain) {
		s->plain = mem_alloc(unit_bytes);
		s->packed = mem_alloc(unit_bytes);
	}
	s->unit = UINT64_MAX;
	if (!stored_of_unit(s, first, &stored))
		goto damaged;
	if (stored == 0) {
		if (!spend(&s->volume->holes_left, unit_bytes, e))
			return false;
		memset(s->plain, 0, unit_bytes);
	} else {
		uint8_t *to = stored == s->unit_clusters ? s->plain : s->packed;

		if (!read_runs(s, first * cluster, to, stored * cluster, e))
			return false;
		if (to == s->packed &&
		    !ntfs_lznt1(s->packed, stored * cluster, s->plain, unit_bytes))
			goto damaged;
	}
	s->unit = number;
	return true;
damaged:
	return error_set(e, ERROR_UNTRUSTED,
			 _("the compressed content of MFT record %llu is damaged"),
			 s->number + 0ULL);
}

static bool read_units(struct ntfs_stream *s, uint64_t offset, uint8_t *buf, size_t len,
		       struct error *e)
{
	const uint64_t unit_bytes = (uint64_t)s->unit_clusters * s->volume->boot.cluster_bytes;

	while (len) {
		size_t inside = (size_t)(offset % unit_bytes);
		size_t n = len < unit_bytes - inside ? len : (size_t)(unit_bytes - inside);

		if (!load_unit(s, offset / unit_bytes, e))
			return false;
		memcpy(buf, s->plain + inside, n);
		buf += n;
		offset += n;
		len -= n;
	}
	return true;
}

bool ntfs_stream_read(struct ntfs_stream *s, uint64_t offset, void *buf, size_t len, size_t *got,
		      struct error *e)
{
	uint8_t *to = buf;
	uint64_t left = offset < s->size_bytes ? s->size_bytes - offset : 0;
	size_t n = left < len ? (size_t)left : len;

	*got = 0;
	uint64_t real = offset < s->initialised_bytes ? s->initialised_bytes - offset : 0;
	size_t stored = real < n ? (size_t)real : n;
	if (s->bytes)
		memcpy(to, s->resident.at + offset, stored);
	else if (stored && !(s->unit_clusters ? read_units(s, offset, to, stored, e)
					      : read_runs(s, offset, to, stored, e)))
		return false;
	if (n > stored && !spend(&s->volume->holes_left, n - stored, e))
		return false;
	memset(to + stored, 0, n - stored);
	*got = n;
	return true;
}

bool ntfs_stream_exact(struct ntfs_stream *s, uint64_t offset, void *buf, size_t len,
		       struct error *e)
{
	size_t got;

	if (!ntfs_stream_read(s, offset, buf, len, &got, e))
		return false;
	return got == len ||
	       error_set(e, ERROR_UNTRUSTED, _("MFT record %llu is damaged"), s->number + 0ULL);
}

void ntfs_stream_release(struct ntfs_stream *s)
{
	free(s->bytes);
	free(s->plain);
	free(s->packed);
	ntfs_runs_release(&s->runs);
	*s = (struct ntfs_stream){ 0 };
}
