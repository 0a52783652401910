/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tasks of XP ([MS-TSCH] 2.4): a fixed part, strings, triggers. */
#include <string.h>

#include "lib/base/language.h"
#include "triage/parse/task.h"

#define FIXED_BYTES 68u
#define TRIGGER_BYTES 48u
#define SIGNATURE_BYTES 68u /* two versions, 64 bytes */

/* SYSTEMTIME */
static struct job_time read_time(struct reader *r)
{
	struct job_time t = { .year = reader_le16(r), .month = reader_le16(r) };

	reader_skip(r, 2); /* day of the week */
	t.day = reader_le16(r);
	t.hour = reader_le16(r);
	t.minute = reader_le16(r);
	t.second = reader_le16(r);
	t.millisecond = reader_le16(r);
	return t;
}

/* A count of units with their end, the units. */
static struct words read_string(struct reader *r)
{
	struct reader text = reader_sub(r, 2 * (size_t)reader_le16(r));

	return words_trimmed(text, true);
}

/* Behind them and the user's data, what Windows keeps for itself; then the triggers. */
static void read_strings(struct job *j, struct reader r, const uint8_t *triggers)
{
	j->application = read_string(&r);
	j->parameters = read_string(&r);
	j->working_directory = read_string(&r);
	j->author = read_string(&r);
	j->comment = read_string(&r);
	j->user_data = reader_sub(&r, reader_le16(&r));
	if (r.bad) {
		parse_problem(j->problems, FIXED_BYTES + 2, N_("the task ends within its strings"));
		j->user_data = (struct reader){ 0 };
		return;
	}
	reader_skip(&r, reader_le16(&r));
	if (r.bad || r.at != triggers)
		parse_problem(j->problems, j->triggers_at,
			      N_("the triggers do not begin where the strings end"));
}

bool job_parse(const uint8_t *bytes, size_t len, struct job *j,
	       const struct parse_problems *problems, struct error *e)
{
	struct reader file = reader_of(bytes, len), r = file;

	*j = (struct job){ .product_version = reader_le16(&r), .problems = problems };
	j->file_version = reader_le16(&r);
	j->id = reader_take(&r, 16);
	size_t strings_at = reader_le16(&r);
	j->triggers_at = reader_le16(&r);
	j->retry_count = reader_le16(&r);
	j->retry_minutes = reader_le16(&r);
	j->idle_deadline_minutes = reader_le16(&r);
	j->idle_wait_minutes = reader_le16(&r);
	j->priority = reader_le32(&r);
	j->max_run_ms = reader_le32(&r);
	j->exit_code = reader_le32(&r);
	j->status = reader_le32(&r);
	j->flags = reader_le32(&r);
	j->last_run = read_time(&r);
	j->running_instances = reader_le16(&r);
	if (r.bad || j->file_version != 1 || strings_at < FIXED_BYTES)
		return error_set(e, ERROR_UNTRUSTED, _("this is no task"));
	r = file;
	reader_skip(&r, strings_at);
	read_strings(j, r, bytes + (j->triggers_at < len ? j->triggers_at : len));
	r = file;
	reader_skip(&r, j->triggers_at);
	size_t count = reader_le16(&r);
	j->triggers = r;
	if (r.bad || count > r.left / TRIGGER_BYTES) {
		parse_problem(problems, j->triggers_at, N_("the task ends within its triggers"));
		count = r.left / TRIGGER_BYTES;
	}
	j->triggers.bad = false;
	j->triggers.left = count * TRIGGER_BYTES;
	reader_skip(&r, j->triggers.left);
	if (r.left && r.left != SIGNATURE_BYTES)
		parse_problem(problems, len - r.left, N_("there is more behind the triggers"));
	return true;
}

bool job_trigger_next(struct job *j, struct job_trigger *t)
{
	struct reader r = reader_sub(&j->triggers, j->triggers.left ? TRIGGER_BYTES : 1);

	if (r.bad)
		return false;
	reader_skip(&r, 4);
	*t = (struct job_trigger){ 0 };
	t->start.year = reader_le16(&r);
	t->start.month = reader_le16(&r);
	t->start.day = reader_le16(&r);
	t->end.year = reader_le16(&r);
	t->end.month = reader_le16(&r);
	t->end.day = reader_le16(&r);
	t->start.hour = reader_le16(&r);
	t->start.minute = reader_le16(&r);
	t->duration_minutes = reader_le32(&r);
	t->interval_minutes = reader_le32(&r);
	t->flags = reader_le32(&r);
	t->type = reader_le32(&r);
	for (size_t i = 0; i < 3; i++)
		t->specific[i] = reader_le16(&r);
	return true;
}
