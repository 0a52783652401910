/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XML, as far as tasks need it: bounded in depth, linear in its length. */
#include "triage/parse/xml.h"

#include <string.h>

struct xml xml_begin(const char *s, size_t len)
{
	struct xml x = { .begin = s, .at = s, .end = s + len };

	if (len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		x.at += 3;
	return x;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.' || c == ':' || (unsigned char)c >= 0x80;
}

static bool begins(const struct xml *x, const char *what)
{
	size_t n = strlen(what);

	return (size_t)(x->end - x->at) >= n && memcmp(x->at, what, n) == 0;
}

/* Behind the next `what`; false: there is none. */
static bool pass(struct xml *x, const char *what)
{
	const char *found = memmem(x->at, (size_t)(x->end - x->at), what, strlen(what));

	if (found)
		x->at = found + strlen(what);
	return found;
}

static void skip_space(struct xml *x)
{
	while (x->at < x->end && is_space(*x->at))
		x->at++;
}

static bool take_name(struct xml *x, struct xml_span *name)
{
	const char *begin = x->at;

	while (x->at < x->end && is_name(*x->at))
		x->at++;
	*name = (struct xml_span){ begin, (size_t)(x->at - begin) };
	return name->len > 0 && name->len <= XML_NAME_MAX && !(*begin >= '0' && *begin <= '9') &&
	       *begin != '-' && *begin != '.';
}

static struct xml_span local(struct xml_span name)
{
	const char *colon = memchr(name.s, ':', name.len);

	if (!colon)
		return name;
	return (struct xml_span){ colon + 1, name.len - (size_t)(colon + 1 - name.s) };
}

/* NAME="value", with the space before it. False: none is left, or (*bad) nonsense. */
static bool take_attribute(struct xml *x, struct xml_span *name, struct xml_span *value, bool *bad)
{
	const char *before = x->at;

	skip_space(x);
	if (x->at == x->end || *x->at == '>' || *x->at == '/')
		return false;
	*bad = true;
	if (x->at == before || !take_name(x, name))
		return false;
	skip_space(x);
	if (x->at == x->end || *x->at++ != '=')
		return false;
	skip_space(x);
	if (x->at == x->end || (*x->at != '"' && *x->at != '\''))
		return false;
	const char *quote = x->at++;
	const char *close = memchr(x->at, *quote, (size_t)(x->end - x->at));
	if (!close || memchr(x->at, '<', (size_t)(close - x->at)))
		return false;
	*value = (struct xml_span){ x->at, (size_t)(close - x->at) };
	x->at = close + 1;
	*bad = false;
	return true;
}

static enum xml_event start(struct xml *x)
{
	struct xml_span name, attribute, value;
	bool bad = false;

	x->at++;
	if (!take_name(x, &name) || x->depth == XML_DEPTH_MAX || (x->depth == 0 && x->had_root))
		return XML_BAD;
	const char *begin = x->at;
	while (take_attribute(x, &attribute, &value, &bad))
		;
	if (bad)
		return XML_BAD;
	x->attributes = (struct xml_span){ begin, (size_t)(x->at - begin) };
	x->is_empty = x->at < x->end && *x->at == '/';
	x->at += x->is_empty;
	if (x->at == x->end || *x->at++ != '>')
		return XML_BAD;
	x->had_root = true;
	x->open[x->depth++] = name;
	x->name = local(name);
	return XML_START;
}

static enum xml_event end(struct xml *x, struct xml_span name)
{
	if (x->depth == 0)
		return XML_BAD;
	struct xml_span open = x->open[--x->depth];
	if (name.len != open.len || memcmp(name.s, open.s, name.len) != 0)
		return XML_BAD;
	x->name = local(name);
	return XML_END;
}

static enum xml_event end_tag(struct xml *x)
{
	struct xml_span name;

