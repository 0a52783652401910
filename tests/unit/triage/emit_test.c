/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records as lines: valid, harmless and whole in every form, whatever goes in. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emit_sink.h"

/* All kinds of values, in groups. */
static void values(void **state)
{
	static const uint8_t guid[16] = { 0xae, 0x4f, 0x1d, 0xf8, 0xec, 0x7d, 0xd0, 0x11,
					  0xa7, 0x65, 0,    0xa0, 0xc9, 0x1e, 0x6b, 0xf6 };
	struct sink s;
	struct emit *o = open_sink(EMIT_JSONL, &s);

	(void)state;
	assert_int_equal(emit_form(o), EMIT_JSONL);
	emit_begin(o, "x");
	end(o);
	emit_begin(o, "x");
	emit_string(o, "a", "b");
	emit_string(o, "none", NULL);
	emit_number(o, "most", UINT64_MAX);
	emit_signed(o, "least", INT64_MIN);
	emit_array(o, "list");
	for (uint64_t n = 1; n <= 1000000; n *= 10) {
		emit_number(o, NULL, n - 1);
		emit_number(o, NULL, n);
	}
	emit_object(o, NULL);
	emit_close(o);
	emit_object(o, NULL);
	emit_bool(o, "yes", true);
	emit_bool(o, "no", false);
	emit_close(o);
	emit_close(o);
	emit_null(o, "null");
	emit_hex(o, "hex", (const uint8_t *)"\x00\x0a\xff", 3);
	emit_hex(o, "empty", NULL, 0);
	emit_flags(o, "flags", 0x2a);
	emit_flags(o, "wide", 0x100000000);
	emit_guid(o, "guid", guid);
	emit_real(o, "tenth", 0.1);
	emit_real(o, "large", 1e300);
	emit_real(o, "nan", NAN);
	emit_real(o, "infinite", -INFINITY);
	end(o);
	done(o, &s,
	     "{}\n"
	     "{\"a\":\"b\",\"none\":null,\"most\":18446744073709551615,"
	     "\"least\":-9223372036854775808,"
	     "\"list\":[0,1,9,10,99,100,999,1000,9999,10000,99999,100000,999999,1000000,"
	     "{},{\"yes\":true,\"no\":false}],"
	     "\"null\":null,\"hex\":\"000aff\",\"empty\":\"\",\"flags\":\"0x0000002a\","
	     "\"wide\":\"0x100000000\",\"guid\":\"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\","
	     "\"tenth\":0.1,\"large\":1e+300,\"nan\":null,\"infinite\":null}\n");
}

/* Text in the three ways of escaping, as UTF-8 and, where it can be, as UTF-16. */
static const struct {
	const char *name, *in, *json, *plain, *body;
} texts[] = {
	{ "empty", "", "", "", "" },
	{ "short", "abc", "abc", "abc", "abc" },
	{ "eight", "abcdefgh", "abcdefgh", "abcdefgh", "abcdefgh" },
	{ "quote at each place", "\"a\"bc\"defgh\"i", "\\\"a\\\"bc\\\"defgh\\\"i",
	  "\"\"a\"\"bc\"\"defgh\"\"i", "\"a\"bc\"defgh\"i" },
	{ "backslash", "C:\\Windows\\x", "C:\\\\Windows\\\\x", "C:\\Windows\\x", "C:\\Windows\\x" },
	{ "pipe", "a|b", "a|b", "a|b", "a%7Cb" },
	{ "percent", "100%, %41, %4", "100%, %41, %4", "100%, %41, %4", "100%, %2541, %4" },
	{ "line breaks", "a\nb\r\nc\td", "a\\nb\\r\\nc\\td", "a b  c d",
	  "a\\x0ab\\x0d\\x0ac\\x09d" },
	{ "escape", "0123456\x1b[2J", "0123456\\u001b[2J", "0123456\xef\xbf\xbd[2J",
	  "0123456\\x1b[2J" },
	{ "delete", "a\x7f", "a\\u007f", "a\xef\xbf\xbd", "a\\x7f" },
	{ "umlauts", "Müllerstraße 12", "Müllerstraße 12", "Müllerstraße 12", "Müllerstraße 12" },
	{ "direction", "a\xe2\x80\xaegpj.exe", "a\\u202egpj.exe", "a\xef\xbf\xbdgpj.exe",
	  "a\xef\xbf\xbdgpj.exe" },
	{ "C1", "a\xc2\x9b", "a\\u009b", "a\xef\xbf\xbd", "a\xef\xbf\xbd" },
	{ "soft hyphen", "a\xc2\xad", "a\\u00ad", "a\xef\xbf\xbd", "a\xef\xbf\xbd" },
	{ "Arabic mark", "\xd8\x9c", "\\u061c", "\xef\xbf\xbd", "\xef\xbf\xbd" },
	{ "beyond 16 bits", "\xf0\x9f\x98\x80 ok", "\xf0\x9f\x98\x80 ok", "\xf0\x9f\x98\x80 ok",
	  "\xf0\x9f\x98\x80 ok" },
	{ "tag character", "\xf3\xa0\x81\x81", "\\udb40\\udc41", "\xef\xbf\xbd", "\xef\xbf\xbd" },
	{ "half surrogate", "a\xed\xa0\x80z", "a\\ud800z", "a\xef\xbf\xbdz", "a\xef\xbf\xbdz" },
};

