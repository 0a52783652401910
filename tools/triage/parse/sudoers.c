/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules of sudo: who may run what as whom. Read as sudo's own reader does, not as the line looks. */
#include "triage/parse/sudoers.h"

#include "lib/base/language.h"
#include "lib/base/text.h"

struct rules {
	const struct parse_problems *problems;
	bool (*each)(void *ctx, const struct sudoers_entry *x, struct error *e);
	void *ctx;
	struct text whole; /* the entry so far */
	bool goes_on, too_long;
	uint64_t line, offset; /* where it began */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How far the first of `stops` is that is neither behind a backslash nor in quotes; all of it if there is none. */
static size_t find(struct span s, const char *stops)
{
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '\\')
			i++;
		else if (s.s[i] == '"')
			quoted = !quoted;
		else if (!quoted && s.s[i] && strchr(stops, s.s[i]))
			return i;
	}
	return s.len;
}

/* The first n bytes of *rest, which then begins behind them. */
static struct span take(struct span *rest, size_t n)
{
	struct span out = { rest->s, n };

	*rest = (struct span){ rest->s + n, rest->len - n };
	return out;
}

/* Up to a stop, trimmed; *rest begins behind it. Returns the stop, 0 at the end. */
static char take_until(struct span *rest, const char *stops, struct span *out)
{
	*out = span_trim(take(rest, find(*rest, stops)));
	return rest->len ? *take(rest, 1).s : 0;
}

/* Where a comment begins; "#1000" and "#-1" are users. */
static size_t comment_at(struct span s)
{
	for (size_t from = 0; from < s.len;) {
		size_t at = from + find((struct span){ s.s + from, s.len - from }, "#");
		size_t digit = at + 1 < s.len && s.s[at + 1] == '-' ? at + 2 : at + 1;

		if (digit >= s.len || !is_digit(s.s[digit]))
			return at < s.len ? at : s.len;
		from = digit;
	}
	return s.len;
}

/* Names between commas, with blanks only around these: they end at another blank. */
static struct span take_list(struct span *rest)
{
	struct span begin = *rest, item;

	do {
		*rest = span_trim(*rest);
		item = take(rest, find(*rest, ", \t"));
		*rest = span_trim(*rest);
	} while (rest->len && *rest->s == ',' && take(rest, 1).len);
	return (struct span){ begin.s, (size_t)(item.s + item.len - begin.s) };
}

/* A word of capitals that `end` follows: "NOPASSWD:", "CWD=". Empty: there is none. */
static struct span take_word(struct span *rest, char end)
{
	size_t n = 0, behind;

	while (n < rest->len && ((rest->s[n] >= 'A' && rest->s[n] <= 'Z') || rest->s[n] == '_' ||
				 (n && is_digit(rest->s[n]))))
		n++;
	for (behind = n; behind < rest->len && is_blank(rest->s[behind]); behind++)
		;
	if (!n || behind == rest->len || rest->s[behind] != end)
		return (struct span){ rest->s, 0 };
	struct span word = take(rest, n);
	(void)take(rest, behind + 1 - n);
	*rest = span_trim(*rest);
	return word;
}

/* "(users:groups)", which holds for the commands behind it, too. */
static void take_run_as(struct span *rest, struct sudoers_entry *x)
{
	struct span inside;

	if (!rest->len || *rest->s != '(')
		return;
	(void)take(rest, 1);
	(void)take_until(rest, ")", &inside);
	x->run_as_groups = (struct span){ 0 };
	if (take_until(&inside, ":", &x->run_as_users) == ':')
		x->run_as_groups = span_trim(inside);
	*rest = span_trim(*rest);
}

static bool is_tag(struct span word)
{
	static const char *const tags[] = { "PASSWD",    "EXEC",       "FOLLOW", "INTERCEPT",
					    "LOG_INPUT", "LOG_OUTPUT", "MAIL",   "SETENV" };

	if (span_begins(word, "NO"))
		(void)take(&word, 2);
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (span_is(word, tags[i]))
			return true;
	return false;
}

static void take_options(struct span *rest, struct sudoers_entry *x)
{
	const char *begin = rest->s, *end = begin;

	for (;; end = rest->s) {
		struct span behind = *rest, word = take_word(&behind, ':');

		if (is_tag(word)) { /* any other is a command, with the next host behind its colon */
			*rest = behind;
			if (span_is(word, "NOPASSWD") || span_is(word, "PASSWD"))
				x->no_password = *word.s == 'N';
		} else if (take_word(rest, '=').len) {
			(void)take(rest, find(*rest, " \t,:"));
			*rest = span_trim(*rest);
		} else {
			break;
		}
	}
	x->options = end > begin ? span_trim((struct span){ begin, (size_t)(end - begin) })
				 : (struct span){ 0 };
}

/* A command, as far as a comma or a colon; "sha256:..." before it has one of its own. */
static char take_command(struct span *rest, struct span *out)
{
	struct span all = *rest;
	size_t digest = span_begins(all, "sha") ? find(all, ":,") : all.len;

	if (digest < all.len && all.s[digest] == ':')
		(void)take(rest, digest + 1);
	char stop = take_until(rest, ",:", out);
	*out = span_trim((struct span){ all.s, (size_t)(out->s + out->len - all.s) });
	return stop;
}

