/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_SHELLITEM_H
#define TRIAGE_PARSE_SHELLITEM_H

#include "triage/parse/words.h"

/* The steps of a path as Windows' shell keeps it: docs/formats/lnk.md#shell-items. */
enum shell_item_kind {
	SHELL_ITEM_UNKNOWN, /* only its bytes */
	SHELL_ITEM_ROOT,    /* a folder of the shell, by its GUID */
	SHELL_ITEM_VOLUME,
	SHELL_ITEM_FILE,
	SHELL_ITEM_NETWORK,
	SHELL_ITEM_URI,
	SHELL_ITEM_CONTROL_PANEL,
	SHELL_ITEM_KNOWN_FOLDER, /* one of KNOWNFOLDERID, below the user's folder */
};

struct shell_item {
	enum shell_item_kind kind;
	uint8_t class_type;
	struct reader bytes; /* all of it, from its size on */
	const uint8_t *guid; /* of ROOT, VOLUME, CONTROL_PANEL, KNOWN_FOLDER; may be NULL */
	/* Of ROOT, from its block 0xbeef0026, if it has one: FILETIMEs, and attributes of the folder. */
	bool has_times;
	uint32_t folder_attributes;
	uint64_t folder_created, folder_modified, folder_accessed;
	struct words name;                  /* VOLUME "C:\", FILE the short name, NETWORK, URI */
	struct words description, comments; /* NETWORK */
	/* FILE; times as FAT has them: date below, time above. */
	uint32_t size_bytes, modified;
	uint16_t attributes;
	bool is_folder;
	/* From its block 0xbeef0004, if it has one. */
	bool has_extension;
	uint16_t extension_version;
	uint32_t created, accessed;
	uint64_t reference; /* of the MFT record; 0: none, or on FAT */
	struct words long_name, localized_name;
	bool is_rest_unread; /* there is more in it than these fields have: other blocks, or what is not known */
	bool bad; /* because one of its blocks is none */
};

/* The next of a list; false: the end (a size of zero, or nothing that is one; then r->bad), where *r
 * stays. */
bool shell_item_next(struct reader *r, struct shell_item *item);

/* Seconds since 1970 of a time of FAT; false: it is none. */
bool fat_time(uint32_t time, int64_t *seconds);

#endif
