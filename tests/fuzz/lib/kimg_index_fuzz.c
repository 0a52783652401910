/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An index that fits its manifest has one form. The input: frames, pieces, chunks, the
 * index. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/reader.h"
#include "lib/image/kimg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_of(data, size);
	uint8_t frames = reader_u8(&r), pieces = reader_u8(&r), chunks = reader_u8(&r);
	struct kimg_payload p[] = { { 1, 1, 1, 0, chunks * UINT64_C(1048576), 0, chunks },
				    { 3, 0, 0, 0, 130, chunks, 1 } };
	struct kimg_manifest m = {
		.payloads = p, .payload_count = 2, .frames = frames, .pieces = pieces
	};
	struct text out = { 0 };
	struct kimg_index x;

	m.chunks = chunks + 1u;
	m.index_bytes = (uint32_t)kimg_index_bytes(&m);
	for (uint32_t i = 0; i < m.frames; i++, reader_skip(&r, KIMG_FRAME_ROW - 4))
		m.data_bytes += reader_le32(&r); /* what a manifest would say */
	if (size >= 3 && kimg_index_parse(data + 3, size - 3, &m, &x, &(struct error){ 0 })) {
		kimg_index_write(&x, &m, &out);
		if (out.len != size - 3 || memcmp(out.s, data + 3, out.len) != 0)
			abort();
	}
	kimg_index_release(size >= 3 ? &x : &(struct kimg_index){ 0 });
	return text_release(&out), 0;
}
