/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_SHIMCACHE_H
#define TRIAGE_PARSE_SHIMCACHE_H

#include "triage/parse/regf.h"

/*
 * The application compatibility cache ("shimcache") out of a SYSTEM hive, newest entry first:
 * docs/formats/shimcache.md. That a program is in it proves that it was seen, with this time of last
 * modification; not that it ran, unless `executed` says so.
 */
enum shimcache_kind {
	SHIMCACHE_XP,    /* 0xdeadbeef */
	SHIMCACHE_2003,  /* 0xbadc0ffe, with file sizes */
	SHIMCACHE_VISTA, /* 0xbadc0ffe, with flags; 2008 */
	SHIMCACHE_7,     /* 0xbadc0fee; 2008 R2 */
	SHIMCACHE_8,     /* "00ts" */
	SHIMCACHE_8_1,   /* "10ts" behind 128 bytes */
	SHIMCACHE_10,    /* "10ts" behind 48 or 52 bytes; 11, 2016 and later */
};
/* "7". */
const char *shimcache_kind_name(enum shimcache_kind kind);

enum shimcache_executed { SHIMCACHE_UNKNOWN, SHIMCACHE_NO, SHIMCACHE_YES };

struct shimcache_entry {
	struct regf_text path;
	uint64_t last_modified;               /* FILETIME; 0: none */
	uint64_t last_update;                 /* XP */
	uint64_t file_size;                   /* XP, 2003 */
	uint32_t insertion_flags, shim_flags; /* Vista to 8.1 */
	struct regf_bytes data;
	enum shimcache_executed executed;
};

struct shimcache {
	struct regf_bytes b;
	enum shimcache_kind kind;
	bool wide;          /* of a 64-bit Windows */
	uint32_t count, nr; /* up to 7: how many there are */
	uint32_t used;      /* XP: of these */
	size_t spent;       /* bytes of paths: no more than there are, lest rows share them */
	size_t at;
	uint64_t first; /* where the first path or datum lies, as far as the rows were read */
	const struct parse_problems *problems;
};

/* False: it is none of these. */
__attribute__((warn_unused_result)) bool shimcache_open(struct shimcache *s, struct regf_bytes b,
							const struct parse_problems *problems);
/* False: there are no more. Damaged entries are a problem, with their offset in the cache, and passed over. */
bool shimcache_next(struct shimcache *s, struct shimcache_entry *entry);

#endif
