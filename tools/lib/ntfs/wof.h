/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_WOF_H
#define LIB_NTFS_WOF_H

#include "lib/ntfs/lzx.h"
#include "lib/ntfs/ntfs_inside.h"
#include "lib/ntfs/xpress.h"

/* The content of a file that Windows packed into the stream WofCompressedData, chunk by
 * chunk: docs/formats/ntfs.md#wof. */
enum ntfs_packing {
	NTFS_PACKING_NONE,
	NTFS_PACKING_XPRESS4K,
	NTFS_PACKING_LZX,
	NTFS_PACKING_XPRESS8K,
	NTFS_PACKING_XPRESS16K,
};

/* Of the data of a reparse point of WOF; NONE: not in a stream of the file, or in no way that
 * is known. */
enum ntfs_packing ntfs_wof_packing(struct reader data);

#define NTFS_WOF_TABLE_BYTES 4096u /* of the table of chunks that are kept */
struct ntfs_wof {
	struct ntfs_stream packed;
	uint64_t size_bytes, chunks, table_bytes;
	uint32_t chunk_bytes;
	unsigned entry_bytes;
	uint64_t table_at; /* of what `table` holds; UINT64_MAX: nothing */
	size_t table_len;
	uint8_t table[NTFS_WOF_TABLE_BYTES];
	uint64_t chunk;          /* which one `plain` is; UINT64_MAX: none */
	uint8_t *plain, *stored; /* owned */
	struct ntfs_lzx *lzx;    /* owned; one of these two */
	struct ntfs_xpress *xpress;
};

/* size_bytes is that of the content. NULL with e. */
struct ntfs_wof *ntfs_wof_open(struct ntfs *v, const struct ntfs_file *f, enum ntfs_packing how,
			       uint64_t size_bytes, struct error *e);
/* As ntfs_stream_read(). */
__attribute__((warn_unused_result))
bool ntfs_wof_read(struct ntfs_wof *w, uint64_t offset, void *buf, size_t len, size_t *got,
		   struct error *e);
void ntfs_wof_free(struct ntfs_wof *w);

#endif
