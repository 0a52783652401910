/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STICK_COPY_H
#define STICK_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/target.h"
#include "stick/stick.h"

/*
 * An image onto a target, such that a half-written one never starts: both ends are
 * emptied first, then everything but the first MiB is written and read back past the
 * cache, and only then the backup of the partition table at the target's real end and
 * the first MiB are.
 */
struct copy {
	int image; /* borrowed */
	uint64_t image_bytes;
	struct target *target; /* borrowed, open for writing */
	bool keep_settings;
	uint8_t settings[SETTINGS_BYTES];
};

/* False: the target is not whole; e says what failed or what came back as something else
 * (ERROR_UNTRUSTED). */
__attribute__((warn_unused_result))
bool copy_image(const struct copy *c, struct error *e);

#endif
