/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs of a header, two sections and signatures: digests, damage, lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "../der_builder.h"
#include "../pe_samples.h"
#include "lib/base/memory.h"
#include "triage/parse/pe.h"

#define SIZE 8192u
#define OPTIONAL (PE_AT + 24)
#define SECTIONS (OPTIONAL + 240)

/* Headers to 0x200; .b at 0x200, .a at 0x300, in the other order in the table; certificates at 0x400. */
static void make(uint8_t *p, size_t signatures)
{
	const uint8_t digest[32] = { 7 };
	struct der_bytes ca = der_name(0x0c, "CA", 2);
	struct der_bytes d =
		der_signed(digest, der_certificate(ca, ca, "260101000000Z", "270101000000Z"), ca);

	pe_make(p, SIZE, 0x20b, (const char *)d.bytes, d.len);
	pe_put(p + PE_AT + 4, 0x8664, 2);
	pe_put(p + PE_AT + 6, 2, 2);
	pe_put(p + PE_AT + 8, 0x12345678, 4);
	pe_put(p + OPTIONAL + 60, 0x200, 4);
	pe_put(p + OPTIONAL + 68, 10, 2);
	for (size_t i = 0; i < 2; i++) {
		uint8_t *s = p + SECTIONS + 40 * i;

		memcpy(s, i ? ".b" : ".a", 2);
		pe_put(s + 16, 0x100, 4);
		pe_put(s + 20, i ? 0x200 : 0x300, 4);
	}
	memset(p + 0x200, 'b', 0x100);
	memset(p + 0x300, 'a', 0x100);
	for (size_t i = 1; i < signatures; i++)
		pe_add(p, (const char *)d.bytes, d.len);
	if (!signatures)
		pe_put(p + PE_DIRECTORY_64 + 32, 0, 8);
}

/* Where the certificates end, and the program with them. */
static size_t end_of(const uint8_t *p)
{
	return PE_TABLE + p[PE_DIRECTORY_64 + 36] + (size_t)p[PE_DIRECTORY_64 + 37] * 256;
}

static void problem(void *ctx, uint64_t offset, const char *what)
{
	(void)offset;
	(void)what;
	++*(size_t *)ctx;
}

static size_t signatures(const uint8_t *program, const struct pe *p, size_t *problems)
{
	const struct parse_problems to = { problem, problems };
	struct reader table = p->certificates;
	struct pe_signature s;
	size_t n = 0;

	*problems = 0;
	for (; pe_signature_next(program, &table, &to, &s); n++) {
		assert_string_equal(s.digest_oid, "2.16.840.1.101.3.4.2.1");
		assert_int_equal(s.digest.left, 32);
		assert_int_equal(s.digest.at[0], 7);
	}
	return n;
}

static void whole(void **state)
{
	uint8_t program[SIZE], plain[0x400 - 12];
	char want[SHA256_HEX];
	struct pe p;
	struct error e = { 0 };
	size_t problems;
	(void)state;

	make(program, 2);
	const size_t len = end_of(program);
	assert_true(pe_read(program, len, &p, &e));
	assert_true(p.header.is_64);
	assert_string_equal(pe_machine_name(p.header.machine), "x86_64");
	assert_string_equal(pe_subsystem_name(p.header.subsystem), "efi_application");
	assert_int_equal(p.header.time_stamp, 0x12345678);
	assert_int_equal(p.header.section_count, 2);
	assert_string_equal(p.sections[1].name, ".b");
	assert_int_equal(signatures(program, &p, &problems), 2);
	assert_int_equal(problems, 0);
	/* What is before the certificates, without the checksum and their place. */
	memcpy(plain, program, OPTIONAL + 64);
	memcpy(plain + OPTIONAL + 64, program + OPTIONAL + 68,
	       PE_DIRECTORY_64 + 32 - OPTIONAL - 68);
	memcpy(plain + PE_DIRECTORY_64 + 28, program + PE_DIRECTORY_64 + 40,
	       0x400 - PE_DIRECTORY_64 - 40);
	assert_true(p.has_authenticode);
	assert_string_equal(p.authenticode, sha256_hex(want, plain, sizeof(plain)));
	/* Nor do they count when they change; anything else does. */
	uint32_t sum = p.checksum_right;
	pe_put(program + OPTIONAL + 64, sum, 4);
	assert_true(pe_read(program, len, &p, &e));
	assert_string_equal(p.authenticode, want);
	assert_int_equal(p.header.checksum, p.checksum_right);
	assert_int_equal(p.checksum_right, sum);
	/* Something behind the certificates. */
	assert_true(pe_read(program, len + 1, &p, &e));
	assert_true(p.has_authenticode);
	assert_string_not_equal(p.authenticode, want);
	program[0x3ff]++;
	assert_true(pe_read(program, len, &p, &e));
	assert_string_not_equal(p.authenticode, want);
	assert_int_not_equal(p.header.checksum, p.checksum_right);
	/* What follows the sections belongs to it where there are no certificates. */
	make(program, 0);
	assert_true(pe_read(program, SIZE, &p, &e));
	assert_int_equal(p.certificates.left, 0);
	memcpy(want, p.authenticode, sizeof(want));
	program[SIZE - 1] = 1;
	assert_true(pe_read(program, SIZE, &p, &e));
	assert_string_not_equal(p.authenticode, want);
}

