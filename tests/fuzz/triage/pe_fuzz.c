/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a program, as a signature and as a certificate: all that is handed out lies in them. */
#include <assert.h>
#include <string.h>

#include "triage/parse/pe.h"

static void within(struct reader r, const uint8_t *data, size_t size)
{
	assert(!r.left || (r.at >= data && r.at + r.left <= data + size));
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pkcs7 p;
	struct x509 c;
	struct pe pe;
	struct pe_signature s;
	struct error e = { 0 };

	if (x509_read(reader_of(data, size), &c))
		within(c.serial, data, size);
	if (pkcs7_read(reader_of(data, size), &p))
		while (pkcs7_certificate(&p, &c))
			assert(strlen(c.subject) < X509_NAME_MAX && c.serial.left);
	if (!pe_read(data, size, &pe, &e))
		return 0;
	for (struct reader table = pe.certificates; pe_signature_next(data, &table, NULL, &s);)
		within(s.digest, data, size);
	return 0;
}
