/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shell links: every part of one, hostile text, and what is damaged. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lnk_build.h"
#include "triage/parse/lnk.h"
#include "triage/parse/propstore.h"

extern const struct format format_lnk;

static void an_empty_link(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	lnk_head(&b, 0);
	const char *want =
		"{" LNK_HEAD_JSON "\"data_flags\":\"0x00000000\",\"icon_index\":-1,"
		"\"show_command\":3,\"hot_key\":1601,\"shell_items\":[],\"extra_data\":[]}\n";
	JSON_IS(&format_lnk, &b, "a.lnk", want); /* some writers leave out the end of the blocks */
	for (unsigned end = 0; end < 4; end++) {
		put_le(&b, end, 4);
		JSON_IS(&format_lnk, &b, "a.lnk", want);
		b.len -= 4;
	}
	bytes_release(&b);
}

static void shell_items(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	lnk_head(&b, LNK_HAS_ITEMS);
	size_t list = lnk_open(&b, 2);
	put_le(&b, 20, 2); /* root */
	put_n(&b, "\x1f\x50\xe0\x4f\xd0\x20\xea\x3a\x69\x10\xa2\xd8\x08\x00\x2b\x30\x30\x9d", 18);
	put_le(&b, 25, 2); /* volume */
	put_n(&b,
	      "\x2f"
	      "C:\\\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
	      23);
	lnk_file_item(&b, 0x32, "LONGNA~1.TXT", "long name.txt", 9);
	size_t item = lnk_open(&b, 2); /* network */
	put_n(&b, "\xc3\x01\xc5", 3);
	put_n(&b, "\\\\srv\\share\0Microsoft Network\0Comment", 37);
	lnk_close(&b, item, 2, true);
	item = lnk_open(&b, 2); /* address */
	put_n(&b, "\x61\x80\0\0", 4);
	put_16(&b, "http://x/");
	put_zeros(&b, 2);
	lnk_close(&b, item, 2, true);
	item = lnk_open(&b, 2); /* control panel */
	put_n(&b, "\x71\x80", 2);
	put_zeros(&b, 10);
	put_n(&b, "\x20\x20\xec\x21\xea\x3a\x69\x10\xa2\xdd\x08\x00\x2b\x30\x30\x9d", 16);
	lnk_close(&b, item, 2, true);
	put_n(&b, "\x05\0\x01\xab\xcd", 5);
	put_zeros(&b, 2);
	lnk_close(&b, list, 2, false);
	put_zeros(&b, 4);
	JSON_IS(&format_lnk, &b, "a.lnk",
		"{" LNK_HEAD_JSON "\"data_flags\":\"0x00000001\",\"icon_index\":-1,"
		"\"show_command\":3,\"hot_key\":1601,\"shell_items\":["
		"{\"item_type\":\"root_folder\",\"shell_folder_identifier\":\"20d04fe0-3aea-1069-a2d8-"
		"08002b30309d\",\"shell_folder_name\":\"My Computer\"},"
		"{\"item_type\":\"volume\",\"name\":\"C:\\\\\"}," LNK_FILE_JSON(
			"LONGNA~1.TXT",
			"long name.txt") ","
					 "{\"item_type\":\"network\",\"name\":\"\\\\\\\\srv\\\\share\",\"description\":\"Microsoft "
					 "Network\",\"comments\":\"Comment\"},"
					 "{\"item_type\":\"uri\",\"name\":\"http://x/\"},"
					 "{\"item_type\":\"control_panel\",\"shell_folder_identifier\":\"21ec2020-3aea-1069-a2dd-"
					 "08002b30309d\",\"shell_folder_name\":\"Control Panel\"},"
					 "{\"item_type\":\"unknown\",\"data\":\"050001abcd\"}],\"extra_data\":[]}\n");
	bytes_release(&b);
}

