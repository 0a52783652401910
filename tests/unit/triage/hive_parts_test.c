/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small records in hives: UserAssist, BAM, names of Amcache, boot configuration, scheduled tasks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hive_build.h"
#include "triage/parse/amcache.h"
#include "triage/parse/bcd.h"
#include "triage/parse/taskcache.h"
#include "triage/parse/userassist.h"

#define TIME UINT64_C(0x01d0000012345678)

static struct regf_text narrow(const char *s)
{
	return (struct regf_text){ (const uint8_t *)s, strlen(s), true };
}

static void userassist_versions(void **state)
{
	uint8_t b[73] = { 0 };
	struct userassist u;
	struct text t = { 0 };
	(void)state;

	put_le(b, 9, 4);
	put_le(b + 4, 7, 4);
	put_le(b + 8, TIME, 8);
	assert_true(userassist_parse((struct regf_bytes){ b, 16 }, &u));
	assert_true(u.version == 3 && u.session == 9 && u.run_count == 2 && u.last_run == TIME);
	put_le(b + 4, 4, 4); /* less than it begins with: as it stands */
	assert_true(userassist_parse((struct regf_bytes){ b, 16 }, &u) && u.run_count == 4);
	memset(b, 0xff, sizeof(b));
	put_le(b + 4, 7, 4);
	put_le(b + 8, 8, 4);
	put_le(b + 12, 9, 4);
	put_le(b + 60, TIME, 8);
	assert_true(userassist_parse((struct regf_bytes){ b, 72 }, &u));
	assert_true(u.version == 5 && u.run_count == 7 && u.focus_count == 8 && u.focus_ms == 9 &&
		    u.last_run == TIME);
	for (size_t len = 0; len <= 73; len++)
		assert_int_equal(userassist_parse((struct regf_bytes){ b, len }, &u),
				 len == 16 || len == 72);
	userassist_name(&t, narrow("P:\\Nz[`{@ 09 \xe4 HRZR"));
	assert_string_equal(t.s, "C:\\Am[`{@ 09 \xc3\xa4 UEME");
	text_release(&t);
}

static void bam_values(void **state)
{
	uint8_t b[25] = { 0 };
	struct bam m;
	(void)state;

	put_le(b, TIME, 8);
	put_le(b + 16, 1, 4);
	put_le(b + 20, 2, 4);
	assert_true(bam_parse((struct regf_bytes){ b, 24 }, &m));
	assert_true(m.last_run == TIME && m.is_app == 1);
	assert_false(bam_parse((struct regf_bytes){ b, 23 }, &m));
	assert_false(bam_parse((struct regf_bytes){ b, 25 }, &m));
}

static void amcache_names(void **state)
{
	static const char *const cases[][2] = {
		{ "LowerCaseLongPath", "lower_case_long_path" },
		{ "OSVersionAtInstallTime", "os_version_at_install_time" },
		{ "IsPeFile", "is_pe_file" },
		{ "SYSFILE", "sysfile" },
		{ "Audio.RenderDriver", "audio_render_driver" },
		{ "\"},{\"x", "x" },
		{ "a\xe4 b", "a_b" },
		{ "Usn2Name", "usn2_name" },
		{ "", "" },
		{ "A123456789B123456789C123456789D123456789E123456789F123456789G123456789",
		  "a123456789_b123456789_c123456789_d123456789_e123456789_f123456" },
	};
	char key[AMCACHE_KEY_MAX], sha1[41];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(amcache_snake(key, narrow(cases[i][0])), cases[i][1]);
	assert_true(amcache_sha1(narrow("000056F4b9d9ec9b5dc548e1b460da889e44089d76f0"), sha1));
	assert_string_equal(sha1, "56f4b9d9ec9b5dc548e1b460da889e44089d76f0");
	assert_false(amcache_sha1(narrow("000156f4b9d9ec9b5dc548e1b460da889e44089d76f0"), sha1));
	assert_false(amcache_sha1(narrow("000056f4b9d9ec9b5dc548e1b460da889e44089d76g0"), sha1));
	assert_false(amcache_sha1(narrow("000056f4b9d9ec9b5dc548e1b460da889e44089d76f"), sha1));
	assert_string_equal(amcache_file_name(narrow("15"))->key, "full_path");
	assert_int_equal(amcache_file_name(narrow("17"))->meaning, AMCACHE_FILETIME);
	assert_string_equal(amcache_program_name(narrow("A"))->key, "install_time");
	assert_null(amcache_file_name(narrow("99")));
}

