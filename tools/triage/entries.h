/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_ENTRIES_H
#define TRIAGE_ENTRIES_H

#include "lib/disk/filesystem.h"
#include "triage/emit.h"

/* A file of any file system, as a record: keys in docs/formats/triage-files.md. Within each() of a walk. */
__attribute__((warn_unused_result))
bool entry_emit(struct emit *o, struct filesystem *f, const struct filesystem_entry *entry,
		struct error *e);

/* Where a link leads, as it stands there, within each(). False: it is none, or that cannot be read. */
#define ENTRY_TARGET 4096u /* bytes with the end: longer ones are cut off */
bool entry_target(struct filesystem *f, const struct filesystem_entry *entry,
		  char out[ENTRY_TARGET]);

/* An inode of ext whose file was deleted. */
struct ext_deleted;
__attribute__((warn_unused_result))
bool entry_emit_deleted(struct emit *o, const struct ext_deleted *d, struct error *e);

#endif
