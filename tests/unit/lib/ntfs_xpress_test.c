/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XPRESS with Huffman codes and LZX: what others packed, what a packer of our own makes, and nonsense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../xpress_pack.h"
#include "lib/base/hex.h"
#include "lib/base/memory.h"
#include "lib/ntfs/lzx.h"
#include "lib/ntfs/xpress.h"

static struct ntfs_xpress *xpress;
static struct ntfs_lzx *lzx;

/* The examples of [MS-XCA] 3.2. */
static void examples_of_the_specification(void **state)
{
	static const uint8_t letters_bits[] = { 0xd8, 0x52, 0x3e, 0xd7, 0x94, 0x11, 0x5b,
						0xe9, 0x19, 0x5f, 0xf9, 0xd6, 0x7c, 0xdf,
						0x8d, 0x04, 0x00, 0x00, 0x00, 0x00 };
	static const uint8_t letters_codes[] = { 0x50, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
						 0x55, 0x55, 0x55, 0x55, 0x45, 0x44, 0x04 };
	static const uint8_t abc_bits[] = { 0xa8, 0xdc, 0x00, 0x00, 0xff, 0x26, 0x01 };
	uint8_t in[256 + 20] = { 0 }, out[300];
	(void)state;

	memcpy(in + 48, letters_codes, sizeof(letters_codes));
	in[128] = 0x04;
	memcpy(in + 256, letters_bits, sizeof(letters_bits));
	assert_int_equal(ntfs_xpress(xpress, in, 256 + sizeof(letters_bits), out, 26), 26);
	assert_memory_equal(out, "abcdefghijklmnopqrstuvwxyz", 26);

	memset(in, 0, sizeof(in));
	in[48] = 0x30;
	in[49] = 0x23;
	in[128] = 0x02;
	in[143] = 0x20;
	memcpy(in + 256, abc_bits, sizeof(abc_bits));
	assert_int_equal(ntfs_xpress(xpress, in, 256 + sizeof(abc_bits), out, 300), 300);
	for (size_t i = 0; i < 300; i++)
		assert_int_equal(out[i], "abc"[i % 3]);
	/* A length in two bytes that one would have held is none. */
	in[256 + 5] = 14;
	in[256 + 6] = 0;
	assert_int_equal(ntfs_xpress(xpress, in, 256 + sizeof(abc_bits), out, 300), 3);
	in[256 + 5] = 15;
	assert_int_equal(ntfs_xpress(xpress, in, 256 + sizeof(abc_bits), out, 21), 21);
}

static uint8_t *sample(size_t len, unsigned kind)
{
	uint8_t *p = mem_alloc(len);
	uint32_t x = 1;

	for (size_t i = 0; i < len; i++) {
		x = x * 1103515245u + 12345u;
		p[i] = kind == 0 ? (uint8_t)(x >> 24) : kind == 1 ? (uint8_t)(x >> 30) : 7;
	}
	return p;
}

static void packed_and_unpacked(void **state)
{
	static const size_t sizes[] = { 1,   2,   3,    4,     17,    18,    19,    272,
					273, 274, 4096, 65535, 65536, 65537, 200000 };
	(void)state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		for (unsigned kind = 0; kind < 6; kind++) {
			uint8_t *plain = sample(sizes[i], kind % 3), *out = mem_alloc(sizes[i]);
			size_t len;
			uint8_t *packed = xpress_pack(plain, sizes[i], &len, kind >= 3);

			/* In a place of its own size: a read behind it is noticed. */
			uint8_t *exact = mem_alloc(len);
			memcpy(exact, packed, len);
			if (ntfs_xpress(xpress, exact, len, out, sizes[i]) != sizes[i] ||
			    memcmp(out, plain, sizes[i]) != 0)
				fail_msg("%zu bytes of kind %u", sizes[i], kind);
			free(exact);
			free(packed);
			free(plain);
			free(out);
		}
	}
}

/* What is there of it is right, and no byte more is claimed than the input holds. */
static void cut_off(void **state)
{
	uint8_t *plain = sample(70000, 1), *out = mem_alloc(70000);
	size_t len, most = 0;
	uint8_t *packed = xpress_pack(plain, 70000, &len, false);
	(void)state;

	for (size_t cut = 0; cut < len; cut += cut < 300 ? 1 : 997) {
		uint8_t *exact = mem_alloc(cut);

		if (cut)
			memcpy(exact, packed, cut);
		size_t got = ntfs_xpress(xpress, exact, cut, out, 70000);
		assert_true(got >= most && got < 70000);
		assert_memory_equal(out, plain, got);
		most = got;
		free(exact);
	}
	assert_true(most > 60000);
	free(packed);
	free(plain);
	free(out);
}

