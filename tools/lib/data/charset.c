/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Excel and Notepad save, as UTF-8. */
#include "lib/data/charset.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/language.h"

/* Windows-1252, 0x80 to 0x9f (WHATWG Encoding, index windows-1252); 0 is unused. */
static const uint16_t high_1252[32] = {
	0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

/* Is any byte part of a well-formed multi-byte character, and where is the first
 * byte that is not UTF-8? */
static const char *first_broken(const char *s, const char *end, bool *some_utf8)
{
	const char *broken = NULL;

	*some_utf8 = false;
	while (s < end) {
		const char *before = s;
		uint32_t c = text_next(&s, end);

		if (s - before > 1)
			*some_utf8 = true;
		else if (c == TEXT_BAD && !broken)
			broken = before;
	}
	return broken;
}

static size_t line_of(const char *bytes, const char *at)
{
	size_t line = 1;

	for (; bytes < at; bytes++)
		line += *bytes == '\n';
	return line;
}

uint32_t charset_1252(unsigned char byte)
{
	return byte >= 0x80 && byte <= 0x9f ? high_1252[byte - 0x80] : byte;
}

/* One character of the file; 0 for a byte that Windows-1252 does not have. */
static uint32_t next_char(const char **s, const char *end, bool utf8)
{
	return utf8 ? text_next(s, end) : charset_1252((unsigned char)*(*s)++);
}

bool charset_to_utf8(const char *bytes, size_t len, struct text *out, size_t *line, struct error *e)
{
	const char *at = bytes, *end = bytes + len, *broken;
	bool some_utf8;

	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	broken = first_broken(at, end, &some_utf8);
	if (broken && (some_utf8 || at > bytes)) {
		*line = line_of(bytes, broken);
		return error_set(e, ERROR_UNTRUSTED,
				 _("broken UTF-8; save the file again as \"CSV UTF-8\""));
	}
	for (*line = 1; at < end;) {
		uint32_t c = next_char(&at, end, !broken);

		if (c == '\r') { /* CRLF and the lone CR of old Macs are line ends */
			if (at < end && *at == '\n')
				at++;
			c = '\n';
		}
		if (c == 0)
			return error_set(e, ERROR_UNTRUSTED,
					 _("a NUL byte or one that no text "
					   "has; save the file again as \"CSV UTF-8\""));
		if (c != '\n' && c != '\t' && text_is_unsafe(c))
			return error_set(e, ERROR_UNTRUSTED,
					 _("the invisible character U+%04X; "
					   "delete it or type the line anew"),
					 (unsigned)c);
		*line += c == '\n';
		text_add_char(out, c);
	}
	return true;
}
