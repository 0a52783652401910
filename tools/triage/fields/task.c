/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of scheduled tasks: docs/formats/task.md. */
#include "triage/parse/task.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "triage/fields/words.h"
#include "triage/format.h"

#define TIME_TEXT 40

static void put_value(struct emit *o, const struct task_value *v)
{
	bool is_true = (v->len == 4 && memcmp(v->s, "true", 4) == 0) ||
		       (v->len == 1 && *v->s == '1');
	bool is_false = (v->len == 5 && memcmp(v->s, "false", 5) == 0) ||
			(v->len == 1 && *v->s == '0');
	bool is_number = v->len > 0 && v->len < 19 && strspn(v->s, "0123456789") == v->len;

	if (v->kind == TASK_BOOL && (is_true || is_false))
		emit_bool(o, v->key, is_true);
	else if (v->kind == TASK_NUMBER && is_number)
		emit_number(o, v->key, strtoull(v->s, NULL, 10));
	else
		emit_text(o, v->key, v->s, v->len);
}

/* Values of a key that may come several times, as an array where the first of them stands. */
static void put_several(const struct task *t, struct emit *o, const struct task_item *item,
			size_t first)
{
	const char *key = t->values[first].key;

	emit_array(o, key);
	for (size_t i = first; i < item->first + item->count; i++)
		if (t->values[i].key && strcmp(t->values[i].key, key) == 0)
			emit_text(o, NULL, t->values[i].s, t->values[i].len);
	emit_close(o);
}

static bool is_first(const struct task *t, const struct task_item *item, size_t at)
{
	for (size_t i = item->first; i < at; i++)
		if (t->values[i].key && strcmp(t->values[i].key, t->values[at].key) == 0)
			return false;
	return true;
}

static void put_values(const struct task *t, struct emit *o, const struct task_item *item)
{
	for (size_t i = item->first; i < item->first + item->count; i++) {
		const struct task_value *v = &t->values[i];

		if (!v->key)
			continue;
		if (v->kind != TASK_LIST)
			put_value(o, v);
		else if (is_first(t, item, i))
			put_several(t, o, item, i);
	}
}

/* What is not known is not lost: all of it that the items of a part have, in one array. */
static void put_others(const struct task *t, struct emit *o, const struct task_item *items,
		       size_t count, enum task_part part)
{
	bool any = false;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; items[i].part == part && k < items[i].count; k++) {
			const struct task_value *v = &t->values[items[i].first + k];

			if (v->key)
				continue;
			if (!any)
				emit_array(o, "other");
			any = true;
			emit_object(o, NULL);
			emit_string(o, "name", v->path);
			emit_text(o, "value", v->s, v->len);
			emit_close(o);
		}
	if (any)
		emit_close(o);
}

static const struct task_value *find(const struct task *t, enum task_part part, const char *key)
{
	for (size_t i = 0; i < t->item_count; i++)
		for (size_t k = 0; t->items[i].part == part && k < t->items[i].count; k++) {
			const struct task_value *v = &t->values[t->items[i].first + k];

			if (v->key && strcmp(v->key, key) == 0)
				return v;
		}
	return NULL;
}

static void put_items(const struct task *t, struct emit *o, const char *key, enum task_part part)
{
	emit_array(o, key);
	for (size_t i = 0; i < t->item_count; i++) {
		if (t->items[i].part != part)
			continue;
		emit_object(o, NULL);
		if (part != TASK_PRINCIPAL)
			emit_string(o, "type", t->items[i].type);
		put_values(t, o, &t->items[i]);
		put_others(t, o, &t->items[i], 1, part);
		emit_close(o);
	}
	emit_close(o);
}

static void say(struct emit *o, const struct task *t, const char *key, enum task_part part)
{
	const struct task_value *v = find(t, part, key);

	if (!v)
		return;
	emit_says(o, v->s, v->len);
	emit_says(o, " ", 1);
}

/* The values of the task itself stand before, between and behind its parts: they were gathered
 * into several items, of which a key counts once. */
static bool put_task(struct task *t, struct emit *o, struct error *e)
{
	emit_begin(o, "task_scheduler:task:xml");
	say(o, t, "uri", TASK_TOP);
	say(o, t, "command", TASK_ACTION);
	say(o, t, "arguments", TASK_ACTION);
	for (size_t i = 0; i < t->item_count; i++)
		if (t->items[i].part == TASK_TOP)
			put_values(t, o, &t->items[i]);
	if (!find(t, TASK_TOP, "enabled"))
		emit_bool(o, "enabled", true);
	if (!find(t, TASK_TOP, "hidden"))
		emit_bool(o, "hidden", false);
	put_items(t, o, "principals", TASK_PRINCIPAL);
	put_items(t, o, "triggers", TASK_TRIGGER);
	put_items(t, o, "actions", TASK_ACTION);
	put_others(t, o, t->items, t->item_count, TASK_TOP);
	return emit_end(o, e);
}

/* Of that PC, so without a zone. */
static void put_time(struct emit *o, const char *key, const struct job_time *t, bool is_date)
{
	char text[TIME_TEXT];

	if (!t->year) {
		emit_null(o, key);
		return;
	}
	snprintf(text, sizeof(text),
		 is_date ? "%04u-%02u-%02u" : "%04u-%02u-%02uT%02u:%02u:%02u.%03u", t->year,
		 t->month, t->day, t->hour, t->minute, t->second, t->millisecond);
	emit_string(o, key, text);
}

