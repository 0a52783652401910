/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is printed of an MFT that is made here: the shapes of fls, and the fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ntfs_builder.h"
#include "samples.h"

#define SMALL 512, 4096, 1024, 256

static struct text lines_of_builder(struct builder *b, bool whole, enum emit_form form)
{
	build_seal(b);
	char *from = (char *)(whole ? b->bytes : build_record(b, 0));
	struct text input = { .s = from, .len = whole ? b->size : BUILD_RECORDS * b->record };

	return lines_of("mft", &input, 1, false, form);
}

static void set_attributes(struct builder *b, unsigned number, uint32_t attributes)
{
	uint8_t *r = build_record(b, number);

	put(r + (r[20] | r[21] << 8) + 24 + 32, attributes, 4);
}

static void fill(struct builder *b)
{
	static const uint8_t link[] = { 0x0c, 0, 0, 0xa0, 20, 0, 0,    0, 0,   0, 8,   0, 0,   0,
					0,    0, 1, 0,    0,  0, '\\', 0, '?', 0, 'C', 0, ':', 0 };
	uint8_t times[36] = { 0 };

	for (size_t i = 0; i < 4; i++)
		put(times + 8 * i, BUILD_TIME, 8);
	build_init(b, SMALL);
	build_file(b, 16, ROOT_REF, "People", NTFS_FOLDER);
	build_resident(b, 16, NTFS_INDEX_ROOT, "$I30", "0123456789abcdef", 16);
	build_resident(b, 16, NTFS_DATA, "ads", "12345", 5);
	build_file(b, 17, REF(16), "a.txt", 0);
	build_resident(b, 17, NTFS_DATA, "", "abc", 3);
	build_resident(b, 17, NTFS_DATA, "Zone.Identifier", "de", 2);
	set_attributes(b, 17, 1);
	build_file(b, 18, REF(16), "hidden|x", 0);
	build_resident(b, 18, NTFS_DATA, "", "", 0);
	set_attributes(b, 18, 2);
	build_file(b, 19, REF(16), "gone", 0);
	build_resident(b, 19, NTFS_DATA, "", "1234567", 7);
	put(build_record(b, 19) + 22, 0, 2);
	build_file(b, 20, REF(63), "lost", 0);
	build_file(b, 21, REF(16), "A long name", 0);
	build_name(b, 21, REF(16), "ALONGN~1", NTFS_DOS);
	build_resident(b, 21, NTFS_INDEX_ROOT, "$O", "12345678", 8);
	build_file(b, 22, REF(16), "link", 0);
	build_resident(b, 22, NTFS_REPARSE_POINT, "", link, sizeof(link));
	build_begin(b, 23, 0, 0);
	/* Without a name, and below what is none: each has a folder of its own. */
	build_begin(b, 24, NTFS_IN_USE, 0);
	build_resident(b, 24, NTFS_STANDARD_INFORMATION, "", times, sizeof(times));
	build_file(b, 25, 0, "lowest", 0);
	build_file(b, 26, UINT64_MAX, "highest", 0);
	build_file(b, 27, REF(16), "back", 0);
	build_file(b, 28, ROOT_REF, "top", 0);
}

static void has_all(const struct text *t, const char *const *lines)
{
	for (; *lines; lines++)
		if (!strstr(t->s, *lines))
			fail_msg("not found: %s in %s", *lines, t->s);
}

/* BUILD_TIME is 1555526400; the attributes' times follow it at once, names have none. */
#define TIMES "|0|1555526400|1555526400|1555526400\n"

static void bodyfile(void **state)
{
	static const char *const lines[] = {
		"\n0|/People|16-144-0|d/drwxrwxrwx|0|0|16" TIMES,
		"\n0|/People:ads|16-128-0|d/drwxrwxrwx|0|0|5" TIMES,
		"\n0|/People/a.txt|17-128-0|r/r-wx-wx-wx|0|0|3" TIMES,
		"\n0|/People/a.txt:Zone.Identifier|17-128-0|r/r-wx-wx-wx|0|0|2" TIMES,
		"\n0|/People/hidden%7Cx|18-128-0|r/rr-xr-xr-x|0|0|0" TIMES,
		"\n0|/People/gone (deleted)|19-128-0|-/rrwxrwxrwx|0|0|7" TIMES,
		"\n0|/$OrphanFiles/lost|20|r/rrwxrwxrwx|0|0|0" TIMES,
		"\n0|/People/A long name:$O|21-144-0|r/rrwxrwxrwx|0|0|8" TIMES,
		"\n0|/People/link|22|r/rrwxrwxrwx|0|0|0" TIMES,
		"\n0|/$OrphanFiles/OrphanFile-24|24|r/rrwxrwxrwx|0|0|0"
		"|1555526400|1555526400|1555526400|1555526400\n",
		"\n0|/$OrphanFiles/lowest|25|r/rrwxrwxrwx|0|0|0" TIMES,
		"\n0|/$OrphanFiles/highest|26|r/rrwxrwxrwx|0|0|0" TIMES,
		"\n0|/People/back|27|r/rrwxrwxrwx|0|0|0" TIMES,
		"\n0|/top|28|r/rrwxrwxrwx|0|0|0" TIMES,
		NULL,
	};
	struct builder b;
	(void)state;

	for (int whole = 0; whole < 2; whole++) {
		fill(&b);
		struct text t = lines_of_builder(&b, whole, EMIT_BODYFILE), all = { 0 };

		text_addf(&all, "\n%s", t.s);
		has_all(&all, lines);
		/* Names without times, the root, and a record without anything have no line. */
		assert_null(strstr(t.s, "$FILE_NAME"));
		assert_null(strstr(t.s, "|5-"));
		assert_null(strstr(t.s, "OrphanFile-23"));
		assert_null(strstr(t.s, "ALONGN~1"));
		text_release(&t);
		text_release(&all);
		build_release(&b);
	}
}

