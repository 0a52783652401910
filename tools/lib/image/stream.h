/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_STREAM_H
#define LIB_IMAGE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * Where an image comes from: a file or disk, a pipe, a web server. Read from front to
 * back; what is not wanted is skipped, which costs nothing but on a pipe. Bytes prove
 * nothing because of where they come from. For one thread at a time.
 */
struct stream {
	/* Exactly len bytes, or false. */
	bool (*read)(struct stream *s, void *buf, size_t len, struct error *e);
	bool (*skip)(struct stream *s, uint64_t len, struct error *e);
	/* True if nothing follows. A server's or a file's size is not believed where more can
	 * be read. */
	bool (*at_end)(struct stream *s, bool *end, struct error *e);
	void (*close)(struct stream *s); /* frees it */
	const char *name;                /* for messages */
	uint64_t at;                     /* bytes read and skipped so far */
	/* Of a regular file, and of what a server told the size of: where `at` will end. Good for
	 * seeing early that something is wrong, for no more. */
	uint64_t end;
#define STREAM_END_UNKNOWN UINT64_MAX
};

/*
 * "-" is standard input; "http://..." a web server; all else a file, or a pipe by its name.
 * A web server (lib/image/stream_http.c, libcurl) is asked in ranges; status 206 and Content-Range
 * must say exactly what was asked for. It may be slow, fall silent or close: it is asked again from
 * where it stopped, until it gave nothing for `patience_s`. Redirects are not followed.
 */
#define STREAM_PATIENCE_S 120
struct stream_options {
	unsigned patience_s; /* 0: STREAM_PATIENCE_S */
};
__attribute__((warn_unused_result)) struct stream *
stream_open(const char *name, const struct stream_options *o, struct error *e);
void stream_close(struct stream *s); /* NULL is allowed */

/* Over bytes in memory, for tests. Borrows them. */
struct stream *stream_memory(const void *bytes, size_t len);

#endif
