/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_REMEMBER_H
#define BROKER_REMEMBER_H

#include <stdbool.h>

#include "broker/disks.h"
#include "broker/job.h"

/* The most that writing the block may add to the write counter: one page. */
#define REMEMBER_SECTORS 8

/* Start writing language and keyboard to the stick; refuses what is not one. The
 * job sends one message, `type=ok` or `type=error`. When it has ended, however
 * it ended, the caller locks the disk again. */
__attribute__((warn_unused_result))
struct job *remember_start(struct jobs *j, const struct disk *k, const struct places *p,
			   const char *language, const char *keyboard, struct error *e);

#endif