/* Items as Windows 7 to 10 write them: those of libfwsi's description, and what is added to a user's folder. */
static void folders_and_volumes(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *want;
	} cases[] = {
		/* Attributes and times of the folder. */
		{ "\x3a\0\x1f\x44\x47\x1a\x03\x59\x72\x3f\xa7\x44\x89\xc5\x55\x95\xfe\x6b\x30\xee"
		  "\x26\0\1\0\x26\0\xef\xbe\x11\0\0\0\x87\xd6\x6c\xf6\x4c\xf5\xd4\x01"
		  "\x88\xd6\x6c\xf6\x4c\xf5\xd4\x01\x89\xd6\x6c\xf6\x4c\xf5\xd4\x01\x14\0",
		  0x3a,
		  "{\"item_type\":\"root_folder\",\"shell_folder_identifier\":"
		  "\"59031a47-3f72-44a7-89c5-5595fe6b30ee\",\"shell_folder_name\":\"Users Files\","
		  "\"file_attributes\":\"0x00000011\",\"modification_time\":"
		  "\"2019-04-17T18:40:00.1234568Z\",\"creation_time\":\"2019-04-17T18:40:00.1234567Z\","
		  "\"access_time\":\"2019-04-17T18:40:00.1234569Z\"}" },
		/* What follows that one: a folder that each user has. */
		{ "\x20\0\0\0\x1a\0\xee\xbb\xfe\x23\0\0\x10\0\x90\xe2\x4d\x37\x3f\x12\x65\x45"
		  "\x91\x64\x39\xc4\x92\x5e\x46\x7b\0\0",
		  0x20,
		  "{\"item_type\":\"known_folder\",\"shell_folder_identifier\":"
		  "\"374de290-123f-4565-9164-39c4925e467b\",\"shell_folder_name\":\"Downloads\"}" },
		/* Another view of properties. */
		{ "\x20\0\0\0\x1a\0\x81\x19\x14\x10\0\0\x10\0\x90\xe2\x4d\x37\x3f\x12\x65\x45"
		  "\x91\x64\x39\xc4\x92\x5e\x46\x7b\0\0",
		  0x20, "{\"item_type\":\"unknown\",\"data\":\"200000001a00" },
		/* Another block: its bytes. */
		{ "\x32\0\x2e\x80\x3a\xcc\xbf\xb4\x2c\xdb\x4c\x42\xb0\x29\x7f\xe9\x9a\x87\xc6\x41"
		  "\x1e\0\0\0\x25\0\xef\xbe\x11\0\0\0\xfa\x66\xa2\x86\x36\x74\xcf\x01"
		  "\x2d\x81\xfe\xbc\xba\x9b\xcf\x01\x14\0",
		  0x32,
		  "{\"item_type\":\"root_folder\",\"shell_folder_identifier\":"
		  "\"b4bfcc3a-db2c-424c-b029-7fe99a87c641\",\"shell_folder_name\":\"Desktop\","
		  "\"data\":\"32002e803accbfb42cdb4c42b0297fe99a87c6411e0000002500efbe11000000fa66a2863674cf01"
		  "2d81febcba9bcf011400\"}" },
		/* A removable drive beside the PC. */
		{ "\x55\0\x1f\0\x2f\0\x10\xb7\xa6\xf5\x19\0\x2fL:\\\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x74\x1a\x59\x5e\x96\xdf\xd3\x48\x8d\x67\x17\x33"
		  "\xbc\xee\x28\xba\x77\x2c\xfb\xf5\x2f\x0e\x16\x4a\xa3\x81\x3e\x56\x0c\x68\xbc\x83",
		  0x55,
		  "{\"item_type\":\"volume\",\"name\":\"L:\\\\\",\"shell_folder_identifier\":"
		  "\"f5fb2c77-0e2f-4a16-a381-3e560c68bc83\"}" },
		/* What the shell keeps for others is no GUID. */
		{ "\x2c\0\x2e\0\6\0\6\x20\x31\x08\3\0\x74\x1a\x59\x5e\x96\xdf\xd3\x48\x8d\x67\x17\x33"
		  "\xbc\xee\x28\xba\x3c\x6d\x78\x35\x75\xb0\xb9\x49\x88\xdd\2\x98\x76\xe1\x1c\1",
		  0x2c, "{\"item_type\":\"unknown\",\"data\":\"2c002e00060006203108030074" },
		{ "\x1c\0\x1f\0\x10\0\0\xee\xeb\xbe\0\0\0\0\1\0\0\0\0\0\0\0\0\0\1\0\0\0", 0x1c,
		  "{\"item_type\":\"unknown\",\"data\":\"1c001f001000" },
		/* A drive with the folder that it stands for. */
		{ "\x29\0\x2f"
		  "D:\\\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\1\5\x8a\xeb\xfb\xee\xbe\x42\x44\x80\x4e"
		  "\x40\x9d\x6c\x45\x15\xe9",
		  0x29,
		  "{\"item_type\":\"volume\",\"name\":\"D:\\\\\",\"shell_folder_identifier\":"
		  "\"fbeb8a05-beee-4442-804e-409d6c4515e9\"}" },
		{ "\x19\0\x2aJ:\\\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 0x19,
		  "{\"item_type\":\"volume\",\"name\":\"J:\\\\\"}" },
		/* FTP: when, which host, as whom. */
		{ "\x1a\0\x61\0\x0a\0host user \0\0ftp://x\0", 0x1a,
		  "{\"item_type\":\"uri\",\"name\":\"\",\"data\":\"1a0061000a00686f737420" },
		/* A folder of Office's on the web. */
		{ "\x12\0\x4c\x50\0\x11\x42\x57\0\0\0\0http:/", 0x12,
		  "{\"item_type\":\"unknown\",\"data\":\"12004c50" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = { 0 };

		lnk_head(&b, LNK_HAS_ITEMS);
		size_t list = lnk_open(&b, 2);
		put_n(&b, cases[i].bytes, cases[i].len);
		put_zeros(&b, 2);
		lnk_close(&b, list, 2, false);
		put_zeros(&b, 4);
		struct outcome x = outcome_of(&format_lnk, &b, "a.lnk", EMIT_JSONL);
		if (x.problems.len || !strstr(x.lines.s, cases[i].want))
			fail_msg("%zu: %s%s", i, text_end(&x.problems), x.lines.s);
		outcome_release(&x);
		bytes_release(&b);
	}
}

