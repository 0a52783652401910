/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The current goes at every write while an image is signed, and of what was not flushed any part
 * may be lost: the signature is there, or is not, or the image says so and signing mends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/types.h>

#include "image_samples.h"
#include "lib/image/signing.h"

static struct sample sample;

/* A disk of the image's size. What was written since the last flush may be lost. */
static struct {
	char *kept;         /* what a cut leaves for certain */
	char *now;          /* what a reader sees */
	unsigned left;      /* writes and flushes until the current goes; UINT_MAX: never */
	unsigned calls;     /* so far */
	size_t first, last; /* bytes that were written since the flush */
} disk;

static bool current_goes(void)
{
	disk.calls++;
	if (disk.left == 0)
		return true;
	disk.left -= disk.left != UINT32_MAX;
	return false;
}

ssize_t __wrap_pwrite(int fd, const void *buf, size_t len, off_t offset)
{
	(void)fd;
	assert_true((size_t)offset >= KIMG_SIGNATURES_AT &&
		    (size_t)offset + len <= KIMG_MANIFEST_AT); /* nothing else of it */
	memcpy(disk.now + offset, buf, len);
	if ((size_t)offset < disk.first)
		disk.first = (size_t)offset;
	if ((size_t)offset + len > disk.last)
		disk.last = (size_t)offset + len;
	if (!current_goes())
		return (ssize_t)len;
	errno = EIO;
	return -1;
}

ssize_t __wrap_pread(int fd, void *buf, size_t len, off_t offset)
{
	(void)fd;
	memcpy(buf, disk.now + offset, len);
	return (ssize_t)len;
}

int __wrap_fsync(int fd)
{
	(void)fd;
	if (current_goes()) {
		errno = EIO;
		return -1;
	}
	memcpy(disk.kept, disk.now, sample.file.len);
	disk.first = SIZE_MAX;
	disk.last = 0;
	return 0;
}

/* Opens what lies in `bytes`, as a signer or as a reader. */
static bool look(const char *bytes, bool mending, struct image *i, struct error *e)
{
	const struct image_policy policy = { .mending = mending };
	struct stream *in = stream_memory(bytes, sample.file.len);
	bool ok = image_open(i, in, &policy, e);

	stream_close(in);
	return ok;
}

/* Sign what is on the disk with key 1 behind what is there; false where the current goes. */
static bool sign_disk(unsigned left)
{
	static uint8_t area[KIMG_SIGNATURES_BYTES];
	struct text all = { 0 };
	struct error e = { 0 };
	struct image i;
	bool ok;

	if (!look(disk.now, true, &i, &e))
		fail_msg("%s", e.text);
	text_add_n(&all, i.signature_text, i.signature_len);
	sample_signature(&sample, 1, TRUST_IMAGE, SAMPLE_COUNTER, &all);
	memset(area, 0, sizeof(area));
	memcpy(area, all.s, all.len);
	disk.left = left;
	disk.calls = 0;
	ok = signing_write(-1, "disk", &i, area, &e);
	assert_true(ok || e.kind == ERROR_FAILED);
	disk.left = UINT32_MAX;
	image_release(&i);
	text_release(&all);
	return ok;
}

static void start(void)
{
	memcpy(disk.kept, sample.file.s, sample.file.len);
	memcpy(disk.now, sample.file.s, sample.file.len);
	disk.first = SIZE_MAX;
	disk.last = 0;
}

/* After the cut: of the unflushed bytes those before `tear`, or those behind it, are there. */
static void want_sound(size_t tear, bool before)
{
	struct error e = { 0 };
	struct image i;
	bool was_dirty = false;

	for (size_t at = disk.first; at < disk.last; at++)
		if ((at < tear) == before)
			disk.kept[at] = disk.now[at];
	memcpy(disk.now, disk.kept, sample.file.len);
	if (!look(disk.now, false, &i, &e)) {
		if (!strstr(e.text, "interrupted"))
			fail_msg("tear at %zu: %s", tear, e.text);
		was_dirty = true;
		assert_true(look(disk.now, true, &i, &(struct error){ 0 }));
		assert_int_equal(i.signatures, 1);
	}
	assert_in_range(i.signatures, 1, 2);
	if (i.signatures == 1) {
		assert_true(sign_disk(UINT32_MAX));
		image_release(&i);
		e = (struct error){ 0 };
		if (!look(disk.kept, false, &i, &e)) /* flushed, too */
			fail_msg("not mended: %s", e.text);
		assert_int_equal(i.signatures, 2);
	}
	assert_true(i.signatures == 2 || was_dirty);
	image_release(&i);
}

static void cut_everywhere(bool dirty)
{
	unsigned cuts = 0;

	for (;; cuts++) {
		static const size_t tears[] = { 0, 1, 2, 17, 100, 511, 4096, SIZE_MAX };
		bool ok = false;

		for (size_t t = 0; t < sizeof(tears) / sizeof(tears[0]); t++)
			for (int before = 0; before < 2; before++) {
				start();
				if (dirty) /* an attempt before was cut off, too */
					memset(disk.now + KIMG_SIGNATURES_AT + 400, 'x', 900);
				memcpy(disk.kept, disk.now, sample.file.len);
				ok = sign_disk(cuts);
				want_sound(tears[t] == SIZE_MAX ? SIZE_MAX : disk.first + tears[t],
					   before);
			}
		if (ok)
			break;
	}
	print_message("# %u places\n", cuts);
	assert_int_equal(cuts, dirty ? 6 : 4); /* write, flush; two of each, or three */
}

static void current_goes_anywhere(void **state)
{
	(void)state;
	cut_everywhere(false);
}

static void and_had_gone_before(void **state)
{
	(void)state;
	cut_everywhere(true);
}

/* Another one signed it meanwhile, or it was replaced. */
static void another_file(void **state)
{
	static uint8_t area[KIMG_SIGNATURES_BYTES];
	static const size_t places[] = { KIMG_SIGNATURES_AT + 100, 0, KIMG_MANIFEST_AT + 30 };
	struct error e = { 0 };
	struct image i;

	(void)state;
	start();
	assert_true(look(disk.now, true, &i, &e));
	for (size_t k = 0; k < sizeof(places) / sizeof(places[0]); k++) {
		size_t at = places[k] ? places[k] : KIMG_SIGNATURES_AT + i.signature_len;

		disk.now[at] ^= 1;
		disk.calls = 0;
		e = (struct error){ 0 };
		assert_false(signing_write(-1, "disk", &i, area, &e));
		assert_non_null(strstr(e.text, "changed by somebody else"));
		assert_int_equal(disk.calls, 0);
		disk.now[at] ^= 1;
	}
	image_release(&i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(current_goes_anywhere),
		cmocka_unit_test(and_had_gone_before),
		cmocka_unit_test(another_file),
	};
	int failed;

	sample_make(&sample, NULL);
	sample_sign(&sample, 1);
	disk.kept = mem_alloc(sample.file.len);
	disk.now = mem_alloc(sample.file.len);
	disk.left = UINT32_MAX;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(disk.kept);
	free(disk.now);
	sample_release(&sample);
	return failed;
}
