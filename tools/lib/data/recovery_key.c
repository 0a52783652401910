/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BitLocker's recovery passwords: as they are typed, scanned and printed. */
#include "lib/data/recovery_key.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define GROUP_DIGITS 6
#define MEANT_DIGITS 40 /* 48, of which some were forgotten */
#define FACTOR 11

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_between(char c)
{
	return c && !is_letter(c) && !strchr(DIGITS, c);
}

static const char *behind_what_is_between(const char *s)
{
	while (is_between(*s))
		s++;
	return s;
}

static bool group_is_right(const char *digits)
{
	char group[GROUP_DIGITS + 1] = { 0 };

	memcpy(group, digits, GROUP_DIGITS);
	unsigned long value = strtoul(group, NULL, 10);
	return value % FACTOR == 0 && value / FACTOR <= 0xffff;
}

unsigned recovery_key_read(const char *s, char out[RECOVERY_KEY_TEXT])
{
	s = behind_what_is_between(s);
	/* Written in one piece, else in groups of which each is to have its digits. */
	bool whole = strspn(s, DIGITS) >= 2 * GROUP_DIGITS;

	for (unsigned group = 1; group <= RECOVERY_KEY_GROUPS; group++) {
		size_t digits = strspn(s, DIGITS);
		if (whole ? digits < GROUP_DIGITS : digits != GROUP_DIGITS)
			return group;
		if (!group_is_right(s))
			return group;
		memcpy(out, s, GROUP_DIGITS);
		out[GROUP_DIGITS] = group < RECOVERY_KEY_GROUPS ? '-' : '\0';
		out += GROUP_DIGITS + 1;
		s = behind_what_is_between(s + GROUP_DIGITS);
	}
	return *s ? RECOVERY_KEY_GROUPS : 0;
}

bool recovery_key_is_meant(const char *s)
{
	size_t digits = 0;

	for (; *s; s++) {
		if (is_letter(*s))
			return false;
		digits += !is_between(*s);
	}
	return digits >= MEANT_DIGITS;
}

/* And no more of them: which 8 of 9 it would be, nobody knows. */
static bool begins_one(const char *s)
{
	for (unsigned group = 1; group <= RECOVERY_KEY_GROUPS; group++) {
		if (strspn(s, DIGITS) != GROUP_DIGITS)
			return false;
		s += GROUP_DIGITS;
		if ((*s == '-') != (group < RECOVERY_KEY_GROUPS))
			return false;
		s++;
	}
	return true;
}

const char *recovery_key_find(const char *text)
{
	while (*(text += strcspn(text, DIGITS))) {
		if (begins_one(text))
			return text;
		text += strspn(text, DIGITS "-");
	}
	return NULL;
}
