/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_PCL_H
#define LIB_DATA_PCL_H

#include <stdbool.h>

#include "lib/base/text.h"

/*
 * PCL 5 for a page of text (HP, "PCL 5 Printer Language Technical Reference Manual", 1992):
 * A4 upright, Courier of 12 letters an inch, 6 lines an inch, symbol set 19U
 * (Windows-1252), room for the holes of a binder. What is added between the calls is
 * bytes of that set. The printer is reset before and after: nothing of ours stays.
 */
void pcl_begin(struct text *out);
void pcl_bold(struct text *out, bool on);
void pcl_line(struct text *out); /* end of a line */
void pcl_page(struct text *out); /* end of a page that is not the last */
void pcl_end(struct text *out);

#endif
