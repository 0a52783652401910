/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index of an image: a row for each frame, a number for each chunk. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"
#include "lib/image/kimg_inside.h"

/* An index that was cut short has no rows to judge: `bad` of the reader tells. */
static bool take_frames(struct reader *r, const struct kimg_manifest *m, struct kimg_index *x,
			struct error *e)
{
	uint64_t at = 0;

	for (uint32_t i = 0; i < m->frames; i++) {
		struct kimg_frame *f = &x->frames[i];
		const uint8_t *digests;

		f->stored_bytes = reader_le32(r);
		f->plain_bytes = reader_le32(r);
		digests = reader_take(r, 2 * DIGEST_BYTES);
		if (!digests || f->stored_bytes < 1 || f->stored_bytes > KIMG_STORED_MAX ||
		    f->plain_bytes < 1 || f->plain_bytes > KIMG_CHUNK_BYTES)
			return error_set(e, ERROR_UNTRUSTED,
					 _("the image's index: frame %u has a size that none can "
					   "have"),
					 i);
		memcpy(f->stored.bytes, digests, DIGEST_BYTES);
		memcpy(f->plain.bytes, digests + DIGEST_BYTES, DIGEST_BYTES);
		x->frame_at[i] = at;
		at += f->stored_bytes;
	}
	x->frame_at[m->frames] = at;
	return at == m->data_bytes ||
	       error_set(e, ERROR_UNTRUSTED,
			 _("the image's index: its frames have %llu bytes, the manifest says %llu"),
			 at + 0ULL, m->data_bytes + 0ULL);
}

/* One chunk's number; *next is the first frame that was not named yet. */
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
	if (number > *next || number >= m->frames)
		return N_("names a frame before its time");
	*next += number == *next;
	return x->frames[number].plain_bytes == kimg_chunk_bytes(p, i)
		       ? NULL
		       : N_("is of another size than its frame");
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
	return next == m->frames ||
	       error_set(e, ERROR_UNTRUSTED, _("the image's index: nothing names frame %u"), next);
}

static int by_plain(const void *a, const void *b)
{
	const struct kimg_frame *const *x = a, *const *y = b;
	int order = memcmp((*x)->plain.bytes, (*y)->plain.bytes, DIGEST_BYTES);

	if (order)
		return order;
	return ((*x)->plain_bytes > (*y)->plain_bytes) - ((*x)->plain_bytes < (*y)->plain_bytes);
}

static bool check_twins(const struct kimg_manifest *m, const struct kimg_index *x, struct error *e)
{
	const struct kimg_frame **sorted = mem_array(m->frames, sizeof(*sorted));
	bool ok = true;

	for (uint32_t i = 0; i < m->frames; i++)
		sorted[i] = &x->frames[i];
	qsort(sorted, m->frames, sizeof(*sorted), by_plain);
	for (uint32_t i = 1; i < m->frames && ok; i++)
		if (by_plain(&sorted[i - 1], &sorted[i]) == 0)
			ok = error_set(e, ERROR_UNTRUSTED,
				       _("the image's index: two frames have the same content"));
	free(sorted);
	return ok;
}

bool kimg_index_parse(const void *bytes, size_t len, const struct kimg_manifest *m,
		      struct kimg_index *x, struct error *e)
{
	struct reader r = reader_of(bytes, len);

	*x = (struct kimg_index){ 0 };
	if (len != m->index_bytes ||
	    len != (uint64_t)m->frames * KIMG_FRAME_ROW + (uint64_t)m->chunks * 4)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the image's index has another size than the manifest says"));
	x->frames = mem_array(m->frames, sizeof(*x->frames));
	x->frame_at = mem_array((size_t)m->frames + 1, sizeof(*x->frame_at));
	x->chunks = mem_array(m->chunks, sizeof(*x->chunks));
	if (take_frames(&r, m, x, e) && take_chunks(&r, m, x, e) && check_twins(m, x, e))
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
		add_le32(out, x->frames[i].plain_bytes);
		text_add_n(out, (const char *)x->frames[i].stored.bytes, DIGEST_BYTES);
		text_add_n(out, (const char *)x->frames[i].plain.bytes, DIGEST_BYTES);
	}
	for (uint32_t i = 0; i < m->chunks; i++)
		add_le32(out, x->chunks[i]);
}

void kimg_index_release(struct kimg_index *x)
{
	free(x->frames);
	free(x->frame_at);
	free(x->chunks);
	*x = (struct kimg_index){ 0 };
}
