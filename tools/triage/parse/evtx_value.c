/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of an event log as JSON, each by its type: docs/formats/evtx.md#values. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/decimal.h"
#include "lib/base/text.h"
#include "triage/parse/evtx_inside.h"

#define TICKS_PER_SECOND 10000000u
#define SECONDS_PER_DAY 86400u
#define DAYS_1601_TO_0000 584694u /* from 1 March of the year 0 */

/* Eight bytes as sixteen digits; `letter`: the first one behind 9. */
static inline octets hex_of(uint64_t eight, char letter)
{
	octets x = (octets)(words){ eight, 0 };

	x = __builtin_shufflevector(x >> 4, x & 15, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22,
				    7, 23);
	return x + '0' + ((octets)(x > 9) & (uint8_t)(letter - '0' - 10));
}

static char *put_hex(char *to, const uint8_t *p, size_t n)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; n >= 8; n -= 8, p += 8, to += 16) {
		octets x = hex_of(le64(p), 'A');

		memcpy(to, &x, 16);
	}
	for (size_t i = 0; i < n; i++) {
		*to++ = digits[p[i] >> 4];
		*to++ = digits[p[i] & 15];
	}
	return to;
}

static char *put_signed(char *to, const struct evtx_value *v)
{
	uint64_t x = evtx_le(v->at, v->len);
	unsigned unused_bits = 64 - v->len * 8;

	if (!(x >> (v->len * 8 - 1)))
		return decimal_put(to, x);
	*to++ = '-';
	return decimal_put(to, -(x << unused_bits) >> unused_bits);
}

static char *put_hex_number(char *to, uint64_t x)
{
	unsigned zeros = x ? (unsigned)__builtin_clzll(x) / 4 : 15;
	octets digits = hex_of(__builtin_bswap64(x << 4 * zeros), 'a');

	memcpy(to, "0x", 2);
	memcpy(to + 2, &digits, 16);
	return to + 18 - zeros;
}

char *evtx_guid(char *to, const uint8_t g[16], bool capitals)
{
	/* The first three groups are little-endian numbers. */
	uint64_t first = __builtin_bswap32(le32(g)) |
			 (uint64_t)__builtin_bswap16(le16(g + 4)) << 32 |
			 (uint64_t)__builtin_bswap16(le16(g + 6)) << 48;
	octets a = hex_of(first, capitals ? 'A' : 'a');
	octets b = hex_of(le64(g + 8), capitals ? 'A' : 'a');

	memcpy(to, &a, 8);
	memcpy(to + 9, (char *)&a + 8, 4);
	memcpy(to + 14, (char *)&a + 12, 4);
	memcpy(to + 19, &b, 4);
	memcpy(to + 24, (char *)&b + 4, 12);
	to[8] = to[13] = to[18] = to[23] = '-';
	return to + 36;
}

/* The Gregorian calendar, counted in eras of 400 years from 1 March. */
static char *put_date(char *to, uint64_t days_since_1601)
{
	uint64_t z = days_since_1601 + DAYS_1601_TO_0000;
	uint64_t era = z / 146097;
	unsigned day = (unsigned)(z % 146097);
	unsigned year_of_era = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	unsigned of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned month = (5 * of_year + 2) / 153;
	uint64_t year = era * 400 + year_of_era + (month >= 10);

	if (year > 9999) {
		*to++ = '+';
		to = decimal_put(to, year);
	} else {
		to = decimal_two(decimal_two(to, (unsigned)year / 100), (unsigned)year % 100);
	}
	*to++ = '-';
	to = decimal_two(to, month < 10 ? month + 3 : month - 9);
	*to++ = '-';
	return decimal_two(to, of_year - (153 * month + 2) / 5 + 1);
}

char *evtx_filetime(char *to, uint64_t ticks)
{
	uint64_t s = ticks / TICKS_PER_SECOND;
	unsigned of_day = (unsigned)(s % SECONDS_PER_DAY),
		 part = (unsigned)(ticks % TICKS_PER_SECOND);

	to = put_date(to, s / SECONDS_PER_DAY);
	*to++ = 'T';
	to = decimal_two(to, of_day / 3600);
	*to++ = ':';
	to = decimal_two(to, of_day / 60 % 60);
	*to++ = ':';
	to = decimal_two(to, of_day % 60);
	*to++ = '.';
	to = decimal_two(decimal_two(decimal_two(to, part / 100000), part / 1000 % 100),
			 part / 10 % 100);
	*to++ = (char)('0' + part % 10);
	*to++ = 'Z';
	return to;
}

