/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a record: one that is taken has the lengths it says, and its open message is
 * the one that its bytes hold. */
#include <assert.h>
#include <string.h>

#include "lib/journal/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record r;
	struct message m;
	struct error e = { 0 };

	if (record_decode(data, size, &r, &e) != RECORD_WHOLE)
		return 0;
	assert(r.len <= size && r.len >= RECORD_MIN && r.len <= RECORD_MAX);
	assert(RECORD_MIN + r.open.len + r.sealed_len == r.len);
	assert(memcmp(r.open.bytes, data + RECORD_HEAD, r.open.len) == 0);
	assert(r.sealed >= data && r.sealed + r.sealed_len + 64 == data + r.len);
	e = (struct error){ 0 };
	if (record_unpack(&r, &m, &e))
		assert(message_is(&m, message_text(&r.open, "kind")) && m.len + 2 <= r.sealed_len);
	return 0;
}