static size_t to_utf16(uint8_t *out, const char *s)
{
	const char *stop = s + strlen(s);
	size_t n = 0;

	while (s < stop) {
		bool half = (uint8_t)s[0] == 0xed;
		uint32_t c = half ? 0xd800 : text_next(&s, stop);

		if (half)
			s += 3;
		if (c >= 0x10000) {
			uint32_t high = 0xd800 + ((c - 0x10000) >> 10);
			out[2 * n] = (uint8_t)high;
			out[2 * n++ + 1] = (uint8_t)(high >> 8);
			c = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		out[2 * n] = (uint8_t)c;
		out[2 * n++ + 1] = (uint8_t)(c >> 8);
	}
	return n;
}

static const char filler[] = "xxxxxxxxx";

static void one_text(enum emit_form form, size_t nr, bool wide, size_t shift)
{
	char in[64] = { 0 }, want[256];
	uint8_t units[128];
	struct sink s;
	struct emit *o = open_sink(form, &s);
	/* At each place within the eight bytes that are looked at together. */
	const char *before = filler + 9 - shift;

	snprintf(in, sizeof(in), "%s%s", before, texts[nr].in);
	size_t count = to_utf16(units, in);
	emit_begin(o, "t");
	if (form == EMIT_BODYFILE) {
		emit_unix(o, "size", 1, 0, 0, MOMENT_CREATED);
		if (wide)
			emit_says16(o, units, count);
		else
			emit_says(o, in, strlen(in));
		snprintf(want, sizeof(want), "0|%s%s (Creation Time)|0|----------|0|0|0|0|0|0|1\n",
			 *in ? before : "t", texts[nr].body);
	} else {
		if (wide)
			emit_utf16(o, "name", units, count);
		else
			emit_text(o, "name", in, strlen(in));
		bool quoted = form == EMIT_CSV && strpbrk(in, "\",");
		snprintf(want, sizeof(want),
			 form == EMIT_CSV ? "name,size,times\r\n%s%s%s%s,,\r\n"
					  : "{\"name\":\"%s%s%s%s\"}\n",
			 quoted ? "\"" : "", before,
			 form == EMIT_CSV ? texts[nr].plain : texts[nr].json, quoted ? "\"" : "");
	}
	end(o);
	done(o, &s, want);
}

static void escapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		for (size_t shift = 0; shift < 9; shift++)
			for (int wide = 0; wide < 2; wide++) {
				one_text(EMIT_JSONL, i, wide, shift);
				one_text(EMIT_CSV, i, wide, shift);
				one_text(EMIT_BODYFILE, i, wide, shift);
			}
}

