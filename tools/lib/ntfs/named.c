/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One stream of a file, by its path and name, as a source of bytes. */
#include "lib/ntfs/named.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/ntfs/ntfs_inside.h"

#define STREAM_UNITS 255u

struct ntfs_named {
	struct ntfs_stream stream;
	struct partition_source source;
};

static bool read_stream(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct ntfs_named *n = ctx;

	return ntfs_stream_exact(&n->stream, offset, buf, len, e);
}

static size_t find(const struct ntfs_file *f, const char *stream)
{
	uint8_t units[2 * STREAM_UNITS] = { 0 };
	size_t len = stream ? strlen(stream) : 0;

	if (len > STREAM_UNITS)
		return SIZE_MAX;
	for (size_t i = 0; i < len; i++)
		units[2 * i] = (uint8_t)stream[i];
	return ntfs_file_find_named(f, NTFS_DATA, reader_of(units, 2 * len));
}

struct ntfs_named *ntfs_named_open(struct filesystem *f, const char *path, const char *stream,
				   bool *there, struct error *e)
{
	struct ntfs *v = (struct ntfs *)f;
	struct ntfs_file file = { 0 };
	struct ntfs_named *n = NULL;

	*there = false;
	if (!ntfs_lookup(v, path, &file, there, e) || !*there)
		goto out;
	size_t i = find(&file, stream);
	*there = i != SIZE_MAX;
	if (!*there)
		goto out;
	n = mem_alloc(sizeof(*n));
	if (!ntfs_file_stream(v, &file, i, &n->stream, e) || n->stream.flags & NTFS_EFS) {
		error_set(e, ERROR_UNTRUSTED,
			  _("\"%s\" cannot be read: Windows keeps it encrypted or packed"), path);
		ntfs_named_free(n);
		n = NULL;
		goto out;
	}
	n->source = (struct partition_source){ read_stream, n, n->stream.size_bytes,
					       v->boot.sector_bytes };
out:
	ntfs_file_release(&file);
	return n;
}

const struct partition_source *ntfs_named_source(const struct ntfs_named *n)
{
	return &n->source;
}

uint64_t ntfs_named_next(void *ctx, uint64_t offset)
{
	const struct ntfs_named *n = ctx;
	const struct ntfs_stream *s = &n->stream;
	uint64_t end = s->initialised_bytes < s->size_bytes ? s->initialised_bytes : s->size_bytes;

	if (offset >= end)
		return UINT64_MAX;
	if (s->bytes || s->unit_clusters)
		return offset;
	const uint64_t cluster = s->volume->boot.cluster_bytes;
	for (size_t i = ntfs_runs_find(&s->runs, offset / cluster, 0); i < s->runs.count; i++) {
		const struct ntfs_run *run = &s->runs.list[i];
		uint64_t from = run->first * cluster;

		if (run->cluster != NTFS_HOLE)
			return from > offset ? (from < end ? from : UINT64_MAX) : offset;
	}
	return UINT64_MAX;
}

void ntfs_named_free(struct ntfs_named *n)
{
	if (!n)
		return;
	ntfs_stream_release(&n->stream);
	free(n);
}
