/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text files of Linux: lines of any length, logs, crontabs, units, passwords, keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/data/date.h"
#include "triage/parse/authorized_keys.h"
#include "triage/parse/cron.h"
#include "triage/parse/passwd.h"
#include "triage/parse/syslog.h"
#include "triage/parse/systemd_unit.h"

static bool read_text(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct text *t = ctx;
	(void)e;

	assert_true(offset <= t->len && len <= t->len - offset);
	memcpy(buf, t->s + offset, len);
	return true;
}

static struct partition_source source_of(struct text *t)
{
	return (struct partition_source){ read_text, t, t->len, 512 };
}

struct seen {
	size_t lines, bytes, problems;
	char last[256];
	uint64_t offset;
};

static void problem(void *ctx, uint64_t offset, const char *what)
{
	struct seen *s = ctx;
	(void)offset;
	(void)what;

	s->problems++;
}

static bool see(void *ctx, const struct line *l, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	s->lines++;
	s->bytes += l->len;
	s->offset = l->offset;
	assert_int_equal(l->number, s->lines);
	snprintf(s->last, sizeof(s->last), "%.*s", (int)(l->len < 200 ? l->len : 200), l->s);
	return true;
}

static struct seen read_lines(struct text *t)
{
	struct seen s = { 0 };
	const struct parse_problems problems = { problem, &s };
	const struct partition_source source = source_of(t);
	struct error e = { 0 };

	assert_true(lines_each(&source, &problems, see, &s, &e));
	return s;
}

static void lines(void **state)
{
	static const struct {
		const char *bytes;
		size_t len, lines;
		const char *last;
		uint64_t offset;
	} cases[] = {
		{ "", 0, 0, "", 0 },
		{ "\n", 1, 1, "", 0 },
		{ "a", 1, 1, "a", 0 },
		{ "a\nb", 3, 2, "b", 2 },
		{ "a\r\nb\r\n", 6, 2, "b", 3 },
		{ "a\n\0\0\0b\n", 7, 2, "b", 5 },
	};
	struct text t = { 0 };
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		text_clear(&t);
		text_add_n(&t, cases[i].bytes, cases[i].len);
		struct seen s = read_lines(&t);
		assert_int_equal(s.lines, cases[i].lines);
		assert_int_equal(s.problems, 0);
		assert_string_equal(s.last, cases[i].last);
		assert_int_equal(s.offset, cases[i].offset);
	}
	/* Lines around the limit, over many blocks: the longer are cut, and none is lost. */
	for (size_t more = 0; more < 3; more++) {
		text_clear(&t);
		for (size_t i = 0; i < 9; i++) {
			for (size_t k = 0; k + 1 < LINE_BYTES + more; k++)
				text_add_n(&t, "x", 1);
			text_add(&t, "\nshort\n");
		}
		struct seen s = read_lines(&t);
		assert_int_equal(s.lines, 18);
		assert_int_equal(s.problems, more == 2 ? 9 : 0);
		assert_int_equal(s.bytes,
				 9 * (5 + (more == 2 ? LINE_BYTES : LINE_BYTES + more - 1)));
		assert_string_equal(s.last, "short");
	}
	/* More zeros in front of one than it may have bytes: nothing of it is lost. */
	for (size_t zeros = LINE_BYTES; zeros < 11 * LINE_BYTES; zeros += 5 * LINE_BYTES) {
		text_clear(&t);
		text_add(&t, "a\n");
		for (size_t k = 0; k < zeros; k++)
			text_add_n(&t, "", 1);
		text_add(&t, "behind\n");
		struct seen s = read_lines(&t);
		assert_int_equal(s.lines, 2);
		assert_int_equal(s.problems, 0);
		assert_string_equal(s.last, "behind");
		assert_int_equal(s.offset, 2 + zeros);
	}
	/* One without an end, larger than a block. */
	text_clear(&t);
	for (size_t k = 0; k < 10 * LINE_BYTES; k++)
		text_add_n(&t, "y", 1);
	struct seen s = read_lines(&t);
	assert_int_equal(s.lines, 1);
	assert_int_equal(s.bytes, LINE_BYTES);
	assert_int_equal(s.problems, 1);
	text_release(&t);
}

static bool count_numbers(void *ctx, const struct line *l, struct error *e)
{
	(void)e;
	text_addf(ctx, "%llu@%llu:%.*s;", l->number + 0ULL, l->offset + 0ULL,
		  (int)(l->len < 20 ? l->len : 20), l->s);
	return true;
}

