/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image is opened only if enough vouch for it, and each refusal has words of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "image_samples.h"
#include "lib/image/open.h"

#define FLIPS 500
#define SEED 20261126u

static struct sample sample;

static int make(void **state)
{
	(void)state;
	sample_make(&sample, NULL);
	sample_sign(&sample, 2);
	return 0;
}

static int release(void **state)
{
	(void)state;
	sample_release(&sample);
	return 0;
}

static bool open_and_check(const struct image_policy *policy, bool deep, struct error *e)
{
	struct stream *in = stream_memory(sample.file.s, sample.file.len);
	struct image i;
	bool ok = image_open(&i, in, policy, e);

	if (ok) {
		ok = image_check(&i, in, deep, 1, NULL, e);
		image_release(&i);
	}
	stream_close(in);
	return ok;
}

static void good_one(void **state)
{
	struct image_policy policy = { .root = &sample.root,
				       .product = "office-pc",
				       .min_counter = SAMPLE_COUNTER };
	struct stream *in = stream_memory(sample.file.s, sample.file.len);
	struct digest identity = digest_bytes(sample.manifest.s, sample.manifest.len);
	struct error e = { 0 };
	struct image i;

	(void)state;
	if (!image_open(&i, in, &policy, &e))
		fail_msg("%s", e.text);
	assert_int_equal(i.found.valid, 2);
	assert_int_equal(i.found.wanted, 2);
	assert_int_equal(i.signatures, 2);
	assert_true(digest_equal(&i.identity, &identity));
	assert_string_equal(i.manifest.label, sample.m.label);
	assert_int_equal(in->at, i.manifest.data_at);
	if (!image_check(&i, in, true, 3, NULL, &e))
		fail_msg("%s", e.text);
	image_release(&i);
	stream_close(in);
}

static void by_one(struct text *out)
{
	sample_signature(&sample, 0, TRUST_IMAGE, SAMPLE_COUNTER, out);
}

static void sixty_five(struct text *out)
{
	for (int i = 0; i < 65; i++)
		by_one(out);
}

static void with_another_counter(struct text *out)
{
	for (int i = 0; i < 2; i++)
		sample_signature(&sample, i, TRUST_IMAGE, SAMPLE_COUNTER + 1, out);
}

