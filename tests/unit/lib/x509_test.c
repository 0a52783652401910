/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names, numbers and times of certificates, of our own making and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "../der_builder.h"
#include "lib/base/memory.h"
#include "lib/disk/x509.h"

#define BEFORE "260101000000Z"
#define AFTER "20491231235959Z"

static struct reader reader(const struct der_bytes *d)
{
	return reader_of(d->bytes, d->len);
}

static void names(void **state)
{
	static const struct {
		uint8_t tag;
		const char *value;
		size_t len;
		const char *want;
	} cases[] = {
		{ 0x0c, "Stadt M\xc3\xbcnster", 14, "CN=Stadt M\xc3\xbcnster" },
		{ 0x13, "Hallo", 5, "CN=Hallo" },
		{ 0x14, "M\xfcnster", 7, "CN=M\xc3\xbcnster" },
		{ 0x1e, "\0M\0\xfc", 4, "CN=M\xc3\xbc" },
		{ 0x0c, "a, O=b + c\\d", 12, "CN=a\\, O=b \\+ c\\\\d" },
		{ 0x0c, "a\0b", 3,
		  "CN=a\xef\xbf\xbd"
		  "b" },
		{ 0x0c, "", 0, "CN=" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct der_bytes name = der_name(cases[i].tag, cases[i].value, cases[i].len);
		struct der_bytes d = der_certificate(der_name(0x0c, "CA", 2), name, BEFORE, AFTER);
		struct x509 c;

		assert_true(x509_read(reader(&d), &c));
		assert_string_equal(c.subject, cases[i].want);
		assert_string_equal(c.issuer, "CN=CA");
		assert_int_equal(c.serial.left, 2);
		assert_int_equal(c.serial.at[0], 0xa1);
		assert_int_equal(c.whole.left, d.len);
		assert_int_equal(c.not_before, 1767225600);
		assert_int_equal(c.not_after, 2524607999);
	}
}

static void times(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t want;
	} cases[] = {
		{ "700101000000Z", true, 0 },          { "19700101000001Z", true, 1 },
		{ "491231235959Z", true, 2524607999 }, { "500101000000Z", true, -631152000 },
		{ "700101000060Z", false, 0 },         { "700230000000Z", false, 0 },
		{ "7001010000000", false, 0 },         { "70010100000xZ", false, 0 },
		{ "197001010000Z", false, 0 },   /* a month of 70 */
		{ "99991231235959Z", false, 0 }, /* no end: not of the calendar that we have */
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct der_bytes ca = der_name(0x0c, "CA", 2);
		struct der_bytes d = der_certificate(ca, ca, cases[i].text, AFTER);
		struct x509 c;

		assert_true(x509_read(reader(&d), &c));
		if (c.has_before != cases[i].good || c.not_before != cases[i].want)
			fail_msg("%s: %lld", cases[i].text, c.not_before + 0LL);
	}
}

/* A name that is too long is cut; anything that is cut is none, and nothing is read past its end. */
static void long_and_cut(void **state)
{
	char text[700];
	struct x509 c;
	(void)state;

	memset(text, 'x', sizeof(text));
	struct der_bytes d =
		der_certificate(der_name(0x0c, "CA", 2), der_name(0x0c, text, 700), BEFORE, AFTER);
	assert_true(x509_read(reader(&d), &c));
	assert_int_equal(strlen(c.subject), X509_NAME_MAX - 1);
	for (size_t len = 0; len < d.len; len++) {
		uint8_t *copy = mem_alloc(len + 1);

		memcpy(copy + 1, d.bytes, len);
		assert_false(x509_read(reader_of(copy + 1, len), &c));
		free(copy);
	}
}

static void identifiers(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *want;
	} cases[] = {
		{ "\x55\x04\x03", 3, "2.5.4.3" },
		{ "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 9, "1.2.840.113549.1.7.2" },
		{ "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", 10, "0.9.2342.19200300.100.1.25" },
		{ "\x88\x37", 2, "2.999" },
		{ "", 0, "" },
		{ "\x80\x80", 2, "" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[X509_OID_MAX];

		assert_string_equal(der_oid(text, reader_of(cases[i].bytes, cases[i].len)),
				    cases[i].want);
	}
}

static void signers(void **state)
{
	const uint8_t digest[32] = { 7 };
	struct der_bytes ca = der_name(0x0c, "CA", 2), other = der_name(0x0c, "CB", 2);
	struct der_bytes d = der_certificate(ca, other, BEFORE, AFTER);
	struct der_bytes own = der_signed(digest, d, ca), foreign = der_signed(digest, d, other);
	struct pkcs7 p;
	struct x509 c;
	(void)state;

	assert_true(pkcs7_read(reader(&own), &p));
	assert_true(pkcs7_certificate(&p, &c));
	assert_true(pkcs7_signed_by(&p, &c));
	assert_false(pkcs7_certificate(&p, &c));
	assert_false(p.damaged);
	assert_true(pkcs7_read(reader(&foreign), &p));
	assert_true(pkcs7_certificate(&p, &c));
	assert_false(pkcs7_signed_by(&p, &c));
	for (size_t len = 0; len < own.len; len++)
		assert_false(pkcs7_read(reader_of(own.bytes, len), &p));
	/* A certificate that is none: not there, but said. */
	struct der_bytes empty = der_of(0x30, "", 0), odd = der_signed(digest, empty, ca);
	assert_true(pkcs7_read(reader(&odd), &p));
	assert_false(p.damaged);
	assert_false(pkcs7_certificate(&p, &c));
	assert_true(p.damaged);
	/* What follows the certificates, cut short: its length is in its second byte. */
	assert_true(pkcs7_read(reader(&own), &p));
	own.bytes[(size_t)(p.certificates.at - own.bytes) + p.certificates.left + 1]++;
	assert_true(pkcs7_read(reader(&own), &p));
	assert_true(p.damaged);
	own.bytes[6] ^= 1; /* not SignedData */
	assert_false(pkcs7_read(reader(&own), &p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),        cmocka_unit_test(times),
		cmocka_unit_test(long_and_cut), cmocka_unit_test(identifiers),
		cmocka_unit_test(signers),
	};

	return cmocka_run_group_tests_name("x509", tests, NULL, NULL);
}
