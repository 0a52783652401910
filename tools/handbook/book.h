/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_BOOK_H
#define HANDBOOK_BOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "handbook/outage.h"
#include "handbook/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/crypto/slots.h"
#include "lib/data/db.h"
#include "lib/data/json.h"
#include "lib/data/kitinfo.h"
#include "lib/data/kitkind.h"

/* The kit, as far as it is open: at first what anybody may read, more after book_unlock()
 * (unlock.h). Queries name a table without a schema and get the rows of all open tiers. */
struct book {
	struct db *db;
	struct kitinfo kit;
	struct tier_keys keys; /* of the tiers that were unlocked; wiped by book_close() */
	struct book_tier {
		void *bytes; /* plain, in memory of their own */
		size_t len;
		bool open;
	} tiers[KIT_TIERS];
	struct outage outage; /* what has failed, as far as anybody said */
	struct clock clock;   /* { 0 } until somebody read it from the journal */
};

/* Open kit_folder()/open.db. { 0 } is closed; book_close() accepts it. */
__attribute__((warn_unused_result))
bool book_open(struct book *b, struct error *e);

/* For the command line, which has no frame: on stderr, what must not be overlooked about
 * a kit that is altered or refused. */
void book_warn(const struct book *b);
void book_close(struct book *b);

/* Now, in milliseconds since 1970, by the confirmed clock where there is one. */
int64_t book_now_ms(const struct book *b);

/* "There is no such thing", and whether it may be in a part that is locked. False. */
bool book_absent(const struct book *b, enum kit_kind kind, const char *id, struct error *e);

/* Prepare a statement with `id` as its parameter 1 and step to its first row.
 * NULL: *e says why, or is empty because there is no row. */
__attribute__((warn_unused_result))
struct db_statement *book_ask(struct book *b, const char *sql, const char *id, struct error *e);

/* "role:dsb" into kind and id (which lies in `word`); false in words. */
__attribute__((warn_unused_result))
bool book_name_parse(const char *word, enum kit_kind *kind, const char **id, struct error *e);

/* The name or title of a thing; its id if the kit does not know it. */
void book_add_name(struct book *b, enum kit_kind kind, const char *id, struct text *out);

/* As book_add_name(), followed by its first number where it has one:
 * "Data protection officer, +49 171 3920054". */
void book_add_reach(struct book *b, enum kit_kind kind, const char *id, struct text *out);

/* Text of the kit for people: [[role:dsb]] as a name with its number, no ** . */
void book_add_words(struct book *b, const char *text, struct text *out);

/* "mobile, work": what a channel's type is called, translated. */
const char *book_channel_label(const char *type);
/* "DECISION": what a step's kind is called, translated. */
const char *book_step_label(const char *kind);
/* "2026-10-28" as "28 Oct 2026". */
void book_add_date(const char *date, struct text *out);
/* "2026-11-27 16:00" as "27 Nov 2026 16:00". */
void book_add_time(const char *time, struct text *out);
/* How long a deadline is: "24 hours", "1 month", else its words. Nothing if the kit
 * does not say. */
void book_add_deadline(struct book *b, const char *id, struct text *out);
/* Its name with that: "Meldung an die Datenschutzaufsicht, 72 hours". */
void book_add_due(struct book *b, const char *id, struct text *out);
/* "15 min", "2 h", "3 days". */
void book_add_minutes(int64_t minutes, struct text *out);

/*
 * One thing, whole: as text for a screen (lib/ui/ui.h, ui_text) or a terminal,
 * or as JSON. False with ERROR_FAILED and words if there is no such thing.
 */
__attribute__((warn_unused_result))
bool book_show(struct book *b, enum kit_kind kind, const char *id, struct text *out,
	       struct error *e);
__attribute__((warn_unused_result))
bool book_show_json(struct book *b, enum kit_kind kind, const char *id, struct json *j,
		    struct error *e);

#endif
