/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volumes that neither mkntfs nor ntfs-3g makes: every shape of content, name and state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ntfs_list.h"

#define SMALL 512, 4096, 1024, 256

static void shapes(void **state)
{
	const struct {
		uint32_t sector, cluster, record;
	} cases[] = { { 512, 512, 1024 },       { 512, 4096, 1024 },   { 4096, 4096, 4096 },
		      { 512, 65536, 1024 },     { 512, 131072, 1024 }, { 512, 2u << 20, 1024 },
		      { 4096, 2u << 20, 4096 }, { 512, 4096, 512 },    { 512, 65536, 65536 } };
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error e = { 0 };
		struct used_map m;
		struct builder b;
		uint64_t mft = (uint64_t)BUILD_RECORDS * cases[i].record / cases[i].cluster;

		build_init(&b, cases[i].sector, cases[i].cluster, cases[i].record, mft + 12);
		build_file(&b, 30, ROOT_REF, "a", 0);
		const struct build_run runs[] = { { build_store(&b, "first", 5), 1 }, { 0 } };
		build_mapped(&b, 30, NTFS_DATA, "", 0, runs, 0, 5);
		LIST_IS(&b, "f 5 0 a = first\n");
		struct filesystem *f = build_open(&b, &e);
		assert_int_equal(f->block_bytes, cases[i].cluster);
		assert_int_equal(f->size_bytes, b.size);
		assert_int_equal(f->state, 0);
		assert_true(f->used(f, &m, &e));
		assert_int_equal(m.units, b.clusters);
		assert_int_equal(m.unit_bytes, cases[i].cluster);
		assert_int_equal(m.first_byte, 0);
		assert_int_equal(used_map_count(&m), b.clusters);
		if (m.units % 8) /* nothing behind the last one, whatever $Bitmap has there */
			assert_int_equal(m.bits[m.units / 8] >> m.units % 8, 0);
		used_map_release(&m);
		f->close(f);
		build_release(&b);
	}
}

static void content(void **state)
{
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	int64_t one = build_store(&b, "one", 3), two = build_store(&b, "two", 3);
	build_file(&b, 30, ROOT_REF, "resident", 0);
	build_resident(&b, 30, NTFS_DATA, "", "in the record", 13);
	build_resident(&b, 30, NTFS_DATA, "more", "a stream", 8);
	build_file(&b, 31, ROOT_REF, "no data", 0);
	build_file(&b, 32, ROOT_REF, "backwards", 0);
	const struct build_run swapped[] = { { two, 1 }, { HOLE, 2 }, { one, 1 }, { 0 } };
	build_mapped(&b, 32, NTFS_DATA, "", NTFS_SPARSE, swapped, 0, 4096 * 3 + 3);
	/* What was never written reads as zeros, whatever its clusters hold. */
	build_file(&b, 33, ROOT_REF, "not written", 0);
	const struct build_run run[] = { { one, 1 }, { 0 } };
	put(build_mapped(&b, 33, NTFS_DATA, "", 0, run, 0, 20) + 56, 2, 8);
	build_file(&b, 34, ROOT_REF, "more than it has", 0);
	build_mapped(&b, 34, NTFS_DATA, "", 0, run, 0, 4097);
	build_file(&b, 35, ROOT_REF, "efs", 0);
	build_mapped(&b, 35, NTFS_DATA, "", NTFS_EFS, run, 0, 3);
	build_file(&b, 36, ROOT_REF, "unknown method", 0);
	build_mapped(&b, 36, NTFS_DATA, "", 2, run, 0, 3);
	build_file(&b, 37, ROOT_REF, "folder", NTFS_FOLDER);
	build_resident(&b, 37, NTFS_DATA, "of a folder", "hidden", 6);
	build_file(&b, 38, REF(37), "inside", 0);
	build_resident(&b, 38, NTFS_DATA, "", "deep", 4);
	build_resident(&b, NTFS_FILE_ROOT, NTFS_DATA, "of the root", "even more so", 12);
	LIST_IS(&b, "s 12 0 .:of the root = even more so\n"
		    "f 13 0 resident = in the record\n"
		    "s 8 0 resident:more = a stream\n"
		    "f 0 0 no data\n"
		    "f 12291 8 backwards = two\n"
		    "f 20 0 not written = on\n"
		    "f 4097 64 more than it has !\n"
		    "f 3 2 efs !\n"
		    "f 3 65 unknown method !\n"
		    "d 0 0 folder\n"
		    "s 6 0 folder:of a folder = hidden\n"
		    "f 4 0 folder/inside = deep\n");
	build_release(&b);
}

