/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_PAGE_MEDIUM_H
#define HANDBOOK_PAGE_MEDIUM_H

#include "handbook/pages.h"
#include "lib/ui/askmedium.h"

/* Have a medium chosen for a new file (medium_ask). */
bool page_medium(struct pages *p, const char *title, struct medium *m);

#endif
