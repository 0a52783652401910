/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triage parse taskcache: scheduled tasks out of a SOFTWARE hive, those too that Windows does not show. */
#include "triage/parse/taskcache.h"

#include "lib/base/language.h"
#include "lib/base/reader.h"
#include "triage/fields/hive.h"

#define VERSION "Microsoft\\Windows NT\\CurrentVersion"
#define CACHE VERSION "\\Schedule\\TaskCache\\"
#define TREE_PARTS 6u /* names before those of the task, "Tree" with them */

static bool is_string(const struct regf_value *v)
{
	return v->type == REGF_SZ || v->type == REGF_EXPAND_SZ;
}

struct cache {
	bool is_old; /* of Vista or 7 */
};

/* Vista and 7 keep who may see a task with its XML file, later ones in the registry. */
static void version_key(struct regf_walk *w, struct cache *c)
{
	struct regf_bytes data, behind;
	struct regf_value v;

	while (regf_walk_value(w, &v, &data))
		if (data.bytes && is_string(&v) && regf_text_is(v.name, "CurrentVersion")) {
			struct regf_text version = regf_text_of(data, &behind);

			c->is_old = regf_text_is(version, "6.0") || regf_text_is(version, "6.1");
		}
}

/* A name in the tree. Without SD (since Windows 8) or Index, or with Index 0, schtasks and the console do not list it, while it runs. */
static bool tree_key(const struct cache *c, struct regf_walk *w, const struct regf_item *item,
		     struct emit *o, struct error *e)
{
	struct regf_bytes data, id = { 0 };
	struct regf_value v;
	bool has_sd = false, has_id = false, has_index = false;
	uint32_t index = 0;

	while (regf_walk_value(w, &v, &data)) {
		struct reader r = reader_of(data.bytes, data.len);

		has_id = has_id || regf_text_is(v.name, "Id");
		if (!data.bytes)
			continue;
		/* Of so many bytes, or segments of which less is left, they would not stay. */
		if (regf_text_is(v.name, "Id") && is_string(&v) &&
		    v.data_bytes <= REGF_SEGMENT_BYTES)
			id = data;
		else if (regf_text_is(v.name, "SD"))
			has_sd = data.len > 0;
		else if (regf_text_is(v.name, "Index") && data.len == 4) {
			has_index = true;
			index = reader_le32(&r);
		}
	}
	if (!has_id && !has_index)
		return true; /* a folder */
	emit_begin(o, "task_scheduler:task_cache:entry");
	hive_says(o, hive_path_behind(item->path, TREE_PARTS));
	emit_string(o, "entry_type", "tree");
	hive_string(o, "task_id", id);
	hive_text(o, "task_path", hive_path_behind(item->path, TREE_PARTS));
	emit_bool(o, "has_security_descriptor", has_sd);
	if (has_index)
		emit_number(o, "index", index);
	else
		emit_null(o, "index");
	emit_bool(o, "hidden", (!has_sd && !c->is_old) || !has_index || index == 0);
	emit_filetime(o, "key_last_written_time", item->key.last_written, MOMENT_MODIFIED);
	hive_recovered(o, item);
	return emit_end(o, e);
}

static void mail(struct emit *o, struct taskcache_action *action)
{
	static const char *const keys[TASKCACHE_MAIL_TEXTS] = { "from",    "to",       "cc",
								"bcc",     "reply_to", "server",
								"subject", "body" };

	for (unsigned i = 0; i < TASKCACHE_MAIL_TEXTS; i++)
		hive_text(o, keys[i], action->mail[i]);
	emit_array(o, "attachments");
	for (uint32_t i = 0; i < action->attachment_count; i++)
		hive_text(o, NULL, taskcache_string(&action->attachments));
	emit_close(o);
	emit_array(o, "headers");
	for (uint32_t i = 0; i < action->header_count; i++) {
		emit_object(o, NULL);
		hive_text(o, "name", taskcache_string(&action->headers));
		hive_text(o, "value", taskcache_string(&action->headers));
		emit_close(o);
	}
	emit_close(o);
}

static void one_action(struct emit *o, struct taskcache_action *action)
{
	const bool is_exec = action->kind == TASKCACHE_EXEC;

	emit_string(o, "action_type",
		    is_exec                             ? "exec"
		    : action->kind == TASKCACHE_COM     ? "com_handler"
		    : action->kind == TASKCACHE_MESSAGE ? "show_message"
							: "send_email");
	hive_text(o, "action_id", action->id);
	if (is_exec) {
		hive_text(o, "command", action->command);
		hive_text(o, "arguments", action->arguments);
		hive_text(o, "working_directory", action->folder);
	} else if (action->kind == TASKCACHE_COM) {
		emit_guid(o, "class_id", action->class_id);
		hive_text(o, "data", action->data);
	} else if (action->kind == TASKCACHE_MESSAGE) {
		hive_text(o, "title", action->title);
		hive_text(o, "body", action->body);
	} else {
		mail(o, action);
	}
}