/* A long text is taken in pieces: none ends within a pair, or hides what follows a percent sign. */
static void pieces(void **state)
{
	enum { PIECE = 2048, TAIL = 5 };
	static const char tail[2 * TAIL + 1] = "\x3d\xd8\x00\xde%\0004\0001\0";
	uint8_t units[2 * (PIECE + TAIL)];
	char xs[PIECE], want[PIECE + 256];
	struct sink s;

	(void)state;
	memset(xs, 'x', sizeof(xs));
	for (int count = PIECE - TAIL; count <= PIECE; count++) {
		for (int i = 0; i < count; i++)
			memcpy(units + 2 * (size_t)i, "x", 2);
		memcpy(units + 2 * (size_t)count, tail, 2 * TAIL);
		struct emit *o = open_sink(EMIT_BODYFILE, &s);
		emit_begin(o, "t");
		emit_unix(o, "size", 1, 0, 0, MOMENT_CREATED);
		emit_says16(o, units, (size_t)count + TAIL);
		end(o);
		snprintf(want, sizeof(want),
			 "0|%.*s%s%%2541 (Creation Time)|0|----------|0|0|0|0|0|0|1\n", count, xs,
			 "\xf0\x9f\x98\x80");
		done(o, &s, want);
	}
}

/* Bytes that are no UTF-8: each is one U+FFFD. */
static void broken_bytes(void **state)
{
	struct sink s;
	struct emit *o = open_sink(EMIT_JSONL, &s);

	(void)state;
	emit_begin(o, "t");
	emit_text(o, "name", "a\xff\xc3(\xe2\x82", 6);
	emit_text(o, "nul", "a\0b", 3);
	end(o);
	done(o, &s,
	     "{\"name\":\"a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\","
	     "\"nul\":\"a\\u0000b\"}\n");
}

static void times(void **state)
{
	static const struct {
		int64_t s;
		const char *want;
	} seconds[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ -1, "1969-12-31T23:59:59Z" },
		{ 951782399, "2000-02-28T23:59:59Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ 1709251200, "2024-03-01T00:00:00Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" },
		{ 253402300800, "+10000-01-01T00:00:00Z" },
		{ -62135596800, "0001-01-01T00:00:00Z" },
		{ -62167219200, "0000-01-01T00:00:00Z" },
		{ -62167219201, "-0001-12-31T23:59:59Z" },
		{ INT64_MAX, "+292277026596-12-04T15:30:07Z" },
		{ INT64_MIN, "-292277022657-01-27T08:29:52Z" },
	};
	struct sink s;
	char want[4096] = "";

	(void)state;
	struct emit *o = open_sink(EMIT_JSONL, &s);
	for (size_t i = 0; i < sizeof(seconds) / sizeof(*seconds); i++) {
		size_t at = strlen(want);

		emit_begin(o, "t");
		emit_unix(o, "t", seconds[i].s, 0, 0, MOMENT_NONE);
		end(o);
		snprintf(want + at, sizeof(want) - at, "{\"t\":\"%s\"}\n", seconds[i].want);
	}
	done(o, &s, want);

	o = open_sink(EMIT_JSONL, &s);
	emit_begin(o, "t");
	emit_filetime(o, "a", 129347853596264271, MOMENT_CREATED);
	emit_filetime(o, "b", 0, MOMENT_CREATED);
	emit_filetime(o, "c", 1, MOMENT_NONE);
	emit_filetime(o, "d", UINT64_MAX, MOMENT_NONE);
	emit_unix(o, "e", 1, 120000000, 2, MOMENT_NONE);
	emit_unix(o, "f", 1, 2, 9, MOMENT_NONE);
	emit_unix(o, "g", 1, 1073741823, 9, MOMENT_NONE);
	end(o);
	done(o, &s,
	     "{\"a\":\"2010-11-21T03:55:59.6264271Z\",\"b\":null,"
	     "\"c\":\"1601-01-01T00:00:00.0000001Z\","
	     "\"d\":\"+60056-05-28T05:36:10.9551615Z\",\"e\":\"1970-01-01T00:00:01.12Z\","
	     "\"f\":\"1970-01-01T00:00:01.000000002Z\",\"g\":\"1970-01-01T00:00:02.073741823Z\"}\n");
}

