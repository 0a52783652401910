/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_CFB_H
#define TRIAGE_PARSE_CFB_H

#include "triage/parse/parse.h"
#include "triage/parse/words.h"

/*
 * Compound files ([MS-CFB]), versions 3 and 4: a file system within a file. Jump lists are
 * such. All entries of the directory are handed out, in their order, whichever folder they are in.
 */
#define CFB_BYTES_MAX (64u << 20)
#define CFB_MAGIC "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

/* What a chain of sectors holds, and where each piece of it lies. */
struct cfb_content {
	uint8_t *bytes;
	size_t len;
	/* Problems within, by their offset in `bytes`: told with that in the file. Of a stream alone. */
	struct parse_problems problems;
	/* Inside; owned. */
	const struct cfb *cfb;
	uint32_t *pieces; /* the numbers of sectors, or of pieces of the small ones */
	bool is_small;
};

struct cfb {
	struct reader file; /* borrowed */
	uint32_t sector_bytes, sectors;
	size_t entries; /* for cfb_entry() */
	/* Inside; owned. */
	uint32_t *fat_sectors, fat_count;
	struct cfb_content directory, mini_fat, mini;
	uint8_t *taken, *mini_taken; /* a bit for each sector that a chain went through */
	size_t left; /* bytes that may still be read: chains may lie over each other */
	const struct parse_problems *problems;
};

enum cfb_type { CFB_UNUSED = 0, CFB_STORAGE = 1, CFB_STREAM = 2, CFB_ROOT = 5 };

struct cfb_entry {
	struct words name;
	uint8_t type;               /* enum cfb_type */
	uint64_t created, modified; /* FILETIME */
	uint32_t start;
	uint64_t size_bytes;
};

/* False with e: no compound file. What is damaged is a problem. Releasing *c is right in any case. *c
 * stays where it is. */
__attribute__((warn_unused_result))
bool cfb_open(const uint8_t *bytes, size_t len, struct cfb *c,
	      const struct parse_problems *problems, struct error *e);
void cfb_release(struct cfb *c);

bool cfb_entry(const struct cfb *c, size_t i, struct cfb_entry *entry);
/* Where it lies in the file. */
uint64_t cfb_entry_place(const struct cfb *c, size_t i);
/* The content of a stream; as much of it as there is, its len may be less than the entry says. *content stays
 * where it is. */
void cfb_read(struct cfb *c, const struct cfb_entry *entry, struct cfb_content *content);
void cfb_content_release(struct cfb_content *content);

#endif
