/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kölner Phonetik: spelled differently, sounding alike. */
#include "handbook/phonetic.h"

#include <stdbool.h>
#include <string.h>

static bool in(const char *set, char c)
{
	return c && strchr(set, c);
}

/* The code of one letter between its neighbours (0 where there is none): one or
 * two digits, or none. */
static const char *letter(char c, char before, char after, bool first)
{
	if (in("aeijouy", c))
		return "0";
	if (c == 'b')
		return "1";
	if (c == 'p')
		return after == 'h' ? "3" : "1";
	if (in("dt", c))
		return in("csz", after) ? "8" : "2";
	if (in("fvw", c))
		return "3";
	if (in("gkq", c))
		return "4";
	if (c == 'c' && first)
		return in("ahkloqrux", after) ? "4" : "8";
	if (c == 'c')
		return !in("sz", before) && in("ahkoqux", after) ? "4" : "8";
	if (c == 'x')
		return in("ckq", before) ? "8" : "48";
	if (c == 'l')
		return "5";
	if (in("mn", c))
		return "6";
	if (c == 'r')
		return "7";
	if (in("sz", c))
		return "8";
	return ""; /* h, and everything that is no letter */
}

char *phonetic_code(char out[PHONETIC_MAX], const char *word)
{
	size_t n = 0;
	char before = 0, last = 0;
	bool first = true;

	for (; *word && n + 2 < PHONETIC_MAX; word++) {
		const char *digits;

		if (*word < 'a' || *word > 'z')
			continue;
		digits = letter(*word, before, word[1], first);
		for (; *digits; digits++) {
			/* Runs of one digit count once; vowels only at the beginning, but
			 * they do part two equal digits. */
			if (*digits != last && (*digits != '0' || n == 0))
				out[n++] = *digits;
			last = *digits;
		}
		before = *word;
		first = false;
	}
	out[n] = '\0';
	return out;
}
