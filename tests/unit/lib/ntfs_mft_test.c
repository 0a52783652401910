/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of files: where one record tells of all of it, and where something of it is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ntfs_list.h"

/* All in one piece: what it claims beyond its runs, or in a hole, is not there. */
static void the_mft_in_one_piece(void **state)
{
	const struct {
		struct build_run runs[3];
		bool ok;
	} cases[] = {
		{ { { BUILD_MFT, 16 } }, true },
		{ { { BUILD_MFT, 8 } }, false },
		{ { { BUILD_MFT, 8 }, { HOLE, 8 } }, false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error e = { 0 };
		struct builder b;

		build_init(&b, 512, 4096, 1024, 256);
		build_file(&b, 0, ROOT_REF, "$MFT", 0);
		build_mapped(&b, 0, NTFS_DATA, "", 0, cases[i].runs, 0, 65536);
		struct filesystem *f = build_open(&b, &e);
		if (!!f != cases[i].ok)
			fail_msg("%zu: %s", i, e.text);
		if (f)
			f->close(f);
		build_release(&b);
	}
}

/* What is there of a damaged one, and how much is not. */
static char *list_damaged(struct builder *b)
{
	struct partition_source s = { build_read, b, b->size, b->sector };
	struct error e = { 0 }, lost = { 0 };
	struct list l = { 0 };

	build_seal(b);
	assert_null(ntfs_open(&s, 0, b->size, &e)); /* nobody else gets it */
	e = (struct error){ 0 };
	l.f = ntfs_open_damaged(&s, 0, b->size, &lost, &e);
	if (!l.f || !l.f->walk(l.f, list_entry, &l, &e))
		text_addf(&l.text, "failed: %s", e.text);
	if (l.f)
		l.f->close(l.f);
	text_add(&l.text, lost.text);
	return text_end(&l.text), l.text.s;
}

/* Three pieces, of which the record of one, or the list, cannot be. */
static void pieces_that_are_lost(void **state)
{
#define LOST(n) "the list of files ($MFT) is damaged: " n " of its 64 records are not found"
	const struct {
		const char *name;
		unsigned second, third; /* records that hold them */
		uint64_t third_vcn;
		unsigned entry_bytes;
		const char *want;
	} cases[] = {
		{ "the second", 99, 15, 12, 32, "f 0 0 first\nf 0 0 third\n" LOST("16") },
		{ "the third", 15, 99, 12, 32, "f 0 0 first\nf 0 0 second\n" LOST("16") },
		{ "the third in itself", 15, 50, 12, 32, "f 0 0 first\nf 0 0 second\n" LOST("16") },
		{ "both", 98, 99, 12, 32, "f 0 0 first\n" LOST("32") },
		{ "the list", 15, 14, 12, 0, "f 0 0 first\n" LOST("32") },
		{ "one that overlaps", 15, 14, 10, 32, "f 0 0 first\nf 0 0 second\n" LOST("16") },
		{ "one that is far away", 15, 14, 4096, 32,
		  "f 0 0 first\nf 0 0 second\n" LOST("16") },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct build_run runs[3][2] = { { { BUILD_MFT, 8 } },
						      { { BUILD_MFT + 8, 4 } },
						      { { BUILD_MFT + 12, 4 } } };
		const unsigned holders[] = { 0, cases[i].second, cases[i].third };
		const uint64_t vcns[] = { 0, 8, cases[i].third_vcn };
		uint8_t list[3 * 32];
		struct builder b;

		build_init(&b, 512, 4096, 1024, 256);
		build_file(&b, 0, ROOT_REF, "$MFT", 0);
		for (size_t k = 0; k < 3; k++)
			build_list_entry(list + 32 * k, NTFS_DATA, vcns[k], REF(holders[k]));
		put(list + 32 + 4, cases[i].entry_bytes, 2);
		build_resident(&b, 0, NTFS_ATTRIBUTE_LIST, "", list, sizeof(list));
		build_mapped(&b, 0, NTFS_DATA, "", 0, runs[0], 0, 65536);
		for (size_t k = 1; k < 3; k++)
			if (holders[k] < BUILD_RECORDS) {
				build_begin(&b, holders[k], NTFS_IN_USE, REF(0));
				build_mapped(&b, holders[k], NTFS_DATA, "", 0, runs[k], vcns[k], 0);
			}
		build_file(&b, 20, ROOT_REF, "first", 0);
		build_file(&b, 40, ROOT_REF, "second", 0);
		build_file(&b, 60, ROOT_REF, "third", 0);
		if (holders[2] == 50) {
			build_begin(&b, 50, NTFS_IN_USE, REF(0));
			build_mapped(&b, 50, NTFS_DATA, "", 0, runs[2], vcns[2], 0);
		}
		char *got = list_damaged(&b);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].name, got);
		free(got);
		build_release(&b);
	}
}

struct bad_disk {
	struct builder *b;
	uint64_t from, to; /* cannot be read */
};

static bool read_bad(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct bad_disk *d = ctx;

	if (offset < d->to && offset + len > d->from)
		return error_set(e, ERROR_FAILED, "bad sector");
	return build_read(d->b, offset, buf, len, e);
}

/* A sector that cannot be read takes its record with it, and no others. */
static void sectors_that_cannot_be_read(void **state)
{
	struct error e = { 0 };
	struct builder b;
	(void)state;

	build_init(&b, 512, 4096, 1024, 256);
	build_file(&b, 20, ROOT_REF, "before", 0);
	build_file(&b, 21, ROOT_REF, "lost", 0);
	build_file(&b, 22, ROOT_REF, "behind", 0);
	build_seal(&b);
	struct bad_disk d = { &b, BUILD_MFT * 4096 + 21 * 1024 + 512,
			      BUILD_MFT * 4096 + 21 * 1024 + 1024 };
	struct partition_source s = { read_bad, &d, b.size, b.sector };
	struct list l = { .f = ntfs_open(&s, 0, b.size, &e) };
	assert_non_null(l.f);
	assert_false(l.f->walk(l.f, list_entry, &l, &e));
	assert_int_equal(e.kind, ERROR_FAILED);
	assert_string_equal(e.text, "records of the list of files ($MFT) cannot be read, "
				    "1 of them: bad sector");
	assert_string_equal(text_end(&l.text), "f 0 0 before\nf 0 0 behind\n");
	text_release(&l.text);
	l.f->close(l.f);
	build_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_mft_in_one_piece),
		cmocka_unit_test(pieces_that_are_lost),
		cmocka_unit_test(sectors_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
