/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_CLOCK_H
#define BROKER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"

/* What a clock may be set to: not before this release, not after 2199. */
#define CLOCK_MIN_MS ((uint64_t)BLACKSTART_EPOCH * 1000)
#define CLOCK_MAX_MS UINT64_C(7258118399999)

/* Set the system's clock. The PC's clock chip keeps what it shows: nothing here calls
 * for it, and the kernel copies the time there only under a time server's control. */
__attribute__((warn_unused_result))
bool clock_set(uint64_t utc_ms, struct error *e);

#endif
