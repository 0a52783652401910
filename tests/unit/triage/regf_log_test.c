/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transaction logs of hives: which are applied, how far, and that the hive itself stays as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "hive_build.h"

#define BINS 8192u

/* A log of either format: its first block, then what is added. */
struct log {
	uint8_t bytes[65536];
	size_t len;
};

static void log_begin(struct log *l, const struct hive_build *h, unsigned type, uint32_t sequence)
{
	memset(l, 0, sizeof(*l));
	memcpy(l->bytes, h->bytes, 512);
	put_le(l->bytes + 4, sequence, 4);
	put_le(l->bytes + 8, sequence, 4);
	put_le(l->bytes + 28, type, 4);
	hive_sum(l->bytes);
	l->len = 512;
}

/* One page of 4096 bytes; returns where the entry is. */
static size_t log_entry(struct log *l, uint32_t sequence, uint32_t bins, uint32_t page,
			const uint8_t *bytes)
{
	size_t at = l->len, size = 40 + 8 + 4096;
	uint8_t *p = l->bytes + at;

	size = (size + 511) / 512 * 512;
	memcpy(p, "HvLE", 4);
	put_le(p + 4, size, 4);
	put_le(p + 12, sequence, 4);
	put_le(p + 16, bins, 4);
	put_le(p + 20, 1, 4);
	put_le(p + 40, page, 4);
	put_le(p + 44, 4096, 4);
	memcpy(p + 48, bytes, 4096);
	hive_log_seal(p);
	l->len += size;
	return at;
}

/* A hive whose root holds a number in its first page, and pages with others. */
static struct hive_build hive_with(uint32_t *number_at)
{
	struct hive_build h;

	hive_begin(&h, 5, BINS);
	uint32_t root = hive_key(&h, HIVE_NONE, "ROOT");
	uint32_t value = hive_value(&h, "v", REGF_DWORD, "\0\0\0\0", 4);
	hive_values(&h, root, &value, 1);
	hive_finish(&h);
	*number_at = value + 4 + 8;
	put_le(h.bytes + 4, 8, 4); /* it was being written: 8, and 7 behind it */
	hive_sum(h.bytes);
	return h;
}

static void page_with(const struct hive_build *h, uint32_t number_at, uint32_t n,
		      uint8_t page[4096])
{
	memcpy(page, h->bytes + 4096, 4096);
	put_le(page + number_at, n, 4);
}

static uint64_t number_of(struct hive_build *h, const struct log *a, const struct log *b,
			  struct regf_replay *replay, unsigned *problems)
{
	struct regf_bytes logs[2] = { { a ? a->bytes : NULL, a ? a->len : 0 },
				      { b ? b->bytes : NULL, b ? b->len : 0 } };
	struct hive_said s = { 0 };
	struct parse_problems p = { hive_problem, &s };
	struct error e = { 0 };
	uint8_t *before = mem_alloc(h->len);
	struct regf_key k;
	struct regf r;
	uint64_t n = UINT64_MAX;

	memcpy(before, h->bytes, h->len);
	if (!regf_open(&r, hive_bytes(h), logs, 2, &p, &e))
		fail_msg("%s", e.text);
	if (regf_root(&r, &k) && !regf_number(&r, &k, "v", &n))
		n = UINT64_MAX;
	*replay = r.replay;
	*problems = s.problems;
	regf_close(&r);
	assert_memory_equal(before, h->bytes, h->len);
	free(before);
	return n;
}

#define CHECK(a, b, want, pages_want, problems_want)                                               \
	do {                                                                                       \
		assert_int_equal(number_of(&h, a, b, &replay, &problems), want);                   \
		assert_int_equal(replay.pages, pages_want);                                        \
		assert_int_equal(problems, problems_want);                                         \
	} while (0)

static struct log one, two; /* too large for a stack */

static void marvin(void **state)
{
	/* Known values of Marvin32 with this seed, the two halves put together by XOR. */
	static const struct {
		const char *s;
		uint32_t want;
	} cases[] = { { "", 0xb00892ac }, { "h", 0xf41a608e }, { "he", 0x11107c6b } };
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		uint64_t m = regf_marvin32((const uint8_t *)cases[i].s, strlen(cases[i].s));
		assert_int_equal((uint32_t)(m >> 32) ^ (uint32_t)m, cases[i].want);
	}
}

