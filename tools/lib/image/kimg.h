/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_KIMG_H
#define LIB_IMAGE_KIMG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/crypto/digest.h"

/*
 * The parts of a .kimg file: bytes in, structs out and back (docs/formats/kimg.md).
 * Nothing is opened here and nothing verified by keys: lib/image/open.h does that.
 */
#define KIMG_VERSION 1
#define KIMG_BLOCK 4096u
#define KIMG_SIGNATURES_AT 4096u
#define KIMG_SIGNATURES_BYTES 65536u
#define KIMG_MANIFEST_AT 69632u
#define KIMG_MANIFEST_MAX (1u << 20)
#define KIMG_INDEX_MAX (256u << 20)
#define KIMG_DATA_AT_MAX (UINT64_C(1) << 30)
#define KIMG_CHUNK_BYTES (1u << 20)
#define KIMG_PIECES_IN_FRAME 4u
#define KIMG_FRAME_PLAIN_MAX (KIMG_PIECES_IN_FRAME * KIMG_CHUNK_BYTES)
#define KIMG_STORED_MAX (KIMG_FRAME_PLAIN_MAX + 16384u)
#define KIMG_FRAME_ROW 40u
#define KIMG_PIECE_ROW 36u
#define KIMG_PARTITIONS_MAX 128
#define KIMG_PAYLOADS_MAX 160
#define KIMG_SECTORS_MAX 64
#define KIMG_PACKS_MAX 64

#define KIMG_HOLE 0xffffffffu
#define KIMG_ZEROS 0xfffffffeu

enum kimg_os { KIMG_OS_UNKNOWN, KIMG_OS_WINDOWS, KIMG_OS_LINUX };
enum kimg_generalised { KIMG_GENERALISED_NO, KIMG_GENERALISED_YES, KIMG_GENERALISED_NONE };
enum kimg_boot { KIMG_BOOT_BIOS = 1, KIMG_BOOT_UEFI = 2 };
enum kimg_signer {
	KIMG_SIGNER_WINDOWS_2011 = 1,
	KIMG_SIGNER_WINDOWS_2023 = 2,
	KIMG_SIGNER_THIRD_2011 = 4,
	KIMG_SIGNER_THIRD_2023 = 8,
	KIMG_SIGNER_OTHER = 16,
};
enum kimg_taken { KIMG_DIRTY = 1, KIMG_HIBERNATED = 2, KIMG_LOCKED = 4, KIMG_NOT_GENERALISED = 8 };
enum kimg_left_out { KIMG_PAGEFILE = 1, KIMG_SWAPFILE = 2, KIMG_HIBERFIL = 4 };
enum kimg_table { KIMG_TABLE_NONE, KIMG_TABLE_MBR, KIMG_TABLE_GPT };
enum kimg_partition_flag { KIMG_GROWS = 1, KIMG_HOLES_ARE_ZEROS = 2 };
enum kimg_content {
	KIMG_CONTENT_UNKNOWN,
	KIMG_CONTENT_NTFS,
	KIMG_CONTENT_EXT,
	KIMG_CONTENT_FAT,
	KIMG_CONTENT_BITLOCKER,
	KIMG_CONTENT_LUKS,
	KIMG_CONTENT_SWAP,
};
enum kimg_role {
	KIMG_ROLE_OTHER,
	KIMG_ROLE_ESP,
	KIMG_ROLE_MSR,
	KIMG_ROLE_SYSTEM,
	KIMG_ROLE_RECOVERY,
	KIMG_ROLE_BIOS_BOOT,
	KIMG_ROLE_DATA,
};
enum kimg_payload_kind { KIMG_PAYLOAD_PARTITION = 1, KIMG_PAYLOAD_GAP, KIMG_PAYLOAD_CATALOGUE };

struct kimg_sector {
	uint64_t first_byte;  /* on the disk */
	const uint8_t *bytes; /* of one sector */
};

struct kimg_partition {
	uint32_t number, flags;
	uint64_t first_byte, size_bytes, smallest_bytes;
	uint64_t attributes;
	uint8_t type[16], id[16], name[72]; /* as on disk */
	uint8_t content, role;              /* enum kimg_content, kimg_role */
	uint32_t block_bytes;
};

struct kimg_payload {
	uint8_t kind;        /* enum kimg_payload_kind */
	uint8_t used_only;   /* 1: used blocks only */
	uint32_t partition;  /* number, or 0 */
	uint64_t first_byte; /* on the source disk */
	uint64_t size_bytes;
	uint32_t first_chunk, chunks;
};

struct kimg_pack {
	uint64_t size_bytes;
	struct digest digest;
	const char *name, *match;
};

struct kimg_manifest {
	const char *product, *label, *maker, *note; /* note: NULL if there is none */
	uint64_t counter, created_s, min_root;
	uint8_t os, generalised; /* enum kimg_os, kimg_generalised */
	uint16_t boot, signers, taken, left_out;

