/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_USED_H
#define LIB_DISK_USED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * Which blocks of a volume a file system uses. A bit for each unit; what lies behind
 * the last unit counts as used. { 0 } is empty: all is used.
 */
#define USED_BITMAP_MAX (256u << 20) /* bytes */

struct used_map {
	uint64_t unit_bytes; /* cluster or block; 0: no map, all is used */
	uint64_t first_byte; /* of unit 0 in the volume (FAT: cluster 2); before it all is used */
	uint64_t units;
	uint8_t *bits; /* unit i is bit i % 8 of byte i / 8; owned */
};

/* All bits clear. False: more units than USED_BITMAP_MAX holds (ERROR_UNTRUSTED). */
__attribute__((warn_unused_result)) bool used_map_init(struct used_map *m, uint64_t unit_bytes,
						       uint64_t first_byte, uint64_t units,
						       struct error *e);
void used_map_release(struct used_map *m);

void used_map_set(struct used_map *m, uint64_t unit, uint64_t count);
void used_map_clear(struct used_map *m, uint64_t unit, uint64_t count);
bool used_map_get(const struct used_map *m, uint64_t unit);
uint64_t used_map_count(const struct used_map *m); /* units that are used */

/* The first run of used bytes within [from, to) of the volume: true with *start, *end
 * (clipped to it), false if there is none. */
bool used_map_next(const struct used_map *m, uint64_t from, uint64_t to, uint64_t *start,
		   uint64_t *end);

#endif
