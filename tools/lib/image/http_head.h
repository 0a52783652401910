/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_HTTP_HEAD_H
#define LIB_IMAGE_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * The head of a web server's answer to a request for "bytes=FIRST-" (RFC 9110, sections 14.4
 * and 15; RFC 9112), and what to make of it. Bytes in, structs out: nothing is sent here.
 */
#define HTTP_HEAD_MAX 65536u /* bytes of all lines, those of 1xx answers before it included */
#define HTTP_LOCATION_MAX 200

struct http_head {
	unsigned status; /* 0: no status line yet */
	bool done;       /* the blank line came; what follows (trailers) is not looked at */
	bool bad;        /* a line that counts is malformed, or says it twice and differently */
	bool too_long;   /* more than HTTP_HEAD_MAX */
	bool has_range;  /* Content-Range: bytes first-last/total */
	bool has_none;   /* Content-Range: bytes * /total, without the blank */
	bool has_total;
	uint64_t first, last, total;
	bool has_length; /* Content-Length */
	uint64_t length;
	bool chunked;                         /* Transfer-Encoding is there */
	bool encoded;                         /* Content-Encoding that is not "identity" */
	char location[HTTP_LOCATION_MAX + 1]; /* cut off; "" if there is none */
	size_t bytes;
};

/* One line, with or without its CR LF. { 0 } before the first. */
void http_head_line(struct http_head *h, const char *line, size_t len);

struct http_asked {
	const char *name; /* of the stream, for words */
	uint64_t first;   /* byte from which on was asked */
	bool has_total;   /* an earlier answer said how long the file is */
	uint64_t total;
};

enum http_answer {
	HTTP_BYTES,   /* the bytes asked for follow */
	HTTP_END,     /* there is nothing behind `first` */
	HTTP_AGAIN,   /* the server cannot now */
	HTTP_ODD,     /* not what was asked for */
	HTTP_NEVER,   /* asking again is no use */
	HTTP_CHANGED, /* another size than before */
};

/* Judge a head that is done. HTTP_BYTES: they end before *until, UINT64_MAX if it does not say.
 * All but HTTP_BYTES and HTTP_END: *why says it. */
enum http_answer http_head_judge(const struct http_head *h, const struct http_asked *asked,
				 uint64_t *until, struct error *why);

#endif
