/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file of slots: what is accepted is written again byte for byte. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "lib/crypto/slots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error e = { 0 };
	struct text out = { 0 };
	struct slots s;

	if (slots_parse(data, size, &s, &e)) {
		assert(s.count >= 1 && s.count <= SLOTS_MAX && s.memory_kib <= 256 * 1024);
		slots_write(&s, &out);
		assert(out.len == size && memcmp(out.s, data, size) == 0);
		if (s.count > 1 && slots_remove(&s, s.slot[s.count / 2].label, &e))
			assert(s.slot[s.count].label[0] == '\0');
	} else {
		assert(e.kind == ERROR_UNTRUSTED);
	}
	text_release(&out);
	return 0;
}
