/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volumes that were made to harm who reads them: everything ends, soon, with an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "ntfs_list.h"

#define SMALL 512, 4096, 1024, 256
#define ROUNDS 400

static void parents_that_lead_nowhere(void **state)
{
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	build_file(&b, 20, REF(21), "a", NTFS_FOLDER);
	build_file(&b, 21, REF(20), "b", NTFS_FOLDER);
	build_file(&b, 22, REF(22), "itself", NTFS_FOLDER);
	build_file(&b, 23, REF(22), "in a loop", 0);
	build_file(&b, 24, REF(60), "no parent", 0);
	build_file(&b, 25, REF(9999), "behind the MFT", 0);
	build_file(&b, 26, REF(24), "in a file", 0);
	build_file(&b, 27, REF(28) + ((uint64_t)1 << 48), "of an older folder", 0);
	build_file(&b, 28, ROOT_REF, "folder", NTFS_FOLDER);
	build_file(&b, 29, ROOT_REF, "a/b", 0);
	build_file(&b, 30, ROOT_REF, "..", NTFS_FOLDER);
	build_file(&b, 31, REF(30), "below dots", 0);
	build_file(&b, 32, ROOT_REF, ".", 0);
	build_file(&b, 33, ROOT_REF, "fine", 0);
	build_begin(&b, 34, NTFS_IN_USE, 0);
	build_resident(&b, 34, NTFS_DATA, "", "nameless", 8);
	build_resident(&b, 33, NTFS_DATA, "../x", "evil", 4);
	build_file(&b, 35, REF(33), "below a file", 0);
	LIST_IS(&b, "d 0 0 $Orphans/20/a\n"
		    "d 0 0 $Orphans/21/b\n"
		    "d 0 0 $Orphans/22/itself\n"
		    "f 0 0 $Orphans/23/in a loop\n"
		    "f 0 0 $Orphans/24/no parent\n"
		    "f 0 0 $Orphans/25/behind the MFT\n"
		    "f 0 0 $Orphans/26/in a file\n"
		    "f 0 0 $Orphans/27/of an older folder\n"
		    "d 0 0 folder\n"
		    "f 0 0 a\xef\xbf\xbd"
		    "b\n"
		    "d 0 0 $Orphans/30\n"
		    "f 0 0 $Orphans/31/below dots\n"
		    "f 0 0 $Orphans/32\n"
		    "f 0 0 fine\n"
		    "s 4 0 fine:..\xef\xbf\xbdx = evil\n"
		    "f 8 256 $Orphans/34 = nameless\n"
		    "f 0 0 $Orphans/35/below a file\n"
		    "failed: the NTFS file system is damaged: a name has a letter that none can "
		    "have");
	build_release(&b);
}

static void records_that_are_none(void **state)
{
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	for (unsigned i = 20; i < 31; i++) {
		char name[8];

		snprintf(name, sizeof(name), "n%u", i);
		build_file(&b, i, ROOT_REF, name, 0);
		build_resident(&b, i, NTFS_DATA, "", "content", 7);
	}
	uint8_t *data = build_record(&b, 20) + b.used[20] - 32;
	put(data + 4, 0, 4); /* an attribute of no length */
	data = build_record(&b, 21) + b.used[21] - 32;
	put(data + 4, 0xfffffff8, 4);
	data = build_record(&b, 22) + b.used[22] - 32;
	put(data + 16, 1000, 4); /* a value behind the attribute */
	data = build_record(&b, 23) + b.used[23] - 32;
	put(data + 20, 0xfff0, 2);
	data = build_record(&b, 24) + b.used[24] - 32;
	data[9] = 200; /* a name behind it */
	build_seal(&b);
	put(build_record(&b, 25) + 24, 1025, 4); /* more used than there is */
	put(build_record(&b, 26) + 20, 1000, 2);
	put(build_record(&b, 27) + 510, 0x7777, 2); /* torn */
	memcpy(build_record(&b, 28), "BAAD", 4);
	memset(build_record(&b, 30), 0, 4); /* all but what it begins with */
	LIST_IS(&b, "f 0 64 n20 !\nf 0 64 n21 !\nf 0 64 n22 !\nf 0 64 n23 !\nf 0 64 n24 !\n"
		    "f 0 64 $Orphans/25 !\nf 0 64 $Orphans/26 !\nf 0 64 $Orphans/27 !\n"
		    "f 0 64 $Orphans/28 !\nf 7 0 n29 = content\nf 0 64 $Orphans/30 !\n");
	build_release(&b);
}

