/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces through threads: each once, whatever their number; the first failure ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>

#include "image_samples.h"
#include "lib/image/pump.h"

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

struct seen_pieces {
	_Atomic unsigned times[SAMPLE_PIECES];
	unsigned wanted;           /* bit i: piece i */
	uint32_t next;             /* that want() must be asked for */
	uint32_t fails;            /* this one, in take() */
	_Atomic unsigned together; /* at most */
	bool deep;
	uint32_t cut;  /* piece 1 is so much shorter than the sample's */
	uint64_t done; /* bytes, as progress said last */
	bool fell;
	size_t missing; /* at the end of the file */
};

static bool want(void *ctx, uint32_t piece)
{
	struct seen_pieces *s = ctx;

	assert_int_equal(piece, s->next);
	s->next++;
	return s->wanted >> piece & 1;
}

static bool look_at(struct seen_pieces *s, uint32_t piece, const uint8_t *plain, struct error *e)
{
	uint32_t n;
	const uint8_t *bytes = sample_plain(&sample, piece, &n);

	n -= piece == 1 ? s->cut : 0;
	s->times[piece]++;
	if (piece == s->fails)
		return error_set(e, ERROR_FAILED, "the target is broken");
	if (!s->deep)
		return !plain;
	if ((uintptr_t)plain % 4096 || memcmp(plain, bytes, n) != 0)
		return error_set(e, ERROR_FAILED, "piece %u: other bytes", piece);
	for (uint32_t i = n; i % 4096; i++)
		if (plain[i])
			return error_set(e, ERROR_FAILED, "piece %u: no zeros behind", piece);
	return true;
}

static bool take(void *ctx, const struct pump_piece *pieces, unsigned count, struct error *e)
{
	struct seen_pieces *s = ctx;

	if (count < 1 || count > PUMP_TAKE_MAX)
		return error_set(e, ERROR_FAILED, "%u pieces", count);
	if (count > s->together)
		s->together = count;
	for (unsigned i = 0; i < count; i++) {
		uint32_t len = sample.pieces[pieces[i].number].plain_bytes;

		if (!look_at(s, pieces[i].number, pieces[i].plain, e))
			return false;
		if (s->deep && i + 1 < count && pieces[i + 1].number == pieces[i].number + 1 &&
		    sample.pieces[pieces[i].number].frame ==
			    sample.pieces[pieces[i + 1].number].frame &&
		    pieces[i + 1].plain != pieces[i].plain + len)
			return error_set(e, ERROR_FAILED, "piece %u lies apart", pieces[i].number);
	}
	return true;
}

static void at(void *ctx, uint64_t done, uint64_t total)
{
	struct seen_pieces *s = ctx;

	s->fell = s->fell || done < s->done || total != sample.m.data_bytes;
	s->done = done;
}

/* A stream without places of its own: what is skipped is read, as from a pipe. */
static bool run(struct seen_pieces *s, unsigned jobs, bool with_want, struct error *e)
{
	struct image_policy policy = { 0 };
	struct stream *in = stream_memory(sample.file.s, sample.file.len - s->missing);
	struct image i;
	bool ok;

	if (!image_open(&i, in, &policy, e))
		fail_msg("%s", e->text);
	struct pump p = { .image = &i,
			  .stream = in,
			  .jobs = jobs,
			  .deep = s->deep,
			  .want = with_want ? want : NULL,
			  .take = take,
			  .ctx = s,
			  .progress = { at, s } };
	ok = pump_run(&p, e);
	if (ok)
		assert_int_equal(in->at, sample.file.len);
	stream_close(in);
	image_release(&i);
	return ok;
}

/* Ways to pack the four pieces: frames of one, two, three and four. */
static const struct sample_options packs[] = {
	{ .packs = { 1, 1, 1, 1 } },
	{ .packs = { 1, 2, 1 } },
	{ .packs = { 3, 1 } },
	{ .packs = { 4 } },
};
#define PACKS (sizeof(packs) / sizeof(packs[0]))

static void pack_as(const struct sample_options *o)
{
	release(NULL);
	sample_make(&sample, o);
}

