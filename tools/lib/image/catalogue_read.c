/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalogue out of an image: its frames, its digest, its lines. */
#include "lib/image/catalogue_read.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/image/pump.h"

struct loading {
	const struct image *image;
	const struct kimg_payload *payload;
	uint8_t *wanted; /* a bit for each piece */
	char *bytes;
};

static const struct kimg_payload *find_payload(const struct kimg_manifest *m)
{
	for (uint32_t i = 0; i < m->payload_count; i++)
		if (m->payloads[i].kind == KIMG_PAYLOAD_CATALOGUE)
			return &m->payloads[i];
	return NULL;
}

static bool want(void *ctx, uint32_t piece)
{
	const struct loading *l = ctx;

	return l->wanted[piece / 8] >> piece % 8 & 1;
}

/* Each chunk has its own place, so threads do not meet. */
static bool take(void *ctx, const struct pump_piece *pieces, unsigned count, struct error *e)
{
	const struct loading *l = ctx;
	const struct kimg_payload *p = l->payload;
	const uint32_t *chunks = l->image->index.chunks + p->first_chunk;

	(void)e;
	for (unsigned k = 0; k < count; k++)
		for (uint32_t i = 0; i < p->chunks && want(ctx, pieces[k].number); i++)
			if (chunks[i] == pieces[k].number)
				memcpy(l->bytes + (size_t)i * KIMG_CHUNK_BYTES, pieces[k].plain,
				       kimg_chunk_bytes(p, i));
	return true;
}

/* Lines ascend and have no zeros: so no piece of it is there twice, nor is a hole. What says so is small
 * and wants to take much memory. */
static bool want_pieces(struct loading *l, const char *name, struct error *e)
{
	const uint32_t *chunks = l->image->index.chunks + l->payload->first_chunk;

	for (uint32_t k = 0; k < l->payload->chunks; k++) {
		if (chunks[k] >= l->image->manifest.pieces || want(l, chunks[k]))
			return error_set(
				e, ERROR_UNTRUSTED,
				_("%s is damaged: its catalogue has holes, or a piece of it "
				  "is there twice"),
				name);
		l->wanted[chunks[k] / 8] |= (uint8_t)(1u << chunks[k] % 8);
	}
	return true;
}

/* Room for it, and which pieces it consists of. Release with loading_release(). */
static bool loading_begin(struct loading *l, const struct image *i, const char *name,
			  struct error *e)
{
	const struct kimg_manifest *m = &i->manifest;

	*l = (struct loading){ .image = i, .payload = find_payload(m) };
	if (!l->payload || !m->has_catalogue)
		return error_set(e, ERROR_FAILED, _("%s has no catalogue of its files"), name);
	if (l->payload->size_bytes > CATALOGUE_BYTES_MAX ||
	    l->payload->size_bytes != m->catalogue_bytes)
		return error_set(e, ERROR_UNTRUSTED,
				 _("%s is damaged: its catalogue has another size than its "
				   "manifest says"),
				 name);
	l->wanted = mem_alloc(m->pieces / 8 + 1);
	if (!want_pieces(l, name, e))
		return false;
	if (l->payload->size_bytes > mem_available() / 2)
		return error_set(e, ERROR_FAILED,
				 _("%s: its catalogue has %llu MiB, more than half of the memory "
				   "that is free here. Take a PC with more"),
				 name, (l->payload->size_bytes >> 20) + 0ULL);
	l->bytes = mem_alloc((size_t)l->payload->size_bytes);
	return true;
}

static void loading_release(struct loading *l)
{
	free(l->wanted);
	free(l->bytes);
}

