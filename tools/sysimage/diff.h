/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SYSIMAGE_DIFF_H
#define SYSIMAGE_DIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/data/json.h"
#include "sysimage/listed.h"

#define DIFF_PARTITIONS (2 * KIMG_PARTITIONS_MAX + 1) /* numbers that are compared, from 1 on */

/* Two images that are compared, and what was found so far. */
struct diff {
	struct listed a, b;
	bool times; /* a file whose times alone differ has changed */
	bool as_json;
	struct json json;
	uint64_t differences;
	uint64_t unread;                    /* files whose content neither catalogue knows */
	bool files_differ[DIFF_PARTITIONS]; /* by number: a file in it was named */
};

/* Fields of the manifests. JSON: the members of an array that is open. */
void diff_manifest(struct diff *d);

/* Payloads, chunk by chunk, after the files: those that no catalogue speaks for, and those of which no
 * file was named, for there is more in a partition than its files. The same. */
void diff_chunks(struct diff *d);

#endif
