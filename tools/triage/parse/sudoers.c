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
	bool quotes;           /* are quotes, as everywhere but in commands */
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

/* Does an entry that begins so have commands in it, behind its first "="? */
static bool has_commands(struct span s)
{
	const struct span word = span_word(&s);

	return !span_begins(word, "Defaults") && !span_is(word, "User_Alias") &&
	       !span_is(word, "Runas_Alias") && !span_is(word, "Host_Alias");
}

/* "#1000" and "#-1" are users. */
static bool is_number(struct span s, size_t at)
{
	size_t digit = at + 1 < s.len && s.s[at + 1] == '-' ? at + 2 : at + 1;

	return digit < s.len && is_digit(s.s[digit]);
}

/* Where a comment begins. A quote hides it, but not one that is a letter of a command. */
static size_t comment_at(struct rules *r, struct span s, bool commands)
{
	bool quoted = false, run_as = false;

	for (size_t i = 0; i < s.len; i++) {
		const char c = s.s[i];

		if (c == '\\')
			i++;
		else if (c == '"' && (r->quotes || run_as))
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c == '#' && !is_number(s, i))
			return i;
		else if (c == '(' || c == ')')
			run_as = c == '(';
		else if (c == '=' && commands)
			r->quotes = false;
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

static size_t pass_blanks(struct span s, size_t at)
{
	while (at < s.len && is_blank(s.s[at]))
		at++;
	return at;
}

/* Behind a digest, "sha256:..." in hexadecimal or Base64; `at`, if there is none. */
static size_t pass_digest(struct span s, size_t at)
{
	static const char *const names[] = { "sha224", "sha256", "sha384", "sha512" };
	const struct span rest = { s.s + at, s.len - at };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!span_begins(rest, names[i]))
			continue;
		size_t n = pass_blanks(rest, strlen(names[i]));
		if (n == rest.len || rest.s[n] != ':')
			return at;
		n = pass_blanks(rest, n + 1);
		while (n < rest.len && !is_blank(rest.s[n]) && rest.s[n] != ',')
			n++;
		return at + n;
	}
	return at;
}

/* Behind all digests, which commas stand between, too. */
static size_t pass_digests(struct span s)
{
	size_t at = 0, next = 0;

	for (;;) {
		size_t end = pass_digest(s, next);

		if (end == next)
			return at;
		at = end;
		end = pass_blanks(s, end);
		if (end == s.len || s.s[end] != ',')
			return at;
		next = pass_blanks(s, end + 1);
	}
}

/* Behind "^...$", in which commas and colons are letters; `at`, if there is none. */
static size_t pass_expression(struct span s, size_t at)
{
	if (at == s.len || s.s[at] != '^')
		return at;
	for (size_t i = at + 1; i < s.len; i++) {
		if (s.s[i] == '\\')
			i++;
		else if (s.s[i] == '$' && (i + 1 == s.len || is_blank(s.s[i + 1]) ||
					   s.s[i + 1] == ',' || s.s[i + 1] == ':'))
			return i + 1;
	}
	return at; /* without its end it is none */
}

/* Behind what is neither blank nor ends a command; quotes take the meaning from nothing here. */
static size_t pass_plain(struct span s, size_t at, const char *stops)
{
	for (; at < s.len && !(s.s[at] && strchr(stops, s.s[at])); at++)
		at += s.s[at] == '\\' && at + 1 < s.len;
	return at;
}

/* A command, as far as a comma or a colon. Its path, its arguments, or both may be an expression. */
static char take_command(struct span *rest, struct span *out)
{
	const struct span all = *rest;
	size_t at = pass_blanks(all, pass_digests(all));

	while (at < all.len && (all.s[at] == '!' || is_blank(all.s[at])))
		at++;
	at = pass_plain(all, pass_expression(all, at), ",: \t");
	at = pass_expression(all, pass_blanks(all, at));
	at = pass_plain(all, at, ",:");
	*out = span_trim(take(rest, at));
	return rest->len ? *take(rest, 1).s : 0;
}

static bool rule(struct rules *r, struct span rest, struct sudoers_entry x, struct error *e)
{
	unsigned commands = 0;
	struct span left = rest; /* what no command was handed out of */
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
			left = rest;
		} while (stop == ',');
	}
	if (!stop)
		return true;
	if (commands == SUDOERS_COMMANDS_MAX)
		parse_problem(
			r->problems, x.offset,
			N_("a rule has more than 256 commands: the rest is printed as it stands"));
	else
		parse_problem(r->problems, x.offset, N_("a line is no rule that sudo would take"));
	x.kind = SUDOERS_UNKNOWN;
	x.value = span_trim(left);
	return !x.value.len || r->each(r->ctx, &x, e);
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

static bool is_binding(char c)
{
	return c == '@' || c == ':' || c == '!' || c == '>';
}

/* "Defaults: user, user option": for whom they are is a list, with blanks in front, too. */
static bool defaults(struct rules *r, struct span rest, struct sudoers_entry x, struct error *e)
{
	x.kind = SUDOERS_DEFAULTS;
	(void)take(&rest, 8);
	if (!rest.len || !is_binding(*rest.s)) {
		x.name = (struct span){ rest.s, 0 };
	} else {
		const char binding = *take(&rest, 1).s;

		rest = span_trim(rest);
		x.name = take_list(&rest);
		/* Right in front of it, in place of a blank, if there was one. */
		x.name = (struct span){ x.name.s - 1, x.name.len + 1 };
		r->whole.s[x.name.s - r->whole.s] = binding;
	}
	x.value = span_trim(rest);
	return r->each(r->ctx, &x, e);
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
	if (span_begins(word, "Defaults") && (word.len == 8 || is_binding(word.s[8])))
		return defaults(r, all, x, e);
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
		r->quotes = true;
		r->line = l->number;
		r->offset = l->offset;
	}
	/* A comment ends with its line, also one that ends with a backslash: what follows holds. */
	const struct span begin = { text_end(&r->whole), r->whole.len };
	const bool commands = has_commands(r->goes_on && r->whole.len ? begin : s);
	size_t end = !r->goes_on && is_include(s) ? s.len : comment_at(r, s, commands);
	bool comment = end < s.len;
	s.len = end;
	while (s.len && is_blank(s.s[s.len - 1])) /* also behind the backslash */
		s.len--;
	r->goes_on = !comment && s.len && s.s[s.len - 1] == '\\';
	if (r->goes_on)
		s.len--;
	/* Behind a part that is missing nothing is added: it would be another rule. */
	if (!r->too_long && r->whole.len + s.len <= SUDOERS_ENTRY_MAX) {
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
