/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minisign's public keys and signatures; its secret keys are in minisign_secret.c. */
#include "lib/crypto/minisign.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"
#include "lib/crypto/minisign_line.h"

#define UNTRUSTED "untrusted comment: "
#define TRUSTED "trusted comment: "
#define PUBLIC_BYTES 42    /* "Ed", number, key */
#define SIGNATURE_BYTES 74 /* "Ed" or "ED", number, signature */
#define BASE64_MAX 256

bool minisign_line(const char **text, const char *end, const char **line, size_t *len)
{
	const char *stop = memchr(*text, '\n', (size_t)(end - *text));

	if (*text == end)
		return false;
	*line = *text;
	*text = stop ? stop + 1 : end;
	*len = (size_t)((stop ? stop : end) - *line);
	/* minisign on Windows writes, and everywhere reads, CR LF. */
	*len -= *len > 0 && (*line)[*len - 1] == '\r';
	return !memchr(*line, '\0', *len);
}

/* The next line, behind its beginning. */
static bool take_comment(const char **text, const char *end, const char *start,
			 const char **comment, size_t *len)
{
	const char *line;
	size_t n = strlen(start);

	if (!minisign_line(text, end, &line, len) || *len < n || memcmp(line, start, n) != 0)
		return false;
	*comment = line + n;
	*len -= n;
	return *len < MINISIGN_COMMENT_MAX;
}

/* libsodium takes some bytes above 0x7f for digits of base64. */
static bool is_base64(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] > 'z' || s[i] <= ' ')
			return false;
	return true;
}

