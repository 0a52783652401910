/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the things of a kit are called on paper, and how they are reached. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/print.h"
#include "kit/tierdb.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/data/phone.h"
#include "lib/ui/kitframe.h"

#define NBSP "\xc2\xa0"

const char *print_cell(const struct print *pr, enum table_name table, const struct record *r,
		       const char *key)
{
	return table_get(&pr->s->tables[table], r, key);
}

const struct record *print_find(const struct print *pr, enum table_name table, const char *key,
				const char *value)
{
	const struct table *t = &pr->s->tables[table];
	size_t column = layout_column(t->layout, key);

	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->records[i].cells[column], value) == 0)
			return &t->records[i];
	return NULL;
}

const char *print_keep(const struct print *pr, struct text *t)
{
	const char *s = arena_string(pr->memory, text_end(t));

	text_release(t);
	return s;
}

const char *print_format(const struct print *pr, const char *fmt, ...)
{
	va_list args;
	char *s, *copy;
	int n;

	va_start(args, fmt);
	n = vasprintf(&s, fmt, args);
	va_end(args);
	copy = arena_string(pr->memory, n < 0 ? "" : s);
	if (n >= 0)
		free(s);
	return copy;
}

const char *print_date(const struct print *pr, const char *date)
{
	char words[64];

	/* A date with a time keeps the time behind it. */
	if (strlen(date) > 10) {
		const char *day = print_format(pr, "%.10s", date);

		return print_format(pr, "%s%s", date_words(words, sizeof(words), day), date + 10);
	}
	return print_format(pr, "%s", date_words(words, sizeof(words), date));
}

const char *print_minutes(const struct print *pr, const char *minutes)
{
	long long n = strtoll(minutes, NULL, 10);

	if (!*minutes)
		return "";
	if (n % (24 * 60) == 0 && n > 3 * 24 * 60LL)
		return print_format(pr, _("%lld days"), n / (24 * 60));
	if (n % 60 == 0 && n > 60)
		return print_format(pr, _("%lld h"), n / 60);
	return print_format(pr, _("%lld min"), n);
}

const char *print_limit(const struct print *pr, const struct record *d)
{
	const char *hours = print_cell(pr, DEADLINES, d, "hours");
	const char *months = print_cell(pr, DEADLINES, d, "months");

	if (*hours)
		return print_format(pr, strcmp(hours, "1") == 0 ? _("%lld hour") : _("%lld hours"),
				    strtoll(hours, NULL, 10));
	if (*months)
		return print_format(pr,
				    strcmp(months, "1") == 0 ? _("%lld month") : _("%lld months"),
				    strtoll(months, NULL, 10));
	return print_cell(pr, DEADLINES, d, "text");
}

bool print_is_card(const struct print *pr, const struct record *plan)
{
	return strncmp(print_cell(pr, PLANS, plan, "file"), "cards/", 6) == 0;
}

static const struct {
	enum kit_kind kind;
	enum table_name table;
	const char *name;
} named[] = {
	{ KIT_ROLE, ROLES, "name" },
	{ KIT_ORGANISATION, ORGANISATIONS, "name" },
	{ KIT_PLAN, PLANS, "title" },
	{ KIT_CHAIN, CHAINS, "title" },
	{ KIT_DEADLINE, DEADLINES, "title" },
	{ KIT_SYSTEM, SYSTEMS, "name" },
	{ KIT_DEPARTMENT, DEPARTMENTS, "name" },
	{ KIT_PROCESS, PROCESSES, "name" },
	{ KIT_DEVICE, DEVICES, "name" },
	{ KIT_DOCUMENT, DOCUMENTS, "title" },
	{ KIT_FORM, FORMS, "title" },
};

const char *print_name(const struct print *pr, enum kit_kind kind, const char *id)
{
	const struct record *r;

	if (kind == KIT_PERSON) {
		r = print_find(pr, PEOPLE, "id", id);
		if (!r || table_tier(&pr->s->tables[PEOPLE], r) > pr->part)
			return id;
		return print_format(pr, "%s%s%s", print_cell(pr, PEOPLE, r, "first_name"),
				    *print_cell(pr, PEOPLE, r, "first_name") ? " " : "",
				    print_cell(pr, PEOPLE, r, "last_name"));
	}
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		const char *name;

		if (named[i].kind != kind)
			continue;
		r = print_find(pr, named[i].table, "id", id);
		if (r && table_tier(&pr->s->tables[named[i].table], r) > pr->part)
			return id;
		name = r ? print_cell(pr, named[i].table, r, named[i].name) : "";
		if (r && kind == KIT_ROLE && strcmp(language_code(), "en") == 0 &&
		    *print_cell(pr, ROLES, r, "name_en"))
			name = print_cell(pr, ROLES, r, "name_en");
		if (kind == KIT_PLAN && *name)
			return print_format(pr, "%s%s%s", id, NBSP, name);
		return *name ? name : id;
	}
	return id;
}

