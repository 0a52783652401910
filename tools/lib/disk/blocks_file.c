/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk or a file as blocks, past the cache of this PC. */
#include "lib/disk/blocks_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"

#define PAGE UINT64_C(65536) /* no page of a cache is larger */
#define SMALL ((size_t)1 << 20)

/* Is it worth another try? A large request fails as a whole: in parts of at most *most bytes it is
 * seen which place it is. */
static bool again(size_t *most)
{
	if (errno == EINTR)
		return true;
	if (errno != EIO || *most <= SMALL)
		return false;
	*most = SMALL;
	return true;
}

/* One descriptor to the end of it, or false with errno, EIO where nothing comes any more, and *at where
 * it stopped. */
static bool write_all(int fd, uint64_t *at, const uint8_t *p, size_t len)
{
	size_t most = len;

	while (len) {
		ssize_t n = pwrite(fd, p, len < most ? len : most, (off_t)*at);

		if (n < 0 && again(&most))
			continue;
		if (n <= 0) {
			errno = n ? errno : EIO;
			return false;
		}
		p += n;
		*at += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

static bool read_all(int fd, uint64_t *at, uint8_t *p, size_t len)
{
	size_t most = len;

	while (len) {
		ssize_t n = pread(fd, p, len < most ? len : most, (off_t)*at);

		if (n < 0 && again(&most))
			continue;
		if (n <= 0) {
			errno = n ? errno : EIO;
			return false;
		}
		p += n;
		*at += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

static bool write_file(void *ctx, uint64_t offset, const void *buf, size_t len, struct error *e)
{
	struct blocks_file *f = ctx;
	uint64_t at = offset;

	/* EINVAL: not as it wants them. Then through the cache, which reading knows of. */
	if (f->direct >= 0 && write_all(f->direct, &at, buf, len))
		return true;
	if (f->direct >= 0 && errno != EINVAL)
		return error_errno(e, _("cannot write at byte %llu"), at + 0ULL);
	at = offset;
	if (!write_all(f->fd, &at, buf, len))
		return error_errno(e, _("cannot write at byte %llu"), at + 0ULL);
	__atomic_store_n(&f->cached, true, __ATOMIC_RELEASE);
	return true;
}

/* Only what lies on the medium can be thrown out of the cache. */
static bool drop_cache(struct blocks_file *f, uint64_t offset, size_t len)
{
	uint64_t from = offset / PAGE * PAGE, to = (offset + len + PAGE - 1) / PAGE * PAGE;

	if (__atomic_exchange_n(&f->cached, false, __ATOMIC_ACQ_REL) && fdatasync(f->fd) != 0) {
		__atomic_store_n(&f->cached, true, __ATOMIC_RELEASE);
		return false;
	}
	errno = posix_fadvise(f->fd, (off_t)from, (off_t)(to - from), POSIX_FADV_DONTNEED);
	return errno == 0;
}

static bool read_file(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct blocks_file *f = ctx;
	uint64_t at = offset;

	if (f->direct >= 0 && read_all(f->direct, &at, buf, len))
		return true;
	if (f->direct >= 0 && errno != EINVAL)
		return error_errno(e, _("cannot read at byte %llu"), at + 0ULL);
	at = offset;
	if (!drop_cache(f, offset, len))
		return error_errno(e, _("cannot read past the cache at byte %llu"), offset + 0ULL);
	return read_all(f->fd, &at, buf, len) ||
	       error_errno(e, _("cannot read at byte %llu"), at + 0ULL);
}

static bool flush_file(void *ctx, struct error *e)
{
	struct blocks_file *f = ctx;

	__atomic_store_n(&f->cached, false, __ATOMIC_RELEASE);
	return fsync(f->fd) == 0 || error_errno(e, _("what was written may not have arrived"));
}

static bool punch(const struct blocks_file *f, uint64_t offset, uint64_t len)
{
	return fallocate(f->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
			 (off_t)len) == 0;
}

static bool discard_file(void *ctx, uint64_t offset, uint64_t len, struct error *e)
{
	const struct blocks_file *f = ctx;
	uint64_t range[2] = { offset, len };

	if (f->disk ? ioctl(f->fd, BLKDISCARD, range) == 0 : punch(f, offset, len))
		return true;
	/* What it cannot do, or the bridge before it will not pass on. */
	if (errno == EOPNOTSUPP || errno == EINVAL || errno == ENOTTY || errno == EREMOTEIO)
		return true;
	return error_errno(e, _("cannot discard at byte %llu"), offset + 0ULL);
}

static bool zero_file(void *ctx, uint64_t offset, uint64_t len, struct error *e)
{
	struct blocks_file *f = ctx;
	uint64_t range[2] = { offset, len };

	if (f->disk ? ioctl(f->fd, BLKZEROOUT, range) == 0 : punch(f, offset, len))
		return true;
	while (len) {
		size_t n = len < BLOCKS_FILE_ZEROS ? (size_t)len : BLOCKS_FILE_ZEROS;

		if (!write_file(f, offset, f->zeros, n, e))
			return false;
		offset += n;
		len -= n;
	}
	return true;
}

/* The same thing once more, without the cache: looked up by its name, so it is compared. */
static int open_direct(const struct target *t)
{
	int fd = open(t->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_DIRECT);
	struct stat a, b;

	if (fd < 0)
		return -1;
	if (fstat(fd, &a) == 0 && fstat(t->fd, &b) == 0 && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino && a.st_rdev == b.st_rdev)
		return fd;
	close(fd);
	return -1;
}

bool blocks_file_open(struct blocks_file *f, const struct target *t, uint32_t sector_bytes,
		      struct error *e)
{
	void *zeros = NULL;

	*f = (struct blocks_file)BLOCKS_FILE_NONE;
	if (t->disk && sector_bytes != t->sector_bytes)
		return error_set(e, ERROR_FAILED, _("%s has sectors of %u bytes, not %u"), t->path,
				 t->sector_bytes, sector_bytes);
	if (posix_memalign(&zeros, BLOCKS_ALIGN, BLOCKS_FILE_ZEROS) != 0)
		return error_errno(e, _("no memory"));
	memset(zeros, 0, BLOCKS_FILE_ZEROS);
	f->fd = t->fd;
	f->disk = t->disk;
	f->zeros = zeros;
	f->direct = open_direct(t);
	f->blocks = (struct blocks){ .read = read_file,
				     .write = write_file,
				     .flush = flush_file,
				     .discard = discard_file,
				     .zero = zero_file,
				     .ctx = f,
				     .size_bytes = t->size_bytes - t->size_bytes % sector_bytes,
				     .sector_bytes = sector_bytes };
	return true;
}

void blocks_file_close(struct blocks_file *f)
{
	if (f->direct >= 0)
		close(f->direct);
	free(f->zeros);
	*f = (struct blocks_file)BLOCKS_FILE_NONE;
}
