/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Event logs as records: the keys of docs/formats/evtx.md#keys. Records are many and short, so in the forms that
 * are JSON a record is written in two pieces around its times; CSV takes field by field.
 */
#include "triage/parse/evtx.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/decimal.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "triage/format.h"

#define SAYS_BYTES 64u /* of each value that a timeline shows and that is no text */
#define KEY_BYTES 24u
#define KEY_ROOM 32u    /* for a key, its quotes, colon and comma */
#define TIMES_ROOM 256u /* for the number of the record, and both times */

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

static const struct key keys[EVTX_FIELD_COUNT] = {
	[EVTX_EVENT_RECORD_ID] = KEY("record_number"),
	[EVTX_EVENT_ID] = KEY("event_id"),
	[EVTX_EVENT_ID_QUALIFIERS] = KEY("event_id_qualifiers"),
	[EVTX_VERSION] = KEY("version"),
	[EVTX_LEVEL] = KEY("level"),
	[EVTX_TASK] = KEY("task"),
	[EVTX_OPCODE] = KEY("opcode"),
	[EVTX_KEYWORDS] = KEY("keywords"),
	[EVTX_TIME_CREATED] = KEY("time_created"),
	[EVTX_PROVIDER_NAME] = KEY("provider_name"),
	[EVTX_PROVIDER_GUID] = KEY("provider_guid"),
	[EVTX_EVENT_SOURCE_NAME] = KEY("event_source_name"),
	[EVTX_CHANNEL] = KEY("channel"),
	[EVTX_COMPUTER] = KEY("computer"),
	[EVTX_USER_SID] = KEY("user_sid"),
	[EVTX_PROCESS_ID] = KEY("process_id"),
	[EVTX_THREAD_ID] = KEY("thread_id"),
	[EVTX_ACTIVITY_ID] = KEY("activity_id"),
	[EVTX_RELATED_ACTIVITY_ID] = KEY("related_activity_id"),
	[EVTX_BINARY_DATA] = KEY("binary"),
};
static const struct key log_record_number = KEY("log_record_number"),
			written_time = KEY("written_time");

/* Before the times, and after them. */
#define BEFORE ((EVTX_BIT(EVTX_TIME_CREATED) - 1) & ~EVTX_BIT(EVTX_EVENT_RECORD_ID))
#define AFTER (EVTX_BIT(EVTX_FIELD_COUNT) - EVTX_BIT(EVTX_PROVIDER_NAME))

static const struct key section_keys[EVTX_SECTION_KINDS][EVTX_REPEAT_MAX] = {
	[EVTX_EVENT_DATA] = { KEY("event_data"), KEY("event_data_1"), KEY("event_data_2") },
	[EVTX_USER_DATA] = { KEY("user_data"), KEY("user_data_1"), KEY("user_data_2") },
	[EVTX_RENDERING_INFO] = { KEY("rendering_info"), KEY("rendering_info_1"),
				  KEY("rendering_info_2") },
	[EVTX_OTHER_SYSTEM] = { KEY("other_system"), KEY("other_system_1"), KEY("other_system_2") },
	[EVTX_OTHER] = { KEY("other"), KEY("other_1"), KEY("other_2") },
	[EVTX_VALUES] = { KEY("values"), KEY("values_1"), KEY("values_2") },
};

static char *put_key(char *to, const struct key *key)
{
	memcpy(to, key->text, KEY_BYTES);
	return to + key->len;
}

/* Members in their order, each with the comma behind it. */
static char *put_fields(char *to, const struct evtx_record *r, uint32_t which)
{
	for (which &= r->there; which; which &= which - 1) {
		unsigned f = (unsigned)__builtin_ctz(which);

		to = put_key(to, &keys[f]);
		if (r->has_json & EVTX_BIT(f))
			to = evtx_copy(to, r->json_text + r->json[f].at, r->json[f].len);
		else
			to = evtx_field_json(to, f, &r->field[f]);
		*to++ = ',';
	}
	return to;
}