static bool rule(struct rules *r, struct span rest, struct sudoers_entry x, struct error *e)
{
	unsigned commands = 0;
	const struct span all = rest;
	char stop = ':';

	x.kind = SUDOERS_RULE;
	x.users = take_list(&rest);
	while (stop == ':') {
		if (take_until(&rest, "=", &x.hosts) != '=' || !x.hosts.len)
			break;
		x.run_as_users = x.run_as_groups = (struct span){ 0 };
		x.no_password = false;
		do {
			rest = span_trim(rest);
			take_run_as(&rest, &x);
			take_options(&rest, &x);
			stop = take_command(&rest, &x.command);
			if (!x.command.len || commands == SUDOERS_COMMANDS_MAX) {
				stop = ':';
				rest = (struct span){ rest.s, 0 };
				break;
			}
			commands++;
			if (!r->each(r->ctx, &x, e))
				return false;
		} while (stop == ',');
	}
	if (!stop)
		return true;
	if (commands == SUDOERS_COMMANDS_MAX)
		parse_problem(r->problems, x.offset,
			      N_("a rule has more than 256 commands: the rest is left out"));
	else
		parse_problem(r->problems, x.offset, N_("a line is no rule that sudo would take"));
	x.kind = SUDOERS_UNKNOWN;
	x.value = all;
	return commands || r->each(r->ctx, &x, e);
}

static bool begins_alias(struct span rest)
{
	rest = span_trim(rest);
	return take_word(&rest, '=').len > 0;
}

/* NAME = value : NAME = value */
static bool aliases(struct rules *r, struct span rest, struct sudoers_entry x, struct error *e)
{
	char stop;

	x.kind = SUDOERS_ALIAS;
	do {
		bool whole = take_until(&rest, "=", &x.name) == '=' && x.name.len;
		const char *begin = rest.s;

		do /* addresses of IPv6 have colons, too */
			stop = take_command(&rest, &x.value);
		while (stop == ',' || (stop == ':' && !begins_alias(rest)));
		x.value = span_trim(
			(struct span){ begin, (size_t)(x.value.s + x.value.len - begin) });
		if (!whole || !x.value.len)
			parse_problem(r->problems, x.offset,
				      N_("a line is no rule that sudo would take"));
		if (!r->each(r->ctx, &x, e))
			return false;
	} while (stop == ':');
	return true;
}

/* "#include" looks like a comment, and is none. */
static bool is_include(struct span s)
{
	struct span word = span_word(&s);

	return span_is(word, "@include") || span_is(word, "@includedir") ||
	       span_is(word, "#include") || span_is(word, "#includedir");
}

static bool entry(struct rules *r, struct error *e)
{
	static const char *const alias_kinds[] = { "User_Alias", "Runas_Alias", "Host_Alias",
						   "Cmnd_Alias", "Cmd_Alias" };
	struct span rest = span_trim((struct span){ text_end(&r->whole), r->whole.len }),
		    all = rest;
	struct sudoers_entry x = { .line = r->line, .offset = r->offset };

	if (!rest.len)
		return true;
	struct span word = span_word(&rest);
	rest = span_trim(rest);
	for (size_t i = 0; i < sizeof(alias_kinds) / sizeof(*alias_kinds); i++)
		if (span_is(word, alias_kinds[i])) {
			x.what = word;
			return aliases(r, rest, x, e);
		}
	if (span_begins(word, "Defaults") && (word.len == 8 || strchr("@:!>", word.s[8]))) {
		x.kind = SUDOERS_DEFAULTS;
		(void)take(&word, 8);
		x.name = word;
		x.value = rest;
		return r->each(r->ctx, &x, e);
	}
	if (is_include(all)) {
		x.kind = SUDOERS_INCLUDE;
		x.value = rest;
		return r->each(r->ctx, &x, e);
	}
	return rule(r, all, x, e);
}

static bool line(void *ctx, const struct line *l, struct error *e)
{
	struct rules *r = ctx;
	struct span s = { l->s, l->len };

	if (!r->goes_on) {
		text_clear(&r->whole);
		r->too_long = false;
		r->line = l->number;
		r->offset = l->offset;
	}
	/* A comment ends with its line, also one that ends with a backslash: what follows holds. */
	size_t end = !r->goes_on && is_include(s) ? s.len : comment_at(s);
	bool comment = end < s.len;
	s.len = end;
	while (s.len && is_blank(s.s[s.len - 1])) /* also behind the backslash */
		s.len--;
	r->goes_on = !comment && s.len && s.s[s.len - 1] == '\\';
	if (r->goes_on)
		s.len--;
	if (r->whole.len + s.len <= SUDOERS_ENTRY_MAX) {
		text_add_n(&r->whole, s.s, s.len);
	} else if (!r->too_long) {
		r->too_long = true;
		parse_problem(r->problems, r->offset,
			      N_("a rule is longer than 64 KiB: it is cut off"));
	}
	return r->goes_on || entry(r, e);
}

bool sudoers_parse(const struct partition_source *s, const struct parse_problems *problems,
		   bool (*each)(void *ctx, const struct sudoers_entry *x, struct error *e),
		   void *ctx, struct error *e)
{
	struct rules r = { .problems = problems, .each = each, .ctx = ctx };
	bool good = lines_each(s, problems, line, &r, e) && (!r.goes_on || entry(&r, e));

	text_release(&r.whole);
	return good;
}
