/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Headers of LUKS: both versions, copies that are damaged, and JSON that must not be believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/hex.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/crypto/sha256.h"
#include "triage/fields/luks.h"
#include "triage/parse/luks_json.h"

#define HEADER 16384u
#define VOLUME (4u * HEADER)
#define METADATA                                                                                   \
	"{\"keyslots\":{\"7\":{\"key_size\":64,\"kdf\":{\"type\":\"pbkdf2\",\"hash\":\"sha512\","  \
	"\"iterations\":1200}},\"0\":{\"key_size\":32,\"kdf\":{\"type\":\"argon2id\",\"time\":4,"  \
	"\"memory\":1024},\"area\":{\"key_size\":99}}},"                                           \
	"\"segments\":{\"0\":{\"offset\":\"32768\",\"encryption\":\"aes-xts-plain64\"}},"          \
	"\"digests\":{\"0\":{\"type\":\"pbkdf2\",\"hash\":\"sha256\",\"iterations\":7}},"          \
	"\"tokens\":{\"0\":{\"type\":\"systemd-tpm2\"},\"1\":{\"type\":\"x\"}},\"config\":{}}"

struct volume {
	uint8_t bytes[VOLUME];
	size_t problems;
};

static void put(uint8_t *at, uint64_t value, size_t bytes)
{
	while (bytes--) {
		at[bytes] = (uint8_t)value;
		value >>= 8;
	}
}

static void seal(uint8_t *header)
{
	char hex[SHA256_HEX];
	uint8_t sum[32];

	memset(header + 448, 0, 64);
	assert_true(hex_decode(sum, sizeof(sum), sha256_hex(hex, header, HEADER)));
	memcpy(header + 448, sum, sizeof(sum));
}

static void make_copy(struct volume *v, size_t at, uint64_t sequence, const char *label,
		      const char *json)
{
	uint8_t *h = v->bytes + at;

	memset(h, 0, HEADER);
	memcpy(h, at ? "SKUL\xba\xbe\0\2" : "LUKS\xba\xbe\0\2", 8);
	put(h + 8, HEADER, 8);
	put(h + 16, sequence, 8);
	memcpy(h + 24, label, strlen(label));
	memcpy(h + 72, "sha256", 6);
	memset(h + 168, 'u', 40);
	memcpy(h + 4096, json, strlen(json));
	seal(h);
}

static bool read_bytes(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct volume *v = ctx;
	(void)e;

	assert_true(offset <= VOLUME && len <= VOLUME - offset);
	memcpy(buf, v->bytes + offset, len);
	return true;
}

static void problem(void *ctx, uint64_t offset, const char *what)
{
	struct volume *v = ctx;
	(void)offset;
	(void)what;

	v->problems++;
}

static bool read_volume(struct volume *v, struct luks *l)
{
	const struct partition_source s = { read_bytes, v, VOLUME, 512 };
	const struct parse_problems problems = { problem, v };
	struct error e = { 0 };

	v->problems = 0;
	bool good = luks_read(&s, 0, VOLUME, &problems, l, &e);
	assert_true(good == !e.kind);
	return good;
}

static void version_2(void **state)
{
	static struct volume v;
	char words[LUKS_WORDS];
	struct luks l;
	(void)state;

	make_copy(&v, 0, 5, "DATEN", METADATA);
	make_copy(&v, HEADER, 5, "DATEN", METADATA);
	assert_true(read_volume(&v, &l));
	assert_int_equal(v.problems, 0);
	assert_false(l.second_copy);
	assert_string_equal(l.label, "DATEN");
	assert_int_equal(strlen(l.uuid), 40);
	assert_string_equal(l.cipher, "aes-xts-plain64");
	assert_int_equal(l.payload_offset, 32768);
	assert_int_equal(l.digest_iterations, 7);
	assert_int_equal(l.count, 2);
	assert_int_equal(l.slots[0].number, 0);
	assert_int_equal(l.slots[0].key_bits, 256);
	assert_int_equal(l.slots[0].memory_kib, 1024);
	assert_int_equal(l.slots[1].number, 7);
	assert_string_equal(l.slots[1].hash, "sha512");
	assert_int_equal(l.slots[1].cost, 1200);
	assert_int_equal(l.token_count, 2);
	assert_string_equal(l.token, "systemd-tpm2");
	assert_true(luks_words(words, sizeof(words), &l, 1));
	assert_string_equal(words, "key slot 0: argon2id, 4 passes, 1024 KiB");
	assert_true(luks_words(words, sizeof(words), &l, 3));
	assert_string_equal(words, "tokens: 2, the first of them systemd-tpm2");
	assert_false(luks_words(words, sizeof(words), &l, 4));
}

