/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logins of Linux, in files of both kinds. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <utmp.h>

#include <cmocka.h>

#include "bytes.h"
#include "triage/parse/utmp.h"

extern const struct format format_utmp;

static void put_record(struct bytes *b, int type, const char *user, const char *host,
		       const void *ip)
{
	struct utmp u = { .ut_type = (short)type, .ut_pid = -5, .ut_session = 17 };

	memcpy(u.ut_line, "pts/0", 5);
	memcpy(u.ut_id, "ts/0", 4);
	memcpy(u.ut_user, user, strlen(user));
	memcpy(u.ut_host, host, strlen(host));
	u.ut_exit.e_termination = 1;
	u.ut_exit.e_exit = -2;
	u.ut_tv.tv_sec = 1700000000;
	u.ut_tv.tv_usec = 1234;
	memcpy(u.ut_addr_v6, ip, 16);
	assert_int_equal(sizeof(u), UTMP_RECORD_BYTES);
	put_n(b, &u, sizeof(u));
}

#define V4 "\xc0\0\2\1\0\0\0\0\0\0\0\0\0\0\0\0"
#define V6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
#define NONE "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define JSON(type, user, host, ip)                                                                 \
	"{\"written_time\":\"2023-11-14T22:13:20.001234Z\",\"type\":\"" type                       \
	"\",\"username\":\"" user                                                                  \
	"\",\"terminal\":\"pts/0\",\"terminal_identifier\":\"ts/0\",\"hostname\":\"" host          \
	"\",\"ip_address\":" ip ",\"pid\":-5,\"session\":17,\"termination_status\":1,"             \
	"\"exit_status\":-2"

static void records(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	put_record(&b, USER_PROCESS, "alice", "evil.example", V4);
	put_zeros(&b, UTMP_RECORD_BYTES); /* nothing was ever here */
	put_record(&b, DEAD_PROCESS, "", "h", V6);
	put_record(&b, BOOT_TIME, "12345678901234567890123456789012", "\x1b[31m", NONE);
	const char *want =
		JSON("USER_PROCESS", "alice", "evil.example", "\"192.0.2.1\"") "}\n" JSON(
			"DEAD_PROCESS", "", "h",
			"\"2001:db8::1\"") "}\n" JSON("BOOT_TIME",
						      "12345678901234567890123456789012",
						      "\\u001b[31m", "null") "}\n";
	JSON_IS(&format_utmp, &b, "wtmp", want);
	struct outcome x = outcome_of(&format_utmp, &b, "btmp.1", EMIT_JSONL);
	assert_non_null(strstr(x.lines.s, "\"exit_status\":-2,\"failed_login\":true}\n"));
	outcome_release(&x);
	/* Cut off, and one in the middle that can be none: the others are read. */
	b.len--;
	set_le(&b, UTMP_RECORD_BYTES, 99, 2);
	b.at[UTMP_RECORD_BYTES + 70] = 'x';
	x = outcome_of(&format_utmp, &b, "wtmp", EMIT_JSONL);
	assert_true(x.ok);
	assert_non_null(strstr(x.problems.s, "384: what stands here can be no record"));
	assert_non_null(strstr(x.problems.s, "1152: the last record is cut off"));
	assert_non_null(strstr(x.lines.s, "alice"));
	assert_non_null(strstr(x.lines.s, "DEAD_PROCESS"));
	outcome_release(&x);
	bytes_release(&b);
}

/* A type or microseconds that cannot be hide no login; seconds have no sign. */
static void what_is_odd(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	put_record(&b, USER_PROCESS, "mallory", "h", NONE);
	put_record(&b, 12, "eve", "h", NONE);
	set_le(&b, 340, 4000000000u, 4);
	set_le(&b, 344, 1000000, 4);
	struct outcome x = outcome_of(&format_utmp, &b, "wtmp", EMIT_JSONL);
	assert_true(x.ok);
	assert_string_equal(text_end(&x.problems),
			    "0: a record has a type or microseconds that cannot be\n");
	assert_non_null(strstr(x.lines.s, "{\"written_time\":\"2096-10-02T07:06:40.000000Z\","
					  "\"type\":\"USER_PROCESS\",\"username\":\"mallory\""));
	assert_non_null(strstr(x.lines.s, "\"type\":\"12\",\"username\":\"eve\""));
	outcome_release(&x);
	/* Out of step: said, though what stands there can be a record. */
	set_le(&b, 344, 0, 4);
	set_le(&b, UTMP_RECORD_BYTES, USER_PROCESS, 2);
	b.at[UTMP_RECORD_BYTES + 75] = 'x';
	x = outcome_of(&format_utmp, &b, "wtmp", EMIT_JSONL);
	assert_non_null(strstr(text_end(&x.problems), "384: a record has something behind"));
	assert_non_null(strstr(x.lines.s, "\"username\":\"eve\""));
	outcome_release(&x);
	bytes_release(&b);
}

