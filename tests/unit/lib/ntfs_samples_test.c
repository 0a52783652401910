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
	const struct {
		const char *name;
		uint32_t sector, cluster, record;
	} cases[] = {
		{ "512.boot", 512, 512, 1024 },         { "4k.boot", 512, 4096, 1024 },
		{ "64k.boot", 512, 65536, 1024 },       { "128k.boot", 512, 131072, 1024 },
		{ "nobootcode.boot", 512, 4096, 1024 }, { "4kn.boot", 4096, 4096, 4096 },
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_volume_of_linux),
		cmocka_unit_test(boot_sectors),
		cmocka_unit_test(an_mft_of_windows),
		cmocka_unit_test(records_of_4_kib),
	};

	if (access(SAMPLES, R_OK) != 0) {
		puts("1..0 # SKIP there are no samples in ../shared/data");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
