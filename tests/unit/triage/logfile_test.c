/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of NTFS, made here: what its operations say, records over two pages, pages that were written ahead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "logfile_build.h"

/* A name in an entry of an index, of an attribute that was opened before. */
static void names_and_targets(void **state)
{
	static struct log l;
	(void)state;

	begin(&l, 2);
	const uint64_t place = 34 * PAGE;
	uint8_t *p = page(&l, 34, place, 1000, lsn_of(place + 600, 1));
	/* The attribute: $I30 of the root, to be known as 24. */
	uint8_t *at = p + DATA;
	header(at, lsn_of(place + DATA, 1), 40 + 40 + 8, LOGFILE_OPERATION);
	operation(at + 48, 0x1c, 0, 40, 8, 24);
	put(at + 48 + 40 + 8, 0xa0, 4);
	put(at + 48 + 40 + 16, ROOT, 8);
	memcpy(at + 48 + 80, "$\0I\0003\0000\0", 8);
	/* An entry of it. */
	size_t next = DATA + 48 + 88;
	at = p + next;
	size_t len = entry(at + 48 + 40, 99, "find.me");
	header(at, lsn_of(place + next, 1), 40 + len, LOGFILE_OPERATION);
	operation(at + 48, 0x0e, 0x0f, len, 0, 24);
	/* A checkpoint: clusters of 2048. */
	next += (48 + 40 + len + 7) / 8 * 8;
	at = p + next;
	header(at, lsn_of(place + next, 1), 112, LOGFILE_CHECKPOINT);
	put(at + 48 + 80, 2048, 4);
	/* On a record of the MFT. */
	next += 48 + 112;
	at = p + next;
	len = entry(at + 48 + 40, 98, "gone");
	header(at, lsn_of(place + next, 1), 40 + len, LOGFILE_OPERATION);
	operation(at + 48, 0x0d, 0x0c, 0, len, 24);
	put(at + 48 + 20, 2, 2);
	put(at + 48 + 24, 20, 8);
	next += (48 + 40 + len + 7) / 8 * 8;
	put(p + 24, next, 2);
	seal(p);
	struct seen s = parse(&l, sizeof(l.bytes));
	assert_string_equal(s.text.s, "restart 2.0 1000\nrestart 2.0 2000\n"
				      "204408 OpenNonresidentAttribute in 5\n"
				      "204419 AddIndexEntryAllocation find.me in 5\n"
				      "204430\n"
				      "204444 DeleteIndexEntryRoot gone #41\n");
	assert_int_equal(s.last.lcn, 777);
	assert_int_equal(s.last.transaction, 24);
	text_release(&s.text);
}

