/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minisign's secret keys: scrypt over a passphrase, XORed over number, key and checksum. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/reader.h"
#include "lib/crypto/minisign.h"
#include "lib/crypto/minisign_line.h"

#define HEAD_BYTES 54  /* algorithms, salt, work, memory: what is not encrypted */
#define BODY_BYTES 104 /* number, key, checksum */
#define FILE_BYTES (HEAD_BYTES + BODY_BYTES)
#define SALT_BYTES crypto_pwhash_scryptsalsa208sha256_SALTBYTES
/* With 64 MiB this is scrypt N = 2^16, r = 8, p = 2: as hard as N = 2^17, p = 1. */
#define WORK (4u << 20)
/* minisign's default is 2^25; eight times that still ends within a minute. */
#define WORK_MAX (1ull << 28)

/* What stands before the encrypted part. */
struct head {
	bool encrypted;
	uint8_t salt[SALT_BYTES];
	uint64_t work, memory_bytes; /* libsodium's opslimit and memlimit */
};

static void must_start(void)
{
	if (sodium_init() < 0)
		abort();
}

static bool head_parse(const uint8_t bytes[HEAD_BYTES], struct head *h, struct error *e)
{
	struct reader r = reader_of(bytes, HEAD_BYTES);
	const uint8_t *names = reader_take(&r, 6);

	h->encrypted = memcmp(names, "EdScB2", 6) == 0;
	if (!h->encrypted && memcmp(names, "Ed\0\0B2", 6) != 0)
		return error_set(e, ERROR_UNTRUSTED,
				 _("this secret key is of a kind that is not known here"));
	memcpy(h->salt, reader_take(&r, SALT_BYTES), SALT_BYTES);
	h->work = reader_le64(&r);
	h->memory_bytes = reader_le64(&r);
	if (h->encrypted && (h->work < crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_MIN ||
			     h->memory_bytes < crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_MIN))
		return error_set(e, ERROR_UNTRUSTED,
				 _("this secret key names less work than minisign ever does: "
				   "it was altered or is damaged"));
	return true;
}

/* Bytes that scrypt will ask for, by libsodium's rule from work and memory to N and p
 * (r is 8); N is the power of two above half the limit. */
static uint64_t memory_needed(const struct head *h)
{
	uint64_t limit = h->work < h->memory_bytes / 32 ? h->work / 32 : h->memory_bytes / 1024;
	uint64_t n = 2;

	while (n <= limit / 2)
		n *= 2;
	uint64_t p = h->work < h->memory_bytes / 32 ? 1 : h->work / 4 / n / 8;

	return 1024 * (n + p + 2);
}

static bool too_much(uint64_t needed, struct error *e)
{
	return error_set(e, ERROR_FAILED,
			 _("this key needs %llu MiB of memory to be opened, more than this PC has "
			   "free; `trust backup` and `trust restore` on a larger PC make of it one "
			   "that needs %d MiB"),
			 (unsigned long long)(needed >> 20), (int)(MINISIGN_MEMORY_BYTES >> 20));
}

/* The bytes that lie over the body. */
static bool derive(const struct head *h, const char *passphrase, uint8_t stream[BODY_BYTES],
		   struct error *e)
{
	/* First what would be huge, so that the sums below cannot overflow. */
	if (h->work > WORK_MAX * 1024 || h->memory_bytes > UINT64_MAX / 2)
		return error_set(e, ERROR_UNTRUSTED,
				 _("this secret key names impossible work: it was altered or is "
				   "damaged"));
	uint64_t needed = memory_needed(h);

	if (needed > mem_available())
		return too_much(needed, e);
	if (h->work > WORK_MAX)
		return error_set(e, ERROR_UNTRUSTED,
				 _("opening this secret key would take minutes or more; minisign "
				   "makes no such keys: it was altered or is damaged"));
	must_start();
	if (crypto_pwhash_scryptsalsa208sha256(stream, BODY_BYTES, passphrase, strlen(passphrase),
					       h->salt, h->work, h->memory_bytes) != 0)
		return too_much(needed, e);
	return true;
}

static void checksum(const struct minisign_secret *s, uint8_t out[32])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, 32);
	crypto_generichash_update(&state, (const uint8_t *)"Ed", 2);
	crypto_generichash_update(&state, s->public.number, sizeof(s->public.number));
	crypto_generichash_update(&state, s->key, sizeof(s->key));
	crypto_generichash_final(&state, out, 32);
	sodium_memzero(&state, sizeof(state));
}

/* The body in clear. An unencrypted key has no checksum; there, as always, the public
 * half must follow from the seed. */
