/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Event logs as a whole: chunks wherever they stand, damage, what is left in slack, and the forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "evtx_builder.h"
#include "evtx_read.h"
#include "lib/base/le.h"

#define LOG_MAX (8 * B_CHUNK)

/* A log in the making. */
struct log_file {
	uint8_t at[LOG_MAX];
	size_t len;
};

static struct log_file file;
static struct b_chunk chunk;

static void log_begin(unsigned chunks, uint32_t flags)
{
	memset(&file, 0, sizeof(file));
	b_header(file.at, chunks, flags);
	file.len = 4096;
}

static void events(uint64_t first, unsigned count)
{
	b_begin(&chunk);
	chunk.templates[0] = "<Event><EventData>{0}</EventData></Event>";
	for (unsigned i = 0; i < count; i++)
		b_event(&chunk, first + i, 0);
}

static void log_add(const void *bytes, size_t len)
{
	assert_true(file.len + len <= LOG_MAX);
	memcpy(file.at + file.len, bytes, len);
	file.len += len;
}

static void log_add_events(uint64_t first, unsigned count)
{
	events(first, count);
	b_end(&chunk);
	log_add(chunk.at, B_CHUNK);
}

static struct result read_file(bool recovered)
{
	return read_log_from((struct memory){ file.at, file.len, 0 }, recovered, EMIT_JSONL);
}

/* "1 2 3r": the numbers of the records, r: recovered, i: incomplete. */
static char *numbers(struct result *r)
{
	struct text t = { 0 };
	char *rest = r->lines.s;

	for (char *line; (line = strsep(&rest, "\n")) && *line;)
		text_addf(&t, "%s%lu%s%s", t.len ? " " : "",
			  strtoul(line + strlen("{\"record_number\":"), NULL, 10),
			  strstr(line, "\"recovered\":true") ? "r" : "",
			  strstr(line, "\"incomplete\":true") ? "i" : "");
	if (!t.s)
		text_add(&t, "");
	return t.s;
}

static void expect(struct result r, const char *want, const char *problems)
{
	char *got;

	if (!r.ok)
		fail_msg("%s", r.e.text);
	got = numbers(&r);
	assert_string_equal(got, want);
	assert_string_equal(text_end(&r.problems), problems);
	free(got);
	result_release(&r);
}

static void header_is_advice(void **state)
{
	(void)state;

	log_begin(1, 0);
	log_add_events(1, 3);
	expect(read_file(false), "1 2 3", "");
	file.at[16] ^= 1; /* the number of the last chunk */
	expect(read_file(false), "1 2 3", "0 the checksum of the file header is wrong\n");
	b_header(file.at, 1, 4);
	file.at[16] ^= 1;
	expect(read_file(false), "1 2 3", "");
	b_set(file.at + 40, 65024, 2); /* a header so long that it reaches into the chunk */
	b_set(file.at + 124, gpt_crc32(0, file.at, 120), 4);
	expect(read_file(false), "1 2 3", "");
	b_header(file.at, 1, 0);
	file.at[4000] = 'x';
	expect(read_file(false), "1 2 3", "128 there is no chunk where one should be\n");
	b_header(file.at, 9, 0);
	expect(read_file(false), "1 2 3", "0 the number of chunks in the file header is wrong\n");
	b_header(file.at, 9, 1);
	expect(read_file(false), "1 2 3", "0 the log was not closed\n");
	file.at[38] = 4;
	b_set(file.at + 124, gpt_crc32(0, file.at, 120), 4);
	expect(read_file(false), "1 2 3",
	       "0 the version of the log is not known\n0 the log was not closed\n");
	memset(file.at, 0, 4096);
	expect(read_file(false), "1 2 3", "0 there is no file header\n");
	chunk.at[40] ^= 1; /* known by its place */
	memcpy(file.at + 4096, chunk.at, B_CHUNK);
	expect(read_file(false), "1 2 3",
	       "0 there is no file header\n4096 the checksum of a chunk's head is wrong\n");
	file.at[4096 + 40] ^= 1;
	memset(file.at, 'x', 4096);
	expect(read_file(false), "1 2 3",
	       "0 there is no file header\n0 there is no chunk where one should be\n");
	expect(read_log_from((struct memory){ file.at + 4096, B_CHUNK, 0 }, false, EMIT_JSONL),
	       "1 2 3", "");
}

