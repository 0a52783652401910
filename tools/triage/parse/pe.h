/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_PE_H
#define TRIAGE_PARSE_PE_H

#include "lib/base/error.h"
#include "lib/crypto/sha256.h"
#include "lib/disk/peheader.h"
#include "lib/disk/x509.h"
#include "triage/parse/parse.h"

/*
 * A program of Windows or of the firmware (Microsoft, PE Format) and who signed it, as it says itself
 * ("Windows Authenticode Portable Executable Signature Format"): docs/formats/pe.md.
 */
#define PE_SECTIONS_MAX 96 /* what Windows XP loads; more have no Authenticode digest */

struct pe_section {
	char name[9];
	uint32_t virtual_bytes, virtual_at, raw_bytes, raw_at, flags;
};

struct pe {
	struct pe_header header;
	uint32_t checksum_right;
	bool is_reproducible; /* its time stamp is a digest of what was built, and no time */
	struct pe_section sections[PE_SECTIONS_MAX]; /* the first of them */
	bool has_authenticode;
	char authenticode[SHA256_HEX];
	struct reader certificates; /* the attribute certificate table, as far as it is there */
	bool certificates_cut;
};

/* False: ERROR_UNTRUSTED, it is none. */
__attribute__((warn_unused_result)) bool pe_read(const void *bytes, size_t len, struct pe *p,
						 struct error *e);

struct pe_signature {
	uint64_t offset; /* in the program */
	struct pkcs7 pkcs7;
	char digest_oid[X509_OID_MAX]; /* of what is signed; "": not found */
	struct reader digest;
};
/* The next PKCS#7 signature of *table; what is damaged is passed over, with a problem. */
__attribute__((warn_unused_result)) bool pe_signature_next(const void *program,
							   struct reader *table,
							   const struct parse_problems *problems,
							   struct pe_signature *s);

const char *pe_machine_name(uint16_t machine);     /* "x86_64", or NULL */
const char *pe_subsystem_name(uint16_t subsystem); /* "efi_application", or NULL */

#endif
