/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 by the CPU's instructions and by libsodium: NIST's vectors, each other, sha256sum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../folder.h"
#include "lib/base/memory.h"
#include "lib/base/newfile.h"
#include "lib/crypto/sha256.h"

#define LONGEST 1100u

static char *sum(char out[SHA256_HEX], const uint8_t *bytes, size_t len, size_t piece, bool native)
{
	struct sha256_state s;

	sha256_init(&s);
	s.native = s.native && native;
	for (size_t at = 0; at < len; at += piece)
		sha256_update(&s, bytes + at, len - at < piece ? len - at : piece);
	return sha256_final(&s, out);
}

/* FIPS 180-4's examples and NIST's short messages. */
static void vectors(void **state)
{
	static const struct {
		const char *message;
		size_t repeats;
		const char *want;
	} tests[] = {
		{ "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
		{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopq"
		  "klmnopqrlmnopqrsmnopqrstnopqrstu",
		  1, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
		{ "a", 1000000,
		  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
	};
	char out[SHA256_HEX];

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		size_t n = strlen(tests[i].message) * tests[i].repeats;
		uint8_t *bytes = mem_alloc(n + 1);

		for (size_t k = 0; k < tests[i].repeats; k++)
			memcpy(bytes + k * strlen(tests[i].message), tests[i].message,
			       strlen(tests[i].message));
		assert_string_equal(sum(out, bytes, n, 65536, true), tests[i].want);
		assert_string_equal(sum(out, bytes, n, 65536, false), tests[i].want);
		assert_string_equal(sha256_hex(out, bytes, n), tests[i].want);
		free(bytes);
	}
}

/* Every length around the blocks' ends, whole and in pieces, unaligned. */
static void both_ways(void **state)
{
	uint8_t bytes[LONGEST + 1];
	char one[SHA256_HEX], other[SHA256_HEX];
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		seed = seed * 1664525u + 1013904223u;
		bytes[i] = (uint8_t)(seed >> 24);
	}
	for (size_t len = 0; len <= LONGEST; len += len < 260 ? 1 : 37)
		for (size_t piece = 1; piece < 200; piece += 1 + piece / 3) {
			sum(one, bytes + 1, len, piece, true);
			sum(other, bytes + 1, len, len ? len : 1, false);
			assert_string_equal(one, other);
		}
}

static void as_sha256sum(void **state)
{
	uint8_t *bytes = mem_alloc(300000);
	char got[SHA256_HEX], want[SHA256_HEX] = "";
	struct error e = { 0 };

	(void)state;
	for (size_t i = 0; i < 300000; i++)
		bytes[i] = (uint8_t)(i * i >> 3);
	assert_true(newfile_whole("bytes", bytes, 300000, &e));
	FILE *p = popen("sha256sum bytes", "re");
	assert_non_null(p);
	assert_int_equal(fread(want, 1, 64, p), 64);
	pclose(p);
	assert_string_equal(sha256_hex(got, bytes, 300000), want);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(both_ways),
		cmocka_unit_test(as_sha256sum),
	};

	if (!sha256_native())
		printf("# this CPU has no instructions for SHA-256: only libsodium was tried\n");
	return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
