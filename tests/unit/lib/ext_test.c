/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ext2, ext3 and ext4 as mke2fs makes them: used blocks against dumpe2fs, files against the folder
 * they came from, times against debugfs, states. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>

#include "../folder.h"
#include "lib/disk/ext.h"
#include "volume_samples.h"

#define AT 1048576u /* where in the file the volume begins */

/* The programs' way to say so. */
#define V "'v?offset=1048576'"

static void make(const char *options, const char *size)
{
	char *command = mem_format(
		"rm -f v; truncate -s 1M v; mke2fs -q -F -d tree -E offset=%u,"
		"lazy_itable_init=1,root_owner=0:0 %s v %s > said 2>&1 || { cat said; exit 1; }; truncate -s +%s v",
		AT, options, size, "1M");

	folder_run(command);
	free(command);
}

static int make_tree(void **state)
{
	folder_enter(state);
	folder_run(
		"export PATH=$PATH:/usr/sbin:/sbin\n"
		"mkdir -p tree/a/b/c/d/e tree/many 'tree/with space'\n"
		"head -c 2500000 /dev/urandom > tree/big; : > tree/empty; printf x > tree/one\n"
		"head -c 4096 /dev/urandom > tree/a/block; head -c 4097 /dev/urandom > tree/a/b/more\n"
		"head -c 50 /dev/urandom > tree/a/small; head -c 130 /dev/urandom > tree/a/small2\n"
		"for i in $(seq 300); do echo $i > tree/many/a-name-of-some-length-$i; done\n"
		"truncate -s 3M tree/holes; printf island | dd of=tree/holes bs=1 seek=1500000"
		" conv=notrunc status=none; printf end | dd of=tree/holes bs=1 seek=3145725"
		" conv=notrunc status=none\n"
		"ln tree/one tree/a/one-more; ln -s a/b tree/short\n"
		"ln -s \"$(printf '%0200d' 7)\" tree/long; mkfifo tree/pipe\n"
		"printf 1 > \"$(printf 'tree/tab\\there')\"; printf 2 > \"$(printf 'tree/line\\nhere')\"\n"
		"printf 3 > 'tree/back\\slash'; printf 4 > \"$(printf 'tree/b\\344d')\"\n"
		"printf 5 > tree/Größe; printf 6 > \"$(printf 'tree/half\\355\\240\\200')\"\n"
		"printf 7 > tree/$(printf '%0255d' 1); printf 'ID=x\\n' > tree/a/os-release\n"
		"ln -s /a/os-release tree/a/b/link");
	return 0;
}

/* A bit for each block: free, says dumpe2fs, which names a run of clusters by the first block of the first and
 * the first (1.47.0) or last (1.47.2) of the last one, and knows no offset of a file any more. */
static uint8_t *free_blocks(uint64_t blocks, uint64_t ratio)
{
	struct text t = volume_output("tail -c +1048577 v > alone; dumpe2fs alone 2> /dev/null"
				      " | sed -n 's/^  Free blocks: //p'; rm alone");
	uint8_t *bits = mem_alloc(blocks / 8 + 1);

	for (char *at = t.s; at && *at;) {
		char *end;

		if (!isdigit((unsigned char)*at)) {
			at++;
			continue;
		}
		uint64_t from = strtoull(at, &end, 10), to = from;

		if (*end == '-')
			to = strtoull(end + 1, &end, 10);
		to |= ratio - 1;
		assert_true(to < blocks);
		for (; from <= to; from++)
			bits[from / 8] |= (uint8_t)(1u << from % 8);
		at = end;
	}
	text_release(&t);
	return bits;
}

