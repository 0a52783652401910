/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image on a web server, asked for in ranges: the one place that sees libcurl. */
#include "lib/image/stream_http.h"

#include <curl/curl.h>
#include <string.h>
#include <time.h>

#include "lib/base/checked.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/image/http_head.h"

#define RING_BYTES (1u << 20)      /* what comes beyond what the reader asked for */
#define RECEIVE_BYTES (256L << 10) /* libcurl's own buffer */
#define JUMP_BYTES (2u << 20)      /* reading over so much is cheaper than a new request */
#define ODD_MAX 5                  /* in a row without a new byte */
#define PAUSE_MAX_MS 8000u
#define SILENCE_MAX_MS 30000u /* then the connection is given up and another one made */
#define POLL_MS 50

struct http {
	struct stream stream; /* stream.at + kept bytes == next */
	char *url;
	CURLU *address;
	CURLM *multi;
	CURL *easy;
	struct curl_slist *headers;
	uint64_t patience_ms;

	/* The answer that is being received. */
	bool running, paused;
	bool judged; /* its head was */
	struct http_head head;
	enum http_answer answer;
	struct error why;  /* what was wrong with the last one */
	uint64_t until;    /* byte behind its last; UINT64_MAX: not told */
	uint64_t heard_ms; /* when something of it came, or when we asked */

	/* The file. */
	uint64_t next; /* first byte that was not received yet */
	uint64_t total;
	bool has_total;
	bool known;  /* the server gave bytes once */
	bool ranges; /* it answered with 206 */
	bool ended;  /* nothing lies behind `next` */

	/* Failures since the last new byte. */
	unsigned failures, odd;
	uint64_t new_ms; /* when it came, or when the reader began to wait */

