/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame is unpacked into exactly its size, or refused. The input: size, the frame. */
#include <stdlib.h>
#include <string.h>

#include "lib/image/frame.h"
#include "lib/image/kimg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct frame_unpacker *u;
	struct error e = { 0 };
	uint32_t plain_bytes;
	uint8_t *plain;

	if (size < 3)
		return 0;
	if (!u)
		u = frame_unpacker_new();
	plain_bytes = (data[0] + data[1] * 256u + data[2] * 65536u) % KIMG_FRAME_PLAIN_MAX + 1;
	plain = malloc(plain_bytes); /* the sanitizer sees one byte more */
	if (!frame_unpack(u, data + 3, size - 3, plain, plain_bytes, &e) &&
	    e.kind != ERROR_UNTRUSTED)
		abort();
	free(plain);
	return 0;
}