const char *print_names(const struct print *pr, enum kit_kind kind, const char *ids)
{
	struct text out = { 0 };

	while (*ids) {
		size_t n = strcspn(ids, ",");

		text_addf(&out, "%s%s", out.len ? ", " : "",
			  print_name(pr, kind, print_format(pr, "%.*s", (int)n, ids)));
		ids += n + (ids[n] == ',');
	}
	return print_keep(pr, &out);
}

const char *print_page(const struct print *pr, enum kit_kind kind, const char *id)
{
	const char *key = print_format(pr, "%s:%s", kit_kind_name(kind), id);
	size_t page = pr->p ? paper_page_of(pr->p, key) : 0;

	/* TRANSLATORS: behind the name of something that stands elsewhere in the folder */
	return page ? print_format(pr, _(" (page %zu)"), page) : "";
}

const char *print_words(const struct print *pr, const char *text)
{
	struct text out = { 0 };
	struct kit_link link;

	for (; kit_link_next(text, &link); text += link.before + link.length) {
		const char *id = print_format(pr, "%.*s", (int)link.id_len, link.id);
		const char *number;

		text_add_n(&out, text, link.before);
		if (!link.kind) {
			text_add_n(&out, text + link.before, link.length);
			continue;
		}
		number = pr->p ? print_number(pr, link.kind, id) : "";
		text_add(&out, print_name(pr, link.kind, id));
		if (*number)
			text_addf(&out, ", **%s**", number);
		text_add(&out, print_page(pr, link.kind, id));
	}
	text_add(&out, text);
	return print_keep(pr, &out);
}