	x->at += 2;
	if (!take_name(x, &name))
		return XML_BAD;
	skip_space(x);
	if (x->at == x->end || *x->at++ != '>')
		return XML_BAD;
	return end(x, name);
}

/* Up to the next tag. False: it stands beside the root, where only space may be; zeros at the end come with
 * some copies. */
static bool plain_text(struct xml *x)
{
	const char *begin = x->at;
	const char *stop = memchr(x->at, '<', (size_t)(x->end - x->at));

	x->at = stop ? stop : x->end;
	x->text = (struct xml_span){ begin, (size_t)(x->at - begin) };
	x->is_literal = false;
	for (const char *s = begin; !x->depth && s < x->at; s++)
		if (!is_space(*s) && (*s || !x->had_root))
			return false;
	return true;
}

enum xml_event xml_next(struct xml *x)
{
	if (x->is_empty) {
		x->is_empty = false;
		return end(x, x->open[x->depth - 1]);
	}
	for (;;) {
		if (x->at == x->end)
			return x->depth == 0 && x->had_root ? XML_DONE : XML_BAD;
		if (begins(x, "<!--")) {
			x->at += 4;
			if (!pass(x, "-->"))
				return XML_BAD;
		} else if (begins(x, "<?")) {
			if (!pass(x, "?>"))
				return XML_BAD;
		} else if (*x->at == '<') {
			break;
		} else if (!plain_text(x)) {
			return XML_BAD;
		} else if (x->depth) {
			return XML_TEXT;
		}
	}
	if (begins(x, "<![CDATA[") && x->depth) {
		const char *begin = x->at + 9;

		if (!pass(x, "]]>"))
			return XML_BAD;
		x->text = (struct xml_span){ begin, (size_t)(x->at - 3 - begin) };
		x->is_literal = true;
		return XML_TEXT;
	}
	if (begins(x, "</"))
		return end_tag(x);
	return begins(x, "<!") ? XML_BAD : start(x);
}

/* A character by its number, "#10" or "#x0a". */
static bool number_of(const char *s, size_t len, uint32_t *c)
{
	unsigned base = len > 1 && s[1] == 'x' ? 16 : 10;
	size_t i = base == 16 ? 2 : 1;

	*c = 0;
	if (i == len)
		return false;
	for (; i < len; i++) {
		unsigned digit = s[i] >= '0' && s[i] <= '9'   ? (unsigned)(s[i] - '0')
				 : s[i] >= 'a' && s[i] <= 'f' ? (unsigned)(s[i] - 'a' + 10)
				 : s[i] >= 'A' && s[i] <= 'F' ? (unsigned)(s[i] - 'A' + 10)
							      : 99;
		if (digit >= base)
			return false;
		*c = *c * base + digit;
		if (*c > 0x10ffff)
			return false;
	}
	return *c != 0;
}

static bool add_reference(struct text *out, const char *s, size_t len)
{
	static const struct {
		const char *name;
		char c;
	} five[] = {
		{ "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "apos", '\'' }, { "quot", '"' }
	};
	uint32_t c;

	if (len && *s == '#') {
		if (!number_of(s, len, &c))
			return false;
		text_add_char(out, c);
		return true;
	}
	for (size_t i = 0; i < sizeof(five) / sizeof(*five); i++)
		if (strlen(five[i].name) == len && memcmp(five[i].name, s, len) == 0) {
			text_add_n(out, &five[i].c, 1);
			return true;
		}
	return false;
}

bool xml_add_text(struct text *out, struct xml_span text, bool is_literal)
{
	const char *s = text.s, *stop = s + text.len;
	bool good = true;

	while (s < stop) {
		const char *and = is_literal ? NULL : memchr(s, '&', (size_t)(stop - s));

		text_add_n(out, s, (size_t)((and? and : stop) - s));
		if (!and)
			break;
		const char *close =
			memchr(and, ';', (size_t)(stop - and) < 16 ? (size_t)(stop - and) : 16);
		bool is_one = close && add_reference(out, and+1, (size_t)(close - and-1));
		if (!is_one)
			text_add_n(out, "&", 1);
		good &= is_one;
		s = is_one ? close + 1 : and+1;
	}
	return good;
}

bool xml_attribute(const struct xml *x, const char *name, struct xml_span *value)
{
	struct xml own = { .at = x->attributes.s, .end = x->attributes.s + x->attributes.len };
	struct xml_span found;
	bool bad = false;

	while (take_attribute(&own, &found, value, &bad)) {
		found = local(found);
		if (found.len == strlen(name) && memcmp(found.s, name, found.len) == 0)
			return true;
	}
	return false;
}
