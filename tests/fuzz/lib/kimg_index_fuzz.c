/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An index that fits its manifest has one form. The input: frames, chunks, the index. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/reader.h"
#include "lib/image/kimg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_of(data, size);
	uint8_t frames = reader_u8(&r), chunks = reader_u8(&r);
	struct kimg_payload p[] = { { 1, 1, 1, 0, chunks * UINT64_C(1048576), 0, chunks },
				    { 3, 0, 0, 0, 130, chunks, 1 } };
	struct kimg_manifest m = { .payloads = p, .payload_count = 2, .frames = frames };
	struct text out = { 0 };
	struct kimg_index x;

	m.chunks = chunks + 1u;
	m.index_bytes = m.frames * KIMG_FRAME_ROW + m.chunks * 4;
	for (uint32_t i = 0; i < m.frames; i++, reader_skip(&r, KIMG_FRAME_ROW - 4))
		m.data_bytes += reader_le32(&r); /* what a manifest would say */
	if (size >= 2 && kimg_index_parse(data + 2, size - 2, &m, &x, &(struct error){ 0 })) {
		kimg_index_write(&x, &m, &out);
		if (out.len != size - 2 || memcmp(out.s, data + 2, out.len) != 0)
			abort();
	}
	kimg_index_release(size >= 2 ? &x : &(struct kimg_index){ 0 });
	return text_release(&out), 0;
}
