/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids and what refers to them: exists, is unique, may be seen where it is named. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/numbers.h"
#include "kit/source.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/data/phone.h"

struct id {
	enum kit_kind kind;
	const char *id;
	const struct record *record;
	bool open;
};

struct ids {
	struct id *list;
	size_t count, capacity;
};

static int by_id(const void *a, const void *b)
{
	const struct id *x = a, *y = b;

	return x->kind != y->kind ? (int)x->kind - (int)y->kind : strcmp(x->id, y->id);
}

static void collect(struct source *s, struct ids *ids)
{
	for (enum table_name n = 0; n < TABLES; n++) {
		const struct table *t = &s->tables[n];

		for (size_t i = 0; t->layout->kind && i < t->count; i++) {
			struct record *r = &t->records[i];
			struct text id = { 0 };

			if (n == STEPS)
				text_addf(&id, "%s/%s", table_get(t, r, "plan"),
					  table_get(t, r, "nr"));
			else
				text_add(&id, table_get(t, r, "id"));
			mem_grow(&ids->list, &ids->capacity, ids->count + 1, sizeof(*ids->list));
			if (id.len)
				ids->list[ids->count++] = (struct id){
					.kind = t->layout->kind,
					.id = arena_string(&s->memory, text_end(&id)),
					.record = r,
					.open = table_is_open(t, r),
				};
			text_release(&id);
		}
	}
	if (ids->count)
		qsort(ids->list, ids->count, sizeof(*ids->list), by_id);
}

static const struct id *find(const struct ids *ids, enum kit_kind kind, const char *id, size_t n)
{
	char key_id[96];
	struct id key = { .kind = kind, .id = key_id };

	if (n >= sizeof(key_id) || !ids->count)
		return NULL;
	memcpy(key_id, id, n);
	key_id[n] = '\0';
	return bsearch(&key, ids->list, ids->count, sizeof(key), by_id);
}

/* Where a reference stands, for the words of a finding. */
struct place {
	struct source *s;
	const struct ids *ids;
	const struct record *record;
	const char *column;
	bool open; /* the record goes into the open tier */
};

static void must_be_open(const struct place *p, const struct id *to)
{
	if (!p->open || to->open)
		return;
	if (to->kind == KIT_PERSON)
		findings_add(&p->s->findings, FAULT, p->record->file, p->record->line,
			     _("%s: names the person '%s', and this can be read without a "
			       "passphrase; name a role instead"),
			     p->column, to->id);
	else
		findings_add(&p->s->findings, FAULT, p->record->file, p->record->line,
			     _("%s: '%s' is not in the open tier, but this can be read without a "
			       "passphrase; set its tier to 0 or name another one"),
			     p->column, to->id);
}

/* Could the thing be in a table that has faults of its own? */
static bool may_be_unread(const struct source *s, enum kit_kind kind)
{
	for (enum table_name n = 0; n < TABLES; n++)
		if (kind && s->tables[n].layout->kind == kind && s->tables[n].unread)
			return true;
	return false;
}

/* One id of the kinds in `of`. Returns its canonical form, or NULL with a finding. */
static const char *resolve(const struct place *p, const char *of, const char *value, size_t n)
{
	const char *colon = memchr(value, ':', n);
	bool several = strchr(of, ' ') != NULL;
	const struct id *found = NULL;
	bool unread = false;

	for (const char *k = of; *k; k += strcspn(k, " "), k += *k == ' ') {
		enum kit_kind kind = kit_kind_parse(k, strcspn(k, " "));
		const struct id *id;

		unread = unread || may_be_unread(p->s, kind);
		if (colon && kit_kind_parse(value, (size_t)(colon - value)) == kind)
			id = find(p->ids, kind, colon + 1, n - (size_t)(colon + 1 - value));
		else
			id = colon ? NULL : find(p->ids, kind, value, n);
		if (id && found) {
			findings_add(&p->s->findings, FAULT, p->record->file, p->record->line,
				     _("%s: '%.*s' is several things; write %s:%.*s or %s:%.*s"),
				     p->column, (int)n, value, kit_kind_name(found->kind), (int)n,
				     value, kit_kind_name(kind), (int)n, value);
			return NULL;
		}
		if (id)
			found = id;
	}
	if (!found && unread)
		return NULL;
	if (!found) {
		findings_add(&p->s->findings, FAULT, p->record->file, p->record->line,
			     _("%s: there is no '%.*s' among: %s; correct it or add it"), p->column,
			     (int)n, value, of);
		return NULL;
	}
	must_be_open(p, found);
	if (!several)
		return found->id;
	struct text whole = { 0 };
	const char *result;

	text_addf(&whole, "%s:%s", kit_kind_name(found->kind), found->id);
	result = arena_string(&p->s->memory, text_end(&whole));
	text_release(&whole);
	return result;
}

