/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys that open an account: what each may, its kind, and the fingerprint by which it is known. */
#include "triage/parse/authorized_keys.h"

#include <stdlib.h>

#include "lib/base/hex.h"
#include "lib/base/memory.h"
#include "lib/base/reader.h"
#include "lib/crypto/sha256.h"

#define SHA256_BYTES 32

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Base64 (RFC 4648, 4), padded or not. `out` has room for as many bytes as there are letters. */
static bool decode(struct span s, uint8_t *out, size_t *len)
{
	uint32_t held = 0;
	unsigned bits = 0;

	*len = 0;
	while (s.len && s.s[s.len - 1] == '=')
		s.len--;
	for (size_t i = 0; i < s.len; i++) {
		const char *d = memchr(digits, s.s[i], 64);

		if (!d)
			return false;
		held = held << 6 | (uint32_t)(d - digits);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[(*len)++] = (uint8_t)(held >> bits);
		}
	}
	return bits < 6 && !(held & ((1u << bits) - 1));
}

static void encode(const uint8_t *bytes, size_t len, char *to)
{
	uint32_t held = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < len; i++) {
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 6;) {
			bits -= 6;
			*to++ = digits[held >> bits & 63];
		}
	}
	if (bits)
		*to++ = digits[held << (6 - bits) & 63];
	*to = '\0';
}

static bool is_type(struct span s)
{
	return span_begins(s, "ssh-") || span_begins(s, "ecdsa-sha2-") || span_begins(s, "sk-");
}

/* Options end at the first blank that is not within quotes. */
static struct span take_options(struct span *rest)
{
	struct span options = { rest->s, 0 };
	bool quoted = false;

	for (; options.len < rest->len; options.len++) {
		char c = rest->s[options.len];

		if (c == '\\' && options.len + 1 < rest->len && rest->s[options.len + 1] == '"')
			options.len++;
		else if (c == '"')
			quoted = !quoted;
		else if (is_blank(c) && !quoted)
			break;
	}
	*rest = span_trim((struct span){ rest->s + options.len, rest->len - options.len });
	return options;
}

/* The key says itself of which type it is: RFC 4253, 6.6. */
static bool fingerprint(struct span type, struct span text, char out[FINGERPRINT_TEXT])
{
	uint8_t *blob = mem_alloc(text.len ? text.len : 1), sum[SHA256_BYTES];
	char hex[SHA256_HEX];
	size_t len;
	bool good = decode(text, blob, &len);

	if (good) {
		struct reader r = reader_of(blob, len);
		size_t name_len = reader_be32(&r);
		const uint8_t *name = reader_take(&r, name_len);

		good = name && r.left && name_len == type.len &&
		       memcmp(name, type.s, type.len) == 0;
	}
	if (good) {
		sha256_hex(hex, blob, len);
		good = hex_decode(sum, sizeof(sum), hex);
		memcpy(out, "SHA256:", 7);
		encode(sum, sizeof(sum), out + 7);
	}
	free(blob);
	return good;
}

enum key_kind authorized_key_parse(const struct line *l, struct authorized_key *k)
{
	struct span rest = span_trim((struct span){ l->s, l->len }), text;

	*k = (struct authorized_key){ 0 };
	if (!rest.len || *rest.s == '#')
		return KEY_NOTHING;
	if (!is_type(rest))
		k->options = take_options(&rest);
	k->type = span_word(&rest);
	text = span_word(&rest);
	k->comment = rest;
	return is_type(k->type) && fingerprint(k->type, text, k->fingerprint) ? KEY_WHOLE
									      : KEY_DAMAGED;
}
