/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FAT volumes that mtools and mkfs.vfat make, and the same ones damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../folder.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/wholefile.h"
#include "lib/disk/fat.h"

struct volume {
	uint8_t *bytes;
	size_t size;
	unsigned reads;
};

static bool read_volume(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct volume *v = ctx;

	(void)e;
	assert_true(offset <= v->size && len <= v->size - offset);
	memcpy(buf, v->bytes + offset, len);
	v->reads++;
	return true;
}

static struct text load(const char *name)
{
	struct text t = { 0 };
	struct error e = { 0 };

	assert_true(wholefile_read(AT_FDCWD, name, 0, 1 << 20, &t, &e));
	return t;
}

struct opened {
	struct volume volume;
	struct partition_source source;
	struct fat fat;
};

/* A copy in memory of the file `v`, which tests may damage. */
static bool open_volume(struct opened *o, struct error *e)
{
	int fd = open("v", O_RDONLY | O_CLOEXEC);
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	o->volume.size = (size_t)st.st_size;
	o->volume.bytes = mmap(NULL, o->volume.size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	assert_ptr_not_equal(o->volume.bytes, MAP_FAILED);
	close(fd);
	o->volume.reads = 0;
	o->source = (struct partition_source){ read_volume, &o->volume, o->volume.size, 512 };
	return fat_open(&o->fat, &o->source, 0, o->volume.size, e);
}

static void close_volume(struct opened *o)
{
	munmap(o->volume.bytes, o->volume.size);
}

/* The whole file, read in pieces of that size. */
static void same_content(struct fat *f, const char *path, const char *original, size_t piece)
{
	struct text want = load(original), got = { 0 };
	struct fat_entry entry;
	struct fat_file file;
	struct error e = { 0 };
	uint8_t *buf = mem_alloc(piece);
	bool there;

	assert_true(fat_find(f, path, &entry, &there, &e));
	assert_true(there);
	assert_int_equal(entry.size_bytes, want.len);
	assert_true(fat_file_open(f, &entry, &file, &e));
	while (file.left_bytes) {
		size_t n = file.left_bytes < piece ? file.left_bytes : piece;

		assert_true(fat_file_read(f, &file, buf, n, &e));
		text_add_n(&got, (const char *)buf, n);
	}
	assert_int_equal(got.len, want.len);
	if (want.len)
		assert_memory_equal(got.s, want.s, want.len);
	assert_false(fat_file_read(f, &file, buf, 1, &e));
	free(buf);
	text_release(&want);
	text_release(&got);
}

/* What mtools wrote is what we read: all three kinds, files in pieces, long names. */
static void made_by_mtools(void **state)
{
	static const struct {
		const char *make;
		unsigned bits;
		uint32_t cluster_bytes;
	} tests[] = {
		{ "mkfs.vfat -F 12 -s 4 -C v 4000 > /dev/null", 12, 2048 },
		{ "mkfs.vfat -F 16 -s 1 -C v 16000 > /dev/null", 16, 512 },
		{ "mkfs.vfat -F 32 -s 1 -C v 40000 > /dev/null", 32, 512 },
		{ "mkfs.vfat -F 32 -s 8 -f 1 -C v 270000 > /dev/null", 32, 4096 },
		{ "mkfs.vfat -F 32 -S 4096 -C v 270000 > /dev/null", 32, 4096 },
		{ "mkfs.vfat -F 16 -S 4096 -s 128 -C v 2800000 > /dev/null", 16, 524288 },
	};

	(void)state;
	folder_run("head -c 123457 /dev/urandom > odd; : > empty; head -c 512 /dev/urandom > one;"
		   "head -c 90000 /dev/urandom > other");
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct opened o;
		struct error e = { 0 };
		struct fat_entry entry;
		bool there;

		folder_run("rm -f v");
		folder_run(tests[i].make);
		/* `odd` in two pieces, around `other`. */
		folder_run("mmd -i v ::a ::a/Unterordner ::boot; for k in 1 2 3 4 5 6 7 8; do"
			   " mcopy -i v one ::a/lueck$k; done; mcopy -i v other ::boot/other;"
			   "mdel -i v ::a/lueck2 ::a/lueck4 ::a/lueck5 ::a/lueck7;"
			   "mcopy -i v odd '::a/Unterordner/Ein langer Name für eine Datei.bin';"
			   "mcopy -i v empty ::a/empty; mcopy -i v one ::UPPER.TXT");
		assert_true(open_volume(&o, &e));
		assert_int_equal(o.fat.bits, tests[i].bits);
		assert_int_equal(o.fat.cluster_bytes, tests[i].cluster_bytes);
		for (size_t piece = 1000; piece < 200000; piece = piece * 7 + 3)
			same_content(&o.fat, "a/Unterordner/Ein langer Name für eine Datei.bin",
				     "odd", piece);
		same_content(&o.fat, "BOOT/OTHER", "other", 4096);
		/* What lies in one piece is read in one piece. */
		o.volume.reads = 0;
		same_content(&o.fat, "boot/other", "other", 90000);
		assert_true(o.volume.reads < 10);
		same_content(&o.fat, "a/empty", "empty", 1);
		same_content(&o.fat, "upper.txt", "one", 512);
		same_content(&o.fat, "a/lueck8", "one", 100);
		assert_true(fat_find(&o.fat, "a/lueck4", &entry, &there, &e) && !there);
		assert_true(fat_find(&o.fat, "nowhere/x", &entry, &there, &e) && !there);
		assert_true(fat_find(&o.fat, "a//x", &entry, &there, &e) && !there);
		assert_false(fat_find(&o.fat, "UPPER.TXT/x", &entry, &there, &e));
		close_volume(&o);
	}
}

