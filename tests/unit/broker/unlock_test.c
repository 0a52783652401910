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

static void put(const char *at, const char *line)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", sysfs, at);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(line, f);
	fclose(f);
}

static void drop(const char *at)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", sysfs, at);
	unlink(path);
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

/* The kernel's sdb3 is the third partition of ours, or it is left alone. */
static void is_the_partition_that_was_seen(void **state)
{
	static const struct {
		const char *start, *size; /* as the kernel says, in sectors */
		bool is, grown;
	} rows[] = {
		{ "2048", "4096", true, true },  { "2048", "4095", false, true },
		{ "2048", "8192", false, true }, { "2049", "4096", false, false },
		{ "0", "4096", false, false },   { "4096", "4096", false, false },
		{ "2048", "0", false, true },    { "", "", false, false },
		{ NULL, "4096", false, false },
	};
	const struct places p = { .sysfs = sysfs, .dev = "/nowhere" };
	struct disk k = { .name = "sdb", .size_bytes = 4 << 20 };
	struct error e = { 0 };
	struct message m;

	(void)state;
	message_start(&m, "type", "partition");
	message_add_number(&m, "number", 3);
	message_add_number(&m, "first", 2048 * 512);
	message_add_number(&m, "size", 4096 * 512);
	const char length[2] = { (char)m.len, 0 };
	text_add_n(&k.content.messages, length, 2);
	text_add_n(&k.content.messages, m.bytes, m.len);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].start)
			put("block/sdb/sdb3/start", rows[i].start);
		else
			drop("block/sdb/sdb3/start");
		put("block/sdb/sdb3/size", rows[i].size);
		if (disk_partition_is(&k, &p, 3, false, &e) != rows[i].is ||
		    disk_partition_is(&k, &p, 3, true, &e) != rows[i].grown)
			fail_msg("%zu", i);
	}
	put("block/sdb/sdb3/start", "2048");
	put("block/sdb/sdb3/size", "4096");
	assert_true(disk_partition_is(&k, &p, 3, false, &e));
	k.size_bytes = 2148 * 512; /* past the end: the kernel cuts it off */
	put("block/sdb/sdb3/size", "100");
	assert_true(disk_partition_is(&k, &p, 3, false, &e));
	assert_false(disk_partition_is(&k, &p, 2, false, &e)); /* neither knows it */
	assert_true(disk_partition_is(&k, &p, 0, false, &e));  /* the disk itself */
	drop("block/sdb/sdb3/start");
	drop("block/sdb/sdb3/size");
	text_release(&k.content.messages);
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
		cmocka_unit_test(alarm_of_the_rest),
		cmocka_unit_test(more_than_allowed),
		cmocka_unit_test(whole_disk),
		cmocka_unit_test(settings_are_forgiven),
		cmocka_unit_test(is_the_partition_that_was_seen),
		cmocka_unit_test(bears_its_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
