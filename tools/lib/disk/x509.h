/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_X509_H
#define LIB_DISK_X509_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/reader.h"

/*
 * Whose a certificate is (RFC 5280) and who made a signature (PKCS#7, RFC 2315), as they say themselves:
 * names, serial number, validity. Nothing is verified, so a name proves nothing.
 */
#define X509_NAME_MAX 512   /* bytes of a name as text, with the end */
#define X509_SERIAL_MAX 32u /* bytes; RFC 5280 allows 20 */
#define X509_OID_MAX 64u    /* bytes of an object identifier as text, with the end */

/* An element of DER (X.690): tags of one byte, lengths of at most four bytes. */
struct der {
	uint8_t tag;
	struct reader content;
	struct reader whole; /* with its tag and length */
};

/* The next element, or false: nothing is left, or it is none. */
__attribute__((warn_unused_result)) bool der_next(struct reader *r, struct der *out);
/* The next element, which must have this tag. */
__attribute__((warn_unused_result)) bool der_take(struct reader *r, uint8_t tag, struct der *out);

struct x509 {
	char subject[X509_NAME_MAX]; /* "C=DE, O=..., CN=...", UTF-8 or what claims to be; cut if longer */
	char issuer[X509_NAME_MAX];
	struct reader serial;          /* big-endian, without zeros in front */
	struct reader issuer_der;      /* for comparison */
	int64_t not_before, not_after; /* seconds since 1970 */
	bool has_before, has_after;    /* false: not a time that can be read */
	struct reader whole;
};

/* A certificate; what follows it is not looked at. */
__attribute__((warn_unused_result)) bool x509_read(struct reader der, struct x509 *c);

/* SignedData of PKCS#7. */
struct pkcs7 {
	struct reader content;      /* what is signed: of Authenticode SpcIndirectDataContent */
	struct reader certificates; /* one after another */
	/* The first signer; empty: none. */
	struct reader issuer_der, serial;
	bool damaged; /* something of it could not be read, as far as it was looked at */
};
__attribute__((warn_unused_result)) bool pkcs7_read(struct reader der, struct pkcs7 *p);
/* The next of its certificates; what cannot be read is passed over, and p->damaged. */
__attribute__((warn_unused_result)) bool pkcs7_certificate(struct pkcs7 *p, struct x509 *c);
/* Is it the first signer's? */
bool pkcs7_signed_by(const struct pkcs7 *p, const struct x509 *c);

/* "2.16.840.1.101.3.4.2.1" */
char *der_oid(char out[X509_OID_MAX], struct reader content);

#endif