/* As cryptsetup 2.6 leaves it: digest 0 goes with the first key, and others are there meanwhile. */
static void reencrypted(void **state)
{
	static struct volume v;
	static const struct {
		const char *json;
		size_t slots, lines;
		uint64_t iterations;
	} cases[] = {
		{ "{\"keyslots\":{\"1\":{\"type\":\"luks2\",\"key_size\":64}},"
		  "\"segments\":{\"0\":{\"encryption\":\"c\"}},"
		  "\"digests\":{\"1\":{\"type\":\"pbkdf2\",\"segments\":[\"0\"],\"hash\":\"sha256\","
		  "\"iterations\":7}}}",
		  1, 2, 7 },
		{ "{\"keyslots\":{\"0\":{\"type\":\"luks2\",\"key_size\":64},"
		  "\"1\":{\"type\":\"reencrypt\",\"key_size\":1},"
		  "\"2\":{\"type\":\"luks2\",\"key_size\":64}},\"segments\":{\"0\":{},\"1\":{\"encryption\":\"c\"},"
		  "\"2\":{\"encryption\":\"d\"}},"
		  "\"digests\":{\"0\":{\"type\":\"x\",\"segments\":[\"1\",\"3\"],\"iterations\":5},"
		  "\"1\":{\"type\":\"pbkdf2\",\"segments\":[\"0\",\"2\"],\"hash\":\"sha256\","
		  "\"iterations\":7},\"2\":{\"type\":\"y\",\"segments\":[],\"iterations\":9}}}",
		  2, 4, 7 },
	};
	char words[LUKS_WORDS];
	struct luks l;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t lines = 0;

		make_copy(&v, 0, 5, "", cases[i].json);
		make_copy(&v, HEADER, 5, "", cases[i].json);
		assert_true(read_volume(&v, &l) && !v.problems);
		assert_string_equal(l.cipher, "c");
		assert_string_equal(l.digest, "pbkdf2");
		assert_string_equal(l.digest_hash, "sha256");
		assert_int_equal(l.digest_iterations, cases[i].iterations);
		assert_int_equal(l.count, cases[i].slots);
		assert_int_equal(l.slots[l.count - 1].number, cases[i].slots);
		assert_int_equal(l.reencryption, cases[i].lines == 4);
		while (luks_words(words, sizeof(words), &l, lines))
			lines++;
		assert_int_equal(lines, cases[i].lines);
	}
	assert_non_null(strstr(words, "not finished"));
}

static void copies(void **state)
{
	static struct volume v;
	struct luks l;
	(void)state;

	/* The later one counts; the first, if both are as late. */
	make_copy(&v, 0, 5, "first", METADATA);
	make_copy(&v, HEADER, 6, "second", METADATA);
	assert_true(read_volume(&v, &l) && l.second_copy && !v.problems);
	assert_string_equal(l.label, "second");
	/* A damaged one never does. */
	v.bytes[HEADER + 5000] ^= 1;
	assert_true(read_volume(&v, &l) && !l.second_copy);
	assert_int_equal(v.problems, 1);
	v.bytes[HEADER + 5000] ^= 1;
	make_copy(&v, 0, 9, "first", METADATA);
	v.bytes[30] ^= 1;
	assert_true(read_volume(&v, &l) && l.second_copy);
	assert_int_equal(v.problems, 1);
	v.bytes[HEADER + 5000] ^= 1;
	assert_false(read_volume(&v, &l));
	/* The second is also found if the first says another size. */
	make_copy(&v, HEADER, 1, "second", METADATA);
	for (uint64_t size = 0; size < 3; size++) {
		static const uint64_t sizes[] = { 0, 4096, UINT64_MAX };

		put(v.bytes + 8, sizes[size], 8);
		assert_true(read_volume(&v, &l) && l.second_copy);
	}
	/* Slots that no volume has are left out, and it is said. */
	make_copy(&v, 0, 5, "first", "{\"keyslots\":{\"32\":{\"key_size\":1}}}");
	make_copy(&v, HEADER, 5, "second", METADATA);
	assert_true(read_volume(&v, &l) && !l.count);
	assert_int_equal(v.problems, 1);
	make_copy(&v, 0, 5, "first", "{\"keyslots\":{");
	make_copy(&v, HEADER, 5, "second", "");
	assert_false(read_volume(&v, &l));
	v.bytes[7] = 3;
	assert_false(read_volume(&v, &l));
	v.bytes[0] = 'l';
	assert_false(read_volume(&v, &l));
}

