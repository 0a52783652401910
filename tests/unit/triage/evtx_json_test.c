/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binary XML as JSON: values of all types, the shape of elements, and what is damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "evtx_builder.h"
#include "evtx_read.h"
#include "triage/parse/evtx.h"

#define HEAD "{\"record_number\":1,\"written_time\":\"2012-12-14T23:06:40.0000001Z\""
#define DATA(x) "<Event><System/><EventData>" x "</EventData></Event>"

/* The line begins with HEAD, then has this. */
static void expect_line(const char *what, struct result *r, const char *want, const char *problems)
{
	struct text line = { 0 };

	assert_true(r->ok);
	text_addf(&line, "%s%s}\n", HEAD, want);
	if (strcmp(text_end(&r->lines), line.s) != 0)
		fail_msg("%s:\n%s%s", what, text_end(&r->lines), line.s);
	assert_string_equal(text_end(&r->problems), problems);
	text_release(&line);
	result_release(r);
}

static const struct {
	uint8_t type;
	size_t len;
	const char *bytes, *want;
} of_types[] = {
	{ 0x00, 0, "", "null" },
	{ 0x01, 4, "a\0b\0", "\"ab\"" },
	{ 0x01, 6, "a\0\0\0\0\0", "\"a\"" },
	{ 0x01, 4, " \0 \0", "\"  \"" },
	{ 0x01, 0, "", "\"\"" },
	{ 0x01, 3, "a\0b", "\"a\"" },
	{ 0x01, 34, "C\0:\0\\\0P\0r\0o\0g\0r\0a\0m\0 \0F\0i\0l\0e\0s\0\"\0",
	  "\"C:\\\\Program Files\\\"\"" },
	{ 0x01, 18, "a\0b\0c\0d\0\xe4\0f\0g\0h\0\x0a\0",
	  "\"abcd\xc3\xa4"
	  "fgh\\n\"" },
	{ 0x01, 10,
	  "\x3d\xd8\x00\xde\x00\xd8"
	  "a\0\x2e\x20",
	  "\"\xf0\x9f\x98\x80\\ud800a\\u202e\"" },
	{ 0x01, 4, "\x7f\0\x85\0", "\"\\u007f\\u0085\"" },
	{ 0x02, 4, "a\x80\xe4\0", "\"a\xe2\x82\xac\xc3\xa4\"" },
	{ 0x03, 1, "\x80", "-128" },
	{ 0x03, 1, "\x7f", "127" },
	{ 0x04, 1, "\xff", "255" },
	{ 0x05, 2, "\xff\xff", "-1" },
	{ 0x06, 2, "\xff\xff", "65535" },
	{ 0x07, 4, "\xfe\xff\xff\xff", "-2" },
	{ 0x08, 4, "\xfe\xff\xff\xff", "4294967294" },
	{ 0x09, 8, "\0\0\0\0\0\0\0\x80", "-9223372036854775808" },
	{ 0x0a, 8, "\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615" },
	{ 0x0b, 4, "\xcd\xcc\xcc\x3d", "0.1" },
	{ 0x0c, 8, "\x9a\x99\x99\x99\x99\x99\xb9\x3f", "0.1" },
	{ 0x0c, 8, "\0\0\0\0\0\0\xf8\x7f", "null" },
	{ 0x0d, 4, "\1\0\0\0", "true" },
	{ 0x0d, 4, "\0\0\0\0", "false" },
	{ 0x0d, 4, "\0\0\0\x10", "true" },
	{ 0x0d, 1, "\0", "false" },
	{ 0x0e, 3, "\0\xab\x0f", "\"00AB0F\"" },
	{ 0x0f, 16, "\x25\x96\x84\x54\x78\x54\x94\x49\xa5\xba\x3e\x3b\x03\x28\xc3\x0d",
	  "\"54849625-5478-4994-A5BA-3E3B0328C30D\"" },
	{ 0x0f, 3, "abc", "\"616263\"" },
	{ 0x10, 4, "\x58\x08\0\0", "\"0x858\"" },
	{ 0x10, 8, "\0\0\0\0\1\0\0\0", "\"0x100000000\"" },
	{ 0x11, 8, "\x4f\x87\x10\x02\x30\x89\xcb\x01", "\"2010-11-21T03:55:59.6264271Z\"" },
	{ 0x11, 8, "\0\0\0\0\0\0\0\0", "\"1601-01-01T00:00:00.0000000Z\"" },
	{ 0x11, 8, "\xff\xff\xff\xff\xff\xff\xff\xff", "\"+60056-05-28T05:36:10.9551615Z\"" },
	{ 0x12, 16, "\xe3\x07\x03\0\x03\0\x14\0\x14\0\x37\0\x36\0\x96\0",
	  "\"2019-03-20T20:55:54.150Z\"" },
	{ 0x13, 12, "\1\1\0\0\0\0\0\5\x12\0\0\0", "\"S-1-5-18\"" },
	{ 0x13, 10, "\1\1\0\0\0\0\0\5\x12\0", "\"01010000000000051200\"" },
	{ 0x14, 4, "\xe7\3\0\0", "\"0x3e7\"" },
	{ 0x14, 4, "\0\0\0\0", "\"0x0\"" },
	{ 0x15, 8, "\0\0\0\0\0\0\x20\x80", "\"0x8020000000000000\"" },
	{ 0x20, 4, "\1\0\0\0", "\"0x1\"" },
	{ 0x23, 2, "x\0", "\"x\"" },
	{ 0x55, 2, "\1\2", "\"0102\"" },
	{ 0x81, 12, "a\0\0\0\0\0b\0c\0\0\0", "[\"a\",\"\",\"bc\"]" },
	{ 0x81, 0, "", "[]" },
	{ 0x82, 4, "a\0b\0", "[\"a\",\"b\"]" },
	{ 0x83, 2, "\xff\1", "[-1,1]" },
	{ 0x86, 4, "\1\0\2\0", "[1,2]" },
	{ 0x88, 6, "\1\0\0\0\2\0", "[1,\"0200\"]" },
	{ 0x8d, 8, "\1\0\0\0\0\0\0\0", "[true,false]" },
	{ 0x90, 16, "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0", "[\"0x1\",\"0x2\"]" },
	{ 0x93, 24, "\1\1\0\0\0\0\0\5\x12\0\0\0\1\1\0\0\0\0\0\5\x13\0\0\0",
	  "[\"S-1-5-18\",\"S-1-5-19\"]" },
	{ 0x94, 8, "\1\0\0\0\2\0\0\0", "[\"0x1\",\"0x2\"]" },
};

