/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_STICKPROOF_INSIDE_H
#define LIB_DISK_STICKPROOF_INSIDE_H

#include "lib/base/memory.h"
#include "lib/crypto/digest.h"
#include "lib/crypto/manifest.h"
#include "lib/disk/fat.h"
#include "lib/disk/stickproof.h"

/* What the files of the proof share. */
#define STICK_BUFFER (256u << 10)
#define STICK_KIT_BYTES_MAX (4u << 20) /* manifest, signatures and roots of a kit */

struct stick_work {
	const struct stick_source *source;
	const struct stick_expect *expect;
	struct fat fat;
	struct arena memory; /* of the slot in hand */
	uint64_t done_bytes, all_bytes;
	uint8_t buffer[STICK_BUFFER];
};

/* A file that is read in order and digested on the way. */
struct stick_stream {
	struct stick_work *work;
	struct fat_file file;
	struct digest_state digest;
};

__attribute__((warn_unused_result))
bool stick_stream_open(struct stick_stream *s, struct stick_work *w, const struct fat_entry *entry,
		       struct error *e);
__attribute__((warn_unused_result))
bool stick_stream_read(struct stick_stream *s, void *buf, size_t len, struct error *e);
/* The next bytes into the digest alone, and into a second one (may be NULL). */
__attribute__((warn_unused_result))
bool stick_stream_pass(struct stick_stream *s, uint64_t len, struct digest_state *also,
		       struct error *e);

/* What of a kit.img is kept. Everything lies in the slot's memory. */
struct stick_kit {
	const void *manifest;
	size_t manifest_len;
	struct manifest list;   /* the same, parsed */
	const void *signatures; /* NULL: not signed */
	size_t signatures_len;
	struct trust_file roots[TRUST_VERSIONS_MAX]; /* 1.root first; root NULL where none lies */
	unsigned files;
};

/* Read a kit.img from end to end: every file as its manifest says, nothing besides. */
__attribute__((warn_unused_result))
bool stick_kit_read(struct stick_stream *s, struct stick_kit *kit, struct error *e);

/* Whose is it, and is it the one that is expected? *root is what it was judged by, NULL
 * if there is none; it lives in the slot's memory or is the expected one. */
__attribute__((warn_unused_result))
bool stick_kit_judge(struct stick_work *w, const struct stick_kit *kit, struct kittrust *trust,
		     const struct trust_root **root, struct error *e);

#endif
