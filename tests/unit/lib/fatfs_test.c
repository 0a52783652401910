/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FAT12, FAT16 and FAT32 as mkfs.vfat and mtools make them: used clusters against fsck.vfat and
 * a scan of the FAT that knows nothing of ours, files against the folder they came from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../folder.h"
#include "lib/disk/fatfs.h"
#include "volume_samples.h"

static int make_tree(void **state)
{
	folder_enter(state);
	folder_run(
		"mkdir -p tree/EFI/BOOT tree/a/b/c 'tree/Ein langer Ordner' tree/many\n"
		"head -c 123457 /dev/urandom > tree/a/odd; : > tree/empty\n"
		"head -c 512 /dev/urandom > tree/EFI/BOOT/BOOTX64.EFI\n"
		"head -c 40000 /dev/urandom > 'tree/Ein langer Ordner/Straße und Größe.bin'\n"
		"for i in $(seq 60); do echo $i > tree/many/file-$i; done\n"
		"echo x > tree/a/b/c/deep; find tree -exec touch -d '2026-11-26 15:04:06 UTC' {} +\n"
		"cat > scan.py <<'END'\n"
		"import struct, sys\n"
		"v = open('v', 'rb').read()\n"
		"(sector, per, reserved, fats, root, small) = struct.unpack_from('<HBHBHH', v, 11)\n"
		"large, f16, f32 = *struct.unpack_from('<I', v, 32), *struct.unpack_from('<H', v, 22),"
		" *struct.unpack_from('<I', v, 36)\n"
		"data = reserved + fats * (f16 or f32) + root * 32 // sector\n"
		"n = ((small or large) - data) // per\n"
		"t = v[reserved * sector:]\n"
		"for i in range(2, n + 2):\n"
		"    if not f16: x = struct.unpack_from('<I', t, 4 * i)[0] & 0xfffffff\n"
		"    elif n > 4084: x = struct.unpack_from('<H', t, 2 * i)[0]\n"
		"    else: x = struct.unpack_from('<H', t, i * 3 // 2)[0] >> i % 2 * 4 & 0xfff\n"
		"    sys.stdout.write('.' if x == 0 else 'x')\n"
		"END\n");
	return 0;
}

static void make(const char *options, const char *kib)
{
	char *command =
		mem_format("export PATH=$PATH:/usr/sbin LC_ALL=C.UTF-8 TZ=UTC; rm -f v;"
			   "mkfs.vfat %s -C v %s > /dev/null; mcopy -Q -s -m -i v tree/* ::;"
			   "mdel -i v ::many/file-7; rm -rf tree2; cp -a tree tree2;"
			   "rm tree2/many/file-7",
			   options, kib);

	folder_run(command);
	free(command);
}

static void used_is_right(struct volume *v)
{
	struct text scan = volume_output("python3 -B scan.py");
	struct text said = volume_output("/usr/sbin/fsck.vfat -n v || [ $? = 1 ]");
	unsigned long used = 0, all = 0;
	struct used_map m = { 0 };
	struct error e = { 0 };

	assert_true(v->fs->used(v->fs, &m, &e));
	assert_int_equal(m.unit_bytes, v->fs->block_bytes);
	assert_int_equal(m.units, scan.len);
	for (uint64_t i = 0; i < m.units; i++)
		assert_int_equal(used_map_get(&m, i), scan.s[i] == 'x');
	const char *files = strstr(said.s, " files, ");
	assert_non_null(files);
	assert_int_equal(sscanf(files, " files, %lu/%lu clusters", &used, &all), 2);
	assert_int_equal(used_map_count(&m), used);
	assert_int_equal(m.units, all);
	/* What lies before the first cluster is no unit. */
	assert_true(m.first_byte > 0 && m.first_byte + m.units * m.unit_bytes <= v->size_bytes);
	used_map_release(&m);
	text_release(&scan);
	text_release(&said);
}

