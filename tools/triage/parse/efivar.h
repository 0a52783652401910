/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_EFIVAR_H
#define TRIAGE_PARSE_EFIVAR_H

#include "lib/base/error.h"
#include "lib/base/reader.h"
#include "lib/base/text.h"
#include "triage/parse/parse.h"

/*
 * Variables of the firmware (UEFI specification 2.10): files of Linux' efivarfs, or a dump of a
 * flash chip with stores as EDK II writes them: docs/formats/efivars.md.
 */
#define EFI_GUID_TEXT 37

struct efivar {
	uint64_t offset;       /* of its head, in the input */
	struct reader name;    /* UTF-16LE, without its end; of a file none */
	const uint8_t *vendor; /* 16 bytes, or NULL */
	uint32_t attributes;
	bool is_deleted;       /* overwritten by a newer one, or taken away */
	bool is_in_transition; /* a newer one was about to be written; is_deleted if it was */
	bool is_authenticated; /* its head has a time */
	struct reader time;    /* EFI_TIME, 16 bytes */
	struct reader data;
};

/* A file of efivarfs: attributes and data. False: attributes that do not exist. */
__attribute__((warn_unused_result)) bool efivar_file(struct reader r, struct efivar *v);

/* Every variable of every store in the bytes, behind damaged ones, too; *stores is how many there are. False:
 * `each` ended it. */
__attribute__((warn_unused_result))
bool efivar_dump(const uint8_t *bytes, size_t len, const struct parse_problems *problems,
		 bool (*each)(void *ctx, const struct efivar *v, struct error *e), void *ctx,
		 size_t *stores, struct error *e);

/* EFI_SIGNATURE_LIST (32.4.1): the next list, then its signatures. False: it is damaged; *r is behind it, as
 * far as its length can be one. */
struct efi_siglist {
	const uint8_t *type; /* 16 bytes, or NULL: not even these */
	struct reader whole;
	uint32_t signature_bytes;
	struct reader signatures;
};
__attribute__((warn_unused_result)) bool efi_siglist_next(struct reader *r, struct efi_siglist *l);
__attribute__((warn_unused_result))
bool efi_signature_next(struct efi_siglist *l, const uint8_t **owner, struct reader *data);
/* "sha256", "x509", ... or NULL. */
const char *efi_siglist_type(const uint8_t type[16]);

/* EFI_LOAD_OPTION (3.1.3) */
struct efi_load_option {
	uint32_t attributes;
	struct reader description; /* UTF-16LE, without its end */
	struct reader path;        /* device paths */
	struct reader optional;
};
__attribute__((warn_unused_result)) bool efi_load_option(struct reader r,
							 struct efi_load_option *o);

/* Device paths as text (chapter 10), as efibootmgr writes it: "HD(1,GPT,...)/File(\EFI\...)"; further ones
 * behind the end of the first follow a semicolon. What is damaged ends it: false. */
bool efi_path_text(struct reader path, struct text *out);

char *efi_guid_text(char out[EFI_GUID_TEXT], const uint8_t guid[16]);

#endif
