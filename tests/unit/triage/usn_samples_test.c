/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A journal of Windows against what its fsutil says of it, where the samples are there (../shared/data). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "samples.h"

#define JOURNAL "msuhanov_dfir_ntfs/test_data/usnjrnlj.bin"
#define FSUTIL "msuhanov_dfir_ntfs/test_data/usnjrnlj.fsutil.txt"
#define RECORDS 271u

/* The value of a line "Usn               : 0", or NULL. */
static const char *value_of(const char *line, const char *key)
{
	size_t n = strlen(key);

	return strncmp(line, key, n) == 0 && line[n + strspn(line + n, " ")] == ':'
		       ? strchr(line, ':') + 2
		       : NULL;
}

/* One record of fsutil: what of it must stand in our line. Version 4 has no name and no time. */
struct said {
	char usn[40], name[300], reason[40], attributes[60], file[60], parent[60], time[60],
		extents[80];
};

static void compare(const struct said *s, const char *all)
{
	const char *const pieces[] = { s->name,   s->reason, s->attributes, s->file,
				       s->parent, s->time,   s->extents };
	const char *line = strstr(all, s->usn);

	if (!line)
		fail_msg("no record of %s", s->usn);
	const char *end = strchr(line, '\n');
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		const char *at = strstr(line, pieces[i]);

		if (!at || at > end)
			fail_msg("%s: no %s", s->usn, pieces[i]);
	}
}

/* "1/22/2019 21:36:10": as that machine shows UTC. */
static void take_time(struct said *s, const char *text)
{
	int month, day, year, hour, minute, second;

	assert_int_equal(
		sscanf(text, "%d/%d/%d %d:%d:%d", &month, &day, &year, &hour, &minute, &second), 6);
	snprintf(s->time, sizeof(s->time), "\"timestamp\":\"%04d-%02d-%02dT%02d:%02d:%02d.", year,
		 month, day, hour, minute, second);
}

static void as_fsutil_says(void **state)
{
	struct text fsutil = sample_load(FSUTIL);
	struct text ours = sample_lines("usn", JOURNAL, NULL, EMIT_JSONL);
	struct said s = { 0 };
	size_t records = 0;
	char *rest = fsutil.s;
	(void)state;

	for (char *line; (line = strsep(&rest, "\n"));) {
		const char *v;

		line[strcspn(line, "\r")] = '\0';
		unsigned long long offset, length;
		if ((v = value_of(line, "Usn"))) {
			if (s.usn[0])
				compare(&s, ours.s);
			s = (struct said){ 0 };
			snprintf(s.usn, sizeof(s.usn), "{\"usn\":%s,", v);
			records++;
		} else if (sscanf(line, " [1: %llu, %llu]", &offset, &length) == 2)
			snprintf(s.extents, sizeof(s.extents),
				 "\"extents\":[{\"offset\":%llu,\"length\":%llu}", offset, length);
		else if ((v = value_of(line, "File name")))
			snprintf(s.name, sizeof(s.name), "\"file_name\":\"%s\"", v);
		else if ((v = value_of(line, "Reason")))
			snprintf(s.reason, sizeof(s.reason), "\"reason_flags\":\"%.10s\"", v);
		else if ((v = value_of(line, "File attributes")))
			snprintf(s.attributes, sizeof(s.attributes),
				 "\"file_attributes\":\"%.10s\"", v);
		else if ((v = value_of(line, "File ID")))
			snprintf(s.file, sizeof(s.file), "\"file_reference_number\":\"0x%s\"",
				 v + 16);
		else if ((v = value_of(line, "Parent file ID")))
			snprintf(s.parent, sizeof(s.parent),
				 "\"parent_file_reference_number\":\"0x%s\"", v + 16);
		else if ((v = value_of(line, "Time stamp")))
			take_time(&s, v);
	}
	compare(&s, ours.s);
	/* What was written after fsutil had looked. */
	assert_int_equal(records, RECORDS - 3);
	for (unsigned usn = 29792; usn <= 29968; usn += 88) {
		char *want = mem_format("{\"usn\":%u,", usn);

		assert_non_null(strstr(ours.s, want));
		free(want);
	}
	text_release(&fsutil);
	text_release(&ours);
}

static size_t count_records(struct text *input, bool recovered)
{
	struct text t = lines_of("usn", input, 1, recovered, EMIT_JSONL);
	size_t n = 0;

	for (const char *at = t.s; (at = strstr(at, "{\"usn\":")); at++)
		n++;
	text_release(&t);
	return n;
}

/* Zeros before it and between two of it, as others have tried with this journal. */
static void gaps(void **state)
{
	static const size_t one[] = { 8, 16, 512, 4096, 8192, 8200, 4096008, 100000000 };
	static const size_t two[][2] = {
		{ 0, 512 }, { 512, 1024 }, { 4096, 4096 }, { 4096, 8192 }, { 4096, 8200 },
	};
	struct text journal = sample_load(JOURNAL), t = { 0 };
	char *zeros = mem_alloc(100000000);
	(void)state;

	assert_int_equal(count_records(&journal, false), RECORDS);
	assert_int_equal(count_records(&journal, true), RECORDS);
	for (size_t i = 0; i < sizeof(one) / sizeof(*one); i++) {
		text_clear(&t);
		text_add_n(&t, zeros, one[i]);
		text_add_n(&t, journal.s, journal.len);
		assert_int_equal(count_records(&t, false), RECORDS);
	}
	for (size_t i = 0; i < sizeof(two) / sizeof(*two); i++) {
		text_clear(&t);
		text_add_n(&t, zeros, two[i][0]);
		text_add_n(&t, journal.s, journal.len);
		text_add_n(&t, zeros, two[i][1]);
		text_add_n(&t, journal.s, journal.len);
		assert_int_equal(count_records(&t, false), 2 * RECORDS);
	}
	free(zeros);
	text_release(&t);
	text_release(&journal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_fsutil_says),
		cmocka_unit_test(gaps),
	};

	if (access(SAMPLES, R_OK) != 0) {
		puts("1..0 # SKIP there are no samples in ../shared/data");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