static void put_trigger(struct emit *o, const struct job_trigger *t)
{
	static const char *const names[] = { "once",
					     "daily",
					     "weekly",
					     "monthly_date",
					     "monthly_day_of_week",
					     "event_on_idle",
					     "event_at_system_start",
					     "event_at_logon" };

	emit_object(o, NULL);
	if (t->type < sizeof(names) / sizeof(*names))
		emit_string(o, "type", names[t->type]);
	else
		emit_number(o, "type", t->type);
	put_time(o, "start_boundary", &t->start, false);
	put_time(o, "end_boundary", &t->end, true);
	emit_bool(o, "enabled", !(t->flags & 4));
	emit_flags(o, "flags", t->flags);
	emit_number(o, "duration_minutes", t->duration_minutes);
	emit_number(o, "interval_minutes", t->interval_minutes);
	switch (t->type) {
	case 1:
		emit_number(o, "days_interval", t->specific[0]);
		break;
	case 2:
		emit_number(o, "weeks_interval", t->specific[0]);
		emit_flags(o, "days_of_week", t->specific[1]);
		break;
	case 3:
		emit_flags(o, "days_of_month", t->specific[0] | (uint32_t)t->specific[1] << 16);
		emit_flags(o, "months", t->specific[2]);
		break;
	case 4:
		emit_number(o, "week", t->specific[0]);
		emit_flags(o, "days_of_week", t->specific[1]);
		emit_flags(o, "months", t->specific[2]);
		break;
	default:
		break;
	}
	emit_close(o);
}

static bool put_job(struct job *j, struct emit *o, struct error *e)
{
	struct job_trigger t;

	emit_begin(o, "windows:tasks:job");
	emit_says_words(o, j->application);
	emit_says(o, " ", 1);
	emit_says_words(o, j->parameters);
	emit_words(o, "application_name", j->application);
	emit_words(o, "parameters", j->parameters);
	emit_words(o, "working_directory", j->working_directory);
	emit_words(o, "author", j->author);
	emit_words(o, "comment", j->comment);
	put_time(o, "last_run_time", &j->last_run, false);
	emit_guid(o, "job_identifier", j->id);
	emit_number(o, "product_version", j->product_version);
	emit_flags(o, "flags", j->flags);
	emit_bool(o, "enabled", !(j->flags & 4));
	emit_bool(o, "hidden", j->flags & 0x200);
	emit_flags(o, "status", j->status);
	emit_number(o, "exit_code", j->exit_code);
	emit_flags(o, "priority", j->priority);
	emit_number(o, "maximum_run_time_ms", j->max_run_ms);
	emit_number(o, "error_retry_count", j->retry_count);
	emit_number(o, "error_retry_interval_minutes", j->retry_minutes);
	emit_number(o, "idle_deadline_minutes", j->idle_deadline_minutes);
	emit_number(o, "idle_wait_minutes", j->idle_wait_minutes);
	emit_number(o, "running_instances", j->running_instances);
	if (j->user_data.left)
		emit_hex(o, "user_data", j->user_data.at, j->user_data.left);
	emit_array(o, "triggers");
	while (job_trigger_next(j, &t))
		put_trigger(o, &t);
	emit_close(o);
	return emit_end(o, e);
}

/* A .job has the version of its file where text has none of these letters. */
static bool is_job(const uint8_t *bytes, size_t len)
{
	return len > 4 && bytes[2] == 1 && bytes[3] == 0;
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct task t = { 0 };
	struct job j;
	size_t len;
	uint8_t *bytes = format_whole(&job->inputs[0], TASK_BYTES_MAX, &len, e);
	bool ok = bytes;

	if (ok && is_job(bytes, len))
		ok = job_parse(bytes, len, &j, &job->problems, e) && put_job(&j, o, e);
	else if (ok)
		ok = task_parse(bytes, len, &t, &job->problems, e) && put_task(&t, o, e);
	task_release(&t);
	free(bytes);
	return ok;
}

static const char *const columns[] = {
	"uri",
	"author",
	"date",
	"description",
	"enabled",
	"hidden",
	"principals",
	"triggers",
	"actions",
	"application_name",
	"parameters",
	"working_directory",
	"comment",
	"last_run_time",
	"schema_version",
	"version",
	"source",
	"documentation",
	"security_descriptor",
	"allow_start_on_demand",
	"allow_hard_terminate",
	"start_when_available",
	"wake_to_run",
	"run_only_if_idle",
	"run_only_if_network_available",
	"disallow_start_if_on_batteries",
	"stop_if_going_on_batteries",
	"use_unified_scheduling_engine",
	"disallow_start_on_remote_app_session",
	"volatile",
	"execution_time_limit",
	"delete_expired_task_after",
	"multiple_instances_policy",
	"restart_interval",
	"restart_count",
	"idle_duration",
	"idle_wait_timeout",
	"stop_on_idle_end",
	"restart_on_idle",
	"network_name",
	"network_id",
	"maintenance_period",
	"maintenance_deadline",
	"maintenance_exclusive",
	"data",
	"context",
	"job_identifier",
	"product_version",
	"flags",
	"status",
	"exit_code",
	"priority",
	"maximum_run_time_ms",
	"error_retry_count",
	"error_retry_interval_minutes",
	"idle_deadline_minutes",
	"idle_wait_minutes",
	"running_instances",
	"user_data",
	"other",
	NULL,
};

/* Times of tasks are those of the PC's clock, without a zone: no moments. */
const struct format format_task = {
	.name = "task",
	.help = N_("scheduled tasks: what is started, when, as whom (XML and .job)"),
	.columns = columns,
	.has_moments = false,
	.inputs_max = 1,
	.run = run,
};
