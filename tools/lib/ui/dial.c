/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telephone numbers in texts: where they are, and how they are read best. */
#include "lib/ui/dial.h"

#include <string.h>

#define FEWEST_DIGITS 7 /* fewer are years, amounts, paragraphs */
#define MOST_DIGITS 15  /* E.164 */
#define PIECE 3         /* digits that one keeps in mind at a glance */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* May a number begin after this byte? Not inside a word, a date or a number. */
static bool is_border(char c)
{
	return !is_digit(c) && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
	       !strchr("+-/.:_", c) && (unsigned char)c < 0x80;
}

/* Bytes of the number that begins at s; 0 if none does. */
static size_t number_length(const char *s)
{
	size_t n = 1, end = 0, digits = s[0] == '0';

	if ((s[0] != '+' && s[0] != '0') || !is_digit(s[1]))
		return 0;
	while (digits <= MOST_DIGITS) {
		if (is_digit(s[n])) {
			digits++;
			end = ++n;
		} else if (s[n] && strchr(" -/", s[n]) && is_digit(s[n + 1])) {
			n++;
		} else {
			break;
		}
	}
	return digits >= FEWEST_DIGITS && digits <= MOST_DIGITS ? end : 0;
}

/* As number_length(), for the short numbers; "§ 110" and "112 pages" are none. */
static size_t short_length(const char *text, size_t at)
{
	static const char *const known[] = { "110", "112", "115", "116117" };
	const char *s = text + at;
	size_t n = strspn(s, "0123456789");
	bool said = at == 0 || (at > 1 && s[-1] == ' ' && strchr(" ,:", s[-2]));

	if (!said || (s[n] && !strchr(" ,;)", s[n]) && !(s[n] == '.' && !is_digit(s[n + 1]))) ||
	    (s[n] == ' ' && s[n + 1] != '(' && s[n + 1] != ' '))
		return 0;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i]) == n && strncmp(s, known[i], n) == 0)
			return n;
	return 0;
}

bool dial_next(const char *text, size_t *before, size_t *length)
{
	for (size_t i = 0; text[i]; i++) {
		if (i > 0 && text[i - 1] && !is_border(text[i - 1]))
			continue;
		*length = number_length(text + i);
		if (*length == 0)
			*length = short_length(text, i);
		*before = i;
		if (*length)
			return true;
	}
	return false;
}

void dial_add(struct text *out, const char *number)
{
	while (*number) {
		size_t n = strspn(number, "0123456789");

		if (n == 0) {
			text_add_n(out, number++, 1);
			continue;
		}
		/* Four digits are still read as one; longer groups are divided as
		 * evenly as can be, the longer pieces first. */
		size_t pieces = n > 4 ? (n + PIECE - 1) / PIECE : 1;

		for (; pieces > 0; pieces--) {
			size_t now = (n + pieces - 1) / pieces;

			text_add_n(out, number, now);
			if (pieces > 1)
				text_add(out, " ");
			number += now;
			n -= now;
		}
	}
}