/* A file's other blocks are not lost beside the one that is read. */
static void blocks_beside_the_known_one(void **state)
{
	(void)state;

	for (unsigned before = 0; before < 2; before++) {
		struct bytes b = { 0 }, c = { 0 };

		lnk_file_item(&b, 0x31, "X", "long", 9);
		size_t block = (size_t)(b.at[b.len - 2] | b.at[b.len - 1] << 8);
		put_n(&c, b.at, before ? block : b.len);
		put_n(&c,
		      "\x1a\0\0\0\3\0\xef\xbe\x20\x20\xec\x21\xea\x3a\x69\x10\xa2\xdd\x08\x00\x2b\x30"
		      "\x30\x9d\x12\0",
		      26);
		if (before)
			put_n(&c, b.at + block, b.len - block);
		set_le(&c, c.len - 2, block, 2);
		set_le(&c, 0, c.len, 2);
		struct reader r = reader_of(c.at, c.len);
		struct shell_item i;
		assert_true(shell_item_next(&r, &i));
		assert_true(i.has_extension && i.is_rest_unread && !i.bad);
		assert_int_equal(i.long_name.bytes, 8);
		bytes_release(&b);
		bytes_release(&c);
	}
}

/* A file entry of XP has no reference, and its localized name is not UTF-16; the older and newer
 * lengths of the block differ. */
static void versions_of_long_names(void **state)
{
	(void)state;

	for (unsigned version = 3; version <= 9; version += version == 3 ? 4 : 1) {
		struct bytes b = { 0 };

		lnk_file_item(&b, 0x31, "X", "long", version);
		struct reader r = reader_of(b.at, b.len);
		struct shell_item i;
		assert_true(shell_item_next(&r, &i));
		assert_int_equal(i.kind, SHELL_ITEM_FILE);
		assert_true(i.has_extension && i.is_folder);
		assert_int_equal(i.extension_version, version);
		assert_int_equal(i.long_name.bytes, 8);
		assert_memory_equal(i.long_name.at, "l\0o\0n\0g", 8);
		assert_int_equal(i.reference, version >= 7 ? 1234 | UINT64_C(5) << 48 : 0);
		assert_int_equal(i.localized_name.bytes, version >= 7 ? 0 : 3);
		assert_false(shell_item_next(&r, &i));
		assert_false(r.bad);
		/* Within another item, as folders of users are. */
		struct bytes outer = { 0 };
		size_t item = lnk_open(&outer, 2);
		put_n(&outer, "\x74\0\0\0CFSF", 8);
		put_n(&outer, b.at, b.len - 2);
		put_le(&outer, 10 + (size_t)(b.at[b.len - 2] | b.at[b.len - 1] << 8), 2);
		lnk_close(&outer, item, 2, true);
		r = reader_of(outer.at, outer.len);
		assert_true(shell_item_next(&r, &i));
		assert_int_equal(i.kind, SHELL_ITEM_FILE);
		assert_int_equal(i.long_name.bytes, 8);
		bytes_release(&outer);
		bytes_release(&b);
	}
}

