/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client against answers of a broker that lies; and the messages themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/disk/broker.h"
#include "lib/data/message.h"
#include "descriptors.h"

#define S(text) text, sizeof(text) /* with the NUL that ends the last string */

static void messages(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t len;
		const char *want; /* part of the refusal, or NULL if it is taken */
	} tests[] = {
		{ "one", S("op=ping"), NULL },
		{ "two", S("op=open\0disk=sda"), NULL },
		{ "equals in value", S("op=a=b"), NULL },
		{ "empty value", S("op="), NULL },
		{ "nothing", "", 0, "empty or too long" },
		{ "no end", "op=ping", 7, "ends within" },
		{ "empty string", S("op=ping\0"), "KEY=VALUE" },
		{ "no equals", S("op=ping\0disk"), "KEY=VALUE" },
		{ "no key", S("op=ping\0=x"), "KEY=VALUE" },
		{ "digit first", S("op=ping\0001a=x"), "KEY=VALUE" },
		{ "long key", S("op=x\0abcdefghijklmnopqrstuvwxyzabcdefg=x"), "KEY=VALUE" },
		{ "twice", S("op=ping\0a=1\0a=2"), "twice" },
		{ "first twice", S("op=ping\0op=ping"), "twice" },
		{ "other first", S("type=ok"), "does not begin" },
		{ "longer first", S("opp=ok"), "does not begin" },
		{ "not UTF-8", S("op=\xff"), "UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct message m;
		struct error e = { 0 };
		bool ok = message_parse(&m, "op", tests[i].bytes, tests[i].len, &e);

		if (ok != !tests[i].want || (!ok && !strstr(e.text, tests[i].want)))
			fail_msg("%s: %s", tests[i].name, ok ? "taken" : e.text);
	}
}

static void message_limits(void **state)
{
	char big[MESSAGE_MAX + 1];
	struct message m, again;
	struct error e = { 0 };

	(void)state;
	memset(big, 'x', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	message_start(&m, "op", "a");
	message_add(&m, "key", big);
	assert_true(m.overflow);
	big[MESSAGE_MAX - 5 - 5] = '\0'; /* "op=a" NUL, "key=" NUL: fits to the byte */
	message_start(&m, "op", "a");
	message_add(&m, "key", big);
	assert_false(m.overflow);
	assert_int_equal(m.len, MESSAGE_MAX);
	assert_true(message_parse(&again, "op", m.bytes, m.len, &e));
	message_add(&m, "a", "");
	assert_true(m.overflow);

	message_start(&m, "op", "a");
	message_add_foreign(&m, "v", "  Evil\033[2J\xff \n");
	assert_string_equal(message_text(&m, "v"), "Evil\xef\xbf\xbd[2J\xef\xbf\xbd");
	big[MESSAGE_MAX - 20] = '\0';
	message_add_foreign(&m, "long", big);
	assert_int_equal(strlen(message_text(&m, "long")), MESSAGE_DEVICE_TEXT);
	assert_null(message_get(&m, "lon"));
}

static void message_numbers(void **state)
{
	static const struct {
		const char *value;
		bool want;
	} tests[] = {
		{ "0", true },
		{ "7", true },
		{ "18446744073709551615", true },
		{ "", false },
		{ "-1", false },
		{ "18446744073709551616", false },
		{ "007", false },
		{ "1 ", false },
		{ "0x1", false },
		{ "99999999999999999999999", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct message m;
		uint64_t n = 1;

		message_start(&m, "op", "a");
		message_add(&m, "n", tests[i].value);
		if (message_number(&m, "n", UINT64_MAX, &n) != tests[i].want)
			fail_msg("'%s'", tests[i].value);
	}
}

/* A client whose broker already said `bytes` in these datagrams and left. */
static struct broker answered(const char *const *strings, const size_t *lens, size_t n)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(send(pair[1], strings[i], lens[i], 0), lens[i]);
	shutdown(pair[1], SHUT_WR);
	/* The far end stays open, or asking would fail before the answer is read. */
	return (struct broker){ .fd = pair[0] };
}

#define DISK                                                                                       \
	"type=disk\0name=sda\0size=1\0logical=512\0physical=512\0removable=0\0locked=1\0written=0\0stick=0"

static void lying_brokers(void **state)
{
	static const struct {
		const char *name;
		struct {
			const char *bytes;
			size_t len;
		} say[3];
		const char *want;
	} tests[] = {
		{ "good", { { S(DISK) }, { S("type=end\0searching=0") } }, NULL },
		{ "new key", { { S(DISK "\0later=1") }, { S("type=end\0searching=0") } }, NULL },
		{ "leaves", { { S(DISK) } }, "ended the connection" },
		{ "no NUL", { { "type=end\0searching=0", 20 } }, "ends within" },
		{ "no searching", { { S("type=end") } }, "malformed" },
		{ "not a number", { { S("type=disk\0name=sda\0size=x") } }, "malformed" },
		{ "yes and no", { { S(DISK) }, { S("type=end\0searching=2") } }, "malformed" },
		{ "part without disk",
		  { { S("type=partition\0disk=sda\0number=1\0first=0\0size=0") } },
		  "malformed" },
		{ "part of another",
		  { { S(DISK) }, { S("type=partition\0disk=sdb\0number=1\0first=0\0size=0") } },
		  "malformed" },
		{ "unknown type", { { S("type=surprise") } }, "not the one expected" },
		{ "an error", { { S("type=error\0text=no luck\0about=sda") } }, "no luck (sda)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		const char *strings[3];
		size_t lens[3], n = 0;
		struct broker_disks d;
		struct arena a = { 0 };
		struct error e = { 0 };

		for (; n < 3 && tests[i].say[n].bytes; n++) {
			strings[n] = tests[i].say[n].bytes;
			lens[n] = tests[i].say[n].len;
		}
		struct broker b = answered(strings, lens, n);
		bool ok = broker_disks(&b, &a, &d, &e);
		if (ok != !tests[i].want || (!ok && !strstr(e.text, tests[i].want)))
			fail_msg("%s: %s", tests[i].name, ok ? "taken" : e.text);
		if (ok) {
			assert_int_equal(d.count, 1);
			assert_string_equal(d.disks[0].name, "sda");
			assert_true(d.disks[0].locked);
		}
		broker_close(&b);
		arena_release(&a);
	}
}

/* What was not answered in time may be answered yet: not to the next question. */
static void late_answers(void **state)
{
	static const char ok[] = "type=ok";
	const struct timeval soon = { .tv_usec = 20000 };
	struct broker b = BROKER_NONE;
	struct error e = { 0 };
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	assert_int_equal(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon)), 0);
	b.fd = pair[0];
	assert_false(broker_keyboard(&b, "de", &e));
	assert_non_null(strstr(e.text, "does not answer"));
	(void)!send(pair[1], ok, sizeof(ok), MSG_NOSIGNAL);
	e = (struct error){ 0 };
	assert_false(broker_font(&b, 1, &e));
	assert_int_equal(b.fd, -1);
	close(pair[1]);
	/* A refusal is an answer. */
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	b.fd = pair[0];
	say(pair[1], S("type=error\0text=no luck\0about="), -1);
	assert_false(broker_font(&b, 1, &e));
	assert_int_equal(b.fd, pair[0]);
	broker_close(&b);
	close(pair[1]);
}