/* The line of a name, where it has times: its own, and the bytes of the attribute as size. */
static void names_in_a_bodyfile(void **state)
{
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	build_file(&b, 16, ROOT_REF, "name", 0);
	uint8_t *value = build_record(&b, 16) + b.used[16] - 80; /* 66 + 8 bytes, in whole steps */
	assert_int_equal(value[64], 4);
	for (unsigned i = 0; i < 4; i++)
		put(value + 8 + 8 * i, BUILD_TIME + (i + 1) * UINT64_C(10000000), 8);
	struct text t = lines_of_builder(&b, false, EMIT_BODYFILE);
	static const char *const lines[] = {
		"0|/name ($FILE_NAME)|16-48-0|r/rrwxrwxrwx|0|0|74|1555526404|1555526402|1555526403|1555526401\n"
		"0|/name|16|r/rrwxrwxrwx|0|0|0" TIMES,
		NULL,
	};
	has_all(&t, lines);
	text_release(&t);
	build_release(&b);
}

/* Streams of the root are an old place to hide: they have lines, the root has none. */
static void streams_of_the_root(void **state)
{
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	build_resident(&b, NTFS_FILE_ROOT, NTFS_DATA, "evil.exe", "run me", 6);
	struct text t = lines_of_builder(&b, false, EMIT_BODYFILE);
	assert_non_null(strstr(t.s, "0|/.:evil.exe|5-128-0|"));
	assert_non_null(strstr(t.s, "|6|"));
	assert_null(strstr(t.s, "|/.|"));
	text_release(&t);
	build_release(&b);
}

/* What has lost $STANDARD_INFORMATION stands in a timeline by the times of its name, once. */
static void times_of_a_name(void **state)
{
	struct builder b;
	(void)state;

	build_init(&b, SMALL);
	build_begin(&b, 16, NTFS_IN_USE, 0);
	build_name(&b, 16, ROOT_REF, "NAME~1", NTFS_DOS);
	build_name(&b, 16, ROOT_REF, "longname", NTFS_WIN32);
	uint8_t *value = build_record(&b, 16) + b.used[16] - 88;
	assert_int_equal(value[64], 8);
	for (unsigned i = 0; i < 4; i++)
		put(value + 8 + 8 * i, BUILD_TIME + (i + 1) * UINT64_C(10000000), 8);
	struct text t = lines_of_builder(&b, false, EMIT_TIMELINE);
	static const char *const descs[] = { "Creation Time", "Content Modification Time",
					     "Metadata Modification Time", "Last Access Time" };
	const char *line = t.s;
	for (unsigned i = 0; i < 4; i++) {
		char *want =
			mem_format("{\"message\":\"longname\",\"datetime\":\"2019-04-17T18:40:0%u."
				   "1234567+00:00\",\"timestamp\":155552640%u123456,"
				   "\"timestamp_desc\":\"%s\"",
				   i + 1, i + 1, descs[i]);

		line = strstr(line, want);
		assert_non_null(line);
		line += strlen(want);
		free(want);
	}
	assert_null(strstr(line, "\"message\":\"longname\""));
	text_release(&t);
	build_release(&b);
}

static void fields(void **state)
{
	static const char *const pieces[] = {
		"{\"record_number\":16,\"sequence_number\":1,\"in_use\":true,\"is_directory\":true,"
		"\"path\":\"People\",\"file_name\":\"People\",\"parent_record_number\":5,"
		"\"parent_sequence_number\":5,",
		"\"creation_time\":\"2019-04-17T18:40:00.1234567Z\","
		"\"modification_time\":\"2019-04-17T18:40:00.1234568Z\","
		"\"entry_modification_time\":\"2019-04-17T18:40:00.1234569Z\",\"access_time\":null,"
		"\"file_attributes\":\"0x00000001\"",
		"\"path\":\"$Orphans/lost\",\"file_name\":\"lost\",\"parent_record_number\":63,"
		"\"parent_sequence_number\":1,\"orphan_reason\":\"parent_absent\"",
		"\"reparse_tag\":\"0xa000000c\",\"reparse_target\":\"\\\\?C:\"",
		"{\"record_number\":23,\"sequence_number\":1,\"in_use\":false,\"is_directory\":false,"
		"\"path\":\"$Orphans/23\",\"orphan_reason\":\"nameless\"",
		"\"data_streams\":[],\"recovered\":true}\n",
	};
	struct builder b;
	(void)state;

	fill(&b);
	struct text t = lines_of_builder(&b, true, EMIT_JSONL);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
		if (!strstr(t.s, pieces[i]))
			fail_msg("not found: %s in %s", pieces[i], t.s);
	text_release(&t);
	build_release(&b);
}

