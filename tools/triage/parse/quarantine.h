/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_QUARANTINE_H
#define TRIAGE_PARSE_QUARANTINE_H

#include "lib/base/error.h"
#include "lib/base/reader.h"
#include "lib/crypto/sha256.h"
#include "triage/parse/parse.h"

/*
 * The quarantine of Microsoft Defender: entries (what was found, where, when) and the files
 * themselves, both enciphered by RC4 with a key that every Windows has: docs/formats/quarantine.md.
 * Of a file only sizes and digests are told: no byte of it leaves this reader.
 */
struct rc4 {
	uint8_t s[256], i, j;
};
void rc4_init(struct rc4 *r, const uint8_t *key, size_t len);
void rc4_apply(struct rc4 *r, uint8_t *bytes, size_t len);
void quarantine_cipher(struct rc4 *r); /* with Defender's key */

struct quarantine_entry {
	const uint8_t *id, *scan_id; /* 16 bytes each */
	uint64_t time;               /* 100 ns since 1601 */
	uint64_t threat_id;
	struct reader threat; /* UTF-8 or what claims to be */
};

struct quarantine_resource {
	uint64_t offset;           /* in the entry, as it lies on disk */
	struct reader path;        /* UTF-16LE */
	struct reader type;        /* "file", "regkey", ... */
	struct reader resource_id; /* 20 bytes: the file's name in ResourceData; or none */
	struct reader physical;    /* UTF-16LE, or none */
	bool has_size;
	uint64_t size, created, accessed, written; /* 0: none */
};

/* Deciphers `bytes` in place. `r` is NULL, once, if nothing of what was found can be told, and `each` is not
 * called at all if not even when. False: ERROR_UNTRUSTED,
 * it is no entry; or `each` ended it. */
__attribute__((warn_unused_result)) bool
quarantine_entry(uint8_t *bytes, size_t len, const struct parse_problems *problems,
		 struct quarantine_entry *entry,
		 bool (*each)(void *ctx, const struct quarantine_entry *entry,
			      const struct quarantine_resource *r, struct error *e),
		 void *ctx, struct error *e);

/* A file in quarantine: streams as BackupRead() gives them. */
struct quarantine_stream {
	uint64_t offset;
	uint32_t id;        /* 1: data, 3: security, 4: named */
	struct reader name; /* UTF-16LE */
	uint64_t size;      /* as it says */
	uint64_t there;     /* as is there */
	char sha256[SHA256_HEX];
};
const char *quarantine_stream_name(uint32_t id); /* "data", or NULL */
/* Reads piece by piece, of any size. False: ERROR_UNTRUSTED, it is none; or `each` ended it. */
__attribute__((warn_unused_result)) bool
quarantine_file(const struct partition_source *s, const struct parse_problems *problems,
		bool (*each)(void *ctx, const struct quarantine_stream *q, struct error *e),
		void *ctx, struct error *e);

#endif