static void record(struct emit *o)
{
	emit_begin(o, "windows:test:record");
	emit_number(o, "size", 7);
	emit_string(o, "name", "=cmd|' /C calc'!A0");
	emit_string(o, "unlisted", "gone in CSV");
	emit_array(o, "times");
	emit_filetime(o, NULL, 129347853596264271, MOMENT_RUN);
	emit_unix(o, NULL, 1290311759, 5000, 9, MOMENT_RUN_BEFORE);
	emit_close(o);
	emit_signed(o, "timestamp", -5);
	emit_saysf(o, "%s ran %d", "a|\"b\"", 2);
	emit_says(o, " times", 6);
	emit_says16(o, (const uint8_t *)"!\0", 1);
	end(o);
}

static void csv(void **state)
{
	struct sink s;
	struct emit *o = open_sink(EMIT_CSV, &s);

	(void)state;
	record(o);
	emit_begin(o, "t");
	emit_string(o, "name", "a, \"b\"");
	emit_null(o, "size");
	emit_object(o, "unlisted");
	emit_string(o, "name", "inside");
	emit_array(o, "more");
	emit_close(o);
	emit_close(o);
	emit_object(o, "times");
	emit_string(o, "a", "=1");
	emit_close(o);
	end(o);
	emit_begin(o, "t");
	emit_signed(o, "size", -5);
	end(o);
	done(o, &s,
	     "name,size,times\r\n"
	     "\"'=cmd|' /C calc'!A0\",7,"
	     "\"[\"\"2010-11-21T03:55:59.6264271Z\"\",\"\"2010-11-21T03:55:59.000005000Z\"\"]\"\r\n"
	     "\"a, \"\"b\"\"\",,\"{\"\"a\"\":\"\"=1\"\"}\"\r\n"
	     ",-5,\r\n");
}

static void timeline(void **state)
{
	struct sink s;
	struct emit *o = open_sink(EMIT_TIMELINE, &s);
	static const char fields[] =
		"\"size\":7,\"name\":\"=cmd|' /C calc'!A0\",\"unlisted\":\"gone in CSV\","
		"\"times\":[\"2010-11-21T03:55:59.6264271Z\",\"2010-11-21T03:55:59.000005000Z\"],"
		"\"record_timestamp\":-5}\n";
	char want[2048];

	(void)state;
	record(o);
	emit_begin(o, "no time: no line");
	emit_number(o, "size", 7);
	end(o);
	emit_begin(o, "no:words");
	emit_unix(o, "t", -1, 999999999, 9, MOMENT_DELETED);
	end(o);
	snprintf(
		want, sizeof(want),
		"{\"message\":\"a|\\\"b\\\" ran 2 times!\","
		"\"datetime\":\"2010-11-21T03:55:59.6264271+00:00\","
		"\"timestamp\":1290311759626427,\"timestamp_desc\":\"Last Time Executed\","
		"\"data_type\":\"windows:test:record\",%s"
		"{\"message\":\"a|\\\"b\\\" ran 2 times!\","
		"\"datetime\":\"2010-11-21T03:55:59.000005000+00:00\","
		"\"timestamp\":1290311759000005,\"timestamp_desc\":\"Previous Last Time Executed\","
		"\"data_type\":\"windows:test:record\",%s"
		"{\"message\":\"no:words\",\"datetime\":\"1969-12-31T23:59:59.999999999+00:00\","
		"\"timestamp\":-1,\"timestamp_desc\":\"Content Deletion Time\","
		"\"data_type\":\"no:words\",\"t\":\"1969-12-31T23:59:59.999999999Z\"}\n",
		fields, fields);
	done(o, &s, want);
}

