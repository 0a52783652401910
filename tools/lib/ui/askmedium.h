/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_ASKMEDIUM_H
#define LIB_UI_ASKMEDIUM_H

#include "lib/disk/broker.h"
#include "lib/ui/ui.h"

/* A medium that a person has named, and its root folder. */
struct medium {
	struct broker broker;
	int fd;          /* -1: none */
	char name[80];   /* as medium_find() takes it: "sdb1"; "": none was chosen */
	char words[200]; /* "SanDisk Ultra, 32 GB" */
	char full[420];  /* "SanDisk Ultra, 32 GB (sdb1, BILDER)": to be asked about */
};
#define MEDIUM_NONE { .broker = BROKER_NONE, .fd = -1 }

/* Who asks, and why. */
struct medium_question {
	struct ui *ui;
	const char *title, *intro; /* translated; the intro stands where there is one to choose */
	void (*frame)(void *ctx);  /* called before each page: language or notice may be new */
	void *ctx;
	enum broker_access access;
};

/* Have a USB stick or memory card chosen, by model and size; nothing is opened. False: the
 * terminal is gone. True with m->name "": the person went back, or was told why there is
 * none. Whoever writes to it then asks before, with m->full. */
bool medium_choose(const struct medium_question *q, struct medium *m);

/* The same, and open it. For writing the person is asked first, by the medium's name: it may
 * be somebody's evidence. True with m->fd -1: as above. */
bool medium_ask(const struct medium_question *q, struct medium *m);

/* The same for a person at a command line, who has named it: "sdb1", or "sdb" where only one
 * partition of it is possible. */
__attribute__((warn_unused_result))
bool medium_find(struct medium *m, const char *name, enum broker_access access, struct error *e);

/* Give it back: everything is on it then, and it can be pulled. Accepts one that is none. */
__attribute__((warn_unused_result))
bool medium_done(struct medium *m, struct error *e);

#endif