/* Zeros that a power cut left within a line of a log, also more than a line may have bytes, hide nothing. */
static void zeros_in_logs(void **state)
{
	static const size_t zeros[] = { 1, 500, LINE_BYTES, 9 * LINE_BYTES };
	struct text t = { 0 }, out = { 0 };
	struct error e = { 0 };
	(void)state;

	for (size_t i = 0; i < sizeof(zeros) / sizeof(*zeros); i++) {
		struct seen s = { 0 };
		const struct parse_problems problems = { problem, &s };
		char want[99];

		text_clear(&t);
		text_clear(&out);
		text_add(&t, "a\ncut of");
		for (size_t k = 0; k < zeros[i]; k++)
			text_add_n(&t, "", 1);
		text_add(&t, "behind\nlast");
		const struct partition_source source = source_of(&t);
		assert_true(lines_each_of_log(&source, &problems, count_numbers, &out, &e));
		snprintf(want, sizeof(want), "1@0:a;2@2:cut of;2@%zu:behind;3@%zu:last;",
			 8 + zeros[i], 15 + zeros[i]);
		assert_string_equal(text_end(&out), want);
		assert_int_equal(s.problems, 0);
	}
	text_release(&t);
	text_release(&out);
}

/* A line in memory of just its size. */
static struct line line_of(const char *s)
{
	size_t len = strlen(s);
	char *copy = mem_alloc(len ? len : 1);

	memcpy(copy, s, len);
	return (struct line){ copy, len, 0, 1 };
}

static void end_line(struct line *l)
{
	free((void *)(uintptr_t)l->s);
}

static void logs(void **state)
{
	static const struct {
		const char *line;
		bool known;
		unsigned year, month, day, second;
		const char *program, *message;
		int64_t pid;
	} cases[] = {
		{ "May  1 12:34:56 pc sshd[12]: Failed", true, 0, 5, 1, 45296, "sshd", "Failed",
		  12 },
		{ "Dec 31 00:00:00 pc kernel: x: y", true, 0, 12, 31, 0, "kernel", "x: y", -1 },
		{ "Dec 31 00:00:00 kernel: [997] x: y", true, 0, 12, 31, 0, "kernel", "[997] x: y",
		  -1 },
		{ "Feb 29 00:00:60 pc -- MARK --", true, 0, 2, 29, 60, "", "-- MARK --", -1 },
		{ "<34>Oct 11 22:14:15 pc su: 'su root'", true, 0, 10, 11, 80055, "su", "'su root'",
		  -1 },
		{ "2024-02-29T01:02:03Z pc a[7]: b", true, 2024, 2, 29, 3723, "a", "b", 7 },
		{ "2024-02-29 01:02:03,5 pc a[x]: b", true, 2024, 2, 29, 3723, "", "a[x]: b", -1 },
		{ "2024-05-01T12:34:56.123456789+02:00 pc a b: c", true, 2024, 5, 1, 45296, "",
		  "a b: c", -1 },
		{ "<165>1 2003-10-11T22:14:15.003Z pc su 12 ID47 [a@1 b=\"c\\\"]d\"][e] \xef\xbb\xbf"
		  "f: g",
		  true, 2003, 10, 11, 80055, "su", "f: g", 12 },
		{ "<34>1 2003-10-11T22:14:15Z - - - - - 'su root'", true, 2003, 10, 11, 80055, "",
		  "'su root'", -1 },
		{ "<34>1 2003-10-11T22:14:15Z pc su", true, 2003, 10, 11, 80055, "su", "", -1 },
		{ "<34>1 2003-10-11T22:14:15Z pc a main - [b", true, 2003, 10, 11, 80055, "a", "",
		  -1 },
		{ "<34>1 - pc su - - - x", false, 0, 0, 0, 0, "", "", -1 },
		{ "1 2003-10-11T22:14:15Z pc su - - - x", false, 0, 0, 0, 0, "", "", -1 },
		{ "May  1 12:34:56 ", true, 0, 5, 1, 45296, "", "", -1 },
		{ "May 32 12:34:56 pc a: b", false, 0, 0, 0, 0, "", "", -1 },
		{ "Mai  1 12:34:56 pc a: b", false, 0, 0, 0, 0, "", "", -1 },
		{ "May  1 24:34:56 pc a: b", false, 0, 0, 0, 0, "", "", -1 },
		{ "May  1 12:34:56", false, 0, 0, 0, 0, "", "", -1 },
		{ "2023-02-29T01:02:03Z pc a: b", false, 0, 0, 0, 0, "", "", -1 },
		{ "2024-02-29T01:02:03", false, 0, 0, 0, 0, "", "", -1 },
		{ "2024-02-29T01:02:03+2 p", false, 0, 0, 0, 0, "", "", -1 },
		{ "", false, 0, 0, 0, 0, "", "", -1 },
	};
	struct syslog_record r;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct line l = line_of(cases[i].line);

		if (syslog_parse(&l, &r) != cases[i].known)
			fail_msg("%s", cases[i].line);
		if (cases[i].known) {
			assert_int_equal(r.year, cases[i].year);
			assert_int_equal(r.month, cases[i].month);
			assert_int_equal(r.day, cases[i].day);
			assert_int_equal(r.second, cases[i].second);
			assert_int_equal(r.program.len, strlen(cases[i].program));
			if (!span_is(r.message, cases[i].message))
				fail_msg("%s: %.*s", cases[i].line, (int)r.message.len,
					 r.message.s);
			assert_int_equal(r.has_pid ? (int64_t)r.pid : -1, cases[i].pid);
		}
		end_line(&l);
	}
	struct line l = line_of("2024-05-01T12:34:56.123456789-02:30 p");
	assert_true(syslog_parse(&l, &r));
	assert_int_equal(r.ns, 123456789);
	assert_int_equal(r.digits, 9);
	assert_int_equal(r.zone_s, -9000);
	end_line(&l);
}

