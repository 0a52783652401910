/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_TASK_H
#define TRIAGE_PARSE_TASK_H

#include "lib/base/memory.h"
#include "triage/parse/parse.h"
#include "triage/parse/words.h"

/*
 * Scheduled tasks (docs/formats/task.md): XML of Vista and later, as values with the keys that they
 * are printed with; and .job files of XP.
 */
#define TASK_BYTES_MAX (8u << 20)
#define TASK_VALUES_MAX 16384u /* also of items */

enum task_part { TASK_TOP, TASK_PRINCIPAL, TASK_TRIGGER, TASK_ACTION, TASK_PARTS };
enum task_kind { TASK_TEXT, TASK_BOOL, TASK_NUMBER, TASK_LIST }; /* LIST: several of a key */

struct task_value {
	enum task_part part;
	const char *key; /* NULL: not known; then `path` says what it is */
	const char *path;
	enum task_kind kind;
	const char *s; /* UTF-8, half surrogates as WTF-8 */
	size_t len;
};

struct task_item { /* a principal, a trigger, an action; of TOP one before, between and behind them */
	enum task_part part;
	const char *type;    /* "exec", "calendar"; of what is not known its element's name */
	size_t first, count; /* of the values */
};

struct task {
	struct arena pieces;
	struct task_value *values;
	size_t value_count, value_capacity;
	struct task_item *items;
	size_t item_count, item_capacity;
};

/* False with e: no task at all. What can be read before XML makes no sense is kept, with a
 * problem. Releasing *t is right in any case. */
__attribute__((warn_unused_result))
bool task_parse(const uint8_t *bytes, size_t len, struct task *t,
		const struct parse_problems *problems, struct error *e);
void task_release(struct task *t);

/* A time of that PC, without its zone. A year of 0: none. */
struct job_time {
	uint16_t year, month, day, hour, minute, second, millisecond;
};

struct job {
	uint16_t product_version, file_version, retry_count, retry_minutes, idle_deadline_minutes,
		idle_wait_minutes, running_instances;
	const uint8_t *id; /* GUID */
	uint32_t priority, max_run_ms, exit_code, status, flags;
	struct job_time last_run;
	struct words application, parameters, working_directory, author, comment;
	struct reader user_data;
	struct reader triggers; /* for job_trigger_next() */
	const struct parse_problems *problems;
	size_t triggers_at;
};

struct job_trigger {
	struct job_time start, end; /* end: a date */
	uint32_t duration_minutes, interval_minutes, flags, type;
	uint16_t specific[3];
};

__attribute__((warn_unused_result))
bool job_parse(const uint8_t *bytes, size_t len, struct job *j,
	       const struct parse_problems *problems, struct error *e);
bool job_trigger_next(struct job *j, struct job_trigger *t);

#endif
