/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which disks may be written, by what the kernel says of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../folder.h"
#include "lib/base/memory.h"
#include "lib/disk/target.h"

/* What a name meant when it was looked at; another thing is opened. */
static enum { THE_SAME, A_DISK, A_FILE } was;

/* linked with -Wl,--wrap: wrap.mk */
int __real_stat(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st)
{
	int result = __real_stat(path, st);

	if (was == A_DISK) {
		st->st_mode = S_IFBLK;
		st->st_rdev = makedev(8, 16);
	}
	if (was == A_FILE)
		st->st_ino++;
	return result;
}

/* A sysfs with the disks of a PC, as Linux lays it out. */
static const char *const model =
	"put() { mkdir -p $(dirname $1); printf '%s\\n' \"$2\" > $1; }\n"
	/* A USB stick: the serial number stands three folders above the disk. */
	"usb=devices/pci0000:00/0000:00:14.0/usb2/2-3; lun=$usb/2-3:1.0/host6/target6:0:0/6:0:0:0\n"
	"put $usb/serial 4C530001230515109461; put $lun/model 'Muster Stick    '\n"
	"put $lun/block/sdb/removable 1; ln -s ../../../6:0:0:0 $lun/block/sdb/device\n"
	"put $lun/block/sdb/sdb1/partition 1\n"
	/* A disk in a USB case, which is not removable; its serial number is no word. */
	"usb=devices/pci0000:00/0000:00:14.0/usb2/2-4; lun=$usb/2-4:1.0/host7/target7:0:0/7:0:0:0\n"
	"put $usb/serial 'a b'; put $lun/model Disk; put $lun/block/sdc/removable 0\n"
	"ln -s ../../../7:0:0:0 $lun/block/sdc/device\n"
	/* A stick without one, behind a hub that has one. */
	"put devices/pci0000:00/0000:00:14.0/usb2/serial 0000:00:14.0\n"
	"usb=devices/pci0000:00/0000:00:14.0/usb2/2-5; lun=$usb/2-5:1.0/host8/target8:0:0/8:0:0:0\n"
	"put $usb/idVendor abcd; put $lun/model Cheap; put $lun/block/sdd/removable 1\n"
	"ln -s ../../../8:0:0:0 $lun/block/sdd/device\n"
	/* The PC's own. */
	"ata=devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0\n"
	"put $ata/model 'Example SSD'; put $ata/block/sda/removable 0\n"
	"ln -s ../../../0:0:0:0 $ata/block/sda/device\n"
	"nvme=devices/pci0000:00/0000:00:1d.0/0000:02:00.0/nvme/nvme0\n"
	"put $nvme/model 'Example NVMe'; put $nvme/serial 'S4711   '\n"
	"put $nvme/nvme0n1/removable 0; ln -s ../../nvme0 $nvme/nvme0n1/device\n"
	/* A memory card, and the memory that is the disk of a cheap PC. */
	"mmc=devices/pci0000:00/0000:00:1a.0/mmc_host/mmc0/mmc0:1234\n"
	"put $mmc/name SD32G; put $mmc/serial 0x1234abcd; put $mmc/block/mmcblk0/removable 0\n"
	"put $mmc/type SD; ln -s ../../../mmc0:1234 $mmc/block/mmcblk0/device\n"
	"mmc=devices/pci0000:00/0000:00:1c.0/mmc_host/mmc1/mmc1:0001\n"
	"put $mmc/name DF4064; put $mmc/serial 0x9c0ffee1; put $mmc/block/mmcblk1/removable 0\n"
	"put $mmc/type MMC; ln -s ../../../mmc1:0001 $mmc/block/mmcblk1/device\n"
	"mkdir -p dev/block; for d in 8:16=sdb 8:32=sdc 8:48=sdd 8:0=sda 259:0=nvme0n1 179:0=mmcblk0"
	" 179:8=mmcblk1 8:17=sdb1; do\n"
	"ln -s ../../$(find devices -type d -name ${d#*=}) dev/block/${d%=*}; done\n";

static int enter(void **state)
{
	folder_enter(state);
	return system(model);
}

