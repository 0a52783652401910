/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_PESIGNERS_H
#define LIB_DISK_PESIGNERS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

/*
 * By whom a program of the firmware (boot manager, shim) is signed, as it says itself: the
 * common names (X.520 2.5.4.3) in the certificates of its Authenticode signatures (Microsoft,
 * PE Format, "The Attribute Certificate Table"). No signature is verified here, so a name
 * proves nothing; it tells which CA the firmware must know.
 */
#define PE_NAMES_MAX 64
#define PE_SIGNATURES_MAX 16
#define PE_NAME_MAX 128 /* with the end */

struct pe_signers {
	unsigned signatures; /* 0: not signed */
	unsigned count;
	struct {
		unsigned signature;     /* from 0 */
		char name[PE_NAME_MAX]; /* bytes as they stand: masked where printed; each once
					   in a signature */
	} names[PE_NAMES_MAX];
};

/* `bytes` is the whole program. False: ERROR_UNTRUSTED, it is none or is damaged; then
 * *s holds what was found until there. */
__attribute__((warn_unused_result))
bool pe_signers_read(const void *bytes, size_t len, struct pe_signers *s, struct error *e);

#endif
