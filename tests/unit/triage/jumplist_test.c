/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jump lists of both kinds, and the compound files that one kind is. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cfb_build.h"
#include "lnk_build.h"
#include "triage/parse/jumplist.h"

extern const struct format format_jumplist;

#define NAME "5f7b5f1e01b83767.automaticDestinations-ms"
#define LINK_JSON(flags)                                                                           \
	"\"link\":{" LNK_HEAD_JSON "\"data_flags\":\"" flags "\",\"icon_index\":-1,"               \
	"\"show_command\":3,\"hot_key\":1601,"

/* A link with a description of `len` letters. */
static struct bytes link_of(char letter, unsigned len)
{
	struct bytes b = { 0 };

	lnk_head(&b, 4);
	put_le(&b, len, 2);
	for (unsigned i = 0; i < len; i++)
		put_n(&b, &letter, 1);
	put_zeros(&b, 4);
	return b;
}

static void put_entry(struct bytes *d, unsigned version, uint32_t number, const char *path, int pin,
		      bool has_properties)
{
	put_le(d, 0x1122334455667788, 8);
	for (unsigned i = 0; i < 4; i++) {
		put_le(d, 0x63206bc4u + i, 4);
		put_n(d, "\xd5\x1e\xee\x11\xa2\xf7\x52\x54\x00\xee\xb6\x05", 12);
	}
	put_n(d, "pc-17\0\0\0\0\0\0\0\0\0\0", 16);
	put_le(d, number, 4);
	put_le(d, 0, 4);
	put_le(d, 0x40200000, 4); /* 2.5 */
	put_le(d, LNK_TIME, 8);
	put_le(d, (uint32_t)pin, 4);
	if (version >= 2) {
		put_le(d, 0xffffffff, 4);
		put_le(d, 9, 4);
		put_le(d, 0, 8);
	}
	put_le(d, strlen(path), 2);
	put_16(d, path);
	if (version < 2)
		return;
	put_le(d, has_properties ? 49 + 4 : 0, 4);
	if (!has_properties)
		return;
	put_le(d, 49, 4);
	put_n(d, "1SPS\x30\xf1\x25\xb7\xef\x47\x1a\x10\xa5\xf1\x02\x60\x8c\x9e\xeb\xac", 20);
	put_le(d, 21, 4);
	put_le(d, 12, 4);
	put_le(d, 0, 1);
	put_le(d, 21, 4);
	put_le(d, 5, 8);
	put_le(d, 0, 4);
	put_le(d, 0, 4);
}

static struct bytes list_of(unsigned version, unsigned count)
{
	struct bytes d = { 0 };

	put_le(&d, version, 4);
	put_le(&d, count, 4);
	put_le(&d, 1, 4);
	put_zeros(&d, 20);
	return d;
}

#define ENTRY_JSON(version, number, path, counts, pinned, status)                                     \
	"{\"app_id\":\"5f7b5f1e01b83767\",\"list_type\":\"automatic\",\"dest_list_version\":" version \
	",\"entry_number\":" number ",\"path\":\"" path "\","                                         \
	"\"last_access_time\":\"2019-04-17T18:40:00.1234567Z\"," counts "\"access_score\":2.5,"       \
	"\"pinned\":" pinned ",\"pin_status\":" status ",\"hostname\":\"pc-17\","                     \
	"\"droid_volume_identifier\":\"63206bc4-1ed5-11ee-a2f7-525400eeb605\","                       \
	"\"droid_file_identifier\":\"63206bc5-1ed5-11ee-a2f7-525400eeb605\","                         \
	"\"birth_droid_volume_identifier\":\"63206bc6-1ed5-11ee-a2f7-525400eeb605\","                 \
	"\"birth_droid_file_identifier\":\"63206bc7-1ed5-11ee-a2f7-525400eeb605\""

/* Two that the list names, of which one link is large and one is missing, and one that it does not. */
static struct bytes automatic(unsigned cfb_version, unsigned version)
{
	struct bytes d = list_of(version, 2), small = link_of('s', 3), large = link_of('l', 9000);

	put_entry(&d, version, 0x1a, "C:\\a.txt", -1, false);
	put_entry(&d, version, 3, "C:\\b.txt", 0, true);
	const struct cfb_stream streams[] = { { "DestList", d.at, d.len },
					      { "1A", large.at, large.len },
					      { "7", small.at, small.len } };
	struct bytes b = cfb_build(cfb_version, streams, 3);
	bytes_release(&d);
	bytes_release(&small);
	bytes_release(&large);
	return b;
}

