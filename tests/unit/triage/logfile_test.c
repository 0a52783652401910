/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of NTFS, made here: its pages, records over two of them, copies that were written ahead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/disk/utf16.h"
#include "triage/parse/logfile.h"

#define PAGE 4096u
#define PAGES 48u
#define BITS 43u
#define DATA 64u
#define ROOT ((uint64_t)5 | (uint64_t)5 << 48)

struct log {
	uint8_t bytes[PAGES * PAGE];
	unsigned major;
};

static void put(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static void seal(uint8_t *p)
{
	size_t at = (size_t)(p[4] | p[5] << 8);

	put(p + at, 0x4242, 2);
	for (size_t i = 1; i <= PAGE / 512; i++) {
		memcpy(p + at + 2 * i, p + i * 512 - 2, 2);
		put(p + i * 512 - 2, 0x4242, 2);
	}
}

static void restart(struct log *l, unsigned number, uint64_t lsn)
{
	uint8_t *p = l->bytes + number * PAGE, *area = p + 48, *client = area + 64;

	memset(p, 0, PAGE);
	memcpy(p, "RSTR", 4);
	put(p + 4, 30, 2);
	put(p + 6, 9, 2);
	put(p + 16, PAGE, 4);
	put(p + 20, PAGE, 4);
	put(p + 24, 48, 2);
	put(p + 26, l->major == 1 ? 1 : 0, 2);
	put(p + 28, l->major, 2);
	put(area, lsn, 8);
	put(area + 8, 1, 2);
	put(area + 14, 2, 2);
	put(area + 16, BITS, 4);
	put(area + 22, 64, 2);
	put(area + 24, PAGES * PAGE, 8);
	put(area + 38, DATA, 2);
	put(client, lsn - 8, 8);
	put(client + 8, lsn, 8);
	put(client + 28, 8, 4);
	memcpy(client + 32, "N\0T\0F\0S\0", 8);
	seal(p);
}

static void begin(struct log *l, unsigned major)
{
	memset(l, 0xff, sizeof(*l));
	l->major = major;
	restart(l, 0, 1000);
	restart(l, 1, 2000);
}

/* LSN of a record at a place, in the n-th round. */
static uint64_t lsn_of(uint64_t place, uint64_t round)
{
	return place >> 3 | round << (64 - BITS);
}

/* A page; `place` is where it belongs, which is where it is unless it was written ahead. */
static uint8_t *page(struct log *l, unsigned number, uint64_t place, size_t used, uint64_t end_lsn)
{
	uint8_t *p = l->bytes + number * PAGE;

	memset(p, 0, PAGE);
	memcpy(p, "RCRD", 4);
	put(p + 4, 40, 2);
	put(p + 6, 9, 2);
	put(p + 8, place != number * PAGE && l->major == 1 ? place : end_lsn, 8);
	put(p + 24, used, 2);
	put(p + 32, end_lsn, 8);
	if (place != number * PAGE && l->major == 2)
		put(p + 60, place, 4);
	return p;
}

static void header(uint8_t *p, uint64_t lsn, size_t len, unsigned kind)
{
	put(p, lsn, 8);
	put(p + 8, 7, 8);
	put(p + 24, len, 4);
	put(p + 32, kind, 4);
	put(p + 36, 24, 4);
}

/* An operation's head in the data of a record; data of both sides lie behind it, at 40. */
static void operation(uint8_t *data, unsigned redo, unsigned undo, size_t redo_len, size_t undo_len,
		      unsigned attribute)
{
	put(data, redo, 2);
	put(data + 2, undo, 2);
	put(data + 4, 40, 2);
	put(data + 6, redo_len, 2);
	put(data + 8, 40 + redo_len, 2);
	put(data + 10, undo_len, 2);
	put(data + 12, attribute, 2);
	put(data + 14, 1, 2);
	put(data + 22, 2, 2);
	put(data + 32, 777, 8);
}

static size_t entry(uint8_t *p, uint64_t file, const char *name)
{
	size_t units = strlen(name);

	put(p, file, 8);
	put(p + 8, 16 + 66 + 2 * units, 2);
	put(p + 10, 66 + 2 * units, 2);
	put(p + 16, ROOT, 8);
	p[16 + 64] = (uint8_t)units;
	p[16 + 65] = 1;
	for (size_t i = 0; i < units; i++)
		p[16 + 66 + 2 * i] = (uint8_t)name[i];
	return 16 + 66 + 2 * units;
}

struct seen {
	struct text text;
	size_t problems, restarts, records;
	struct logfile_record last;
};

static bool on_restart(void *ctx, const struct logfile_restart *r, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	s->restarts++;
	text_addf(&s->text, "restart %u.%u %llu\n", r->major, r->minor,
		  r->has_client ? r->client_restart_lsn + 0ULL : 0ULL);
	return true;
}

static bool on_record(void *ctx, const struct logfile_record *r, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	s->records++;
	s->last = *r;
	text_addf(&s->text, "%llx", r->lsn + 0ULL);
	if (r->has_operation) {
		const char *name = logfile_operation_name(r->redo);

		text_addf(&s->text, " %s", name ? name : "?");
	}
	if (r->has_name) {
		char name[3 * 255];

		text_add(&s->text, " ");
		text_add_n(&s->text, name, utf16_wtf8(name, r->name.units));
	}
	if (r->has_target_record)
		text_addf(&s->text, " #%llu", r->target_record + 0ULL);
	if (r->target_file)
		text_addf(&s->text, " in %llu", (r->target_file & 0xffffffffffff) + 0ULL);
	text_addf(&s->text, "%s%s%s\n", r->is_copy ? " copy" : "", r->is_old ? " old" : "",
		  r->is_cut ? " cut" : "");
	return true;
}

static void problem(void *ctx, uint64_t offset, const char *what)
{
	struct seen *s = ctx;
	(void)offset;

	s->problems += *what != '\0';
}

static bool read_log(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	(void)e;
	memcpy(buf, (uint8_t *)ctx + offset, len);
	return true;
}

static struct seen parse(struct log *l, size_t size)
{
	const struct partition_source source = { read_log, l->bytes, size, 512 };
	struct seen s = { 0 };
	const struct parse_problems problems = { problem, &s };
	const struct logfile_to to = { on_restart, on_record, &s };
	struct error e = { 0 };

	assert_true(logfile_parse(&source, &problems, &to, &e));
	return s;
}

static void assert_log(struct log *l, const char *want, size_t problems)
{
	struct seen s = parse(l, sizeof(l->bytes));

	assert_string_equal(text_end(&s.text), want);
	assert_int_equal(s.problems, problems);
	text_release(&s.text);
}

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
		cmocka_unit_test(names_and_targets),
		cmocka_unit_test(tables_of_a_checkpoint),
		cmocka_unit_test(long_names),
		cmocka_unit_test(over_pages),
		cmocka_unit_test(begins_behind_the_last_end),
		cmocka_unit_test(goes_on_in_a_new_page),
		cmocka_unit_test(restart_page_that_counts),
		cmocka_unit_test(no_restart_page),
		cmocka_unit_test(copies),
		cmocka_unit_test(damage),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(a_bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