static bool body_parse(const uint8_t body[BODY_BYTES], bool encrypted, struct minisign_secret *s,
		       struct error *e)
{
	uint8_t sum[32], public[32], secret[64];

	memcpy(s->public.number, body, 8);
	memcpy(s->key, body + 8, 64);
	memcpy(s->public.key, body + 40, 32);
	checksum(s, sum);
	if (encrypted && sodium_memcmp(sum, body + 72, sizeof(sum)) != 0)
		return error_set(e, ERROR_UNTRUSTED, _("wrong passphrase for this key"));
	crypto_sign_seed_keypair(public, secret, s->key);
	bool fits = sodium_memcmp(public, s->public.key, sizeof(public)) == 0;
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(sum, sizeof(sum));
	return fits || error_set(e, ERROR_UNTRUSTED,
				 _("the two halves of this key do not belong together: it is "
				   "damaged"));
}

static bool file_parse(const char *text, size_t len, uint8_t bytes[FILE_BYTES], struct head *h,
		       struct error *e)
{
	if (!minisign_file(text, len, bytes, FILE_BYTES))
		return error_set(e, ERROR_UNTRUSTED,
				 _("not a secret key of minisign: two lines, "
				   "\"untrusted comment: ...\" and \"RW...\""));
	return head_parse(bytes, h, e);
}

bool minisign_secret_encrypted(const char *text, size_t len, bool *encrypted, struct error *e)
{
	uint8_t bytes[FILE_BYTES];
	struct head h = { 0 };
	bool ok = file_parse(text, len, bytes, &h, e);

	*encrypted = h.encrypted;
	sodium_memzero(bytes, sizeof(bytes));
	return ok;
}

bool minisign_secret_open(const char *text, size_t len, const char *passphrase,
			  struct minisign_secret *s, struct error *e)
{
	uint8_t bytes[FILE_BYTES], stream[BODY_BYTES] = { 0 };
	struct head h;
	bool ok = file_parse(text, len, bytes, &h, e) &&
		  (!h.encrypted || derive(&h, passphrase, stream, e));

	if (ok) {
		for (size_t i = 0; i < BODY_BYTES; i++)
			bytes[HEAD_BYTES + i] ^= stream[i];
		ok = body_parse(bytes + HEAD_BYTES, h.encrypted, s, e);
	}
	if (!ok)
		minisign_secret_wipe(s);
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(stream, sizeof(stream));
	return ok;
}

static void put_le64(uint8_t *out, uint64_t n)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(n >> 8 * i);
}

bool minisign_secret_write(const struct minisign_secret *s, const char *passphrase,
			   const char *comment, struct text *out, struct error *e)
{
	struct head h = { .encrypted = true, .work = WORK, .memory_bytes = MINISIGN_MEMORY_BYTES };
	uint8_t bytes[FILE_BYTES], stream[BODY_BYTES];

	if (*passphrase == '\0')
		return error_set(e, ERROR_USAGE, _("the passphrase is empty"));
	if (!minisign_comment_fits(comment, e))
		return false;
	must_start();
	randombytes_buf(h.salt, sizeof(h.salt));
	if (!derive(&h, passphrase, stream, e))
		return false;
	memcpy(bytes, "EdScB2", 6);
	memcpy(bytes + 6, h.salt, SALT_BYTES);
	put_le64(bytes + 38, h.work);
	put_le64(bytes + 46, h.memory_bytes);
	memcpy(bytes + HEAD_BYTES, s->public.number, 8);
	memcpy(bytes + HEAD_BYTES + 8, s->key, 64);
	checksum(s, bytes + HEAD_BYTES + 72);
	for (size_t i = 0; i < BODY_BYTES; i++)
		bytes[HEAD_BYTES + i] ^= stream[i];
	minisign_add(out, comment, bytes, sizeof(bytes));
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(stream, sizeof(stream));
	return true;
}

void minisign_from_seed(struct minisign_secret *s, const uint8_t seed[32], const uint8_t number[8])
{
	must_start();
	memcpy(s->public.number, number, sizeof(s->public.number));
	crypto_sign_seed_keypair(s->public.key, s->key, seed);
}

void minisign_generate(struct minisign_secret *s)
{
	uint8_t seed[32], number[8];

	must_start();
	randombytes_buf(seed, sizeof(seed));
	randombytes_buf(number, sizeof(number));
	minisign_from_seed(s, seed, number);
	sodium_memzero(seed, sizeof(seed));
}

void minisign_secret_wipe(struct minisign_secret *s)
{
	sodium_memzero(s, sizeof(*s));
}
