/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_TRIAGE_H
#define TRIAGE_TRIAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "triage/box.h"
#include "triage/emit.h"

/* The verbs: options in, exit status out. */
int triage_cat(int argc, char **argv);
int triage_files(int argc, char **argv);
int triage_list(int argc, char **argv);
int triage_parse(int argc, char **argv);
int triage_timeline(int argc, char **argv);

/*
 * What a box hands out, on its way to the person: lines to standard output, problems to standard
 * error as "triage: NAME: at byte 1234: ...".
 */
struct output {
	const char *name; /* of the source, as the person gave it */
	bool drop_line;   /* the first line is a header that stands there already */
	bool any;         /* lines came */
	size_t problems;
};
bool output_lines(void *output, const char *s, size_t len, struct error *e);
void output_problem(void *output, uint64_t offset, const char *words);

/* Exit status of a job that was run: findings if there were problems. */
int output_status(const struct output *o, enum box_result result, struct error *e);

/* "jsonl", "csv", "bodyfile", "timeline". */
__attribute__((warn_unused_result))
bool emit_form_find(const char *name, enum emit_form *form, struct error *e);

/* A struct partition_source over an input of the box: for the child. The source borrows `i`. */
struct box_input {
	struct box *box;
	size_t nr;
};
struct partition_source box_source(struct box_input *i);

/* Open what is to be read: a file or a disk, -1 otherwise. */
__attribute__((warn_unused_result))
int evidence_open(const char *path, struct error *e);

#endif
