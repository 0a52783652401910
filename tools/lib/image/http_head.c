/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a web server says before the bytes: RFC 9110, sections 14.4 and 15. */
#include "lib/image/http_head.h"

#include <string.h>
#include <strings.h>

#include "lib/base/checked.h"
#include "lib/base/language.h"

/* What is left of a line. */
struct cursor {
	const char *at, *end;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool take(struct cursor *c, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(c->end - c->at) < len || strncasecmp(c->at, word, len) != 0)
		return false;
	c->at += len;
	return true;
}

static bool take_number(struct cursor *c, uint64_t *out)
{
	const char *from = c->at;

	*out = 0;
	for (; c->at < c->end && is_digit(*c->at); c->at++)
		if (!u64_mul(*out, 10, out) || !u64_add(*out, (uint64_t)(*c->at - '0'), out))
			return false;
	return c->at > from;
}

static bool equals(struct cursor value, const char *word)
{
	return take(&value, word) && value.at == value.end;
}

/* "bytes 5-9/10", "bytes 5-9/" with a star for a total that is not told, or the star for the
 * range with a total. Nothing else, and no sizes that contradict each other. */
static bool parse_range(struct http_head *h, struct cursor c)
{
	bool none;

	h->has_range = h->has_none = h->has_total = false;
	if (!take(&c, "bytes "))
		return false;
	none = take(&c, "*");
	if (!none && (!take_number(&c, &h->first) || !take(&c, "-") || !take_number(&c, &h->last) ||
		      h->last < h->first || h->last == UINT64_MAX))
		return false;
	if (!take(&c, "/"))
		return false;
	if (!none && take(&c, "*")) {
		h->has_range = true;
		return c.at == c.end;
	}
	if (!take_number(&c, &h->total) || c.at != c.end || (!none && h->last >= h->total))
		return false;
	h->has_range = !none;
	h->has_none = none;
	h->has_total = true;
	return true;
}

static void field(struct http_head *h, struct cursor name, struct cursor value)
{
	uint64_t length;

	if (equals(name, "content-range")) {
		if (h->has_range || h->has_none || !parse_range(h, value))
			h->bad = true;
	} else if (equals(name, "content-length")) {
		if (!take_number(&value, &length) || value.at != value.end ||
		    (h->has_length && h->length != length))
			h->bad = true;
		h->has_length = true;
		h->length = length;
	} else if (equals(name, "transfer-encoding")) {
		h->chunked = true;
	} else if (equals(name, "content-encoding")) {
		if (!equals(value, "identity"))
			h->encoded = true;
	} else if (equals(name, "location")) {
		size_t len = (size_t)(value.end - value.at);

		if (len > HTTP_LOCATION_MAX)
			len = HTTP_LOCATION_MAX;
		memcpy(h->location, value.at, len);
		h->location[len] = '\0';
	}
}

/* A status line begins an answer anew: what came before it was a 1xx. */
static void begin(struct http_head *h, struct cursor c)
{
	struct http_head anew = { .bytes = h->bytes, .too_long = h->too_long };
	uint64_t status;

	while (c.at < c.end && *c.at != ' ')
		c.at++;
	if (!take(&c, " ") || !take_number(&c, &status) || status < 100 || status > 999)
		anew.bad = true;
	else
		anew.status = (unsigned)status;
	*h = anew;
}

void http_head_line(struct http_head *h, const char *line, size_t len)
{
	struct cursor c = { line, line + len };
	struct cursor name = c;

	if (h->done)
		return;
	if (!size_add(h->bytes, len, &h->bytes) || h->bytes > HTTP_HEAD_MAX)
		h->too_long = true;
	while (c.end > c.at && (c.end[-1] == '\n' || c.end[-1] == '\r'))
		c.end--;
	if (take(&c, "HTTP/")) {
		begin(h, c);
		return;
	}
	if (c.at == c.end) {
		h->done = h->status >= 200;
		return;
	}
	while (c.at < c.end && *c.at != ':')
		c.at++;
	name.end = c.at;
	/* A line that continues the one before, and a blank before the colon, are how two
	 * programs come to read one head differently. */
	if (name.at == name.end || !take(&c, ":") || strchr(" \t", *name.at) ||
	    strchr(" \t", name.end[-1]) || memchr(c.at, '\0', (size_t)(c.end - c.at))) {
		h->bad = true;
		return;
	}
	while (c.at < c.end && strchr(" \t", *c.at))
		c.at++;
	while (c.end > c.at && strchr(" \t", c.end[-1]))
		c.end--;
	field(h, name, c);
}