static void hostile(void **state)
{
	static const struct {
		const char *name;
		size_t at, bytes;
		uint64_t value;
		bool good, digest;
		size_t signatures, problems;
	} cases[] = {
		{ "as it is", 0, 1, 'M', true, true, 1, 0 },
		{ "no MZ", 0, 1, 'N', false, false, 0, 0 },
		{ "header far away", 0x3c, 4, 0xfffffff0, false, false, 0, 0 },
		{ "no PE", PE_AT, 1, 'Q', false, false, 0, 0 },
		{ "short optional header", PE_AT + 20, 2, 100, false, false, 0, 0 },
		{ "optional header beyond the end", PE_AT + 20, 2, 0xffff, false, false, 0, 0 },
		{ "another machine's header", OPTIONAL, 2, 0x107, false, false, 0, 0 },
		{ "more sections than there is room", PE_AT + 6, 2, 0xffff, true, false, 1, 0 },
		{ "headers beyond the end", OPTIONAL + 60, 4, 0x10000, true, false, 1, 0 },
		{ "headers that are short", OPTIONAL + 60, 4, 8, true, false, 1, 0 },
		{ "a section beyond the end", SECTIONS + 20, 4, 0xfffffff0, true, false, 1, 0 },
		{ "a section that is longer", SECTIONS + 16, 4, 0xfffffff0, true, false, 1, 0 },
		{ "few directories", OPTIONAL + 108, 4, 4, true, true, 0, 0 },
		{ "certificates beyond the end", PE_DIRECTORY_64 + 32, 4, 0x7fffffff, true, false,
		  0, 0 },
		{ "more of them than there is", PE_DIRECTORY_64 + 36, 4, 0x7fffffff, true, true, 1,
		  1 },
		{ "one of 7 bytes", PE_TABLE, 4, 7, true, true, 0, 1 },
		{ "one longer than all", PE_TABLE, 4, 0x2000, true, true, 0, 1 },
		{ "one of X.509", PE_TABLE + 6, 2, 1, true, true, 0, 1 },
		{ "one that is none", PE_TABLE + 8, 1, 0x31, true, true, 0, 1 },
	};
	uint8_t program[SIZE];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pe p;
		struct error e = { 0 };
		size_t problems = 0, n = 0;

		make(program, 1);
		pe_put(program + cases[i].at, cases[i].value, cases[i].bytes);
		bool good = pe_read(program, SIZE, &p, &e);
		if (good)
			n = signatures(program, &p, &problems);
		if (good != cases[i].good || n != cases[i].signatures ||
		    problems != cases[i].problems ||
		    (good && p.has_authenticode != cases[i].digest))
			fail_msg("%s: %d, %zu, %zu, %s", cases[i].name, good, n, problems, e.text);
	}
}