	uint64_t disk_bytes;
	uint32_t sector_bytes;
	uint8_t table; /* enum kimg_table */
	uint8_t disk_id[16];
	bool has_boot_code;
	uint8_t boot_code[440];
	bool active; /* GPT: the entry of its protective MBR is */

	struct kimg_sector *sectors;
	struct kimg_partition *partitions;
	struct kimg_payload *payloads;
	struct kimg_pack *packs;
	uint32_t sector_count, partition_count, payload_count, pack_count;

	uint64_t index_at, data_at, data_bytes;
	uint32_t index_bytes, frames, pieces, chunks;
	struct digest index_digest;

	bool has_catalogue;
	uint64_t catalogue_lines, catalogue_bytes;
	struct digest catalogue_digest;
};

/* Read a manifest. Strict (ERROR_UNTRUSTED, naming the record). Strings, arrays and
 * sectors live in the arena. Where the index lies is checked against `len` too. */
__attribute__((warn_unused_result)) bool kimg_manifest_parse(const void *bytes, size_t len,
							     struct arena *a,
							     struct kimg_manifest *m,
							     struct error *e);

/* Its bytes. What the reader would refuse is refused here (ERROR_USAGE): it is read back. */
__attribute__((warn_unused_result)) bool kimg_manifest_write(const struct kimg_manifest *m,
							     struct text *out, struct error *e);

/* How long it will be. Numbers do not change that: so where the index lies can be told before. */
size_t kimg_manifest_bytes(const struct kimg_manifest *m);

/* The partition of that number, or NULL. */
const struct kimg_partition *kimg_partition(const struct kimg_manifest *m, uint32_t number);

/* Where the index lies behind a manifest of so many bytes. */
uint64_t kimg_index_at(size_t manifest_bytes);

/* What the first block says. */
struct kimg_super {
	uint32_t manifest_bytes, index_bytes;
	uint64_t index_at, data_at, data_bytes;
	struct digest manifest;
};
__attribute__((warn_unused_result)) bool kimg_super_parse(const uint8_t bytes[KIMG_BLOCK],
							  struct kimg_super *s, struct error *e);
/* The block that belongs to a manifest of these bytes. */
void kimg_super_write(const struct kimg_manifest *m, const void *manifest, size_t len,
		      uint8_t out[KIMG_BLOCK]);

/* Rows and numbers of the index. A frame holds the pieces from first_piece on, one behind the
 * other; chunks name pieces. */
struct kimg_frame {
	uint32_t stored_bytes, plain_bytes; /* plain: the sum of its pieces */
	uint32_t first_piece, pieces;
	struct digest stored;
};

struct kimg_piece {
	uint32_t plain_bytes, frame;
	struct digest digest;
};

struct kimg_index {
	struct kimg_frame *frames; /* m->frames of them */
	uint64_t *frame_at;        /* byte of each in the data; one more: the end */
	struct kimg_piece *pieces; /* m->pieces of them */
	uint32_t *chunks;          /* m->chunks of them */
};

/* Read an index whose digest was checked, against its manifest. Allocates what the manifest
 * says, which `len` bounds. */
__attribute__((warn_unused_result)) bool kimg_index_parse(const void *bytes, size_t len,
							  const struct kimg_manifest *m,
							  struct kimg_index *x, struct error *e);
/* frames, pieces and chunks as the manifest counts them; appends kimg_index_bytes(m). Only what
 * stands in rows is looked at. */
void kimg_index_write(const struct kimg_index *x, const struct kimg_manifest *m, struct text *out);
void kimg_index_release(struct kimg_index *x);

/* How long it is with the manifest's frames, pieces and chunks. */
uint64_t kimg_index_bytes(const struct kimg_manifest *m);

/* Bytes of chunk i of a payload: 1 MiB, or less for the last one. */
uint32_t kimg_chunk_bytes(const struct kimg_payload *p, uint32_t i);

/* Comment that each signature in an image has. */
#define KIMG_COMMENT "blackstart image"

/* The text in the area for signatures. Strict as kimg.md#signatures; *text is not ended. */
__attribute__((warn_unused_result)) bool
kimg_signatures_parse(const uint8_t area[KIMG_SIGNATURES_BYTES], const char **text, size_t *len,
		      struct error *e);

/* Names for people and programs: "windows", "esp", "ntfs", "Windows UEFI CA 2023" ... */
const char *kimg_os_name(uint8_t os);
const char *kimg_role_name(uint8_t role);
const char *kimg_content_name(uint8_t content);

/* The same for sets: the name of each bit, the lowest first, ended by NULL. */
extern const char *const kimg_boot_names[],
	*const kimg_signer_names[], *const kimg_taken_names[], *const kimg_left_out_names[];

#endif
