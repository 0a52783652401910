/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths in a catalogue: one spelling for each. */
#include <string.h>

#include "lib/base/hex.h"
#include "lib/base/reader.h"
#include "lib/image/catalogue_inside.h"

#define HALF_BYTES 3u /* of half a surrogate in WTF-8: ED A0 80 to ED BF BF */

static bool is_half(const char *s, const char *end)
{
	return end - s >= HALF_BYTES && (uint8_t)s[0] == 0xed && (uint8_t)s[1] >= 0xa0 &&
	       (uint8_t)s[1] <= 0xbf && ((uint8_t)s[2] & 0xc0) == 0x80;
}

static void escape_half(struct text *out, const char *s)
{
	text_addf(out, "\\u%04x", 0xd000u | ((uint8_t)s[1] & 0x3fu) << 6 | ((uint8_t)s[2] & 0x3fu));
}

void catalogue_escape(struct text *out, const char *s, size_t len, bool halves)
{
	const char *end = s + len;

	while (s < end) {
		const char *at = s;
		uint32_t c = text_next(&s, end);

		if (c == TEXT_BAD && s - at == 1 && halves && is_half(at, end)) {
			escape_half(out, at);
			s = at + HALF_BYTES;
		} else if ((c == TEXT_BAD && s - at == 1) || c < 0x20 || c == 0x7f) {
			text_addf(out, "\\x%02x", (uint8_t)*at);
		} else if (c == '\\') {
			text_add(out, "\\\\");
		} else {
			text_add_n(out, at, (size_t)(s - at));
		}
	}
}

static bool take_hex(struct reader *r, size_t digits, uint32_t *value)
{
	const uint8_t *p = reader_take(r, digits);

	*value = 0;
	for (size_t i = 0; p && i < digits; i++) {
		const char *digit = p[i] ? strchr(HEX_DIGITS, p[i]) : NULL;

		if (!digit)
			return false;
		*value = *value << 4 | (uint32_t)(digit - HEX_DIGITS);
	}
	return p != NULL;
}

/* What stands behind a backslash. */
static bool unescape(struct reader *r, struct text *out)
{
	uint8_t kind = reader_u8(r);
	uint32_t c;

	if (kind == '\\') {
		text_add(out, "\\");
		return true;
	}
	if (kind == 'x') {
		char byte;

		if (!take_hex(r, 2, &c) || c == 0)
			return false;
		byte = (char)c;
		text_add_n(out, &byte, 1);
		return true;
	}
	if (kind != 'u' || !take_hex(r, 4, &c) || c < 0xd800 || c > 0xdfff)
		return false;
	char half[HALF_BYTES] = { (char)0xed, (char)(0x80 | (c >> 6 & 0x3f)),
				  (char)(0x80 | (c & 0x3f)) };
	text_add_n(out, half, sizeof(half));
	return true;
}

/* Only names that a folder can hold. */
static bool is_path(const char *s, size_t len)
{
	for (size_t at = 0;; at++) {
		const char *slash = at < len ? memchr(s + at, '/', len - at) : NULL;
		size_t n = slash ? (size_t)(slash - s) - at : len - at;

		if (n == 0 || (n == 1 && s[at] == '.') || (n == 2 && memcmp(s + at, "..", 2) == 0))
			return false;
		at += n;
		if (!slash)
			return true;
	}
}

bool catalogue_path(const char *path, size_t len, struct text *out)
{
	struct reader r = reader_of(path, len);
	size_t begin = out->len;
	struct text again = { 0 };
	bool same = true;

	if (!is_path(path, len))
		return false;
	while (same && r.left) {
		const uint8_t *rest = memchr(r.at, '\\', r.left);
		size_t n = rest ? (size_t)(rest - r.at) : r.left;
		const uint8_t *plain = reader_take(&r, n);

		text_add_n(out, (const char *)plain, n);
		if (rest) {
			reader_skip(&r, 1);
			same = unescape(&r, out);
		}
	}
	/* A byte has two spellings only where halves do: whether NTFS wrote it is not
	 * known here, so both are compared. */
	for (int halves = 0; same && halves < 2; halves++) {
		text_clear(&again);
		catalogue_escape(&again, out->s + begin, out->len - begin, halves);
		if (again.len == len && memcmp(again.s, path, len) == 0)
			break;
		same = halves == 0;
	}
	text_release(&again);
	return same;
}
