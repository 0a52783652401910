/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs of at: a head of a fixed form that at writes, then what was typed. */
#include "triage/parse/at.h"

#include "lib/base/language.h"

#define NAME_LETTERS 14u /* queue, 5 hexadecimal digits of the number, 8 of the time */

struct reading {
	const struct parse_problems *problems;
	struct at_job *j;
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
	if (t->len + s.len < AT_TEXT_MAX) {
		text_add_n(t, s.s, s.len);
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

/* NAME=value; export NAME, and no blank or ";" in the value but behind a backslash: else there is a command in it. */
static bool is_variable(struct span s, struct span *out)
{
	static const char export[] = "; export ";
	struct span rest = s, name;

	if (!span_until(&rest, '=', &name) || !rest.s || !is_name(name) ||
	    rest.len < sizeof(export) - 1 + name.len)
		return false;
	rest.len -= sizeof(export) - 1 + name.len;
	const char *end = rest.s + rest.len;
	if (memcmp(end, export, sizeof(export) - 1) != 0 ||
	    memcmp(end + sizeof(export) - 1, name.s, name.len) != 0)
		return false;
	for (size_t i = 0; i < rest.len; i++) {
		if (rest.s[i] == '\\')
			i++;
		else if (strchr(" \t;&|<>()`$\"'", rest.s[i]))
			return false;
	}
	*out = (struct span){ s.s, (size_t)(end - s.s) };
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
	} else if (span_begins(s, "#")) {
		comment(r->j, s);
	} else if (is_mask(s, &part)) {
		keep(&r->j->umask, part);
	} else if (is_folder(s, &part)) {
		keep(&r->j->directory, part);
		r->passed = 1;
	} else if (is_variable(s, &part)) {
		add(r, &r->j->environment, part);
	} else {
		return false;
	}
	return true;
}

static bool line(void *ctx, const struct line *l, struct error *e)
{
	struct reading *r = ctx;
	struct span s = { l->s, l->len };
	(void)e;

	if (!r->in_commands && head(r, s))
		return true;
	r->in_commands = true;
	add(r, &r->j->commands, s);
	return true;
}

bool at_job_read(const struct partition_source *s, const struct parse_problems *problems,
		 struct at_job *j, struct error *e)
{
	struct reading r = { .problems = problems, .j = j };

	*j = (struct at_job){ 0 };
	return lines_each(s, problems, line, &r, e);
}

void at_job_release(struct at_job *j)
{
	struct text *const all[] = { &j->uid,       &j->gid,         &j->mail_to, &j->umask,
				     &j->directory, &j->environment, &j->commands };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		text_release(all[i]);
}