static void actions(struct emit *o, struct regf_bytes data)
{
	struct taskcache_actions a;
	struct taskcache_action action;

	if (!taskcache_actions(data, &a)) {
		emit_hex(o, "actions_data", data.bytes, data.len);
		return;
	}
	hive_text(o, "action_context", a.context);
	emit_array(o, "actions");
	while (taskcache_next(&a, &action)) {
		emit_object(o, NULL);
		one_action(o, &action);
		emit_close(o);
	}
	emit_close(o);
	if (a.damaged)
		emit_hex(o, "actions_data", data.bytes, data.len);
}

static void times(struct emit *o, struct regf_bytes data)
{
	struct taskcache_times t;

	if (!taskcache_times(data, &t)) {
		emit_hex(o, "dynamic_info", data.bytes, data.len);
		return;
	}
	emit_filetime(o, "created_time", t.created, MOMENT_CREATED);
	emit_filetime(o, "last_run_time", t.last_run, MOMENT_RUN);
	if (t.has_ended)
		emit_filetime(o, "last_ended_time", t.last_ended, MOMENT_ENDED);
	emit_flags(o, "last_result", t.last_result);
}

/* In a timeline the path stands behind the identifier, which tells a person nothing. */
static void says_path(struct emit *o, uint32_t type, struct regf_bytes data)
{
	struct regf_bytes behind;

	if (type != REGF_SZ)
		return;
	emit_says(o, " ", 1);
	hive_says(o, regf_text_of(data, &behind));
}

static bool task_key(struct regf_walk *w, const struct regf_item *item, struct emit *o,
		     struct error *e)
{
	static const char *const texts[][2] = {
		{ "Path", "task_path" },          { "URI", "uri" },   { "Author", "author" },
		{ "Description", "description" }, { "Date", "date" }, { "Source", "source" },
	};
	struct regf_bytes data;
	struct regf_value v;
	unsigned seen = 0; /* each field once, whatever the hive says */

	emit_begin(o, "task_scheduler:task_cache:entry");
	hive_says(o, item->key.name);
	emit_string(o, "entry_type", "task");
	hive_text(o, "task_id", item->key.name);
	while (regf_walk_value(w, &v, &data)) {
		unsigned i = 0;

		if (!data.bytes)
			continue;
		while (i < 6 && !regf_text_is(v.name, texts[i][0]))
			i++;
		if (i == 6 && regf_text_is(v.name, "DynamicInfo"))
			i = 7;
		else if (i == 6 && !regf_text_is(v.name, "Actions"))
			continue;
		if (seen & 1u << i)
			continue;
		seen |= 1u << i;
		if (i == 0)
			says_path(o, v.type, data);
		if (i == 6)
			actions(o, data);
		else if (i == 7)
			times(o, data);
		else
			hive_data(o, texts[i][1], v.type, data);
	}
	emit_filetime(o, "key_last_written_time", item->key.last_written, MOMENT_MODIFIED);
	hive_recovered(o, item);
	return emit_end(o, e);
}

static bool key(void *ctx, struct regf_walk *w, const struct regf_item *item, struct emit *o,
		struct error *e)
{
	struct cache *c = ctx;

	if (hive_path_is(item->path, VERSION) && !item->recovered)
		version_key(w, c);
	if (hive_path_is(item->path, CACHE "Tree\\**"))
		return tree_key(c, w, item, o, e);
	if (hive_path_is(item->path, CACHE "Tasks\\*"))
		return task_key(w, item, o, e);
	return true;
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct cache c = { 0 };

	return hive_run(job, "Microsoft\\Windows NT", o, e, key, &c);
}

static const char *const columns[] = {
	"entry_type",
	"task_id",
	"task_path",
	"hidden",
	"has_security_descriptor",
	"index",
	"uri",
	"author",
	"description",
	"date",
	"source",
	"action_context",
	"actions",
	"actions_data",
	"created_time",
	"last_run_time",
	"last_ended_time",
	"last_result",
	"dynamic_info",
	"key_last_written_time",
	"recovered",
	NULL,
};

const struct format format_taskcache = {
	.name = "taskcache",
	.help = N_("scheduled tasks, hidden ones too, out of a SOFTWARE hive"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = HIVE_INPUTS_MAX,
	.run = run,
};
