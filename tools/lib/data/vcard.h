/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_VCARD_H
#define LIB_DATA_VCARD_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

/*
 * vCards of versions 2.1 (versit), 3.0 (RFC 2426) and 4.0 (RFC 6350), as address
 * books and telephones write them; docs/formats/kit-import.md#vcard.
 *
 * The reader unfolds and decodes in place, in a buffer of the caller: nothing is
 * allocated by what stands in it.
 */
#define VCARD_LINE_MAX (1 << 20) /* bytes of one property, unfolded */
#define VCARD_PROPERTIES_MAX 512 /* of one card */

enum vcard_charset {
	VCARD_UNSAID, /* UTF-8 if it is well-formed, else Windows-1252 */
	VCARD_UTF8,
	VCARD_1252, /* and ISO-8859-1, which it holds */
	VCARD_OTHER,
};

struct vcard_property {
	size_t line;       /* where it begins, from 1 */
	const char *group; /* "item1", or "" */
	const char *name;  /* upper case */
	const char *types; /* values of TYPE and bare words, lower case, "work,voice"; or "" */
	const char *value; /* decoded from quoted-printable, not yet from its escapes */
	size_t len;
	enum vcard_charset charset;
	bool base64; /* `value` is left in base64 */
	bool old;    /* version 2.1: \n is no line break */
};

struct vcard {
	size_t line; /* of BEGIN */
	struct vcard_property properties[VCARD_PROPERTIES_MAX];
	size_t count;
};

struct vcard_reader {
	char *at, *end;
	size_t line;
	bool old; /* the card being read is 2.1 */
};

/* Begin. The `len` bytes are changed while they are read and everything returned
 * lies in them; one byte after them must be there too (as in struct text). */
struct vcard_reader vcard_read(char *bytes, size_t len);

/* The next card; *more is false at the end. BEGIN, END and VERSION are not among
 * its properties; a card inside a card is skipped, its BEGIN is one. False:
 * r->line is where. */
__attribute__((warn_unused_result))
bool vcard_next(struct vcard_reader *r, struct vcard *card, bool *more, struct error *e);

/* Part n (from 0) of a value whose parts `separator` divides (';', or '\0' for
 * all of it), without its escapes. `out` is replaced. False: there is no such part. */
bool vcard_part(const struct vcard_property *p, char separator, size_t n, struct text *out);

/* Is `type` (lower case) among the types? */
bool vcard_has_type(const struct vcard_property *p, const char *type);

/*
 * Write one property of a 3.0 card: `name` with its parameters ("TEL;TYPE=WORK"),
 * then `parts` (ended by NULL) with ';' between them, escaped, folded at 75 bytes
 * between characters, ended by CRLF. A card is: BEGIN "VCARD", VERSION "3.0", N,
 * FN, ..., END "VCARD". The parts are UTF-8 without controls but LF.
 */
void vcard_write(struct text *out, const char *name, const char *const *parts);

#endif
