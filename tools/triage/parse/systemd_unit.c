/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units of systemd: sections, settings, and lines that go on. */
#include "triage/parse/systemd_unit.h"

#include "lib/base/language.h"
#include "lib/base/text.h"

struct unit {
	const struct parse_problems *problems;
	bool (*each)(void *ctx, const struct unit_setting *u, struct error *e);
	void *ctx;
	struct text section, whole; /* whole: the setting so far */
	bool goes_on, too_long;
	uint64_t line, offset; /* where it began */
};

static const struct {
	const char *begin, *purpose; /* all keys that begin with it */
} purposes[] = {
	{ "Exec", "start" },           { "On", "trigger" },
	{ "Path", "trigger" },         { "Directory", "trigger" },
	{ "Listen", "trigger" },       { "Unit", "trigger" },
	{ "Service", "trigger" },      { "Sockets", "trigger" },
	{ "WantedBy", "install" },     { "RequiredBy", "install" },
	{ "UpheldBy", "install" },     { "Also", "install" },
	{ "Alias", "install" },        { "DefaultInstance", "install" },
	{ "User", "identity" },        { "Group", "identity" },
	{ "Environment", "identity" }, { "WorkingDirectory", "identity" },
	{ "Root", "identity" },        { "DynamicUser", "identity" },
	{ "Ambient", "identity" },     { "Capability", "identity" },
};

static const char *purpose_of(struct span key)
{
	for (size_t i = 0; i < sizeof(purposes) / sizeof(*purposes); i++)
		if (span_begins(key, purposes[i].begin))
			return purposes[i].purpose;
	return NULL;
}

static bool setting(struct unit *u, struct error *e)
{
	struct unit_setting s = { .line = u->line };
	struct span all = span_trim((struct span){ text_end(&u->whole), u->whole.len });

	if (!all.len)
		return true;
	if (*all.s == '[' && all.s[all.len - 1] == ']') {
		text_clear(&u->section);
		text_add_n(&u->section, all.s + 1, all.len - 2);
		return true;
	}
	if (!span_until(&all, '=', &s.key) || !all.s) {
		parse_problem(u->problems, u->offset, N_("a line is no setting of a unit"));
		return true;
	}
	s.key = span_trim(s.key);
	s.value = span_trim(all);
	s.section = (struct span){ text_end(&u->section), u->section.len };
	s.purpose = purpose_of(s.key);
	return u->each(u->ctx, &s, e);
}

/* Two backslashes are one that is meant, and end nothing. */
static bool goes_on(struct span s)
{
	size_t n = 0;

	while (n < s.len && s.s[s.len - 1 - n] == '\\')
		n++;
	return n % 2;
}

static bool part(struct unit *u, struct span s, const struct line *l, struct error *e)
{
	struct span shown = span_trim(s);

	/* A comment, also between lines that go on, where it ends nothing. */
	if (shown.len && (*shown.s == '#' || *shown.s == ';'))
		return true;
	if (!u->goes_on) {
		text_clear(&u->whole);
		u->too_long = false;
		u->line = l->number;
		u->offset = l->offset;
	}
	u->goes_on = goes_on(s);
	if (u->goes_on)
		s.len--;
	/* Behind a part that is missing nothing is added: it would be another setting. */
	if (!u->too_long && u->whole.len + s.len + 1 <= UNIT_VALUE_MAX) {
		text_add_n(&u->whole, s.s, s.len);
		if (u->goes_on) /* the backslash counts as a blank */
			text_add(&u->whole, " ");
	} else if (!u->too_long) {
		u->too_long = true;
		parse_problem(u->problems, u->offset,
			      N_("a setting is longer than 1 MiB: it is cut off"));
	}
	return u->goes_on || setting(u, e);
}

static bool ends_line(char c)
{
	return c == '\r' || c == '\0';
}

/* CR and NUL end a line of systemd's, too; two different ones in a row are one end. */
static bool line(void *ctx, const struct line *l, struct error *e)
{
	static const char mark[] = "\xef\xbb\xbf"; /* UTF-8's, in front of a file */
	struct span rest = { l->s, l->len };

	if (l->number == 1 && span_begins(rest, mark))
		rest = (struct span){ rest.s + 3, rest.len - 3 };
	do {
		size_t n = 0, behind;

		while (n < rest.len && !ends_line(rest.s[n]))
			n++;
		if (!part(ctx, (struct span){ rest.s, n }, l, e))
			return false;
		behind = n + (n < rest.len);
		if (behind < rest.len && ends_line(rest.s[behind]) && rest.s[behind] != rest.s[n])
			behind++;
		rest = (struct span){ rest.s + behind, rest.len - behind };
	} while (rest.len);
	return true;
}

bool unit_parse(const struct partition_source *s, const struct parse_problems *problems,
		bool (*each)(void *ctx, const struct unit_setting *u, struct error *e), void *ctx,
		struct error *e)
{
	struct unit u = { .problems = problems, .each = each, .ctx = ctx };
	bool good = lines_each(s, problems, line, &u, e) && (!u.goes_on || setting(&u, e));

	text_release(&u.section);
	text_release(&u.whole);
	return good;
}
