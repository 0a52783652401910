/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sealed files (docs/formats/sealed.md) through libsodium. */
#include "lib/crypto/sealed.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/reader.h"

#define MAGIC "BSSEALED"
#define MAGIC_BYTES 8
#define VERSION 1
#define COMMITMENT_BYTES 32
#define HEAD_DIGEST_BYTES 32
#define ENTRY_BYTES (SEALED_KEY_BYTES + crypto_box_SEALBYTES)
#define STREAM_HEADER_BYTES crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define PIECE_MORE crypto_secretstream_xchacha20poly1305_ABYTES
#define PIECE_WHOLE (SEALED_PIECE_BYTES + PIECE_MORE)
#define TAG_MESSAGE crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
#define TAG_FINAL crypto_secretstream_xchacha20poly1305_TAG_FINAL

_Static_assert(ENTRY_BYTES == 80 && STREAM_HEADER_BYTES == 24 && PIECE_MORE == 17 &&
		       SEALED_KEY_BYTES == crypto_box_PUBLICKEYBYTES &&
		       SEALED_KEY_BYTES == crypto_box_SECRETKEYBYTES &&
		       SEALED_KEY_BYTES == crypto_secretstream_xchacha20poly1305_KEYBYTES,
	       "the sizes in docs/formats/sealed.md");

/* What a file starts from: random, or all of it out of a seed. */
struct beginning {
	uint8_t file_key[SEALED_KEY_BYTES];
	uint8_t header[STREAM_HEADER_BYTES];
	uint8_t root[32]; /* of the ephemeral pairs, with a seed */
	bool seeded;
};

struct sealed_writer {
	crypto_secretstream_xchacha20poly1305_state stream;
	uint8_t head_digest[HEAD_DIGEST_BYTES];
	uint8_t piece[SEALED_PIECE_BYTES]; /* held back: only the end tells which is the last */
	size_t held;
};

/* Chooses the fast implementations. It fails only where a process cannot lock. */
static void ready(void)
{
	if (sodium_init() < 0)
		abort();
}

void sealed_pair_random(struct sealed_pair *p)
{
	ready();
	crypto_box_keypair(p->public.key, p->secret);
}

void sealed_pair_from_seed(struct sealed_pair *p, const uint8_t seed[32])
{
	ready();
	crypto_box_seed_keypair(p->public.key, p->secret, seed);
}

/* B(len, key, words and bytes) of the format document. Cannot fail with these lengths. */
static void keyed(uint8_t *out, size_t out_len, const uint8_t key[32], const char *words,
		  const void *bytes, size_t len)
{
	crypto_generichash_state s;

	crypto_generichash_init(&s, key, 32, out_len);
	crypto_generichash_update(&s, (const uint8_t *)words, strlen(words));
	if (len > 0)
		crypto_generichash_update(&s, bytes, len);
	crypto_generichash_final(&s, out, out_len);
	sodium_memzero(&s, sizeof(s));
}

void sealed_seed(uint8_t seed[32], const uint8_t secret[32], const char *purpose, const void *bytes,
		 size_t len)
{
	uint8_t purpose_len = (uint8_t)strlen(purpose);
	crypto_generichash_state s;
	static const char words[] = "blackstart sealed 1 seed";

	ready();
	crypto_generichash_init(&s, secret, 32, 32);
	crypto_generichash_update(&s, (const uint8_t *)words, strlen(words));
	crypto_generichash_update(&s, &purpose_len, 1);
	crypto_generichash_update(&s, (const uint8_t *)purpose, purpose_len);
	if (len > 0)
		crypto_generichash_update(&s, bytes, len);
	crypto_generichash_final(&s, seed, 32);
	sodium_memzero(&s, sizeof(s));
}

/* The recipients go in: the same content for others gets another key and header, so
 * that one stream never carries two different heads. */