static void used_is_right(struct volume *v, uint64_t ratio)
{
	struct used_map m = { 0 };
	struct error e = { 0 };

	if (!v->fs->used(v->fs, &m, &e))
		fail_msg("%s", e.text);
	uint64_t block = m.unit_bytes / ratio, blocks = v->fs->size_bytes / block;
	uint8_t *bits = free_blocks(blocks, ratio);
	uint64_t used = 0;

	assert_int_equal(m.first_byte, 0);
	assert_int_equal(m.unit_bytes, v->fs->block_bytes);
	assert_int_equal(m.units, (blocks + ratio - 1) / ratio);
	for (uint64_t i = 0; i < blocks; i++) {
		bool is_free = bits[i / 8] >> i % 8 & 1;

		if (used_map_get(&m, i / ratio) == is_free)
			fail_msg("block %llu of %llu", i + 0ULL, blocks + 0ULL);
		used += !is_free;
	}
	assert_true(used > 300 / ratio && used < blocks);
	free(bits);
	used_map_release(&m);
}

static void made_by_mke2fs(void **state)
{
	static const struct {
		const char *options, *size;
		uint64_t ratio;
	} tests[] = {
		{ "-t ext2 -b 1024", "10M", 1 },
		{ "-t ext3 -b 1024 -J size=1", "20M", 1 },
		{ "-t ext4 -b 4096 -O 64bit", "24M", 1 },
		{ "-t ext4 -b 1024 -O ^64bit,^metadata_csum,^extent -I 128 -J size=1", "16M", 1 },
		{ "-t ext4 -b 1024 -O inline_data,^has_journal", "8M", 1 },
		{ "-t ext4 -b 4096 -O inline_data,metadata_csum_seed", "24M", 1 },
		{ "-t ext4 -b 4096 -O bigalloc,^resize_inode -C 16384", "40M", 4 },
		{ "-t ext4 -b 1024 -O bigalloc,^has_journal,^resize_inode -C 8192", "40M", 8 },
		{ "-t ext4 -b 1024 -O meta_bg,^resize_inode,^has_journal", "60M", 1 },
		{ "-t ext4 -b 1024 -g 512 -N 1024 -O sparse_super2,^has_journal,^resize_inode",
		  "12M", 1 },
		{ "-t ext4 -b 2048 -O ^sparse_super,^flex_bg,^resize_inode,^has_journal -g 2048",
		  "150M", 1 },
		{ "-t ext4 -b 65536 -O ^has_journal", "64M", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct error e = { 0 };
		struct volume v;

		make(tests[i].options, tests[i].size);
		if (!volume_begin(&v, "v", AT, ext_open, &e))
			fail_msg("%s: %s", tests[i].options, e.text);
		assert_int_equal(v.fs->state, 0);
		assert_string_equal(v.fs->state_words, "");
		assert_int_equal(v.fs->size_bytes, v.size_bytes - 1048576);
		used_is_right(&v, tests[i].ratio);
		volume_equals(&v, "tree", 1); /* lost+found */
		volume_end(&v);
	}
}

static struct catalogue_line find(const struct text *t, const char *path)
{
	struct catalogue_line c = { 0 };
	struct error e = { 0 };
	size_t n = strlen(path);

	for (const char *line = strchr(t->s, '\n') + 1; *line;) {
		const char *end = strchr(line, '\n');

		assert_true(catalogue_parse(line, (size_t)(end - line), &c, &e));
		if (c.path_len == n && memcmp(c.path, path, n) == 0)
			return c;
		line = end + 1;
	}
	fail_msg("%s is missing", path);
	return c;
}

/* After e2fsck sorted it into a tree of hashes; with entries that were taken out again. */
static void large_folder(void **state)
{
	struct error e = { 0 };
	struct volume v;

	(void)state;
	make("-t ext4 -b 1024 -O ^has_journal", "12M");
	folder_run(
		"export PATH=$PATH:/usr/sbin; truncate -s -1M v; dd if=v of=w bs=1M skip=1 status=none\n"
		"e2fsck -fyD w > /dev/null 2>&1 || [ $? = 1 ]\n"
		"debugfs -R 'htree_dump /many' w 2> /dev/null | grep -q 'Root node'\n"
		"cp -a tree tree2; rm tree2/many/a-name-of-some-length-1??\n"
		"for i in $(seq 100 199); do echo \"rm /many/a-name-of-some-length-$i\"; done |"
		" debugfs -w -f - w > /dev/null 2>&1");
	assert_true(volume_begin(&v, "w", 0, ext_open, &e));
	volume_equals(&v, "tree2", 1);
	volume_end(&v);
}

static void flags_and_times(void **state)
{
	struct error e = { 0 };
	struct volume v;

	(void)state;
	make("-t ext4 -b 1024 -O ^has_journal", "12M");
	folder_run("export PATH=$PATH:/usr/sbin; printf '%s\\n' 'sif /one mtime @1000000000'"
		   " 'sif /one mtime_extra 0x1dcd6501' 'sif /one crtime @1234567890'"
		   " 'sif /one crtime_extra 0' 'sif /one ctime @4294967295'"
		   " 'sif /one ctime_extra 4' 'sif /big flags 0x80800' | debugfs -w -f - " V
		   " > /dev/null 2>&1");
	assert_true(volume_begin(&v, "v", AT, ext_open, &e));
	struct text t = volume_catalogue(&v);
	struct catalogue_line one = find(&t, "one"), holes = find(&t, "holes");

	/* Two bits more for the seconds, the rest nanoseconds. */
	assert_int_equal(one.modified.s, 1000000000LL + (1LL << 32));
	assert_int_equal(one.modified.ns, 125000000);
	assert_int_equal(one.modified.digits, 9);
	assert_int_equal(one.created.s, 1234567890);
	assert_int_equal(one.created.digits, 9);
	assert_int_equal(one.changed.s, -1);
	assert_int_equal(one.changed.ns, 1);
	assert_int_equal(holes.flags, FILESYSTEM_SPARSE);
	assert_int_equal(find(&t, "a/block").flags, 0);
	assert_int_equal(find(&t, "one").flags, FILESYSTEM_ONE_OF_SEVERAL);
	assert_int_equal(find(&t, "big").flags, FILESYSTEM_ENCRYPTED);
	assert_false(find(&t, "big").has_hash);
	assert_int_equal(find(&t, "half\\xed\\xa0\\x80").type, 'f');
	assert_int_equal(find(&t, "b\\xe4d").type, 'f');
	assert_int_equal(find(&t, "tab\\x09here").type, 'f');
	assert_int_equal(find(&t, "line\\x0ahere").type, 'f');
	assert_int_equal(find(&t, "back\\\\slash").type, 'f');
	assert_int_equal(find(&t, "Größe").type, 'f');
	text_release(&t);
	volume_end(&v);

	/* Old inodes keep seconds, and no birth. */
	make("-t ext2 -b 1024 -I 128", "12M");
	folder_run(
		"export PATH=$PATH:/usr/sbin; echo 'sif /one mtime @1000000000' | debugfs -w -f - " V
		" > /dev/null 2>&1");
	assert_true(volume_begin(&v, "v", AT, ext_open, &e));
	t = volume_catalogue(&v);
	one = find(&t, "one");
	assert_int_equal(one.modified.s, 1000000000);
	assert_int_equal(one.modified.digits, 0);
	assert_int_equal(one.created.digits, 255);
	text_release(&t);
	volume_end(&v);
}

/* Room that was taken and never written reads as zeros, whatever lies there. */
static void reserved_blocks(void **state)
{
	struct error e = { 0 };
	struct volume v;

	(void)state;
	make("-t ext4 -b 1024 -O ^has_journal", "12M");
	folder_run("export PATH=$PATH:/usr/sbin; printf '%s\\n' 'rm /big' 'write /dev/null big'"
		   " 'fallocate /big 0 99' 'sif /big size 100000' | debugfs -w -f - " V
		   " > /dev/null 2>&1; cp -a tree tree3; truncate -s 0 tree3/big;"
		   "truncate -s 100000 tree3/big");
	assert_true(volume_begin(&v, "v", AT, ext_open, &e));
	volume_equals(&v, "tree3", 1);
	struct text t = volume_catalogue(&v);
	assert_int_equal(find(&t, "big").flags, 0);
	text_release(&t);
	volume_end(&v);
}

static void states(void **state)
{
	static const struct {
		const char *change, *words;
	} tests[] = {
		{ "feature needs_recovery", "its journal is not empty" },
		{ "set_super_value state 0", "it was not unmounted" },
		{ "set_super_value state 3", "the kernel found errors in it" },
		{ "set_super_value last_orphan 12", "it has deleted files that are not yet freed" },
		{ "feature orphan_present", "it has deleted files that are not yet freed" },
	};

	(void)state;
	make("-t ext4 -b 1024 -J size=1 -O orphan_file", "12M");
	folder_run("mv v clean");
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct error e = { 0 };
		struct volume v;
		char *command = mem_format("export PATH=$PATH:/usr/sbin; cp clean v;"
					   "debugfs -w -R '%s' " V " > /dev/null 2>&1",
					   tests[i].change);

		folder_run(command);
		free(command);
		assert_true(volume_begin(&v, "v", AT, ext_open, &e));
		assert_int_equal(v.fs->state, FILESYSTEM_DIRTY);
		assert_string_equal(v.fs->state_words, tests[i].words);
		volume_end(&v);
	}
}

