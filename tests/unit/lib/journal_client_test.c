/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client of the writer: what an answer may be, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/journal/journal.h"

#define BOOT32 "0123456789abcdef0123456789abcdef"

static void say(int writer, const char *bytes, size_t len)
{
	assert_int_equal(send(writer, bytes, len, 0), len);
}
#define SAY(writer, words) say(writer, words, sizeof(words))

static void connect_to(struct journal *j, int *writer)
{
	const struct timeval limit = { .tv_usec = 50000 };
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
	j->fd = ends[0];
	*writer = ends[1];
}

static bool enter(struct journal *j, struct journal_receipt *r)
{
	struct error e = { 0 };
	struct message m;

	message_start(&m, "kind", "step");
	return journal_append(j, &m, r, &e);
}

static void test_done(void **state)
{
	struct journal_receipt r;
	struct journal j;
	int writer;

	(void)state;
	connect_to(&j, &writer);
	SAY(writer, "type=done\0boot=" BOOT32 "\0sequence=7\0stored=1");
	assert_true(enter(&j, &r));
	assert_int_equal(r.sequence, 7);
	assert_true(r.stored);
	SAY(writer, "type=error\0text=no\0about=");
	assert_false(enter(&j, &r));
	assert_true(j.fd >= 0); /* a refusal is an answer */
	journal_close(&j);
	close(writer);
}

/* An answer that comes too late is not taken for that to the next question. */
static void test_late(void **state)
{
	static const char late[] = "type=done\0boot=" BOOT32 "\0sequence=7\0stored=1";
	struct journal_receipt r;
	struct journal j;
	int writer;

	(void)state;
	connect_to(&j, &writer);
	assert_false(enter(&j, &r));
	(void)!send(writer, late, sizeof(late), MSG_NOSIGNAL);
	assert_false(enter(&j, &r));
	assert_int_equal(j.fd, -1);
	close(writer);
}

static void test_malformed(void **state)
{
	struct journal_receipt r;
	struct journal j;
	int writer;

	(void)state;
	connect_to(&j, &writer);
	SAY(writer, "type");
	assert_false(enter(&j, &r));
	assert_int_equal(j.fd, -1);
	close(writer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_done),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