/* Ways to reach someone; channel_priority() says in which order they are tried. */
static const struct {
	const char *type, *wide, *person; /* of channels.csv; columns of the tables */
	const char *depends;
	const char *label;
	bool phone;
} ways[] = {
	{ "duty", "duty", NULL, NULL, N_("on call"), true },
	{ "mobile_work", "mobile", "mobile_work", NULL, N_("mobile"), true },
	{ "landline_work", "phone", "landline_work", "phone_depends_on", N_("telephone"), true },
	{ "mobile_private", NULL, "mobile_private", NULL, N_("mobile, private"), true },
	{ "landline_private", NULL, "landline_private", NULL, N_("telephone, private"), true },
	{ "satellite", "satellite", NULL, NULL, N_("satellite telephone"), true },
	{ "radio", "radio", NULL, NULL, N_("radio"), false },
	{ "pager", NULL, NULL, NULL, N_("pager"), false },
	{ "messenger", NULL, NULL, NULL, N_("messenger"), false },
	{ "fax", "fax", NULL, "phone_depends_on", N_("fax"), true },
	{ "email_emergency", "email_emergency", "email_emergency", NULL,
	  N_("e-mail outside our own systems"), false },
	{ "email", "email", "email", "email_depends_on", N_("e-mail"), false },
	{ "web", "web", NULL, NULL, N_("web"), false },
	{ "meeting_point", "meeting_point", NULL, NULL, N_("meeting point"), false },
	{ "address", "address", NULL, NULL, N_("address"), false },
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* A way as it is printed, and what it is sorted by: as the stick sorts. */
struct line {
	long priority;
	const char *type, *value, *words;
};

/* Whose ways are listed, and which. */
struct reach {
	const struct print *pr;
	enum kit_kind kind;
	const char *id;
	char from, to;
	bool phones;
	struct line *lines;
	size_t count, capacity;
};

static int by_priority(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int type = strcmp(x->type, y->type);

	if (x->priority != y->priority)
		return x->priority > y->priority ? 1 : -1;
	return type ? type : strcmp(x->value, y->value);
}

/* `r` is the row of channels.csv, or NULL. */
static void add_way(struct reach *to, size_t way, const char *value, char tier, const char *depends,
		    const struct record *r)
{
	const char *note = r ? print_cell(to->pr, CHANNELS, r, "note") : "";
	const char *priority = r ? print_cell(to->pr, CHANNELS, r, "priority") : "";
	char readable[PHONE_MAX], normal[PHONE_MAX];
	bool is_phone = ways[way].phone && phone_normal(value, normal);
	struct text out = { 0 };

	if (!*value || tier < to->from || tier > to->to || (to->phones && !ways[way].phone))
		return;
	if (to->phones && strcmp(ways[way].type, "fax") == 0)
		return;
	if (is_phone)
		value = print_format(to->pr, "%s", phone_readable(normal, readable));
	if (!to->phones)
		text_addf(&out, "%s: %s", _(ways[way].label), is_phone ? "**" : "");
	/* A number is never broken at the end of a line. */
	for (const char *s = value; *s; s++)
		text_add_n(&out, is_phone && *s == ' ' ? NBSP : s, is_phone && *s == ' ' ? 2 : 1);
	if (!to->phones && is_phone)
		text_add(&out, "**");
	if (!to->phones && *depends)
		text_addf(&out, _(" (fails with: %s)"), print_name(to->pr, KIT_SYSTEM, depends));
	if (!to->phones && *note)
		text_addf(&out, "\n" PAPER_SMALL "%s", print_words(to->pr, note));
	mem_grow(&to->lines, &to->capacity, to->count + 1, sizeof(*to->lines));
	to->lines[to->count++] = (struct line){
		.priority = *priority ? strtol(priority, NULL, 10)
				      : channel_priority(ways[way].type),
		.type = ways[way].type,
		.value = value,
		.words = print_keep(to->pr, &out),
	};
}

static void add_wide(struct reach *to, size_t way)
{
	const struct print *pr = to->pr;
	enum table_name table = to->kind == KIT_PERSON ? PEOPLE
				: to->kind == KIT_ROLE ? ROLES
						       : ORGANISATIONS;
	const char *column = to->kind == KIT_PERSON ? ways[way].person : ways[way].wide;
	const struct record *r = column ? print_find(pr, table, "id", to->id) : NULL;
	const char *depends = "";
	char tier;

	if (!r)
		return;
	tier = to->kind == KIT_ROLE ? '0' : table_tier(&pr->s->tables[table], r);
	if (to->kind == KIT_PERSON && strstr(column, "private"))
		tier = '2';
	if (to->kind != KIT_PERSON && ways[way].depends)
		depends = print_cell(pr, table, r, ways[way].depends);
	add_way(to, way, print_cell(pr, table, r, column), tier, depends, NULL);
}

static void add_further(struct reach *to, size_t way, const char *owner)
{
	const struct table *t = &to->pr->s->tables[CHANNELS];

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		char tier = table_tier(t, r);

		if (strcmp(table_get(t, r, "owner"), owner) != 0 ||
		    strcmp(table_get(t, r, "type"), ways[way].type) != 0)
			continue;
		if (strstr(ways[way].type, "private"))
			tier = '2';
		else if (to->kind == KIT_PERSON && tier < '1')
			tier = '1';
		add_way(to, way, table_get(t, r, "value"), tier, table_get(t, r, "depends_on"), r);
	}
}

const char *print_channels(const struct print *pr, enum kit_kind kind, const char *id, char from,
			   char to, bool phones)
{
	struct text out = { 0 };
	struct reach reach = { pr, kind, id, from, to, phones, NULL, 0, 0 };
	const char *owner = print_format(pr, "%s:%s", kit_kind_name(kind), id);

	for (size_t way = 0; way < WAYS; way++) {
		add_wide(&reach, way);
		add_further(&reach, way, owner);
	}
	if (reach.count)
		qsort(reach.lines, reach.count, sizeof(*reach.lines), by_priority);
	for (size_t i = 0; i < reach.count; i++)
		text_addf(&out, "%s%s", i ? "\n" : "", reach.lines[i].words);
	free(reach.lines);
	return print_keep(pr, &out);
}

const char *print_number(const struct print *pr, enum kit_kind kind, const char *id)
{
	const char *all;

	if (kind != KIT_ROLE && kind != KIT_ORGANISATION)
		return "";
	all = print_channels(pr, kind, id, '0', '0', true);
	return print_format(pr, "%.*s", (int)strcspn(all, "\n"), all);
}
