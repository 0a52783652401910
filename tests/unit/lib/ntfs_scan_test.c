/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every record of an MFT: deleted, torn, spread over others, without a place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/ntfs/scan_inside.h"
#include "ntfs_builder.h"
#include "ntfs_scan.h"

#define SMALL 512, 4096, 1024, 256
#define SEQUENCE(number, sequence) ((uint64_t)(number) | (uint64_t)(sequence) << 48)

/* The records of a builder as a file of their own, from `first` on. */
static struct scan_list scan_file_keeping(struct builder *b, unsigned first, struct scan_memory *m,
					  size_t kept_max)
{
	struct error e = { 0 };

	build_seal(b);
	m->bytes = build_record(b, first);
	m->size = (size_t)(BUILD_RECORDS - first) * b->record;
	const struct partition_source s = { scan_memory_read, m, m->size, 512 };
	struct ntfs_scan *scan = ntfs_scan_mft(&s, &e);
	assert_non_null(scan);
	scan->kept_max = kept_max;
	return scan_lines(scan);
}

static struct scan_list scan_file(struct builder *b, unsigned first, struct scan_memory *m)
{
	return scan_file_keeping(b, first, m, NTFS_SCAN_KEPT_BYTES);
}

/* With so many bytes of records that extend others kept; those beyond are read again. */
static struct scan_list scan_keeping(struct builder *b, size_t kept_max)
{
	struct error e = { 0 };
	struct filesystem *f = build_open(b, &e);

	assert_non_null(f);
	struct ntfs_scan *scan = ntfs_scan_volume(f);
	assert_int_equal(scan->kept_max, NTFS_SCAN_KEPT_BYTES);
	scan->kept_max = kept_max;
	struct scan_list l = scan_lines(scan);
	f->close(f);
	return l;
}

static struct scan_list scan_open(struct builder *b)
{
	return scan_keeping(b, NTFS_SCAN_KEPT_BYTES);
}

static void has(const struct scan_list *l, const char *const *lines)
{
	for (; *lines; lines++) {
		char *line = mem_format("\n%s\n", *lines);

		if (!strstr(l->text.s, line))
			fail_msg("not found: %s in %s", *lines, l->text.s);
		free(line);
	}
}

static void set_sequence(struct builder *b, unsigned number, unsigned sequence)
{
	put(build_record(b, number) + 16, sequence, 2);
}

/* A file or folder that was deleted: Windows counts the sequence up when it is. */
static void build_deleted(struct builder *b, unsigned number, uint64_t parent, const char *name,
			  unsigned flags)
{
	build_file(b, number, parent, name, flags);
	put(build_record(b, number) + 22, flags, 2);
	set_sequence(b, number, 2);
}

static void paths(void **state)
{
	static const char *const lines[] = {
		"16-1 f Users",
		"17-1  Users/a.txt :3 ads:2",
		"18-2 d Users/gone.txt",
		"19-2 df Users/old",
		"20-2 d Users/old/within",
		"21-1  no record [parent_absent]",
		"22-1  used anew [parent_reused]",
		"23-1  below a file [parent_no_folder]",
		"24-1 f in itself/in itself [loop]",
		"25-1 f other/one [loop]",
		"26-1 f one/other [loop]",
		"27-1 f one/hangs on it [loop]",
		"28-1  one/hangs on it/file [loop]",
		"29-1 f nowhere [parent_absent]",
		"30-1  nowhere/here [parent_absent]",
		"31-1  root of another time [parent_reused]",
		"32-1  32 [nameless]",
		"33-1  Users/two = Users/names",
		"34-1  a\357\277\275b",
		"35-1  below one without a name [nameless]",
		"37-1  the highest parent [parent_absent]",
	};
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	build_file(&b, 16, ROOT_REF, "Users", NTFS_FOLDER);
	build_file(&b, 17, REF(16), "a.txt", 0);
	build_resident(&b, 17, NTFS_DATA, "", "abc", 3);
	build_resident(&b, 17, NTFS_DATA, "ads", "de", 2);
	build_deleted(&b, 18, REF(16), "gone.txt", 0);
	build_deleted(&b, 19, REF(16), "old", NTFS_FOLDER);
	build_deleted(&b, 20, REF(19), "within", 0);
	build_file(&b, 21, REF(63), "no record", 0);
	build_file(&b, 22, SEQUENCE(16, 9), "used anew", 0);
	build_file(&b, 23, REF(17), "below a file", 0);
	build_file(&b, 24, REF(24), "in itself", NTFS_FOLDER);
	build_file(&b, 25, REF(26), "one", NTFS_FOLDER);
	build_file(&b, 26, REF(25), "other", NTFS_FOLDER);
	build_file(&b, 27, REF(25), "hangs on it", NTFS_FOLDER);
	build_file(&b, 28, REF(27), "file", 0);
	build_file(&b, 29, REF(1000000), "nowhere", NTFS_FOLDER);
	build_file(&b, 30, REF(29), "here", 0);
	build_file(&b, 31, SEQUENCE(5, 4), "root of another time", 0);
	build_begin(&b, 32, NTFS_IN_USE, 0);
	build_file(&b, 33, REF(16), "two", 0);
	build_name(&b, 33, REF(16), "names", NTFS_POSIX);
	build_file(&b, 34, ROOT_REF, "a/b", 0);
	build_file(&b, 35, REF(36), "below one without a name", 0);
	build_begin(&b, 36, NTFS_IN_USE | NTFS_FOLDER, 0);
	build_file(&b, 37, UINT64_MAX, "the highest parent", 0);
	struct scan_list l = scan_open(&b);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		const char *const one[] = { lines[i], NULL };
		has(&l, one);
	}
	assert_int_equal(l.records, 5 + 22);
	assert_int_equal(l.problems, 0);
	text_release(&l.text);
	build_release(&b);
}

