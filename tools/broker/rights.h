/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_RIGHTS_H
#define BROKER_RIGHTS_H

#include <stdbool.h>

#include "lib/base/error.h"
#include "lib/base/rights.h"

/* As root: keep what the broker needs, for good (docs/formats/broker.md#rights).
 * As another user nothing is done. */
__attribute__((warn_unused_result))
bool rights_keep_needed(struct error *e);

#endif
