/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of Defender's log in both encodings: kinds, blocks, times, long ones, ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "triage/parse/mplog.h"

#define T "2024-01-02T03:04:05.678Z "

static struct {
	const uint8_t *bytes;
	size_t len;
} input;
static struct text seen; /* "kind|message|key" of each line */
static struct mplog_line last;
static size_t stop_after;

static bool read_at(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	(void)ctx;
	(void)e;
	memcpy(buf, input.bytes + offset, len);
	return true;
}

static bool take(void *ctx, const struct mplog_line *l, struct error *e)
{
	(void)ctx;
	(void)e;
	last = *l;
	if (l->len < 200)
		text_addf(&seen, "%s%s|%.*s|%.*s\n", l->has_time ? "@" : "", l->record_type,
			  (int)l->len, l->message, (int)l->key_len, l->message);
	return !stop_after || --stop_after;
}

static bool parse(const void *bytes, size_t len)
{
	const struct partition_source s = { read_at, NULL, len, 512 };
	struct error e = { 0 };

	input.bytes = bytes;
	input.len = len;
	text_clear(&seen);
	return mplog_parse(&s, take, NULL, &e);
}

static const char lines[] =
	"no time, no kind\r\n" T "nothing of note\n" T
	"DETECTION_ADD#2 Virus:X/Test file:C:\\a.exe\r\n" T
	"DETECTIONEVENT MPSOURCE_REALTIME HackTool:X file:C:\\b\n"
	"  " T "[Exclusion] C:\\x -> \\Device\\x\n"
	"Begin Resource Scan\r\n\r\nScan ID:{1}\nThreat Name:Virus:X\nnothing\nEnd Scan\nScan ID:{2}\n" T
	"ProcessImageName: a.exe, Pid: 7\n" T
	"SDN:Issuing SDN query for C:\\a.exe (C:\\a.exe) (sha1=ab, sha2=cd)\n"
	"Beginning threat actions\nStart time:x\n" T "[RTP] off\nResource action:7";
static const char want[] =
	"@detection_add|DETECTION_ADD#2 Virus:X/Test file:C:\\a.exe|\n"
	"@detection_event|DETECTIONEVENT MPSOURCE_REALTIME HackTool:X file:C:\\b|\n"
	"@exclusion|[Exclusion] C:\\x -> \\Device\\x|\n"
	"resource_scan|Begin Resource Scan|\n"
	"resource_scan|Scan ID:{1}|Scan ID\n"
	"resource_scan|Threat Name:Virus:X|Threat Name\n"
	"resource_scan|nothing|\n"
	"resource_scan|End Scan|\n"
	"@process|ProcessImageName: a.exe, Pid: 7|\n"
	"@cloud_query|SDN:Issuing SDN query for C:\\a.exe (C:\\a.exe) (sha1=ab, sha2=cd)|\n"
	"threat_action|Beginning threat actions|\n"
	"threat_action|Start time:x|Start time\n"
	"@rtp_state|[RTP] off|\n";

static void kinds(void **state)
{
	static uint8_t wide[2 * sizeof(lines) + 2] = { 0xff, 0xfe };
	(void)state;

	assert_true(parse(lines, sizeof(lines) - 1));
	assert_string_equal(text_end(&seen), want);
	assert_int_equal(last.time, 1704164645);
	assert_int_equal(last.milliseconds, 678);
	assert_int_equal(last.number, 17);
	assert_memory_equal(lines + last.offset, T "[RTP]", sizeof(T "[RTP]") - 1);
	for (size_t i = 0; i + 1 < sizeof(lines); i++)
		wide[2 + 2 * i] = (uint8_t)lines[i];
	assert_true(parse(wide, sizeof(wide) - 2));
	assert_string_equal(text_end(&seen), want);
	assert_memory_equal(wide + last.offset, "2\0000\0002\0004\0", 8);
	assert_true(parse(wide + 2, sizeof(wide) - 4)); /* without its mark */
	assert_string_equal(text_end(&seen), want);
	stop_after = 2;
	assert_false(parse(lines, sizeof(lines) - 1));
	text_release(&seen);
}

static void letters(void **state)
{
	static const uint8_t pairs[] =
		"2\0000\0002\0004\0-\0000\0001\0-\0000\0002\0T\0000\0003\0:\0000\0004"
		"\0:\0000\0005\0.\0006\0007\0008\0Z\0 \0R\0T\0P\0 \0\xe4\0\x3d\xd8"
		"\x01\xde\x3d\xd8x\0\x01\xdez";
	(void)state;

	assert_true(parse(pairs, sizeof(pairs) - 1));
	assert_string_equal(text_end(&seen),
			    "@rtp_state|RTP \xc3\xa4\xf0\x9f\x98\x81\xef\xbf\xbdx\xef\xbf\xbd|\n");
	assert_true(parse("\xef\xbb\xbf" T "RTP x", 3 + 25 + 5));
	assert_string_equal(text_end(&seen), "@rtp_state|RTP x|\n");
	assert_int_equal(last.offset, 3);
	text_release(&seen);
}

static void times(void **state)
{
	static const struct {
		const char *line;
		bool good;
	} cases[] = {
		{ "2024-02-29T23:59:59.999Z x", true },  { "2023-02-29T23:59:59.999Z x", false },
		{ "2024-01-01T24:00:00.000Z x", false }, { "2024-01-01T00:60:00.000Z x", false },
		{ "2024-01-01T00:00:60.000Z x", false }, { "2024-01-01 00:00:00.000Z x", false },
		{ "2024-01-01T00:00:00.000 x", false },  { "2024-01-01T00:00:00.00xZ x", false },
		{ "2024-01-01T00:00:00.000", false },    { "", false },
		{ "2024-01-01T00:00:00.000Z", true },    { "x", false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (parse(cases[i].line, strlen(cases[i].line)) != cases[i].good)
			fail_msg("%s", cases[i].line);
	text_release(&seen);
}

/* A line that is longer than any may be; the one behind it is whole. */
static void long_lines(void **state)
{
	const size_t size = 3 * MPLOG_LINE_MAX;
	char *bytes = mem_alloc(size);
	(void)state;

	memset(bytes, 'x', size);
	memcpy(bytes, T "DETECTION_ADD ", 39);
	assert_true(parse(bytes, size));
	assert_true(last.is_cut);
	assert_int_equal(last.len, MPLOG_LINE_MAX - 25);
	memcpy(bytes + size - 40, "\n" T "DETECTION_ADD ", 40);
	assert_true(parse(bytes, size));
	assert_false(last.is_cut);
	assert_int_equal(last.number, 2);
	assert_string_equal(text_end(&seen), "@detection_add|DETECTION_ADD|\n");
	text_release(&seen);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(letters),
		cmocka_unit_test(times),
		cmocka_unit_test(long_lines),
	};

	return cmocka_run_group_tests_name("mplog", tests, NULL, NULL);
}