struct names {
	struct text list;
};

static bool add_name(void *ctx, const struct fat_entry *entry, struct error *e)
{
	struct names *n = ctx;

	(void)e;
	text_addf(&n->list, "%s|%s%s;", entry->name, entry->short_name, entry->folder ? "/" : "");
	return true;
}

static void names(void **state)
{
	struct names n = { { 0 } };
	struct opened o;
	struct error e = { 0 };

	(void)state;
	/* Of 255 units, and of all lengths around a part of 13. */
	folder_run("rm -f v; mkfs.vfat -n LABEL -F 12 -C v 1440 > /dev/null; : > x; mmd -i v ::sub;"
		   "L=$(printf '%0251d.txt' 0); mcopy -i v x \"::$L\"; for n in aaaaaaaaaaaaa"
		   " aaaaaaaaaaaa.b aaaaaaaaaa.bbb Grüße.x Mixed.Txt small.TXT; do"
		   " mcopy -i v x ::$n; done");
	assert_true(open_volume(&o, &e));
	assert_true(fat_walk(&o.fat, NULL, add_name, &n, &e));
	char *want = mem_format("sub|SUB/;%0251d.txt|000000~1.TXT;aaaaaaaaaaaaa|AAAAAA~1;"
				"aaaaaaaaaaaa.b|AAAAAA~1.B;aaaaaaaaaa.bbb|AAAAAA~1.BBB;",
				0);
	assert_memory_equal(n.list.s, want, strlen(want));
	assert_non_null(strstr(n.list.s, ";Grüße.x|"));
	assert_non_null(strstr(n.list.s, ";Mixed.Txt|MIXED.TXT;"));
	assert_non_null(strstr(n.list.s, ";small.TXT|SMALL.TXT;"));
	assert_null(strstr(n.list.s, "LABEL"));
	free(want);
	/* A long name whose short one was changed, by a system that knows no others, is not
	 * its name any more. */
	uint8_t *root = o.volume.bytes + o.fat.root_at;
	for (size_t i = 32; i < 32 * (size_t)o.fat.root_entries; i += 32)
		if (root[i - 32 + 11] == 0x0f && root[i + 11] != 0x0f)
			root[i] = 'Z';
	text_clear(&n.list);
	assert_true(fat_walk(&o.fat, NULL, add_name, &n, &e));
	assert_null(strstr(n.list.s, "Mixed"));
	assert_non_null(strstr(n.list.s, "ZIXED.TXT|ZIXED.TXT;"));
	text_release(&n.list);
	close_volume(&o);
}

/* One field of the boot sector at a time. */
static void boot_sector(void **state)
{
	static const struct {
		const char *name;
		size_t at, bytes;
		uint32_t value;
		bool opens;
	} tests[] = {
		{ "as it is", 3, 1, 'x', true },
		{ "no signature", 510, 2, 0, false },
		{ "sector of 0", 11, 2, 0, false },
		{ "sector of 256", 11, 2, 256, false },
		{ "sector of 1000", 11, 2, 1000, false },
		{ "sector of 8192", 11, 2, 8192, false },
		{ "cluster of 0", 13, 1, 0, false },
		{ "cluster of 3", 13, 1, 3, false },
		{ "cluster of 255", 13, 1, 255, false },
		{ "nothing reserved", 14, 2, 0, false },
		{ "no FAT", 16, 1, 0, false },
		{ "255 FATs", 16, 1, 255, false },
		{ "entries in the root", 17, 2, 512, false },
		{ "total of 16 bits", 19, 2, 700, false },
		{ "short FAT of 16 bits", 22, 2, 1, false },
		{ "total beyond the end", 32, 4, 80001, false },
		{ "total of 0", 32, 4, 0, false },
		{ "no FAT of 32 bits", 36, 4, 0, false },
		{ "short FAT", 36, 4, 100, false },
		{ "long FAT", 36, 4, 0xffffffff, false },
		{ "second FAT in use", 40, 2, 0x81, true },
		{ "third FAT in use", 40, 2, 0x82, false },
		{ "version", 42, 2, 1, false },
	};
	struct opened o;
	struct error e = { 0 };
	struct fat_entry entry;
	bool there;

	(void)state;
	folder_run("rm -f v; mkfs.vfat -F 32 -s 1 -C v 40000 > /dev/null; : > x; mcopy -i v x ::x");
	assert_true(open_volume(&o, &e));
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		uint8_t saved[512];

		e = (struct error){ 0 };
		memcpy(saved, o.volume.bytes, sizeof(saved));
		for (size_t k = 0; k < tests[i].bytes; k++)
			o.volume.bytes[tests[i].at + k] = (uint8_t)(tests[i].value >> 8 * k);
		if (fat_open(&o.fat, &o.source, 0, o.volume.size, &e) != tests[i].opens)
			fail_msg("%s: %s", tests[i].name, e.text);
		if (tests[i].opens)
			assert_true(fat_find(&o.fat, "x", &entry, &there, &e) && there);
		memcpy(o.volume.bytes, saved, sizeof(saved));
	}
	close_volume(&o);
}

