/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the menu reads of the system's start, and whether the stick may be pulled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "menu/menu.h"

#define ROOT "1 1 0:2 / / rw shared:1 - rootfs rootfs rw\n"
#define PROC "20 1 0:5 / /proc rw,nosuid - proc proc rw\n"
#define DEV "21 1 0:6 / /dev rw,nosuid - devtmpfs devtmpfs rw,size=4k\n"
#define EFI "22 1 0:9 / /sys/firmware/efi/efivars ro - efivarfs efivarfs ro\n"
#define STICK "30 1 8:3 / /data rw,nodev - ext4 /dev/sda3 rw\n"
#define BTRFS "31 1 0:40 / /data rw - btrfs /dev/sda3 rw\n"
#define LOOP "32 1 7:0 / /mnt ro - squashfs /dev/loop0 ro\n"
#define SWAPS "Filename\tType\tSize\tUsed\tPriority\n"

static void test_pull(void **state)
{
	static const struct {
		const char *name, *mounts, *swaps;
		enum pull want;
	} cases[] = {
		{ "as on the stick", ROOT PROC DEV EFI, SWAPS, PULL_SAFE },
		{ "kernel without swap", ROOT PROC DEV, "", PULL_SAFE },
		{ "data partition mounted", ROOT PROC STICK, SWAPS, PULL_MOUNTED },
		{ "disk behind an anonymous number", ROOT BTRFS, SWAPS, PULL_MOUNTED },
		{ "loop device", ROOT LOOP DEV, SWAPS, PULL_MOUNTED },
		{ "swap", ROOT, SWAPS "/dev/sda2 partition 100 0 -2\n", PULL_SWAP },
		{ "empty", "", SWAPS, PULL_UNKNOWN },
		{ "nonsense", ROOT "hello\n", SWAPS, PULL_UNKNOWN },
		{ "cut off", ROOT "20 1 0:5 / /proc rw,nos", SWAPS, PULL_UNKNOWN },
		{ "no line end", "1 1 0:2 / / rw - rootfs rootfs rw", SWAPS, PULL_SAFE },
		{ "no source", ROOT "20 1 0:5 / /proc rw - proc\n", SWAPS, PULL_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum pull got = pull_judge(cases[i].mounts, cases[i].swaps);

		if (got != cases[i].want)
			fail_msg("%s: got %d, want %d", cases[i].name, (int)got,
				 (int)cases[i].want);
	}
}

static void test_pull_with_disks(void **state)
{
	static const struct {
		const char *name;
		struct broker_disk disk;
		enum pull was, want;
	} cases[] = {
		{ "locked",
		  { .stick = true, .locked = true, .size_bytes = 9 },
		  PULL_SAFE,
		  PULL_SAFE },
		{ "stick", { .stick = true, .size_bytes = 9 }, PULL_SAFE, PULL_OPEN },
		{ "medium", { .removable = true, .size_bytes = 9 }, PULL_SAFE, PULL_OPEN },
		{ "disk of the PC", { .size_bytes = 9 }, PULL_SAFE, PULL_SAFE },
		{ "no card", { .removable = true }, PULL_SAFE, PULL_SAFE },
		{ "worse", { .stick = true, .size_bytes = 9 }, PULL_SWAP, PULL_SWAP },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct broker_disks disks = { .disks = &cases[i].disk, .count = 1 };

		if (pull_with_disks(cases[i].was, &disks) != cases[i].want)
			fail_msg("%s", cases[i].name);
	}
}

/* Only the safe state may tell people to pull. */
static void test_pull_words(void **state)
{
	(void)state;
	for (int p = PULL_SAFE; p <= PULL_UNKNOWN; p++) {
		bool says_pull = strstr(pull_words((enum pull)p), "You can pull") != NULL;

		assert_true(says_pull == (p == PULL_SAFE));
	}
}

static void test_command_line(void **state)
{
	static const struct {
		const char *words, *language, *keyboard;
	} cases[] = {
		{ "quiet blackstart.language=de blackstart.keyboard=ch", "de", "ch" },
		{ "blackstart.language=en\n", "en", "" },
		{ "blackstart.language=xx blackstart.keyboard=dvorak", "", "" },
		{ "blackstart.language= blackstart.keyboard=", "", "" },
		{ "xblackstart.language=de", "", "" },
		{ "blackstart.keyboard=dededededede", "", "" },
		{ "blackstart.language=de blackstart.language=en", "en", "" },
		{ "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct boot_state s = { 0 };

		command_line_parse(&s, cases[i].words);
		assert_string_equal(s.language, cases[i].language);
		assert_string_equal(s.keyboard, cases[i].keyboard);
	}
}

static void test_state(void **state)
{
	struct boot_state s = { 0 };

	(void)state;
	boot_state_parse(&s, "kit=damaged\nkit_error=kit/open.db: a=b\nnew=x\nclock=raised\n");
	assert_string_equal(s.kit, "damaged");
	assert_string_equal(s.kit_error, "kit/open.db: a=b");
	assert_true(s.clock_raised);
	s = (struct boot_state){ 0 };
	boot_state_parse(&s, "\n=\nkit\nclock=ok");
	assert_string_equal(s.kit, "");
	assert_false(s.clock_raised);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pull),       cmocka_unit_test(test_pull_with_disks),
		cmocka_unit_test(test_pull_words), cmocka_unit_test(test_command_line),
		cmocka_unit_test(test_state),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
