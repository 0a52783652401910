/* SPDX-License-Identifier: GPL-3.0-or-later */
/* First block and index of an image: one form each, every other one refused in its own words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image_samples.h"

static struct sample sample;

static int make(void **state)
{
	(void)state;
	sample_make(&sample, NULL);
	return 0;
}

static int release(void **state)
{
	(void)state;
	sample_release(&sample);
	return 0;
}

/* A number in the superblock, with a digest that fits again. */
static const struct {
	const char *name;
	size_t offset, bytes;
	uint64_t value;
	bool digest;
	const char *words;
} supers[] = {
	{ "another file", 0, 4, 0x41414141, true, "not an image of this program" },
	{ "as text", 4, 2, 0x0a0a, true, "transferred as text" },
	{ "version", 8, 4, 2, true, "an image of version 2" },
	{ "digest", 100, 1, 1, false, "first block is damaged" },
	{ "manifest of 0", 12, 4, 0, true, "the manifest is empty" },
	{ "manifest of 1 MiB", 12, 4, KIMG_MANIFEST_MAX + 1, true, "or larger" },
	{ "index at", 16, 8, 4096, true, "does not lie behind the manifest" },
	{ "index bytes", 24, 4, KIMG_INDEX_MAX + 1, true, "the index is larger" },
	{ "zero", 28, 4, 1, true, "bytes that must be zero" },
	{ "data at", 32, 8, 4096, true, "does not lie behind the index" },
	{ "zeros", 80, 1, 1, true, "bytes that must be zero" },
	{ "last zero", 4063, 1, 1, true, "bytes that must be zero" },
};

static void every_super(void **state)
{
	struct kimg_super s;
	struct error e = { 0 };

	(void)state;
	assert_true(kimg_super_parse((uint8_t *)sample.file.s, &s, &e));
	assert_int_equal(s.manifest_bytes, sample.manifest.len);
	assert_int_equal(s.data_bytes, sample.m.data_bytes);
	for (size_t i = 0; i < sizeof(supers) / sizeof(supers[0]); i++) {
		uint8_t block[KIMG_BLOCK];
		struct digest d;

		memcpy(block, sample.file.s, sizeof(block));
		for (size_t k = 0; k < supers[i].bytes; k++)
			block[supers[i].offset + k] = (uint8_t)(supers[i].value >> 8 * k);
		d = digest_bytes(block, 4064);
		if (supers[i].digest)
			memcpy(block + 4064, d.bytes, sizeof(d.bytes));
		e = (struct error){ 0 };
		if (kimg_super_parse(block, &s, &e) || e.kind != ERROR_UNTRUSTED ||
		    !strstr(e.text, supers[i].words))
			fail_msg("%s: %s", supers[i].name, e.text);
	}
}

#define PIECES_AT (SAMPLE_FRAMES * KIMG_FRAME_ROW)
#define CHUNKS_AT (PIECES_AT + SAMPLE_PIECES * KIMG_PIECE_ROW)
static const struct {
	const char *name;
	size_t offset;
	uint32_t value;
	const char *words; /* NULL: good */
} rows[] = {
	{ "zeros", CHUNKS_AT + 4, KIMG_ZEROS, NULL },
	{ "frame of 0", 0, 0, "frame 0 has a size that none can have" },
	{ "large frame", 0, KIMG_STORED_MAX + 1, "frame 0 has a size that none can have" },
	{ "no piece", KIMG_FRAME_ROW + 4, 0, "frame 1 has more or fewer pieces" },
	{ "five pieces", 4, 5, "frame 0 has more or fewer pieces" },
	{ "a piece too many", 4, 2, "frame 2 has more or fewer pieces" },
	{ "too many at the end", 2 * KIMG_FRAME_ROW + 4, 2, "frame 2 has more or fewer pieces" },
	{ "a piece missing", KIMG_FRAME_ROW + 4, 1, "no frame holds piece 3" },
	{ "many pieces", 4, 0xffffffff, "frame 0 has more or fewer pieces" },
	{ "plain 0", PIECES_AT + KIMG_PIECE_ROW, 0, "piece 1 has a size that none can have" },
	{ "large plain", PIECES_AT + KIMG_PIECE_ROW, KIMG_CHUNK_BYTES + 1, "piece 1 has a size" },
	{ "sum", KIMG_FRAME_ROW, 1, "its frames have" },
	{ "other size", PIECES_AT + KIMG_PIECE_ROW, 100, "chunk 4 is of another size than its p" },
	{ "early", CHUNKS_AT, 1, "chunk 0 names a piece before its time" },
	{ "beyond", CHUNKS_AT + 6 * 4, 4, "chunk 6 names a piece before its time" },
	{ "nowhere", CHUNKS_AT + 6 * 4, KIMG_ZEROS, "nothing names piece 3" },
	{ "hole", CHUNKS_AT + 6 * 4, KIMG_HOLE, "chunk 6 is a hole where every byte is needed" },
	{ "high number", CHUNKS_AT, 0xfffffffd, "chunk 0 names a piece before its time" },
};

