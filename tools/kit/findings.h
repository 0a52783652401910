/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_FINDINGS_H
#define KIT_FINDINGS_H

#include <stddef.h>
#include <stdio.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"

/*
 * What is wrong with a source folder, each with file and line, in words and with
 * what to do. Loading goes on after a finding, so that an author sees all of
 * them at once. { 0 } is empty.
 */
enum severity { WARNING, FAULT }; /* a fault: nothing is written */

struct finding {
	enum severity severity;
	const char *file; /* relative to the source folder */
	size_t line;      /* 0: the file as a whole */
	const char *text;
	const char *rule; /* of `kit check` (docs/formats/kit-check.md); "" from a parser */
};

#define FINDINGS_MAX 5000 /* of each severity that are kept; more are only counted */

struct findings {
	struct finding *items;
	size_t count, capacity;
	size_t faults, warnings; /* all of them, kept or not */
	struct arena memory;
};

__attribute__((format(printf, 5, 6)))
void findings_add(struct findings *f, enum severity severity, const char *file, size_t line,
		  const char *fmt, ...);

/* The same with the stable name of a rule, "roster-gap": printed behind the words. */
__attribute__((format(printf, 6, 7)))
void findings_rule(struct findings *f, enum severity severity, const char *rule, const char *file,
		   size_t line, const char *fmt, ...);

/* Take over an error of a parser as a fault, and clear it. */
void findings_error(struct findings *f, const char *file, size_t line, struct error *e);

/* By file, line and words. The printing ones sort by themselves. */
void findings_sort(struct findings *f);

/* Forget the warnings from number `first` on, in the order they were added. */
void findings_drop_warnings(struct findings *f, size_t first);

/* "FOLDER/FILE:LINE: error: words", sorted by file and line, masked. */
void findings_print(struct findings *f, const char *folder, FILE *out);

/* Nothing was written, since there are faults: false, with e. */
bool findings_refuse(const struct findings *f, const char *folder, struct error *e);

void findings_release(struct findings *f);

#endif
