/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MFTs and volumes that Windows and Linux wrote, against what others say of them, where the samples are
 * there (../shared/data). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "samples.h"
#include "triage/format.h"

#define MFT "omerbenamram_mft/"
#define DFIR "msuhanov_dfir_ntfs/test_data/"

#define LA_TIMES                                                                                   \
	"\"creation_time\":\"2019-01-24T10:32:22.7868924Z\","                                      \
	"\"modification_time\":\"2019-01-24T10:32:29.9119699Z\",\"entry_modification_time\":\"2019-01-24T10:32:29.9119699Z\","

/* Stated answers: one line of JSON that has all of these pieces, in this order. */
static void stated_answers(void **state)
{
	static const struct {
		const char *path;
		const char *pieces[8];
	} cases[] = {
		{ MFT "samples/entry_102130_fixup_issue",
		  { "\"record_number\":102130,", "\"problems\":[\"torn\"" } },
		{ MFT "samples/entry_single_file", { "\"record_number\":", "\"file_name\":\"" } },
		{ MFT "samples/entry_multiple_index_root_entries",
		  { "\"is_directory\":true", "\"index_entries\":[{",
		    "{\"record_number\":26399,\"sequence_number\":1,"
		    "\"file_name\":\"test_returnfuncptrs.py\",",
		    "\"parent_record_number\":26359,\"parent_sequence_number\":1,",
		    "\"file_size\":1484,\"allocated_size\":4096," } },
		{ MFT "testdata/entry_long_name_and_res_ads_002",
		  { "\"data_streams\":[", "\"name\":\"", "\"is_resident\":true" } },
		{ DFIR "compressed_sparse.mft",
		  { "\"path\":\"compressed.txt\"", "\"file_size\":22308,",
		    "\"is_compressed\":true,", "\"data_streams\":[{\"name\":\"\"",
		    "\"size\":22308,", "\"is_resident\":false" } },
		{ DFIR "compressed_sparse.mft",
		  { "\"path\":\"sparse\"", "\"file_size\":1048582,", "\"is_sparse\":true" } },
		/* The folder's copy of the times is the same, but for the access that was not written there. */
		{ DFIR "different_la.mft",
		  { "\"path\":\"ts_la/test_la.txt\"", LA_TIMES "\"access_time\":\"2019-01-24T" } },
		{ DFIR "different_la.mft",
		  { "\"path\":\"ts_la\"", "\"index_entries\":[{",
		    LA_TIMES "\"access_time\":\"2019-01-24T10:32:29.9119699Z\"" } },
		{ DFIR "slack.mft",
		  { "\"record_number\":39,",
		    "\"slack_names\":[{\"file_name\":\"New Text Document - Copy (3).txt\"",
		    "{\"file_name\":\"New Text Document - Copy.txt\"",
		    "{\"file_name\":\"New Text Document.txt\"", "\"recovered\":true" } },
		{ DFIR "slack-2.mft",
		  { "\"record_number\":39,", "\"slack_names\":[{\"file_name\":\"t3.txt\"" } },
		{ DFIR "4k-large.mft", { "\"path\":\"1.txt\"", "\"file_size\":3216," } },
		{ DFIR "4k-large.mftmirr", { "\"record_number\":3,", "\"path\":\"$Volume\"" } },
		{ DFIR "mapping_pairs_1.mft", { "\"path\":\"test_dir/partially_sparse_3\"" } },
		{ DFIR "mapping_pairs_1.mft", { "\"path\":\"test_dir/fragmented.txt\"" } },
		{ "ColinFinck_ntfs/testdata/testfs1",
		  { "\"path\":\"1000-bytes-file\"", "\"file_size\":1000," } },
		{ "ColinFinck_ntfs/testdata/testfs1",
		  { "\"path\":\"sparse-file\"", "\"file_size\":500005,", "\"is_sparse\":true" } },
		{ "ColinFinck_ntfs/testdata/testfs1",
		  { "\"in_use\":true", "\"path\":\"many_subdirs/512\"" } },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct text t = sample_lines("mft", cases[i].path, NULL, EMIT_JSONL);
		bool found = false;
		char *rest = t.s;

		for (char *line; !found && (line = strsep(&rest, "\n"));) {
			const char *at = line;

			for (size_t k = 0; at && k < 8 && cases[i].pieces[k]; k++)
				at = strstr(at, cases[i].pieces[k]);
			found = at && *line;
		}
		if (!found)
			fail_msg("%zu: %s: no line with %s", i, cases[i].path, cases[i].pieces[0]);
		text_release(&t);
	}
}

static size_t count_lines(const char *s)
{
	size_t n = 0;

	for (; (s = strchr(s, '\n')); s++)
		n++;
	return n;
}

/* How many entries the index of a folder has that stands in its record. */
static void index_entries(void **state)
{
	struct text t = sample_lines("mft", MFT "samples/entry_multiple_index_root_entries", NULL,
				     EMIT_JSONL);
	const char *at = strstr(t.s, "\"index_entries\":[");
	size_t n = 0;
	(void)state;

	while ((at = strstr(at, "sequence_number\":"))) {
		at++;
		n++;
	}
	assert_int_equal(n, 4 + 4); /* each has that of its parent, too */
	text_release(&t);
}

