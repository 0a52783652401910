/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tasks in XML: elements by their paths, each to the key that it is printed with. */
#include "triage/parse/task.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/disk/utf16.h"
#include "triage/parse/xml.h"

#define PIECE 4096u    /* bytes of UTF-16 at a time */
#define PATH_KEPT 512u /* bytes of the path of a value that is not known */

static const struct known {
	enum task_part part;
	const char *path, *key; /* path below the item; "*": the value is the element's name */
	enum task_kind kind;
} known[] = {
	{ TASK_TOP, "@version", "schema_version", TASK_TEXT },
	{ TASK_TOP, "RegistrationInfo/URI", "uri", TASK_TEXT },
	{ TASK_TOP, "RegistrationInfo/Author", "author", TASK_TEXT },
	{ TASK_TOP, "RegistrationInfo/Date", "date", TASK_TEXT },
	{ TASK_TOP, "RegistrationInfo/Description", "description", TASK_TEXT },
	{ TASK_TOP, "RegistrationInfo/Version", "version", TASK_TEXT },
	{ TASK_TOP, "RegistrationInfo/Source", "source", TASK_TEXT },
	{ TASK_TOP, "RegistrationInfo/Documentation", "documentation", TASK_TEXT },
	{ TASK_TOP, "RegistrationInfo/SecurityDescriptor", "security_descriptor", TASK_TEXT },
	{ TASK_TOP, "Settings/Enabled", "enabled", TASK_BOOL },
	{ TASK_TOP, "Settings/Hidden", "hidden", TASK_BOOL },
	{ TASK_TOP, "Settings/AllowStartOnDemand", "allow_start_on_demand", TASK_BOOL },
	{ TASK_TOP, "Settings/AllowHardTerminate", "allow_hard_terminate", TASK_BOOL },
	{ TASK_TOP, "Settings/StartWhenAvailable", "start_when_available", TASK_BOOL },
	{ TASK_TOP, "Settings/WakeToRun", "wake_to_run", TASK_BOOL },
	{ TASK_TOP, "Settings/RunOnlyIfIdle", "run_only_if_idle", TASK_BOOL },
	{ TASK_TOP, "Settings/RunOnlyIfNetworkAvailable", "run_only_if_network_available",
	  TASK_BOOL },
	{ TASK_TOP, "Settings/DisallowStartIfOnBatteries", "disallow_start_if_on_batteries",
	  TASK_BOOL },
	{ TASK_TOP, "Settings/StopIfGoingOnBatteries", "stop_if_going_on_batteries", TASK_BOOL },
	{ TASK_TOP, "Settings/UseUnifiedSchedulingEngine", "use_unified_scheduling_engine",
	  TASK_BOOL },
	{ TASK_TOP, "Settings/DisallowStartOnRemoteAppSession",
	  "disallow_start_on_remote_app_session", TASK_BOOL },
	{ TASK_TOP, "Settings/Volatile", "volatile", TASK_BOOL },
	{ TASK_TOP, "Settings/Priority", "priority", TASK_NUMBER },
	{ TASK_TOP, "Settings/ExecutionTimeLimit", "execution_time_limit", TASK_TEXT },
	{ TASK_TOP, "Settings/DeleteExpiredTaskAfter", "delete_expired_task_after", TASK_TEXT },
	{ TASK_TOP, "Settings/MultipleInstancesPolicy", "multiple_instances_policy", TASK_TEXT },
	{ TASK_TOP, "Settings/RestartOnFailure/Interval", "restart_interval", TASK_TEXT },
	{ TASK_TOP, "Settings/RestartOnFailure/Count", "restart_count", TASK_NUMBER },
	{ TASK_TOP, "Settings/IdleSettings/Duration", "idle_duration", TASK_TEXT },
	{ TASK_TOP, "Settings/IdleSettings/WaitTimeout", "idle_wait_timeout", TASK_TEXT },
	{ TASK_TOP, "Settings/IdleSettings/StopOnIdleEnd", "stop_on_idle_end", TASK_BOOL },
	{ TASK_TOP, "Settings/IdleSettings/RestartOnIdle", "restart_on_idle", TASK_BOOL },
	{ TASK_TOP, "Settings/NetworkSettings/Name", "network_name", TASK_TEXT },
	{ TASK_TOP, "Settings/NetworkSettings/Id", "network_id", TASK_TEXT },
	{ TASK_TOP, "Settings/MaintenanceSettings/Period", "maintenance_period", TASK_TEXT },
	{ TASK_TOP, "Settings/MaintenanceSettings/Deadline", "maintenance_deadline", TASK_TEXT },
	{ TASK_TOP, "Settings/MaintenanceSettings/Exclusive", "maintenance_exclusive", TASK_BOOL },
	{ TASK_TOP, "Data", "data", TASK_TEXT },
	{ TASK_TOP, "Actions/@Context", "context", TASK_TEXT },
	{ TASK_PRINCIPAL, "@id", "id", TASK_TEXT },
	{ TASK_PRINCIPAL, "UserId", "user_id", TASK_TEXT },
	{ TASK_PRINCIPAL, "GroupId", "group_id", TASK_TEXT },
	{ TASK_PRINCIPAL, "DisplayName", "display_name", TASK_TEXT },
	{ TASK_PRINCIPAL, "LogonType", "logon_type", TASK_TEXT },
	{ TASK_PRINCIPAL, "RunLevel", "run_level", TASK_TEXT },
	{ TASK_PRINCIPAL, "ProcessTokenSidType", "process_token_sid_type", TASK_TEXT },
	{ TASK_PRINCIPAL, "RequiredPrivileges/Privilege", "required_privileges", TASK_LIST },
	{ TASK_TRIGGER, "@id", "id", TASK_TEXT },
	{ TASK_TRIGGER, "Enabled", "enabled", TASK_BOOL },
	{ TASK_TRIGGER, "StartBoundary", "start_boundary", TASK_TEXT },
	{ TASK_TRIGGER, "EndBoundary", "end_boundary", TASK_TEXT },
	{ TASK_TRIGGER, "ExecutionTimeLimit", "execution_time_limit", TASK_TEXT },
	{ TASK_TRIGGER, "Repetition/Interval", "repetition_interval", TASK_TEXT },
	{ TASK_TRIGGER, "Repetition/Duration", "repetition_duration", TASK_TEXT },
	{ TASK_TRIGGER, "Repetition/StopAtDurationEnd", "stop_at_duration_end", TASK_BOOL },
	{ TASK_TRIGGER, "Delay", "delay", TASK_TEXT },
	{ TASK_TRIGGER, "RandomDelay", "random_delay", TASK_TEXT },
	{ TASK_TRIGGER, "UserId", "user_id", TASK_TEXT },
	{ TASK_TRIGGER, "StateChange", "state_change", TASK_TEXT },
	{ TASK_TRIGGER, "StateName", "state_name", TASK_TEXT },
	{ TASK_TRIGGER, "Data", "data", TASK_TEXT },
	{ TASK_TRIGGER, "Subscription", "subscription", TASK_TEXT },
	{ TASK_TRIGGER, "ValueQueries/Value", "value_queries", TASK_LIST },
	{ TASK_TRIGGER, "ScheduleByDay/DaysInterval", "days_interval", TASK_NUMBER },
	{ TASK_TRIGGER, "ScheduleByWeek/WeeksInterval", "weeks_interval", TASK_NUMBER },
	{ TASK_TRIGGER, "ScheduleByWeek/DaysOfWeek/*", "days_of_week", TASK_LIST },
	{ TASK_TRIGGER, "ScheduleByMonth/DaysOfMonth/Day", "days_of_month", TASK_LIST },
	{ TASK_TRIGGER, "ScheduleByMonth/Months/*", "months", TASK_LIST },
	{ TASK_TRIGGER, "ScheduleByMonthDayOfWeek/Weeks/Week", "weeks", TASK_LIST },
	{ TASK_TRIGGER, "ScheduleByMonthDayOfWeek/DaysOfWeek/*", "days_of_week", TASK_LIST },
	{ TASK_TRIGGER, "ScheduleByMonthDayOfWeek/Months/*", "months", TASK_LIST },
	{ TASK_ACTION, "@id", "id", TASK_TEXT },
	{ TASK_ACTION, "Command", "command", TASK_TEXT },
	{ TASK_ACTION, "Arguments", "arguments", TASK_TEXT },
	{ TASK_ACTION, "WorkingDirectory", "working_directory", TASK_TEXT },
	{ TASK_ACTION, "ClassId", "class_id", TASK_TEXT },
	{ TASK_ACTION, "Data", "data", TASK_TEXT },
	{ TASK_ACTION, "Title", "title", TASK_TEXT },
	{ TASK_ACTION, "Body", "body", TASK_TEXT },
	{ TASK_ACTION, "Server", "server", TASK_TEXT },
	{ TASK_ACTION, "Subject", "subject", TASK_TEXT },
	{ TASK_ACTION, "From", "from", TASK_TEXT },
	{ TASK_ACTION, "To", "to", TASK_TEXT },
	{ TASK_ACTION, "Cc", "cc", TASK_TEXT },
	{ TASK_ACTION, "Bcc", "bcc", TASK_TEXT },
	{ TASK_ACTION, "ReplyTo", "reply_to", TASK_TEXT },
	{ TASK_ACTION, "Attachments/File", "attachments", TASK_LIST },
};