static void put_wide(struct bytes *b, int type, const char *user, int64_t seconds)
{
	put_record(b, type, user, "h", NONE);
	b->len -= UTMP_RECORD_BYTES - 340;
	put_le(b, 0, 4); /* the other half of the session */
	put_le(b, (uint64_t)seconds, 8);
	put_le(b, 1234, 8);
	put_n(b, V4, 16);
	put_zeros(b, 24);
}

/* As arm64 and musl have them, with times of 64 bits. */
static void wide(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	put_wide(&b, USER_PROCESS, "alice", 1700000000);
	assert_int_equal(b.len, UTMP_WIDE_RECORD_BYTES);
	put_wide(&b, DEAD_PROCESS, "bob", 5000000000);
	struct outcome x = outcome_of(&format_utmp, &b, "wtmp", EMIT_JSONL);
	assert_string_equal(text_end(&x.problems), "");
	assert_non_null(
		strstr(x.lines.s, JSON("USER_PROCESS", "alice", "h", "\"192.0.2.1\"") "}\n"));
	assert_non_null(strstr(
		x.lines.s,
		"\"2128-06-11T08:53:20.001234Z\",\"type\":\"DEAD_PROCESS\",\"username\":\"bob\""));
	outcome_release(&x);
	b.len = 0;
	put_zeros(&b, 2 * LASTLOG_WIDE_RECORD_BYTES);
	set_le(&b, LASTLOG_WIDE_RECORD_BYTES, 5000000000, 8);
	memcpy(b.at + LASTLOG_WIDE_RECORD_BYTES + 8, "tty1", 4);
	JSON_IS(&format_utmp, &b, "lastlog",
		"{\"user_identifier\":1,\"last_login_time\":\"2128-06-11T08:53:20Z\",\"terminal\":\"tty1\","
		"\"hostname\":\"\"}\n");
	bytes_release(&b);
}

static void what_is_refused(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	JSON_IS(&format_utmp, &b, "wtmp", ""); /* as it is after a rotation */
	put_record(&b, 10, "a", "b", NONE);
	b.at[300] = 'x'; /* behind the end of the host */
	for (unsigned i = 0; i < 3; i++) {
		if (i == 1) { /* microseconds that are none */
			set_le(&b, 0, 7, 2);
			set_le(&b, 344, 1000000, 4);
		}
		if (i == 2)
			b.len = 100;
		struct outcome x = outcome_of(&format_utmp, &b, "wtmp", EMIT_JSONL);
		assert_false(x.ok);
		assert_int_equal(x.e.kind, ERROR_UNTRUSTED);
		outcome_release(&x);
	}
	/* Any bytes would be records of lastlog. */
	b.len = 0;
	put_n(&b, "SQLite format 3", 16);
	put_zeros(&b, 4080);
	struct outcome x = outcome_of(&format_utmp, &b, "lastlog2.db", EMIT_JSONL);
	assert_false(x.ok);
	assert_int_equal(x.e.kind, ERROR_UNTRUSTED);
	assert_non_null(strstr(x.e.text, "a database"));
	outcome_release(&x);
	bytes_release(&b);
}

/* The place is the user; more of them than are read at once. */
static void lastlog(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	put_zeros(&b, 1001 * LASTLOG_RECORD_BYTES);
	for (size_t user = 0; user <= 1000; user += 1000) {
		set_le(&b, user * LASTLOG_RECORD_BYTES, 4000000000u, 4);
		memcpy(b.at + user * LASTLOG_RECORD_BYTES + 4, "tty1", 4);
		memcpy(b.at + user * LASTLOG_RECORD_BYTES + 36, "host", 4);
	}
	JSON_IS(&format_utmp, &b, "lastlog",
		"{\"user_identifier\":0,\"last_login_time\":\"2096-10-02T07:06:40Z\",\"terminal\":\"tty1\","
		"\"hostname\":\"host\"}\n"
		"{\"user_identifier\":1000,\"last_login_time\":\"2096-10-02T07:06:40Z\",\"terminal\":\"tty1\","
		"\"hostname\":\"host\"}\n");
	bytes_release(&b);
}

/* What is out of step, or none at all, is printed, and said. */
static void lastlog_without_form(void **state)
{
	struct bytes b = { 0 };
	(void)state;

	put_zeros(&b, (size_t)3 * LASTLOG_RECORD_BYTES);
	set_le(&b, LASTLOG_RECORD_BYTES, 1700000000, 4);
	memcpy(b.at + LASTLOG_RECORD_BYTES + 4, "tty1\0\0\0x", 8);
	struct outcome x = outcome_of(&format_utmp, &b, "lastlog", EMIT_JSONL);
	assert_true(x.ok);
	assert_non_null(strstr(x.lines.s, "\"user_identifier\":1,"));
	assert_non_null(strstr(text_end(&x.problems), "292: a record has something behind"));
	outcome_release(&x);
	bytes_release(&b);
}