static void new_logs(void **state)
{
	uint8_t page[4096];
	struct regf_replay replay;
	unsigned problems;
	uint32_t at;
	struct hive_build h = hive_with(&at);
	(void)state;

	CHECK(NULL, NULL, 0, 0, 0);
	/* 6 is older than the hive; 7 and 8 follow; then the other log goes on. */
	log_begin(&one, &h, 6, 6);
	for (uint32_t n = 6; n <= 8; n++) {
		page_with(&h, at, n, page);
		(void)log_entry(&one, n, BINS, 0, page);
	}
	CHECK(&one, NULL, 8, 2, 0);
	log_begin(&two, &h, 6, 9);
	page_with(&h, at, 9, page);
	(void)log_entry(&two, 9, BINS, 0, page);
	CHECK(&one, &two, 9, 3, 0);
	CHECK(&two, &one, 9, 3, 0);
	/* The numbers may begin later: the hive was written in part without its first block. */
	CHECK(&two, NULL, 9, 1, 0);
	/* But not go on with a gap. */
	log_begin(&two, &h, 6, 11);
	page_with(&h, at, 11, page);
	(void)log_entry(&two, 11, BINS, 0, page);
	CHECK(&one, &two, 8, 2, 1);
	/* Behind older ones, only what follows them. What is newer was never applied: something is missing. */
	log_begin(&two, &h, 6, 5);
	page_with(&h, at, 5, page);
	(void)log_entry(&two, 5, BINS, 0, page);
	page_with(&h, at, 8, page);
	(void)log_entry(&two, 8, BINS, 0, page);
	CHECK(&two, NULL, 0, 0, 1);
	/* The rest is of former rounds. */
	log_begin(&two, &h, 6, 5);
	page_with(&h, at, 5, page);
	(void)log_entry(&two, 5, BINS, 0, page);
	page_with(&h, at, 3, page);
	(void)log_entry(&two, 3, BINS, 0, page);
	CHECK(&two, NULL, 0, 0, 0);
	/* Nothing is applied to a hive that is not dirty. */
	put_le(h.bytes + 4, 7, 4);
	hive_sum(h.bytes);
	CHECK(&one, NULL, 0, 0, 0);
	free(h.bytes);
}

static void damaged_entries(void **state)
{
	static const struct {
		size_t at; /* in the second entry */
		uint32_t change;
		bool seal; /* the sums are made to fit */
	} cases[] = {
		{ 0, 1, false },        { 4, 1, false },
		{ 8, 1, false },        { 24, 1, false },
		{ 32, 1, false },       { 48 + 100, 1, false },
		{ 16, 4096, false },    { 12, 1, false },
		{ 16, 100, true },      { 16, 1u << 30, true },
		{ 20, 1u << 30, true }, { 40, BINS, true },
		{ 44, 4096, true },     { 44, UINT32_MAX - 4096, true },
	};
	uint8_t page[4096];
	struct regf_replay replay;
	unsigned problems;
	uint32_t at;
	struct hive_build h = hive_with(&at);
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		log_begin(&one, &h, 6, 7);
		page_with(&h, at, 7, page);
		(void)log_entry(&one, 7, BINS, 0, page);
		page_with(&h, at, 8, page);
		size_t second = log_entry(&one, 8, BINS, 0, page);
		page_with(&h, at, 9, page);
		(void)log_entry(&one, 9, BINS, 0, page);
		uint8_t *p = one.bytes + second + cases[i].at;
		put_le(p, le32(p) + cases[i].change, 4);
		if (cases[i].seal)
			hive_log_seal(one.bytes + second);
		uint64_t n = number_of(&h, &one, NULL, &replay, &problems);
		if (n != 7 || replay.pages != 1 || problems != 1)
			fail_msg("%zu: %llu, %u pages, %u problems", i, (unsigned long long)n,
				 replay.pages, problems);
	}
	free(h.bytes);
}