static char *put_systemtime(char *to, const uint8_t *p)
{
	unsigned w[8];

	for (unsigned i = 0; i < 8; i++)
		w[i] = le16(p + 2 * (size_t)i);
	return to + snprintf(to, 64, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", w[0], w[1], w[3], w[4],
			     w[5], w[6], w[7]);
}

/* As few digits as give the same number again; a comma of the language becomes a point. */
static char *put_real(char *to, double x, int from, int digits, bool single)
{
	char s[40];

	if (!isfinite(x)) {
		memcpy(to, "null", 4);
		return to + 4;
	}
	for (;; from++) {
		snprintf(s, sizeof(s), "%.*g", from, x);
		if (from >= digits || (single ? strtof(s, NULL) == (float)x : strtod(s, NULL) == x))
			break;
	}
	for (const char *c = s; *c; c++)
		*to++ = strchr("+-e0123456789", *c) ? *c : '.';
	return to;
}

static bool sid_fits(const struct evtx_value *v)
{
	return v->len >= 8 && v->len >= 8 + 4u * v->at[1];
}

static char *put_sid(char *to, const uint8_t *p)
{
	uint64_t authority = 0;

	for (unsigned i = 2; i < 8; i++)
		authority = authority << 8 | p[i];
	*to++ = 'S';
	*to++ = '-';
	to = decimal_put(to, p[0]);
	*to++ = '-';
	to = decimal_put(to, authority);
	for (unsigned i = 0; i < p[1]; i++) {
		*to++ = '-';
		to = decimal_put(to, le32(p + 8 + 4 * (size_t)i));
	}
	return to;
}

/* Code page 1252, which is what nearly all of the few that there are were written in. */
static char *put_ansi(char *to, const uint8_t *p, size_t n)
{
	static const uint16_t c1[32] = {
		0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
		0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,   0x017d, 0x8f,
		0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
		0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178,
	};

	for (size_t i = 0; i < n; i++)
		to = escape_one(ESCAPE_JSON, to,
				p[i] >= 0x80 && p[i] < 0xa0 ? c1[p[i] - 0x80] : p[i], false);
	return to;
}

/* Bytes of one of this type, 0 if they vary. */
static uint32_t width_of(const struct evtx_value *v, unsigned type)
{
	static const uint8_t width[] = {
		[EVTX_INT8] = 1,     [EVTX_UINT8] = 1,  [EVTX_INT16] = 2, [EVTX_UINT16] = 2,
		[EVTX_INT32] = 4,    [EVTX_UINT32] = 4, [EVTX_INT64] = 8, [EVTX_UINT64] = 8,
		[EVTX_REAL32] = 4,   [EVTX_REAL64] = 8, [EVTX_BOOL] = 4,  [EVTX_GUID] = 16,
		[EVTX_FILETIME] = 8, [EVTX_HEX32] = 4,  [EVTX_HEX64] = 8, [EVTX_SYSTEMTIME] = 16
	};

	if (type == EVTX_SIZE) /* of the system that wrote it */
		return v->len % 8 ? 4 : 8;
	return type < sizeof(width) ? width[type] : 0;
}

static bool is_text_type(unsigned type)
{
	return type == EVTX_STRING || type == EVTX_XML;
}

/* Where the text that begins at `at` ends, and the next begins. */
static uint32_t text_end_of(const struct evtx_value *v, uint32_t at, unsigned unit)
{
	for (; at + unit <= v->len; at += unit)
		if (!v->at[at] && (unit == 1 || !v->at[at + 1]))
			return at;
	return v->len;
}

bool evtx_array_next(const struct evtx_value *array, uint32_t *at, struct evtx_value *element)
{
	unsigned type = array->type & ~(unsigned)EVTX_ARRAY;
	uint32_t left = array->len - *at, step = width_of(array, type);

	if (!left)
		return false;
	*element = (struct evtx_value){ array->at + *at, left, (uint8_t)type };
	if (is_text_type(type) || type == EVTX_ANSI) {
		unsigned unit = type == EVTX_ANSI ? 1 : 2;
		uint32_t end = text_end_of(array, *at, unit);

		element->len = end - *at;
		*at = array->len - end < unit ? array->len : end + unit;
		return true;
	}
	if (type == EVTX_SID && sid_fits(element))
		step = 8 + 4u * element->at[1];
	if (!step || step > left) { /* what is left of it */
		element->type = EVTX_BINARY;
		step = left;
	}
	element->len = step;
	*at += step;
	return true;
}