static void is_it_a_log(void **state)
{
	(void)state;

	log_begin(0, 0);
	expect(read_file(false), "", "");
	for (size_t len = 0; len < 200; len += 7) { /* a header that is cut off */
		struct result r =
			read_log_from((struct memory){ file.at, len, 0 }, true, EMIT_JSONL);

		assert_int_equal(r.ok, len >= 8);
		if (!r.ok)
			assert_int_equal(r.e.kind, ERROR_UNTRUSTED);
		result_release(&r);
	}
	memset(file.at, 'x', LOG_MAX);
	struct result r = read_log_from((struct memory){ file.at, LOG_MAX, 0 }, true, EMIT_JSONL);
	assert_false(r.ok);
	assert_string_equal(r.e.text,
			    "this is no event log: there is neither its header nor a chunk");
	result_release(&r);
}

static void chunks_anywhere(void **state)
{
	static const uint8_t zeros[B_CHUNK], junk[B_CHUNK] = { 1, 2, 3 };
	(void)state;

	log_begin(4, 0);
	log_add_events(1, 2);
	log_add(zeros, B_CHUNK);
	log_add_events(3, 2); /* past zeros */
	log_add(zeros, 4096);
	log_add_events(5, 1); /* not where they should be */
	log_add(junk, 1001);
	log_add_events(6, 1);
	expect(read_file(false), "1 2 3 4 5 6", "270336 there is no chunk where one should be\n");
	/* Its magic begins in one window and ends in the next. */
	for (size_t gap = B_CHUNK - 9; gap <= B_CHUNK; gap++) {
		log_begin(1, 0);
		log_add(zeros, gap);
		log_add_events(1, 1);
		expect(read_file(false), "1", "");
	}
	file.len -= 1000; /* the last chunk is cut off behind its records */
	expect(read_file(false), "1", "");
}

static void damaged_chunks(void **state)
{
	(void)state;

	log_begin(2, 0);
	log_add_events(1, 3);
	log_add_events(4, 2);
	file.at[4096 + 200] ^= 1; /* a table that nobody needs */
	expect(read_file(false), "1 2 3 4 5", "4096 the checksum of a chunk's head is wrong\n");
	memset(file.at + 4096 + 40, 0xff, 20);
	expect(read_file(false), "1 2 3 4 5", "4096 the head of a chunk is damaged\n");
	/* Another chunk was written into the middle of one. */
	log_begin(2, 0);
	events(1, 300);
	b_end(&chunk);
	log_add(chunk.at, 8192);
	log_add_events(1000, 2);
	struct result r = read_file(false);
	char *got = numbers(&r);
	assert_non_null(strstr(got, " 100 101 "));
	assert_non_null(strstr(got, " 1000 1001"));
	assert_null(strstr(got, " 200 "));
	free(got);
	result_release(&r);
}

/* Where record `index` of the chunk begins. */
static size_t place(size_t index)
{
	size_t at = 512;

	while (index--)
		at += (size_t)(chunk.at[at + 4] | chunk.at[at + 5] << 8);
	return at;
}

static void damaged_records(void **state)
{
	static const char wrong_crc[] = "4096 the checksum of a chunk's records is wrong\n";
	(void)state;

	for (int i = 0; i < 4; i++) {
		struct text problems = { 0 };

		log_begin(1, 0);
		events(1, 4);
		b_end(&chunk);
		size_t second = place(1), third = place(2);
		text_add(&problems, wrong_crc);
		if (i == 0) { /* the size at its end */
			chunk.at[third - 4] ^= 1;
			text_addf(&problems, "%zu the sizes of a record are wrong\n",
				  4096 + second);
		} else if (i == 1) { /* that at its begin */
			chunk.at[second + 6] = 0xff;
			text_addf(&problems, "%zu the sizes of a record are wrong\n",
				  4096 + second);
		} else if (i == 2) { /* its magic: it is gone, the others are not */
			chunk.at[second] = 0;
			text_addf(&problems, "%zu there is no record where one should be\n",
				  4096 + third);
		} else { /* the last one */
			chunk.at[place(3)] = 0;
			text_addf(&problems, "%zu there is no record where one should be\n",
				  4096 + chunk.n);
		}
		log_add(chunk.at, B_CHUNK);
		expect(read_file(false),
		       i == 2   ? "1 3 4"
		       : i == 3 ? "1 2 3"
				: "1 2 3 4",
		       problems.s);
		text_release(&problems);
	}
}

