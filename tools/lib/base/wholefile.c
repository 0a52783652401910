/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole file into memory, with a limit. */
#include "lib/base/wholefile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"

static bool read_all(int fd, const char *path, size_t limit, struct text *out, struct error *e)
{
	char buffer[65536];
	size_t before = out->len;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return error_errno(e, _("cannot look at %s"), path);
	/* The size is told first, so that a sparse file of 2 GB costs nothing. */
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > limit)
		return error_set(e, ERROR_UNTRUSTED,
				 _("%s is not a file, or too large for what it should be"), path);
	while (!e->kind && (n = read(fd, buffer, sizeof(buffer))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			error_errno(e, _("cannot read %s"), path);
		else if (out->len - before + (size_t)n > limit)
			error_set(e, ERROR_UNTRUSTED,
				  _("%s is not a file, or too large for what it should be"), path);
		else
			text_add_n(out, buffer, (size_t)n);
	}
	explicit_bzero(buffer, sizeof(buffer)); /* a key may have passed through it */
	return !e->kind;
}

bool wholefile_read_if(int dir, const char *path, int flags, size_t limit, struct text *out,
		       bool *there, struct error *e)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
	bool ok;

	*there = fd >= 0;
	if (fd < 0)
		return errno == ENOENT || error_errno(e, _("cannot open %s"), path);
	ok = read_all(fd, path, limit, out, e);
	close(fd);
	return ok;
}

bool wholefile_read(int dir, const char *path, int flags, size_t limit, struct text *out,
		    struct error *e)
{
	bool there;

	if (!wholefile_read_if(dir, path, flags, limit, out, &there, e))
		return false;
	errno = ENOENT;
	return there || error_errno(e, _("cannot open %s"), path);
}