static void attribute_lists(void **state)
{
	uint8_t list[4 * 32], tight[20 * 24] = { 0 };
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	int64_t at = build_store(&b, "first", 5), next = build_store(&b, "second", 6);
	const struct build_run one[] = { { at, 1 }, { 0 } }, two[] = { { next, 1 }, { 0 } };
	/* As it should be: the name in one record, the pieces of the content in two. */
	build_begin(&b, 20, NTFS_IN_USE, 0);
	build_list_entry(list, NTFS_FILE_NAME, 0, REF(21));
	build_list_entry(list + 32, NTFS_DATA, 0, REF(22));
	build_list_entry(list + 64, NTFS_DATA, 1, REF(21));
	build_list_entry(list + 96, NTFS_ATTRIBUTE_LIST, 0, REF(20));
	build_resident(&b, 20, NTFS_ATTRIBUTE_LIST, "", list, 128);
	build_begin(&b, 21, NTFS_IN_USE, REF(20));
	build_name(&b, 21, ROOT_REF, "spread", NTFS_WIN32);
	build_mapped(&b, 21, NTFS_DATA, "", 0, two, 1, 0);
	build_begin(&b, 22, NTFS_IN_USE, REF(20));
	put(build_mapped(&b, 22, NTFS_DATA, "", 0, one, 0, 5) + 48, 4096 + 6, 8);
	/* The records of another file. */
	build_file(&b, 24, ROOT_REF, "thief", 0);
	build_list_entry(list, NTFS_DATA, 0, REF(22));
	build_resident(&b, 24, NTFS_ATTRIBUTE_LIST, "", list, 32);
	/* One that is not there; itself only; entries that are none. */
	build_file(&b, 25, ROOT_REF, "lost", 0);
	build_list_entry(list, NTFS_DATA, 0, REF(9999));
	build_resident(&b, 25, NTFS_ATTRIBUTE_LIST, "", list, 32);
	build_file(&b, 26, ROOT_REF, "itself", 0);
	build_list_entry(list, NTFS_DATA, 0, REF(26));
	build_resident(&b, 26, NTFS_ATTRIBUTE_LIST, "", list, 32);
	build_resident(&b, 26, NTFS_DATA, "", "here", 4);
	build_file(&b, 27, ROOT_REF, "no length", 0);
	put(list + 4, 0, 2);
	build_resident(&b, 27, NTFS_ATTRIBUTE_LIST, "", list, 32);
	/* A list as large as the volume, of holes. */
	build_file(&b, 28, ROOT_REF, "large", 0);
	const struct build_run holes[] = { { HOLE, 1 << 20 }, { 0 } };
	build_mapped(&b, 28, NTFS_ATTRIBUTE_LIST, "", 0, holes, 0, UINT64_C(1) << 32);
	/* The second piece without the first. */
	build_file(&b, 29, ROOT_REF, "second only", 0);
	build_mapped(&b, 29, NTFS_DATA, "", 0, two, 1, 4096);
	/* An older record of that number. */
	build_file(&b, 30, ROOT_REF, "older", 0);
	build_list_entry(list, NTFS_DATA, 0, REF(31) + ((uint64_t)1 << 48));
	build_resident(&b, 30, NTFS_ATTRIBUTE_LIST, "", list, 32);
	build_begin(&b, 31, NTFS_IN_USE, REF(30));
	/* Entries that are shorter than they can be, and so more than there is room for. */
	build_file(&b, 32, ROOT_REF, "tight", 0);
	for (size_t i = 0; i < 20; i++) {
		put(tight + 24 * i, NTFS_DATA, 4);
		put(tight + 24 * i + 4, 24, 2);
		put(tight + 24 * i + 16, REF(33), 8);
	}
	build_resident(&b, 32, NTFS_ATTRIBUTE_LIST, "", tight, sizeof(tight));
	build_begin(&b, 33, NTFS_IN_USE, REF(32));
	/* A file that says that it extends the first one, which has a list; and what says so and is none. */
	build_file(&b, 34, ROOT_REF, "hidden", 0);
	build_resident(&b, 34, NTFS_DATA, "", "found", 5);
	put(build_record(&b, 34) + 32, REF(20), 8);
	build_begin(&b, 35, NTFS_IN_USE, REF(20));
	LIST_IS(&b, "f 4102 0 spread = first\n"
		    "f 0 64 thief !\nf 0 64 lost !\nf 4 0 itself = here\nf 0 64 no length !\n"
		    "f 0 64 large !\nf 4096 64 second only !\nf 0 64 older !\nf 0 64 tight !\n"
		    "f 5 256 hidden = found\n");
	build_release(&b);
}

