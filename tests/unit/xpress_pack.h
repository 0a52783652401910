/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef XPRESS_PACK_H
#define XPRESS_PACK_H

/* Packs as [MS-XCA] 2.1.4 says, for the tests: all codes of nine bits, the first reference that is found. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

struct xpress_pack {
	uint8_t *out;
	size_t len;      /* the next free byte */
	size_t slots[2]; /* the two words of bits that come next */
	uint32_t bits;
	unsigned count; /* in the first of them */
};

static inline size_t xpress_pack_slot(struct xpress_pack *p)
{
	p->len += 2;
	return p->len - 2;
}

static inline void xpress_pack_bits(struct xpress_pack *p, uint32_t value, unsigned n)
{
	for (unsigned i = n; i-- > 0;) {
		if (p->count < 16) {
			p->bits = p->bits << 1 | (value >> i & 1);
			p->count++;
			continue;
		}
		p->out[p->slots[0]] = (uint8_t)p->bits;
		p->out[p->slots[0] + 1] = (uint8_t)(p->bits >> 8);
		p->bits = value >> i & 1;
		p->count = 1;
		p->slots[0] = p->slots[1];
		p->slots[1] = xpress_pack_slot(p);
	}
}

static inline void xpress_pack_match(struct xpress_pack *p, size_t back, size_t length)
{
	unsigned bits = 0, more = length - 3 < 15 ? (unsigned)(length - 3) : 15;

	while (back >> (bits + 1))
		bits++;
	xpress_pack_bits(p, 256 + bits * 16 + more, 9);
	if (more == 15) {
		size_t rest = length - 3;

		p->out[p->len++] = rest - 15 < 255 ? (uint8_t)(rest - 15) : 255;
		if (rest - 15 >= 255) {
			if (rest > 65535) {
				memset(p->out + p->len, 0, 2);
				p->len += 2;
			}
			for (unsigned i = 0; i < (rest > 65535 ? 4 : 2); i++)
				p->out[p->len++] = (uint8_t)(rest >> 8 * i);
		}
	}
	xpress_pack_bits(p, (uint32_t)(back - ((size_t)1 << bits)), bits);
}

/* To be freed. References end with their block of 64 KiB, or stretch to the end if `beyond`. */
static inline uint8_t *xpress_pack(const uint8_t *in, size_t in_bytes, size_t *len, bool beyond)
{
	struct xpress_pack p = { .out = mem_alloc(2 * in_bytes + in_bytes / 128 + 4096) };
	size_t *last = mem_array(1 << 16, sizeof(*last)), at = 0;

	while (at < in_bytes) {
		size_t end = in_bytes - at > 65536 ? at + 65536 : in_bytes;

		memset(p.out + p.len, 0x99, 256);
		p.len += 256;
		p.slots[0] = xpress_pack_slot(&p);
		p.slots[1] = xpress_pack_slot(&p);
		while (at < end) {
			size_t stop = beyond ? in_bytes : end, n = 0, *place = NULL;

			if (stop - at >= 3) {
				uint32_t h = (uint32_t)in[at] << 16 | (uint32_t)in[at + 1] << 8 |
					     in[at + 2];

				place = &last[(h * UINT32_C(2654435761)) >> 16];
				if (*place && at - (*place - 1) < 65536)
					while (at + n < stop && in[*place - 1 + n] == in[at + n])
						n++;
			}
			if (n >= 3)
				xpress_pack_match(&p, at - (*place - 1), n);
			else
				xpress_pack_bits(&p, in[at], 9);
			if (place)
				*place = at + 1;
			at += n >= 3 ? n : 1;
		}
		p.bits <<= 16 - p.count;
		p.out[p.slots[0]] = (uint8_t)p.bits;
		p.out[p.slots[0] + 1] = (uint8_t)(p.bits >> 8);
		p.bits = p.count = 0;
	}
	free(last);
	*len = p.len;
	return p.out;
}

#endif
