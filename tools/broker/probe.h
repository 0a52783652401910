/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_PROBE_H
#define BROKER_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/disks.h"
#include "broker/identity.h"
#include "broker/job.h"

#define PROBE_MS 10000

/* What to look at. */
struct probe_request {
	int fd; /* O_RDONLY */
	uint64_t size_bytes;
	uint32_t sector_bytes;
	bool hardware; /* ask the kernel who it is too; false for image files */
	struct identity_raw raw;
};

/* Look, in a sandboxed child. */
__attribute__((warn_unused_result))
struct job *probe_start(struct jobs *j, const struct probe_request *r, struct error *e);

/* What a finished probe said, checked as a stranger's word. Whatever is wrong
 * with it becomes a note; *c is complete in any case. */
void probe_take(struct job *job, struct disk_content *c);

#endif
