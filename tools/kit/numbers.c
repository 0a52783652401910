/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telephone numbers between the words of a text: where one begins and ends, and whose it is. */
#include "kit/numbers.h"

#include <ctype.h>
#include <string.h>

#define DIGITS "0123456789"
#define DIALLED_MIN 7      /* digits, with the zero or the country; shorter ones are inside lines */
#define LONG_MIN_DIGITS 6  /* of any number with an area or a country */
#define SHORT_MAX_DIGITS 6 /* of one without */
#define E164_MAX 16        /* bytes of a number in normal form, with its plus */
#define DIGITS_MAX 20      /* of any number: fifteen, 00 and a zero to leave out */

static void collect(struct words *out, const struct table *t, bool open)
{
	for (size_t i = 0; i < t->count; i++) {
		if (open && !table_is_open(t, &t->records[i]))
			continue;
		for (size_t c = 0; t->layout->columns[c].key; c++)
			if (t->layout->columns[c].type == CELL_PHONE && *t->records[i].cells[c])
				words_add(out, t->records[i].cells[c]);
	}
}

void numbers_collect(struct numbers *n, const struct source *s)
{
	const struct table *t = &s->tables[CHANNELS];

	collect(&n->people, &s->tables[PEOPLE], false);
	collect(&n->allowed, &s->tables[ROLES], true);
	collect(&n->allowed, &s->tables[ORGANISATIONS], true);
	for (size_t i = 0; i < t->count; i++) {
		const char *owner = table_get(t, &t->records[i], "owner");
		const char *value = table_get(t, &t->records[i], "value");

		if (check_of_kind(owner, KIT_PERSON))
			words_add(&n->people, value);
		else if (table_is_open(t, &t->records[i]))
			words_add(&n->allowed, value);
	}
	words_sort(&n->people);
	words_sort(&n->allowed);
}

void numbers_release(struct numbers *n)
{
	words_release(&n->people);
	words_release(&n->allowed);
}

/* Bytes of one sign that may stand between the digits of a number; 0: none does. */
static size_t sign_length(const char *s)
{
	if (*s && strchr(" -/().\t", *s))
		return 1;
	if (strncmp(s, "\xc2\xa0", 2) == 0) /* a space that does not break */
		return 2;
	return strncmp(s, "\xe2\x80\x93", 3) == 0 ? 3 : 0; /* a dash */
}

/* Bytes that a date or a time takes at the beginning: "01.11.2026", "08.30". */
static size_t date_length(const char *s)
{
	size_t a = strspn(s, DIGITS), b, end;

	if (a < 1 || a > 2 || s[a] != '.')
		return 0;
	b = strspn(s + a + 1, DIGITS);
	end = a + 1 + b;
	if (b < 1 || b > 2)
		return 0;
	if (s[end] == '.') {
		size_t year = strspn(s + end + 1, DIGITS);

		if (year == 2 || year == 4 || year == 0)
			end += 1 + year;
		else
			return 0;
	}
	return isdigit((unsigned char)s[end]) ? 0 : end;
}

/* Bytes of the signs between two groups of digits. */
static size_t gap_length(const char *s)
{
	size_t n = 0, sign;

	while ((sign = sign_length(s + n)) > 0)
		n += sign;
	return n;
}

/* Is there " / " between two groups? It may part two numbers, or an area from its number. */
static bool has_slash(const char *gap, size_t len)
{
	for (size_t i = 0; i + 3 <= len; i++)
		if (memcmp(gap + i, " / ", 3) == 0)
			return true;
	return false;
}

/* The places where a number that begins at `s` may end: behind each group of digits. */
struct ends {
	const char *s;
	size_t length[DIGITS_MAX], digits[DIGITS_MAX]; /* up to there */
	size_t count;
	bool all; /* no more digits come behind the last one */
};

static void find_ends(const char *s, struct ends *e)
{
	size_t n = *s == '+', digits = 0;
	const char *second = s + 1 + gap_length(s + 1);

	/* No country begins with 0: rows of zeros, of which there may be many, cost nothing. */
	if ((*s == '+' && *second == '0') ||
	    (*s == '0' && *second == '0' && second[1 + gap_length(second + 1)] == '0')) {
		*e = (struct ends){ .s = s, .all = true };
		return;
	}

	*e = (struct ends){ .s = s };
	while (isdigit((unsigned char)s[n])) {
		size_t group = strspn(s + n, DIGITS);

		n += group;
		digits += group;
		if (digits > DIGITS_MAX || n >= NUMBERS_WRITTEN_MAX)
			return;
		e->length[e->count] = n;
		e->digits[e->count++] = digits;
		n += gap_length(s + n);
		/* Only behind a country is this zero a part of the number. */
		if (digits >= LONG_MIN_DIGITS && strncmp(s + n - 1, "(0)", 3) == 0)
			break;
	}
	e->all = true;
}

static bool normal_up_to(const struct ends *e, size_t end, char normal[PHONE_MAX])
{
	char written[NUMBERS_WRITTEN_MAX];

	if (*e->s == '+' || *e->s == '0' ? e->digits[end] < LONG_MIN_DIGITS
					 : e->digits[end] > SHORT_MAX_DIGITS)
		return false;
	memcpy(written, e->s, e->length[end]);
	written[e->length[end]] = '\0';
	return phone_normal(written, normal);
}

