/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a kit's source folder: which files there are, and who parses them. */
#include "kit/source.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/folder.h"
#include "lib/base/language.h"
#include "lib/base/text.h"

void source_init(struct source *s)
{
	*s = (struct source){ 0 };
	for (enum table_name t = 0; t < TABLES; t++)
		s->tables[t].layout = layout_of(t);
}

void source_release(struct source *s)
{
	for (enum table_name t = 0; t < TABLES; t++)
		free(s->tables[t].records);
	findings_release(&s->findings);
	arena_release(&s->memory);
	source_init(s);
}

struct record *table_add(struct source *s, enum table_name table, const char *file, size_t line)
{
	struct table *t = &s->tables[table];
	size_t width = layout_width(t->layout);
	struct record *r;

	mem_grow(&t->records, &t->capacity, t->count + 1, sizeof(*t->records));
	r = &t->records[t->count++];
	r->file = arena_string(&s->memory, file);
	r->line = line;
	r->cells = arena_alloc(&s->memory, width * sizeof(*r->cells));
	for (size_t i = 0; i < width; i++)
		r->cells[i] = "";
	return r;
}

const char *table_get(const struct table *t, const struct record *r, const char *key)
{
	return r->cells[layout_column(t->layout, key)];
}

bool table_yes(const struct table *t, const struct record *r, const char *key)
{
	return strcmp(table_get(t, r, key), "1") == 0;
}

void table_set(const struct table *t, struct record *r, const char *key, const char *value)
{
	r->cells[layout_column(t->layout, key)] = value;
}

char table_tier(const struct table *t, const struct record *r)
{
	char tier = t->layout->tier;

	for (size_t i = 0; t->layout->columns[i].key; i++)
		if (t->layout->columns[i].type == CELL_TIER && *r->cells[i])
			tier = *r->cells[i];
	return tier;
}

bool table_is_open(const struct table *t, const struct record *r)
{
	return table_tier(t, r) == '0';
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

/* One folder of Markdown: plans/, cards/, forms/. */
struct pages {
	const char *folder;
	void (*parse)(struct source *s, const char *file, const char *text, size_t len);
	size_t max;
};

/* *read counts the files, over several folders. */
static void load_pages(struct source *s, int dir, const struct pages *p, size_t *read)
{
	struct error e = { 0 };
	const char **names;
	size_t count;
	bool absent;
	int folder = folder_open(s, dir, p->folder, &absent);

	if (folder < 0)
		return;
	if (!folder_names(s, folder, &names, &count, &e))
		findings_error(&s->findings, p->folder, 0, &e);
	for (size_t i = 0; i < count; i++) {
		struct text path = { 0 }, text = { 0 };

		text_addf(&path, "%s/%s", p->folder, names[i]);
		if (strncmp(names[i], "README", 6) == 0)
			;
		else if (!ends_with(names[i], ".md"))
			findings_add(&s->findings, WARNING, path.s, 0,
				     _("is not read: files in this folder end in .md"));
		else if (++*read == p->max + 1)
			findings_add(&s->findings, FAULT, path.s, 0, _("more than %zu such files"),
				     p->max);
		else if (*read <= p->max &&
			 folder_text(s, folder, names[i], path.s, &text, &absent))
			p->parse(s, path.s, text_end(&text), text.len);
		text_release(&text);
		text_release(&path);
	}
	free(names);
	close(folder);
}

static void load_all_pages(struct source *s, int dir)
{
	static const struct pages plans = { "plans", plan_parse, SOURCE_PLANS_MAX };
	static const struct pages cards = { "cards", plan_parse, SOURCE_PLANS_MAX };
	static const struct pages forms = { "forms", form_parse, SOURCE_FORMS_MAX };
	size_t plans_read = 0, forms_read = 0;

	load_pages(s, dir, &plans, &plans_read);
	if (!plans_read)
		findings_add(&s->findings, FAULT, "plans", 0,
			     _("there is no plan in this folder; write at least one .md file"));
	load_pages(s, dir, &cards, &plans_read);
	load_pages(s, dir, &forms, &forms_read);
}

static bool is_known(const struct source *s, const char *name)
{
	static const char *const others[] = { "kit.conf", "plans",     "cards",
					      "forms",    "documents", "trust" };

	for (enum table_name t = 0; t < TABLES; t++)
		if (layout_of(t)->file && strcmp(layout_of(t)->file, name) == 0)
			return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i], name) == 0)
			return true;
	return strncmp(name, "README", 6) == 0 || strcmp(name, s->conf.public) == 0;
}