/* Records that were written after the head of their chunk was are no leftovers. */
static void dirty_tail(void **state)
{
	(void)state;

	log_begin(1, 1);
	events(1, 4);
	b_end_at(&chunk, place(2), 0);
	log_add(chunk.at, B_CHUNK);
	expect(read_file(false), "1 2 3 4", "0 the log was not closed\n");
	/* The numbers do not go on: old ones. */
	events(5, 2);
	size_t end = chunk.n;
	b_event(&chunk, 1, 0);
	b_event(&chunk, 2, 0);
	b_end_at(&chunk, end, 0);
	file.len = 4096;
	log_add(chunk.at, B_CHUNK);
	expect(read_file(false), "5 6", "0 the log was not closed\n");
	expect(read_file(true), "5 6 1r 2r", "0 the log was not closed\n");
}

/* The record before was made longer, the last size and the checksums fit, and so do the numbers. */
static void hidden(void **state)
{
	uint32_t at[4] = { 512 }; /* of 1 to 4 */
	(void)state;

	log_begin(1, 0);
	events(1, 4);
	for (unsigned i = 1; i < 4; i++)
		at[i] = at[i - 1] + le32(chunk.at + at[i - 1] + 4);
	for (unsigned count = 1; count <= 2; count++) { /* 2, then 2 and 3 */
		uint32_t end = at[count + 1], size = end - at[0];

		b_set(chunk.at + at[0] + 4, size, 4);
		b_set(chunk.at + end - 4, size, 4);
		b_end(&chunk);
		file.len = 4096;
		log_add(chunk.at, B_CHUNK);
		struct result r = read_file(count == 1);
		assert_int_equal(r.records, 4);
		struct text want = { 0 };
		for (unsigned i = 1; i <= count; i++)
			text_addf(&want, "%u a record is hidden at the end of another\n",
				  4096 + at[i]);
		expect(r, count == 1 ? "1 2r 3 4" : "1 2r 3r 4", text_end(&want));
		text_release(&want);
		/* as it was, for the second */
		b_set(chunk.at + end - 4, end - at[count], 4);
	}
}

/* A write was cut short: behind a damaged record are those of an earlier round. */
static void torn_write(void **state)
{
	(void)state;

	for (int sizes = 0; sizes < 2; sizes++) {
		log_begin(1, 1);
		events(100, 3);
		size_t torn = place(2);
		b_event(&chunk, 50, 0);
		b_event(&chunk, 51, 0);
		b_event(&chunk, 103, 0); /* but this one goes on */
		b_end(&chunk);
		if (sizes)
			chunk.at[torn + 6] = 0xff;
		else
			chunk.at[torn] = 0;
		log_add(chunk.at, B_CHUNK);
		struct result r = read_file(true);
		char *got = numbers(&r);
		assert_string_equal(got, sizes ? "100 101 102 103 50r 51r" : "100 101 103 50r 51r");
		free(got);
		result_release(&r);
	}
}

static void recovered(void **state)
{
	static uint8_t junk[B_CHUNK];
	(void)state;

	log_begin(2, 0);
	events(10, 2);
	size_t end = chunk.n;
	b_event(&chunk, 3, 0);
	b_event(&chunk, 3, 0);  /* twice the same */
	b_event(&chunk, 10, 0); /* and one that is alive */
	size_t cut = chunk.n;
	b_event(&chunk, 4, 0);
	b_event(&chunk, 20, 0); /* alive in another chunk */
	b_record(&chunk, 7);    /* sizes, but no fragment */
	b_record_end(&chunk);
	chunk.at[cut] = 0;
	chunk.n = end;
	b_end(&chunk);
	log_add(chunk.at, B_CHUNK);
	/* A chunk whose head is lost. */
	events(30, 2);
	memset(junk, 0, sizeof(junk));
	memcpy(junk, chunk.at, B_CHUNK);
	log_add(junk, B_CHUNK);
	log_add_events(20, 1);
	expect(read_file(false), "10 11 20", "69632 there is no chunk where one should be\n");
	expect(read_file(true), "10 11 20 3r 30r 31r",
	       "69632 there is no chunk where one should be\n");
}

