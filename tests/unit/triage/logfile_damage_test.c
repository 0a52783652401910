/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of NTFS where it is damaged: restart pages that are older, torn or gone, copies of pages, a log that was
 * cut off or made to harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "logfile_build.h"

/* Where the records of a page begin says the restart page that counts: not the older, not one that is torn. */
static void restart_page_that_counts(void **state)
{
	static struct log l;
	const uint64_t place = 40 * PAGE;
	(void)state;

	for (unsigned torn = 0; torn < 2; torn++) {
		begin(&l, 2);
		restart(&l, 0, torn ? 1000 : 2000);
		restart(&l, 1, torn ? 2000 : 1000);
		put(l.bytes + PAGE + 48 + 38, 2048, 2);
		l.bytes[PAGE + 4094] ^= (uint8_t)torn;
		uint8_t *p = page(&l, 40, place, DATA + 88, lsn_of(place + DATA, 1));
		header(p + DATA, lsn_of(place + DATA, 1), 40, LOGFILE_OPERATION);
		operation(p + DATA + 48, 0x1b, 1, 0, 0, 0);
		seal(p);
		struct seen s = parse(&l, sizeof(l.bytes));
		assert_int_equal(s.restarts, 2);
		assert_int_equal(s.records, 1);
		assert_int_equal(s.problems, torn);
		text_release(&s.text);
	}
}

/* What a later version of NTFS writes is read as far as it can be, and said. */
static void later_version(void **state)
{
	static struct log l;
	(void)state;

	for (unsigned major = 1; major <= 3; major++) {
		begin(&l, major);
		struct seen s = parse(&l, sizeof(l.bytes));
		assert_int_equal(s.restarts, 2);
		assert_int_equal(s.problems, major == 3);
		text_release(&s.text);
	}
}

/* Both restart pages are gone: what the size of the log says is enough, of either version. */
static void no_restart_page(void **state)
{
	(void)state;
	for (unsigned major = 1; major < 3; major++) {
		static struct log l;
		const unsigned bits = 3 + (unsigned)__builtin_clzll(sizeof(l.bytes));

		begin(&l, major);
		memset(l.bytes, 0, 2 * PAGE);
		/* Of version 1 in the ring; of version 2 only written ahead. */
		const uint64_t place = (major == 1 ? 4 : 40) * PAGE;
		const uint64_t lsn = (place + DATA) >> 3 | UINT64_C(1) << (64 - bits);
		uint8_t *p = page(&l, 4, place, DATA + 88, lsn);
		header(p + DATA, lsn, 40, LOGFILE_OPERATION);
		operation(p + DATA + 48, 0x1b, 1, 0, 0, 0);
		seal(p);
		struct seen s = parse(&l, sizeof(l.bytes));
		assert_int_equal(s.restarts, 0);
		assert_int_equal(s.records, 1);
		assert_int_equal(s.last.is_copy, major == 2);
		assert_int_equal(s.problems, 1);
		text_release(&s.text);
		/* Too short for a page of records: nothing to guess from. */
		for (size_t n = 0; n <= 2 * PAGE; n += 512) {
			const struct partition_source source = { read_log, l.bytes, n, 512 };
			const struct logfile_to to = { 0 };
			struct error e = { 0 };

			assert_false(logfile_parse(&source, NULL, &to, &e));
			assert_int_equal(e.kind, ERROR_UNTRUSTED);
		}
	}
}

/* A copy and the page in its place count once; a copy of a former round says so. */
static void copies(void **state)
{
	static struct log l;
	(void)state;

	begin(&l, 2);
	const uint64_t place = 40 * PAGE;
	for (unsigned i = 0; i < 4; i++) {
		static const unsigned numbers[] = { 40, 3, 4, 5 };
		static const uint64_t rounds[] = { 2, 2, 1, 3 };
		uint8_t *p =
			page(&l, numbers[i], place, DATA + 88, lsn_of(place + DATA, rounds[i]));

		header(p + DATA, lsn_of(place + DATA, rounds[i]), 40, LOGFILE_OPERATION);
		operation(p + DATA + 48, 0x1b, 1, 0, 0, 0);
		seal(p);
	}
	assert_log(&l,
		   "restart 2.0 1000\nrestart 2.0 2000\n205008 ForgetTransaction copy old\n"
		   "405008 ForgetTransaction\n605008 ForgetTransaction copy\n",
		   0);
	/* What lies behind the last record of a page was not written with it. */
	uint8_t *p = page(&l, 40, place, DATA, 0);
	header(p + DATA, lsn_of(place + DATA, 9), 40, LOGFILE_OPERATION);
	seal(p);
	memset(l.bytes + 2 * PAGE, 0xff, 32 * PAGE);
	assert_log(&l, "restart 2.0 1000\nrestart 2.0 2000\n", 0);
}

