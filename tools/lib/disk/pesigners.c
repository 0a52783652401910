/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of CAs in the signatures of firmware programs. */
#include "lib/disk/pesigners.h"

#include <string.h>

#include "lib/base/language.h"
#include "lib/disk/peheader.h"

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
	struct reader file = reader_of(bytes, len), rest = file;
	struct pe_header h;
	struct pe_certificate c;

	*s = (struct pe_signers){ 0 };
	if (!pe_header_read(&rest, &h) || h.is_cut)
		return error_set(e, ERROR_UNTRUSTED, _("is no program for the firmware"));
	reader_skip(&file, h.table_at);
	struct reader table = reader_sub(&file, h.table_bytes);
	while (table.left && s->signatures < PE_SIGNATURES_MAX && pe_certificate_next(&table, &c)) {
		if (c.type != PE_CERTIFICATE_PKCS)
			continue;
		scan(s, c.content);
		s->signatures++;
	}
	if (table.bad || table.left)
		return error_set(e, ERROR_UNTRUSTED, _("is damaged: its signatures are cut short"));
	return true;
}
