/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A secret key as words on paper. */
#include "trust/paper.h"

#include <string.h>

#include "lib/base/language.h"
#include "lib/crypto/digest.h"
#include "lib/crypto/words.h"

#define SEED_BYTES 32
#define NUMBER_BYTES 8
#define KEY_BYTES (SEED_BYTES + NUMBER_BYTES)
#define BYTES (KEY_BYTES + 2) /* the last two begin with ten bits of check */

static void put_check(uint8_t bytes[BYTES])
{
	struct digest d = digest_bytes(bytes, KEY_BYTES);

	bytes[KEY_BYTES] = d.bytes[0];
	bytes[KEY_BYTES + 1] = d.bytes[1] & 0xc0;
}

void paper_words(const struct minisign_secret *s, struct text *out)
{
	uint8_t bytes[BYTES];

	memcpy(bytes, s->key, SEED_BYTES);
	memcpy(bytes + SEED_BYTES, s->public.number, NUMBER_BYTES);
	put_check(bytes);
	words_encode(out, bytes, PAPER_WORDS);
	explicit_bzero(bytes, sizeof(bytes));
}

bool paper_secret(const char *words, struct minisign_secret *s, struct error *e)
{
	uint8_t bytes[BYTES], checked[BYTES];
	bool ok = words_decode(words, bytes, sizeof(bytes), PAPER_WORDS, e);

	if (ok) {
		memcpy(checked, bytes, sizeof(bytes));
		put_check(checked);
		ok = memcmp(checked, bytes, sizeof(bytes)) == 0 ||
		     error_set(e, ERROR_UNTRUSTED,
			       _("these words do not belong together: one was read as another, "
				 "or two were swapped; compare them with the paper, row by row"));
	}
	if (ok)
		minisign_from_seed(s, bytes, bytes + SEED_BYTES);
	explicit_bzero(bytes, sizeof(bytes));
	explicit_bzero(checked, sizeof(checked));
	return ok;
}
