/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a line of a catalogue, in the one form that it can have. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/hex.h"
#include "lib/base/language.h"
#include "lib/image/catalogue_inside.h"

#define NO_TIME 255
#define SECONDS_LEN 19            /* "2026-11-26T15:04:05" */
#define YEARS_FROM (-62167219200) /* 0000-01-01 */
#define YEARS_TO 253402300799     /* 9999-12-31 */

void catalogue_time_put(char out[CATALOGUE_TIME], const struct filesystem_time *t)
{
	uint32_t fraction = t->ns;
	time_t s = t->s;
	struct tm tm;

	if (t->digits > 9 || t->s < YEARS_FROM || t->s > YEARS_TO || !gmtime_r(&s, &tm)) {
		snprintf(out, CATALOGUE_TIME, "-");
		return;
	}
	int n = snprintf(out, CATALOGUE_TIME, "%04u-%02u-%02uT%02u:%02u:%02u",
			 (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)(tm.tm_mon + 1) % 100,
			 (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100,
			 (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
	for (int i = t->digits; i < 9; i++)
		fraction /= 10;
	if (t->digits)
		n += snprintf(out + n, CATALOGUE_TIME - (size_t)n, ".%0*u", t->digits, fraction);
	snprintf(out + n, CATALOGUE_TIME - (size_t)n, "Z");
}

bool catalogue_time_parse(const char *s, size_t len, struct filesystem_time *t)
{
	static const char form[SECONDS_LEN + 1] = "0000-00-00T00:00:00";
	int part[6] = { 0 }, field = 0;
	char again[CATALOGUE_TIME];

	*t = (struct filesystem_time){ .digits = NO_TIME };
	if (len == 1 && *s == '-')
		return true;
	if (len <= SECONDS_LEN || len >= CATALOGUE_TIME)
		return false;
	for (size_t i = 0; i < SECONDS_LEN; i++) {
		if (form[i] != '0') {
			field++;
			continue;
		}
		if (s[i] < '0' || s[i] > '9')
			return false;
		part[field] = part[field] * 10 + (s[i] - '0');
	}
	size_t at = SECONDS_LEN + (s[SECONDS_LEN] == '.');
	uint64_t fraction = 0;

	t->digits = 0;
	while (at < len && s[at] >= '0' && s[at] <= '9' && t->digits < 9) {
		fraction = fraction * 10 + (uint64_t)(s[at++] - '0');
		t->digits++;
	}
	for (int i = t->digits; i < 9; i++)
		fraction *= 10;
	t->ns = (uint32_t)fraction;
	struct tm tm = { .tm_year = part[0] - 1900,
			 .tm_mon = part[1] - 1,
			 .tm_mday = part[2],
			 .tm_hour = part[3],
			 .tm_min = part[4],
			 .tm_sec = part[5] };
	t->s = timegm(&tm);
	/* Written again it must be the same: that refuses what is no date, and other forms. */
	catalogue_time_put(again, t);
	return strlen(again) == len && memcmp(again, s, len) == 0;
}

/* The bytes up to the next tab, which is taken too; the last field ends with the line. */
static bool field(const char **s, const char *end, bool last, const char **out, size_t *len)
{
	const char *tab = *s <= end ? memchr(*s, '\t', (size_t)(end - *s)) : end;

	if (*s > end || !tab == !last)
		return false;
	*out = *s;
	*len = (size_t)((tab ? tab : end) - *s);
	*s = (tab ? tab : end) + 1;
	return true;
}

static bool number(const char *s, size_t len, uint64_t max, uint64_t *out)
{
	*out = 0;
	if (len == 0 || (len > 1 && *s == '0'))
		return false;
	for (size_t i = 0; i < len; i++)
		if (s[i] < '0' || s[i] > '9' || __builtin_mul_overflow(*out, 10u, out) ||
		    __builtin_add_overflow(*out, (uint64_t)(s[i] - '0'), out))
			return false;
	return *out <= max;
}

static bool parse_hash(const char *s, size_t len, struct catalogue_line *c)
{
	c->has_hash = len != 1 || *s != '-';
	if (!c->has_hash)
		return true;
	if (len != sizeof(c->sha256) - 1 || strspn(s, HEX_DIGITS) < len)
		return false;
	memcpy(c->sha256, s, len);
	return true;
}

static bool parse_flags(const char *s, size_t len, struct catalogue_line *c)
{
	const char *next = CATALOGUE_FLAGS;

	if (len == 1 && *s == '-')
		return true;
	for (size_t i = 0; i < len; i++) {
		const char *at = s[i] ? strchr(next, s[i]) : NULL;

		if (!at)
			return false;
		c->flags |= 1u << (at - CATALOGUE_FLAGS);
		next = at + 1;
	}
	return len > 0;
}

/* What one field says of another. */
static bool is_consistent(const struct catalogue_line *c)
{
	const unsigned unread = FILESYSTEM_ENCRYPTED | FILESYSTEM_WOF | FILESYSTEM_LEFT_OUT |
				FILESYSTEM_UNREADABLE;
	bool has_content = c->type != 'd' && c->type != 'o';

	return c->has_hash == (has_content && !(c->flags & unread)) &&
	       (has_content || c->size_bytes == 0);
}

bool catalogue_parse(const char *line, size_t len, struct catalogue_line *c, struct error *e)
{
	enum { PARTITION, TYPE, SIZE, HASH, FLAGS, MODIFIED, CREATED, CHANGED, PATH, FIELDS };
	const char *at = line, *f[FIELDS];
	struct text bytes = { 0 };
	size_t n[FIELDS];
	uint64_t partition = 0;

	*c = (struct catalogue_line){ 0 };
	bool good = len <= CATALOGUE_LINE_MAX;
	for (int i = 0; good && i < FIELDS; i++)
		good = field(&at, line + len, i == FIELDS - 1, &f[i], &n[i]);
	good = good && number(f[PARTITION], n[PARTITION], UINT32_MAX, &partition) && partition &&
	       n[TYPE] == 1 && *f[TYPE] && strchr(CATALOGUE_TYPES, *f[TYPE]) &&
	       number(f[SIZE], n[SIZE], INT64_MAX, &c->size_bytes) &&
	       parse_hash(f[HASH], n[HASH], c) && parse_flags(f[FLAGS], n[FLAGS], c) &&
	       catalogue_time_parse(f[MODIFIED], n[MODIFIED], &c->modified) &&
	       catalogue_time_parse(f[CREATED], n[CREATED], &c->created) &&
	       catalogue_time_parse(f[CHANGED], n[CHANGED], &c->changed) &&
	       catalogue_path(f[PATH], n[PATH], &bytes);
	text_release(&bytes);
	if (!good)
		return error_set(e, ERROR_UNTRUSTED, _("a line of the catalogue is malformed"));
	c->partition = (uint32_t)partition;
	c->type = *f[TYPE];
	c->path = f[PATH];
	c->path_len = n[PATH];
	return is_consistent(c) ||
	       error_set(e, ERROR_UNTRUSTED, _("a line of the catalogue contradicts itself"));
}

int catalogue_order(const struct catalogue_line *a, const struct catalogue_line *b)
{
	size_t n = a->path_len < b->path_len ? a->path_len : b->path_len;

	if (a->partition != b->partition)
		return a->partition < b->partition ? -1 : 1;
	int order = memcmp(a->path, b->path, n);
	if (order)
		return order;
	return a->path_len < b->path_len ? -1 : a->path_len > b->path_len;
}