/* A program whose linker says that its time stamp is a digest: no moment of a timeline. */
static void reproducible(void **state)
{
	static const struct {
		size_t at, bytes;
		uint64_t value;
		bool is_so;
	} cases[] = {
		{ 0, 1, 'M', true },
		{ 0x200 + 28 + 12, 4, 2, false },              /* another type */
		{ PE_DIRECTORY_64 + 6 * 8 + 4, 4, 28, false }, /* one entry, without it */
		{ PE_DIRECTORY_64 + 6 * 8 + 4, 4, UINT32_MAX, true },
		{ PE_DIRECTORY_64 + 6 * 8, 4, 0x1fff, false },
		{ PE_DIRECTORY_64 + 6 * 8, 4, 0x2100, false },
		{ PE_DIRECTORY_64 - 4, 4, 6, false },  /* directories */
		{ PE_AT + 20, 2, 112 + 6 * 8, false }, /* the optional header ends before it */
		{ SECTIONS + 40 + 20, 4, UINT32_MAX, false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t program[SIZE];
		struct pe p;
		struct error e = { 0 };

		make(program, 1);
		pe_put(program + SECTIONS + 40 + 12, 0x2000, 4);
		memset(program + 0x200, 0, 0x100);
		pe_put(program + 0x200 + 12, 2, 4);
		pe_put(program + 0x200 + 28 + 12, 16, 4);
		pe_put(program + PE_DIRECTORY_64 + 6 * 8, 0x2000, 4);
		pe_put(program + PE_DIRECTORY_64 + 6 * 8 + 4, 56, 4);
		pe_put(program + cases[i].at, cases[i].value, cases[i].bytes);
		assert_true(pe_read(program, SIZE, &p, &e));
		if (p.is_reproducible != cases[i].is_so)
			fail_msg("%zu", i);
	}
}

/* What hides behind a signature, in the place that the digest leaves out; what only fills it up does not. */
static void hidden(void **state)
{
	static const struct {
		size_t zeros, bytes, problems;
	} cases[] = { { 0, 7, 0 }, { 7, 0, 0 }, { 4096, 0, 0 },
		      { 0, 8, 1 }, { 7, 1, 1 }, { 512, 1, 1 } };
	const uint8_t digest[32] = { 7 };
	const struct der_bytes ca = der_name(0x0c, "CA", 2);
	const struct der_bytes d =
		der_signed(digest, der_certificate(ca, ca, "260101000000Z", "270101000000Z"), ca);
	uint8_t program[SIZE], blob[6000];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const size_t len = d.len + cases[i].zeros + cases[i].bytes;
		struct pe p;
		struct error e = { 0 };
		size_t problems;

		assert_true(len <= sizeof(blob));
		memcpy(blob, d.bytes, d.len);
		memset(blob + d.len, 0, cases[i].zeros);
		memset(blob + d.len + cases[i].zeros, 'x', cases[i].bytes);
		pe_make(program, SIZE, 0x20b, (const char *)blob, len);
		assert_true(pe_read(program, SIZE, &p, &e));
		assert_int_equal(signatures(program, &p, &problems), 1);
		if (problems != cases[i].problems)
			fail_msg("%zu: %zu", i, problems);
	}
}

/* The place that a digest leaves out, and the table, are where this kind of header has them. */
static void both_kinds(void **state)
{
	uint8_t program[SIZE];
	(void)state;

	for (int is_64 = 0; is_64 < 2; is_64++) {
		struct pe p;
		struct error e = { 0 };
		const struct pe_header *h = &p.header;

		pe_make(program, SIZE, is_64 ? 0x20b : 0x10b, "x", 1);
		assert_true(pe_read(program, SIZE, &p, &e));
		assert_int_equal(h->is_64, is_64);
		assert_int_equal(h->checksum_at, OPTIONAL + 64);
		assert_int_equal(h->security_at, OPTIONAL + (is_64 ? 112 : 96) + 32);
		assert_int_equal(h->table_at, PE_TABLE);
		assert_int_equal(h->table_bytes, 9);
	}
}

static void cut(void **state)
{
	uint8_t program[SIZE];
	(void)state;

	make(program, 1);
	for (size_t len = 0; len < 0x600; len++) {
		uint8_t *copy = mem_alloc(len + 1); /* so that a sanitizer sees the end */
		struct pe p;
		struct error e = { 0 };
		size_t problems;

		memcpy(copy + 1, program, len);
		bool good = pe_read(copy + 1, len, &p, &e);
		assert_int_equal(good, len >= SECTIONS + 80);
		if (good) {
			signatures(copy + 1, &p, &problems);
			assert_int_equal(p.has_authenticode, len >= 0x400);
		}
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),        cmocka_unit_test(hostile),
		cmocka_unit_test(reproducible), cmocka_unit_test(hidden),
		cmocka_unit_test(both_kinds),   cmocka_unit_test(cut),
	};

	return cmocka_run_group_tests_name("pe", tests, NULL, NULL);
}