static char *put_integer(char *to, const struct evtx_value *v)
{
	if (v->type == EVTX_BOOL) { /* any number of bytes, any of them set: seen in the wild */
		bool set = false;

		for (uint32_t i = 0; i < v->len; i++)
			set |= v->at[i] != 0;
		memcpy(to, set ? "true" : "false", 5);
		return to + (set ? 4 : 5);
	}
	if (v->type <= EVTX_UINT64 && v->type & 1)
		return put_signed(to, v);
	return decimal_put(to, evtx_le(v->at, v->len));
}

/* One that prints as a JSON number or true and false. */
static bool is_bare(const struct evtx_value *v)
{
	if (v->type == EVTX_BOOL)
		return v->len > 0;
	if (v->type >= EVTX_INT8 && v->type <= EVTX_UINT64)
		return v->len > 0 && v->len <= 8;
	return (v->type == EVTX_REAL32 && v->len == 4) || (v->type == EVTX_REAL64 && v->len == 8);
}

static char *put_bare(char *to, const struct evtx_value *v)
{
	if (v->type == EVTX_REAL32) {
		uint32_t bits = le32(v->at);
		float x;

		memcpy(&x, &bits, 4);
		return put_real(to, (double)x, 6, 9, true);
	}
	if (v->type == EVTX_REAL64) {
		uint64_t bits = le64(v->at);
		double x;

		memcpy(&x, &bits, 8);
		return put_real(to, x, 15, 17, false);
	}
	return put_integer(to, v);
}

static char *put_list(char *to, const struct evtx_value *v, bool text)
{
	struct evtx_value element;

	for (uint32_t at = 0; evtx_array_next(v, &at, &element);) {
		to = text ? evtx_value_text(to, &element) : evtx_json(to, &element);
		*to++ = ',';
	}
	return v->len ? to - 1 : to;
}

char *evtx_value_text(char *to, const struct evtx_value *v)
{
	switch (v->type) {
	case EVTX_NULL:
		return to;
	case EVTX_STRING:
	case EVTX_XML:
		return evtx_escape(to, v->at, evtx_units(v));
	case EVTX_ANSI:
		return put_ansi(to, v->at, text_end_of(v, 0, 1));
	case EVTX_GUID:
		if (v->len == 16)
			return evtx_guid(to, v->at, true);
		break;
	case EVTX_FILETIME:
		if (v->len == 8)
			return evtx_filetime(to, le64(v->at));
		break;
	case EVTX_SYSTEMTIME:
		if (v->len == 16)
			return put_systemtime(to, v->at);
		break;
	case EVTX_SID:
		if (sid_fits(v))
			return put_sid(to, v->at);
		break;
	case EVTX_SIZE:
	case EVTX_HEX32:
	case EVTX_HEX64:
	case EVTX_HANDLE:
		if (v->len && v->len <= 8)
			return put_hex_number(to, evtx_le(v->at, v->len));
		break;
	default:
		if (v->type & EVTX_ARRAY)
			return put_list(to, v, true);
		if (is_bare(v))
			return put_bare(to, v);
		break;
	}
	return put_hex(to, v->at, v->len);
}

char *evtx_json(char *to, const struct evtx_value *v)
{
	if (v->type == EVTX_STRING) { /* most are */
		*to++ = '"';
		to = evtx_escape(to, v->at, evtx_units(v));
		*to++ = '"';
		return to;
	}
	if (v->type & EVTX_ARRAY) {
		*to++ = '[';
		to = put_list(to, v, false);
		*to++ = ']';
		return to;
	}
	if (v->type == EVTX_NULL) {
		memcpy(to, "null", 4);
		return to + 4;
	}
	if (is_bare(v))
		return put_bare(to, v);
	*to++ = '"';
	to = evtx_value_text(to, v);
	*to++ = '"';
	return to;
}
