/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program of any bytes: nothing is read past its end, and the names fit. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/disk/pesigners.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pe_signers s;
	struct error e = { 0 };
	bool ok = pe_signers_read(data, size, &s, &e);

	if (ok == (e.kind != ERROR_NONE) || s.count > PE_NAMES_MAX)
		abort();
	for (unsigned i = 0; i < s.count; i++)
		if (!s.names[i].name[0] || strlen(s.names[i].name) >= PE_NAME_MAX ||
		    s.names[i].signature > s.signatures)
			abort();
	return 0;
}
