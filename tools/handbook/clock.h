/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_CLOCK_H
#define HANDBOOK_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/text.h"
#include "lib/data/message.h"
#include "lib/journal/view.h"

/*
 * What time it is. A PC's clock proves nothing: its battery is old, or another system set it
 * to local time. So a person compares it once per shift with another one, and from then on
 * time is counted from what that person confirmed with a clock that nobody sets
 * (CLOCK_BOOTTIME). All times UTC, milliseconds since 1970.
 */
struct clock {
	char boot[33]; /* the chain that is written here; "" where no writer answered */
	bool confirmed;
	int64_t time_ms, up_ms; /* what was confirmed, and `up` then (docs/formats/journal.md) */
	int64_t wrong_ms;       /* how far the PC's clock was ahead of it then; negative: behind */
	char source[8];         /* "watch", "radio", "phone", "gps", "other" */
	char author[96];        /* who confirmed it; "" if nobody said or it is locked */
	int64_t shift;          /* the record of the last handover of this boot, 0: none yet */
	bool due;               /* nobody has confirmed it in this shift */
	int64_t latest_ms;      /* time of the latest record of all boots; 0: there is none */
};

int64_t clock_pc_ms(void); /* what the PC's clock says */
int64_t clock_up_ms(void); /* since the PC was started; only ever grows */

/* What the journal says of the clock of this PC's present boot. `boot` "" (no writer answers) or a
 * view that is closed: not confirmed. */
__attribute__((warn_unused_result))
bool clock_read(struct clock *c, struct view *v, const char *boot, struct error *e);

/* Now: by the confirmed clock, else by the PC's. { 0 } is the PC's. */
int64_t clock_now_ms(const struct clock *c);

/* Would an event count that is entered now? A state is the last event about a thing
 * (docs/formats/journal.md#state); on another PC there may be one with a time that is still to
 * come here. Then this PC's clock is behind: false in words. */
__attribute__((warn_unused_result))
bool clock_counts(const struct clock *c, struct view *v, const struct message *event,
		  struct error *e);

/* What somebody typed from another clock: the nearest such time to what `c` takes for now.
 * People type minutes: within the minute typed, it is now or just after the latest record, so
 * that what follows stands after it. */
__attribute__((warn_unused_result))
bool clock_typed(const struct clock *c, const char *typed, int64_t *time_ms, struct error *e);

/* Confirming a time is: recording the event, whose `at` keeps how wrong the PC's clock was; then
 * setting the system's clock, for the programs that show it. False says why the broker would
 * not: what the journal says of the clock serves as well. */
void clock_event(int64_t time_ms, const char *source, const char *author, struct message *event);
bool clock_set_system(int64_t time_ms, struct error *why);

/* The n-th source of a time: its name in the journal, and as a person says it, "by wrist watch"
 * (a message id). NULL after the last. */
const char *clock_source(size_t n, const char **words);

/* "The PC's clock was confirmed: Thu 26 Nov 2026 12:05 CET, by wrist watch." or that it was not. */
void clock_add_words(const struct clock *c, struct text *out);
/* "18 h 12 min", "42 min", from 100 hours on "23 days": a length of time, not negative. */
void clock_add_span(int64_t ms, struct text *out);
/* "3 h 00 min ahead", "5 min behind", "right to the minute": of the PC's clock. */
void clock_add_wrong(int64_t wrong_ms, struct text *out);

#endif
