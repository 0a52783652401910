/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_USN_PATHS_H
#define TRIAGE_PARSE_USN_PATHS_H

#include "lib/ntfs/scan.h"
#include "triage/parse/usn.h"

/*
 * Where a file lay when something was done to it. A record names only its parent; that folder
 * may have been renamed, moved or deleted since, and its number used anew.
 *
 * The usual way is to go through the journal backwards from what the MFT says today, keeping
 * (number, sequence) -> (parent, name). The same comes out forwards, with nothing kept but folders: at
 * the beginning of the journal a folder was where the first record about it says, or, if there is
 * none, where the MFT has it. From there each record about a folder tells where it is from now on.
 * So: usn_paths_note() for all records, then again from the start usn_paths_at() for each in turn.
 *
 * Time is constant for a record but for its path, which is at most USN_DEPTH folders deep.
 */
#define USN_DEPTH 255u
#define USN_FOLDERS_BYTES                                                                          \
	(192u << 20) /* folders that the journal names; those beyond are not known */

struct usn_paths;

/* mft: its folders were read (ntfs_scan_folders()); borrowed; NULL: there is only the journal. */
struct usn_paths *usn_paths_new(const struct ntfs_scan *mft);
void usn_paths_free(struct usn_paths *p);

void usn_paths_note(struct usn_paths *p, const struct usn_record *r);

struct usn_path {
	const char *s; /* WTF-8, ends before the name, with a '/' unless empty; until the next call */
	size_t len;
	enum ntfs_orphan why; /* as in an MFT: the path begins at the highest folder that is known */
};
/* The folders above the record's file. `apart`: of a record that was carved, whose time does not fit to
 * where the journal stands; it changes nothing. */
struct usn_path usn_paths_at(struct usn_paths *p, const struct usn_record *r, bool apart);

#endif