static void values(void **state)
{
	static struct b_chunk c;
	(void)state;

	for (size_t i = 0; i < sizeof(of_types) / sizeof(*of_types); i++) {
		struct text want = { 0 };
		char name[32];

		b_begin(&c);
		c.templates[0] = DATA("<Data Name='x'>{0}</Data>");
		b_value(&c, 0, of_types[i].type, of_types[i].bytes, of_types[i].len);
		b_event(&c, 1, 0);
		struct result r = read_chunk(&c);
		text_addf(&want, ",\"event_data\":{\"x\":%s}", of_types[i].want);
		snprintf(name, sizeof(name), "%zu, type %02x", i, of_types[i].type);
		expect_line(name, &r, want.s, "");
		text_release(&want);
	}
}

/* Values: 0 "v", 1 absent, 2 number 5, 3 "a" and "b", 4 binary XML <In n='1'>t</In>, 5 "7" with a zero, 6 a time with 1000 ms */
static const struct {
	const char *xml, *want;
} of_elements[] = {
	/* System */
	{ "<Event xmlns='u'><System><Provider Name='P' Guid='{0}'/><EventID Qualifiers='{2}'>{2}</EventID>"
	  "<Channel>C</Channel><Correlation/></System></Event>",
	  ",\"event_id\":5,\"event_id_qualifiers\":5,\"provider_name\":\"P\",\"provider_guid\":\"v\""
	  ",\"channel\":\"C\"" },
	{ "<Event><System><EventID>12</EventID><Provider Name='{1}'/></System></Event>",
	  ",\"event_id\":12" },
	{ "<Event><System><TimeCreated SystemTime='2021-11-19T16:52:33.833733512Z'/></System></Event>",
	  ",\"time\":1" },
	{ "<Event><System><Correlation ActivityID='{{5BBCA4A8-b209-48dc-a8c7-b23d3e5216fb}'/></System></Event>",
	  ",\"activity_id\":\"5bbca4a8-b209-48dc-a8c7-b23d3e5216fb\"" },
	{ "<Event><System><Execution ProcessID='{2}' SessionID='{2}'/><New>{0}</New></System></Event>",
	  ",\"process_id\":5,\"other_system\":{\"Execution\":{\"#attributes\":{\"SessionID\":5}},"
	  "\"New\":\"v\"}" },
	{ "<Event><System><Level>a{2}</Level></System></Event>",
	  ",\"other_system\":{\"Level\":\"a5\"}" },
	{ "<Event><System><EventID>{2}</EventID><EventID>6</EventID><Provider Name='a'/>"
	  "<Provider Name='b'/></System></Event>",
	  ",\"event_id\":5,\"provider_name\":\"a\",\"other_system\":{\"EventID\":\"6\","
	  "\"Provider\":{\"#attributes\":{\"Name\":\"b\"}}}" },
	{ "<Event><System><EventID>{5}</EventID></System></Event>", ",\"event_id\":7" },
	{ "<Event><System><TimeCreated SystemTime='{2}'/></System></Event>",
	  ",\"time_created\":\"5\"" },
	{ "<Event><System><TimeCreated SystemTime='2021-02-29T16:52:33Z'/></System></Event>",
	  ",\"time_created\":\"2021-02-29T16:52:33Z\"" },
	{ "<Event><System><TimeCreated SystemTime='2020-02-29T16:52:33Z'/></System></Event>",
	  ",\"time_created\":\"2020-02-29T16:52:33.0000000Z\"" },
	{ "<Event><System><TimeCreated SystemTime='{6}'/></System></Event>",
	  ",\"time_created\":\"2019-03-20T20:55:54.1000Z\"" },
	/* EventData */
	{ DATA(""), ",\"event_data\":{}" },
	{ DATA("<Data Name='a'>{0}</Data><Data Name='b'>{1}</Data><Data Name='c'/>"),
	  ",\"event_data\":{\"a\":\"v\",\"b\":null,\"c\":null}" },
	{ DATA("<Data Name='a'>x{2}y{0}</Data><Data Name='a'>1</Data><Data Name='a'>2</Data>"),
	  ",\"event_data\":{\"a\":\"x5yv\",\"a_1\":\"1\",\"a_2\":\"2\"}" },
	{ DATA("<Data>{0}</Data><Data Name='n'>{2}</Data><Data/><Data>{3}</Data><Data>t</Data><Data>{1}</Data>"),
	  ",\"event_data\":{\"n\":5,\"Data\":[\"v\",\"\",\"a\",\"b\",\"t\",null]}" },
	{ DATA("<Data>{3}</Data><Binary>{2}</Binary>"),
	  ",\"binary\":5,\"event_data\":{\"Data\":[\"a\",\"b\"]}" },
	{ DATA("<Data Name='{0}'>1</Data><Data Name='q' Type='T'>{2}</Data><Data Type='T'>{2}</Data>"),
	  ",\"event_data\":{\"v\":\"1\",\"q\":{\"#attributes\":{\"Type\":\"T\"},\"#text\":5},"
	  "\"Data\":{\"#attributes\":{\"Type\":\"T\"},\"#text\":5}}" },
	{ "<Event><EventData Name='E'><Data Name='a'>1</Data></EventData></Event>",
	  ",\"event_data\":{\"#attributes\":{\"Name\":\"E\"},\"a\":\"1\"}" },
	{ DATA("<Data Name='a'>{4}</Data>"),
	  ",\"event_data\":{\"a\":{\"In\":{\"#attributes\":{\"n\":\"1\"},\"#text\":\"t\"}}}" },
	{ DATA("<Data Name='\"'>&lt;&#65;&foo;&amp;</Data>"),
	  ",\"event_data\":{\"\\\"\":\"<A&foo;&\"}" },
	{ DATA("x"), ",\"event_data\":{\"#text\":\"x\"}" },
	{ DATA("x{0}<Data Name='a'>1</Data>"), ",\"event_data\":{\"#text\":\"xv\",\"a\":\"1\"}" },
	{ DATA("{0}x"), ",\"event_data\":{\"#text\":\"vx\"}" },
	{ DATA("{0}"), ",\"event_data\":{\"#text\":\"v\"}" },
	{ DATA("<?t d?><Data Name='a'>1</Data>"), ",\"event_data\":{\"?t\":\"d\",\"a\":\"1\"}" },
	{ DATA("<Binary>{2}</Binary><Binary>{0}</Binary>"),
	  ",\"binary\":5,\"event_data\":{\"Binary\":\"v\"}" },
	{ DATA("<Foo>{0}</Foo>"), ",\"event_data\":{\"Foo\":\"v\"}" },
	/* UserData and others */
	{ "<Event><UserData><U xmlns='n' o='{1}'><P>{0}</P><P>{2}</P><E/></U></UserData></Event>",
	  ",\"user_data\":{\"U\":{\"#attributes\":{\"xmlns\":\"n\"},\"P\":\"v\",\"P_1\":5,\"E\":null}}" },
	{ "<Event><UserData><A k='{2}'>{1}</A><B k='{2}'>{0}</B><C k='{2}'>{4}</C></UserData></Event>",
	  ",\"user_data\":{\"A\":{\"#attributes\":{\"k\":5}},\"B\":{\"#attributes\":{\"k\":5},\"#text\":\"v\"},"
	  "\"C\":{\"#attributes\":{\"k\":5},\"In\":{\"#attributes\":{\"n\":\"1\"},\"#text\":\"t\"}}}" },
	{ "<Event><UserData><A> <B/> <![CDATA[<&>]]></A><?t d?></UserData></Event>",
	  ",\"user_data\":{\"A\":{\"#text\":\"  <&>\",\"B\":null},\"?t\":\"d\"}" },
	{ "<Event><UserData> <A/> </UserData></Event>", ",\"user_data\":{\"A\":null}" },
	{ "<Event><UserData>{4!}<Z/></UserData></Event>",
	  ",\"user_data\":{\"In\":{\"#attributes\":{\"n\":\"1\"},\"#text\":\"t\"},\"Z\":null}" },
	{ "<Event><RenderingInfo Culture='en-US'><Message>{0}</Message></RenderingInfo></Event>",
	  ",\"rendering_info\":{\"#attributes\":{\"Culture\":\"en-US\"},\"Message\":\"v\"}" },
	{ "<Event><ProcessingErrorData><Code>{2}</Code></ProcessingErrorData></Event>",
	  ",\"other\":{\"ProcessingErrorData\":{\"Code\":5}}" },
	{ "<Event>{4!}</Event>",
	  ",\"other\":{\"In\":{\"#attributes\":{\"n\":\"1\"},\"#text\":\"t\"}}" },
	{ "<Event><UserData/><UserData>{0}</UserData></Event>",
	  ",\"user_data\":{},\"user_data_1\":{\"#text\":\"v\"}" },
	{ "<Other>{0}</Other>", ",\"other\":{\"Other\":\"v\"}" },
	{ "<Event><?t d?><UserData/></Event>", ",\"user_data\":{},\"other\":{\"?t\":\"d\"}" },
	{ "<Event> <UserData/> t</Event>", ",\"user_data\":{},\"other\":{\"#text\":\"  t\"}" },
	{ "<Event><UserData><A k='{0!}' l='{0!}{2}'/></UserData></Event>",
	  ",\"user_data\":{\"A\":{\"#attributes\":{\"k\":\"v\",\"l\":\"v5\"}}}" },
};