struct reading {
	struct filesystem *f;
	const char *path;
	uint8_t *to;
	size_t bytes, step;
};

static bool read_one(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	struct reading *r = ctx;
	size_t got = r->step;

	if (strcmp(entry->path, r->path) != 0)
		return true;
	assert_int_equal(entry->modified.s, 1555526400 + 0); /* (BUILD_TIME / 10^7) - 11644473600 */
	assert_int_equal(entry->modified.ns, 123456800);
	assert_int_equal(entry->created.ns, 123456700);
	assert_int_equal(entry->changed.ns, 123456900);
	assert_int_equal(entry->changed.digits, 7);
	assert_int_equal(entry->accessed.digits, 255); /* zero: no time at all */
	for (r->bytes = 0; got == r->step; r->bytes += got)
		assert_true(r->f->read(r->f, entry, r->bytes, r->to + r->bytes, r->step, &got, e));
	return true;
}

static void compressed_units(void **state)
{
	static uint8_t want[5 * 65536], got[5 * 65536 + 4096], packed[4096];
	struct error e = { 0 };
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	/* A unit as it is, a compressed one, a hole, a compressed one, and the end of one. */
	for (size_t i = 0; i < 65536; i++)
		want[i] = (uint8_t)(i * i >> 3);
	int64_t raw = build_store(&b, want, 65536);
	memset(want + 65536, 'a', 4096);
	memset(want + 2 * 65536 + 65536, 'a', 4096);
	memset(want + 4 * 65536, 'a', 100);
	put(packed, 0xb003, 2);
	memcpy(packed + 2, "\2a\xfc\x0f", 4); /* 'a' and 4095 of the byte before */
	int64_t small = build_store(&b, packed, 4096);
	const struct build_run runs[] = { { raw, 16 },  { small, 1 }, { HOLE, 31 }, { small, 1 },
					  { HOLE, 15 }, { small, 1 }, { HOLE, 15 }, { 0 } };
	build_file(&b, 30, ROOT_REF, "packed", 0);
	build_mapped(&b, 30, NTFS_DATA, "", 1, runs, 0, 4 * 65536 + 100);
	/* A hole where only the end of a unit may be one. */
	const struct build_run holes[] = { { HOLE, 1 }, { small, 1 }, { HOLE, 14 }, { 0 } };
	build_file(&b, 31, ROOT_REF, "holes between", 0);
	build_mapped(&b, 31, NTFS_DATA, "", 1, holes, 0, 65536);
	const struct build_run junk[] = { { build_store(&b, "\x05\xb0\1\0\0", 5), 1 },
					  { HOLE, 15 },
					  { 0 } };
	build_file(&b, 32, ROOT_REF, "no LZNT1", 0);
	build_mapped(&b, 32, NTFS_DATA, "", 1, junk, 0, 65536);
	build_file(&b, 33, ROOT_REF, "other unit", 0);
	build_mapped(&b, 33, NTFS_DATA, "", 1, runs, 0, 100)[34] = 5;
	LIST_IS(&b, "f 262244 1 packed\nf 65536 1 holes between !\nf 65536 1 no LZNT1 !\n"
		    "f 100 65 other unit !\n");
	const size_t steps[] = { 1000, 4096, 65536, 70001, sizeof(got) };
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		struct filesystem *f = build_open(&b, &e);
		struct reading r = { f, "packed", got, 0, steps[i] };

		memset(got, 0x55, sizeof(got));
		assert_true(f->walk(f, read_one, &r, &e));
		assert_int_equal(r.bytes, 4 * 65536 + 100);
		assert_memory_equal(got, want, r.bytes);
		f->close(f);
	}
	build_release(&b);
}

