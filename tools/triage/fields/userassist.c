/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triage parse userassist and bam: what users started, and when it ran last. */
#include "triage/parse/userassist.h"

#include <string.h>

#include "lib/base/language.h"
#include "triage/fields/hive.h"

#define COUNT_KEY "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\UserAssist\\*\\Count"

/* What user_key() has in hand. */
struct user {
	const struct parse_problems *problems;
	struct text name;
};

static void unknown(const struct parse_problems *problems, const struct regf_value *v)
{
	parse_problem(problems, (uint64_t)REGF_BASE_BYTES + v->offset,
		      N_("a value is of no form that is known"));
}

static bool user_value(const struct regf_item *item, const struct regf_value *v,
		       struct regf_bytes data, struct user *user, struct emit *o, struct error *e)
{
	struct text *name = &user->name;
	struct userassist u;

	if (!data.bytes)
		return true;
	text_clear(name);
	userassist_name(name, v->name);
	if (!userassist_parse(data, &u)) {
		/* The one belongs to all of them. */
		if (strcmp(text_end(name), "UEME_CTLSESSION") != 0)
			unknown(user->problems, v);
		return true;
	}
	emit_begin(o, "windows:registry:userassist");
	emit_says(o, text_end(name), name->len);
	hive_text(o, "user_assist_guid", hive_path_part(item->path, 6));
	emit_text(o, "value_name", text_end(name), name->len);
	emit_number(o, "version", u.version);
	emit_number(o, "run_count", u.run_count);
	emit_filetime(o, "last_run_time", u.last_run, MOMENT_RUN);
	if (u.version == 3) {
		emit_number(o, "session", u.session);
	} else {
		emit_number(o, "focus_count", u.focus_count);
		emit_number(o, "focus_time_ms", u.focus_ms);
	}
	emit_filetime(o, "key_last_written_time", item->key.last_written, MOMENT_NONE);
	hive_recovered(o, item);
	return emit_end(o, e);
}

static bool user_key(void *ctx, struct regf_walk *w, const struct regf_item *item, struct emit *o,
		     struct error *e)
{
	struct regf_bytes data;
	struct regf_value v;
	bool ok = true;

	if (!hive_path_is(item->path, COUNT_KEY))
		return true;
	while (ok && regf_walk_value(w, &v, &data))
		ok = user_value(item, &v, data, ctx, o, e);
	return ok;
}

static bool user_run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct user user = { .problems = &job->problems };
	bool ok = hive_run(job, "Software\\Microsoft\\Windows\\CurrentVersion", o, e, user_key,
			   &user);

	text_release(&user.name);
	return ok;
}

/* Where the user is in the path of a key of either service, in either place; 0: it is none. */
static unsigned bam_user(struct regf_text path)
{
	static const struct {
		const char *pattern;
		unsigned user;
	} places[] = {
		{ "*\\Services\\bam\\State\\UserSettings\\*", 5 },
		{ "*\\Services\\dam\\State\\UserSettings\\*", 5 },
		{ "*\\Services\\bam\\UserSettings\\*", 4 },
		{ "*\\Services\\dam\\UserSettings\\*", 4 },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (hive_path_is(path, places[i].pattern))
			return places[i].user;
	return 0;
}

static bool bam_key(void *ctx, struct regf_walk *w, const struct regf_item *item, struct emit *o,
		    struct error *e)
{
	unsigned user = bam_user(item->path);
	struct regf_bytes data;
	struct regf_value v;
	struct bam m;

	while (user && regf_walk_value(w, &v, &data)) {
		if (!data.bytes || regf_text_is(v.name, "Version") ||
		    regf_text_is(v.name, "SequenceNumber"))
			continue;
		if (v.type != REGF_BINARY || !bam_parse(data, &m)) {
			unknown(ctx, &v);
			continue;
		}
		emit_begin(o, "windows:registry:bam");
		hive_says(o, v.name);
		hive_text(o, "control_set", hive_path_part(item->path, 0));
		hive_text(o, "service", hive_path_part(item->path, 2));
		hive_text(o, "user_sid", hive_path_part(item->path, user));
		hive_text(o, "path", v.name);
		emit_filetime(o, "last_run_time", m.last_run, MOMENT_RUN);
		emit_bool(o, "is_app", m.is_app != 0);
		emit_filetime(o, "key_last_written_time", item->key.last_written, MOMENT_NONE);
		hive_recovered(o, item);
		if (!emit_end(o, e))
			return false;
	}
	return true;
}

static bool bam_run(const struct format_job *job, struct emit *o, struct error *e)
{
	return hive_run(job, "*\\Services", o, e, bam_key, (void *)(uintptr_t)&job->problems);
}

static const char *const user_columns[] = {
	"user_assist_guid",
	"value_name",
	"version",
	"run_count",
	"last_run_time",
	"focus_count",
	"focus_time_ms",
	"session",
	"key_last_written_time",
	"recovered",
	NULL,
};

static const char *const bam_columns[] = {
	"control_set",           "service",   "user_sid", "path", "last_run_time", "is_app",
	"key_last_written_time", "recovered", NULL,
};

const struct format format_userassist = {
	.name = "userassist",
	.help = N_("programs that a user started, out of NTUSER.DAT"),
	.columns = user_columns,
	.has_moments = true,
	.inputs_max = HIVE_INPUTS_MAX,
	.run = user_run,
};

const struct format format_bam = {
	.name = "bam",
	.help = N_("programs that ran for each user, out of a SYSTEM hive"),
	.columns = bam_columns,
	.has_moments = true,
	.inputs_max = HIVE_INPUTS_MAX,
	.run = bam_run,
};