static const struct {
	const char *element, *type;
} types[] = {
	{ "TimeTrigger", "time" },
	{ "CalendarTrigger", "calendar" },
	{ "BootTrigger", "boot" },
	{ "LogonTrigger", "logon" },
	{ "IdleTrigger", "idle" },
	{ "EventTrigger", "event" },
	{ "RegistrationTrigger", "registration" },
	{ "SessionStateChangeTrigger", "session_state_change" },
	{ "WnfStateChangeTrigger", "wnf_state_change" },
	{ "Exec", "exec" },
	{ "ComHandler", "com_handler" },
	{ "SendEmail", "send_email" },
	{ "ShowMessage", "show_message" },
};

struct walk {
	struct task *t;
	struct xml xml;
	const struct parse_problems *problems;
	struct text path;                  /* below the item, "Repetition/Interval" */
	size_t path_before[XML_DEPTH_MAX]; /* its length before each open element */
	struct text value;
	bool has_children, bad_reference;
	unsigned item_depth; /* elements above those of the path */
	bool too_many;
};

static bool same(struct xml_span span, const char *s)
{
	return span.len == strlen(s) && memcmp(span.s, s, span.len) == 0;
}

static struct task_item *add_item(struct task *t, enum task_part part, const char *type)
{
	mem_grow(&t->items, &t->item_capacity, t->item_count + 1, sizeof(*t->items));
	struct task_item *i = &t->items[t->item_count++];

