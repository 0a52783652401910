/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Editing the line that a person types. */
#include "lib/ui/edit.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/ui/screen.h"

/* Take the last character off. */
static void erase_last(char *typed)
{
	size_t n = strlen(typed);

	while (n > 0 && ((unsigned char)typed[n - 1] & 0xc0) == 0x80)
		n--;
	typed[n ? n - 1 : 0] = '\0';
}

bool edit_line(char *typed, size_t size, uint32_t key)
{
	if (key == PRESS_ERASE && *typed) {
		erase_last(typed);
		return true;
	}
	if (key == PRESS_ERASE_LINE) {
		typed[0] = '\0';
		return true;
	}
	if (key < PRESS_FIRST) {
		char bytes[4];
		size_t n = text_put(bytes, key), len = strlen(typed);

		if (len + n >= size)
			return false;
		memcpy(typed + len, bytes, n);
		typed[len + n] = '\0';
		return true;
	}
	return false;
}