/* An attribute that was opened before the log begins: known by the tables of a checkpoint. */
static void tables_of_a_checkpoint(void **state)
{
	static const struct {
		unsigned bytes, type_at, file_at; /* of an entry; of 64 and of 32 bits */
		const char *want;
	} cases[] = {
		{ 40, 8, 16,
		  "204408 OpenAttributeTableDump\n204425 AttributeNamesDump\n"
		  "204433 AddIndexEntryAllocation find.me\n"
		  "20444a AddIndexEntryAllocation find.me in 5\n" },
		{ 44, 28, 8,
		  "204408 OpenAttributeTableDump\n204427 AttributeNamesDump\n"
		  "204435 AddIndexEntryAllocation find.me\n"
		  "20444c AddIndexEntryAllocation find.me in 5\n" },
		{ 48, 8, 16,
		  "204408 OpenAttributeTableDump\n204428 AttributeNamesDump\n"
		  "204436 AddIndexEntryAllocation find.me\n"
		  "20444d AddIndexEntryAllocation find.me\n" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		static struct log l;
		const uint64_t place = 34 * PAGE;
		const size_t table = 24 + 3 * cases[i].bytes;

		memset(&l, 0, sizeof(l));
		begin(&l, 2);
		uint8_t *p = page(&l, 34, place, 1000, lsn_of(place + 900, 1));
		size_t next = DATA;
		uint8_t *at = p + next;
		header(at, lsn_of(place + next, 1), 40 + table, LOGFILE_OPERATION);
		operation(at + 48, 0x1d, 0, table, 0, 0);
		at += 88;
		put(at, cases[i].bytes, 2);
		/* One that is free; the second; one that is cut off. */
		for (unsigned k = 0; k < 3; k++) {
			uint8_t *entry = at + 24 + k * cases[i].bytes;

			put(entry, k == 1 ? 0xffffffff : 0, 4);
			put(entry + cases[i].type_at, 0xa0, 4);
			put(entry + cases[i].file_at, ROOT, 8);
		}
		next += (48 + 40 + table + 7) / 8 * 8;
		at = p + next;
		header(at, lsn_of(place + next, 1), 40 + 18, LOGFILE_OPERATION);
		operation(at + 48, 0x1e, 0, 18, 0, 0);
		put(at + 88, 24 + cases[i].bytes, 2);
		put(at + 90, 8, 2);
		memcpy(at + 92, "$\0I\0003\0000\0", 8);
		next += (48 + 40 + 18 + 7) / 8 * 8;
		for (unsigned k = 0; k < 2; k++) {
			at = p + next;
			size_t len = entry(at + 88, 99, "find.me");
			header(at, lsn_of(place + next, 1), 40 + len, LOGFILE_OPERATION);
			operation(at + 48, 0x0e, 0x0f, len, 0, 24 + k * cases[i].bytes);
			next += (48 + 40 + len + 7) / 8 * 8;
		}
		put(p + 24, next, 2);
		seal(p);
		char *want = mem_format("restart 2.0 1000\nrestart 2.0 2000\n%s", cases[i].want);
		struct seen s = parse(&l, sizeof(l.bytes));
		assert_string_equal(s.text.s, want);
		if (s.last.target_file) {
			assert_int_equal(s.last.target_type, 0xa0);
			assert_int_equal(s.last.target_name.left, 8);
		}
		text_release(&s.text);
		free(want);
	}
}

/* A name is at most as long as one of NTFS: it is said again with each record about the attribute. */
static void long_names(void **state)
{
	struct logfile_table t = { 0 };
	(void)state;

	for (size_t len = 510; len <= 512; len += 2) {
		struct logfile_record dump = { .redo = 0 }, later = { 0 };
		uint8_t bytes[40 + 4 + 512 + 2] = { 0 };

		operation(bytes, 0x1e, 0, 4 + len + 2, 0, 0);
		put(bytes + 40, len == 510 ? 24 : 64, 2);
		put(bytes + 42, len, 2);
		memset(bytes + 44, 'n', len);
		dump.data = reader_of(bytes, 40 + 4 + len + 2);
		logfile_operation(&t, &dump);
		operation(bytes, 0x08, 0x08, 0, 0, len == 510 ? 24 : 64);
		later.data = reader_of(bytes, 40);
		logfile_operation(&t, &later);
		assert_int_equal(later.target_name.left, len == 510 ? 510 : 0);
	}
	logfile_table_release(&t);
}

/* A record over two pages, of which the second was only written ahead; and the ring's end. */
static void over_pages(void **state)
{
	static struct log l;
	(void)state;

	begin(&l, 1);
	/* From the last page to the first of the ring. */
	const uint64_t place = (PAGES - 1) * PAGE;
	const uint64_t lsn = lsn_of(place + 3600, 1);
	uint8_t *p = page(&l, PAGES - 1, place, 4096, 0);
	header(p + 3600, lsn, 1000, LOGFILE_OPERATION);
	operation(p + 3648, 0x1b, 1, 0, 0, 0);
	seal(p);
	assert_log(&l, "restart 1.1 1000\nrestart 1.1 2000\n205fc2 ForgetTransaction cut\n", 0);

	/* What lies there of a former round does not belong to it. */
	uint8_t *first = page(&l, 4, 4 * PAGE, 616, lsn - 1);
	seal(first);
	assert_log(&l, "restart 1.1 1000\nrestart 1.1 2000\n205fc2 ForgetTransaction cut\n", 0);

	seal(page(&l, 2, 4 * PAGE, 616, lsn + 1));
	assert_log(&l, "restart 1.1 1000\nrestart 1.1 2000\n205fc2 ForgetTransaction\n", 0);

	seal(page(&l, 4, 4 * PAGE, 616, lsn));
	assert_log(&l, "restart 1.1 1000\nrestart 1.1 2000\n205fc2 ForgetTransaction\n", 0);
}

/* As Windows leaves a page whose last record goes on in the next one: the bytes in use end before that record,
 * which only the LSN at 8 counts. */
static void begins_behind_the_last_end(void **state)
{
	static const struct {
		const char *name;
		size_t at, len; /* of the record that goes on */
		unsigned round; /* of it */
		const char *want;
	} cases[] = {
		{ "two pages", 200, 5000, 2, "405019 ForgetTransaction\n" },
		{ "three pages", 200, 9000, 2, "405019 ForgetTransaction\n" },
		{ "only its head", 4048, 40, 2, "4051fa ForgetTransaction\n" },
		{ "of a former round", 200, 5000, 1, "" },
		{ "one that would end here", 200, 40, 2, "" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		static struct log l;
		const uint64_t place = 40 * PAGE;
		const uint64_t lsn = lsn_of(place + cases[i].at, cases[i].round);
		uint8_t data[9000] = { 0 }, *p;

		begin(&l, 2);
		operation(data, 0x1b, 1, 0, 0, 0);
		for (size_t k = 0, got = 0; k < 3; k++) {
			/* The page in the middle has no end of a record. */
			const bool ends = !k || cases[i].len - got <= PAGE - DATA;
			size_t from = k ? DATA : cases[i].at + 48;
			size_t n = PAGE - from < cases[i].len - got ? PAGE - from
								    : cases[i].len - got;
			const uint64_t end = k ? lsn : lsn_of(place + DATA, 2);

			if (k && !n)
				break;
			p = page(&l, 40 + (unsigned)k, place + k * PAGE, k ? from + n : cases[i].at,
				 ends ? end : 0);
			put(p + 8, lsn, 8);
			if (!k)
				header(p + cases[i].at, lsn, cases[i].len, LOGFILE_OPERATION);
			memcpy(p + from, data + got, n);
			got += n;
			seal(p);
		}
		char *want = mem_format("restart 2.0 1000\nrestart 2.0 2000\n%s", cases[i].want);
		struct seen s = parse(&l, sizeof(l.bytes));
		if (strcmp(text_end(&s.text), want) != 0)
			fail_msg("%s: %s", cases[i].name, text_end(&s.text));
		text_release(&s.text);
		free(want);
	}
}

/* A log whose ring is not full yet: what goes on behind its last page was only written ahead. */
static void goes_on_in_a_new_page(void **state)
{
	static struct log l;
	const uint64_t place = 40 * PAGE, lsn = lsn_of(place + 4000, 1);
	(void)state;

	begin(&l, 2);
	uint8_t *p = page(&l, 40, place, 4000, lsn_of(place + DATA, 1));
	header(p + 4000, lsn, 100, LOGFILE_OPERATION);
	operation(p + 4048, 0x1b, 1, 0, 7, 0);
	seal(p);
	struct seen s = parse(&l, sizeof(l.bytes));
	assert_string_equal(s.text.s, "restart 2.0 1000\nrestart 2.0 2000\n"
				      "2051f4 ForgetTransaction cut\n");
	assert_int_equal(s.last.undo_bytes, 7); /* as it says, also where they are not all there */
	text_release(&s.text);
	seal(page(&l, 2, place + PAGE, 200, lsn));
	assert_log(&l, "restart 2.0 1000\nrestart 2.0 2000\n2051f4 ForgetTransaction\n", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_targets),
		cmocka_unit_test(tables_of_a_checkpoint),
		cmocka_unit_test(long_names),
		cmocka_unit_test(over_pages),
		cmocka_unit_test(begins_behind_the_last_end),
		cmocka_unit_test(goes_on_in_a_new_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
