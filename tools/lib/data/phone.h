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
 * people write: "+49 (0)69 / 9000-9101", "0049...", "069 90009101". A zero behind
 * +49, with which it could not be dialled, is left out. Numbers of up to six digits
 * without a leading zero (112, 115, an inside line) stay as they are. False if it is
 * no telephone number.
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

/* The same in two steps, for many numbers: what was typed made ready once (false: no digits that
 * could be a number), then matched. */
#define PHONE_QUERY_MAX (PHONE_MAX + 3)
__attribute__((warn_unused_result))
bool phone_query(const char *typed, char out[PHONE_QUERY_MAX]);
int phone_query_match(const char *query, const char *normal);

#endif
