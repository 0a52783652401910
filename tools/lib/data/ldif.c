/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LDIF, read in place. */
#include "lib/data/ldif.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"

struct ldif_reader ldif_read(char *bytes, size_t len)
{
	size_t bom = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	bytes[len] = '\0';
	return (struct ldif_reader){ .at = bytes + bom, .end = bytes + len, .line = 1 };
}

/* One physical line: from r->at to *stop, without CR and LF; r->at goes behind it. */
static char *physical_line(struct ldif_reader *r, char **stop)
{
	char *s = r->at, *lf = memchr(s, '\n', (size_t)(r->end - s));

	*stop = lf ? lf : r->end;
	r->at = lf ? lf + 1 : r->end;
	if (*stop > s && (*stop)[-1] == '\r')
		--*stop;
	return s;
}

/* One logical line: continuation lines (RFC 2849, 2.) joined in place, NUL behind it. */
static bool next_line(struct ldif_reader *r, char **line, char **stop, size_t *began,
		      struct error *e)
{
	size_t lines = 1;

	*began = r->line;
	*line = physical_line(r, stop);
	/* An empty line ends the entry, whatever follows. */
	while (*stop > *line && r->at < r->end && *r->at == ' ') {
		char *end, *from = physical_line(r, &end) + 1;

		if (end < from)
			end = from; /* " \r\n" was cut to nothing */
		memmove(*stop, from, (size_t)(end - from));
		*stop += end - from;
		lines++;
		if (*stop - *line > LDIF_LINE_MAX)
			break;
	}
	if (*stop - *line > LDIF_LINE_MAX)
		return error_set(e, ERROR_UNTRUSTED, _("an attribute of more than %d KiB"),
				 LDIF_LINE_MAX >> 10);
	if (memchr(*line, '\0', (size_t)(*stop - *line)))
		return error_set(e, ERROR_UNTRUSTED,
				 _("a NUL byte: this is no LDIF, or UTF-16; export it again as "
				   "UTF-8 (ldifde without -u)"));
	r->line += lines;
	**stop = '\0';
	return true;
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Base64 (RFC 4648, 4.) in place. False if it is none. */
static bool decode_base64(char *s, size_t *len)
{
	size_t to = 0, n = *len, bits = 0;
	unsigned held = 0;

	if (n % 4 != 0)
		return false;
	for (int i = 0; i < 2 && n && s[n - 1] == '='; i++)
		n--;
	for (size_t i = 0; i < n; i++) {
		int digit = base64_digit(s[i]);

		if (digit < 0)
			return false;
		held = (held << 6 | (unsigned)digit) & 0xffffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			s[to++] = (char)(held >> bits & 0xff);
		}
	}
	s[to] = '\0';
	*len = to;
	return true;
}

/* "name;options: value", "name:: base64", "name:< url". */
static bool split(struct ldif_attribute *a, char *line, const char *stop, struct error *e)
{
	char *colon = strchr(line, ':'), *value, *semicolon;

	if (!colon || colon == line || *line == ';')
		return error_set(e, ERROR_UNTRUSTED,
				 _("is not of the form 'attribute: value'; is a line broken "
				   "without the space before its rest?"));
	*colon = '\0';
	value = colon + 1;
	bool base64 = *value == ':';
	a->url = *value == '<';
	value += base64 || a->url;
	value += strspn(value, " ");
	a->value = value;
	a->len = (size_t)(stop - value);
	semicolon = strchr(line, ';');
	a->options = semicolon ? semicolon + 1 : "";
	if (semicolon)
		*semicolon = '\0';
	a->name = line;
	for (char *n = line; *n; n++)
		*n = (char)(*n >= 'A' && *n <= 'Z' ? *n | 0x20 : *n);
	if (base64 && !decode_base64(value, &a->len))
		return error_set(e, ERROR_UNTRUSTED, _("'%s' is said to be base64 and is not"),
				 a->name);
	return true;
}

/* The place of an attribute in an entry. */
static bool take(struct ldif_reader *r, struct ldif_entry *entry, const struct ldif_attribute *a,
		 struct error *e)
{
	if (!r->begun && strcmp(a->name, "version") == 0) {
		r->begun = true;
		if (strcmp(a->value, "1") == 0)
			return true;
		return error_set(e, ERROR_UNTRUSTED, _("LDIF version %s; only 1 is known"),
				 a->value);
	}
	r->begun = true;
	if (!entry->line) {
		entry->line = a->line;
		if (strcmp(a->name, "dn") == 0) {
			if (strlen(a->value) != a->len)
				return error_set(e, ERROR_UNTRUSTED, _("a NUL byte in a name"));
			entry->dn = a->value;
			return true;
		}
		/* What ldapsearch writes without -LLL, and referrals. */
		if (strcmp(a->name, "search") != 0 && strcmp(a->name, "ref") != 0)
			return error_set(e, ERROR_UNTRUSTED,
					 _("an entry begins with 'dn:', this one with '%s:'"),
					 a->name);
	}
	if (strcmp(a->name, "changetype") == 0 && !*entry->changetype) {
		entry->changetype = a->value;
		return true;
	}
	if (entry->count == LDIF_ATTRIBUTES_MAX)
		return error_set(e, ERROR_UNTRUSTED, _("more than %d attributes in one entry"),
				 LDIF_ATTRIBUTES_MAX);
	mem_grow(&entry->attributes, &entry->capacity, entry->count + 1,
		 sizeof(*entry->attributes));
	entry->attributes[entry->count++] = *a;
	return true;
}

bool ldif_next(struct ldif_reader *r, struct ldif_entry *entry, bool *more, struct error *e)
{
	entry->line = entry->count = 0;
	entry->dn = entry->changetype = "";
	while (r->at < r->end) {
		struct ldif_attribute a = { 0 };
		char *line, *stop;

		if (!next_line(r, &line, &stop, &a.line, e))
			return false;
		if (line == stop) {
			if (entry->line)
				break;
			continue;
		}
		if (*line == '#' || (stop - line == 1 && *line == '-'))
			continue;
		if (!split(&a, line, stop, e) || !take(r, entry, &a, e)) {
			r->line = a.line;
			return false;
		}
	}
	*more = entry->line > 0;
	return true;
}

void ldif_release(struct ldif_entry *entry)
{
	free(entry->attributes);
	*entry = (struct ldif_entry){ 0 };
}