	/* Where bytes go: first to the reader, then into the ring. */
	uint8_t *into; /* NULL: nobody wants to see them */
	uint64_t want;
	uint8_t *ring;
	size_t ring_from, ring_to;
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static size_t smaller(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

/* What libcurl received: a line of the head. Anything but `bytes` ends the transfer. */
static size_t on_head(char *line, size_t one, size_t bytes, void *ctx)
{
	struct http *h = ctx;
	const struct http_asked asked = { h->stream.name, h->next, h->has_total, h->total };

	(void)one; /* libcurl says that it is always 1 */
	h->heard_ms = now_ms();
	if (h->head.done)
		return bytes;
	http_head_line(&h->head, line, bytes);
	if (!h->head.done && !h->head.too_long)
		return bytes;
	struct error why = { 0 };

	h->answer = http_head_judge(&h->head, &asked, &h->until, &why);
	h->judged = true;
	if (h->answer != HTTP_BYTES) {
		h->why = why;
		return 0;
	}
	h->known = true;
	h->ranges = h->head.status == 206;
	if (h->ranges ? h->head.has_total : h->until != UINT64_MAX) {
		h->has_total = true;
		h->total = h->ranges ? h->head.total : h->until;
	}
	return bytes;
}

/* The bytes. All of them or none are taken; none means that libcurl keeps them. */
static size_t on_bytes(char *p, size_t one, size_t bytes, void *ctx)
{
	struct http *h = ctx;
	size_t fresh = smaller(h->until - h->next, bytes); /* a server may send too many */
	size_t direct = smaller(h->want, fresh);

	(void)one;
	if (!h->judged || h->answer != HTTP_BYTES || !fresh)
		return 0; /* a body without a head, or more than it announced */
	if (fresh - direct > RING_BYTES - h->ring_to) {
		h->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	if (direct && h->into) {
		memcpy(h->into, p, direct);
		h->into += direct;
	}
	h->want -= direct;
	memcpy(h->ring + h->ring_to, p + direct, fresh - direct);
	h->ring_to += fresh - direct;
	h->next += fresh;
	h->failures = h->odd = 0;
	h->new_ms = h->heard_ms = now_ms();
	return bytes;
}

static void hang_up(struct http *h)
{
	if (h->running)
		curl_multi_remove_handle(h->multi, h->easy);
	h->running = h->paused = false;
}

/* A failure that asking again may mend. False: it was the last one. */
static bool bear(struct http *h, struct error *e)
{
	/* All that the server promised has come. What it does when asked for more is its own
	 * affair, as long as it does not send more. */
	if (h->has_total && h->next == h->total && h->answer != HTTP_CHANGED) {
		h->ended = true;
		return true;
	}
	h->failures++;
	h->odd += h->answer == HTTP_ODD;
	if (h->answer == HTTP_NEVER || h->answer == HTTP_CHANGED || h->odd == ODD_MAX)
		return error_set(e, h->why.kind, "%s", h->why.text);
	return true;
}

/* One answer has come to its end. False: there will be no other. */
static bool finished(struct http *h, CURLcode result, struct error *e)
{
	const char *name = h->stream.name;

	hang_up(h);
	if (h->answer == HTTP_END) {
		h->ended = true;
		return true;
	}
	if (h->judged && h->answer != HTTP_BYTES)
		return bear(h, e);
	if (h->head.done && (h->next == h->until || (!result && h->until == UINT64_MAX))) {
		/* The length of a whole file is its end; that of a part is a promise. */
		h->ended = !h->ranges;
		return true;
	}
	h->why = (struct error){ 0 };
	h->answer = HTTP_AGAIN;
	switch (result) {
	case CURLE_OK:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_GOT_NOTHING:
		error_set(&h->why, ERROR_FAILED, _("%s: the server broke off at byte %llu"), name,
			  h->next + 0ULL);
		break;
	/* Before the first byte it is rather the address or the cable that is wrong. */
	case CURLE_COULDNT_RESOLVE_HOST:
		h->answer = h->known ? HTTP_AGAIN : HTTP_NEVER;
		error_set(&h->why, ERROR_FAILED,
			  _("%s: nobody here knows the server by that name; give its IP address"),
			  name);
		break;
	case CURLE_COULDNT_CONNECT:
		h->answer = h->known ? HTTP_AGAIN : HTTP_NEVER;
		error_set(
			&h->why, ERROR_FAILED,
			_("%s: the server cannot be reached; look at the address and at the network"),
			name);
		break;
	default:
		h->answer = HTTP_ODD;
		error_set(&h->why, ERROR_FAILED,
			  _("%s: what the server sends is not proper HTTP (libcurl's number %d)"),
			  name, (int)result);
		break;
	}
	return bear(h, e);
}

/* Ask for everything from `next` on. */
static bool ask(struct http *h, struct error *e)
{
	char range[32];

	snprintf(range, sizeof(range), "%llu-", h->next + 0ULL);
	h->head = (struct http_head){ 0 };
	h->judged = false;
	h->until = 0;
	h->heard_ms = now_ms();
	if (curl_easy_setopt(h->easy, CURLOPT_RANGE, range) != CURLE_OK ||
	    curl_multi_add_handle(h->multi, h->easy) != CURLM_OK)
		return error_set(e, ERROR_FAILED, _("%s: no request can be made"), h->stream.name);
	h->running = true;
	return true;
}

/* How long to wait before asking again: not at all after the first failure. */
static uint64_t pause_ms(const struct http *h)
{
	uint64_t ms = h->failures < 2   ? 0
		      : h->failures < 8 ? 100u << (h->failures - 2)
					: PAUSE_MAX_MS;

	return ms < h->patience_ms / 4 ? ms : h->patience_ms / 4;
}

static void sleep_ms(uint64_t ms)
{
	const struct timespec t = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

/* Has it been silent for too long? Then it is hung up, and at last given up. */
static bool still_patient(struct http *h, struct error *e)
{
	uint64_t now = now_ms(), silence_ms = h->patience_ms / 4;

	if (silence_ms > SILENCE_MAX_MS)
		silence_ms = SILENCE_MAX_MS;
	if (h->running && now - h->heard_ms >= silence_ms) {
		hang_up(h);
		h->answer = HTTP_AGAIN;
		h->why = (struct error){ 0 };
		error_set(&h->why, ERROR_FAILED, _("%s: the server is silent at byte %llu"),
			  h->stream.name, h->next + 0ULL);
		if (!bear(h, e))
			return false;
	}
	if (h->ended || now - h->new_ms < h->patience_ms)
		return true;
	if (!h->why.kind)
		error_set(&h->why, ERROR_FAILED, _("%s: the server is silent at byte %llu"),
			  h->stream.name, h->next + 0ULL);
	error_set(e, ERROR_FAILED, _("%s; no new byte in %llu seconds"), h->why.text,
		  h->patience_ms / 1000 + 0ULL);
	return false;
}

/* Let libcurl work once, and wait for the network if there was nothing to do. */
static bool work(struct http *h, struct error *e)
{
	int running, left;
	uint64_t before = h->next;
	CURLMsg *m;

	if (h->paused) {
		h->paused = false;
		curl_easy_pause(h->easy, CURLPAUSE_CONT);
	}
	if (curl_multi_perform(h->multi, &running) != CURLM_OK)
		return error_set(e, ERROR_FAILED, _("%s: no request can be made"), h->stream.name);
	while ((m = curl_multi_info_read(h->multi, &left)))
		if (m->msg == CURLMSG_DONE)
			return finished(h, m->data.result, e);
	if (h->next == before && !h->paused)
		curl_multi_poll(h->multi, NULL, 0, POLL_MS, NULL);
	return true;
}

/* Receive until the reader has what it wants or nothing follows. `peek`: one byte in the
 * ring is enough. */
static bool receive(struct http *h, bool peek, struct error *e)
{
	h->new_ms = h->heard_ms = now_ms(); /* the time that the reader took is its own */
	while (!h->ended && (h->want || (peek && h->ring_from == h->ring_to))) {
		if (!still_patient(h, e))
			return false;
		if (h->ended)
			break;
		if (!h->running) {
			sleep_ms(pause_ms(h));
			if (!ask(h, e))
				return false;
		}
		if (!work(h, e))
			return false;
	}
	return true;
}

/* What is in the ring, up to len bytes. */
static size_t from_ring(struct http *h, uint8_t *into, uint64_t len)
{
	size_t n = smaller(len, h->ring_to - h->ring_from);

	if (into)
		memcpy(into, h->ring + h->ring_from, n);
	h->ring_from += n;
	if (h->ring_from == h->ring_to)
		h->ring_from = h->ring_to = 0;
	h->stream.at += n;
	return n;
}

static bool too_short(const struct http *h, struct error *e)
{
	return error_set(e, ERROR_UNTRUSTED, _("%s ends after %llu bytes: it was cut short"),
			 h->stream.name, (h->has_total ? h->total : h->next) + 0ULL);
}

/* The next len bytes, to be seen or not. */
static bool forward(struct http *h, uint8_t *into, uint64_t len, struct error *e)
{
	size_t n = from_ring(h, into, len);

	if (n == len)
		return true;
	h->into = into ? into + n : NULL;
	h->want = len - n;
	if (!receive(h, false, e))
		return false;
	h->stream.at += len - n - h->want;
	return h->want ? too_short(h, e) : true;
}

static bool http_read(struct stream *s, void *buf, size_t len, struct error *e)
{
	return forward((struct http *)s, buf, len, e);
}

static bool http_skip(struct stream *s, uint64_t len, struct error *e)
{
	struct http *h = (struct http *)s;
	uint64_t to;

	if (!u64_add(s->at, len, &to))
		return too_short(h, e);
	/* Where no server said how long the file is, only its bytes tell whether it goes so far. */
	if (!h->ranges || !h->has_total || to < h->next || to - h->next < JUMP_BYTES)
		return forward(h, NULL, len, e);
	if (h->ended || to > h->total)
		return too_short(h, e);
	hang_up(h);
	h->ring_from = h->ring_to = 0;
	s->at = h->next = to;
	return true;
}

static bool http_at_end(struct stream *s, bool *end, struct error *e)
{
	struct http *h = (struct http *)s;

	if (!receive(h, true, e))
		return false;
	*end = h->ring_from == h->ring_to;
	return true;
}

static void http_close(struct stream *s)
{
	struct http *h = (struct http *)s;

	if (h->multi)
		hang_up(h);
	curl_easy_cleanup(h->easy);
	if (h->multi)
		curl_multi_cleanup(h->multi);
	curl_slist_free_all(h->headers);
	curl_url_cleanup(h->address);
	curl_global_cleanup();
	free(h->ring);
	free(h->url);
	free(h);
}

/* Is there such a part in the address? */
static bool has_part(const CURLU *address, CURLUPart what)
{
	char *part = NULL;
	bool there = curl_url_get((CURLU *)(uintptr_t)address, what, &part, 0) == CURLUE_OK;

	curl_free(part);
	return there;
}

static bool check_address(const struct http *h, struct error *e)
{
	const char *url = h->url;

	if (strncasecmp(url, "https://", 8) == 0)
		return error_set(
			e, ERROR_USAGE,
			_("%s: encrypted connections are not spoken here; an image is proven by "
			  "its signatures, so give it as http://..."),
			url);
	for (const char *p = url; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return error_set(e, ERROR_USAGE,
					 _("%s: an address has no blanks; write %%20 for each"),
					 url);
	if (strncasecmp(url, "http://", 7) != 0 || url[7] == '/' ||
	    curl_url_set(h->address, CURLUPART_URL, url, 0) != CURLUE_OK ||
	    has_part(h->address, CURLUPART_FRAGMENT))
		return error_set(
			e, ERROR_USAGE,
			_("%s: that is no address such as http://192.0.2.10/office-pc.kimg"), url);
	if (has_part(h->address, CURLUPART_USER) || has_part(h->address, CURLUPART_PASSWORD))
		return error_set(
			e, ERROR_USAGE,
			_("an address with a user name or password is not used: both would "
			  "cross the network for all to read"));
	return true;
}

/* What libcurl shall do, and all that it shall not. */
static bool set_up(struct http *h)
{
	CURL *c = h->easy;

	h->headers = curl_slist_append(NULL, "Accept-Encoding: identity");
	/* These two do not exist in a libcurl that knows no proxies. */
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
	return h->headers && curl_easy_setopt(c, CURLOPT_CURLU, h->address) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HTTPHEADER, h->headers) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_USERAGENT, "blackstart") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HTTP_CONTENT_DECODING, 0L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_BUFFERSIZE, RECEIVE_BYTES) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_head) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HEADERDATA, h) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_WRITEDATA, h) == CURLE_OK;
}

struct stream *stream_http_open(const char *url, const struct stream_options *o, struct error *e)
{
	unsigned patience_s = o && o->patience_s ? o->patience_s : STREAM_PATIENCE_S;
	struct http *h = mem_alloc(sizeof(*h));

	h->url = mem_string(url);
	h->stream = (struct stream){ http_read, http_skip, http_at_end,       http_close,
				     h->url,    0,         STREAM_END_UNKNOWN };
	h->patience_ms = UINT64_C(1000) * patience_s;
	h->ring = mem_alloc(RING_BYTES);
	curl_global_init(CURL_GLOBAL_NOTHING);
	h->address = curl_url();
	if (h->address && !check_address(h, e))
		goto fail;
	h->multi = curl_multi_init();
	h->easy = curl_easy_init();
	if (!h->address || !h->multi || !h->easy || !set_up(h)) {
		error_set(e, ERROR_FAILED, _("%s: no request can be made"), url);
		goto fail;
	}
	if (receive(h, true, e)) {
		if (h->has_total)
			h->stream.end = h->total;
		return &h->stream;
	}
fail:
	http_close(&h->stream);
	return NULL;
}