static bool count_entry(void *ctx, const struct fat_entry *entry, struct error *e)
{
	(void)entry;
	(void)e;
	++*(unsigned *)ctx;
	return true;
}

/* Chains that loop, leave, end early; folders without end; names twice. */
static void chains(void **state)
{
	struct opened o;
	struct error e = { 0 };
	struct fat_entry entry;
	struct fat_file file;
	static uint8_t buf[20000];
	unsigned entries = 0;
	bool there;

	(void)state;
	folder_run(
		"rm -f v; mkfs.vfat -F 32 -s 1 -C v 40000 > /dev/null; head -c 20000 /dev/zero > x;"
		"mcopy -i v x ::x; mmd -i v ::sub; mcopy -i v x ::y");
	assert_true(open_volume(&o, &e));
	assert_true(fat_find(&o.fat, "x", &entry, &there, &e) && there);
	uint8_t *link = o.volume.bytes + o.fat.table_at + 4 * ((size_t)entry.cluster + 3);
	static const struct {
		const char *name;
		uint32_t value; /* of the fourth link; 1 is "to itself" */
		const char *says;
	} tests[] = {
		{ "loops", 1, NULL }, /* ends with the size all the same */
		{ "ends early", 0x0fffffff, "cut short" },
		{ "leaves", 0x00ffffff, "leaves it" },
		{ "bad cluster", 0x0ffffff7, "leaves it" },
		{ "free", 0, "a free one" },
	};
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		uint32_t value = tests[i].value == 1 ? entry.cluster + 3 : tests[i].value;

		e = (struct error){ 0 };
		memcpy(link, &value, 4); /* the tests run on little-endian PCs */
		o.fat.window_bytes = 0;
		assert_true(fat_file_open(&o.fat, &entry, &file, &e));
		bool ok = fat_file_read(&o.fat, &file, buf, sizeof(buf), &e);
		if (ok != !tests[i].says || (!ok && !strstr(e.text, tests[i].says)))
			fail_msg("%s: %s", tests[i].name, e.text);
	}
	/* A folder that goes round for ever, in bounded time. */
	e = (struct error){ 0 };
	assert_true(fat_find(&o.fat, "sub", &entry, &there, &e) && there);
	uint8_t *folder = o.volume.bytes + o.fat.data_at + 512 * ((size_t)entry.cluster - 2);
	for (size_t i = 64; i < 512; i += 32)
		memcpy(folder + i, "NAME    TXT ", 12);
	memcpy(o.volume.bytes + o.fat.table_at + 4 * (size_t)entry.cluster, &entry.cluster, 4);
	o.fat.window_bytes = 0;
	assert_false(fat_walk(&o.fat, &entry, count_entry, &entries, &e));
	assert_non_null(strstr(e.text, "does not end"));
	assert_int_equal(entries, FAT_FOLDER_ENTRIES / 16 * 14);
	assert_true(o.volume.reads < 3 * FAT_FOLDER_ENTRIES / 16);
	/* Sizes that cannot be, and two files of one name. */
	e = (struct error){ 0 };
	entry = (struct fat_entry){ .size_bytes = 41u << 20, .cluster = 3 };
	assert_false(fat_file_open(&o.fat, &entry, &file, &e));
	assert_non_null(strstr(e.text, "larger than its file system"));
	e = (struct error){ 0 };
	uint8_t *root = o.volume.bytes + o.fat.data_at;
	for (size_t i = 0; i < 512; i += 32)
		if (root[i] == 'Y')
			root[i] = 'X';
	assert_false(fat_find(&o.fat, "x", &entry, &there, &e));
	assert_non_null(strstr(e.text, "stands twice"));
	close_volume(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_by_mtools),
		cmocka_unit_test(names),
		cmocka_unit_test(boot_sector),
		cmocka_unit_test(chains),
	};

	return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
