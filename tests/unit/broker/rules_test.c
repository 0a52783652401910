/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of the broker: which driver when, which disk, which name is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "broker/broker.h"
#include "broker/console.h"
#include "broker/data.h"
#include "broker/drivers.h"
#include "broker/identity.h"
#include "broker/machine.h"
#include "broker/network.h"
#include "broker/uevent.h"
#include "broker/unlock.h"

static void stages(void **state)
{
	static const struct {
		const char *alias;
		enum driver_stage want;
		const char *also;
	} tests[] = {
		{ "pci:v00008086d0000A36Dsv00001028sd0000085Bbc0Csc03i30", STAGE_INPUT, NULL },
		{ "pci:v00001033d00000035sv00001028sd0000085Bbc0Csc03i10", STAGE_INPUT, NULL },
		{ "usb:v046DpC31Cd6402dc00dsc00dp00ic03isc01ip01in00", STAGE_INPUT, NULL },
		{ "hid:b0003g0001v0000046Dp0000C31C", STAGE_INPUT, NULL },
		{ "serio:ty01pr00id00ex00", STAGE_INPUT, NULL },
		{ "acpi:ELAN0501:PNP0C50:", STAGE_INPUT, NULL },
		{ "acpi:PNP0C50:", STAGE_INPUT, NULL },
		{ "virtio:d00000012v00001AF4", STAGE_INPUT, NULL },
		{ "vmbus:6dad12f9172bea48bd65f927a61c7684", STAGE_INPUT, NULL },
		{ "pci:v00008086d00009D03sv00000000sd00000000bc01sc06i01", STAGE_STORAGE, "ahci" },
		{ "pci:v0000144Dd0000A808sv0000144Dsd0000A801bc01sc08i02", STAGE_STORAGE, "nvme" },
		{ "pci:v00008086d00009A0Bsv00000000sd00000000bc01sc04i00", STAGE_STORAGE, NULL },
		{ "pci:v00001000d0000005Dsv00001028sd00001F49bc01sc04i00", STAGE_STORAGE, NULL },
		{ "pci:v00008086d000031CCsv00000000sd00000000bc08sc05i01", STAGE_STORAGE, NULL },
		{ "pci:v000010ECd00005227sv00000000sd00000000bcFFsc00i00", STAGE_STORAGE, NULL },
		{ "usb:v0781p5583d0100dc00dsc00dp00ic08isc06ip50in00", STAGE_STORAGE,
		  "usb-storage" },
		{ "usb:v174Cp55AAd0100dc00dsc00dp00ic08isc06ip62in00", STAGE_STORAGE, "uas" },
		{ "scsi:t-0x00", STAGE_STORAGE, "sd_mod" },
		{ "mmc:block", STAGE_STORAGE, "mmc_block" },
		{ "virtio:d00000002v00001AF4", STAGE_STORAGE, "virtio_blk" },
		{ "virtio:d00000008v00001AF4", STAGE_STORAGE, NULL },
		{ "vmbus:d96361baa104294db60572e2ffb1dc7f", STAGE_STORAGE, NULL },
		{ "pci:v00008086d000015BBsv00001028sd0000085Bbc02sc00i00", STAGE_NETWORK, NULL },
		{ "usb:v0BDAp8153d3000dc00dsc00dp00icFFiscFFip00in00", STAGE_NETWORK, NULL },
		{ "usb:v0BDAp8153d3000dc02dsc06dp00ic02isc06ip00in00", STAGE_NETWORK, NULL },
		{ "usb:v0B95p1790d0100dcFFdscFFdp00icFFiscFFip00in00", STAGE_NETWORK, NULL },
		{ "virtio:d00000001v00001AF4", STAGE_NETWORK, NULL },
		{ "vmbus:635161f83edfc546913ff2d2f965ed0e", STAGE_NETWORK, NULL },
		/* never: wireless, sound, graphics, cameras, optical, FireWire, SCSI generic */
		{ "pci:v00008086d00002723sv00008086sd00000084bc02sc80i00", STAGE_NEVER, NULL },
		{ "pci:v00008086d00003E92sv00001028sd0000085Bbc03sc00i00", STAGE_NEVER, NULL },
		{ "pci:v00008086d0000A348sv00001028sd0000085Bbc04sc03i00", STAGE_NEVER, NULL },
		{ "pci:v000011C1d00005811sv000011C1sd00005811bc0Csc00i10", STAGE_NEVER, NULL },
		{ "usb:v0BDAp8812d0000dc00dsc00dp00ic00iscFFip00in00", STAGE_NEVER, NULL },
		{ "usb:v8087p0A2Bd0001dcE0dsc01dp01icE0isc01ip01in00", STAGE_NEVER, NULL },
		{ "usb:v046Dp0825d0010dcEFdsc02dp01ic0Eisc01ip00in00", STAGE_NEVER, NULL },
		{ "scsi:t-0x05", STAGE_NEVER, NULL },
		/* what would be more than an argument */
		{ "scsi:t-0x00 x", STAGE_NEVER, NULL },
		{ "hid:$(reboot)", STAGE_NEVER, NULL },
		{ "hid:b*", STAGE_NEVER, NULL },
		{ "hid:/../x", STAGE_NEVER, NULL },
		{ "-r", STAGE_NEVER, NULL },
		{ "", STAGE_NEVER, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		const char *also;
		enum driver_stage got = driver_stage(tests[i].alias, &also);

		if (got != tests[i].want || (also != NULL) != (tests[i].also != NULL) ||
		    (also && strcmp(also, tests[i].also) != 0))
			fail_msg("%s: stage %d, also %s", tests[i].alias, (int)got,
				 also ? also : "-");
	}
}

static void disk_names(void **state)
{
	static const struct {
		const char *name;
		enum disk_class want;
	} tests[] = {
		{ "sda", DISK_LISTED },
		{ "sdaa", DISK_LISTED },
		{ "nvme0n1", DISK_LISTED },
		{ "vda", DISK_LISTED },
		{ "mmcblk0", DISK_LISTED },
		{ "xvda", DISK_LISTED },
		{ "hda", DISK_LISTED },
		{ "mmcblk0boot0", DISK_LOCKED_ONLY },
		{ "mmcblk1rpmb", DISK_LOCKED_ONLY },
		{ "loop0", DISK_IGNORED },
		{ "sr0", DISK_IGNORED },
		{ "zram0", DISK_IGNORED },
		{ "ram3", DISK_IGNORED },
		{ "dm-0", DISK_IGNORED },
		{ "md127", DISK_IGNORED },
		{ "fd0", DISK_IGNORED },
		{ "../sda", DISK_IGNORED },
		{ "a/b", DISK_IGNORED },
		{ "a-name-longer-than-any-of-the-kernel", DISK_IGNORED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		if (disk_classify(tests[i].name) != tests[i].want)
			fail_msg("%s", tests[i].name);
}

static void placeholders(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} tests[] = {
		{ "", true },
		{ "To Be Filled By O.E.M.", true },
		{ "  To be filled by O.E.M. ", true },
		{ "Default string", true },
		{ "System Serial Number", true },
		{ "None", true },
		{ "0", true },
		{ "00000000", true },
		{ "........", true },
		{ "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", true },
		{ "03000200-0400-0500-0006-000700080009", true },
		{ "7XK2R53", false },
		{ "OptiPlex 7060", false },
		{ "To Be Filled By O.E.M. 2", false },
		{ "A", false },
		{ "4c4c4544-0042-3010-8051-b4c04f4d3332", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		if (machine_is_placeholder(tests[i].text) != tests[i].want)
			fail_msg("'%s'", tests[i].text);
}

static void letters(void **state)
{
	static const struct {
		unsigned width, height, want;
	} tests[] = {
		{ 0, 0, 16 },       { 640, 480, 16 },   { 800, 600, 16 },   { 1024, 768, 20 },
		{ 1280, 800, 24 },  { 1366, 768, 24 },  { 1440, 900, 28 },  { 1920, 1080, 32 },
		{ 1920, 1200, 32 }, { 2256, 1504, 32 }, { 2560, 1440, 32 }, { 3840, 2160, 32 },
		{ 1080, 1920, 20 }, { 2560, 480, 16 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		assert_int_equal(console_height(tests[i].width, tests[i].height), tests[i].want);
}

static void sizes(void **state)
{
	char out[32];

	(void)state;
	assert_string_equal(broker_size(out, 0), "0 B");
	assert_string_equal(broker_size(out, 999), "999 B");
	assert_string_equal(broker_size(out, 512110190592), "512.1 GB");
	assert_string_equal(broker_size(out, 1000204886016), "1.0 TB");
	assert_string_equal(broker_size(out, UINT64_MAX), "18.4 EB");
}

static void uevents(void **state)
{
	static const char add[] = "add@/devices/x\0ACTION=add\0SUBSYSTEM=block\0DEVTYPE=disk\0"
				  "DEVNAME=sda\0MODALIAS=scsi:t-0x00\0DISK_MEDIA_CHANGE=1";
	static struct uevent u;

	(void)state;
	assert_true(uevent_parse(&u, add, sizeof(add)));
	assert_string_equal(u.action, "add");
	assert_string_equal(u.subsystem, "block");
	assert_string_equal(u.devtype, "disk");
	assert_string_equal(u.devname, "sda");
	assert_string_equal(u.modalias, "scsi:t-0x00");
	assert_true(u.media_change);
	/* cut anywhere: no crash, and nothing past the end */
	for (size_t n = 0; n < sizeof(add); n++)
		if (uevent_parse(&u, add, n))
			assert_true(strlen(u.devname) <= 3);
	assert_false(uevent_parse(&u, "libudev\0x=@", 11));
	assert_false(uevent_parse(&u, "", 0));
}

static void identities(void **state)
{
	struct identity_raw raw = { 0 };
	struct identity who;

	(void)state;
	identity_parse(&who, &raw);
	assert_string_equal(who.model, "");
	assert_string_equal(who.bus, "");
	memcpy(raw.vpd80, "\0\x80\0\x08  WD1234", 12);
	raw.vpd80_len = 12;
	identity_parse(&who, &raw);
	assert_string_equal(who.serial, "WD1234");
	raw.vpd80[3] = 9; /* longer than it is */
	identity_parse(&who, &raw);
	assert_string_equal(who.serial, "");
	raw.vpd80[3] = 8;
	raw.vpd80[1] = 0x83; /* another page */
	identity_parse(&who, &raw);
	assert_string_equal(who.serial, "");
	raw.ata_len = 512;
	memcpy(raw.ata + 20, "      S5Y1NG0N123456", 20);
	memcpy(raw.ata + 54, "Samsung SSD 870 EVO 500GB               ", 40);
	identity_parse(&who, &raw);
	assert_string_equal(who.serial, "S5Y1NG0N123456");
	assert_string_equal(who.model, "Samsung SSD 870 EVO 500GB");
	assert_string_equal(who.bus, "ide");
	assert_false(who.ata_locked);
	raw.ata[152] = 6;
	raw.ata[256] = 0x25; /* supported, locked */
	identity_parse(&who, &raw);
	assert_string_equal(who.bus, "sata");
	assert_true(who.ata_locked);
}

static void partition_names(void **state)
{
	static const struct {
		const char *disk;
		unsigned partition;
		const char *want;
	} tests[] = {
		{ "sdb", 3, "sdb3" },          { "sdb", 0, "sdb" },
		{ "sdaa", 12, "sdaa12" },      { "mmcblk0", 1, "mmcblk0p1" },
		{ "nvme0n1", 3, "nvme0n1p3" },
	};
	char out[48];

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		assert_string_equal(unlock_name(out, tests[i].disk, tests[i].partition),
				    tests[i].want);
}

static void data_folders(void **state)
{
	static const struct {
		const char *name;
		unsigned uid;
	} tests[] = {
		{ "journal", 1001 }, { "state", 1001 },   { "evidence", 1000 },
		{ "images", 1000 },  { "updates", 1000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		assert_int_equal(data_folder(tests[i].name)->uid, tests[i].uid);
	assert_null(data_folder(""));
	assert_null(data_folder("lost+found"));
	assert_null(data_folder("../etc"));
}

static void leases(void **state)
{
	static const struct {
		const char *ip, *mask, *router;
		const char *want; /* NULL: refused */
	} tests[] = {
		{ "192.168.7.20", "255.255.255.0", "192.168.7.1", "192.168.7.20/24" },
		{ "10.0.0.9", "255.0.0.0", "", "10.0.0.9/8" },
		{ "169.254.12.13", "255.255.0.0", "", "169.254.12.13/16" },
		{ "198.51.100.6", "255.255.255.254", "", "198.51.100.6/31" },
		{ "192.168.7.20", "255.0.255.0", "", NULL },
		{ "192.168.7.20", "0.0.0.0", "", NULL },
		{ "192.168.7.0", "255.255.255.0", "", NULL },
		{ "192.168.7.255", "255.255.255.0", "", NULL },
		{ "127.0.0.1", "255.0.0.0", "", NULL },
		{ "0.0.0.0", "255.255.255.0", "", NULL },
		{ "224.0.0.1", "255.255.255.0", "", NULL },
		{ "192.168.7.20", "255.255.255.0", "$(reboot)", NULL },
		{ "192.168.7.20/24", "255.255.255.0", "", NULL },
		{ "", "", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct network_lease lease;
		struct message m;
		char out[20];

		message_start(&m, "type", "lease");
		message_add(&m, "ip", tests[i].ip);
		message_add(&m, "mask", tests[i].mask);
		message_add(&m, "router", tests[i].router);
		bool ok = network_lease_parse(&m, &lease);
		if (ok != (tests[i].want != NULL) ||
		    (ok && strcmp(network_address(out, &lease), tests[i].want) != 0))
			fail_msg("%s %s", tests[i].ip, tests[i].mask);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stages),       cmocka_unit_test(disk_names),
		cmocka_unit_test(placeholders), cmocka_unit_test(letters),
		cmocka_unit_test(sizes),        cmocka_unit_test(uevents),
		cmocka_unit_test(identities),   cmocka_unit_test(partition_names),
		cmocka_unit_test(data_folders), cmocka_unit_test(leases),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
