/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_FVE_H
#define TRIAGE_PARSE_FVE_H

#include "triage/parse/parse.h"

/*
 * What a BitLocker volume says of itself without a key: docs/formats/fve.md. Its GUID, how it
 * is encrypted, and who can open it: each protector has a GUID, of which the key ID that a recovery password is
 * looked up by is the whole or the first eight digits.
 */
#define FVE_PROTECTORS_MAX 64
#define FVE_TEXT_UNITS 127
#define FVE_BLOCK_BYTES 65536u /* of a metadata block, at most */

enum fve_protection {
	FVE_CLEAR_KEY = 0x0000, /* opens without any key: protection is suspended */
	FVE_TPM = 0x0100,
	FVE_STARTUP_KEY = 0x0200,
	FVE_TPM_PIN = 0x0500,
	FVE_RECOVERY_PASSWORD = 0x0800,
	FVE_CERTIFICATE = 0x1000, /* smart card */
	FVE_PASSWORD = 0x2000,
};

#define FVE_WHOLE 4 /* state of a volume that is encrypted, all of it */

struct fve_protector {
	uint8_t guid[16]; /* as Windows stores it */
	uint64_t changed; /* FILETIME */
	uint16_t protection;
};

struct fve {
	uint8_t volume_guid[16];
	uint64_t created; /* FILETIME: when encryption began */
	uint16_t method;  /* 0x8000... as fve_method_name() */
	uint16_t version; /* 1 Vista, 2 later */
	uint16_t state;   /* FVE_WHOLE, or it is being encrypted or decrypted; of version 2 */
	bool on_write;    /* encrypts on write */
	bool to_go;       /* a removable volume with a FAT in front */
	char description[UTF16_TEXT(FVE_TEXT_UNITS)]; /* "PC NAME C: 1.2.2026"; unmasked */
	bool entries_lost; /* one is malformed, or there are too many protectors */
	size_t count;
	struct fve_protector protectors[FVE_PROTECTORS_MAX];
};

/* Read it. False with e: no BitLocker volume, or none of the copies of its metadata can be read. */
__attribute__((warn_unused_result)) bool fve_read(const struct partition_source *s,
						  uint64_t first_byte, uint64_t size_bytes,
						  const struct parse_problems *problems,
						  struct fve *v, struct error *e);

/* Why nobody opens it, even with its key: a message id. NULL: it opens. */
const char *fve_obstacle(const struct fve *v);
/* Does it open without a key? */
bool fve_opens_without_key(const struct fve *v);

/* "recovery_password", "XTS-AES 128"; "unknown" if it is none of the known. */
const char *fve_protection_name(uint16_t protection);
const char *fve_method_name(uint16_t method);

#endif