	*i = (struct task_item){ .part = part, .type = type, .first = t->value_count };
	return i;
}

/* What of the table a path is. "*" stands for the last name of it. */
static const struct known *find(enum task_part part, const char *path, size_t len, bool *is_name)
{
	const char *slash = memrchr(path, '/', len);
	size_t stem = slash ? (size_t)(slash + 1 - path) : 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		size_t n = strlen(known[i].path);

		if (known[i].part != part)
			continue;
		*is_name = known[i].path[n - 1] == '*';
		if (*is_name ? n == stem + 1 && memcmp(known[i].path, path, stem) == 0
			     : n == len && memcmp(known[i].path, path, len) == 0)
			return &known[i];
	}
	return NULL;
}

/* The first of a key counts; others are told apart. What belongs to the task itself may stand
 * in several items. */
static bool is_there(const struct task *t, const struct task_item *item, const char *key)
{
	for (size_t i = item->part == TASK_TOP ? 0 : item->first; i < t->value_count; i++)
		if (t->values[i].part == item->part && t->values[i].key &&
		    strcmp(t->values[i].key, key) == 0)
			return true;
	return false;
}

static void add_value(struct walk *w, const char *path, size_t path_len, const char *s, size_t len)
{
	struct task *t = w->t;
	struct task_item *item = &t->items[t->item_count - 1];
	bool is_name = false;
	const struct known *k = find(item->part, path, path_len, &is_name);

	if (t->value_count == TASK_VALUES_MAX) {
		w->too_many = true;
		return;
	}
	if (k && k->kind != TASK_LIST && is_there(t, item, k->key))
		k = NULL;
	if (is_name && k) {
		const char *slash = memrchr(path, '/', path_len);

		s = slash ? slash + 1 : path;
		len = path_len - (size_t)(s - path);
	}
	mem_grow(&t->values, &t->value_capacity, t->value_count + 1, sizeof(*t->values));
	t->values[t->value_count++] = (struct task_value){
		.part = item->part,
		.key = k ? k->key : NULL,
		.path = k ? NULL
			  : arena_string_n(&t->pieces, path,
					   path_len < PATH_KEPT ? path_len : PATH_KEPT),
		.kind = k ? k->kind : TASK_TEXT,
		.s = arena_string_n(&t->pieces, s, len),
		.len = len,
	};
	item->count = t->value_count - item->first;
}

