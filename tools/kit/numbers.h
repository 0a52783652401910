/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_NUMBERS_H
#define KIT_NUMBERS_H

#include "kit/check.h"
#include "lib/data/phone.h"

/*
 * Telephone numbers in texts that anyone may read: whose they are. One look for both
 * who ask, the loader after those of people, `kit check` after those of nobody, so
 * that none falls between the two. What else is written in digits (dates, times,
 * paragraphs, file numbers) is none.
 */
#define NUMBERS_WRITTEN_MAX (2 * PHONE_MAX) /* bytes of a number in a text, with the end */

struct numbers {
	struct words people;  /* of people, in normal form */
	struct words allowed; /* of functions and bodies in the open tier */
};

/* Borrows from the source; references_check() must have been at its channels. */
void numbers_collect(struct numbers *n, const struct source *s);
void numbers_release(struct numbers *n);

enum number_of { NUMBER_END, NUMBER_PERSON, NUMBER_NOBODY };

/*
 * The next number from *text on that is a person's, or that is dialled and belongs to
 * nobody in the open tier; copied to `written`, and *text is moved behind it.
 * Takes time in the length of the text.
 */
enum number_of numbers_next(const struct numbers *n, const char **text, const char *begin,
			    char written[NUMBERS_WRITTEN_MAX]);

#endif
