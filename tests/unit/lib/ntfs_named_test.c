/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stream by its file's path and its own name: bytes, holes, and what is not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/ntfs/named.h"
#include "ntfs_builder.h"

#define SMALL 512, 4096, 1024, 256
#define EXTEND 11
#define JOURNAL 24

/* $Extend/$UsnJrnl with a $J of two holes, two clusters and a cluster behind, and a small $Max. */
static struct filesystem *open_journal(struct builder *b)
{
	const struct build_entry root[] = { { REF(EXTEND), "$Extend" }, { 0 } };
	const struct build_entry extend[] = { { REF(JOURNAL), "$UsnJrnl" }, { 0 } };
	struct error e = { 0 };

	build_init(b, SMALL);
	build_root(b, root);
	build_file(b, EXTEND, ROOT_REF, "$Extend", NTFS_FOLDER);
	build_index(b, EXTEND, REF(EXTEND), extend);
	build_file(b, JOURNAL, REF(EXTEND), "$UsnJrnl", 0);
	int64_t first = build_store(b, "first", 5), last = build_store(b, "last", 4);
	const struct build_run runs[] = {
		{ HOLE, 3 }, { first, 1 }, { HOLE, 2 }, { last, 1 }, { 0 }
	};
	build_mapped(b, JOURNAL, NTFS_DATA, "$J", NTFS_SPARSE, runs, 0, 6 * 4096 + 4);
	build_resident(b, JOURNAL, NTFS_DATA, "$Max", "0123456789", 10);
	struct filesystem *f = build_open(b, &e);
	assert_non_null(f);
	return f;
}

static void bytes_and_holes(void **state)
{
	const struct {
		uint64_t offset, next;
	} cases[] = {
		{ 0, 3 * 4096 },
		{ 3 * 4096 - 1, 3 * 4096 },
		{ 3 * 4096, 3 * 4096 },
		{ 4 * 4096 - 1, 4 * 4096 - 1 },
		{ 4 * 4096, 6 * 4096 },
		{ 6 * 4096 + 3, 6 * 4096 + 3 },
		{ 6 * 4096 + 4, UINT64_MAX },
		{ UINT64_MAX, UINT64_MAX },
	};
	struct error e = { 0 };
	struct builder b;
	char buf[8] = { 0 };
	bool there;
	(void)state;

	struct filesystem *f = open_journal(&b);
	struct ntfs_named *n = ntfs_named_open(f, "$Extend/$UsnJrnl", "$J", &there, &e);
	assert_true(n && there);
	const struct partition_source *s = ntfs_named_source(n);
	assert_int_equal(s->size_bytes, 6 * 4096 + 4);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(ntfs_named_next(n, cases[i].offset), cases[i].next);
	assert_true(s->read(s->ctx, 3 * 4096 - 1, buf, 6, &e));
	assert_memory_equal(buf, "\0first", 6);
	assert_true(s->read(s->ctx, 6 * 4096, buf, 4, &e));
	assert_memory_equal(buf, "last", 4);
	assert_false(s->read(s->ctx, 6 * 4096 + 1, buf, 4, &e));
	ntfs_named_free(n);

	/* Also what is in the record. */
	e = (struct error){ 0 };
	n = ntfs_named_open(f, "$Extend/$UsnJrnl", "$Max", &there, &e);
	assert_true(n && there);
	assert_int_equal(ntfs_named_source(n)->size_bytes, 10);
	assert_int_equal(ntfs_named_next(n, 9), 9);
	assert_int_equal(ntfs_named_next(n, 10), UINT64_MAX);
	ntfs_named_free(n);
	f->close(f);
	build_release(&b);
}

static void what_is_not_there(void **state)
{
	static const struct {
		const char *path, *stream;
	} cases[] = {
		{ "$Extend/$UsnJrnl", "$K" },
		{ "$Extend/$UsnJrnl", NULL },
		{ "$Extend/other", "$J" },
		{ "$UsnJrnl", "$J" },
	};
	struct builder b;
	(void)state;

	struct filesystem *f = open_journal(&b);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error e = { 0 };
		bool there = true;

		assert_null(ntfs_named_open(f, cases[i].path, cases[i].stream, &there, &e));
		assert_false(there);
		assert_int_equal(e.kind, 0);
	}
	f->close(f);
	build_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_and_holes),
		cmocka_unit_test(what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
