/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telephone numbers: one form to compare, one to read. */
#include "lib/data/phone.h"

#include <stdio.h>
#include <string.h>

#define COUNTRY "49" /* what a leading single 0 stands for */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Only the digits, at most PHONE_MAX - 2, with a leading plus kept. False at
 * anything that is not written in numbers. */
static bool digits_of(const char *s, char out[PHONE_MAX])
{
	size_t n = 0;

	out[0] = '\0';
	while (*s == ' ')
		s++;
	if (*s == '+')
		out[n++] = *s++;
	for (; *s; s++) {
		/* "+49 (0)69", "0049 (0)69": the zero in brackets is not dialled from abroad. */
		if ((out[0] == '+' ? n > 1 : n > 2 && strncmp(out, "00", 2) == 0) &&
		    strncmp(s, "(0)", 3) == 0) {
			s += 2;
			continue;
		}
		if (is_digit(*s)) {
			if (n >= PHONE_MAX - 2)
				return false;
			out[n++] = *s;
		} else if (!strchr(" -/().\t", *s) && strncmp(s, "\xc2\xa0", 2) != 0 &&
			   strncmp(s, "\xe2\x80\x93", 3) != 0) {
			return false;
		} else if ((unsigned char)*s >= 0x80) {
			s += (unsigned char)*s == 0xc2 ? 1 : 2;
		}
	}
	out[n] = '\0';
	return n > 0;
}

/* "0171..." and "0049171..." to "+49171..."; others unchanged. */
static void with_country(const char *digits, char *out, size_t size)
{
	size_t code = strlen("+" COUNTRY);

	if (strncmp(digits, "00", 2) == 0)
		snprintf(out, size, "+%s", digits + 2);
	else if (digits[0] == '0')
		snprintf(out, size, "+" COUNTRY "%s", digits + 1);
	else
		snprintf(out, size, "%s", digits);
	/* "+49 0171": dialled with this zero it leads nowhere, and what is meant is clear. */
	if (strncmp(out, "+" COUNTRY "0", code + 1) == 0)
		memmove(out + code, out + code + 1, strlen(out + code));
}

bool phone_normal(const char *written, char out[PHONE_MAX])
{
	char digits[PHONE_MAX], full[PHONE_MAX + 3];
	size_t len;

	if (!digits_of(written, digits))
		return false;
	with_country(digits, full, sizeof(full));
	len = strlen(full);
	if (full[0] != '+') {
		if (len < 2 || len > 6)
			return false; /* neither a short number nor with an area code */
	} else if (len < 8 || len > 16 || full[1] == '0' ||
		   strncmp(full, "+" COUNTRY "0", strlen("+" COUNTRY "0")) == 0) {
		return false; /* E.164: at most 15 digits, no country or area begins with 0 */
	}
	memcpy(out, full, len + 1); /* at most 16 digits, or 6 */
	return true;
}

/* How many digits after +49 are the area or mobile code. Two: the four largest
 * cities. Three: mobile, free and special services, and the areas whose third
 * digit is 1, with those few that are not so regular. All others are taken as
 * four: a space in the wrong place misleads nobody, dialling ignores it. */
static size_t code_length(const char *national)
{
	static const char two[] = "30 40 69 89";
	static const char three[] = "202 203 208 209 212 214 228 234 335 340 345 355 365 375 385 "
				    "395 800 900 906 700";
	char key[4];

	snprintf(key, sizeof(key), "%.2s", national);
	if (strstr(two, key))
		return 2;
	snprintf(key, sizeof(key), "%.3s", national);
	if (key[0] == '1' || strstr(three, key) || key[2] == '1')
		return 3;
	return 4;
}

char *phone_readable(const char *normal, char out[PHONE_MAX])
{
	size_t prefix = strlen("+" COUNTRY);

	if (strncmp(normal, "+" COUNTRY, prefix) == 0 && strlen(normal) > prefix + 4) {
		size_t n = code_length(normal + prefix);

		snprintf(out, PHONE_MAX, "+" COUNTRY " %.*s %s", (int)n, normal + prefix,
			 normal + prefix + n);
	} else {
		snprintf(out, PHONE_MAX, "%s", normal);
	}
	return out;
}

bool phone_looks_like(const char *typed)
{
	char digits[PHONE_MAX];
	size_t n;

	if (!digits_of(typed, digits))
		return false;
	n = strlen(digits) - (digits[0] == '+');
	return n >= 3;
}

bool phone_query(const char *typed, char out[PHONE_QUERY_MAX])
{
	char digits[PHONE_MAX];

	if (!digits_of(typed, digits))
		return false;
	with_country(digits, out, PHONE_QUERY_MAX);
	return true;
}

int phone_query_match(const char *query, const char *normal)
{
	const char *bare = normal + (normal[0] == '+'), *at;
	size_t len = strlen(query);

	if (query[0] == '+') {
		if (strncmp(query, normal, len) != 0)
			return -1;
		return normal[len] ? 1 : 0;
	}
	at = strstr(bare, query);
	if (!at)
		return -1;
	if (at == bare)
		return normal == bare && !bare[len] ? 0 : 1;
	return strcmp(bare + strlen(bare) - len, query) == 0 ? 2 : 3;
}

int phone_match(const char *typed, const char *normal)
{
	char query[PHONE_QUERY_MAX];

	return phone_query(typed, query) ? phone_query_match(query, normal) : -1;
}
