/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is printed of the cache of tasks in a SOFTWARE hive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hive_print.h"

static void taskcache(void **state)
{
	static const char cache[] = "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache";
	struct hive_build h;
	uint32_t values[3], keys[4], two[2];
	(void)state;

	begin(&h);
	uint32_t key = path(&h, cache);
	two[0] = hive_key(&h, key, "Tasks");
	two[1] = hive_key(&h, key, "Tree");
	hive_subkeys(&h, key, hive_list(&h, "lh", two, 2), 2);
	uint32_t task = hive_child(&h, two[0], "{1}");
	values[0] = hive_string_value(&h, "Path", REGF_SZ, "\\evil");
	values[1] = hive_string_value(&h, "path", REGF_SZ, "\\other");
	hive_values(&h, task, values, 2);
	keys[0] = hive_key(&h, two[1], "evil");
	keys[1] = hive_key(&h, two[1], "fine");
	keys[2] = hive_key(&h, two[1], "zero");
	keys[3] = hive_key(&h, two[1], "numb");
	hive_subkeys(&h, two[1], hive_list(&h, "lh", keys, 4), 4);
	for (unsigned i = 0; i < 3; i++) {
		values[0] = hive_string_value(&h, "Id", REGF_SZ, "{1}");
		values[1] =
			hive_value(&h, "Index", REGF_DWORD, i == 2 ? "\0\0\0\0" : "\3\0\0\0", 4);
		values[2] = hive_value(&h, "SD", REGF_BINARY, "12345678", 8);
		hive_values(&h, keys[i], values, i ? 3 : 2);
	}
	/* A task whose Id is none: no folder, but a task all the same. */
	values[0] = hive_value(&h, "Id", REGF_BINARY, "{1}", 3);
	hive_values(&h, keys[3], values, 1);
#define TREE(name, sd, index, hidden)                                                              \
	"{\"entry_type\":\"tree\",\"task_id\":\"{1}\",\"task_path\":\"\\\\" name                   \
	"\",\"has_security_descriptor\":" sd ",\"index\":" index ",\"hidden\":" hidden             \
	",\"key_last_written_time\":\"" T "\"}\n"
	prints(&h, "taskcache", false,
	       "{\"entry_type\":\"task\",\"task_id\":\"{1}\",\"task_path\":\"\\\\evil\","
	       "\"key_last_written_time\":\"" T
	       "\"}\n" TREE("evil", "false", "3", "true") TREE("fine", "true", "3", "false") TREE(
		       "zero", "true", "0",
		       "true") "{\"entry_type\":\"tree\",\"task_id\":null,\"task_path\":\"\\\\numb\","
			       "\"has_security_descriptor\":false,\"index\":null,\"hidden\":true,"
			       "\"key_last_written_time\":\"" T "\"}\n");
}

/* Where the Index was deleted, Windows does not list a task; nor where it is no number. */
static void taskcache_without_index(void **state)
{
	(void)state;

	for (unsigned i = 0; i < 2; i++) {
		struct hive_build h;
		uint32_t values[3];

		begin(&h);
		uint32_t key = path(
			&h, "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree\\a");
		values[0] = hive_string_value(&h, "Id", REGF_SZ, "{1}");
		values[1] = hive_value(&h, "SD", REGF_BINARY, "12345678", 8);
		values[2] = hive_value(&h, "Index", REGF_DWORD, "\3\0", 2);
		hive_values(&h, key, values, 2 + i);
		char *line = print(&h, "taskcache", false, 0);
		assert_non_null(strstr(line, "\"index\":null,\"hidden\":true"));
		free(line);
	}
}

/* Vista and 7 have no SD there. */
static void taskcache_of_each_windows(void **state)
{
	static const struct {
		const char *version, *hidden;
	} cases[] = { { "6.0", "false" }, { "6.1", "false" }, { "6.2", "true" }, { "6.3", "true" } };
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct hive_build h;
		uint32_t values[2];
		char wanted[64];

		begin(&h);
		uint32_t key = path(&h, "Microsoft\\Windows NT\\CurrentVersion");
		values[0] = hive_string_value(&h, "CurrentVersion", REGF_SZ, cases[i].version);
		hive_values(&h, key, values, 1);
		key = hive_child(&h, hive_child(&h, key, "Schedule"), "TaskCache");
		key = hive_child(&h, hive_child(&h, key, "Tree"), "a");
		values[0] = hive_string_value(&h, "Id", REGF_SZ, "{1}");
		values[1] = hive_value(&h, "Index", REGF_DWORD, "\3\0\0\0", 4);
		hive_values(&h, key, values, 2);
		snprintf(wanted, sizeof(wanted), "\"index\":3,\"hidden\":%s", cases[i].hidden);
		char *line = print(&h, "taskcache", false, 0);
		assert_non_null(strstr(line, wanted));
		free(line);
	}
}