static enum http_answer answer(enum http_answer a, struct error *why, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static enum http_answer answer(enum http_answer a, struct error *why, const char *fmt, ...)
{
	char text[sizeof(why->text)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	error_set(why, ERROR_FAILED, "%s", text);
	return a;
}

/* The size that this answer gives to the file must be the one of the answers before. */
static bool size_changed(const struct http_asked *asked, uint64_t total, struct error *why)
{
	if (!asked->has_total || asked->total == total)
		return false;
	error_set(why, ERROR_FAILED,
		  _("%s: the file on the server had %llu bytes and now has %llu; it was replaced. "
		    "Start again"),
		  asked->name, asked->total + 0ULL, total + 0ULL);
	return true;
}

/* 206. */
static enum http_answer judge_part(const struct http_head *h, const struct http_asked *asked,
				   uint64_t *until, struct error *why)
{
	if (!h->has_range)
		return answer(HTTP_ODD, why, _("%s: the server does not say which bytes it sends"),
			      asked->name);
	if (h->has_total && size_changed(asked, h->total, why))
		return HTTP_CHANGED;
	if (h->first != asked->first)
		return answer(HTTP_ODD, why,
			      _("%s: asked for byte %llu, the server sends byte %llu"), asked->name,
			      asked->first + 0ULL, h->first + 0ULL);
	if (h->has_length && h->length != h->last - h->first + 1)
		return answer(HTTP_ODD, why,
			      _("%s: the server announces %llu bytes and sends %llu"), asked->name,
			      h->last - h->first + 1ULL, h->length + 0ULL);
	*until = h->last + 1;
	return HTTP_BYTES;
}

/* 200: all of it, which is an answer to a request for byte 0 only. */
static enum http_answer judge_whole(const struct http_head *h, const struct http_asked *asked,
				    uint64_t *until, struct error *why)
{
	if (h->has_length && size_changed(asked, h->length, why))
		return HTTP_CHANGED;
	if (asked->first == 0) {
		*until = h->has_length ? h->length : UINT64_MAX;
		return HTTP_BYTES;
	}
	/* Some servers know no 416 and send everything when asked for what lies behind it. */
	if (h->has_length && asked->has_total && asked->first == asked->total)
		return HTTP_END;
	return answer(HTTP_NEVER, why,
		      _("%s: the server cannot go on at byte %llu, it always begins anew; use a "
			"server that knows ranges, or copy the file first"),
		      asked->name, asked->first + 0ULL);
}

/* 416: there is nothing there. */
static enum http_answer judge_nothing(const struct http_head *h, const struct http_asked *asked,
				      struct error *why)
{
	uint64_t total = h->has_none ? h->total : asked->total;

	if (h->has_none && size_changed(asked, h->total, why))
		return HTTP_CHANGED;
	if ((h->has_none || asked->has_total) && total > asked->first)
		return answer(HTTP_ODD, why,
			      _("%s: the server says that byte %llu of %llu is not there"),
			      asked->name, asked->first + 0ULL, total + 0ULL);
	return HTTP_END;
}

static enum http_answer judge_refusal(const struct http_head *h, const struct http_asked *asked,
				      struct error *why)
{
	switch (h->status) {
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		return answer(
			HTTP_NEVER, why,
			_("%s: the server sends us elsewhere (%s), which is not followed; give "
			  "that address if it is right"),
			asked->name, h->location[0] ? h->location : "?");
	case 401:
	case 403:
	case 407:
		return answer(HTTP_NEVER, why,
			      _("%s: the server gives it only to those it knows (status %u); allow "
				"reading without a password"),
			      asked->name, h->status);
	case 404:
	case 410:
		return answer(HTTP_NEVER, why, _("%s: the server has no such file (status %u)"),
			      asked->name, h->status);
	default:
		break;
	}
	bool later = h->status >= 500 || h->status == 408 || h->status == 425 || h->status == 429;

	return answer(later ? HTTP_AGAIN : HTTP_NEVER, why,
		      _("%s: the server answers with status %u"), asked->name, h->status);
}

enum http_answer http_head_judge(const struct http_head *h, const struct http_asked *asked,
				 uint64_t *until, struct error *why)
{
	*until = 0;
	if (h->too_long)
		return answer(HTTP_ODD, why, _("%s: the head of the server's answer is too long"),
			      asked->name);
	if (h->bad || (h->chunked && h->has_length))
		return answer(
			HTTP_ODD, why,
			_("%s: the head of the server's answer is malformed or contradicts itself"),
			asked->name);
	if (h->encoded && (h->status == 200 || h->status == 206))
		return answer(HTTP_NEVER, why,
			      _("%s: the server compresses the file on the way (Content-Encoding), "
				"which nobody asked for; switch that off for images"),
			      asked->name);
	if (h->status == 206)
		return judge_part(h, asked, until, why);
	if (h->status == 200)
		return judge_whole(h, asked, until, why);
	if (h->status == 416)
		return judge_nothing(h, asked, why);
	return judge_refusal(h, asked, why);
}