static void boot_names(void **state)
{
	static const struct {
		uint32_t object, element;
		const char *want;
	} cases[] = {
		{ 0x10200003, 0x16000009, "recoveryenabled" },
		{ 0x10200003, 0x16000048, "nointegritychecks" },
		{ 0x10200003, 0x16000049, "testsigning" },
		{ 0x10200003, 0x25000080, "safeboot" },
		{ 0x10200003, 0x250000e0, "bootstatuspolicy" },
		{ 0x10100002, 0x24000001, "displayorder" },
		{ 0x10100001, 0x24000001, "displayorder" },
		{ 0x10200004, 0x22000002, "filepath" },
		{ 0x10200003, 0x22000002, "systemroot" },
		{ 0x10200005, 0x25000001, "passcount" },
		{ 0x30000000, 0x32000004, "ramdisksdipath" },
		{ 0x20100000, 0x250000f3, "hypervisordebugtype" },
		{ 0x10400009, 0x250000f3, NULL },
		{ 0x10200003, 0x26ffffff, NULL },
		{ 0x10200003, 0x56000001, NULL },
	};
	uint32_t n;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *got = bcd_element_name(cases[i].object, cases[i].element);

		if (cases[i].want ? !got || strcmp(got, cases[i].want) != 0 : got != NULL)
			fail_msg("%08x: %s", cases[i].element, got ? got : "none");
	}
	assert_string_equal(bcd_object_name(narrow("{9DEA862C-5cdd-4e70-acc1-f32b344d4795}")),
			    "{bootmgr}");
	assert_null(bcd_object_name(narrow("{9dea862c-5cdd-4e70-acc1-f32b344d4796}")));
	assert_string_equal(bcd_type_name(0x10200003), "Windows Boot Loader");
	assert_string_equal(bcd_type_name(0x30000001), "Device options");
	assert_true(bcd_element_number(narrow("2600001A"), &n) && n == 0x2600001a);
	assert_false(bcd_element_number(narrow("2600001"), &n));
	assert_false(bcd_element_number(narrow("2600001g"), &n));
	assert_false(bcd_element_number(narrow("2600001/"), &n));
	assert_false(bcd_element_number(narrow("2600001@"), &n));
	assert_false(bcd_element_number(narrow("2600001`"), &n));
	assert_int_equal(bcd_form(0x26000010), BCD_BOOLEAN);
}

static void boot_devices(void **state)
{
	uint8_t b[88] = { 0 };
	struct bcd_device d;
	(void)state;

	put_le(b + 16, 6, 4);
	put_le(b + 24, 72, 4);
	put_le(b + 32, 0x100000, 8);
	put_le(b + 56, 0xabcd1234, 4);
	assert_true(bcd_device_parse((struct regf_bytes){ b, 88 }, &d));
	assert_true(d.has_partition && d.gpt && d.partition_guid == b + 32 &&
		    d.disk_guid == b + 56);
	put_le(b + 52, 1, 4);
	assert_true(bcd_device_parse((struct regf_bytes){ b, 88 }, &d));
	assert_true(d.has_partition && !d.gpt && d.partition_offset == 0x100000 &&
		    d.disk_signature == 0xabcd1234);
	assert_string_equal(d.type_name, "qualified_partition");
	assert_true(bcd_device_parse((struct regf_bytes){ b, 71 }, &d) && !d.has_partition);
	put_le(b + 16, 5, 4);
	assert_true(bcd_device_parse((struct regf_bytes){ b, 32 }, &d));
	assert_string_equal(d.type_name, "boot");
	put_le(b + 16, 99, 4);
	assert_true(bcd_device_parse((struct regf_bytes){ b, 32 }, &d) && !d.type_name);
	assert_false(bcd_device_parse((struct regf_bytes){ b, 31 }, &d));
}

/* Bytes as they are appended. */
struct blob {
	uint8_t b[512];
	size_t len;
};

static void number(struct blob *o, uint64_t n, size_t bytes)
{
	put_le(o->b + o->len, n, bytes);
	o->len += bytes;
}

static void string(struct blob *o, const char *s)
{
	number(o, 2 * strlen(s), 4);
	o->len += put_wide(o->b + o->len, s);
}

static bool is(struct regf_text t, const char *s)
{
	return regf_text_is(t, s);
}

