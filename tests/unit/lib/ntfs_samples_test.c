/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volumes, boot sectors and MFTs that Windows and Linux wrote, where the samples are there
 * (../shared/data). An MFT alone is read as if it lay in one piece. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/wholefile.h"
#include "ntfs_list.h"
#include "ntfs_volume.h"

#define SAMPLES "../shared/data/triage/"
#define DFIR SAMPLES "msuhanov_dfir_ntfs/test_data/"
#define LIMIT (8u << 20)

static struct text load(const char *path)
{
	struct text t = { 0 };
	struct error e = { 0 };

	assert_true(wholefile_read(AT_FDCWD, path, 0, LIMIT, &t, &e));
	return t;
}

static void a_volume_of_linux(void **state)
{
	static const char *const lines[] = {
		"\nf 0 0 empty-file\n",
		"\nf 5 0 file-with-12345 = 12345\n",
		"\nf 1000 0 1000-bytes-file = 1234512345123451234512345123451234512345\n",
		"\nf 500005 8 sparse-file = 12345\n",
		"\nd 0 0 many_subdirs/1\n",
		"\nd 0 0 many_subdirs/512\n",
	};
	const char *path = SAMPLES "ColinFinck_ntfs/testdata/testfs1";
	struct error e = { 0 };
	struct used_map m;
	struct volume v;
	char five[6] = { 0 };
	bool there;
	size_t got;
	(void)state;

	struct list l = { .f = volume_open(&v, path, 0, &e) };
	assert_non_null(l.f);
	assert_int_equal(l.f->state, 0);
	assert_int_equal(l.f->size_bytes, 2097152);
	assert_string_equal(l.f->label, "mylabel");
	assert_string_equal(l.f->version, "3.1");
	text_add(&l.text, "\n");
	assert_true(l.f->walk(l.f, list_entry, &l, &e));
	assert_int_equal(l.entries, 517);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (!strstr(l.text.s, lines[i]))
			fail_msg("not found: %s", lines[i]);
	assert_true(l.f->used(l.f, &m, &e));
	assert_int_equal(m.units, 4095);
	assert_true(used_map_get(&m, 0));
	used_map_release(&m);
	/* A large folder, in blocks of an index. */
	assert_true(l.f->load(l.f, "FILE-with-12345", five, 5, &got, &there, &e) && there);
	assert_string_equal(five, "12345");
	assert_true(l.f->load(l.f, "many_subdirs/300/x", five, 5, &got, &there, &e) && !there);
	text_release(&l.text);
	volume_close(&v, l.f);
}

