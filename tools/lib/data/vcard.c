/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vCards, read in place and written. */
#include "lib/data/vcard.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "lib/base/language.h"

struct vcard_reader vcard_read(char *bytes, size_t len)
{
	size_t bom = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	bytes[len] = '\0';
	return (struct vcard_reader){ .at = bytes + bom, .end = bytes + len, .line = 1 };
}

/* The end of the line at `s`, without its CR LF, CR or LF; *next is behind them. */
static char *line_end(char *s, const char *end, char **next)
{
	char *stop = s + strcspn(s, "\r\n");

	while (stop < end && *stop == '\0') /* refused later, with its line */
		stop += 1 + strcspn(stop + 1, "\r\n");
	*next = stop;
	if (*next < end && **next == '\r')
		++*next;
	if (*next < end && **next == '\n' && (*next == stop || (*next)[-1] == '\r'))
		++*next;
	return stop;
}

/* Does the line say that its value is encoded so? Only what precedes the value. */
static bool has_encoding(const char *s, const char *end, const char *word)
{
	size_t n = strlen(word);
	bool quoted = false;

	for (; s < end && (quoted || *s != ':'); s++) {
		quoted ^= *s == '"';
		if ((*s == ';' || *s == '=') && (size_t)(end - s) > n + 1 &&
		    strncasecmp(s + 1, word, n) == 0 && strchr(";:,", s[n + 1]))
			return true;
	}
	return false;
}

static bool is_base64_line(const char *s, const char *end)
{
	if (s == end)
		return false;
	for (; s < end; s++)
		if (!((*s | 0x20) >= 'a' && (*s | 0x20) <= 'z') && !(*s >= '0' && *s <= '9') &&
		    *s != '+' && *s != '/' && *s != '=')
			return false;
	return true;
}

/* Is what follows part of the property that ends before `next`? 0, or how many
 * bytes of its beginning do not count, plus one. */
static size_t continues(const struct vcard_reader *r, char *next, bool soft, bool base64)
{
	char *after;

	if (next >= r->end)
		return 0;
	if (soft)
		return 1;
	if (*next == ' ' || *next == '\t')
		/* 2.1 breaks lines at spaces and keeps those; later versions add one. */
		return r->old && !base64 ? 1 : 2;
	return base64 && is_base64_line(next, line_end(next, r->end, &after)) ? 1 : 0;
}

/* One logical line, unfolded in place and ended by NUL; *stop is that end. */
static bool next_line(struct vcard_reader *r, char **line, char **stop, size_t *began,
		      struct error *e)
{
	char *next, *to;
	bool quoted_printable, base64;
	size_t skip;

	*began = r->line;
	*line = r->at;
	to = line_end(r->at, r->end, &next);
	quoted_printable = has_encoding(*line, to, "QUOTED-PRINTABLE");
	base64 = has_encoding(*line, to, "BASE64") || has_encoding(*line, to, "B");
	for (;; r->line++) {
		bool soft = quoted_printable && to > *line && to[-1] == '=';
		char *from;

		skip = continues(r, next, soft, base64);
		if (!skip)
			break;
		to -= soft;
		from = next + skip - 1;
		char *end = line_end(from, r->end, &next);
		memmove(to, from, (size_t)(end - from));
		to += end - from;
		if (to - *line > VCARD_LINE_MAX) {
			r->line = *began;
			return error_set(e, ERROR_UNTRUSTED, _("a property of more than %d KiB"),
					 VCARD_LINE_MAX >> 10);
		}
	}
	if (to - *line > VCARD_LINE_MAX || memchr(*line, '\0', (size_t)(to - *line))) {
		r->line = *began;
		return error_set(e, ERROR_UNTRUSTED,
				 to - *line > VCARD_LINE_MAX
					 ? _("a line of more than 1 MiB")
					 : _("a NUL byte; save the file again as UTF-8 text"));
	}
	r->line++;
	r->at = next;
	*to = '\0';
	*stop = to;
	return true;
}

static int hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c >= '0' ? strchr(digits, c | 0x20) : NULL;

	return found ? (int)(found - digits) : -1;
}

