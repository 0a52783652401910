/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_SECRET_H
#define LIB_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

#define SECRET_MAX 512 /* bytes with the end */

/* One line that nobody may see: a passphrase, the words of an envelope. */
struct secret {
	char s[SECRET_MAX];
};

/*
 * Read one. From `file` its first line (NULL: none; "-" is stdin), for scripts and
 * tests; else from the terminal (/dev/tty), with `prompt` and without echo, asked
 * again with `again` (NULL: not) until both are equal. Without a terminal that is an
 * error which names the option --passphrase-file.
 */
__attribute__((warn_unused_result))
bool secret_read(struct secret *s, const char *file, const char *prompt, const char *again,
		 struct error *e);

void secret_wipe(struct secret *s);

/* The form that is fed to a key derivation, the same whatever keyboard layout, caps
 * lock or spacing it was typed with: lower case, hyphens and runs of spaces are one
 * space, none at the ends. Only ASCII is changed. */
void secret_normalise(struct secret *s);

/* Can it be typed alike on German and US keyboards: letters a to x, digits,
 * space, comma, full stop, after normalising? Else false and *bad is the first
 * character that moves. What is made new is held to it; what is only entered is not. */
bool secret_is_layout_safe(const struct secret *s, char *bad);

#endif