static void put_property(struct bytes *b, uint32_t id, unsigned type, const void *value, size_t len)
{
	put_le(b, 13 + len, 4);
	put_le(b, id, 4);
	put_le(b, 0, 1);
	put_le(b, type, 4);
	put_n(b, value, len);
}

/* Two sets: one of numbers, one whose values have names; then the end. */
static void put_stores(struct bytes *b)
{
	size_t block = lnk_open(b, 4);
	put_le(b, 0xa0000009, 4);
	size_t set = lnk_open(b, 4);
	put_n(b, "1SPS\x30\xf1\x25\xb7\xef\x47\x1a\x10\xa5\xf1\x02\x60\x8c\x9e\xeb\xac", 20);
	put_property(b, 10, 31, "\x03\0\0\0a\0\0\xd8\0\0\0\0", 12);
	put_property(b, 12, 21, "\1\0\0\0\0\0\0\0", 8);
	put_property(b, 14, 64, "\x87\xd6\x6c\xf6\x4c\xf5\xd4\x01", 8);
	put_property(b, 99, 0x1011, "\xde\xad", 2);
	put_zeros(b, 4);
	lnk_close(b, set, 4, true);
	set = lnk_open(b, 4);
	put_n(b, "1SPS\x05\xd5\xcd\xd5\x9c\x2e\x1b\x10\x93\x97\x08\x00\x2b\x2c\xf9\xae", 20);
	size_t value = lnk_open(b, 4);
	put_n(b, "\x06\0\0\0\0k\0y\0\0\0\x0b\0\0\0\xff\xff\0\0", 19);
	lnk_close(b, value, 4, true);
	put_zeros(b, 4);
	lnk_close(b, set, 4, true);
	put_zeros(b, 4);
	lnk_close(b, block, 4, true);
}

static void blocks(void **state)
{
	uint8_t paths[780] = "%TEMP%\\a";
	struct bytes b = { 0 };
	(void)state;

	lnk_head(&b, 0);
	lnk_block(&b, 0xa0000001, paths, sizeof(paths));
	for (size_t i = 0; i < 8; i++)
		paths[260 + 2 * i] = (uint8_t) "%TEMP%\\b"[i];
	lnk_block(&b, 0xa0000006, paths, sizeof(paths));
	lnk_tracker(&b);
	lnk_block(&b, 0xa0000004, "\x52\x03\0\0", 4);
	lnk_block(&b, 0xa0000005, "\x25\0\0\0\xdd\0\0\0", 8);
	lnk_block(&b, 0xa0000008, "W\0I\0N\0\0\0", 8);
	lnk_block(&b, 0xa000000b,
		  "\xa2\x76\xdf\xdf\x2a\xc8\x63\x4d\x90\x6a\x56\x44\xac\x45\x73\x85\0\0\0\0", 20);
	put_stores(&b);
	lnk_block(&b, 0xa000000c, "\x05\0\x01\xab\xcd\0\0", 7);
	lnk_block(&b, 0xa0000003, "short", 5);
	lnk_block(&b, 0x12345678, "\x01", 1);
	put_zeros(&b, 4);
	JSON_IS(&format_lnk, &b, "a.lnk",
		"{" LNK_HEAD_JSON "\"data_flags\":\"0x00000000\",\"icon_index\":-1,"
		"\"show_command\":3,\"hot_key\":1601,\"shell_items\":[]," LNK_TRACKER_JSON
		"\"extra_data\":[{\"type\":\"environment_variables\",\"value\":\"%TEMP%\\\\a\"},"
		"{\"type\":\"darwin\",\"value\":\"%TEMP%\\\\b\",\"value_ansi\":\"%TEMP%\\\\a\"},"
		"{\"type\":\"tracker\"},"
		"{\"type\":\"console_code_page\",\"value\":850},{\"type\":\"special_folder\",\"value\":37},"
		"{\"type\":\"shim\",\"value\":\"WIN\"},{\"type\":\"known_folder\",\"value\":"
		"\"dfdf76a2-c82a-4d63-906a-5644ac457385\",\"name\":\"Public\"},"
		"{\"type\":\"property_store\",\"properties\":["
		"{\"format_identifier\":\"b725f130-47ef-101a-a5f1-02608c9eebac\",\"property_identifier\":10,"
		"\"name\":\"System.ItemNameDisplay\",\"value_type\":31,\"value\":\"a\\ud800\"},"
		"{\"format_identifier\":\"b725f130-47ef-101a-a5f1-02608c9eebac\",\"property_identifier\":12,"
		"\"name\":\"System.Size\",\"value_type\":21,\"value\":1},"
		"{\"format_identifier\":\"b725f130-47ef-101a-a5f1-02608c9eebac\",\"property_identifier\":14,"
		"\"name\":\"System.DateModified\",\"value_type\":64,\"value\":\"2019-04-17T18:40:00.1234567Z\"},"
		"{\"format_identifier\":\"b725f130-47ef-101a-a5f1-02608c9eebac\",\"property_identifier\":99,"
		"\"value_type\":4113,\"value\":\"dead\"},"
		"{\"format_identifier\":\"d5cdd505-2e9c-101b-9397-08002b2cf9ae\",\"name\":\"ky\","
		"\"value_type\":11,\"value\":true}]},"
		"{\"type\":\"target_identifier_list\",\"shell_items\":[{\"item_type\":\"unknown\","
		"\"data\":\"050001abcd\"}]},"
		"{\"type\":\"unknown\",\"signature\":\"0xa0000003\",\"data\":\"73686f7274\"},"
		"{\"type\":\"unknown\",\"signature\":\"0x12345678\",\"data\":\"01\"}]}\n");
	bytes_release(&b);
}