/* Quoted-printable in place (RFC 2045 6.7); a stray '=' stays. Returns the length. */
static size_t decode_quoted(char *s, size_t len)
{
	size_t to = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '=' && i + 2 < len && hex(s[i + 1]) >= 0 && hex(s[i + 2]) >= 0) {
			s[to++] = (char)(hex(s[i + 1]) << 4 | hex(s[i + 2]));
			i += 2;
		} else {
			s[to++] = s[i];
		}
	}
	s[to] = '\0';
	return to;
}

static enum vcard_charset charset_of(const char *s)
{
	if (strcasecmp(s, "utf-8") == 0 || strcasecmp(s, "utf8") == 0 ||
	    strcasecmp(s, "us-ascii") == 0)
		return VCARD_UTF8;
	if (strcasecmp(s, "windows-1252") == 0 || strcasecmp(s, "iso-8859-1") == 0 ||
	    strcasecmp(s, "cp1252") == 0)
		return VCARD_1252;
	return VCARD_OTHER;
}

/* One parameter, ended by NUL. Types are gathered at *to, which never overtakes
 * the parameters still to be read. */
static void take_parameter(struct vcard_property *p, char *s, char **to, bool *quoted_printable)
{
	char *equals = strchr(s, '='), *value = equals ? equals + 1 : s;

	if (equals)
		*equals = '\0';
	if (equals && strcasecmp(s, "CHARSET") == 0) {
		p->charset = charset_of(value);
		return;
	}
	if (strcasecmp(value, "QUOTED-PRINTABLE") == 0) {
		*quoted_printable = true;
		return;
	}
	if (strcasecmp(value, "BASE64") == 0 ||
	    (equals && strcasecmp(s, "ENCODING") == 0 && strcasecmp(value, "B") == 0)) {
		p->base64 = true;
		return;
	}
	if (equals && strcasecmp(s, "TYPE") != 0 && strcasecmp(s, "PREF") != 0)
		return;
	if (equals && strcasecmp(s, "PREF") == 0) /* 4.0: PREF=1 */
		value = s;
	if (*to != p->types && *value)
		*(*to)++ = ',';
	for (; *value; value++)
		if (*value != '"')
			*(*to)++ = (char)(*value >= 'A' && *value <= 'Z' ? *value | 0x20 : *value);
}

/* Split "group.NAME;parameters:value" in place. */
static bool split(struct vcard_property *p, char *line, char *stop)
{
	bool quoted = false, quoted_printable = false;
	char *s = line, *colon, *parameters = NULL, *to;

	for (; s < stop && (quoted || *s != ':'); s++) {
		quoted ^= *s == '"';
		if (*s == ';' && !quoted && !parameters)
			parameters = s;
	}
	if (s == stop && quoted) /* a lone quotation mark in 2.1: it means nothing */
		s = line + strcspn(line, ":");
	if (s == stop)
		return false;
	colon = s;
	if (parameters > colon)
		parameters = NULL;
	*colon = '\0';
	if (parameters)
		*parameters = '\0';
	char *dot = strchr(line, '.');
	p->group = dot ? line : "";
	p->name = dot ? dot + 1 : line;
	if (dot)
		*dot = '\0';
	for (char *n = dot ? dot + 1 : line; *n; n++)
		*n = (char)(*n >= 'a' && *n <= 'z' ? *n & ~0x20 : *n);
	p->types = to = parameters ? parameters + 1 : colon;
	for (char *at = to, *next; parameters && at <= colon; at = next + 1) {
		for (quoted = false, next = at; next < colon && (quoted || *next != ';'); next++)
			quoted ^= *next == '"';
		*next = '\0';
		take_parameter(p, at, &to, &quoted_printable);
	}
	*to = '\0';
	p->value = colon + 1;
	p->len = (size_t)(stop - p->value);
	if (quoted_printable)
		p->len = decode_quoted(colon + 1, p->len);
	return true;
}

static bool is_mark(const struct vcard_property *p, const char *name)
{
	return strcmp(p->name, name) == 0 && strncasecmp(p->value, "VCARD", 5) == 0 &&
	       p->value[5 + strspn(p->value + 5, " \t")] == '\0';
}

/* Find the BEGIN of the next card. */
static bool find_begin(struct vcard_reader *r, struct vcard *card, bool *more, struct error *e)
{
	while (r->at < r->end) {
		struct vcard_property p = { 0 };
		char *line, *stop;

		if (!next_line(r, &line, &stop, &card->line, e))
			return false;
		if (line[strspn(line, " \t")] == '\0')
			continue;
		*more = split(&p, line, stop) && is_mark(&p, "BEGIN");
		if (*more)
			return true;
		r->line = card->line;
		return error_set(e, ERROR_UNTRUSTED,
				 _("is outside of a card: cards stand between BEGIN:VCARD and "
				   "END:VCARD"));
	}
	*more = false;
	return true;
}

