/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images out of files, disks and pipes. */
#include "lib/image/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/image/stream_http.h"

#define SKIP_BYTES 16384

struct stream_file {
	struct stream s;
	int fd;
	bool seekable;
	bool ahead; /* `next` was read to see whether anything follows */
	uint8_t next;
	char *name;
};

static struct stream_file *file_of(struct stream *s)
{
	return (struct stream_file *)s;
}

/* At most len bytes; 0 at the end, -1 with e. */
static ssize_t read_some(struct stream_file *f, void *buf, size_t len, struct error *e)
{
	ssize_t n;

	if (f->ahead && len) {
		*(uint8_t *)buf = f->next;
		f->ahead = false;
		return 1;
	}
	do
		n = read(f->fd, buf, len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		error_errno(e, _("cannot read %s at byte %llu"), f->name, f->s.at + 0ULL);
	return n;
}

static bool read_file(struct stream *s, void *buf, size_t len, struct error *e)
{
	struct stream_file *f = file_of(s);

	for (uint8_t *at = buf; len;) {
		ssize_t n = read_some(f, at, len, e);

		if (n < 0)
			return false;
		if (n == 0)
			return error_set(e, ERROR_UNTRUSTED,
					 _("%s ends after %llu bytes: it was cut short"), f->name,
					 s->at + 0ULL);
		at += n;
		len -= (size_t)n;
		s->at += (uint64_t)n;
	}
	return true;
}

static bool skip_file(struct stream *s, uint64_t len, struct error *e)
{
	struct stream_file *f = file_of(s);
	uint8_t bytes[SKIP_BYTES];

	/* The last byte is read even where the rest need not be: what is skipped must be there. */
	if (f->seekable && len > 1) {
		if (len > INT64_MAX || lseek(f->fd, (off_t)(len - 1 - f->ahead), SEEK_CUR) < 0)
			return error_errno(e, _("cannot skip in %s at byte %llu"), f->name,
					   s->at + 0ULL);
		f->ahead = false;
		s->at += len - 1;
		len = 1;
	}
	while (len) {
		size_t n = len < sizeof(bytes) ? (size_t)len : sizeof(bytes);

		if (!read_file(s, bytes, n, e))
			return false;
		len -= n;
	}
	return true;
}

static bool at_end_file(struct stream *s, bool *end, struct error *e)
{
	struct stream_file *f = file_of(s);
	uint8_t byte;
	ssize_t n = read_some(f, &byte, 1, e);

	if (n < 0)
		return false;
	*end = n == 0;
	f->ahead = n > 0;
	f->next = f->ahead ? byte : 0;
	return true;
}

static void close_file(struct stream *s)
{
	struct stream_file *f = file_of(s);

	if (f->fd != STDIN_FILENO)
		close(f->fd);
	free(f->name);
	free(f);
}

/* What is left of it. One without a size may hold something all the same. */
static uint64_t end_of(int fd, const struct stat *st)
{
	off_t at = S_ISREG(st->st_mode) && st->st_size > 0 ? lseek(fd, 0, SEEK_CUR) : -1;

	return at >= 0 && at <= st->st_size ? (uint64_t)(st->st_size - at) : STREAM_END_UNKNOWN;
}

static struct stream *file_new(int fd, const char *name, struct error *e)
{
	struct stream_file *f;
	struct stat st;

	if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		error_set(e, ERROR_FAILED, _("%s is a folder, not an image"), name);
		if (fd != STDIN_FILENO)
			close(fd);
		return NULL;
	}
	f = mem_alloc(sizeof(*f));
	f->name = mem_string(name);
	f->s = (struct stream){ read_file, skip_file, at_end_file,    close_file,
				f->name,   0,         end_of(fd, &st) };
	f->fd = fd;
	f->seekable = S_ISREG(st.st_mode) || S_ISBLK(st.st_mode);
	if (f->seekable)
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return &f->s;
}

/* "http://..." and what looks like it: only stream_http_open() knows which it can. */
static bool has_scheme(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return n && strncmp(name + n, "://", 3) == 0;
}

struct stream *stream_open(const char *name, const struct stream_options *o, struct error *e)
{
	int fd;

	if (has_scheme(name))
		return stream_http_open(name, o, e);
	if (strcmp(name, "-") == 0)
		return file_new(STDIN_FILENO, _("standard input"), e);
	/* A person names it, so it may be a link. */
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		error_errno(e, _("cannot open %s"), name);
		return NULL;
	}
	return file_new(fd, name, e);
}
