/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_AMCACHE_H
#define TRIAGE_PARSE_AMCACHE_H

#include "triage/parse/regf.h"

/* Names of what is in Amcache.hve: docs/formats/amcache.md. */
enum amcache_meaning {
	AMCACHE_PLAIN,    /* what the type of the value says */
	AMCACHE_FILETIME, /* in a REG_QWORD */
	AMCACHE_UNIX,     /* seconds since 1970, in a number */
};

struct amcache_name {
	const char *name; /* of the value: a hexadecimal number */
	const char *key;
	enum amcache_meaning meaning;
};

/* What the numbers of Windows 8 and of early 10 mean, below Root\File and Root\Programs. NULL: unknown. */
const struct amcache_name *amcache_file_name(struct regf_text name);
const struct amcache_name *amcache_program_name(struct regf_text name);

/* "LowerCaseLongPath" as "lower_case_long_path": only a to z, digits and underscores, whatever is in it. */
#define AMCACHE_KEY_MAX 64
char *amcache_snake(char key[AMCACHE_KEY_MAX], struct regf_text name);

/* The SHA-1 in "0000" and 40 digits, as small letters. False: it is none, and `sha1` stays. */
bool amcache_sha1(struct regf_text id, char sha1[41]);

#endif