static void begin(struct beginning *b, const struct sealed_public *recipients, size_t count,
		  const uint8_t *seed)
{
	uint8_t list[1 + SEALED_RECIPIENTS_MAX * SEALED_KEY_BYTES] = { (uint8_t)count };

	b->seeded = seed != NULL;
	if (!seed) {
		randombytes_buf(b->file_key, sizeof(b->file_key));
		randombytes_buf(b->header, sizeof(b->header));
		return;
	}
	for (size_t i = 0; i < count; i++)
		memcpy(list + 1 + i * SEALED_KEY_BYTES, recipients[i].key, SEALED_KEY_BYTES);
	keyed(b->root, sizeof(b->root), seed, "blackstart sealed 1 recipients", list,
	      1 + count * SEALED_KEY_BYTES);
	keyed(b->file_key, sizeof(b->file_key), b->root, "blackstart sealed 1 file key", NULL, 0);
	keyed(b->header, sizeof(b->header), b->root, "blackstart sealed 1 stream header", NULL, 0);
}

/* A sealed box with a derived ephemeral pair; the nonce is crypto_box_seal's own, so
 * that crypto_box_seal_open() opens it. */
static bool seal_seeded(uint8_t out[ENTRY_BYTES], const struct beginning *b, uint8_t number,
			const struct sealed_public *to)
{
	uint8_t seed[crypto_box_SEEDBYTES], nonce[crypto_box_NONCEBYTES];
	struct sealed_pair ephemeral;
	crypto_generichash_state s;
	bool ok;

	keyed(seed, sizeof(seed), b->root, "blackstart sealed 1 ephemeral", &number, 1);
	crypto_box_seed_keypair(ephemeral.public.key, ephemeral.secret, seed);
	crypto_generichash_init(&s, NULL, 0, sizeof(nonce));
	crypto_generichash_update(&s, ephemeral.public.key, SEALED_KEY_BYTES);
	crypto_generichash_update(&s, to->key, SEALED_KEY_BYTES);
	crypto_generichash_final(&s, nonce, sizeof(nonce));
	memcpy(out, ephemeral.public.key, SEALED_KEY_BYTES);
	ok = crypto_box_easy(out + SEALED_KEY_BYTES, b->file_key, SEALED_KEY_BYTES, nonce, to->key,
			     ephemeral.secret) == 0;
	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(&ephemeral, sizeof(ephemeral));
	return ok;
}

static bool check_recipients(const struct sealed_public *r, size_t count, struct error *e)
{
	if (count == 0)
		return error_set(e, ERROR_FAILED, _("cannot seal a file to nobody"));
	if (count > SEALED_RECIPIENTS_MAX)
		return error_set(e, ERROR_FAILED,
				 _("cannot seal a file to %zu recipients, only to %d"), count,
				 SEALED_RECIPIENTS_MAX);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (memcmp(r[i].key, r[k].key, SEALED_KEY_BYTES) == 0)
				return error_set(e, ERROR_FAILED,
						 _("recipients %zu and %zu have the same key"),
						 k + 1, i + 1);
	return true;
}

/* Magic to stream header, appended to *out. */
static bool write_head(const struct beginning *b, const struct sealed_public *recipients,
		       size_t count, struct text *out, struct error *e)
{
	uint8_t start[2] = { VERSION, (uint8_t)count }, entry[ENTRY_BYTES];
	uint8_t commitment[COMMITMENT_BYTES];

	text_add_n(out, MAGIC, MAGIC_BYTES);
	text_add_n(out, (const char *)start, sizeof(start));
	for (size_t i = 0; i < count; i++) {
		bool ok = b->seeded ? seal_seeded(entry, b, (uint8_t)i, &recipients[i])
				    : crypto_box_seal(entry, b->file_key, SEALED_KEY_BYTES,
						      recipients[i].key) == 0;

		if (!ok) /* X25519 of it is zero: everybody could open the entry */
			return error_set(e, ERROR_UNTRUSTED,
					 _("the key of recipient %zu is no X25519 public key"),
					 i + 1);
		text_add_n(out, (const char *)entry, sizeof(entry));
	}
	keyed(commitment, sizeof(commitment), b->file_key, "blackstart sealed 1 commitment", NULL,
	      0);
	text_add_n(out, (const char *)commitment, sizeof(commitment));
	text_add_n(out, (const char *)b->header, sizeof(b->header));
	return true;
}

