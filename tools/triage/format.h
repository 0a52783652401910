/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_FORMAT_H
#define TRIAGE_FORMAT_H

#include "lib/base/cell.h"
#include "triage/emit.h"
#include "triage/parse/parse.h"

/*
 * What `triage parse FORMAT` knows: fields/NAME.c has one of these for each format, which turns the
 * structs of parse/NAME.h into fields. It runs in the box: nothing can be opened there.
 */
#define FORMAT_INPUTS_MAX CELL_INPUTS_MAX

struct format_job {
	const struct partition_source
		*inputs;          /* the file, then those that belong to it: logs, segments */
	const char *const *names; /* their base names, as given; for what is named after them */
	size_t count;
	bool recovered; /* also what was deleted or carved (--recover) */
	struct parse_problems problems;
};

struct format {
	const char *name; /* "evtx" */
	const char *help; /* one line, a message id */
	const char *const
		*columns;  /* of CSV: the keys of a record at the top, in order, ended by NULL */
	bool has_moments;  /* there are times in it: bodyfile and timeline make sense */
	size_t inputs_max; /* 1; more where others belong to it, as logs to a hive */
	bool segments;     /* the others are found by the name of the first, as of a SOURCE */
	bool (*run)(const struct format_job *job, struct emit *o, struct error *e);
};

extern const struct format *const formats[]; /* in formats.c, ended by NULL */
const struct format *format_find(const char *name);

/* The bytes of a small input, whole: at most `max`. NULL with e: larger, or unreadable. Freed by the caller. */
uint8_t *format_whole(const struct partition_source *s, size_t max, size_t *len, struct error *e);

#endif
