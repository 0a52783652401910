/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disks that fail at their n-th operation or lie, and images with a bad frame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "restore_samples.h"

static void no_table(struct simdisk *d, const char *name, size_t n)
{
	struct partition_table *t = mem_alloc(sizeof(*t));

	simdisk_table(d, t);
	if (t->kind != TABLE_NONE || t->count)
		fail_msg("%s, number %zu: a %s is there", name, n, partition_table_name(t->kind));
	free(t);
}

/* Whatever fails: refused, no table; and the next run is a whole one. */
static void failing(void **state)
{
	static const char *const names[SIM_OPS] = { "read", "write", "flush", "zero", "discard" };
	static const struct {
		enum kimg_table table;
		unsigned image_mib, target_mib;
	} tests[] = { { KIMG_TABLE_GPT, 8, 26 }, { KIMG_TABLE_MBR, 8, 8 } };
	const struct restore_options o = { .jobs = 1, .checkpoint_bytes = 2 * MIB };
	unsigned tried = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct restore_report r;
		struct simdisk d;
		struct made s;
		struct error e = { 0 };
		size_t all[SIM_OPS];

		made_make(&s, tests[i].table, tests[i].image_mib);
		simdisk_init(&d, tests[i].target_mib * MIB, 512);
		assert_true(made_restore(&s, &d, &o, &r, &e));
		memcpy(all, d.ops, sizeof(all));
		for (unsigned op = 0; op < SIM_OPS; op++)
			for (size_t n = 1; n <= all[op]; n++) {
				memset(d.ops, 0, sizeof(d.ops));
				memset(d.now, 0xa5, d.size_bytes);
				d.fail_at[op] = n;
				if (made_restore(&s, &d, &o, &r, &e) || !strstr(e.text, "failed"))
					fail_msg("%s %zu: %s", names[op], n, e.text);
				d.fail_at[op] = 0;
				no_table(&d, names[op], n);
				e = (struct error){ 0 };
				if (!made_restore(&s, &d, &o, &r, &e))
					fail_msg("%s %zu, again: %s", names[op], n, e.text);
				made_check(&s, &d, names[op]);
				tried++;
			}
		for (unsigned op = 0; op < SIM_OPS && i == 0; op++)
			assert_true(all[op] > 0);
		simdisk_release(&d);
		made_release(&s);
	}
	print_message("# %u faults\n", tried);
}

/* One bit of any chunk comes back turned: its bytes are named. */
static void lying(void **state)
{
	static const enum kimg_table tables[] = { KIMG_TABLE_GPT, KIMG_TABLE_MBR, KIMG_TABLE_NONE };
	const struct restore_options o = { .jobs = 2, .resume = RESTORE_RESUME_NO };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct kimg_manifest *m;
		struct restore_report r;
		struct simdisk d;
		struct made s;

		made_make(&s, tables[i], 10);
		m = &s.image.manifest;
		simdisk_init(&d, 19 * MIB, 512);
		for (uint32_t k = 0; k < m->payload_count; k++)
			for (uint32_t c = 0; c < m->payloads[k].chunks; c++) {
				uint64_t at = m->payloads[k].first_byte + c * MIB;
				uint32_t len = kimg_chunk_bytes(&m->payloads[k], c);
				struct error e = { 0 };
				char want[80];

				if (s.image.index.chunks[m->payloads[k].first_chunk + c] ==
				    KIMG_HOLE)
					continue;
				snprintf(want, sizeof(want), "from bytes %llu to %llu", at + 0ULL,
					 at + len + 0ULL);
				d.lie_from = at + (unsigned)rand() % len;
				d.lie_to = d.lie_from + 1;
				if (made_restore(&s, &d, &o, &r, &e) || !strstr(e.text, want))
					fail_msg("byte %llu: %s", d.lie_from + 0ULL, e.text);
				assert_int_equal(e.kind, ERROR_UNTRUSTED);
				no_table(&d, "lie", c);
			}
		simdisk_release(&d);
		made_release(&s);
	}
}

/* Where four whole chunks lie side by side they are unpacked and read back at once: each of them
 * is still held to its own digest. */
static void four_at_once(void **state)
{
	const struct restore_options o = { .jobs = 2, .resume = RESTORE_RESUME_NO };
	struct restore_report r;
	struct simdisk d;
	struct made s;
	unsigned fours = 0;

	(void)state;
	made_make_as(&s, KIMG_TABLE_GPT, 19, true);
	simdisk_init(&d, 19 * MIB, 512);
	for (uint32_t c = 0; c < s.payloads[0].chunks; c++) {
		uint64_t at = s.payloads[0].first_byte + c * MIB;
		struct error e = { 0 };
		char want[80];

		d.lie_from = at + 5000;
		d.lie_to = d.lie_from + 1;
		snprintf(want, sizeof(want), "from bytes %llu to %llu", at + 0ULL,
			 at + kimg_chunk_bytes(&s.payloads[0], c) + 0ULL);
		if (made_restore(&s, &d, &o, &r, &e) || !strstr(e.text, want))
			fail_msg("chunk %u: %s", c, e.text);
		no_table(&d, "lie", c);
	}
	d.lie_from = d.lie_to = 0;
	for (uint32_t i = 0; i < s.image.manifest.pieces; i++) {
		struct kimg_piece *p = &s.image.index.pieces[i];
		struct error e = { 0 };

		fours += s.image.index.frames[p->frame].pieces == 4;
		p->digest.bytes[31] ^= 1;
		if (made_restore(&s, &d, &o, &r, &e) || !strstr(e.text, "unpacks to other bytes"))
			fail_msg("piece %u: %s", i, e.text);
		no_table(&d, "piece", i);
		p->digest.bytes[31] ^= 1;
	}
	assert_true(fours >= 4);
	simdisk_release(&d);
	made_release(&s);
}

