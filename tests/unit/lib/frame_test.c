/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames: the same bytes back, the same frame each time, and nothing else taken for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image_samples.h"

static uint8_t plain[KIMG_FRAME_PLAIN_MAX + 1], stored[KIMG_STORED_MAX];
static uint8_t again[KIMG_STORED_MAX], back[KIMG_FRAME_PLAIN_MAX + 1];

static void want_back(struct frame_packer *p, struct frame_unpacker *u, size_t len)
{
	uint32_t n = frame_pack(p, plain, len, stored);
	struct error e = { 0 };

	assert_in_range(n, 1, KIMG_STORED_MAX);
	assert_int_equal(frame_pack(p, plain, len, again), n);
	assert_memory_equal(stored, again, n);
	memset(back, 0xa5, sizeof(back));
	if (!frame_unpack(u, stored, n, back, len, &e))
		fail_msg("%zu bytes: %s", len, e.text);
	assert_memory_equal(plain, back, len);
	assert_false(frame_unpack(u, stored, n, back, len + 1, &e));
	assert_non_null(strstr(e.text, "another size than the index"));
	e = (struct error){ 0 };
	assert_false(frame_unpack(u, stored, n - 1, back, len, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
}

static void round_trip(void **state)
{
	static const size_t lengths[] = { 1,
					  2,
					  255,
					  256,
					  257,
					  65535,
					  65792,
					  65793,
					  KIMG_CHUNK_BYTES - 1,
					  KIMG_CHUNK_BYTES,
					  KIMG_FRAME_PLAIN_MAX - 1,
					  KIMG_FRAME_PLAIN_MAX };
	static const int levels[] = { 1, FRAME_LEVEL_DEFAULT, FRAME_LEVEL_MAX };
	struct frame_unpacker *u = frame_unpacker_new();

	(void)state;
	for (size_t l = 0; l < sizeof(levels) / sizeof(levels[0]); l++) {
		struct frame_packer *p = frame_packer_new(levels[l]);

		sample_fill(plain, sizeof(plain), 1);
		for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
			want_back(p, u, lengths[i]);
		for (size_t i = 0; i < KIMG_FRAME_PLAIN_MAX; i += 16384) /* does not pack at all */
			sample_fill(plain + i, 16384, (uint32_t)i);
		want_back(p, u, KIMG_FRAME_PLAIN_MAX);
		frame_packer_free(p);
	}
	frame_unpacker_free(u);
	frame_unpacker_free(NULL);
	frame_packer_free(NULL);
}

/* Frames that zstd would take; RFC 8878, 3.1.1. One raw block of "ab" each. */
#define RAW                                                                                        \
	"\x11\0\0"                                                                                 \
	"ab"
static const struct {
	const char *name;
	const char *bytes;
	size_t len;
	const char *words; /* NULL: good */
} frames[] = {
	{ "one segment", "\x28\xb5\x2f\xfd\x20\x02" RAW, 11, NULL },
	{ "with a window", "\x28\xb5\x2f\xfd\x80\x50\x02\0\0\0" RAW, 15, NULL },
	{ "window of 4 MiB", "\x28\xb5\x2f\xfd\x80\x60\x02\0\0\0" RAW, 15, NULL },
	{ "window of 4 MiB and 1/8", "\x28\xb5\x2f\xfd\x80\x61\x02\0\0\0" RAW, 15, "its window" },
	{ "window of 2 GiB", "\x28\xb5\x2f\xfd\x80\xa8\x02\0\0\0" RAW, 15, "its window" },
	{ "8 bytes of size", "\x28\xb5\x2f\xfd\xe0\x02\0\0\0\0\0\0\0" RAW, 18, NULL },
	{ "no size", "\x28\xb5\x2f\xfd\x00\x50" RAW, 11, "does not state" },
	{ "size 3", "\x28\xb5\x2f\xfd\x20\x03" RAW, 11, "another size than the index" },
	{ "size 2^63", "\x28\xb5\x2f\xfd\xe0\x02\0\0\0\0\0\0\x80" RAW, 18, "another size" },
	{ "dictionary", "\x28\xb5\x2f\xfd\x21\x07\x02" RAW, 12, "asks for a dictionary" },
	{ "reserved bit", "\x28\xb5\x2f\xfd\x28\x02" RAW, 11, "no zstd frame" },
	{ "magic", "\x27\xb5\x2f\xfd\x20\x02" RAW, 11, "no zstd frame" },
	{ "skippable", "\x50\x2a\x4d\x18\x02\0\0\0ab", 10, "no zstd frame" },
	{ "a byte behind", "\x28\xb5\x2f\xfd\x20\x02" RAW "x", 12, "behind it" },
	{ "two", "\x28\xb5\x2f\xfd\x20\x02" RAW "\x28\xb5\x2f\xfd\x20\x00\x01\0\0", 20,
	  "behind it" },
	{ "a skippable one behind", "\x28\xb5\x2f\xfd\x20\x02" RAW "\x50\x2a\x4d\x18\0\0\0\0", 19,
	  "behind it" },
	{ "reserved block",
	  "\x28\xb5\x2f\xfd\x20\x02\x17\0\0"
	  "ab",
	  11, "" },
	{ "shorter inside",
	  "\x28\xb5\x2f\xfd\x20\x02\x09\0\0"
	  "a",
	  10, "cannot be unpacked" },
	{ "longer inside",
	  "\x28\xb5\x2f\xfd\x20\x02\x19\0\0"
	  "abc",
	  12, "cannot be unpacked" },
	{ "nothing", "", 0, "no zstd frame" },
	{ "head alone", "\x28\xb5\x2f\xfd\x20", 5, "another size" },
};

static void held_to_the_format(void **state)
{
	struct frame_unpacker *u = frame_unpacker_new();

	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		uint8_t *exact = mem_alloc(frames[i].len);
		struct error e = { 0 };
		bool ok;

		memcpy(exact, frames[i].bytes, frames[i].len);
		memset(back, 0xa5, 8);
		ok = frame_unpack(u, exact, frames[i].len, back, 2, &e);
		if (ok != !frames[i].words ||
		    (!ok && (e.kind != ERROR_UNTRUSTED || !strstr(e.text, frames[i].words))))
			fail_msg("%s: %s", frames[i].name, ok ? "accepted" : e.text);
		if (ok)
			assert_memory_equal(back, "ab", 2);
		assert_int_equal(back[2], 0xa5); /* nothing behind what was asked for */
		free(exact);
	}
	frame_unpacker_free(u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(held_to_the_format),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
