/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of jump lists: docs/formats/jumplist.md. */
#include "triage/parse/jumplist.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "triage/fields/lnk.h"
#include "triage/fields/words.h"
#include "triage/format.h"

#define NO_NUMBER UINT64_MAX /* a name that is none */

struct stream {
	uint64_t number;
	size_t entry; /* of the compound file */
	bool used;
};

struct lists {
	const struct format_job *job;
	struct emit *o;
	struct cfb cfb;
	struct stream *streams; /* by their numbers */
	size_t count;
	const char *app_id;
	size_t app_id_len;
};

/* "5f7b5f1e01b83767.automaticDestinations-ms" */
static void name_app(struct lists *l)
{
	l->app_id = l->job->names && l->job->names[0] ? l->job->names[0] : "";
	l->app_id_len = strcspn(l->app_id, ".");
}

static void begin(struct lists *l, const char *data_type, const char *kind)
{
	emit_begin(l->o, data_type);
	emit_text(l->o, "app_id", l->app_id, l->app_id_len);
	emit_string(l->o, "list_type", kind);
}

static int compare_streams(const void *left, const void *right)
{
	const struct stream *a = left, *b = right;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return (a->entry > b->entry) - (a->entry < b->entry);
}

static bool is_named(const struct cfb_entry *entry, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < n && entry->name.bytes == 2 * n; i++)
		if (entry->name.at[2 * i] != (uint8_t)name[i] || entry->name.at[2 * i + 1])
			return false;
	return entry->name.bytes == 2 * n;
}

/* Number the streams; returns the entry of DestList, or SIZE_MAX. */
static size_t find_streams(struct lists *l)
{
	size_t list = SIZE_MAX;
	struct cfb_entry entry;

	l->streams = mem_array(l->cfb.entries, sizeof(*l->streams));
	for (size_t i = 0; cfb_entry(&l->cfb, i, &entry); i++) {
		uint32_t number;

		if (entry.type == CFB_STORAGE || entry.type == CFB_ROOT || i == 0 ||
		    !entry.name.bytes)
			continue;
		if (entry.type != CFB_STREAM)
			parse_problem(&l->job->problems, cfb_entry_place(&l->cfb, i),
				      N_("an entry of the directory is of no known kind"));
		if (is_named(&entry, "DestList") && list == SIZE_MAX)
			list = i;
		else if (jumplist_stream_number(entry.name, &number))
			l->streams[l->count++] = (struct stream){ number, i, false };
		else if (!is_named(&entry, "DestListPropertyStore"))
			l->streams[l->count++] = (struct stream){ NO_NUMBER, i, false };
	}
	qsort(l->streams, l->count, sizeof(*l->streams), compare_streams);
	return list;
}

/* The first stream of that number that was not used yet. */
static struct stream *stream_of(struct lists *l, uint32_t number)
{
	size_t low = 0, high = l->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (l->streams[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == l->count || l->streams[low].number != number || l->streams[low].used)
		return NULL;
	return &l->streams[low];
}

/* The link of a stream, as a group; it may also be what a timeline shows. */
static void put_stream(struct lists *l, struct stream *s, bool says)
{
	struct cfb_content stream;
	struct error why = { 0 };
	struct cfb_entry entry;
	struct lnk lnk;

	s->used = true;
	if (!cfb_entry(&l->cfb, s->entry, &entry))
		return;
	cfb_read(&l->cfb, &entry, &stream);
	if (lnk_parse(stream.bytes, stream.len, &lnk, 0, &stream.problems, &why)) {
		if (says)
			emit_says_lnk(l->o, &lnk);
		emit_object(l->o, "link");
		emit_lnk(l->o, &lnk);
		emit_close(l->o);
		if (lnk.bytes < stream.len)
			parse_problem(&stream.problems, lnk.bytes,
				      N_("there is more behind the end of the link"));
	} else {
		parse_problem(&stream.problems, 0, N_("the stream holds no link"));
	}
	cfb_content_release(&stream);
}

static bool put_entry(struct lists *l, const struct destlist *d, const struct destlist_entry *entry,
		      struct error *e)
{
	static const char *const droids[] = { "droid_volume_identifier", "droid_file_identifier",
					      "birth_droid_volume_identifier",
					      "birth_droid_file_identifier" };
	struct stream *s = stream_of(l, entry->number);
	struct emit *o = l->o;
	float score;