/* A set of another mark has no values. A value of a length that is none ends its set only. No end is missed. */
static void stores_that_are_none(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	put_stores(&b);
	for (unsigned i = 0; i < 3; i++) {
		struct bytes c = { 0 };
		struct property p;
		size_t count = 0;

		put_n(&c, b.at + 8, b.len - 8);
		if (i == 1)
			c.at[4] = '2';
		if (i == 2)
			set_le(&c, 24, 0xfffffff0, 4); /* of the first value */
		struct property_cursor cursor = property_begin(reader_of(c.at, c.len));
		while (property_next(&cursor, &p))
			count++;
		assert_int_equal(count, i == 0 ? 5 : 1); /* of the set behind */
		assert_int_equal(cursor.bad, i > 0);
		bytes_release(&c);
	}
	bytes_release(&b);
}

/* Only those of the first version tell a time. */
static void droids(void **state)
{
	uint8_t droid[16] = { 0xc4, 0x6b, 0x20, 0x63, 0xd5, 0x1e, 0xee, 0x11, 0xa2, 0xf7, 1, 2, 3 };
	const uint8_t *node = NULL;
	uint64_t time;
	(void)state;

	assert_true(droid_time(droid, &time, &node));
	assert_int_equal(time, UINT64_C(133334348335000516)); /* 2023-07-10T03:53:53.5000516Z */
	assert_ptr_equal(node, droid + 10);
	droid[7] = 0x41; /* of the fourth */
	assert_false(droid_time(droid, &time, &node));
	memset(droid, 0, sizeof(droid));
	droid[7] = 0x10; /* before 1601 */
	assert_false(droid_time(droid, &time, &node));
}

