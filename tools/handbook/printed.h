/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_PRINTED_H
#define HANDBOOK_PRINTED_H

/* Print a text of many lines, each masked: what a kit or a journal says may be hostile. */
void print_masked(const char *text);

#endif
