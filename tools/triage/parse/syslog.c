/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text logs of Linux: the time in front, who wrote it, what. */
#include "triage/parse/syslog.h"

#include "lib/data/date.h"

#define HALF_A_YEAR 6 /* months: a step back of more is a new year, of less a clock that was set */
#define PROGRAM_MAX 64

/* Two decimal digits, or UINT_MAX. */
static unsigned two(const char *s)
{
	if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
		return 1000;
	return (unsigned)(s[0] - '0') * 10 + (unsigned)(s[1] - '0');
}

/* "12:34:56" */
static bool clock_of(const char *s, unsigned *second)
{
	unsigned h = two(s), m = two(s + 3), sec = two(s + 6);

	if (s[2] != ':' || s[5] != ':' || h > 23 || m > 59 || sec > 60)
		return false;
	*second = h * 3600 + m * 60 + sec;
	return true;
}

/* "May  1 12:34:56 " (RFC 3164, 4.1.2) */
static bool old_time(struct span *rest, struct syslog_record *r)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *s = rest->s;

	if (rest->len < 16 || s[3] != ' ' || s[6] != ' ' || !clock_of(s + 7, &r->second) ||
	    s[15] != ' ')
		return false;
	for (unsigned i = 0; i < 12 && !r->month; i++)
		if (memcmp(months + (size_t)3 * i, s, 3) == 0)
			r->month = i + 1;
	const char day[2] = { s[4] == ' ' ? '0' : s[4], s[5] };
	r->day = two(day);
	if (!r->month || !date_exists(2024, r->month, r->day)) /* of any year, a leap year too */
		return false;
	*rest = (struct span){ s + 16, rest->len - 16 };
	return true;
}

/* "+02:00", "+0200" or "Z" */
static bool zone(struct span *rest, struct syslog_record *r)
{
	const char *s = rest->s;
	size_t n = rest->len && *s == 'Z' ? 1 : 0;

	if (!n && rest->len >= 5 && (*s == '+' || *s == '-')) {
		n = s[3] == ':' ? 6 : 5;
		if (rest->len < n || two(s + 1) > 23 || two(s + n - 2) > 59)
			return false;
		r->zone_s = (int32_t)(two(s + 1) * 3600 + two(s + n - 2) * 60);
		if (*s == '-')
			r->zone_s = -r->zone_s;
	}
	r->has_zone = n;
	*rest = (struct span){ s + n, rest->len - n };
	return true;
}

/* "2024-05-01T12:34:56.123456+02:00 " (RFC 3339, 5.6), also with a blank for the T */
static bool iso_time(struct span *rest, struct syslog_record *r)
{
	const char *s = rest->s;

	if (rest->len < 20 || s[4] != '-' || s[7] != '-' || (s[10] != 'T' && s[10] != ' ') ||
	    two(s) > 99 || two(s + 2) > 99 || !clock_of(s + 11, &r->second))
		return false;
	r->year = two(s) * 100 + two(s + 2);
	r->month = two(s + 5);
	r->day = two(s + 8);
	if (!date_exists(r->year, r->month, r->day))
		return false;
	*rest = (struct span){ s + 19, rest->len - 19 };
	if (rest->s[0] == '.' || rest->s[0] == ',') {
		size_t n = 1;
		uint32_t unit = 100000000;

		for (; n < rest->len && rest->s[n] >= '0' && rest->s[n] <= '9'; n++, unit /= 10) {
			r->ns += (uint32_t)(rest->s[n] - '0') * unit;
			if (n <= 9)
				r->digits = (uint8_t)n;
		}
		*rest = (struct span){ rest->s + n, rest->len - n };
	}
	if (!zone(rest, r) || !rest->len || *rest->s != ' ')
		return false;
	return true;
}

/* "<34>", which files mostly do not have */
static void priority(struct span *rest, struct syslog_record *r)
{
	struct span inside = { 0 }, after = *rest;
	uint64_t value;

	if (!span_begins(after, "<") || !span_until(&after, '>', &inside) || !after.s)
		return;
	inside = (struct span){ inside.s + 1, inside.len - 1 };
	if (inside.len > 3 || !span_number(inside, &value) || value > 191)
		return;
	r->has_priority = true;
	r->priority = (uint32_t)value;
	*rest = after;
}

