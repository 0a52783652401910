/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is printed of hives: a built hive through each format, line by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hive_print.h"

static void registry(void **state)
{
	struct hive_build h;
	uint32_t values[8];
	(void)state;

	begin(&h);
	h.security = hive_owner(&h);
	uint32_t key = path(&h, "a\"b");
	values[0] = hive_string_value(&h, "s", REGF_SZ, "x\ty");
	values[1] = hive_value(&h, "", REGF_DWORD, "\1\0\0\x80", 4);
	values[2] = hive_value(&h, "be", REGF_DWORD_BIG_ENDIAN, "\0\0\1\0", 4);
	values[3] = hive_value(&h, "q", REGF_QWORD, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	values[4] = hive_value(&h, "m", REGF_MULTI_SZ, "a\0\0\0\0\0b\0\0\0\0\0\0", 12);
	values[5] = hive_value(&h, "bin", REGF_BINARY, "\x0a\xff", 2);
	values[6] = hive_value(&h, "short", REGF_DWORD, "\1\2", 2);
	values[7] = hive_value(&h, "hidden", 0x20001, "x\0\0\0y\0", 6);
	hive_values(&h, key, values, 8);
	uint32_t behind = hive_value(&h, "hidden", REGF_SZ, "x\0\0\0y\0", 6);
	hive_values(&h, h.root, &behind, 1);
	prints(&h, "registry", false,
	       "{\"key_path\":\"\\\\\",\"key_name\":\"ROOT\",\"last_written_time\":\"" T
	       "\",\"subkey_count\":1,\"value_count\":1,\"class_name\":null,\"owner_sid\":null,"
	       "\"values\":[{\"value_name\":\"hidden\",\"value_type\":\"REG_SZ\",\"data\":\"x\","
	       "\"data_behind_end\":\"7900\",\"data_size\":6}]}\n"
	       "{\"key_path\":\"\\\\a\\\"b\",\"key_name\":\"a\\\"b\",\"last_written_time\":\"" T
	       "\",\"subkey_count\":0,\"value_count\":8,\"class_name\":null,"
	       "\"owner_sid\":\"S-1-5-32-544\",\"values\":["
	       "{\"value_name\":\"s\",\"value_type\":\"REG_SZ\",\"data\":\"x\\ty\",\"data_size\":8},"
	       "{\"value_name\":\"\",\"value_type\":\"REG_DWORD\",\"data\":2147483649,\"data_size\":4},"
	       "{\"value_name\":\"be\",\"value_type\":\"REG_DWORD_BIG_ENDIAN\",\"data\":256,"
	       "\"data_size\":4},"
	       "{\"value_name\":\"q\",\"value_type\":\"REG_QWORD\",\"data\":18446744073709551615,"
	       "\"data_size\":8},"
	       "{\"value_name\":\"m\",\"value_type\":\"REG_MULTI_SZ\",\"data\":[\"a\",\"\",\"b\"],"
	       "\"data_size\":12},"
	       "{\"value_name\":\"bin\",\"value_type\":\"REG_BINARY\",\"data\":\"0aff\","
	       "\"data_size\":2},"
	       "{\"value_name\":\"short\",\"value_type\":\"REG_DWORD\",\"data\":\"0102\","
	       "\"data_size\":2},"
	       "{\"value_name\":\"hidden\",\"value_type\":\"0x00020001\",\"data\":\"780000007900\","
	       "\"data_size\":6}]}\n");
}

static void deleted(void **state)
{
	struct hive_build h;
	(void)state;

	begin(&h);
	uint32_t gone = hive_key(&h, h.root, "gone");
	(void)hive_value(&h, "v", REGF_DWORD, "\1\0\0\0", 4);
	put_le(h.bytes + 4096 + gone, h.at - gone, 4);
	char *got = print(&h, "registry", true, 0);
	if (!strstr(got, "{\"key_path\":\"\\\\gone\",") ||
	    !strstr(got, "{\"key_path\":null,\"key_name\":null,\"values\":[{\"value_name\":\"v\","
			 "\"value_type\":\"REG_DWORD\",\"data\":1,\"data_size\":4}],"
			 "\"recovered\":true}\n"))
		fail_msg("%s", got);
	free(got);
}

static void dirty(void **state)
{
	struct hive_build h;
	(void)state;

	begin(&h);
	put_le(h.bytes + 4, 8, 4);
	free(print(&h, "registry", false, 1));
}

static void patterns(void **state)
{
	static const struct {
		const char *path, *pattern;
		bool want;
	} cases[] = {
		{ "\\A\\b", "a\\B", true },
		{ "\\A\\b", "a", false },
		{ "\\A\\b", "a\\*", true },
		{ "\\A\\b", "*\\*\\*", false },
		{ "\\A\\b\\c", "a\\**", true },
		{ "\\A", "a\\**", false },
		{ "\\A\\b", "a\\bb", false },
		{ "\\a[", "a{", false },
		{ "\\", "*", true },
		{ "\\a1", "a1", true },
		{ "\\a1", "aQ", false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t wide[64];
		struct regf_text t = { wide, put_wide(wide, cases[i].path), false };

		if (hive_path_is(t, cases[i].pattern) != cases[i].want)
			fail_msg("%s, %s", cases[i].path, cases[i].pattern);
	}
}

/* A letter whose low half is that of an ASCII one. */
static void wide_patterns(void **state)
{
	static const uint8_t path[] = { '\\', 0, 'A', 1 };
	(void)state;

	assert_false(hive_path_is((struct regf_text){ path, sizeof(path), false }, "A"));
}

static void shimcache(void **state)
{
	uint8_t cache[8 + 24 + 14] = { 0xfe, 0x0f, 0xdc, 0xba, 1 };
	struct hive_build h;
	(void)state;

	put_le(cache + 8, 14, 2);
	put_le(cache + 12, 32, 4);
	put_le(cache + 16, HIVE_TIME, 8);
	put_le(cache + 24, 2, 4);
	(void)put_wide(cache + 32, "C:\\a.ex");
	begin(&h);
	uint32_t value, both[2];
	both[0] = hive_value(&h, "SdbTime", REGF_BINARY, "not one", 7);
	both[1] = hive_value(&h, "AppCompatCache", REGF_BINARY, cache, sizeof(cache));
	hive_values(&h, path(&h, "ControlSet001\\Control\\Session Manager\\AppCompatCache"), both,
		    2);
	prints(&h, "shimcache", false,
	       "{\"control_set\":\"ControlSet001\",\"position\":0,\"path\":\"C:\\\\a.ex\","
	       "\"last_modified_time\":\"" T "\",\"executed\":true,"
	       "\"insertion_flags\":\"0x00000002\",\"shim_flags\":\"0x00000000\","
	       "\"windows_version\":\"Vista\",\"key_last_written_time\":\"" T "\"}\n");
	/* Of another type: read all the same. */
	begin(&h);
	value = hive_value(&h, "AppCompatCache", REGF_SZ, cache, sizeof(cache));
	hive_values(&h, path(&h, "ControlSet001\\Control\\Session Manager\\AppCompatCache"), &value,
		    1);
	char *line = print(&h, "shimcache", false, 0);
	assert_non_null(strstr(line, "C:\\\\a.ex"));
	free(line);
	begin(&h);
	value = hive_value(&h, "AppCompatCache", REGF_BINARY, "unknown", 7);
	hive_values(&h, path(&h, "ControlSet001\\Control\\Session Manager\\AppCompatCache"), &value,
		    1);
	free(print(&h, "shimcache", false, 1));
}

static void amcache(void **state)
{
	struct hive_build h;
	uint32_t values[5];
	uint8_t time[8];
	(void)state;

	put_le(time, HIVE_TIME, 8);
	begin(&h);
	values[0] = hive_string_value(&h, "101", REGF_SZ,
				      "0000056f4b9d9ec9b5dc548e1b460da889e44089d76f");
	values[1] = hive_value(&h, "17", REGF_QWORD, time, 8);
	values[2] = hive_value(&h, "f", REGF_DWORD, "\0\0\0\x60", 4);
	values[3] = hive_value(&h, "99", REGF_DWORD, "\1\0\0\0", 4);
	hive_values(&h, path(&h, "root\\FILE\\volume\\1"), values, 4);
	prints(&h, "amcache", false,
	       "{\"entry_type\":\"File\",\"key_path\":\"\\\\root\\\\FILE\\\\volume\\\\1\","
	       "\"key_last_written_time\":\"" T "\","
	       "\"file_id\":\"0000056f4b9d9ec9b5dc548e1b460da889e44089d76f\","
	       "\"last_modified_time_2\":\"" T "\",\"link_time\":\"2021-01-14T08:25:36Z\","
	       "\"value_99\":1,\"sha1\":\"056f4b9d9ec9b5dc548e1b460da889e44089d76f\"}\n");
	begin(&h);
	values[0] = hive_string_value(&h, "FileId", REGF_SZ, "none");
	values[1] = hive_value(&h, "Size", REGF_DWORD, "\1\0\0\0", 4);
	values[2] = hive_value(&h, "Sha1", REGF_DWORD, "\2\0\0\0", 4);
	values[3] = hive_value(&h, "size", REGF_DWORD, "\3\0\0\0", 4);
	values[4] = hive_value(&h, "SIZE", REGF_DWORD, "\4\0\0\0", 4);
	hive_values(&h, path(&h, "Root\\InventoryApplicationFile\\x"), values, 5);
	prints_with(&h, "amcache", false, 1, /* the third size */
		    "{\"entry_type\":\"InventoryApplicationFile\","
		    "\"key_path\":\"\\\\Root\\\\InventoryApplicationFile\\\\x\","
		    "\"key_last_written_time\":\"" T "\",\"file_id\":\"none\",\"size\":1,"
		    "\"sha1_2\":2,\"size_2\":3,\"sha1\":null}\n");
}

/* An identifier of which one digit is none has no digest: not those before it, either. */
static void amcache_damaged_id(void **state)
{
	struct hive_build h;
	(void)state;

	begin(&h);
	uint32_t value = hive_string_value(&h, "FileId", REGF_SZ,
					   "0000056f4b9d9ec9b5dc548e1b460da8?9e44089d76f");
	hive_values(&h, path(&h, "Root\\InventoryApplicationFile\\x"), &value, 1);
	char *line = print(&h, "amcache", false, 0);
	assert_non_null(strstr(line, "\"sha1\":null"));
	free(line);
}

/* However many values an entry has: no two keys of its line are alike. */
static void amcache_many_values(void **state)
{
	uint32_t values[200];
	struct hive_build h;
	(void)state;

	begin(&h);
	for (unsigned i = 0; i < 200; i++) {
		char name[16];

		snprintf(name, sizeof(name), i == 199 ? "V198" : "v%u", i);
		values[i] = hive_value(&h, name, REGF_DWORD, "\7\0\0\0", 4);
	}
	hive_values(&h, path(&h, "Root\\InventoryApplicationFile\\x"), values, 200);
	char *line = print(&h, "amcache", false, 0);
	const char *first = strstr(line, "\"v198\":7");
	assert_non_null(first);
	assert_null(strstr(first + 1, "\"v198\":7"));
	assert_non_null(strstr(line, "\"v198_2\":7"));
	free(line);
}

static void bam(void **state)
{
	uint8_t data[24] = { 0 };
	struct hive_build h;
	uint32_t values[3];
	(void)state;

	put_le(data, HIVE_TIME, 8);
	begin(&h);
	values[0] = hive_value(&h, "Version", REGF_DWORD, "\1\0\0\0", 4);
	values[1] = hive_value(&h, "\\Device\\x.exe", REGF_BINARY, data, 24);
	values[2] = hive_value(&h, "text", REGF_SZ, data, 24);
	hive_values(&h, path(&h, "ControlSet001\\Services\\bam\\State\\UserSettings\\S-1-5-18"),
		    values, 3);
	prints_with(
		&h, "bam", false, 1, /* a text is no such record */
		"{\"control_set\":\"ControlSet001\",\"service\":\"bam\",\"user_sid\":\"S-1-5-18\","
		"\"path\":\"\\\\Device\\\\x.exe\",\"last_run_time\":\"" T "\",\"is_app\":false,"
		"\"key_last_written_time\":\"" T "\"}\n");
}

static void userassist(void **state)
{
	uint8_t data[16] = { 1, 0, 0, 0, 6 };
	struct hive_build h;
	(void)state;

	put_le(data + 8, HIVE_TIME, 8);
	begin(&h);
	uint32_t values[3] = {
		hive_value(&h, "HRZR_EHACNGU:P:\\pzq.rkr", REGF_BINARY, data, 16),
		hive_value(&h, "HRZR_EHACNGU:P:\\k.rkr", REGF_BINARY, data, 15),
		hive_value(&h, "HRZR_PGYFRFFVBA", REGF_BINARY, data, 8),
	};
	hive_values(&h,
		    path(&h,
			 "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\UserAssist\\{1}"
			 "\\Count"),
		    values, 3);
	prints_with(&h, "userassist", false, 1, /* that of 15 bytes */
		    "{\"user_assist_guid\":\"{1}\",\"value_name\":\"UEME_RUNPATH:C:\\\\cmd.exe\","
		    "\"version\":3,\"run_count\":1,\"last_run_time\":\"" T "\",\"session\":1,"
		    "\"key_last_written_time\":\"" T "\"}\n");
}

/* An object of the boot configuration, of a type of four bytes; `below` gets its two keys. */
static uint32_t boot_object(struct hive_build *h, const char *where, const char *type,
			    uint32_t below[2])
{
	uint32_t object = path(h, where);

	below[0] = hive_key(h, object, "Description");
	uint32_t value = hive_value(h, "Type", REGF_DWORD, type, 4);
	hive_values(h, below[0], &value, 1);
	below[1] = hive_key(h, object, "Elements");
	return object;
}

/* An element of an object of the boot configuration. */
static uint32_t element(struct hive_build *h, uint32_t parent, const char *number, uint32_t value)
{
	uint32_t key = hive_key(h, parent, number);

	hive_values(h, key, &value, 1);
	return key;
}

static void bcd(void **state)
{
	struct hive_build h;
	uint32_t below[2], elements[6];
	(void)state;

	begin(&h);
	uint32_t object = boot_object(&h, "Objects\\{9dea862c-5cdd-4e70-acc1-f32b344d4795}",
				      "\2\0\x10\x10", below);
	elements[0] = element(&h, below[1], "12000004",
			      hive_string_value(&h, "Element", REGF_SZ, "Boot"));
	elements[1] =
		element(&h, below[1], "16000009", hive_value(&h, "Element", REGF_BINARY, "\0", 1));
	elements[2] = element(&h, below[1], "25000004",
			      hive_value(&h, "Element", REGF_BINARY, "\x1e\0\0\0\0\0\0\0", 8));
	elements[3] = element(&h, below[1], "24000001",
			      hive_value(&h, "Element", REGF_MULTI_SZ, "{\0001\0}\0\0\0\0\0", 10));
	elements[4] =
		element(&h, below[1], "26ffffff", hive_value(&h, "Element", REGF_BINARY, "\1", 1));
	elements[5] =
		element(&h, below[1], "16000009", hive_value(&h, "Element", REGF_BINARY, "\1", 1));
	hive_subkeys(&h, below[1], hive_list(&h, "lh", elements, 6), 6);
	hive_subkeys(&h, object, hive_list(&h, "lh", below, 2), 2);
	prints_with(
		&h, "bcd", false, 1, /* the second 16000009 */
		"{\"object_id\":\"{9dea862c-5cdd-4e70-acc1-f32b344d4795}\",\"object_name\":\"{bootmgr}\","
		"\"object_type\":\"0x10100002\",\"object_type_name\":\"Windows Boot Manager\","
		"\"description\":\"Boot\",\"last_written_time\":\"" T "\",\"elements\":{"
		"\"description\":\"Boot\",\"recoveryenabled\":false,\"timeout\":30,"
		"\"displayorder\":[\"{1}\"],\"custom_26ffffff\":true}}\n");
}

/* An element in segments is none; one that was deleted does not go to another object, nor is it lost. */
static void bcd_odd(void **state)
{
	struct hive_build h;
	uint32_t objects[2];
	(void)state;

	hive_begin(&h, 5, 65536);
	(void)hive_key(&h, HIVE_NONE, "ROOT");
	uint32_t key = path(&h, "Objects");
	objects[0] = hive_key(&h, key, "{1}");
	objects[1] = hive_key(&h, key, "{2}");
	hive_subkeys(&h, key, hive_list(&h, "lh", objects, 2), 2);
	uint32_t first = hive_child(&h, objects[0], "Elements");
	uint32_t large = hive_key(&h, first, "12000002");
	uint32_t value = hive_big(&h, "Element", REGF_SZ, 20000, false);
	hive_values(&h, large, &value, 1);
	hive_subkeys(&h, first, hive_list(&h, "lh", &large, 1), 1);
	(void)hive_child(&h, objects[1], "Elements");
	(void)element(&h, first, "16000009", hive_value(&h, "Element", REGF_BINARY, "\1", 1));
#define EMPTY(id)                                                                                  \
	"{\"object_id\":\"{" id "}\",\"object_name\":null,\"object_type\":null,"                   \
	"\"object_type_name\":null,\"description\":null,\"last_written_time\":\"" T "\","          \
	"\"elements\":{}}\n"
	prints_with(
		&h, "bcd", true, 1,
		EMPTY("1") EMPTY(
			"2") "{\"object_id\":\"{1}\",\"object_name\":null,\"object_type\":null,"
			     "\"object_type_name\":null,\"description\":null,\"last_written_time\":\"" T
			     "\","
			     "\"elements\":{\"recoveryenabled\":true},\"recovered\":true}\n");
}

/* Of an element in segments only the first is left: it does not stay, either. */
static void bcd_cut(void **state)
{
	struct hive_build h;
	uint32_t keys[2];
	(void)state;

	hive_begin(&h, 5, 131072);
	(void)hive_key(&h, HIVE_NONE, "ROOT");
	uint32_t elements = path(&h, "Objects\\{1}\\Elements");
	keys[0] = element(&h, elements, "12000002", hive_big(&h, "Element", REGF_SZ, 20000, true));
	keys[1] = element(&h, elements, "12000030", hive_big(&h, "Element", REGF_SZ, 40000, false));
	hive_subkeys(&h, elements, hive_list(&h, "lh", keys, 2), 2);
	char *line =
		print(&h, "bcd", false, 4); /* the first: taken, and cut short; both: left out */
	assert_non_null(strstr(line, "\"elements\":{}}"));
	free(line);
}

/* Two settings of the memory test have one name: each is a key of its own. */
static void bcd_one_name(void **state)
{
	struct hive_build h;
	uint32_t below[2], elements[2];
	(void)state;

	begin(&h);
	uint32_t object = boot_object(&h, "Objects\\{1}", "\5\0\x20\x10", below);
	elements[0] =
		element(&h, below[1], "26000003", hive_value(&h, "Element", REGF_BINARY, "\0", 1));
	elements[1] =
		element(&h, below[1], "26000005", hive_value(&h, "Element", REGF_BINARY, "\1", 1));
	hive_subkeys(&h, below[1], hive_list(&h, "lh", elements, 2), 2);
	hive_subkeys(&h, object, hive_list(&h, "lh", below, 2), 2);
	char *line = print(&h, "bcd", false, 0);
	assert_non_null(
		strstr(line, "\"elements\":{\"custom_26000003\":false,\"cacheenable\":true}"));
	free(line);
}

/* Numbers that are not whole are shown as they stand. */
static void bcd_integers(void **state)
{
	struct hive_build h;
	(void)state;

	begin(&h);
	uint32_t elements = path(&h, "Objects\\{1}\\Elements");
	uint32_t key = element(&h, elements, "1700000a",
			       hive_value(&h, "Element", REGF_BINARY, "\1\0\0\0\0\0\0\0\2", 9));
	hive_subkeys(&h, elements, hive_list(&h, "lh", &key, 1), 1);
	char *line = print(&h, "bcd", false, 0);
	assert_non_null(strstr(line, "\"badmemorylist\":\"010000000000000002\""));
	free(line);
}

/* No lines of a hive without anything, but a problem of one of another kind. */
static void other_hives(void **state)
{
	static const struct {
		const char *format, *path;
	} cases[] = {
		{ "shimcache", "ControlSet001\\Control" },
		{ "bam", "ControlSet001\\Services" },
		{ "amcache", "Root" },
		{ "userassist", "Software\\Microsoft\\Windows\\CurrentVersion" },
		{ "bcd", "Objects" },
		{ "taskcache", "Microsoft\\Windows NT" },
	};
	struct hive_build h;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&h);
		(void)path(&h, cases[i].path);
		prints_with(&h, cases[i].format, false, 0, "");
		begin(&h);
		(void)path(&h, "SAM\\Domains");
		prints_with(&h, cases[i].format, false, 1, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registry),
		cmocka_unit_test(deleted),
		cmocka_unit_test(dirty),
		cmocka_unit_test(patterns),
		cmocka_unit_test(wide_patterns),
		cmocka_unit_test(bcd_odd),
		cmocka_unit_test(bcd_cut),
		cmocka_unit_test(shimcache),
		cmocka_unit_test(amcache),
		cmocka_unit_test(amcache_damaged_id),
		cmocka_unit_test(amcache_many_values),
		cmocka_unit_test(bam),
		cmocka_unit_test(userassist),
		cmocka_unit_test(bcd),
		cmocka_unit_test(bcd_one_name),
		cmocka_unit_test(bcd_integers),
		cmocka_unit_test(other_hives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