static void add_attribute(struct walk *w, const char *name, const char *path)
{
	struct xml_span value;
	struct text text = { 0 };

	if (!xml_attribute(&w->xml, name, &value))
		return;
	if (!xml_add_text(&text, value, false))
		w->bad_reference = true;
	add_value(w, path, strlen(path), text_end(&text), text.len);
	text_release(&text);
}

static const char *type_of(struct task *t, struct xml_span name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (same(name, types[i].element))
			return types[i].type;
	return arena_string_n(&t->pieces, name.s, name.len);
}

/* An item begins: everything until its end is below it. */
static void begin_item(struct walk *w, enum task_part part)
{
	w->too_many |= w->t->item_count >= TASK_VALUES_MAX;
	add_item(w->t, part, type_of(w->t, w->xml.name));
	w->item_depth = w->xml.depth;
	text_clear(&w->path);
	add_attribute(w, "id", "@id");
}

/* Text that stands beside elements is not lost: it is a value of the element around them. */
static void add_beside(struct walk *w)
{
	const char *s = text_end(&w->value);

	if (strspn(s, " \t\r\n") < w->value.len)
		add_value(w, text_end(&w->path), w->path.len, s, w->value.len);
	text_clear(&w->value);
}

static void on_start(struct walk *w)
{
	struct xml *x = &w->xml;

	add_beside(w);
	w->has_children = false;
	if (x->depth == 1) {
		w->item_depth = 1;
		add_attribute(w, "version", "@version");
		return;
	}
	if (x->depth == 3 && w->item_depth == 1) {
		const char *in = text_end(&w->path);
		enum task_part part = strcmp(in, "Principals") == 0 ? TASK_PRINCIPAL
				      : strcmp(in, "Triggers") == 0 ? TASK_TRIGGER
				      : strcmp(in, "Actions") == 0  ? TASK_ACTION
								    : TASK_TOP;

		if (part != TASK_TOP) {
			begin_item(w, part);
			return;
		}
	}
	w->path_before[x->depth - 1] = w->path.len;
	if (w->path.len)
		text_add_n(&w->path, "/", 1);
	text_add_n(&w->path, x->name.s, x->name.len);
	if (x->depth == 2 && same(x->name, "Actions"))
		add_attribute(w, "Context", "Actions/@Context");
}

