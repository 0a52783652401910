/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_TARGET_H
#define LIB_DISK_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/partition.h"

/*
 * What an image is written to. target_open() is the one door through which our programs
 * open a disk for writing: a whole disk that nothing uses, on USB or removable, with room
 * enough; or a file. { .fd = -1 } is empty.
 */
struct target {
	int fd; /* O_RDWR, or O_RDONLY with read_only; for disks O_EXCL: nobody mounts it meanwhile */
	char path[4096];
	bool disk;      /* else a file */
	bool removable; /* USB, memory card or the removable bit */
	uint64_t size_bytes;
	uint32_t sector_bytes;        /* logical; of a file: 512 */
	char model[128], serial[128]; /* masked, "" if unknown */
	char word[32]; /* to be typed by who means this one: the end of its serial number,
			  or its name */
};
#define TARGET_NONE { .fd = -1 }

/* False: also what is locked against writing, and a file that somebody else writes or has locked.
 * `sysfs` is "/sys". internal: also a disk that is neither on USB nor removable. With
 * read_only nothing that could write, and the same checks but for who else writes a file. */
__attribute__((warn_unused_result))
bool target_open(struct target *t, const char *path, const char *sysfs, bool internal,
		 bool read_only, uint64_t need_bytes, struct error *e);
void target_close(struct target *t);

/* What the kernel says of the disk with this device number: model, serial, removable.
 * False: it is not a whole disk, or the kernel has none of that number. */
__attribute__((warn_unused_result))
bool target_identify(struct target *t, const char *sysfs, unsigned major, unsigned minor,
		     struct error *e);

/* False: `fd`, an image that is open, is the target itself. */
__attribute__((warn_unused_result))
bool target_is_not(const struct target *t, int fd, struct error *e);

/* What lies on it now. Borrows the target. */
struct partition_source target_source(struct target *t);

/* Does `typed` mean this target: the word, or the whole serial number? */
bool target_meant(const struct target *t, const char *typed);

#endif
