/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images that are copied whole, onto a medium that alters bytes, and cut off at each write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../folder.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/wholefile.h"
#include "stick/copy.h"

#define IMAGE_MIB 8u
#define TARGET_MIB 11u
#define NEVER INT64_MAX

/* The medium's faults. */
static int64_t alter_at = NEVER; /* this byte changes once it was flushed */
static size_t writes_left = SIZE_MAX, writes;

ssize_t __real_pwrite(int fd, const void *buf, size_t len, off_t offset);
int __real_fsync(int fd);
int __real_fallocate(int fd, int mode, off_t offset, off_t len);

static bool may_write(void)
{
	writes++;
	if (writes_left == 0) {
		errno = EIO;
		return false;
	}
	writes_left--;
	return true;
}

ssize_t __wrap_pwrite(int fd, const void *buf, size_t len, off_t offset)
{
	return may_write() ? __real_pwrite(fd, buf, len, offset) : -1;
}

int __wrap_fallocate(int fd, int mode, off_t offset, off_t len)
{
	return may_write() ? __real_fallocate(fd, mode, offset, len) : -1;
}

int __wrap_fsync(int fd)
{
	const uint8_t other = 0xa5; /* stands nowhere in the image */

	if (alter_at != NEVER)
		assert_int_equal(__real_pwrite(fd, &other, 1, alter_at), 1);
	return __real_fsync(fd);
}

static int enter(void **state)
{
	folder_enter(state);
	folder_run(
		"yes block | head -c 3M > image; truncate -s 8M image\n"
		"printf 'label: gpt\\nsize=1MiB,name=one\\nsize=2MiB,name=two\\nsize=2MiB,name=three\\n'"
		"| sfdisk -q image > /dev/null; sfdisk -d image > table\n"
		"yes other | head -c 11M > full; printf 'label: gpt\\nsize=1M\\n' | sfdisk -q full");
	return 0;
}

/* Copy to `target`, on which something else was. */
static bool copy(unsigned target_mib, const char *settings, struct error *e)
{
	struct target t = TARGET_NONE;
	struct copy c = { .image_bytes = IMAGE_MIB * MIB, .target = &t };
	char *make = mem_format("cp full target; truncate -s %uM target", target_mib);
	bool ok;

	folder_run(make);
	free(make);
	assert_true(target_open(&t, "target", "/sys", false, false, IMAGE_MIB * MIB, e));
	c.image = open("image", O_RDONLY | O_CLOEXEC);
	assert_true(c.image >= 0);
	if (settings) {
		c.keep_settings = true;
		memset(c.settings, '#', sizeof(c.settings));
		memcpy(c.settings, settings, strlen(settings));
	}
	writes = 0;
	ok = copy_image(&c, e);
	close(c.image);
	target_close(&t);
	return ok;
}

static struct text load(const char *name)
{
	struct text t = { 0 };
	struct error e = { 0 };

	assert_true(wholefile_read(AT_FDCWD, name, 0, 64 * MIB, &t, &e));
	return t;
}

/* All but the first MiB and the backup of the table, which depends on the size. */
static void same_body(void)
{
	folder_run("cmp -n $((7 * 1048576 - 33 * 512)) -i 1048576 image target");
}

static void faithful(void **state)
{
	static const unsigned sizes[] = { IMAGE_MIB, TARGET_MIB, 40 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct error e = { 0 };

		if (!copy(sizes[i], NULL, &e))
			fail_msg("%u MiB: %s", sizes[i], e.text);
		same_body();
		folder_run("cmp -n 440 image target");
		/* The table is whole at both ends, and sfdisk sees what it wrote. */
		folder_run(
			"sfdisk --verify target | grep -q 'No errors'; sfdisk -d target | sed "
			"s/target/image/ | grep -v last-lba > t2; grep -v last-lba table | cmp - t2\n"
			"dd if=/dev/zero of=target bs=512 seek=1 count=1 conv=notrunc status=none\n"
			"sfdisk -d target 2>/dev/null | grep -q three");
	}
}

static void settings(void **state)
{
	struct error e = { 0 };
	struct text image = load("image"), target;

	(void)state;
	assert_true(copy(TARGET_MIB, "# GRUB Environment Block\nlanguage=de\n", &e));
	target = load("target");
	assert_memory_equal(target.s + SETTINGS_AT, "# GRUB Environment Block\nlanguage=de\n##",
			    39);
	assert_memory_equal(target.s + SETTINGS_AT + SETTINGS_BYTES,
			    image.s + SETTINGS_AT + SETTINGS_BYTES, 2 * MIB);
	assert_memory_equal(target.s + MIB, image.s + MIB, SETTINGS_AT - MIB);
	text_release(&image);
	text_release(&target);
}

static bool starts(const struct text *target)
{
	return memcmp(target->s + 512, "EFI PART", 8) == 0 ||
	       memcmp(target->s + target->len - 512, "EFI PART", 8) == 0 ||
	       (uint8_t)target->s[510] == 0x55;
}

/* A medium that keeps something else than what was written. */
static void altered(void **state)
{
	static const struct {
		int64_t at;
		const char *says;
		bool starts; /* it was found when the table was written already */
	} tests[] = {
		{ MIB, "not what was written", false },
		{ 2 * MIB + 77, "not what was written", false },
		{ 5 * MIB + 77, "not what was written", false }, /* in a hole */
		{ 8 * MIB - 1, "not what was written", false },
		{ 5, "not what was written", true },
		{ 513, "not what was written", true },
		{ TARGET_MIB * MIB - 33 * 512, "smaller than it says", true },
		{ TARGET_MIB * MIB - 1, "smaller than it says", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct error e = { 0 };
		struct text target;

		alter_at = tests[i].at;
		bool ok = copy(TARGET_MIB, NULL, &e);
		alter_at = NEVER;
		if (ok || e.kind != ERROR_UNTRUSTED || !strstr(e.text, tests[i].says))
			fail_msg("%lld: %s", (long long)tests[i].at, e.text);
		target = load("target");
		assert_int_equal(starts(&target), tests[i].starts);
		text_release(&target);
	}
}

/* Cut off at each write in turn: either no PC starts from it, or all of it is there. */
static void interrupted(void **state)
{
	struct error e = { 0 };
	size_t all, started = 0;

	(void)state;
	assert_true(copy(TARGET_MIB, NULL, &e));
	all = writes;
	assert_true(all >= IMAGE_MIB);
	for (size_t i = 1; i < all; i++) {
		struct text target;

		e = (struct error){ 0 };
		writes_left = i;
		bool ok = copy(TARGET_MIB, NULL, &e);
		writes_left = SIZE_MAX;
		if (ok) /* a hole that had to be written instead */
			continue;
		assert_int_equal(e.kind, ERROR_FAILED);
		target = load("target");
		/* After the first write the old table is gone, its backup after the second. */
		if (i > 1 && starts(&target)) {
			started++;
			same_body();
		}
		text_release(&target);
	}
	assert_true(started >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faithful),
		cmocka_unit_test(settings),
		cmocka_unit_test(altered),
		cmocka_unit_test(interrupted),
	};

	return cmocka_run_group_tests(tests, enter, folder_leave);
}
