/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as lines from the box: JSON lines are lines, and each of them is believed alone. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "triage/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data, *end = s + size;

	if (!check_json_lines(s, size))
		return 0;
	assert(check_lines(s, size));
	while (s < end) {
		const char *behind = (const char *)memchr(s, '\n', (size_t)(end - s)) + 1;

		assert(check_json_lines(s, (size_t)(behind - s)));
		s = behind;
	}
	return 0;
}
