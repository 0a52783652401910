/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_LAYOUT_H
#define KIT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/data/kitkind.h"

/*
 * What may stand in a source folder: one layout per table, one line per column
 * (docs/formats/kit-source.md). Plans and forms use the same machinery: their
 * front matter is one record, each step and each field another.
 */
enum cell_type {
	CELL_TEXT,   /* free text, may hold [[kind:id]] links */
	CELL_ID,     /* the record's own id */
	CELL_REF,    /* an id of the kinds in `of`; with several, stored as kind:id */
	CELL_REFS,   /* ids, separated by commas */
	CELL_DATE,   /* stored as 2026-11-01 */
	CELL_TIME,   /* stored as 2026-11-01 16:00 */
	CELL_NUMBER, /* decimal, at most 9 digits */
	CELL_YES,    /* stored as "1" or "" */
	CELL_CHOICE, /* one of the words in `of`: "police=polizei;authority=..." */
	CELL_TIER,   /* stored as "0", "1", "2" */
	CELL_PHONE,  /* stored in normal form (lib/data/phone.h) */
	CELL_MAIL,
	CELL_MINUTES,      /* "5m", "2h", "1d": stored as minutes */
	CELL_HEX64,        /* 64 hexadecimal digits, stored in lower case */
	CELL_GUID,         /* stored in upper case without braces; is the record's own id */
	CELL_RECOVERY_KEY, /* 8 groups of 6 digits, stored with hyphens; never shown */
	CELL_FILE,         /* a name inside documents/ */
	CELL_MADE,         /* not a column of the source: the parser fills it in */
};

struct column {
	const char *key;  /* the English header */
	const char *also; /* other headers, separated by '|' */
	enum cell_type type;
	const char *of; /* CELL_REF: kinds; CELL_CHOICE: words */
	bool required;
};

enum table_name {
	ORGANISATIONS,
	PEOPLE,
	ROLES,
	ROSTER,
	CHANNELS,
	CONTRACTS,
	SYSTEMS,
	DEPENDENCIES,
	CHAINS,
	NODES,
	DEADLINES,
	PLANS,
	PHASES,
	STEPS,
	HOLDERS,
	DEPARTMENTS,
	PROCESSES,
	DEVICES,
	MODELS,
	ISSUED,
	RECOVERY_KEYS,
	RESTART_WAVES,
	EXERCISES,
	QUESTIONS,
	DOCUMENTS,
	FORMS,
	FORM_PARTS,
	TABLES /* how many */
};

struct layout {
	const char *file;             /* "people.csv", NULL for what comes from Markdown */
	enum kit_kind kind;           /* of the records, KIT_NONE if nothing refers to them */
	char tier;                    /* of a record that does not say: '0', '1' or '2' */
	const struct column *columns; /* ended by { 0 } */
	const char *once;             /* columns whose cells together stand once, or NULL */
};

const struct layout *layout_of(enum table_name table);

/* The index of the column with this key; the key must be there. */
size_t layout_column(const struct layout *l, const char *key);

/* The index of the column that a header names, in English or German, or -1. */
int layout_header(const struct layout *l, const char *header);

size_t layout_width(const struct layout *l);

#endif