static void damage(void **state)
{
	static struct log l;
	struct error e = { 0 };
	(void)state;

	begin(&l, 2);
	const uint64_t place = 40 * PAGE;
	uint8_t *p = page(&l, 40, place, 264, lsn_of(place + 200, 1));
	header(p + DATA, lsn_of(place + DATA, 1), 40, LOGFILE_OPERATION);
	operation(p + DATA + 48, 0x30, 1, 0xffff, 0xffff, 0xffff);
	/* Garbage, then a record that a walk would miss. */
	memset(p + 152, 0xa7, 48);
	header(p + 200, lsn_of(place + 200, 1), 12, LOGFILE_OPERATION);
	seal(p);
	memcpy(l.bytes + 41 * PAGE, "XXXX", 4);
	/* Without its first restart page. */
	memset(l.bytes, 0, 512);
	assert_log(&l, "restart 2.0 2000\n205008 ?\n205019\n", 3);
	/* Both behind the first record of their page are lost: it is said once. */
	put(p + 200, 77, 8);
	assert_log(&l, "restart 2.0 2000\n205008 ?\n", 3);
	/* A page written ahead whose place is none. */
	for (unsigned i = 0; i < 2; i++) {
		seal(page(&l, 4, i ? PAGES * PAGE : 41 * PAGE + 8, DATA, 0));
		assert_log(&l, "restart 2.0 2000\n205008 ?\n", 4);
	}
	memset(l.bytes + 4 * PAGE, 0xff, PAGE);
	p[1022] ^= 1;
	assert_log(&l, "restart 2.0 2000\n", 3);

	/* All lengths end; too short, empty, and no log at all. */
	for (size_t n = PAGE + 512; n < sizeof(l.bytes); n += 3 * 512 + 8) {
		struct seen s = { 0 };
		const struct partition_source source = { read_log, l.bytes, n, 512 };
		const struct logfile_to to = { on_restart, on_record, &s };

		e = (struct error){ 0 };
		(void)!logfile_parse(&source, NULL, &to, &e);
		text_release(&s.text);
	}
	memset(&l, 0xff, sizeof(l));
	assert_log(&l, "", 0);
	l.bytes[5000] = 0;
	const struct partition_source source = { read_log, l.bytes, sizeof(l.bytes), 512 };
	const struct logfile_to to = { 0 };
	e = (struct error){ 0 };
	assert_false(logfile_parse(&source, NULL, &to, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
}

/* The restart pages say how long the log is: what was cut off is missed. */
static void cut_off(void **state)
{
	static struct log l;
	(void)state;

	begin(&l, 2);
	assert_log(&l, "restart 2.0 1000\nrestart 2.0 2000\n", 0);
	struct seen s = parse(&l, sizeof(l.bytes) - PAGE);
	assert_int_equal(s.problems, 1);
	text_release(&s.text);
	/* Without its second restart page: the first may be the older one. */
	memset(l.bytes + PAGE, 0xff, PAGE);
	assert_log(&l, "restart 2.0 1000\n", 1);
}

/* Every page begins a record that claims 1 MiB: the work is bounded by the size of the log. */
static void a_bomb(void **state)
{
	const size_t pages = 4000;
	struct log *l = mem_alloc(sizeof(*l) + pages * PAGE);
	(void)state;

	begin(l, 2);
	for (unsigned i = 34; i < pages; i++) {
		uint8_t *p = page(l, i, (uint64_t)i * PAGE, 4096, UINT64_MAX);

		header(p + DATA, lsn_of((uint64_t)i * PAGE + DATA, 1), LOGFILE_DATA_MAX,
		       LOGFILE_OPERATION);
		seal(p);
	}
	/* 4000 records of 256 pages each would be 4 GiB. */
	struct seen s = parse(l, pages * PAGE);
	assert_true(s.records > 3900);
	assert_non_null(strstr(s.text.s, " cut\n"));
	text_release(&s.text);
	free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(restart_page_that_counts),
		cmocka_unit_test(later_version),
		cmocka_unit_test(no_restart_page),
		cmocka_unit_test(copies),
		cmocka_unit_test(damage),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(a_bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
