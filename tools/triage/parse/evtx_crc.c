/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checksum of chunks, sixteen bytes a step: a bit at a time would be slower than all the rest. */
#include "triage/parse/evtx_inside.h"

void evtx_crc_init(struct evtx_crc *t)
{
	for (uint32_t b = 0; b < 256; b++) {
		uint32_t c = b;

		for (int i = 0; i < 8; i++)
			c = c >> 1 ^ (0xedb88320u & -(c & 1));
		t->of[0][b] = c;
	}
	for (unsigned k = 1; k < 16; k++)
		for (unsigned b = 0; b < 256; b++)
			t->of[k][b] = t->of[0][t->of[k - 1][b] & 255] ^ t->of[k - 1][b] >> 8;
}

uint32_t evtx_crc32(const struct evtx_crc *t, uint32_t crc, const uint8_t *p, size_t n)
{
	crc = ~crc;
	for (; n >= 16; n -= 16, p += 16) {
		uint64_t a = evtx_le64(p) ^ crc, b = evtx_le64(p + 8);

		crc = t->of[15][a & 255] ^ t->of[14][a >> 8 & 255] ^ t->of[13][a >> 16 & 255] ^
		      t->of[12][a >> 24 & 255] ^ t->of[11][a >> 32 & 255] ^
		      t->of[10][a >> 40 & 255] ^ t->of[9][a >> 48 & 255] ^ t->of[8][a >> 56] ^
		      t->of[7][b & 255] ^ t->of[6][b >> 8 & 255] ^ t->of[5][b >> 16 & 255] ^
		      t->of[4][b >> 24 & 255] ^ t->of[3][b >> 32 & 255] ^ t->of[2][b >> 40 & 255] ^
		      t->of[1][b >> 48 & 255] ^ t->of[0][b >> 56];
	}
	for (; n; n--, p++)
		crc = crc >> 8 ^ t->of[0][(crc ^ *p) & 255];
	return ~crc;
}