static void automatic_lists(void **state)
{
	char *letters = mem_alloc(9001);
	(void)state;

	memset(letters, 'l', 9000);
	for (unsigned i = 0; i < 8; i++) {
		unsigned version = i % 4 + 1;
		struct bytes b = automatic(i < 4 ? 3 : 4, version);
		const char *counts = version > 1 ? "\"access_count\":9," : "";
		char *want = mem_format(
			ENTRY_JSON("%u", "26", "C:\\\\a.txt", "%s", "false", "-1") "," LINK_JSON("0x00000004") "\"description\":\"%s\",\"shell_items\":[],\"extra_data\":[]}}\n" ENTRY_JSON(
				"%u", "3", "C:\\\\b.txt", "%s", "true",
				"0") "%s}\n"
				     "{\"app_id\":\"5f7b5f1e01b83767\",\"list_type\":\"automatic\",\"entry_number\":7,"
				     "\"recovered\":true," LINK_JSON(
					     "0x00000004") "\"description\":\"sss\",\"shell_items\":[],\"extra_data\":[]}}\n",
			version, counts, letters, version, counts,
			version > 1
				? ",\"properties\":[{\"format_identifier\":"
				  "\"b725f130-47ef-101a-a5f1-02608c9eebac\",\"property_identifier\":12,"
				  "\"name\":\"System.Size\",\"value_type\":21,\"value\":5}]"
				: "");
		JSON_IS(&format_jumplist, &b, NAME, want);
		/* A link that the list has forgotten says in a timeline what it is of. */
		struct outcome x = outcome_of(&format_jumplist, &b, NAME, EMIT_TIMELINE);
		assert_non_null(strstr(text_end(&x.lines), "{\"message\":\"sss\""));
		outcome_release(&x);
		free(want);
		bytes_release(&b);
	}
	free(letters);
}

/* What stands behind a path where there is no property store is not taken for its size. */
static void rubbish_behind_paths(void **state)
{
	struct bytes d = list_of(3, 2);
	struct destlist list;
	struct destlist_entry entry;
	(void)state;

	put_entry(&d, 3, 1, "one", -1, false);
	set_le(&d, d.len - 4, 40, 4);
	put_entry(&d, 3, 2, "two", -1, false);
	assert_true(destlist_begin(d.at, d.len, &list));
	assert_true(destlist_next(&list, &entry));
	assert_int_equal(entry.properties.left, 0);
	assert_true(destlist_next(&list, &entry));
	assert_int_equal(entry.number, 2);
	assert_false(destlist_next(&list, &entry));
	assert_false(list.rest.bad);
	bytes_release(&d);
}

/* Versions to come: what stands between entries is passed over, and said. */
static void newer_lists(void **state)
{
	(void)state;

	for (unsigned version = 2; version <= 6; version++) {
		struct bytes d = list_of(version, 2);

		put_entry(&d, version, 1, "C:\\one", -1, false);
		put_ascii(&d, "something of nineteen");
		put_entry(&d, version, 2, "C:\\two", 0, false);
		const struct cfb_stream streams[] = { { "DestList", d.at, d.len } };
		struct bytes b = cfb_build(3, streams, 1);
		struct outcome x = outcome_of(&format_jumplist, &b, NAME, EMIT_JSONL);
		assert_true(x.ok);
		assert_non_null(strstr(x.lines.s, "\"path\":\"C:\\\\one\""));
		assert_non_null(strstr(x.lines.s, "\"path\":\"C:\\\\two\""));
		assert_non_null(strstr(x.problems.s, "lies what is not known"));
		outcome_release(&x);
		bytes_release(&b);
		bytes_release(&d);
	}
}

/* What can be no entry is none; what stands behind it is. */
static void what_can_be_no_entry(void **state)
{
	static const struct {
		size_t at, bytes;
		uint64_t value;
	} cases[] = {
		{ 72, 1, 0x1f },   { 72, 1, ' ' }, { 80, 1, 'x' },
		{ 92, 4, 1 },      { 100, 8, 1 },  { 100, 8, UINT64_C(1) << 60 },
		{ 108, 4, 65536 }, { 128, 2, 0 },  { 128, 2, 0xffff },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes d = list_of(3, 2);
		struct destlist list;
		struct destlist_entry entry;

		put_entry(&d, 3, 1, "one", -1, false);
		set_le(&d, 32 + cases[i].at, cases[i].value, cases[i].bytes);
		size_t second = d.len;
		put_entry(&d, 3, 2, "two", -1, false);
		assert_true(destlist_begin(d.at, d.len, &list));
		if (!destlist_next(&list, &entry) || entry.number != 2)
			fail_msg("%zu: entry %u", i, entry.number);
		assert_int_equal(list.passed_over, second - 32);
		assert_false(destlist_next(&list, &entry));
		assert_false(list.rest.bad);
		/* And with nothing behind it. */
		assert_true(destlist_begin(d.at, second, &list));
		assert_false(destlist_next(&list, &entry));
		assert_true(list.rest.bad);
		bytes_release(&d);
	}
}

