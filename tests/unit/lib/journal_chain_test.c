/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chains: every altered byte and every cut is noticed, and what stands before it stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "journal_samples.h"

#define RECORDS 4

/* Where each record begins; the last is the end. */
static void make(struct sample *s, size_t at[RECORDS + 1])
{
	at[0] = 0;
	sample_start(s, 5, "musterlingen", NULL);
	at[1] = s->bytes.len;
	SAMPLE_ADD(s, "kind=step", "plan=P01", "nr=1", "state=done");
	at[2] = s->bytes.len;
	SAMPLE_ADD(s, "kind=entry", "type=note", "text=hallo");
	at[3] = s->bytes.len;
	SAMPLE_ADD(s, "kind=clock", "time=1795695661304", "source=watch");
	at[4] = s->bytes.len;
}

static enum chain_step read_all(struct chain *c, const void *bytes, size_t len, struct error *e)
{
	enum chain_step step;
	struct record r;

	chain_start(c, "00000000000000000000000000000005");
	do
		step = chain_next(c, 0, bytes, len, &r, e);
	while (step == CHAIN_RECORD);
	return step;
}

static void test_altered(void **state)
{
	size_t at[RECORDS + 1];
	struct sample s;

	(void)state;
	make(&s, at);
	for (size_t i = 0; i < s.bytes.len; i++) {
		struct error e = { 0 };
		struct chain c;
		size_t hit = 0;

		while (at[hit + 1] <= i)
			hit++;
		s.bytes.s[i] = (char)(s.bytes.s[i] ^ 1);
		assert_int_equal(read_all(&c, s.bytes.s, s.bytes.len, &e), CHAIN_DAMAGED);
		s.bytes.s[i] = (char)(s.bytes.s[i] ^ 1);
		assert_int_equal(c.count, hit);
		assert_int_equal(c.bytes, at[hit]);
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
	}
	sample_release(&s);
}

static void test_cut(void **state)
{
	size_t at[RECORDS + 1];
	struct sample s;

	(void)state;
	make(&s, at);
	for (size_t len = 0; len <= s.bytes.len; len++) {
		struct error e = { 0 };
		struct chain c;
		size_t whole = 0;

		while (whole < RECORDS && at[whole + 1] <= len)
			whole++;
		assert_int_equal(read_all(&c, s.bytes.s, len, &e),
				 len == at[whole] ? CHAIN_END : CHAIN_CUT);
		assert_int_equal(c.count, whole);
		assert_int_equal(e.kind, ERROR_NONE);
	}
	sample_release(&s);
}

/* What is whole, signed and yet not the next record of this chain. */
static void test_not_next(void **state)
{
	size_t at[RECORDS + 1];
	struct sample s, other;
	static const char *const whats[] = { "left out", "twice", "swapped", "another chain's",
					     "another boot's" };

	(void)state;
	make(&s, at);
	sample_start(&other, 6, "musterlingen", NULL);
	for (size_t i = 0; i < sizeof(whats) / sizeof(whats[0]); i++) {
		struct text t = { 0 };
		struct error e = { 0 };
		struct chain c;
		const char *b = s.bytes.s;

		print_message("# %s\n", whats[i]);
		if (i < 4)
			text_add_n(&t, b, at[1]);
		if (i == 0)
			text_add_n(&t, b + at[2], at[3] - at[2]);
		else if (i == 1)
			text_add_n(&t, b, at[1]);
		else if (i == 2) {
			text_add_n(&t, b + at[2], at[3] - at[2]);
			text_add_n(&t, b + at[1], at[2] - at[1]);
		} else {
			text_add_n(&t, other.bytes.s, other.bytes.len);
		}
		assert_int_equal(read_all(&c, t.s, t.len, &e), CHAIN_DAMAGED);
		assert_int_equal(c.count, i < 4 ? 1 : 0);
		text_release(&t);
	}
	sample_release(&other);
	sample_release(&s);
}

/* A key of somebody else signs a record that fits: the signature tells. */
static void test_other_key(void **state)
{
	size_t at[RECORDS + 1], before;
	uint8_t seed[32] = { 99 };
	struct error e = { 0 };
	struct sample s;
	struct chain c;

	(void)state;
	make(&s, at);
	before = s.bytes.len;
	struct record r = { .sequence = s.chain.count, .before = s.chain.head };
	memcpy(r.boot, s.chain.boot, sizeof(r.boot));
	message_start(&r.open, "kind", "incident");
	message_add(&r.open, "state", "closed");
	signkey_from_seed(&s.key, seed);
	record_encode(&r, &s.key, &s.bytes);
	assert_int_equal(read_all(&c, s.bytes.s, s.bytes.len, &e), CHAIN_DAMAGED);
	assert_int_equal(c.bytes, before);
	assert_non_null(strstr(e.text, "signature"));
	chain_fault(&c, "x.journal", &e);
	assert_non_null(strstr(e.text, "x.journal: record 4, byte "));
	sample_release(&s);
}

/* The right key writes one record anew, as long as the old one: the next no longer follows. */
static void test_written_anew(void **state)
{
	size_t at[RECORDS + 1];
	struct error e = { 0 };
	struct sample s, anew;
	struct chain c;

	(void)state;
	make(&s, at);
	sample_start(&anew, 5, "musterlingen", NULL);
	SAMPLE_ADD(&anew, "kind=step", "plan=P01", "nr=2", "state=done");
	assert_int_equal(anew.bytes.len, at[2]);
	memcpy(s.bytes.s, anew.bytes.s, at[2]);
	assert_int_equal(read_all(&c, s.bytes.s, s.bytes.len, &e), CHAIN_DAMAGED);
	assert_int_equal(c.count, 2);
	assert_non_null(strstr(e.text, "does not follow"));
	sample_release(&anew);
	sample_release(&s);
}

static void test_names(void **state)
{
	static const struct {
		const char *name;
		bool chain, variant;
	} cases[] = {
		{ "0123456789abcdef0123456789abcdef.journal", true, false },
		{ "0123456789abcdef0123456789abcdeF.journal", false, false },
		{ "0123456789abcdef0123456789abcde.journal", false, false },
		{ "0123456789abcdef0123456789abcdef.journal~", false, false },
		{ "0123456789abcdef0123456789abcdef.0123456789abcdef.fork", false, true },
		{ "0123456789abcdef0123456789abcdef-0123456789abcdef.fork", false, false },
		{ "0123456789abcdef0123456789abcdef.0123456789abcdef.damaged", false, false },
		{ "", false, false },
	};
	char boot[BOOT_HEX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# %s\n", cases[i].name);
		assert_int_equal(chain_boot(cases[i].name, boot), cases[i].chain);
		assert_int_equal(chain_is_variant(cases[i].name), cases[i].variant);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_altered),      cmocka_unit_test(test_cut),
		cmocka_unit_test(test_not_next),     cmocka_unit_test(test_other_key),
		cmocka_unit_test(test_written_anew), cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
