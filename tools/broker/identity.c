/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who a disk says it is: sysfs, ATA IDENTIFY, SCSI VPD page 80, Opal state. */
#include "broker/identity.h"

#include <limits.h>
#include <linux/hdreg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "broker/sysfs.h"
#include "lib/base/reader.h"

/* A request's number may have its highest bit set, and its type differs. */
#ifdef __GLIBC__
#define REQUEST(number) (number)
#else
#define REQUEST(number) ((int)(number))
#endif

/* linux/sed-opal.h of 6.12; older headers of a build machine lack it. */
struct opal_status {
	uint32_t flags, reserved;
};
#define OPAL_GET_STATUS _IOR('p', 236, struct opal_status)
#define OPAL_LOCKED 0x08u

static bool has_part(const char *path, const char *part, size_t digits_after)
{
	for (const char *p = path; (p = strstr(p, part)); p++)
		if (!digits_after || strspn(p + strlen(part), "0123456789") >= digits_after)
			return true;
	return false;
}

static const char *bus_of(const char *name, const char *path)
{
	if (has_part(path, "/usb", 1))
		return "usb";
	if (strncmp(name, "nvme", 4) == 0)
		return "nvme";
	if (strncmp(name, "mmcblk", 6) == 0)
		return "mmc";
	if (has_part(path, "/virtio", 1))
		return "virtio";
	if (has_part(path, "/ata", 1))
		return "sata";
	return has_part(path, "/host", 1) ? "scsi" : "";
}

/* The USB device above a disk: what stands on its label is its serial. */
static void usb_names(struct disk *k, const char *path, size_t root)
{
	char up[PATH_MAX];

	snprintf(up, sizeof(up), "%s", path);
	for (char *cut; (cut = strrchr(up, '/')) && (size_t)(cut - up) >= root; *cut = '\0') {
		if (!sysfs_exists("%s/idVendor", up))
			continue;
		if (!*k->serial)
			sysfs_text(k->serial, sizeof(k->serial), "%s/serial", up);
		if (!*k->model)
			sysfs_text(k->model, sizeof(k->model), "%s/product", up);
		return;
	}
}

static size_t trimmed_length(const char *s)
{
	size_t n = strlen(s);

	while (n && s[n - 1] == ' ')
		n--;
	return n;
}

void identity_read(struct disk *k, const struct places *p)
{
	char link[256], path[PATH_MAX], vendor[32], root[PATH_MAX];
	const char *n = k->name;

	snprintf(link, sizeof(link), "%s/block/%s", p->sysfs, n);
	if (!realpath(link, path))
		snprintf(path, sizeof(path), "%s", link);
	if (!realpath(p->sysfs, root))
		root[0] = '\0';
	k->bus = bus_of(n, path);
	if (!sysfs_text(k->model, sizeof(k->model), "%s/device/model", link))
		sysfs_text(k->model, sizeof(k->model), "%s/device/name", link);
	if (sysfs_text(vendor, sizeof(vendor), "%s/device/vendor", link) && *k->model &&
	    strncmp(vendor, "ATA", 3) != 0 && strncmp(vendor, "0x", 2) != 0) {
		char model[sizeof(k->model)];

		snprintf(model, sizeof(model), "%s", k->model);
		snprintf(k->model, sizeof(k->model), "%.*s %.*s", (int)trimmed_length(vendor),
			 vendor, (int)trimmed_length(model), model);
	}
	if (!*k->model && strcmp(k->bus, "virtio") == 0)
		snprintf(k->model, sizeof(k->model), "VirtIO disk");
	if (!sysfs_text(k->serial, sizeof(k->serial), "%s/device/serial", link))
		sysfs_text(k->serial, sizeof(k->serial), "%s/serial", link);
	if (strcmp(k->bus, "usb") == 0)
		usb_names(k, path, strlen(root));
}

void identity_fetch(struct identity_raw *raw, int fd)
{
	struct opal_status opal = { 0 };

	/* The kernel answers from memory; the disk is not asked. */
	if (ioctl(fd, HDIO_GET_IDENTITY, raw->ata) == 0)
		raw->ata_len = sizeof(raw->ata);
	raw->opal_locked = ioctl(fd, REQUEST(OPAL_GET_STATUS), &opal) == 0 &&
			   (opal.flags & OPAL_LOCKED);
}

static void copy_text(char *out, size_t size, struct reader r)
{
	const uint8_t *p = r.at;
	size_t n = r.left < size - 1 ? r.left : size - 1;

	while (n && (*p == ' ' || *p == '\0'))
		p++, n--;
	memcpy(out, p, n);
	while (n && (out[n - 1] == ' ' || out[n - 1] == '\0'))
		n--;
	out[n] = '\0';
}

void identity_parse(struct identity *out, const struct identity_raw *raw)
{
	struct reader v = reader_of(raw->vpd80, raw->vpd80_len);

	memset(out, 0, sizeof(*out));
	out->opal_locked = raw->opal_locked;
	/* SPC-4, 7.8.14: page code, length, then ASCII */
	reader_skip(&v, 1);
	uint8_t page = reader_u8(&v);
	uint16_t length = reader_be16(&v);
	struct reader serial = reader_sub(&v, length);
	if (!serial.bad && page == 0x80)
		copy_text(out->serial, sizeof(out->serial), serial);
	if (!raw->ata_len)
		return;
	/* ACS-4, 7.13: words 10 to 19 and 27 to 46, 76 and 128. The kernel has put
	 * the letters in order already. */
	struct reader r = reader_of(raw->ata, raw->ata_len);
	reader_skip(&r, 20);
	copy_text(out->serial, sizeof(out->serial), reader_sub(&r, 20));
	reader_skip(&r, 14);
	copy_text(out->model, sizeof(out->model), reader_sub(&r, 40));
	reader_skip(&r, 152 - 94);
	uint16_t sata = reader_le16(&r);
	reader_skip(&r, 256 - 154);
	uint16_t security = reader_le16(&r);
	snprintf(out->bus, sizeof(out->bus), "%s", sata && sata != 0xffff ? "sata" : "ide");
	out->ata_locked = security & 4;
}
