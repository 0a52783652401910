/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_PAGE_ENTRY_H
#define HANDBOOK_PAGE_ENTRY_H

#include <stdbool.h>

#include "handbook/pages.h"

/* Write an entry: its type, its words, what the type asks for. `paper`: with the time at which
 * it was written down there. `corrects` is the record meant, or "". False: the terminal is gone. */
bool page_write(struct pages *p, bool paper, const char *corrects);

#endif