/* Nobody vouches: signatures are read and not counted, all else is checked. */
static void without_a_root(void **state)
{
	struct text signatures = { 0 };
	struct image_policy policy = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_true(open_and_check(&policy, true, &e));
	sample_put(&sample, NULL);
	assert_true(open_and_check(&policy, true, &e));
	policy.min_counter = SAMPLE_COUNTER + 1;
	assert_false(open_and_check(&policy, true, &e));
	assert_non_null(strstr(e.text, "too old"));
	policy = (struct image_policy){ .product = "server" };
	e = (struct error){ 0 };
	assert_false(open_and_check(&policy, true, &e));
	assert_non_null(strstr(e.text, "product office-pc"));
	with_another_counter(&signatures);
	sample_put(&sample, &signatures);
	policy = (struct image_policy){ 0 };
	e = (struct error){ 0 };
	assert_false(open_and_check(&policy, true, &e));
	assert_non_null(strstr(e.text, "signed with counter 8, but its manifest says 7"));
	text_clear(&signatures);
	sixty_five(&signatures);
	sample_put(&sample, &signatures);
	e = (struct error){ 0 };
	assert_false(open_and_check(&policy, true, &e));
	assert_non_null(strstr(e.text, "more than 64"));
	text_release(&signatures);
	sample_put(&sample, NULL);
	sample.file.s[KIMG_MANIFEST_AT + 60] ^= 1;
	e = (struct error){ 0 };
	assert_false(open_and_check(&policy, true, &e));
	assert_non_null(strstr(e.text, "its manifest is damaged"));
	sample.file.s[KIMG_MANIFEST_AT + 60] ^= 1;
	sample.file.s[KIMG_SIGNATURES_AT] = 'x';
	policy = (struct image_policy){ 0 };
	e = (struct error){ 0 };
	assert_false(open_and_check(&policy, true, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
}

static void refuse_flip(size_t byte, unsigned bit)
{
	struct image_policy policy = { .root = &sample.root };
	struct error e = { 0 };

	sample.file.s[byte] = (char)(sample.file.s[byte] ^ 1 << bit);
	if (open_and_check(&policy, false, &e))
		fail_msg("bit %u of byte %zu was altered and nobody minded", bit, byte);
	if (e.kind != ERROR_UNTRUSTED)
		fail_msg("bit %u of byte %zu: %d, %s", bit, byte, e.kind, e.text);
	sample.file.s[byte] = (char)(sample.file.s[byte] ^ 1 << bit);
}

static void random_flips(void **state)
{
	struct image_policy policy = { .root = &sample.root };
	uint64_t random = SEED;
	struct error e = { 0 };

	(void)state;
	print_message("# seed %u\n", SEED);
	for (int i = 0; i < FLIPS; i++) {
		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		refuse_flip((random >> 20) % sample.file.len, (unsigned)(random >> 61));
	}
	assert_true(open_and_check(&policy, true, &e)); /* nothing else was wrong with it */
}

/* A bit of every byte of every header. */
static void every_field(void **state)
{
	size_t signatures = strnlen(sample.file.s + KIMG_SIGNATURES_AT, KIMG_SIGNATURES_BYTES);
	const struct {
		size_t from, to;
	} parts[] = {
		{ 0, 112 },
		{ KIMG_BLOCK - 40, KIMG_SIGNATURES_AT + signatures + 2 },
		{ KIMG_MANIFEST_AT - 2, KIMG_MANIFEST_AT + sample.manifest.len + 2 },
		{ sample.m.index_at - 2, sample.m.index_at + sample.m.index_bytes + 2 },
		{ sample.m.data_at - 2, sample.m.data_at + 20 },
		{ sample.file.len - 1, sample.file.len },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		for (size_t at = parts[i].from; at < parts[i].to; at++)
			refuse_flip(at, at % 8);
}

/* Cut off anywhere, or with something behind. */
static void lengths(void **state)
{
	struct image_policy policy = { .root = &sample.root };
	size_t whole = sample.file.len;
	const size_t cuts[] = { 0,
				1,
				KIMG_BLOCK,
				KIMG_MANIFEST_AT - 1,
				KIMG_MANIFEST_AT + 5,
				sample.m.index_at + 3,
				sample.m.data_at - 1,
				sample.m.data_at,
				whole - 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		struct error e = { 0 };

		sample.file.len = cuts[i];
		assert_false(open_and_check(&policy, false, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		assert_non_null(strstr(e.text, "cut short"));
	}
	sample.file.len = whole;
	text_add_n(&sample.file, "", 1);
	struct error e = { 0 };
	assert_false(open_and_check(&policy, false, &e));
	assert_non_null(strstr(e.text, "bytes follow"));
}

static void by_one_twice(struct text *out)
{
	by_one(out);
	by_one(out);
}

static void by_a_revoked_one(struct text *out)
{
	by_one(out);
	sample_signature(&sample, 1, TRUST_IMAGE, SAMPLE_COUNTER, out);
	sample.holders[1].revoked = true;
}

static void by_one_without_the_role(struct text *out)
{
	by_one(out);
	sample_signature(&sample, 1, TRUST_IMAGE, SAMPLE_COUNTER, out);
	sample.holders[1].roles = 1u << TRUST_KIT;
}

static void by_a_stranger(struct text *out)
{
	by_one(out);
	minisign_generate(&sample.keys[1]);
	sample_signature(&sample, 1, TRUST_IMAGE, SAMPLE_COUNTER, out);
}

static void for_a_kit(struct text *out)
{
	by_one(out);
	sample_signature(&sample, 1, TRUST_KIT, SAMPLE_COUNTER, out);
}

static void over_another_manifest(struct text *out)
{
	by_one(out);
	sample.manifest.s[60] ^= 1;
	sample_signature(&sample, 1, TRUST_IMAGE, SAMPLE_COUNTER, out);
}

static void with_two_counters(struct text *out)
{
	by_one(out);
	sample_signature(&sample, 1, TRUST_IMAGE, SAMPLE_COUNTER + 1, out);
}

static void enough(struct text *out)
{
	for (int i = 0; i < 2; i++)
		sample_signature(&sample, i, TRUST_IMAGE, SAMPLE_COUNTER, out);
}

static void by_a_stranger_with_another_counter(struct text *out)
{
	enough(out);
	minisign_generate(&sample.keys[2]);
	sample_signature(&sample, 2, TRUST_IMAGE, SAMPLE_COUNTER + 1, out);
}

static void by_an_older_minimum(struct text *out)
{
	enough(out);
	sample.root.minimum[TRUST_IMAGE] = SAMPLE_COUNTER + 1;
}

static void with_carriage_returns(struct text *out)
{
	struct text plain = { 0 };

	enough(&plain);
	for (size_t i = 0; i < plain.len; i++)
		text_add_n(out, plain.s[i] == '\n' ? "\r\n" : plain.s + i,
			   plain.s[i] == '\n' ? 2 : 1);
	text_release(&plain);
}

static void with_a_comment(struct text *out)
{
	enough(out);
	memcpy(strstr(out->s, KIMG_COMMENT), "blackstart-image", strlen(KIMG_COMMENT));
}

static void without_its_last_end(struct text *out)
{
	enough(out);
	out->s[--out->len] = '\0';
}

static void with_another_last_end(struct text *out)
{
	enough(out);
	out->s[out->len - 1] = '\r';
}

static void interrupted(struct text *out)
{
	size_t first;

	by_one(out);
	first = out->len;
	sample_signature(&sample, 1, TRUST_IMAGE, SAMPLE_COUNTER, out);
	out->s[first] = '\0';
}

static void up_to_the_last_byte(struct text *out)
{
	while (out->len < KIMG_SIGNATURES_BYTES)
		text_add_n(out, "u", 1);
}

static void nobody(struct text *out)
{
	(void)out;
}

static const struct {
	const char *name;
	void (*sign)(struct text *out);
	struct image_policy policy;
	const char *words;
} refusals[] = {
	{ "unsigned", nobody, { 0 }, "only 0 of 2 signatures" },
	{ "k-1", by_one, { 0 }, "only 1 of 2 signatures" },
	{ "the same key twice", by_one_twice, { 0 }, "signed twice and counts once" },
	{ "revoked", by_a_revoked_one, { 0 }, "the key isb is revoked" },
	{ "without the role", by_one_without_the_role, { 0 }, "isb may not sign for this role" },
	{ "unknown", by_a_stranger, { 0 }, "a key unknown here" },
	{ "another role",
	  for_a_kit,
	  { 0 },
	  "wrong role: a signature of the image was made for "
	  "the role kit" },
	{ "other bytes", over_another_manifest, { 0 }, "is over other bytes" },
	{ "another counter",
	  with_another_counter,
	  { 0 },
	  "signed with counter 8, but its manifest "
	  "says 7" },
	{ "another counter that does not count",
	  by_a_stranger_with_another_counter,
	  { 0 },
	  "signed with counter 8, but its manifest says 7" },
	{ "two counters", with_two_counters, { 0 }, "name different counters" },
	{ "older than the root allows", by_an_older_minimum, { 0 }, "accepts 8 and later" },
	{ "older than seen", enough, { .min_counter = 8 }, "at least 8 is asked for" },
	{ "another product, and older",
	  enough,
	  { .product = "server", .min_counter = 8 },
	  "not of server" },
	{ "another product", enough, { .product = "server" }, "not of server" },
	{ "CR LF", with_carriage_returns, { 0 }, "number 1 is not written" },
	{ "another comment", with_a_comment, { 0 }, "number 1 is not written" },
	{ "no last LF", without_its_last_end, { 0 }, "number 2 is not written" },
	{ "CR for its last LF", with_another_last_end, { 0 }, "number 2 is not written" },
	{ "interrupted", interrupted, { 0 }, "interrupted" },
	{ "a full area", up_to_the_last_byte, { 0 }, "does not end with zero" },
	{ "65 signatures", sixty_five, { 0 }, "more than 64" },
};

static void each_refusal(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct image_policy policy = refusals[i].policy;
		struct text signatures = { 0 };
		struct error e = { 0 };

		make(NULL);
		policy.root = &sample.root;
		refusals[i].sign(&signatures);
		sample_put(&sample, &signatures);
		if (open_and_check(&policy, false, &e))
			fail_msg("%s: accepted", refusals[i].name);
		if (e.kind != ERROR_UNTRUSTED || !strstr(e.text, refusals[i].words))
			fail_msg("%s: %d, %s", refusals[i].name, e.kind, e.text);
		text_release(&signatures);
		sample_release(&sample);
	}
}

/* Whole by its own digest, and not what belongs to the manifest. */
static void another_first_block(void **state)
{
	struct image_policy policy = { .root = &sample.root };
	uint8_t *block = (uint8_t *)sample.file.s;
	struct error e = { 0 };
	struct digest d;

	(void)state;
	block[40] ^= 1; /* data_bytes */
	d = digest_bytes(block, KIMG_BLOCK - DIGEST_BYTES);
	memcpy(block + KIMG_BLOCK - DIGEST_BYTES, d.bytes, DIGEST_BYTES);
	assert_false(open_and_check(&policy, false, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_non_null(strstr(e.text, "not the one that belongs to its manifest"));
}

static void newer_root(struct kimg_manifest *m)
{
	m->min_root = 2;
}

static void root_too_old(void **state)
{
	const struct sample_options o = { .manifest = newer_root };
	struct image_policy policy = { .root = &sample.root };
	struct error e = { 0 };

	(void)state;
	sample_make(&sample, &o);
	sample_sign(&sample, 2);
	assert_false(open_and_check(&policy, false, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_non_null(strstr(e.text, "bring the newer root"));
	sample.root.version = 2;
	e = (struct error){ 0 };
	assert_true(open_and_check(&policy, false, &e));
	sample_release(&sample);
}

static void another_digest(struct kimg_manifest *m)
{
	m->catalogue_digest.bytes[0] ^= 1;
}

static void another_count(struct kimg_manifest *m)
{
	m->catalogue_lines = 1;
}

/* What the manifest says of its catalogue is proved by who unpacks all, as by who reads it. */
static void catalogue_of_another(void **state)
{
	static const struct {
		void (*change)(struct kimg_manifest *m);
		const char *words;
	} cases[] = {
		{ another_digest, "its catalogue is not the one that its manifest names" },
		{ another_count, "the catalogue is cut short" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct sample_options options = { .manifest = cases[i].change };
		const struct image_policy policy = { .root = &sample.root };
		struct error e = { 0 };

		sample_release(&sample);
		sample_make(&sample, &options);
		sample_sign(&sample, 2);
		assert_true(open_and_check(&policy, false, &e));
		assert_false(open_and_check(&policy, true, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		if (!strstr(e.text, cases[i].words))
			fail_msg("%s", e.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(good_one, make, release),
		cmocka_unit_test_setup_teardown(without_a_root, make, release),
		cmocka_unit_test_setup_teardown(random_flips, make, release),
		cmocka_unit_test_setup_teardown(every_field, make, release),
		cmocka_unit_test_setup_teardown(lengths, make, release),
		cmocka_unit_test_setup_teardown(another_first_block, make, release),
		cmocka_unit_test(each_refusal),
		cmocka_unit_test(root_too_old),
		cmocka_unit_test_setup_teardown(catalogue_of_another, make, release),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