static void tasks(void **state)
{
	struct taskcache_action action;
	struct taskcache_actions a;
	struct taskcache_times t;
	struct blob o = { .len = 0 };
	(void)state;

	number(&o, 3, 2);
	string(&o, "LocalSystem");
	number(&o, TASKCACHE_EXEC, 2);
	string(&o, "");
	string(&o, "cmd.exe");
	string(&o, "/c x");
	string(&o, "C:\\");
	number(&o, 0, 2);
	size_t whole = o.len;
	number(&o, TASKCACHE_COM, 2);
	string(&o, "id");
	number(&o, 42, 8);
	number(&o, 0, 8);
	string(&o, "data");
	assert_true(taskcache_actions((struct regf_bytes){ o.b, o.len }, &a));
	assert_true(is(a.context, "LocalSystem"));
	assert_true(taskcache_next(&a, &action));
	assert_true(action.kind == TASKCACHE_EXEC && is(action.command, "cmd.exe") &&
		    is(action.arguments, "/c x") && is(action.folder, "C:\\"));
	assert_true(taskcache_next(&a, &action));
	assert_true(action.kind == TASKCACHE_COM && is(action.id, "id") &&
		    action.class_id[0] == 42 && is(action.data, "data"));
	assert_false(taskcache_next(&a, &action) || a.damaged);
	for (size_t len = 0; len < o.len; len++) {
		bool begun = taskcache_actions((struct regf_bytes){ o.b, len }, &a);

		while (begun && taskcache_next(&a, &action))
			;
		if (begun && len != whole && len != 28 && !a.damaged)
			fail_msg("cut at %zu is not noticed", len);
	}
	number(&o, 0x5555, 2);
	string(&o, "other");
	assert_true(taskcache_actions((struct regf_bytes){ o.b, o.len }, &a));
	assert_true(taskcache_next(&a, &action) && taskcache_next(&a, &action));
	assert_true(!taskcache_next(&a, &action) && a.damaged);
	o.b[0] = 4;
	assert_false(taskcache_actions((struct regf_bytes){ o.b, o.len }, &a));

	uint8_t b[36] = { 3 };
	put_le(b + 4, TIME, 8);
	put_le(b + 12, TIME + 1, 8);
	put_le(b + 24, 0x80070002, 4);
	put_le(b + 28, TIME + 2, 8);
	assert_true(taskcache_times((struct regf_bytes){ b, 36 }, &t));
	assert_true(t.created == TIME && t.last_run == TIME + 1 && t.last_ended == TIME + 2 &&
		    t.has_ended && t.last_result == 0x80070002);
	assert_true(taskcache_times((struct regf_bytes){ b, 28 }, &t) && !t.has_ended);
	assert_false(taskcache_times((struct regf_bytes){ b, 35 }, &t));
	b[0] = 2;
	assert_false(taskcache_times((struct regf_bytes){ b, 36 }, &t));
}

/* What stands behind mail and messages runs as well. */
static void mail_and_messages(void **state)
{
	static const char *const texts[] = { "from", "to", "", "", "", "server", "subject", "body" };
	struct taskcache_action action;
	struct taskcache_actions a;
	struct blob o = { .len = 0 };
	(void)state;

	number(&o, 1, 2);
	size_t ends[] = { 0, 0, o.len };
	number(&o, TASKCACHE_MESSAGE, 2);
	string(&o, "id");
	string(&o, "title");
	string(&o, "words");
	ends[0] = o.len;
	number(&o, TASKCACHE_MAIL, 2);
	string(&o, "");
	for (unsigned i = 0; i < 8; i++)
		string(&o, texts[i]);
	number(&o, 2, 4);
	string(&o, "a");
	string(&o, "b");
	number(&o, 1, 4);
	string(&o, "name");
	string(&o, "value");
	ends[1] = o.len;
	number(&o, TASKCACHE_EXEC, 2);
	string(&o, "");
	string(&o, "evil.exe");
	string(&o, "");
	string(&o, "");
	assert_true(taskcache_actions((struct regf_bytes){ o.b, o.len }, &a));
	assert_true(taskcache_next(&a, &action) && action.kind == TASKCACHE_MESSAGE);
	assert_true(is(action.id, "id") && is(action.title, "title") && is(action.body, "words"));
	assert_true(taskcache_next(&a, &action) && action.kind == TASKCACHE_MAIL);
	for (unsigned i = 0; i < 8; i++)
		assert_true(is(action.mail[i], texts[i]));
	assert_true(action.attachment_count == 2 &&
		    is(taskcache_string(&action.attachments), "a") &&
		    is(taskcache_string(&action.attachments), "b"));
	assert_true(action.header_count == 1 && is(taskcache_string(&action.headers), "name") &&
		    is(taskcache_string(&action.headers), "value"));
	assert_true(taskcache_next(&a, &action) && is(action.command, "evil.exe"));
	assert_false(taskcache_next(&a, &action) || a.damaged);
	for (size_t len = 0; len < o.len; len++) {
		bool begun = taskcache_actions((struct regf_bytes){ o.b, len }, &a);

		while (begun && taskcache_next(&a, &action))
			;
		if (begun && len != ends[0] && len != ends[1] && len != ends[2] && !a.damaged)
			fail_msg("cut at %zu is not noticed", len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(userassist_versions), cmocka_unit_test(bam_values),
		cmocka_unit_test(amcache_names),       cmocka_unit_test(boot_names),
		cmocka_unit_test(boot_devices),        cmocka_unit_test(tasks),
		cmocka_unit_test(mail_and_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
