/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minisign's formats, with files that minisign 0.11 wrote, whole and altered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/crypto/minisign.h"

#define LINE "RWSrbaSyl68rCMg9YAlC3dJQLK5N4+hUb/zVagrPmbTvbQTyqvWeLmoR"
#define PUBLIC "untrusted comment: minisign public key 82BAF97B2A46DAB\n" LINE "\n"
/* As `minisign -G -W` makes it. A key for tests only: everyone has it. */
#define HEAD "untrusted comment: minisign encrypted secret key\n"
#define OPEN                                                                                         \
	"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAq22kspevKwh0Ma+CoT" \
	"+Y2prEklFV6xHXyQYzTo1/2wyRcQLhZA37d8g9YAlC3dJQLK5N4+hUb/zVagrPmbTvbQTyqvWeLmoRAAAAAAAAAAAA" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
#define C "untrusted comment: signature from minisign secret key\n"
#define HASHED                                                                                       \
	C "RUSrbaSyl68rCHQWb7y1nFyWaLYq+JpCBVDeMiRTE1pt9c+ZTYwsdtpwO7FvKtP0mEJGAyQd/IHeilEpAAdXkVZN" \
	  "OvH8r4VmRQw=\ntrusted comment: timestamp:1795479831\tfile:f\thashed\n"                    \
	  "yERFcZqLzJTmAD+/sj0qu9hCrxaz5bWKatHu16r1QtJpf3lPC+feiDO6tt2E2eIbhn8I9I1ndGr8nk7JmJXlDw==\n"
#define LEGACY                                                                                       \
	C "RWSrbaSyl68rCLjQA8Wh5cbOZQr7niNNH0+JGNVgw6xHJzfcLwPa0TxMvOtduWo0b6O9npg7PHUFoQDDaYaP5qAg" \
	  "X/UkmadKOQo=\ntrusted comment: timestamp:1795479831\tfile:f\n"                            \
	  "s8sxOOec8nGll0xm/90iU8jtiTDBtixtPJ2A8/buRfALMP1gY/rULZ+qddXPw4L5FjohtqrsUK+lxE/yt2SKDw==\n"

static void test_public(void **state)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
		{ PUBLIC, true },
		{ "untrusted comment: \n" LINE, true },
		{ "untrusted comment: x\r\n" LINE "\r\n", true },
		{ PUBLIC "\n", false },
		{ PUBLIC "x", false },
		{ LINE "\n", false },
		{ "untrusted comment:\n" LINE "\n", false },
		{ "untrusted comment: x\n" LINE " \n", false },
		{ "untrusted comment: x\n " LINE "\n", false },
		{ "untrusted comment: x\n" LINE "=\n", false },
		{ "untrusted comment: x\nRUSrbaSyl68rCMg9YAlC3dJQLK5N4+hUb/zVagrPmbTvbQTyqvWeLmoR\n",
		  false }, /* "ED" */
		/* A byte above 0x7f that libsodium takes for a digit. */
		{ "untrusted comment: x\nR\xd7"
		  "SrbaSyl68rCMg9YAlC3dJQLK5N4+hUb/zVagrPmbTvbQTyqvWeLmoR\n",
		  false },
		{ "untrusted comment: x\n", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error e = { 0 };
		struct minisign_public p;
		char line[MINISIGN_LINE];
		const char *text = cases[i].text;
		bool ok = minisign_public_parse(text, strlen(text), &p, &e);

		assert_int_equal(ok, cases[i].ok);
		assert_int_equal(e.kind, ok ? ERROR_NONE : ERROR_UNTRUSTED);
		if (!ok)
			continue;
		minisign_public_line(&p, line);
		assert_string_equal(line, LINE);
		assert_true(minisign_public_from_line(line, strlen(line), &p));
		assert_false(minisign_public_from_line(line, strlen(line) - 1, &p));
		assert_false(minisign_public_from_line(LINE "\n", strlen(line) + 1, &p));
	}
}

static struct minisign_secret open_key(void)
{
	struct minisign_secret s;
	struct error e = { 0 };

	assert_true(minisign_secret_open(HEAD OPEN, strlen(HEAD OPEN), "", &s, &e));
	return s;
}

static void test_signature(void **state)
{
	static const char both[] = HASHED LEGACY;
	const char *at = both;
	struct minisign_secret key = open_key();
	struct minisign_signature s;
	struct error e = { 0 };
	bool more;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_true(minisign_next(&at, both + sizeof(both) - 1, &s, &more, &e));
		assert_true(more);
		assert_int_equal(s.prehashed, i == 0);
		assert_true(minisign_valid(&key.public, &s, "hi\n", 3));
		assert_false(minisign_valid(&key.public, &s, "hi\r", 3));
		assert_false(minisign_valid(&key.public, &s, "hi\n", 2));
		s.trusted[0] ^= 1;
		assert_false(minisign_valid(&key.public, &s, "hi\n", 3));
		s.trusted[0] ^= 1;
		s.prehashed = !s.prehashed;
		assert_false(minisign_valid(&key.public, &s, "hi\n", 3));
		s.prehashed = !s.prehashed;
		key.public.number[0] ^= 1;
		assert_false(minisign_valid(&key.public, &s, "hi\n", 3));
		key.public.number[0] ^= 1;
	}
	assert_true(minisign_next(&at, both + sizeof(both) - 1, &s, &more, &e));
	assert_false(more);
}

