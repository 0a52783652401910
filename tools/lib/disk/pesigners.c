/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of CAs in the signatures of firmware programs. */
#include "lib/disk/pesigners.h"

#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"

#define PE_AT 0x3c /* where the PE header's place stands */
#define COFF_BYTES 20u
#define MAGIC_32 0x10bu
#define MAGIC_64 0x20bu
#define SECURITY 4u /* which of the data directories */
#define PKCS 2u     /* a certificate of type PKCS#7 SignedData */
#define CERTIFICATE_HEAD 8u

/* Where the certificates lie in the file; 0 bytes if there are none. */
static bool find_table(struct reader file, uint32_t *at, uint32_t *bytes)
{
	struct reader r = file;

	*at = *bytes = 0;
	if (reader_le16(&r) != 0x5a4d) /* "MZ" */
		return false;
	reader_skip(&r, PE_AT - 2);
	uint32_t pe = reader_le32(&r);
	r = file;
	reader_skip(&r, pe);
	if (reader_le32(&r) != 0x4550) /* "PE\0\0" */
		return false;
	struct reader coff = reader_sub(&r, COFF_BYTES);
	reader_skip(&coff, 16);
	struct reader optional = reader_sub(&r, reader_le16(&coff));
	uint16_t magic = reader_le16(&optional);
	if (optional.bad || (magic != MAGIC_32 && magic != MAGIC_64))
		return false;
	reader_skip(&optional, magic == MAGIC_32 ? 90 : 106);
	uint32_t directories = reader_le32(&optional);
	if (optional.bad)
		return false;
	if (directories <= SECURITY)
		return true;
	reader_skip(&optional, SECURITY * 8);
	*at = reader_le32(&optional);
	*bytes = reader_le32(&optional);
	return !optional.bad;
}

static void add_name(struct pe_signers *s, const uint8_t *name, size_t len)
{
	if (s->count == PE_NAMES_MAX || len == 0 || len >= PE_NAME_MAX || memchr(name, 0, len))
		return;
	for (unsigned i = 0; i < s->count; i++)
		if (s->names[i].signature == s->signatures && strlen(s->names[i].name) == len &&
		    memcmp(s->names[i].name, name, len) == 0)
			return;
	s->names[s->count].signature = s->signatures;
	memcpy(s->names[s->count].name, name, len);
	s->names[s->count++].name[len] = '\0';
}

/* Every common name in a signature: its OID, then a string whose length is one byte. */
static void scan(struct pe_signers *s, struct reader signature)
{
	static const uint8_t oid[] = { 0x06, 0x03, 0x55, 0x04, 0x03 };

	while (signature.left > sizeof(oid)) {
		const uint8_t *next = memchr(signature.at, oid[0], signature.left);

		if (!next)
			return;
		reader_skip(&signature, (size_t)(next - signature.at));
		struct reader r = signature;
		const uint8_t *found = reader_take(&r, sizeof(oid));
		uint8_t tag = reader_u8(&r), len = reader_u8(&r);
		const uint8_t *name = reader_take(&r, len);

		/* UTF8String, PrintableString, TeletexString, IA5String. */
		if (!r.bad && memcmp(found, oid, sizeof(oid)) == 0 && len < 0x80 &&
		    (tag == 0x0c || tag == 0x13 || tag == 0x14 || tag == 0x16))
			add_name(s, name, len);
		reader_skip(&signature, 1);
	}
}

bool pe_signers_read(const void *bytes, size_t len, struct pe_signers *s, struct error *e)
{
	struct reader file = reader_of(bytes, len), table;
	uint32_t at, size;

	*s = (struct pe_signers){ 0 };
	if (!find_table(file, &at, &size))
		return error_set(e, ERROR_UNTRUSTED, _("is no program for the firmware"));
	reader_skip(&file, at);
	table = reader_sub(&file, size);
	while (table.left && s->signatures < PE_SIGNATURES_MAX) {
		size_t left = table.left;
		uint32_t length = reader_le32(&table);
		reader_skip(&table, 2);
		uint16_t type = reader_le16(&table);
		struct reader one = reader_sub(
			&table, length < CERTIFICATE_HEAD ? left : length - CERTIFICATE_HEAD);

		if (one.bad)
			break;
		if (type == PKCS) {
			scan(s, one);
			s->signatures++;
		}
		/* The next one begins at a multiple of 8 bytes. */
		size_t pad = (8 - length % 8) % 8;
		reader_skip(&table, pad < table.left ? pad : table.left);
	}
	if (table.bad || table.left)
		return error_set(e, ERROR_UNTRUSTED, _("is damaged: its signatures are cut short"));
	return true;
}
