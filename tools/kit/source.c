/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a kit's source folder: which files there are, and who parses them. */
#include "kit/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/data/charset.h"

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

void table_set(const struct table *t, struct record *r, const char *key, const char *value)
{
	r->cells[layout_column(t->layout, key)] = value;
}

bool table_is_open(const struct table *t, const struct record *r)
{
	char tier = t->layout->tier;

	for (size_t i = 0; t->layout->columns[i].key; i++)
		if (t->layout->columns[i].type == CELL_TIER && *r->cells[i])
			tier = *r->cells[i];
	return tier == '0';
}

/* Read one file as UTF-8. False: the reason is a finding, or the file is not
 * there (*absent) and that is the caller's to judge. */
static bool read_text(struct source *s, int dir, const char *name, const char *shown,
		      struct text *out, bool *absent)
{
	struct error e = { 0 };
	struct text raw = { 0 };
	char buffer[65536];
	struct stat st;
	size_t line = 0;
	ssize_t n;
	/* A kit is what lies in its folder: a link could name anything. */
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	*absent = fd < 0 && errno == ENOENT;
	if (*absent)
		return false;
	if (fd < 0 && errno == ELOOP)
		error_set(&e, ERROR_UNTRUSTED,
			  _("is a symbolic link; put the file itself into the folder"));
	else if (fd < 0 || fstat(fd, &st) != 0)
		error_errno(&e, _("cannot open it"));
	else if (!S_ISREG(st.st_mode))
		error_set(&e, ERROR_UNTRUSTED, _("is not a file"));
	while (!e.kind && (n = read(fd, buffer, sizeof(buffer))) != 0) {
		if (n < 0)
			error_errno(&e, _("cannot read it"));
		else if (raw.len + (size_t)n > SOURCE_FILE_MAX)
			error_set(&e, ERROR_UNTRUSTED, _("is larger than %d MiB"),
				  SOURCE_FILE_MAX >> 20);
		else
			text_add_n(&raw, buffer, (size_t)n);
	}
	if (fd >= 0)
		close(fd);
	if (!e.kind && !charset_to_utf8(text_end(&raw), raw.len, out, &line, &e))
		text_clear(out);
	text_release(&raw);
	if (!e.kind)
		return true;
	findings_error(&s->findings, shown, line, &e);
	return false;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a folder, sorted, without hidden ones. */
static bool list_folder(struct source *s, int dir, const char ***names, size_t *count,
			struct error *e)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const char **list = NULL;
	size_t capacity = 0;
	struct dirent *entry;

	*count = 0;
	if (!d) {
		if (fd >= 0)
			close(fd);
		return error_errno(e, _("cannot read the folder"));
	}
	while ((entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		mem_grow(&list, &capacity, *count + 1, sizeof(*list));
		list[(*count)++] = arena_string(&s->memory, entry->d_name);
	}
	closedir(d);
	if (*count)
		qsort(list, *count, sizeof(*list), by_name);
	*names = list;
	return true;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static void load_plans(struct source *s, int dir)
{
	struct error e = { 0 };
	const char **names;
	size_t count, read = 0;
	int plans = openat(dir, "plans", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool absent;

	if (plans < 0 || !list_folder(s, plans, &names, &count, &e)) {
		findings_add(&s->findings, FAULT, "plans", 0,
			     _("cannot read this folder; a kit has at least one plan in it"));
		if (plans >= 0)
			close(plans);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		struct text path = { 0 }, text = { 0 };

		text_addf(&path, "plans/%s", names[i]);
		if (!ends_with(names[i], ".md"))
			findings_add(&s->findings, WARNING, path.s, 0,
				     _("is not read: plans end in .md"));
		else if (++read > SOURCE_PLANS_MAX)
			findings_add(&s->findings, FAULT, path.s, 0, _("more than %d plans"),
				     SOURCE_PLANS_MAX);
		else if (read_text(s, plans, names[i], path.s, &text, &absent))
			plan_parse(s, path.s, text_end(&text), text.len);
		text_release(&text);
		text_release(&path);
	}
	if (!read)
		findings_add(&s->findings, FAULT, "plans", 0,
			     _("there is no plan in this folder; write at least one .md file"));
	free(names);
	close(plans);
}

static bool is_known(const char *name)
{
	for (enum table_name t = 0; t < TABLES; t++)
		if (layout_of(t)->file && strcmp(layout_of(t)->file, name) == 0)
			return true;
	return strcmp(name, "kit.conf") == 0 || strcmp(name, "plans") == 0 ||
	       strncmp(name, "README", 6) == 0;
}

/* Nothing is dropped silently: what nobody reads is named. */
static bool name_unread(struct source *s, int dir, struct error *e)
{
	const char **names;
	size_t count;

	if (!list_folder(s, dir, &names, &count, e))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!is_known(names[i]))
			findings_add(&s->findings, WARNING, names[i], 0,
				     _("is not read: no table of a kit has this name"));
	free(names);
	return true;
}

static void load_file(struct source *s, int dir, const char *name, enum table_name table)
{
	struct text text = { 0 };
	bool absent;

	if (read_text(s, dir, name, name, &text, &absent)) {
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

bool source_load(struct source *s, const char *folder, struct error *e)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return error_errno(e, _("cannot open the source folder %s"), folder);
	if (!name_unread(s, dir, e)) {
		close(dir);
		return error_prefix(e, "%s: ", folder);
	}
	load_file(s, dir, "kit.conf", TABLES);
	for (enum table_name t = 0; t < TABLES; t++)
		if (layout_of(t)->file)
			load_file(s, dir, layout_of(t)->file, t);
	load_plans(s, dir);
	close(dir);
	references_check(s);
	return true;
}