	begin(l, "olecf:dest_list:entry", "automatic");
	emit_says_words(o, entry->path);
	emit_number(o, "dest_list_version", d->version);
	emit_number(o, "entry_number", entry->number);
	emit_words(o, "path", entry->path);
	emit_filetime(o, "last_access_time", entry->accessed, MOMENT_ACCESSED);
	if (entry->has_access_count)
		emit_number(o, "access_count", entry->access_count);
	memcpy(&score, &entry->score, sizeof(score));
	emit_real(o, "access_score", (double)score);
	emit_bool(o, "pinned", entry->pin_status != -1);
	emit_signed(o, "pin_status", entry->pin_status);
	emit_words(o, "hostname", entry->hostname);
	for (size_t i = 0; i < 4; i++)
		emit_guid(o, droids[i], entry->droids + 16 * i);
	if (entry->properties.left)
		(void)emit_properties(o, "properties", entry->properties, &d->place);
	if (s)
		put_stream(l, s, false);
	return emit_end(o, e);
}

static bool put_list(struct lists *l, size_t list, struct error *e)
{
	struct cfb_content stream;
	struct destlist_entry entry;
	struct cfb_entry there;
	struct destlist d;
	bool ok = true;
	size_t count = 0;

	if (list == SIZE_MAX || !cfb_entry(&l->cfb, list, &there)) {
		parse_problem(&l->job->problems, 0, N_("there is no DestList"));
		return true;
	}
	cfb_read(&l->cfb, &there, &stream);
	if (!destlist_begin(stream.bytes, stream.len, &d)) {
		if (stream.len || l->count)
			parse_problem(&stream.problems, 0, N_("DestList is damaged"));
	} else {
		d.place = (struct parse_place){ stream.bytes, 0, &stream.problems };
		while (ok && destlist_next(&d, &entry)) {
			ok = put_entry(l, &d, &entry, e);
			count++;
		}
		if (d.passed_over)
			parse_problem(&stream.problems, 0,
				      N_("between the entries of DestList lies what is not known"));
		if (ok && count != d.count)
			parse_problem(&stream.problems, 0, N_("DestList is damaged"));
	}
	cfb_content_release(&stream);
	return ok;
}

/* Its number, or what stands in place of one. */
static void put_name(struct lists *l, const struct stream *s)
{
	struct cfb_entry entry;

	if (s->number != NO_NUMBER) {
		emit_number(l->o, "entry_number", s->number);
	} else if (cfb_entry(&l->cfb, s->entry, &entry)) {
		emit_words(l->o, "stream_name", entry.name);
		parse_problem(&l->job->problems, cfb_entry_place(&l->cfb, s->entry),
			      N_("the name of a stream is no number"));
	}
}

/* Links that the list does not name any more. */
static bool put_others(struct lists *l, struct error *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < l->count; i++) {
		if (l->streams[i].used)
			continue;
		begin(l, "windows:lnk:link", "automatic");
		put_name(l, &l->streams[i]);
		emit_bool(l->o, "recovered", true);
		put_stream(l, &l->streams[i], true);
		ok = emit_end(l->o, e);
	}
	return ok;
}

static bool run_automatic(struct lists *l, const uint8_t *bytes, size_t len, struct error *e)
{
	bool ok = cfb_open(bytes, len, &l->cfb, &l->job->problems, e);

	if (ok) {
		size_t list = find_streams(l);

		ok = put_list(l, list, e) && put_others(l, e);
	}
	free(l->streams);
	cfb_release(&l->cfb);
	return ok;
}

/* What stands between links, from the end of the one before: nothing may hide there. */
static void look_between(struct lists *l, const uint8_t *bytes, size_t from, size_t to, size_t len)
{
	if (!jumplist_is_frame(reader_of(bytes + from, to - from), from == 0, to == len))
		parse_problem(&l->job->problems, from,
			      N_("between the links lies what is not known"));
}

static bool put_custom(struct lists *l, const struct lnk *lnk, size_t at, struct error *e)
{
	begin(l, "windows:lnk:link", "custom");
	emit_says_lnk(l->o, lnk);
	emit_number(l->o, "offset", at);
	emit_object(l->o, "link");
	emit_lnk(l->o, lnk);
	emit_close(l->o);
	return emit_end(l->o, e);
}

static bool run_custom(struct lists *l, const uint8_t *bytes, size_t len, struct error *e)
{
	size_t at = 0, end, before = 0;
	struct lnk lnk;
	bool ok = true, any = false;

	for (; ok && jumplist_find_link(bytes, len, &at, &end); at = end) {
		struct error why = { 0 };

		any = true;
		look_between(l, bytes, before, at, len);
		before = end;
		if (!lnk_parse(bytes + at, end - at, &lnk, at, &l->job->problems, &why)) {
			parse_problem(&l->job->problems, at, N_("the link is cut off"));
			continue;
		}
		before = at + lnk.bytes;
		ok = put_custom(l, &lnk, at, e);
	}
	/* A list of nothing is a header of 12 bytes and a mark. */
	if (!any && (len < 4 || memcmp(bytes + len - 4, "\xab\xfb\xbf\xba", 4) != 0))
		return error_set(e, ERROR_UNTRUSTED, _("this is no jump list"));
	look_between(l, bytes, before, len, len);
	return ok;
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct lists l = { .job = job, .o = o };
	size_t len;
	uint8_t *bytes = format_whole(&job->inputs[0], CFB_BYTES_MAX, &len, e);

	if (!bytes)
		return false;
	name_app(&l);
	bool is_automatic = len >= 8 && memcmp(bytes, CFB_MAGIC, 8) == 0;
	bool ok = is_automatic ? run_automatic(&l, bytes, len, e) : run_custom(&l, bytes, len, e);
	free(bytes);
	return ok;
}

static const char *const columns[] = {
	"app_id",
	"list_type",
	"dest_list_version",
	"entry_number",
	"stream_name",
	"offset",
	"path",
	"last_access_time",
	"access_count",
	"access_score",
	"pinned",
	"pin_status",
	"hostname",
	"droid_volume_identifier",
	"droid_file_identifier",
	"birth_droid_volume_identifier",
	"birth_droid_file_identifier",
	"properties",
	"recovered",
	"link",
	NULL,
};

const struct format format_jumplist = {
	.name = "jumplist",
	.help = N_("jump lists: what a program opened last, and how often"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
