/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sealed files: the vectors of docs/formats/sealed.md, and that nothing altered opens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/crypto/digest.h"
#include "lib/crypto/sealed.h"

#define HEAD(recipients) (66 + 80 * (size_t)(recipients))
#define WHOLE (SEALED_PIECE_BYTES + 17)

static struct sealed_pair numbered(uint8_t number)
{
	uint8_t seed[32];
	struct sealed_pair p;

	memset(seed, number, sizeof(seed));
	sealed_pair_from_seed(&p, seed);
	return p;
}

static void count_up(uint8_t seed[32])
{
	for (uint8_t i = 0; i < 32; i++)
		seed[i] = i;
}

/* Does it open to exactly these bytes? On refusal nothing must have come out. */
static bool opens(const struct text *sealed, const struct sealed_pair *p, const void *want,
		  size_t len, struct error *e)
{
	struct text plain = { 0 };
	bool ok;

	*e = (struct error){ 0 };
	ok = sealed_open(sealed->s, sealed->len, p, &plain, e);
	assert_int_equal(plain.len, ok ? len : 0);
	if (ok && len > 0)
		assert_memory_equal(plain.s, want, len);
	if (!ok)
		assert_int_equal(e->kind, ERROR_UNTRUSTED);
	text_release(&plain);
	return ok;
}

static void refused(const struct text *sealed, const struct sealed_pair *p, const char *words)
{
	struct error e;

	assert_false(opens(sealed, p, NULL, 0, &e));
	if (!strstr(e.text, words))
		fail_msg("wanted \"%s\", said \"%s\"", words, e.text);
}

static const struct {
	const char *name;
	size_t len;
	const char *plain; /* NULL: zeros */
	uint8_t recipient[2];
	size_t count, sealed_len;
	const char *hex;
} vectors[] = {
	{ "empty",
	  0,
	  NULL,
	  { 1 },
	  1,
	  163,
	  "b5e9437fb4cddbeac322fbdb98d901fb9249301247507951af70f8b4c10c5dab" },
	{ "two pieces",
	  65537,
	  NULL,
	  { 1, 2 },
	  2,
	  65797,
	  "6f9620770872305fe8bea04a1e655bddca9cca3d338d71ba56f2ece09ad6c3c4" },
	{ "a line",
	  11,
	  "Blackstart\n",
	  { 2, 1 },
	  2,
	  254,
	  "31fd1d5f08c0efe11881cd159ccd4229eb730ec2a217906fcf377e9b9fb34275" },
};

static void test_vectors(void **state)
{
	static const uint8_t zeros[65537];
	uint8_t seed[32], made[32];
	struct digest d;
	char hex[DIGEST_HEX];

	(void)state;
	count_up(seed);
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const void *plain = vectors[i].plain ? (const void *)vectors[i].plain : zeros;
		struct sealed_public to[2];
		struct sealed_pair p = { 0 };
		struct text out = { 0 };
		struct error e = { 0 };

		for (size_t k = 0; k < vectors[i].count; k++)
			to[k] = numbered(vectors[i].recipient[k]).public;
		assert_true(
			sealed_bytes(plain, vectors[i].len, to, vectors[i].count, seed, &out, &e));
		assert_int_equal(out.len, vectors[i].sealed_len);
		d = digest_bytes(out.s, out.len);
		assert_string_equal(digest_to_hex(hex, &d), vectors[i].hex);
		for (size_t k = 0; k < vectors[i].count; k++) {
			p = numbered(vectors[i].recipient[k]);
			assert_true(opens(&out, &p, plain, vectors[i].len, &e));
		}
		text_release(&out);
	}
	sealed_seed(made, seed, "protected.db", "abc", 3);
	memcpy(d.bytes, made, sizeof(made));
	assert_string_equal(digest_to_hex(hex, &d),
			    "29eb60cb33cc940381951feefb911b4a3cc2a78255d9ddb9b4ffffa4a8956337");
}

static void fill(uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 251);
}

