/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person is told where cryptsetup opens nothing: by a program in its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/encrypted.h"

static char folder[256];

/* "cryptsetup" of that folder says so, ends so, and keeps what it was given as its key. */
static void place(int status, const char *says)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/cryptsetup", folder);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\nPATH=/bin:/usr/bin\ncat > %s/given\necho '%s' >&2\nexit %d\n",
		folder, says, status);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0755), 0);
}

/* What the kernel says of sda1. */
static void put(const char *what, const char *number)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/block/sda/sda1/%s", folder, what);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "%s\n", number);
	assert_int_equal(fclose(f), 0);
}

static void open_it(const struct encrypted_key *key, struct message *m)
{
	const struct places p = { .sysfs = folder, .dev = folder, .path = folder };
	struct disk k = { .id = 7, .name = "sda", .size_bytes = 8 << 20 };
	struct jobs jobs = { 0 };
	struct error e = { 0 };
	struct job job;

	message_start(m, "type", "partition");
	message_add_number(m, "number", 1);
	message_add_number(m, "first", 1 << 20);
	message_add_number(m, "size", 2 << 20);
	message_add(m, "content", "bitlocker");
	const char length[2] = { (char)m->len, 0 };
	text_add_n(&k.content.messages, length, 2);
	text_add_n(&k.content.messages, m->bytes, m->len);
	assert_non_null(encrypted_start(&jobs, &k, &p, 1, key, &e));
	while (!jobs_next_finished(&jobs, &job)) {
		if (jobs.count)
			jobs_read(&jobs, jobs.list[0].output);
		jobs_look(&jobs);
		usleep(2000);
	}
	assert_true(job_message(&job, m));
	job_release(&job);
	jobs_release(&jobs);
	text_release(&k.content.messages);
}

static void says_why(void **state)
{
	static const struct {
		int status;
		const char *says, *key, *want;
	} rows[] = {
		{ 2, "No key available with this passphrase.", "a", "this key does not open" },
		{ 3, "", "a", "not enough memory" },
		{ 4, "Device does not exist.", "a", "the volume cannot be read" },
		{ 5, "", "a", "in use" },
		{ 1, "Device is not a valid BITLK device.", "a", "its header is damaged" },
		{ 1, "This BITLK device is in an unsupported state and cannot be activated.", "a",
		  "it is being encrypted or decrypted" },
		{ 1, "BITLK devices with type encrypt-on-write cannot be activated.", "a",
		  "it encrypts on write" },
		{ 1, "BITLK version 1 is currently not supported.", "a", "of Windows Vista" },
		{ 1, "Nothing to read on input.", "", "it does not open without a key" },
		{ 1, "Nothing to read on input.", "a", "its header is damaged" },
		{ 0, "", "a", "the opened volume cannot be found" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct encrypted_key key = { .len = strlen(rows[i].key) };
		char path[300], given[8] = "";
		struct message m;

		memcpy(key.bytes, rows[i].key, key.len);
		place(rows[i].status, rows[i].says);
		open_it(&key, &m);
		if (!message_is(&m, "error") || !strstr(message_text(&m, "text"), rows[i].want) ||
		    strcmp(message_text(&m, "about"), rows[i].status ? rows[i].says : "") != 0)
			fail_msg("%zu: %s (%s)", i, message_text(&m, "text"),
				 message_text(&m, "about"));
		snprintf(path, sizeof(path), "%s/given", folder);
		FILE *f = fopen(path, "r");
		assert_non_null(f);
		(void)!fgets(given, sizeof(given), f);
		fclose(f);
		assert_string_equal(given, rows[i].key);
	}
}

static void hostile_words_are_masked(void **state)
{
	struct encrypted_key key = { .bytes = "a", .len = 1 };
	struct message m;

	(void)state;
	place(1, "bad\033[2J name");
	open_it(&key, &m);
	assert_null(strchr(message_text(&m, "about"), 033));
}

/* /dev/sda1 may be another one than ours: the number is counted twice. */
static void another_partition(void **state)
{
	struct encrypted_key key = { .bytes = "a", .len = 1 };
	char path[300];
	struct message m;

	(void)state;
	place(2, "");
	snprintf(path, sizeof(path), "%s/given", folder);
	unlink(path);
	put("start", "4096");
	open_it(&key, &m);
	assert_non_null(strstr(message_text(&m, "text"), "another partition"));
	assert_int_equal(access(path, F_OK), -1); /* cryptsetup was not even asked */
	put("start", "2048");
	open_it(&key, &m);
	assert_non_null(strstr(message_text(&m, "text"), "does not open the volume"));
}

static bool make_folders(void)
{
	static const char *const below[] = { "block", "block/sda", "block/sda/sda1" };
	char path[300];

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, below[i]);
		if (mkdir(path, 0700) != 0)
			return false;
	}
	put("start", "2048");
	put("size", "4096");
	return true;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_why),
		cmocka_unit_test(hostile_words_are_masked),
		cmocka_unit_test(another_partition),
	};

	snprintf(folder, sizeof(folder), "%s/broker.XXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(folder) || !make_folders())
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
