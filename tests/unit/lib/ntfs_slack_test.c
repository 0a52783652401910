/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that are left over in the indices of folders, whatever the volume makes of its clusters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/ntfs/index_block.h"
#include "lib/ntfs/slack.h"
#include "ntfs_builder.h"
#include "ntfs_scan.h"

#define BLOCK 4096u
#define SMALL 512, 4096, 1024, 256
#define SEQUENCE(number, sequence) ((uint64_t)(number) | (uint64_t)(sequence) << 48)

/* An entry of an index as it stands there; returns its bytes. */
static size_t put_entry(uint8_t *to, uint64_t file, uint64_t parent, const char *name)
{
	size_t key = build_name_value(to + 16, parent, name, NTFS_WIN32),
	       len = (16 + key + 7) / 8 * 8;

	put(to, file, 8);
	put(to + 8, len, 2);
	put(to + 10, key, 2);
	put(to + 12, 0, 4);
	for (unsigned k = 0; k < 4; k++)
		put(to + 16 + 8 + 8 * k, BUILD_TIME + k, 8);
	put(to + 16 + 48, 7, 8); /* size */
	return len;
}

struct entry {
	uint64_t file, parent;
	const char *name;
};

/* A block of which the first `used` entries are in use; the end is put over the head of the next one, if
 * `over` says so, or before it. */
static void put_block(uint8_t *block, size_t len, uint64_t vcn, const struct entry *entries,
		      size_t used, bool over)
{
	size_t fixups = len / NTFS_STRIDE + 1, from = (40 + 2 * fixups + 7) / 8 * 8, at = from;
	size_t end = from;

	memset(block, 0, len);
	memcpy(block, "INDX", 4);
	put(block + 4, 40, 2);
	put(block + 6, fixups, 2);
	put(block + 16, vcn, 8);
	for (size_t i = 0; entries[i].name; i++) {
		if (i == used) {
			end = at;
			at += over ? 0 : 16;
		}
		at += put_entry(block + at, entries[i].file, entries[i].parent, entries[i].name);
		end = i + 1 == used ? at : end;
	}
	memset(block + end, 0, 16);
	put(block + end + 8, 16, 2);
	put(block + end + 12, 2, 2);
	put(block + 24, from - 24, 4);
	put(block + 28, end + 16 - 24, 4);
	put(block + 32, len - 24, 4);
}

/* A folder whose index has these blocks, in those runs. */
static void build_folder(struct builder *b, unsigned number, const char *name,
			 const struct build_run *runs, size_t block, size_t blocks, unsigned used)
{
	const struct build_entry none[] = { { 0 } };
	uint8_t bits[8] = { (uint8_t)used };

	build_file(b, number, ROOT_REF, name, NTFS_FOLDER);
	build_index(b, number, REF(number), none);
	uint8_t *root = build_record(b, number) + b->used[number] - 48;
	put(root + 8, block, 4);
	build_mapped(b, number, NTFS_INDEX_ALLOCATION, "$I30", 0, runs, 0, blocks * block);
	build_resident(b, number, NTFS_BITMAP, "$I30", bits, sizeof(bits));
}

struct found {
	struct ntfs_scan *scan;
	struct text lines;
	size_t problems;
};

static bool note(void *ctx, const struct ntfs_scan_record *r, struct error *e)
{
	(void)e;
	ntfs_slack_note(ctx, r);
	return true;
}

static bool line(void *ctx, const struct ntfs_slack_name *n, struct error *e)
{
	static const char *const places[] = { "end", "free", "deleted" };
	struct found *f = ctx;
	struct ntfs_scan_path path = ntfs_scan_path(f->scan, n->name.parent, n->name.units);
	(void)e;

	assert_int_equal(n->name.times.created, BUILD_TIME);
	assert_int_equal(n->name.size_bytes, 7);
	text_add_n(&f->lines, path.s, path.len);
	text_addf(&f->lines, " %llu-%u %s%s%s @%llu\n", NTFS_NUMBER(n->file) + 0ULL,
		  NTFS_SEQUENCE(n->file), places[n->place], n->in_use ? " in use" : "",
		  n->is_reused ? " reused" : "", n->offset + 0ULL);
	return true;
}

static void count(void *ctx, uint64_t offset, const char *what)
{
	struct found *f = ctx;
	(void)offset;

	f->problems += *what != '\0';
}

static struct found find(struct builder *b)
{
	struct found l = { 0 };
	const struct ntfs_scan_report report = { .problem = count, .ctx = &l };
	struct error e = { 0 };
	struct filesystem *f = build_open(b, &e);

