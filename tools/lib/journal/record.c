/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of the journal: bytes to meaning and back. */
#include "lib/journal/record.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/hex.h"
#include "lib/base/language.h"
#include "lib/base/reader.h"

#define MAGIC "BSJ1"
#define PURPOSE "blackstart journal 1"
#define PLAIN_STEP 256 /* plain sealed parts are multiples of it */

bool boot_valid(const char *s, size_t len)
{
	return len == BOOT_HEX - 1 && strspn(s, HEX_DIGITS) >= len;
}

void boot_random(char boot[BOOT_HEX])
{
	uint8_t bytes[SIGNKEY_SEED_BYTES];

	signkey_random_seed(bytes);
	hex_encode(boot, bytes, BOOT_BYTES);
}

/* Less than a head is left: is it the beginning of one? */
static enum record_state beginning(const void *bytes, size_t len, struct error *e)
{
	if (memcmp(bytes, MAGIC, len < 4 ? len : 4) == 0)
		return RECORD_CUT;
	error_set(e, ERROR_UNTRUSTED, _("what stands there is no record"));
	return RECORD_REFUSED;
}

enum record_state record_decode(const void *bytes, size_t len, struct record *r, struct error *e)
{
	struct reader in = reader_of(bytes, len), open;
	const uint8_t *magic, *boot, *before;
	uint32_t whole, a, b;

	if (len < RECORD_HEAD)
		return beginning(bytes, len, e);
	magic = reader_take(&in, 4);
	whole = reader_le32(&in);
	boot = reader_take(&in, BOOT_BYTES);
	r->sequence = reader_le64(&in);
	before = reader_take(&in, DIGEST_BYTES);
	a = reader_le32(&in);
	b = reader_le32(&in);
	if (memcmp(magic, MAGIC, 4) != 0) {
		error_set(e, ERROR_UNTRUSTED, _("what stands there is no record"));
		return RECORD_REFUSED;
	}
	if (whole < RECORD_MIN || whole > RECORD_MAX ||
	    (uint64_t)a + b + RECORD_MIN != (uint64_t)whole) {
		error_set(e, ERROR_UNTRUSTED, _("its lengths do not add up"));
		return RECORD_REFUSED;
	}
	if (len < whole)
		return RECORD_CUT;
	hex_encode(r->boot, boot, BOOT_BYTES);
	memcpy(r->before.bytes, before, DIGEST_BYTES);
	open = reader_sub(&in, a);
	r->sealed = reader_take(&in, b);
	r->sealed_len = b;
	r->signature = reader_take(&in, SIGNKEY_SIGNATURE_BYTES);
	r->len = whole;
	r->hash = digest_bytes(bytes, whole);
	if (!message_parse(&r->open, "kind", open.at, open.left, e))
		return RECORD_REFUSED;
	return RECORD_WHOLE;
}

bool record_signed(const struct record *r, const void *bytes, const uint8_t key[32])
{
	return signkey_valid(key, PURPOSE, bytes, r->len - SIGNKEY_SIGNATURE_BYTES, r->signature);
}

static void add_le(struct text *out, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		char byte = (char)(value >> (8 * i) & 0xff);

		text_add_n(out, &byte, 1);
	}
}

void record_encode(struct record *r, const struct signkey *key, struct text *out)
{
	uint8_t boot[BOOT_BYTES] = { 0 }, signature[SIGNKEY_SIGNATURE_BYTES];
	size_t start = out->len;

	(void)!hex_decode(boot, sizeof(boot), r->boot);
	r->len = RECORD_MIN + r->open.len + r->sealed_len;
	text_add_n(out, MAGIC, 4);
	add_le(out, r->len, 4);
	text_add_n(out, (const char *)boot, sizeof(boot));
	add_le(out, r->sequence, 8);
	text_add_n(out, (const char *)r->before.bytes, DIGEST_BYTES);
	add_le(out, r->open.len, 4);
	add_le(out, r->sealed_len, 4);
	text_add_n(out, r->open.bytes, r->open.len);
	if (r->sealed_len)
		text_add_n(out, (const char *)r->sealed, r->sealed_len);
	signkey_sign(key, PURPOSE, out->s + start, out->len - start, signature);
	text_add_n(out, (const char *)signature, sizeof(signature));
	r->hash = digest_bytes(out->s + start, r->len);
}

bool record_seal(const struct message *m, const struct sealed_public *to, struct text *out,
		 struct error *e)
{
	uint8_t plain[MESSAGE_MAX + 2 + PLAIN_STEP] = { (uint8_t)(m->len & 0xff),
							(uint8_t)(m->len >> 8) };
	size_t len = (m->len + 2 + PLAIN_STEP - 1) / PLAIN_STEP * PLAIN_STEP;
	bool ok = true;

	memcpy(plain + 2, m->bytes, m->len);
	if (to)
		ok = sealed_bytes(plain, len, to, 1, NULL, out, e);
	else
		text_add_n(out, (const char *)plain, len);
	explicit_bzero(plain, sizeof(plain));
	return ok;
}

/* The plain bytes of a sealed part; its kind must be that of the open part. */
static bool unpack(const struct record *r, const void *bytes, size_t len, struct message *m,
		   struct error *e)
{
	struct reader in = reader_of(bytes, len);
	uint16_t n = reader_le16(&in);
	const uint8_t *message = reader_take(&in, n);
	bool padding = in.bad || len % PLAIN_STEP != 0 || in.left >= PLAIN_STEP;

	for (size_t i = 0; !padding && i < in.left; i++)
		padding = in.at[i] != 0;
	if (padding)
		return error_set(e, ERROR_UNTRUSTED, _("its sealed part is malformed"));
	if (!message_parse(m, "kind", message, n, e))
		return false;
	if (!message_is(m, message_text(&r->open, "kind")))
		return error_set(e, ERROR_UNTRUSTED, _("its sealed part is malformed"));
	return true;
}

bool record_unseal(const struct record *r, const struct sealed_pair *key, struct message *m,
		   struct error *e)
{
	struct text plain = { 0 };
	bool ok = sealed_open(r->sealed, r->sealed_len, key, &plain, e) &&
		  unpack(r, plain.s, plain.len, m, e);

	if (plain.len)
		explicit_bzero(plain.s, plain.len);
	text_release(&plain);
	return ok;
}

bool record_unpack(const struct record *r, struct message *m, struct error *e)
{
	return unpack(r, r->sealed, r->sealed_len, m, e);
}
