/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Event logs from begin to end: the file header, chunks wherever they stand, and a second time what is
 * left beside them. docs/formats/evtx.md. */
#include "triage/parse/evtx.h"

#include <stdlib.h>

#include "lib/base/memory.h"
#include "lib/base/reader.h"
#include "lib/base/scatter.h"
#include "triage/parse/evtx_inside.h"

#define FILE_HEAD 4096u
#define FILE_HEAD_USED 128u /* then zeros */
#define FILE_HEAD_CHECKED 120u
#define FILE_DIRTY 1u
#define FILE_NO_CRC32 4u
#define WINDOW_BYTES (4 * EVTX_CHUNK_BYTES + 4096u)
#define UNREADABLE_BYTES 4096u /* what is given up at once */
#define UNREADABLE_MAX 65536u  /* pieces; then the input as a whole cannot be read */
#define SEEN_MAX (4u << 20)    /* records that recovered ones are compared with */

/* Records that were passed already, by number and time. */
struct seen {
	uint64_t *keys; /* 0: free */
	uint64_t key;   /* of scatter() */
	size_t count, size;
};

struct log {
	const struct partition_source *s;
	const struct evtx_options *o;
	struct error *e;
	struct evtx_run run;
	uint8_t *window;
	uint64_t window_at;
	size_t window_len;
	size_t unreadable;
	struct seen seen;
	uint64_t chunks;
	bool recovering; /* the second time: what is damaged was reported */
};

static void problem(struct log *l, uint64_t offset, const char *what)
{
	if (!l->recovering)
		parse_problem(l->o->problems, offset, what);
}

/* ---- bytes */

/* Read what can be read; the rest becomes zeros. */
static bool read_pieces(struct log *l, uint64_t at, size_t len)
{
	for (size_t i = 0; i < len; i += UNREADABLE_BYTES) {
		size_t n = len - i < UNREADABLE_BYTES ? len - i : UNREADABLE_BYTES;
		struct error e = { 0 };

		if (partition_source_read(l->s, at + i, l->window + i, n, &e))
			continue;
		if (++l->unreadable > UNREADABLE_MAX) {
			*l->e = e;
			return false;
		}
		memset(l->window + i, 0, n);
		problem(l, at + i, N_("it cannot be read here"));
	}
	return true;
}

/* At most len bytes at this place, fewer at the end only; NULL with an error. */
static const uint8_t *bytes_at(struct log *l, uint64_t at, size_t *len)
{
	if (l->s->size_bytes - at < *len)
		*len = (size_t)(l->s->size_bytes - at);
	if (at < l->window_at || at - l->window_at > l->window_len ||
	    l->window_len - (at - l->window_at) < *len) {
		struct error e = { 0 };

		l->window_at = at;
		l->window_len = WINDOW_BYTES;
		if (l->s->size_bytes - at < WINDOW_BYTES)
			l->window_len = (size_t)(l->s->size_bytes - at);
		if (!partition_source_read(l->s, at, l->window, l->window_len, &e) &&
		    !read_pieces(l, at, l->window_len))
			return NULL;
	}
	return l->window + (at - l->window_at);
}

/* ---- what was seen */

static uint64_t key_of(const struct evtx_bytes b, uint32_t from)
{
	uint64_t k = le64(b.at + from + 8) * UINT64_C(0x9e3779b97f4a7c15);

	k = (k ^ k >> 29 ^ le64(b.at + from + 16)) * UINT64_C(0xbf58476d1ce4e5b9);
	k ^= k >> 32;
	return k ? k : 1;
}

static uint64_t *find_key(const struct seen *s, uint64_t key)
{
	size_t i = scatter(key, s->key, s->size);

	while (s->keys[i] && s->keys[i] != key)
		i = (i + 1) & (s->size - 1);
	return &s->keys[i];
}

