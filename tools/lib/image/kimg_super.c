/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first block of an image: where its manifest lies. */
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"
#include "lib/image/kimg_inside.h"

#define DIGEST_AT (KIMG_BLOCK - DIGEST_BYTES)
#define ZEROS_AT 80u

static const uint8_t magic[8] = { 'K', 'I', 'M', 'G', '\r', '\n', 0x1a, '\n' };

/* Is it an image at all, of this version, and is the block whole? */
static bool check_block(const uint8_t bytes[KIMG_BLOCK], struct error *e)
{
	struct reader r = reader_of(bytes, KIMG_BLOCK);
	struct digest d;
	uint32_t version;

	if (memcmp(reader_take(&r, sizeof(magic)), magic, sizeof(magic)) != 0)
		return error_set(e, ERROR_UNTRUSTED,
				 memcmp(bytes, magic, 4) == 0
					 ? _("its beginning is damaged, as if it had been "
					     "transferred as text; transfer it anew, as binary")
					 : _("not an image of this program (.kimg)"));
	version = reader_le32(&r);
	if (version != KIMG_VERSION)
		return error_set(e, ERROR_UNTRUSTED,
				 _("an image of version %u; this program reads version 1"),
				 version);
	d = digest_bytes(bytes, DIGEST_AT);
	if (memcmp(d.bytes, bytes + DIGEST_AT, DIGEST_BYTES) != 0)
		return error_set(e, ERROR_UNTRUSTED, _("the image's first block is damaged"));
	return true;
}

bool kimg_super_parse(const uint8_t bytes[KIMG_BLOCK], struct kimg_super *s, struct error *e)
{
	struct reader r = reader_of(bytes, KIMG_BLOCK);
	const char *why = NULL;
	const uint8_t *digest;
	uint32_t zero;

	if (!check_block(bytes, e))
		return false;
	reader_skip(&r, sizeof(magic) + 4);
	s->manifest_bytes = reader_le32(&r);
	s->index_at = reader_le64(&r);
	s->index_bytes = reader_le32(&r);
	zero = reader_le32(&r);
	s->data_at = reader_le64(&r);
	s->data_bytes = reader_le64(&r);
	digest = reader_take(&r, DIGEST_BYTES);
	memcpy(s->manifest.bytes, digest, DIGEST_BYTES);
	for (size_t i = ZEROS_AT; i < DIGEST_AT; i++)
		zero |= bytes[i];
	if (s->manifest_bytes == 0 || s->manifest_bytes > KIMG_MANIFEST_MAX)
		why = N_("the manifest is empty or larger than the format allows");
	else
		why = kimg_judge_places(s->manifest_bytes, s->index_at, s->index_bytes, s->data_at);
	if (!why && zero)
		why = N_("bytes that must be zero are not");
	return !why || error_set(e, ERROR_UNTRUSTED,
				 _("the image's first block makes no sense: %s"), _(why));
}

static uint8_t *put_le(uint8_t *to, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		*to++ = (uint8_t)(value >> 8 * i);
	return to;
}

void kimg_super_write(const struct kimg_manifest *m, const void *manifest, size_t len,
		      uint8_t out[KIMG_BLOCK])
{
	struct digest d = digest_bytes(manifest, len);
	uint8_t *at = out + sizeof(magic);

	memset(out, 0, KIMG_BLOCK);
	memcpy(out, magic, sizeof(magic));
	at = put_le(at, KIMG_VERSION, 4);
	at = put_le(at, len, 4);
	at = put_le(at, m->index_at, 8);
	at = put_le(at, m->index_bytes, 4);
	at = put_le(at, 0, 4);
	at = put_le(at, m->data_at, 8);
	at = put_le(at, m->data_bytes, 8);
	memcpy(at, d.bytes, DIGEST_BYTES);
	d = digest_bytes(out, DIGEST_AT);
	memcpy(out + DIGEST_AT, d.bytes, DIGEST_BYTES);
}
