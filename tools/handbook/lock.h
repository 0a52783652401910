/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_LOCK_H
#define HANDBOOK_LOCK_H

#include <stdbool.h>

#include "handbook/pages.h"
#include "handbook/unlock.h"

/*
 * Locking is the end of the process that knew (docs/decisions/0015): keys and the plain tiers
 * are wiped, the terminal's own memory is emptied, and the program starts itself anew; the
 * kernel zeroes what it gets back (init_on_free). Each step is journalled as `access`.
 */
bool pages_are_open(const struct pages *p); /* is anything unlocked? */

/* Note how the terminal is before any page is shown: a page that is left in the middle of a
 * line gives it back so. */
void pages_keep_terminal(struct pages *p);

_Noreturn void pages_lock(struct pages *p); /* to the first page, which says so */
void pages_lock_if_idle(struct pages *p);   /* after ten minutes without a key */
void pages_leave(struct pages *p);          /* pages_close(), forgetting what was open */

/* Entries of the first page, and whether they are shown. */
bool page_unlock(struct pages *p);
bool page_unlock_strict(struct pages *p);
bool page_lock(struct pages *p);
bool can_unlock(struct pages *p);
bool can_unlock_strict(struct pages *p);
bool can_lock(struct pages *p);

#endif
