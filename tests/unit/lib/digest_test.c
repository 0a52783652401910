/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BLAKE2b-256 against values that b2sum -l 256 prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/crypto/digest.h"

static const struct {
	const char *input, *hex;
} cases[] = {
	{ "", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8" },
	{ "abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319" },
};

static void test_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct digest d = digest_bytes(cases[i].input, strlen(cases[i].input)), back;
		char hex[DIGEST_HEX];

		assert_string_equal(digest_to_hex(hex, &d), cases[i].hex);
		assert_true(digest_from_hex(&back, hex, strlen(hex)));
		assert_true(digest_equal(&d, &back));
	}
}

static void test_pieces(void **state)
{
	char bytes[100000];
	struct digest whole, pieces;
	struct digest_state s;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	whole = digest_bytes(bytes, sizeof(bytes));
	digest_init(&s);
	for (size_t at = 0, n = 1; at < sizeof(bytes); at += n, n = n * 3 + 1) {
		if (n > sizeof(bytes) - at)
			n = sizeof(bytes) - at;
		digest_update(&s, bytes + at, n);
	}
	digest_update(&s, bytes, 0);
	pieces = digest_final(&s);
	assert_true(digest_equal(&whole, &pieces));
}

static void test_file(void **state)
{
	FILE *f = tmpfile();
	struct digest d, want = digest_bytes("abc", 3);
	struct error e = { 0 };
	uint64_t size;

	(void)state;
	assert_non_null(f);
	assert_int_equal(write(fileno(f), "abc", 3), 3);
	assert_int_equal(lseek(fileno(f), 0, SEEK_SET), 0);
	assert_true(digest_file(fileno(f), &d, &size, &e));
	assert_int_equal(size, 3);
	assert_true(digest_equal(&d, &want));
	fclose(f);
	assert_false(digest_file(-1, &d, &size, &e));
	assert_int_equal(e.kind, ERROR_FAILED);
}

static void test_bad_hex(void **state)
{
	char hex[DIGEST_HEX];
	struct digest d = digest_bytes("", 0);

	(void)state;
	digest_to_hex(hex, &d);
	assert_false(digest_from_hex(&d, hex, 63));
	assert_false(digest_from_hex(&d, hex, 65));
	hex[3] = 'A';
	assert_false(digest_from_hex(&d, hex, 64));
	hex[3] = 'g';
	assert_false(digest_from_hex(&d, hex, 64));
}

static uint8_t *noise(size_t len)
{
	uint8_t *bytes = malloc(len);

	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(i * 2654435761u >> 13);
	return bytes;
}

static void check_many(struct digest_part *parts, unsigned count)
{
	struct digest none = { { 0 } };

	for (unsigned k = 0; k < count; k++)
		parts[k].digest = none;
	digest_many(parts, count);
	for (unsigned k = 0; k < count; k++) {
		struct digest alone = digest_bytes(parts[k].bytes, parts[k].len);

		assert_memory_equal(&parts[k].digest, &alone, sizeof(alone));
	}
}

/* Each lane is what it is alone, in four and in eight: every length up to some blocks, and around a
 * MiB. */
static void test_many_alike(void **state)
{
	enum { BYTES = (1 << 20) + 300 };
	uint8_t *bytes = noise(8 * (size_t)BYTES);

	(void)state;
	for (size_t len = 0; len <= BYTES - 40; len += len == 700 ? (1 << 20) - 900 : 1) {
		struct digest_part parts[8];

		for (size_t k = 0; k < 8; k++)
			parts[k] = (struct digest_part){ bytes + k * BYTES + (len + k) % 37,
							 len,
							 { { 0 } } };
		check_many(parts, 4);
		check_many(parts, 8);
		if (len > (1 << 20) - 200)
			len += 60;
	}
	free(bytes);
}

/* Of any number and any lengths: lanes end and begin at different times. */
static void test_many_unlike(void **state)
{
	enum { PARTS = 21, BYTES = 5000 };
	uint8_t *bytes = noise(BYTES + PARTS);
	uint32_t random = 1;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		struct digest_part parts[PARTS];

		for (size_t k = 0; k < PARTS; k++) {
			size_t most = round % 3 == 0 ? BYTES : round % 3 == 1 ? 300 : 2;

			random = random * 1664525u + 1013904223u;
			parts[k] = (struct digest_part){ bytes + k,
							 (random >> 8) % (most + 1),
							 { { 0 } } };
			/* The ends of blocks, too. */
			if (random >> 30 == 0)
				parts[k].len = parts[k].len / 128 * 128;
		}
		check_many(parts, round % (PARTS + 1));
	}
	check_many(&(struct digest_part){ NULL, 0, { { 0 } } }, 1);
	check_many((struct digest_part[]){ { NULL, 0, { { 0 } } }, { bytes, 129, { { 0 } } } }, 2);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),       cmocka_unit_test(test_many_alike),
		cmocka_unit_test(test_many_unlike), cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_file),        cmocka_unit_test(test_bad_hex),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
