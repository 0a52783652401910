/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_RIGHTS_H
#define LIB_BASE_RIGHTS_H

#include <stdbool.h>
#include <stdint.h>

/* Sets of capabilities are bit masks: bit CAP_x is the capability x. */

/* Keep only these in the bounding set: programs started later have no more. */
__attribute__((warn_unused_result))
bool rights_drop_bounding(uint64_t keep);

/* Make these the permitted and effective sets, as far as held already; nothing
 * is inheritable or ambient. */
__attribute__((warn_unused_result))
bool rights_set(uint64_t keep);

#endif
