/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_PAGE_HANDOVER_H
#define HANDBOOK_PAGE_HANDOVER_H

#include "handbook/handover.h"
#include "handbook/pages.h"

/* The hand-over of a shift: the sheet, and its event. False: the terminal is gone. */
bool page_handover(struct pages *p);

#endif
