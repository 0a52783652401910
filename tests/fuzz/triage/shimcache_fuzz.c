/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an application compatibility cache: no more paths than bytes. */
#include <stdlib.h>

#include "triage/parse/shimcache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct shimcache_entry entry;
	struct text t = { 0 };
	struct shimcache s;
	size_t paths = 0, entries = 0;

	if (!shimcache_open(&s, (struct regf_bytes){ data, len }, NULL))
		return 0;
	(void)shimcache_kind_name(s.kind);
	for (; shimcache_next(&s, &entry); entries++) {
		paths += entry.path.len;
		text_clear(&t);
		regf_text_add(&t, entry.path);
		for (size_t i = 0; i < entry.data.len; i++)
			text_add_n(&t, (const char *)entry.data.bytes + i, 1);
	}
	if (paths > len || entries > len / 12)
		abort();
	text_release(&t);
	return 0;
}
