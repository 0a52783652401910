/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_DATA_H
#define BROKER_DATA_H

#include <stdbool.h>
#include <sys/types.h>

#include "broker/disks.h"
#include "broker/job.h"

/* The data partition of a stick (docs/formats/broker.md#data). */
#define DATA_PARTITION 3

/* Sectors that growing the table may write elsewhere: 5 pages in front, 6 behind. */
#define DATA_GROW_SECTORS 88

/* A folder of it, and the one user who gets it. */
struct data_folder {
	const char *name;
	uid_t uid;
};
const struct data_folder *data_folder(const char *name); /* NULL: there is none of that name */

/* Is this a stick by its layout, one that can be asked for its proof? */
bool data_is_candidate(const struct disk *k);

/* Start: grow the table if the medium is larger, check the file system, mount it at
 * `where`, grow it. The job sends one message, `type=ok` or `type=error`. */
__attribute__((warn_unused_result))
struct job *data_start(struct jobs *j, const struct disk *k, const struct places *p,
		       const char *where, struct error *e);

#endif
