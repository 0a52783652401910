/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs of Windows and of the firmware, as far as their headers lead. */
#include "lib/disk/peheader.h"

#define MAGIC_32 0x10bu
#define MAGIC_64 0x20bu
#define SECURITY 4u /* which of the data directories */
#define DIRECTORY_BYTES 8u
#define CERTIFICATE_HEAD 8u
#define CERTIFICATE_ALIGN 8u

/* `at`: where it begins in the file. */
static bool optional_header(struct reader r, size_t at, struct pe_header *h)
{
	uint16_t magic = reader_le16(&r);

	h->is_64 = magic == MAGIC_64;
	reader_skip(&r, 58);
	h->headers_bytes = reader_le32(&r);
	h->checksum_at = at + 64;
	h->checksum = reader_le32(&r);
	h->subsystem = reader_le16(&r);
	h->dll_characteristics = reader_le16(&r);
	reader_skip(&r, h->is_64 ? 36 : 20);
	uint32_t directories = reader_le32(&r);
	if (r.bad || (magic != MAGIC_32 && magic != MAGIC_64))
		return false;
	h->is_cut = directories > SECURITY && r.left < (SECURITY + 1) * DIRECTORY_BYTES;
	if (directories > SECURITY && !h->is_cut) {
		reader_skip(&r, SECURITY * DIRECTORY_BYTES);
		h->security_at = at + (h->is_64 ? 112 : 96) + SECURITY * DIRECTORY_BYTES;
		h->table_at = reader_le32(&r);
		h->table_bytes = reader_le32(&r);
	}
	return true;
}

bool pe_header_read(struct reader *file, struct pe_header *h)
{
	struct reader r = *file;

	*h = (struct pe_header){ 0 };
	bool ok = reader_le16(&r) == 0x5a4d; /* "MZ" */
	reader_skip(&r, 58);
	size_t at = reader_le32(&r);
	r = *file;
	reader_skip(&r, at);
	ok = ok && reader_le32(&r) == 0x4550; /* "PE\0\0" */
	h->machine = reader_le16(&r);
	h->section_count = reader_le16(&r);
	h->time_stamp = reader_le32(&r);
	reader_skip(&r, 8);
	size_t optional = reader_le16(&r);
	h->characteristics = reader_le16(&r);
	*file = r;
	return ok && optional_header(reader_sub(file, optional), at + 24, h);
}

bool pe_certificate_next(struct reader *table, struct pe_certificate *c)
{
	uint32_t length = reader_le32(table);

	reader_skip(table, 2);
	c->type = reader_le16(table);
	table->bad |= length < CERTIFICATE_HEAD;
	if (table->bad)
		return false;
	c->content = reader_sub(table, length - CERTIFICATE_HEAD);
	/* The last one need not be filled up. */
	size_t pad = -length % CERTIFICATE_ALIGN;
	reader_skip(table, pad < table->left ? pad : table->left);
	return !table->bad;
}
