/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images onto disks of many kinds, and what is refused before the first write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/image/restore_inside.h"
#include "restore_samples.h"

static void whole(void **state)
{
	static const struct {
		const char *name;
		enum kimg_table table;
		unsigned image_mib, target_mib, jobs;
		uint64_t odd; /* bytes that the target has besides */
	} tests[] = {
		{ "GPT, larger", KIMG_TABLE_GPT, 12, 33, 3, 512 },
		{ "GPT, the map lies on the payload", KIMG_TABLE_GPT, 24, 24, 3, 0 },
		{ "GPT, too small for a map", KIMG_TABLE_GPT, 12, 12, 1, 0 },
		{ "MBR, larger", KIMG_TABLE_MBR, 12, 33, 3, 0 },
		{ "MBR, as large", KIMG_TABLE_MBR, 24, 24, 3, 0 },
		{ "one volume, larger", KIMG_TABLE_NONE, 12, 33, 3, 0 },
		{ "one volume, as large", KIMG_TABLE_NONE, 24, 24, 3, 0 },
		{ "one volume, small", KIMG_TABLE_NONE, 1, 1, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		const struct restore_options o = { .jobs = tests[i].jobs };
		struct restore_report r;
		struct simdisk d;
		struct made s;
		struct error e = { 0 };

		made_make(&s, tests[i].table, tests[i].image_mib);
		simdisk_init(&d, tests[i].target_mib * MIB + tests[i].odd, 512);
		if (!made_restore(&s, &d, &o, &r, &e))
			fail_msg("%s: %s", tests[i].name, e.text);
		made_check(&s, &d, tests[i].name);
		assert_false(r.resumed);
		assert_int_equal(r.kept_bytes, 0);
		assert_int_equal(d.early_reads, 0);
		if (r.read_back_bytes != r.written_bytes + r.zeroed_bytes)
			fail_msg("%s: %llu of %llu read back", tests[i].name,
				 r.read_back_bytes + 0ULL, r.written_bytes + r.zeroed_bytes + 0ULL);
		simdisk_release(&d);
		made_release(&s);
	}
}

/* What lies side by side is written and read back in one request, however it was packed; what lies apart
 * is not. */
static void side_by_side(void **state)
{
	const struct restore_options o = { .jobs = 1, .resume = RESTORE_RESUME_NO };

	(void)state;
	for (int full = 0; full < 2; full++) {
		struct restore_report r;
		struct simdisk d;
		struct made s;
		struct error e = { 0 };

		made_make_as(&s, KIMG_TABLE_GPT, 24, full);
		simdisk_init(&d, 49 * MIB, 512); /* the map lies behind all of it */
		if (!made_restore(&s, &d, &o, &r, &e))
			fail_msg("%s", e.text);
		made_check(&s, &d, full ? "side by side" : "apart");
		/* Frames of 1, 2, 3 and 4 pieces are unpacked as 1 + 2 + 3 and 4 + 1 + 2. With
		 * holes, zeros and repeats between, three with content lie side by side, and five
		 * that are read back. */
		assert_int_equal(d.longest[SIM_WRITE], full ? 7 * MIB : 3 * MIB);
		assert_int_equal(d.longest[SIM_READ], full ? 8 * MIB : 5 * MIB);
		simdisk_release(&d);
		made_release(&s);
	}
}

/* What lies side by side on the target but not in memory: two chunks of one piece, and a payload behind
 * one that is no multiple of a chunk. */
static void side_by_side_only_there(void **state)
{
	const struct restore_options o = { .jobs = 1, .resume = RESTORE_RESUME_NO };
	struct restore_report r;
	struct simdisk d;
	struct made s;
	struct error e = { 0 };

	(void)state;
	made_make_as(&s, KIMG_TABLE_GPT, 24, true); /* the system from 4 to 22.5 MiB */
	for (uint32_t i = 1; i < 10; i += 2) {
		s.image.index.chunks[i + 1] = s.image.index.chunks[i];
		memcpy(s.disk + (4 + i + 1) * MIB, s.disk + (4 + i) * MIB, MIB);
	}
	s.partitions[0].first_byte = s.payloads[1].first_byte = 22 * MIB + MIB / 2;
	memcpy(s.disk + s.payloads[1].first_byte, s.disk + 2 * MIB, MIB);
	simdisk_init(&d, 49 * MIB, 512);
	if (!made_restore(&s, &d, &o, &r, &e))
		fail_msg("%s", e.text);
	made_check(&s, &d, "only there");
	simdisk_release(&d);
	made_release(&s);
}

/* Holes are left alone or forgotten, those that must read as zeros do. */
static void holes(void **state)
{
	(void)state;
	for (int zeros = 0; zeros < 2; zeros++) {
		const struct restore_options o = { .jobs = 2 };
		struct restore_report r;
		struct simdisk d;
		struct made s;
		struct error e = { 0 };

		made_make(&s, KIMG_TABLE_GPT, 12);
		if (zeros)
			s.partitions[1].flags |= KIMG_HOLES_ARE_ZEROS;
		simdisk_init(&d, 33 * MIB, 512);
		assert_true(made_restore(&s, &d, &o, &r, &e));
		uint8_t *hole = d.now + 5 * MIB;
		assert_int_equal(hole[0], zeros ? 0 : 0xa5);
		assert_int_equal(hole[512], 0); /* forgotten by simdisk_discard_bytes() */
		assert_int_equal(r.discarded_bytes, zeros ? 0 : MIB);
		/* A target that only says so. */
		d.forgets_zeros = true;
		memset(d.now, 0xa5, d.size_bytes);
		assert_false(made_restore(&s, &d, &o, &r, &e));
		assert_non_null(
			strstr(e.text, zeros ? "5242880 to 6291456" : "6291456 to 7340032"));
		simdisk_release(&d);
		made_release(&s);
	}
}

/* Both ends of the target are holes, and the last MiB is no multiple of the chunk. */
static void holes_at_the_ends(void **state)
{
	const struct restore_options o = { .jobs = 2 };
	struct restore_report r;
	struct simdisk d;
	struct made s;
	struct error e = { 0 };

	(void)state;
	made_make(&s, KIMG_TABLE_NONE, 20); /* chunk 19 is a hole */
	s.image.index.chunks[0] = KIMG_HOLE;
	simdisk_init(&d, 20 * MIB + 512, 512);
	if (!made_restore(&s, &d, &o, &r, &e))
		fail_msg("%s", e.text);
	assert_int_equal(made_missing(&s, d.now), UINT64_MAX);
	/* Chunks 1, 7 and 13; of 19 what lies before the last MiB is under the map. */
	assert_true(r.discarded_bytes >= MIB);
	simdisk_release(&d);
	made_release(&s);
	made_make(&s, KIMG_TABLE_NONE, 8); /* without a map: chunk 7 but for its end */
	s.image.index.chunks[0] = KIMG_HOLE;
	simdisk_init(&d, 8 * MIB + 512, 512);
	assert_true(made_restore(&s, &d, &o, &r, &e));
	assert_int_equal(r.discarded_bytes, MIB + 512);
	simdisk_release(&d);
	made_release(&s);
}

/* Some other image, or this one, partly, was there before. */
static void compared(void **state)
{
	const struct restore_options anew = { .jobs = 2, .resume = RESTORE_RESUME_NO };
	const struct restore_options full = { .jobs = 2, .resume = RESTORE_RESUME_FULL };
	struct restore_report r;
	struct simdisk d;
	struct made s;
	struct error e = { 0 };

	(void)state;
	made_make(&s, KIMG_TABLE_GPT, 12);
	simdisk_init(&d, 33 * MIB, 512);
	assert_true(made_restore(&s, &d, &full, &r, &e));
	made_check(&s, &d, "on a strange disk");
	assert_int_equal(r.kept_bytes, 0);
	d.now[4 * MIB + 7] ^= 1; /* in a chunk with data, and in one of zeros */
	d.now[6 * MIB + 7] ^= 1;
	assert_true(made_restore(&s, &d, &full, &r, &e));
	made_check(&s, &d, "compared");
	assert_true(r.resumed);
	assert_int_equal(r.written_bytes, MIB);
	assert_int_equal(r.zeroed_bytes, MIB);
	assert_true(r.kept_bytes > 2 * MIB);
	assert_int_equal(r.read_back_bytes, r.kept_bytes + 2 * MIB);
	assert_true(made_restore(&s, &d, &anew, &r, &e));
	assert_false(r.resumed);
	assert_int_equal(r.kept_bytes, 0);
	simdisk_release(&d);
	made_release(&s);
}

/* Cut off between map and table: what is there is found without a map. */
static void without_map(void **state)
{
	const struct restore_options o = { .jobs = 2 };
	struct restore_report r;
	struct simdisk d;
	struct made s;
	struct error e = { 0 };

	(void)state;
	made_make(&s, KIMG_TABLE_GPT, 24);
	simdisk_init(&d, 24 * MIB, 512);
	assert_true(made_restore(&s, &d, &o, &r, &e));
	assert_true(made_restore(&s, &d, &o, &r, &e));
	assert_false(r.resumed); /* a table: it was whole, and is done anew */
	memset(d.now, 0, MIB);
	assert_true(made_restore(&s, &d, &o, &r, &e));
	assert_true(r.resumed && r.kept_bytes > 2 * MIB);
	made_check(&s, &d, "without a map");
	simdisk_release(&d);
	made_release(&s);
}

/* The map of another image, of another size, grown, damaged: none of this one. */
static void maps(void **state)
{
	static const struct {
		const char *name;
		size_t at; /* byte of the slot that is changed */
		bool whole, ours, sealed;
	} tests[] = {
		{ "as it is", SIZE_MAX, true, true, false },
		{ "its magic", 0, false, false, true },
		{ "another image", 17, true, false, true },
		{ "another target", 48, true, false, true },
		{ "other chunks", 56, true, false, true },
		{ "another layout", 60, true, false, true },
		{ "digest of the bitmap", 64, false, true, true },
		{ "not zero behind it", 96, false, false, true },
		{ "not zero at the end", 4063, false, false, true },
		{ "not sealed", 8, false, false, false },
		{ "the seal", 4064, false, false, false },
		{ "the bitmap", 4096, false, true, false },
	};
	const struct restore_options o = { 0 };
	struct restore_report r;
	struct simdisk d;
	struct made s;
	struct error e = { 0 };

	(void)state;
	made_make(&s, KIMG_TABLE_GPT, 12);
	simdisk_init(&d, 33 * MIB, 512);
	struct work w = { .image = &s.image, .target = &d.blocks, .o = &o, .r = &r };
	assert_true(work_plan(&w, &e));
	w.map.generation = 41;
	bit_set(w.written, 3);
	assert_true(work_map_write(&w, &e));
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		uint8_t slot[8192];
		const uint8_t *bits = NULL;
		uint64_t generation = 0;
		bool ours = false;

		memcpy(slot, d.now + 16 * MIB, sizeof(slot));
		if (tests[i].at != SIZE_MAX)
			slot[tests[i].at] ^= 1;
		if (tests[i].sealed) {
			struct digest seal = digest_bytes(slot, 4064);

			memcpy(slot + 4064, seal.bytes, sizeof(seal.bytes));
		}
		bool got = restore_map_parse(&w, slot, sizeof(slot), &generation, &ours, &bits);
		if (got != tests[i].whole || (got && ours != tests[i].ours) ||
		    (got && generation != 41))
			fail_msg("%s: %d %d", tests[i].name, got, ours);
		assert_false(restore_map_parse(&w, slot, 4095, &generation, &ours, &bits));
	}
	assert_int_equal(restore_map_at(18 * MIB - 1, 1), 0);
	assert_int_equal(restore_map_at(18 * MIB, 1), MIB);
	assert_int_equal(restore_map_at(100 * MIB + 5, 67076096), 83 * MIB);
	assert_int_equal(restore_map_at(100 * MIB, 67076097), 0);
	work_release(&w);
	simdisk_release(&d);
	made_release(&s);
}

