/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DER_BUILDER_H
#define TESTS_DER_BUILDER_H

/* Certificates and signatures of our own making; nobody signed them. */
#include <stdint.h>
#include <string.h>

struct der_bytes {
	uint8_t bytes[1024];
	size_t len;
};

static inline struct der_bytes der_of(uint8_t tag, const void *content, size_t len)
{
	struct der_bytes d = { { tag }, 1 };

	if (len >= 0x80) {
		d.bytes[d.len++] = 0x82;
		d.bytes[d.len++] = (uint8_t)(len >> 8);
	}
	d.bytes[d.len++] = (uint8_t)len;
	memcpy(d.bytes + d.len, content, len);
	d.len += len;
	return d;
}

static inline void der_join(struct der_bytes *to, struct der_bytes more)
{
	memcpy(to->bytes + to->len, more.bytes, more.len);
	to->len += more.len;
}

static inline struct der_bytes der_in(uint8_t tag, struct der_bytes content)
{
	return der_of(tag, content.bytes, content.len);
}

/* "CN=name", as a string of this kind. */
static inline struct der_bytes der_name(uint8_t tag, const char *name, size_t len)
{
	struct der_bytes pair = der_of(0x06, "\x55\x04\x03", 3);

	der_join(&pair, der_of(tag, name, len));
	return der_in(0x30, der_in(0x31, der_in(0x30, pair)));
}

/* A certificate with serial number 00 a1 b2. */
static inline struct der_bytes der_certificate(struct der_bytes issuer, struct der_bytes subject,
					       const char *before, const char *after)
{
	struct der_bytes tbs = der_in(0xa0, der_of(0x02, "\x02", 1)), validity;

	der_join(&tbs, der_of(0x02, "\0\xa1\xb2", 3));
	der_join(&tbs, der_in(0x30, der_of(0x06, "\x2a\x03", 2)));
	der_join(&tbs, issuer);
	validity = der_of(strlen(before) == 13 ? 0x17 : 0x18, before, strlen(before));
	der_join(&validity, der_of(strlen(after) == 13 ? 0x17 : 0x18, after, strlen(after)));
	der_join(&tbs, der_in(0x30, validity));
	der_join(&tbs, subject);
	return der_in(0x30, der_in(0x30, tbs));
}

/* SignedData over a digest of SHA-256, with one certificate and one signer. */
static inline struct der_bytes der_signed(const uint8_t digest[32], struct der_bytes certificate,
					  struct der_bytes issuer)
{
	struct der_bytes data = der_of(0x30, "", 0);
	struct der_bytes info =
		der_in(0x30, der_of(0x06, "\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9));
	struct der_bytes content = der_of(0x06, "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04", 10);
	struct der_bytes signer = der_of(0x02, "\x01", 1);
	struct der_bytes all = der_of(0x02, "\x01", 1);
	struct der_bytes outer = der_of(0x06, "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 9);

	der_join(&info, der_of(0x04, digest, 32));
	der_join(&data, der_in(0x30, info));
	der_join(&content, der_in(0xa0, der_in(0x30, data)));
	der_join(&issuer, der_of(0x02, "\xa1\xb2", 2));
	der_join(&signer, der_in(0x30, issuer));
	der_join(&all, der_of(0x31, "", 0));
	der_join(&all, der_in(0x30, content));
	der_join(&all, der_in(0xa0, certificate));
	der_join(&all, der_in(0x31, der_in(0x30, signer)));
	der_join(&outer, der_in(0xa0, der_in(0x30, all)));
	return der_in(0x30, outer);
}

#endif