/* A signature that is cut short anywhere but before its last line's end is refused. */
static void test_cut(void **state)
{
	size_t len = strlen(HASHED);

	(void)state;
	for (size_t n = 1; n < len; n++) {
		char *copy = mem_string_n(HASHED, n);
		const char *at = copy;
		struct minisign_signature s;
		struct error e = { 0 };
		bool more, ok = minisign_next(&at, copy + n, &s, &more, &e);

		assert_int_equal(ok, n == len - 1);
		assert_int_equal(e.kind, ok ? ERROR_NONE : ERROR_UNTRUSTED);
		free(copy);
	}
}

static void test_sign(void **state)
{
	struct minisign_secret key = open_key();
	struct minisign_signature s;
	struct text out = { 0 };
	struct error e = { 0 };
	char comment[MINISIGN_COMMENT_MAX];
	bool more;

	(void)state;
	assert_true(
		minisign_sign(&key, "bytes", 5, "c", "blackstart role=kit counter=1", &out, &e));
	const char *at = out.s;
	assert_true(minisign_next(&at, out.s + out.len, &s, &more, &e) && more && s.prehashed);
	assert_string_equal(s.trusted, "blackstart role=kit counter=1");
	assert_true(minisign_valid(&key.public, &s, "bytes", 5));
	assert_false(minisign_sign(&key, "", 0, "c", "two\nlines", &out, &e));
	assert_int_equal(e.kind, ERROR_USAGE);
	e.kind = ERROR_NONE;
	memset(comment, 'c', sizeof(comment));
	comment[sizeof(comment) - 1] = '\0';
	assert_false(minisign_sign(&key, "", 0, comment, "t", &out, &e));
	text_release(&out);
}

static void test_secret(void **state)
{
	struct minisign_secret made, back;
	struct error e = { 0 };
	struct text file = { 0 };
	bool encrypted;

	(void)state;
	assert_true(minisign_secret_encrypted(HEAD OPEN, strlen(HEAD OPEN), &encrypted, &e));
	assert_false(encrypted);
	minisign_generate(&made);
	assert_true(minisign_secret_write(&made, "abend haus", "c", &file, &e));
	assert_true(minisign_secret_encrypted(file.s, file.len, &encrypted, &e));
	assert_true(encrypted);
	assert_true(minisign_secret_open(file.s, file.len, "abend haus", &back, &e));
	assert_memory_equal(&made, &back, sizeof(made));
	assert_false(minisign_secret_open(file.s, file.len, "abend maus", &back, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_string_equal(e.text, "wrong passphrase for this key");
	e.kind = ERROR_NONE;
	assert_false(minisign_secret_write(&made, "", "c", &file, &e));
	assert_int_equal(e.kind, ERROR_USAGE);
	text_release(&file);
}

/* The words of a refused secret key: one of base64's letters changed, or the limits. */
static void test_secret_refused(void **state)
{
	static const struct {
		size_t at;
		char letter;
		const char *says;
	} cases[] = {
		{ 3, 'B', "this secret key is of a kind that is not known here" },
		{ 6, 'J', "this secret key is of a kind that is not known here" },
		{ 100, 'x', "the two halves of this key do not belong together: it is damaged" },
		{ 150, 'x', "the two halves of this key do not belong together: it is damaged" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *copy = mem_string(HEAD OPEN);
		struct minisign_secret s;
		struct error e = { 0 };

		copy[strlen(HEAD) + cases[i].at] = cases[i].letter;
		assert_false(minisign_secret_open(copy, strlen(copy), "", &s, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		assert_string_equal(e.text, cases[i].says);
		free(copy);
	}
}

/* What this process may not have is not asked for. */
static void test_memory(void **state)
{
	struct minisign_secret made, back;
	struct error e = { 0 };
	struct text file = { 0 };
	struct rlimit before, small;
	unsigned long pages = 0;

	(void)state;
	minisign_generate(&made);
	assert_true(minisign_secret_write(&made, "abend haus", "c", &file, &e));
	FILE *f = fopen("/proc/self/statm", "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu", &pages), 1);
	fclose(f);
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	small = before;
	small.rlim_cur = pages * 4096 + (32 << 20);
	assert_int_equal(setrlimit(RLIMIT_AS, &small), 0);
	bool ok = minisign_secret_open(file.s, file.len, "abend haus", &back, &e);
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	assert_false(ok);
	assert_int_equal(e.kind, ERROR_FAILED);
	assert_non_null(strstr(e.text, "needs 64 MiB of memory"));
	text_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_public), cmocka_unit_test(test_signature),
		cmocka_unit_test(test_cut),    cmocka_unit_test(test_sign),
		cmocka_unit_test(test_secret), cmocka_unit_test(test_secret_refused),
		cmocka_unit_test(test_memory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("minisign", tests, NULL, NULL);
}
