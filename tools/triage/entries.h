/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_ENTRIES_H
#define TRIAGE_ENTRIES_H

#include "lib/disk/filesystem.h"
#include "triage/emit.h"

/* A file of any file system, as a record: keys in docs/formats/triage-files.md. */
__attribute__((warn_unused_result))
bool entry_emit(struct emit *o, const struct filesystem *f, const struct filesystem_entry *entry,
		struct error *e);

/* An inode of ext whose file was deleted. */
struct ext_deleted;
__attribute__((warn_unused_result))
bool entry_emit_deleted(struct emit *o, const struct ext_deleted *d, struct error *e);

#endif