/* All its pieces were taken: is it the one? Takes the bytes. */
static bool loading_end(struct loading *l, struct catalogue *c, const char *name, struct error *e)
{
	const struct kimg_manifest *m = &l->image->manifest;
	const size_t len = (size_t)l->payload->size_bytes;
	struct digest digest = digest_bytes(l->bytes, len);
	char *bytes = l->bytes;

	if (!digest_equal(&digest, &m->catalogue_digest))
		return error_set(e, ERROR_UNTRUSTED,
				 _("%s is damaged: its catalogue is not the one that its manifest "
				   "names"),
				 name);
	l->bytes = NULL;
	return catalogue_begin(c, bytes, len, m->catalogue_lines, e) ||
	       error_prefix(e, "%s: ", name);
}

bool catalogue_load(struct catalogue *c, const struct image *i, struct stream *s, struct error *e)
{
	struct loading l;
	const struct pump pump = {
		.image = i,
		.stream = s,
		.jobs = 1,
		.deep = true,
		.want = want,
		.take = take,
		.ctx = &l,
	};

	*c = (struct catalogue){ 0 };
	bool ok = loading_begin(&l, i, s->name, e) && pump_run(&pump, e) &&
		  loading_end(&l, c, s->name, e);
	loading_release(&l);
	return ok;
}

/* To the last line, each in its form and its place. */
static bool all_lines(struct catalogue *c, const char *name, struct error *e)
{
	struct catalogue_line line;
	bool more = true;

	while (more)
		if (!catalogue_next(c, &line, &more, e))
			return error_prefix(e, "%s: ", name);
	return true;
}

bool catalogue_check(const struct image *i, const struct pump *all, struct error *e)
{
	const char *name = all->stream->name;
	struct catalogue c = { 0 };
	struct loading l;
	struct pump pump = *all;

	pump.take = take;
	pump.ctx = &l;
	bool ok = loading_begin(&l, i, name, e) && pump_run(&pump, e) &&
		  loading_end(&l, &c, name, e) && all_lines(&c, name, e);
	loading_release(&l);
	catalogue_unload(&c);
	return ok;
}

bool catalogue_begin(struct catalogue *c, char *bytes, size_t len, uint64_t lines, struct error *e)
{
	static const char first[] = CATALOGUE_FIRST_LINE;
	const size_t n = sizeof(first) - 1;

	*c = (struct catalogue){
		.bytes = bytes, .len = len, .at = n, .lines = lines, .left = lines
	};
	if (len >= n && memcmp(bytes, first, n) == 0 && lines <= CATALOGUE_LINES_MAX)
		return true;
	catalogue_unload(c);
	return error_set(e, ERROR_UNTRUSTED, _("the catalogue does not begin like one"));
}

bool catalogue_next(struct catalogue *c, struct catalogue_line *line, bool *more, struct error *e)
{
	const char *at = c->bytes + c->at;
	size_t left = c->len - c->at;

	*more = left > 0;
	if (!*more)
		return c->left == 0 ||
		       error_set(e, ERROR_UNTRUSTED, _("the catalogue is cut short"));
	const char *end = memchr(at, '\n', left);
	if (!end || c->left == 0)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the catalogue has other lines than its manifest says"));
	if (!catalogue_parse(at, (size_t)(end - at), line, e))
		return error_prefix(e, "%llu: ", c->lines - c->left + 2ULL);
	if (c->last.path && catalogue_order(&c->last, line) >= 0)
		return error_set(e, ERROR_UNTRUSTED,
				 _("line %llu of the catalogue is out of order"),
				 c->lines - c->left + 2ULL);
	c->last = *line;
	c->left--;
	c->at += (size_t)(end - at) + 1;
	return true;
}

void catalogue_unload(struct catalogue *c)
{
	free(c->bytes);
	*c = (struct catalogue){ 0 };
}

bool catalogue_matches(const char *pattern, const char *path, size_t len)
{
	const char *end = path + len, *star = NULL, *resume = NULL;

	/* Where a star may have taken too little, it takes one more; only the last star
	 * matters, so the time is at most the product of both lengths. */
	while (path < end) {
		if (*pattern == '*') {
			star = pattern++;
			resume = path;
		} else if (*pattern == *path) {
			pattern++;
			path++;
		} else if (star) {
			pattern = star + 1;
			path = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}
