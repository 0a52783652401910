/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text files of systems that are captured. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/memory.h"
#include "lib/disk/utf16.h"
#include "lib/image/judge_inside.h"

#define VALUE_MAX 200u

void judge_text(struct text *out, const void *bytes, size_t len)
{
	struct reader r = reader_of(bytes, len);
	bool wide = len >= 2 && memcmp(bytes, "\xff\xfe", 2) == 0;

	if (wide)
		reader_skip(&r, 2);
	else if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		reader_skip(&r, 3);
	if (!wide && !(r.left >= 2 && r.at[0] && !r.at[1])) {
		text_add_n(out, (const char *)r.at, r.left);
		return;
	}
	r.left -= r.left % 2;
	char *narrow = mem_alloc(UTF16_TEXT(r.left / 2));

	utf16_text(narrow, r);
	text_add(out, narrow);
	free(narrow);
}

void judge_value(const char *text, const char *key, struct text *out)
{
	static const char around[] = " \t\r\"'";
	size_t key_len = strlen(key);
	char value[VALUE_MAX + 1], masked[3 * VALUE_MAX + 1];

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *at = line + strspn(line, " \t");

		if (strncasecmp(at, key, key_len) != 0)
			continue;
		at += key_len;
		at += strspn(at, " \t");
		if (*at++ != '=')
			continue;
		at += strspn(at, around);
		size_t n = strcspn(at, "\n");

		while (n && strchr(around, at[n - 1]))
			n--;
		n = n < VALUE_MAX ? n : VALUE_MAX;
		memcpy(value, at, n);
		value[n] = '\0';
		text_add(out, text_mask(masked, sizeof(masked), value));
		return;
	}
}
