/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One altered bit anywhere in a signed image is refused, whichever way it comes: out of a file,
 * through a pipe, from a web server. A bit of each byte of every header out of memory: image_open_test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "image_samples.h"
#include "lib/image/open.h"

#define FLIPS 500
#define SEED 5112026u
#define PLACES_MAX 1200

static struct sample sample;
static struct {
	size_t byte;
	unsigned bit;
} places[PLACES_MAX];
static size_t place_count;

static void add_place(size_t byte, unsigned bit)
{
	assert_true(place_count < PLACES_MAX && byte < sample.file.len);
	places[place_count].byte = byte;
	places[place_count++].bit = bit;
}

/* A bit of every field: superblock, each line of signatures, each record, each row. */
static void add_fields(void)
{
	static const size_t super[] = { 0, 8, 12, 16, 24, 28, 32, 40, 48, 80, 4064 };
	const char *text = sample.file.s + KIMG_SIGNATURES_AT;

	for (size_t i = 0; i < sizeof(super) / sizeof(super[0]); i++)
		add_place(super[i], 0);
	for (size_t at = 0, len = strlen(text); at <= len; at++)
		if (at == 0 || text[at - 1] == '\n')
			add_place(KIMG_SIGNATURES_AT + at, 2);
	for (size_t at = 0; at < sample.manifest.len;) {
		const uint8_t *p = (const uint8_t *)sample.manifest.s + at;
		size_t len = p[4] | (size_t)p[5] << 8;

		for (size_t i = 0; i < 8; i += 2)
			add_place(KIMG_MANIFEST_AT + at + i, 1);
		for (size_t i = 0; i < len; i += 4)
			add_place(KIMG_MANIFEST_AT + at + 8 + i, 0);
		at += 8 + len;
	}
	for (size_t at = 0; at < sample.m.index_bytes; at += 4)
		add_place(sample.m.index_at + at, 0);
	for (uint64_t i = 0, at = sample.m.data_at; i < SAMPLE_FRAMES; i++) {
		add_place(at, 0);
		at += sample.frames[i].stored_bytes;
	}
}

static int make(void **state)
{
	uint64_t random = SEED;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	sample_make(&sample, NULL);
	sample_sign(&sample, 2);
	place_count = 0;
	add_fields();
	print_message("# %zu fields and %d positions, seed %u\n", place_count, FLIPS, SEED);
	for (int i = 0; i < FLIPS; i++) {
		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		add_place((random >> 20) % sample.file.len, (unsigned)(random >> 61));
	}
	return 0;
}

static int release(void **state)
{
	(void)state;
	sample_release(&sample);
	return 0;
}

static void flip(size_t i)
{
	char *p = sample.file.s + places[i].byte;

	*p = (char)(*p ^ 1 << places[i].bit);
}

/* With place i altered, or nothing (SIZE_MAX). */
static void judge(struct stream *in, size_t i, struct error *e)
{
	const struct image_policy policy = { .root = &sample.root };
	struct image image;
	bool ok;

	if (!in)
		fail_msg("%s", e->text);
	ok = image_open(&image, in, &policy, e);
	if (ok) {
		ok = image_check(&image, in, false, 1, NULL, e);
		image_release(&image);
	}
	stream_close(in);
	if (ok != (i == SIZE_MAX))
		fail_msg("place %zu: %s", i, ok ? "accepted" : e->text);
	if (!ok && e->kind != ERROR_UNTRUSTED)
		fail_msg("byte %zu bit %u: %d, %s", places[i].byte, places[i].bit, e->kind,
			 e->text);
}

static void out_of_a_file(void **state)
{
	char path[] = "/tmp/flips.XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, sample.file.s, sample.file.len), sample.file.len);
	for (size_t i = 0; i < place_count; i++) {
		struct error e = { 0 };

		flip(i);
		assert_int_equal(
			pwrite(fd, sample.file.s + places[i].byte, 1, (off_t)places[i].byte), 1);
		judge(stream_open(path, NULL, &e), i, &e);
		flip(i);
		assert_int_equal(
			pwrite(fd, sample.file.s + places[i].byte, 1, (off_t)places[i].byte), 1);
	}
	struct error e = { 0 };
	judge(stream_open(path, NULL, &e), SIZE_MAX, &e);
	close(fd);
	unlink(path);
}

static void *write_pipe(void *fd)
{
	size_t done = 0;

	while (done < sample.file.len) {
		ssize_t n = write(*(int *)fd, sample.file.s + done, sample.file.len - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	close(*(int *)fd);
	return NULL;
}

static void pour(size_t i)
{
	struct error e = { 0 };
	char name[40];
	struct stream *in;
	pthread_t writer;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", ends[0]);
	in = stream_open(name, NULL, &e);
	close(ends[0]);
	assert_int_equal(pthread_create(&writer, NULL, write_pipe, &ends[1]), 0);
	judge(in, i, &e);
	pthread_join(writer, NULL);
}

static void through_a_pipe(void **state)
{
	(void)state;
	for (size_t i = 0; i < place_count; i++) {
		flip(i);
		pour(i);
		flip(i);
	}
	pour(SIZE_MAX);
}

/* One request a connection; ends when the listener is shut down. */
static void *serve(void *listener)
{
	for (;;) {
		int fd = accept(*(int *)listener, NULL, NULL);
		char head[4096];
		size_t len = 0;
		unsigned long long from = 0, to = sample.file.len - 1;
		const char *range;

		if (fd < 0)
			return NULL;
		while (len < sizeof(head) - 1) {
			ssize_t n = read(fd, head + len, sizeof(head) - 1 - len);

			if (n <= 0)
				break;
			len += (size_t)n;
			head[len] = '\0';
			if (strstr(head, "\r\n\r\n"))
				break;
		}
		range = len ? strstr(head, "Range: bytes=") : NULL;
		if (range)
			sscanf(range, "Range: bytes=%llu-%llu", &from, &to);
		if (to >= sample.file.len)
			to = sample.file.len - 1;
		if (from <= to) {
			dprintf(fd,
				"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes "
				"%llu-%llu/%zu\r\nContent-Length: %llu\r\nConnection: close\r\n\r\n",
				from, to, sample.file.len, to - from + 1);
			for (size_t at = from; at <= to;) {
				ssize_t n = write(fd, sample.file.s + at, to + 1 - at);

				if (n <= 0)
					break;
				at += (size_t)n;
			}
		}
		close(fd);
	}
}

static void from_a_web_server(void **state)
{
	const struct stream_options options = { .patience_s = 5 };
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(here);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pthread_t server;
	char url[60];

	(void)state;
	assert_int_equal(bind(listener, (struct sockaddr *)&here, sizeof(here)), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&here, &len), 0);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/a.kimg", ntohs(here.sin_port));
	assert_int_equal(pthread_create(&server, NULL, serve, &listener), 0);
	for (size_t i = 0; i <= place_count; i++) {
		struct error e = { 0 };

		if (i < place_count)
			flip(i);
		judge(stream_open(url, &options, &e), i < place_count ? i : SIZE_MAX, &e);
		if (i < place_count)
			flip(i);
	}
	shutdown(listener, SHUT_RDWR);
	pthread_join(server, NULL);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(out_of_a_file),
		cmocka_unit_test(through_a_pipe),
		cmocka_unit_test(from_a_web_server),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make, release);
}
