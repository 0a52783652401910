/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The open kit, and how its things are called. */
#include "handbook/book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "handbook/channels.h"
#include "handbook/deadline.h"
#include "handbook/people.h"
#include "lib/base/language.h"
#include "lib/base/private.h"
#include "lib/ui/dial.h"
#include "lib/ui/kitframe.h"

bool book_open(struct book *b, struct error *e)
{
	char path[4096];

	*b = (struct book){ 0 };
	snprintf(path, sizeof(path), "%s/open.db", kit_folder());
	b->db = db_open(path, KIT_APPLICATION_ID, KIT_DB_VERSION, e);
	if (b->db && kitinfo_read(&b->kit, b->db, e) && outage_load(&b->outage, b->db, e)) {
		kitinfo_judge(&b->kit);
		return true;
	}
	book_close(b);
	return error_prefix(e, _("cannot open the handbook: "));
}

void book_warn(const struct book *b)
{
	const struct kittrust *t = &b->kit.trust;
	char masked[sizeof(t->why.text)];

	if (t->trust == KIT_DAMAGED || t->trust == KIT_REFUSED)
		fprintf(stderr, _("handbook: warning: do not rely on this kit: %s\n"),
			text_mask(masked, sizeof(masked), t->why.text));
}

void book_close(struct book *b)
{
	db_close(b->db);
	for (size_t tier = 0; tier < KIT_TIERS; tier++)
		private_free(b->tiers[tier].bytes, b->tiers[tier].len);
	tier_keys_wipe(&b->keys);
	outage_release(&b->outage);
	kitinfo_release(&b->kit);
	*b = (struct book){ 0 };
}

int64_t book_now_ms(const struct book *b)
{
	return clock_now_ms(&b->clock);
}

bool book_absent(const struct book *b, enum kit_kind kind, const char *id, struct error *e)
{
	if (b->tiers[1].open)
		return error_set(e, ERROR_FAILED,
				 _("the handbook has no %s '%s' in the parts that are open; "
				   "'handbook find' searches by name"),
				 kit_kind_name(kind), id);
	return error_set(e, ERROR_FAILED,
			 _("the handbook has no %s '%s' that can be read without "
			   "a passphrase; 'handbook find' searches by name"),
			 kit_kind_name(kind), id);
}

struct db_statement *book_ask(struct book *b, const char *sql, const char *id, struct error *e)
{
	struct db_statement *s = db_prepare(b->db, sql, e);
	bool row = false;

	if (!s)
		return NULL;
	if (id)
		db_bind_text(s, 1, id);
	if (db_step(s, &row, e) && row)
		return s;
	db_finish(s);
	return NULL;
}

bool book_name_parse(const char *word, enum kit_kind *kind, const char **id, struct error *e)
{
	const char *colon = strchr(word, ':');

	*kind = colon ? kit_kind_parse(word, (size_t)(colon - word)) : KIT_NONE;
	*id = colon ? colon + 1 : "";
	if (*kind && **id)
		return true;
	return error_set(e, ERROR_USAGE,
			 _("'%s' names nothing; write KIND:ID, as 'handbook find' prints it"),
			 word);
}

void book_add_name(struct book *b, enum kit_kind kind, const char *id, struct text *out)
{
	static const char *const queries[] = {
		[KIT_ROLE] = "SELECT name, name_en FROM role WHERE role_id = ?",
		[KIT_ORGANISATION] = "SELECT name, NULL FROM organisation"
				     " WHERE organisation_id = ?",
		[KIT_PLAN] = "SELECT plan_id || ' ' || title, NULL FROM plan WHERE plan_id = ?",
		[KIT_STEP] = "SELECT plan_id || '/' || nr, NULL FROM step"
			     " WHERE plan_id || '/' || nr = ?",
		[KIT_CHAIN] = "SELECT title, NULL FROM chain WHERE chain_id = ?",
		[KIT_DEADLINE] = "SELECT title, NULL FROM deadline WHERE deadline_id = ?",
		[KIT_SYSTEM] = "SELECT name, NULL FROM system WHERE system_id = ?",
		[KIT_DEPARTMENT] = "SELECT name, NULL FROM department WHERE department_id = ?",
		[KIT_PROCESS] = "SELECT name, NULL FROM process WHERE process_id = ?",
		[KIT_PERSON] = "SELECT ltrim(ifnull(first_name,'') || ' ' || last_name), NULL"
			       " FROM person WHERE person_id = ?",
		[KIT_DOCUMENT] = "SELECT title, NULL FROM document WHERE document_id = ?",
		[KIT_FORM] = "SELECT title, NULL FROM form WHERE form_id = ?",
	};
	struct error e = { 0 }; /* a name that cannot be read is shown by its id */
	const char *sql = (size_t)kind < sizeof(queries) / sizeof(queries[0]) ? queries[kind]
									      : NULL;
	struct db_statement *s = sql ? book_ask(b, sql, id, &e) : NULL;

	if (s && !db_is_null(s, 1) && strcmp(language_code(), "en") == 0)
		text_add(out, db_text(s, 1));
	else
		text_add(out, s ? db_text(s, 0) : id);
	db_finish(s);
}