static void gigantic_numbers(void **state)
{
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	const struct build_run all[] = { { 0, 256 }, { 0 } };
	const struct build_run twice[] = { { 0, 256 }, { 0, 1 }, { 0 } };
	const struct build_run holes[] = { { HOLE, UINT64_C(1) << 50 }, { 0 } };
	build_file(&b, 20, ROOT_REF, "the volume", 0);
	build_mapped(&b, 20, NTFS_DATA, "", 0, all, 0, 256 * 4096);
	build_file(&b, 21, ROOT_REF, "and more", 0);
	build_mapped(&b, 21, NTFS_DATA, "", 0, twice, 0, 257 * 4096);
	build_file(&b, 22, ROOT_REF, "holes", 0);
	build_mapped(&b, 22, NTFS_DATA, "", NTFS_SPARSE, holes, 0, UINT64_C(1) << 62);
	build_file(&b, 23, ROOT_REF, "size", 0);
	build_mapped(&b, 23, NTFS_DATA, "", 0, all, 0, UINT64_MAX);
	build_file(&b, 24, ROOT_REF, "largest", 0);
	build_mapped(&b, 24, NTFS_DATA, "", 0, all, 0, INT64_MAX);
	LIST_IS(&b,
		"f 1048576 0 the volume = \xebR\x90NTFS    \nf 1052672 64 and more !\nf 4611686018427387904 8 holes\n"
		"f 18446744073709551615 64 size !\nf 9223372036854775807 64 largest !\n");
	build_release(&b);
}

