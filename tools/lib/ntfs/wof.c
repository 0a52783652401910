/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that Windows packed (CompactOS): a table of where chunks begin, then the chunks. */
#include "lib/ntfs/wof.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"

#define WOF_VERSION 1u
#define PROVIDER_FILE 2u
#define FILE_VERSION 1u

enum ntfs_packing ntfs_wof_packing(struct reader data)
{
	uint32_t version = reader_le32(&data), provider = reader_le32(&data);
	uint32_t file_version = reader_le32(&data), algorithm = reader_le32(&data);

	if (data.bad || version != WOF_VERSION || provider != PROVIDER_FILE ||
	    file_version != FILE_VERSION || algorithm > 3)
		return NTFS_PACKING_NONE;
	return (enum ntfs_packing)(NTFS_PACKING_XPRESS4K + algorithm);
}

static uint32_t chunk_bytes_of(enum ntfs_packing how)
{
	switch (how) {
	case NTFS_PACKING_XPRESS4K:
		return 4096;
	case NTFS_PACKING_XPRESS8K:
		return 8192;
	case NTFS_PACKING_XPRESS16K:
		return 16384;
	default:
		return NTFS_LZX_BYTES;
	}
}

static bool damaged(const struct ntfs_wof *w, struct error *e)
{
	return error_set(e, ERROR_UNTRUSTED,
			 _("the compressed content of MFT record %llu is damaged"),
			 w->packed.number + 0ULL);
}

struct ntfs_wof *ntfs_wof_open(struct ntfs *v, const struct ntfs_file *f, enum ntfs_packing how,
			       uint64_t size_bytes, struct error *e)
{
	static const char name[] =
		"W\0o\0f\0C\0o\0m\0p\0r\0e\0s\0s\0e\0d\0D\0a\0t\0a"; /* and the last zero */
	size_t i = ntfs_file_find_named(f, NTFS_DATA, reader_of(name, sizeof(name)));
	struct ntfs_wof *w = mem_alloc(sizeof(*w));

	w->packed.number = f->number;
	w->size_bytes = size_bytes;
	w->chunk_bytes = chunk_bytes_of(how);
	w->chunks = size_bytes / w->chunk_bytes + (size_bytes % w->chunk_bytes != 0);
	w->entry_bytes = size_bytes > UINT32_MAX ? 8 : 4;
	w->table_bytes = w->chunks ? (w->chunks - 1) * w->entry_bytes : 0;
	w->table_at = w->chunk = UINT64_MAX;
	if (i == SIZE_MAX || f->list[i].flags & NTFS_EFS || size_bytes > (uint64_t)INT64_MAX) {
		damaged(w, e);
		goto failed;
	}
	if (!ntfs_file_stream(v, f, i, &w->packed, e))
		goto failed;
	if (w->table_bytes > w->packed.size_bytes) {
		damaged(w, e);
		goto failed;
	}
	w->plain = mem_alloc(w->chunk_bytes);
	w->stored = mem_alloc(w->chunk_bytes);
	if (how == NTFS_PACKING_LZX)
		w->lzx = mem_alloc(sizeof(*w->lzx));
	else
		w->xpress = mem_alloc(sizeof(*w->xpress));
	return w;
failed:
	ntfs_wof_free(w);
	return NULL;
}

/* Where chunk `number` begins, behind the table; the one behind the last is the end. */
static bool find_chunk(struct ntfs_wof *w, uint64_t number, uint64_t *place, struct error *e)
{
	if (number == 0 || number == w->chunks) {
		*place = number ? w->packed.size_bytes - w->table_bytes : 0;
		return true;
	}
	uint64_t at = (number - 1) * w->entry_bytes, piece = at - at % NTFS_WOF_TABLE_BYTES;
	if (w->table_at != piece) {
		uint64_t left = w->table_bytes - piece;

		w->table_at = UINT64_MAX;
		w->table_len = left < NTFS_WOF_TABLE_BYTES ? (size_t)left : NTFS_WOF_TABLE_BYTES;
		if (!ntfs_stream_exact(&w->packed, piece, w->table, w->table_len, e))
			return false;
		w->table_at = piece;
	}
	struct reader r = reader_of(w->table, w->table_len);
	reader_skip(&r, (size_t)(at - piece));
	*place = w->entry_bytes == 8 ? reader_le64(&r) : reader_le32(&r);
	return true;
}

static bool unpack(struct ntfs_wof *w, size_t stored, size_t bytes)
{
	if (w->lzx)
		return ntfs_lzx(w->lzx, w->stored, stored, w->plain, bytes);
	return ntfs_xpress(w->xpress, w->stored, stored, w->plain, bytes) == bytes;
}

/* Make w->plain the chunk of that number. */
static bool load_chunk(struct ntfs_wof *w, uint64_t number, struct error *e)
{
	const uint64_t limit = w->packed.size_bytes - w->table_bytes;
	uint64_t left = w->size_bytes - number * w->chunk_bytes, begin, end;
	size_t bytes = left < w->chunk_bytes ? (size_t)left : w->chunk_bytes;

	if (w->chunk == number)
		return true;
	w->chunk = UINT64_MAX;
	if (!find_chunk(w, number, &begin, e) || !find_chunk(w, number + 1, &end, e))
		return false;
	/* No chunk is longer than what it holds; that also keeps the work within bounds. */
	if (begin >= end || end > limit || end - begin > bytes ||
	    bytes > w->packed.volume->holes_left)
		return damaged(w, e);
	w->packed.volume->holes_left -= bytes;
	size_t stored = (size_t)(end - begin);
	if (!ntfs_stream_exact(&w->packed, w->table_bytes + begin,
			       stored == bytes ? w->plain : w->stored, stored, e))
		return false;
	if (stored < bytes && !unpack(w, stored, bytes))
		return damaged(w, e);
	w->chunk = number;
	return true;
}

bool ntfs_wof_read(struct ntfs_wof *w, uint64_t offset, void *buf, size_t len, size_t *got,
		   struct error *e)
{
	uint64_t left = offset < w->size_bytes ? w->size_bytes - offset : 0;
	size_t want = left < len ? (size_t)left : len;
	uint8_t *to = buf;

	*got = 0;
	for (size_t done = 0, n; done < want; done += n) {
		uint64_t at = offset + done;
		size_t inside = (size_t)(at % w->chunk_bytes);

		n = w->chunk_bytes - inside < want - done ? w->chunk_bytes - inside : want - done;
		if (!load_chunk(w, at / w->chunk_bytes, e))
			return false;
		memcpy(to + done, w->plain + inside, n);
	}
	*got = want;
	return true;
}

void ntfs_wof_free(struct ntfs_wof *w)
{
	if (!w)
		return;
	ntfs_stream_release(&w->packed);
	free(w->plain);
	free(w->stored);
	free(w->lzx);
	free(w->xpress);
	free(w);
}
