/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LOGFILE_BUILD_H
#define LOGFILE_BUILD_H

/* A log of NTFS, made in memory page by page, and what is read of it as text. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

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

static inline void put(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static inline void seal(uint8_t *p)
{
	size_t at = (size_t)(p[4] | p[5] << 8);

	put(p + at, 0x4242, 2);
	for (size_t i = 1; i <= PAGE / 512; i++) {
		memcpy(p + at + 2 * i, p + i * 512 - 2, 2);
		put(p + i * 512 - 2, 0x4242, 2);
	}
}

static inline void restart(struct log *l, unsigned number, uint64_t lsn)
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

static inline void begin(struct log *l, unsigned major)
{
	memset(l, 0xff, sizeof(*l));
	l->major = major;
	restart(l, 0, 1000);
	restart(l, 1, 2000);
}

/* LSN of a record at a place, in the n-th round. */
static inline uint64_t lsn_of(uint64_t place, uint64_t round)
{
	return place >> 3 | round << (64 - BITS);
}

/* A page; `place` is where it belongs, which is where it is unless it was written ahead. */
static inline uint8_t *page(struct log *l, unsigned number, uint64_t place, size_t used,
			    uint64_t end_lsn)
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

static inline void header(uint8_t *p, uint64_t lsn, size_t len, unsigned kind)
{
	put(p, lsn, 8);
	put(p + 8, 7, 8);
	put(p + 24, len, 4);
	put(p + 32, kind, 4);
	put(p + 36, 24, 4);
}

/* An operation's head in the data of a record; data of both sides lie behind it, at 40. */
static inline void operation(uint8_t *data, unsigned redo, unsigned undo, size_t redo_len,
			     size_t undo_len, unsigned attribute)
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

static inline size_t entry(uint8_t *p, uint64_t file, const char *name)
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

static inline bool on_restart(void *ctx, const struct logfile_restart *r, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	s->restarts++;
	text_addf(&s->text, "restart %u.%u %llu\n", r->major, r->minor,
		  r->has_client ? r->client_restart_lsn + 0ULL : 0ULL);
	return true;
}

static inline bool on_record(void *ctx, const struct logfile_record *r, struct error *e)
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

static inline void problem(void *ctx, uint64_t offset, const char *what)
{
	struct seen *s = ctx;
	(void)offset;

	s->problems += *what != '\0';
}

static inline bool read_log(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	(void)e;
	memcpy(buf, (uint8_t *)ctx + offset, len);
	return true;
}

static inline struct seen parse(struct log *l, size_t size)
{
	const struct partition_source source = { read_log, l->bytes, size, 512 };
	struct seen s = { 0 };
	const struct parse_problems problems = { problem, &s };
	const struct logfile_to to = { on_restart, on_record, &s };
	struct error e = { 0 };

	assert_true(logfile_parse(&source, &problems, &to, &e));
	return s;
}

static inline void assert_log(struct log *l, const char *want, size_t problems)
{
	struct seen s = parse(l, sizeof(l->bytes));

	assert_string_equal(text_end(&s.text), want);
	assert_int_equal(s.problems, problems);
	text_release(&s.text);
}

#endif
