/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scheduled tasks: XML in both encodings, hostile XML, and .job files. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bytes.h"
#include "triage/parse/xml.h"

extern const struct format format_task;

static const char whole[] =
	"<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n"
	"<Task version=\"1.4\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n"
	"  <RegistrationInfo><Date>2023-01-02T03:04:05.678</Date><Author>PC\\alice &amp; Bob</Author>"
	"<Description>a<![CDATA[<&b>]]>c&#x41;&#66;</Description><URI>\\Evil\\Run</URI><Odd>1</Odd>"
	"</RegistrationInfo>\r\n  <!-- <Author>no</Author> -->"
	"  <Triggers><CalendarTrigger id=\"T1\"><StartBoundary>2023-01-01T08:00:00</StartBoundary>"
	"<Enabled>false</Enabled><Repetition><Interval>PT5M</Interval><StopAtDurationEnd>1</StopAtDurationEnd>"
	"</Repetition><ScheduleByWeek><WeeksInterval>2</WeeksInterval><DaysOfWeek><Monday /><Friday/>"
	"</DaysOfWeek></ScheduleByWeek></CalendarTrigger><LogonTrigger><UserId>S-1-5-18</UserId>"
	"</LogonTrigger><NewTrigger><What>x</What></NewTrigger><BootTrigger/></Triggers>\r\n"
	"  <Principals><Principal id=\"Author\"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable"
	"</RunLevel><LogonType>Password</LogonType><RequiredPrivileges><Privilege>SeDebugPrivilege"
	"</Privilege><Privilege>SeTcbPrivilege</Privilege></RequiredPrivileges></Principal></Principals>\r\n"
	"  <Settings><Hidden>true</Hidden><Priority>7</Priority><IdleSettings><Duration>PT10M</Duration>"
	"</IdleSettings></Settings>\r\n"
	"  <Actions Context=\"Author\"><Exec><Command>cmd.exe</Command><Arguments>/c \"a\"</Arguments>"
	"<WorkingDirectory>C:\\</WorkingDirectory></Exec><ComHandler><ClassId>{0}</ClassId><Data/>"
	"</ComHandler></Actions>\r\n</Task>\r\n";

static const char whole_json[] =
	"{\"schema_version\":\"1.4\",\"date\":\"2023-01-02T03:04:05.678\",\"author\":\"PC\\\\alice & Bob\","
	"\"description\":\"a<&b>cAB\",\"uri\":\"\\\\Evil\\\\Run\",\"hidden\":true,\"priority\":7,"
	"\"idle_duration\":\"PT10M\",\"context\":\"Author\",\"enabled\":true,\"principals\":[{\"id\":\"Author\","
	"\"user_id\":\"S-1-5-18\",\"run_level\":\"HighestAvailable\",\"logon_type\":\"Password\","
	"\"required_privileges\":[\"SeDebugPrivilege\",\"SeTcbPrivilege\"]}],\"triggers\":["
	"{\"type\":\"calendar\",\"id\":\"T1\",\"start_boundary\":\"2023-01-01T08:00:00\",\"enabled\":false,"
	"\"repetition_interval\":\"PT5M\",\"stop_at_duration_end\":true,\"weeks_interval\":2,"
	"\"days_of_week\":[\"Monday\",\"Friday\"]},{\"type\":\"logon\",\"user_id\":\"S-1-5-18\"},"
	"{\"type\":\"NewTrigger\",\"other\":[{\"name\":\"What\",\"value\":\"x\"}]},{\"type\":\"boot\"}],"
	"\"actions\":[{\"type\":\"exec\",\"command\":\"cmd.exe\",\"arguments\":\"/c \\\"a\\\"\","
	"\"working_directory\":\"C:\\\\\"},{\"type\":\"com_handler\",\"class_id\":\"{0}\",\"data\":\"\"}],"
	"\"other\":[{\"name\":\"RegistrationInfo/Odd\",\"value\":\"1\"}]}\n";