static void years(void **state)
{
	struct syslog_years y = { 0 };
	static const unsigned months[] = { 11, 12, 1, 2, 1, 6, 12, 1 };
	(void)state;

	for (size_t i = 0; i < sizeof(months) / sizeof(*months); i++)
		syslog_years(&y, &(struct syslog_record){ .month = months[i], .day = 1 });
	assert_int_equal(y.turns, 2);
	/* A clock that begins in February with each start, until it is set. */
	static const unsigned starts[][2] = { { 11, 20 }, { 2, 14 }, { 11, 20 }, { 2, 14 },
					      { 12, 1 },  { 1, 1 },  { 2, 14 },  { 7, 31 },
					      { 12, 24 }, { 1, 2 },  { 12, 30 } };
	static const unsigned turns[] = { 0, 1, 0, 1, 0, 1, 1, 1, 1, 2, 1 };
	y = (struct syslog_years){ 0 };
	for (size_t i = 0; i < sizeof(turns) / sizeof(*turns); i++) {
		syslog_years(&y,
			     &(struct syslog_record){ .month = starts[i][0], .day = starts[i][1] });
		assert_int_equal(y.turns, turns[i]);
	}
	assert_int_equal(syslog_year_before(3, 5, date_day(2024, 3, 5)), 2024);
	assert_int_equal(syslog_year_before(3, 6, date_day(2024, 3, 5)), 2023);
	assert_int_equal(syslog_year_before(4, 1, date_day(2024, 3, 5)), 2023);
	assert_int_equal(syslog_year_before(2, 29, date_day(2024, 3, 5)), 2024);
}

