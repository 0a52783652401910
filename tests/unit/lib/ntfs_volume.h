/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NTFS_VOLUME_H
#define NTFS_VOLUME_H

/* A file as the source of a volume, for the tests of lib/ntfs. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/ntfs/ntfs.h"

struct volume {
	int fd;
	struct partition_source source;
};

static inline bool volume_read(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct volume *v = ctx;

	if (pread(v->fd, buf, len, (off_t)offset) == (ssize_t)len)
		return true;
	return error_errno(e, "cannot read the volume");
}

/* NULL with e. *v is where the source lives; the volume begins at that byte of the file. */
static inline struct filesystem *volume_open(struct volume *v, const char *path,
					     uint64_t first_byte, struct error *e)
{
	struct stat st;

	v->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (v->fd < 0 || fstat(v->fd, &st) != 0) {
		error_errno(e, "cannot open \"%s\"", path);
		return NULL;
	}
	v->source = (struct partition_source){ volume_read, v, (uint64_t)st.st_size, 512 };
	return ntfs_open(&v->source, first_byte, v->source.size_bytes - first_byte, e);
}

static inline void volume_close(struct volume *v, struct filesystem *f)
{
	if (f)
		f->close(f);
	if (v->fd >= 0)
		close(v->fd);
}

#endif