static void both_encodings(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	put_ascii(&b, whole);
	JSON_IS(&format_task, &b, "Run", whole_json);
	bytes_release(&b);
	put_ascii(&b, "\xef\xbb\xbf");
	put_ascii(&b, whole);
	JSON_IS(&format_task, &b, "Run", whole_json);
	bytes_release(&b);
	put_ascii(&b, "\xff\xfe");
	put_16(&b, whole);
	JSON_IS(&format_task, &b, "Run", whole_json);
	bytes_release(&b);
}

/* Half surrogates, pairs where pieces of the text meet, controls. */
static void hostile_text(void **state)
{
	(void)state;

	for (size_t pad = 1990; pad < 2060; pad++) {
		struct bytes b = { 0 };

		put_ascii(&b, "\xff\xfe");
		put_16(&b, "<Task><RegistrationInfo><URI>");
		size_t fill = pad - b.len / 2;
		for (size_t i = 0; i < fill; i++)
			put_16(&b, "x");
		put_le(&b, 0xd83d, 2);
		put_le(&b, 0xde00, 2);
		put_le(&b, 0xd800, 2);
		put_le(&b, 0x1b, 2);
		put_16(&b, "</URI></RegistrationInfo></Task>");
		struct outcome x = outcome_of(&format_task, &b, "a", EMIT_JSONL);
		assert_true(x.ok && x.problems.len == 0);
		if (!strstr(x.lines.s, "xx\xf0\x9f\x98\x80\\ud800\\u001b\""))
			fail_msg("%zu: %s", pad, x.lines.s + 2000);
		outcome_release(&x);
		bytes_release(&b);
	}
}

