/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_STREAM_HTTP_H
#define LIB_IMAGE_STREAM_HTTP_H

#include "lib/base/error.h"
#include "lib/image/stream.h"

/*
 * The image on a web server: a stream (lib/image/stream.h) over HTTP/1.1 ranges (RFC 9110,
 * chapter 14). stream_open() calls it for names that begin with a scheme; it is the one place
 * that sees curl.h.
 *
 * Only http://, without user name, proxy, cookies, redirects or compression. The first request
 * is made here, so that an address that leads nowhere is refused at once. Later an answer that
 * breaks off, falls silent or is no proper HTTP is asked for again from where it stopped, after
 * pauses that grow from nothing to 8 seconds, until no new byte came for o->patience_s
 * (ERROR_FAILED, with the last reason). What waiting cannot mend ends it at once: no such file,
 * no right to it, a redirect, compression, a size that changed. So do 5 answers in a row that
 * are not what was asked for. A server that does not know ranges is read from the first byte
 * on; when it breaks off, it cannot be resumed. ERROR_UNTRUSTED means that the file ends too early.
 * Nothing is believed of what it sends: that is what the image's digests are for.
 *
 * Memory is bounded: 1 MiB, and what libcurl takes for one connection (about 600 KiB). Network
 * is read while somebody reads the stream; in between the kernel's socket buffers fill up.
 */
__attribute__((warn_unused_result)) struct stream *
stream_http_open(const char *url, const struct stream_options *o, struct error *e);

#endif