static void counts(void **state)
{
	static const struct {
		const char *path, *piece;
		size_t count;
	} cases[] = {
		{ "ColinFinck_ntfs/testdata/testfs1", "\"path\":\"many_subdirs/", 512 },
		{ DFIR "4k-large.mftmirr", "{\"record_number\":", 4 },
		{ MFT "samples/entry_multiple_index_root_entries", "\"index_entries\":[", 1 },
		{ MFT "samples/entry_data_run_at_offset", "\"record_number\":", 1 },
		{ MFT "testdata/entry_super_long_name_001", "\"record_number\":", 1 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct text t = sample_lines("mft", cases[i].path, NULL, EMIT_JSONL);
		size_t n = 0;
		char *rest = t.s;

		for (char *line; (line = strsep(&rest, "\n"));)
			n += strstr(line, cases[i].piece) != NULL;
		if (n != cases[i].count)
			fail_msg("%s: %zu", cases[i].path, n);
		text_release(&t);
	}
}

/* Seconds since 1970 of a time as fls prints it, "2019-01-04 23:15:27 (MSK)". */
static long long moment(const char *text)
{
	struct tm tm = { 0 };
	const char *zone = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);

	assert_non_null(zone);
	return (long long)timegm(&tm) - (strstr(zone, "MSK") ? 3 * 3600 : 0);
}

/* Every line of fls, with inode, size and all four times, is one of ours; and we have no more than those
 * without a folder. "r/r 39-128-1:	1.txt	modified	accessed	changed	created	size	uid	gid" */
static void as_fls_says(void **state)
{
	struct text fls = sample_load(DFIR "4k-large.fls");
	struct text ours = sample_lines("mft", DFIR "4k-large.mft", NULL, EMIT_BODYFILE);
	size_t expected = 0, orphans = 0;
	char *rest = fls.s, *mine = ours.s;
	struct text all = { 0 };
	(void)state;

	text_addf(&all, "\n%s", ours.s);
	while (rest && *rest) {
		char *line = strsep(&rest, "\n"), *fields[9];
		size_t n = 0;

		for (char *field; n < 9 && (field = strsep(&line, "\t"));)
			fields[n++] = field;
		if (n < 9 || fields[0][0] == 'V')
			continue;
		char *space = strchr(fields[0], ' ');
		assert_non_null(space);
		char type = fields[0][0];
		*space++ = '\0';
		space[strcspn(space, ":")] = '\0';
		char *want = mem_format("\n0|/%s|%s|%c/%c", fields[1], space, type, type);
		const char *at = strstr(all.s, want);
		if (!at)
			fail_msg("not found: %s", want);
		at = strchr(at + strlen(want), '|');
		char *numbers = mem_format("|0|0|%s|%lld|%lld|%lld|%lld\n", fields[6],
					   moment(fields[3]), moment(fields[2]), moment(fields[4]),
					   moment(fields[5]));
		if (strncmp(at, numbers, strlen(numbers)) != 0)
			fail_msg("%s: %.80s instead of %s", fields[1], at, numbers);
		free(numbers);
		free(want);
		expected++;
	}
	assert_int_equal(expected, 40);
	while (mine && *mine) {
		char *line = strsep(&mine, "\n");

		orphans += strstr(line, "/$OrphanFiles/") != NULL;
		if (strstr(line, "($FILE_NAME)") || strstr(line, "/$OrphanFiles/"))
			continue;
		expected--;
	}
	assert_int_equal(expected, 0);
	assert_int_equal(orphans, 4); /* 12 to 15: in use, and in no folder */
	text_release(&fls);
	text_release(&ours);
	text_release(&all);
}

/* The other forms come out, too, and every sample is read to its end. */
static void all_forms(void **state)
{
	static const char *const paths[] = {
		DFIR "slack.mft",           DFIR "slack-2.mft",
		DFIR "slack-3.mft",         DFIR "different_la.mft",
		DFIR "mapping_pairs_1.mft", "ColinFinck_ntfs/testdata/testfs1",
	};
	(void)state;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct text csv = sample_lines("mft", paths[i], NULL, EMIT_CSV);
		struct text json = sample_lines("mft", paths[i], NULL, EMIT_JSONL);
		struct text timeline = sample_lines("mft", paths[i], NULL, EMIT_TIMELINE);

		assert_int_equal(strncmp(csv.s, "record_number,sequence_number,", 30), 0);
		assert_true(count_lines(json.s) > 30);
		assert_int_equal(count_lines(csv.s), count_lines(json.s) + 1);
		assert_true(count_lines(timeline.s) >= count_lines(json.s));
		text_release(&csv);
		text_release(&json);
		text_release(&timeline);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stated_answers), cmocka_unit_test(index_entries),
		cmocka_unit_test(counts),         cmocka_unit_test(as_fls_says),
		cmocka_unit_test(all_forms),
	};

	if (access(SAMPLES, R_OK) != 0) {
		puts("1..0 # SKIP there are no samples in ../shared/data");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
