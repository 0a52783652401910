/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a client sends to the broker as the key of an encrypted volume. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/hex.h"
#include "lib/data/message.h"
#include "lib/disk/broker.h"
#include "descriptors.h"

#define KEY "042647-302313-590458-071500-554323-116567-412181-516978"
#define PLAIN "042647302313590458071500554323116567412181516978"
#define WRONG "042647-302313-590458-071511-554323-116567-412180-516978"

/* One disk: partition 1 is BitLocker, 2 is LUKS; and the volume, open. */
static void answer(int fd)
{
#define S(text) text, sizeof(text)
	int volume = open("/dev/null", O_RDONLY | O_CLOEXEC);

	say(fd,
	    S("type=disk\0name=sda\0size=1\0logical=512\0physical=512\0removable=0\0locked=1\0"
	      "written=0\0stick=0"),
	    -1);
	say(fd, S("type=partition\0disk=sda\0number=1\0first=0\0size=1\0content=bitlocker"), -1);
	say(fd, S("type=partition\0disk=sda\0number=2\0first=1\0size=1\0content=luks2"), -1);
	say(fd, S("type=end\0searching=0"), -1);
	say(fd, S("type=disk-open\0disk="), volume);
	close(volume);
#undef S
}

/* The key that was asked with, in hexadecimal digits; "" if none was. */
static void asked_with(int fd, char *digits, size_t size)
{
	char bytes[MESSAGE_MAX];
	struct error e = { 0 };
	ssize_t n;

	snprintf(digits, size, "-");
	while ((n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
		struct message m;

		assert_true(message_parse(&m, "op", bytes, (size_t)n, &e));
		if (message_is(&m, "encrypted"))
			snprintf(digits, size, "%s", message_text(&m, "key"));
	}
}

static const struct {
	const char *name, *bytes;
	size_t len;
	unsigned partition;
	const char *want; /* the key; NULL: refused */
	const char *error;
} rows[] = {
#define B(text) text, sizeof(text) - 1
	{ "a passphrase", B("anaconda\n"), 1, "anaconda", NULL },
	{ "a passphrase of Windows' editor", B("anaconda\r\n"), 1, "anaconda", NULL },
	{ "with hyphens", B(KEY "\n"), 1, KEY, NULL },
	{ "in one piece", B(PLAIN), 1, KEY, NULL },
	{ "among words", B("Recovery Key: \r\n" KEY "\r\n\r\nIf the"), 1, KEY, NULL },
	{ "a wrong group", B(WRONG), 1, NULL, "group 7 of the recovery password" },
	{ "a wrong group among words", B("Key: " WRONG), 1, NULL, "group 7" },
	{ "a passphrase of LUKS stays", B(PLAIN "\n"), 2, PLAIN, NULL },
	{ "nothing", B(""), 1, "", NULL },
#undef B
};

static int by_file(const char *path, unsigned partition, char *digits, size_t size, struct error *e)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	answer(pair[1]);
	struct broker b = { .fd = pair[0] };
	int fd = broker_encrypted_by(&b, "sda", partition, path, e);
	asked_with(pair[1], digits, size);
	close(pair[1]);
	broker_close(&b);
	return fd;
}

static void check(const char *name, const char *path, unsigned partition, const char *want,
		  size_t want_len, const char *said)
{
	char digits[2 * BROKER_KEY_MAX + 1], wanted[2 * BROKER_KEY_MAX + 1] = "-";
	struct error e = { 0 };
	int fd = by_file(path, partition, digits, sizeof(digits), &e);

	if (want)
		hex_encode(wanted, (const uint8_t *)want, want_len);
	if (strcmp(digits, wanted) != 0 || (fd >= 0) != (want != NULL))
		fail_msg("%s: '%s', %s", name, digits, e.text);
	if (!want && !strstr(e.text, said))
		fail_msg("%s: %s", name, e.text);
	if (fd >= 0)
		close(fd);
}

static void put(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void keys_of_files(void **state)
{
	char path[300];

	(void)state;
	snprintf(path, sizeof(path), "%s/key", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put(path, rows[i].bytes, rows[i].len);
		check(rows[i].name, path, rows[i].partition, rows[i].want,
		      rows[i].want ? strlen(rows[i].want) : 0, rows[i].error);
	}
	unlink(path);
	check("no key", "/dev/null", 1, "", 0, NULL);
}

/* As Windows saves it, in UTF-16: in a German one with an umlaut before. */
static void text_of_windows(void **state)
{
	static const char words[] = "Wiederherstellungsschl\xfcssel:\r\n\r\n\t" KEY "\r\n";
	char path[300], bytes[2 + 2 * sizeof(words)] = "\xff\xfe";
	size_t len = 2;

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(words); i++) {
		bytes[len++] = words[i];
		bytes[len++] = 0;
	}
	snprintf(path, sizeof(path), "%s/key", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	put(path, bytes, len);
	check("UTF-16", path, 1, KEY, strlen(KEY), NULL);
	put(path, bytes, len - 1); /* half a character */
	check("UTF-16 cut off", path, 1, KEY, strlen(KEY), NULL);
	unlink(path);
}

/* A startup key has zeros, and whatever looks like text in it stays as it is. */
static void startup_key(void **state)
{
	char path[300];
	static const char key[] = KEY "\0\1\2\0\r\n";

	(void)state;
	snprintf(path, sizeof(path), "%s/key", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	put(path, key, sizeof(key) - 1);
	check("startup key", path, 1, key, sizeof(key) - 1, NULL);
	unlink(path);
}

/* What another program pipes in. */
static void piped(void **state)
{
	int ends[2], before = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], KEY "\n", sizeof(KEY)), sizeof(KEY));
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	check("piped", "-", 1, KEY, strlen(KEY), NULL);
	dup2(before, STDIN_FILENO);
	close(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_files),
		cmocka_unit_test(text_of_windows),
		cmocka_unit_test(startup_key),
		cmocka_unit_test(piped),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
