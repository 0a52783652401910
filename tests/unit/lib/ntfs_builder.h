/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NTFS_BUILDER_H
#define NTFS_BUILDER_H

/*
 * Small NTFS volumes in memory, record by record, for what mkntfs and ntfs-3g do not make.
 * Attributes are appended in the order of the calls; build_open() adds the fixups to a copy.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/ntfs/ntfs_inside.h"
#include "lib/ntfs/ntfs.h"

#ifndef BUILD_RECORDS
#define BUILD_RECORDS 64u
#endif
#define BUILD_MFT 2u /* cluster */
#define REF(number) ((uint64_t)(number) | (uint64_t)1 << 48)
#define ROOT_REF ((uint64_t)5 | (uint64_t)5 << 48)
#define BUILD_TIME UINT64_C(132000000001234567)
#define HOLE INT64_MIN

struct builder {
	uint8_t *bytes;
	uint32_t sector, cluster, record;
	uint64_t clusters, next; /* the next free cluster */
	size_t size;
	size_t used[BUILD_RECORDS]; /* bytes of each record; 0: none */
	uint64_t reads;             /* bytes that were read of it */
};

static inline void put(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static inline uint8_t *build_record(struct builder *b, unsigned number)
{
	return b->bytes + (size_t)BUILD_MFT * b->cluster + (size_t)number * b->record;
}

static inline uint8_t *build_cluster(struct builder *b, uint64_t cluster)
{
	return b->bytes + cluster * b->cluster;
}

static inline unsigned build_log2(uint64_t n)
{
	unsigned i = 0;

	while (n >>= 1)
		i++;
	return i;
}

static inline void build_begin(struct builder *b, unsigned number, unsigned flags, uint64_t base)
{
	uint8_t *r = build_record(b, number);

	memset(r, 0, b->record);
	memcpy(r, "FILE", 4);
	put(r + 4, 48, 2);
	put(r + 6, b->record / NTFS_STRIDE + 1, 2);
	put(r + 16, number == NTFS_FILE_ROOT ? 5 : 1, 2);
	size_t at = 48 + 2 * (b->record / NTFS_STRIDE + 1);
	at = (at + 7) / 8 * 8;
	put(r + 20, at, 2);
	put(r + 22, flags, 2);
	put(r + 32, base, 8);
	b->used[number] = at;
}

/* The header of an attribute with its name; returns where it begins. `head` is what it takes. */
static inline uint8_t *build_attribute(struct builder *b, unsigned number, uint32_t type,
				       const char *name, unsigned flags, size_t head, size_t more)
{
	uint8_t *a = build_record(b, number) + b->used[number];
	size_t units = strlen(name), len = (head + 2 * units + 7) / 8 * 8 + (more + 7) / 8 * 8;

	if (b->used[number] + len + 8 > b->record)
		abort();
	put(a, type, 4);
	put(a + 4, len, 4);
	a[9] = (uint8_t)units;
	put(a + 10, head, 2);
	put(a + 12, flags, 2);
	for (size_t i = 0; i < units; i++)
		a[head + 2 * i] = (uint8_t)name[i];
	b->used[number] += len;
	return a;
}

static inline uint8_t *build_resident(struct builder *b, unsigned number, uint32_t type,
				      const char *name, const void *value, size_t len)
{
	uint8_t *a = build_attribute(b, number, type, name, 0, 24, len);
	size_t at = (24 + 2 * strlen(name) + 7) / 8 * 8;

	put(a + 16, len, 4);
	put(a + 20, at, 2);
	memcpy(a + at, value, len);
	return a + at;
}

/* An entry of 32 bytes of an attribute list. */
static inline void build_list_entry(uint8_t *to, uint32_t type, uint64_t vcn, uint64_t reference)
{
	memset(to, 0, 32);
	put(to, type, 4);
	put(to + 4, 32, 2);
	to[7] = 26;
	put(to + 8, vcn, 8);
	put(to + 16, reference, 8);
}

/* Runs: where and how many clusters, ended by a count of 0. */
struct build_run {
	int64_t cluster; /* HOLE */
	uint64_t count;
};

static inline size_t build_pairs(uint8_t *to, const struct build_run *runs)
{
	size_t n = 0;
	int64_t last = 0;

	for (; runs->count; runs++) {
		bool hole = runs->cluster == HOLE;

		to[n++] = (uint8_t)(hole ? 0x08 : 0x88);
		put(to + n, runs->count, 8);
		n += 8;
		if (hole)
			continue;
		put(to + n, (uint64_t)(runs->cluster - last), 8);
		n += 8;
		last = runs->cluster;
	}
	to[n++] = 0;
	return n;
}

/* One piece of an attribute in runs; returns its header. */
static inline uint8_t *build_mapped(struct builder *b, unsigned number, uint32_t type,
				    const char *name, unsigned flags, const struct build_run *runs,
				    uint64_t first_vcn, uint64_t size)
{
	uint8_t pairs[512];
	size_t n = build_pairs(pairs, runs), at = (64 + 2 * strlen(name) + 7) / 8 * 8;
	uint8_t *a = build_attribute(b, number, type, name, flags, 64, n);
	uint64_t clusters = 0;

	for (; runs->count; runs++)
		clusters += runs->count;
	a[8] = 1;
	put(a + 16, first_vcn, 8);
	put(a + 24, first_vcn + clusters - 1, 8);
	put(a + 32, at, 2);
	a[34] = flags & 1 ? 4 : 0;
	put(a + 40, clusters * b->cluster, 8);
	put(a + 48, size, 8);
	put(a + 56, size, 8);
	memcpy(a + at, pairs, n);
	return a;
}

/* $FILE_NAME's value; returns its bytes. */
static inline size_t build_name_value(uint8_t *to, uint64_t parent, const char *name,
				      unsigned space)
{
	size_t units = strlen(name);

	memset(to, 0, 66 + 2 * units);
	put(to, parent, 8);
	to[64] = (uint8_t)units;
	to[65] = (uint8_t)space;
	for (size_t i = 0; i < units; i++)
		to[66 + 2 * i] = (uint8_t)name[i];
	return 66 + 2 * units;
}

static inline void build_name(struct builder *b, unsigned number, uint64_t parent, const char *name,
			      unsigned space)
{
	uint8_t value[600] = { 0 };
	size_t len = build_name_value(value, parent, name, space);

	build_resident(b, number, NTFS_FILE_NAME, "", value, len);
}

/* A record with times and one name: a file (or folder) without content so far. */
static inline void build_file(struct builder *b, unsigned number, uint64_t parent, const char *name,
			      unsigned flags)
{
	uint8_t times[48] = { 0 };

	build_begin(b, number, NTFS_IN_USE | flags, 0);
	put(times, BUILD_TIME, 8);
	put(times + 8, BUILD_TIME + 1, 8);
	put(times + 16, BUILD_TIME + 2, 8);
	build_resident(b, number, NTFS_STANDARD_INFORMATION, "", times, sizeof(times));
	build_name(b, number, parent, name, NTFS_WIN32);
}

/* $I30 of a folder, all of it in the record: pairs of reference and name, ended by NULL. */
struct build_entry {
	uint64_t reference;
	const char *name;
};

static inline size_t build_node(uint8_t *to, uint64_t folder, const struct build_entry *entries)
{
	size_t n = 16;

	for (; entries->name; entries++) {
		size_t key = build_name_value(to + n + 16, folder, entries->name, NTFS_WIN32);
		size_t len = (16 + key + 7) / 8 * 8;

		put(to + n, entries->reference, 8);
		put(to + n + 8, len, 2);
		put(to + n + 10, key, 2);
		n += len;
	}
	put(to + n + 8, 16, 2);
	put(to + n + 12, 2, 2);
	n += 16;
	put(to, 16, 4);
	put(to + 4, n, 4);
	put(to + 8, n, 4);
	return n;
}

static inline void build_index(struct builder *b, unsigned number, uint64_t folder,
			       const struct build_entry *entries)
{
	uint8_t value[1024] = { 0 };

	put(value, NTFS_FILE_NAME, 4);
	put(value + 4, 1, 4);
	put(value + 8, 4096, 4);
	build_resident(b, number, NTFS_INDEX_ROOT, "$I30", value,
		       16 + build_node(value + 16, folder, entries));
}

static inline void build_root(struct builder *b, const struct build_entry *entries)
{
	build_file(b, NTFS_FILE_ROOT, ROOT_REF, ".", NTFS_FOLDER);
	build_index(b, NTFS_FILE_ROOT, ROOT_REF, entries);
}

static inline void build_boot(struct builder *b)
{
	uint8_t *boot = b->bytes;
	uint64_t per_cluster = b->cluster / b->sector;

	memcpy(boot, "\xeb\x52\x90NTFS    ", 11);
	put(boot + 11, b->sector, 2);
	boot[13] = (uint8_t)(per_cluster <= 128 ? per_cluster : 256 - build_log2(per_cluster));
	put(boot + 40, b->clusters * per_cluster, 8);
	put(boot + 48, BUILD_MFT, 8);
	put(boot + 56, 1, 8);
	boot[64] = (uint8_t)(256 - build_log2(b->record));
	boot[68] = (uint8_t)(256 - 12);
	put(boot + 510, 0xaa55, 2);
	memcpy(b->bytes + b->size - b->sector, boot, 512);
}

/* A volume with nothing in it but the system's files that are read. */
static inline void build_init(struct builder *b, uint32_t sector, uint32_t cluster, uint32_t record,
			      uint64_t clusters)
{
	const struct build_entry none[] = { { 0 } };
	uint8_t version[12] = { 0 }, bits[512];

	*b = (struct builder){
		.sector = sector, .cluster = cluster, .record = record, .clusters = clusters
	};
	b->size = (size_t)clusters * cluster + sector;
	b->bytes = mem_alloc(b->size);
	build_boot(b);
	uint64_t mft = ((uint64_t)BUILD_RECORDS * record + cluster - 1) / cluster;
	const struct build_run runs[] = { { BUILD_MFT, mft }, { 0 } };
	b->next = BUILD_MFT + mft;
	build_file(b, NTFS_FILE_MFT, ROOT_REF, "$MFT", 0);
	build_mapped(b, NTFS_FILE_MFT, NTFS_DATA, "", 0, runs, 0, (uint64_t)BUILD_RECORDS * record);
	build_file(b, NTFS_FILE_LOG, ROOT_REF, "$LogFile", 0);
	build_resident(b, NTFS_FILE_LOG, NTFS_DATA, "", "\xff\xff\xff\xff", 4);
	build_file(b, NTFS_FILE_VOLUME, ROOT_REF, "$Volume", 0);
	version[8] = 3;
	version[9] = 1;
	build_resident(b, NTFS_FILE_VOLUME, NTFS_VOLUME_INFORMATION, "", version, sizeof(version));
	build_root(b, none);
	build_file(b, NTFS_FILE_BITMAP, ROOT_REF, "$Bitmap", 0);
	memset(bits, 0xff, sizeof(bits));
	build_resident(b, NTFS_FILE_BITMAP, NTFS_DATA, "", bits, (size_t)(clusters + 7) / 8);
}

/* Write `len` bytes to new clusters; the runs that say so. */
static inline int64_t build_store(struct builder *b, const void *bytes, size_t len)
{
	uint64_t at = b->next;

	b->next += (len + b->cluster - 1) / b->cluster;
	if (b->next > b->clusters)
		abort();
	memcpy(build_cluster(b, at), bytes, len);
	return (int64_t)at;
}

static inline void build_fixup(uint8_t *piece, size_t len)
{
	size_t list = (size_t)(piece[4] | piece[5] << 8);

	put(piece + list, 0x1234, 2);
	for (size_t i = 1; i <= len / NTFS_STRIDE; i++) {
		memcpy(piece + list + 2 * i, piece + i * NTFS_STRIDE - 2, 2);
		put(piece + i * NTFS_STRIDE - 2, 0x1234, 2);
	}
}

/* End every record. Afterwards nothing can be added. */
static inline void build_seal(struct builder *b)
{
	for (unsigned i = 0; i < BUILD_RECORDS; i++) {
		uint8_t *r = build_record(b, i);

		if (!b->used[i])
			continue;
		put(r + b->used[i], 0xffffffff, 4);
		put(r + 24, b->used[i] + 8, 4);
		put(r + 28, b->record, 4);
		build_fixup(r, b->record);
		b->used[i] = 0;
	}
}

static inline bool build_read(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct builder *b = ctx;

	(void)e;
	if (offset > b->size || len > b->size - offset)
		abort();
	memcpy(buf, b->bytes + offset, len);
	b->reads += len;
	return true;
}

/* NULL with e. `s` must live as long. */
static inline struct filesystem *build_open(struct builder *b, struct error *e)
{
	struct partition_source s = { build_read, b, b->size, b->sector };

	build_seal(b);
	return ntfs_open(&s, 0, b->size, e);
}

static inline void build_release(struct builder *b)
{
	free(b->bytes);
}

#endif