static void kinds(void **state)
{
	static const struct {
		const char *path;
		unsigned major, minor;
		bool whole, removable;
		const char *model, *serial;
	} tests[] = {
		{ "/dev/sdb", 8, 16, true, true, "Muster Stick", "4C530001230515109461" },
		{ "/dev/sdc", 8, 32, true, true, "Disk", "a b" },
		{ "/dev/sda", 8, 0, true, false, "Example SSD", "" },
		{ "/dev/nvme0n1", 259, 0, true, false, "Example NVMe", "S4711" },
		{ "/dev/mmcblk0", 179, 0, true, true, "SD32G", "0x1234abcd" },
		{ "/dev/sdd", 8, 48, true, true, "Cheap", "" },
		{ "/dev/mmcblk1", 179, 8, true, false, "DF4064", "0x9c0ffee1" },
		{ "/dev/sdb1", 8, 17, false, false, "", "" },
		{ "/dev/sdz", 65, 1, false, false, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct target t = TARGET_NONE;
		struct error e = { 0 };
		bool whole = target_identify(&t, ".", tests[i].major, tests[i].minor, &e);

		if (whole != tests[i].whole || t.removable != tests[i].removable ||
		    strcmp(t.model, tests[i].model) != 0 || strcmp(t.serial, tests[i].serial) != 0)
			fail_msg("%s: \"%s\" \"%s\" %d %s", tests[i].path, t.model, t.serial,
				 t.removable, e.text);
	}
}

static void partitions_name_their_disk(void **state)
{
	struct target t = TARGET_NONE;
	struct error e = { 0 };

	(void)state;
	assert_false(target_identify(&t, ".", 8, 17, &e));
	assert_int_equal(e.kind, ERROR_USAGE);
	assert_non_null(strstr(e.text, "/dev/sdb"));
}

static void words(void **state)
{
	struct target t = TARGET_NONE;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(system("truncate -s 1M file"), 0);
	assert_true(target_open(&t, "file", ".", false, true, 1 << 20, &e));
	assert_string_equal(t.word, "file");
	assert_false(t.disk);
	assert_true(target_meant(&t, "file"));
	assert_false(target_meant(&t, ""));
	assert_false(target_meant(&t, "fil"));
	target_close(&t);
	snprintf(t.serial, sizeof(t.serial), "4C530001230515109461");
	snprintf(t.word, sizeof(t.word), "109461");
	assert_true(target_meant(&t, "109461"));
	assert_true(target_meant(&t, "4C530001230515109461"));
	assert_false(target_meant(&t, "file"));
	assert_false(target_meant(&t, "4C53"));
}

static void refused(void **state)
{
	static const struct {
		const char *path;
		uint64_t need;
		const char *says;
	} tests[] = {
		{ "file", (1 << 20) + 1, "too small" },
		{ "nowhere", 0, "No such file" },
		{ "dev", 0, "neither a disk nor a file" },
		{ "/dev/null", 0, "neither a disk nor a file" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct target t;
		struct error e = { 0 };

		assert_false(target_open(&t, tests[i].path, ".", false, false, tests[i].need, &e));
		if (!strstr(e.text, tests[i].says))
			fail_msg("%s: %s", tests[i].path, e.text);
		assert_int_equal(t.fd, -1);
	}
}

static void what_was_replaced_is_not_written(void **state)
{
	(void)state;
	assert_int_equal(system("truncate -s 1M file"), 0);
	for (was = A_DISK; was <= A_FILE; was++) {
		struct target t;
		struct error e = { 0 };

		assert_false(target_open(&t, "file", ".", false, false, 0, &e));
		if (!strstr(e.text, "was replaced while it was opened"))
			fail_msg("%d: %s", was, e.text);
		assert_int_equal(t.fd, -1);
	}
	was = THE_SAME;
}

/* Two restores of one file would leave a mixture; looking does no harm. */
static void one_writer(void **state)
{
	struct target one, other;
	struct error e = { 0 };

	(void)state;
	assert_true(target_open(&one, "file", ".", false, false, 0, &e));
	assert_true(target_open(&other, "file", ".", false, true, 0, &e));
	target_close(&other);
	assert_false(target_open(&other, "file", ".", false, false, 0, &e));
	assert_non_null(strstr(e.text, "in use"));
	assert_int_equal(e.kind, ERROR_FAILED);
	assert_int_equal(other.fd, -1);
	target_close(&one);
	e = (struct error){ 0 };
	assert_true(target_open(&other, "file", ".", false, false, 0, &e));
	target_close(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(partitions_name_their_disk),
		cmocka_unit_test(words),
		cmocka_unit_test(refused),
		cmocka_unit_test(what_was_replaced_is_not_written),
		cmocka_unit_test(one_writer),
	};

	return cmocka_run_group_tests(tests, enter, folder_leave);
}