/* Sectors of an entry that could not be read; and an entry whose head is damaged, with none behind it. */
static void lost_entries(void **state)
{
	uint8_t page[4096];
	struct regf_replay replay;
	unsigned problems;
	uint32_t at;
	struct hive_build h = hive_with(&at);
	(void)state;

	log_begin(&one, &h, 6, 7);
	page_with(&h, at, 7, page);
	(void)log_entry(&one, 7, BINS, 0, page);
	page_with(&h, at, 8, page);
	const size_t second = log_entry(&one, 8, BINS, 0, page);
	one.bytes[second + 13] ^= 1;
	CHECK(&one, NULL, 7, 1, 1);
	one.bytes[second + 13] ^= 1;
	page_with(&h, at, 9, page);
	(void)log_entry(&one, 9, BINS, 0, page);
	memset(one.bytes + second, 0, 512);
	CHECK(&one, NULL, 7, 1, 1);
	/* The same, with the other log: one word is enough. */
	log_begin(&two, &h, 6, 10);
	page_with(&h, at, 10, page);
	(void)log_entry(&two, 10, BINS, 0, page);
	CHECK(&two, &one, 7, 1, 1);
	free(h.bytes);
}

static void growing(void **state)
{
	uint8_t page[4096] = { 0 };
	struct regf_replay replay;
	unsigned problems;
	uint32_t at;
	struct hive_build h = hive_with(&at);
	struct regf_key k;
	struct regf r;
	struct error e = { 0 };
	(void)state;

	/* A new bin behind the hive, with a key; the root gets it as a subkey. */
	struct hive_build more;
	hive_begin(&more, 5, 4096);
	more.root = 0;
	uint32_t key = hive_key(&more, 32, "new");
	uint32_t moved = BINS + key;
	uint32_t list = hive_list(&more, "li", &moved, 1);
	hive_finish(&more);
	put_le(more.bytes + 4096 + 4, BINS, 4);
	log_begin(&one, &h, 6, 7);
	page_with(&h, at, 7, page);
	put_le(page + 32 + 4 + 20, 1, 4);
	put_le(page + 32 + 4 + 28, BINS + list, 4);
	(void)log_entry(&one, 7, BINS, 0, page);
	(void)log_entry(&one, 8, BINS + 4096, BINS, more.bytes + 4096);
	CHECK(&one, NULL, 7, 2, 0);
	struct regf_bytes log = { one.bytes, one.len };
	assert_true(regf_open(&r, hive_bytes(&h), &log, 1, NULL, &e));
	assert_true(regf_find(&r, NULL, "new", &k));
	assert_int_equal(r.base.bins_bytes, BINS + 4096);
	regf_close(&r);
	free(more.bytes);
	free(h.bytes);
}

static void first_block_damaged(void **state)
{
	uint8_t page[4096];
	struct regf_replay replay;
	unsigned problems;
	uint32_t at;
	struct hive_build h = hive_with(&at);
	(void)state;

	log_begin(&one, &h, 6, 20);
	page_with(&h, at, 20, page);
	(void)log_entry(&one, 20, BINS, 0, page);
	memset(h.bytes, 0xee, 4096);
	CHECK(&one, NULL, 20, 1, 1);
	/* Without a log, the root is searched for. */
	CHECK(NULL, NULL, 0, 0, 2);
	free(h.bytes);
}

/* One bad byte in front of a log takes none of its entries away. */
static void first_block_of_a_log(void **state)
{
	static const size_t bad[] = { 0, 4, 28, 44, 300, 508 };
	uint8_t page[4096];
	struct regf_replay replay;
	unsigned problems;
	uint32_t at;
	struct hive_build h = hive_with(&at);
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		log_begin(&one, &h, 6, 7);
		page_with(&h, at, 7, page);
		(void)log_entry(&one, 7, BINS, 0, page);
		log_begin(&two, &h, 6, 8);
		page_with(&h, at, 8, page);
		(void)log_entry(&two, 8, BINS, 0, page);
		two.bytes[bad[i]] ^= 6;
		assert_true(regf_is_log((struct regf_bytes){ two.bytes, two.len }));
		CHECK(&one, &two, 8, 2, 1);
		CHECK(&two, NULL, 8, 1, 1);
	}
	/* If that of the hive is lost as well, the other log has one. */
	memset(h.bytes, 0xee, 4096);
	CHECK(&two, &one, 8, 2, 2);
	/* Without any nothing says which are new: nothing is applied; and the root was looked for. */
	CHECK(&two, NULL, 0, 0, 3);
	free(h.bytes);
}