static void reparse_points(void **state)
{
	const struct {
		uint32_t tag;
		unsigned folder;
		const char *data;
		size_t bytes;
		const char *want;
	} cases[] = {
		{ 0xa000000c, 0, "\0\0\x06\0\x06\0\x02\0\1\0\0\0a\0\\\0b\0x\0", 20,
		  "l 3 0 it = a\\b\n" },
		{ 0xa000000c, 0, "\2\0\x06\0\0\0\x02\0\1\0\0\0x\0a\0\\\0b\0", 20,
		  "l 3 0 it = a\\b\n" },
		{ 0xa000000c, 0, "\0\0\x0a\0\x06\0\x02\0\1\0\0\0a\0\\\0b\0x\0", 20,
		  "l 0 64 it !\n" },
		{ 0xa000000c, 0, "\0\0\x05\0\x06\0\x02\0\1\0\0\0a\0\\\0b\0x\0", 20,
		  "l 0 64 it !\n" },
		{ 0xa0000003, NTFS_FOLDER, "\0\0\x04\0\x04\0\0\0C\0:\0", 12, "l 2 0 it = C:\n" },
		{ 0xa000001d, 0, "\2\0\0\0../there", 12, "l 8 0 it = ../there\n" },
		{ 0xa000001d, 0, "\2\0", 2, "l 0 64 it !\n" },
		{ 0xa0000019, 0, "raw", 3, "l 3 0 it = raw\n" },
		{ 0x80000017, 0, "\1\0\0\0\2\0\0\0\1\0\0\0\0\0\0\0", 16, "f 7 16 it !\n" },
		{ 0x80000023, 0, "", 0, "o 0 0 it\n" },
		{ 0x80000026, 0, "", 0, "o 0 0 it\n" },
		{ 0x80000013, 0, "dedup", 5, "f 7 64 it !\n" },
		{ 0x9000001a, NTFS_FOLDER, "cloud", 5, "d 0 0 it\n" },
		{ 0x00000042, 0, "sixteen of aGUIDdata", 4, "f 7 64 it !\n" },
		{ 0x20000042, 0, "sixteen of aGUIDdata", 4, "l 4 0 it = data\n" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t value[64];
		struct builder b;

		build_init(&b, SMALL);
		build_file(&b, 30, ROOT_REF, "it", cases[i].folder);
		if (!cases[i].folder)
			build_resident(&b, 30, NTFS_DATA, "", "content", 7);
		put(value, cases[i].tag, 4);
		put(value + 4, cases[i].bytes, 2);
		put(value + 6, 0, 2);
		size_t more = cases[i].tag & 0x80000000 ? 0 : 16;
		memcpy(value + 8, cases[i].data, cases[i].bytes + more);
		build_resident(&b, 30, NTFS_REPARSE_POINT, "", value, 8 + more + cases[i].bytes);
		LIST_IS(&b, cases[i].want);
		build_release(&b);
	}
}

static void names(void **state)
{
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	build_file(&b, 30, ROOT_REF, "a long name", 0);
	build_name(&b, 30, ROOT_REF, "ALONGN~1", NTFS_DOS);
	build_file(&b, 31, ROOT_REF, "one", 0);
	build_name(&b, 31, REF(33), "two", NTFS_POSIX);
	build_resident(&b, 31, NTFS_DATA, "", "same", 4);
	build_resident(&b, 31, NTFS_DATA, "s", "once", 4);
	build_begin(&b, 32, NTFS_IN_USE, 0);
	build_name(&b, 32, ROOT_REF, "SHORT~1", NTFS_DOS);
	build_file(&b, 33, ROOT_REF, "later folder", NTFS_FOLDER);
	build_name(&b, 30, REF(33), "ELSEWH~1", NTFS_DOS);
	/* The system's own, by its number or its place. */
	build_file(&b, 11, ROOT_REF, "$Extend", NTFS_FOLDER);
	build_file(&b, 34, REF(11), "$Quota", 0);
	build_file(&b, 35, REF(11), "$RmMetadata", NTFS_FOLDER);
	build_file(&b, 36, REF(35), "$TxfLog", 0);
	/* Not in use; and said to be part of one that knows nothing of it. */
	build_file(&b, 37, ROOT_REF, "deleted", 0);
	put(build_record(&b, 37) + 22, 0, 2);
	build_begin(&b, 38, NTFS_IN_USE, REF(30));
	LIST_IS(&b, "f 0 4 a long name\nf 0 4 later folder/ELSEWH~1\n"
		    "f 4 4 one = same\n"
		    "s 4 4 one:s = once\n"
		    "f 4 4 later folder/two = same\n"
		    "f 0 0 SHORT~1\n"
		    "d 0 0 later folder\n"
		    "f 0 64 $Orphans/38 !\n");
	build_release(&b);
}

/* A restart page of the log. */
static void put_restart(uint8_t *page, const char *magic, unsigned major, uint64_t lsn,
			unsigned client, unsigned flags)
{
	memset(page, 0, 4096);
	memcpy(page, magic, 4);
	put(page + 4, 30, 2);
	put(page + 6, 9, 2);
	put(page + 16, 4096, 4);
	put(page + 20, 4096, 4);
	put(page + 24, 0x30, 2);
	put(page + 28, major, 2);
	put(page + 0x30, lsn, 8);
	put(page + 0x3c, client, 2);
	put(page + 0x3e, flags, 2);
	build_fixup(page, 4096);
}

/* Signs of a volume that is in use or not. */
static const struct {
	const char *name;
	unsigned flags; /* of the volume */
	struct {
		const char *magic;
		unsigned major, lsn, client, flags;
	} log[2];         /* magic NULL: FF */
	const char *mark; /* of hiberfil.sys, four bytes; NULL: there is none */
	unsigned want;
	const char *words;
} rests[] = {
	{ "clean, empty log", 0, { { 0 } }, NULL, 0, "" },
	{ "dirty", 1, { { 0 } }, NULL, FILESYSTEM_DIRTY, "dirty flag is set" },
	{ "chkdsk underway", 0x4000, { { 0 } }, NULL, FILESYSTEM_DIRTY, "dirty flag is set" },
	{ "chkdsk was there", 0x8000, { { 0 } }, NULL, 0, "" },
	{ "log closed", 0, { { "RSTR", 1, 5, 0xffff, 0 }, { "RSTR", 1, 4, 0, 0 } }, NULL, 0, "" },
	{ "log open, clean", 0, { { "RSTR", 1, 5, 0, 2 } }, NULL, 0, "" },
	{ "log open", 0, { { "RSTR", 1, 5, 0, 0 } }, NULL, FILESYSTEM_DIRTY, "log is not closed" },
	{ "the later page holds",
	  0,
	  { { "RSTR", 1, 5, 0, 2 }, { "RSTR", 1, 6, 0, 0 } },
	  NULL,
	  FILESYSTEM_DIRTY,
	  "log is not closed" },
	{ "the only page holds", 0, { { "JUNK", 1, 5, 0, 2 }, { "RSTR", 1, 6, 0, 2 } }, NULL, 0, "" },
	{ "after chkdsk", 0, { { "CHKD", 1, 5, 0xffff, 0 } }, NULL, 0, "" },
	{ "log of nothing known",
	  0,
	  { { "JUNK", 1, 5, 0, 2 } },
	  NULL,
	  FILESYSTEM_DIRTY,
	  "log cannot be read" },
	{ "kept by fast start-up",
	  0,
	  { { "RSTR", 2, 5, 0, 2 } },
	  NULL,
	  FILESYSTEM_HIBERNATED,
	  "not shut down fully" },
	{ "hibernated", 0, { { 0 } }, "hibr", FILESYSTEM_HIBERNATED, "hibernates" },
	{ "the same of Windows 8", 0, { { 0 } }, "HIBR", FILESYSTEM_HIBERNATED, "hibernates" },
	{ "woken", 0, { { 0 } }, "wake", 0, "" },
	{ "woken, Windows 8", 0, { { 0 } }, "WAKE", 0, "" },
	{ "woken and cleared", 0, { { 0 } }, "\0\0\0\0", 0, "" },
	{ "waking", 0, { { 0 } }, "RSTR", FILESYSTEM_HIBERNATED, "may hibernate" },
	{ "all at once",
	  1,
	  { { "RSTR", 1, 5, 0, 0 } },
	  "hibr",
	  FILESYSTEM_DIRTY | FILESYSTEM_HIBERNATED,
	  "; its log is not closed; Windows hib" },
};

static void at_rest(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(rests) / sizeof(*rests); i++) {
		const struct build_entry root[] = { { REF(40), "HiberFil.sys" }, { 0 } };
		uint8_t version[12] = { 0 }, log[2 * 4096];
		struct error e = { 0 };
		struct builder b;

		build_init(&b, SMALL);
		put(version + 10, rests[i].flags, 2);
		build_file(&b, NTFS_FILE_VOLUME, ROOT_REF, "$Volume", 0);
		build_resident(&b, NTFS_FILE_VOLUME, NTFS_VOLUME_INFORMATION, "", version, 12);
		memset(log, 0xff, sizeof(log));
		for (size_t k = 0; k < 2; k++)
			if (rests[i].log[k].magic)
				put_restart(log + k * 4096, rests[i].log[k].magic,
					    rests[i].log[k].major, rests[i].log[k].lsn,
					    rests[i].log[k].client, rests[i].log[k].flags);
		const struct build_run runs[] = { { build_store(&b, log, sizeof(log)), 2 }, { 0 } };
		build_file(&b, NTFS_FILE_LOG, ROOT_REF, "$LogFile", 0);
		build_mapped(&b, NTFS_FILE_LOG, NTFS_DATA, "", 0, runs, 0, sizeof(log));
		if (rests[i].mark) {
			build_root(&b, root);
			build_file(&b, 40, ROOT_REF, "HiberFil.sys", 0);
			build_resident(&b, 40, NTFS_DATA, "", rests[i].mark, 4);
		}
		struct filesystem *f = build_open(&b, &e);
		if (!f || f->state != rests[i].want || !strstr(f->state_words, rests[i].words))
			fail_msg("%s: %s %u \"%s\"", rests[i].name, e.text, f ? f->state : 99,
				 f ? f->state_words : "");
		f->close(f);
		build_release(&b);
	}
}

