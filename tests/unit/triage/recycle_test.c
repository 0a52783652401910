/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $I of both versions and INFO2 of both lengths. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes.h"

extern const struct format format_recycle;

#define TIME UINT64_C(132000000001234567)
#define TIME_JSON "\"deletion_time\":\"2019-04-17T18:40:00.1234567Z\","

static struct bytes i_file(unsigned version, const char *path)
{
	struct bytes b = { 0 };

	put_le(&b, version, 8);
	put_le(&b, UINT64_C(5000000000), 8);
	put_le(&b, TIME, 8);
	if (version == 2)
		put_le(&b, strlen(path) + 1, 4);
	put_16(&b, path);
	put_zeros(&b, version == 1 ? 544 - b.len : 2);
	return b;
}

static void dollar_i(void **state)
{
	(void)state;

	for (unsigned version = 1; version <= 2; version++) {
		struct bytes b = i_file(version, "C:\\a\\b.txt");
		char *want = mem_format(
			"{\"original_filename\":\"C:\\\\a\\\\b.txt\",\"file_size\":5000000000," TIME_JSON
			"\"format_version\":%u%s}\n",
			version, version == 1 ? ",\"content_name\":\"$R12AB.txt\"" : "");

		JSON_IS(&format_recycle, &b, version == 1 ? "$I12AB.txt" : "renamed", want);
		free(want);
		/* Cut off within the path: what is there of it. */
		b.len = version == 1 ? 30 : 34;
		struct outcome x = outcome_of(&format_recycle, &b, "$Ia", EMIT_JSONL);
		assert_true(x.ok);
		assert_non_null(strstr(x.lines.s, "\"original_filename\":\"C:\\\\\""));
		assert_non_null(strstr(x.problems.s, "the path is cut off"));
		outcome_release(&x);
		b.len = 20;
		x = outcome_of(&format_recycle, &b, "$Ia", EMIT_JSONL);
		assert_true(x.ok && x.lines.len == 0);
		assert_non_null(strstr(x.problems.s, "ends within its header"));
		outcome_release(&x);
		bytes_release(&b);
	}
}

/* A length that is too small, a zero within the path, and what was put behind it. */
static void more_behind_a_path(void **state)
{
	(void)state;

	for (unsigned version = 1; version <= 2; version++) {
		for (unsigned i = version == 1; i < 3; i++) {
			struct bytes b = i_file(version, "C:\\a\\b.txt");

			if (i == 0)
				set_le(&b, 24, 4, 4);
			if (i == 1)
				set_le(&b, (version == 1 ? 24 : 28) + 6, 0, 2);
			if (i == 2)
				put_ascii(&b, "more");
			struct outcome x = outcome_of(&format_recycle, &b, "a", EMIT_JSONL);
			assert_non_null(strstr(x.lines.s, "\"original_filename\":\"C:\\"));
			assert_non_null(
				strstr(text_end(&x.problems), "more behind the end of the path"));
			outcome_release(&x);
			bytes_release(&b);
		}
	}
}

static struct bytes info2(unsigned record)
{
	struct bytes b = { 0 };

	put_le(&b, record == 800 ? 5 : 4, 4);
	put_zeros(&b, 8);
	put_le(&b, record, 4);
	put_zeros(&b, 4);
	for (unsigned i = 0; i < 2; i++) {
		size_t at = b.len;

		put_zeros(&b, record);
		memcpy(b.at + at, i ? "\0:\\B\xfc.c" : "C:\\A.doc", 8);
		set_le(&b, at + 260, 17 + i, 4);
		set_le(&b, at + 264, 2, 4);
		set_le(&b, at + 268, TIME, 8);
		set_le(&b, at + 276, 4096, 4);
		if (record == 800)
			for (size_t k = 0; k < 7; k++)
				b.at[at + 280 + 2 * k] =
					(uint8_t)(i ? "C:\\B\xfc.c" : "C:\\A.do")[k];
	}
	return b;
}

static void info2_of_both_lengths(void **state)
{
	(void)state;

	for (unsigned record = 280; record <= 800; record += 520) {
		struct bytes b = info2(record);
		bool is_new = record == 800;
		char *want = mem_format(
			"{\"original_filename\":\"C:\\\\A.do%s\",\"file_size\":4096," TIME_JSON
			"\"format_version\":%u,\"short_filename\":\"C:\\\\A.doc\",\"record_index\":17,"
			"\"drive_number\":2,\"content_name\":\"Dc17.do%s\"}\n"
			"{\"original_filename\":\"%s:\\\\B\u00fc.c\",\"file_size\":4096," TIME_JSON
			"\"format_version\":%u,\"short_filename\":\":\\\\B\u00fc.c\",\"record_index\":18,"
			"\"drive_number\":2,\"content_name\":\"Dc18.c\",\"recovered\":true}\n",
			is_new ? "" : "c", is_new ? 5 : 4, is_new ? "" : "c", is_new ? "C" : "",
			is_new ? 5 : 4);
		JSON_IS(&format_recycle, &b, "INFO2", want);
		free(want);
		b.len--;
		struct outcome x = outcome_of(&format_recycle, &b, "INFO2", EMIT_JSONL);
		assert_true(x.ok);
		assert_non_null(strstr(x.lines.s, "Dc17"));
		/* All but the last letters of a long path are there. */
		assert_int_equal(strstr(x.lines.s, "Dc18") != NULL, is_new);
		assert_non_null(strstr(x.problems.s, "the last record is cut off"));
		outcome_release(&x);
		bytes_release(&b);
	}
}

static void what_is_refused(void **state)
{
	(void)state;

	for (unsigned i = 0; i < 4; i++) {
		struct bytes b = info2(800);

		if (i == 0)
			set_le(&b, 12, 801, 4);
		if (i == 1)
			set_le(&b, 0, 6, 4);
		if (i == 2)
			b.len = 19;
		if (i == 3)
			b.len = 0;
		struct outcome x = outcome_of(&format_recycle, &b, "INFO2", EMIT_JSONL);
		assert_false(x.ok);
		assert_int_equal(x.e.kind, ERROR_UNTRUSTED);
		outcome_release(&x);
		bytes_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dollar_i),
		cmocka_unit_test(more_behind_a_path),
		cmocka_unit_test(info2_of_both_lengths),
		cmocka_unit_test(what_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