/* What was recovered may have lost its template; another of the chunk with its number will do. */
static void recovered_templates(void **state)
{
	(void)state;

	for (int there = 0; there < 2; there++) {
		log_begin(1, 0);
		events(1, 1);
		chunk.templates[1] =
			"<Event><System/><EventData><Data Name='a'>{0}</Data></EventData></Event>";
		b_value(&chunk, 1, 1, "x", 2);
		if (there)
			b_event(&chunk, 2, 1);
		size_t end = chunk.n;
		b_event(&chunk, 9, 1);
		/* where its definition is said to be, there is none */
		uint8_t *instance = chunk.at + end + 24 + 4;
		b_set(instance + 6, 40000, 4);
		if (!there) { /* nor right here */
			uint8_t *values = chunk.at + chunk.n - 20;
			while (memcmp(values, "\1\0\0\0\2\0\1\0x\0", 10) != 0)
				values--;
			memmove(instance + 10, values, 10);
		}
		chunk.n = end;
		b_end(&chunk);
		log_add(chunk.at, B_CHUNK);
		struct result r = read_file(true);
		assert_non_null(
			strstr(r.lines.s, there ? "\"event_data\":{\"a\":\"x\"},\"recovered\":true}"
						: "\"values\":[\"x\"],\"recovered\":true,"
						  "\"incomplete\":true}"));
		result_release(&r);
	}
}

static void unreadable(void **state)
{
	(void)state;

	log_begin(3, 0);
	log_add_events(1, 1);
	log_add_events(2, 1);
	log_add_events(3, 1);
	struct memory m = { file.at, file.len, 4096 + B_CHUNK + 100 };
	struct result r = read_log_from(m, false, EMIT_JSONL);
	assert_true(r.ok);
	assert_non_null(strstr(r.problems.s, "69632 it cannot be read here\n"));
	assert_int_equal(r.records, 2);
	result_release(&r);
	m.bad = 4096 + B_CHUNK - 100; /* in the slack of the first */
	expect(read_log_from(m, false, EMIT_JSONL), "1 2 3", "65536 it cannot be read here\n");
}

/* What is in the lines of each form. */
struct in_form {
	enum emit_form form;
	const char *want;
};

/* One record by the first template of the chunk. */
static void has_each(const struct in_form *cases, size_t count)
{
	b_event(&chunk, 1, 0);
	b_end(&chunk);
	for (size_t i = 0; i < count; i++) {
		struct result r = read_log_from((struct memory){ chunk.at, B_CHUNK, 0 }, false,
						cases[i].form);

		assert_true(r.ok);
		if (!strstr(r.lines.s, cases[i].want))
			fail_msg("%s\n%s", r.lines.s, cases[i].want);
		result_release(&r);
	}
}