/* Sizes that both kinds can have, or none: the logins tell which it is, where there are any. */
static void lastlog_of_any_size(void **state)
{
	static const struct {
		size_t users, user, cut;
		bool wide;
	} cases[] = {
		{ 73, 0, 0, true },       { 73, 72, 0, true },      { 73 * 14, 1000, 0, true },
		{ 73 * 14, 5, 0, true },  { 74, 73, 0, false },     { 74 * 14, 1000, 0, false },
		{ 74 * 14, 5, 0, false }, { 1001, 999, 10, false }, { 1002, 999, 10, true },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const size_t record = cases[i].wide ? LASTLOG_WIDE_RECORD_BYTES
						    : LASTLOG_RECORD_BYTES;
		const size_t time = cases[i].wide ? 8 : 4, at = cases[i].user * record;
		struct bytes b = { 0 };
		char want[200];

		put_zeros(&b, cases[i].users * record - cases[i].cut);
		set_le(&b, at, 1700000000, time);
		memcpy(b.at + at + time, "pts/0", 5);
		memcpy(b.at + at + time + 32, "host", 4);
		snprintf(want, sizeof(want),
			 "{\"user_identifier\":%zu,\"last_login_time\":\"2023-11-14T22:13:20Z\","
			 "\"terminal\":\"pts/0\",\"hostname\":\"host\"}\n",
			 cases[i].user);
		struct outcome x = outcome_of(&format_utmp, &b, "lastlog", EMIT_JSONL);
		assert_string_equal(text_end(&x.lines), want);
		assert_int_equal(x.problems.len > 0, cases[i].cut > 0);
		outcome_release(&x);
		bytes_release(&b);
	}
}

#define LOGINS 520u /* more than are read at once */

/* Whether all logins but `lost` from `hit` on are read, in their order. */
static void expect_all_but(const struct bytes *b, unsigned hit, unsigned lost, const char *what)
{
	struct outcome x = outcome_of(&format_utmp, b, "wtmp", EMIT_JSONL);
	const char *at = text_end(&x.lines);

	assert_true(x.ok);
	for (unsigned i = 0; i < LOGINS; i++) {
		char user[32];

		if (i >= hit && i < hit + lost)
			continue;
		snprintf(user, sizeof(user), "\"username\":\"u%04u\"", i);
		const char *next = strstr(at, user);
		if (!next)
			fail_msg("%s at record %u: no %s; %s", what, hit, user,
				 text_end(&x.problems));
		at = next;
	}
	if (hit + 2 < LOGINS && !strstr(text_end(&x.problems), "out of step"))
		fail_msg("%s at record %u: %s", what, hit, text_end(&x.problems));
	outcome_release(&x);
}

/* Bytes that somebody took out, or put in, cost the logins around them and no others. */
static void out_of_step(void **state)
{
	static const unsigned records[] = { 0, 510, 518, 519 };
	static const size_t within[] = { 50, 370 }, counts[] = { 1, 383 };
	struct bytes whole[2] = { 0 };
	(void)state;

	for (unsigned i = 0; i < LOGINS; i++) {
		char user[8];

		snprintf(user, sizeof(user), "u%04u", i);
		put_record(&whole[0], USER_PROCESS, user, "h", V4);
		put_wide(&whole[1], USER_PROCESS, user, 1700000000);
	}
	for (size_t i = 0; i < 2 * 4 * 2 * 2; i++) {
		const struct bytes *from = &whole[i % 2];
		const size_t record_bytes = from->len / LOGINS;
		unsigned hit = records[i / 2 % 4];
		size_t at = hit * record_bytes + within[i / 8 % 2], n = counts[i / 16];
		size_t gone = n < from->len - at ? n : from->len - at;
		struct bytes b = { 0 };

		put_n(&b, from->at, at);
		put_n(&b, from->at + at + gone, from->len - at - gone);
		expect_all_but(&b, hit, within[i / 8 % 2] + n > record_bytes ? 2 : 1, "taken out");
		for (unsigned kind = 0; kind < 2; kind++) {
			b.len = 0;
			put_n(&b, from->at, at);
			for (size_t k = 0; k < n; k++)
				put_le(&b, kind ? 'x' : 0, 1);
			put_n(&b, from->at + at, from->len - at);
			expect_all_but(&b, hit, 1, kind ? "letters put in" : "zeros put in");
		}
		bytes_release(&b);
	}
	bytes_release(&whole[0]);
	bytes_release(&whole[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records),
		cmocka_unit_test(what_is_odd),
		cmocka_unit_test(wide),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(lastlog),
		cmocka_unit_test(out_of_step),
		cmocka_unit_test(lastlog_of_any_size),
		cmocka_unit_test(lastlog_without_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