static size_t fields_room(const struct evtx_record *r, uint32_t which)
{
	size_t room = 0;

	for (which &= r->there; which; which &= which - 1)
		room += KEY_ROOM + EVTX_JSON_ROOM(r->field[__builtin_ctz(which)].len);
	return room;
}

static char *put_section(char *to, const struct evtx_section *s)
{
	to = evtx_copy(put_key(to, &section_keys[s->kind][s->repeat]), s->json, s->len);
	*to++ = ',';
	return to;
}

static size_t sections_room(const struct evtx_record *r)
{
	size_t room = 0;

	for (size_t i = 0; i < r->section_count; i++)
		room += KEY_ROOM + r->sections[i].len + EVTX_COPY_MORE;
	return room;
}

static char *put_sections(char *to, const struct evtx_record *r)
{
	for (size_t i = 0; i < r->section_count; i++)
		to = put_section(to, &r->sections[i]);
	return to;
}

static void end_piece(struct emit *o, const char *start, const char *to)
{
	emit_used(o, to > start ? (size_t)(to - start) - 1 : 0); /* without the last comma */
}

static uint64_t record_number(const struct evtx_record *r)
{
	uint64_t own;

	return evtx_number(&r->field[EVTX_EVENT_RECORD_ID], &own) ? own : r->number;
}

static char *put_number(char *to, const struct key *key, uint64_t n)
{
	to = decimal_put(put_key(to, key), n);
	*to++ = ',';
	return to;
}

static char *put_time(char *to, const struct key *key, uint64_t ticks)
{
	to = put_key(to, key);
	if (!ticks) {
		memcpy(to, "null,", 5);
		return to + 5;
	}
	*to++ = '"';
	to = evtx_filetime(to, ticks);
	memcpy(to, "\",", 2);
	return to + 2;
}

/* Mostly both are one, which then is made once. */
static char *put_times(char *to, const struct evtx_record *r, bool timed, uint64_t ticks)
{
	const char *start = to + keys[EVTX_TIME_CREATED].len;

	if (timed)
		to = put_time(to, &keys[EVTX_TIME_CREATED], ticks);
	if (timed && ticks == r->written)
		return evtx_copy(put_key(to, &written_time), start, (size_t)(to - start));
	return put_time(to, &written_time, r->written);
}

/* All of it at once, where nothing of it is a moment, too. False: its time is none that Windows writes. */
static bool put_line(struct emit *o, const struct evtx_record *r)
{
	uint64_t own = record_number(r), ticks = 0;
	uint32_t rest;
	bool timed = r->there & EVTX_BIT(EVTX_TIME_CREATED);

	if (timed && (!evtx_time(&r->field[EVTX_TIME_CREATED], &ticks, &rest) || rest))
		return false;
	size_t room = TIMES_ROOM + fields_room(r, BEFORE | AFTER) + sections_room(r);
	char *start = emit_room(o, room), *to = start;
	to = put_number(to, &keys[EVTX_EVENT_RECORD_ID], own);
	if (own != r->number)
		to = put_number(to, &log_record_number, r->number);
	to = put_fields(to, r, BEFORE);
	to = put_times(to, r, timed, ticks);
	to = put_sections(put_fields(to, r, AFTER), r);
	end_piece(o, start, to);
	return true;
}

static uint32_t hex4(const char *s)
{
	uint32_t unit = 0;

	for (size_t i = 0; i < 4; i++)
		unit = unit << 4 | (uint32_t)(s[i] <= '9' ? s[i] - '0' : s[i] - 'a' + 10);
	return unit;
}