bool minisign_take(const char **text, const char *end, uint8_t *out, size_t size)
{
	const char *line, *stop;
	size_t len, n;

	return minisign_line(text, end, &line, &len) && is_base64(line, len) &&
	       sodium_base642bin(out, size, line, len, NULL, &n, &stop,
				 sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       n == size && stop == line + len;
}

bool minisign_file(const char *text, size_t len, uint8_t *out, size_t size)
{
	const char *end = text + len, *comment;
	size_t n;

	return len <= MINISIGN_FILE_MAX && take_comment(&text, end, UNTRUSTED, &comment, &n) &&
	       minisign_take(&text, end, out, size) && text == end;
}

static void add_base64(struct text *out, const uint8_t *bytes, size_t len)
{
	char line[BASE64_MAX];

	text_add(out,
		 sodium_bin2base64(line, sizeof(line), bytes, len, sodium_base64_VARIANT_ORIGINAL));
	text_add(out, "\n");
	sodium_memzero(line, sizeof(line));
}

void minisign_add(struct text *out, const char *comment, const uint8_t *bytes, size_t len)
{
	text_addf(out, UNTRUSTED "%s\n", comment);
	add_base64(out, bytes, len);
}

bool minisign_comment_fits(const char *comment, struct error *e)
{
	/* minisign's own buffer holds the beginning, the line's end and a NUL too. */
	if (strlen(comment) > MINISIGN_COMMENT_MAX - sizeof(UNTRUSTED) - 1)
		return error_set(e, ERROR_USAGE, _("the comment is longer than %d bytes"),
				 (int)(MINISIGN_COMMENT_MAX - sizeof(UNTRUSTED) - 1));
	if (strpbrk(comment, "\r\n"))
		return error_set(e, ERROR_USAGE, _("a comment is one line; this one has more"));
	return true;
}

static bool public_from_bytes(const uint8_t bytes[PUBLIC_BYTES], struct minisign_public *p)
{
	if (memcmp(bytes, "Ed", 2) != 0)
		return false;
	memcpy(p->number, bytes + 2, sizeof(p->number));
	memcpy(p->key, bytes + 10, sizeof(p->key));
	return true;
}

static void public_to_bytes(const struct minisign_public *p, uint8_t bytes[PUBLIC_BYTES])
{
	memcpy(bytes, "Ed", 2);
	memcpy(bytes + 2, p->number, sizeof(p->number));
	memcpy(bytes + 10, p->key, sizeof(p->key));
}

bool minisign_public_parse(const char *text, size_t len, struct minisign_public *p, struct error *e)
{
	uint8_t bytes[PUBLIC_BYTES];

	if (minisign_file(text, len, bytes, sizeof(bytes)) && public_from_bytes(bytes, p))
		return true;
	return error_set(
		e, ERROR_UNTRUSTED,
		_("not a public key of minisign: two lines, \"untrusted comment: ...\" and "
		  "\"RW...\""));
}

void minisign_public_write(const struct minisign_public *p, const char *comment, struct text *out)
{
	uint8_t bytes[PUBLIC_BYTES];

	public_to_bytes(p, bytes);
	minisign_add(out, comment, bytes, sizeof(bytes));
}

void minisign_public_line(const struct minisign_public *p, char out[MINISIGN_LINE])
{
	uint8_t bytes[PUBLIC_BYTES];

	public_to_bytes(p, bytes);
	sodium_bin2base64(out, MINISIGN_LINE, bytes, sizeof(bytes), sodium_base64_VARIANT_ORIGINAL);
}

bool minisign_public_from_line(const char *s, size_t len, struct minisign_public *p)
{
	uint8_t bytes[PUBLIC_BYTES];
	const char *end = s + len;

	/* Here nothing stands behind the 56 characters, no line's end either. */
	return len == MINISIGN_LINE - 1 && !memchr(s, '\n', len) &&
	       minisign_take(&s, end, bytes, sizeof(bytes)) && public_from_bytes(bytes, p);
}

bool minisign_sign(const struct minisign_secret *s, const void *bytes, size_t len,
		   const char *comment, const char *trusted, struct text *out, struct error *e)
{
	uint8_t digest[64], line[SIGNATURE_BYTES], global[64];
	uint8_t both[sizeof(global) + MINISIGN_COMMENT_MAX];
	size_t n = strlen(trusted);

	if (!minisign_comment_fits(comment, e) || !minisign_comment_fits(trusted, e))
		return false;
	crypto_generichash(digest, sizeof(digest), bytes, len, NULL, 0);
	memcpy(line, "ED", 2);
	memcpy(line + 2, s->public.number, 8);
	crypto_sign_detached(line + 10, NULL, digest, sizeof(digest), s->key);
	memcpy(both, line + 10, 64);
	memcpy(both + 64, trusted, n);
	crypto_sign_detached(global, NULL, both, 64 + n, s->key);
	minisign_add(out, comment, line, sizeof(line));
	text_addf(out, TRUSTED "%s\n", trusted);
	add_base64(out, global, sizeof(global));
	return true;
}

static bool take_signature(const char **text, const char *end, struct minisign_signature *s)
{
	uint8_t line[SIGNATURE_BYTES];
	const char *comment;
	size_t len;

	if (!take_comment(text, end, UNTRUSTED, &comment, &len) ||
	    !minisign_take(text, end, line, sizeof(line)) ||
	    !take_comment(text, end, TRUSTED, &comment, &len) ||
	    !minisign_take(text, end, s->global, sizeof(s->global)))
		return false;
	s->prehashed = memcmp(line, "ED", 2) == 0;
	if (!s->prehashed && memcmp(line, "Ed", 2) != 0)
		return false;
	memcpy(s->number, line + 2, sizeof(s->number));
	memcpy(s->signature, line + 10, sizeof(s->signature));
	memcpy(s->trusted, comment, len);
	s->trusted[len] = '\0';
	return true;
}

bool minisign_next(const char **text, const char *end, struct minisign_signature *s, bool *more,
		   struct error *e)
{
	*more = *text != end;
	if (!*more || take_signature(text, end, s))
		return true;
	*more = false;
	return error_set(e, ERROR_UNTRUSTED,
			 _("not a signature of minisign: four lines, \"untrusted comment: ...\", "
			   "\"RU...\", \"trusted comment: ...\" and a last one"));
}

bool minisign_valid(const struct minisign_public *p, const struct minisign_signature *s,
		    const void *bytes, size_t len)
{
	uint8_t digest[64], both[sizeof(s->signature) + MINISIGN_COMMENT_MAX];
	size_t n = strlen(s->trusted);

	if (memcmp(p->number, s->number, sizeof(p->number)) != 0)
		return false;
	if (s->prehashed) {
		crypto_generichash(digest, sizeof(digest), bytes, len, NULL, 0);
		bytes = digest;
		len = sizeof(digest);
	}
	memcpy(both, s->signature, sizeof(s->signature));
	memcpy(both + sizeof(s->signature), s->trusted, n);
	return crypto_sign_verify_detached(s->signature, bytes, len, p->key) == 0 &&
	       crypto_sign_verify_detached(s->global, both, sizeof(s->signature) + n, p->key) == 0;
}