/* A folder with one block in its index, which is free and has a name in it of record 20. */
static void forgotten(struct builder *b, bool is_there)
{
	const struct build_entry none[] = { { 0 } };
	uint8_t block[4096] = { 0 }, *key = block + 64 + 16;

	build_init(b, SMALL);
	memcpy(block, "INDX", 4);
	put(block + 4, 40, 2);
	put(block + 6, 9, 2);
	put(block + 64, REF(20), 8);
	put(block + 64 + 8, 96, 2);
	put(block + 64 + 10, build_name_value(key, REF(16), "old.doc", NTFS_WIN32), 2);
	for (unsigned i = 0; i < 4; i++)
		put(key + 8 + 8 * i, BUILD_TIME + i * UINT64_C(10000000), 8);
	put(key + 40, 4096, 8);
	put(key + 48, 77, 8);
	put(key + 56, 0x20, 4);
	build_fixup(block, sizeof(block));
	const struct build_run runs[] = { { build_store(b, block, sizeof(block)), 1 }, { 0 } };
	build_file(b, 16, ROOT_REF, "People", NTFS_FOLDER);
	build_index(b, 16, REF(16), none);
	build_mapped(b, 16, NTFS_INDEX_ALLOCATION, "$I30", 0, runs, 0, sizeof(block));
	build_resident(b, 16, NTFS_BITMAP, "$I30", "\0\0\0\0\0\0\0", 8);
	if (is_there)
		build_file(b, 20, REF(16), "old.doc.locked", 0);
}

static void names_out_of_indices(void **state)
{
	static const char want[] =
		"{\"record_number\":20,\"sequence_number\":1,\"in_use\":%s,\"is_directory\":false,"
		"\"path\":\"People/old.doc\",\"file_name\":\"old.doc\",\"parent_record_number\":16,"
		"\"parent_sequence_number\":1,\"file_size\":77,\"allocated_size\":4096,"
		"\"creation_time\":\"2019-04-17T18:40:00.1234567Z\","
		"\"modification_time\":\"2019-04-17T18:40:01.1234567Z\","
		"\"entry_modification_time\":\"2019-04-17T18:40:02.1234567Z\","
		"\"access_time\":\"2019-04-17T18:40:03.1234567Z\",\"file_attributes\":\"0x00000020\","
		"\"namespace\":\"win32\",\"recovered\":true,\"found_in\":\"free_index_block\","
		"\"offset\":%u}\n";
	struct builder b;
	(void)state;

	for (int is_there = 0; is_there < 2; is_there++) {
		forgotten(&b, is_there);
		const unsigned at = (unsigned)(b.next - 1) * 4096 + 80;
		build_seal(&b);
		struct text volume = { .s = (char *)b.bytes, .len = b.size };
		struct text mft = { .s = (char *)build_record(&b, 0),
				    .len = BUILD_RECORDS * b.record };
		struct text t = lines_of("mft", &volume, 1, true, EMIT_JSONL);
		struct text same = lines_of("mft", &volume, 1, false, EMIT_JSONL);
		struct text alone = lines_of("mft", &mft, 1, true, EMIT_JSONL);
		char *line = mem_format(want, is_there ? "true" : "false", at);

		/* Behind all records, and nowhere if it was not asked for or cannot be. */
		assert_true(t.len > strlen(line));
		assert_string_equal(t.s + t.len - strlen(line), line);
		assert_int_equal(same.len, t.len - strlen(line));
		assert_memory_equal(same.s, t.s, same.len);
		assert_string_equal(alone.s, same.s);
		free(line);
		text_release(&t);
		text_release(&same);
		text_release(&alone);

		t = lines_of("mft", &volume, 1, true, EMIT_BODYFILE);
		line = mem_format("\n0|/People/old.doc ($I30) (deleted%s)|20|-/rrwxrwxrwx|0|0|77|"
				  "1555526403|1555526401|1555526402|1555526400\n",
				  is_there ? "-realloc" : "");
		assert_string_equal(t.s + t.len - strlen(line), line);
		free(line);
		text_release(&t);
		t = lines_of("mft", &volume, 1, true, EMIT_TIMELINE);
		assert_non_null(strstr(t.s, "\"message\":\"People/old.doc ($I30)\""));
		text_release(&t);
		build_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_out_of_indices), cmocka_unit_test(bodyfile),
		cmocka_unit_test(names_in_a_bodyfile),  cmocka_unit_test(streams_of_the_root),
		cmocka_unit_test(times_of_a_name),      cmocka_unit_test(fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