static struct broker gives(const char *answer, size_t len, int descriptor)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	say(pair[1], answer, len, descriptor);
	return (struct broker){ .fd = pair[0] };
}

#define DISK_OPEN "type=disk-open\0disk=sda"
#define FOLDER "type=folder\0folder=evidence"

static void descriptors(void **state)
{
	int readable = open("/dev/null", O_RDONLY), writable = open("/dev/null", O_RDWR);
	struct error e = { 0 };
	struct broker b = gives(S(DISK_OPEN), readable);
	int fd = broker_open_disk(&b, "sda", &e);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	close(fd);
	broker_close(&b);
	b = gives(S(DISK_OPEN), writable);
	assert_int_equal(broker_open_disk(&b, "sda", &e), -1);
	assert_non_null(strstr(e.text, "not read-only"));
	broker_close(&b);
	e = (struct error){ 0 };
	b = gives(S(DISK_OPEN), -1);
	assert_int_equal(broker_open_disk(&b, "sda", &e), -1);
	assert_non_null(strstr(e.text, "malformed"));
	broker_close(&b);
	close(readable);
	close(writable);
}

/* What comes is a place; what is handed on is a folder opened with our own rights. */
static void folders(void **state)
{
	int place = open("/", O_PATH | O_DIRECTORY), file = open("/dev/null", O_RDONLY);
	struct error e = { 0 };
	struct broker b = gives(S(FOLDER), place);
	int fd = broker_data(&b, "evidence", &e);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFL) & (O_PATH | O_ACCMODE), O_RDONLY);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	close(fd);
	broker_close(&b);
	b = gives(S(FOLDER), file); /* no folder */
	assert_int_equal(broker_medium(&b, "sdb", 1, ACCESS_READ, &e), -1);
	assert_non_null(strstr(e.text, "cannot open the folder"));
	broker_close(&b);
	e = (struct error){ 0 };
	b = gives(S(FOLDER), -1);
	assert_int_equal(broker_data(&b, "evidence", &e), -1);
	assert_non_null(strstr(e.text, "malformed"));
	broker_close(&b);
	e = (struct error){ 0 };
	b = gives(S("type=error\0text=no luck\0about="), -1);
	assert_int_equal(broker_data(&b, "evidence", &e), -1);
	assert_string_equal(e.text, "no luck");
	broker_close(&b);
	close(place);
	close(file);
}

static void networks(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *want; /* the address, or NULL: malformed */
	} tests[] = {
		{ S("type=network\0state=up\0interface=eth0\0address=192.168.7.20/24\0how=dhcp\0note="),
		  "192.168.7.20/24" },
		{ S("type=network\0state=starting"), "" },
		{ S("type=network\0state=maybe"), NULL },
		{ S("type=network"), NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct broker_network n;
		struct error e = { 0 };
		struct broker b = gives(tests[i].bytes, tests[i].len, -1);
		bool ok = broker_network(&b, &n, &e);

		if (ok != (tests[i].want != NULL) || (ok && strcmp(n.address, tests[i].want) != 0))
			fail_msg("%zu: %s", i, ok ? n.address : e.text);
		broker_close(&b);
	}
}

static void no_broker(void **state)
{
	struct broker b = BROKER_NONE;
	struct error e = { 0 };
	char far[200];

	(void)state;
	setenv("BLACKSTART_BROKER", "/nonexistent/broker", 1);
	assert_false(broker_connect(&b, &e));
	assert_non_null(strstr(e.text, "/nonexistent/broker"));
	assert_int_equal(b.fd, -1);
	memset(far, 'x', sizeof(far));
	far[sizeof(far) - 1] = '\0';
	setenv("BLACKSTART_BROKER", far, 1);
	e = (struct error){ 0 };
	assert_false(broker_connect(&b, &e));
	assert_int_equal(e.kind, ERROR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages),        cmocka_unit_test(message_limits),
		cmocka_unit_test(message_numbers), cmocka_unit_test(lying_brokers),
		cmocka_unit_test(descriptors),     cmocka_unit_test(folders),
		cmocka_unit_test(networks),        cmocka_unit_test(no_broker),
		cmocka_unit_test(late_answers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