static void version_1(void **state)
{
	static struct volume v;
	char words[LUKS_WORDS];
	struct luks l;
	(void)state;

	memcpy(v.bytes, "LUKS\xba\xbe\0\1", 8);
	memcpy(v.bytes + 8, "serpent", 7);
	memset(v.bytes + 40, 'm', 32); /* without an end */
	memcpy(v.bytes + 72, "sha1", 4);
	put(v.bytes + 104, 4096, 4);
	put(v.bytes + 108, 32, 4);
	put(v.bytes + 164, 999, 4);
	put(v.bytes + 208 + 5 * 48, 0x00ac71f3, 4);
	put(v.bytes + 208 + 5 * 48 + 4, 1100, 4);
	for (size_t i = 0; i < 8; i++)
		if (i != 5)
			put(v.bytes + 208 + i * 48, 0xdead, 4);
	assert_true(read_volume(&v, &l));
	assert_int_equal(v.problems, 0);
	assert_string_equal(l.cipher, "serpent-mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm");
	assert_int_equal(l.payload_offset, 4096 * 512);
	assert_int_equal(l.digest_iterations, 999);
	assert_int_equal(l.count, 1);
	assert_int_equal(l.slots[0].number, 5);
	assert_int_equal(l.slots[0].key_bits, 256);
	assert_true(luks_words(words, sizeof(words), &l, 1));
	assert_string_equal(words, "key slot 5: pbkdf2, sha1, 1100 iterations");
	v.bytes[208 + 5 * 48] ^= 1; /* neither in use nor free */
	assert_true(read_volume(&v, &l) && !l.count);
	assert_int_equal(v.problems, 1);
}

static void add_value(void *ctx, const struct json_value *v)
{
	for (size_t i = 0; i < v->depth; i++)
		text_addf(ctx, "%.*s/", (int)v->keys[i].len, v->keys[i].s);
	text_addf(ctx, "=%.*s ", (int)v->value.len, v->value.s);
}

static void json(void **state)
{
	static const struct {
		const char *text;
		bool good;
		const char *want;
	} cases[] = {
		{ "{}", true, "" },
		{ " { \"a\" : 1 , \"b\" : [ true , \"x\" , { } , [ ] ] } zzz", true,
		  "a/=1 b//=true b//=x " },
		{ "{\"a\\\"b\":\"c\\\\\",\"d\":-1.5e3}", true, "a\\\"b/=c\\\\ d/=-1.5e3 " },
		{ "5", true, "=5 " },
		{ "", false, "" },
		{ "{", false, "" },
		{ "{\"a\"", false, "" },
		{ "{\"a\":", false, "" },
		{ "{\"a\":\"b", false, "" },
		{ "{\"a\":\"b\\", false, "" },
		{ "{\"a\":1", false, "a/=1 " },
		{ "{\"a\":1]", false, "a/=1 " },
		{ "{\"a\":1 \"b\":2}", false, "a/=1 " },
		{ "{,}", false, "" },
		{ "[1,,2]", false, "/=1 " },
		{ "[[[[[[[[[[[[1]]]]]]]]]]]]", true, "////////////=1 " },
		{ "[[[[[[[[[[[[[1]]]]]]]]]]]]]", false, "" },
	};
	struct text out = { 0 };
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t len = strlen(cases[i].text);
		char *copy = mem_alloc(len ? len : 1);

		memcpy(copy, cases[i].text, len);
		text_clear(&out);
		if (json_values((struct span){ copy, len }, add_value, &out) != cases[i].good)
			fail_msg("%s", cases[i].text);
		assert_string_equal(text_end(&out), cases[i].want);
		free(copy);
	}
	text_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_2), cmocka_unit_test(reencrypted),
		cmocka_unit_test(copies),    cmocka_unit_test(version_1),
		cmocka_unit_test(json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
