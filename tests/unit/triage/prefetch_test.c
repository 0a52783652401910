/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prefetch files of every version, packed and not, whole and damaged. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../xpress_pack.h"
#include "bytes.h"
#include "lib/disk/partition.h"

extern const struct format format_prefetch;

#define RUN UINT64_C(132000000001234567) /* 2019-04-17T18:40:00.1234567Z */

struct shape {
	unsigned version;
	size_t metrics_at, metric, chain, volume, last_run, runs, run_count;
};

static const struct shape shapes[] = {
	{ 17, 152, 20, 12, 40, 120, 1, 144 },  { 23, 240, 32, 12, 104, 128, 1, 152 },
	{ 26, 304, 32, 12, 104, 128, 8, 208 }, { 30, 304, 32, 8, 96, 128, 8, 208 },
	{ 30, 296, 32, 8, 96, 128, 8, 200 },   { 31, 296, 32, 8, 96, 128, 8, 200 },
};

static const char *const files[] = { "\\VOLUME\\A.EXE", "\\VOLUME\\B.DLL" };

/* Two files, three trace chains, one volume with two folders. */
static struct bytes build(const struct shape *s)
{
	struct bytes b = { 0 };
	size_t name_at = 0;

	put_zeros(&b, s->metrics_at);
	set_le(&b, 0, s->version, 4);
	memcpy(b.at + 4, "SCCA", 4);
	for (size_t i = 0; i < 5; i++)
		b.at[16 + 2 * i] = (uint8_t) "A.EXE"[i];
	b.at[16 + 12] = 'X'; /* behind the end of the name: rubbish, as Windows leaves it */
	set_le(&b, 76, 0x1234abcd, 4);
	set_le(&b, 84, s->metrics_at, 4);
	set_le(&b, 88, 2, 4);
	for (size_t i = 0; i < 2; i++) {
		size_t entry = b.len;

		put_zeros(&b, s->metric);
		set_le(&b, entry + (s->version == 17 ? 8 : 12), name_at, 4);
		set_le(&b, entry + (s->version == 17 ? 12 : 16), strlen(files[i]), 4);
		name_at += 2 * strlen(files[i]) + 2;
	}
	set_le(&b, 92, b.len, 4);
	set_le(&b, 96, 3, 4);
	put_zeros(&b, 3 * s->chain);
	set_le(&b, 100, b.len, 4);
	set_le(&b, 104, name_at, 4);
	for (size_t i = 0; i < 2; i++) {
		put_16(&b, files[i]);
		put_zeros(&b, 2);
	}
	size_t volumes = b.len;
	set_le(&b, 108, volumes, 4);
	set_le(&b, 112, 1, 4);
	put_zeros(&b, s->volume);
	set_le(&b, volumes, s->volume, 4);
	set_le(&b, volumes + 4, 7, 4);
	set_le(&b, volumes + 8, RUN - 1, 8);
	set_le(&b, volumes + 16, 0xcafe0001, 4);
	put_16(&b, "\\VOLUME");
	put_zeros(&b, 2);
	set_le(&b, volumes + 28, b.len - volumes, 4);
	set_le(&b, volumes + 32, 2, 4);
	put_le(&b, 4, 2);
	put_16(&b, "\\ONE");
	put_zeros(&b, 2);
	put_le(&b, 0, 2);
	put_zeros(&b, 2);
	set_le(&b, 116, b.len - volumes, 4);
	for (size_t i = 0; i < s->runs && i < 3; i++)
		set_le(&b, s->last_run + 8 * i, RUN - 10000000 * i, 8);
	set_le(&b, s->run_count, 5, 4);
	set_le(&b, 12, b.len, 4);
	return b;
}

static char *expected(const struct shape *s, size_t bytes)
{
	return mem_format(
		"{\"executable_filename\":\"A.EXE\",\"prefetch_hash\":\"0x1234abcd\",\"run_count\":5,"
		"\"last_run_times\":[\"2019-04-17T18:40:00.1234567Z\"%s],\"format_version\":%u,"
		"\"file_size\":%zu,\"number_of_files\":2,\"number_of_trace_chains\":3,\"volumes\":[{"
		"\"device_path\":\"\\\\VOLUME\",\"creation_time\":\"2019-04-17T18:40:00.1234566Z\","
		"\"serial_number\":\"0xcafe0001\",\"directories\":[\"\\\\ONE\",\"\"]}],"
		"\"filenames\":[\"\\\\VOLUME\\\\A.EXE\",\"\\\\VOLUME\\\\B.DLL\"]}\n",
		s->runs > 1 ? ",\"2019-04-17T18:39:59.1234567Z\",\"2019-04-17T18:39:58.1234567Z\""
			    : "",
		s->version, bytes);
}

/* As Windows 10 and later store it. */
static struct bytes pack(const struct bytes *plain, bool has_checksum)
{
	struct bytes b = { 0 };
	size_t len;
	uint8_t *packed = xpress_pack(plain->at, plain->len, &len, false);

