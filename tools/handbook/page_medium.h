/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_PAGE_MEDIUM_H
#define HANDBOOK_PAGE_MEDIUM_H

#include "handbook/pages.h"
#include "lib/disk/broker.h"

/* A medium that a person has named, and its root folder. */
struct medium {
	struct broker broker;
	int fd;          /* -1: none */
	char words[200]; /* "SanDisk Ultra, 32 GB" */
};

/* Have a USB stick or memory card chosen, by model and size. False: the terminal is gone.
 * True with m->fd -1: the person went back, or was told why there is none. */
bool page_medium(struct pages *p, const char *title, struct medium *m);

/* Give it back: everything is on it then, and it can be pulled. */
__attribute__((warn_unused_result))
bool medium_done(struct medium *m, struct error *e);

#endif