	assert_non_null(f);
	l.scan = ntfs_scan_volume(f);
	struct ntfs_slack *s = ntfs_slack_new(f, l.scan);
	assert_true(ntfs_scan_folders(l.scan, NULL, &e));
	assert_true(ntfs_scan_each(l.scan, NULL, note, s, &e));
	assert_true(ntfs_slack_each(s, &report, line, &l, &e));
	ntfs_slack_free(s);
	ntfs_scan_free(l.scan);
	f->close(f);
	return l;
}

static void expect(struct builder *b, const char *lines, size_t problems)
{
	struct found l = find(b);

	assert_string_equal(text_end(&l.lines), lines);
	assert_int_equal(l.problems, problems);
	text_release(&l.lines);
}

/* Where the name of entry i begins in a block. */
static size_t name_at(size_t len, const struct entry *entries, size_t i, size_t used, bool over)
{
	uint8_t *bytes = mem_alloc(len);
	size_t at = (40 + 2 * (len / NTFS_STRIDE + 1) + 7) / 8 * 8;

	for (size_t k = 0; k < i; k++)
		at += put_entry(bytes, 0, 0, entries[k].name);
	free(bytes);
	return at + 16 + (i >= used && !over ? 16 : 0);
}

/* A folder of four blocks on volumes of every shape: in use, free, torn, never written. */
static void shapes(void **state)
{
	static const struct {
		uint32_t sector, cluster, record, clusters, block;
	} cases[] = {
		{ 512, 512, 1024, 2048, 4096 },   { 512, 1024, 1024, 512, 2048 },
		{ 512, 4096, 1024, 256, 4096 },   { 4096, 4096, 4096, 256, 4096 },
		{ 512, 65536, 1024, 16, 4096 },   { 512, 65536, 1024, 16, 65536 },
		{ 512, 2u << 20, 1024, 6, 4096 },
	};
	static const struct entry first[] = {
		{ REF(20), REF(16), "alive" },
		{ REF(21), REF(16), "killed" },
		{ REF(22), REF(16), "gone" },
		{ REF(20), REF(16), "alive" },
		{ REF(20), REF(16), "named" },
		{ SEQUENCE(20, 9), REF(16), "reused" },
		{ REF(22), REF(16), "gone" },
		{ REF(22), REF(17), "other folder" },
		{ 0 },
	};
	static const struct entry second[] = {
		{ REF(20), REF(16), "alive" },
		{ REF(23), REF(16), "in a free block" },
		{ 0 },
	};
	static const struct entry third[] = {
		{ REF(24), REF(16), "kept" },
		{ REF(25), REF(16), "behind" },
		{ 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const size_t block = cases[i].block;
		const uint32_t cluster = cases[i].cluster;
		uint64_t step = block > cluster ? block / cluster : block / 512;
		struct builder b;

		build_init(&b, cases[i].sector, cluster, cases[i].record, cases[i].clusters);
		uint8_t *index = mem_alloc(4 * block);
		put_block(index, block, 0, first, 1, true);
		put_block(index + block, block, step, second, 2, true);
		put_block(index + 2 * block, block, 2 * step, third, 1, false);
		for (unsigned k = 0; k < 3; k++)
			build_fixup(index + k * block, block);
		/* Torn behind all that stands in it. */
		put(index + 3 * block - 2, 0x7777, 2);
		const int64_t at = build_store(&b, index, 4 * block);
		const struct build_run runs[] = { { at, (4 * block + cluster - 1) / cluster },
						  { 0 } };
		build_folder(&b, 16, "folder", runs, block, 4, 1 | 4);
		build_file(&b, 20, ROOT_REF, "alive", 0);
		free(index);

		const uint64_t byte = (uint64_t)at * cluster;
		char *want =
			mem_format("folder/killed 0-0 end @%llu\n"
				   "folder/gone 22-1 end @%llu\n"
				   "folder/named 20-1 end in use @%llu\n"
				   "folder/reused 20-9 end reused @%llu\n"
				   "folder/in a free block 23-1 free @%llu\n"
				   "folder/behind 25-1 free @%llu\n",
				   byte + name_at(block, first, 1, 1, true) + 0ULL,
				   byte + name_at(block, first, 2, 1, true) + 0ULL,
				   byte + name_at(block, first, 4, 1, true) + 0ULL,
				   byte + name_at(block, first, 5, 1, true) + 0ULL,
				   byte + block + name_at(block, second, 1, 2, true) + 0ULL,
				   byte + 2 * block + name_at(block, third, 1, 1, false) + 0ULL);
		expect(&b, want, 1);
		free(want);
		build_release(&b);
	}
}

/* An index in pieces: of one record out of the order of the disk, and over two records. */
static void in_pieces(void **state)
{
	static const struct entry names[][2] = {
		{ { REF(30), REF(16), "one" }, { 0 } },
		{ { REF(31), REF(16), "two" }, { 0 } },
		{ { REF(32), REF(16), "three" }, { 0 } },
	};
	const struct build_entry none[] = { { 0 } };
	uint8_t block[BLOCK], list[3 * 32] = { 0 };
	uint64_t name = name_at(BLOCK, names[0], 0, 1, true);
	struct builder b;
	(void)state;

	build_init(&b, 512, 512, 1024, 2048);
	/* The first block in two pieces, the later one before the earlier. */
	put_block(block, BLOCK, 0, names[0], 1, true);
	build_fixup(block, BLOCK);
	memcpy(build_cluster(&b, 1000), block, 512);
	memcpy(build_cluster(&b, 900), block + 512, BLOCK - 512);
	for (unsigned i = 1; i < 3; i++) {
		put_block(block, BLOCK, 8 * i, names[i], 1, true);
		build_fixup(block, BLOCK);
		memcpy(build_cluster(&b, 800 - 100 * i), block, BLOCK);
	}
	const struct build_run all[] = { { 1000, 1 }, { 900, 7 }, { 700, 8 }, { 600, 8 }, { 0 } };
	build_folder(&b, 16, "in one", all, BLOCK, 3, 0);
	char *want = mem_format("in one/one 30-1 free @%llu\nin one/two 31-1 free @%llu\n"
				"in one/three 32-1 free @%llu\n",
				1000 * 512 + name + 0ULL, 700 * 512 + name + 0ULL,
				600 * 512 + name + 0ULL);
	expect(&b, want, 0);
	build_release(&b);

	build_init(&b, 512, 512, 1024, 2048);
	memcpy(build_cluster(&b, 600), block, BLOCK);
	put_block(block, BLOCK, 0, names[0], 1, true);
	build_fixup(block, BLOCK);
	memcpy(build_cluster(&b, 1000), block, BLOCK);
	const struct build_run first[] = { { 1000, 16 }, { 0 } }, second[] = { { 600, 8 }, { 0 } };
	build_file(&b, 16, ROOT_REF, "in two", NTFS_FOLDER);
	for (unsigned i = 0; i < 3; i++) {
		put(list + 32 * i, i ? NTFS_INDEX_ALLOCATION : NTFS_INDEX_ROOT, 4);
		put(list + 32 * i + 4, 32, 2);
		put(list + 32 * i + 8, i == 2 ? 16 : 0, 8);
		put(list + 32 * i + 16, i == 2 ? REF(40) : REF(16), 8);
	}
	build_resident(&b, 16, NTFS_ATTRIBUTE_LIST, "", list, sizeof(list));
	build_index(&b, 16, REF(16), none);
	build_mapped(&b, 16, NTFS_INDEX_ALLOCATION, "$I30", 0, first, 0, 3 * BLOCK);
	build_resident(&b, 16, NTFS_BITMAP, "$I30", "\0\0\0\0\0\0\0", 8);
	build_begin(&b, 40, NTFS_IN_USE, REF(16));
	build_mapped(&b, 40, NTFS_INDEX_ALLOCATION, "$I30", 0, second, 16, 0);
	free(want);
	want = mem_format("in two/one 30-1 free @%llu\nin two/three 32-1 free @%llu\n",
			  1000 * 512 + name + 0ULL, 600 * 512 + name + 0ULL);
	expect(&b, want, 0);
	free(want);
	build_release(&b);
}

/* Of a folder that was deleted all names are gone; unless its clusters are those of another by now. */
static void deleted_folders(void **state)
{
	static const struct entry names[] = { { REF(30), REF(16), "within" },
					      { REF(31), REF(17), "of another" },
					      { 0 } };
	uint8_t block[BLOCK];
	uint64_t name = name_at(BLOCK, names, 0, 2, true);
	(void)state;

	for (int moved = 0; moved < 3; moved++) {
		struct builder b;

		build_init(&b, SMALL);
		put_block(block, BLOCK, moved == 1, names, 2, true);
		build_fixup(block, BLOCK);
		if (moved == 2)
			memcpy(block, "DATA", 4);
		const struct build_run runs[] = { { build_store(&b, block, BLOCK), 1 }, { 0 } };
		build_folder(&b, 16, "old", runs, BLOCK, 1, 1);
		put(build_record(&b, 16) + 22, NTFS_FOLDER, 2);
		put(build_record(&b, 16) + 16, 2, 2);
		char *want = mem_format("old/within 30-1 deleted @%llu\n",
					(uint64_t)runs[0].cluster * 4096 + name + 0ULL);
		expect(&b, moved ? "" : want, 0);
		free(want);
		build_release(&b);
	}
}

/* What cannot be an index is left out and reported; the other folders are read. */
static void hostile(void **state)
{
	static const struct entry names[] = { { REF(30), REF(16), "left" }, { 0 } };
	enum {
		WHOLE,
		ENCRYPTED,
		HOLE_IN_IT,
		TOO_LONG,
		NO_BLOCK_SIZE,
		NO_ROOT,
		NO_BITMAP,
		HOW_MANY
	};
	(void)state;

	for (int how = 0; how < HOW_MANY; how++) {
		uint8_t block[BLOCK];
		struct builder b;

		build_init(&b, SMALL);
		put_block(block, BLOCK, 0, names, 0, false);
		build_fixup(block, BLOCK);
		const int64_t at = build_store(&b, block, BLOCK);
		const struct build_run runs[] = { { at, 1 },
						  { how == HOLE_IN_IT ? HOLE : 0, 1 },
						  { 0 } };
		const struct build_run one[] = { { at, 1 }, { 0 } };
		build_folder(&b, 16, "folder", how == HOLE_IN_IT ? runs : one, BLOCK,
			     how == TOO_LONG ? 1u << 19 : 1, 1);
		uint8_t *a = build_record(&b, 16) + 56;
		for (; a < build_record(&b, 16) + b.used[16]; a += a[4] | a[5] << 8) {
			if (a[0] == NTFS_INDEX_ALLOCATION && how == ENCRYPTED)
				put(a + 12, NTFS_EFS, 2);
			if (a[0] == NTFS_INDEX_ROOT && how == NO_BLOCK_SIZE)
				put(a + 32 + 8, 4097, 4);
			if (a[0] == NTFS_INDEX_ROOT && how == NO_ROOT)
				put(a, NTFS_STANDARD_INFORMATION, 4);
			if (a[0] == NTFS_BITMAP && how == NO_BITMAP)
				put(a, NTFS_REPARSE_POINT, 4);
		}
		struct found l = find(&b);
		bool any = how == WHOLE || how == NO_BITMAP;

		assert_int_equal(strstr(text_end(&l.lines), " end @") != NULL, any);
		assert_int_equal(l.problems, how != WHOLE);
		text_release(&l.lines);
		build_release(&b);
	}
}

/* Folders that all claim the same clusters: what is read is bounded by the volume. */
static void shared_clusters(void **state)
{
	static const struct entry names[] = { { REF(99), REF(16), "left" }, { 0 } };
	const struct build_run runs[] = { { 100, 3900 }, { 0 } };
	uint8_t block[BLOCK];
	struct builder b;
	(void)state;

	build_init(&b, 512, 512, 1024, 4096);
	put_block(block, BLOCK, 0, names, 0, false);
	build_fixup(block, BLOCK);
	for (unsigned i = 0; i < 480; i++)
		memcpy(build_cluster(&b, 200 + 8 * i), block, BLOCK);
	for (unsigned i = 16; i < BUILD_RECORDS; i++)
		build_folder(&b, i, "folder", runs, BLOCK, 487, 0);
	struct found l = find(&b);

	assert_int_equal(l.problems, 1);
	assert_true(b.reads < 5 * b.size + (70u << 20));
	text_release(&l.lines);
	build_release(&b);
}

/* The block alone: bounds of what it says of itself. */
static void blocks(void **state)
{
	static const struct entry names[] = { { REF(30), REF(16), "one" },
					      { REF(31), REF(16), "two" },
					      { 0 } };
	static const struct {
		size_t at, bytes;
		uint64_t value;
		enum ntfs_block_state want;
		size_t entries, carved; /* behind those */
	} cases[] = {
		{ 0, 0, 0, NTFS_BLOCK_GOOD, 2, 0 },
		{ 0, 4, 0, NTFS_BLOCK_ABSENT, 0, 2 },
		{ 24, 4, 8, NTFS_BLOCK_DAMAGED, 0, 2 },           /* entries within the header */
		{ 24, 4, 0xffffffff, NTFS_BLOCK_DAMAGED, 0, 2 },  /* and behind all */
		{ 28, 4, BLOCK - 23, NTFS_BLOCK_DAMAGED, 0, 2 },  /* in use: more than there is */
		{ 28, 4, 40, NTFS_BLOCK_DAMAGED, 0, 2 },          /* less than one */
		{ 64 + 8, 2, 8, NTFS_BLOCK_DAMAGED, 0, 2 },       /* an entry that is too short */
		{ 64 + 8, 2, 0xfff8, NTFS_BLOCK_DAMAGED, 0, 2 },  /* or too long */
		{ 64 + 12, 2, 2, NTFS_BLOCK_GOOD, 0, 2 },         /* the first is the last one */
		{ 64 + 10, 2, 400, NTFS_BLOCK_DAMAGED, 0, 2 },    /* a key beyond its entry */
		{ 64 + 16 + 64, 1, 0, NTFS_BLOCK_DAMAGED, 0, 1 }, /* no name */
		{ 510, 2, 0x7777, NTFS_BLOCK_DAMAGED, 2, 0 },
		{ 6, 2, 3, NTFS_BLOCK_DAMAGED, 2, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t *bytes = mem_alloc(BLOCK);
		struct ntfs_index_entry entry;
		struct ntfs_block_name n;
		struct ntfs_block b;
		size_t entries = 0, carved = 0;

		put_block(bytes, BLOCK, 5, names, 2, true);
		if (cases[i].at != 510)
			put(bytes + cases[i].at, cases[i].value, cases[i].bytes);
		build_fixup(bytes, BLOCK);
		if (cases[i].at == 510)
			put(bytes + cases[i].at, cases[i].value, cases[i].bytes);
		ntfs_block_open(bytes, BLOCK, &b);
		struct reader node = b.entries, whole = reader_of(bytes, BLOCK);
		for (; ntfs_index_next(&node, &entry); entries++)
			assert_true(entry.name.units.at + entry.name.units.left <= bytes + BLOCK);
		for (size_t at = b.slack; ntfs_block_carve(whole, b.slack, &at, 16, &n); carved++)
			assert_true(n.at >= b.slack && n.at + n.name.len <= BLOCK);
		if (b.state != cases[i].want || entries != cases[i].entries ||
		    carved != cases[i].carved)
			fail_msg("%zu: %d %zu %zu", i, (int)b.state, entries, carved);
		free(bytes);
	}
}

/* The file of a name is known only by a head that is whole and not that of something else. */
static void heads(void **state)
{
	static const struct entry names[] = { { REF(30), REF(16), "one" }, { 0 } };
	static const struct {
		size_t at, bytes;
		uint64_t value;
		size_t from;
		bool known;
	} cases[] = {
		{ 0, 0, 0, 80, true },
		{ 0, 0, 0, 88, false },       /* it stands before what is left over */
		{ 80 + 12, 2, 1, 80, true },  /* it has a block below it */
		{ 80 + 12, 2, 2, 80, false }, /* the end */
		{ 80 + 8, 2, 80, 80, false }, /* shorter than its key */
		{ 80 + 8, 2, 97, 80, false },
		{ 80 + 10, 2, 70, 80, false }, /* the key of a longer name */
		{ 80 + 6, 2, 0, 80, false },
		{ 80 + 4, 2, 1, 80, false }, /* a number that no record has */
	};
	uint8_t bytes[BLOCK];
	struct ntfs_block b;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ntfs_block_name n;
		size_t at = cases[i].from;

		put_block(bytes, BLOCK, 0, names, 0, false);
		put(bytes + cases[i].at, cases[i].value, cases[i].bytes);
		assert_true(ntfs_block_carve(reader_of(bytes, BLOCK), cases[i].from, &at, 16, &n));
		assert_int_equal(n.at, 96);
		if (n.file != (cases[i].known ? REF(30) : 0))
			fail_msg("%zu: %llx", i, n.file + 0ULL);
		assert_false(ntfs_block_carve(reader_of(bytes, BLOCK), 80, &at, 16, &n));
	}

	/* What is in use ends with an entry that has a block below it, or none. */
	for (unsigned child = 0; child < 2; child++) {
		put_block(bytes, BLOCK, 0, names, 0, false);
		put(bytes + 64 + 12, 2 | child, 2);
		put(bytes + 28, 40 + 16 + 8 * child, 4);
		build_fixup(bytes, BLOCK);
		ntfs_block_open(bytes, BLOCK, &b);
		assert_int_equal(b.slack, 80 + 8 * child);
		assert_int_equal(b.state, NTFS_BLOCK_GOOD);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),          cmocka_unit_test(in_pieces),
		cmocka_unit_test(deleted_folders), cmocka_unit_test(hostile),
		cmocka_unit_test(shared_clusters), cmocka_unit_test(blocks),
		cmocka_unit_test(heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