/* Every size around a piece, random and seeded, whole and in crumbs. */
static void test_sizes(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 131072, 1 << 20 };
	uint8_t *bytes = mem_alloc(1 << 20), seed[32];
	struct sealed_pair p = numbered(1), other = numbered(2);
	struct error e = { 0 };

	(void)state;
	fill(bytes, 1 << 20);
	count_up(seed);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t n = sizes[i], pieces = n ? (n + 65535) / 65536 : 1;
		struct text random[2] = { 0 }, seeded = { 0 }, crumbs = { 0 };
		struct sealed_writer *w;

		for (size_t k = 0; k < 2; k++) {
			assert_true(sealed_bytes(bytes, n, &p.public, 1, NULL, &random[k], &e));
			assert_int_equal(random[k].len, HEAD(1) + n + 17 * pieces);
			assert_true(opens(&random[k], &p, bytes, n, &e));
		}
		assert_memory_not_equal(random[0].s + 10, random[1].s + 10, HEAD(1) - 10);
		refused(&random[0], &other, "not sealed to this key");
		assert_true(sealed_bytes(bytes, n, &p.public, 1, seed, &seeded, &e));
		w = sealed_writer_new(&p.public, 1, seed, &crumbs, &e);
		assert_non_null(w);
		for (size_t at = 0, step = 1; at < n; at += step, step = step * 5 + 3) {
			if (step > n - at)
				step = n - at;
			sealed_writer_add(w, bytes + at, step, &crumbs);
		}
		sealed_writer_finish(w, &crumbs);
		assert_int_equal(crumbs.len, seeded.len);
		assert_memory_equal(crumbs.s, seeded.s, seeded.len);
		assert_true(opens(&seeded, &p, bytes, n, &e));
		text_release(&random[0]);
		text_release(&random[1]);
		text_release(&seeded);
		text_release(&crumbs);
	}
	free(bytes);
}

