/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who signed the loader that goes onto the stick, and programs that are cut or lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/base/wholefile.h"
#include "lib/disk/pesigners.h"
#include "../pe_samples.h"

#define CN "\x06\x03\x55\x04\x03"

static struct text load(const char *name)
{
	struct text path = { 0 }, t = { 0 };
	struct error e = { 0 };
	bool there = false;

	text_addf(&path, "%s/packages/loader/usr/lib/%s",
		  getenv("BLACKSTART_OUT") ? getenv("BLACKSTART_OUT") : "out", name);
	assert_true(wholefile_read_if(AT_FDCWD, path.s, 0, 8 << 20, &t, &there, &e));
	text_release(&path);
	if (!there)
		skip();
	return t;
}

static bool has(const struct pe_signers *s, unsigned signature, const char *name)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->names[i].signature == signature && strcmp(s->names[i].name, name) == 0)
			return true;
	return false;
}

/* Debian's shim has two signatures of Microsoft's; what it starts, one of Debian's. */
static void real_ones(void **state)
{
	struct text shim = load("shim/shimx64.efi.signed");
	struct text grub = load("grub/x86_64-efi-signed/grubx64.efi.signed");
	struct pe_signers s;
	struct error e = { 0 };

	(void)state;
	assert_true(pe_signers_read(shim.s, shim.len, &s, &e));
	assert_int_equal(s.signatures, 2);
	assert_true(has(&s, 0, "Microsoft Corporation UEFI CA 2011") !=
		    has(&s, 1, "Microsoft Corporation UEFI CA 2011"));
	assert_true(has(&s, 0, "Microsoft UEFI CA 2023") != has(&s, 1, "Microsoft UEFI CA 2023"));
	assert_true(has(&s, 0, "Microsoft UEFI CA 2023") !=
		    has(&s, 0, "Microsoft Corporation UEFI CA 2011"));
	assert_true(pe_signers_read(grub.s, grub.len, &s, &e));
	assert_int_equal(s.signatures, 1);
	assert_true(has(&s, 0, "Debian Secure Boot CA"));
	text_release(&shim);
	text_release(&grub);
}