/* "Can Öztürk (Data protection officer)": who does it now, if that can be known. */
static void add_who(struct book *b, enum kit_kind kind, const char *id, struct text *out)
{
	struct text person = { 0 };

	if (kind == KIT_ROLE && book_on_duty(b, id, &person)) {
		book_add_name(b, KIT_PERSON, text_end(&person), out);
		text_add(out, " (");
		book_add_name(b, kind, id, out);
		text_add(out, ")");
	} else {
		book_add_name(b, kind, id, out);
	}
	text_release(&person);
}

void book_add_reach(struct book *b, enum kit_kind kind, const char *id, struct text *out)
{
	struct error ignored = { 0 }; /* without its number it is still a name */
	struct channels ways = { 0 };
	const struct channel *first = NULL;

	add_who(b, kind, id, out);
	if ((kind == KIT_ROLE || kind == KIT_ORGANISATION || kind == KIT_PERSON) &&
	    book_reach(b, kind, id, &ways, &ignored))
		first = channels_first(&ways);
	if (first) {
		text_add(out, ", ");
		dial_add(out, first->value);
	} else if (channels_dead(&ways)) {
		text_addf(out, ", %s", _("no number works now"));
	}
	channels_release(&ways);
}

/* Bold marks say nothing on a text screen; the words stay. */
static void add_plain(const char *s, size_t n, struct text *out)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '*' && i + 1 < n && s[i + 1] == '*') {
			i++;
			continue;
		}
		text_add_n(out, s + i, 1);
	}
}

void book_add_words(struct book *b, const char *text, struct text *out)
{
	struct kit_link link;
	const char *at = text;

	for (; kit_link_next(at, &link); at += link.before + link.length) {
		char id[96];

		add_plain(at, link.before, out);
		if (!link.kind || link.id_len >= sizeof(id)) {
			text_add_n(out, at + link.before, link.length);
			continue;
		}
		snprintf(id, sizeof(id), "%.*s", (int)link.id_len, link.id);
		book_add_reach(b, link.kind, id, out);
	}
	add_plain(at, strlen(at), out);
}

const char *book_channel_label(const char *type)
{
	static const struct {
		const char *type, *label;
	} labels[] = {
		{ "duty", N_("on call") },
		{ "mobile_work", N_("mobile") },
		{ "mobile_private", N_("mobile, private") },
		{ "landline_work", N_("telephone") },
		{ "landline_private", N_("telephone, private") },
		{ "satellite", N_("satellite telephone") },
		{ "radio", N_("radio") },
		{ "pager", N_("pager") },
		{ "fax", N_("fax") },
		{ "email", N_("e-mail") },
		{ "email_emergency", N_("e-mail outside our own systems") },
		{ "messenger", N_("messenger") },
		{ "address", N_("address") },
		{ "meeting_point", N_("meeting point") },
		{ "web", N_("web") },
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(labels[i].type, type) == 0)
			return _(labels[i].label);
	return type;
}

const char *book_step_label(const char *kind)
{
	static const struct {
		const char *kind, *label;
	} labels[] = {
		{ "task", N_("TASK") },       { "decision", N_("DECISION") },
		{ "call", N_("CALL") },       { "report", N_("REPORT") },
		{ "warning", N_("WARNING") }, { "evidence", N_("EVIDENCE") },
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(labels[i].kind, kind) == 0)
			return _(labels[i].label);
	return kind;
}

void book_add_date(const char *date, struct text *out)
{
	char words[64];

	text_add(out, date_words(words, sizeof(words), date));
}

void book_add_time(const char *time, struct text *out)
{
	char date[BOOK_TIME];

	snprintf(date, sizeof(date), "%.10s", time);
	book_add_date(date, out);
	if (strlen(time) > 10)
		text_add(out, time + 10);
}

void book_add_deadline(struct book *b, const char *id, struct text *out)
{
	struct error e = { 0 }; /* the page of the deadline itself will say it */
	struct db_statement *s = book_ask(
		b, "SELECT hours, months, ifnull(text, '') FROM deadline WHERE deadline_id = ?", id,
		&e);

	if (s) {
		const struct deadline d = { .hours = db_number(s, 0),
					    .months = db_number(s, 1),
					    .text = db_text(s, 2) };

		deadline_add_length(&d, out);
	}
	db_finish(s);
}

void book_add_due(struct book *b, const char *id, struct text *out)
{
	struct text time = { 0 };

	book_add_name(b, KIT_DEADLINE, id, out);
	book_add_deadline(b, id, &time);
	if (time.len)
		text_addf(out, ", %s", text_end(&time));
	text_release(&time);
}

void book_add_minutes(int64_t minutes, struct text *out)
{
	if (minutes % (24 * 60) == 0 && minutes > 3 * 24 * 60)
		text_addf(out, _("%lld days"), (long long)(minutes / (24 * 60)));
	else if (minutes % 60 == 0 && minutes > 60)
		text_addf(out, _("%lld h"), (long long)(minutes / 60));
	else
		text_addf(out, _("%lld min"), (long long)minutes);
}