/* Of lengths of codes that cannot be: too many of them, none, one. */
static void codes_that_cannot_be(void **state)
{
	uint8_t in[300] = { 0 }, out[16];
	(void)state;

	assert_int_equal(ntfs_xpress(xpress, in, sizeof(in), out, sizeof(out)), 0);
	memset(in, 0x11, 256);
	assert_int_equal(ntfs_xpress(xpress, in, sizeof(in), out, sizeof(out)), 0);
	memset(in, 0, sizeof(in));
	in['a' / 2] = 0x10; /* "a" is the bit 0; 1 begins nothing */
	in[256 + 1] = 0x10; /* 0001... */
	assert_int_equal(ntfs_xpress(xpress, in, sizeof(in), out, sizeof(out)), 3);
	assert_memory_equal(out, "aaa", 3);
	/* A reference to what lies before the first byte. */
	memset(in, 0, sizeof(in));
	in[128] = 0x11; /* 256 and 257: back by 1, 3 or 4 bytes long */
	assert_int_equal(ntfs_xpress(xpress, in, sizeof(in), out, sizeof(out)), 0);
	/* And one that is longer than the room. */
	memset(in, 0x99, 256);
	memset(in + 256, 0, 44); /* literals of zero: nine bits of zero each */
	in[256] = 0x40;          /* then 256 */
	assert_int_equal(ntfs_xpress(xpress, in, sizeof(in), out, 3), 1);
	assert_int_equal(ntfs_xpress(xpress, in, sizeof(in), out, 4), 4);
}

static uint8_t *calls(size_t len)
{
	uint8_t *p = mem_alloc(len + 16);
	uint32_t x = 12345;

	for (size_t at = 0; at < len; at += 10) {
		x = x * 1103515245u + 12345u;
		uint32_t step = (x >> 16) % 64 * 16 - (uint32_t)(at % 1024);
		memcpy(p + at, "call \xe8", 6);
		for (size_t k = 0; k < 4; k++)
			p[at + 6 + k] = (uint8_t)(step >> 8 * k);
	}
	return p;
}

/* Packed by wimlib: a block of each of the two kinds that have codes, with calls in them. */
static const char *const verbatim =
	"1f2000430000030030232000f70fba9940b56f6c2f362d61524437b6cd9bc6e6c9c6022b00c8000008000646"
	"46005a094f9cccf33171d8389998bfbf00dc00000000060066886421fcc5effb75beb0fecfc395ecfd122088"
	"c2b9aa45dc8c244ab27e29328b96965bf6d06311c16698e79c46fee0d076504aea6da6b0d05ec262e9df8d15"
	"46d5a3a5d2873ac5f18a48c683f72b4de222a8f80080";
static const char *const aligned =
	"5d4010c4054100000000244400005f107abba6934bc0cb979e8f42df4bd22e972f5f82897b9788d800c60000"
	"68000848480077097625864aecfb4f90c41b9ea826a6442526ae7f2620fe00000000000066061a629573dff7"
	"ee7cfddefbfbbd7c4728c16f15a85e282459a260bc48c8d271f29962a67e2c06b35c58f0da611d653613d4b6"
	"f34be75709da5ac5ab05c514507996b171f6b05046adbdfc9574a0de89dca87489aa8be82b3c195f7f2fca9a"
	"0c858a798a3f962aa27b5a697ea1a5d5b1b9b6530962b2223cc92a4c6b0ed8505117effd79f83eef2c94cf86"
	"d21c2aec1713073545ebdfc8bcbdd7443a9e4c06541c57b06930735045054087a6e260715ffd4273df8a8e17"
	"d8b81d1b7fd3584c9429379e5a798b4c6d06e9d8ebf46d26eab773862cdf168ce240987f257c0008";

static uint8_t *bytes_of(const char *hex, size_t *len)
{
	*len = strlen(hex) / 2;
	uint8_t *p = mem_alloc(*len);
	assert_true(hex_decode(p, *len, hex));
	return p;
}