static void shapes(void **state)
{
	static struct b_chunk c;
	(void)state;

	for (size_t i = 0; i < sizeof(of_elements) / sizeof(*of_elements); i++) {
		static uint8_t in[200];
		size_t in_len;

		b_begin(&c);
		b_record(&c, 9); /* for the names */
		b_fragment(&c);
		b_xml(&c, "<In n='1'/>", false);
		b_record_end(&c);
		size_t from = c.n;
		b_fragment(&c);
		b_xml(&c, "<In n='1'>t</In>", false);
		b_number(&c, 0, 1);
		in_len = c.n - from;
		memcpy(in, c.at + from, in_len);
		c.n = from;
		c.templates[0] = of_elements[i].xml;
		b_value(&c, 0, 0x01, "v", 2);
		b_value(&c, 0, 0x00, "", 0);
		b_value(&c, 0, 0x06, "\5", 2);
		b_value(&c, 0, 0x81, "a\0\0\0b\0\0", 8);
		b_value(&c, 0, 0x21, in, in_len);
		b_value(&c, 0, 0x01, "7\0\0", 4);
		b_value(&c, 0, 0x12, "\xe3\7\3\0\3\0\x14\0\x14\0\x37\0\x36\0\xe8\3", 16);
		b_event(&c, 1, 0);
		struct result r = read_chunk(&c);
		assert_int_equal(r.records, 2);
		char *second = strchr(r.lines.s, '\n') + 1;
		memmove(r.lines.s, second, strlen(second) + 1);
		if (strstr(of_elements[i].want,
			   "\"time\"")) { /* before written_time, which is of HEAD */
			assert_non_null(strstr(
				r.lines.s, "\"time_created\":\"2021-11-19T16:52:33.833733512Z\","));
			result_release(&r);
			continue;
		}
		struct text line = { 0 };
		const char *want = of_elements[i].want, *end;
		size_t early = 0;
		if (strncmp(want, ",\"event_id", 10) == 0 ||
		    strncmp(want, ",\"time_created", 14) == 0) { /* what stands before the times */
			end = strstr(want, ",\"provider");
			early = end ? (size_t)(end - want) : strlen(want);
		}
		text_addf(
			&line,
			"{\"record_number\":1%.*s,\"written_time\":\"2012-12-14T23:06:40.0000001Z\"%s}\n",
			(int)early, want, want + early);
		if (strcmp(r.lines.s, line.s) != 0)
			fail_msg("%s\n%s%s%s", of_elements[i].xml, r.lines.s, line.s,
				 text_end(&r.problems));
		text_release(&line);
		result_release(&r);
	}
}

