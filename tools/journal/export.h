/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOURNAL_EXPORT_H
#define JOURNAL_EXPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "journal/reading.h"
#include "lib/base/error.h"
#include "lib/base/text.h"

/* One event as it is written out. Borrowed for the call. */
struct export_row {
	const char *boot;
	int64_t sequence, time_ms, written_ms;
	const char *kind, *clock;    /* as in the view */
	bool locked;                 /* it has a part that was not opened */
	const char *content;         /* "key: value" lines, for people */
	struct db_statement *fields; /* bound: key and value of each readable key */
};

/* Call `take` for each event in order. */
__attribute__((warn_unused_result))
bool export_each(struct view *v,
		 bool (*take)(void *with, const struct export_row *row, struct error *e),
		 void *with, struct error *e);

/* What people call a kind or a key. */
const char *export_word(const char *name);

/* The three forms; each makes the whole file. */
__attribute__((warn_unused_result))
bool export_csv(struct view *v, struct text *out, struct error *e);
__attribute__((warn_unused_result))
bool export_jsonl(struct view *v, FILE *out, struct error *e);
__attribute__((warn_unused_result))
bool export_pdf(struct view *v, const char *path, struct error *e);

#endif