/* "sshd[123]: ", "kernel: "; without that all of it is message. */
static void program(struct span rest, struct syslog_record *r)
{
	size_t n = 0, end;

	while (n < rest.len && n <= PROGRAM_MAX && !is_blank(rest.s[n]) && rest.s[n] != ':' &&
	       rest.s[n] != '[')
		n++;
	r->message = rest;
	if (!n || n > PROGRAM_MAX || n == rest.len)
		return;
	end = n;
	if (rest.s[n] == '[') {
		const char *close = memchr(rest.s + n, ']', rest.len - n);

		if (!close)
			return;
		end = (size_t)(close - rest.s) + 1;
		const struct span inside = { rest.s + n + 1, end - n - 2 };
		r->has_pid = span_number(inside, &r->pid);
		if (!r->has_pid)
			return;
	}
	if (end == rest.len || rest.s[end] != ':') {
		r->has_pid = false;
		return;
	}
	r->program = (struct span){ rest.s, n };
	r->message = span_trim((struct span){ rest.s + end + 1, rest.len - end - 1 });
}

/* A word of RFC 5424; absent if it is "-". */
static struct span word_or_none(struct span *rest)
{
	const struct span word = span_word(rest);

	return word.len && !span_is(word, "-") ? word : (struct span){ 0 };
}

/* "[id name=\"value\"][...]" in front of *rest, or "-": RFC 5424, 6.3. */
static struct span structured_data(struct span *rest)
{
	struct span out = { rest->s, 0 };
	bool quoted = false, open = false;

	if (!rest->len || *rest->s != '[')
		return word_or_none(rest);
	for (; out.len < rest->len && (open || rest->s[out.len] == '['); out.len++) {
		const char c = rest->s[out.len];

		if (quoted && c == '\\' && out.len + 1 < rest->len)
			out.len++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '[' || c == ']'))
			open = c == '[';
	}
	*rest = span_trim((struct span){ rest->s + out.len, rest->len - out.len });
	return out;
}

/* "1 2003-10-11T22:14:15.003Z pc su 12 ID47 - 'su root'" (RFC 5424, 6), behind its priority. */
static bool new_form(struct span rest, struct syslog_record *r)
{
	static const char mark[] = "\xef\xbb\xbf"; /* that the message is UTF-8 */

	rest = (struct span){ rest.s + 2, rest.len - 2 };
	if (!iso_time(&rest, r))
		return false;
	r->host = word_or_none(&rest);
	r->program = word_or_none(&rest);
	r->process = word_or_none(&rest);
	r->has_pid = span_number(r->process, &r->pid);
	r->message_id = word_or_none(&rest);
	r->structured = structured_data(&rest);
	if (span_begins(rest, mark))
		rest = (struct span){ rest.s + 3, rest.len - 3 };
	r->message = rest;
	return true;
}

bool syslog_parse(const struct line *l, struct syslog_record *r)
{
	struct span rest = { l->s, l->len };

	*r = (struct syslog_record){ 0 };
	priority(&rest, r);
	if (r->has_priority && span_begins(rest, "1 "))
		return new_form(rest, r);
	if (!old_time(&rest, r) && !iso_time(&rest, r))
		return false;
	/* "kernel: …" right behind the time: some write no host. */
	struct span behind = rest, word = span_word(&behind);
	if (!word.len || word.s[word.len - 1] != ':') {
		r->host = word;
		rest = behind;
	} else {
		rest = span_trim(rest);
	}
	program(rest, r);
	return true;
}

void syslog_years(struct syslog_years *y, const struct syslog_record *r)
{
	if (r->year)
		return;
	if (y->month > r->month && y->month - r->month >= HALF_A_YEAR) {
		y->turns++;
		y->left_month = y->month;
		y->left_day = y->day;
	} else if (y->left_month && r->month > y->month && r->month - y->month >= HALF_A_YEAR &&
		   (r->month > y->left_month ||
		    (r->month == y->left_month && r->day >= y->left_day))) {
		/* Back to where it was: a clock without a battery was set, and no year began. */
		y->turns--;
		y->left_month = 0;
	} else if (y->month != r->month) { /* time went on */
		y->left_month = 0;
	}
	y->month = r->month;
	y->day = r->day;
}

unsigned syslog_year_before(unsigned month, unsigned day, int64_t last_day)
{
	unsigned year, m, d;

	date_of(last_day, &year, &m, &d);
	return month > m || (month == m && day > d) ? year - 1 : year;
}
