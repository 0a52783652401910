/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SYSIMAGE_MEDIUM_H
#define SYSIMAGE_MEDIUM_H

#include "lib/base/error.h"
#include "lib/ui/askmedium.h"

/* --medium NAME: on a PC that was started from the stick the broker opens the medium, and
 * names of files are names on it from then on. */

/* Go there; NULL: stay. With ACCESS_READ nothing on it changes. */
__attribute__((warn_unused_result))
bool medium_enter(struct medium *m, const char *name, enum broker_access access, struct error *e);

/* Leave it: then it can be pulled. Accepts one that was not entered. */
__attribute__((warn_unused_result))
bool medium_leave(struct medium *m, struct error *e);

#endif