/* A damaged count or length loses no entries, in any version; nor does a PC with an umlaut in its name. */
static void entries_behind_damage(void **state)
{
	(void)state;

	for (unsigned i = 0; i < 16; i++) {
		unsigned version = i / 4 + 1;
		struct bytes d = list_of(version, i % 4 == 0 ? 0 : 3);

		for (unsigned n = 1; n <= 3; n++) {
			size_t at = d.len;

			put_entry(&d, version, n,
				  n == 1   ? "one"
				  : n == 2 ? "two"
					   : "three",
				  -1, false);
			if (n == 2 && i % 4 == 1)
				set_le(&d, at + (version > 1 ? 128 : 112), 0x7fff, 2);
			if (n == 2 && i % 4 == 2)
				set_le(&d, at + (version > 1 ? 128 : 112), 1, 2);
			if (n == 2 && i % 4 == 3)
				set_le(&d, at + 72, 0xfc, 1);
		}
		const struct cfb_stream streams[] = { { "DestList", d.at, d.len } };
		struct bytes b = cfb_build(3, streams, 1);
		struct outcome x = outcome_of(&format_jumplist, &b, NAME, EMIT_JSONL);
		if (!x.ok || (x.problems.len == 0) != (i % 4 == 3) ||
		    !strstr(x.lines.s, "\"path\":\"one\"") ||
		    !strstr(x.lines.s, "\"path\":\"three\"") ||
		    (i % 4 == 3 && !strstr(x.lines.s, "\"hostname\":\"\u00fcc-17\"")))
			fail_msg("%u: %s%s", i, text_end(&x.problems), text_end(&x.lines));
		outcome_release(&x);
		bytes_release(&b);
		bytes_release(&d);
	}
}

/* Whatever of an entry of the directory is damaged, its link is there, and it is told. */
static void streams_of_odd_entries(void **state)
{
	const struct {
		size_t entry, at;
		uint64_t value;
		unsigned bytes;
		const char *problem;
	} cases[] = {
		{ 0, 66, 2, 1, "does not begin with its root" },
		{ 3, 66, 0, 1, "of no known kind" },
		{ 3, 0, 'x', 1, "the name of a stream is no number" },
		{ 1, 120, 0, 8, "DestList is damaged" },
		{ 2, 76, 5, 4, "the directory is not all there" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = automatic(3, 4);
		size_t directory = ((size_t)(b.at[48] | b.at[49] << 8) + 1) * 512;

		set_le(&b, directory + 128 * cases[i].entry + cases[i].at, cases[i].value,
		       cases[i].bytes);
		struct outcome x = outcome_of(&format_jumplist, &b, NAME, EMIT_JSONL);
		if (!x.ok || !strstr(text_end(&x.problems), cases[i].problem) ||
		    !strstr(text_end(&x.lines), "\"recovered\":true,\"link\"") ||
		    !strstr(text_end(&x.lines), "\"sss\""))
			fail_msg("%zu: %s%s", i, text_end(&x.problems), text_end(&x.lines));
		assert_int_equal(strstr(x.lines.s, "\"stream_name\":\"x\"") != NULL, i == 2);
		outcome_release(&x);
		bytes_release(&b);
	}
}

/* A chain of the directory, or of a stream, that comes back to itself, or ends too early. */
/* [MS-CFB] has one number for what is small: another one is damage, which hides nothing. */
static void small_streams_of_another_size(void **state)
{
	static const uint32_t sizes[] = { 0, 0x10, 0x11000, UINT32_MAX };
	(void)state;

	struct bytes good = automatic(3, 4);
	struct outcome want = outcome_of(&format_jumplist, &good, NAME, EMIT_JSONL);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct bytes b = automatic(3, 4);

		set_le(&b, 56, sizes[i], 4);
		struct outcome x = outcome_of(&format_jumplist, &b, NAME, EMIT_JSONL);
		assert_true(x.ok);
		assert_string_equal(text_end(&x.lines), text_end(&want.lines));
		assert_non_null(strstr(text_end(&x.problems), "the compound file is damaged"));
		outcome_release(&x);
		bytes_release(&b);
	}
	outcome_release(&want);
	bytes_release(&good);
}

