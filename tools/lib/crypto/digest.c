/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BLAKE2b-256 through libsodium. */
#include "lib/crypto/digest.h"

#include <errno.h>
#include <sodium.h>
#include <unistd.h>

_Static_assert(sizeof(crypto_generichash_state) <= sizeof(((struct digest_state *)0)->opaque),
	       "digest_state must hold libsodium's state");

static crypto_generichash_state *state_of(struct digest_state *s)
{
	return (void *)s->opaque;
}

void digest_ready(void)
{
	if (sodium_init() < 0)
		return; /* then the portable code does it */
}

/* None of these can fail with the lengths used here. */
void digest_init(struct digest_state *s)
{
	crypto_generichash_init(state_of(s), NULL, 0, DIGEST_BYTES);
}

void digest_update(struct digest_state *s, const void *bytes, size_t len)
{
	if (len > 0)
		crypto_generichash_update(state_of(s), bytes, len);
}

struct digest digest_final(struct digest_state *s)
{
	struct digest d;

	crypto_generichash_final(state_of(s), d.bytes, sizeof(d.bytes));
	return d;
}

struct digest digest_bytes(const void *bytes, size_t len)
{
	struct digest_state s;

	digest_init(&s);
	digest_update(&s, bytes, len);
	return digest_final(&s);
}

bool digest_file(int fd, struct digest *d, uint64_t *size, struct error *e)
{
	uint8_t buffer[65536];
	struct digest_state s;

	digest_init(&s);
	*size = 0;
	for (;;) {
		ssize_t n = read(fd, buffer, sizeof(buffer));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(e, "cannot read");
		if (n == 0)
			break;
		digest_update(&s, buffer, (size_t)n);
		*size += (uint64_t)n;
	}
	*d = digest_final(&s);
	return true;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return sodium_memcmp(a->bytes, b->bytes, DIGEST_BYTES) == 0;
}

char *digest_to_hex(char out[DIGEST_HEX], const struct digest *d)
{
	return sodium_bin2hex(out, DIGEST_HEX, d->bytes, DIGEST_BYTES);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool digest_from_hex(struct digest *d, const char *hex, size_t len)
{
	if (len != 2 * DIGEST_BYTES)
		return false;
	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		d->bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}