/* A file over several records: they are joined if they are of the same use of the base. */
static void records_that_extend(void **state)
{
	static const char *const lines[] = {
		"20-1 + spread :5 more:4",
		"21-1 f+ folder by its extension",
		"22-1  folder by its extension/file",
		"23-2 d+ both deleted :2",
		"24-1  alone",
		/* Those that stand for themselves. */
		"41-1 e 41 [nameless] :1",
		"42-2 de 42 [nameless] :1",
		"43-1 e 43 [nameless] :1",
		NULL,
	};
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	build_file(&b, 20, ROOT_REF, "spread", 0);
	build_resident(&b, 20, NTFS_DATA, "", "12345", 5);
	build_begin(&b, 40, NTFS_IN_USE, REF(20));
	build_resident(&b, 40, NTFS_DATA, "more", "6789", 4);
	/* A further piece of an attribute is no other one. */
	const struct build_run piece[] = { { 100, 2 }, { 0 } };
	build_mapped(&b, 40, NTFS_DATA, "", 0, piece, 7, 0);
	build_begin(&b, 21, NTFS_IN_USE | NTFS_FOLDER, 0);
	build_name(&b, 21, ROOT_REF, "FOLDER~1", NTFS_DOS);
	build_begin(&b, 44, NTFS_IN_USE, REF(21));
	build_name(&b, 44, ROOT_REF, "folder by its extension", NTFS_WIN32);
	build_file(&b, 22, REF(21), "file", 0);
	build_deleted(&b, 23, ROOT_REF, "both deleted", 0);
	build_begin(&b, 45, 0, REF(23));
	build_resident(&b, 45, NTFS_DATA, "", "xy", 2);
	build_file(&b, 24, ROOT_REF, "alone", 0);
	/* Of another use; freed since; of what is no base. */
	build_begin(&b, 41, NTFS_IN_USE, SEQUENCE(24, 7));
	build_resident(&b, 41, NTFS_DATA, "", "a", 1);
	build_begin(&b, 42, 0, REF(24));
	set_sequence(&b, 42, 2);
	build_resident(&b, 42, NTFS_DATA, "", "b", 1);
	build_begin(&b, 43, NTFS_IN_USE, REF(41));
	build_resident(&b, 43, NTFS_DATA, "", "c", 1);
	struct scan_list l = scan_open(&b);
	/* The short name comes first there, as it stands. */
	const char *const folder[] = { "21-1 f+ FOLDER~1 = folder by its extension", NULL };
	has(&l, folder);
	for (size_t i = 0; lines[i]; i++) {
		const char *const one[] = { lines[i], NULL };
		if (i != 1)
			has(&l, one);
	}
	assert_null(strstr(l.text.s, "\n40-"));
	text_release(&l.text);
	build_release(&b);
}

/* Names that lie over the end of a sector, whose last bytes stand elsewhere: of folders, and of one that
 * has its name in an extension. */