static void crontabs(void **state)
{
	static const struct {
		const char *line;
		bool with_user;
		enum cron_kind kind;
		const char *user, *command, *name, *value;
	} cases[] = {
		{ "", true, CRON_NOTHING, "", "", "", "" },
		{ "  # 1 2 3 4 5 root x", true, CRON_NOTHING, "", "", "", "" },
		{ "1 2 3 4 5 root x -y  z ", true, CRON_JOB, "root", "x -y  z", "", "" },
		{ "1 2 3 4 5 root x", false, CRON_JOB, "", "root x", "", "" },
		{ "-*/5 2 3 4 5 root x", true, CRON_JOB, "root", "x", "", "" },
		{ "@daily root x", true, CRON_JOB, "root", "x", "", "" },
		{ "@reboot x=1 y", false, CRON_JOB, "", "x=1 y", "", "" },
		{ "A=1", true, CRON_ENVIRONMENT, "", "", "A", "1" },
		{ " 'B' = \"x y\" ", true, CRON_ENVIRONMENT, "", "", "B", "x y" },
		{ "C=", true, CRON_ENVIRONMENT, "", "", "C", "" },
		{ "1 2 3 4 5 root", true, CRON_UNKNOWN, "", "", "", "" },
		{ "1 2 3 4", false, CRON_UNKNOWN, "", "", "", "" },
		{ "1 2 3 4 $5 root x", true, CRON_UNKNOWN, "", "", "", "" },
		{ "a b=1", true, CRON_UNKNOWN, "", "", "", "" },
		{ "=1", true, CRON_UNKNOWN, "", "", "", "" },
		{ "-", true, CRON_UNKNOWN, "", "", "", "" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct line l = line_of(cases[i].line);
		struct cron_line c;

		if (cron_parse(&l, cases[i].with_user, &c) != cases[i].kind)
			fail_msg("%s", cases[i].line);
		if (cases[i].kind == CRON_JOB || cases[i].kind == CRON_ENVIRONMENT)
			assert_true(span_is(c.user, cases[i].user) &&
				    span_is(c.command, cases[i].command) &&
				    span_is(c.name, cases[i].name) &&
				    span_is(c.value, cases[i].value));
		end_line(&l);
	}
}

static bool add_setting(void *ctx, const struct unit_setting *u, struct error *e)
{
	(void)e;
	text_addf(ctx, "%llu[%.*s]%.*s=%.*s(%s);", u->line + 0ULL, (int)u->section.len,
		  u->section.s, (int)u->key.len, u->key.s,
		  (int)(u->value.len < 99 ? u->value.len : 99), u->value.s,
		  u->purpose ? u->purpose : "");
	return true;
}

static void units(void **state)
{
	static const struct {
		const char *text, *want;
		size_t problems, len; /* len: if there are zeros in it */
	} cases[] = {
		/* As systemd 252 reads them: what such an end hid was run. */
		{ "[S]\nA=b\\\\\nExecStart=c\\\\\\\nd",
		  "2[S]A=b\\\\();3[S]ExecStart=c\\\\ d(start);", 0, 0 },
		{ "[S]\nA=b\rExecStart=c\nB=d", "2[S]A=b();2[S]ExecStart=c(start);3[S]B=d();", 0,
		  0 },
		{ "[S]\nA=b\0ExecStart=c\nB=d\\\0\ne",
		  "2[S]A=b();2[S]ExecStart=c(start);3[S]B=d e();", 0, 27 },
		{ "[S]\nA=b\\\r\rExecStart=c\\\0\rd", "2[S]A=b();2[S]ExecStart=c d(start);", 0,
		  25 },
		{ "\xef\xbb\xbf[S]\nA=b", "2[S]A=b();", 0, 0 },
		{ "[Timer]\nOnCalendar = daily\n", "2[Timer]OnCalendar=daily(trigger);", 0, 0 },
		{ "Early=1\n[A]\n\n ;x\n#x\nB=\n", "1[]Early=1();6[A]B=();", 0, 0 },
		{ "[S]\nExecStart=a \\\n;c\n b\\\n\nUser=u",
		  "2[S]ExecStart=a   b(start);6[S]User=u(identity);", 0, 0 },
		{ "[S]\nnonsense\nAlias=x", "3[S]Alias=x(install);", 1, 0 },
		{ "[S]\nK=v\\", "2[S]K=v();", 0, 0 },
		{ "[S\nK=v", "2[]K=v();", 1, 0 },
	};
	struct text in = { 0 }, out = { 0 };
	struct seen s = { 0 };
	const struct parse_problems problems = { problem, &s };
	struct error e = { 0 };
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		s.problems = 0;
		text_clear(&in);
		text_clear(&out);
		text_add_n(&in, cases[i].text, cases[i].len ? cases[i].len : strlen(cases[i].text));
		const struct partition_source source = source_of(&in);
		assert_true(unit_parse(&source, &problems, add_setting, &out, &e));
		assert_string_equal(text_end(&out), cases[i].want);
		assert_int_equal(s.problems, cases[i].problems);
	}
	/* Lines that never end. */
	text_clear(&in);
	text_clear(&out);
	text_add(&in, "K=");
	for (size_t i = 0; i < 40000; i++)
		text_add(&in, "0123456789012345678901234567890123456789\\\n");
	s.problems = 0;
	const struct partition_source source = source_of(&in);
	assert_true(unit_parse(&source, &problems, add_setting, &out, &e));
	assert_int_equal(s.problems, 1);
	assert_true(out.len > 99);
	text_release(&in);
	text_release(&out);
}

