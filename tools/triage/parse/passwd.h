/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_PASSWD_H
#define TRIAGE_PARSE_PASSWD_H

#include "triage/parse/lines.h"

/* Lines of /etc/passwd, shadow, group and gshadow: the pages of these names and crypt(5); docs/formats/passwd.md. */
#define PASSWD_FIELDS_MAX 9

/* The fields between colons; how many there are, more than `most` too. The others are absent. */
size_t passwd_split(const struct line *l, struct span *fields, size_t most);

enum password_kind {
	PASSWORD_NONE,     /* empty: whoever knows the name is in */
	PASSWORD_SET,      /* a hash */
	PASSWORD_SHADOW,   /* "x": in the shadow file */
	PASSWORD_UNUSABLE, /* nothing that a password could give, "*" */
};

struct password {
	enum password_kind kind;
	bool locked;           /* with ! in front: of a hash that is still there, too */
	const char *algorithm; /* "yescrypt" of a hash, "unknown"; else NULL */
};

void password_of(struct span field, struct password *p);

#endif
