/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_NEWFILE_H
#define LIB_BASE_NEWFILE_H

#include <stddef.h>

#include "lib/base/error.h"

/*
 * A file that appears under its name whole or not at all. Bytes go to a
 * hidden temporary beside it; newfile_commit() puts them on the disk and then
 * gives them the name, replacing an older file. newfile_discard() is safe at
 * any time, so a function may always call it on its way out.
 */
struct newfile {
	int dir; /* directory of the file, owned, or -1 */
	int fd;  /* write here; -1 once committed or discarded */
	char temporary[40];
	char *name; /* final name inside dir, owned */
};
#define NEWFILE_NONE { .dir = -1, .fd = -1 }

/* Start a file at `path`. Its folder must exist; it is opened here once, so
 * that a folder moved meanwhile does no harm. */
__attribute__((warn_unused_result))
bool newfile_create(struct newfile *f, const char *path, struct error *e);

/* The same at `name` in a folder that is open; `dir` is borrowed. */
__attribute__((warn_unused_result))
bool newfile_create_at(struct newfile *f, int dir, const char *name, struct error *e);

/* Write all of it, or fail with the reason. */
__attribute__((warn_unused_result))
bool newfile_write(struct newfile *f, const void *bytes, size_t len, struct error *e);

/* Would its folder take the name? A file system may refuse what is too long for it, or has a letter
 * that it does not know: to be found out before hours of work, not after. An empty file has the name
 * for a moment; so one that is there is refused, too. */
__attribute__((warn_unused_result))
bool newfile_try_name(const struct newfile *f, struct error *e);

/* What was written is on the disk; newfile_commit() then has little left to do. */
__attribute__((warn_unused_result))
bool newfile_sync(const struct newfile *f, struct error *e);

__attribute__((warn_unused_result))
bool newfile_commit(struct newfile *f, struct error *e);

/* The same, but where a file of that name is there already, nothing happens: false. */
__attribute__((warn_unused_result))
bool newfile_commit_new(struct newfile *f, struct error *e);

void newfile_discard(struct newfile *f);

/* All of it at once: create, write, commit. */
__attribute__((warn_unused_result))
bool newfile_whole(const char *path, const void *bytes, size_t len, struct error *e);

/* Remove temporaries in a folder that never got their name, because the power failed. For whoever
 * alone writes there. Those of other users stay, and what is no file. */
void newfile_sweep(int folder);

#endif
