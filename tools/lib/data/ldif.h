/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_LDIF_H
#define LIB_DATA_LDIF_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

/*
 * LDIF (RFC 2849), as directories are exported: slapcat, ldapsearch, ldifde,
 * Thunderbird; docs/formats/kit-import.md#ldif.
 *
 * Unfolded and decoded in place, in a buffer of the caller. Addresses of files
 * (`jpegPhoto:< file:///...`) are never opened.
 */
#define LDIF_LINE_MAX (1 << 20)       /* bytes of one attribute, unfolded */
#define LDIF_ATTRIBUTES_MAX (1 << 16) /* of one entry: a group has one per member */

struct ldif_attribute {
	size_t line;         /* where it begins, from 1 */
	const char *name;    /* lower case, without options */
	const char *options; /* "lang-de", or "" */
	const char *value;   /* bytes, ended by NUL; they may hold NUL themselves */
	size_t len;
	bool url; /* `value` is the address that stood after ":<" */
};

struct ldif_entry {
	size_t line;
	const char *dn;         /* NUL-ended; "" for what ldapsearch says about its search */
	const char *changetype; /* "add", "modify" ...; "" for a plain entry */
	struct ldif_attribute *attributes;
	size_t count, capacity; /* of attributes, kept from entry to entry */
};

struct ldif_reader {
	char *at, *end;
	size_t line;
	bool begun; /* past the version line */
};

/* Begin. The `len` bytes are changed while they are read and everything returned
 * lies in them; one byte after them must be there too (as in struct text). */
struct ldif_reader ldif_read(char *bytes, size_t len);

/* The next entry; { 0 } the first time. *more is false at the end. False: r->line
 * is where. */
__attribute__((warn_unused_result))
bool ldif_next(struct ldif_reader *r, struct ldif_entry *entry, bool *more, struct error *e);

void ldif_release(struct ldif_entry *entry);

#endif
