/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking the journal's writer: one that is busy keeps nobody waiting, and no answer is taken for
 * that of another question. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/crypto/digest.h"
#include "lib/journal/journal.h"

#define BOOT "0123456789abcdef0123456789abcdef"

/* The client's end of a socket, and the writer's, that the test plays. */
struct line {
	struct journal client;
	int writer;
};

static struct line connect_line(void)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	return (struct line){ .client = { .fd = ends[0] }, .writer = ends[1] };
}

static void disconnect(struct line *l)
{
	journal_close(&l->client);
	close(l->writer);
}

/* How many questions have come. */
static unsigned questions(struct line *l)
{
	char bytes[MESSAGE_MAX];
	unsigned count = 0;

	while (recv(l->writer, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		count++;
	return count;
}

static void answer(struct line *l, const struct message *m)
{
	assert_int_equal(send(l->writer, m->bytes, m->len, 0), m->len);
}

static void answer_status(struct line *l, uint64_t total)
{
	char head[2 * sizeof(struct digest) + 1];
	struct message m;

	memset(head, '0', sizeof(head) - 1);
	head[sizeof(head) - 1] = '\0';
	message_start(&m, "type", "status");
	message_add(&m, "boot", BOOT);
	message_add_number(&m, "entries", 1);
	message_add_number(&m, "total", total);
	message_add_number(&m, "waiting", 0);
	message_add_number(&m, "stored", 1);
	message_add(&m, "head", head);
	answer(l, &m);
}

static void answer_done(struct line *l, uint64_t sequence)
{
	struct message m;

	message_start(&m, "type", "done");
	message_add(&m, "boot", BOOT);
	message_add_number(&m, "sequence", sequence);
	message_add_number(&m, "stored", 1);
	answer(l, &m);
}

static void busy_writer_answers_later(void **state)
{
	struct line l = connect_line();
	struct journal_status s = { 0 };
	struct error e = { 0 };
	bool known = true;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		assert_true(journal_look(&l.client, &s, &known, &e));
		assert_false(known);
	}
	assert_int_equal(questions(&l), 1);
	answer_status(&l, 7);
	assert_true(journal_look(&l.client, &s, &known, &e));
	assert_true(known);
	assert_true(s.stored);
	assert_int_equal(s.total, 7);
	disconnect(&l);
}

static void late_answer_is_not_the_next_one(void **state)
{
	struct line l = connect_line();
	struct journal_status s = { 0 };
	struct journal_receipt r = { 0 };
	struct error e = { 0 };
	struct message m;
	bool known;

	(void)state;
	assert_true(journal_look(&l.client, &s, &known, &e));
	answer_status(&l, 7);
	answer_done(&l, 42);
	message_start(&m, "kind", "system");
	assert_true(journal_append(&l.client, &m, &r, &e));
	assert_int_equal(r.sequence, 42);
	assert_int_equal(questions(&l), 2);
	/* And nothing is left over. */
	assert_true(journal_look(&l.client, &s, &known, &e));
	assert_false(known);
	disconnect(&l);
}

static void writer_that_is_gone_is_an_error(void **state)
{
	struct line l = connect_line();
	struct journal_status s = { 0 };
	struct error e = { 0 };
	bool known;

	(void)state;
	assert_true(journal_look(&l.client, &s, &known, &e));
	close(l.writer);
	assert_false(journal_look(&l.client, &s, &known, &e));
	assert_true(e.kind);
	journal_close(&l.client);
	assert_int_equal(l.client.fd, -1);
	assert_false(l.client.asked);
}

/* One that was waited for in vain is not taken for that of the next question either, nor is
 * anything after an answer that is none. */
static void given_up_answer_is_not_the_next_one(void **state)
{
	const struct timeval limit = { .tv_usec = 50000 };
	struct line l = connect_line();
	struct journal_receipt r;
	struct error e = { 0 };
	struct message m;

	(void)state;
	assert_int_equal(setsockopt(l.client.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)),
			 0);
	message_start(&m, "kind", "system");
	assert_false(journal_append(&l.client, &m, &r, &e));
	assert_int_equal(l.client.fd, -1);
	disconnect(&l);
	l = connect_line();
	assert_int_equal(send(l.writer, "type", 5, 0), 5);
	e = (struct error){ 0 };
	assert_false(journal_append(&l.client, &m, &r, &e));
	assert_int_equal(l.client.fd, -1);
	disconnect(&l);
}

/* A refusal is an answer: the connection stays. */
static void refusal_is_an_answer(void **state)
{
	struct line l = connect_line();
	struct journal_receipt r;
	struct error e = { 0 };
	struct message m;

	(void)state;
	message_start(&m, "type", "error");
	message_add(&m, "text", "no");
	answer(&l, &m);
	message_start(&m, "kind", "system");
	assert_false(journal_append(&l.client, &m, &r, &e));
	assert_true(l.client.fd >= 0);
	answer_done(&l, 42);
	e = (struct error){ 0 };
	assert_true(journal_append(&l.client, &m, &r, &e));
	disconnect(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(busy_writer_answers_later),
		cmocka_unit_test(late_answer_is_not_the_next_one),
		cmocka_unit_test(writer_that_is_gone_is_an_error),
		cmocka_unit_test(given_up_answer_is_not_the_next_one),
		cmocka_unit_test(refusal_is_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
