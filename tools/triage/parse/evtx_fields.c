/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and times out of values, whatever they were written as. */
#include "lib/base/decimal.h"
#include "lib/data/date.h"
#include "triage/parse/evtx_inside.h"

/* A bit for each type that is a whole number. */
#define NUMBERS                                                                                    \
	((2u << EVTX_UINT64) - (1u << EVTX_INT8) + (1u << EVTX_SIZE) + (1u << EVTX_HEX32) +        \
	 (1u << EVTX_HEX64))

static bool number_of_text(const struct evtx_value *v, uint64_t *number)
{
	const size_t count = evtx_units(v);

	*number = 0;
	for (size_t i = 0; i < count; i++) {
		unsigned digit = le16(v->at + 2 * i) - (unsigned)'0';

		if (digit > 9 || __builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, digit, number))
			return false;
	}
	return count > 0;
}

bool evtx_number(const struct evtx_value *v, uint64_t *number)
{
	if (v->type > EVTX_HEX64 || !(NUMBERS >> v->type & 1))
		return v->type == EVTX_STRING && number_of_text(v, number);
	if (v->len == 0 || v->len > 8)
		return false;
	*number = evtx_le(v->at, v->len);
	return true;
}

static bool is_hex_or_dash(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
}

char *evtx_guid_of(char *to, const struct evtx_value *v)
{
	if (v->type == EVTX_GUID && v->len == 16)
		return evtx_guid(to, v->at, false);
	if (v->type != EVTX_STRING || evtx_units(v) != EVTX_GUID_CHARS + 2 || v->at[0] != '{')
		return NULL;
	for (unsigned i = 0; i < EVTX_GUID_CHARS; i++) {
		const uint8_t *unit = v->at + 2 * ((size_t)i + 1);
		char c = (char)(*unit >= 'A' && *unit <= 'F' ? *unit | 0x20 : *unit);

		if (unit[1] || !is_hex_or_dash(c))
			return NULL;
		*to++ = c;
	}
	return to;
}

char *evtx_field_json(char *to, enum evtx_field field, const struct evtx_value *v)
{
	uint64_t n;
	char *end;

	if (EVTX_IS_NUMBER(field) && evtx_number(v, &n))
		return decimal_put(to, n);
	if (EVTX_IS_GUID(field) && (end = evtx_guid_of(to + 1, v))) {
		*to = '"';
		*end = '"';
		return end + 1;
	}
	return evtx_json(to, v);
}

/* Days since 1601 of a day of the Gregorian calendar. */
static uint64_t days_of(unsigned year, unsigned month, unsigned day)
{
	unsigned y = year - (month <= 2), m = month > 2 ? month - 3 : month + 9;

	return (uint64_t)y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 584694;
}

static bool ticks_of(const unsigned w[6], uint64_t *ticks)
{
	if (w[0] < 1601 || w[0] > 9999 || w[1] < 1 || w[1] > 12 || w[2] < 1 ||
	    w[2] > date_month_days(w[0], w[1]) || w[3] > 23 || w[4] > 59 || w[5] > 60)
		return false;
	*ticks = (((days_of(w[0], w[1], w[2]) * 24 + w[3]) * 60 + w[4]) * 60 + w[5]) * 10000000;
	return true;
}

/* "2021-11-19T16:52:33", then up to nine digits behind a point, "Z" or nothing. */
static bool time_of_text(const struct evtx_value *v, uint64_t *ticks, uint32_t *rest)
{
	static const char shape[] = "0000-11-22T33:44:55";
	unsigned w[6] = { 0 }, scale = 100000000;
	uint32_t ns = 0, i = 0, count = (uint32_t)evtx_units(v);

	for (; i < sizeof(shape) - 1; i++) {
		unsigned c = i < count ? le16(v->at + 2 * (size_t)i) : 0;

		if (shape[i] < '0' || shape[i] > '5') {
			if (c != (unsigned char)shape[i])
				return false;
			continue;
		}
		if (c < '0' || c > '9')
			return false;
		w[shape[i] - '0'] = w[shape[i] - '0'] * 10 + (c - '0');
	}
	if (i < count && le16(v->at + 2 * (size_t)i) == '.')
		for (i++; i < count && scale; i++, scale /= 10) {
			unsigned digit = le16(v->at + 2 * (size_t)i) - (unsigned)'0';

			if (digit > 9)
				break;
			ns += digit * scale;
		}
	if (i < count && le16(v->at + 2 * (size_t)i) == 'Z')
		i++;
	if (i != count || !ticks_of(w, ticks))
		return false;
	*ticks += ns / 100;
	*rest = ns % 100;
	return true;
}

bool evtx_time(const struct evtx_value *v, uint64_t *ticks, uint32_t *rest)
{
	*rest = 0;
	if (v->type == EVTX_FILETIME && v->len == 8) {
		*ticks = le64(v->at);
		return true;
	}
	if (v->type == EVTX_SYSTEMTIME && v->len == 16) {
		const unsigned w[6] = { le16(v->at),     le16(v->at + 2),  le16(v->at + 6),
					le16(v->at + 8), le16(v->at + 10), le16(v->at + 12) };

		if (le16(v->at + 14) > 999 || !ticks_of(w, ticks))
			return false;
		*ticks += le16(v->at + 14) * UINT64_C(10000);
		return true;
	}
	return v->type == EVTX_STRING && time_of_text(v, ticks, rest);
}