/* The same by path, past what the walk looks at first. */
static void gigantic_numbers_by_path(void **state)
{
	const struct build_entry root[] = { { REF(20), "size" },
					    { REF(21), "later piece" },
					    { 0 } };
	const struct build_run all[] = { { 0, 256 }, { 0 } };
	struct builder b;
	struct error e = { 0 };
	(void)state;

	build_init(&b, SMALL);
	build_root(&b, root);
	build_file(&b, 20, ROOT_REF, "size", 0);
	build_mapped(&b, 20, NTFS_DATA, "", 0, all, 0, UINT64_MAX);
	build_file(&b, 21, ROOT_REF, "later piece", 0);
	build_mapped(&b, 21, NTFS_DATA, "", 0, all, 1, 4096);
	struct filesystem *f = build_open(&b, &e);
	for (size_t i = 0; i < 2; i++) {
		char buf[8];
		bool there;
		size_t got;

		e = (struct error){ 0 };
		assert_false(f->load(f, root[i].name, buf, sizeof(buf), &got, &there, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
	}
	f->close(f);
	build_release(&b);
}

static bool read_all(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	static uint8_t buf[1 << 20];
	struct list *l = ctx;
	size_t got = sizeof(buf);

	l->entries++;
	for (uint64_t at = 0; got == sizeof(buf); at += got)
		if (!l->f->read(l->f, entry, at, buf, sizeof(buf), &got, e))
			return false;
	return true;
}

/* Every file is the whole volume: honest ones cannot be, so the walk ends. */
static void files_that_share_everything(void **state)
{
	const struct build_run all[] = { { 0, 4096 }, { 0 } };
	struct error e = { 0 };
	struct builder b;
	(void)state;

	build_init(&b, 512, 4096, 1024, 4096);
	for (unsigned i = 20; i < 60; i++) {
		build_file(&b, i, ROOT_REF, "x", 0);
		build_mapped(&b, i, NTFS_DATA, "", 0, all, 0, b.clusters * b.cluster);
	}
	struct list l = { .f = build_open(&b, &e) };
	b.reads = 0;
	assert_false(l.f->walk(l.f, read_all, &l, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_non_null(strstr(e.text, "more than it can hold"));
	assert_in_range(l.entries, 4, 12);
	assert_true(b.reads <= 5 * b.size + (64u << 20));
	/* What comes next begins anew. */
	e = (struct error){ 0 };
	struct used_map m;
	for (unsigned i = 0; i < 1200; i++) { /* more than was left: less than a read of the MFT */
		assert_true(l.f->used(l.f, &m, &e));
		used_map_release(&m);
	}
	l.limit = 1;
	l.entries = 0;
	assert_false(l.f->walk(l.f, list_entry, &l, &e));
	text_release(&l.text);
	l.f->close(l.f);
	build_release(&b);
}

/* One file of many names is read for each, and honest. */
static void many_names_of_one_file(void **state)
{
	const struct build_run most[] = { { 2000, 2000 }, { 0 } };
	struct error e = { 0 };
	struct builder b;
	(void)state;

	build_init(&b, 512, 32768, 4096, 4096);
	build_file(&b, 20, ROOT_REF, "0", 0);
	for (unsigned i = 1; i < 12; i++)
		build_name(&b, 20, ROOT_REF, (const char[]){ (char)('a' + i), 0 }, NTFS_POSIX);
	build_mapped(&b, 20, NTFS_DATA, "", 0, most, 0, 2000 * 32768);
	struct list l = { .f = build_open(&b, &e) };
	assert_true(l.f->walk(l.f, read_all, &l, &e));
	assert_int_equal(l.entries, 12);
	l.f->close(l.f);
	build_release(&b);
}

/* The MFT's own pieces: a second one that only the first leads to. */
static void the_mft_in_pieces(void **state)
{
	const struct {
		const char *name;
		unsigned holder; /* record of the second piece */
		int64_t shift;   /* of its first cluster, from where it should begin */
		unsigned base;   /* what that record says it extends */
		bool hole, ok;
	} cases[] = {
		{ "as it should be", 15, 0, 0, false, true },
		{ "in itself", 40, 0, 0, false, false },
		{ "a gap", 15, 1, 0, false, false },
		{ "not there", 200, 0, 0, false, false },
		{ "of another file", 15, 0, 7, false, false },
		{ "a hole", 15, 0, 0, true, false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t list[2 * 32];
		struct error e = { 0 };
		struct builder b;

		build_init(&b, SMALL);
		/* 32 records in 8 clusters, 32 more behind them in 8 of another run. */
		const struct build_run first[] = { { BUILD_MFT, 8 }, { 0 } };
		const struct build_run second[] = { { BUILD_MFT + 8, 8 }, { 0 } };
		const struct build_run holed[] = { { BUILD_MFT, 7 }, { HOLE, 1 }, { 0 } };
		build_file(&b, 0, ROOT_REF, "$MFT", 0);
		build_list_entry(list, NTFS_DATA, 0, REF(0));
		build_list_entry(list + 32, NTFS_DATA, 8, REF(cases[i].holder));
		build_resident(&b, 0, NTFS_ATTRIBUTE_LIST, "", list, sizeof(list));
		build_mapped(&b, 0, NTFS_DATA, "", 0, cases[i].hole ? holed : first, 0, 65536);
		if (cases[i].holder < BUILD_RECORDS) {
			build_begin(&b, cases[i].holder, NTFS_IN_USE, REF(cases[i].base));
			build_mapped(&b, cases[i].holder, NTFS_DATA, "", 0, second,
				     8 + (uint64_t)cases[i].shift, 0);
		}
		build_file(&b, 50, ROOT_REF, "in the second piece", 0);
		struct filesystem *f = build_open(&b, &e);
		if (!!f != cases[i].ok || (!f && e.kind != ERROR_UNTRUSTED))
			fail_msg("%s: %s", cases[i].name, e.text);
		if (f) {
			f->close(f);
			LIST_IS(&b, "f 0 0 in the second piece\n");
		}
		build_release(&b);
	}
}

static void volumes_that_are_refused(void **state)
{
	const struct {
		const char *name;
		size_t at;       /* in record 0, 6 or the boot sector, as `record` says */
		unsigned record; /* 99: boot */
		uint64_t value;
		size_t bytes;
		const char *want;
	} cases[] = {
		{ "no NTFS", 3, 99, 0, 8, "no NTFS" },
		{ "no sectors", 11, 99, 0, 2, NULL }, /* the backup stands in */
		{ "MFT record 0 torn", 510, 0, 0x7777, 2, "($MFT)" },
		{ "MFT not in use", 22, 0, 0, 2, "($MFT)" },
		{ "MFT extends another", 32, 0, 7, 8, "($MFT)" },
		{ "larger than the partition", 40, 99, 256 * 8 + 2, 8,
		  "larger than its partition" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error e = { 0 };
		struct builder b;

		build_init(&b, SMALL);
		build_seal(&b);
		if (i == 0)
			memset(b.bytes + b.size - 512, 0, 512);
		put((cases[i].record == 99 ? b.bytes : build_record(&b, cases[i].record)) +
			    cases[i].at,
		    cases[i].value, cases[i].bytes);
		struct filesystem *f = build_open(&b, &e);
		if (cases[i].want ? f || e.kind != ERROR_UNTRUSTED || !strstr(e.text, cases[i].want)
				  : !f || f->state != FILESYSTEM_DIRTY ||
					    !strstr(f->state_words, "boot sector"))
			fail_msg("%s: %s", cases[i].name, e.text);
		if (f)
			f->close(f);
		build_release(&b);
	}
}

/* The backup of the boot sector, of a volume of 4Kn in a file. */
static void the_backup_helps(void **state)
{
	struct error e = { 0 };
	struct builder b;
	(void)state;

	build_init(&b, 4096, 4096, 4096, 256);
	build_seal(&b);
	memset(b.bytes, 0, 512);
	b.sector = 512;
	struct filesystem *f = build_open(&b, &e);
	assert_non_null(f);
	assert_int_equal(f->state, FILESYSTEM_DIRTY);
	assert_int_equal(f->size_bytes, b.size);
	f->close(f);
	build_release(&b);
}

/* Indices that end behind their record, never, or nowhere. */
static void indices_without_end(void **state)
{
	const struct build_entry root[] = { { REF(20), "a" }, { 0 } };
	const struct build_run holes[] = { { HOLE, 1 << 18 }, { 0 } };
	(void)state;

	for (unsigned i = 0; i < 4; i++) {
		struct error e = { 0 };
		struct builder b;
		bool there;
		char buf[8];
		size_t got;

		build_init(&b, SMALL);
		build_root(&b, root);
		uint8_t *node = build_record(&b, NTFS_FILE_ROOT) + b.used[NTFS_FILE_ROOT];
		while (memcmp(node, "\x10\0\0\0", 4) != 0 || memcmp(node - 8, "\0\x10", 2) != 0)
			node--;
		uint8_t *last = node + 16 + 88;
		if (i == 0) {
			put(node + 4, 0x7ffffff0, 4); /* its bytes */
			put(last + 8, 0xfff8, 2);
			put(last + 12, 0, 2); /* not the last one any more */
		} else if (i == 1)
			put(node + 16 + 8, 0, 2); /* those of its first entry */
		else if (i == 2)
			put(node, 0xfffffff0, 4);
		else
			build_mapped(&b, NTFS_FILE_ROOT, NTFS_INDEX_ALLOCATION, "$I30", 0, holes, 0,
				     UINT64_C(1) << 30);
		build_file(&b, 20, ROOT_REF, "a", 0);
		struct filesystem *f = build_open(&b, &e);
		assert_non_null(f);
		bool ok = f->load(f, "other", buf, sizeof(buf), &got, &there, &e);
		/* What is not found in it may be there all the same. */
		assert_true(!ok && !there && e.kind == ERROR_UNTRUSTED);
		f->close(f);
		build_release(&b);
	}
}

/* The backup of a boot sector that tells of a volume which ends elsewhere. */
static void a_backup_of_another_volume(void **state)
{
	struct error e = { 0 };
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	build_seal(&b);
	put(b.bytes + b.size - 512 + 40, b.clusters * 8 - 8, 8);
	memset(b.bytes, 0, 512);
	assert_null(build_open(&b, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	build_release(&b);
}

/* The mirror stands in for the MFT's first record. */
static void the_mirror_helps(void **state)
{
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	build_file(&b, 20, ROOT_REF, "found", 0);
	build_seal(&b);
	memcpy(build_cluster(&b, 1), build_record(&b, 0), 1024);
	memset(build_record(&b, 0), 0, 1024);
	LIST_IS(&b, "f 0 0 found\n");
	build_release(&b);
}

static void a_bitmap_that_is_short(void **state)
{
	const struct build_run runs[] = { { 40, 1 }, { 0 } }, hole[] = { { HOLE, 1 }, { 0 } };
	const struct {
		const char *name;
		size_t resident; /* bytes; 0: in runs */
		const struct build_run *runs;
		uint64_t size, initialised;
		bool ok;
	} cases[] = {
		{ "whole", 32, NULL, 0, 0, true },
		{ "a byte short", 31, NULL, 0, 0, false },
		{ "in a cluster", 0, runs, 32, 32, true },
		{ "its size", 0, runs, 31, 31, false },
		{ "not written", 0, runs, 32, 31, false },
		{ "a hole", 0, hole, 32, 32, false },
		{ "none", 0, NULL, 0, 0, false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t bits[32] = { 0xff };
		struct error e = { 0 };
		struct used_map m = { 0 };
		struct builder b;

		build_init(&b, SMALL);
		build_file(&b, NTFS_FILE_BITMAP, ROOT_REF, "$Bitmap", 0);
		if (cases[i].resident)
			build_resident(&b, NTFS_FILE_BITMAP, NTFS_DATA, "", bits,
				       cases[i].resident);
		else if (cases[i].runs)
			put(build_mapped(&b, NTFS_FILE_BITMAP, NTFS_DATA, "", 0, cases[i].runs, 0,
					 cases[i].size) +
				    56,
			    cases[i].initialised, 8);
		struct filesystem *f = build_open(&b, &e);
		bool ok = f->used(f, &m, &e);
		if (ok != cases[i].ok || (!ok && (e.kind != ERROR_UNTRUSTED || m.bits)))
			fail_msg("%s: %s", cases[i].name, ok ? "taken" : e.text);
		if (ok && cases[i].resident)
			assert_int_equal(used_map_count(&m), 8);
		used_map_release(&m);
		f->close(f);
		build_release(&b);
	}
}

/* Any bytes changed anywhere: no crash, no read outside (build_read aborts), an end. */
static void anything_changed(void **state)
{
	struct builder b;
	(void)state;

	srand(3);
	build_init(&b, SMALL);
	int64_t at = build_store(&b, "\x05\xb0\2a\x05\0", 6);
	const struct build_run packed[] = { { at, 1 }, { HOLE, 15 }, { 0 } };
	const struct build_entry root[] = { { REF(20), "folder" },
					    { REF(21), "hiberfil.sys" },
					    { 0 } };
	build_root(&b, root);
	build_file(&b, 20, ROOT_REF, "folder", NTFS_FOLDER);
	build_file(&b, 21, REF(20), "packed", 0);
	build_mapped(&b, 21, NTFS_DATA, "", 1, packed, 0, 65536);
	build_mapped(&b, 21, NTFS_DATA, "stream", 0, packed, 0, 4096);
	build_seal(&b);
	uint8_t *whole = mem_alloc(b.size);
	memcpy(whole, b.bytes, b.size);
	static const unsigned records[] = { 0, 2, 3, 5, 6, 20, 21 };
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct error e = { 0 };
		unsigned changes = 1 + (unsigned)rand() % 3;

		memcpy(b.bytes, whole, b.size);
		for (unsigned i = 0; i < changes; i++) {
			uint8_t *r = rand() % 8   ? build_record(&b, records[(unsigned)rand() % 7])
				     : rand() % 2 ? b.bytes
						  : build_cluster(&b, (uint64_t)at);
			static const uint8_t odd[] = { 0, 1, 0x7f, 0x80, 0xff };

			r[(unsigned)rand() % 400] = rand() % 2 ? (uint8_t)rand()
							       : odd[(unsigned)rand() % 5];
		}
		b.reads = 0;
		struct list l = { .f = build_open(&b, &e) };
		if (!l.f)
			continue;
		struct used_map m = { 0 };
		(void)!l.f->used(l.f, &m, &e);
		used_map_release(&m);
		(void)!l.f->walk(l.f, list_entry, &l, &e);
		text_release(&l.text);
		l.f->close(l.f);
		assert_true(b.reads < 4u << 20);
	}
	free(whole);
	build_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parents_that_lead_nowhere),
		cmocka_unit_test(records_that_are_none),
		cmocka_unit_test(attribute_lists),
		cmocka_unit_test(gigantic_numbers),
		cmocka_unit_test(gigantic_numbers_by_path),
		cmocka_unit_test(files_that_share_everything),
		cmocka_unit_test(many_names_of_one_file),
		cmocka_unit_test(the_mft_in_pieces),
		cmocka_unit_test(volumes_that_are_refused),
		cmocka_unit_test(indices_without_end),
		cmocka_unit_test(a_backup_of_another_volume),
		cmocka_unit_test(the_mirror_helps),
		cmocka_unit_test(the_backup_helps),
		cmocka_unit_test(a_bitmap_that_is_short),
		cmocka_unit_test(anything_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