static void bodyfile(void **state)
{
	struct sink s;
	struct emit *o = open_sink(EMIT_BODYFILE, &s);
	struct emit_body b = { .name = "C:/a|b\n c",
			       .name_len = 9,
			       .inode = 123,
			       .type = 128,
			       .id = 1,
			       .mode = "r/rrwxrwxrwx",
			       .uid = 1,
			       .gid = 2,
			       .size_bytes = UINT64_MAX,
			       .accessed = 10,
			       .modified = -20,
			       .changed = 30,
			       .created = 40 };

	(void)state;
	record(o);
	emit_begin(o, "t");
	emit_unix(o, "x", 5, 0, 0, MOMENT_CREATED); /* in the line of the file already */
	emit_body(o, &b);
	b.accessed = b.modified = b.changed = b.created = 0;
	emit_body(o, &b); /* no time: no line */
	end(o);
	emit_begin(o, "t");
	emit_number(o, "x", 5);
	emit_unix(o, "y", 0, 5, 9, MOMENT_RUN); /* mactime takes 0 for no time */
	end(o);
	emit_begin(o, "t");
	emit_unix(o, "x", 6, 0, 0, MOMENT_DELETED);
	emit_bool(o, "recovered", true);
	end(o);
	emit_begin(o, "t"); /* another one is not, nor is what has one within */
	emit_unix(o, "x", 7, 0, 0, MOMENT_DELETED);
	emit_bool(o, "recovered", false);
	emit_array(o, "within");
	emit_object(o, NULL);
	emit_bool(o, "recovered", true);
	emit_close(o);
	emit_close(o);
	end(o);
	done(o, &s,
	     "0|a%7C\"b\" ran 2 times! (Last Time Executed)|0|----------|0|0|0|1290311759|0|0|0\n"
	     "0|a%7C\"b\" ran 2 times! (Previous Last Time Executed)|0|----------|0|0|0|1290311759|"
	     "0|0|0\n"
	     "0|C:/a%7Cb\\x0a c|123-128-1|r/rrwxrwxrwx|1|2|18446744073709551615|10|-20|30|40\n"
	     "0|t (Content Deletion Time) (recovered)|0|----------|0|0|0|0|0|6|0\n"
	     "0|t (Content Deletion Time)|0|----------|0|0|0|0|0|7|0\n");
}

/* A format that writes its members itself. */
static void room(void **state)
{
	struct sink s;
	struct emit *o = open_sink(EMIT_JSONL, &s);

	(void)state;
	emit_begin(o, "t");
	memcpy(emit_room(o, 100), "\"a\":1", 5);
	emit_used(o, 5);
	memcpy(emit_room(o, 5), "\"b\":2", 5);
	emit_used(o, 5);
	(void)emit_room(o, 5);
	emit_used(o, 0); /* nothing after all */
	emit_number(o, "c", 3);
	end(o);
	done(o, &s, "{\"a\":1,\"b\":2,\"c\":3}\n");
}

/* What makes a line too long is left out whole, and the line says so. */
static void too_long(void **state)
{
	const size_t len = 9u << 20;
	char *large = malloc(len);
	struct sink s;
	struct emit *o = open_sink(EMIT_JSONL, &s);

	(void)state;
	memset(large, 'x', len);
	emit_begin(o, "t");
	emit_text(o, "name", large, len);
	emit_number(o, "n", 1);
	emit_utf16(o, "wide", (const uint8_t *)large, len / 2);
	emit_hex(o, "hex", (const uint8_t *)large, len);
	end(o);
	emit_begin(o, "t");
	emit_text(o, "name", large, len);
	end(o);
	emit_begin(o, "t");
	emit_number(o, "n", 2);
	end(o);
	done(o, &s, "{\"n\":1,\"truncated\":true}\n{\"truncated\":true}\n{\"n\":2}\n");

	o = open_sink(EMIT_TIMELINE, &s);
	emit_begin(o, "t");
	emit_unix(o, "n", 0, 0, 0, MOMENT_CREATED);
	emit_says(o, "what was said ", 14);
	emit_says(o, large, len);
	end(o);
	struct error e = { 0 };
	assert_true(emit_flush(o, &e));
	assert_true(s.text.len < 80000);
	assert_non_null(strstr(s.text.s, "\"truncated\":true}\n"));
	emit_free(o);
	text_release(&s.text);
	free(large);
}