/* Nothing is dropped silently: what nobody reads is named. */
static bool name_unread(struct source *s, int dir, struct error *e)
{
	const char **names;
	size_t count;

	if (!folder_names(s, dir, &names, &count, e))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!is_known(s, names[i]))
			findings_add(&s->findings, WARNING, names[i], 0,
				     _("is not read: no table of a kit has this name"));
	free(names);
	return true;
}

static void load_file(struct source *s, int dir, const char *name, enum table_name table)
{
	struct text text = { 0 };
	bool absent;

	if (folder_text(s, dir, name, name, &text, &absent)) {
		if (table == TABLES)
			conf_parse(s, name, text_end(&text), text.len);
		else
			sheet_parse(s, table, name, text_end(&text), text.len);
	} else if (table < TABLES && !absent) {
		s->tables[table].unread = true;
	} else if (absent && (table == TABLES || table == ROLES || table == ORGANISATIONS)) {
		findings_add(&s->findings, FAULT, name, 0,
			     _("is missing; take it from the template kit and fill it in"));
	}
	text_release(&text);
}

/* Bodies that many organisations share, in a folder beside the source. */
static void load_public(struct source *s, int dir)
{
	static const enum table_name tables[] = { ORGANISATIONS, DEADLINES };
	struct error e = { 0 };
	const char **names;
	size_t count;
	bool absent;
	int folder;

	if (!*s->conf.public)
		return;
	folder = openat(dir, s->conf.public, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0) {
		error_errno(&e, _("public: cannot open the folder %s"), s->conf.public);
		findings_error(&s->findings, "kit.conf", 0, &e);
		s->tables[ORGANISATIONS].unread = s->tables[DEADLINES].unread = true;
		return;
	}
	if (!folder_names(s, folder, &names, &count, &e))
		findings_error(&s->findings, "public", 0, &e);
	for (size_t i = 0; i < count; i++) {
		struct text shown = { 0 }, text = { 0 };
		size_t t = 0;

		text_addf(&shown, "%s/%s", s->conf.public, names[i]);
		while (t < 2 && strcmp(layout_of(tables[t])->file, names[i]) != 0)
			t++;
		if (t < 2 && folder_text(s, folder, names[i], shown.s, &text, &absent))
			sheet_parse_public(s, tables[t], shown.s, text_end(&text), text.len);
		else if (t < 2)
			s->tables[tables[t]].unread = true;
		else if (strncmp(names[i], "README", 6) != 0)
			findings_add(&s->findings, WARNING, shown.s, 0,
				     _("is not read: only organisations.csv and deadlines.csv "
				       "may be public"));
		text_release(&text);
		text_release(&shown);
	}
	free(names);
	close(folder);
}

bool source_load(struct source *s, const char *folder, struct error *e)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return error_errno(e, _("cannot open the source folder %s"), folder);
	load_file(s, dir, "kit.conf", TABLES);
	conf_fill(s);
	if (!name_unread(s, dir, e)) {
		close(dir);
		return error_prefix(e, "%s: ", folder);
	}
	for (enum table_name t = 0; t < TABLES; t++)
		if (layout_of(t)->file)
			load_file(s, dir, layout_of(t)->file, t);
	load_public(s, dir);
	load_all_pages(s, dir);
	documents_load(s, dir);
	trust_folder_load(s, dir);
	close(dir);
	references_check(s);
	return true;
}
