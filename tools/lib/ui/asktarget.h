/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_ASKTARGET_H
#define LIB_UI_ASKTARGET_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/base/error.h"
#include "lib/disk/partition.h"
#include "lib/disk/target.h"

/* Before a disk is overwritten, on stderr, which is where a person sits. */

/* What it is and what is on it now, into `table` too. `warning`, a whole line, stands below a disk
 * that is neither on USB nor removable. */
__attribute__((warn_unused_result))
bool target_show(struct target *t, const char *warning, struct partition_table *table,
		 struct error *e);

/* False unless the target is meant: by `yes` (from the command line), or, if that is NULL,
 * by what is typed into `answers`. */
__attribute__((warn_unused_result))
bool target_confirm(const struct target *t, const char *yes, FILE *answers, struct error *e);

#endif