/* A message that is too long ends between two characters, however these are written, and is not lost. */
static void long_message(void **state)
{
	static const struct {
		const char *c, *json, *body;
	} cases[] = {
		{ "A", "A", "A" },
		{ "\xc3\xa9", "\xc3\xa9", "\xc3\xa9" },
		{ "\"", "\\\"", "\"" },
		{ "|", "|", "%7C" },
		{ "\x01", "\\u0001", "\\x01" },
		{ "\xe2\x82\xac", "\xe2\x82\xac", "\xe2\x82\xac" },
	};
	const size_t count = 70000, max = 64 << 10;
	(void)state;

	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		const enum emit_form form = i % 2 ? EMIT_BODYFILE : EMIT_TIMELINE;
		const char *c = cases[i / 2].c,
			   *want = i % 2 ? cases[i / 2].body : cases[i / 2].json;
		struct text message = { 0 }, all = { 0 };
		struct sink s;
		struct emit *o = open_sink(form, &s);

		text_add(&message, "x");
		text_add(&all, i % 2 ? "0|x" : "{\"message\":\"x");
		for (size_t k = 0; k < count; k++)
			text_add(&message, c);
		for (size_t k = 0; k < (max - 1) / strlen(want); k++)
			text_add(&all, want);
		text_add(
			&all,
			i % 2 ? " (Recorded Time)|0|----------|0|0|0|0|1|0|0\n"
			      : "\",\"datetime\":\"1970-01-01T00:00:01+00:00\",\"timestamp\":1000000,"
				"\"timestamp_desc\":\"Recorded Time\",\"data_type\":\"t\",\"t\":"
				"\"1970-01-01T00:00:01Z\",\"truncated\":true}\n");
		emit_begin(o, "t");
		emit_says(o, message.s, message.len);
		emit_unix(o, "t", 1, 0, 0, MOMENT_RECORDED);
		end(o);
		done(o, &s, text_end(&all));
		text_release(&message);
		text_release(&all);
	}
}

static void too_deep(void **state)
{
	struct sink s;
	struct emit *o = open_sink(EMIT_JSONL, &s);

	(void)state;
	emit_begin(o, "t");
	for (int i = 0; i < 1000; i++)
		emit_array(o, i ? NULL : "a");
	emit_number(o, NULL, 1);
	for (int i = 0; i < 1000; i++)
		emit_close(o);
	emit_number(o, "n", 2);
	end(o);
	done(o, &s,
	     "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],"
	     "\"n\":2,\"truncated\":true}\n");
}

/* Blocks end with a line; when one cannot be written, that is the end, with its reason. */
static void blocks(void **state)
{
	struct sink s;
	struct emit *o = open_sink(EMIT_JSONL, &s);
	struct error e = { 0 };
	uint64_t n = 0;

	(void)state;
	s.fail_at = 3;
	do {
		emit_begin(o, "t");
		emit_number(o, "n", n++);
	} while (emit_end(o, &e) && n < 1000000);
	assert_int_equal(s.blocks, 3);
	assert_string_equal(e.text, "the disk is full");
	assert_true(s.text.len >= 2 * (256u << 10) && s.text.len < 3 * (256u << 10));
	emit_begin(o, "t");
	e = (struct error){ 0 };
	assert_false(emit_end(o, &e));
	e = (struct error){ 0 };
	assert_false(emit_flush(o, &e));
	assert_string_equal(e.text, "the disk is full");
	assert_int_equal(s.blocks, 3);
	emit_free(o);
	text_release(&s.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),       cmocka_unit_test(escapes),
		cmocka_unit_test(pieces),       cmocka_unit_test(broken_bytes),
		cmocka_unit_test(times),        cmocka_unit_test(csv),
		cmocka_unit_test(timeline),     cmocka_unit_test(bodyfile),
		cmocka_unit_test(room),         cmocka_unit_test(too_long),
		cmocka_unit_test(long_message), cmocka_unit_test(too_deep),
		cmocka_unit_test(blocks),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("emit", tests, NULL, NULL);
}