/* Do other digits stand before it in the same row? */
static bool follows_digits(const char *begin, const char *s)
{
	const char *before = s;

	while (before > begin && strchr(" -/().\t", before[-1]))
		before--;
	return before > begin && isdigit((unsigned char)before[-1]) &&
	       !has_slash(before, (size_t)(s - before));
}

/* A short number is one only if no other digits stand with it, and no time is meant:
 * "069 90009101-30", "10.30". */
static bool stands_alone(const char *begin, const struct ends *e, size_t end)
{
	const char *behind = e->s + e->length[end];

	if (date_length(e->s) || follows_digits(begin, e->s))
		return false;
	return (end + 1 == e->count && e->all) || has_slash(behind, gap_length(behind));
}

enum known { UNKNOWN, OF_A_PERSON, ALLOWED };

struct scan {
	const struct numbers *n;
	const char *begin; /* of the text */
	const char *clear; /* no known number begins with a 0 from here back to where we are */
};

/* Whose is the number that begins at `s`? The longest one counts: behind an area and a
 * number there may be a line. */
static enum known known_at(const struct scan *c, const char *s, size_t *len)
{
	struct ends e;
	char written[NUMBERS_WRITTEN_MAX], normal[PHONE_QUERY_MAX];
	size_t last, whole;

	find_ends(s, &e);
	if (!e.count)
		return UNKNOWN;
	last = e.count - 1;
	memcpy(written, s, e.length[last]);
	written[e.length[last]] = '\0';
	if (!phone_query(written, normal))
		return UNKNOWN;
	/* The number up to an earlier end is the beginning of that up to the last. */
	whole = strlen(normal);
	for (size_t i = e.count; i--;) {
		size_t rest = e.digits[last] - e.digits[i];

		if (rest >= whole || whole - rest > E164_MAX ||
		    (*normal == '+' && whole - rest < LONG_MIN_DIGITS) ||
		    (*normal != '+' && !stands_alone(c->begin, &e, i)))
			continue;
		normal[whole - rest] = '\0';
		*len = e.length[i];
		if (words_have(&c->n->people, normal))
			return OF_A_PERSON;
		if (words_have(&c->n->allowed, normal))
			return ALLOWED;
	}
	return UNKNOWN;
}

/* What may stand before the first sign of a number: no other word or number. The full
 * stop of "Tel." does. */
static bool may_begin(const char *begin, const char *s)
{
	unsigned char before = s > begin ? (unsigned char)s[-1] : ' ';
	unsigned char further = s > begin + 1 ? (unsigned char)s[-2] : ' ';

	if (before == '.')
		return isalpha(further) || further >= 0x80;
	return !isalnum(before) && !strchr("/-_=+&%#", before);
}

/* Does another number, or a date, begin behind this end? */
static bool ends_here(struct scan *c, const struct ends *e, size_t end)
{
	const char *gap = e->s + e->length[end], *next = gap + gap_length(gap);
	size_t len;

	if ((e->digits[end] >= DIALLED_MIN && has_slash(gap, (size_t)(next - gap))) ||
	    date_length(next))
		return true;
	if (*next != '0' || next <= c->clear)
		return false;
	if (known_at(c, next, &len) != UNKNOWN)
		return true;
	c->clear = next;
	return false;
}

/* The bytes of a number that is dialled and not known, as people write it; 0 if none begins
 * at `s`. */
static size_t dialled_at(struct scan *c, const char *s)
{
	struct ends e;
	char normal[PHONE_MAX];
	size_t i = 0;
	bool has_area;

	if ((*s != '+' && *s != '0') || !may_begin(c->begin, s) || date_length(s))
		return 0;
	find_ends(s, &e);
	/* A row of digits too long for one number may begin with one; but not "01 02 03 ...",
	 * where no area or country is. */
	has_area = *s == '+' || s[1] == '0' || (e.count && e.digits[0] > 2);
	if (!has_area && follows_digits(c->begin, s))
		return 0;
	while (i < e.count && !ends_here(c, &e, i))
		i++;
	if (i < e.count) {
		e.count = i + 1;
		e.all = true;
	}
	for (i = e.count; i-- && e.digits[i] >= DIALLED_MIN;)
		if ((has_area || (e.all && i == e.count - 1)) && normal_up_to(&e, i, normal))
			return e.length[i];
	return 0;
}

enum number_of numbers_next(const struct numbers *n, const char **text, const char *begin,
			    char written[NUMBERS_WRITTEN_MAX])
{
	struct scan c = { n, begin, begin };
	const char *s = *text;

	while (*(s += strcspn(s, "+" DIGITS))) {
		enum known known = UNKNOWN;
		size_t len = 0;

		if (*s != '0' || s == begin || s > c.clear)
			known = known_at(&c, s, &len);
		if (known == UNKNOWN)
			len = dialled_at(&c, s);
		if (len && known != ALLOWED) {
			memcpy(written, s, len);
			written[len] = '\0';
			*text = s + len;
			return known == OF_A_PERSON ? NUMBER_PERSON : NUMBER_NOBODY;
		}
		s += len ? len : *s == '+' ? 1 : strspn(s, DIGITS);
	}
	*text = s;
	return NUMBER_END;
}