static void damaged_parts(void **state)
{
	const struct {
		size_t at;
		uint32_t value;
		const char *problem, *left;
	} cases[] = {
		{ 76 + 4 + 14, 60000, "place of the target is damaged", "\"one\"" },   /* volume */
		{ 76 + 4 + 18, 60000, "place of the target is damaged", "\"DATEN\"" }, /* path */
		{ 76 + 4 + 22, 60000, "place of the target is damaged", "\"DATEN\"" }, /* share */
		{ 78, 20, "place of the target is damaged", "file_size" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = { 0 };

		lnk_head(&b, LNK_HAS_ITEMS | LNK_HAS_INFO | LNK_HAS_DESCRIPTION);
		put_le(&b, 0, 2);
		lnk_info(&b, false);
		put_le(&b, 3, 2);
		put_ascii(&b, "one");
		put_zeros(&b, 4);
		set_le(&b, cases[i].at - (i < 3 ? 4 : 0), cases[i].value, 4);
		struct outcome x = outcome_of(&format_lnk, &b, "a.lnk", EMIT_JSONL);
		if (!x.ok || !strstr(x.problems.s, cases[i].problem) ||
		    !strstr(x.lines.s, cases[i].left))
			fail_msg("%zu: %s%s%s", i, x.e.text, x.problems.s, x.lines.s);
		outcome_release(&x);
		bytes_release(&b);
	}
}

/* What `triage parse` makes of it has each of the two. */
static void tells(struct bytes *b, const char *problem, const char *left)
{
	struct outcome x = outcome_of(&format_lnk, b, "a.lnk", EMIT_JSONL);

	if (!x.ok || !x.problems.len || !strstr(x.problems.s, problem) || !strstr(x.lines.s, left))
		fail_msg("%s: %s%s%s", problem, x.e.text, text_end(&x.problems),
			 text_end(&x.lines));
	outcome_release(&x);
	bytes_release(b);
}

static struct bytes with_item(size_t *item)
{
	struct bytes b = { 0 };

	lnk_head(&b, LNK_HAS_ITEMS);
	put_le(&b, 0, 2);
	*item = b.len;
	lnk_file_item(&b, 0x32, "LONGNA~1.TXT", "long name.txt", 9);
	return b;
}

/* What stands behind a bad item, behind the end of the list, or in a damaged block is not lost. */
static void damaged_items(void **state)
{
	size_t item;
	(void)state;

	for (unsigned i = 0; i < 6; i++) {
		struct bytes b = with_item(&item);
		size_t block = item + (size_t)(b.at[b.len - 2] | b.at[b.len - 1] << 8);
		const char *problem = i < 3 ? "what is here is no shell item"
					    : "a shell item is not all read";

		if (i == 0) /* longer than the list */
			put_n(&b, "\xff\x7f\x01\xab", 4);
		else if (i == 1)
			put_n(&b, "\x02\0\x01\xab", 4);
		else if (i == 2) /* behind the end */
			put_n(&b, "\0\0\x01\xab", 4);
		else if (i == 3)
			set_le(&b, block, 7, 2);
		else if (i == 4)
			set_le(&b, block, 0x7fff, 2);
		else
			set_le(&b, b.len - 2, 0x7fff, 2);
		if (i >= 3)
			put_zeros(&b, 2);
		set_le(&b, 76, b.len - 78, 2);
		put_zeros(&b, 4);
		tells(&b, problem, i < 3 ? "01ab\"}]" : "6c006f006e006700");
	}
	/* A block of another signature: no damage, and its bytes. */
	struct bytes b = with_item(&item);
	b.at[item + (size_t)(b.at[b.len - 2] | b.at[b.len - 1] << 8) + 4]++;
	put_zeros(&b, 2);
	set_le(&b, 76, b.len - 78, 2);
	put_zeros(&b, 4);
	struct outcome x = outcome_of(&format_lnk, &b, "a.lnk", EMIT_JSONL);
	assert_int_equal(x.problems.len, 0);
	assert_non_null(strstr(x.lines.s, "\"data\":\""));
	outcome_release(&x);
	bytes_release(&b);
}

static void damaged_stores(void **state)
{
	static const struct {
		size_t at; /* within the block */
		uint32_t value;
		const char *problem, *left;
	} cases[] = {
		{ 12, 0, "property store is damaged",
		  "\"name\":\"ky\"" }, /* mark of the first set */
		{ 32, 0xfffffff0, "property store is damaged", "\"name\":\"ky\"" },
		{ 32, 0, "property store is damaged", "\"data\":\"" }, /* values behind an end */
		{ 8, 0, "property store is damaged", "\"data\":\"" },  /* sets behind an end */
		{ 45, 1000, "not as long as it says", "\"value\":\"e8030000610000d8" },
		{ 45, 1, "not as long as it says", "\"value\":\"01000000610000d8" },
		{ 41, 72, "not as long as it says", "\"value\":\"03000000610000d8" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = { 0 };

		lnk_head(&b, 0);
		size_t block = b.len;
		put_stores(&b);
		put_zeros(&b, 4);
		set_le(&b, block + cases[i].at, cases[i].value, 4);
		tells(&b, cases[i].problem, cases[i].left);
	}
}

/* Each offset of the place that leads nowhere is told, and the other path of two is taken. */
static void damaged_places(void **state)
{
	static const struct {
		size_t at;
		const char *left;
	} cases[] = {
		{ 24, "\"local_path\":\"D:\\\\X\\ud800\"" }, /* the suffix, and its UTF-16 */
		{ 28, "C:\\\\Gr" },
		{ 32, "\\\\a.txt" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = { 0 };

		lnk_head(&b, LNK_HAS_INFO);
		lnk_info(&b, true);
		put_zeros(&b, 4);
		set_le(&b, 76 + cases[i].at, 60000, 4);
		if (i == 0)
			set_le(&b, 76 + 32, 60000, 4);
		tells(&b, "76: the place of the target is damaged", cases[i].left);
	}
}

/* The second one is not hidden by the first. */
static void two_trackers(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	lnk_head(&b, 0);
	lnk_tracker(&b);
	lnk_tracker(&b);
	memcpy(b.at + b.len - 80, "other", 5);
	put_zeros(&b, 4);
	struct outcome x = outcome_of(&format_lnk, &b, "a.lnk", EMIT_JSONL);
	assert_non_null(strstr(x.lines.s, "\"extra_data\":[{\"type\":\"tracker\"},{\"type\":"
					  "\"tracker\",\"machine_identifier\":\"other\""));
	outcome_release(&x);
	bytes_release(&b);
}

/* Wherever it ends: read or refused, with a reason. */
static void cut_off(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	lnk_head(&b, LNK_HAS_ITEMS | LNK_HAS_INFO | LNK_HAS_DESCRIPTION | LNK_IS_UNICODE);
	size_t list = lnk_open(&b, 2);
	lnk_file_item(&b, 0x32, "A.TXT", "a.txt", 9);
	put_zeros(&b, 2);
	lnk_close(&b, list, 2, false);
	lnk_info(&b, true);
	put_le(&b, 1, 2);
	put_16(&b, "x");
	size_t strings = b.len;
	lnk_tracker(&b);
	size_t tracker = b.len;
	put_zeros(&b, 4);
	size_t whole = b.len;
	for (b.len = 0; b.len <= whole; b.len++) {
		struct outcome x = outcome_of(&format_lnk, &b, "a.lnk", EMIT_JSONL);
		bool is_good = b.len == whole || b.len == tracker || b.len == strings;

		assert_int_equal(x.ok, b.len >= LNK_HEAD_BYTES);
		if (x.ok && (x.problems.len == 0) != is_good)
			fail_msg("%zu of %zu: %s", b.len, whole, x.problems.s);
		outcome_release(&x);
	}
	b.len = whole;
	put_ascii(&b, "more");
	struct outcome x = outcome_of(&format_lnk, &b, "a.lnk", EMIT_JSONL);
	assert_non_null(strstr(x.problems.s, "more behind the end"));
	outcome_release(&x);
	bytes_release(&b);
}

static void times_of_fat(void **state)
{
	const struct {
		uint32_t time;
		int64_t want; /* -1: none */
	} cases[] = {
		{ 0x00000021, 315532800 },  /* 1980-01-01 */
		{ 0x0000285d, 951782400 },  /* 2000-02-29 */
		{ 0x00002861, 951868800 },  /* 2000-03-01 */
		{ 0xbf7d5b9f, 1767225598 }, /* 2025-12-31T23:59:58 */
		{ 0x0000f061, 4107542400 }, /* 2100-03-01 */
		{ 0x0000f221, 4133980800 }, /* 2101-01-01 */
		{ 0, -1 },
		{ 0x00000020, -1 },
		{ 0x000001a1, -1 },
		{ 0x0000285e, -1 }, /* 2000-02-30 */
		{ 0x0000f05d, -1 }, /* 2100-02-29 */
		{ 0x0000289f, -1 }, /* 2000-04-31 */
		{ 0xc0000021, -1 }, /* hour 24 */
		{ 0x07800021, -1 }, /* minute 60 */
		{ 0x001e0021, -1 }, /* second 60 */
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t s = -1;

		bool ok = fat_time(cases[i].time, &s);
		if (ok != (cases[i].want != -1) || (ok && s != cases[i].want))
			fail_msg("%zu: %lld", i, (long long)s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_link),
		cmocka_unit_test(shell_items),
		cmocka_unit_test(folders_and_volumes),
		cmocka_unit_test(blocks_beside_the_known_one),
		cmocka_unit_test(versions_of_long_names),
		cmocka_unit_test(blocks),
		cmocka_unit_test(stores_that_are_none),
		cmocka_unit_test(droids),
		cmocka_unit_test(damaged_parts),
		cmocka_unit_test(damaged_items),
		cmocka_unit_test(damaged_stores),
		cmocka_unit_test(damaged_places),
		cmocka_unit_test(two_trackers),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(times_of_fat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
