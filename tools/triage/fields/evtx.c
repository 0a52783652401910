/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Event logs as records: the keys of docs/formats/evtx.md#keys. Records are many and short, so in the forms that
 * are JSON a record is written in two pieces around its times; CSV takes field by field.
 */
#include "triage/parse/evtx.h"

#include <string.h>

#include "lib/base/language.h"
#include "triage/format.h"

#define GUID_CHARS 36u
#define SAYS_BYTES 64u /* of each value that a timeline shows and that is no text */
#define KEY_BYTES 24u
#define KEY_ROOM 32u /* for a key, its quotes, colon and comma */

enum kind { TEXT, NUMBER, GUID };

/* Keys as they are printed, in place, to be copied at a go; and for the forms that print them otherwise. */
struct key {
	char text[KEY_BYTES]; /* "\"event_id\":" */
	uint8_t len;
	const char *name;
};
#define KEY(name)                                                                                  \
	{                                                                                          \
		"\"" name "\":", sizeof("\"" name "\":") - 1, name                                 \
	}

struct row {
	struct key key;
	uint8_t field, kind;
};

/* Before the times, and after them. */
static const struct row before[] = {
	{ KEY("event_id"), EVTX_EVENT_ID, NUMBER },
	{ KEY("event_id_qualifiers"), EVTX_EVENT_ID_QUALIFIERS, NUMBER },
	{ KEY("version"), EVTX_VERSION, NUMBER },
	{ KEY("level"), EVTX_LEVEL, NUMBER },
	{ KEY("task"), EVTX_TASK, NUMBER },
	{ KEY("opcode"), EVTX_OPCODE, NUMBER },
	{ KEY("keywords"), EVTX_KEYWORDS, TEXT },
};
static const struct row after[] = {
	{ KEY("provider_name"), EVTX_PROVIDER_NAME, TEXT },
	{ KEY("provider_guid"), EVTX_PROVIDER_GUID, GUID },
	{ KEY("event_source_name"), EVTX_EVENT_SOURCE_NAME, TEXT },
	{ KEY("channel"), EVTX_CHANNEL, TEXT },
	{ KEY("computer"), EVTX_COMPUTER, TEXT },
	{ KEY("user_sid"), EVTX_USER_SID, TEXT },
	{ KEY("process_id"), EVTX_PROCESS_ID, NUMBER },
	{ KEY("thread_id"), EVTX_THREAD_ID, NUMBER },
	{ KEY("activity_id"), EVTX_ACTIVITY_ID, GUID },
	{ KEY("related_activity_id"), EVTX_RELATED_ACTIVITY_ID, GUID },
	{ KEY("binary"), EVTX_BINARY_DATA, TEXT },
};
#define ROWS(table) (sizeof(table) / sizeof(*(table)))

static const struct key section_keys[EVTX_SECTION_KINDS][EVTX_REPEAT_MAX] = {
	[EVTX_EVENT_DATA] = { KEY("event_data"), KEY("event_data_1"), KEY("event_data_2") },
	[EVTX_USER_DATA] = { KEY("user_data"), KEY("user_data_1"), KEY("user_data_2") },
	[EVTX_RENDERING_INFO] = { KEY("rendering_info"), KEY("rendering_info_1"),
				  KEY("rendering_info_2") },
	[EVTX_OTHER_SYSTEM] = { KEY("other_system"), KEY("other_system_1"), KEY("other_system_2") },
	[EVTX_OTHER] = { KEY("other"), KEY("other_1"), KEY("other_2") },
	[EVTX_VALUES] = { KEY("values"), KEY("values_1"), KEY("values_2") },
};

static bool is_hex_or_dash(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
}

