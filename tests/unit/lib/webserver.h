/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A web server on 127.0.0.1 that does with each request what a table says. It serves SIZE
 * bytes, one connection at a time, in a thread. */
#ifndef TESTS_WEBSERVER_H
#define TESTS_WEBSERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SIZE 4000007u
#define STEPS 8
#define ALL 0xffffffffu

/* What a server does with one request; n is a number that the behaviour wants. */
enum deed {
	LAST,    /* as the step before, for ever */
	GOOD,    /* 206 with all that was asked for */
	PART,    /* 206 with n bytes at most, and says so */
	CUT,     /* announces all, closes after n bytes */
	RESET,   /* the same, but the connection is reset */
	SILENT,  /* announces all, says nothing more after n bytes */
	MUTE,    /* does not even answer */
	DRIP,    /* bytes in pieces of n, with pauses */
	FIRST,   /* 206, but beginning n bytes later */
	LENGTH,  /* Content-Length is n off */
	BEYOND,  /* without Content-Length, n bytes too many */
	LESS,    /* without Content-Length, closed after n bytes */
	BLIND,   /* 206 without Content-Range */
	STAR,    /* 206 that does not say how long the file is */
	GREW,    /* 206 of a file that is n bytes longer */
	WHOLE,   /* 200 with all of it, of which n bytes are sent */
	ENDING,  /* 200 without a length: the end is where it closes, after n bytes */
	CHUNKS,  /* 206 in chunks, with a trailer that contradicts the head */
	TORN,    /* 206 in chunks that end after n bytes */
	ZIPPED,  /* Content-Encoding: gzip */
	STATUS,  /* n, nothing else */
	MOVED,   /* 302 */
	NOISE,   /* no HTTP at all */
	ANCIENT, /* HTTP/0.9: bytes without a head */
	TWICE,   /* two Content-Ranges */
	FOLDED,  /* a head with a continued line */
	LONG,    /* a head of n kibibytes */
	WAITS,   /* n answers 100 before the real one */
	EMPTY,   /* a file of no bytes */
	LIAR,    /* a wrong byte at n */
};

struct step {
	enum deed deed;
	uint32_t n;
};

struct server {
	const struct step *steps;
	const uint8_t *bytes;
	int listener;
	_Atomic int fd; /* of the connection */
	_Atomic bool ends;
	size_t requests;
	uint64_t first[64]; /* what was asked for */
	char head[2048];    /* of the last request */
	pthread_t thread;
};