/* Nothing is written that cannot be finished. */
static void refused(void **state)
{
	static const struct {
		const char *name;
		enum kimg_table table;
		uint64_t bytes;
		uint32_t sector;
		enum layout_fit fit;
		const char *says;
	} tests[] = {
		{ "a sector too small", KIMG_TABLE_NONE, 12 * MIB - 512, 512, LAYOUT_AS_IS,
		  "512 bytes (512 B) are missing" },
		{ "sectors", KIMG_TABLE_GPT, 33 * MIB, 4096, LAYOUT_AS_IS, "sectors of 512 bytes" },
		{ "MBR that should grow", KIMG_TABLE_MBR, 33 * MIB, 512, LAYOUT_GROW,
		  "no partition that may grow" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		const struct restore_options o = { .fit = tests[i].fit };
		struct restore_report r;
		struct simdisk d;
		struct made s;
		struct error e = { 0 };

		made_make(&s, tests[i].table, 12);
		simdisk_init(&d, tests[i].bytes, tests[i].sector);
		d.logging = true;
		assert_false(made_restore(&s, &d, &o, &r, &e));
		if (!strstr(e.text, tests[i].says))
			fail_msg("%s: %s", tests[i].name, e.text);
		assert_int_equal(d.count, 0);
		simdisk_release(&d);
		made_release(&s);
	}
}

/* A partition that was cut keeps what lies before its new end, and nothing goes behind it. */
static void cut(void **state)
{
	const struct restore_options o = { .jobs = 2 };
	struct restore_report r;
	struct simdisk d;
	struct made s;
	struct error e = { 0 };

	(void)state;
	made_make(&s, KIMG_TABLE_GPT, 24); /* 4 to 22.5 MiB, its last chunks are data, 17 a hole */
	s.partitions[1].smallest_bytes = 12 * MIB;
	simdisk_init(&d, 21 * MIB, 512);
	assert_true(made_restore(&s, &d, &o, &r, &e));
	/* Ends at 20.5 MiB: half of chunk 16. */
	assert_memory_equal(d.now + 4 * MIB, s.disk + 4 * MIB, MIB);
	assert_memory_equal(d.now + 20 * MIB, s.disk + 20 * MIB, MIB / 2);
	struct partition_table *t = mem_alloc(sizeof(*t));
	simdisk_table(&d, t);
	assert_int_equal(t->list[1].size_bytes, 16 * MIB + MIB / 2);
	assert_int_equal(t->flags, 0);
	free(t);
	/* One that lies is found there too. */
	d.lie_from = 20 * MIB + 4096;
	d.lie_to = d.lie_from + 1;
	assert_false(made_restore(&s, &d, &o, &r, &e));
	assert_non_null(strstr(e.text, "from bytes 20971520 to 21495808"));
	simdisk_release(&d);
	made_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(side_by_side),
		cmocka_unit_test(side_by_side_only_there),
		cmocka_unit_test(holes),
		cmocka_unit_test(holes_at_the_ends),
		cmocka_unit_test(compared),
		cmocka_unit_test(cut),
		cmocka_unit_test(without_map),
		cmocka_unit_test(maps),
		cmocka_unit_test(refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