/* A GUID, small and without braces, however it was written; NULL if it is none. */
static char *put_guid(char *to, const struct evtx_value *v)
{
	if (v->type == EVTX_GUID && v->len == 16)
		return evtx_guid(to, v->at, false);
	if (v->type != EVTX_STRING || evtx_units(v) != GUID_CHARS + 2 || v->at[0] != '{')
		return NULL;
	for (unsigned i = 0; i < GUID_CHARS; i++) {
		const uint8_t *unit = v->at + 2 * ((size_t)i + 1);
		char c = (char)(*unit >= 'A' && *unit <= 'F' ? *unit | 0x20 : *unit);

		if (unit[1] || !is_hex_or_dash(c))
			return NULL;
		*to++ = c;
	}
	return to;
}

static char *put_key(char *to, const struct key *key)
{
	memcpy(to, key->text, KEY_BYTES);
	return to + key->len;
}

/* A member, with the comma behind it; nothing if it is absent. */
static char *put_row(char *to, const struct row *row, const struct evtx_value *v)
{
	uint64_t n;
	char *end;

	if (v->type == EVTX_NULL)
		return to;
	to = put_key(to, &row->key);
	if (row->kind == NUMBER && evtx_number(v, &n)) {
		to = evtx_decimal(to, n);
	} else if (row->kind == GUID && (end = put_guid(to + 1, v))) {
		*to = '"';
		to = end;
		*to++ = '"';
	} else {
		to = evtx_json(to, v);
	}
	*to++ = ',';
	return to;
}

static size_t room_of(const struct row *rows, size_t count, const struct evtx_record *r)
{
	size_t room = 0;

	for (size_t i = 0; i < count; i++)
		room += KEY_ROOM + EVTX_JSON_ROOM(r->field[rows[i].field].len);
	return room;
}

static char *put_rows(char *to, const struct row *rows, size_t count, const struct evtx_record *r)
{
	for (size_t i = 0; i < count; i++)
		to = put_row(to, &rows[i], &r->field[rows[i].field]);
	return to;
}

static char *put_section(char *to, const struct evtx_section *s)
{
	to = evtx_copy(put_key(to, &section_keys[s->kind][s->repeat]), s->json, s->len);
	*to++ = ',';
	return to;
}

static void begin(struct emit *o, const struct evtx_record *r)
{
	char *start = emit_room(o, room_of(before, ROWS(before), r)), *to = start;

	to = put_rows(to, before, ROWS(before), r);
	emit_used(o, to > start ? (size_t)(to - start) - 1 : 0); /* without the last comma */
}

static void end(struct emit *o, const struct evtx_record *r)
{
	size_t room = room_of(after, ROWS(after), r);

	for (size_t i = 0; i < r->section_count; i++)
		room += KEY_ROOM + r->sections[i].len + EVTX_COPY_MORE;
	char *start = emit_room(o, room), *to = start;
	to = put_rows(to, after, ROWS(after), r);
	for (size_t i = 0; i < r->section_count; i++)
		to = put_section(to, &r->sections[i]);
	emit_used(o, to > start ? (size_t)(to - start) - 1 : 0);
}

/* The same, field by field. */
static void cells(struct emit *o, const struct row *rows, size_t count, const struct evtx_record *r)
{
	for (size_t i = 0; i < count; i++) {
		const struct evtx_value *v = &r->field[rows[i].field];
		char s[EVTX_JSON_ROOM(GUID_CHARS + 2)], *to;
		uint64_t n;

		if (v->type == EVTX_NULL)
			continue;
		if (rows[i].kind == NUMBER && evtx_number(v, &n))
			emit_number(o, rows[i].key.name, n);
		else if (rows[i].kind == GUID && (to = put_guid(s, v)))
			emit_text(o, rows[i].key.name, s, (size_t)(to - s));
		else if (v->type == EVTX_STRING)
			emit_utf16(o, rows[i].key.name, v->at, evtx_units(v));
		else if (v->type != EVTX_BINARY && v->len <= GUID_CHARS)
			emit_text(o, rows[i].key.name, s, (size_t)(evtx_value_text(s, v) - s));
		else
			emit_hex(o, rows[i].key.name, v->at, v->len);
	}
}

static void record_number(struct emit *o, const struct evtx_record *r)
{
	uint64_t own;

	if (!evtx_number(&r->field[EVTX_EVENT_RECORD_ID], &own))
		own = r->number;
	emit_number(o, "record_number", own);
	if (own != r->number)
		emit_number(o, "log_record_number", r->number);
}