/* The list of the table's sectors is there, but its count is none. */
static void table_of_no_sectors(void **state)
{
	(void)state;

	struct bytes good = automatic(3, 4), b = automatic(3, 4);
	struct outcome want = outcome_of(&format_jumplist, &good, NAME, EMIT_JSONL);
	set_le(&b, 44, 0, 4);
	struct outcome x = outcome_of(&format_jumplist, &b, NAME, EMIT_JSONL);
	assert_true(x.ok);
	assert_string_equal(text_end(&x.lines), text_end(&want.lines));
	assert_non_null(strstr(text_end(&x.problems), "the allocation table is not all there"));
	outcome_release(&x);
	outcome_release(&want);
	bytes_release(&b);
	bytes_release(&good);
}

static void chains_that_lead_astray(void **state)
{
	static const struct {
		bool directory;
		uint32_t next; /* 0: itself */
		const char *problem;
	} cases[] = {
		{ true, 0, "two chains lead through the same sectors" },
		{ true, 0xffffffff, "the directory is not all there" },
		{ true, 0xfffffe, "the directory is not all there" },
		{ false, 0, "two chains lead through the same sectors" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = automatic(3, 4);
		size_t directory = (size_t)(b.at[48] | b.at[49] << 8);
		size_t entry = (directory + 1) * 512 + 128 * 2; /* of the large link */
		size_t n = cases[i].directory
				   ? directory
				   : (size_t)(b.at[entry + 116] | b.at[entry + 117] << 8);

		set_le(&b, 512 + 4 * n, cases[i].next ? cases[i].next : n, 4);
		struct outcome x = outcome_of(&format_jumplist, &b, NAME, EMIT_JSONL);
		if (!x.ok || !strstr(text_end(&x.problems), cases[i].problem))
			fail_msg("%zu: %s%s", i, x.e.text, text_end(&x.problems));
		/* A loop makes no more of it. */
		assert_ptr_equal(strstr(strstr(x.lines.s, "\"sss\"") + 1, "\"sss\""), NULL);
		outcome_release(&x);
		bytes_release(&b);
	}
}

/* What stands in a stream behind its link; where it is told lies in the file, whichever way the chain goes. */
static void more_in_a_stream(void **state)
{
	(void)state;

	for (unsigned i = 0; i < 4; i++) { /* small and large ones, of either version */
		struct bytes link = link_of('s', i % 2 ? 9000 : 3), d = list_of(4, 0);

		put_ascii(&link, "hidden");
		const struct cfb_stream streams[] = { { "DestList", d.at, d.len },
						      { "1", link.at, link.len } };
		struct bytes b = cfb_build(i / 2 ? 4 : 3, streams, 2);
		struct outcome x = outcome_of(&format_jumplist, &b, NAME, EMIT_JSONL);
		const uint8_t *hidden = memmem(b.at, b.len, "hidden", 6);
		assert_non_null(hidden);
		char *want = mem_format("%zu: there is more behind the end of the link\n",
					(size_t)(hidden - b.at));
		assert_string_equal(text_end(&x.problems), want);
		free(want);
		outcome_release(&x);
		bytes_release(&b);
		bytes_release(&link);
		bytes_release(&d);
	}
}

/* The head of a group with a name, and the class of the link that follows. */
static void put_group(struct bytes *b, const char *name, uint32_t count)
{
	put_le(b, 0, 4);
	put_le(b, strlen(name), 2);
	put_16(b, name);
	put_le(b, count, 4);
}

#define LINK_CLASS "\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"
#define GROUP_END "\xab\xfb\xbf\xba"

/* Groups of all kinds; and nothing may hide beside what belongs to them. */
static void custom_frames(void **state)
{
	struct bytes one = link_of('x', 2), b = { 0 };
	size_t places[6], whole;
	(void)state;

	put_n(&b, "\2\0\0\0\3\0\0\0\0\0\0\0", 12);
	places[0] = b.len;
	put_le(&b, 1, 4); /* a known group has no links of its own */
	put_le(&b, 2, 4);
	put_n(&b, GROUP_END, 4);
	put_group(&b, "name", 2);
	places[1] = b.len;
	for (unsigned i = 0; i < 3; i++) {
		if (i == 2) {
			places[4] = b.len;
			put_n(&b, GROUP_END, 4);
			put_le(&b, 2, 4); /* tasks */
			put_le(&b, 1, 4);
		}
		put_n(&b, LINK_CLASS, 16);
		if (i == 1)
			places[2] = b.len;
		put_n(&b, one.at, one.len);
		places[3] = b.len;
	}
	put_n(&b, GROUP_END, 4);
	places[5] = b.len;
	whole = b.len;
	struct outcome x = outcome_of(&format_jumplist, &b, "a", EMIT_JSONL);
	if (!x.ok || x.problems.len)
		fail_msg("%s%s", x.e.text, text_end(&x.problems));
	outcome_release(&x);
	/* Without its end, and with the beginning of a link damaged. */
	for (unsigned i = 0; i < 8; i++) {
		b.len = i == 6 ? whole - 4 : whole;
		if (i == 7)
			b.at[places[2] + 5] ^= 1;
		if (i < 6) {
			put_n(&b, "??", 2);
			memmove(b.at + places[i] + 2, b.at + places[i], whole - places[i]);
			memset(b.at + places[i], '?', 2);
		}
		x = outcome_of(&format_jumplist, &b, "a", EMIT_JSONL);
		if (!x.ok || !x.problems.len)
			fail_msg("%u: %s%s", i, x.e.text, text_end(&x.lines));
		outcome_release(&x);
		if (i < 6)
			memmove(b.at + places[i], b.at + places[i] + 2, whole - places[i]);
	}
	bytes_release(&b);
	bytes_release(&one);
}

static void custom_lists(void **state)
{
	struct bytes b = { 0 }, one = link_of('x', 2), two = link_of('y', 1);
	(void)state;

	put_le(&b, 2, 4);
	put_le(&b, 1, 4);
	put_le(&b, 0, 4);
	put_group(&b, "n", 2);
	put_n(&b, LINK_CLASS, 16);
	put_n(&b, one.at, one.len);
	put_n(&b, LINK_CLASS, 16);
	size_t second = b.len;
	put_n(&b, two.at, two.len);
	put_n(&b, "\xab\xfb\xbf\xba", 4);
	char *want = mem_format(
		"{\"app_id\":\"28c8b86deab549a1\",\"list_type\":\"custom\",\"offset\":40," LINK_JSON(
			"0x00000004") "\"description\":\"xx\",\"shell_items\":[],\"extra_data\":[]}}\n"
				      "{\"app_id\":\"28c8b86deab549a1\",\"list_type\":\"custom\",\"offset\":%zu," LINK_JSON(
					      "0x00000004") "\"description\":\"y\",\"shell_items\":[],\"extra_data\":[]}}\n",
		second);
	JSON_IS(&format_jumplist, &b, "28c8b86deab549a1.customDestinations-ms", want);
	free(want);
	/* The last one cut off within its header: the first is still read. */
	b.len = second + 40;
	struct outcome x = outcome_of(&format_jumplist, &b, "a", EMIT_JSONL);
	assert_true(x.ok);
	assert_non_null(strstr(x.lines.s, "\"xx\""));
	assert_non_null(strstr(x.problems.s, "the link is cut off"));
	outcome_release(&x);
	bytes_release(&b);
	/* A list of nothing, and what is none. */
	put_n(&b, "\2\0\0\0\0\0\0\0\0\0\0\0\xab\xfb\xbf\xba", 16);
	JSON_IS(&format_jumplist, &b, "a.customDestinations-ms", "");
	b.len--;
	x = outcome_of(&format_jumplist, &b, "a", EMIT_JSONL);
	assert_false(x.ok);
	assert_int_equal(x.e.kind, ERROR_UNTRUSTED);
	outcome_release(&x);
	bytes_release(&b);
	bytes_release(&one);
	bytes_release(&two);
}

/* Chains that lead into themselves or nowhere end; what was before is kept. */
static void hostile_chains(void **state)
{
	const struct {
		const char *what;
		size_t at;
		uint32_t value;
		bool opens;
	} cases[] = {
		{ "the table says that all chains loop", 512, 0, true },
		{ "a table that lies outside", 76, 0x00ffffff, true },
		{ "more tables than there are", 44, 0xffffffff, true },
		{ "a chain of tables that leads to itself", 68, 0, true },
		{ "no directory", 48, 0xfffffffe, false },
		{ "a directory outside", 48, 0x00ffffff, false },
		{ "small streams outside", 60, 0x00ffffff, true },
		{ "version 5", 26, 0xfffe0005, false },
		{ "sectors of another size", 30, 0x0000000c, false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = automatic(3, 3);

		for (size_t n = 0; n < (i == 0 ? 128 : 1); n++)
			set_le(&b, cases[i].at + 4 * n, i == 0 ? n : cases[i].value, 4);
		if (i == 3)
			set_le(&b, 44, 200, 4);
		struct outcome x = outcome_of(&format_jumplist, &b, NAME, EMIT_JSONL);
		if (x.ok != cases[i].opens || (x.ok && x.problems.len == 0))
			fail_msg("%s: %s%s", cases[i].what, x.e.text, x.problems.s);
		outcome_release(&x);
		bytes_release(&b);
	}
}

/* Thousands of streams that are all the same megabyte are not read thousands of times. */
static void streams_over_each_other(void **state)
{
	size_t len = 20000, count = 300;
	uint8_t *zeros = mem_alloc(len);
	struct cfb_stream streams[300];
	char names[300][8];
	struct error e = { 0 };
	struct cfb c;
	struct cfb_content content;
	struct cfb_entry entry;
	size_t total = 0;
	(void)state;

	for (size_t i = 0; i < count; i++) {
		snprintf(names[i], sizeof(names[i]), "%zx", i);
		streams[i] = (struct cfb_stream){ names[i], zeros, i ? 0 : len };
	}
	struct bytes b = cfb_build(4, streams, count);
	assert_true(cfb_open(b.at, b.len, &c, NULL, &e));
	assert_true(cfb_entry(&c, 1, &entry));
	assert_int_equal(entry.size_bytes, len);
	for (size_t i = 0; i < count; i++) {
		cfb_read(&c, &entry, &content);
		total += content.len;
		cfb_content_release(&content);
	}
	assert_true(total >= len && total <= 4 * b.len);
	cfb_release(&c);
	bytes_release(&b);
	free(zeros);
}

/* A part of the allocation table that lies behind the end of the file. */
static void table_elsewhere(void **state)
{
	struct bytes b = automatic(3, 4);
	(void)state;

	memset(b.at + 76, 0x7f, 4); /* the first number of the header's list */
	struct outcome x = outcome_of(&format_jumplist, &b, NAME, EMIT_JSONL);
	assert_true(x.ok || x.e.kind == ERROR_UNTRUSTED);
	outcome_release(&x);
	bytes_release(&b);
}

static void cut_off(void **state)
{
	struct bytes b = automatic(3, 4);
	size_t whole = b.len, opened = 0;
	(void)state;

	for (b.len = 0; b.len < whole; b.len += 61) {
		struct outcome x = outcome_of(&format_jumplist, &b, NAME, EMIT_JSONL);

		assert_true(x.ok || x.e.kind == ERROR_UNTRUSTED);
		opened += x.ok;
		outcome_release(&x);
	}
	assert_true(opened > 0);
	bytes_release(&b);
}

static void names_of_streams(void **state)
{
	const struct {
		const char *name;
		bool ok;
		uint32_t number;
	} cases[] = { { "1", true, 1 },   { "aF", true, 0xaf }, { "ffffffff", true, 0xffffffff },
		      { "", false, 0 },   { "g", false, 0 },    { "123456789", false, 0 },
		      { "1 ", false, 0 }, { "@", false, 0 },    { "A`", false, 0 } };
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = { 0 };
		uint32_t number;

		put_16(&b, cases[i].name);
		bool ok = jumplist_stream_number((struct words){ b.at, b.len, true }, &number);
		if (ok != cases[i].ok || (ok && number != cases[i].number))
			fail_msg("\"%s\": %x", cases[i].name, number);
		bytes_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(automatic_lists),
		cmocka_unit_test(rubbish_behind_paths),
		cmocka_unit_test(newer_lists),
		cmocka_unit_test(what_can_be_no_entry),
		cmocka_unit_test(entries_behind_damage),
		cmocka_unit_test(streams_of_odd_entries),
		cmocka_unit_test(small_streams_of_another_size),
		cmocka_unit_test(table_of_no_sectors),
		cmocka_unit_test(chains_that_lead_astray),
		cmocka_unit_test(more_in_a_stream),
		cmocka_unit_test(custom_frames),
		cmocka_unit_test(custom_lists),
		cmocka_unit_test(hostile_chains),
		cmocka_unit_test(streams_over_each_other),
		cmocka_unit_test(table_elsewhere),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(names_of_streams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