/* Add a property of the card; *depth counts the cards inside it. */
static bool take_property(struct vcard_reader *r, struct vcard *card, struct vcard_property *p,
			  size_t *depth, struct error *e)
{
	if (is_mark(p, "END")) {
		--*depth;
		return true;
	}
	if (is_mark(p, "BEGIN"))
		++*depth;
	else if (*depth > 1)
		return true;
	if (strcmp(p->name, "VERSION") == 0) {
		r->old = strncmp(p->value, "2.", 2) == 0;
		return true;
	}
	if (card->count == VCARD_PROPERTIES_MAX) {
		r->line = p->line;
		return error_set(e, ERROR_UNTRUSTED, _("more than %d properties in one card"),
				 VCARD_PROPERTIES_MAX);
	}
	card->properties[card->count++] = *p;
	return true;
}

bool vcard_next(struct vcard_reader *r, struct vcard *card, bool *more, struct error *e)
{
	size_t depth = 1;

	card->count = 0;
	r->old = false;
	if (!find_begin(r, card, more, e) || !*more)
		return !e->kind;
	while (depth && r->at < r->end) {
		struct vcard_property p = { 0 };
		char *line, *stop;

		if (!next_line(r, &line, &stop, &p.line, e))
			return false;
		if (line[strspn(line, " \t")] == '\0')
			continue;
		if (!split(&p, line, stop)) {
			r->line = p.line;
			return error_set(e, ERROR_UNTRUSTED,
					 _("is not of the form NAME:value; is it the rest of a "
					   "line that was broken?"));
		}
		if (!take_property(r, card, &p, &depth, e))
			return false;
	}
	if (depth) {
		r->line = card->line;
		return error_set(e, ERROR_UNTRUSTED,
				 _("the card that begins here has no END:VCARD; is the file cut "
				   "off?"));
	}
	for (size_t i = 0; i < card->count; i++)
		card->properties[i].old = r->old;
	return true;
}

bool vcard_part(const struct vcard_property *p, char separator, size_t n, struct text *out)
{
	const char *s = p->value, *end = p->value + p->len;

	text_clear(out);
	for (; s < end; s++) {
		char c = *s;

		if (separator && c == separator) {
			if (n-- == 0)
				return true;
			continue;
		}
		if (c == '\\' && s + 1 < end && (!p->old || strchr(";,:\\", s[1]))) {
			c = *++s;
			if (c == 'n' || c == 'N')
				c = '\n';
		}
		if (n == 0)
			text_add_n(out, &c, 1);
	}
	return n == 0;
}

bool vcard_has_type(const struct vcard_property *p, const char *type)
{
	size_t n = strlen(type);

	for (const char *t = p->types; *t; t += strcspn(t, ","), t += *t == ',')
		if (strcspn(t, ",") == n && memcmp(t, type, n) == 0)
			return true;
	return false;
}

/* Append a character, breaking the line before it would grow over 75 bytes. */
static void put_folded(struct text *out, size_t *column, const char *s, size_t n)
{
	if (*column + n > 75) {
		text_add(out, "\r\n ");
		*column = 1;
	}
	text_add_n(out, s, n);
	*column += n;
}

void vcard_write(struct text *out, const char *name, const char *const *parts)
{
	size_t column = strlen(name) + 1;

	text_add(out, name);
	text_add(out, ":");
	for (size_t i = 0; parts[i]; i++) {
		const char *s = parts[i], *end = s + strlen(s), *from = s;

		if (i)
			put_folded(out, &column, ";", 1);
		for (; s < end; from = s) {
			uint32_t c = text_next(&s, end);

			if (c == '\n')
				put_folded(out, &column, "\\n", 2);
			else if (c == ';' || c == ',' || c == '\\')
				put_folded(out, &column,
					   c == ';'   ? "\\;"
					   : c == ',' ? "\\,"
						      : "\\\\",
					   2);
			else
				put_folded(out, &column, from, (size_t)(s - from));
		}
	}
	text_add(out, "\r\n");
}
