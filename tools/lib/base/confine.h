/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_CONFINE_H
#define LIB_BASE_CONFINE_H

#include <stdbool.h>

#include "lib/base/error.h"

/*
 * For a process that has opened all that it needs and now reads what may have been made to
 * attack it: from here on it can read and write its descriptors, use memory that cannot be
 * executed, start threads, and end. Opening, connecting, starting programs, signals to others
 * and all else fail with EPERM, for all its threads and for good. Capabilities are gone, too.
 *
 * The broker's cell is narrower (no threads, two descriptors, little memory) and kills. This one is
 * for work that needs several cores. Call it before the first thread, after gettext was
 * used once (catalogues are opened by then) and digest_ready(). If it fails, end at once.
 */
__attribute__((warn_unused_result))
bool confine_enter(struct error *e);

#endif
