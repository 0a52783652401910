/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in certificates and signatures. */
#include "lib/disk/x509.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/data/date.h"

enum der_tag {
	INTEGER = 0x02,
	OCTETS = 0x04,
	OID = 0x06,
	UTF8 = 0x0c,
	PRINTABLE = 0x13,
	TELETEX = 0x14,
	IA5 = 0x16,
	UTC_TIME = 0x17,
	TIME = 0x18,
	BMP = 0x1e,
	SEQUENCE = 0x30,
	SET = 0x31,
	CONTEXT_0 = 0xa0,
};

bool der_next(struct reader *r, struct der *out)
{
	struct reader all = *r;

	*out = (struct der){ .tag = reader_u8(r) };
	size_t len = reader_u8(r);
	if (len & 0x80) {
		size_t digits = len & 0x7f;

		if (digits < 1 || digits > 4)
			r->bad = true;
		for (len = 0; !r->bad && digits; digits--)
			len = len << 8 | reader_u8(r);
	}
	out->content = reader_sub(r, len);
	if (r->bad || (out->tag & 0x1f) == 0x1f)
		return false;
	out->whole = reader_sub(&all, all.left - r->left);
	return true;
}

bool der_take(struct reader *r, uint8_t tag, struct der *out)
{
	return der_next(r, out) && out->tag == tag;
}

char *der_oid(char out[X509_OID_MAX], struct reader r)
{
	uint64_t arc = 0;
	size_t len = 0;
	bool first = true;

	out[0] = '\0';
	while (r.left && len + 24 < X509_OID_MAX && arc < UINT64_C(1) << 56) {
		uint8_t byte = reader_u8(&r);

		arc = arc << 7 | (byte & 0x7f);
		if (byte & 0x80)
			continue;
		unsigned top = arc >= 80 ? 2 : (unsigned)arc / 40;
		len += (size_t)(first ? snprintf(out + len, X509_OID_MAX - len, "%u.%llu", top,
						 arc - 40ULL * top)
				      : snprintf(out + len, X509_OID_MAX - len, ".%llu",
						 arc + 0ULL));
		first = false;
		arc = 0;
	}
	return out;
}

/* RFC 4514 and what OpenSSL calls the others. */
static const struct {
	const char *oid, *name;
} attributes[] = {
	{ "2.5.4.3", "CN" },
	{ "2.5.4.4", "SN" },
	{ "2.5.4.5", "serialNumber" },
	{ "2.5.4.6", "C" },
	{ "2.5.4.7", "L" },
	{ "2.5.4.8", "ST" },
	{ "2.5.4.9", "street" },
	{ "2.5.4.10", "O" },
	{ "2.5.4.11", "OU" },
	{ "2.5.4.15", "businessCategory" },
	{ "2.5.4.17", "postalCode" },
	{ "2.5.4.97", "organizationIdentifier" },
	{ "1.2.840.113549.1.9.1", "emailAddress" },
	{ "0.9.2342.19200300.100.1.25", "DC" },
	{ "1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST" },
	{ "1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC" },
};

struct name {
	char *to;
	size_t len;
	bool full;
};

static void add(struct name *n, const char *s, size_t len)
{
	if (n->full || n->len + len >= X509_NAME_MAX) {
		n->full = true;
		return;
	}
	memcpy(n->to + n->len, s, len);
	n->len += len;
}

/* A value; what would look like another part of the name has a backslash before it. */
static void add_value(struct name *n, const struct der *v)
{
	struct reader r = v->content;
	const bool wide = v->tag == BMP, latin = v->tag == TELETEX;

	while (r.left >= (wide ? 2 : 1) && !n->full) {
		uint32_t c = wide ? reader_be16(&r) : reader_u8(&r);
		char text[4];

		if (!c)
			c = TEXT_BAD;
		if (c == ',' || c == '+' || c == '\\')
			add(n, "\\", 1);
		text[0] = (char)c;
		add(n, text, c < 0x80 || !(wide || latin || c == TEXT_BAD) ? 1 : text_put(text, c));
	}
}

/* Name ::= SEQUENCE OF SET OF SEQUENCE { OID, string }. */
static bool name_text(struct reader names, char out[X509_NAME_MAX])
{
	struct name n = { .to = out };
	struct der set, pair, oid, value;

	while (names.left) {
		if (!der_take(&names, SET, &set))
			return false;
		for (bool first = true; set.content.left; first = false) {
			char digits[X509_OID_MAX];
			const char *key = digits;

			if (!der_take(&set.content, SEQUENCE, &pair) ||
			    !der_take(&pair.content, OID, &oid) || !der_next(&pair.content, &value))
				return false;
			der_oid(digits, oid.content);
			for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
				if (strcmp(attributes[i].oid, digits) == 0)
					key = attributes[i].name;
			if (n.len)
				add(&n, first ? ", " : " + ", first ? 2 : 3);
			add(&n, key, strlen(key));
			add(&n, "=", 1);
			add_value(&n, &value);
		}
	}
	out[n.len] = '\0';
	return true;
}

