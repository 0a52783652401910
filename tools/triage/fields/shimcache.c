/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triage parse shimcache: the application compatibility cache of each control set. */
#include "triage/parse/shimcache.h"

#include "lib/base/language.h"
#include "triage/fields/hive.h"

/* Problems of a value tell where in it; the reader is told where the key is instead. */
struct place {
	const struct parse_problems *problems;
	uint64_t offset;
};

static void at_key(void *ctx, uint64_t offset, const char *what)
{
	const struct place *p = ctx;

	(void)offset;
	parse_problem(p->problems, p->offset, what);
}

static void executed(struct emit *o, enum shimcache_executed e)
{
	if (e == SHIMCACHE_UNKNOWN)
		emit_null(o, "executed");
	else
		emit_bool(o, "executed", e == SHIMCACHE_YES);
}

static bool entries(struct shimcache *s, const struct regf_item *item, struct emit *o,
		    struct error *e)
{
	struct shimcache_entry entry;

	for (uint32_t nr = 0; shimcache_next(s, &entry); nr++) {
		emit_begin(o, "windows:registry:appcompatcache");
		hive_says(o, entry.path);
		hive_text(o, "control_set", hive_path_part(item->path, 0));
		emit_number(o, "position", nr);
		hive_text(o, "path", entry.path);
		emit_filetime(o, "last_modified_time", entry.last_modified, MOMENT_MODIFIED);
		executed(o, entry.executed);
		if (s->kind == SHIMCACHE_XP)
			emit_filetime(o, "last_update_time", entry.last_update, MOMENT_RECORDED);
		if (s->kind <= SHIMCACHE_2003)
			emit_number(o, "file_size", entry.file_size);
		if (s->kind >= SHIMCACHE_VISTA && s->kind <= SHIMCACHE_8_1) {
			emit_flags(o, "insertion_flags", entry.insertion_flags);
			emit_flags(o, "shim_flags", entry.shim_flags);
		}
		emit_string(o, "windows_version", shimcache_kind_name(s->kind));
		emit_filetime(o, "key_last_written_time", item->key.last_written, MOMENT_NONE);
		hive_recovered(o, item);
		if (!emit_end(o, e))
			return false;
	}
	return true;
}

static bool key(void *ctx, struct regf_walk *w, const struct regf_item *item, struct emit *o,
		struct error *e)
{
	const struct parse_problems *problems = ctx;
	struct place place = { problems, (uint64_t)REGF_BASE_BYTES + item->key.offset };
	const struct parse_problems here = { at_key, &place };
	struct regf_bytes data;
	struct regf_value v;
	bool ok = true;

	if (!hive_path_is(item->path, "*\\Control\\Session Manager\\AppCompatCache") &&
	    !hive_path_is(item->path, "*\\Control\\Session Manager\\AppCompatibility"))
		return true;
	while (ok && regf_walk_value(w, &v, &data)) {
		struct shimcache s;

		/* Of whatever type: one that is damaged would hide them all. */
		if (!data.bytes || !regf_text_is(v.name, "AppCompatCache"))
			continue;
		if (shimcache_open(&s, data, &here))
			ok = entries(&s, item, o, e);
		else
			parse_problem(problems, place.offset,
				      N_("the list of programs is of no form that is known"));
	}
	return ok;
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	return hive_run(job, "*\\Control", o, e, key, (void *)(uintptr_t)&job->problems);
}

static const char *const columns[] = { "control_set",
				       "position",
				       "path",
				       "last_modified_time",
				       "executed",
				       "last_update_time",
				       "file_size",
				       "insertion_flags",
				       "shim_flags",
				       "windows_version",
				       "key_last_written_time",
				       "recovered",
				       NULL };

const struct format format_shimcache = {
	.name = "shimcache",
	.help = N_("programs that Windows saw, out of a SYSTEM hive"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = HIVE_INPUTS_MAX,
	.run = run,
};
