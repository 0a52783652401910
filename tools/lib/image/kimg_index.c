/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index of an image: a row for each frame and each piece, a number for each chunk. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"
#include "lib/image/kimg_inside.h"

uint64_t kimg_index_bytes(const struct kimg_manifest *m)
{
	return (uint64_t)m->frames * KIMG_FRAME_ROW + (uint64_t)m->pieces * KIMG_PIECE_ROW +
	       (uint64_t)m->chunks * 4;
}

static bool take_digest(struct reader *r, struct digest *d)
{
	const uint8_t *bytes = reader_take(r, DIGEST_BYTES);

	if (bytes)
		memcpy(d->bytes, bytes, DIGEST_BYTES);
	return bytes;
}

static bool take_frames(struct reader *r, const struct kimg_manifest *m, struct kimg_index *x,
			struct error *e)
{
	uint32_t piece = 0;
	uint64_t at = 0;

	for (uint32_t i = 0; i < m->frames; i++) {
		struct kimg_frame *f = &x->frames[i];

		f->stored_bytes = reader_le32(r);
		f->pieces = reader_le32(r);
		f->first_piece = piece;
		if (!take_digest(r, &f->stored) || f->stored_bytes < 1 ||
		    f->stored_bytes > KIMG_STORED_MAX)
			return error_set(e, ERROR_UNTRUSTED,
					 _("the image's index: frame %u has a size that none can "
					   "have"),
					 i);
		if (f->pieces < 1 || f->pieces > KIMG_PIECES_IN_FRAME ||
		    f->pieces > m->pieces - piece)
			return error_set(e, ERROR_UNTRUSTED,
					 _("the image's index: frame %u has more or fewer pieces "
					   "than one can have"),
					 i);
		piece += f->pieces;
		x->frame_at[i] = at;
		at += f->stored_bytes;
	}
	x->frame_at[m->frames] = at;
	if (piece != m->pieces)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the image's index: no frame holds piece %u"), piece);
	return at == m->data_bytes ||
	       error_set(e, ERROR_UNTRUSTED,
			 _("the image's index: its frames have %llu bytes, the manifest says %llu"),
			 at + 0ULL, m->data_bytes + 0ULL);
}

static bool take_pieces(struct reader *r, const struct kimg_manifest *m, struct kimg_index *x,
			struct error *e)
{
	for (uint32_t i = 0, frame = 0; i < m->pieces; i++) {
		struct kimg_piece *p = &x->pieces[i];

		p->plain_bytes = reader_le32(r);
		if (!take_digest(r, &p->digest) || p->plain_bytes < 1 ||
		    p->plain_bytes > KIMG_CHUNK_BYTES)
			return error_set(e, ERROR_UNTRUSTED,
					 _("the image's index: piece %u has a size that none can "
					   "have"),
					 i);
		/* take_frames() saw that each piece has one. */
		frame += i == x->frames[frame].first_piece + x->frames[frame].pieces;
		p->frame = frame;
		x->frames[frame].plain_bytes += p->plain_bytes;
	}
	return true;
}

/* One chunk's number; *next is the first piece that was not named yet. */
static const char *take_chunk(const struct kimg_manifest *m, const struct kimg_index *x,
			      const struct kimg_payload *p, uint32_t i, uint32_t number,
			      uint32_t *next)
{
	if (number == KIMG_ZEROS)
		return NULL;
	if (number == KIMG_HOLE)
		return p->kind == KIMG_PAYLOAD_PARTITION
			       ? NULL
			       : N_("is a hole where every byte is needed");
	if (number > *next || number >= m->pieces)
		return N_("names a piece before its time");
	*next += number == *next;
	return x->pieces[number].plain_bytes == kimg_chunk_bytes(p, i)
		       ? NULL
		       : N_("is of another size than its piece");
}

static bool take_chunks(struct reader *r, const struct kimg_manifest *m, struct kimg_index *x,
			struct error *e)
{
	uint32_t next = 0, chunk = 0;

