/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs of at: a head of a fixed form that at writes, then what was typed. */
#include "triage/parse/at.h"

#include "lib/base/language.h"

#define NAME_LETTERS 14u /* queue, 5 hexadecimal digits of the number, 8 of the time */

struct reading {
	const struct parse_problems *problems;
	struct at_job *j;
	/* A variable whose value has line feeds, so far: at writes each as a quote, itself and a quote. */
	struct text name, value;
	unsigned passed; /* lines of `inaccessible`, from 1 on when the folder was named */
	bool in_commands, too_long;
};

/* Behind the folder. Anything else there would be run, and counts as a command. */
static const char *const inaccessible[] = { "echo 'Execution directory inaccessible' >&2", "exit 1",
					    "}" };

static bool hexadecimal(const char *s, size_t len, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < len; i++) {
		unsigned digit = s[i] >= '0' && s[i] <= '9'   ? (unsigned)(s[i] - '0')
				 : s[i] >= 'a' && s[i] <= 'f' ? (unsigned)(s[i] - 'a') + 10
							      : 16;

		if (digit > 15)
			return false;
		*out = *out << 4 | digit;
	}
	return true;
}

bool at_name_parse(const char *name, struct at_name *n)
{
	n->queue = *name;
	return strlen(name) == NAME_LETTERS &&
	       ((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || *name == '=') &&
	       hexadecimal(name + 1, 5, &n->number) && hexadecimal(name + 6, 8, &n->minutes);
}

static void add(struct reading *r, struct text *t, struct span s)
{
	const size_t room = AT_TEXT_MAX - t->len;
	const bool whole = s.len < room;

	/* Up to the very end, so that nothing that follows seems to stand behind what is missing. */
	text_add_n(t, s.s, whole ? s.len : room);
	if (whole) {
		text_add(t, "\n");
	} else if (!r->too_long) {
		r->too_long = true;
		parse_problem(r->problems, 0, N_("a job is longer than 1 MiB: it is cut off"));
	}
}

static bool is_name(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(s.s[i] >= '0' && s.s[i] <= '9') && !(s.s[i] >= 'A' && s.s[i] <= 'Z') &&
		    !(s.s[i] >= 'a' && s.s[i] <= 'z') && s.s[i] != '_')
			return false;
	return s.len > 0;
}

static void keep(struct text *t, struct span s)
{
	text_clear(t);
	text_add_n(t, s.s, s.len);
}

/* Is nothing in it special to the shell but behind a backslash? Else there is a command in it. */
static bool is_escaped(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '\\') {
			if (++i == s.len)
				return false;
		} else if (strchr(" \t;&|<>()`$\"'", s.s[i])) {
			return false;
		}
	}
	return true;
}

/* "value; export NAME" */
static bool is_end(struct span s, struct span name, struct span *value)
{
	static const char export[] = "; export ";
	const size_t n = sizeof(export) - 1, behind = n + name.len;

	if (s.len < behind)
		return false;
	*value = (struct span){ s.s, s.len - behind };
	const char *end = s.s + value->len;
	return memcmp(end, export, n) == 0 && memcmp(end + n, name.s, name.len) == 0 &&
	       is_escaped(*value);
}

/* "value\"", with a line feed and a quote behind it */
static bool goes_on(struct span s)
{
	return s.len && s.s[s.len - 1] == '"' && is_escaped((struct span){ s.s, s.len - 1 });
}

static void hold(struct reading *r, struct span s)
{
	text_add_n(&r->value, s.s, s.len);
	text_add(&r->value, "\n");
}

/* NAME=value; export NAME */
static bool variable(struct reading *r, struct span s)
{
	struct span rest = s, name, value;

	if (!span_until(&rest, '=', &name) || !rest.s || !is_name(name))
		return false;
	if (is_end(rest, name, &value)) {
		add(r, &r->j->environment,
		    (struct span){ s.s, (size_t)(value.s + value.len - s.s) });
		return true;
	}
	if (!goes_on(rest))
		return false;
	keep(&r->name, name);
	hold(r, s);
	return true;
}