/* Without a template: elements have no number of a value then. Numbers are texts. */
static void forwarded(void **state)
{
	static struct b_chunk c;
	(void)state;

	b_begin(&c);
	b_record(&c, 1);
	b_fragment(&c);
	b_xml(&c,
	      "<Event xmlns='u'><System><EventID>7</EventID><EventRecordID>33</EventRecordID></System>"
	      "<EventData><Data Name='a'>b</Data></EventData></Event>",
	      false);
	b_record_end(&c);
	struct result r = read_chunk(&c);
	assert_string_equal(
		text_end(&r.lines),
		"{\"record_number\":33,\"log_record_number\":1,\"event_id\":7,"
		"\"written_time\":\"2012-12-14T23:06:40.0000001Z\",\"event_data\":{\"a\":\"b\"}}\n");
	assert_string_equal(text_end(&r.problems), "");
	result_release(&r);
}

/* The size at a record's end is none of its tokens, even if nothing else is between. */
static void size_is_no_token(void **state)
{
	static const uint8_t bytes[1000];
	static struct b_chunk c;
	size_t len = 0;
	(void)state;

	for (int made = 0; made < 2; made++) {
		b_begin(&c);
		c.templates[0] = DATA("<Data Name='x'>1</Data>");
		b_value(&c, 0, 0x0e, bytes, len);
		b_record(&c, 1);
		b_fragment(&c);
		b_instance(&c, 0);
		b_number(&c, c.n - c.record + 4, 4);
		b_set(c.at + c.record + 4, c.n - c.record, 4);
		len = 0x341 - (c.n - c.record); /* 41: an element begins */
	}
	struct result r = read_chunk(&c);
	expect_line("size", &r, ",\"event_data\":{\"x\":\"1\"}", "");
}