static void every_row(void **state)
{
	size_t len = sample.m.index_bytes;
	uint8_t *bytes = mem_alloc(len);
	struct kimg_index x;
	struct error e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool ok;

		memcpy(bytes, sample.file.s + sample.m.index_at, len);
		for (size_t k = 0; k < 4; k++)
			bytes[rows[i].offset + k] = (uint8_t)(rows[i].value >> 8 * k);
		e = (struct error){ 0 };
		ok = kimg_index_parse(bytes, len, &sample.m, &x, &e);
		if (ok != !rows[i].words ||
		    (!ok && (e.kind != ERROR_UNTRUSTED || !strstr(e.text, rows[i].words))))
			fail_msg("%s: %s", rows[i].name, ok ? "accepted" : e.text);
		kimg_index_release(&x);
	}
	/* Two pieces of the same content. */
	memcpy(bytes, sample.file.s + sample.m.index_at, len);
	memcpy(bytes + PIECES_AT + 2 * KIMG_PIECE_ROW, bytes + PIECES_AT, KIMG_PIECE_ROW);
	e = (struct error){ 0 };
	assert_false(kimg_index_parse(bytes, len, &sample.m, &x, &e));
	assert_non_null(strstr(e.text, "two pieces have the same content"));
	e = (struct error){ 0 };
	assert_false(kimg_index_parse(bytes, len - 1, &sample.m, &x, &e));
	assert_non_null(strstr(e.text, "another size"));
	free(bytes);
}

/* As many as there are, and still more than a frame may have. */
static void five_in_a_frame(void **state)
{
	struct kimg_payload payload = { .kind = KIMG_PAYLOAD_PARTITION,
					.size_bytes = 6 * SAMPLE_MIB,
					.chunks = 6 };
	struct kimg_manifest m = { .payloads = &payload,
				   .payload_count = 1,
				   .frames = 2,
				   .pieces = 6,
				   .chunks = 6,
				   .data_bytes = 2 };

	(void)state;
	m.index_bytes = (uint32_t)kimg_index_bytes(&m);
	for (uint32_t first = 1; first < 6; first++) {
		struct kimg_frame frames[] = { { .stored_bytes = 1, .pieces = first },
					       { .stored_bytes = 1, .pieces = 6 - first } };
		struct kimg_piece pieces[6] = { 0 };
		uint32_t chunks[6];
		struct kimg_index x = { frames, NULL, pieces, chunks }, back;
		struct text bytes = { 0 };
		struct error e = { 0 };

		for (uint32_t i = 0; i < 6; i++) {
			pieces[i].plain_bytes = SAMPLE_MIB;
			pieces[i].digest.bytes[0] = (uint8_t)i;
			chunks[i] = i;
		}
		kimg_index_write(&x, &m, &bytes);
		bool ok = kimg_index_parse(bytes.s, bytes.len, &m, &back, &e);

		assert_int_equal(ok, first >= 2 && first <= 4);
		if (ok)
			for (uint32_t i = 0; i < 6; i++)
				assert_int_equal(back.pieces[i].frame, i >= first);
		else
			assert_non_null(strstr(e.text, "more or fewer pieces"));
		kimg_index_release(&back);
		text_release(&bytes);
	}
}

static void written_as_read(void **state)
{
	const char *bytes = sample.file.s + sample.m.index_at;
	struct text out = { 0 };
	struct kimg_index x;
	struct error e = { 0 };

	(void)state;
	assert_true(kimg_index_parse(bytes, sample.m.index_bytes, &sample.m, &x, &e));
	assert_int_equal(x.frame_at[SAMPLE_FRAMES], sample.m.data_bytes);
	for (uint32_t i = 0; i < SAMPLE_FRAMES; i++)
		assert_memory_equal(&x.frames[i], &sample.frames[i], sizeof(x.frames[i]));
	for (uint32_t i = 0; i < SAMPLE_PIECES; i++)
		assert_memory_equal(&x.pieces[i], &sample.pieces[i], sizeof(x.pieces[i]));
	kimg_index_write(&x, &sample.m, &out);
	assert_int_equal(out.len, sample.m.index_bytes);
	assert_memory_equal(out.s, bytes, out.len);
	kimg_index_release(&x);
	text_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_super, make, release),
		cmocka_unit_test_setup_teardown(every_row, make, release),
		cmocka_unit_test(five_in_a_frame),
		cmocka_unit_test_setup_teardown(written_as_read, make, release),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