static void forms(void **state)
{
	static const struct in_form cases[] = {
		{ EMIT_JSONL,
		  "{\"record_number\":1,\"event_id\":4624,\"level\":4,\"keywords\":\"0x1\","
		  "\"time_created\":\"2012-12-14T23:06:40.0000000Z\",\"written_time\":"
		  "\"2012-12-14T23:06:40.0000001Z\",\"provider_name\":\"P,1\",\"provider_guid\":"
		  "\"54849625-5478-4994-a5ba-3e3b0328c30d\",\"binary\":\"AB\",\"event_data\":{\"a\":\"x\","
		  "\"b\":5}}\n" },
		{ EMIT_CSV,
		  "1,,4624,,,4,,,0x1,2012-12-14T23:06:40.0000000Z,2012-12-14T23:06:40.0000001Z,\"P,1\","
		  "54849625-5478-4994-a5ba-3e3b0328c30d,,,,,,,,,AB,\"{\"\"a\"\":\"\"x\"\",\"\"b\"\":5}\",,,,,,,,,,,,,,,,,,,\r\n" },
		{ EMIT_BODYFILE,
		  "0|P,1 4624: x, 5 (Recorded Time)|0|----------|0|0|0|0|1355526400|0|0\n" },
		{ EMIT_TIMELINE,
		  "{\"message\":\"P,1 4624: x, 5\",\"datetime\":\"2012-12-14T23:06:40.0000000+00:00\"" },
	};
	static const uint8_t guid[16] =
		"\x25\x96\x84\x54\x78\x54\x94\x49\xa5\xba\x3e\x3b\x03\x28\xc3\x0d";
	uint8_t time[8];
	(void)state;

	b_set(time, UINT64_C(130000000000000000), 8);
	b_begin(&chunk);
	chunk.templates[0] =
		"<Event><System><Provider Name='P,1' Guid='{3}'/><EventID>{0}</EventID>"
		"<Level>4</Level><Keywords>{1}</Keywords><TimeCreated SystemTime='{2}'/></System>"
		"<EventData><Data Name='a'>{4}</Data><Data Name='b'>{5}</Data>"
		"<Binary>{6}</Binary></EventData></Event>";
	b_value(&chunk, 0, 0x06, "\x10\x12", 2);
	b_value(&chunk, 0, 0x15, "\1\0\0\0\0\0\0\0", 8);
	b_value(&chunk, 0, 0x11, time, 8);
	b_value(&chunk, 0, 0x0f, guid, 16);
	b_value(&chunk, 0, 0x01, "x", 2);
	b_value(&chunk, 0, 0x04, "\5", 1);
	b_value(&chunk, 0, 0x0e, "\xab", 1);
	has_each(cases, sizeof(cases) / sizeof(*cases));
}

/* CSV has what JSON has, however long or odd it is. */
static void odd_fields(void **state)
{
	static const char sid[48] = "\1\x0a\0\0\0\0\0\x0f\3\0\0\0\0\4";
	static const char xml[] = "a\0\"\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0l\0m\0n\0o\0p\0q\0r\0s";
	(void)state;

	b_begin(&chunk);
	chunk.templates[0] = "<Event><System><TimeCreated SystemTime='{2}'/><Channel>{1}</Channel>"
			     "<Security UserID='{0}'/></System></Event>";
	b_value(&chunk, 0, 0x13, sid, sizeof(sid));
	b_value(&chunk, 0, 0x23, xml, sizeof(xml));
	b_value(&chunk, 0, 0x0a, "\1\0\0\0\0\0\0\0", 8);
	b_event(&chunk, 1, 0);
	b_end(&chunk);
	struct result r = read_log_from((struct memory){ chunk.at, B_CHUNK, 0 }, false, EMIT_CSV);
	assert_true(r.ok);
	if (!strstr(r.lines.s,
		    "\r\n1,,,,,,,,,1,2012-12-14T23:06:40.0000001Z,,,,\"a\"\"bcdefghijklmnopqrs\",,"
		    "S-1-15-3-1024-0-0-0-0-0-0-0-0,"))
		fail_msg("%s", r.lines.s);
	result_release(&r);
}

/* Texts that are no UTF-16 of their own: escaped for where they go, and not before as well. */
static void said_once(void **state)
{
	static const char list[] = "C\0:\0\\\0\0\0\"\0|\0\x01\0\0\0";
	static const struct in_form cases[] = {
		{ EMIT_TIMELINE, "{\"message\":\" 1: a\\\\b\\u0081, C:\\\\, \\\"|\\u0001\"," },
		{ EMIT_BODYFILE, "0| 1: a\\b\xef\xbf\xbd, C:\\, \"%7C\\x01 (Recorded Time)|" },
		{ EMIT_CSV, ",,a\\b\xef\xbf\xbd," },
	};
	(void)state;

	b_begin(&chunk);
	chunk.templates[0] = "<Event><System><EventID>1</EventID><Channel>{0}</Channel></System>"
			     "<EventData><Data>{0}</Data><Data>{1}</Data></EventData></Event>";
	b_value(&chunk, 0, 0x02, "a\\b\x81", 4);
	b_value(&chunk, 0, 0x81, list, sizeof(list) - 1);
	has_each(cases, sizeof(cases) / sizeof(*cases));
}

