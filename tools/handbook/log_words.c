/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events of the journal in words. */
#include <stdlib.h>
#include <string.h>

#include "handbook/chain_words.h"
#include "handbook/log.h"
#include "handbook/steps.h"
#include "handbook/when.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"

void log_add_time(const struct log_row *r, int64_t now_ms, struct text *out)
{
	char when[WHEN_WORDS];

	text_add(out, when_words(when, r->time_ms, now_ms));
	if (strcmp(r->clock, "unconfirmed") == 0)
		text_addf(out, " (%s)", _("clock not confirmed"));
	else if (strcmp(r->clock, "corrected") == 0)
		text_addf(out, " (%s)", _("clock corrected later"));
}

static int64_t time_of(const struct log_row *r, const char *key)
{
	return strtoll(log_get(r, key), NULL, 10);
}

static void add_reason(const struct log_row *r, struct text *out)
{
	if (*log_get(r, "reason"))
		text_addf(out, _(" – Reason: %s"), log_get(r, "reason"));
}

static void add_entry(const struct log_row *r, struct book *b, struct text *out)
{
	enum log_type type = log_type_parse(log_get(r, "type"));

	(void)b;
	if (*log_get(r, "corrects"))
		text_addf(out, "%s ", _("CORRECTION"));
	text_addf(out, "%s: %s", type < LOG_TYPES ? log_type_label(type) : "", log_get(r, "text"));
	add_reason(r, out);
	if (*log_get(r, "addressee"))
		text_addf(out, _(" – For: %s"), log_get(r, "addressee"));
}

static void add_order(const struct log_row *r, struct book *b, struct text *out)
{
	static const struct {
		const char *state, *words;
	} words[] = {
		{ "done", N_("Order done") },
		{ "cancelled", N_("Order cancelled") },
		{ "open", N_("Order open again") },
	};

	(void)b;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].state, log_get(r, "state")) == 0)
			text_add(out, _(words[i].words));
	add_reason(r, out);
}

static void add_call(const struct log_row *r, struct book *b, struct text *out)
{
	struct db_statement *s = db_prepare(
		b->db, "SELECT whom_kind, whom_id FROM node WHERE chain_id = ?1 AND nr = ?2",
		&(struct error){ 0 });
	enum chain_result result = chain_result_parse(log_get(r, "result"));
	bool row = false;

	text_addf(out, "%s ", _("CALL"));
	text_addf(out, "%s/%s ", log_get(r, "chain"), log_get(r, "nr"));
	if (s) {
		db_bind_text(s, 1, log_get(r, "chain"));
		db_bind_number(s, 2, time_of(r, "nr"));
	}
	if (s && db_step(s, &row, &(struct error){ 0 }) && row)
		book_add_name(b, kit_kind_parse(db_text(s, 0), strlen(db_text(s, 0))),
			      db_text(s, 1), out);
	db_finish(s);
	if (*log_get(r, "whom"))
		text_addf(out, ", %s", log_get(r, "whom"));
	if (*log_get(r, "number")) {
		text_add(out, ", ");
		dial_add(out, log_get(r, "number"));
	}
	text_addf(out, ": %s",
		  result < CHAIN_RESULTS ? chain_result_label(result)
					 : _("the call before was noted by mistake"));
}

static void add_step(const struct log_row *r, struct book *b, struct text *out)
{
	enum step_state state = step_state_parse(log_get(r, "state"));

	(void)b;
	text_addf(out, "%s %s/%s: %s", _("STEP"), log_get(r, "plan"), log_get(r, "nr"),
		  state < STEP_STATES ? step_state_label(state) : log_get(r, "state"));
	add_reason(r, out);
}

static void add_deadline(const struct log_row *r, struct book *b, struct text *out)
{
	static const struct {
		const char *state, *words;
	} words[] = {
		{ "running", N_("running") },
		{ "done", N_("reported") },
		{ "not_applicable", N_("does not apply") },
		{ "open", N_("open") },
	};
	char when[WHEN_WORDS];

	text_addf(out, "%s ", _("DEADLINE"));
	book_add_name(b, KIT_DEADLINE, log_get(r, "deadline"), out);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].state, log_get(r, "state")) == 0)
			text_addf(out, ": %s", _(words[i].words));
	if (time_of(r, "due") > 0)
		text_addf(out, _(", due %s"), berlin_words(when, time_of(r, "due")));
	add_reason(r, out);
}

static void add_system(const struct log_row *r, struct book *b, struct text *out)
{
	book_add_name(b, KIT_SYSTEM, log_get(r, "system"), out);
	text_addf(out, ": %s",
		  strcmp(log_get(r, "state"), "failed") == 0 ? _("has failed") : _("works again"));
}

static void add_chain(const struct log_row *r, struct book *b, struct text *out)
{
	text_addf(out, "%s ", _("CALL CHAIN"));
	book_add_name(b, KIT_CHAIN, log_get(r, "chain"), out);
	text_addf(out, ": %s",
		  strcmp(log_get(r, "state"), "ended") == 0 ? _("ended") : _("started again"));
	add_reason(r, out);
}

static void add_clock(const struct log_row *r, struct book *b, struct text *out)
{
	char when[WHEN_WORDS];

	(void)b;
	text_addf(out, _("Time confirmed: %s"), berlin_words(when, time_of(r, "time")));
}

