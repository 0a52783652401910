/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of Markdown: lines, comments, and the facts at the top. */
#include "kit/page.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/text.h"

void page_fault(struct page *p, size_t line, const char *words, const char *what)
{
	char text[512];

	snprintf(text, sizeof(text), words, what);
	findings_add(&p->s->findings, FAULT, p->file, line, "%s", text);
}

bool page_line(struct page *p)
{
	const char *eol;
	size_t n;

	if (p->at >= p->end)
		return false;
	eol = memchr(p->at, '\n', (size_t)(p->end - p->at));
	n = (size_t)((eol ? eol : p->end) - p->at);
	p->line++;
	p->current = arena_string_n(&p->s->memory, p->at, n);
	p->at += n + (eol != NULL);
	while (n && (p->current[n - 1] == ' ' || p->current[n - 1] == '\t'))
		p->current[--n] = '\0';
	return true;
}

/* A value with the spaces and quotation marks around it cut off. */
static char *unquoted(char *value)
{
	size_t n;

	value += strspn(value, " \t");
	n = strlen(value);
	if (n >= 2 && value[0] == '"' && value[n - 1] == '"') {
		value[n - 1] = '\0';
		value++;
	}
	return value;
}

void page_field(struct page *p, const struct table *t, struct record *r, const char *key,
		const char *value, size_t line)
{
	int column = layout_header(t->layout, key);

	if (column < 0)
		page_fault(p, line, _("'%s' is not known here; look it up in kit-source.md"), key);
	else if (*r->cells[column])
		page_fault(p, line, _("'%s' stands here twice"), key);
	else
		r->cells[column] = value;
}

void page_check(struct page *p, const struct table *t, struct record *r)
{
	for (size_t i = 0; t->layout->columns[i].key; i++)
		cell_check(p->s, t, r, i);
}

struct record *page_facts(struct page *p, enum table_name table)
{
	const struct table *t = &p->s->tables[table];
	struct record *r;

	do {
		if (!page_line(p) || (*p->current && strcmp(p->current, "---") != 0)) {
			page_fault(p, p->line,
				   _("a page begins with a line of three hyphens%s, its "
				     "title and other facts, and another such line"),
				   "");
			return NULL;
		}
	} while (!*p->current);
	r = table_add(p->s, table, p->file, p->line);
	table_set(t, r, "file", r->file);
	for (;;) {
		char *colon;

		if (!page_line(p)) {
			page_fault(p, r->line,
				   _("the facts that begin here are not closed by a line "
				     "of three hyphens%s"),
				   "");
			return NULL;
		}
		if (strcmp(p->current, "---") == 0)
			break;
		colon = strchr(p->current, ':');
		if (!*p->current || *p->current == '#')
			continue;
		if (!colon) {
			page_fault(p, p->line, _("'%s' is not of the form KEY: VALUE"), p->current);
			continue;
		}
		*colon = '\0';
		page_field(p, t, r, p->current, unquoted(colon + 1), p->line);
	}
	page_check(p, t, r);
	return *table_get(t, r, "id") ? r : NULL;
}

/* <!-- ... --> over any number of lines is a word to the author only. */
bool page_comment(struct page *p)
{
	size_t began = p->line;
	const char *words = p->current + strspn(p->current, " \t");

	if (strncmp(words, "<!--", 4) != 0)
		return false;
	while (!strstr(p->current, "-->"))
		if (!page_line(p)) {
			page_fault(p, began, _("the comment that begins here is never closed%s"),
				   "");
			return true;
		}
	return true;
}

const char *page_number(struct page *p, size_t number)
{
	char out[24];

	snprintf(out, sizeof(out), "%zu", number);
	return arena_string(&p->s->memory, out);
}

/* Take what was collected as text of a record, without empty lines at its end. */
const char *page_take(struct page *p, struct text *t)
{
	const char *begin = text_end(t), *s;
	size_t n = t->len;

	while (*begin == '\n')
		begin++, n--;
	while (n && begin[n - 1] == '\n')
		n--;
	s = arena_string_n(&p->s->memory, begin, n);
	text_clear(t);
	return s;
}
