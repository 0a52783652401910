/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_PHONE_H
#define LIB_DATA_PHONE_H

#include <stdbool.h>
#include <stddef.h>

#define PHONE_MAX 32 /* bytes of a normalised or readable number, with the end */

/*
 * Telephone numbers of the German plan and of others.
 *
 * The normal form is E.164 with its plus, "+4969900091010", made from what
 * people write: "+49 (0)69 / 9000-9101", "0049...", "069 90009101". Numbers of
 * up to six digits without a leading zero (112, 115, an inside line) stay as
 * they are. False if it is no telephone number.
 */
__attribute__((warn_unused_result))
bool phone_normal(const char *written, char out[PHONE_MAX]);

/* For people: "+49 69 90009101". `normal` is in normal form. */
char *phone_readable(const char *normal, char out[PHONE_MAX]);

/* Does it look like one being typed: at least three digits, and nothing but what
 * is written in numbers? */
bool phone_looks_like(const char *typed);

/* How well what was typed fits a number in normal form: 0 all of it, 1 its
 * beginning, 2 its end, 3 somewhere inside, -1 not at all. National ("0171")
 * and international ("+49171", "0049171") writing find the same. */
int phone_match(const char *typed, const char *normal);

#endif