static void path_cut(struct text *path, size_t len)
{
	path->len = len;
	if (path->s)
		path->s[len] = '\0';
}

static void on_end(struct walk *w)
{
	struct xml *x = &w->xml;

	if (w->has_children)
		add_beside(w);
	/* depth is now that of the element around */
	if (x->depth + 1 == w->item_depth) {
		static const char *const around[TASK_PARTS] = { "", "Principals", "Triggers",
								"Actions" };
		enum task_part part = w->t->items[w->t->item_count - 1].part;

		if (part != TASK_TOP) { /* values of the task itself may follow */
			if (!w->has_children && w->value.len)
				add_value(w, "", 0, text_end(&w->value), w->value.len);
			text_clear(&w->path);
			text_add(&w->path, around[part]);
			w->path_before[x->depth - 1] = 0;
			w->item_depth = 1;
			add_item(w->t, TASK_TOP, "");
		}
	} else {
		if (!w->has_children)
			add_value(w, text_end(&w->path), w->path.len, text_end(&w->value),
				  w->value.len);
		path_cut(&w->path, w->path_before[x->depth]);
	}
	w->has_children = true;
	text_clear(&w->value);
}

static bool walk(struct walk *w)
{
	while (!w->too_many) {
		switch (xml_next(&w->xml)) {
		case XML_START:
			if (w->xml.depth == 1 && !same(w->xml.name, "Task"))
				return false;
			on_start(w);
			break;
		case XML_END:
			on_end(w);
			break;
		case XML_TEXT:
			if (!xml_add_text(&w->value, w->xml.text, w->xml.is_literal))
				w->bad_reference = true;
			break;
		case XML_DONE:
			return true;
		default:
			if (!w->xml.had_root)
				return false;
			parse_problem(w->problems, (uint64_t)(w->xml.at - w->xml.begin),
				      N_("the XML makes no sense from here on"));
			return true;
		}
	}
	parse_problem(w->problems, (uint64_t)(w->xml.at - w->xml.begin),
		      N_("the task has too many values"));
	return true;
}

/* As UTF-8, whichever it is in. */
static void decode(const uint8_t *bytes, size_t len, struct text *out)
{
	char piece[UTF16_TEXT(PIECE / 2)];

	if (len < 2 || bytes[0] != 0xff || bytes[1] != 0xfe) {
		text_add_n(out, (const char *)bytes, len);
		return;
	}
	for (size_t at = 2, n; at < len - len % 2; at += n) {
		n = len - at < PIECE ? (len - at) & ~(size_t)1 : PIECE;
		if (at + n < len - 1 && (bytes[at + n - 1] & 0xfc) == 0xd8)
			n -= 2; /* a pair is not torn */
		if (!n)
			break;
		text_add_n(out, piece, utf16_wtf8(piece, reader_of(bytes + at, n)));
	}
}

bool task_parse(const uint8_t *bytes, size_t len, struct task *t,
		const struct parse_problems *problems, struct error *e)
{
	struct walk w = { .t = t, .problems = problems };
	struct text utf8 = { 0 };

	*t = (struct task){ 0 };
	decode(bytes, len, &utf8);
	w.xml = xml_begin(text_end(&utf8), utf8.len);
	add_item(t, TASK_TOP, "");
	bool ok = walk(&w);
	if (!ok)
		error_set(e, ERROR_UNTRUSTED, _("this is no task"));
	if (ok && w.bad_reference)
		parse_problem(problems, 0, N_("the XML has a reference to nothing"));
	text_release(&w.path);
	text_release(&w.value);
	text_release(&utf8);
	return ok;
}

void task_release(struct task *t)
{
	arena_release(&t->pieces);
	free(t->values);
	free(t->items);
	*t = (struct task){ 0 };
}
