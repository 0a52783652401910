/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_STICKPROOF_H
#define LIB_DISK_STICKPROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/crypto/kittrust.h"
#include "lib/crypto/trust.h"
#include "lib/disk/partition.h"

/*
 * The proof of a stick (docs/formats/stick.md#proof): is everything that starts from it
 * as its own manifests say, and is its kit the organisation's?
 *
 * Opens nothing, prints nothing, has no globals. It reads through `disk`, allocates
 * at most some 20 MiB (in an ordinary stick less than one) and calls nothing else of the
 * kernel, so it can run in a sandbox of pread64, write, brk, mmap and munmap. Call digest_ready()
 * before, and leave texts untranslated there: gettext opens files.
 */
struct stick_source {
	struct partition_source disk; /* the whole disk */
	/* Called now and then with the bytes compared so far and the bytes that there
	 * are to compare as far as is known; may be NULL. */
	void (*progress)(void *ctx, uint64_t done_bytes, uint64_t all_bytes);
	void *progress_ctx;
};

/* Whose kit must be on it. Root and manifest both NULL: anybody's. */
struct stick_expect {
	const struct trust_root *root; /* the newest root of the kit that runs, if signed */
	const void *kit_manifest;      /* else the bytes of its kit/manifest */
	size_t kit_manifest_len;
};

enum stick_slot_state {
	STICK_SLOT_EMPTY, /* nothing in it */
	STICK_SLOT_PROVED,
	STICK_SLOT_REFUSED,
};

/* Signatures over the slot's manifest. */
struct stick_signature {
	bool present;
	enum trust_role role; /* TRUST_KIT or TRUST_RELEASE */
	unsigned wanted, valid;
	uint64_t counter;
};

#define STICK_PATH_MAX 280 /* bytes of a name with its slot, and the end */

struct stick_slot {
	enum stick_slot_state state;
	char file[STICK_PATH_MAX]; /* of a refused one: what differs, "a/base.img", or "" */
	struct error why;          /* of a refused one; begins with `file` */
	unsigned files;            /* compared and found as listed, those in kit.img too */
	uint64_t bytes;            /* of files of the slot that were compared */
	bool has_slots;            /* kit.slots lies there; nobody vouches for it */
	struct kittrust kit;       /* KIT_SIGNED: organisation, words, version, keys */
	struct stick_signature signature;
};

#define STICK_SLOTS 2

struct stick_report {
	struct stick_slot slot[STICK_SLOTS]; /* a, b */
	uint64_t disk_bytes, data_bytes;     /* of the disk, of partition 3 */
	bool backup_used;                    /* the first partition table is damaged */
	/* Files and folders beside the known ones outside of the slots: no fault, since
	 * other systems leave their own, but nothing of ours. */
	unsigned strange;
	char strange_first[STICK_PATH_MAX];
};

/* "a", "b". */
const char *stick_slot_name(unsigned slot);

/* False: the stick is refused (ERROR_UNTRUSTED), or cannot be read (ERROR_FAILED). *out
 * is filled as far as was looked: both slots, even if the first one is refused. */
__attribute__((warn_unused_result))
bool stick_prove(const struct stick_source *source, const struct stick_expect *expect,
		 struct stick_report *out, struct error *e);

#endif
