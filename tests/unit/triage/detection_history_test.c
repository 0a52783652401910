/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Detections of our own making: both forms of tracking data, strings that shift, damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "triage/parse/detection_history.h"

static uint8_t bytes[1 << 18];
static size_t len;

static void put(uint8_t *p, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static void add(uint32_t type, const void *data, size_t n)
{
	put(bytes + len, n, 4);
	put(bytes + len + 4, type, 4);
	memcpy(bytes + len + 8, data, n);
	memset(bytes + len + 8 + n, 0, 8);
	len += 8 + (n + 7) / 8 * 8;
}

static void add_number(uint32_t type, uint64_t value, size_t n)
{
	uint8_t p[8];

	put(p, value, 8);
	add(type, p, n);
}

static size_t wide(uint8_t *to, const char *s)
{
	size_t n = strlen(s) + 1;

	for (size_t i = 0; i < n; i++)
		put(to + 2 * i, (uint8_t)s[i], 2);
	return 2 * n;
}

static void add_string(const char *s)
{
	uint8_t units[128];

	size_t n = wide(units, s);
	add(0x15, units, n);
}

/* Tracking data of a digest, a size, a time and bytes; its head is its length, or six numbers. */
static size_t tracking(uint8_t *p, bool is_long)
{
	size_t at = is_long ? 24 : 4, n;
	const size_t head = at;

	memset(p, 0, 24);
	n = wide(p + at + 4, "ThreatTrackingSha256");
	put(p + at, n, 4);
	put(p + at + 4 + n, 6, 4);
	at += 8 + n;
	n = wide(p + at + 4, "abcd");
	put(p + at, n, 4);
	at += 4 + n;
	n = wide(p + at + 4, "ThreatTrackingSize");
	put(p + at, n, 4);
	put(p + at + 4 + n, 4, 4);
	put(p + at + 8 + n, 68, 8);
	at += 16 + n;
	n = wide(p + at + 4, "Own");
	put(p + at, n, 4);
	put(p + at + 4 + n, 7, 4);
	put(p + at + 8 + n, 3, 4);
	memcpy(p + at + 12 + n, "xyz", 3);
	at += 15 + n;
	put(p, is_long ? 1 : at, 4);
	if (is_long)
		put(p + 20, at - head, 4);
	return at;
}

static void make(uint32_t first_number, size_t resources)
{
	static const uint8_t id[16] = { 0xaa };
	uint8_t blob[512] = { 0 };

	len = 0;
	add_number(8, 2147686744, 8);
	add(0x1e, id, 16);
	add_string("Magic.Version:1.2");
	add_string("Virus:X/Test");
	for (uint32_t i = 0; i < 7; i++)
		add_number(6, i ? 40 + i : first_number, 4);
	for (size_t i = 0; i < resources; i++) {
		add_string("Magic.Version:1.2");
		add_string("file");
		add_string("C:\\a.exe");
		add_number(6, 0, 4);
		size_t blob_bytes = tracking(blob, i % 2);
		add(0x28, blob, blob_bytes);
	}
	add_number(0x0a, 1001, 8);
	add_number(5, 0, 4);
	add(0x1e, bytes, 16);
	if (first_number == 4) {
		add_string("more");
		add_string("more");
		add_number(6, 0, 4);
		add_string("more");
		add_string("more");
	}
	add_string("PC\\who");
	add_number(6, 3, 4);
	add_string("cmd.exe");
	add_number(0x0a, 1000, 8);
	add_number(0x0a, 1002, 8);
	add(0, "", 0);
	add_string("Magic.Version:1.2"); /* one more of the same kind behind */
	add_string("process");
	add_string("pid:7");
}

static void problem(void *ctx, uint64_t offset, const char *what)
{
	(void)offset;
	(void)what;
	++*(size_t *)ctx;
}

static bool is(struct reader r, const char *want)
{
	if (r.left != 2 * strlen(want))
		return false;
	for (size_t i = 0; want[i]; i++)
		if (r.at[2 * i] != (uint8_t)want[i] || r.at[2 * i + 1])
			return false;
	return true;
}

static struct detection d;

static void whole(void **state)
{
	(void)state;
	for (uint32_t first = 0; first < 5; first += 4) {
		size_t problems = 0;
		const struct parse_problems to = { problem, &problems };
		struct error e = { 0 };

		make(first, 2);
		assert_true(detection_read(bytes, len, &to, &d, &e));
		assert_int_equal(problems, 0);
		assert_int_equal(d.threat_id, 2147686744);
		assert_int_equal(d.id[0], 0xaa);
		assert_true(is(d.threat, "Virus:X/Test"));
		assert_int_equal(d.number_count, 7);
		assert_int_equal(d.numbers[2], 42);
		assert_int_equal(d.times[0], 1001);
		assert_int_equal(d.times[1], 1000);
		assert_int_equal(d.times[2], 1002);
		assert_true(is(d.user, "PC\\who"));
		assert_true(is(d.process, "cmd.exe"));
		assert_int_equal(d.string_count, first ? 6 : 2);
		assert_true(is(d.strings[0], first ? "more" : "PC\\who"));
		assert_int_equal(d.resource_count, 3);
		assert_true(is(d.resources[2].type, "process"));
		assert_true(is(d.resources[2].location, "pid:7"));
		for (size_t i = 0; i < 2; i++) {
			struct reader r = detection_tracking(&d.resources[i]);
			struct tracking t;

			assert_true(is(d.resources[i].location, "C:\\a.exe"));
			assert_true(detection_tracking_next(&r, &t));
			assert_true(is(t.name, "ThreatTrackingSha256") && is(t.text, "abcd"));
			assert_true(detection_tracking_next(&r, &t));
			assert_int_equal(t.number, 68);
			assert_true(detection_tracking_next(&r, &t));
			assert_true(is(t.name, "Own") && t.text.left == 3);
			assert_false(detection_tracking_next(&r, &t));
			assert_false(r.bad);
		}
	}
}

static void damaged(void **state)
{
	(void)state;
	make(0, 2);
	for (size_t n = 0; n < len; n++) {
		size_t problems = 0;
		const struct parse_problems to = { problem, &problems };
		struct error e = { 0 };
		uint8_t *copy = mem_alloc(n + 1);

		memcpy(copy + 1, bytes, n);
		assert_int_equal(detection_read(copy + 1, n, &to, &d, &e), n >= 16);
		for (unsigned i = 0; n >= 16 && i < d.resource_count; i++) {
			struct reader r = detection_tracking(&d.resources[i]);
			struct tracking t;

			while (detection_tracking_next(&r, &t))
				;
			assert_false(r.bad);
		}
		free(copy);
	}
	make(0, 300);
	size_t problems = 0;
	const struct parse_problems to = { problem, &problems };
	struct error e = { 0 };
	assert_true(detection_read(bytes, len, &to, &d, &e));
	assert_int_equal(d.resource_count, DETECTION_RESOURCES_MAX);
	assert_int_equal(problems, 1);
	assert_true(is(d.user, "PC\\who"));
	/* A fourth time, a thirty-third string. */
	for (unsigned more = 0; more < 3; more++) {
		make(0, 0);
		for (unsigned i = 2; i < 32 + (more == 2); i++)
			add_string("more");
		if (more == 1)
			add_number(0x0a, 1, 8);
		problems = 0;
		assert_true(detection_read(bytes, len, &to, &d, &e));
		assert_int_equal(d.string_count, 32);
		assert_int_equal(problems, more > 0);
	}
	bytes[4] = 6;
	assert_false(detection_read(bytes, len, &to, &d, &e));
	/* Tracking data of an unknown kind ends it. */
	uint8_t blob[512] = { 0 };
	struct detection_resource q = { .tracking = reader_of(blob, tracking(blob, false)) };
	struct tracking t;
	put(blob + 4 + 4 + 42, 9, 4);
	struct reader r = detection_tracking(&q);
	assert_false(detection_tracking_next(&r, &t));
	assert_true(r.bad);
}

/* The third number is the category, of whichever type those before it are. */
static void numbers_of_each_type(void **state)
{
	struct error e = { 0 };
	(void)state;

	len = 0;
	add_number(8, 1, 8);
	add_string("Ransom:X");
	add_number(0, 3, 4);
	add(0, "", 0);
	add_number(5, 5, 4);
	add_number(6, 50, 4);
	assert_true(detection_read(bytes, len, NULL, &d, &e));
	assert_int_equal(d.number_count, 3);
	assert_true(d.numbers[0] == 3 && d.numbers[1] == 5 && d.numbers[2] == 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(whole), cmocka_unit_test(damaged),
					    cmocka_unit_test(numbers_of_each_type) };

	return cmocka_run_group_tests_name("detection_history", tests, NULL, NULL);
}