/* What stands behind a backslash in our own JSON, which has five kinds of that. */
static uint32_t escaped(const char **from, const char *end)
{
	const char *s = *from;
	uint32_t c;

	*from += *s == 'u' ? 5 : 1;
	if (*s != 'u')
		return *s == 'n' ? '\n' : *s == 'r' ? '\r' : *s == 't' ? '\t' : (uint8_t)*s;
	c = hex4(s + 1);
	if ((c & 0xfc00) == 0xd800 && end - *from >= 6 && memcmp(*from, "\\u", 2) == 0 &&
	    (hex4(*from + 2) & 0xfc00) == 0xdc00) {
		c = 0x10000 + ((c & 0x3ff) << 10 | (hex4(*from + 2) & 0x3ff));
		*from += 6;
	}
	return c;
}

/* A value as text. It comes as it stands within the quotes of JSON, and is escaped anew for where it goes. */
static size_t value_text(char *s, const struct evtx_value *v)
{
	const char *from = s, *end = evtx_value_text(s, v);
	char *to = s; /* no escape is shorter than what it stands for */

	while (from < end) {
		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		from++;
		uint32_t c = escaped(&from, end);
		to += text_put(to, c);
	}
	return (size_t)(to - s);
}

/* What is no text and longer than most, such as a SID of an application. */
static void long_cell(struct emit *o, const char *key, const struct evtx_value *v)
{
	char *s = mem_alloc(EVTX_JSON_ROOM(v->len));

	emit_text(o, key, s, value_text(s, v));
	free(s);
}

static void cell(struct emit *o, unsigned f, const struct evtx_value *v)
{
	const char *key = keys[f].name;
	char s[EVTX_JSON_ROOM(EVTX_GUID_CHARS + 2)], *to;
	uint64_t n;

	if (EVTX_IS_NUMBER(f) && evtx_number(v, &n))
		emit_number(o, key, n);
	else if (EVTX_IS_GUID(f) && (to = evtx_guid_of(s, v)))
		emit_text(o, key, s, (size_t)(to - s));
	else if (v->type == EVTX_STRING || v->type == EVTX_XML)
		emit_utf16(o, key, v->at, evtx_units(v));
	else if (v->len > EVTX_GUID_CHARS)
		long_cell(o, key, v);
	else
		emit_text(o, key, s, value_text(s, v));
}

/* The same, field by field. */
static void cells(struct emit *o, uint32_t which, const struct evtx_record *r)
{
	for (which &= r->there; which; which &= which - 1) {
		unsigned f = (unsigned)__builtin_ctz(which);

		cell(o, f, &r->field[f]);
	}
}

static void numbers(struct emit *o, const struct evtx_record *r)
{
	uint64_t own = record_number(r);

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
		cells(o, EVTX_BIT(EVTX_TIME_CREATED), r);
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
			emit_says(o, s, value_text(s, v));
	}
}

static bool record(void *ctx, const struct evtx_record *r, struct error *e)
{
	struct emit *o = ctx;
	enum emit_form form = emit_form(o);

	emit_begin(o, "windows:evtx:record");
	if (form == EMIT_JSONL && put_line(o, r)) {
		; /* most are */
	} else if (form == EMIT_JSONL || form == EMIT_TIMELINE) {
		numbers(o, r);
		char *start = emit_room(o, fields_room(r, BEFORE));
		end_piece(o, start, put_fields(start, r, BEFORE));
		times(o, r);
		start = emit_room(o, fields_room(r, AFTER) + sections_room(r));
		end_piece(o, start, put_sections(put_fields(start, r, AFTER), r));
	} else {
		numbers(o, r);
		cells(o, BEFORE, r);
		times(o, r);
		cells(o, AFTER, r);
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
				       "event_data_1",
				       "event_data_2",
				       "user_data_1",
				       "user_data_2",
				       "rendering_info_1",
				       "rendering_info_2",
				       "other_system_1",
				       "other_system_2",
				       "other_1",
				       "other_2",
				       "values_1",
				       "values_2",
				       NULL };

const struct format format_evtx = {
	.name = "evtx",
	.help = N_("Windows event logs"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