static void test_sixteen(void **state)
{
	struct sealed_public to[SEALED_RECIPIENTS_MAX + 1];
	struct sealed_pair p;
	struct text out = { 0 };
	struct error e = { 0 };

	(void)state;
	for (uint8_t i = 0; i < SEALED_RECIPIENTS_MAX + 1; i++)
		to[i] = numbered((uint8_t)(i + 1)).public;
	assert_true(sealed_bytes("all", 3, to, SEALED_RECIPIENTS_MAX, NULL, &out, &e));
	for (uint8_t i = 0; i < SEALED_RECIPIENTS_MAX; i++) {
		p = numbered((uint8_t)(i + 1));
		assert_true(opens(&out, &p, "all", 3, &e));
	}
	p = numbered(17);
	refused(&out, &p, "not sealed to this key");
	text_release(&out);
	assert_false(sealed_bytes("all", 3, to, SEALED_RECIPIENTS_MAX + 1, NULL, &out, &e));
	e = (struct error){ 0 };
	assert_false(sealed_bytes("all", 3, to, 0, NULL, &out, &e));
	e = (struct error){ 0 };
	to[3] = to[1];
	assert_false(sealed_bytes("all", 3, to, 4, NULL, &out, &e));
	assert_non_null(strstr(e.text, "2 and 4"));
	e = (struct error){ 0 };
	memset(&to[1], 0, sizeof(to[1]));
	assert_false(sealed_bytes("all", 3, to, 2, NULL, &out, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_int_equal(out.len, 0);
}

/* The same content for others, or other content by sealed_seed(), shares no key. */
static void test_seed(void **state)
{
	struct sealed_pair a = numbered(1), b = numbered(2);
	struct sealed_public both[2] = { a.public, b.public };
	struct text one = { 0 }, two = { 0 };
	struct error e = { 0 };
	uint8_t s[4][32];

	(void)state;
	sealed_seed(s[0], a.secret, "protected.db", "abc", 3);
	sealed_seed(s[1], a.secret, "protected.db", "abd", 3);
	sealed_seed(s[2], a.secret, "strict.db", "abc", 3);
	sealed_seed(s[3], b.secret, "protected.db", "abc", 3);
	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(s[i], s[k], 32);
	assert_true(sealed_bytes("abc", 3, both, 1, s[0], &one, &e));
	assert_true(sealed_bytes("abc", 3, both, 2, s[0], &two, &e));
	/* commitment (to the file key) and stream header differ */
	assert_memory_not_equal(one.s + HEAD(1) - 56, two.s + HEAD(2) - 56, 32);
	assert_memory_not_equal(one.s + HEAD(1) - 24, two.s + HEAD(2) - 24, 24);
	text_release(&one);
	text_release(&two);
}

/* One bit of every byte of the head, and of bytes throughout the pieces. */
static void test_flips(void **state)
{
	uint8_t *bytes = mem_alloc(70000);
	struct sealed_pair p = numbered(1), b = numbered(2);
	struct sealed_public to[2] = { p.public, b.public };
	struct text out = { 0 };
	struct error e = { 0 };

	(void)state;
	fill(bytes, 70000);
	assert_true(sealed_bytes(bytes, 70000, to, 2, NULL, &out, &e));
	for (size_t i = 0; i < out.len; i += i < HEAD(2) + 40 || i + 20 > out.len ? 1 : 1777) {
		out.s[i] = (char)(out.s[i] ^ 1 << i % 8);
		assert_false(opens(&out, &p, NULL, 0, &e));
		assert_false(opens(&out, &b, NULL, 0, &e));
		out.s[i] = (char)(out.s[i] ^ 1 << i % 8);
	}
	assert_true(opens(&out, &p, bytes, 70000, &e));
	text_release(&out);
	free(bytes);
}

/* Cut at and around every border of a part; bytes added; pieces exchanged, left out,
 * doubled, or put under another file's head. */
static void test_pieces(void **state)
{
	const size_t len = 3 * SEALED_PIECE_BYTES + 5, h = HEAD(1);
	uint8_t *bytes = mem_alloc(len), *piece = mem_alloc(WHOLE);
	struct sealed_pair p = numbered(1);
	struct text out = { 0 }, other = { 0 }, cut;
	struct error e = { 0 };

	(void)state;
	fill(bytes, len);
	assert_true(sealed_bytes(bytes, len, &p.public, 1, NULL, &out, &e));
	assert_true(sealed_bytes(bytes, len, &p.public, 1, NULL, &other, &e));
	const size_t borders[] = {
		0, 8, 9, 10, 90, 122, h, h + 17, h + WHOLE, h + 2 * WHOLE, h + 3 * WHOLE, out.len
	};
	for (size_t i = 0; i < sizeof(borders) / sizeof(borders[0]); i++)
		for (size_t n = borders[i] ? borders[i] - 1 : 0; n <= borders[i] + 1; n++) {
			if (n >= out.len)
				continue;
			cut = out;
			cut.len = n;
			assert_false(opens(&cut, &p, NULL, 0, &e));
		}
	cut = out;
	cut.len = h + 2 * WHOLE;
	refused(&cut, &p, "the last piece is missing");
	text_add_n(&out, "x", 1);
	refused(&out, &p, "piece 4");
	out.len--;

	memcpy(piece, out.s + h, WHOLE); /* exchanged */
	memcpy(out.s + h, out.s + h + WHOLE, WHOLE);
	memcpy(out.s + h + WHOLE, piece, WHOLE);
	refused(&out, &p, "piece 1");
	memcpy(out.s + h + WHOLE, out.s + h, WHOLE); /* back, and the first doubled */
	memcpy(out.s + h, piece, WHOLE);
	memcpy(piece, out.s + h + WHOLE, WHOLE);
	memcpy(out.s + h + WHOLE, out.s + h, WHOLE);
	refused(&out, &p, "piece 2");
	memcpy(out.s + h + WHOLE, piece, WHOLE);
	assert_true(opens(&out, &p, bytes, len, &e));
	memcpy(other.s + h + WHOLE, piece, WHOLE); /* of another file */
	refused(&other, &p, "piece 2");
	memmove(out.s + h + WHOLE, out.s + h + 2 * WHOLE, out.len - h - 2 * WHOLE); /* left out */
	out.len -= WHOLE;
	refused(&out, &p, "piece 2");
	text_release(&out);
	text_release(&other);
	free(bytes);
	free(piece);
}

static void test_whole_last_piece_then_more(void **state)
{
	struct sealed_pair p = numbered(1);
	uint8_t *bytes = mem_alloc(SEALED_PIECE_BYTES);
	struct text out = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_true(sealed_bytes(bytes, SEALED_PIECE_BYTES, &p.public, 1, NULL, &out, &e));
	text_add_n(&out, "0123456789abcdefghi", 19);
	refused(&out, &p, "after its end");
	text_release(&out);
	free(bytes);
}

static void test_given_up(void **state)
{
	struct sealed_pair p = numbered(1);
	struct text out = { 0 };
	struct error e = { 0 };
	struct sealed_writer *w = sealed_writer_new(&p.public, 1, NULL, &out, &e);

	(void)state;
	assert_non_null(w);
	sealed_writer_add(w, "secret", 6, &out);
	sealed_writer_discard(w);
	sealed_writer_discard(NULL);
	refused(&out, &p, "cut short");
	text_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_sixteen),
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_flips),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_whole_last_piece_then_more),
		cmocka_unit_test(test_given_up),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("sealed", tests, NULL, NULL);
}
