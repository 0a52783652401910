/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_CRYPTO_WORDS_H
#define LIB_CRYPTO_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/crypto/digest.h"

/*
 * Bytes as words that can be read out, typed and compared: 2,048 German words of
 * four to eight letters, a to x only (y and z change places between keyboards), no
 * two alike in their first four letters. The list never changes:
 * docs/formats/words.md.
 */
#define WORDS_COUNT 2048
#define WORDS_BITS 11 /* that one word carries */
#define WORD_MAX 9    /* bytes with the end */
#define WORDS_FINGERPRINT 8
#define WORDS_ENVELOPE 7

/* The list, sorted; in wordlist.c. */
extern const char words_list[WORDS_COUNT][WORD_MAX];
const char *words_at(unsigned index); /* index < WORDS_COUNT */

/* Exactly that word in any case, or a beginning of four letters or more that only
 * one word has; -1 if there is none. */
int words_index(const char *word, size_t len);

/* The word nearest to what was typed (at most two slips), or NULL. */
const char *words_nearest(const char *typed, size_t len);

/* `count` words from the first count * 11 bits of `bytes`, most significant bit
 * first, separated by spaces. The bytes must be enough. */
void words_encode(struct text *out, const uint8_t *bytes, size_t count);

/* Back: exactly `count` words in `typed` (spaces, hyphens, line breaks between) into
 * the first count * 11 bits; the rest of the last byte is 0. False names the word. */
__attribute__((warn_unused_result))
bool words_decode(const char *typed, uint8_t *bytes, size_t size, size_t count, struct error *e);

/* The fingerprint of a digest for people: its first 88 bits as eight words. */
void words_fingerprint(struct text *out, const struct digest *d);

/* `count` words drawn at random. */
void words_random(struct text *out, size_t count);

#endif
