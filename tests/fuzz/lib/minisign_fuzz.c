/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a public key, a secret key's head or signatures: read within bounds, or
 * refused with a reason. No key is derived: an encrypted one is only looked at. */
#include <assert.h>

#include "lib/crypto/minisign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *end = text + size;
	struct error e = { 0 }, e2 = { 0 }, e3 = { 0 };
	struct minisign_public p = { .key = { 0 } };
	struct minisign_secret key;
	struct minisign_signature s;
	char line[MINISIGN_LINE];
	bool encrypted, more = true;

	assert(minisign_public_parse(text, size, &p, &e) == (e.kind == ERROR_NONE));
	minisign_public_line(&p, line);
	assert(minisign_public_from_line(line, MINISIGN_LINE - 1, &p));
	if (minisign_secret_encrypted(text, size, &encrypted, &e2) && !encrypted)
		(void)!minisign_secret_open(text, size, "", &key, &e2);
	while (more && minisign_next(&text, end, &s, &more, &e3))
		if (more)
			(void)minisign_valid(&p, &s, data, size);
	assert(e3.kind || text == end);
	return 0;
}
