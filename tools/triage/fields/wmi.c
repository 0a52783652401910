/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What WMI runs at events: docs/formats/wmi.md. */
#include "triage/parse/wmi.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/text.h"
#include "triage/format.h"

#define PAGE_BYTES 8192

struct wmi_job {
	struct emit *out;
	char text[2 * PAGE_BYTES]; /* a string of Latin-1 in UTF-8 */
};

static const char *const columns[] = {
	"record_type",
	"class_name",
	"name",
	"filter",
	"consumer",
	"query",
	"query_language",
	"event_namespace",
	"event_access",
	"executable_path",
	"command_line_template",
	"working_directory",
	"scripting_engine",
	"script_text",
	"script_filename",
	"machine_name",
	"maximum_queue_size",
	"run_interactively",
	"show_window_command",
	"kill_timeout",
	"use_default_error_mode",
	"create_new_console",
	"create_new_process_group",
	"create_separate_wow_vdm",
	"create_shared_wow_vdm",
	"priority",
	"desktop_name",
	"window_title",
	"x_coordinate",
	"y_coordinate",
	"x_size",
	"y_size",
	"x_num_characters",
	"y_num_characters",
	"fill_attribute",
	"force_on_feedback",
	"force_off_feedback",
	"delivery_qos",
	"deliver_synchronously",
	"maintain_security_context",
	"slow_down_providers",
	"creator_sid",
	"time_1",
	"time_2",
	"offset",
	"is_truncated",
	"recovered",
	NULL,
};

/* Of one byte a character, into j->text; its bytes. */
static size_t narrow(struct wmi_job *j, const struct wmi_value *v)
{
	size_t len = 0;

	for (size_t i = 0; i < v->bytes.left && len + 2 <= sizeof(j->text); i++)
		len += text_put(j->text + len, v->bytes.at[i]);
	return len;
}

static void string(struct wmi_job *j, const char *key, const struct wmi_value *v)
{
	if (v->is_wide)
		emit_utf16(j->out, key, v->bytes.at, v->bytes.left / 2);
	else
		emit_text(j->out, key, j->text, narrow(j, v));
}

/* Of a timeline: what runs, or when. */
static void says(struct wmi_job *j, const struct wmi_instance *i)
{
	static const char *const told[] = { "name",
					    "query",
					    "executable_path",
					    "command_line_template",
					    "script_filename",
					    "script_text",
					    "filter",
					    "consumer" };
	bool any = false;

	emit_says(j->out, i->class->name, strlen(i->class->name));
	for (unsigned k = 0; k < i->class->count; k++) {
		const struct wmi_value *v = &i->values[k];
		size_t t = 0;

		while (t < sizeof(told) / sizeof(*told) &&
		       strcmp(told[t], i->class->properties[k].key) != 0)
			t++;
		if (!v->is_set || t == sizeof(told) / sizeof(*told))
			continue;
		emit_says(j->out, any ? ", " : ": ", 2);
		any = true;
		if (v->is_wide)
			emit_says16(j->out, v->bytes.at, v->bytes.left / 2);
		else
			emit_says(j->out, j->text, narrow(j, v));
	}
}

/* "S-1-5-21-..." (MS-DTYP 2.4.2.1); the parser has checked its length. */
static void sid(struct emit *o, const char *key, struct reader r)
{
	char text[8 + 20 + 15 * 11];
	uint64_t authority = 0;

	reader_skip(&r, 1);
	unsigned parts = reader_u8(&r);
	for (int i = 0; i < 6; i++)
		authority = authority << 8 | reader_u8(&r);
	int len = snprintf(text, sizeof(text), "S-1-%llu", authority + 0ULL);
	for (unsigned i = 0; i < parts; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "-%lu",
				reader_le32(&r) + 0UL);
	emit_string(o, key, text);
}

static bool record(void *ctx, const struct wmi_instance *i, struct error *e)
{
	struct wmi_job *j = ctx;
	struct emit *o = j->out;

	emit_begin(o, "windows:wmi:event_consumer");
	says(j, i);
	emit_string(o, "record_type", i->class->record_type);
	emit_string(o, "class_name", i->class->name);
	for (unsigned k = 0; k < i->class->count; k++) {
		const struct wmi_property *p = &i->class->properties[k];
		const struct wmi_value *v = &i->values[k];

		if (!v->is_set)
			continue;
		if (p->type == WMI_STRING)
			string(j, p->key, v);
		else if (p->type == WMI_SID)
			sid(o, p->key, v->bytes);
		else if (p->type == WMI_BOOL)
			emit_bool(o, p->key, v->number);
		else if (p->type == WMI_SINT32)
			emit_signed(o, p->key, (int32_t)v->number);
		else
			emit_number(o, p->key, v->number);
	}
	emit_filetime(o, "time_1", i->times[0], MOMENT_RECORDED);
	emit_filetime(o, "time_2", i->times[1], MOMENT_NONE);
	emit_number(o, "offset", i->offset);
	if (i->is_cut)
		emit_bool(o, "is_truncated", true);
	if (!i->is_listed)
		emit_bool(o, "recovered", true);
	return emit_end(o, e);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct wmi_job j = { .out = o };

	return wmi_parse(&job->inputs[0], &job->problems, record, &j, e);
}

const struct format format_wmi = {
	.name = "wmi",
	.help = N_("what WMI runs at events (OBJECTS.DATA): filters, consumers, bindings"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
