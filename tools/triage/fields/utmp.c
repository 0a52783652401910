/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of logins of Linux: docs/formats/utmp.md. */
#include "triage/parse/utmp.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"
#include "triage/format.h"

struct out {
	struct emit *o;
	bool is_lastlog, is_btmp;
};

enum { BOOT_TIME = 2, USER_PROCESS = 7, DEAD_PROCESS = 8 };

static const char *const type_names[] = { "EMPTY",         "RUN_LVL",      "BOOT_TIME",
					  "NEW_TIME",      "OLD_TIME",     "INIT_PROCESS",
					  "LOGIN_PROCESS", "USER_PROCESS", "DEAD_PROCESS",
					  "ACCOUNTING" };

static const char *type_name(uint16_t type, char *number, size_t size)
{
	if (type <= UTMP_TYPE_MAX)
		return type_names[type];
	snprintf(number, size, "%u", type);
	return number;
}

/* Names of Linux are UTF-8. */
static void put_text(struct emit *o, const char *key, struct words w)
{
	emit_text(o, key, (const char *)w.at, w.bytes);
}

static void put_address(struct emit *o, const uint8_t *address)
{
	static const uint8_t none[12];
	char text[INET6_ADDRSTRLEN];

	if (!address) {
		emit_null(o, "ip_address");
		return;
	}
	bool is_v4 = memcmp(address + 4, none, sizeof(none)) == 0;
	emit_string(o, "ip_address",
		    inet_ntop(is_v4 ? AF_INET : AF_INET6, address, text, sizeof(text)));
}

static bool put_lastlog(const struct out *x, const struct utmp_record *r, struct error *e)
{
	struct emit *o = x->o;

	emit_begin(o, "linux:lastlog:entry");
	emit_saysf(o, "%llu ", r->number + 0ULL);
	emit_says(o, (const char *)r->host.at, r->host.bytes);
	emit_number(o, "user_identifier", r->number);
	emit_unix(o, "last_login_time", r->seconds, 0, 0, MOMENT_STARTED);
	put_text(o, "terminal", r->terminal);
	put_text(o, "hostname", r->host);
	return emit_end(o, e);
}

static bool put_utmp(const struct out *x, const struct utmp_record *r, struct error *e)
{
	struct emit *o = x->o;
	enum emit_moment what = x->is_btmp                                        ? MOMENT_RECORDED
				: r->type == USER_PROCESS || r->type == BOOT_TIME ? MOMENT_STARTED
				: r->type == DEAD_PROCESS                         ? MOMENT_ENDED
										  : MOMENT_RECORDED;

	char number[8];
	const char *type = type_name(r->type, number, sizeof(number));

	emit_begin(o, "linux:utmp:event");
	emit_saysf(o, "%s%s ", x->is_btmp ? "failed login: " : "", type);
	emit_says(o, (const char *)r->user.at, r->user.bytes);
	emit_says(o, " ", 1);
	emit_says(o, (const char *)r->host.at, r->host.bytes);
	emit_unix(o, "written_time", r->seconds, r->microseconds * 1000, 6, what);
	emit_string(o, "type", type);
	put_text(o, "username", r->user);
	put_text(o, "terminal", r->terminal);
	put_text(o, "terminal_identifier", r->terminal_id);
	put_text(o, "hostname", r->host);
	put_address(o, r->address);
	emit_signed(o, "pid", r->pid);
	emit_signed(o, "session", r->session);
	emit_signed(o, "termination_status", r->termination);
	emit_signed(o, "exit_status", r->exit);
	if (x->is_btmp)
		emit_bool(o, "failed_login", true);
	return emit_end(o, e);
}

static bool put(void *ctx, const struct utmp_record *r, struct error *e)
{
	const struct out *x = ctx;

	return x->is_lastlog ? put_lastlog(x, r, e) : put_utmp(x, r, e);
}

/* Only the name tells lastlog from the others, and failed logins from good ones. */
static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	const char *name = job->names && job->names[0] ? job->names[0] : "";
	struct out x = { o, strncmp(name, "lastlog", 7) == 0, strncmp(name, "btmp", 4) == 0 };

	return utmp_read(&job->inputs[0], x.is_lastlog, put, &x, &job->problems, e);
}

static const char *const columns[] = { "written_time",
				       "type",
				       "username",
				       "terminal",
				       "terminal_identifier",
				       "hostname",
				       "ip_address",
				       "pid",
				       "session",
				       "termination_status",
				       "exit_status",
				       "failed_login",
				       "user_identifier",
				       "last_login_time",
				       NULL };

const struct format format_utmp = {
	.name = "utmp",
	.help = N_("logins of Linux: utmp, wtmp, btmp, lastlog"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