struct sealed_writer *sealed_writer_new(const struct sealed_public *recipients, size_t count,
					const uint8_t *seed, struct text *out, struct error *e)
{
	struct sealed_writer *w = NULL;
	struct text head = { 0 };
	struct beginning b = { 0 };

	ready();
	if (!check_recipients(recipients, count, e))
		return NULL;
	begin(&b, recipients, count, seed);
	if (write_head(&b, recipients, count, &head, e)) {
		w = mem_alloc(sizeof(*w));
		crypto_generichash(w->head_digest, sizeof(w->head_digest), (uint8_t *)head.s,
				   head.len, NULL, 0);
		/*
		 * init_push() would draw the header itself. Both init functions put the same
		 * into the state: HChaCha20 of key and header, counter 1, the header's rest as
		 * nonce. So a stream begun with init_pull() may push; a reader cannot tell.
		 */
		crypto_secretstream_xchacha20poly1305_init_pull(&w->stream, b.header, b.file_key);
		text_add_n(out, head.s, head.len);
	}
	text_release(&head);
	sodium_memzero(&b, sizeof(b));
	return w;
}

static void push(struct sealed_writer *w, uint8_t tag, struct text *out)
{
	uint8_t sealed[PIECE_WHOLE];

	crypto_secretstream_xchacha20poly1305_push(&w->stream, sealed, NULL, w->piece, w->held,
						   w->head_digest, sizeof(w->head_digest), tag);
	text_add_n(out, (const char *)sealed, w->held + PIECE_MORE);
	w->held = 0;
}

void sealed_writer_add(struct sealed_writer *w, const void *bytes, size_t len, struct text *out)
{
	const uint8_t *at = bytes;

	while (len > 0) {
		size_t n = SEALED_PIECE_BYTES - w->held;

		if (n == 0) { /* full, and now it is known that more follows */
			push(w, TAG_MESSAGE, out);
			continue;
		}
		if (n > len)
			n = len;
		memcpy(w->piece + w->held, at, n);
		w->held += n;
		at += n;
		len -= n;
	}
}

void sealed_writer_finish(struct sealed_writer *w, struct text *out)
{
	push(w, TAG_FINAL, out);
	sealed_writer_discard(w);
}

void sealed_writer_discard(struct sealed_writer *w)
{
	if (!w)
		return;
	sodium_memzero(w, sizeof(*w));
	free(w);
}

bool sealed_bytes(const void *bytes, size_t len, const struct sealed_public *recipients,
		  size_t count, const uint8_t *seed, struct text *out, struct error *e)
{
	struct sealed_writer *w = sealed_writer_new(recipients, count, seed, out, e);

	if (!w)
		return false;
	sealed_writer_add(w, bytes, len, out);
	sealed_writer_finish(w, out);
	return true;
}

/* The parts of a head, inside the file's bytes. */
struct head {
	const uint8_t *entries, *commitment, *header;
	size_t count;
	uint8_t digest[HEAD_DIGEST_BYTES];
};

static bool read_head(struct reader *r, struct head *h, struct error *e)
{
	const uint8_t *start = r->at, *magic = reader_take(r, MAGIC_BYTES);
	unsigned version = reader_u8(r);

	if (!magic || memcmp(magic, MAGIC, MAGIC_BYTES) != 0)
		return error_set(e, ERROR_UNTRUSTED, _("is not a sealed file"));
	if (!r->bad && version != VERSION)
		return error_set(e, ERROR_UNTRUSTED,
				 _("is a sealed file of version %u; this program reads version %d"),
				 version, VERSION);
	h->count = reader_u8(r);
	if (!r->bad && (h->count == 0 || h->count > SEALED_RECIPIENTS_MAX))
		return error_set(e, ERROR_UNTRUSTED,
				 _("is damaged: sealed to %zu recipients, possible are 1 to %d"),
				 h->count, SEALED_RECIPIENTS_MAX);
	h->entries = reader_take(r, h->count * ENTRY_BYTES);
	h->commitment = reader_take(r, COMMITMENT_BYTES);
	h->header = reader_take(r, STREAM_HEADER_BYTES);
	if (r->bad || r->left < PIECE_MORE)
		return error_set(e, ERROR_UNTRUSTED, _("is cut short"));
	crypto_generichash(h->digest, sizeof(h->digest), start, (size_t)(r->at - start), NULL, 0);
	return true;
}