static void boot_sectors(void **state)
{
	/* 0: not stated. */
	const struct {
		const char *name;
		uint32_t sector, cluster, record;
		uint64_t sectors, mft, mirror, serial;
	} cases[] = {
		{ "512.boot", 512, 512, 1024, 0, 0, 0, 0xa6ee1e1bee1de479 },
		{ "4k.boot", 512, 4096, 1024, 124700671, 786432, 2, 0x7efeeedbfeee8b2b },
		{ "64k.boot", 512, 65536, 1024, 0, 0, 0, 0 },
		{ "128k.boot", 512, 131072, 1024, 67102719, 24576, 0, 0 },
		{ "nobootcode.boot", 512, 4096, 1024, 0, 0, 0, 0 },
		{ "4kn.boot", 4096, 4096, 4096, 14335, 4778, 2, 0x187eb6507eb62682 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char path[200];

		snprintf(path, sizeof(path), DFIR "%s", cases[i].name);
		struct text t = load(path);
		struct ntfs_boot b;

		assert_true(t.len >= NTFS_BOOT_BYTES);
		enum ntfs_boot_result result = ntfs_boot_parse((const uint8_t *)t.s, &b);
		if (result != NTFS_BOOT_GOOD || b.sector_bytes != cases[i].sector ||
		    b.cluster_bytes != cases[i].cluster || b.record_bytes != cases[i].record)
			fail_msg("%s: %d, %u, %u, %u", cases[i].name, result, b.sector_bytes,
				 b.cluster_bytes, b.record_bytes);
		assert_int_equal(b.index_bytes, 4096);
		if ((cases[i].sectors && b.sectors != cases[i].sectors) ||
		    (cases[i].mft && b.mft_cluster != cases[i].mft) ||
		    (cases[i].mirror && b.mirror_cluster != cases[i].mirror) ||
		    (cases[i].serial && b.serial != cases[i].serial))
			fail_msg("%s: %llu, %llu, %llu, %llx", cases[i].name, b.sectors + 0ULL,
				 b.mft_cluster + 0ULL, b.mirror_cluster + 0ULL, b.serial + 0ULL);
		text_release(&t);
	}
}

static bool no_clusters(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	(void)ctx;
	(void)offset;
	(void)buf;
	(void)len;
	return error_set(e, ERROR_FAILED, "there is only an MFT");
}

/* Walk an MFT that lies in a file. */
static struct list list_mft(const char *name, uint32_t record_bytes)
{
	char path[200];

	snprintf(path, sizeof(path), DFIR "%s", name);
	struct text t = load(path);
	struct ntfs v = { .source = { no_clusters, NULL, UINT64_MAX, 512 },
			  .volume_bytes = UINT64_C(1) << 40,
			  .boot = { .cluster_bytes = 4096,
				    .record_bytes = record_bytes,
				    .clusters = UINT32_MAX },
			  .records = t.len / record_bytes };
	struct list l = { .f = &v.fs };
	struct error e = { 0 };

	v.fs.read = ntfs_content_read;
	v.mft = (struct ntfs_stream){ .volume = &v,
				      .size_bytes = t.len,
				      .initialised_bytes = t.len,
				      .resident = reader_of(t.s, t.len),
				      .bytes = (uint8_t *)t.s };
	text_add(&l.text, "\n");
	assert_true(ntfs_walk(&v.fs, list_entry, &l, &e));
	ntfs_names_release(&v.names);
	text_release(&t);
	return l;
}

static void an_mft_of_windows(void **state)
{
	const struct {
		const char *name;
		uint32_t record;
		const char *want;
	} cases[] = {
		{ "compressed_sparse.mft", 1024, "\nf 22308 1 compressed.txt !\n" },
		{ "compressed_sparse.mft", 1024, "\nf 1048582 8 sparse" },
		{ "different_la.mft", 1024, " ts_la/test_la.txt" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct list l = list_mft(cases[i].name, cases[i].record);

		if (!strstr(l.text.s, cases[i].want))
			fail_msg("%s: %s", cases[i].name, l.text.s);
		text_release(&l.text);
	}
}

/* Every path that another program lists in it, and only these. */
static void records_of_4_kib(void **state)
{
	struct text fls = load(DFIR "4k-large.fls");
	struct list l = list_mft("4k-large.mft", 4096);
	size_t expected = 0;
	char *rest = fls.s;
	(void)state;

	/* "r/r 39-128-1:	path"; deleted ones have a "*", the system's own a "$". */
	for (char *line; (line = strsep(&rest, "\n"));) {
		char *tab = strchr(line, '\t');

		if (!tab || strchr(line, '*') || strchr(line, '$') || line[0] == 'V' ||
		    line[0] == '-')
			continue;
		char *want = mem_format(" %.*s", (int)strcspn(tab + 1, "\t"), tab + 1);
		expected++;
		if (!strstr(l.text.s, want))
			fail_msg("not found: %s", want);
		free(want);
	}
	assert_true(expected >= 5);
	text_release(&fls);
	text_release(&l.text);
}

/* Where attributes lie, as the tests of dfir_ntfs state it of an $MFT of Windows. */
static void mapping_pairs(void **state)
{
	static const struct {
		const char *name, *runs; /* cluster or "-", count */
	} cases[] = {
		{ "empty.txt", "" },
		{ "entirely_sparse", "- 32, " },
		{ "partially_sparse", "- 10, 1216 1, - 9, 1226 1, - 9, 1236 1, " },
		{ "simple", "154 1, " },
		{ "partially_sparse_2", "137 16, " },
		{ "partially_sparse_3", "1278 1, - 3, 1282 1, " },
		{ "fragmented.txt", "1222 4, 1227 9, 1897 150, 1237 41, " },
	};
	struct text t = load(DFIR "mapping_pairs_1.mft");
	size_t found = 0;
	(void)state;

	for (size_t at = 0; at + 1024 <= t.len; at += 1024) {
		struct ntfs_attribute a;
		struct ntfs_record r;
		struct ntfs_name n;
		struct ntfs_runs runs = { 0 };
		struct text name = { 0 }, said = { 0 };

		if (ntfs_record_parse((uint8_t *)t.s + at, 1024, &r) != NTFS_RECORD_GOOD)
			continue;
		while (ntfs_attribute_next(&r.attributes, &a) == NTFS_NEXT_ONE) {
			if (a.type == NTFS_FILE_NAME && ntfs_name_parse(a.value, &n) &&
			    n.space != NTFS_DOS) {
				text_clear(&name);
				for (size_t i = 0; i < n.units.left; i += 2)
					text_add_n(&name, (const char *)n.units.at + i, 1);
			}
			if (a.type == NTFS_DATA && !a.name.left && !a.resident)
				assert_true(ntfs_runs_add(&runs, a.pairs, a.first_vcn, a.last_vcn,
							  UINT32_MAX));
		}
		for (size_t i = 0; i < runs.count; i++) {
			if (runs.list[i].cluster == NTFS_HOLE)
				text_add(&said, "-");
			else
				text_addf(&said, "%llu", runs.list[i].cluster + 0ULL);
			text_addf(&said, " %llu, ", runs.list[i].count + 0ULL);
		}
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			if (strcmp(text_end(&name), cases[i].name) != 0)
				continue;
			assert_string_equal(text_end(&said), cases[i].runs);
			found++;
		}
		text_release(&name);
		text_release(&said);
		ntfs_runs_release(&runs);
	}
	assert_int_equal(found, sizeof(cases) / sizeof(*cases));
	text_release(&t);
}

/* Heads of attributes by themselves; what a resident one says of its value was cut off. */
static void heads_of_attributes(void **state)
{
	static const struct {
		const char *name;
		uint32_t type;
		uint64_t last_vcn, size;
		size_t name_units, runs, stored;
	} cases[] = {
		{ "attribute_resident_001", NTFS_STANDARD_INFORMATION, 0, 72, 0, 0, 0 },
		{ "attribute_nonresident_001", NTFS_DATA, 0x11ebf, 0x11ec0000, 0, 2, 0x11ec0 },
		{ "attribute_nonresident_002", NTFS_DATA, 0xd111fe, 0xd111ff000, 4, 1, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char path[200];

		snprintf(path, sizeof(path), SAMPLES "omerbenamram_mft/testdata/%s", cases[i].name);
		struct text t = load(path);
		struct ntfs_attribute a;
		struct ntfs_runs runs = { 0 };
		uint8_t whole[96] = { 0 };

		memcpy(whole, t.s, t.len < sizeof(whole) ? t.len : sizeof(whole));
		struct reader cut = reader_of(whole, t.len - 1),
			      r = reader_of(whole, sizeof(whole));
		assert_int_equal(ntfs_attribute_next(&cut, &a), NTFS_NEXT_BAD);
		assert_int_equal(ntfs_attribute_next(&r, &a), NTFS_NEXT_ONE);
		assert_int_equal(a.type, cases[i].type);
		assert_int_equal(a.size_bytes, cases[i].size);
		assert_int_equal(a.name.left, 2 * cases[i].name_units);
		if (a.resident)
			assert_int_equal(a.value.left, cases[i].size);
		else
			assert_true(
				ntfs_runs_add(&runs, a.pairs, a.first_vcn, a.last_vcn, UINT32_MAX));
		assert_int_equal(a.last_vcn, cases[i].last_vcn);
		assert_int_equal(runs.count, cases[i].runs);
		assert_int_equal(runs.stored, cases[i].stored);
		ntfs_runs_release(&runs);
		text_release(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_volume_of_linux), cmocka_unit_test(boot_sectors),
		cmocka_unit_test(an_mft_of_windows), cmocka_unit_test(records_of_4_kib),
		cmocka_unit_test(mapping_pairs),     cmocka_unit_test(heads_of_attributes),
	};

	if (access(SAMPLES, R_OK) != 0) {
		puts("1..0 # SKIP there are no samples in ../shared/data");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
