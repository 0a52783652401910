/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_BLANKED_H
#define TRIAGE_BLANKED_H

#include "lib/disk/partition.h"

/*
 * A source in which sectors of one range that cannot be read are zeros. For the few in which a disk or a volume says
 * what it is, and which it keeps elsewhere once more: that they are gone must not cost the rest. Stays where it is;
 * `under` is borrowed.
 */
struct blanked {
	const struct partition_source *under;
	uint64_t from, to; /* bytes, at whole sectors */
	bool used;         /* something was not read */
};
struct partition_source blanked_source(struct blanked *x);

#endif