	put_n(&b, has_checksum ? "MAM\x84" : "MAM\x04", 4);
	put_le(&b, plain->len, 4);
	if (has_checksum)
		put_zeros(&b, 4);
	put_n(&b, packed, len);
	if (has_checksum)
		set_le(&b, 8, gpt_crc32(0, b.at, b.len), 4);
	free(packed);
	return b;
}

static void every_version(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		struct bytes b = build(&shapes[i]);
		char *want = expected(&shapes[i], b.len);

		JSON_IS(&format_prefetch, &b, "A.EXE-1234ABCD.pf", want);
		for (unsigned checksum = 0; checksum < 2; checksum++) {
			struct bytes packed = pack(&b, checksum);

			JSON_IS(&format_prefetch, &packed, "A.EXE-1234ABCD.pf", want);
			bytes_release(&packed);
		}
		free(want);
		bytes_release(&b);
	}
}

/* Where the program lay, as Windows 10 and later say it. A place outside is told. */
static void where_the_program_lay(void **state)
{
	(void)state;

	for (size_t i = 3; i < sizeof(shapes) / sizeof(*shapes); i++) {
		struct bytes b = build(&shapes[i]);

		set_le(&b, shapes[i].run_count + 12, b.len, 4);
		set_le(&b, shapes[i].run_count + 16, 16, 4);
		put_16(&b, "\\V\\A.EX");
		put_zeros(&b, 2);
		set_le(&b, 12, b.len, 4);
		struct outcome x = outcome_of(&format_prefetch, &b, "A.pf", EMIT_JSONL);
		assert_int_equal(x.problems.len, 0);
		assert_non_null(strstr(x.lines.s, "\"executable_filename\":\"A.EXE\","
						  "\"executable_path\":\"\\\\V\\\\A.EX\","));
		outcome_release(&x);
		set_le(&b, shapes[i].run_count + 12, b.len - 4, 4);
		x = outcome_of(&format_prefetch, &b, "A.pf", EMIT_JSONL);
		assert_non_null(strstr(x.problems.s, "a block reaches past the end"));
		assert_non_null(strstr(x.lines.s, "\"executable_path\":\"X\","));
		outcome_release(&x);
		bytes_release(&b);
	}
}

/* Each run is a moment of its own. */
static void a_timeline(void **state)
{
	struct bytes b = build(&shapes[2]);
	struct outcome x = outcome_of(&format_prefetch, &b, "A.pf", EMIT_BODYFILE);
	(void)state;

	assert_true(x.ok);
	assert_non_null(strstr(x.lines.s, "A.EXE"));
	size_t lines = 0;
	for (char *s = x.lines.s; (s = strchr(s, '\n')); s++)
		lines++;
	assert_int_equal(lines, 3);
	outcome_release(&x);
	bytes_release(&b);
}

static void checksums_and_ends(void **state)
{
	struct bytes b = build(&shapes[5]), packed = pack(&b, true);
	char *want = expected(&shapes[5], b.len);
	(void)state;

	packed.at[8] ^= 1;
	char *json = json_of(&format_prefetch, &packed, "A.pf");
	char *with = mem_format("%s8: the checksum of the file is wrong\n", want);
	assert_string_equal(json, with);
	free(json);
	free(with);
	/* Cut off: what is there is read. */
	packed.len -= 40;
	struct outcome x = outcome_of(&format_prefetch, &packed, "A.pf", EMIT_JSONL);
	assert_true(x.ok);
	assert_non_null(strstr(x.lines.s, "\"run_count\":5"));
	assert_non_null(strstr(x.problems.s, "what is packed ends too early"));
	outcome_release(&x);
	bytes_release(&packed);
	bytes_release(&b);
	free(want);
}

struct damage {
	size_t at, bytes;
	uint64_t value;
	const char *problem, *left; /* what is said, and what is still read */
};