static void names_over_sectors(void **state)
{
	char name[201] = { 0 };
	struct scan_memory m = { 0 };
	struct builder b;
	(void)state;

	memset(name, 'n', sizeof(name) - 1);
	build_init(&b, SMALL);
	build_file(&b, 20, ROOT_REF, name, NTFS_FOLDER);
	build_file(&b, 21, REF(20), "in one", 0);
	build_begin(&b, 22, NTFS_IN_USE | NTFS_FOLDER, 0);
	build_begin(&b, 40, NTFS_IN_USE, REF(22));
	build_name(&b, 40, ROOT_REF, name, NTFS_WIN32);
	build_file(&b, 23, REF(22), "in the other", 0);
	char *one = mem_format("21-1  %s/in one", name);
	char *other = mem_format("23-1  %s/in the other", name);
	char *itself = mem_format("22-1 f+ %s", name);
	const char *const lines[] = { one, other, itself, NULL };
	/* Whether the extension was kept, or is read again: from a volume and from a file. */
	for (unsigned i = 0; i < 3; i++) {
		struct scan_list l = i == 2 ? scan_file_keeping(&b, 0, &m, 0)
					    : scan_keeping(&b, i ? 0 : NTFS_SCAN_KEPT_BYTES);

		has(&l, lines);
		text_release(&l.text);
	}
	free(one);
	free(other);
	free(itself);
	build_release(&b);
}

/* What is torn or cannot be is read as far as it goes. */
static void damage(void **state)
{
	static const char *const lines[] = {
		"20-1 t torn at the end :3",
		"21-1 t no fixups :1",
		"22-1 x attributes end in nothing",
		"23-1 x 23 [nameless]",
		"24-1 t baad",
		"25-1  whole",
		"26-1 x not even its signature :1",
		NULL,
	};
	struct builder b;
	struct scan_memory m = { 0 };
	(void)state;

	build_init(&b, SMALL);
	build_file(&b, 20, ROOT_REF, "torn at the end", 0);
	build_resident(&b, 20, NTFS_DATA, "", "abc", 3);
	build_file(&b, 21, ROOT_REF, "no fixups", 0);
	build_resident(&b, 21, NTFS_DATA, "", "d", 1);
	build_file(&b, 22, ROOT_REF, "attributes end in nothing", 0);
	uint8_t *a = build_attribute(&b, 22, NTFS_DATA, "", 0, 24, 0);
	put(a + 4, 0xfffffff8, 4);
	build_file(&b, 23, ROOT_REF, "header", 0);
	put(build_record(&b, 23) + 20, 2000, 2);
	build_file(&b, 24, ROOT_REF, "baad", 0);
	build_file(&b, 25, ROOT_REF, "whole", 0);
	build_file(&b, 26, ROOT_REF, "not even its signature", 0);
	build_resident(&b, 26, NTFS_DATA, "", "e", 1);
	for (unsigned i = 27; i < 31; i++)
		build_file(&b, i, ROOT_REF, "without a head", 0);
	build_seal(&b);
	memset(build_record(&b, 26), 'x', 4);
	/* Two places where there is no record any more, and nothing that was never one. */
	memset(build_record(&b, 27), 0, 48);
	memset(build_record(&b, 28), 0, 48);
	memset(build_record(&b, 29), 0, 1024);
	memset(build_record(&b, 30), 0xf6, 512);
	put(build_record(&b, 20) + 1022, 0x7777, 2);
	put(build_record(&b, 21) + 6, 9, 2);
	memcpy(build_record(&b, 24), "BAAD", 4);
	put(build_record(&b, 24) + 510, 0x7777, 2);
	struct scan_list l = scan_file(&b, 0, &m);
	has(&l, lines);
	assert_null(strstr(l.text.s, "without a head"));
	assert_int_equal(l.problems, 2);
	text_release(&l.text);

	/* A bad sector costs one record. */
	m.bad_from = 20 * 1024;
	m.bad_to = 20 * 1024 + 512;
	l = scan_file(&b, 0, &m);
	has(&l, lines + 1);
	assert_null(strstr(l.text.s, "\n20-"));
	assert_int_equal(l.problems, 4); /* in each of both readings */
	text_release(&l.text);
	build_release(&b);
}