static const char *resolve_list(const struct place *p, const char *of, const char *value)
{
	struct text out = { 0 };
	const char *result;

	while (*value) {
		size_t n = strcspn(value, ",;"), skip = strspn(value, " ");
		size_t len = n - (skip < n ? skip : n);
		const char *id;

		while (len && value[skip + len - 1] == ' ')
			len--;
		id = len ? resolve(p, of, value + skip, len) : NULL;
		if (id)
			text_addf(&out, "%s%s", out.len ? "," : "", id);
		value += n + (value[n] != '\0');
	}
	result = arena_string(&p->s->memory, text_end(&out));
	text_release(&out);
	return result;
}

/* Every [[kind:id]] in a text, rewritten with the English word of its kind. */
static const char *resolve_links(const struct place *p, const char *text)
{
	struct text out = { 0 };
	struct kit_link link;
	const char *result, *at = text;

	for (; kit_link_next(at, &link); at += link.before + link.length) {
		const struct id *to = find(p->ids, link.kind, link.id, link.id_len);

		text_add_n(&out, at, link.before);
		if (!to && may_be_unread(p->s, link.kind))
			continue;
		if (!link.kind || !to) {
			findings_add(&p->s->findings, FAULT, p->record->file, p->record->line,
				     _("the link %.*s leads nowhere; links are written "
				       "[[role:id]], [[organisation:id]], [[plan:id]] ..."),
				     (int)link.length, at + link.before);
			continue;
		}
		must_be_open(p, to);
		text_addf(&out, "[[%s:%s]]", kit_kind_name(link.kind), to->id);
	}
	if (at == text) {
		text_release(&out);
		return text;
	}
	text_add(&out, at);
	result = arena_string(&p->s->memory, text_end(&out));
	text_release(&out);
	return result;
}

static void check_record(struct source *s, const struct ids *ids, const struct table *t,
			 struct record *r)
{
	for (size_t i = 0; t->layout->columns[i].key; i++) {
		const struct column *c = &t->layout->columns[i];
		struct place p = { s, ids, r, c->key, table_is_open(t, r) };
		const char *value = r->cells[i];

		/* Who holds a role goes into the protected tier, with the people. */
		if (c->of && strcmp(c->of, "person") == 0)
			p.open = false;
		if (!*value)
			continue;
		if (c->type == CELL_REF)
			value = resolve(&p, c->of, value, strlen(value));
		else if (c->type == CELL_REFS)
			value = resolve_list(&p, c->of, value);
		else if (c->type == CELL_TEXT)
			value = resolve_links(&p, value);
		r->cells[i] = value ? value : "";
	}
}

/* What stands once in a table, with the record that it is. */
struct once {
	const char *key;
	const struct record *record;
};

static int by_key_and_place(const void *a, const void *b)
{
	const struct once *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	if (!order)
		order = strcmp(x->record->file, y->record->file);
	return order ? order
		     : (x->record->line > y->record->line) - (x->record->line < y->record->line);
}

/* The cells of the columns in `once`, one text; NULL if one is empty. */
static const char *once_key(struct source *s, const struct table *t, const struct record *r)
{
	struct text key = { 0 };
	const char *result = NULL, *at = t->layout->once;

	while (*at) {
		char name[32];
		size_t n = strcspn(at, " ");

		snprintf(name, sizeof(name), "%.*s", (int)n, at);
		if (!*table_get(t, r, name))
			break;
		text_addf(&key, "%s%s", key.len ? "\t" : "", table_get(t, r, name));
		at += n + (at[n] == ' ');
	}
	if (!*at)
		result = arena_string(&s->memory, text_end(&key));
	text_release(&key);
	return result;
}

