/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_IMPORT_H
#define KIT_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kit/layout.h"
#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/data/csv.h"
#include "lib/data/phone.h"

/*
 * `kit import`: address books and directories into the tables of a source folder
 * (docs/formats/kit-import.md). A reader per format makes items; the merge
 * compares them with the tables; sheets keep what they do not change byte by byte.
 */
#define IMPORT_FILE_MAX (64 << 20) /* bytes */
#define IMPORT_ENTRIES_MAX 200000  /* people, devices and keys of one import */
#define IMPORT_UNMAPPED_MAX 500000 /* fields listed one by one */
#define IMPORT_FIELDS 10

/* The tables that an import fills, and their columns in the order of `values`. */
enum import_table { IMPORT_PEOPLE, IMPORT_DEVICES, IMPORT_KEYS, IMPORT_TABLES };
enum person_field {
	PERSON_LAST,
	PERSON_FIRST,
	PERSON_SALUTATION,
	PERSON_ORGANISATION, /* a name until it is merged, then an id */
	PERSON_FUNCTION,
	PERSON_MOBILE_WORK,
	PERSON_MOBILE_PRIVATE,
	PERSON_LANDLINE_WORK,
	PERSON_LANDLINE_PRIVATE,
	PERSON_EMAIL,
};
enum device_field { DEVICE_NAME, DEVICE_SERIAL, DEVICE_SITE };
enum key_field { KEY_ID, KEY_KEY, KEY_DEVICE, KEY_VOLUME, KEY_CREATED };

/* One person, device or key of a file. */
struct import_item {
	enum import_table table;
	const char *file;
	size_t line;
	const char *values[IMPORT_FIELDS]; /* "" where the file says nothing */
	const char *note;                  /* to be added to the note, or "" */
};

/* A field with a value that found no place. */
struct import_unmapped {
	const char *file;
	size_t line;
	const char *field, *value, *why; /* value masked and cut; "" if it is a secret */
};

/* What is only counted: fields without content for a kit, entries that are none. */
struct import_tally {
	const char *file; /* of the first */
	size_t line;
	const char *what, *why;
	size_t count;
};

/* What merging does with an item. */
enum import_result { IMPORT_NEW, IMPORT_CHANGED, IMPORT_EQUAL, IMPORT_AMBIGUOUS, IMPORT_RESULTS };
struct import_change {
	const struct import_item *item; /* the last that brought something */
	enum import_table table;
	enum import_result result;
	const char *id, *name;               /* of the row */
	const char *column, *before, *after; /* NULL for a new row; secrets as dots */
};

struct import {
	struct arena memory;
	struct import_item *items;
	size_t item_count, item_capacity;
	struct import_unmapped *unmapped;
	size_t unmapped_count, unmapped_capacity;
	struct import_tally *tallies;
	size_t tally_count, tally_capacity;
	struct import_change *changes;
	size_t change_count, change_capacity;
	size_t results[IMPORT_TABLES][IMPORT_RESULTS];
	size_t unchecked; /* rows whose checked_on and checked_by are emptied */
};

void import_release(struct import *im);

/* import_list.c: what readers call. */

/* Add a copy of the item. False only beyond the limit. */
__attribute__((warn_unused_result))
bool import_add(struct import *im, enum import_table table, const char *file, size_t line,
		struct import_item *item, struct error *e);

/* List a field, with words why (not copied). The value may be anything: it is masked
 * and cut; a secret is given as "". */
void import_unmapped(struct import *im, const char *file, size_t line, const char *field,
		     const char *value, const char *why);

/* Count something, without its value. */
void import_tally(struct import *im, const char *file, size_t line, const char *what,
		  const char *why);

/* Bytes of a file as UTF-8 text in the arena, spaces around cut: UTF-8 if well
 * formed, else Windows-1252 (`latin`: always). NULL, with *why, if it holds NUL, or
 * is in neither. Invisible characters are the caller's to judge: import_clean(). */
const char *import_text(struct import *im, const char *bytes, size_t len, bool latin,
			const char **why);

/* Is the text free of what must not get into a kit: escapes, bidi and zero width
 * characters, broken UTF-8? */
bool import_clean(const char *s);

/* Put a value into a field, for the first that comes: a second one is listed. What
 * is not clean ends the import with ERROR_UNTRUSTED. */
__attribute__((warn_unused_result))
bool import_set(struct import *im, struct import_item *item, int field, const char *name,
		size_t line, const char *value, struct error *e);

/* The kinds of a number, from types, labels and headers. */
struct import_number {
	bool mobile, private, work, other; /* other: fax, pager: no column for it */
};

/* Put a number where it belongs, in readable form; list it where it does not. Marks
 * that telephones put around numbers (bidi, zero width) are left out. */
void import_phone(struct import *im, struct import_item *item, const char *name, size_t line,
		  const char *value, struct import_number kind);
__attribute__((warn_unused_result))
bool import_mail(struct import *im, struct import_item *item, const char *name, size_t line,
		 const char *value, bool private, struct error *e);

/* First and last name out of "Dr. Änne von der Heide" or "Heide, Änne von der". */
__attribute__((warn_unused_result))
bool import_split_name(struct import *im, struct import_item *item, const char *name, size_t line,
		       const char *value, struct error *e);

/* Title and department into one function: "Sachbearbeitung, Bauamt". */
__attribute__((warn_unused_result))
bool import_function(struct import *im, struct import_item *item, size_t line, const char *title,
		     const char *department, struct error *e);

/* The readers: a whole file (bytes are changed; one byte behind them is there) into
 * items. False: *line is where. */
__attribute__((warn_unused_result))
bool import_vcard(struct import *im, const char *file, char *bytes, size_t len, size_t *line,
		  struct error *e);
__attribute__((warn_unused_result))
bool import_ldif(struct import *im, const char *file, char *bytes, size_t len, size_t *line,
		 struct error *e);
__attribute__((warn_unused_result))
bool import_csv(struct import *im, const char *file, const char *bytes, size_t len, size_t *line,
		struct error *e);

/* import_merge.c: all items into the tables of the folder `source`; `write` also
 * writes them. */
__attribute__((warn_unused_result))
bool import_merge(struct import *im, const char *source, bool write, struct error *e);

/* import_show.c */
void import_show(const struct import *im, const char *source, bool dry);
void import_show_json(const struct import *im, bool dry);

#endif
