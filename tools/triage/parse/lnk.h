/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_LNK_H
#define TRIAGE_PARSE_LNK_H

#include "triage/parse/parse.h"
#include "triage/parse/shellitem.h"
#include "triage/parse/words.h"

/*
 * Shell links ([MS-SHLLINK], docs/formats/lnk.md): what was opened, where it lay, on which
 * volume of which PC. All that is handed out points into the bytes.
 */
#define LNK_BYTES_MAX (16u << 20)
#define LNK_HEAD_BYTES 76u

enum lnk_flag {
	LNK_HAS_ITEMS = 1,
	LNK_HAS_INFO = 2,
	LNK_HAS_DESCRIPTION = 4,
	LNK_HAS_RELATIVE_PATH = 8,
	LNK_HAS_WORKING_DIRECTORY = 16,
	LNK_HAS_ARGUMENTS = 32,
	LNK_HAS_ICON_LOCATION = 64,
	LNK_IS_UNICODE = 128,
	LNK_FORCE_NO_INFO = 256,
};

struct lnk {
	uint32_t flags, attributes, file_size_bytes, show_command;
	uint64_t created, accessed, modified; /* FILETIME, of the target */
	int32_t icon_index;
	uint16_t hot_key;
	struct reader items; /* for shell_item_next() */
	bool has_volume, has_network;
	uint32_t drive_type, serial_number, network_flags, provider_type;
	struct words volume_label;
	struct words local_path, path_suffix; /* the whole path is both, one after the other */
	struct words share_name, device_name;
	struct {
		struct words local_path, path_suffix, share_name;
	} ansi; /* of the code page, where it says something else than the UTF-16 */
	struct words description, relative_path, working_directory, arguments, icon_location;
	struct reader blocks; /* for lnk_block_next() */
	size_t bytes;         /* that the link takes of the input */
	struct parse_place place;
};

/* False with e: no link. Damaged parts are left out, after a problem at `base` + offset. */
__attribute__((warn_unused_result)) bool lnk_parse(const uint8_t *bytes, size_t len, struct lnk *l,
						   uint64_t base,
						   const struct parse_problems *problems,
						   struct error *e);

enum lnk_block_type {
	LNK_ENVIRONMENT = 1,
	LNK_CONSOLE = 2,
	LNK_TRACKER = 3,
	LNK_CONSOLE_CODE_PAGE = 4,
	LNK_SPECIAL_FOLDER = 5,
	LNK_DARWIN = 6,
	LNK_ICON_ENVIRONMENT = 7,
	LNK_SHIM = 8,
	LNK_PROPERTY_STORE = 9,
	LNK_KNOWN_FOLDER = 11,
	LNK_ITEMS = 12,
};

struct lnk_block {
	uint32_t signature;
	unsigned type; /* enum lnk_block_type; 0: not known, or too short for its type */
	struct reader data;
	struct words text;     /* ENVIRONMENT, DARWIN, ICON_ENVIRONMENT, SHIM; TRACKER: machine */
	struct words ansi;     /* of the first three: as lnk.ansi */
	uint32_t number;       /* CONSOLE_CODE_PAGE, SPECIAL_FOLDER */
	const uint8_t *guid;   /* KNOWN_FOLDER */
	const uint8_t *droids; /* TRACKER: four GUIDs: volume, file, and both at birth */
};

bool lnk_block_next(struct reader *blocks, struct lnk_block *b);

/* A droid of the first version tells when and with which network card it was made: FILETIME, and
 * six bytes. False: it tells nothing. */
bool droid_time(const uint8_t droid[16], uint64_t *filetime, const uint8_t **node);

#endif