static void refused_or_kept(void **state)
{
	const struct {
		const char *xml, *problem, *left; /* no problem: refused */
	} cases[] = {
		{ "", NULL, NULL },
		{ "text", NULL, NULL },
		{ "<Other/>", NULL, NULL },
		{ "<!DOCTYPE Task [<!ENTITY a \"b\">]><Task/>", NULL, NULL },
		{ "<Task a=b></Task>", NULL, NULL },
		{ "<Task a='<'></Task>", NULL, NULL },
		{ "<Task><RegistrationInfo><URI>u</URI><!DOCTYPE x>", "makes no sense",
		  "\"uri\":\"u\"" },
		{ "<Task><RegistrationInfo><URI>u</URI></Wrong>", "makes no sense",
		  "\"uri\":\"u\"" },
		{ "<Task><RegistrationInfo><URI>u</URI></Wrong></Task>", "makes no sense",
		  "\"uri\":\"u\"" },
		{ "<Task><RegistrationInfo><URI>u</URI>", "makes no sense", "\"uri\":\"u\"" },
		{ "<Task><RegistrationInfo><URI>u</URI><!-- ", "makes no sense", "\"uri\":\"u\"" },
		{ "<Task><RegistrationInfo><URI>u&evil;</URI></RegistrationInfo></Task>",
		  "reference to nothing", "\"uri\":\"u&evil;\"" },
		{ "<Task><RegistrationInfo><URI>a & b &lt; &</URI></RegistrationInfo></Task>",
		  "reference to nothing", "\"uri\":\"a & b < &\"" },
		{ "<Task><RegistrationInfo><URI>u&#x110000;</URI></RegistrationInfo></Task>",
		  "reference to nothing", "\"uri\":\"u" },
		{ "<Task></Task><Task/>", "makes no sense", "\"enabled\":true" },
		{ "<Task></Task>more", "makes no sense", "\"enabled\":true" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = { 0 };

		put_ascii(&b, cases[i].xml);
		struct outcome x = outcome_of(&format_task, &b, "a", EMIT_JSONL);
		if (x.ok != (cases[i].problem != NULL) ||
		    (x.ok && (!strstr(x.problems.s, cases[i].problem) ||
			      !strstr(x.lines.s, cases[i].left))) ||
		    (!x.ok && x.e.kind != ERROR_UNTRUSTED))
			fail_msg("%s: %s%s%s", cases[i].xml, x.e.text, x.problems.s, x.lines.s);
		outcome_release(&x);
		bytes_release(&b);
	}
}

/* A key never comes twice, whatever the file says. */
static void keys_come_once(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	put_ascii(&b, "<Task><Settings><Enabled>false</Enabled></Settings><Triggers><BootTrigger>"
		      "<Enabled>true</Enabled><Enabled>no</Enabled></BootTrigger></Triggers>"
		      "<Settings><Enabled>true</Enabled></Settings></Task>");
	JSON_IS(&format_task, &b, "a",
		"{\"enabled\":false,\"hidden\":false,\"principals\":[],\"triggers\":[{\"type\":\"boot\","
		"\"enabled\":true,\"other\":[{\"name\":\"Enabled\",\"value\":\"no\"}]}],\"actions\":[],"
		"\"other\":[{\"name\":\"Settings/Enabled\",\"value\":\"true\"}]}\n");
	bytes_release(&b);
}

/* Windows takes no such file, but who looks at it sees all of it. */
static void text_beside_elements(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	put_ascii(&b,
		  "<Task>one<Actions>two<Exec>three<Command>cmd<x/>.exe<y/></Command>four"
		  "</Exec> five </Actions>\n<Settings><Hidden>true</Hidden></Settings>six</Task>");
	JSON_IS(&format_task, &b, "a",
		"{\"hidden\":true,\"enabled\":true,\"principals\":[],\"triggers\":[],\"actions\":[{\"type\":"
		"\"exec\",\"command\":\"cmd\",\"other\":[{\"name\":\"\",\"value\":\"three\"},"
		"{\"name\":\"Command/x\",\"value\":\"\"},{\"name\":\"Command\",\"value\":\".exe\"},"
		"{\"name\":\"Command/y\",\"value\":\"\"},{\"name\":\"\",\"value\":\"four\"}]}],"
		"\"other\":[{\"name\":\"\",\"value\":\"one\"},{\"name\":\"Actions\",\"value\":\"two\"},"
		"{\"name\":\"Actions\",\"value\":\" five \"},{\"name\":\"\",\"value\":\"six\"}]}\n");
	bytes_release(&b);
}

static void bounded(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	/* As deep as it goes, and one deeper. */
	for (unsigned depth = XML_DEPTH_MAX; depth <= XML_DEPTH_MAX + 1; depth++) {
		put_ascii(&b, "<Task>");
		for (unsigned i = 1; i < depth; i++)
			put_ascii(&b, "<a>");
		for (unsigned i = 1; i < depth; i++)
			put_ascii(&b, "</a>");
		put_ascii(&b, "</Task>");
		struct outcome x = outcome_of(&format_task, &b, "a", EMIT_JSONL);
		assert_true(x.ok);
		assert_int_equal(x.problems.len == 0, depth == XML_DEPTH_MAX);
		outcome_release(&x);
		bytes_release(&b);
	}
	/* Names that are too long for one. */
	for (unsigned len = XML_NAME_MAX; len <= XML_NAME_MAX + 1; len++) {
		put_ascii(&b, "<Task><");
		for (unsigned i = 0; i < len; i++)
			put_ascii(&b, "n");
		put_ascii(&b, "/></Task>");
		struct outcome x = outcome_of(&format_task, &b, "a", EMIT_JSONL);
		assert_true(x.ok);
		assert_int_equal(x.problems.len == 0, len == XML_NAME_MAX);
		outcome_release(&x);
		bytes_release(&b);
	}
	/* Hundreds of thousands of comments before the root. */
	for (unsigned i = 0; i < 300000; i++)
		put_ascii(&b, "<!---->\n<?a?> ");
	put_ascii(&b, "<Task/>\n<!---->\n");
	struct outcome before = outcome_of(&format_task, &b, "a", EMIT_JSONL);
	assert_true(before.ok);
	assert_int_equal(before.problems.len, 0);
	outcome_release(&before);
	bytes_release(&b);
	/* Hundreds of thousands of triggers, and of values. */
	for (unsigned kind = 0; kind < 2; kind++) {
		put_ascii(&b, kind ? "<Task><Settings>" : "<Task><Triggers>");
		for (unsigned i = 0; i < 300000; i++)
			put_ascii(&b, "<a/>");
		struct outcome x = outcome_of(&format_task, &b, "a", EMIT_JSONL);
		assert_true(x.ok);
		assert_non_null(strstr(x.problems.s, "too many values"));
		outcome_release(&x);
		bytes_release(&b);
	}
}

static void put_job_string(struct bytes *b, const char *s)
{
	put_le(b, *s ? strlen(s) + 1 : 0, 2);
	put_16(b, s);
	if (*s)
		put_le(b, 0, 2);
}

static struct bytes job_file(void)
{
	struct bytes b = { 0 };

	put_le(&b, 0x501, 2);
	put_le(&b, 1, 2);
	put_n(&b, "\xae\x4f\x1d\xf8\xec\x7d\xd0\x11\xa7\x65\x00\xa0\xc9\x1e\x6b\xf6", 16);
	put_le(&b, 70, 2);
	put_le(&b, 0, 2); /* triggers */
	put_le(&b, 3, 2);
	put_le(&b, 4, 2);
	put_le(&b, 60, 2);
	put_le(&b, 10, 2);
	put_le(&b, 0x20, 4);
	put_le(&b, 259200000, 4);
	put_le(&b, 1, 4);
	put_le(&b, 0x41300, 4);
	put_le(&b, 0x204, 4);
	put_n(&b, "\xe7\x07\x02\0\x05\0\x03\0\x04\0\x05\0\x06\0\x07\0", 16);
	put_le(&b, 2, 2);
	put_job_string(&b, "C:\\evil.exe");
	put_job_string(&b, "-q");
	put_job_string(&b, "C:\\");
	put_job_string(&b, "alice");
	put_job_string(&b, "");
	put_le(&b, 2, 2);
	put_n(&b, "\xab\xcd", 2);
	put_le(&b, 0, 2);
	set_le(&b, 22, b.len, 2);
	put_le(&b, 6, 2);
	for (unsigned type = 0; type < 6; type++) {
		put_le(&b, 48, 4);
		put_n(&b, "\xe7\x07\x01\0\x02\0\0\0\0\0\0\0\x08\0\x1e\0", 16);
		put_le(&b, 60, 4);
		put_le(&b, 5, 4);
		put_le(&b, type == 5 ? 4 : 0, 4);
		put_le(&b, type == 5 ? 99 : type, 4);
		put_le(&b, 0x11, 2);
		put_le(&b, 0x22, 2);
		put_le(&b, 0x33, 2);
		put_zeros(&b, 6);
	}
	return b;
}

#define TRIGGER_JSON(type, enabled, flags)                                                         \
	"{\"type\":" type ",\"start_boundary\":\"2023-01-02T08:30:00.000\",\"end_boundary\":null," \
	"\"enabled\":" enabled ",\"flags\":\"" flags                                               \
	"\",\"duration_minutes\":60,\"interval_minutes\":5"

static void job_files(void **state)
{
	struct bytes b = job_file();
	(void)state;

	JSON_IS(&format_task, &b, "a.job",
		"{\"application_name\":\"C:\\\\evil.exe\",\"parameters\":\"-q\",\"working_directory\":"
		"\"C:\\\\\",\"author\":\"alice\",\"comment\":\"\",\"last_run_time\":\"2023-02-03T04:05:06.007\","
		"\"job_identifier\":\"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\",\"product_version\":1281,"
		"\"flags\":\"0x00000204\",\"enabled\":false,\"hidden\":true,\"status\":\"0x00041300\","
		"\"exit_code\":1,\"priority\":\"0x00000020\",\"maximum_run_time_ms\":259200000,"
		"\"error_retry_count\":3,\"error_retry_interval_minutes\":4,\"idle_deadline_minutes\":60,"
		"\"idle_wait_minutes\":10,\"running_instances\":2,\"user_data\":\"abcd\",\"triggers\":[" TRIGGER_JSON("\"once\"", "true", "0x00000000") "}," TRIGGER_JSON("\"daily\"", "true", "0x00000000") ",\"days_interval\":17}," TRIGGER_JSON(
			"\"weekly\"", "true",
			"0x00000000") ",\"weeks_interval\":17,"
				      "\"days_of_week\":\"0x00000022\"}," TRIGGER_JSON("\"monthly_date\"", "true", "0x00000000") ",\"days_of_month\":\"0x00220011\",\"months\":\"0x00000033\"}," TRIGGER_JSON(
					      "\"monthly_day_of_week\"", "true",
					      "0x00000000") ",\"week\":17,\"days_of_week\":\"0x00000022\",\"months\":\"0x00000033\"}," TRIGGER_JSON("99",
																		    "false",
																		    "0x00000004") "}]}\n");
	/* Wherever it ends, what is there is read. */
	size_t whole_bytes = b.len;
	for (b.len = 5; b.len < whole_bytes; b.len++) {
		struct outcome x = outcome_of(&format_task, &b, "a.job", EMIT_JSONL);

		assert_int_equal(x.ok, b.len >= 70);
		if (x.ok && (!x.problems.len || !strstr(x.lines.s, "\"exit_code\":1")))
			fail_msg("%zu: %s%s", b.len, x.problems.s, x.lines.s);
		outcome_release(&x);
	}
	bytes_release(&b);
}

/* Lengths and counts that hide what is there. */
static void damaged_jobs(void **state)
{
	const struct {
		size_t at;
		unsigned value;
		const char *problem, *left;
	} cases[] = {
		{ 20, 72, "do not begin where the strings end", "\"exit_code\":1" },
		{ 70, 11, "do not begin where the strings end", "\"exit_code\":1" },
		{ 72 + 8, 0, NULL, "\"application_name\":\"C:\\\\e\\u0000il.exe\"" },
		{ 0, 5, "there is more behind the triggers", "monthly_day_of_week" },
		{ 0, 0, "there is more behind the triggers", "\"triggers\":[]" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = job_file();
		size_t triggers = (size_t)(b.at[22] | b.at[23] << 8);

		set_le(&b, cases[i].at ? cases[i].at : triggers, cases[i].value, 2);
		struct outcome x = outcome_of(&format_task, &b, "a.job", EMIT_JSONL);
		if (!x.ok || !strstr(text_end(&x.lines), cases[i].left) ||
		    (cases[i].problem ? !strstr(text_end(&x.problems), cases[i].problem)
				      : x.problems.len > 0))
			fail_msg("%zu: %s%s", i, text_end(&x.problems), text_end(&x.lines));
		outcome_release(&x);
		bytes_release(&b);
	}
	/* The signature that may stand there. */
	struct bytes b = job_file();
	put_zeros(&b, 68);
	struct outcome x = outcome_of(&format_task, &b, "a.job", EMIT_JSONL);
	assert_int_equal(x.problems.len, 0);
	outcome_release(&x);
	bytes_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_encodings),
		cmocka_unit_test(hostile_text),
		cmocka_unit_test(refused_or_kept),
		cmocka_unit_test(keys_come_once),
		cmocka_unit_test(bounded),
		cmocka_unit_test(job_files),
		cmocka_unit_test(text_beside_elements),
		cmocka_unit_test(damaged_jobs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