static void check_once(struct source *s, const struct table *t)
{
	struct once *list = mem_array(t->count + 1, sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; i < t->count; i++) {
		list[count].record = &t->records[i];
		list[count].key = once_key(s, t, &t->records[i]);
		count += list[count].key != NULL;
	}
	if (count)
		qsort(list, count, sizeof(*list), by_key_and_place);
	for (size_t i = 1; i < count; i++) {
		const struct record *r = list[i].record, *before = list[i - 1].record;

		if (strcmp(list[i].key, list[i - 1].key) != 0)
			continue;
		if (strchr(t->layout->once, ' '))
			findings_add(&s->findings, FAULT, r->file, r->line,
				     _("stands here a second time, after %s:%zu (same: %s); delete "
				       "one of them"),
				     before->file, before->line, t->layout->once);
		else
			findings_add(&s->findings, FAULT, r->file, r->line,
				     _("the %s '%s' was given before, at %s:%zu"), t->layout->once,
				     list[i].key, before->file, before->line);
	}
	free(list);
}

static void check_tier(struct source *s)
{
	const struct table *t = &s->tables[PEOPLE];

	for (size_t i = 0; i < t->count; i++)
		if (table_is_open(t, &t->records[i]))
			findings_add(&s->findings, FAULT, t->records[i].file, t->records[i].line,
				     _("tier 0: a person never stands in the open tier; give the "
				       "number to a role instead"));
}

/* Once for each text: it has to be read again as a whole. */
static void find_number(struct source *s, const struct numbers *n, const struct record *r,
			const char *column, const char *text)
{
	char written[NUMBERS_WRITTEN_MAX];
	const char *at = text;
	enum number_of of;

	do
		of = numbers_next(n, &at, text, written);
	while (of == NUMBER_NOBODY);
	if (of == NUMBER_PERSON)
		findings_add(&s->findings, FAULT, r->file, r->line,
			     _("%s: holds a person's number, and this can be read without a "
			       "passphrase; take it out or give the number to a role only"),
			     column);
}

static void check_numbers(struct source *s)
{
	struct numbers n = { 0 };

	numbers_collect(&n, s);
	for (enum table_name name = 0; name < TABLES; name++) {
		const struct table *t = &s->tables[name];

		for (size_t i = 0; i < t->count; i++) {
			const struct record *r = &t->records[i];

			if (!table_is_open(t, r))
				continue;
			for (size_t c = 0; t->layout->columns[c].key; c++) {
				enum cell_type type = t->layout->columns[c].type;

				if (type == CELL_TEXT || type == CELL_PHONE)
					find_number(s, &n, r, t->layout->columns[c].key,
						    r->cells[c]);
			}
		}
	}
	numbers_release(&n);
}

/* channels.csv names the type in a cell, so its values are checked only now. */
static void check_channels(struct source *s)
{
	static const char *const written[] = { "radio",     "email",   "email_emergency",
					       "messenger", "address", "meeting_point",
					       "web",       "pager" };
	const struct table *t = &s->tables[CHANNELS];

	for (size_t i = 0; i < t->count; i++) {
		struct record *r = &t->records[i];
		const char *type = table_get(t, r, "type"), *value = table_get(t, r, "value");
		char normal[PHONE_MAX];
		bool phone = *type && *value;

		/* A private number that does not say who may see it is for the fewest. */
		if (strstr(type, "_private") && !*table_get(t, r, "tier"))
			table_set(t, r, "tier", "2");
		for (size_t k = 0; k < sizeof(written) / sizeof(written[0]); k++)
			phone = phone && strcmp(type, written[k]) != 0;
		if (phone && phone_normal(value, normal))
			table_set(t, r, "value", arena_string(&s->memory, normal));
		else if (phone)
			findings_add(&s->findings, FAULT, r->file, r->line,
				     _("value: '%s' is no telephone number; write it like "
				       "+49 69 90009101"),
				     value);
	}
}

void references_check(struct source *s)
{
	struct ids ids = { 0 };

	collect(s, &ids);
	for (enum table_name n = 0; n < TABLES; n++)
		for (size_t i = 0; i < s->tables[n].count; i++)
			check_record(s, &ids, &s->tables[n], &s->tables[n].records[i]);
	free(ids.list);
	for (enum table_name n = 0; n < TABLES; n++)
		if (s->tables[n].layout->once)
			check_once(s, &s->tables[n]);
	check_tier(s);
	check_channels(s);
	check_numbers(s);
}
