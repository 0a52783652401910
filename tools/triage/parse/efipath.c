/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Device paths of the firmware as text: UEFI specification 2.10, chapter 10; docs/formats/efivars.md. */
#include "lib/base/hex.h"
#include "triage/parse/efivar.h"

#include <string.h>

#include "lib/disk/utf16.h"

enum node {
	PCI = 0x0101,
	VENDOR_HARDWARE = 0x0104,
	ACPI = 0x0201,
	SCSI = 0x0302,
	USB = 0x0305,
	VENDOR_MESSAGING = 0x030a,
	MAC = 0x030b,
	IPV4 = 0x030c,
	IPV6 = 0x030d,
	SATA = 0x0312,
	NVME = 0x0317,
	URI = 0x0318,
	DRIVE = 0x0401,
	CDROM = 0x0402,
	VENDOR_MEDIA = 0x0403,
	FILE_PATH = 0x0404,
	FV_FILE = 0x0406,
	FV = 0x0407,
	BBS = 0x0501,
	INSTANCE = 0x7f01,
	END = 0x7fff,
};
#define PNP 0x41d0u
#define PCI_ROOT 0x0a03u
#define PCIE_ROOT 0x0a08u

static void hex(struct text *out, struct reader r)
{
	char pair[3];

	while (r.left)
		text_add(out, hex_encode(pair, reader_take(&r, 1), 1));
}

static void guid(struct text *out, const char *what, struct reader r)
{
	char text[EFI_GUID_TEXT];
	const uint8_t *bytes = reader_take(&r, 16);

	if (bytes)
		text_addf(out, "%s(%s", what, efi_guid_text(text, bytes));
	if (r.left) {
		text_add(out, ",");
		hex(out, r);
	}
	text_add(out, ")");
}

static void utf16(struct text *out, struct reader r)
{
	while (r.left >= 2) { /* by pieces, so that room is not taken by a number of the input */
		char some[UTF16_TEXT(64)];
		struct reader part = reader_sub(&r, r.left < 128 ? r.left / 2 * 2 : 128);
		size_t n = utf16_text(some, part);

		text_add(out, some);
		if (n < part.left / 2)
			return;
	}
}

/* An ACPI device: its number of EISA, and which of them. */
static void acpi(struct text *out, struct reader r)
{
	uint32_t hid = reader_le32(&r), uid = reader_le32(&r), number = hid >> 16;

	if ((hid & 0xffff) == PNP && (number == PCI_ROOT || number == PCIE_ROOT))
		text_addf(out, "%s(0x%lx)", number == PCI_ROOT ? "PciRoot" : "PcieRoot", uid + 0UL);
	else if ((hid & 0xffff) == PNP)
		text_addf(out, "Acpi(PNP%04lX,0x%lx)", number + 0UL, uid + 0UL);
	else
		text_addf(out, "Acpi(0x%08lx,0x%lx)", hid + 0UL, uid + 0UL);
}

static void drive(struct text *out, struct reader r)
{
	unsigned long number = reader_le32(&r);
	unsigned long long first = reader_le64(&r), count = reader_le64(&r);
	struct reader id = reader_sub(&r, 16), mbr = id;
	char text[EFI_GUID_TEXT];

	reader_skip(&r, 1);
	uint8_t kind = reader_u8(&r);
	text_addf(out, "HD(%lu,", number);
	if (kind == 2 && id.left)
		text_addf(out, "GPT,%s", efi_guid_text(text, id.at));
	else if (kind == 1)
		text_addf(out, "MBR,0x%08lx", reader_le32(&mbr) + 0UL);
	else
		text_addf(out, "%u,0", kind);
	text_addf(out, ",0x%llx,0x%llx)", first, count);
}

static void address(struct text *out, struct reader r, bool is_v6)
{
	struct reader local = reader_sub(&r, is_v6 ? 16 : 4), remote = reader_sub(&r, local.left);
	struct reader pair[2] = { remote, local };

	text_add(out, is_v6 ? "IPv6(" : "IPv4(");
	for (size_t i = 0; i < 2; i++) {
		for (bool first = true; pair[i].left; first = false) {
			const char *point = first ? "" : is_v6 ? ":" : ".";

			if (is_v6)
				text_addf(out, "%s%x", point, reader_be16(&pair[i]));
			else
				text_addf(out, "%s%u", point, reader_u8(&pair[i]));
		}
		text_add(out, i ? ")" : ",");
	}
}