static void each_once(void **state)
{
	static const unsigned jobs[] = { 0, 1, 1000 };

	(void)state;
	for (size_t k = 0; k < PACKS * 3; k++) {
		struct error e = { 0 };
		unsigned n = jobs[k % 3];

		if (k % 3 == 0)
			pack_as(&packs[k / 3]);
		for (int deep = 0; deep < 2; deep++) {
			struct seen_pieces s = { .deep = deep, .fails = UINT32_MAX };

			if (!run(&s, n, false, &e))
				fail_msg("%u jobs: %s", n, e.text);
			for (int i = 0; i < SAMPLE_PIECES; i++)
				assert_int_equal(s.times[i], 1);
			/* All of one frame, but for the catalogue: of an odd length, it goes alone. */
			if (deep && k / 3 == PACKS - 1)
				assert_int_equal(s.together, SAMPLE_PIECES - 1);
			assert_false(s.fell);
			assert_int_equal(s.done, sample.m.data_bytes);
		}
	}
}

static void only_what_is_wanted(void **state)
{
	(void)state;
	for (unsigned k = 0; k < 2u << SAMPLE_PIECES; k++) {
		unsigned wanted = k % (1u << SAMPLE_PIECES);
		struct seen_pieces s = { .deep = true, .fails = UINT32_MAX, .wanted = wanted };
		struct error e = { 0 };

		if (!wanted)
			pack_as(&packs[2 * (k >> SAMPLE_PIECES) + 1]);
		if (!run(&s, 1 + wanted % 2, true, &e))
			fail_msg("%x: %s", wanted, e.text);
		for (unsigned i = 0; i < SAMPLE_PIECES; i++)
			assert_int_equal(s.times[i], wanted >> i & 1);
		assert_int_equal(s.next, SAMPLE_PIECES);
	}
}

static void first_failure_ends_it(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 2 * SAMPLE_PIECES; i++) {
		struct seen_pieces s = { .fails = i % SAMPLE_PIECES };
		struct error e = { 0 };

		if (s.fails == 0)
			pack_as(&packs[2 * (i / SAMPLE_PIECES) + 1]);
		assert_false(run(&s, 1, false, &e));
		assert_int_equal(e.kind, ERROR_FAILED);
		assert_string_equal(e.text, "the target is broken");
		for (uint32_t k = s.fails + 1; k < SAMPLE_PIECES; k++)
			assert_int_equal(s.times[k], 0);
		s = (struct seen_pieces){ .fails = s.fails };
		e = (struct error){ 0 };
		assert_false(run(&s, 4, false, &e));
		assert_string_equal(e.text, "the target is broken");
	}
}

/* What is damaged is never handed on, deep or not; where lies in the message. */
static void damage_is_not_handed_on(void **state)
{
	(void)state;
	for (uint32_t i = 0, at_byte = 0; i < SAMPLE_FRAMES; i++) {
		char *byte = sample.file.s + sample.m.data_at + at_byte;
		const struct kimg_frame *f = &sample.frames[i];
		struct seen_pieces s = { .deep = i % 2, .fails = UINT32_MAX };
		struct error e = { 0 };
		char words[80];

		*byte ^= 4;
		assert_false(run(&s, 3, false, &e));
		*byte ^= 4;
		for (uint32_t k = 0; k < f->pieces; k++)
			assert_int_equal(s.times[f->first_piece + k], 0);
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		snprintf(words, sizeof(words), "frame %u, at byte %llu, is not what", i,
			 sample.m.data_at + at_byte + 0ULL);
		assert_non_null(strstr(e.text, words));
		at_byte += f->stored_bytes;
	}
}

/* Of a file that ends too early, what is whole is handed on; of one that is damaged, what lies before. */
static void what_is_before_is_handed_on(void **state)
{
	(void)state;
	pack_as(&packs[0]); /* one thread reads all of these at once */
	for (uint32_t i = 0; i < 2 * SAMPLE_PIECES; i++) {
		struct seen_pieces s = { .deep = true, .fails = UINT32_MAX };
		uint32_t frame = i / 2;
		size_t begin = 0, end = 0;
		struct error e = { 0 };

		for (uint32_t k = 0; k <= frame; k++) {
			begin = end;
			end += sample.frames[k].stored_bytes;
		}
		if (i % 2)
			s.missing = (size_t)sample.m.data_bytes - end + 1;
		sample.file.s[sample.m.data_at + begin] ^= i % 2 ? 0 : 4;
		assert_false(run(&s, 1, false, &e));
		sample.file.s[sample.m.data_at + begin] ^= i % 2 ? 0 : 4;
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		for (uint32_t k = 0; k < SAMPLE_PIECES; k++)
			assert_int_equal(s.times[k], sample.pieces[k].frame < frame);
	}
}