/* False: it was there. */
static bool remember(struct log *l, uint64_t key)
{
	struct seen *s = &l->seen;

	if (s->count >= s->size / 2 && s->count < SEEN_MAX) {
		struct seen larger = { .key = scatter_key(),
				       .size = s->size ? s->size * 2 : 1024,
				       .count = s->count };

		larger.keys = mem_array(larger.size, sizeof(*larger.keys));
		for (size_t i = 0; i < s->size; i++)
			if (s->keys[i])
				*find_key(&larger, s->keys[i]) = s->keys[i];
		free(s->keys);
		*s = larger;
	}
	uint64_t *place = find_key(s, key);
	if (*place)
		return false;
	if (s->count < SEEN_MAX) {
		*place = key;
		if (++s->count == SEEN_MAX)
			problem(l, 0,
				N_("there are too many records to find all that are there twice"));
	}
	return true;
}

/* ---- records */

static bool show(struct log *l, const struct evtx_extent *x, uint64_t offset, bool recovered,
		 const char **said)
{
	evtx_run_record(&l->run, x->from, x->end, offset + x->from, recovered);
	/* Once a chunk: what is wrong with one record is wrong with many. */
	if (l->run.problem && l->run.problem != *said) {
		*said = l->run.problem;
		parse_problem(l->o->problems, offset + x->from, *said);
	}
	return l->o->record(l->o->ctx, &l->run.record, l->e);
}

/* Records that the one before was made longer for, so that nobody finds them. */
static bool hidden_records(struct log *l, struct evtx_bytes b, uint32_t at, uint32_t end,
			   uint64_t offset, const char **said)
{
	struct evtx_extent x;

	while (at && evtx_next_hidden(b, &at, end, &x)) {
		problem(l, offset + x.from, N_("a record is hidden at the end of another"));
		if (l->o->recovered && !remember(l, key_of(b, x.from)) && l->recovering)
			continue;
		if (!show(l, &x, offset, true, said))
			return false;
	}
	return true;
}

static bool pass(struct log *l, struct evtx_bytes b, const struct evtx_extent *x, uint64_t offset,
		 const char **said)
{
	if (x->problem)
		problem(l, offset + x->from, x->problem);
	if (l->o->recovered && !remember(l, key_of(b, x->from)) && l->recovering)
		return true;
	return show(l, x, offset, l->recovering, said) &&
	       hidden_records(l, b, l->run.behind, x->end, offset, said);
}

static bool live_records(struct log *l, const struct evtx_chunk *c, uint64_t offset)
{
	struct evtx_walk w = { 0 };
	struct evtx_extent x;
	const char *said = NULL;

	if (c->problem)
		problem(l, offset, c->problem);
	l->chunks++;
	while (evtx_next_live(c, &w, &x))
		if (!pass(l, c->b, &x, offset, &said))
			return false;
	if (x.problem) /* and no record behind it */
		problem(l, offset + w.at, x.problem);
	return true;
}

static bool carved_records(struct log *l, struct evtx_bytes b, uint32_t at, uint64_t offset)
{
	struct evtx_extent x;
	const char *said = NULL;

	while (evtx_next_carved(b, &at, &x))
		if (!pass(l, b, &x, offset, &said))
			return false;
	return true;
}

static bool chunk(struct log *l, struct evtx_chunk *c, uint64_t offset)
{
	struct evtx_walk w = { 0 };
	struct evtx_extent x;

	evtx_run_chunk(&l->run, c->b);
	if (!l->recovering)
		return live_records(l, c, offset);
	while (evtx_next_live(c, &w, &x))
		evtx_run_learn(&l->run, x.from, x.end);
	return carved_records(l, c->b, w.old ? w.old : w.at, offset);
}

/* Bytes without a chunk, where one should be or between others. */
static bool between(struct log *l, struct evtx_bytes b, uint64_t offset)
{
	if (only_zeros(b.at, b.len))
		return true;
	problem(l, offset, N_("there is no chunk where one should be"));
	if (!l->recovering)
		return true;
	evtx_run_chunk(&l->run, b);
	return carved_records(l, b, 0, offset);
}

