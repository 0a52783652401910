/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of an image: where its parts lie, and what is written last. */
#include "lib/image/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/image/writer_inside.h"

bool writer_used(const struct writer_payload *p, uint64_t from, uint64_t to, uint64_t *start,
		 uint64_t *end)
{
	static const struct used_map all;

	return used_map_next(p->used ? p->used : &all, from, to, start, end);
}

bool writer_put(struct writer_run *r, uint64_t at, const void *bytes, size_t len, struct error *e)
{
	const uint8_t *p = bytes;

	while (len > 0) {
		ssize_t n = pwrite(r->w->fd, p, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			r->write_errno = errno;
			return error_errno(e, _("cannot write the image at byte %llu"), at + 0ULL);
		}
		p += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

/* Chunks of a payload in which anything is used, before anything is read. */
static void count_used(struct writer_run *r, uint32_t number)
{
	const struct writer_payload *p = &r->w->payloads[number];
	const struct kimg_payload *to = &r->payloads[number];
	uint32_t chunks = 0;

	for (uint32_t i = 0; i < to->chunks; i++) {
		uint64_t at = (uint64_t)i * KIMG_CHUNK_BYTES, start, end;
		uint64_t to_byte = at + kimg_chunk_bytes(to, i);
		bool used = writer_used(p, at, to_byte, &start, &end);

		if (used)
			r->used_bytes += kimg_chunk_bytes(to, i);
		chunks += used;
	}
	r->pieces_wanted += chunks;
	r->frames_wanted += (chunks + KIMG_PIECES_IN_FRAME - 1) / KIMG_PIECES_IN_FRAME;
}

static bool count_chunks(struct writer_run *r, struct error *e)
{
	const struct writer *w = r->w;
	uint64_t chunks = 0;

	r->payloads = mem_array(w->payload_count, sizeof(*r->payloads));
	for (uint32_t i = 0; i < w->payload_count; i++) {
		struct kimg_payload *p = &r->payloads[i];
		uint64_t n;

		*p = w->payloads[i].to;
		n = p->size_bytes / KIMG_CHUNK_BYTES + (p->size_bytes % KIMG_CHUNK_BYTES != 0);
		if (n > KIMG_INDEX_MAX / 4 - chunks)
			return error_set(e, ERROR_FAILED,
					 _("it is larger than an image can hold (64 TiB)"));
		p->first_chunk = (uint32_t)chunks;
		p->chunks = (uint32_t)n;
		chunks += n;
	}
	r->chunk_count = (uint32_t)chunks;
	for (uint32_t i = 0; i < w->payload_count; i++)
		count_used(r, i);
	return true;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The places, with room for as many pieces as there are used chunks; and what would be
 * refused in the end is refused now. */
static bool plan(struct writer_run *r, struct error *e)
{
	struct kimg_manifest *m = r->w->manifest;
	struct text draft = { 0 };
	uint64_t numbers = 4 * (uint64_t)r->chunk_count;
	/* Each payload's last frame may hold one piece. */
	uint64_t lone = (uint64_t)KIMG_FRAME_ROW * r->w->payload_count;
	uint64_t fours = numbers + lone > KIMG_INDEX_MAX
				 ? 0
				 : (KIMG_INDEX_MAX - numbers - lone) /
					   (KIMG_FRAME_ROW + KIMG_PIECES_IN_FRAME * KIMG_PIECE_ROW);

	m->payloads = r->payloads;
	m->payload_count = r->w->payload_count;
	m->index_at = kimg_index_at(kimg_manifest_bytes(m));
	m->chunks = r->chunk_count;
	m->frames = m->pieces = 0;
	m->index_bytes = (uint32_t)numbers;
	m->data_bytes = 0;
	memset(&m->index_digest, 0, sizeof(m->index_digest));
	r->piece_max = (uint32_t)least(r->pieces_wanted, fours * KIMG_PIECES_IN_FRAME);
	r->frame_max = (uint32_t)least(r->frames_wanted, fours + r->w->payload_count);
	r->data_at = m->index_at + numbers + (uint64_t)KIMG_PIECE_ROW * r->piece_max +
		     (uint64_t)KIMG_FRAME_ROW * r->frame_max;
	r->data_at = (r->data_at + KIMG_BLOCK - 1) / KIMG_BLOCK * KIMG_BLOCK;
	m->data_at = r->data_at;
	bool ok = kimg_manifest_write(m, &draft, e);

	text_release(&draft);
	return ok;
}

/* Memory for all that may come: nothing is taken once bytes are written. */
static void prepare(struct writer_run *r, struct text *index)
{
	uint64_t slots = 16;

	while (slots < 2 * (uint64_t)r->piece_max)
		slots *= 2;
	r->index.chunks = mem_array(r->chunk_count, sizeof(*r->index.chunks));
	r->index.frames = mem_array(r->frame_max, sizeof(*r->index.frames));
	r->index.pieces = mem_array(r->piece_max, sizeof(*r->index.pieces));
	r->table = mem_array(slots, sizeof(*r->table));
	r->table_mask = (uint32_t)(slots - 1);
	index->capacity = 4 * (size_t)r->chunk_count + (size_t)KIMG_PIECE_ROW * r->piece_max +
			  (size_t)KIMG_FRAME_ROW * r->frame_max + 1;
	index->s = mem_alloc(index->capacity);
}

/* Index, manifest and superblock, in this order: what is cut short is no image. */
static bool finish(struct writer_run *r, struct text *index, struct writer_report *report,
		   struct error *e)
{
	struct kimg_manifest *m = r->w->manifest;
	struct text manifest = { 0 };
	uint8_t super[KIMG_BLOCK];

	m->frames = r->frame_count;
	m->pieces = r->piece_count;
	m->data_bytes = r->data_bytes;
	m->index_bytes = (uint32_t)kimg_index_bytes(m);
	kimg_index_write(&r->index, m, index);
	m->index_digest = digest_bytes(index->s, index->len);
	bool ok = kimg_manifest_write(m, &manifest, e);

	if (ok && ftruncate(r->w->fd, (off_t)(r->data_at + r->data_bytes)) != 0) {
		r->write_errno = errno;
		ok = error_errno(e, _("cannot give the image its length"));
	}
	if (ok) {
		kimg_super_write(m, manifest.s, manifest.len, super);
		ok = writer_put(r, m->index_at, index->s, index->len, e) &&
		     writer_put(r, KIMG_MANIFEST_AT, manifest.s, manifest.len, e) &&
		     writer_put(r, 0, super, sizeof(super), e);
	}
	if (ok)
		*report = (struct writer_report){
			.used_bytes = r->used_bytes,
			.zero_bytes = r->zero_bytes,
			.repeated_bytes = r->repeated_bytes,
			.stored_bytes = r->data_bytes,
			.file_bytes = r->data_at + r->data_bytes,
			.identity = digest_bytes(manifest.s, manifest.len),
		};
	text_release(&manifest);
	return ok;
}

static unsigned jobs_of(const struct writer *w)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned jobs = w->jobs ? w->jobs : processors > 0 ? (unsigned)processors + 1 : 2;

	return jobs < WRITER_JOBS_MAX ? jobs : WRITER_JOBS_MAX;
}

bool writer_check(const struct writer *w, struct error *e)
{
	struct writer_run r = { .w = w };
	bool ok = count_chunks(&r, e) && plan(&r, e);

	w->manifest->payloads = NULL;
	w->manifest->payload_count = 0;
	free(r.payloads);
	return ok;
}

bool writer_run(const struct writer *w, struct writer_report *report, struct error *e)
{
	struct writer_run r = { .w = w };
	struct text index = { 0 };
	bool ok = count_chunks(&r, e) && plan(&r, e);

	if (ok) {
		prepare(&r, &index);
		ok = writer_chunks(&r, jobs_of(w), e) && finish(&r, &index, report, e);
	}
	if (!ok)
		*report = (struct writer_report){ .write_errno = r.write_errno };
	w->manifest->payloads = NULL;
	w->manifest->payload_count = 0;
	kimg_index_release(&r.index);
	text_release(&index);
	free(r.table);
	free(r.payloads);
	return ok;
}
