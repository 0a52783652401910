/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts and groups of a Linux: docs/formats/passwd.md. A hash is never printed. */
#include "triage/parse/passwd.h"

#include <stdio.h>

#include "lib/base/language.h"
#include "lib/data/date.h"
#include "triage/fields/span.h"
#include "triage/format.h"

#define LAST_DAY 2932896 /* of 9999: date_of() knows them all */

struct accounts {
	struct emit *out;
	const struct parse_problems *problems;
	size_t fields;                                       /* that a line must have */
	bool (*print)(struct emit *o, const struct span *f); /* false: a field is no number */
};

static const char *const passwd_columns[] = {
	"name",  "password", "password_locked", "hash_algorithm", "uid",     "gid",
	"gecos", "home",     "shell",           "line",           "invalid", NULL,
};
static const char *const shadow_columns[] = {
	"name",          "password",     "password_locked",      "hash_algorithm",
	"last_change",   "minimum_days", "maximum_days",         "warning_days",
	"inactive_days", "expires",      "change_at_next_login", "line",
	"invalid",       NULL,
};
static const char *const group_columns[] = {
	"name",    "password", "password_locked", "hash_algorithm", "gid", "members", "line",
	"invalid", NULL,
};
static const char *const gshadow_columns[] = {
	"name",           "password",       "password_locked",
	"hash_algorithm", "administrators", "members",
	"line",           "invalid",        NULL,
};

static void password(struct emit *o, struct span field)
{
	static const char *const kinds[] = { "none", "set", "shadow", "unusable" };
	struct password p;

	password_of(field, &p);
	emit_string(o, "password", kinds[p.kind]);
	emit_bool(o, "password_locked", p.locked);
	emit_string(o, "hash_algorithm", p.algorithm);
}

/* A number of a user or a group. The C library also takes blanks and a sign in front: " 0" and "-0" are root. */
static bool id(struct emit *o, const char *key, struct span s)
{
	uint64_t value;
	struct span rest = s;
	bool plain = span_number(s, &value);

	while (rest.len && is_blank(*rest.s))
		rest = (struct span){ rest.s + 1, rest.len - 1 };
	const char sign = rest.len && (*rest.s == '+' || *rest.s == '-') ? *rest.s : 0;
	if (sign)
		rest = (struct span){ rest.s + 1, rest.len - 1 };
	if (!span_number(rest, &value) || value > UINT32_MAX || (sign == '-' && value)) {
		emit_null(o, key);
		return !s.s; /* that a field is not there is told by itself */
	}
	emit_number(o, key, value);
	return plain;
}

/* Of days; -1 says as little as nothing does. */
static bool days(struct emit *o, const char *key, struct span s)
{
	uint64_t value;

	emit_span_number(o, key, s);
	return !s.len || span_is(s, "-1") || span_number(s, &value);
}

/* Days since 1970 as a date, without a time of day, which nobody kept. */
static bool date(struct emit *o, const char *key, struct span s)
{
	unsigned year, month, day;
	uint64_t value;
	char text[32];

	if (!span_number(s, &value) || value > LAST_DAY) {
		emit_null(o, key);
		return !s.len || span_is(s, "-1");
	}
	date_of((int64_t)value, &year, &month, &day);
	snprintf(text, sizeof(text), "%04u-%02u-%02u", year, month, day);
	emit_string(o, key, text);
	return true;
}

/* "+..." and "-..." may leave out everything. */
static bool is_of_nis(struct span name)
{
	return name.len && (*name.s == '+' || *name.s == '-');
}

static bool print_passwd(struct emit *o, const struct span *f)
{
	password(o, f[1]);
	bool good = id(o, "uid", f[2]);
	good &= id(o, "gid", f[3]);
	emit_span(o, "gecos", f[4]);
	emit_span(o, "home", f[5]);
	emit_span(o, "shell", f[6]);
	return good || is_of_nis(f[0]);
}

