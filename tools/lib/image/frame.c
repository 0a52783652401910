/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of an image: the one place that packs and unpacks. */
#include "lib/image/frame.h"

#include <stdlib.h>
#include <zstd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/reader.h"
#include "lib/image/kimg.h"

/* RFC 8878, 3.1.1 */
#define MAGIC 0xfd2fb528u
#define DESCRIPTOR_RESERVED 0x08u
#define DESCRIPTOR_DICTIONARY 0x03u
#define DESCRIPTOR_SINGLE_SEGMENT 0x20u

struct frame_packer {
	ZSTD_CCtx *context;
};

struct frame_unpacker {
	ZSTD_DCtx *context;
};

/* Like lib/base/memory.h: the process ends. */
static void need(bool there)
{
	if (!there)
		free(mem_array(SIZE_MAX, 2));
}

struct frame_packer *frame_packer_new(int level)
{
	struct frame_packer *p = mem_alloc(sizeof(*p));
	void *plain = mem_alloc(KIMG_FRAME_PLAIN_MAX), *out = mem_alloc(KIMG_STORED_MAX);

	p->context = ZSTD_createCCtx();
	need(p->context);
	need(!ZSTD_isError(ZSTD_CCtx_setParameter(p->context, ZSTD_c_compressionLevel, level)));
	/* The first and longest one makes zstd take the memory for all that follow. */
	(void)frame_pack(p, plain, KIMG_FRAME_PLAIN_MAX, out);
	free(plain);
	free(out);
	return p;
}

void frame_packer_free(struct frame_packer *p)
{
	if (p)
		ZSTD_freeCCtx(p->context);
	free(p);
}

uint32_t frame_pack(struct frame_packer *p, const void *plain, size_t len, void *out)
{
	size_t n = ZSTD_compress2(p->context, out, KIMG_STORED_MAX, plain, len);

	/* KIMG_STORED_MAX is zstd's own bound for the longest: what is left is memory. */
	need(!ZSTD_isError(n));
	return (uint32_t)n;
}

struct frame_unpacker *frame_unpacker_new(void)
{
	struct frame_unpacker *u = mem_alloc(sizeof(*u));

	u->context = ZSTD_createDCtx();
	need(u->context);
	return u;
}

void frame_unpacker_free(struct frame_unpacker *u)
{
	if (u)
		ZSTD_freeDCtx(u->context);
	free(u);
}

static uint64_t content_size(struct reader *r, unsigned descriptor)
{
	switch (descriptor >> 6) {
	case 0:
		return reader_u8(r); /* there only with a single segment */
	case 1:
		return reader_le16(r) + 256u;
	case 2:
		return reader_le32(r);
	default:
		return reader_le64(r);
	}
}

static const char *check_header(const void *stored, size_t len, size_t plain_bytes)
{
	struct reader r = reader_of(stored, len);
	uint32_t magic = reader_le32(&r);
	unsigned descriptor = reader_u8(&r);
	bool single = descriptor & DESCRIPTOR_SINGLE_SEGMENT;

	if (r.bad || magic != MAGIC || descriptor & DESCRIPTOR_RESERVED)
		return N_("it is no zstd frame");
	if (descriptor & DESCRIPTOR_DICTIONARY)
		return N_("it asks for a dictionary");
	if (!single) {
		unsigned w = reader_u8(&r);
		uint64_t base = UINT64_C(1) << (10 + (w >> 3)), window = base + base / 8 * (w & 7);

		if (window > KIMG_FRAME_PLAIN_MAX)
			return N_("its window is larger than 4 MiB");
	}
	if (!single && descriptor >> 6 == 0)
		return N_("it does not state the size of its content");
	if (content_size(&r, descriptor) != plain_bytes || r.bad)
		return N_("it states another size than the index");
	return NULL;
}

bool frame_unpack(struct frame_unpacker *u, const void *stored, size_t len, void *plain,
		  size_t plain_bytes, struct error *e)
{
	const char *why = check_header(stored, len, plain_bytes);

	if (!why && ZSTD_findFrameCompressedSize(stored, len) != len)
		why = N_("something lies behind it, or it is cut short");
	if (!why && ZSTD_decompressDCtx(u->context, plain, plain_bytes, stored, len) != plain_bytes)
		why = N_("it cannot be unpacked");
	return !why || error_set(e, ERROR_UNTRUSTED, "%s", _(why));
}

bool frame_foreign_bytes(const void *stored, size_t len, uint64_t *plain_bytes)
{
	unsigned long long n = ZSTD_getFrameContentSize(stored, len);

	*plain_bytes = n;
	return n != ZSTD_CONTENTSIZE_UNKNOWN && n != ZSTD_CONTENTSIZE_ERROR;
}

bool frame_foreign_unpack(struct frame_unpacker *u, const void *stored, size_t len, void *plain,
			  size_t plain_bytes)
{
	return ZSTD_decompressDCtx(u->context, plain, plain_bytes, stored, len) == plain_bytes;
}