/* The next line of one. */
static bool more_of_value(struct reading *r, struct span s)
{
	const struct span rest = { s.s + 1, s.len - 1 }, name = { r->name.s, r->name.len };
	struct span value;

	if (!s.len || *s.s != '"' || r->value.len + s.len >= AT_TEXT_MAX)
		return false;
	if (is_end(rest, name, &value)) {
		text_add_n(&r->value, s.s, 1 + value.len);
		add(r, &r->j->environment, (struct span){ r->value.s, r->value.len });
		text_clear(&r->value);
		return true;
	}
	if (!goes_on(rest))
		return false;
	hold(r, s);
	return true;
}

/* "# atrun uid=0 gid=0", "# mail root 1", or any comment. */
static void comment(struct at_job *j, struct span s)
{
	bool is_mail = span_begins(s, "# mail ");

	if (!is_mail && !span_begins(s, "# atrun "))
		return;
	for (struct span rest = { s.s + 7, s.len - 7 }, word; (word = span_word(&rest)).len;) {
		if (is_mail) {
			keep(&j->mail_to, word);
			return;
		}
		if (span_begins(word, "uid="))
			keep(&j->uid, (struct span){ word.s + 4, word.len - 4 });
		else if (span_begins(word, "gid="))
			keep(&j->gid, (struct span){ word.s + 4, word.len - 4 });
	}
}

/* "umask 22" */
static bool is_mask(struct span s, struct span *mask)
{
	uint64_t number;

	if (!span_begins(s, "umask "))
		return false;
	*mask = (struct span){ s.s + 6, s.len - 6 };
	return span_number(*mask, &number);
}

/* "cd FOLDER || {" */
static bool is_folder(struct span s, struct span *folder)
{
	static const char behind[] = " || {";
	size_t n = sizeof(behind) - 1;

	if (!span_begins(s, "cd ") || s.len < 3 + n || memcmp(s.s + s.len - n, behind, n) != 0)
		return false;
	*folder = (struct span){ s.s + 3, s.len - 3 - n };
	return true;
}

/* One of the lines that at writes itself; false: the first that it did not. */
static bool head(struct reading *r, struct span s)
{
	struct span part;

	if (r->passed) {
		if (!span_is(span_trim(s), inaccessible[r->passed - 1]))
			return false;
		r->in_commands = r->passed++ == sizeof(inaccessible) / sizeof(*inaccessible);
	} else if (r->value.len) {
		return more_of_value(r, s);
	} else if (span_begins(s, "#")) {
		comment(r->j, s);
	} else if (is_mask(s, &part)) {
		keep(&r->j->umask, part);
	} else if (is_folder(s, &part)) {
		keep(&r->j->directory, part);
		r->passed = 1;
	} else {
		return variable(r, s);
	}
	return true;
}

/* What looked like a value that goes on, and did not, is commands. */
static void let_go(struct reading *r)
{
	if (r->value.len)
		add(r, &r->j->commands, (struct span){ r->value.s, r->value.len - 1 });
	text_clear(&r->value);
}

static bool line(void *ctx, const struct line *l, struct error *e)
{
	struct reading *r = ctx;
	struct span s = { l->s, l->len };
	(void)e;

	if (!r->in_commands && head(r, s))
		return true;
	r->in_commands = true;
	let_go(r);
	add(r, &r->j->commands, s);
	return true;
}

bool at_job_read(const struct partition_source *s, const struct parse_problems *problems,
		 struct at_job *j, struct error *e)
{
	struct reading r = { .problems = problems, .j = j };

	*j = (struct at_job){ 0 };
	bool good = lines_each(s, problems, line, &r, e);
	let_go(&r);
	text_release(&r.name);
	text_release(&r.value);
	return good;
}

void at_job_release(struct at_job *j)
{
	struct text *const all[] = { &j->uid,       &j->gid,         &j->mail_to, &j->umask,
				     &j->directory, &j->environment, &j->commands };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		text_release(all[i]);
}