	for (uint32_t k = 0; k < m->payload_count; k++) {
		const struct kimg_payload *p = &m->payloads[k];

		for (uint32_t i = 0; i < p->chunks; i++, chunk++) {
			const char *why;

			x->chunks[chunk] = reader_le32(r);
			why = take_chunk(m, x, p, i, x->chunks[chunk], &next);
			if (why)
				return error_set(e, ERROR_UNTRUSTED,
						 _("the image's index: chunk %u %s"), chunk,
						 _(why));
		}
	}
	return next == m->pieces ||
	       error_set(e, ERROR_UNTRUSTED, _("the image's index: nothing names piece %u"), next);
}

static int by_content(const void *a, const void *b)
{
	const struct kimg_piece *const *x = a, *const *y = b;
	int order = memcmp((*x)->digest.bytes, (*y)->digest.bytes, DIGEST_BYTES);

	if (order)
		return order;
	return ((*x)->plain_bytes > (*y)->plain_bytes) - ((*x)->plain_bytes < (*y)->plain_bytes);
}

static bool check_twins(const struct kimg_manifest *m, const struct kimg_index *x, struct error *e)
{
	const struct kimg_piece **sorted = mem_array(m->pieces, sizeof(*sorted));
	bool ok = true;

	for (uint32_t i = 0; i < m->pieces; i++)
		sorted[i] = &x->pieces[i];
	qsort(sorted, m->pieces, sizeof(*sorted), by_content);
	for (uint32_t i = 1; i < m->pieces && ok; i++)
		if (by_content(&sorted[i - 1], &sorted[i]) == 0)
			ok = error_set(e, ERROR_UNTRUSTED,
				       _("the image's index: two pieces have the same content"));
	free(sorted);
	return ok;
}

bool kimg_index_parse(const void *bytes, size_t len, const struct kimg_manifest *m,
		      struct kimg_index *x, struct error *e)
{
	struct reader r = reader_of(bytes, len);

	*x = (struct kimg_index){ 0 };
	if (len != m->index_bytes || len != kimg_index_bytes(m))
		return error_set(e, ERROR_UNTRUSTED,
				 _("the image's index has another size than the manifest says"));
	x->frames = mem_array(m->frames, sizeof(*x->frames));
	x->frame_at = mem_array((size_t)m->frames + 1, sizeof(*x->frame_at));
	x->pieces = mem_array(m->pieces, sizeof(*x->pieces));
	x->chunks = mem_array(m->chunks, sizeof(*x->chunks));
	if (take_frames(&r, m, x, e) && take_pieces(&r, m, x, e) && take_chunks(&r, m, x, e) &&
	    check_twins(m, x, e))
		return true;
	kimg_index_release(x);
	return false;
}

static void add_le32(struct text *out, uint32_t value)
{
	const char le[4] = { (char)(value & 0xff), (char)(value >> 8 & 0xff),
			     (char)(value >> 16 & 0xff), (char)(value >> 24) };

	text_add_n(out, le, sizeof(le));
}

void kimg_index_write(const struct kimg_index *x, const struct kimg_manifest *m, struct text *out)
{
	for (uint32_t i = 0; i < m->frames; i++) {
		add_le32(out, x->frames[i].stored_bytes);
		add_le32(out, x->frames[i].pieces);
		text_add_n(out, (const char *)x->frames[i].stored.bytes, DIGEST_BYTES);
	}
	for (uint32_t i = 0; i < m->pieces; i++) {
		add_le32(out, x->pieces[i].plain_bytes);
		text_add_n(out, (const char *)x->pieces[i].digest.bytes, DIGEST_BYTES);
	}
	for (uint32_t i = 0; i < m->chunks; i++)
		add_le32(out, x->chunks[i]);
}

void kimg_index_release(struct kimg_index *x)
{
	free(x->frames);
	free(x->frame_at);
	free(x->pieces);
	free(x->chunks);
	*x = (struct kimg_index){ 0 };
}
