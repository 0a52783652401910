/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans: front matter, phases and numbered steps (docs/formats/kit-source.md#plans). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/source.h"
#include "lib/base/language.h"
#include "lib/base/text.h"

struct plan_scan {
	struct source *s;
	const char *file;
	const char *at, *end;
	size_t line;   /* of `current` */
	char *current; /* the line being read, in the arena, without its end */
	const char *id, *tier;
	size_t phase; /* number of the phase, 0 before the first heading */
	size_t step;  /* number of the last step, 0 before the first */
	/* Where text goes that belongs to neither a heading nor a new step. */
	bool in_step, in_first_paragraph;
	size_t step_line;
	struct text first; /* first paragraph of the step, or of nothing */
	struct text more;  /* detail of the step, or introduction of the phase */
	struct text title; /* of the phase */
};

static void fault(struct plan_scan *p, size_t line, const char *words, const char *what)
{
	char text[512];

	snprintf(text, sizeof(text), words, what);
	findings_add(&p->s->findings, FAULT, p->file, line, "%s", text);
}

static bool next_line(struct plan_scan *p)
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

static void set_field(struct plan_scan *p, const struct table *t, struct record *r, const char *key,
		      const char *value, size_t line)
{
	int column = layout_header(t->layout, key);

	if (column < 0)
		fault(p, line, _("'%s' is not known here; look it up in kit-source.md"), key);
	else if (*r->cells[column])
		fault(p, line, _("'%s' stands here twice"), key);
	else
		r->cells[column] = value;
}

static void check_record(struct plan_scan *p, const struct table *t, struct record *r)
{
	for (size_t i = 0; t->layout->columns[i].key; i++)
		cell_check(p->s, t, r, i);
}

/* False: there is no usable front matter, and the rest makes no sense. */
static bool front_matter(struct plan_scan *p)
{
	const struct table *t = &p->s->tables[PLANS];
	struct record *r;

	do {
		if (!next_line(p) || (*p->current && strcmp(p->current, "---") != 0)) {
			fault(p, p->line,
			      _("a plan begins with a line of three hyphens%s, its "
				"title and other facts, and another such line"),
			      "");
			return false;
		}
	} while (!*p->current);
	r = table_add(p->s, PLANS, p->file, p->line);
	table_set(t, r, "file", r->file);
	for (;;) {
		char *colon;

		if (!next_line(p)) {
			fault(p, r->line,
			      _("the facts that begin here are not closed by a line "
				"of three hyphens%s"),
			      "");
			return false;
		}
		if (strcmp(p->current, "---") == 0)
			break;
		colon = strchr(p->current, ':');
		if (!*p->current || *p->current == '#')
			continue;
		if (!colon) {
			fault(p, p->line, _("'%s' is not of the form KEY: VALUE"), p->current);
			continue;
		}
		*colon = '\0';
		set_field(p, t, r, p->current, unquoted(colon + 1), p->line);
	}
	check_record(p, t, r);
	p->id = table_get(t, r, "id");
	p->tier = table_get(t, r, "tier");
	return *p->id != '\0';
}

/* "R=dsb by=60m needs="two words"" into the record. */
static void attributes(struct plan_scan *p, const struct table *t, struct record *r, char *at)
{
	while (*(at += strspn(at, " \t"))) {
		size_t n = strcspn(at, "= \t");
		char *key = at, *value;

		if (at[n] != '=') {
			fault(p, p->step_line, _("'%s' in braces is not of the form key=value"),
			      at);
			return;
		}
		at[n] = '\0';
		value = at + n + 1;
		if (*value == '"') {
			value++;
			n = strcspn(value, "\"");
			if (!value[n]) {
				fault(p, p->step_line,
				      _("a quotation mark after %s= is not closed"), key);
				return;
			}
		} else {
			n = strcspn(value, " \t");
		}
		at = value + n + (value[n] != '\0');
		value[n] = '\0';
		set_field(p, t, r, key, value, p->step_line);
	}
}

/* Cut trailing {...} off the step's first paragraph and read it. */
static void split_attributes(struct plan_scan *p, const struct table *t, struct record *r,
			     char *text)
{
	size_t n = strlen(text);
	char *open = strchr(text, '{');

	if (!open)
		return;
	if (text[n - 1] != '}' || strchr(open + 1, '{')) {
		fault(p, p->step_line, _("the braces%s must be one pair at the end of the step"),
		      "");
		return;
	}
	text[n - 1] = '\0';
	*open = '\0';
	for (n = strlen(text); n && text[n - 1] == ' '; n--)
		text[n - 1] = '\0';
	attributes(p, t, r, open + 1);
}

static const char *number_text(struct plan_scan *p, size_t number)
{
	char out[24];

	snprintf(out, sizeof(out), "%zu", number);
	return arena_string(&p->s->memory, out);
}

/* Take what was collected as text of a record, without empty lines at its end. */
static const char *take(struct plan_scan *p, struct text *t)
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

static void finish_step(struct plan_scan *p)
{
	const struct table *t = &p->s->tables[STEPS];
	struct record *r = table_add(p->s, STEPS, p->file, p->step_line);
	char *text = arena_string(&p->s->memory, take(p, &p->first));

	split_attributes(p, t, r, text);
	table_set(t, r, "plan", p->id);
	table_set(t, r, "nr", number_text(p, p->step));
	table_set(t, r, "phase", number_text(p, p->phase));
	table_set(t, r, "text", text);
	table_set(t, r, "detail", take(p, &p->more));
	table_set(t, r, "tier", p->tier);
	if (!*text)
		fault(p, p->step_line, _("a step without words%s"), "");
	check_record(p, t, r);
	p->in_step = p->in_first_paragraph = false;
}

/* A phase is written down when its heading is complete: at its first step, at
 * the next heading, or at the end. */
static void finish_phase(struct plan_scan *p, size_t line)
{
	const struct table *t = &p->s->tables[PHASES];
	const char *title = take(p, &p->title), *intro = take(p, &p->more);
	struct record *r;

	if (!*title && !*intro)
		return;
	r = table_add(p->s, PHASES, p->file, line);
	table_set(t, r, "plan", p->id);
	table_set(t, r, "nr", number_text(p, p->phase));
	table_set(t, r, "title", title);
	table_set(t, r, "intro", intro);
	table_set(t, r, "tier", p->tier);
}

/* "12. words": the number, and where the words begin; 0 if it is no step. */
static size_t step_number(const char *line, const char **words)
{
	size_t indent = strspn(line, " "), n = strspn(line + indent, "0123456789");
	const char *after = line + indent + n;

	if (indent > 3 || n == 0 || n > 3 || *after != '.' || (after[1] && after[1] != ' '))
		return 0;
	*words = after + 1 + strspn(after + 1, " ");
	return strtoul(line + indent, NULL, 10);
}

/* Braces at the end of a line end the step's own words: what follows explains. */
static void add_first(struct plan_scan *p, const char *words)
{
	size_t n = strlen(words);

	text_add(&p->first, words);
	if (n && words[n - 1] == '}')
		p->in_first_paragraph = false;
}

static void begin_step(struct plan_scan *p, size_t number, const char *words)
{
	if (p->in_step)
		finish_step(p);
	else
		finish_phase(p, p->line);
	if (number <= p->step)
		fault(p, p->line,
		      _("the step number %s stands here again or goes back; number "
			"the steps of a plan upwards"),
		      number_text(p, number));
	else if (number > p->step + 1)
		findings_add(&p->s->findings, WARNING, p->file, p->line,
			     _("the steps jump from %zu to %zu"), p->step, number);
	if (number > p->step)
		p->step = number;
	p->step_line = p->line;
	p->in_step = p->in_first_paragraph = true;
	add_first(p, words);
}

static void begin_phase(struct plan_scan *p, const char *title)
{
	if (p->in_step)
		finish_step(p);
	else
		finish_phase(p, p->line);
	p->phase++;
	text_clear(&p->title);
	text_add(&p->title, title);
}

/* Text below a step or a heading: paragraphs and points, kept line by line. */
static void add_text(struct plan_scan *p, const char *line)
{
	const char *words = line + strspn(line, " \t");
	bool point = strncmp(words, "- ", 2) == 0 || strncmp(words, "* ", 2) == 0;

	if (p->in_first_paragraph && !point && *words) {
		text_add(&p->first, " ");
		add_first(p, words);
		return;
	}
	p->in_first_paragraph = false;
	if (!*words) {
		if (p->more.len && p->more.s[p->more.len - 1] != '\n')
			text_add(&p->more, "\n\n");
		return;
	}
	if (point) {
		if (p->more.len && p->more.s[p->more.len - 1] != '\n')
			text_add(&p->more, "\n");
		text_add(&p->more, "- ");
		words += 2 + strspn(words + 2, " ");
	} else if (p->more.len && p->more.s[p->more.len - 1] != '\n') {
		text_add(&p->more, " ");
	}
	text_add(&p->more, words);
}

/* <!-- ... --> over any number of lines is a word to the author only. */
static bool skip_comment(struct plan_scan *p)
{
	size_t began = p->line;
	const char *words = p->current + strspn(p->current, " \t");

	if (strncmp(words, "<!--", 4) != 0)
		return false;
	while (!strstr(p->current, "-->"))
		if (!next_line(p)) {
			fault(p, began, _("the comment that begins here is never closed%s"), "");
			return true;
		}
	return true;
}

static void body(struct plan_scan *p)
{
	const char *words;
	size_t number;

	while (next_line(p)) {
		const char *line = p->current;

		if (skip_comment(p))
			continue;
		if (strncmp(line, "## ", 3) == 0 || strncmp(line, "### ", 4) == 0) {
			line += strspn(line, "#");
			begin_phase(p, line + strspn(line, " "));
		} else if (strncmp(line, "# ", 2) == 0) {
			findings_add(&p->s->findings, WARNING, p->file, p->line,
				     _("is not used: the title stands in the facts at the top, "
				       "phases begin with ##"));
		} else if ((number = step_number(line, &words)) > 0) {
			begin_step(p, number, words);
		} else {
			add_text(p, line);
		}
	}
	if (p->in_step)
		finish_step(p);
	else
		finish_phase(p, p->line);
	if (p->step == 0)
		fault(p, 0, _("the plan has no steps: they begin with 1. 2. 3.%s"), "");
}

void plan_parse(struct source *s, const char *file, const char *text, size_t len)
{
	struct plan_scan p = { .s = s, .file = file, .at = text, .end = text + len };

	if (front_matter(&p))
		body(&p);
	text_release(&p.first);
	text_release(&p.more);
	text_release(&p.title);
}