static bool put(struct server *v, const void *p, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = send(v->fd, (const uint8_t *)p + done, len - done, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

__attribute__((format(printf, 2, 3))) static bool putf(struct server *v, const char *fmt, ...)
{
	char line[1100];
	va_list args;

	va_start(args, fmt);
	int n = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	return put(v, line, (size_t)n);
}

static bool body(struct server *v, uint64_t first, uint64_t len)
{
	return put(v, v->bytes + first, (size_t)len);
}

static void until_they_hang_up(struct server *v)
{
	char c;

	while (recv(v->fd, &c, 1, 0) > 0)
		;
}

static bool part_head(struct server *v, uint64_t first, uint64_t len, uint64_t total,
		      int64_t length)
{
	return putf(v,
		    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %llu-%llu/%llu\r\n"
		    "Content-Length: %lld\r\n\r\n",
		    first + 0ULL, first + len - 1ULL, total + 0ULL, length + 0LL);
}

static bool in_chunks(struct server *v, uint64_t at, uint64_t len, bool whole)
{
	putf(v,
	     "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %llu-%llu/%u\r\n"
	     "Transfer-Encoding: chunked\r\nTrailer: Content-Range\r\n\r\n",
	     at + 0ULL, SIZE - 1ULL, SIZE);
	while (len) {
		uint64_t n = len < 70000 ? len : 70000;

		if (!putf(v, "%llx\r\n", n + 0ULL) || !body(v, at, n) || !putf(v, "\r\n"))
			return false;
		at += n;
		len -= n;
	}
	return whole && putf(v, "0\r\nContent-Range: bytes 0-1/2\r\n\r\n");
}

/* Behaviours whose head is a 206. True: the connection may be kept. */
static bool part(struct server *v, const struct step *s, uint64_t first)
{
	uint64_t len = SIZE - first, some = s->n < len ? s->n : len;

	switch (s->deed) {
	case PART:
		return part_head(v, first, some, SIZE, (int64_t)some) && body(v, first, some);
	case CUT:
	case RESET:
		part_head(v, first, len, SIZE, (int64_t)len);
		body(v, first, some);
		if (s->deed == RESET)
			setsockopt(v->fd, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 },
				   sizeof(struct linger));
		return false;
	case SILENT:
		part_head(v, first, len, SIZE, (int64_t)len);
		body(v, first, some);
		until_they_hang_up(v);
		return false;
	case DRIP:
		part_head(v, first, len, SIZE, (int64_t)len);
		for (uint64_t at = 0, n; at < len && (n = s->n < len - at ? s->n : len - at);
		     at += n) {
			if (!body(v, first + at, n))
				return false;
			usleep(5000);
		}
		return true;
	case FIRST:
		len -= some;
		return part_head(v, first + some, len, SIZE, (int64_t)len) &&
		       body(v, first + some, len);
	case LENGTH:
		part_head(v, first, len, SIZE, (int64_t)(len - some));
		return body(v, first, len - some);
	case BEYOND:
	case LESS:
		putf(v,
		     "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %llu-%llu/%u\r\n"
		     "Connection: close\r\n\r\n",
		     first + 0ULL, SIZE - 1ULL, SIZE);
		if (s->deed == LESS)
			return body(v, first, some) && false;
		body(v, first, len);
		for (uint32_t i = 0; i < s->n && put(v, "x", 1); i++)
			;
		return false;
	case STAR:
		return putf(v,
			    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %llu-%llu/*\r\n"
			    "Content-Length: %llu\r\n\r\n",
			    first + 0ULL, first + some - 1ULL, some + 0ULL) &&
		       body(v, first, some);
	case GREW:
		return part_head(v, first, len, SIZE + s->n, (int64_t)len) && body(v, first, len);
	case CHUNKS:
		return in_chunks(v, first, len, true);
	case TORN:
		return in_chunks(v, first, some, false);
	case LIAR:
		part_head(v, first, len, SIZE, (int64_t)len);
		return body(v, first, s->n - first) && put(v, "\x55", 1) &&
		       body(v, s->n + 1, SIZE - s->n - 1);
	default:
		return part_head(v, first, len, SIZE, (int64_t)len) && body(v, first, len);
	}
}

static bool answer(struct server *v, const struct step *s, uint64_t first)
{
	uint64_t len = SIZE - first;

	switch (s->deed) {
	case MUTE:
		until_they_hang_up(v);
		return false;
	case BLIND:
		return putf(v, "HTTP/1.1 206 Partial Content\r\nContent-Length: %llu\r\n\r\n",
			    len + 0ULL) &&
		       body(v, first, len);
	case WHOLE:
		putf(v, "HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n", SIZE);
		return body(v, 0, s->n < SIZE ? s->n : SIZE) && s->n >= SIZE;
	case ENDING:
		putf(v, "HTTP/1.0 200 OK\r\n\r\n");
		return body(v, 0, s->n < SIZE ? s->n : SIZE) && false;
	case ZIPPED:
		return putf(v, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/4\r\n"
			       "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd");
	case STATUS:
		return putf(v, "HTTP/1.1 %u Something\r\nContent-Length: 4\r\n\r\nabcd", s->n);
	case MOVED:
		return putf(v, "HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\033[31m\r\n"
			       "Content-Length: 0\r\n\r\n");
	case NOISE:
		return put(v, "\0\1\2\3garbage\r\n\r\n", 15) && false;
	case ANCIENT:
		return body(v, first, len) && false;
	case TWICE:
		return putf(v,
			    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %llu-%u/%u\r\n"
			    "Content-Range: bytes 0-1/2\r\nContent-Length: %llu\r\n\r\n",
			    first + 0ULL, SIZE - 1, SIZE, len + 0ULL) &&
		       body(v, first, len);
	case FOLDED:
		return putf(v, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes\r\n"
			       " 0-3/4\r\nContent-Length: 4\r\n\r\nabcd");
	case LONG:
		putf(v, "HTTP/1.1 206 Partial Content\r\n");
		for (uint32_t i = 0; i < s->n; i++)
			if (!putf(v, "X-Filler: %01012d\r\n", 0))
				return false;
		return putf(v, "Content-Range: bytes %llu-%u/%u\r\nContent-Length: %llu\r\n\r\n",
			    first + 0ULL, SIZE - 1, SIZE, len + 0ULL) &&
		       body(v, first, len);
	case WAITS:
		for (uint32_t i = 0; i < s->n; i++)
			if (!putf(v, "HTTP/1.1 103 Early Hints\r\nContent-Range: bytes 7-8/9\r\n"
				     "\r\n"))
				return false;
		return part(v, s, first);
	case EMPTY:
		return putf(v, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */0\r\n"
			       "Content-Length: 0\r\n\r\n");
	default:
		if (!len)
			return putf(v,
				    "HTTP/1.1 416 Range Not Satisfiable\r\n"
				    "Content-Range: bytes */%u\r\nContent-Length: 0\r\n\r\n",
				    SIZE);
		return part(v, s, first);
	}
}

/* One request; false: they hung up. */
static bool hear(struct server *v, uint64_t *first)
{
	size_t len = 0;
	const char *range;

	do {
		ssize_t n = recv(v->fd, v->head + len, sizeof(v->head) - 1 - len, 0);

		if (n <= 0)
			return false;
		len += (size_t)n;
		v->head[len] = '\0';
	} while (!strstr(v->head, "\r\n\r\n"));
	range = strstr(v->head, "\r\nRange: bytes=");
	*first = range ? strtoull(range + 15, NULL, 10) : 0;
	return true;
}

static void *serve(void *ctx)
{
	struct server *v = ctx;
	const struct step *s = v->steps;
	uint64_t first;

	while (!v->ends && (v->fd = accept(v->listener, NULL, NULL)) >= 0) {
		while (hear(v, &first)) {
			if (v->requests < 64)
				v->first[v->requests] = first;
			v->requests++;
			bool keep = answer(v, s, first);

			if (s + 1 < v->steps + STEPS && s[1].deed != LAST)
				s++;
			if (!keep)
				break;
		}
		close(v->fd);
		v->fd = -1;
	}
	return NULL;
}

static void server_start(struct server *v, const struct step *steps, const uint8_t *bytes,
			 char url[64])
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);

	*v = (struct server){ .steps = steps, .bytes = bytes, .fd = -1 };
	v->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(v->listener, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(v->listener, 8), 0);
	assert_int_equal(getsockname(v->listener, (struct sockaddr *)&at, &len), 0);
	snprintf(url, 64, "http://127.0.0.1:%u/a.kimg", ntohs(at.sin_port));
	assert_int_equal(pthread_create(&v->thread, NULL, serve, v), 0);
}

static void server_stop(struct server *v)
{
	int fd = v->fd;

	v->ends = true;
	shutdown(v->listener, SHUT_RDWR);
	if (fd >= 0)
		shutdown(fd, SHUT_RDWR);
	pthread_join(v->thread, NULL);
	close(v->listener);
}

#endif
