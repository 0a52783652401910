/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_REPORT_H
#define KIT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "kit/print.h"

/*
 * The report to the council: one page on how well an organisation is prepared,
 * in counts and dates. It names no person and holds no number: not even names of
 * systems, whose weaknesses it counts. Names of people in titles are struck out.
 */
#define REPORT_SECTIONS 12
#define REPORT_NONE SIZE_MAX

struct report_row {
	const char *id, *label, *value;
	size_t count, of; /* REPORT_NONE where it is not a count */
	unsigned weight;  /* left out from this tightness on; PAPER_TIGHTEST + 1: never */
};

struct report_section {
	const char *id, *title;
	struct report_row *rows;
	size_t count, capacity;
};

struct report {
	const struct print *pr; /* for names and words */
	char today[11];
	int64_t day;
	struct report_section sections[REPORT_SECTIONS];
	size_t count;
};

/* Fill it from the source. */
void report_make(struct report *r);
void report_release(struct report *r);

/* Days from a date of the source to today; false if it is empty. */
bool report_age(const struct report *r, const char *date, int64_t *days);
/* A free text without the names of people. */
const char *report_words(const struct report *r, const char *text);

struct report_section *report_begin(struct report *r, const char *id, const char *title);
void report_add(struct report_section *s, unsigned weight, const char *id, const char *label,
		const char *value);
/* The same with "n of m" or, if `of` is REPORT_NONE, "n" in front of the value. */
void report_count(struct report *r, struct report_section *s, const char *id, const char *label,
		  size_t count, size_t of, const char *value);

/* The second half of the facts. */
void report_technical(struct report *r);

void report_text(const struct report *r, FILE *out);
void report_json(const struct report *r, FILE *out);
void report_paper(struct paper *p, const void *with); /* one page, of a struct report */

#endif