/* A folder whose index lies in blocks, with old entries that must not be believed. */
static void build_tree(struct builder *b)
{
	const struct build_entry root[] = {
		{ REF(30), "Windows" }, { REF(99), "gone" }, { REF(33), "HOSTS" }, { 0 }
	};
	const struct build_entry block[] = { { REF(32), "hosts" },
					     { REF(33), "HOSTS" },
					     { REF(34), "renamed" },
					     { REF(35) + (1ULL << 48), "old" },
					     { REF(36), "\xe4" },
					     { REF(37), "packed" },
					     { 0 } };
	uint8_t blocks[2 * 4096] = { 0 };

	build_init(b, SMALL);
	build_root(b, root);
	build_file(b, 30, ROOT_REF, "Windows", NTFS_FOLDER);
	build_index(b, 30, REF(30), (const struct build_entry[]){ { REF(31), "etc" }, { 0 } });
	build_file(b, 31, REF(30), "etc", NTFS_FOLDER);
	build_index(b, 31, REF(31), (const struct build_entry[]){ { 0 } });
	memcpy(blocks, "JUNK", 4);
	memcpy(blocks + 4096, "INDX", 4);
	put(blocks + 4100, 40, 2);
	put(blocks + 4102, 9, 2);
	uint8_t node[3000] = { 0 };
	size_t n = build_node(node, REF(31), block);
	put(node, 40, 4); /* entries begin behind the fixups */
	memmove(node + 40, node + 16, n - 16);
	put(node + 4, n + 24, 4);
	memcpy(blocks + 4096 + 24, node, n + 24);
	build_fixup(blocks + 4096, 4096);
	const struct build_run runs[] = { { build_store(b, blocks, sizeof(blocks)), 2 }, { 0 } };
	build_mapped(b, 31, NTFS_INDEX_ALLOCATION, "$I30", 0, runs, 0, sizeof(blocks));
	build_resident(b, 31, NTFS_BITMAP, "$I30", "\2\0\0\0\0\0\0\0", 8); /* the first is free */
	const struct build_run data[] = { { build_store(b, "a longer one", 12), 2 }, { 0 } };
	b->next++;
	build_file(b, 32, REF(31), "hosts", 0);
	build_mapped(b, 32, NTFS_DATA, "", 0, data, 0, 5000);
	build_file(b, 33, REF(31), "HOSTS", 0);
	build_resident(b, 33, NTFS_DATA, "", "capitals", 8);
	build_file(b, 34, REF(31), "new name", 0);
	build_resident(b, 34, NTFS_DATA, "", "x", 1);
	build_file(b, 35, REF(31), "old", 0);
	build_resident(b, 35, NTFS_DATA, "", "x", 1);
	build_file(b, 36, REF(31), "\xe4", 0);
	build_resident(b, 36, NTFS_DATA, "", "umlaut", 6);
	build_file(b, 37, REF(31), "packed", 0);
	build_resident(b, 37, NTFS_DATA, "", "content", 7);
	build_resident(b, 37, NTFS_REPARSE_POINT, "", "\x17\0\0\x80\0\0\0\0", 8);
}