static void numbers(struct text *out, unsigned kind, struct reader r)
{
	unsigned a, b, c;

	if (kind == SATA || kind == SCSI) {
		a = reader_le16(&r);
		b = reader_le16(&r);
		c = reader_le16(&r);
		if (kind == SATA)
			text_addf(out, "Sata(0x%x,0x%x,0x%x)", a, b, c);
		else
			text_addf(out, "Scsi(0x%x,0x%x)", a, b);
		return;
	}
	a = reader_u8(&r);
	b = reader_u8(&r);
	if (kind == PCI) /* the function comes first */
		text_addf(out, "Pci(0x%x,0x%x)", b, a);
	else
		text_addf(out, "USB(0x%x,0x%x)", a, b);
}

static void nvme(struct text *out, struct reader r)
{
	text_addf(out, "NVMe(0x%lx", reader_le32(&r) + 0UL);
	struct reader eui = reader_sub(&r, 8);
	for (size_t i = eui.left; i; i--)
		text_addf(out, "%s%02X", i == eui.left ? "," : "-", eui.at[i - 1]);
	text_add(out, ")");
}

static void letters(struct text *out, const char *what, struct reader r)
{
	text_addf(out, "%s(", what);
	for (; r.left && *r.at; reader_skip(&r, 1))
		text_add_char(out, *r.at < 0x80 ? *r.at : TEXT_BAD);
	text_add(out, ")");
}

static void any(struct text *out, unsigned kind, struct reader r)
{
	text_addf(out, "Path(%u,%u", kind >> 8, kind & 0xff);
	if (r.left)
		text_add(out, ",");
	hex(out, r);
	text_add(out, ")");
}

/* The least bytes that a node of a kind has behind its head; shorter ones are written as bytes. */
static size_t least(unsigned kind)
{
	switch (kind) {
	case PCI:
	case USB:
		return 2;
	case SCSI:
	case BBS:
		return 4;
	case SATA:
		return 6;
	case ACPI:
		return 8;
	case IPV4:
		return 8;
	case NVME:
		return 12;
	case CDROM:
		return 20;
	case MAC:
		return 33;
	case IPV6:
		return 32;
	case DRIVE:
		return 38;
	case VENDOR_HARDWARE:
	case VENDOR_MESSAGING:
	case VENDOR_MEDIA:
	case FV_FILE:
	case FV:
		return 16;
	default:
		return 0;
	}
}

static void node(struct text *out, unsigned kind, struct reader r)
{
	if (r.left < least(kind)) {
		any(out, kind, r);
		return;
	}
	switch (kind) {
	case PCI:
	case USB:
	case SATA:
	case SCSI:
		numbers(out, kind, r);
		break;
	case ACPI:
		acpi(out, r);
		break;
	case NVME:
		nvme(out, r);
		break;
	case DRIVE:
		drive(out, r);
		break;
	case CDROM:
		text_addf(out, "CDROM(%lu,", reader_le32(&r) + 0UL);
		text_addf(out, "0x%llx,", reader_le64(&r) + 0ULL);
		text_addf(out, "0x%llx)", reader_le64(&r) + 0ULL);
		break;
	case MAC:
		text_add(out, "MAC(");
		hex(out, reader_sub(&r, 6)); /* the rest of its 32 bytes is padding */
		reader_skip(&r, 26);
		text_addf(out, ",0x%x)", reader_u8(&r));
		break;
	case IPV4:
	case IPV6:
		address(out, r, kind == IPV6);
		break;
	case URI:
		letters(out, "Uri", r);
		break;
	case BBS:
		text_addf(out, "BBS(0x%x,", reader_le16(&r));
		reader_skip(&r, 2);
		letters(out, "", r);
		text_add(out, ")");
		break;
	case FILE_PATH:
		text_add(out, "File(");
		utf16(out, r);
		text_add(out, ")");
		break;
	case VENDOR_HARDWARE:
	case VENDOR_MESSAGING:
	case VENDOR_MEDIA:
		guid(out,
		     kind == VENDOR_HARDWARE ? "VenHw"
		     : kind == VENDOR_MEDIA  ? "VenMedia"
					     : "VenMsg",
		     r);
		break;
	case FV_FILE:
	case FV:
		guid(out, kind == FV ? "Fv" : "FvFile", r);
		break;
	default:
		any(out, kind, r);
	}
}

bool efi_path_text(struct reader r, struct text *out)
{
	for (bool first = true; r.left;) {
		unsigned kind = (unsigned)reader_u8(&r) << 8;

		kind |= reader_u8(&r);
		size_t len = reader_le16(&r);
		if (r.bad || len < 4)
			return false;
		struct reader content = reader_sub(&r, len - 4);
		if (content.bad)
			return false;
		if (kind == END || kind == INSTANCE) {
			if (r.left)
				text_add(out, kind == END ? ";" : ",");
			first = true;
			continue;
		}
		if (!first)
			text_add(out, "/");
		node(out, kind, content);
		first = false;
	}
	return true;
}
