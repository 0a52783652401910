/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disks and the About page in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "menu/menu.h"

static const struct broker_partition partitions[] = {
	{ 1, 1048576, 104857600, "EFI system", "EFI", "vfat" },
	{ 3, 122683392, 511000000000, "Microsoft basic data", "", "bitlocker" },
};

static void test_details(void **state)
{
	const struct broker_disk d = {
		.name = "sda",
		.model = "ACME",
		.serial = "",
		.bus = "sata",
		.table = "gpt",
		.size_bytes = 512110190592,
		.logical_sector_bytes = 512,
		.locked = true,
		.note = "Part of it cannot be read.",
		.partitions = partitions,
		.partition_count = 2,
	};
	struct text t = { 0 };

	(void)state;
	disk_details(&t, &d);
	assert_string_equal(text_end(&t),
			    "locked: nothing can write to it\n\n"
			    "Name in Linux: sda\nModel: ACME\nSerial number: unknown\n"
			    "Size: 512 GB (512110190592 bytes, sectors of 512 bytes)\n"
			    "Connected by: SATA\nPartition table: GPT\n"
			    "\n# What could not be seen\nPart of it cannot be read.\n"
			    "\n# Partitions\n"
			    "- 1: FAT, 105 MB, EFI system, \"EFI\"\n"
			    "- 3: BitLocker-encrypted, 511 GB, Microsoft basic data\n");
	text_release(&t);
}

static void test_lock(void **state)
{
	(void)state;
	assert_string_equal(disk_lock_words(&(struct broker_disk){ .locked = true }),
			    "locked: nothing can write to it");
	assert_string_equal(disk_lock_words(&(struct broker_disk){ .locked = false }),
			    "NOT LOCKED");
	/* The alarm must never hide behind a working lock. */
	assert_non_null(
		strstr(disk_lock_words(&(struct broker_disk){ .locked = true, .written = true }),
		       "WRITTEN TO"));
}

static void test_content(void **state)
{
	(void)state;
	assert_string_equal(disk_content_words("bitlocker"), "BitLocker-encrypted");
	assert_string_equal(disk_content_words(""), "not recognised");
	assert_string_equal(disk_content_words("newfs"), "newfs");
}

static void test_about(void **state)
{
	struct text t = { 0 };

	(void)state;
	about_words(&t, NULL, "sbat,1,2025021800 shim,4");
	assert_non_null(strstr(text_end(&t), "SbatLevel of this PC now: sbat,1,2025021800 shim,4"));
	assert_non_null(strstr(text_end(&t), "A forged copy of this stick would start as well"));
	assert_null(strstr(text_end(&t), "Handbook:"));
	text_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_details),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_content),
		cmocka_unit_test(test_about),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