/* The table itself comes back as something else. */
static void lying_table(void **state)
{
	static const struct {
		enum kimg_table table;
		uint64_t from;
	} tests[] = {
		{ KIMG_TABLE_GPT, 511 },
		{ KIMG_TABLE_GPT, 512 + 20 },
		{ KIMG_TABLE_GPT, 19 * MIB - 400 },
		{ KIMG_TABLE_GPT, 19 * MIB - 33 * 512 },
		{ KIMG_TABLE_MBR, 450 },
		{ KIMG_TABLE_MBR, 3 * MIB + MIB / 2 + 450 }, /* the chain of logical ones */
		{ KIMG_TABLE_NONE, 3 },
	};
	const struct restore_options o = { .jobs = 1, .resume = RESTORE_RESUME_NO };

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct restore_report r;
		struct simdisk d;
		struct made s;
		struct error e = { 0 };

		made_make(&s, tests[i].table, 10);
		simdisk_init(&d, 19 * MIB, 512);
		d.lie_from = tests[i].from;
		d.lie_to = d.lie_from + 1;
		if (made_restore(&s, &d, &o, &r, &e) ||
		    !strstr(e.text, "not come back as") == !strstr(e.text, "not what was written"))
			fail_msg("%zu: %s", i, e.text);
		no_table(&d, "table", i);
		simdisk_release(&d);
		made_release(&s);
	}
}

/* No byte of a frame that is not what was signed: neither if it comes as other bytes, nor if it
 * unpacks to others at the place of one of its pieces. */
static void bad_frame(void **state)
{
	const struct restore_options o = { .jobs = 3, .resume = RESTORE_RESUME_NO };
	struct simdisk d;
	struct made s;

	(void)state;
	made_make(&s, KIMG_TABLE_GPT, 14);
	const struct kimg_manifest *m = &s.image.manifest;
	simdisk_init(&d, 31 * MIB, 512); /* the map lies behind it */
	for (uint32_t f = 0; f < 2 * m->pieces; f++) {
		struct kimg_piece *piece = &s.image.index.pieces[f / 2];
		const struct kimg_frame *frame = &s.image.index.frames[piece->frame];
		char *stored = s.data.s + s.image.index.frame_at[piece->frame];
		struct restore_report r;
		struct error e = { 0 };
		size_t at = (unsigned)rand() % frame->stored_bytes;

		memset(d.now, 0xa5, d.size_bytes);
		if (f % 2)
			piece->digest.bytes[5] ^= 1;
		else
			stored[at] ^= 1;
		assert_false(made_restore(&s, &d, &o, &r, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		if (!strstr(e.text, f % 2 ? "unpacks to other bytes" : "not what was signed"))
			fail_msg("piece %u: %s", f / 2, e.text);
		if (f % 2)
			piece->digest.bytes[5] ^= 1;
		else
			stored[at] ^= 1;
		no_table(&d, "bad frame", f);
		for (uint32_t k = 0; k < m->payload_count; k++)
			for (uint32_t c = 0; c < m->payloads[k].chunks; c++) {
				const uint8_t *p = d.now + m->payloads[k].first_byte + c * MIB;

				uint32_t number =
					s.image.index.chunks[m->payloads[k].first_chunk + c];

				if (number >= m->pieces ||
				    s.image.index.pieces[number].frame != piece->frame)
					continue;
				for (uint32_t i = 0; i < kimg_chunk_bytes(&m->payloads[k], c); i++)
					if (p[i] != 0xa5)
						fail_msg("piece %u: chunk %u was written", f / 2,
							 c);
			}
	}
	simdisk_release(&d);
	made_release(&s);
}

/* The stream ends too early, or goes on. What came of it need not come again. */
static void length(void **state)
{
	const struct restore_options o = { .jobs = 1, .checkpoint_bytes = 1 };

	(void)state;
	for (int more = -1; more <= 1; more += 2) {
		struct restore_report r;
		struct simdisk d;
		struct made s;
		struct error e = { 0 };

		made_make(&s, KIMG_TABLE_GPT, 8);
		simdisk_init(&d, 26 * MIB, 512);
		size_t whole = s.data.len;
		text_add_n(&s.data, "x", 1);
		s.data.len -= more < 0 ? 2 : 0;
		assert_false(made_restore(&s, &d, &o, &r, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		assert_non_null(strstr(e.text, more < 0 ? "cut short" : "goes on behind"));
		no_table(&d, "length", 0);
		s.data.len = whole;
		e = (struct error){ 0 };
		assert_true(made_restore(&s, &d, &o, &r, &e));
		made_check(&s, &d, "length");
		/* Data and zeros of the system; the EFI system's was the last frame. */
		assert_true(r.resumed);
		assert_int_equal(r.kept_bytes, MIB + MIB / 2 + (more < 0 ? 0 : MIB));
		assert_int_equal(r.written_bytes, more < 0 ? MIB : 0);
		simdisk_release(&d);
		made_release(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failing),      cmocka_unit_test(lying),
		cmocka_unit_test(four_at_once), cmocka_unit_test(lying_table),
		cmocka_unit_test(bad_frame),    cmocka_unit_test(length),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