static void files_by_path(void **state)
{
	const struct {
		const char *path, *want; /* NULL: not there; "!": cannot be read */
	} cases[] = {
		{ "Windows/etc/hosts", "a longer" },
		{ "WINDOWS/ETC/hosts", "a longer" },
		{ "windows/etc/HOSTS", "capitals" },
		{ "windows/etc/Hosts", "a longer" },
		{ "windows/etc/\xc3\xa4", "umlaut" },
		{ "windows/etc/\xc3\x84", NULL }, /* without $UpCase: ASCII only */
		{ "windows/etc/packed", "!" },
		{ "windows/etc/renamed", NULL },
		{ "windows/etc/old", NULL },
		{ "windows/etc", NULL },
		{ "windows/etc/hosts/more", NULL },
		{ "windows/nothing", NULL },
		{ "gone", NULL },
		{ "HOSTS", NULL },
		{ "", NULL },
		{ "/", NULL },
		{ "windows//etc", NULL },
	};
	struct error e = { 0 };
	struct builder b;
	(void)state;

	build_tree(&b);
	struct filesystem *f = build_open(&b, &e);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *want = cases[i].want;
		struct error own = { 0 };
		char got[9] = { 0 };
		bool there;
		size_t n;

		bool ok = f->load(f, cases[i].path, got, 8, &n, &there, &own);
		if (want && *want == '!'
			    ? ok || own.kind != ERROR_UNTRUSTED
			    : !ok || there != !!want || (want && strcmp(got, want) != 0))
			fail_msg("%s: %d %d %s %s", cases[i].path, ok, there, got, own.text);
	}
	f->close(f);
	build_release(&b);
}

