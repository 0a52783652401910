/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stick that is not ready yet is asked for once, and nobody waits for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "journal/store.h"

/* What the broker hears next; "" for nothing. */
static const char *heard(int broker, char out[256])
{
	ssize_t n = recv(broker, out, 255, MSG_DONTWAIT);

	out[n < 0 ? 0 : n] = '\0';
	for (ssize_t i = 0; i + 1 < n; i++)
		out[i] = out[i] ? out[i] : ' ';
	return out;
}

static void give_folder(int broker, const char *name)
{
	char bytes[64], control[CMSG_SPACE(sizeof(int))] = { 0 };
	int n = snprintf(bytes, sizeof(bytes), "type=folder%cfolder=%s", 0, name) + 1;
	struct iovec part = { bytes, (size_t)n };
	struct msghdr m = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	assert_int_equal(sendmsg(broker, &m, 0), n);
	close(fd);
}

static void waits_for_nobody(void **state)
{
	struct store s = STORE_NONE;
	struct error e = { 0 };
	char said[256];
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	s.by_broker = true;
	s.broker.fd = ends[0];
	s.patience_ms = 20;
	assert_false(store_hold(&s, &e));
	assert_non_null(strstr(e.text, "made ready"));
	assert_string_equal(heard(ends[1], said), "op=data folder=journal");
	store_let_go(&s); /* the writer does so after each failure */
	e = (struct error){ 0 };
	assert_false(store_hold(&s, &e));
	assert_string_equal(heard(ends[1], said), ""); /* it was asked already */
	give_folder(ends[1], "journal");
	give_folder(ends[1], "state");
	e = (struct error){ 0 };
	assert_true(store_hold(&s, &e));
	assert_true(s.journal >= 0 && s.state >= 0);
	assert_string_equal(heard(ends[1], said), "op=data folder=state");
	assert_int_equal(send(ends[1], "type=ok", 8, 0), 8);
	store_let_go(&s);
	assert_string_equal(heard(ends[1], said), "op=data-done");
	assert_int_equal(s.journal, -1);
	assert_int_equal(s.broker.fd, ends[0]);
	broker_close(&s.broker);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_for_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
