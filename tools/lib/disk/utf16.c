/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How Windows and firmware write names, into how everyone else does. */
#include "lib/disk/utf16.h"

#include "lib/base/text.h"

size_t utf16_text(char *out, struct reader r)
{
	size_t n = 0, start = r.left;

	while (r.left >= 2) {
		struct reader before = r;
		uint32_t c = reader_le16(&r);

		if (c == 0) {
			r = before;
			break;
		}
		if (c >= 0xd800 && c <= 0xdbff && r.left >= 2) {
			struct reader ahead = r;
			uint32_t low = reader_le16(&ahead);

			if (low >= 0xdc00 && low <= 0xdfff) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				r = ahead;
			}
		}
		n += text_put(out + n, c); /* at most 3 bytes a unit, 4 for two */
	}
	out[n] = '\0';
	return (start - r.left) / 2;
}