/* Signed by mistake: the stored digest fits, that of a piece does not. */
static uint32_t other_piece;

static void other_plain(struct kimg_index *x)
{
	x->pieces[other_piece].digest.bytes[31] ^= 1;
}

/* None of its frame is handed on then, wherever in it the piece lies; unless it is not wanted. */
static void pieces_are_compared(void **state)
{
	(void)state;
	for (uint32_t i = SAMPLE_PIECES; i < PACKS * SAMPLE_PIECES; i++) {
		struct sample_options o = packs[i / SAMPLE_PIECES];
		struct seen_pieces s = { .deep = true, .fails = UINT32_MAX };
		struct error e = { 0 };
		char words[40];

		o.index = other_plain;
		other_piece = i % SAMPLE_PIECES;
		pack_as(&o);
		uint32_t frame = sample.pieces[other_piece].frame;

		assert_false(run(&s, 1, false, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		snprintf(words, sizeof(words), "piece %u in frame %u, at byte", other_piece, frame);
		assert_non_null(strstr(e.text, words));
		assert_non_null(strstr(e.text, "unpacks to other bytes"));
		for (uint32_t k = 0; k < SAMPLE_PIECES; k++)
			assert_int_equal(s.times[k], sample.pieces[k].frame < frame);
		s = (struct seen_pieces){ .fails = UINT32_MAX };
		e = (struct error){ 0 };
		assert_true(run(&s, 1, false, &e)); /* not deep: nobody looked */
		s = (struct seen_pieces){ .deep = true,
					  .fails = UINT32_MAX,
					  .wanted = ~(1u << other_piece) };
		assert_true(run(&s, 1, true, &e));
		assert_int_equal(s.times[other_piece], 0);
	}
}

/* A short piece that others follow: what is handed on is aligned and ended with zeros still. */
static void short_pieces_between(void **state)
{
	struct seen_pieces s = { .deep = true, .fails = UINT32_MAX };
	struct kimg_frame f = { .pieces = 4 };
	struct kimg_piece pieces[4];
	struct image i = { .index = { .frames = &f, .frame_at = (uint64_t[]){ 0, 0 } } };
	uint8_t *out = mem_alloc(KIMG_STORED_MAX);
	struct frame_packer *packer = frame_packer_new(1);
	struct text all = { 0 };
	struct error e = { 0 };

	(void)state;
	for (uint32_t k = 0; k < 4; k++) {
		uint32_t len;
		const uint8_t *plain = sample_plain(&sample, k, &len);

		if (k == 1)
			len -= 100;
		pieces[k] = (struct kimg_piece){ len, 0, digest_bytes(plain, len) };
		text_add_n(&all, (const char *)plain, len);
	}
	f.plain_bytes = (uint32_t)all.len;
	f.stored_bytes = frame_pack(packer, all.s, all.len, out);
	f.stored = digest_bytes(out, f.stored_bytes);
	i.index.pieces = pieces;
	i.index.frame_at[1] = f.stored_bytes;
	i.manifest.frames = 1;
	i.manifest.pieces = 4;
	struct stream *in = stream_memory(out, f.stored_bytes);
	struct pump p = { .image = &i, .stream = in, .deep = true, .take = take, .ctx = &s };

	s.cut = 100;
	if (!pump_run(&p, &e))
		fail_msg("%s", e.text);
	for (uint32_t k = 0; k < SAMPLE_PIECES; k++)
		assert_int_equal(s.times[k], 1);
	stream_close(in);
	text_release(&all);
	frame_packer_free(packer);
	free(out);
}

/* Threads that wait go home when nothing is to be done after all. */
static void made_and_not_run(void **state)
{
	struct image i = { .manifest = { .frames = 100 } };
	struct pump p = { .image = &i, .jobs = 5, .deep = true };

	(void)state;
	pump_team_free(pump_team_new(&p));
	pump_team_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_once, make, release),
		cmocka_unit_test_setup_teardown(only_what_is_wanted, make, release),
		cmocka_unit_test_setup_teardown(first_failure_ends_it, make, release),
		cmocka_unit_test_setup_teardown(damage_is_not_handed_on, make, release),
		cmocka_unit_test_setup_teardown(what_is_before_is_handed_on, make, release),
		cmocka_unit_test_setup_teardown(short_pieces_between, make, release),
		cmocka_unit_test(made_and_not_run),
		cmocka_unit_test_setup_teardown(pieces_are_compared, make, release),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