/* Each part that is damaged costs itself, and the record says so. */
static void damaged(void **state)
{
	static const struct {
		const char *name, *find; /* in the chunk */
		size_t len;
		int at; /* from there */
		uint8_t byte;
		const char *want, *problem;
	} cases[] = {
		{ "an unknown token", "\x0e\1\0\1", 4, 0, 0x1f,
		  ",\"event_data\":{\"a\":\"v\",\"b\":null},\"incomplete\":true",
		  "the binary XML is damaged" },
		{ "another template", "\x0c\1\0\x10", 4, 2, 0x99,
		  ",\"values\":[\"v\",\"w\"],\"incomplete\":true",
		  "the template of a record is not there" },
		{ "a name", "a\0\0\0", 4, 0, 'z', ",\"event_data\":{\"a\":\"v\",\"b\":\"w\"}",
		  NULL },
		{ "too many values", "\2\0\0\0\2\0\1\0", 8, 1, 0xff, ",\"incomplete\":true",
		  "the binary XML is damaged" },
		{ "too long a value", "\2\0\0\0\2\0\1\0", 8, 5, 0xff,
		  ",\"event_data\":{\"a\":null,\"b\":null},\"incomplete\":true",
		  "values of a record are cut off" },
	};
	static struct b_chunk c;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		b_begin(&c);
		c.templates[0] = DATA("<Data Name='a'>{0}</Data><Data Name='b'>{1}</Data>");
		b_value(&c, 0, 1, "v", 2);
		b_value(&c, 0, 1, "w", 2);
		b_event(&c, 1, 0);
		uint8_t *found = memmem(c.at + 512, c.n - 512, cases[i].find, cases[i].len);
		if (!cases[i].problem) { /* the name of Data, whose digest is then wrong */
			found = memmem(c.at + 512, c.n - 512, "\4\0D\0a\0t\0a\0", 10);
			found[2] = 'X';
		} else {
			assert_non_null(found);
			found[cases[i].at] = cases[i].byte;
		}
		struct result r = read_chunk(&c);
		if (!cases[i].problem) {
			assert_non_null(
				strstr(r.problems.s, "a name in a template was written over"));
			assert_non_null(strstr(r.lines.s, "\"Xata\""));
			result_release(&r);
			continue;
		}
		struct text problem = { 0 };
		text_addf(&problem, "512 %s\n", cases[i].problem);
		expect_line(cases[i].name, &r, cases[i].want, problem.s);
		text_release(&problem);
	}
}

static void hexadecimals(void **state)
{
	uint8_t bytes[8];
	(void)state;

	for (unsigned bit = 0; bit < 64; bit++) {
		const struct evtx_value v = { bytes, 8, EVTX_HEX64 };
		uint64_t n = UINT64_C(0xa987654321fedcb5) >> bit;
		char want[24], got[EVTX_JSON_ROOM(8)];

		for (unsigned i = 0; i < 8; i++)
			bytes[i] = (uint8_t)(n >> 8 * i);
		snprintf(want, sizeof(want), "\"0x%llx\"", (unsigned long long)n);
		*evtx_json(got, &v) = '\0';
		assert_string_equal(got, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),    cmocka_unit_test(shapes),
		cmocka_unit_test(forwarded), cmocka_unit_test(size_is_no_token),
		cmocka_unit_test(damaged),   cmocka_unit_test(hexadecimals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
