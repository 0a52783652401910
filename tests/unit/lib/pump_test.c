/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames through threads: each once, whatever their number; the first failure ends it. */
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

struct seen_frames {
	_Atomic unsigned times[SAMPLE_FRAMES];
	unsigned wanted; /* bit i: frame i */
	uint32_t next;   /* that want() must be asked for */
	uint32_t fails;  /* this one, in take() */
	bool deep;
	uint64_t done; /* bytes, as progress said last */
	bool fell;
};

static const uint8_t *plain_of(uint32_t frame)
{
	switch (frame) {
	case 0:
		return sample.disk + SAMPLE_SYSTEM_AT;
	case 1:
		return sample.disk + SAMPLE_SYSTEM_AT + 4 * SAMPLE_MIB;
	case 2:
		return sample.disk + SAMPLE_ESP_AT;
	default:
		return (const uint8_t *)sample_catalogue;
	}
}

static bool want(void *ctx, uint32_t frame)
{
	struct seen_frames *s = ctx;

	assert_int_equal(frame, s->next);
	s->next++;
	return s->wanted >> frame & 1;
}

static bool take(void *ctx, uint32_t frame, const void *plain, struct error *e)
{
	struct seen_frames *s = ctx;
	uint32_t n = sample.frames[frame].plain_bytes;

	s->times[frame]++;
	if (frame == s->fails)
		return error_set(e, ERROR_FAILED, "the target is broken");
	if (!s->deep)
		return !plain;
	if ((uintptr_t)plain % 4096 || memcmp(plain, plain_of(frame), n) != 0)
		return error_set(e, ERROR_FAILED, "frame %u: other bytes", frame);
	for (uint32_t i = n; i % 4096; i++)
		if (((const uint8_t *)plain)[i])
			return error_set(e, ERROR_FAILED, "frame %u: no zeros behind", frame);
	return true;
}

static void at(void *ctx, uint64_t done, uint64_t total)
{
	struct seen_frames *s = ctx;

	s->fell = s->fell || done < s->done || total != sample.m.data_bytes;
	s->done = done;
}

/* A stream without places of its own: what is skipped is read, as from a pipe. */
static bool run(struct seen_frames *s, unsigned jobs, bool with_want, struct error *e)
{
	struct image_policy policy = { 0 };
	struct stream *in = stream_memory(sample.file.s, sample.file.len);
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

static void each_once(void **state)
{
	static const unsigned jobs[] = { 0, 1, 2, 3, PUMP_JOBS_MAX, 1000 };

	(void)state;
	for (size_t k = 0; k < sizeof(jobs) / sizeof(jobs[0]); k++)
		for (int deep = 0; deep < 2; deep++) {
			struct seen_frames s = { .deep = deep, .fails = UINT32_MAX };
			struct error e = { 0 };

			if (!run(&s, jobs[k], false, &e))
				fail_msg("%u jobs: %s", jobs[k], e.text);
			for (int i = 0; i < SAMPLE_FRAMES; i++)
				assert_int_equal(s.times[i], 1);
			assert_false(s.fell);
			assert_int_equal(s.done, sample.m.data_bytes);
		}
}

static void only_what_is_wanted(void **state)
{
	(void)state;
	for (unsigned wanted = 0; wanted < 1u << SAMPLE_FRAMES; wanted++) {
		struct seen_frames s = { .deep = true, .fails = UINT32_MAX, .wanted = wanted };
		struct error e = { 0 };

		if (!run(&s, 2, true, &e))
			fail_msg("%x: %s", wanted, e.text);
		for (unsigned i = 0; i < SAMPLE_FRAMES; i++)
			assert_int_equal(s.times[i], wanted >> i & 1);
		assert_int_equal(s.next, SAMPLE_FRAMES);
	}
}

static void first_failure_ends_it(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < SAMPLE_FRAMES; i++) {
		struct seen_frames s = { .fails = i };
		struct error e = { 0 };

		assert_false(run(&s, 1, false, &e));
		assert_int_equal(e.kind, ERROR_FAILED);
		assert_string_equal(e.text, "the target is broken");
		for (uint32_t k = i + 1; k < SAMPLE_FRAMES; k++)
			assert_int_equal(s.times[k], 0);
		s = (struct seen_frames){ .fails = i };
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
		struct seen_frames s = { .deep = i % 2, .fails = UINT32_MAX };
		struct error e = { 0 };
		char words[80];

		*byte ^= 4;
		assert_false(run(&s, 3, false, &e));
		*byte ^= 4;
		assert_int_equal(s.times[i], 0);
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		snprintf(words, sizeof(words), "frame %u, at byte %llu, is not what", i,
			 sample.m.data_at + at_byte + 0ULL);
		assert_non_null(strstr(e.text, words));
		at_byte += sample.frames[i].stored_bytes;
	}
}

/* Signed by mistake: the stored digest fits, the plain one does not. */
static void other_plain(struct kimg_index *x)
{
	x->frames[1].plain.bytes[0] ^= 1;
}

static void plain_bytes_are_compared(void **state)
{
	const struct sample_options o = { .index = other_plain };
	struct seen_frames s = { .deep = true, .fails = UINT32_MAX };
	struct error e = { 0 };

	(void)state;
	release(NULL);
	sample_make(&sample, &o);
	assert_false(run(&s, 1, false, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_non_null(strstr(e.text, "frame 1"));
	assert_non_null(strstr(e.text, "unpacks to other bytes"));
	assert_int_equal(s.times[1], 0);
	s = (struct seen_frames){ .fails = UINT32_MAX };
	e = (struct error){ 0 };
	assert_true(run(&s, 1, false, &e)); /* not deep: nobody looked */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_once, make, release),
		cmocka_unit_test_setup_teardown(only_what_is_wanted, make, release),
		cmocka_unit_test_setup_teardown(first_failure_ends_it, make, release),
		cmocka_unit_test_setup_teardown(damage_is_not_handed_on, make, release),
		cmocka_unit_test_setup_teardown(plain_bytes_are_compared, make, release),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
