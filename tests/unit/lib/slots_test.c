/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slots: the vector of docs/formats/slots.md, who opens what, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/crypto/digest.h"
#include "lib/crypto/slots.h"

/* Offsets in a file of the kit "musterlingen". */
#define KIT_ID_LEN 12
#define AT_SALT (11 + KIT_ID_LEN)
#define AT_MEMORY (AT_SALT + 16)
#define AT_PASSES (AT_MEMORY + 4)
#define AT_PUBLIC (AT_PASSES + 4)
#define AT_COUNT (AT_PUBLIC + 64)
#define AT_SLOT (AT_COUNT + 1)

/* One pass: what is tested here is not how slow it is. */
static void quick_init(struct slots *s, const struct tier_keys *k)
{
	slots_init(s, k);
	assert_int_equal(s->memory_kib, 65536);
	assert_int_equal(s->passes, SLOTS_PASSES);
	s->passes = 1;
}

static void add(struct slots *s, const struct tier_keys *k, const char *label, uint8_t tiers,
		const char *entered)
{
	struct error e = { 0 };

	if (!slots_add(s, k, SLOT_PASSPHRASE, label, tiers, entered, &e))
		fail_msg("%s: %s", label, e.text);
}

static void refused_to_add(struct slots *s, const struct tier_keys *k, const char *label,
			   uint8_t tiers, const char *words)
{
	struct error e = { 0 };
	size_t count = s->count;

	assert_false(slots_add(s, k, SLOT_PASSPHRASE, label, tiers, "whatever it is", &e));
	if (!strstr(e.text, words))
		fail_msg("wanted \"%s\", said \"%s\"", words, e.text);
	assert_int_equal(s->count, count);
}

static bool opens(const struct slots *s, const char *entered, struct tier_keys *k, size_t *which)
{
	struct error e = { 0 };
	bool ok = slots_open(s, entered, k, which, &e);

	if (!ok) {
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		assert_non_null(strstr(e.text, "opens no slot"));
		assert_false(k->has[1] || k->has[2]);
	}
	return ok;
}

static bool same_secret(const struct tier_keys *a, const struct tier_keys *b, size_t tier)
{
	return a->has[tier] && b->has[tier] &&
	       memcmp(&a->pair[tier], &b->pair[tier], sizeof(a->pair[tier])) == 0;
}

static void unhex(uint8_t *out, const char *hex)
{
	for (size_t i = 0; hex[2 * i]; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		out[i] = (uint8_t)strtoul(two, NULL, 16);
	}
}

static void test_vector(void **state)
{
	struct slots s, back;
	struct tier_keys k, opened;
	struct slot *slot = &s.slot[0];
	struct text out = { 0 };
	struct error e = { 0 };
	struct digest d;
	char hex[DIGEST_HEX];
	size_t which;

	(void)state;
	tier_keys_demo(&k);
	quick_init(&s, &k);
	for (uint8_t i = 0; i < 16; i++)
		s.salt[i] = i;
	*slot = (struct slot){ .kind = SLOT_PASSPHRASE, .label = "Test", .tiers = 6 };
	for (uint8_t i = 0; i < 24; i++)
		slot->wrapped[i] = i;
	unhex(slot->wrapped + 24,
	      "5080a22ac621ac03303dc53c4515eff80fb3835d0ba4dadd53902e362535f4f7dd87091b0ffa3f0f"
	      "0d734dfc8e41d8c18823e3a92d6e5c14da14c9846fa418893eec4b12bf180aec263c595d0bf2c74b");
	slot->wrapped_len = 104;
	s.count = 1;
	slots_write(&s, &out);
	assert_int_equal(out.len, 223);
	d = digest_bytes(out.s, out.len);
	assert_string_equal(digest_to_hex(hex, &d),
			    "bc84780af6cbdf291484d3a2d63f44c37e8c1eea4319699270cd8029213785d7");
	assert_true(slots_parse(out.s, out.len, &back, &e));
	assert_true(slots_are_demo(&back));
	assert_true(opens(&back, " Not  Secret-At all ", &opened, &which));
	assert_true(same_secret(&k, &opened, 1) && same_secret(&k, &opened, 2));
	memcpy(d.bytes, k.pair[1].public.key, sizeof(d.bytes));
	assert_string_equal(digest_to_hex(hex, &d),
			    "34dd1ee138da7e3e3ed7a1024fbe8265f956e7e35663f6e34e5fe3ce9e3e3350");
	memcpy(d.bytes, k.pair[2].public.key, sizeof(d.bytes));
	assert_string_equal(digest_to_hex(hex, &d),
			    "7d2a86a0424e7566f814343822fe4ab678902ae5bba18431850b7b92cb4e724a");
	text_release(&out);
}