static void passwords(void **state)
{
	static const struct {
		const char *field;
		enum password_kind kind;
		bool locked;
		const char *algorithm;
	} cases[] = {
		{ "", PASSWORD_NONE, false, NULL },
		{ "x", PASSWORD_SHADOW, false, NULL },
		{ "*", PASSWORD_UNUSABLE, false, NULL },
		{ "!", PASSWORD_UNUSABLE, true, NULL },
		{ "!!", PASSWORD_UNUSABLE, true, NULL },
		{ "!*", PASSWORD_UNUSABLE, true, NULL },
		{ "*LK*", PASSWORD_UNUSABLE, false, NULL },
		{ "$1$a$b", PASSWORD_SET, false, "md5crypt" },
		{ "$2b$12$a", PASSWORD_SET, false, "bcrypt" },
		{ "$5$a$b", PASSWORD_SET, false, "sha256crypt" },
		{ "!$6$a$b", PASSWORD_SET, true, "sha512crypt" },
		{ "$y$j9T$a$b", PASSWORD_SET, false, "yescrypt" },
		{ "$gy$j9T$a$b", PASSWORD_SET, false, "gost-yescrypt" },
		{ "$7$a", PASSWORD_SET, false, "scrypt" },
		{ "abJnggxhB/yWI", PASSWORD_SET, false, "descrypt" },
		{ "abJnggxhB/yW", PASSWORD_SET, false, "unknown" },
		{ "abJnggxhB:yWI", PASSWORD_SET, false, "unknown" },
		{ "$99$a", PASSWORD_SET, false, "unknown" },
	};
	struct span f[3];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct password p;
		struct line l = line_of(cases[i].field);

		password_of((struct span){ l.s, l.len }, &p);
		if (p.kind != cases[i].kind || p.locked != cases[i].locked)
			fail_msg("%s", cases[i].field);
		if (cases[i].algorithm)
			assert_string_equal(p.algorithm, cases[i].algorithm);
		else
			assert_null(p.algorithm);
		end_line(&l);
	}
	struct line l = line_of("a::c:d");
	assert_int_equal(passwd_split(&l, f, 3), 4);
	assert_true(span_is(f[0], "a") && f[1].s && !f[1].len && span_is(f[2], "c"));
	end_line(&l);
	l = line_of("a:");
	assert_int_equal(passwd_split(&l, f, 3), 2);
	assert_true(f[1].s && !f[2].s);
	end_line(&l);
}

/* The bytes 0 to 31 as an Ed25519 key; the fingerprint is of ssh-keygen. */
#define KEY "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
#define PRINT "SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA"

static void keys(void **state)
{
	static const struct {
		const char *line;
		enum key_kind kind;
		const char *options, *comment;
	} cases[] = {
		{ "", KEY_NOTHING, "", "" },
		{ "# ssh-ed25519 " KEY, KEY_NOTHING, "", "" },
		{ "ssh-ed25519 " KEY, KEY_WHOLE, "", "" },
		{ " ssh-ed25519\t" KEY "  anna at home ", KEY_WHOLE, "", "anna at home" },
		{ "no-pty ssh-ed25519 " KEY " x", KEY_WHOLE, "no-pty", "x" },
		{ "command=\"a b\",from=\"\\\"c d\" ssh-ed25519 " KEY, KEY_WHOLE,
		  "command=\"a b\",from=\"\\\"c d\"", "" },
		{ "ssh-ed25519 " KEY "=", KEY_WHOLE, "", "" },
		{ "ssh-ed25519", KEY_DAMAGED, "", "" },
		{ "ssh-ed25519 AAAA", KEY_DAMAGED, "", "" },
		{ "ssh-ed25519 !" KEY, KEY_DAMAGED, "", "" },
		{ "ssh-rsa " KEY, KEY_DAMAGED, "", "" },
		{ "ssh-ed2551 " KEY, KEY_DAMAGED, "", "" },
		{ "ssh-ed25519 " KEY "A", KEY_DAMAGED, "", "" },
		{ "command=\"never ends ssh-ed25519 " KEY, KEY_DAMAGED,
		  "command=\"never ends ssh-ed25519 " KEY, "" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct line l = line_of(cases[i].line);
		struct authorized_key k;

		if (authorized_key_parse(&l, &k) != cases[i].kind)
			fail_msg("%s", cases[i].line);
		assert_string_equal(k.fingerprint, cases[i].kind == KEY_WHOLE ? PRINT : "");
		assert_true(span_is(k.options, cases[i].options));
		assert_true(span_is(k.comment, cases[i].comment));
		end_line(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines), cmocka_unit_test(logs),
		cmocka_unit_test(years), cmocka_unit_test(crontabs),
		cmocka_unit_test(units), cmocka_unit_test(passwords),
		cmocka_unit_test(keys),  cmocka_unit_test(zeros_in_logs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
