/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_POWER_H
#define BROKER_POWER_H

#include <stdbool.h>

#include "broker/disks.h"
#include "broker/job.h"

/* Bring what is in memory to where it belongs. It may not come to its end, with a disk
 * that hangs: then the caller does not switch off before it is asked once more. */
struct job *power_sync(struct jobs *j, struct error *e);

/* Compare the write counters of locked disks; what differs is shown in red on
 * the console. True if nothing was written. */
bool power_check_written(const struct disks *d, const struct places *p);

/* Off it goes. Returns only if the kernel refuses. */
__attribute__((warn_unused_result))
bool power_end(bool reboot, struct error *e);

#endif