/* Sixteen fit and each opens; the seventeenth is refused. */
static void test_sixteen(void **state)
{
	struct slots s, back;
	struct tier_keys k, opened;
	struct text out = { 0 };
	struct error e = { 0 };
	char label[SLOT_LABEL_MAX], entry[32];
	size_t which;

	(void)state;
	tier_keys_random(&k, "musterlingen", false);
	quick_init(&s, &k);
	for (unsigned i = 0; i < SLOTS_MAX; i++) {
		snprintf(label, sizeof(label), "Umschlag %02u %.50s", i & 15u,
			 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz");
		snprintf(entry, sizeof(entry), "entry number %u", i);
		add(&s, &k, label, SLOTS_TIERS_BOTH, entry);
	}
	refused_to_add(&s, &k, "one more", 2, "all 16 slots are taken");
	slots_write(&s, &out);
	assert_true(out.len <= SLOTS_FILE_MAX);
	assert_true(slots_parse(out.s, out.len, &back, &e));
	assert_memory_equal(&back, &s, sizeof(s));
	for (unsigned i = 0; i < SLOTS_MAX; i += 5) {
		snprintf(entry, sizeof(entry), "entry number %u", i);
		assert_true(opens(&back, entry, &opened, &which));
		assert_int_equal(which, i);
		assert_true(same_secret(&k, &opened, 1) && same_secret(&k, &opened, 2));
	}
	text_release(&out);
}

/* How it is typed does not matter, what is typed does. */
static void test_entry(void **state)
{
	static const struct {
		const char *entered;
		bool good;
	} cases[] = {
		{ "hafen bleibt auch nachts offen", true },
		{ "HAFEN BLEIBT AUCH NACHTS OFFEN", true },
		{ "  Hafen  bleibt auch\tnachts offen ", true },
		{ "hafen-bleibt-auch-nachts-offen", true },
		{ "hafenbleibt auch nachts offen", false },
		{ "hafen bleibt auch nachts offe", false },
		{ "hafen bleibt auch nachts offen.", false },
		{ "", false },
	};
	struct slots s;
	struct tier_keys k, opened;
	size_t which;

	(void)state;
	tier_keys_random(&k, "musterlingen", false);
	quick_init(&s, &k);
	add(&s, &k, "Bereitschaft", 2, "Hafen bleibt  auch nachts offen");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (opens(&s, cases[i].entered, &opened, &which) != cases[i].good)
			fail_msg("\"%s\"", cases[i].entered);
}

/* Whoever opened a slot may add one, for the tiers that it holds, and remove any. */
static void test_tiers(void **state)
{
	struct slots s;
	struct tier_keys k, one, both;
	struct error e = { 0 };
	size_t which;

	(void)state;
	tier_keys_random(&k, "musterlingen", false);
	quick_init(&s, &k);
	add(&s, &k, "author", SLOTS_TIERS_BOTH, "the author s words");
	add(&s, &k, "fire station", 2, "seven words in an envelope");
	assert_true(opens(&s, "seven words in an envelope", &one, &which));
	assert_int_equal(which, 1);
	assert_true(same_secret(&one, &k, 1));
	assert_false(one.has[2]);
	refused_to_add(&s, &one, "strict", 4, "does not open tier 2");
	refused_to_add(&s, &one, "both", 6, "does not open tier 2");
	refused_to_add(&s, &one, "author", 2, "already");
	refused_to_add(&s, &one, "", 2, "a label has");
	refused_to_add(&s, &one, "bell\a", 2, "a label has");
	refused_to_add(&s, &one, "broken \xff", 2, "a label has");
	refused_to_add(&s, &one, "none", 0, "tier 1, tier 2");
	refused_to_add(&s, &one, "open", 1, "tier 1, tier 2");
	refused_to_add(&s, &one, "0123456789012345678901234567890123456789012345678901234567890123",
		       2, "a label has");
	add(&s, &one, "control room", 2, "duty words of the room");
	assert_true(opens(&s, "duty words of the room", &both, &which));
	assert_true(same_secret(&both, &k, 1));
	/* one entry on two slots: both count */
	add(&s, &k, "strict", 4, "duty words of the room");
	assert_true(opens(&s, "duty words of the room", &both, &which));
	assert_int_equal(which, 2);
	assert_true(same_secret(&both, &k, 1) && same_secret(&both, &k, 2));

	assert_false(slots_remove(&s, "nobody", &e));
	assert_int_equal(e.kind, ERROR_USAGE);
	e = (struct error){ 0 };
	assert_true(slots_remove(&s, "fire station", &e));
	assert_false(opens(&s, "seven words in an envelope", &one, &which));
	assert_true(slots_remove(&s, "author", &e));
	assert_false(slots_remove(&s, "strict", &e));
	assert_non_null(strstr(e.text, "tier 2"));
	e = (struct error){ 0 };
	assert_false(slots_remove(&s, "control room", &e));
	assert_non_null(strstr(e.text, "tier 1"));
	assert_int_equal(s.count, 2);
	assert_true(opens(&s, "duty words of the room", &both, &which));
	e = (struct error){ 0 };
	assert_true(slots_remove_any(&s, "strict", &e));
	assert_false(slots_remove_any(&s, "control room", &e));
	assert_non_null(strstr(e.text, "only slot"));
}

static void refused_use(const struct tier_keys *k, const char *kit_id, bool exercise,
			const char *words)
{
	struct error e = { 0 };

	assert_false(tier_keys_allowed(k, kit_id, exercise, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	if (!strstr(e.text, words))
		fail_msg("wanted \"%s\", said \"%s\"", words, e.text);
}

static void test_allowed(void **state)
{
	struct tier_keys k, demo, drill, renamed;
	struct slots s;
	struct error e = { 0 };

	(void)state;
	tier_keys_random(&k, "gemeinde-hinterwald", false);
	tier_keys_random(&drill, "gemeinde-hinterwald", true);
	tier_keys_demo(&demo);
	assert_true(tier_keys_are_demo(&demo));
	assert_false(tier_keys_are_demo(&k));
	assert_true(tier_keys_allowed(&k, "gemeinde-hinterwald", false, &e));
	assert_true(tier_keys_allowed(&demo, "musterlingen", false, &e));
	assert_true(tier_keys_allowed(&drill, "gemeinde-hinterwald", true, &e));
	refused_use(&k, "gemeinde-hinterwald", true, "exercise");
	refused_use(&drill, "gemeinde-hinterwald", false, "exercise");
	refused_use(&k, "stadt", false, "belong to the kit gemeinde-hinterwald");
	refused_use(&demo, "stadt", false, "demonstration");
	renamed = k; /* one published key under the town's own name is enough */
	renamed.pair[2] = demo.pair[2];
	refused_use(&renamed, "gemeinde-hinterwald", false, "demonstration");
	renamed.has[2] = false;
	assert_true(tier_keys_allowed(&renamed, "gemeinde-hinterwald", false, &e));
	slots_init(&s, &k);
	assert_false(slots_are_demo(&s));
	assert_false(slots_of(&s, &drill, &e));
	e = (struct error){ 0 };
	assert_false(slots_of(&s, &renamed, &e));
	e = (struct error){ 0 };
	assert_false(slots_of(&s, &demo, &e));
	refused_to_add(&s, &demo, "x", 2, "of the kit gemeinde-hinterwald");
	tier_keys_wipe(&k);
	assert_false(k.has[1]);
}

/* A good file with one slot, to be spoilt. */
static void good_file(struct text *out, struct slots *s)
{
	struct tier_keys k;

	tier_keys_random(&k, "musterlingen", false);
	quick_init(s, &k);
	add(s, &k, "Umschlag", 2, "seven words in an envelope");
	slots_write(s, out);
}

static const struct {
	const char *name;
	size_t at;
	uint8_t byte;
	const char *words;
} spoilt[] = {
	{ "magic", 3, 'x', "not a file of key slots" },
	{ "version", 8, 2, "version 2" },
	{ "flags", 9, 2, "unknown flags" },
	{ "no kit_id", 10, 0, "kit_id" },
	{ "kit_id too long", 10, 41, "kit_id" },
	{ "kit_id with a slash", 12, '/', "kit_id" },
	{ "too little memory", AT_MEMORY + 2, 0, "0 KiB" },
	{ "127.75 MiB", AT_MEMORY + 1, 0xff, NULL },
	{ "too much memory", AT_MEMORY + 2, 5, "327680 KiB" },
	{ "256 MiB", AT_MEMORY + 2, 4, NULL },
	{ "terabytes", AT_MEMORY + 3, 0xff, "KiB" },
	{ "no pass", AT_PASSES, 0, "0 passes" },
	{ "16 passes", AT_PASSES, 16, NULL },
	{ "17 passes", AT_PASSES, 17, "17 passes" },
	{ "a million passes", AT_PASSES + 2, 0x10, "passes" },
	{ "no slot", AT_COUNT, 0, "0 slots" },
	{ "17 slots", AT_COUNT, 17, "17 slots" },
	{ "two slots said", AT_COUNT, 2, "cut short" },
	{ "kind 0", AT_SLOT, 0, "kind 0" },
	{ "kind 3", AT_SLOT, 3, "kind 3" },
	{ "tier 0", AT_SLOT + 1, 1, "tiers" },
	{ "tier 3", AT_SLOT + 1, 8, "tiers" },
	{ "two tiers said", AT_SLOT + 1, 6, "cut short" },
	{ "no label", AT_SLOT + 2, 0, "label" },
	{ "label of 64", AT_SLOT + 2, 64, "label" },
	{ "label with NUL", AT_SLOT + 4, 0, "label" },
	{ "label with escape", AT_SLOT + 4, 27, "label" },
	{ "label not UTF-8", AT_SLOT + 4, 0xc3, "label" },
	{ "shorter label", AT_SLOT + 2, 7, "1 bytes after its end" },
};

static void test_malformed(void **state)
{
	struct slots s, back;
	struct text out = { 0 };
	struct error e = { 0 };

	(void)state;
	good_file(&out, &s);
	for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		char before = out.s[spoilt[i].at];
		bool ok;

		e = (struct error){ 0 };
		out.s[spoilt[i].at] = (char)spoilt[i].byte;
		ok = slots_parse(out.s, out.len, &back, &e);
		if (ok != !spoilt[i].words || (!ok && !strstr(e.text, spoilt[i].words)))
			fail_msg("%s: %s", spoilt[i].name, ok ? "taken" : e.text);
		assert_int_equal(e.kind, ok ? ERROR_NONE : ERROR_UNTRUSTED);
		out.s[spoilt[i].at] = before;
	}
	for (size_t n = 0; n < out.len; n++) {
		e = (struct error){ 0 };
		assert_false(slots_parse(out.s, n, &back, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
	}
	s.slot[1] = s.slot[0];
	s.count = 2;
	text_clear(&out);
	slots_write(&s, &out);
	e = (struct error){ 0 };
	assert_false(slots_parse(out.s, out.len, &back, &e));
	assert_non_null(strstr(e.text, "two slots with the label \"Umschlag\""));
	text_release(&out);
}

/* What is in the clear is bound to each slot: change it, and the slot is dead. */
static void test_bound(void **state)
{
	static const size_t at[] = {
		9,       11,          AT_SALT,     AT_PASSES,    AT_PUBLIC,    AT_PUBLIC + 32,
		AT_SLOT, AT_SLOT + 1, AT_SLOT + 3, AT_SLOT + 11, AT_SLOT + 35, AT_SLOT + 82
	};
	struct slots s, back;
	struct tier_keys opened;
	struct text out = { 0 };
	struct error e = { 0 };
	size_t which;

	(void)state;
	good_file(&out, &s);
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		uint8_t flip = at[i] == AT_SLOT || at[i] == AT_PASSES ? 3
			       : at[i] == AT_SLOT + 1                 ? 6
								      : 1;

		out.s[at[i]] = (char)(out.s[at[i]] ^ flip);
		if (!slots_parse(out.s, out.len, &back, &e))
			fail_msg("%zu: %s", at[i], e.text);
		assert_false(opens(&back, "seven words in an envelope", &opened, &which));
		out.s[at[i]] = (char)(out.s[at[i]] ^ flip);
	}
	assert_true(slots_parse(out.s, out.len, &back, &e));
	assert_true(opens(&back, "seven words in an envelope", &opened, &which));
	text_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector),  cmocka_unit_test(test_sixteen),
		cmocka_unit_test(test_entry),   cmocka_unit_test(test_tiers),
		cmocka_unit_test(test_allowed), cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_bound),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("slots", tests, NULL, NULL);
}