/* A map of 512 bytes each, then those. */
static void old_log(struct log *l, const struct hive_build *h, uint32_t number_at, uint32_t n)
{
	uint8_t page[4096];

	log_begin(l, h, 1, 8);
	memcpy(l->bytes + 512, "DIRT", 4);
	l->bytes[516] = (uint8_t)(1 << (number_at / 512));
	page_with(h, number_at, n, page);
	memcpy(l->bytes + 1024, page + number_at / 512 * 512, 512);
	l->len = 1536;
}

static void old_logs(void **state)
{
	struct regf_replay replay;
	unsigned problems;
	uint32_t at;
	struct hive_build h = hive_with(&at);
	(void)state;

	old_log(&one, &h, at, 5);
	CHECK(&one, NULL, 5, 1, 0);
	one.len = 1535;
	CHECK(&one, NULL, 0, 0, 1);
	one.len = 515;
	CHECK(&one, NULL, 0, 0, 1);
	one.len = 1536;
	one.bytes[512] = 'd';
	CHECK(&one, NULL, 0, 0, 1);
	/* Of another time, or not finished: of another hive, or of no use. */
	old_log(&one, &h, at, 5);
	put_le(one.bytes + 12, HIVE_TIME + 1, 8);
	hive_sum(one.bytes);
	CHECK(&one, NULL, 0, 0, 0);
	old_log(&one, &h, at, 5);
	put_le(one.bytes + 4, 9, 4);
	hive_sum(one.bytes);
	CHECK(&one, NULL, 0, 0, 0);
	old_log(&one, &h, at, 5);
	one.bytes[508] ^= 1;
	CHECK(&one, NULL, 0, 0, 0);
	/* Beside a new one in which there is nothing to apply. */
	old_log(&one, &h, at, 5);
	log_begin(&two, &h, 6, 3);
	CHECK(&two, &one, 5, 1, 0);
	/* The time stands in the first bin, too. */
	old_log(&one, &h, at, 5);
	memset(h.bytes, 0, 512);
	CHECK(&one, NULL, 5, 1, 1);
	free(h.bytes);
}

/* Very many entries, while one that is very long waits in the other log: its sums are taken once. */
static void one_that_waits(void **state)
{
	const size_t count = 4000, size = 512, longest = (size_t)4 << 20;
	struct regf_bytes logs[2];
	struct parse_problems none = { 0 };
	struct error e = { 0 };
	struct regf r;
	uint32_t at;
	struct hive_build h = hive_with(&at);
	(void)state;

	for (size_t i = 0; i < 2; i++) {
		size_t len = 512 + (i ? longest : count * size);
		uint8_t *bytes = mem_alloc(len);

		log_begin(&one, &h, 6, 7);
		memcpy(bytes, one.bytes, 512);
		for (size_t n = 0, to = 512; to < len; n++, to += i ? longest : size) {
			memcpy(bytes + to, "HvLE", 4);
			put_le(bytes + to + 4, i ? longest : size, 4);
			put_le(bytes + to + 12, i ? 7 + count : 7 + n, 4);
			put_le(bytes + to + 16, BINS, 4);
			hive_log_seal(bytes + to);
		}
		logs[i] = (struct regf_bytes){ bytes, len };
	}
	clock_t start = clock();
	assert_true(regf_open(&r, hive_bytes(&h), logs, 2, &none, &e));
	assert_int_equal(r.replay.entries, count + 1);
	/* Sanitized, on a busy machine: 0.1 s; taken again for each it is more than 20. */
	assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
	regf_close(&r);
	for (size_t i = 0; i < 2; i++)
		free((void *)(uintptr_t)logs[i].bytes);
	free(h.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marvin),
		cmocka_unit_test(new_logs),
		cmocka_unit_test(damaged_entries),
		cmocka_unit_test(lost_entries),
		cmocka_unit_test(growing),
		cmocka_unit_test(first_block_damaged),
		cmocka_unit_test(first_block_of_a_log),
		cmocka_unit_test(old_logs),
		cmocka_unit_test(one_that_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