/* What JSON has as "user_data_1" and "values_2" has its column. */
static void sections_again(void **state)
{
	(void)state;

	b_begin(&chunk);
	chunk.templates[0] = "<Event><UserData/><UserData><A/></UserData></Event>";
	b_event(&chunk, 1, 0);
	b_end(&chunk);
	struct result r = read_log_from((struct memory){ chunk.at, B_CHUNK, 0 }, false, EMIT_CSV);
	assert_true(r.ok);
	assert_non_null(strstr(r.lines.s, ",incomplete,event_data_1,event_data_2,user_data_1,"));
	assert_non_null(strstr(r.lines.s, ",values_1,values_2\r\n"));
	if (!strstr(r.lines.s, ",{},,,,,,,,,\"{\"\"A\"\":null}\",,,,,,,,,\r\n"))
		fail_msg("%s", r.lines.s);
	result_release(&r);
}

/* What a record says of itself twice is not said by the second. */
static void fields_twice(void **state)
{
	(void)state;

	b_begin(&chunk);
	chunk.templates[0] = "<Event><System><EventID>1</EventID></System></Event>";
	chunk.templates[1] =
		"<Event><System><EventID>2</EventID><Channel>C</Channel></System></Event>";
	b_record(&chunk, 1);
	b_fragment(&chunk);
	b_instance(&chunk, 0);
	b_instance(&chunk, 1);
	b_record_end(&chunk);
	b_end(&chunk);
	struct result r = read_log_from((struct memory){ chunk.at, B_CHUNK, 0 }, false, EMIT_JSONL);
	assert_non_null(strstr(r.lines.s, "\"event_id\":1,"));
	assert_non_null(strstr(r.lines.s, "\"channel\":\"C\""));
	expect(r, "1i", "512 a part of the event is there too often\n");
}

/* An event that does not say when it was: then it was when it was written. */
static void moment_of_the_head(void **state)
{
	(void)state;

	events(1, 1);
	b_end(&chunk);
	struct result r =
		read_log_from((struct memory){ chunk.at, B_CHUNK, 0 }, false, EMIT_TIMELINE);
	assert_int_equal(r.records, 1);
	assert_non_null(strstr(r.lines.s, "\"datetime\":\"2012-12-14T23:06:40.0000001+00:00\""));
	result_release(&r);
}

static bool full(void *ctx, const char *lines, size_t len, struct error *e)
{
	(void)ctx;
	(void)lines;
	(void)len;
	return error_set(e, ERROR_FAILED, "the disk is full");
}

static void stops_when_told(void **state)
{
	struct memory m = { file.at, 0, 0 };
	struct error e = { 0 };
	(void)state;

	log_begin(6, 0);
	for (uint64_t i = 0; i < 6; i++)
		log_add_events(1 + i * 700, 700);
	m.len = file.len;
	struct partition_source s = { memory_read, &m, file.len, 512 };
	struct format_job job = { .inputs = &s, .count = 1 };
	struct emit *o = emit_new(EMIT_JSONL, NULL, full, NULL);
	assert_false(format_evtx.run(&job, o, &e));
	assert_string_equal(e.text, "the disk is full");
	emit_free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_is_advice),
		cmocka_unit_test(is_it_a_log),
		cmocka_unit_test(chunks_anywhere),
		cmocka_unit_test(damaged_chunks),
		cmocka_unit_test(damaged_records),
		cmocka_unit_test(dirty_tail),
		cmocka_unit_test(hidden),
		cmocka_unit_test(torn_write),
		cmocka_unit_test(recovered),
		cmocka_unit_test(recovered_templates),
		cmocka_unit_test(unreadable),
		cmocka_unit_test(forms),
		cmocka_unit_test(odd_fields),
		cmocka_unit_test(said_once),
		cmocka_unit_test(sections_again),
		cmocka_unit_test(fields_twice),
		cmocka_unit_test(moment_of_the_head),
		cmocka_unit_test(stops_when_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