/* Entries do not say whose they are: the key is tried on all. */
static bool find_file_key(const struct head *h, const struct sealed_pair *pairs, size_t count,
			  uint8_t file_key[SEALED_KEY_BYTES])
{
	uint8_t commitment[COMMITMENT_BYTES];

	for (size_t i = 0; i < h->count * count; i++) {
		const struct sealed_pair *pair = &pairs[i / h->count];
		const uint8_t *entry = h->entries + i % h->count * ENTRY_BYTES;

		if (crypto_box_seal_open(file_key, entry, ENTRY_BYTES, pair->public.key,
					 pair->secret) != 0)
			continue;
		keyed(commitment, sizeof(commitment), file_key, "blackstart sealed 1 commitment",
		      NULL, 0);
		if (sodium_memcmp(commitment, h->commitment, sizeof(commitment)) == 0)
			return true;
	}
	return false;
}

static bool pull_pieces(struct reader *r, const struct head *h,
			crypto_secretstream_xchacha20poly1305_state *stream, uint8_t *plain,
			size_t *plain_len, struct error *e)
{
	for (size_t number = 1;; number++) {
		size_t n = r->left < PIECE_WHOLE ? r->left : PIECE_WHOLE;
		const uint8_t *piece = reader_take(r, n);
		uint8_t tag = 0;

		if (!piece || n < PIECE_MORE)
			return error_set(e, ERROR_UNTRUSTED, _("is cut short in piece %zu"),
					 number);
		if (crypto_secretstream_xchacha20poly1305_pull(stream, plain + *plain_len, NULL,
							       &tag, piece, n, h->digest,
							       sizeof(h->digest)) != 0)
			return error_set(
				e, ERROR_UNTRUSTED,
				_("is altered, damaged or cut short in piece %zu; take another copy"),
				number);
		*plain_len += n - PIECE_MORE;
		if (tag == TAG_FINAL && r->left > 0)
			return error_set(e, ERROR_UNTRUSTED, _("has %zu bytes after its end"),
					 r->left);
		if (tag == TAG_FINAL && n == PIECE_MORE && number > 1)
			return error_set(e, ERROR_UNTRUSTED, _("ends with an empty piece"));
		if (tag == TAG_FINAL)
			return true;
		if (tag != TAG_MESSAGE)
			return error_set(e, ERROR_UNTRUSTED, _("has an unknown mark on piece %zu"),
					 number);
		if (r->left == 0)
			return error_set(e, ERROR_UNTRUSTED,
					 _("is cut short: the last piece is missing"));
	}
}

bool sealed_open(const void *bytes, size_t len, const struct sealed_pair *pair, struct text *plain,
		 struct error *e)
{
	return sealed_open_any(bytes, len, pair, 1, plain, e);
}

bool sealed_open_any(const void *bytes, size_t len, const struct sealed_pair *pairs, size_t count,
		     struct text *plain, struct error *e)
{
	struct reader r = reader_of(bytes, len);
	struct head h = { 0 };
	uint8_t file_key[SEALED_KEY_BYTES], *buffer;
	crypto_secretstream_xchacha20poly1305_state stream;
	size_t plain_len = 0;
	bool ok;

	ready();
	if (len > SEALED_OPEN_MAX)
		return error_set(e, ERROR_UNTRUSTED, _("is too large: over %d MiB"),
				 SEALED_OPEN_MAX >> 20);
	if (!read_head(&r, &h, e))
		return false;
	if (!find_file_key(&h, pairs, count, file_key))
		return error_set(e, ERROR_UNTRUSTED,
				 _("is not sealed to this key, or its beginning is altered"));
	/* Not into *plain as it comes: nothing is given out before the last piece is right. */
	buffer = mem_alloc(len);
	crypto_secretstream_xchacha20poly1305_init_pull(&stream, h.header, file_key);
	sodium_memzero(file_key, sizeof(file_key));
	ok = pull_pieces(&r, &h, &stream, buffer, &plain_len, e);
	if (ok)
		text_add_n(plain, (const char *)buffer, plain_len);
	sodium_memzero(buffer, len);
	sodium_memzero(&stream, sizeof(stream));
	free(buffer);
	return ok;
}
