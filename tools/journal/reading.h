/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOURNAL_READING_H
#define JOURNAL_READING_H

#include <stdbool.h>

#include "lib/crypto/slots.h"
#include "lib/journal/view.h"

/* What the verbs that read have in common: the folder, and what opens the sealed lane. */
struct reading {
	const char *folder; /* NULL: the run folder */
	const char *slots;  /* kit.slots or the author's key file; NULL: stays locked */
	const char *passphrase_file;
	struct tier_keys keys;
	struct view view;
};

/* Two lines of a verb's table of options. */
#define READING_OPTIONS(reading)                                                                   \
	{ "slots",                                                                                 \
	  CLI_TEXT,                                                                                \
	  &(reading)->slots,                                                                       \
	  "FILE",                                                                                  \
	  N_("kit.slots or the author's key file: also read what is sealed"),                      \
	  0,                                                                                       \
	  0 },                                                                                     \
	{                                                                                          \
		"passphrase-file", CLI_TEXT, &(reading)->passphrase_file, "F",                     \
			N_("what opens a slot: first line of F"), 0, 0                             \
	}

__attribute__((warn_unused_result))
bool reading_open(struct reading *r, struct error *e);
void reading_close(struct reading *r); /* wipes the keys */

/* Faults on standard error, a line each. */
__attribute__((warn_unused_result))
bool reading_faults(struct reading *r, struct error *e);

/* A moment as people read it, in legal time: "2026-11-26 13:04:05 CET". */
#define MOMENT_TEXT 80
const char *reading_moment(char out[MOMENT_TEXT], int64_t ms);

/* "confirmed", "corrected afterwards", "not confirmed": how the time is known. */
const char *reading_clock(const char *clock);

/* "7bd2ad85:12": enough of a record's name to find it again. */
#define SHORT_ID 32
const char *reading_id(char out[SHORT_ID], const char *boot, int64_t sequence);

#endif