static void lzx_of_wimlib(void **state)
{
	const struct {
		const char *hex;
		size_t bytes;
	} cases[] = { { verbatim, 500 }, { aligned, 1500 } };
	(void)state;

	for (size_t i = 0; i < 2; i++) {
		size_t len;
		uint8_t *in = bytes_of(cases[i].hex, &len), *want = calls(cases[i].bytes);
		uint8_t *out = mem_alloc(cases[i].bytes);

		assert_true(ntfs_lzx(lzx, in, len, out, cases[i].bytes));
		assert_memory_equal(out, want, cases[i].bytes);
		/* Never more than there is room for, nor from less than it takes. */
		assert_false(ntfs_lzx(lzx, in, len, out, cases[i].bytes - 1));
		for (size_t cut = 0; cut < len; cut++) {
			uint8_t *exact = mem_alloc(cut);

			if (cut)
				memcpy(exact, in, cut);
			assert_false(ntfs_lzx(lzx, exact, cut, out, cases[i].bytes));
			free(exact);
		}
		free(in);
		free(want);
		free(out);
	}
}

/* Two blocks of bytes as they are, the first of an odd number: a byte fills it up. */
static void lzx_stored(void **state)
{
	uint8_t in[80] = { 0 }, out[21];
	size_t n = 0;
	(void)state;

	for (unsigned block = 0; block < 2; block++) {
		unsigned bytes = block ? 10 : 11;
		uint32_t bits = 3u << 29 | bytes << 12; /* kind, no standard size, size */

		in[n++] = (uint8_t)(bits >> 16);
		in[n++] = (uint8_t)(bits >> 24);
		in[n++] = (uint8_t)bits;
		in[n++] = (uint8_t)(bits >> 8);
		in[n] = in[n + 4] = in[n + 8] = 1;
		n += 12;
		memcpy(in + n, block ? "0123456789" : "Hello World", bytes);
		n += block ? 10 : 12;
	}
	assert_true(ntfs_lzx(lzx, in, n, out, 21));
	assert_memory_equal(out, "Hello World0123456789", 21);
	for (size_t cut = 0; cut < n; cut++)
		assert_false(ntfs_lzx(lzx, in, cut, out, 21));
	in[1] = 0; /* a kind that there is none of */
	assert_false(ntfs_lzx(lzx, in, n, out, 21));
	in[1] = 0x60;
	in[2] = in[3] = 0; /* no bytes at all */
	assert_false(ntfs_lzx(lzx, in, n, out, 21));
}

/* Targets of calls: absolute ones within the size that every file has, and those that were
 * moved out of their way; others, and those near the end, stay as they are. */
static void calls_are_put_back(void **state)
{
	static const struct {
		size_t at;
		int32_t stored, want;
	} cases[] = { { 0, 100, 100 },
		      { 10, 100, 90 },
		      { 20, 11999999, 11999979 },
		      { 30, 12000000, 12000000 },
		      { 40, -1, 11999999 },
		      { 50, -50, 11999950 },
		      { 60, -61, -61 },
		      { 70, 5, 5 } };
	uint8_t in[16 + 80] = { 0 }, out[80];
	uint32_t bits = 3u << 29 | 80u << 12;
	(void)state;

	in[0] = (uint8_t)(bits >> 16);
	in[1] = (uint8_t)(bits >> 24);
	in[2] = (uint8_t)bits;
	in[3] = (uint8_t)(bits >> 8);
	in[4] = in[8] = in[12] = 1;
	for (size_t i = 0; i < 8; i++) {
		in[16 + cases[i].at] = 0xe8;
		for (size_t k = 0; k < 4; k++)
			in[17 + cases[i].at + k] = (uint8_t)((uint32_t)cases[i].stored >> 8 * k);
	}
	assert_true(ntfs_lzx(lzx, in, sizeof(in), out, 80));
	for (size_t i = 0; i < 8; i++) {
		struct reader r = reader_of(out + cases[i].at + 1, 4);
		int32_t got = (int32_t)reader_le32(&r);

		if (got != cases[i].want)
			fail_msg("at %zu: %d", cases[i].at, got);
	}
}

static int make(void **state)
{
	(void)state;
	xpress = mem_alloc(sizeof(*xpress));
	lzx = mem_alloc(sizeof(*lzx));
	return 0;
}

static int release(void **state)
{
	(void)state;
	free(xpress);
	free(lzx);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_of_the_specification),
		cmocka_unit_test(packed_and_unpacked),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(codes_that_cannot_be),
		cmocka_unit_test(lzx_of_wimlib),
		cmocka_unit_test(lzx_stored),
		cmocka_unit_test(calls_are_put_back),
	};

	return cmocka_run_group_tests(tests, make, release);
}