static bool walk(struct log *l, uint64_t at)
{
	while (at < l->s->size_bytes) {
		size_t n = EVTX_CHUNK_BYTES + EVTX_CHUNK_SIGN - 1; /* one may begin at the end */
		const uint8_t *p = bytes_at(l, at, &n);

		if (!p)
			return false;
		struct evtx_bytes b = { p, n < EVTX_CHUNK_BYTES ? (uint32_t)n : EVTX_CHUNK_BYTES };
		if (n >= 8 && memcmp(p, "ElfChnk", 8) == 0) {
			struct evtx_chunk c = evtx_chunk_of(b);

			if (!chunk(l, &c, at))
				return false;
			at += c.b.len;
			continue;
		}
		size_t next = evtx_find_chunk(p, 1, n);
		if (next < b.len)
			b.len = (uint32_t)next;
		if (at < FILE_HEAD && b.len > FILE_HEAD - at) /* there the first one should be */
			b.len = (uint32_t)(FILE_HEAD - at);
		if (!between(l, b, at))
			return false;
		at += b.len;
	}
	return true;
}

/* ---- the file header */

/* What it says, for what it is worth. Where the chunks begin; *there: it is one. */
static bool header(struct log *l, uint64_t *chunks_at, bool *there, uint16_t *chunks,
		   uint32_t *flags)
{
	size_t n = FILE_HEAD_USED;
	const uint8_t *p = bytes_at(l, 0, &n);

	if (!p)
		return false;
	struct reader r = reader_of(p, n);
	const uint8_t *magic = reader_take(&r, 8);
	*there = magic && memcmp(magic, "ElfFile", 8) == 0;
	*chunks_at = 0;
	if (!*there) {
		if (!magic || memcmp(magic, "ElfChnk", 8) != 0)
			problem(l, 0, N_("there is no file header"));
		return true;
	}
	reader_skip(&r, 28);
	uint16_t minor = reader_le16(&r), major = reader_le16(&r);
	reader_skip(&r, 2); /* its own size, behind which chunks could be hidden */
	*chunks = reader_le16(&r);
	reader_skip(&r, FILE_HEAD_CHECKED - 44);
	*flags = reader_le32(&r);
	uint32_t crc = reader_le32(&r);
	if (r.bad) {
		problem(l, 0, N_("the file header is cut off"));
		*flags = FILE_DIRTY;
	} else if (!(*flags & FILE_NO_CRC32) && evtx_crc32(0, p, FILE_HEAD_CHECKED) != crc) {
		problem(l, 0, N_("the checksum of the file header is wrong"));
	}
	if (!r.bad && (major != 3 || minor > 2))
		problem(l, 0, N_("the version of the log is not known"));
	*chunks_at = FILE_HEAD_USED;
	return true;
}

static bool read_log(struct log *l)
{
	uint64_t chunks_at;
	uint16_t chunks = 0;
	uint32_t flags = 0;
	bool there;

	if (!header(l, &chunks_at, &there, &chunks, &flags) || !walk(l, chunks_at))
		return false;
	if (!there && !l->chunks)
		return error_set(
			l->e, ERROR_UNTRUSTED,
			_("this is no event log: there is neither its header nor a chunk"));
	if (there && flags & FILE_DIRTY)
		problem(l, 0, N_("the log was not closed"));
	else if (there && (uint16_t)l->chunks != chunks)
		problem(l, 0, N_("the number of chunks in the file header is wrong"));
	if (!l->o->recovered)
		return true;
	l->recovering = true;
	return walk(l, chunks_at);
}

bool evtx_read(const struct partition_source *s, const struct evtx_options *o, struct error *e)
{
	struct log *l = mem_alloc(sizeof(*l));

	l->s = s;
	l->o = o;
	l->e = e;
	l->window = mem_alloc(WINDOW_BYTES);
	evtx_run_init(&l->run);
	bool ok = read_log(l);
	evtx_run_release(&l->run);
	free(l->window);
	free(l->seen.keys);
	free(l);
	return ok;
}
