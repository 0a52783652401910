/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The alarm: writes to an open partition are none, every other write is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/unlock.h"

static char sysfs[] = "/tmp/unlock_test.XXXXXX";

/* What the kernel would count: sectors of the whole disk, and of its third partition. */
static void counted(uint64_t disk, uint64_t third)
{
	const struct {
		const char *at;
		uint64_t sectors;
	} stats[] = { { "block/sdb/stat", disk }, { "block/sdb/sdb3/stat", third } };

	for (size_t i = 0; i < 2; i++) {
		char path[256];

		snprintf(path, sizeof(path), "%s/%s", sysfs, stats[i].at);
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		fprintf(f, "9 0 80 1 3 0 %llu 1 0 1 1 0 0 0 0 0 0\n",
			(unsigned long long)stats[i].sectors);
		fclose(f);
	}
}

static void alarm_of_the_rest(void **state)
{
	const struct places p = { .sysfs = sysfs, .dev = "/nowhere", .images = true };
	struct disk k = { .name = "sdb", .written_base = 100 };

	(void)state;
	counted(100, 40);
	assert_int_equal(disk_written_sectors(&k, &p), 0);
	unlock_begin(&k, &p, 3, 20);
	counted(150, 90); /* all of it in the partition */
	assert_int_equal(disk_written_sectors(&k, &p), 0);
	counted(165, 90); /* 15 in the table: ours */
	assert_int_equal(disk_written_sectors(&k, &p), 0);
	unlock_settle(&k, &p);
	assert_int_equal(disk_written_sectors(&k, &p), 0);
	counted(166, 90); /* one more beside the partition: not ours any more */
	assert_int_equal(disk_written_sectors(&k, &p), 1);
	counted(266, 190);
	assert_int_equal(disk_written_sectors(&k, &p), 1);
	unlock_end(&k, &p);
	assert_false(k.open.is);
	assert_int_equal(disk_written_sectors(&k, &p), 1); /* it is not forgiven by closing */
	counted(276, 200); /* closed: the partition is as locked as the rest */
	assert_int_equal(disk_written_sectors(&k, &p), 11);
}

static void more_than_allowed(void **state)
{
	const struct places p = { .sysfs = sysfs, .dev = "/nowhere", .images = true };
	struct disk k = { .name = "sdb" };

	(void)state;
	counted(0, 0);
	unlock_begin(&k, &p, 3, 20);
	counted(25, 0);
	assert_int_equal(disk_written_sectors(&k, &p), 5);
	unlock_end(&k, &p);
	assert_int_equal(disk_written_sectors(&k, &p), 5);
}

static void whole_disk(void **state)
{
	const struct places p = { .sysfs = sysfs, .dev = "/nowhere", .images = true };
	struct disk k = { .name = "sdb" };

	(void)state;
	counted(7, 0);
	k.written_base = 7;
	unlock_begin(&k, &p, 0, 0);
	counted(5000, 0);
	assert_int_equal(disk_written_sectors(&k, &p), 0);
	unlock_end(&k, &p);
	assert_int_equal(disk_written_sectors(&k, &p), 0);
	counted(5001, 0);
	assert_int_equal(disk_written_sectors(&k, &p), 1);
}

/* Our own page of settings is no alarm, even while it is being written; what is more is one. */
static void settings_are_forgiven(void **state)
{
	const struct places p = { .sysfs = sysfs, .dev = "/nowhere", .images = true };
	struct disk k = { .name = "sdb", .written_base = 100, .settings_sectors = 8 };

	(void)state;
	counted(108, 40);
	assert_int_equal(disk_written_sectors(&k, &p), 0);
	counted(109, 40);
	assert_int_equal(disk_written_sectors(&k, &p), 1);
}

static void put(const char *at, const char *line)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", sysfs, at);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(line, f);
	fclose(f);
}

/* What has come to bear the name of a disk or a partition is not unlocked in its stead. */
static void bears_its_name(void **state)
{
	const struct places p = { .sysfs = sysfs, .dev = sysfs };
	struct disk k = { .name = "sdb", .major = 8, .minor = 16 };
	struct error e = { 0 };

	(void)state;
	put("block/sdb/dev", "8:16\n");
	put("block/sdb/sdb3/dev", "8:19\n");
	put("block/sdb/sdb3/partition", "3\n");
	put("sdb", "");
	put("sdb3", "");
	assert_false(unlock_lift(&k, &p, 0, &e));
	assert_string_equal(e.text, "this disk is gone");
	e = (struct error){ 0 };
	assert_false(unlock_lift(&k, &p, 1, &e)); /* the third one would be locked first */
	assert_string_equal(e.text, "this disk is gone");
	e = (struct error){ 0 };
	k.minor = 32; /* another disk by now */
	assert_false(unlock_lift(&k, &p, 0, &e));
	assert_string_equal(e.text, "this disk is gone");
}

static int make_folders(void **state)
{
	static const char *const below[] = { "block", "block/sdb", "block/sdb/sdb3" };

	(void)state;
	if (!mkdtemp(sysfs))
		return -1;
	for (size_t i = 0; i < 3; i++) {
		char path[256];

		snprintf(path, sizeof(path), "%s/%s", sysfs, below[i]);
		if (mkdir(path, 0700) != 0)
			return -1;
	}
	return 0;
}

static int remove_folders(void **state)
{
	static const char *const below[] = { "sdb",
					     "sdb3",
					     "block/sdb/dev",
					     "block/sdb/sdb3/dev",
					     "block/sdb/sdb3/partition",
					     "block/sdb/sdb3/stat",
					     "block/sdb/sdb3",
					     "block/sdb/stat",
					     "block/sdb",
					     "block",
					     "" };

	(void)state;
	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
		char path[256];

		snprintf(path, sizeof(path), "%s/%s", sysfs, below[i]);
		remove(path);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alarm_of_the_rest), cmocka_unit_test(more_than_allowed),
		cmocka_unit_test(whole_disk),        cmocka_unit_test(settings_are_forgiven),
		cmocka_unit_test(bears_its_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
