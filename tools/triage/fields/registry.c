/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triage parse registry: every key of a hive with its values. */
#include "lib/base/language.h"
#include "triage/fields/hive.h"

#include <string.h>

/* Owners repeat: the security descriptors of a hive are few, its keys many. */
struct owners {
	const struct regf *r;
	uint32_t cell;
	bool known;
	char sid[REGF_SID_MAX];
};

static void owner(struct owners *of, const struct regf_key *k, struct emit *o)
{
	if (k->security != of->cell || !of->cell) {
		of->cell = k->security;
		of->known = regf_owner(of->r, k, of->sid);
	}
	emit_string(o, "owner_sid", of->known ? of->sid : NULL);
}

/* What stands behind the end of a string, where nobody looks. */
static void hidden(struct emit *o, struct regf_bytes data)
{
	struct regf_bytes behind;

	(void)regf_text_of(data, &behind);
	if (behind.bytes)
		emit_hex(o, "data_behind_end", behind.bytes, behind.len);
}

static void values(struct regf_walk *w, struct emit *o)
{
	struct regf_bytes data;
	struct regf_value v;

	emit_array(o, "values");
	while (regf_walk_value(w, &v, &data)) {
		emit_object(o, NULL);
		hive_text(o, "value_name", v.name);
		hive_type(o, "value_type", v.type);
		hive_data(o, "data", v.type, data);
		if (data.bytes &&
		    (v.type == REGF_SZ || v.type == REGF_EXPAND_SZ || v.type == REGF_LINK))
			hidden(o, data);
		emit_number(o, "data_size", v.data_bytes);
		emit_close(o);
	}
	emit_close(o);
}

static bool key(struct owners *of, struct regf_walk *w, const struct regf_item *item,
		struct emit *o, struct error *e)
{
	const struct regf_key *k = &item->key;

	emit_begin(o, "windows:registry:key_value");
	hive_says(o, item->path);
	hive_text(o, "key_path", item->path);
	hive_text(o, "key_name", k->name);
	if (k->offset != REGF_NONE) {
		emit_filetime(o, "last_written_time", k->last_written, MOMENT_MODIFIED);
		emit_number(o, "subkey_count", k->subkey_count);
		emit_number(o, "value_count", k->value_count);
		hive_text(o, "class_name", item->class_name);
		owner(of, k, o);
	}
	values(w, o);
	hive_recovered(o, item);
	return emit_end(o, e);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct regf_item item;
	struct hive h;
	bool ok = true;

	if (!hive_open(&h, job, e))
		return false;
	struct regf_walk *w = regf_walk_new(&h.r, job->recovered);
	struct owners of = { .r = &h.r };
	while (ok && regf_walk_next(w, &item))
		ok = key(&of, w, &item, o, e);
	regf_walk_free(w);
	hive_close(&h);
	return ok;
}

static const char *const columns[] = { "key_path",          "key_name",
				       "last_written_time", "subkey_count",
				       "value_count",       "class_name",
				       "owner_sid",         "values",
				       "recovered",         NULL };

const struct format format_registry = {
	.name = "registry",
	.help = N_("keys and values of a hive, with its transaction logs"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = HIVE_INPUTS_MAX,
	.run = run,
};
