/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines from the box: harmless, and, where they must be, JSON. */
#include "triage/check.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/text.h"
#include "triage/escape.h"
#include "triage/plain.h"

#define BLOCK_BYTES 64u

typedef uint8_t octets __attribute__((vector_size(PLAIN_BYTES)));

/* Which of PLAIN_BYTES from s on are neither ASCII without controls nor LF. One more than 0x7f, and all above,
 * is below 0; and LF is one of those that are found so. */
static inline plain_octets odd_octets(const char *s)
{
	octets x;

	memcpy(&x, s, sizeof(x));
	return ((plain_octets)(x + 1) < 0x21) ^ (plain_octets)(x == '\n');
}

/* Are BLOCK_BYTES from s on only ASCII without controls but LF? */
static inline bool is_plain_block(const char *s)
{
	const plain_octets odd = odd_octets(s) | odd_octets(s + 16) | odd_octets(s + 32) |
				 odd_octets(s + 48);
	uint64_t any[2];

	memcpy(any, &odd, sizeof(any));
	return !(any[0] | any[1]);
}

/* Behind the character at s, beyond ASCII; NULL if it is none or an unsafe one. */
static const char *pass_character(const char *s, const char *end)
{
	const char *begin = s;
	uint32_t c = text_next(&s, end);

	if (c == TEXT_BAD && s - begin == 1)
		return NULL;
	if (c < 0x600)
		return c >= 0xa0 && c != 0xad ? s : NULL;
	return text_is_unsafe(c) ? NULL : s;
}

bool check_lines(const char *s, size_t len)
{
	const char *end = s + len;

	if (!len || end[-1] != '\n')
		return false;
	while (s < end) {
		if (end - s >= (ptrdiff_t)BLOCK_BYTES && is_plain_block(s)) {
			s += BLOCK_BYTES;
			continue;
		}
		if (end - s >= (ptrdiff_t)PLAIN_BYTES) {
			unsigned plain = plain_run(s, 0x7f, 0x7f);

			s += plain;
			if (plain == PLAIN_BYTES)
				continue;
		}
		if (*s == '\n' || (*s >= 0x20 && *s < 0x7f)) {
			s++;
		} else if (*s == '\r') {
			if (*++s != '\n') /* there is one more: the last byte is LF */
				return false;
		} else {
			s = (uint8_t)*s < 0x80 ? NULL : pass_character(s, end);
			if (!s)
				return false;
		}
	}
	return true;
}

/* JSON. Each of these starts behind the first character, returns the place behind what it passed, or NULL. All
 * input ends with LF, which none of them passes: so the next byte can always be looked at. */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *pass_escape(const char *s)
{
	switch (*s) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		return s + 1;
	case 'u':
		for (int i = 1; i <= 4; i++)
			if (!escape_is_hex((uint8_t)s[i]))
				return NULL;
		return s + 5;
	default:
		return NULL;
	}
}

static const char *pass_string(const char *s, const char *end)
{
	for (;;) {
		if (end - s >= (ptrdiff_t)PLAIN_BYTES) {
			unsigned plain = plain_run(s, '"', '\\');

			s += plain;
			if (plain == PLAIN_BYTES)
				continue;
		}
		if (*s == '"')
			return s + 1;
		if (*s == '\\')
			s = pass_escape(s + 1);
		else if ((uint8_t)*s >= 0x80)
			s = pass_character(s, end);
		else
			s = *s >= 0x20 && *s < 0x7f ? s + 1 : NULL;
		if (!s)
			return NULL;
	}
}

static const char *pass_digits(const char *s)
{
	if (!is_digit(*s))
		return NULL;
	while (is_digit(*s))
		s++;
	return s;
}

static const char *pass_number(const char *s) /* from its first character on */
{
	s += *s == '-';
	if (*s == '0')
		s++;
	else if (!(s = pass_digits(s)))
		return NULL;
	if (*s == '.' && !(s = pass_digits(s + 1)))
		return NULL;
	if (*s == 'e' || *s == 'E') {
		s++;
		s += *s == '+' || *s == '-';
		s = pass_digits(s);
	}
	return s;
}

static const char *pass_word(const char *s, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - s) > len && memcmp(s, word, len) == 0 ? s + len : NULL;
}

/* What is no group. */
static const char *pass_scalar(const char *s, const char *end)
{
	switch (*s) {
	case '"':
		return pass_string(s + 1, end);
	case 't':
		return pass_word(s, end, "true");
	case 'f':
		return pass_word(s, end, "false");
	case 'n':
		return pass_word(s, end, "null");
	default:
		return pass_number(s);
	}
}

static const char *pass_key(const char *s, const char *end)
{
	if (*s != '"' || !(s = pass_string(s + 1, end)) || *s != ':')
		return NULL;
	return s + 1;
}

/* An object from its brace on. */
static const char *pass_object(const char *s, const char *end)
{
	uint64_t objects =
		1; /* a bit for each open group, the innermost lowest: is it an object? */
	unsigned depth = 1;
	bool empty = true; /* nothing stands in the innermost */

	if (*s++ != '{')
		return NULL;
	for (;;) {
		if (*s == (objects & 1 ? '}' : ']')) {
			s++;
			objects >>= 1;
			if (--depth == 0)
				return s;
			empty = false;
			continue;
		}
		if (!empty && *s++ != ',')
			return NULL;
		if ((objects & 1) && !(s = pass_key(s, end)))
			return NULL;
		if (*s == '{' || *s == '[') {
			if (depth++ == CHECK_DEPTH_MAX)
				return NULL;
			objects = objects << 1 | (*s == '{');
			s++;
			empty = true;
			continue;
		}
		if (!(s = pass_scalar(s, end)))
			return NULL;
		empty = false;
	}
}

bool check_json_lines(const char *s, size_t len)
{
	const char *end = s + len;

	if (!len || end[-1] != '\n')
		return false;
	while (s < end) {
		s = pass_object(s, end);
		if (!s || *s != '\n')
			return false;
		s++;
	}
	return true;
}
