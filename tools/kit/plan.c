/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans and cards: phases and numbered steps (docs/formats/kit-source.md#plans). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/page.h"
#include "lib/base/language.h"
#include "lib/base/text.h"

struct plan_scan {
	struct page page;
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

/* "R=dsb by=60m needs="two words"" into the record. */
static void attributes(struct plan_scan *p, const struct table *t, struct record *r, char *at)
{
	while (*(at += strspn(at, " \t"))) {
		size_t n = strcspn(at, "= \t");
		char *key = at, *value;

		if (at[n] != '=') {
			page_fault(&p->page, p->step_line,
				   _("'%s' in braces is not of the form key=value"), at);
			return;
		}
		at[n] = '\0';
		value = at + n + 1;
		if (*value == '"') {
			value++;
			n = strcspn(value, "\"");
			if (!value[n]) {
				page_fault(&p->page, p->step_line,
					   _("a quotation mark after %s= is not closed"), key);
				return;
			}
		} else {
			n = strcspn(value, " \t");
		}
		at = value + n + (value[n] != '\0');
		value[n] = '\0';
		page_field(&p->page, t, r, key, value, p->step_line);
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
		page_fault(&p->page, p->step_line,
			   _("the braces%s must be one pair at the end of the step"), "");
		return;
	}
	text[n - 1] = '\0';
	*open = '\0';
	for (n = strlen(text); n && text[n - 1] == ' '; n--)
		text[n - 1] = '\0';
	attributes(p, t, r, open + 1);
}

static void finish_step(struct plan_scan *p)
{
	const struct table *t = &p->page.s->tables[STEPS];
	struct record *r = table_add(p->page.s, STEPS, p->page.file, p->step_line);
	char *text = arena_string(&p->page.s->memory, page_take(&p->page, &p->first));

	split_attributes(p, t, r, text);
	table_set(t, r, "plan", p->id);
	table_set(t, r, "nr", page_number(&p->page, p->step));
	table_set(t, r, "phase", page_number(&p->page, p->phase));
	table_set(t, r, "text", text);
	table_set(t, r, "detail", page_take(&p->page, &p->more));
	table_set(t, r, "tier", p->tier);
	if (!*text)
		page_fault(&p->page, p->step_line, _("a step without words%s"), "");
	page_check(&p->page, t, r);
	p->in_step = p->in_first_paragraph = false;
}

/* A phase is written down when its heading is complete: at its first step, at
 * the next heading, or at the end. */
static void finish_phase(struct plan_scan *p, size_t line)
{
	const struct table *t = &p->page.s->tables[PHASES];
	const char *title = page_take(&p->page, &p->title), *intro = page_take(&p->page, &p->more);
	struct record *r;

	if (!*title && !*intro)
		return;
	r = table_add(p->page.s, PHASES, p->page.file, line);
	table_set(t, r, "plan", p->id);
	table_set(t, r, "nr", page_number(&p->page, p->phase));
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
		finish_phase(p, p->page.line);
	if (number <= p->step)
		page_fault(&p->page, p->page.line,
			   _("the step number %s stands here again or goes back; number "
			     "the steps of a plan upwards"),
			   page_number(&p->page, number));
	else if (number > p->step + 1)
		findings_add(&p->page.s->findings, WARNING, p->page.file, p->page.line,
			     _("the steps jump from %zu to %zu"), p->step, number);
	if (number > p->step)
		p->step = number;
	p->step_line = p->page.line;
	p->in_step = p->in_first_paragraph = true;
	add_first(p, words);
}

static void begin_phase(struct plan_scan *p, const char *title)
{
	if (p->in_step)
		finish_step(p);
	else
		finish_phase(p, p->page.line);
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

static void body(struct plan_scan *p)
{
	const char *words;
	size_t number;

	while (page_line(&p->page)) {
		const char *line = p->page.current;

		if (page_comment(&p->page))
			continue;
		if (strncmp(line, "## ", 3) == 0 || strncmp(line, "### ", 4) == 0) {
			line += strspn(line, "#");
			begin_phase(p, line + strspn(line, " "));
		} else if (strncmp(line, "# ", 2) == 0) {
			findings_add(&p->page.s->findings, WARNING, p->page.file, p->page.line,
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
		finish_phase(p, p->page.line);
	if (p->step == 0)
		page_fault(&p->page, 0, _("the plan has no steps: they begin with 1. 2. 3.%s"), "");
}

void plan_parse(struct source *s, const char *file, const char *text, size_t len)
{
	struct plan_scan p = {
		.page = { .s = s, .file = file, .at = text, .end = text + len },
	};
	const struct table *t = &s->tables[PLANS];
	struct record *r = page_facts(&p.page, PLANS);

	if (r) {
		p.id = table_get(t, r, "id");
		p.tier = table_get(t, r, "tier");
		if (strncmp(file, "cards/", 6) == 0)
			table_set(t, r, "card", "1");
		body(&p);
	}
	text_release(&p.first);
	text_release(&p.more);
	text_release(&p.title);
}
