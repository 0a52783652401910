/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may log on to a Linux, and by what kind of password. */
#include "triage/parse/passwd.h"

#define DES_LETTERS 13

size_t passwd_split(const struct line *l, struct span *fields, size_t most)
{
	struct span rest = { l->s, l->len }, field;
	size_t count = 0;

	for (size_t i = 0; i < most; i++)
		fields[i] = (struct span){ 0 };
	while (span_until(&rest, ':', &field)) {
		if (count < most)
			fields[count] = field;
		count++;
	}
	return count;
}

static bool is_des(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '.' && c <= '9'))
			return false;
	}
	return s.len == DES_LETTERS;
}

static const char *algorithm(struct span hash)
{
	static const struct {
		const char *begin, *name;
	} known[] = {
		{ "$1$", "md5crypt" },    { "$2", "bcrypt" },          { "$3$", "nt" },
		{ "$5$", "sha256crypt" }, { "$6$", "sha512crypt" },    { "$7$", "scrypt" },
		{ "$y$", "yescrypt" },    { "$gy$", "gost-yescrypt" }, { "$md5", "sunmd5" },
		{ "$sha1", "sha1crypt" }, { "_", "bsdicrypt" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (span_begins(hash, known[i].begin))
			return known[i].name;
	return is_des(hash) ? "descrypt" : "unknown";
}

void password_of(struct span field, struct password *p)
{
	*p = (struct password){ .kind = PASSWORD_NONE };
	if (!field.len)
		return;
	while (field.len && *field.s == '!') {
		p->locked = true;
		field = (struct span){ field.s + 1, field.len - 1 };
	}
	if (!field.len || *field.s == '*') {
		p->kind = PASSWORD_UNUSABLE;
	} else if (span_is(field, "x")) {
		p->kind = PASSWORD_SHADOW;
	} else {
		p->kind = PASSWORD_SET;
		p->algorithm = algorithm(field);
	}
}
