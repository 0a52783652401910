/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal of systemd: docs/formats/journald.md. */
#include "triage/parse/journald.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/text.h"
#include "triage/format.h"

#define SECOND_US 1000000u

static const char *const columns[] = {
	"record_type",
	"realtime",
	"monotonic",
	"boot_id",
	"seqnum",
	"fields",
	"missing_fields",
	"offset",
	"state",
	"compatible_flags",
	"incompatible_flags",
	"file_id",
	"machine_id",
	"tail_entry_boot_id",
	"seqnum_id",
	"n_objects",
	"n_entries",
	"head_entry_seqnum",
	"tail_entry_seqnum",
	"head_entry_realtime",
	"tail_entry_realtime",
	"recovered",
	NULL,
};

static void microseconds(struct emit *o, const char *key, uint64_t us, enum emit_moment what)
{
	if (us)
		emit_unix(o, key, (int64_t)(us / SECOND_US), (uint32_t)(us % SECOND_US) * 1000, 6,
			  what);
	else
		emit_null(o, key);
}

static bool header(void *ctx, const struct journald_header *h, struct error *e)
{
	static const char *const states[] = { "offline", "online", "archived" };
	struct emit *o = ctx;

	emit_begin(o, "systemd:journal");
	emit_string(o, "record_type", "header");
	emit_string(o, "state", h->state < 3 ? states[h->state] : "unknown");
	emit_flags(o, "compatible_flags", h->compatible);
	emit_flags(o, "incompatible_flags", h->incompatible);
	emit_hex(o, "file_id", h->file_id, 16);
	emit_hex(o, "machine_id", h->machine_id, 16);
	emit_hex(o, "tail_entry_boot_id", h->boot_id, 16);
	emit_hex(o, "seqnum_id", h->seqnum_id, 16);
	emit_number(o, "n_objects", h->objects);
	emit_number(o, "n_entries", h->entries);
	emit_number(o, "head_entry_seqnum", h->head_seqnum);
	emit_number(o, "tail_entry_seqnum", h->tail_seqnum);
	microseconds(o, "head_entry_realtime", h->head_realtime, MOMENT_NONE);
	microseconds(o, "tail_entry_realtime", h->tail_realtime, MOMENT_NONE);
	return emit_end(o, e);
}

static const struct journald_field *find(const struct journald_entry *r, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < r->count; i++)
		if (r->fields[i].name_len == len && memcmp(r->fields[i].name, name, len) == 0)
			return &r->fields[i];
	return NULL;
}

static void say(struct emit *o, const struct journald_entry *r)
{
	const struct journald_field *who = find(r, "SYSLOG_IDENTIFIER"), *pid = find(r, "_PID");
	const struct journald_field *message = find(r, "MESSAGE");

	if (!who)
		who = find(r, "_COMM");
	if (who)
		emit_says(o, (const char *)who->value, who->len);
	if (pid) {
		emit_says(o, "[", 1);
		emit_says(o, (const char *)pid->value, pid->len);
		emit_says(o, "]", 1);
	}
	if (who || pid)
		emit_says(o, ": ", 2);
	if (message)
		emit_says(o, (const char *)message->value, message->len);
}

/* Text, or {"hex":"..."}: a text that looks like hexadecimal digits stays a text. */
static void value(struct emit *o, const char *key, const struct journald_field *f)
{
	if (text_is_utf8((const char *)f->value, f->len)) {
		emit_text(o, key, (const char *)f->value, f->len);
		return;
	}
	emit_object(o, key);
	emit_hex(o, "hex", f->value, f->len);
	emit_close(o);
}

static bool same_name(const struct journald_field *a, const struct journald_field *b)
{
	return a->name_len == b->name_len && memcmp(a->name, b->name, a->name_len) == 0;
}

static void fields(struct emit *o, const struct journald_entry *r)
{
	char key[JOURNALD_NAME_MAX + 1];
	size_t next;

	emit_object(o, "fields");
	for (size_t i = 0; i < r->count; i = next) {
		const struct journald_field *f = &r->fields[i];

		memcpy(key, f->name, f->name_len);
		key[f->name_len] = '\0';
		for (next = i + 1; next < r->count && same_name(f, &r->fields[next]);)
			next++;
		if (next == i + 1) {
			value(o, key, f);
			continue;
		}
		emit_array(o, key);
		for (size_t k = i; k < next; k++)
			value(o, NULL, &r->fields[k]);
		emit_close(o);
	}
	emit_close(o);
}

static bool entry(void *ctx, const struct journald_entry *r, struct error *e)
{
	struct emit *o = ctx;

	emit_begin(o, "systemd:journal");
	say(o, r);
	emit_string(o, "record_type", "entry");
	microseconds(o, "realtime", r->realtime, MOMENT_RECORDED);
	emit_number(o, "monotonic", r->monotonic);
	emit_hex(o, "boot_id", r->boot_id, 16);
	emit_number(o, "seqnum", r->seqnum);
	fields(o, r);
	if (r->missing)
		emit_number(o, "missing_fields", r->missing);
	emit_number(o, "offset", r->offset);
	if (r->recovered)
		emit_bool(o, "recovered", true);
	return emit_end(o, e);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	const struct journald_to to = { header, entry, o };
	struct partition_source s = job->inputs[0];
	size_t len;

	if (s.size_bytes > JOURNALD_FILE_MAX) {
		parse_problem(&job->problems, JOURNALD_FILE_MAX,
			      N_("it is larger than 512 MiB: the rest of it is not read"));
		s.size_bytes = JOURNALD_FILE_MAX;
	}
	uint8_t *bytes = format_whole(&s, JOURNALD_FILE_MAX, &len, e);
	if (!bytes)
		return false;
	bool good = journald_parse(bytes, len, job->recovered, &job->problems, &to, e);
	free(bytes);
	return good;
}

const struct format format_journald = {
	.name = "journald",
	.help = N_("the journal of systemd (*.journal), also one that was not closed"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
