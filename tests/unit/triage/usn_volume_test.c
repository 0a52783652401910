/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The change journal out of a volume, with the paths of its MFT, and old pages of it in free clusters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ntfs_builder.h"
#include "samples.h"
#include "usn_builder.h"

#define EXTEND 11
#define JOURNAL 24
#define FREE 200u /* cluster */

static void make_free(struct builder *b)
{
	uint8_t *bits = build_record(b, NTFS_FILE_BITMAP) + b->used[NTFS_FILE_BITMAP] - 32;

	assert_int_equal(bits[FREE / 8], 0xff);
	bits[FREE / 8] = (uint8_t) ~(1u << FREE % 8);
}

static void fill(struct builder *b)
{
	static struct journal j;
	const struct build_entry root[] = { { REF(EXTEND), "$Extend" }, { 0 } };
	const struct build_entry extend[] = { { REF(JOURNAL), "$UsnJrnl" }, { 0 } };

	build_init(b, 512, 4096, 1024, 256);
	make_free(b);
	build_root(b, root);
	build_file(b, EXTEND, ROOT_REF, "$Extend", NTFS_FOLDER);
	build_index(b, EXTEND, REF(EXTEND), extend);
	build_file(b, 30, ROOT_REF, "People", NTFS_FOLDER);
	build_file(b, JOURNAL, REF(EXTEND), "$UsnJrnl", 0);
	j.len = 0;
	usn_add(&j, 2, REF(40), REF(30), "first", USN_FILE_CREATE, 0x20);
	const struct build_run runs[] = { { HOLE, UINT64_C(1) << 30 },
					  { build_store(b, j.bytes, j.len), 1 },
					  { 0 } };
	build_mapped(b, JOURNAL, NTFS_DATA, "$J", NTFS_SPARSE, runs, 0,
		     (UINT64_C(4) << 40) + j.len);
	j.len = 0;
	usn_add(&j, 2, REF(40), REF(30), "older", USN_FILE_CREATE, 0x20);
	memcpy(build_cluster(b, FREE) + 1024, j.bytes, j.len);
	/* The same in a cluster that is used is none of ours. */
	memcpy(build_cluster(b, FREE + 1), j.bytes, j.len);
	build_seal(b);
}

static void out_of_a_volume(void **state)
{
	struct builder b;
	(void)state;

	for (int recover = 0; recover < 2; recover++) {
		fill(&b);
		struct text input = { .s = (char *)b.bytes, .len = b.size };
		struct text t = lines_of("usn", &input, 1, recover, EMIT_CSV);
		const char *first = strstr(t.s, ",first,People/first,"),
			   *older = strstr(t.s, ",older,People/older,");

		assert_non_null(first);
		assert_non_null(strstr(first, ",4398046511104,,,\r\n"));
		if (recover) {
			assert_non_null(older);
			assert_non_null(strstr(older, ",820224,,,true\r\n"));
			assert_null(strstr(older + 1, ",older,"));
		} else {
			assert_null(older);
		}
		text_release(&t);
		build_release(&b);
	}
}

/* Which clusters are free is lost, or the way to the journal: the other is read all the same. */
static void half_of_it(void **state)
{
	struct builder b;
	(void)state;

	fill(&b);
	memcpy(build_record(&b, NTFS_FILE_BITMAP), "BAAD", 4);
	struct text input = { .s = (char *)b.bytes, .len = b.size };
	struct text t = lines_of("usn", &input, 1, true, EMIT_CSV);
	assert_non_null(strstr(t.s, ",first,People/first,"));
	text_release(&t);
	build_release(&b);
	fill(&b);
	memcpy(build_record(&b, JOURNAL), "BAAD", 4);
	input = (struct text){ .s = (char *)b.bytes, .len = b.size };
	t = lines_of("usn", &input, 1, true, EMIT_CSV);
	assert_non_null(strstr(t.s, ",older,People/older,"));
	text_release(&t);
	build_release(&b);
}

/* A journal that was copied out, and the volume that it came from. */
static void with_a_second_input(void **state)
{
	static struct journal j;
	struct builder b;
	(void)state;

	fill(&b);
	j.len = 0;
	usn_add(&j, 3, REF(41), REF(30), "third", USN_FILE_CREATE, 0x20);
	struct text inputs[2] = {
		{ .s = (char *)j.bytes, .len = j.len },
		{ .s = (char *)b.bytes, .len = b.size },
	};
	struct text t = lines_of("usn", inputs, 2, false, EMIT_JSONL);
	assert_non_null(strstr(t.s, "\"path\":\"People/third\""));
	text_release(&t);
	inputs[1] = (struct text){ .s = (char *)build_record(&b, 0), .len = 64 * 1024 };
	t = lines_of("usn", inputs, 2, false, EMIT_JSONL);
	assert_non_null(strstr(t.s, "\"path\":\"People/third\""));
	text_release(&t);
	t = lines_of("usn", inputs, 1, true, EMIT_JSONL);
	assert_non_null(
		strstr(t.s, "\"path\":\"$Orphans/third\",\"orphan_reason\":\"parent_absent\""));
	assert_non_null(strstr(t.s, "\"recovered\":true}"));
	text_release(&t);
	build_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(out_of_a_volume),
		cmocka_unit_test(half_of_it),
		cmocka_unit_test(with_a_second_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
