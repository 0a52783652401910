/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes as words, and back. */
#include "lib/crypto/words.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"

#define PREFIX 4     /* letters that tell one word from all others */
#define SLIPS_MAX 2  /* so far words_nearest() goes */
#define TYPED_MAX 12 /* letters: longer is nobody's slip of eight */
#define SEPARATORS " -\t\r\n"

const char *words_at(unsigned index)
{
	assert(index < WORDS_COUNT);
	return words_list[index];
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int by_prefix(const void *typed, const void *word)
{
	return memcmp(typed, word, PREFIX);
}

int words_index(const char *word, size_t len)
{
	char typed[WORD_MAX] = { 0 };

	if (len < PREFIX || len >= WORD_MAX)
		return -1;
	for (size_t i = 0; i < len; i++)
		typed[i] = lower(word[i]);
	const char(*found)[WORD_MAX] = bsearch(typed, words_list, WORDS_COUNT, WORD_MAX, by_prefix);
	if (!found || strncmp(*found, typed, len) != 0)
		return -1;
	return (int)(found - words_list);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Slips between two words: a letter wrong, missing, too many, or two swapped. */
static size_t slips(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[TYPED_MAX + 1][WORD_MAX];

	for (size_t i = 0; i <= a_len; i++)
		for (size_t k = 0; k <= b_len; k++) {
			if (i == 0 || k == 0) {
				row[i][k] = i + k;
				continue;
			}
			size_t best = row[i - 1][k - 1] + (a[i - 1] != b[k - 1]);

			best = least(best, least(row[i - 1][k], row[i][k - 1]) + 1);
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				best = least(best, row[i - 2][k - 2] + 1);
			row[i][k] = best;
		}
	return row[a_len][b_len];
}

const char *words_nearest(const char *typed, size_t len)
{
	char a[TYPED_MAX];
	size_t best = SLIPS_MAX + 1;
	const char *nearest = NULL;

	if (len < PREFIX - 1 || len > TYPED_MAX)
		return NULL;
	for (size_t i = 0; i < len; i++)
		a[i] = lower(typed[i]);
	for (unsigned i = 0; i < WORDS_COUNT; i++) {
		size_t n = slips(a, len, words_list[i], strlen(words_list[i]));

		/* Perhaps it was meant as a beginning only. */
		if (len == PREFIX)
			n = least(n, slips(a, len, words_list[i], PREFIX));
		if (n < best) {
			best = n;
			nearest = words_list[i];
		}
	}
	return nearest;
}

void words_encode(struct text *out, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned index = 0;

		for (size_t bit = i * WORDS_BITS; bit < (i + 1) * WORDS_BITS; bit++)
			index = index << 1 | (bytes[bit / 8] >> (7 - bit % 8) & 1);
		if (i > 0)
			text_add(out, " ");
		text_add(out, words_list[index]);
	}
}

static bool unknown(size_t nr, const char *typed, size_t len, struct error *e)
{
	const char *nearest = words_nearest(typed, len);

	if (nearest)
		return error_set(e, ERROR_UNTRUSTED,
				 _("word %zu, \"%.*s\", is not in the list; perhaps \"%s\"?"), nr,
				 (int)len, typed, nearest);
	return error_set(e, ERROR_UNTRUSTED, _("word %zu, \"%.*s\", is not in the list"), nr,
			 (int)least(len, 40), typed);
}

bool words_decode(const char *typed, uint8_t *bytes, size_t size, size_t count, struct error *e)
{
	size_t nr = 0;

	assert(size * 8 >= count * WORDS_BITS);
	memset(bytes, 0, size);
	for (;;) {
		typed += strspn(typed, SEPARATORS);
		size_t len = strcspn(typed, SEPARATORS);

		if (len == 0)
			break;
		int index = words_index(typed, len);

		if (index < 0)
			return unknown(nr + 1, typed, len, e);
		for (size_t i = 0; nr < count && i < WORDS_BITS; i++) {
			size_t bit = nr * WORDS_BITS + i;

			if (index >> (WORDS_BITS - 1 - i) & 1)
				bytes[bit / 8] |= (uint8_t)(1u << (7 - bit % 8));
		}
		nr++;
		typed += len;
	}
	if (nr == count)
		return true;
	return error_set(e, ERROR_UNTRUSTED, _("these are %zu words; %zu are needed"), nr, count);
}

void words_fingerprint(struct text *out, const struct digest *d)
{
	words_encode(out, d->bytes, WORDS_FINGERPRINT);
}

void words_random(struct text *out, size_t count)
{
	if (sodium_init() < 0)
		abort();
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			text_add(out, " ");
		text_add(out, words_list[randombytes_uniform(WORDS_COUNT)]);
	}
}