static void damaged_parts(void **state)
{
	const struct damage cases[] = {
		{ 12, 4, 1, "12: the file is not as long", "\"A.EXE\"" },
		{ 84, 4, 0xffffff00, "a table reaches past", "\"run_count\":5" },
		{ 84, 4, 312, "84: the header has a form that is not known", "\"A.EXE\"" },
		{ 88, 4, 0xffffffff, "a table reaches past", "B.DLL" },
		{ 96, 4, 0x7fffffff, "a table reaches past", "\"run_count\":5" },
		{ 104, 4, 0xffffffff, "a block reaches past", "B.DLL" },
		{ 112, 4, 0xffffffff, "a table reaches past", "B.DLL" },
		{ 304 + 12, 4, 0x1000, "304: a name lies outside", "B.DLL" },
		{ 304 + 32 + 16, 4, 0xffffffff, "336: a name lies outside", "A.EXE" },
		{ 304 + 16, 4, 0x80000005, "304: a name lies outside", "B.DLL" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = build(&shapes[2]);

		set_le(&b, cases[i].at, cases[i].value, cases[i].bytes);
		struct outcome x = outcome_of(&format_prefetch, &b, "A.pf", EMIT_JSONL);
		if (!x.ok || !strstr(x.problems.s, cases[i].problem) ||
		    !strstr(x.lines.s, cases[i].left))
			fail_msg("%zu: %s%s%s", i, x.e.text, x.problems.s, x.lines.s);
		outcome_release(&x);
		bytes_release(&b);
	}
}

/* Counts, offsets and lengths that hide what is there, in the volume from `at` on. */
static void what_is_hidden(void **state)
{
	const struct {
		bool in_volume;
		size_t at;
		uint32_t value;
		const char *problem;
	} cases[] = {
		{ false, 88, 0, "names that no entry tells of" },
		{ false, 88, 1, "names that no entry tells of" },
		{ false, 112, 0, "volumes that are not counted" },
		{ false, 304 + 16, 12, "a name does not begin or end" },
		{ false, 304 + 12, 2, "a name does not begin or end" },
		{ true, 4, 6, "a name does not begin or end" },
		{ true, 32, 0, "folders that are not counted" },
		{ true, 104 + 16, 0x7fff, "names of folders lie outside" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = build(&shapes[2]);
		size_t volumes = (size_t)(b.at[108] | b.at[109] << 8);

		set_le(&b, cases[i].at + (cases[i].in_volume ? volumes : 0), cases[i].value, 4);
		struct outcome x = outcome_of(&format_prefetch, &b, "A.pf", EMIT_JSONL);
		if (!x.ok || !strstr(text_end(&x.problems), cases[i].problem))
			fail_msg("%zu: %s%s%s", i, x.e.text, text_end(&x.problems),
				 text_end(&x.lines));
		outcome_release(&x);
		bytes_release(&b);
	}
}

/* More folders than there is room for: those that are there. */
static void folders_without_end(void **state)
{
	struct bytes b = build(&shapes[2]);
	size_t volumes = (size_t)(b.at[108] | b.at[109] << 8);
	(void)state;

	set_le(&b, volumes + 32, 0xffffffff, 4);
	struct outcome x = outcome_of(&format_prefetch, &b, "A.pf", EMIT_JSONL);
	assert_true(x.ok);
	assert_non_null(strstr(x.problems.s, "names of folders lie outside"));
	assert_non_null(strstr(x.lines.s, "\"directories\":[\"\\\\ONE\",\"\"]"));
	outcome_release(&x);
	bytes_release(&b);
}

/* Wherever it ends, it is read or refused, and never is more made of it than is there. */
static void cut_off(void **state)
{
	struct bytes b = build(&shapes[3]);
	size_t whole = b.len;
	(void)state;

	for (b.len = 0; b.len < whole; b.len++) {
		struct outcome x = outcome_of(&format_prefetch, &b, "A.pf", EMIT_JSONL);

		assert_int_equal(x.ok, b.len >= 120);
		assert_true(x.ok ? x.problems.len > 0 : x.e.kind == ERROR_UNTRUSTED);
		outcome_release(&x);
	}
	bytes_release(&b);
}

static void what_is_refused(void **state)
{
	const struct {
		size_t at;
		uint8_t value;
	} plain[] = { { 0, 24 }, { 4, 's' } }, packed[] = { { 3, 0x03 }, { 3, 0x14 }, { 7, 0x7f } };
	struct bytes b = build(&shapes[4]), p = pack(&b, false);
	(void)state;

	for (size_t i = 0; i < 5; i++) {
		struct bytes *of = i < 2 ? &b : &p;
		size_t at = i < 2 ? plain[i].at : packed[i - 2].at;
		uint8_t before = of->at[at];

		of->at[at] = i < 2 ? plain[i].value : packed[i - 2].value;
		struct outcome x = outcome_of(&format_prefetch, of, "A.pf", EMIT_JSONL);
		assert_false(x.ok);
		assert_int_equal(x.e.kind, ERROR_UNTRUSTED);
		outcome_release(&x);
		of->at[at] = before;
	}
	bytes_release(&p);
	bytes_release(&b);
}

/* A million names, all of them the same half megabyte. */
static void names_over_each_other(void **state)
{
	struct bytes b = build(&shapes[2]);
	size_t names = 250000, at = b.len, text = at + 32 * names;
	(void)state;

	put_zeros(&b, 32 * names + 500000);
	set_le(&b, 84, at, 4);
	set_le(&b, 88, names, 4);
	set_le(&b, 100, text, 4);
	set_le(&b, 104, 500000, 4);
	set_le(&b, 12, b.len, 4);
	for (size_t i = 0; i < names; i++)
		set_le(&b, at + 32 * i + 16, 250000, 4);
	struct outcome x = outcome_of(&format_prefetch, &b, "A.pf", EMIT_JSONL);
	assert_true(x.ok);
	assert_non_null(strstr(x.problems.s, "claim more than it can hold"));
	assert_true(x.lines.len < 64u << 20);
	outcome_release(&x);
	bytes_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_version),       cmocka_unit_test(where_the_program_lay),
		cmocka_unit_test(a_timeline),          cmocka_unit_test(checksums_and_ends),
		cmocka_unit_test(damaged_parts),       cmocka_unit_test(cut_off),
		cmocka_unit_test(what_is_refused),     cmocka_unit_test(names_over_each_other),
		cmocka_unit_test(folders_without_end), cmocka_unit_test(what_is_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