static void clearing(void **state)
{
	struct error e = { 0 };
	struct used_map m;
	struct builder b;
	bool there;
	(void)state;

	build_tree(&b);
	struct filesystem *f = build_open(&b, &e);
	assert_true(f->used(f, &m, &e));
	assert_true(f->clear(f, "nothing", &m, &there, &e) && !there);
	assert_int_equal(used_map_count(&m), 256);
	assert_true(f->clear(f, "windows/etc/new name", &m, &there, &e) && !there);
	assert_true(f->clear(f, "windows/etc/hosts", &m, &there, &e) && there);
	assert_int_equal(used_map_count(&m), 254);
	assert_false(used_map_get(&m, b.next - 1));
	assert_false(used_map_get(&m, b.next - 2));
	used_map_release(&m);
	f->close(f);
	build_release(&b);
}

static void each_can_end_it(void **state)
{
	struct error e = { 0 };
	struct builder b;
	(void)state;

	build_tree(&b);
	struct list l = { .f = build_open(&b, &e), .limit = 2 };
	assert_false(l.f->walk(l.f, list_entry, &l, &e));
	assert_int_equal(l.entries, 2);
	assert_string_equal(e.text, "enough");
	text_release(&l.text);
	l.f->close(l.f);
	build_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(content),
		cmocka_unit_test(compressed_units),
		cmocka_unit_test(reparse_points),
		cmocka_unit_test(names),
		cmocka_unit_test(at_rest),
		cmocka_unit_test(files_by_path),
		cmocka_unit_test(clearing),
		cmocka_unit_test(each_can_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
