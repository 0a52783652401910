/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_RECOVERY_KEY_H
#define LIB_DATA_RECOVERY_KEY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * BitLocker's recovery password: 8 groups of 6 digits. Each is a number of 16 bits times 11, so that most
 * mistakes are seen in the group where they are (docs/formats/fve.md#recovery-password).
 */
#define RECOVERY_KEY_GROUPS 8
#define RECOVERY_KEY_TEXT 56 /* its digits, 7 hyphens, NUL */

/*
 * Read one as a person or a barcode scanner types it: 48 digits, and between them whatever is neither digit nor
 * letter of ASCII, or nothing. (A scanner that types for another keyboard makes other characters of the hyphens.)
 * Returns 0, and `out` with hyphens; else the number of the first group that cannot be right, from 1.
 */
__attribute__((warn_unused_result)) unsigned recovery_key_read(const char *s,
							       char out[RECOVERY_KEY_TEXT]);

/* Is this meant to be one, and no passphrase? 40 digits or more and no letter. */
bool recovery_key_is_meant(const char *s);

/* The first 8 groups of 6 digits, joined by hyphens, in a text: Windows prints and saves them among words.
 * NULL: it has none. */
const char *recovery_key_find(const char *text);

#endif