/* Superblocks that the library must not see. Offsets from the superblock's first byte. */
static void refused(void **state)
{
	static const struct {
		const char *name;
		unsigned at;
		const char *bytes; /* in octal */
		enum error_kind kind;
	} tests[] = {
		{ "no magic", 56, "\\0", ERROR_UNTRUSTED },
		{ "larger than its partition", 4, "\\0\\0\\1\\0", ERROR_UNTRUSTED },
		{ "no blocks", 4, "\\0\\0\\0\\0", ERROR_UNTRUSTED },
		{ "far larger", 336, "\\0\\0\\1\\0", ERROR_UNTRUSTED },
		{ "blocks of 128 KiB", 24, "\\7", ERROR_UNTRUSTED },
		{ "groups of 8 blocks", 32, "\\10\\0\\0\\0", ERROR_UNTRUSTED },
		{ "no inodes", 40, "\\0\\0\\0\\0", ERROR_UNTRUSTED },
		{ "a new feature", 99, "\\1", ERROR_FAILED },
		{ "a new feature for writing", 103, "\\1", ERROR_FAILED },
		{ "a journal", 96, "\\10", ERROR_FAILED },
	};

	(void)state;
	/* Without checksums, so that the library does not refuse it for those. */
	make("-t ext4 -b 1024 -O ^has_journal,64bit,^metadata_csum", "12M");
	folder_run("mv v clean");
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct error e = { 0 };
		struct volume v;
		char *command = mem_format("cp clean v; printf '%s' | dd of=v bs=1 seek=%u"
					   " conv=notrunc status=none",
					   tests[i].bytes, AT + 1024 + tests[i].at);

		folder_run(command);
		free(command);
		if (volume_begin(&v, "v", AT, ext_open, &e) || e.kind != tests[i].kind)
			fail_msg("%s: %d %s", tests[i].name, e.kind, e.text);
		/* By us, before the library makes room for that many blocks. */
		if (strstr(tests[i].name, "larger") && !strstr(e.text, "larger than its partition"))
			fail_msg("%s: %s", tests[i].name, e.text);
		volume_end(&v);
	}
	make("-t ext4 -b 1024 -O ^has_journal,metadata_csum", "12M");
	folder_run(
		"printf X | dd of=v bs=1 seek=$((1048576 + 1024 + 120)) conv=notrunc status=none");
	struct error e = { 0 };
	struct volume v;

	/* Of this one all can be read; nobody makes an image of it. */
	assert_true(volume_begin(&v, "v", AT, ext_open, &e));
	assert_true(v.fs->state & FILESYSTEM_DIRTY);
	assert_string_equal(v.fs->state_words, "the checksum of its superblock is wrong");
	struct text t = volume_catalogue(&v);
	assert_int_equal(find(&t, "many/a-name-of-some-length-9").flags, 0);
	text_release(&t);
	volume_end(&v);
}