static void an_mft_alone(void **state)
{
	static const uint32_t sizes[] = { 512, 1024, 2048, 4096, 65536 };
	struct error e = { 0 };
	struct scan_memory m = { 0 };
	struct builder b;
	(void)state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		static const char *const lines[] = { "16-1 f a", "17-1  a/b", NULL };

		build_init(&b, 512, 4096, sizes[i], sizes[i] < 65536 ? 256 : 2048);
		build_file(&b, 16, ROOT_REF, "a", NTFS_FOLDER);
		build_file(&b, 17, REF(16), "b", 0);
		struct scan_list l = scan_file(&b, 0, &m);
		has(&l, lines);
		text_release(&l.text);
		build_release(&b);
	}

	/* A part of one, whose records say which they are. */
	static const char *const part[] = { "20-1 f c", "21-1  c/d", NULL };
	build_init(&b, SMALL);
	build_file(&b, 20, ROOT_REF, "c", NTFS_FOLDER);
	build_file(&b, 21, REF(20), "d", 0);
	put(build_record(&b, 20) + 44, 20, 4);
	put(build_record(&b, 21) + 44, 21, 4);
	struct scan_list l = scan_file(&b, 20, &m);
	has(&l, part);
	text_release(&l.text);

	/* They do not agree on it: then each is what it is by its place. */
	static const char *const places[] = { "0-1 f c", "1-1  d [parent_absent]", NULL };
	build_file(&b, 20, ROOT_REF, "c", NTFS_FOLDER);
	build_file(&b, 21, REF(20), "d", 0);
	put(build_record(&b, 20) + 44, 20, 4);
	put(build_record(&b, 21) + 44, 22, 4);
	l = scan_file(&b, 20, &m);
	has(&l, places);
	text_release(&l.text);

	/* Records that begin between those of their size are none. */
	m.bytes += 512;
	m.size -= 512;
	const struct partition_source between = { scan_memory_read, &m, m.size, 512 };
	assert_null(ntfs_scan_mft(&between, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	put(build_record(&b, 21) + 44, 21, 4);

	/* Not even a beginning: damaged at the front, then records. */
	static const char *const late[] = { "20-1 f c", "21-1  c/d", NULL };
	memset(build_record(&b, 0), 0xa5, 5000);
	l = scan_file(&b, 0, &m);
	has(&l, late);
	text_release(&l.text);
	build_release(&b);

	static const uint8_t nothing[4096] = { 'F', 'I', 'L', 'E' };
	m = (struct scan_memory){ .bytes = nothing, .size = sizeof(nothing) };
	for (size_t n = 0; n <= sizeof(nothing); n += 512) {
		const struct partition_source s = { scan_memory_read, &m, n, 512 };

		e = (struct error){ 0 };
		assert_null(ntfs_scan_mft(&s, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
	}
}

/* In pieces, of which the later lies before the earlier, and a record in two of them. */
static void in_the_order_of_the_disk(void **state)
{
	uint8_t list[2 * 32];
	struct builder b;
	(void)state;

	build_init(&b, 512, 512, 1024, 1024);
	/* 32 records and a half; half a record far behind; 31 records before that. */
	const struct build_run first[] = { { BUILD_MFT, 65 }, { 900, 1 }, { 0 } };
	const struct build_run second[] = { { 700, 62 }, { 0 } };
	build_file(&b, 0, ROOT_REF, "$MFT", 0);
	build_list_entry(list, NTFS_DATA, 0, REF(0));
	build_list_entry(list + 32, NTFS_DATA, 66, REF(15));
	build_resident(&b, 0, NTFS_ATTRIBUTE_LIST, "", list, sizeof(list));
	build_mapped(&b, 0, NTFS_DATA, "", 0, first, 0, 65536);
	build_begin(&b, 15, NTFS_IN_USE, REF(0));
	build_mapped(&b, 15, NTFS_DATA, "", 0, second, 66, 0);
	build_file(&b, 31, REF(40), "early", 0);
	build_file(&b, 32, ROOT_REF, "in two pieces", 0);
	build_file(&b, 40, ROOT_REF, "late folder", NTFS_FOLDER);
	build_file(&b, 63, ROOT_REF, "last", 0);
	build_seal(&b);
	memmove(build_cluster(&b, 700), build_record(&b, 33), 31 * 1024);
	memset(build_record(&b, 33), 0, 31 * 1024);
	memcpy(build_cluster(&b, 900), build_record(&b, 32) + 512, 512);
	memset(build_record(&b, 32) + 512, 0, 512);
	struct scan_list l = scan_open(&b);
	static const char *const lines[] = { "31-1  late folder/early", "32-1  in two pieces",
					     "40-1 f late folder", "63-1  last", NULL };
	has(&l, lines);
	assert_true(strstr(l.text.s, "\n31-") < strstr(l.text.s, "\n40-"));
	assert_true(strstr(l.text.s, "\n63-") < strstr(l.text.s, "\n32-"));
	assert_int_equal(l.problems, 0);
	text_release(&l.text);
	build_release(&b);
}

/* Names in the index of a folder, and in what is left behind the end of a record. */
struct others {
	struct text index, slack;
};

static bool list_others(void *ctx, const struct ntfs_scan_record *r, struct error *e)
{
	struct others *o = ctx;
	struct reader node = ntfs_index_root(r), slack = r->slack;
	struct ntfs_index_entry entry;
	struct ntfs_scan_name n;
	(void)e;

	if (r->number < 16)
		return true;
	while (ntfs_index_next(&node, &entry)) {
		scan_units(&o->index, entry.name.units);
		text_addf(&o->index, "=%llu ", NTFS_NUMBER(entry.file) + 0ULL);
	}
	while (ntfs_carve_name(&slack, &n)) {
		scan_units(&o->slack, n.units);
		text_add(&o->slack, " ");
	}
	return true;
}

static void names_elsewhere(void **state)
{
	const struct build_entry entries[] = { { REF(20), "one" }, { REF(21), "other" }, { 0 } };
	struct error e = { 0 };
	struct others o = { 0 };
	struct scan_memory m = { 0 };
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	build_file(&b, 16, ROOT_REF, "folder", NTFS_FOLDER);
	build_index(&b, 16, REF(16), entries);
	build_file(&b, 17, ROOT_REF, "broken", NTFS_FOLDER);
	build_index(&b, 17, REF(17), entries);
	uint8_t *value = build_record(&b, 17) + b.used[17] - 16; /* within: nothing that helps */
	put(value - 100, 0xffff, 2);
	/* Three leftovers, of which one has no time and one no sequence. */
	for (unsigned i = 0; i < 3; i++) {
		uint8_t *left = build_record(&b, 16) + 560 + 120 * i;

		build_name_value(left, i == 1 ? 16 : REF(16), i ? "no" : "leftover", NTFS_WIN32);
		for (unsigned k = 0; k < 4; k++)
			put(left + 8 + 8 * k, i == 2 ? 1 : BUILD_TIME, 8);
	}
	build_seal(&b);
	m.bytes = build_record(&b, 0);
	m.size = (size_t)BUILD_RECORDS * b.record;
	const struct partition_source s = { scan_memory_read, &m, m.size, 512 };
	struct ntfs_scan *scan = ntfs_scan_mft(&s, &e);
	assert_true(ntfs_scan_folders(scan, NULL, &e));
	assert_true(ntfs_scan_each(scan, NULL, list_others, &o, &e));
	ntfs_scan_free(scan);
	assert_int_equal(strncmp(text_end(&o.index), "one=20 other=21 ", 16), 0);
	assert_string_equal(text_end(&o.slack), "leftover ");
	text_release(&o.index);
	text_release(&o.slack);
	build_release(&b);
}

/* A name among zeros, or among bytes that are none, is found at each place, whole or not at all. */
static void leftovers_at_each_place(void **state)
{
	const size_t size = 76, room = 200; /* of a name of five letters */
	(void)state;

	for (size_t at = 0; at + size <= room; at += 2) {
		for (int around = 0; around < 3; around++) {
			for (size_t len = at + size - 1; len <= at + size; len++) {
				uint8_t *bytes = malloc(len), value[128] = { 0 };
				struct reader left = reader_of(bytes, len);
				struct ntfs_scan_name n;

				build_name_value(value, REF(16), "trace", NTFS_WIN32);
				for (unsigned k = 0; k < 4; k++) /* of which most is zeros */
					put(value + 8 + 8 * k, UINT64_C(0x01d0) << 48, 8);
				memset(bytes, around, len); /* 1: as the highest byte of a time */
				memcpy(bytes + at, value, len - at < size ? len - at : size);
				assert_int_equal(ntfs_carve_name(&left, &n), len == at + size);
				if (len == at + size) {
					assert_ptr_equal(n.units.at, bytes + at + 66);
					assert_false(ntfs_carve_name(&left, &n));
				}
				free(bytes);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(records_that_extend),
		cmocka_unit_test(names_over_sectors),
		cmocka_unit_test(damage),
		cmocka_unit_test(an_mft_alone),
		cmocka_unit_test(in_the_order_of_the_disk),
		cmocka_unit_test(names_elsewhere),
		cmocka_unit_test(leftovers_at_each_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
