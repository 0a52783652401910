/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records: the vector of the format's page, what a reader refuses, sealing and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "journal_samples.h"

/* docs/formats/journal.md#test-vector, made by read_journal.py. */
static void make_vector(struct text *out)
{
	static const char *const words[2][8] = {
		{ "kind=boot",
		  "stick=03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
		  "kit_id=musterlingen", "at=1795695661304", "up=1000" },
		{ "kind=step", "plan=P01", "nr=6", "state=done", "at=1795695662304", "up=2000" },
	};
	static const char *const hashes[] = {
		"f8d815f4bc14340324a13e903c0bd26f424d4ceac611ae55043a2d8afb549c5a",
		"f70988faea2d29dc4611e302486b786156f75075921b691d5fb7b6fe5b5b7655",
	};
	uint8_t seed[32];
	struct signkey key;
	struct record r = { .boot = "000102030405060708090a0b0c0d0e0f" };

	for (size_t i = 0; i < sizeof(seed); i++)
		seed[i] = (uint8_t)i;
	signkey_from_seed(&key, seed);
	for (unsigned i = 0; i < 2; i++) {
		char hex[DIGEST_HEX];

		r.sequence = i;
		r.before = r.hash;
		sample_event(&r.open, words[i]);
		record_encode(&r, &key, out);
		assert_string_equal(digest_to_hex(hex, &r.hash), hashes[i]);
	}
}

static void test_vector(void **state)
{
	struct text bytes = { 0 };
	struct error e = { 0 };
	struct chain c;
	struct record r;

	(void)state;
	make_vector(&bytes);
	assert_int_equal(bytes.len, 262 + 196);
	chain_start(&c, "000102030405060708090a0b0c0d0e0f");
	assert_int_equal(chain_next(&c, 0, bytes.s, bytes.len, &r, &e), CHAIN_RECORD);
	assert_int_equal(chain_next(&c, 0, bytes.s, bytes.len, &r, &e), CHAIN_RECORD);
	assert_string_equal(message_text(&r.open, "plan"), "P01");
	assert_int_equal(chain_next(&c, 0, bytes.s, bytes.len, &r, &e), CHAIN_END);
	assert_int_equal(c.count, 2);
	text_release(&bytes);
}

static void test_refused(void **state)
{
	static const struct {
		const char *what;
		size_t at;
		uint8_t value; /* put there */
		const char *words;
	} cases[] = {
		{ "magic", 0, 'X', "no record" },
		{ "too short a length", 4, 135, "lengths" },
		{ "too long a length", 5, 0x41, "lengths" },
		{ "open part longer", 64, 255, "lengths" },
		{ "sealed part out of nothing", 68, 1, "lengths" },
		{ "open part without an end", 72 + 125, 'x', "ends within" },
		{ "open part with another first key", 72, 'x', "begin with" },
		{ "open part not UTF-8", 73, 0xff, "UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text bytes = { 0 };
		struct error e = { 0 };
		struct record r;

		print_message("# %s\n", cases[i].what);
		make_vector(&bytes);
		bytes.s[cases[i].at] = (char)cases[i].value;
		assert_int_equal(record_decode(bytes.s, bytes.len, &r, &e), RECORD_REFUSED);
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		assert_non_null(strstr(e.text, cases[i].words));
		text_release(&bytes);
	}
}

static void test_sealed(void **state)
{
	struct sealed_pair pair, other;
	struct text part = { 0 };
	struct error e = { 0 }, why = { 0 };
	struct message m, back;
	struct record r = { 0 };

	(void)state;
	sealed_pair_random(&pair);
	sealed_pair_random(&other);
	message_start(&m, "kind", "entry");
	message_add(&m, "text", "Server im Keller abgeschaltet");
	message_start(&r.open, "kind", "entry");
	assert_true(record_seal(&m, &pair.public, &part, &e));
	r.sealed = (const uint8_t *)part.s;
	r.sealed_len = part.len;
	assert_int_equal(part.len, 256 + 66 + 80 + 17); /* the length says only "up to 254" */
	assert_null(memmem(part.s, part.len, "Keller", 6));
	assert_true(record_unseal(&r, &pair, &back, &e));
	assert_string_equal(message_text(&back, "text"), "Server im Keller abgeschaltet");
	assert_false(record_unseal(&r, &other, &back, &why));
	/* A part of another kind was moved here from another record. */
	message_start(&r.open, "kind", "step");
	why = (struct error){ 0 };
	assert_false(record_unseal(&r, &pair, &back, &why));
	assert_non_null(strstr(why.text, "sealed part"));
	text_release(&part);
}

/* A chain without a key: the plain bytes, held to the same form. */
static void test_unpack(void **state)
{
	static const struct {
		const char *what;
		size_t at;
		char value;
		bool ok;
	} cases[] = {
		{ "as made", 0, 22, true },
		{ "padding that is not zero", 200, 1, false },
		{ "a length past the end", 1, 1, false },
		{ "a length within a string", 0, 20, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text part = { 0 };
		struct error e = { 0 };
		struct message m, back;
		struct record r = { 0 };

		print_message("# %s\n", cases[i].what);
		message_start(&m, "kind", "entry");
		message_add(&m, "text", "hallo");
		message_start(&r.open, "kind", "entry");
		assert_int_equal(m.len, 22);
		assert_true(record_seal(&m, NULL, &part, &e));
		part.s[cases[i].at] = cases[i].value;
		r.sealed = (const uint8_t *)part.s;
		r.sealed_len = part.len;
		assert_int_equal(record_unpack(&r, &back, &e), cases[i].ok);
		text_release(&part);
	}
}

/* A signature is bound to its purpose. */
static void test_purpose(void **state)
{
	uint8_t seed[32] = { 7 }, signature[64];
	struct signkey k;

	(void)state;
	signkey_from_seed(&k, seed);
	signkey_sign(&k, "one purpose", "bytes", 5, signature);
	assert_true(signkey_valid(k.public, "one purpose", "bytes", 5, signature));
	assert_false(signkey_valid(k.public, "another", "bytes", 5, signature));
	assert_false(signkey_valid(k.public, "one purpose", "bytez", 5, signature));
	assert_false(signkey_valid(seed, "one purpose", "bytes", 5, signature));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector),  cmocka_unit_test(test_refused),
		cmocka_unit_test(test_sealed),  cmocka_unit_test(test_unpack),
		cmocka_unit_test(test_purpose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