static bool add_path(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	(void)e;
	text_addf(ctx, "\n%s\n", entry->path);
	return true;
}

/* A name that cannot be, and folders deeper than any path: everything else is passed, and what lies in these. */
static void what_hides_nothing(void **state)
{
	struct error e = { 0 };
	struct volume v;
	(void)state;

	folder_run("python3 -B - <<'END'\n"
		   "import os\n"
		   "os.chdir('tree')\n"
		   "for i in range(260):\n"
		   "    os.mkdir('d' * 255)\n"
		   "    os.chdir('d' * 255)\n"
		   "open('deepest', 'w')\n"
		   "END\n");
	make("-t ext2 -b 4096", "12M");
	folder_run("rm -rf tree/ddd*; python3 -B - <<'END'\n"
		   "v = open('v', 'rb').read()\n"
		   "open('w', 'wb').write(v.replace(b'with space', b'with/s\\0ace'))\n"
		   "END\n");
	for (unsigned i = 0; i < 2; i++) {
		struct text t = { 0 };

		assert_true(volume_begin(&v, i ? "w" : "v", AT, ext_open, &e));
		assert_int_equal(v.fs->walk(v.fs, add_path, &t, &e), !i);
		assert_int_equal(e.kind, i ? ERROR_UNTRUSTED : ERROR_NONE);
		assert_non_null(strstr(t.s, "\n$Orphans/"));
		assert_non_null(strstr(t.s, "ddd/deepest\n"));
		assert_non_null(
			strstr(t.s, i ? "\nwith\357\277\275s\357\277\275ace\n" : "\nwith space\n"));
		assert_non_null(strstr(t.s, "\none\n"));
		assert_non_null(strstr(t.s, "\na/b/c/d/e\n"));
		assert_non_null(strstr(t.s, "\nmany/a-name-of-some-length-300\n"));
		text_release(&t);
		volume_end(&v);
	}
}