/* Of an identifier in segments only the first is left, and other data in segments follow. */
static void taskcache_cut(void **state)
{
	struct hive_build h;
	uint32_t values[2];
	(void)state;

	hive_begin(&h, 5, 131072);
	(void)hive_key(&h, HIVE_NONE, "ROOT");
	uint32_t key =
		path(&h, "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree\\a");
	values[0] = hive_big(&h, "Id", REGF_SZ, 20000, true);
	values[1] = hive_big(&h, "SD", REGF_BINARY, 40000, false);
	hive_values(&h, key, values, 2);
	char *line = print(&h, "taskcache", false, 2);
	assert_non_null(strstr(line, "\"task_id\":null,\"task_path\":\"\\\\a\""));
	free(line);
}

/* A count of bytes and a string. */
static size_t counted(uint8_t *to, const char *s)
{
	put_le(to, 2 * strlen(s), 4);
	return 4 + put_wide(to + 4, s);
}

/* What a task does, also behind a message and a mail. */
static void taskcache_actions_of_each_kind(void **state)
{
	static const char *const mail[] = { "from", "to", "", "", "", "server", "subject", "body" };
	struct hive_build h;
	uint8_t b[512] = { 2 }, *p = b + 2;
	(void)state;

	begin(&h);
	uint32_t task =
		path(&h, "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tasks\\{1}");
	p += counted(p, "Author");
	put_le(p, 0x9999, 2);
	p += 2 + counted(p + 2, "");
	p += counted(p, "title");
	p += counted(p, "words");
	put_le(p, 0x8888, 2);
	p += 2 + counted(p + 2, "");
	for (unsigned i = 0; i < 8; i++)
		p += counted(p, mail[i]);
	put_le(p, 1, 4);
	p += 4 + counted(p + 4, "file");
	put_le(p, 1, 4);
	p += 4 + counted(p + 4, "name");
	p += counted(p, "text");
	put_le(p, 0x6666, 2);
	p += 2 + counted(p + 2, "");
	p += counted(p, "evil.exe");
	p += counted(p, "-x");
	p += counted(p, "");
	uint32_t value = hive_value(&h, "Actions", REGF_BINARY, b, (size_t)(p - b));
	hive_values(&h, task, &value, 1);
	prints(&h, "taskcache", false,
	       "{\"entry_type\":\"task\",\"task_id\":\"{1}\",\"action_context\":\"Author\","
	       "\"actions\":[{\"action_type\":\"show_message\",\"action_id\":\"\","
	       "\"title\":\"title\",\"body\":\"words\"},"
	       "{\"action_type\":\"send_email\",\"action_id\":\"\",\"from\":\"from\",\"to\":\"to\","
	       "\"cc\":\"\",\"bcc\":\"\",\"reply_to\":\"\",\"server\":\"server\","
	       "\"subject\":\"subject\",\"body\":\"body\",\"attachments\":[\"file\"],"
	       "\"headers\":[{\"name\":\"name\",\"value\":\"text\"}]},"
	       "{\"action_type\":\"exec\",\"action_id\":\"\",\"command\":\"evil.exe\","
	       "\"arguments\":\"-x\",\"working_directory\":\"\"}],"
	       "\"key_last_written_time\":\"" T "\"}\n");
}

/* When a task ran says nothing without its name. */
static void task_in_a_timeline(void **state)
{
	static const uint8_t info[28] = { 3, [4] = 1, [11] = 2, [12] = 1, [19] = 2 };
	struct hive_build h;
	uint32_t values[2];
	(void)state;

	begin(&h);
	uint32_t key =
		path(&h, "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tasks");
	uint32_t task = hive_child(&h, key, "{1}");
	values[0] = hive_value(&h, "DynamicInfo", REGF_BINARY, (const char *)info, sizeof(info));
	values[1] = hive_string_value(&h, "Path", REGF_SZ, "\\evil");
	hive_values(&h, task, values, 2);
	char *got = print_as(EMIT_BODYFILE, &h, "taskcache", false, 0);
	if (!strstr(got, "0|{1} \\evil (Last Time Executed)|"))
		fail_msg("%s", got);
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taskcache),
		cmocka_unit_test(taskcache_cut),
		cmocka_unit_test(taskcache_without_index),
		cmocka_unit_test(taskcache_of_each_windows),
		cmocka_unit_test(taskcache_actions_of_each_kind),
		cmocka_unit_test(task_in_a_timeline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