static void add_incident(const struct log_row *r, struct book *b, struct text *out)
{
	(void)b;
	if (strcmp(log_get(r, "state"), "closed") == 0)
		text_add(out, _("Incident closed"));
	else
		text_addf(out, _("Incident named: %s"),
			  r->locked ? _("sealed") : log_get(r, "name"));
}

static void add_handover(const struct log_row *r, struct book *b, struct text *out)
{
	(void)b;
	text_add(out, _("Hand-over"));
	if (*log_get(r, "from"))
		text_addf(out, ": %s → %s", log_get(r, "from"), log_get(r, "to"));
}

static void add_access(const struct log_row *r, struct book *b, struct text *out)
{
	static const struct {
		const char *action, *words;
	} words[] = {
		{ "unlock", N_("People unlocked") },
		{ "lock", N_("People locked") },
		{ "wrong", N_("Unlocking was tried with a wrong passphrase") },
	};

	(void)b;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].action, log_get(r, "action")) == 0)
			text_add(out, _(words[i].words));
}

static void add_export(const struct log_row *r, struct book *b, struct text *out)
{
	static const struct {
		const char *form, *words;
	} forms[] = {
		{ "number", N_("a number as a QR code") },
		{ "person", N_("a contact as a QR code") },
		{ "plan", N_("a text as QR codes") },
		{ "print", N_("on paper") },
		{ "file", N_("as a file") },
		{ "journal", N_("the journal as a file") },
		{ "key", N_("a recovery key, to the program that opens a disk") },
	};

	(void)b;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i].form, log_get(r, "form")) == 0)
			text_addf(out, _("Given out (%s)"), _(forms[i].words));
	if (*log_get(r, "what"))
		text_addf(out, ": %s", log_get(r, "what"));
}

void log_add_words(const struct log_row *r, struct book *b, struct text *out)
{
	static const struct {
		const char *kind;
		void (*add)(const struct log_row *r, struct book *b, struct text *out);
	} kinds[] = {
		{ "entry", add_entry },       { "order", add_order },
		{ "call", add_call },         { "step", add_step },
		{ "deadline", add_deadline }, { "system", add_system },
		{ "chain", add_chain },       { "clock", add_clock },
		{ "incident", add_incident }, { "handover", add_handover },
		{ "access", add_access },     { "export", add_export },
	};

	if (r->locked && strcmp(r->kind, "entry") == 0) {
		text_add(out, _("sealed, unlock to read"));
		return;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, r->kind) == 0) {
			kinds[i].add(r, b, out);
			return;
		}
	/* Of devices, receipts, merged chains: what their keys say. */
	text_add(out, r->kind);
	for (size_t i = 0; i < r->count; i++)
		text_addf(out, " %s", r->fields[i].value);
}

/* What each key is called; the others belong to the machine. */
static const struct {
	const char *key, *label;
	bool time;
} labels[] = {
	{ "text", N_("Text"), false },
	{ "reason", N_("Reason"), false },
	{ "alternatives", N_("Alternatives"), false },
	{ "addressee", N_("For"), false },
	{ "due", N_("Due"), true },
	{ "event", N_("Happened"), true },
	{ "author", N_("Author"), false },
	{ "whom", N_("Spoken with"), false },
	{ "number", N_("Number"), false },
	{ "reference", N_("File number"), false },
	{ "from", N_("From"), false },
	{ "to", N_("To"), false },
};

void log_add_whole(const struct log_row *r, struct book *b, struct view *v, int64_t now_ms,
		   struct text *out)
{
	struct error ignored = { 0 }; /* the entry itself is there */
	struct text state = { 0 };
	char when[WHEN_WORDS];

	log_add_time(r, now_ms, out);
	text_add(out, "\n");
	log_add_words(r, b, out);
	text_add(out, "\n\n");
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		const char *value = log_get(r, labels[i].key);

		if (*value)
			text_addf(out, "%s: %s\n", _(labels[i].label),
				  labels[i].time ? berlin_words(when, time_of(r, labels[i].key))
						 : value);
	}
	if (*log_get(r, "paper"))
		text_addf(out, "%s\n", _("Typed in later from paper."));
	if (*log_get(r, "corrects"))
		text_addf(out, _("Corrects entry %s\n"), log_get(r, "corrects"));
	if (strcmp(log_get(r, "type"), "order") == 0 &&
	    log_order_state(v, r->ref, &state, &ignored))
		text_addf(out, "%s: %s\n", _("State"),
			  strcmp(text_end(&state), "done") == 0        ? _("done")
			  : strcmp(text_end(&state), "cancelled") == 0 ? _("cancelled")
								       : _("open"));
	text_addf(out, _("Entry %s\n"), r->ref);
	text_release(&state);
}

void log_row_json(const struct log_row *r, struct json *j)
{
	char stamp[BERLIN_WORDS];

	json_object(j, NULL);
	json_string(j, "record", r->ref);
	json_string(j, "kind", r->kind);
	json_number(j, "time_ms", r->time_ms > 0 ? (uint64_t)r->time_ms : 0);
	json_string(j, "time", berlin_stamp(stamp, r->time_ms));
	json_string(j, "clock", r->clock);
	json_bool(j, "sealed", r->locked);
	json_object(j, "fields");
	for (size_t i = 0; i < r->count; i++)
		json_string(j, r->fields[i].key, r->fields[i].value);
	json_end(j);
	json_end(j);
}