static void made_by_mtools(void **state)
{
	static const struct {
		const char *options, *kib;
		uint32_t cluster;
	} tests[] = {
		{ "-F 12 -s 4", "4000", 2048 },
		{ "-F 16 -s 1", "16000", 512 },
		{ "-F 16 -s 8", "60001", 4096 },
		{ "-F 32 -s 1", "40000", 512 },
		{ "-F 32 -s 2 -f 1 -R 64", "80001", 1024 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct error e = { 0 };
		struct volume v;

		make(tests[i].options, tests[i].kib);
		assert_true(volume_begin(&v, "v", 0, fat_filesystem_open, &e));
		assert_int_equal(v.fs->state, 0);
		assert_int_equal(v.fs->kind, FILESYSTEM_FAT);
		assert_int_equal(v.fs->block_bytes, tests[i].cluster);
		assert_true(v.fs->size_bytes <= v.size_bytes &&
			    v.fs->size_bytes > v.size_bytes - 65536);
		used_is_right(&v);
		volume_equals(&v, "tree2", 0);
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

/* Of an entry in the root by its short name: bytes written into it. */
#define PATCH                                                                                      \
	"patch() { at=$(LC_ALL=C grep -abo \"$1\" v | head -n 1 | cut -d: -f1);"                   \
	" printf \"$3\" | dd of=v bs=1 seek=$((at + $2)) conv=notrunc status=none; };"

static void times_and_names(void **state)
{
	struct error e = { 0 };
	struct volume v;

	(void)state;
	make("-F 16 -s 1", "16000");
	/* Two names of DOS that differ in a byte beyond ASCII; a time of creation; no dates. */
	folder_run(
		"printf 1 > one; for n in NAMEA.TXT NAMEB.TXT TIMED.TXT NOTIME.TXT; do"
		" TZ=UTC mcopy -m -i v one ::$n; done;" PATCH
		"patch 'NAMEA   TXT' 4 '\\216'; patch 'NAMEB   TXT' 4 '\\231';"
		"patch 'TIMED   TXT' 13 '\\235\\203\\170\\172\\135';"
		"patch 'NOTIME  TXT' 13 '\\0\\0\\0\\0\\0'; patch 'NOTIME  TXT' 22 '\\0\\0\\0\\0'");
	assert_true(volume_begin(&v, "v", 0, fat_filesystem_open, &e));
	struct text t = volume_catalogue(&v);
	struct catalogue_line odd = find(&t, "a/odd"), timed = find(&t, "TIMED.TXT");
	struct catalogue_line none = find(&t, "NOTIME.TXT");

	assert_int_equal(odd.modified.s, 1795705446); /* date -d ... +%s */
	assert_int_equal(odd.modified.digits, 0);
	assert_int_equal(odd.changed.digits, 255);
	assert_int_equal(timed.created.s, 1795705447); /* 157 hundredths later */
	assert_int_equal(timed.created.ns, 570000000);
	assert_int_equal(timed.created.digits, 2);
	assert_non_null(strstr(t.s, "\t2026-11-26T15:04:07.57Z\t"));
	assert_int_equal(none.modified.digits, 255);
	assert_int_equal(none.created.digits, 255);
	assert_int_equal(find(&t, "NAME\\x8e.TXT").size_bytes, 1);
	assert_int_equal(find(&t, "NAME\\x99.TXT").size_bytes, 1);
	text_release(&t);
	volume_end(&v);
}

static void states(void **state)
{
	static const struct {
		const char *options, *kib;
		unsigned at; /* byte of the boot sector or the FAT that is changed */
		const char *bytes, *words;
	} tests[] = {
		{ "-F 16 -s 1 -R 1", "16000", 0x25, "\\1",
		  "its boot sector says that it was not unmounted" },
		{ "-F 32 -s 1 -R 32", "40000", 0x41, "\\1",
		  "its boot sector says that it was not unmounted" },
		{ "-F 12 -s 4 -R 1", "4000", 0x25, "\\1",
		  "its boot sector says that it was not unmounted" },
		{ "-F 16 -s 1 -R 1", "16000", 512 + 3, "\\177",
		  "its FAT says that it was not unmounted" },
		{ "-F 16 -s 1 -R 1", "16000", 512 + 3, "\\277",
		  "its FAT says that it was not unmounted" },
		{ "-F 32 -s 1 -R 32", "40000", 32 * 512 + 7, "\\007",
		  "its FAT says that it was not unmounted" },
		{ "-F 32 -s 1 -R 32", "40000", 0x41, "\\0", "" },
		{ "-F 12 -s 4 -R 1", "4000", 512 + 2, "\\177", "" }, /* FAT12 has no such bits */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct error e = { 0 };
		struct volume v;
		char *command = mem_format("rm -f v; /usr/sbin/mkfs.vfat %s -C v %s > /dev/null;"
					   "printf '%s' | dd of=v bs=1 seek=%u conv=notrunc"
					   " status=none",
					   tests[i].options, tests[i].kib, tests[i].bytes,
					   tests[i].at);

		folder_run(command);
		free(command);
		assert_true(volume_begin(&v, "v", 0, fat_filesystem_open, &e));
		assert_string_equal(v.fs->state_words, tests[i].words);
		assert_int_equal(v.fs->state, *tests[i].words ? FILESYSTEM_DIRTY : 0);
		volume_end(&v);
	}
}

/* A folder within itself, a chain that is cut, a bad cluster, a name that cannot be. */
static void damaged(void **state)
{
	struct error e = { 0 };
	struct used_map m = { 0 };
	struct volume v;

	(void)state;
	make("-F 16 -s 1 -R 1", "16000");
	/* Of A the folder's first cluster; B, inside, gets the same one. */
	folder_run(
		"mmd -i v ::OUTER ::OUTER/INNER; printf 1 > one; mcopy -i v one ::SHORT.BIN;" PATCH
		"at=$(LC_ALL=C grep -abo 'OUTER      ' v | head -n 1 | cut -d: -f1);"
		"dd if=v of=cluster bs=1 skip=$((at + 26)) count=2 status=none;"
		"at=$(LC_ALL=C grep -abo 'INNER      ' v | head -n 1 | cut -d: -f1);"
		"dd if=cluster of=v bs=1 seek=$((at + 26)) conv=notrunc status=none;"
		"patch 'SHORT   BIN' 28 '\\0\\0\\1'");
	assert_true(volume_begin(&v, "v", 0, fat_filesystem_open, &e));
	assert_true(v.fs->used(v.fs, &m, &e));
	uint64_t used = used_map_count(&m), free_one = m.units - 1;
	used_map_release(&m);
	struct text t = volume_catalogue(&v);

	assert_int_equal(find(&t, "OUTER").flags, 0);
	assert_int_equal(find(&t, "OUTER/INNER").flags, FILESYSTEM_UNREADABLE);
	assert_int_equal(find(&t, "SHORT.BIN").flags, FILESYSTEM_UNREADABLE);
	assert_false(find(&t, "SHORT.BIN").has_hash);
	assert_true(find(&t, "a/odd").has_hash);
	text_release(&t);
	volume_end(&v);

	char *command =
		mem_format("printf '\\367\\377' | dd of=v bs=1 seek=%llu conv=notrunc status=none",
			   512 + 2 * (free_one + 2ULL));
	folder_run(command);
	free(command);
	assert_true(volume_begin(&v, "v", 0, fat_filesystem_open, &e));
	assert_true(v.fs->used(v.fs, &m, &e));
	assert_int_equal(used_map_count(&m), used);
	used_map_release(&m);
	volume_end(&v);

	folder_run(PATCH "patch 'SHORT   BIN' 0 'A/B'");
	assert_true(volume_begin(&v, "v", 0, fat_filesystem_open, &e));
	struct listing l = { .fs = v.fs };
	assert_false(v.fs->walk(v.fs, volume_line, &l, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	catalogue_release(&l.writer);
	volume_end(&v);
}

static bool add_path(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	(void)e;
	text_addf(ctx, "\n%s%s\n", entry->path, entry->flags & FILESYSTEM_UNREADABLE ? "!" : "");
	return true;
}

/* A name that cannot be, and chains of folders and of the root that end in nothing: all that stands before the
 * damage is passed, and what lies in it. */
static void what_hides_nothing(void **state)
{
	static const struct {
		const char *damage, *want[4];
	} cases[] = {
		{ "v = v.replace(b'SHORT   BIN', b'S/ORT   BIN')",
		  { "\nS\357\277\275ORT.BIN\n", "\nOUTER/INNER/ONE\n", "\nLAST\n", NULL } },
		{ "v = v.replace(b'OUTER      ', b'OU/ER      ')",
		  { "\nOU\357\277\275ER/INNER/ONE\n", "\nSHORT.BIN\n", "\nLAST\n", NULL } },
		/* The root, and a folder: their first clusters are full, and then lead nowhere. */
		{ "put(chain(root)[0], 1)", { "\nOUTER/INNER/ONE\n", "\nSHORT.BIN\n", NULL } },
		{ "put(chain(first('OUTER'))[0], 1)",
		  { "\nOUTER!\n", "\nOUTER/INNER/ONE\n", "\nLAST\n", NULL } },
	};
	(void)state;

	folder_run("rm -f v; /usr/sbin/mkfs.vfat -F 32 -s 1 -C v 40000 > /dev/null\n"
		   "printf 1 > one; mcopy -i v one ::SHORT.BIN; mmd -i v ::OUTER ::OUTER/INNER\n"
		   "mcopy -i v one ::OUTER/INNER/ONE\n"
		   "for i in $(seq 20); do mcopy -i v one ::OUTER/$i; mcopy -i v one ::$i; done\n"
		   "mcopy -i v one ::LAST; cp v whole");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *command = mem_format(
			"python3 -B - <<'END'\n"
			"import struct\n"
			"v = bytearray(open('whole', 'rb').read())\n"
			"at = 512 * struct.unpack_from('<H', v, 14)[0]\n"
			"root = struct.unpack_from('<I', v, 44)[0]\n"
			"def put(n, to): struct.pack_into('<I', v, at + 4 * n, to)\n"
			"def chain(n): return [n, struct.unpack_from('<I', v, at + 4 * n)[0]]\n"
			"def first(s): return struct.unpack_from('<H', v, v.index(s.ljust(11).encode()) + 26)[0]\n"
			"%s\n"
			"open('v', 'wb').write(v)\n"
			"END\n",
			cases[i].damage);
		struct error e = { 0 };
		struct text t = { 0 };
		struct volume v;

		folder_run(command);
		free(command);
		assert_true(volume_begin(&v, "v", 0, fat_filesystem_open, &e));
		assert_int_equal(v.fs->walk(v.fs, add_path, &t, &e), i == 3);
		assert_int_equal(e.kind, i == 3 ? ERROR_NONE : ERROR_UNTRUSTED);
		for (size_t k = 0; cases[i].want[k]; k++)
			if (!strstr(text_end(&t), cases[i].want[k]))
				fail_msg("%zu: no %s in %s", i, cases[i].want[k], text_end(&t));
		text_release(&t);
		volume_end(&v);
	}
}

/* A folder that cannot be read hides no other one. */
static void bad_sector(void **state)
{
	struct error e = { 0 };
	struct text t = { 0 };
	struct volume v;
	(void)state;

	folder_run("rm -f v; /usr/sbin/mkfs.vfat -F 32 -s 1 -C v 40000 > /dev/null\n"
		   "printf 1 > one; mmd -i v ::FIRST ::SECOND ::THIRD\n"
		   "for i in FIRST SECOND THIRD; do mcopy -i v one ::$i/IN$i; done");
	struct text where = volume_output("grep -abo 'INSECOND ' v | sed 's/:.*//'");
	assert_true(volume_begin(&v, "v", 0, fat_filesystem_open, &e));
	v.bad_from = strtoull(text_end(&where), NULL, 10) / 512 * 512;
	v.bad_to = v.bad_from + 512;
	assert_false(v.fs->walk(v.fs, add_path, &t, &e));
	assert_string_equal(e.text, "a bad sector");
	assert_non_null(strstr(t.s, "\nFIRST/INFIRST\n"));
	assert_non_null(strstr(t.s, "\nSECOND!\n"));
	assert_non_null(strstr(t.s, "\nTHIRD/INTHIRD\n"));
	assert_int_equal(v.fs->damaged, 1);
	text_release(&where);
	text_release(&t);
	volume_end(&v);
}

/* A folder of which all was written over is not just empty. */
static void folder_of_nothing(void **state)
{
	struct error e = { 0 };
	struct text t = { 0 };
	struct volume v;
	(void)state;

	folder_run("rm -f v; /usr/sbin/mkfs.vfat -F 32 -s 1 -C v 40000 > /dev/null\n"
		   "printf 1 > one; mmd -i v ::EMPTY ::GONE; mcopy -i v one ::GONE/ONE\n"
		   "python3 -B - <<'END'\n"
		   "v = bytearray(open('v', 'rb').read())\n"
		   "at = v.index(b'ONE        ') // 512 * 512\n"
		   "v[at:at + 512] = bytes(512)\n"
		   "open('v', 'wb').write(v)\n"
		   "END\n");
	assert_true(volume_begin(&v, "v", 0, fat_filesystem_open, &e));
	assert_true(v.fs->walk(v.fs, add_path, &t, &e));
	assert_non_null(strstr(t.s, "\nEMPTY\n"));
	assert_non_null(strstr(t.s, "\nGONE!\n"));
	assert_int_equal(v.fs->damaged, 1);
	text_release(&t);
	volume_end(&v);
}

/* A zero in the middle of a folder is its end to every system: to us what lies behind it can be known. */
static void behind_an_end(void **state)
{
	(void)state;

	folder_run(
		"rm -f v; /usr/sbin/mkfs.vfat -F 32 -s 1 -C v 40000 > /dev/null\n"
		"printf 1 > one; mcopy -i v one ::FIRST; mcopy -i v one ::SECOND; mmd -i v ::FOLDER\n"
		"mcopy -i v one '::FOLDER/with a long name'; mcopy -i v one ::LAST\n"
		"python3 -B - <<'END'\n"
		"v = bytearray(open('v', 'rb').read())\n"
		"v[v.index(b'SECOND  ')] = 0\n"
		"last = v.index(b'LAST  ')\n"
		"v[last + 64:last + 75] = b'no ent/ry!!'\n" /* and what was never one */
		"open('v', 'wb').write(v)\n"
		"END\n");
	for (unsigned i = 0; i < 2; i++) {
		struct error e = { 0 };
		struct text t = { 0 };
		struct volume v;

		assert_true(volume_begin(&v, "v", 0, fat_filesystem_open, &e));
		if (i)
			fat_filesystem_past_end(v.fs);
		assert_true(v.fs->walk(v.fs, add_path, &t, &e));
		assert_non_null(strstr(t.s, "\nFIRST\n"));
		assert_int_equal(strstr(t.s, "\nFOLDER/with a long name\n") != NULL, i);
		assert_int_equal(strstr(t.s, "\nLAST\n") != NULL, i);
		assert_null(strstr(t.s, "ry"));
		assert_int_equal(v.fs->damaged, i ? 2 : 0);
		text_release(&t);
		volume_end(&v);
	}
}

static bool count_good(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	size_t *good = ctx;

	(void)e;
	*good += entry->type == 'd' && !(entry->flags & FILESYSTEM_UNREADABLE);
	return true;
}

/* Three hundred folders that begin apart and go on in the same thousands of clusters, and one
 * that leads into itself: none of it is read for each of them. */
static void shared_chains(void **state)
{
	struct error e = { 0 };
	struct volume v;
	size_t good = 0;

	(void)state;
	folder_run(
		"rm -f v; /usr/sbin/mkfs.vfat -F 16 -s 1 -R 1 -r 512 -C v 16000 > /dev/null\n"
		"python3 -B - <<'END'\n"
		"import struct\n"
		"v = bytearray(open('v', 'rb').read())\n"
		"per, root = struct.unpack_from('<H', v, 22)[0], struct.unpack_from('<H', v, 17)[0]\n"
		"at = 512 * (1 + 2 * per)\n"
		"data = at + 32 * root\n"
		"fat = lambda n, to: struct.pack_into('<H', v, 512 + 2 * n, to)\n"
		"long = range(1000, 4000)\n"
		"for n in long:\n"
		"    fat(n, n + 1 if n + 1 in long else 0xffff)\n"
		"    v[data + (n - 2) * 512:data + (n - 1) * 512] = b'\\xe5' * 512\n"
		"for i in range(301):\n"
		"    fat(10 + i, 10 + i if i == 300 else 1000)\n"
		"    v[data + (8 + i) * 512:data + (9 + i) * 512] = b'.'.ljust(32) + b'\\xe5' * 480\n"
		"    entry = struct.pack('<11sB14xHI', b'F%010d' % i, 0x10, 10 + i, 0)\n"
		"    v[at + 32 * i:at + 32 * i + 32] = entry\n"
		"open('v', 'wb').write(v)\n"
		"END\n");
	assert_true(volume_begin(&v, "v", 0, fat_filesystem_open, &e));
	v.reads = 0;
	assert_true(v.fs->walk(v.fs, count_good, &good, &e));
	assert_int_equal(good, 1);
	assert_in_range(v.reads, 6000, 9000);
	volume_end(&v);
}

/* Pieces of a file in any order. */
static bool pieces(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	static const size_t at[] = { 100000, 1000, 1000, 123000, 0, 123456, 123457, 700 };
	const struct volume *v = ctx;
	char want[5000], got[5000];
	size_t n;

	if (strcmp(entry->path, "a/odd") != 0)
		return true;
	int fd = open("tree/a/odd", O_RDONLY | O_CLOEXEC);

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		ssize_t len = pread(fd, want, sizeof(want), (off_t)at[i]);

		assert_true(v->fs->read(v->fs, entry, at[i], got, sizeof(got), &n, e));
		assert_int_equal(n, len);
		assert_memory_equal(got, want, n);
	}
	close(fd);
	return true;
}

static void load_and_read(void **state)
{
	struct error e = { 0 };
	char bytes[600], whole[40001];
	struct volume v;
	size_t got;
	bool there;

	(void)state;
	make("-F 32 -s 1", "40000");
	assert_true(volume_begin(&v, "v", 0, fat_filesystem_open, &e));
	assert_true(
		v.fs->load(v.fs, "efi/boot/bootx64.efi", bytes, sizeof(bytes), &got, &there, &e));
	assert_true(there);
	assert_int_equal(got, 512);
	assert_true(v.fs->load(v.fs, "efi/boot", bytes, sizeof(bytes), &got, &there, &e));
	assert_false(there);
	assert_true(v.fs->load(v.fs, "efi/none/x", bytes, sizeof(bytes), &got, &there, &e));
	assert_false(there);
	assert_true(v.fs->load(v.fs, "Ein langer Ordner/STRAßE und Größe.bin", whole, sizeof(whole),
			       &got, &there, &e));
	assert_true(there);
	assert_int_equal(got, 40000);
	assert_true(v.fs->load(v.fs, "a/odd", whole, 100, &got, &there, &e));
	assert_int_equal(got, 100);
	assert_true(v.fs->walk(v.fs, pieces, &v, &e));
	volume_end(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_by_mtools),
		cmocka_unit_test(times_and_names),
		cmocka_unit_test(states),
		cmocka_unit_test(damaged),
		cmocka_unit_test(what_hides_nothing),
		cmocka_unit_test(behind_an_end),
		cmocka_unit_test(folder_of_nothing),
		cmocka_unit_test(bad_sector),
		cmocka_unit_test(load_and_read),
		cmocka_unit_test(shared_chains),
	};

	return cmocka_run_group_tests(tests, make_tree, folder_leave);
}
