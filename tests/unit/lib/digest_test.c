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

/* Each of four lanes is what it is alone: every length up to some blocks, and around a MiB. */
static void test_four(void **state)
{
	enum { BYTES = (1 << 20) + 300 };
	uint8_t *bytes = malloc(4 * BYTES);
	const void *at[4];

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < 4 * BYTES; i++)
		bytes[i] = (uint8_t)(i * 2654435761u >> 13);
	for (size_t len = 0; len < BYTES; len += len == 700 ? (1 << 20) - 900 : 1) {
		struct digest four[4];

		for (size_t k = 0; k < 4; k++)
			at[k] = bytes + k * BYTES + (len + k) % 37;
		if (len > BYTES - 40)
			break;
		digest_four(at, len, four);
		for (size_t k = 0; k < 4; k++) {
			struct digest alone = digest_bytes(at[k], len);

			assert_memory_equal(&four[k], &alone, sizeof(alone));
		}
		if (len > (1 << 20) - 200)
			len += 60;
	}
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),   cmocka_unit_test(test_four),
		cmocka_unit_test(test_pieces),  cmocka_unit_test(test_file),
		cmocka_unit_test(test_bad_hex),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
