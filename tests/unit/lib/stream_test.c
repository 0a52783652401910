/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files, links, pipes and memory read alike: exactly, skipping, to the end and not beyond. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef skip /* of the stream, not of cmocka */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../folder.h"
#include "lib/image/stream.h"

#define BYTES 50000u /* fits into a pipe */

static uint8_t bytes[BYTES];

enum way { FILE_, LINK_, PIPE, STDIN_FILE, STDIN_PIPE, MEMORY, WAYS };

static struct stream *open_way(enum way way, const char *path, size_t len)
{
	struct error e = { 0 };
	struct stream *s;
	char name[64];
	int ends[2];

	if (way == MEMORY)
		return stream_memory(bytes, len);
	if (way == PIPE || way == STDIN_PIPE) {
		assert_int_equal(pipe(ends), 0);
		assert_int_equal(write(ends[1], bytes, len), len);
		close(ends[1]);
	} else {
		ends[0] = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (way == STDIN_FILE || way == STDIN_PIPE)
		assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	snprintf(name, sizeof(name), "/dev/fd/%d", ends[0]);
	s = stream_open(way == STDIN_FILE || way == STDIN_PIPE ? "-"
			: way == PIPE                          ? name
							       : path,
			NULL, &e);
	if (!s)
		fail_msg("%s", e.text);
	close(ends[0]);
	return s;
}

static void want(struct stream *s, size_t from, size_t len)
{
	uint8_t *buf = malloc(len ? len : 1);
	struct error e = { 0 };

	if (!s->read(s, buf, len, &e))
		fail_msg("%s: %s", s->name, e.text);
	assert_memory_equal(buf, bytes + from, len);
	assert_int_equal(s->at, from + len);
	free(buf);
}

static void skip(struct stream *s, uint64_t len)
{
	struct error e = { 0 };

	if (!s->skip(s, len, &e))
		fail_msg("%s: %s", s->name, e.text);
}

static void want_end(struct stream *s, bool wanted)
{
	struct error e = { 0 };
	bool end;

	for (int i = 0; i < 2; i++) { /* looking changes nothing */
		assert_true(s->at_end(s, &end, &e));
		assert_int_equal(end, wanted);
	}
}

/* Fails, as cut short, without a byte more. */
static void want_short(struct stream *s, bool skipping, uint64_t len)
{
	uint8_t *buf = malloc(len);
	struct error e = { 0 };

	assert_false(skipping ? s->skip(s, len, &e) : s->read(s, buf, len, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_non_null(strstr(e.text, "cut short"));
	free(buf);
}

static void all_alike(void **state)
{
	const char *path = "bytes", *to = "link";
	FILE *f = fopen(path, "w");

	(void)state;
	assert_int_equal(fwrite(bytes, 1, BYTES, f), BYTES);
	fclose(f);
	assert_int_equal(symlink("bytes", to), 0);
	for (enum way way = 0; way < WAYS; way++) {
		const char *name = way == LINK_ ? to : path;
		struct stream *s = open_way(way, name, BYTES);

		assert_int_equal(s->end,
				 way == PIPE || way == STDIN_PIPE ? STREAM_END_UNKNOWN : BYTES);
		want(s, 0, 0);
		want(s, 0, 4096);
		want_end(s, false);
		want(s, 4096, 1); /* what at_end looked at comes first */
		want_end(s, false);
		skip(s, 0);
		skip(s, 1);
		skip(s, 2);
		want_end(s, false);
		skip(s, 20000);
		want(s, 24100, 10);
		skip(s, BYTES - 24110 - 1);
		want(s, BYTES - 1, 1);
		want_end(s, true);
		want_short(s, false, 1);
		stream_close(s);

		s = open_way(way, name, BYTES);
		skip(s, BYTES);
		want_end(s, true);
		stream_close(s);
		s = open_way(way, name, BYTES);
		want_short(s, true, BYTES + 1);
		stream_close(s);
		s = open_way(way, name, BYTES);
		want(s, 0, 1);
		want_short(s, false, 2 * BYTES);
		stream_close(s);
	}
}

/* Who read some of it before left the rest; what has no size may hold something. */
static void ends_are_known(void **state)
{
	struct error e = { 0 };
	struct stream *s;
	int fd = open("bytes", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(lseek(fd, 100, SEEK_SET), 100);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	assert_non_null(s = stream_open("-", NULL, &e));
	assert_int_equal(s->end, BYTES - 100);
	skip(s, s->end);
	want_end(s, true);
	stream_close(s);
	assert_non_null(s = stream_open("/proc/self/maps", NULL, &e));
	assert_int_equal(s->end, STREAM_END_UNKNOWN);
	stream_close(s);
}

static void refused(void **state)
{
	const char *none = "none";
	struct error e = { 0 };

	(void)state;
	assert_null(stream_open(none, NULL, &e));
	assert_int_equal(e.kind, ERROR_FAILED);
	assert_non_null(strstr(e.text, none));
	e = (struct error){ 0 };
	assert_null(stream_open("/", NULL, &e));
	assert_non_null(strstr(e.text, "a folder"));
	e = (struct error){ 0 };
	assert_null(stream_open("ftp://127.0.0.1/a", NULL, &e));
	assert_int_not_equal(e.kind, ERROR_NONE);
	stream_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_alike),
		cmocka_unit_test(ends_are_known),
		cmocka_unit_test(refused),
	};

	for (size_t i = 0; i < BYTES; i++)
		bytes[i] = (uint8_t)(i * 2654435761u >> 13);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
