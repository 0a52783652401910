/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HIVE_PRINT_H
#define HIVE_PRINT_H

/* A built hive through a format: what is printed of it, against what is wanted. To be included behind <cmocka.h>. */
#include "hive_build.h"
#include "keys.h"
#include "triage/fields/hive.h"

#define T "2019-04-17T18:40:00.1234567Z"

static inline bool read_hive(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct hive_build *h = ctx;

	(void)e;
	memcpy(buf, h->bytes + offset, len);
	return true;
}

static inline bool take(void *ctx, const char *lines, size_t len, struct error *e)
{
	(void)e;
	text_add_n(ctx, lines, len);
	return true;
}

/* Print it; the hive is finished and freed. */
static inline char *print_as(enum emit_form form, struct hive_build *h, const char *name,
			     bool recover, unsigned problems)
{
	const struct format *f = format_find(name);
	struct partition_source s = { read_hive, h, h->len, 512 };
	struct hive_said said = { 0 };
	struct format_job job = { &s, NULL, 1, recover, { hive_problem, &said } };
	struct error e = { 0 };

	hive_finish(h);
	assert_non_null(f);
	struct emit *o = emit_new(form, f->columns, take, &said.text);
	if (!f->run(&job, o, &e) || !emit_flush(o, &e))
		fail_msg("%s", e.text);
	emit_free(o);
	if (form == EMIT_JSONL)
		keys_are_columns(said.text.s ? said.text.s : "", f);
	free(h->bytes);
	if (said.problems != problems)
		fail_msg("%u problems, the last: %s", said.problems, said.last);
	return said.text.s ? said.text.s : mem_string("");
}

static inline char *print(struct hive_build *h, const char *name, bool recover, unsigned problems)
{
	return print_as(EMIT_JSONL, h, name, recover, problems);
}

static inline void prints_with(struct hive_build *h, const char *name, bool recover,
			       unsigned problems, const char *want)
{
	char *got = print(h, name, recover, problems);

	assert_string_equal(got, want);
	free(got);
}

static inline void prints(struct hive_build *h, const char *name, bool recover, const char *want)
{
	prints_with(h, name, recover, 0, want);
}

/* The key at a path below the root, made with all that lead to it. */
static inline uint32_t path(struct hive_build *h, const char *names)
{
	uint32_t key = h->root;
	char name[64];

	for (;;) {
		size_t n = strcspn(names, "\\");

		snprintf(name, sizeof(name), "%.*s", (int)n, names);
		key = hive_child(h, key, name);
		if (!names[n])
			return key;
		names += n + 1;
	}
}

static inline void begin(struct hive_build *h)
{
	hive_begin(h, 5, 16384);
	(void)hive_key(h, HIVE_NONE, "ROOT");
}

#endif
