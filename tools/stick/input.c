/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sticks and images that are read. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/disk/broker.h"
#include "stick/stick.h"

static int open_broker_disk(const char *name, struct error *e)
{
	struct broker b = BROKER_NONE;
	int fd = -1;

	if (broker_connect(&b, e))
		fd = broker_open_disk(&b, name, e);
	broker_close(&b);
	return fd;
}

bool input_open(struct input *in, const char *name, bool broker, struct error *e)
{
	struct stat st;
	int sector = SECTOR_BYTES;

	*in = (struct input)INPUT_NONE;
	in->fd = broker ? open_broker_disk(name, e) : open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (in->fd < 0 && !broker)
		error_errno(e, _("cannot open %s"), name);
	if (in->fd < 0)
		return false;
	off_t size = lseek(in->fd, 0, SEEK_END); /* of a device too */
	if (size < 0 || fstat(in->fd, &st) != 0 ||
	    (S_ISBLK(st.st_mode) && ioctl(in->fd, BLKSSZGET, &sector) != 0))
		error_errno(e, _("cannot find out the size of %s"), name);
	else if (!S_ISBLK(st.st_mode) && !S_ISREG(st.st_mode))
		error_set(e, ERROR_USAGE, _("%s is neither a disk nor an image"), name);
	in->size_bytes = (uint64_t)size;
	in->sector_bytes = (uint32_t)sector;
	/* What was written a moment ago and is still in memory proves nothing of the medium;
	 * without the right to, or where others keep it, nothing is thrown away. */
	posix_fadvise(in->fd, 0, 0, POSIX_FADV_DONTNEED);
	if (e->kind)
		input_close(in);
	return !e->kind;
}

void input_close(struct input *in)
{
	if (in->fd >= 0)
		close(in->fd);
	in->fd = -1;
}

bool read_at(int fd, uint64_t offset, void *buf, size_t len, struct error *e)
{
	uint8_t *p = buf;

	while (len) {
		ssize_t n = pread(fd, p, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(e, _("cannot read at byte %llu"), offset + 0ULL);
		if (n == 0)
			return error_set(e, ERROR_FAILED, _("ends at byte %llu, too early"),
					 offset + 0ULL);
		p += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

static bool read_input(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct input *in = ctx;

	return read_at(in->fd, offset, buf, len, e);
}

struct partition_source input_source(struct input *in)
{
	return (struct partition_source){ read_input, in, in->size_bytes, in->sector_bytes };
}