/* "YYMMDDhhmmssZ" or "YYYYMMDDhhmmssZ" (RFC 5280, 4.1.2.5). */
static bool time_of(const struct der *t, int64_t *s)
{
	unsigned n[7] = { 0 };
	const bool is_long = t->tag == TIME;
	struct reader r = t->content;

	if ((t->tag != UTC_TIME && !is_long) || r.left != (is_long ? 15 : 13) ||
	    r.at[r.left - 1] != 'Z')
		return false;
	for (size_t i = is_long ? 0 : 1; i < 7; i++)
		for (int k = 0; k < 2; k++) {
			uint8_t c = reader_u8(&r);

			if (c < '0' || c > '9')
				return false;
			n[i] = n[i] * 10 + (c - '0');
		}
	unsigned year = is_long ? n[0] * 100 + n[1] : n[1] < 50 ? 2000 + n[1] : 1900 + n[1];
	if (!date_exists(year, n[2], n[3]) || n[4] > 23 || n[5] > 59 || n[6] > 59)
		return false;
	*s = date_day(year, n[2], n[3]) * DATE_SECONDS + (int64_t)(n[4] * 3600 + n[5] * 60 + n[6]);
	return true;
}

static struct reader without_zeros(struct reader r)
{
	while (r.left > 1 && !*r.at)
		reader_skip(&r, 1);
	return r;
}

bool x509_read(struct reader r, struct x509 *c)
{
	struct der certificate, tbs, e, issuer, validity, before, after, subject;

	*c = (struct x509){ 0 };
	if (!der_take(&r, SEQUENCE, &certificate))
		return false;
	c->whole = certificate.whole;
	if (!der_take(&certificate.content, SEQUENCE, &tbs) || !der_next(&tbs.content, &e))
		return false;
	if (e.tag == CONTEXT_0 && !der_next(&tbs.content, &e)) /* the version comes first, or not */
		return false;
	if (e.tag != INTEGER || !e.content.left || e.content.left > X509_SERIAL_MAX)
		return false;
	c->serial = without_zeros(e.content);
	if (!der_take(&tbs.content, SEQUENCE, &e) || !der_take(&tbs.content, SEQUENCE, &issuer) ||
	    !der_take(&tbs.content, SEQUENCE, &validity) ||
	    !der_take(&tbs.content, SEQUENCE, &subject) || !der_next(&validity.content, &before) ||
	    !der_next(&validity.content, &after))
		return false;
	c->issuer_der = issuer.whole;
	c->has_before = time_of(&before, &c->not_before);
	c->has_after = time_of(&after, &c->not_after);
	return name_text(issuer.content, c->issuer) && name_text(subject.content, c->subject);
}

bool pkcs7_read(struct reader r, struct pkcs7 *p)
{
	static const uint8_t signed_data[] = {
		0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02
	};
	struct der info, oid, e, data;

	*p = (struct pkcs7){ 0 };
	/* ContentInfo { OID, [0] SignedData }; signatures of TPMs and firmware omit it. */
	if (!der_take(&r, SEQUENCE, &info))
		return false;
	data = info;
	struct reader look = info.content;
	if (der_take(&look, OID, &oid)) {
		if (oid.content.left != sizeof(signed_data) ||
		    memcmp(oid.content.at, signed_data, sizeof(signed_data)) != 0 ||
		    !der_take(&look, CONTEXT_0, &e) || !der_take(&e.content, SEQUENCE, &data))
			return false;
	}
	/* SignedData { version, digests, content, [0] certificates, [1] lists, signers } */
	if (!der_take(&data.content, INTEGER, &e) || !der_take(&data.content, SET, &e) ||
	    !der_take(&data.content, SEQUENCE, &info))
		return false;
	if (der_take(&info.content, OID, &oid) && der_take(&info.content, CONTEXT_0, &e))
		p->content = e.content;
	while (data.content.left) {
		struct der signer, id, issuer, serial;

		if (!der_next(&data.content, &e)) {
			p->damaged = true;
			break;
		}
		if (e.tag == CONTEXT_0)
			p->certificates = e.content;
		if (e.tag == SET && der_take(&e.content, SEQUENCE, &signer) &&
		    der_take(&signer.content, INTEGER, &id) &&
		    der_take(&signer.content, SEQUENCE, &id) &&
		    der_take(&id.content, SEQUENCE, &issuer) &&
		    der_take(&id.content, INTEGER, &serial)) {
			p->issuer_der = issuer.whole;
			p->serial = without_zeros(serial.content);
		}
	}
	return true;
}

bool pkcs7_certificate(struct pkcs7 *p, struct x509 *c)
{
	struct der e;

	while (p->certificates.left) {
		const bool good = der_next(&p->certificates, &e);

		/* Other kinds than X.509 have other tags. */
		if (good && e.tag == SEQUENCE && x509_read(e.whole, c))
			return true;
		p->damaged = p->damaged || !good || e.tag == SEQUENCE;
	}
	return false;
}

static bool same(struct reader a, struct reader b)
{
	return a.left == b.left && a.left && memcmp(a.at, b.at, a.left) == 0;
}

bool pkcs7_signed_by(const struct pkcs7 *p, const struct x509 *c)
{
	return same(p->issuer_der, c->issuer_der) && same(p->serial, c->serial);
}