/* A map of blocks that leads a million times to the same empty block holds no data, so nothing
 * that is counted as content ends it. */
static void circles(void **state)
{
	struct error e = { 0 };
	struct volume v;
	size_t got;
	char byte;
	bool there;

	(void)state;
	make("-t ext2 -b 4096 -O ^resize_inode", "12M");
	folder_run("export PATH=$PATH:/usr/sbin; printf '%s\\n' 'sif /one block[TIND] 2900'"
		   " 'sif /one size 0x10000000' | debugfs -w -f - " V " > /dev/null 2>&1\n"
		   "python3 -B - <<'END'\n"
		   "import struct\n"
		   "with open('v', 'r+b') as v:\n"
		   "    for block, to in (2900, 2901), (2901, 2902), (2902, 0):\n"
		   "        v.seek(1048576 + 4096 * block)\n"
		   "        v.write(struct.pack('<I', to) * 1024)\n"
		   "END\n");
	assert_true(volume_begin(&v, "v", AT, ext_open, &e));
	struct listing l = { .fs = v.fs };
	assert_false(v.fs->walk(v.fs, volume_line, &l, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_non_null(strstr(e.text, "leads in circles"));
	assert_in_range(v.reads, 100000, 300000);
	catalogue_release(&l.writer);
	volume_end(&v);
	e = (struct error){ 0 };
	assert_true(volume_begin(&v, "v", AT, ext_open, &e));
	assert_false(v.fs->load(v.fs, "one", &byte, 1, &got, &there, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	volume_end(&v);
}

/* What is damaged in one place is passed as that; the rest is read. */
static void damaged(void **state)
{
	struct error e = { 0 };
	struct volume v;

	(void)state;
	make("-t ext4 -b 1024 -O ^has_journal,^metadata_csum", "12M");
	folder_run("export PATH=$PATH:/usr/sbin; printf '%s\\n' 'sif /one block[0] 0' 'sif /many/"
		   "a-name-of-some-length-9 mode 0' 'sif /a/b/more block[0] 0x0001f30b'"
		   " 'ln /a /a/b/loop' | debugfs -w -f - " V " > /dev/null 2>&1");
	assert_true(volume_begin(&v, "v", AT, ext_open, &e));
	struct text t = volume_catalogue(&v);
	assert_int_equal(find(&t, "many/a-name-of-some-length-9").type, 'o');
	assert_int_equal(find(&t, "many/a-name-of-some-length-9").flags, FILESYSTEM_UNREADABLE);
	assert_true(find(&t, "one").flags & FILESYSTEM_UNREADABLE);
	assert_true(find(&t, "a/b/loop").flags & FILESYSTEM_UNREADABLE);
	assert_int_equal(find(&t, "a/block").flags, 0);
	assert_int_equal(v.fs->damaged, 5); /* of them one with two names */
	text_release(&t);
	volume_end(&v);
}

/* A folder of which a part is damaged keeps all names but those in that part. */
static void damaged_folders(void **state)
{
	static const struct {
		const char *options, *change;
		unsigned lost; /* of 300 names */
		bool whole;
		uint64_t damaged;
	} cases[] = {
		/* A letter, which only the block's checksum tells. */
		{ "metadata_csum", "v[at] = ord('A')", 1, false, 0 },
		/* The length of an entry; then all of it, and some of others. */
		{ "metadata_csum", "v[at - 4:at - 2] = b'\\0\\0'", 1, false, 0 },
		{ "^metadata_csum", "v[at - 4:at - 2] = b'\\3\\0'", 1, false, 0 },
		{ "^metadata_csum", "v[at - 4:at - 2] = b'\\xfc\\xff'", 1, false, 0 },
		{ "^metadata_csum", "v[at - 8:at + 72] = bytes(80)", 3, false, 0 },
		/* The checksum of an inode: it is read all the same. */
		{ "metadata_csum", "v[inode('/one') + 124] ^= 1", 0, true, 2 },
		/* A small folder, whose second part says that it is larger than an inode, and it than a disk. */
		{ "inline_data,^metadata_csum",
		  "a = inode('/a'); v[a + 108:a + 112] = b'~~~~'; at = v.index(b'\\4\\7', a + 128); "
		  "v[at + 8:at + 12] = b'\\0\\0\\2\\0'",
		  0, false, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error e = { 0 };
		struct text t = { 0 };
		struct volume v;
		unsigned lost = 0;

		char *options = mem_format("-t ext4 -b 1024 -O ^has_journal,%s", cases[i].options);
		make(options, "12M");
		char *change = mem_format(
			"python3 -B - <<'END'\n"
			"import re, subprocess\n"
			"v = bytearray(open('v', 'rb').read())\n"
			"open('alone', 'wb').write(v[1048576:])\n"
			"def inode(path):\n"
			"    where = re.search(r'block (\\d+), offset (\\w+)', subprocess.run(\n"
			"        ['/usr/sbin/debugfs', '-R', 'imap ' + path, 'alone'],\n"
			"        capture_output=True, text=True).stdout)\n"
			"    return 1048576 + 1024 * int(where[1]) + int(where[2], 16)\n"
			"at = v.index(b'a-name-of-some-length-150')\n"
			"%s\n"
			"open('v', 'wb').write(v)\n"
			"END\n",
			cases[i].change);
		folder_run(change);
		assert_true(volume_begin(&v, "v", AT, ext_open, &e));
		bool whole = v.fs->walk(v.fs, add_path, &t, &e);
		for (unsigned n = 1; n <= 300; n++) {
			char name[40];

			snprintf(name, sizeof(name), "\nmany/a-name-of-some-length-%u\n", n);
			lost += !strstr(t.s, name);
		}
		if (lost > cases[i].lost || (cases[i].lost && !lost) || whole != cases[i].whole ||
		    v.fs->damaged != cases[i].damaged || !strstr(t.s, "\none\n"))
			fail_msg("%zu: %u lost, %d, %llu: %s", i, lost, whole, v.fs->damaged + 0ULL,
				 e.text);
		text_release(&t);
		volume_end(&v);
		free(change);
		free(options);
	}
}

/* A sector of a folder that cannot be read costs the names of its block, one of inodes what these say. */
static void bad_sectors(void **state)
{
	(void)state;

	make("-t ext4 -b 1024 -O ^has_journal", "12M");
	for (unsigned inodes = 0; inodes < 2; inodes++) {
		struct error e = { 0 };
		struct text t = { 0 };
		struct volume v;
		unsigned lost = 0;

		assert_true(volume_begin(&v, "v", AT, ext_open, &e));
		struct text where = volume_output(
			inodes ? "tail -c +1048577 v > alone; /usr/sbin/debugfs -R 'imap /one' alone "
				 "2> /dev/null | sed -n 's/.*at block \\([0-9]*\\).*/\\1/p'; rm alone"
			       : "grep -abo a-name-of-some-length-150 v | sed 's/:.*//'");
		v.bad_from = strtoull(text_end(&where), NULL, 10);
		v.bad_from = inodes ? AT + 1024 * v.bad_from : v.bad_from / 512 * 512;
		v.bad_to = v.bad_from + 512;
		assert_false(v.fs->walk(v.fs, add_path, &t, &e));
		assert_int_equal(e.kind, ERROR_FAILED);
		assert_string_equal(e.text, "a bad sector");
		for (unsigned n = 1; n <= 300; n++) {
			char name[40];

			snprintf(name, sizeof(name), "\nmany/a-name-of-some-length-%u\n", n);
			lost += !strstr(t.s, name);
		}
		if (inodes ? lost || v.fs->damaged < 2 : !lost || lost > 30)
			fail_msg("%u lost, %llu", lost, v.fs->damaged + 0ULL);
		assert_non_null(strstr(t.s, "\na/b/c/d/e\n"));
		text_release(&where);
		text_release(&t);
		volume_end(&v);
	}
}

static void load(void **state)
{
	static const struct {
		const char *path;
		bool there;
		const char *content;
	} tests[] = {
		{ "a/os-release", true, "ID=x\n" },
		{ "a/b/link", true, "ID=x\n" }, /* absolute: from the volume's root */
		{ "a/b/no", false, "" },
		{ "no/a", false, "" },
		{ "one/a", false, "" },
		{ "a", false, "" },
		{ "empty", true, "" },
		{ "A/OS-RELEASE", false, "" },
	};
	struct error e = { 0 };
	struct volume v;

	(void)state;
	make("-t ext4 -b 1024 -O ^has_journal", "12M");
	assert_true(volume_begin(&v, "v", AT, ext_open, &e));
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		char bytes[100] = "";
		size_t got;
		bool there;

		if (!v.fs->load(v.fs, tests[i].path, bytes, sizeof(bytes), &got, &there, &e))
			fail_msg("%s", e.text);
		assert_int_equal(there, tests[i].there);
		assert_int_equal(got, strlen(tests[i].content));
		assert_memory_equal(bytes, tests[i].content, got);
	}
	volume_end(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_by_mke2fs),  cmocka_unit_test(large_folder),
		cmocka_unit_test(flags_and_times), cmocka_unit_test(reserved_blocks),
		cmocka_unit_test(states),          cmocka_unit_test(refused),
		cmocka_unit_test(damaged),         cmocka_unit_test(load),
		cmocka_unit_test(damaged_folders), cmocka_unit_test(bad_sectors),
		cmocka_unit_test(circles),         cmocka_unit_test(what_hides_nothing),
	};

	return cmocka_run_group_tests(tests, make_tree, folder_leave);
}