static bool print_shadow(struct emit *o, const struct span *f)
{
	uint64_t changed;

	password(o, f[1]);
	const bool at_next_login = span_number(f[2], &changed) && changed == 0;
	const struct span never = { 0 };
	bool good = date(o, "last_change", at_next_login ? never : f[2]);
	good &= days(o, "minimum_days", f[3]);
	good &= days(o, "maximum_days", f[4]);
	good &= days(o, "warning_days", f[5]);
	good &= days(o, "inactive_days", f[6]);
	good &= date(o, "expires", f[7]);
	if (at_next_login)
		emit_bool(o, "change_at_next_login", true);
	return good;
}

/* Names between commas. */
static void names(struct emit *o, const char *key, struct span rest)
{
	struct span name;

	emit_array(o, key);
	while (span_until(&rest, ',', &name))
		if (name.len)
			emit_span(o, NULL, name);
	emit_close(o);
}

static bool print_group(struct emit *o, const struct span *f)
{
	password(o, f[1]);
	bool good = id(o, "gid", f[2]);
	names(o, "members", f[3]);
	return good || is_of_nis(f[0]);
}

static bool print_gshadow(struct emit *o, const struct span *f)
{
	password(o, f[1]);
	names(o, "administrators", f[2]);
	names(o, "members", f[3]);
	return true;
}

static bool record(void *ctx, const struct line *l, struct error *e)
{
	struct span f[PASSWD_FIELDS_MAX];
	const struct accounts *a = ctx;
	struct emit *o = a->out;

	if (!l->len || *l->s == '#')
		return true;
	size_t count = passwd_split(l, f, PASSWD_FIELDS_MAX);
	emit_begin(o, "linux:account");
	emit_span(o, "name", f[0]);
	bool numbers = a->print(o, f);
	emit_number(o, "line", l->number);
	if (count != a->fields || !numbers) {
		parse_problem(a->problems, l->offset,
			      count != a->fields
				      ? N_("a line has more or fewer fields than it should")
				      : N_("a field is no number, and should be one"));
		emit_bool(o, "invalid", true);
	}
	return emit_end(o, e);
}

static bool passwd(const struct format_job *job, struct emit *o, struct error *e)
{
	struct accounts a = { o, &job->problems, 7, print_passwd };

	return lines_each(&job->inputs[0], &job->problems, record, &a, e);
}

static bool shadow(const struct format_job *job, struct emit *o, struct error *e)
{
	struct accounts a = { o, &job->problems, 9, print_shadow };

	return lines_each(&job->inputs[0], &job->problems, record, &a, e);
}

static bool group(const struct format_job *job, struct emit *o, struct error *e)
{
	struct accounts a = { o, &job->problems, 4, print_group };

	return lines_each(&job->inputs[0], &job->problems, record, &a, e);
}

static bool gshadow(const struct format_job *job, struct emit *o, struct error *e)
{
	struct accounts a = { o, &job->problems, 4, print_gshadow };

	return lines_each(&job->inputs[0], &job->problems, record, &a, e);
}

const struct format format_passwd = {
	.name = "passwd",
	.help = N_("accounts of a Linux (/etc/passwd)"),
	.columns = passwd_columns,
	.inputs_max = 1,
	.run = passwd,
};

const struct format format_shadow = {
	.name = "shadow",
	.help = N_("passwords of a Linux (/etc/shadow): their kind and dates, never a hash"),
	.columns = shadow_columns,
	.inputs_max = 1,
	.run = shadow,
};

const struct format format_group = {
	.name = "group",
	.help = N_("groups of a Linux and who is in them (/etc/group)"),
	.columns = group_columns,
	.inputs_max = 1,
	.run = group,
};

const struct format format_gshadow = {
	.name = "gshadow",
	.help = N_("passwords of groups of a Linux and who may change them (/etc/gshadow)"),
	.columns = gshadow_columns,
	.inputs_max = 1,
	.run = gshadow,
};