/* Cut anywhere, it is refused and nothing is read past the end; what is left is read. */
static void cut(void **state)
{
	struct text shim = load("shim/shimx64.efi.signed");
	size_t step = shim.len / 300;

	(void)state;
	for (size_t len = 0; len < shim.len; len += len < 512 ? 1 : step) {
		uint8_t *copy = mem_alloc(len + 1); /* so that a sanitizer sees the end */
		struct pe_signers s;
		struct error e = { 0 };

		memcpy(copy + 1, shim.s, len);
		assert_false(pe_signers_read(copy + 1, len, &s, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		assert_true(s.signatures < 2);
		free(copy);
	}
	text_release(&shim);
}

static void names(void **state)
{
	static const struct {
		const char *content;
		size_t len;
		const char *want; /* NULL: none */
	} tests[] = {
		{ CN "\x0c\x05Hallo", 12, "Hallo" },
		{ CN "\x13\x05Hallo", 12, "Hallo" },
		{ "xx" CN "\x13\x05Hallo", 14, "Hallo" },
		{ CN CN "\x13\x05Hallo", 17, "Hallo" },
		{ CN "\x1e\x05Hallo", 12, NULL }, /* another kind of string */
		{ CN "\x0c\x06Hallo", 12, NULL }, /* beyond the end */
		{ CN "\x0c\xff", 7, NULL },
		{ CN "\x0c", 6, NULL },
		{ CN, 5, NULL },
		{ CN "\x0c\x05Ha\0lo", 12, NULL },
		{ CN "\x0c\x00", 7, NULL },
		{ "\x06\x03\x55\x04\x0a\x0c\x05Hallo", 12, NULL }, /* the organisation's name */
	};
	uint8_t program[2048];

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(tests) / sizeof(tests[0]); i++) {
		struct pe_signers s;
		struct error e = { 0 };

		pe_make(program, sizeof(program), i % 2 ? 0x10b : 0x20b, tests[i / 2].content,
			tests[i / 2].len);
		assert_true(pe_signers_read(program, sizeof(program), &s, &e));
		assert_int_equal(s.signatures, 1);
		assert_int_equal(s.count, tests[i / 2].want != NULL);
		if (tests[i / 2].want)
			assert_string_equal(s.names[0].name, tests[i / 2].want);
	}
}

static void hostile(void **state)
{
	static const struct {
		const char *name;
		size_t at, bytes;
		uint64_t value;
		bool good;
		unsigned signatures;
	} tests[] = {
		{ "as it is", 0, 1, 'M', true, 1 },
		{ "no MZ", 0, 1, 'N', false, 0 },
		{ "header far away", 0x3c, 4, 0xfffffff0, false, 0 },
		{ "no PE", PE_AT, 1, 'Q', false, 0 },
		{ "short optional header", PE_AT + 20, 2, 100, false, 0 },
		{ "directories cut off", PE_AT + 20, 2, 112 + 39, false, 0 },
		{ "optional header beyond the end", PE_AT + 20, 2, 0xffff, false, 0 },
		{ "another machine's header", PE_AT + 24, 2, 0x107, false, 0 },
		{ "few directories", PE_AT + 24 + 108, 4, 4, true, 0 },
		{ "certificates beyond the end", PE_AT + 24 + 112 + 32, 4, 0x7fffffff, false, 0 },
		{ "more of them than there is", PE_AT + 24 + 112 + 36, 4, 0x7fffffff, false, 0 },
		{ "none", PE_AT + 24 + 112 + 36, 4, 0, true, 0 },
		{ "one of 0 bytes", PE_TABLE, 4, 0, false, 0 },
		{ "one of 7 bytes", PE_TABLE, 4, 7, false, 0 },
		{ "one longer than all", PE_TABLE, 4, 100, false, 0 },
		{ "one of X.509", PE_TABLE + 6, 2, 1, true, 0 },
	};
	uint8_t program[2048];

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct pe_signers s;
		struct error e = { 0 };

		pe_make(program, sizeof(program), 0x20b, CN "\x0c\x05Hallo", 12);
		pe_put(program + tests[i].at, tests[i].value, tests[i].bytes);
		if (pe_signers_read(program, sizeof(program), &s, &e) != tests[i].good ||
		    s.signatures != tests[i].signatures)
			fail_msg("%s: %u, %s", tests[i].name, s.signatures, e.text);
	}
}

/* Certificates begin at multiples of 8 bytes, and there are not more than 16. */
static void several(void **state)
{
	static const char first[] = CN "\x0c\x05Hallo", second[] = CN "\x0c\x05Stadt";
	uint8_t program[2048];
	struct pe_signers s;
	struct error e = { 0 };

	(void)state;
	pe_make(program, sizeof(program), 0x20b, first, 12);
	size_t all = pe_add(program, second, 12);
	assert_int_equal(all, 48);
	assert_true(pe_signers_read(program, sizeof(program), &s, &e));
	assert_int_equal(s.signatures, 2);
	assert_true(has(&s, 0, "Hallo") && !has(&s, 0, "Stadt") && has(&s, 1, "Stadt"));
	/* The last one need not be filled up, and nothing may lie behind it. */
	pe_put(program + PE_DIRECTORY_64 + 36, all - 4, 4);
	assert_true(pe_signers_read(program, sizeof(program), &s, &e));
	assert_int_equal(s.signatures, 2);
	pe_put(program + PE_DIRECTORY_64 + 36, all + 4, 4);
	assert_false(pe_signers_read(program, sizeof(program), &s, &e));

	e = (struct error){ 0 };
	pe_make(program, sizeof(program), 0x20b, first, 12);
	for (unsigned i = 1; i < PE_SIGNATURES_MAX; i++)
		pe_add(program, second, 12);
	assert_true(pe_signers_read(program, sizeof(program), &s, &e));
	assert_int_equal(s.signatures, PE_SIGNATURES_MAX);
	pe_add(program, second, 12);
	assert_false(pe_signers_read(program, sizeof(program), &s, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_ones), cmocka_unit_test(cut),     cmocka_unit_test(names),
		cmocka_unit_test(hostile),   cmocka_unit_test(several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