static void times(struct emit *o, const struct evtx_record *r)
{
	const struct evtx_value *v = &r->field[EVTX_TIME_CREATED];
	enum emit_moment written = MOMENT_NONE;
	uint64_t ticks = 0;
	uint32_t rest;

	if (!evtx_time(v, &ticks, &rest)) {
		if (v->type == EVTX_STRING)
			emit_utf16(o, "time_created", v->at, evtx_units(v));
	} else if (!rest) {
		emit_filetime(o, "time_created", ticks, MOMENT_RECORDED);
	} else { /* two digits more than a FILETIME has */
		emit_unix(o, "time_created", (int64_t)(ticks / 10000000) - INT64_C(11644473600),
			  (uint32_t)(ticks % 10000000) * 100 + rest, 9, MOMENT_RECORDED);
	}
	if (!ticks)
		written = MOMENT_RECORDED;
	emit_filetime(o, "written_time", r->written, written);
}

/* "provider 4624: first values" */
static void says(struct emit *o, const struct evtx_record *r)
{
	const struct evtx_value *provider = &r->field[EVTX_PROVIDER_NAME];
	uint64_t id;

	if (provider->type == EVTX_STRING)
		emit_says16(o, provider->at, evtx_units(provider));
	if (evtx_number(&r->field[EVTX_EVENT_ID], &id))
		emit_saysf(o, " %llu", (unsigned long long)id);
	for (size_t i = 0; i < r->first_count; i++) {
		const struct evtx_value *v = &r->first[i];
		char s[EVTX_JSON_ROOM(SAYS_BYTES)];

		if (v->type != EVTX_STRING && v->len > SAYS_BYTES)
			continue;
		emit_says(o, i ? ", " : ": ", 2);
		if (v->type == EVTX_STRING)
			emit_says16(o, v->at, evtx_units(v));
		else
			emit_says(o, s, (size_t)(evtx_value_text(s, v) - s));
	}
}

static bool record(void *ctx, const struct evtx_record *r, struct error *e)
{
	struct emit *o = ctx;
	enum emit_form form = emit_form(o);

	emit_begin(o, "windows:evtx:record");
	record_number(o, r);
	if (form == EMIT_JSONL || form == EMIT_TIMELINE) {
		begin(o, r);
		times(o, r);
		end(o, r);
	} else {
		cells(o, before, ROWS(before), r);
		times(o, r);
		cells(o, after, ROWS(after), r);
		for (size_t i = 0; i < r->section_count; i++) /* a group is the text of its JSON */
			emit_text(o, section_keys[r->sections[i].kind][r->sections[i].repeat].name,
				  r->sections[i].json, r->sections[i].len);
	}
	if (r->recovered)
		emit_bool(o, "recovered", true);
	if (r->incomplete)
		emit_bool(o, "incomplete", true);
	if (form == EMIT_TIMELINE || form == EMIT_BODYFILE)
		says(o, r);
	return emit_end(o, e);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	const struct evtx_options options = {
		.recovered = job->recovered, .record = record, .ctx = o, .problems = &job->problems
	};

	return evtx_read(&job->inputs[0], &options, e);
}

static const char *const columns[] = { "record_number",
				       "log_record_number",
				       "event_id",
				       "event_id_qualifiers",
				       "version",
				       "level",
				       "task",
				       "opcode",
				       "keywords",
				       "time_created",
				       "written_time",
				       "provider_name",
				       "provider_guid",
				       "event_source_name",
				       "channel",
				       "computer",
				       "user_sid",
				       "process_id",
				       "thread_id",
				       "activity_id",
				       "related_activity_id",
				       "binary",
				       "event_data",
				       "user_data",
				       "rendering_info",
				       "other_system",
				       "other",
				       "values",
				       "recovered",
				       "incomplete",
				       NULL };

const struct format format_evtx = {
	.name = "evtx",
	.help = N_("Windows event logs"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
