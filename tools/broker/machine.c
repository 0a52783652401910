/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this PC is, and what in it hides disks. */
#include "broker/machine.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/sysinfo.h>

#include "broker/sysfs.h"
#include "lib/base/language.h"

bool machine_is_placeholder(const char *s)
{
	static const char *const known[] = {
		"To Be Filled By O.E.M.",
		"To be filled by O.E.M.",
		"Default string",
		"None",
		"System Serial Number",
		"System Product Name",
		"System manufacturer",
		"System Manufacturer",
		"System Version",
		"Not Specified",
		"Not Applicable",
		"Not Available",
		"N/A",
		"OEM",
		"O.E.M.",
		"INVALID",
		"Unknown",
		"Undefined",
		"Serial Number",
		"SerialNumber",
		"Chassis Serial Number",
		"empty",
		"Type1Sku0",
		"123456789",
		"0123456789",
		"1234567890",
		"03000200-0400-0500-0006-000700080009", /* of many boards: no id of one */
	};
	size_t n = strlen(s);

	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	while (n && (*s == ' ' || *s == '\t'))
		s++, n--;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i]) == n && strncasecmp(known[i], s, n) == 0)
			return true;
	/* One character over and over, hyphens apart: 00000000, FFFF-..., xxxx, ...; a
	 * single one may be a name. */
	const char *first = s + strspn(s, "-");
	for (size_t i = 0; i < n; i++)
		if (s[i] != '-' && s[i] != *first)
			return false;
	return n != 1 || strchr("0-.xX?*", *s) != NULL;
}

static void add_dmi(struct message *m, const struct places *p, const char *key, const char *file)
{
	char text[256];

	sysfs_text(text, sizeof(text), "%s/class/dmi/id/%s", p->sysfs, file);
	message_add_foreign(m, key, machine_is_placeholder(text) ? "" : text);
}

static const char *secure_boot(const struct places *p)
{
	unsigned char bytes[8];

	if (!sysfs_exists("%s/firmware/efi", p->sysfs))
		return "off";
	/* UEFI 2.10, 3.3: four bytes of attributes, then one byte. */
	if (sysfs_bytes(bytes, sizeof(bytes),
			"%s/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
			p->sysfs) != 5)
		return "unknown";
	return bytes[4] == 1 ? "on" : "off";
}

void machine_message(const struct places *p, struct message *m)
{
	struct sysinfo info = { 0 };

	message_start(m, "type", "machine");
	message_add(m, "firmware", sysfs_exists("%s/firmware/efi", p->sysfs) ? "uefi" : "bios");
	message_add(m, "secure_boot", secure_boot(p));
	add_dmi(m, p, "vendor", "sys_vendor");
	add_dmi(m, p, "model", "product_name");
	add_dmi(m, p, "serial", "product_serial");
	add_dmi(m, p, "uuid", "product_uuid");
	sysinfo(&info);
	message_add_number(m, "memory", (uint64_t)info.totalram * info.mem_unit);
}

static bool is_vmd(uint64_t device)
{
	/* Linux 6.12, drivers/pci/controller/vmd.c. Not 09ab: that stands for each
	 * disk behind a VMD and never has a driver. */
	static const uint16_t known[] = { 0x201d, 0x28c0, 0x467f, 0x4c3d, 0x7d0b,
					  0x9a0b, 0xa77f, 0xad0b, 0xb06f, 0xb60b };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] == device)
			return true;
	return false;
}

void machine_look(const struct places *p, struct machine_notes *n)
{
	char folder[256];

	*n = (struct machine_notes){ 0 };
	snprintf(folder, sizeof(folder), "%s/bus/pci/devices", p->sysfs);
	DIR *dir = opendir(folder);
	if (!dir)
		return;
	for (struct dirent *d; (d = readdir(dir));) {
		const char *name = d->d_name;

		if (name[0] == '.' || sysfs_number("%s/%s/vendor", folder, name) != 0x8086)
			continue;
		uint64_t device = sysfs_number("%s/%s/device", folder, name);
		uint64_t class = sysfs_number("%s/%s/class", folder, name) >> 8;
		if (is_vmd(device))
			n->vmd_idle = n->vmd_idle || !sysfs_exists("%s/%s/driver", folder, name);
		else if (class == 0x0104 || device == 0x2822 || device == 0x282a)
			n->raid_mode = true;
	}
	closedir(dir);
}

const char *machine_note_text(const struct machine_notes *n, unsigned i)
{
	static const char *const raid = N_(
		"The Intel storage controller is in RAID mode (RST): NVMe disks behind it may be "
		"invisible here. If a disk is missing, set it to AHCI in the firmware setup, look "
		"at the disk, and set it back: the installed Windows does not start in the other "
		"mode.");
	static const char *const vmd =
		N_("An Intel VMD controller is on but no driver took it: NVMe disks behind it are "
		   "invisible here. Switch VMD off in the firmware setup, look at the disk, and "
		   "switch it on again: the installed Windows does not start in the other mode.");
	const char *list[3] = { 0 };
	unsigned count = 0;

	if (n->raid_mode)
		list[count++] = raid;
	if (n->vmd_idle)
		list[count++] = vmd;
	return i < count ? list[i] : NULL;
}
