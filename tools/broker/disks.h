/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_DISKS_H
#define BROKER_DISKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "broker/places.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/data/message.h"

#define DISKS_MAX 64

/* What could not be seen of a disk. Each bit has a sentence: disk_note_text(). */
enum disk_note {
	NOTE_UNLOCKED = 1 << 0,
	NOTE_NO_MEDIUM = 1 << 1,
	NOTE_CRASHED = 1 << 2,
	NOTE_TIMED_OUT = 1 << 3,
	NOTE_UNREADABLE = 1 << 4,
	NOTE_PART_UNREADABLE = 1 << 5,
	NOTE_OPAL_LOCKED = 1 << 6,
	NOTE_ATA_LOCKED = 1 << 7,
	NOTE_TABLE_DAMAGED = 1 << 8,
	NOTE_BACKUP_USED = 1 << 9,
	NOTE_OTHER_SECTOR = 1 << 10,
	NOTE_NOT_PROTECTED = 1 << 11,
	NOTE_MORE = 1 << 12,
	NOTE_BEYOND_END = 1 << 13,
	NOTE_CHAIN_BROKEN = 1 << 14,
	NOTE_IN_USE = 1 << 15,
};
const char *disk_note_text(enum disk_note bit); /* a message id, or NULL past the last */

enum probe_state { PROBE_WANTED, PROBE_RUNNING, PROBE_FINISHED };

/* What the probing child says of a disk. */
struct disk_content {
	unsigned notes; /* enum disk_note */
	char table[8];  /* "" until known */
	bool stick;     /* a GPT with a partition named BLACKSTART */
	bool settings;  /* and one for the settings: remember may write there */
	size_t partitions;
	struct text messages; /* the partition messages, each behind 2 bytes of length */
	char model[MESSAGE_DEVICE_TEXT + 1], serial[MESSAGE_DEVICE_TEXT + 1];
	char bus[8]; /* "sata" or "ide" where the disk itself says so, else "" */
};

/* Did a stick prove itself (docs/formats/stick.md#proof)? Asked once an appearance. */
enum stick_proof { PROOF_OPEN, PROOF_RUNNING, PROOF_GOOD, PROOF_BAD };

/* The one partition of a disk whose lock is lifted (broker/unlock.h). */
struct disk_open {
	bool is;
	unsigned partition; /* 0: the whole disk */
	uint64_t base;      /* sectors counted on it when it was opened */
	uint64_t allowed;   /* sectors beside it that we write ourselves */
};

struct disk {
	uint64_t id; /* of this appearance; a replugged disk gets another */
	char name[32];
	unsigned major, minor;
	char model[MESSAGE_DEVICE_TEXT + 1], serial[MESSAGE_DEVICE_TEXT + 1];
	const char *bus;
	uint64_t size_bytes;
	uint32_t logical, physical;
	bool removable;
	bool listed; /* false: locked like all, but not told (eMMC boot areas) */
	bool lock_failed;
	uint64_t written_base; /* sectors the kernel had counted when it was locked */
	unsigned notes;        /* the broker's own: NOTE_UNLOCKED, NOTE_NO_MEDIUM */
	enum probe_state probe;
	struct disk_content content;
	enum stick_proof proof;
	char proof_text[sizeof(((struct error *)0)->text)],
		proof_about[MESSAGE_DEVICE_TEXT + 1]; /* of a bad one */
	struct disk_open open;
	uint64_t settings_sectors; /* its settings are being written, without the lock: so many; else 0 */
};

struct disks {
	struct disk list[DISKS_MAX];
	size_t count;
	uint64_t last_id;
};

enum disk_class { DISK_IGNORED, DISK_LOCKED_ONLY, DISK_LISTED };
enum disk_class disk_classify(const char *name);

/* A disk appeared or changed: lock it, read what the kernel knows, list it. */
void disks_seen(struct disks *d, const struct places *p, const char *name, bool media_change);
void disks_gone(struct disks *d, const char *name);

/* Look at all disks that the kernel has now. */
void disks_rescan(struct disks *d, const struct places *p);

struct disk *disks_named(struct disks *d, const char *name); /* listed ones; or NULL */
struct disk *disks_by_id(struct disks *d, uint64_t id);
bool disks_probing(const struct disks *d);

/* Open its node after checking that it still is this disk. -1 with e. `flags` is
 * O_RDONLY, but for the one write of remember. */
int disk_open(const struct disk *k, const struct places *p, int flags, struct error *e);

__attribute__((warn_unused_result))
bool disk_lock(const struct disk *k, const struct places *p, struct error *e);

/* Lock each disk that should be and is not, since something lifted the lock that no longer had the
 * right to: a job about a medium that was changed meanwhile, or one whose time was up. Those of
 * image files never are. */
void disks_lock_again(struct disks *d, const struct places *p);

bool disk_is_locked(const struct disk *k, const struct places *p); /* asks the kernel now */

/* Sectors written and discarded since it was locked, but for those to an open partition
 * and our own. */
uint64_t disk_written_sectors(const struct disk *k, const struct places *p);

/* The kernel's count of sectors written to the open partition. */
uint64_t disk_open_sectors(const struct disk *k, const struct places *p);

/* Fill a `type=disk` message. */
void disk_message(const struct disk *k, const struct places *p, struct message *m);

void disk_content_clear(struct disk_content *c);

/* What a partition holds, as the probe said: "vfat". False: there is no such partition. */
bool disk_content_of(const struct disk_content *c, unsigned partition, char out[16]);

/* Does the kernel's partition of that number lie where the probe saw it? Both count by themselves, and
 * may differ in tables that are damaged or unusual: before a node is used by its name. `grows`: only
 * where it begins counts, since it is ours to grow. True for partition 0, which is the disk itself. */
__attribute__((warn_unused_result))
bool disk_partition_is(const struct disk *k, const struct places *p, unsigned partition, bool grows,
		       struct error *e);
void disks_release(struct disks *d);

#endif
