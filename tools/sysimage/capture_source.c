/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The disk, or the file of one, that is captured: read and never written. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/le.h"
#include "lib/disk/broker.h"
#include "sysimage/capture.h"

#define VOLUME_SECTOR_AT 11 /* of NTFS, FAT and BitLocker: bytes of a sector, in 2 bytes */

bool capture_source_read(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct capture_source *s = ctx;
	uint8_t *p = buf;

	while (len > 0) {
		ssize_t n = pread(s->fd, p, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(e, _("cannot read %s at byte %llu"), s->name,
					   offset + 0ULL);
		if (n == 0)
			return error_set(e, ERROR_FAILED, _("%s ends at byte %llu, before its end"),
					 s->name, offset + 0ULL);
		p += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

/* Where data begins at or behind `from`, and where it ends. Where nobody knows, all is. */
static void ask_the_file(struct capture_source *s, uint64_t from)
{
	const uint64_t size = s->bytes.size_bytes;
	off_t data = lseek(s->fd, (off_t)from, SEEK_DATA);
	off_t hole = data < 0 ? -1 : lseek(s->fd, data, SEEK_HOLE);

	s->hole_byte = from;
	s->data_byte = data >= 0 ? (uint64_t)data : errno == ENXIO ? size : from;
	s->data_end = hole >= 0 ? (uint64_t)hole : size;
}

bool capture_source_data(struct capture_source *s, uint64_t from, uint64_t to, uint64_t *start,
			 uint64_t *end)
{
	if (from >= to)
		return false;
	if (s->used)
		return used_map_next(s->used, from, to, start, end);
	pthread_mutex_lock(&s->lock);
	if (from < s->hole_byte || from >= s->data_end)
		ask_the_file(s, from);
	*start = from > s->data_byte ? from : s->data_byte;
	*end = to < s->data_end ? to : s->data_end;
	pthread_mutex_unlock(&s->lock);
	return *start < *end;
}

/* An MBR counts in sectors and does not say in which. What is found where its entries lead with
 * sectors of so many bytes: volumes that are known, and links of its chain. */
struct mbr_reading {
	bool mbr, fits;
	size_t found;
};

static bool read_mbr_as(const struct capture_source *s, uint32_t sector_bytes,
			struct partition_table *t, struct mbr_reading *r, struct error *e)
{
	struct partition_source as = s->bytes;

	as.sector_bytes = sector_bytes;
	if (!partition_table_read(&as, t, e))
		return false;
	r->mbr = t->kind == TABLE_MBR;
	r->fits = r->mbr && as.size_bytes % sector_bytes == 0 &&
		  !(t->flags & (TABLE_BEYOND_END | TABLE_CHAIN_BROKEN));
	r->found = r->mbr ? t->chain_count : 0;
	for (size_t i = 0; r->mbr && i < t->count; i++)
		r->found += t->list[i].content[0] != '\0';
	return true;
}

/* Of a volume without a table: do its own words say sectors of 4096 bytes? What else has them (ext) works
 * with any. */
static bool volume_is_large(const struct capture_source *s, bool *large, struct error *e)
{
	uint8_t count[2];
	const char *content = content_probe(&s->bytes, 0, s->bytes.size_bytes, e);

	if (!content || !partition_source_read(&s->bytes, VOLUME_SECTOR_AT, count, 2, e))
		return false;
	*large = (strcmp(content, "ntfs") == 0 || strcmp(content, "vfat") == 0 ||
		  strcmp(content, "bitlocker") == 0) &&
		 le16(count) == 4096;
	return true;
}

/* A GPT tells for which sectors it was made, a volume of its own too; of an MBR what it leads to does.
 * Where nothing is so, nobody guesses: read wrongly, an image holds other places than the partitions. */
static bool find_sector(struct capture_source *s, struct error *e)
{
	struct partition_table *t = mem_alloc(sizeof(*t));
	struct mbr_reading small, large = { 0 };
	bool ok = read_mbr_as(s, 512, t, &small, e);

	if (ok && t->kind == TABLE_GPT && (t->flags & TABLE_OTHER_SECTOR))
		s->bytes.sector_bytes = 4096;
	if (ok && (t->kind == TABLE_NONE || (small.mbr && !t->count))) {
		bool volume = false;

		ok = volume_is_large(s, &volume, e);
		if (volume)
			s->bytes.sector_bytes = 4096;
	}
	ok = ok && (!small.mbr || !t->count || read_mbr_as(s, 4096, t, &large, e));
	free(t);
	if (ok && large.found && large.fits && !small.found)
		s->bytes.sector_bytes = 4096;
	else if (ok && large.mbr && (large.found || (large.fits && !small.found)))
		return error_set(e, ERROR_UNTRUSTED,
				 _("%s: its MBR does not tell whether sectors have 512 or 4096 "
				   "bytes. Say it: --sector-size 512 (nearly all disks), or "
				   "--sector-size 4096"),
				 s->name);
	return ok;
}

bool capture_source_sectors(struct capture_source *s, uint64_t sector_bytes, struct error *e)
{
	if (sector_bytes)
		s->bytes.sector_bytes = (uint32_t)sector_bytes;
	if (s->bytes.sector_bytes != 512 && s->bytes.sector_bytes != 4096)
		return error_set(e, ERROR_USAGE, _("%s: sectors have 512 or 4096 bytes, not %u"),
				 s->name, s->bytes.sector_bytes);
	if (s->bytes.size_bytes == 0 || s->bytes.size_bytes % 512)
		return error_set(e, ERROR_UNTRUSTED,
				 _("%s has %llu bytes: neither a disk nor a partition has such a "
				   "size. Was it cut off when it was copied?"),
				 s->name, s->bytes.size_bytes + 0ULL);
	if (!s->disk && !sector_bytes && !find_sector(s, e))
		return false;
	return s->bytes.size_bytes % s->bytes.sector_bytes == 0 ||
	       error_set(e, ERROR_UNTRUSTED, _("%s does not end with a whole sector of %u bytes"),
			 s->name, s->bytes.sector_bytes);
}

static bool size_up(struct capture_source *s, uint64_t sector_bytes, struct error *e)
{
	off_t size = lseek(s->fd, 0, SEEK_END); /* of a device too */
	int sector = 512;

	if (size < 0 || (s->disk && ioctl(s->fd, BLKSSZGET, &sector) != 0))
		return error_errno(e, _("the size of %s cannot be found out"), s->name);
	if (s->disk && sector_bytes && sector_bytes != (uint64_t)sector)
		return error_set(e, ERROR_USAGE,
				 _("%s has sectors of %d bytes; --sector-size is for files"),
				 s->name, sector);
	s->bytes.size_bytes = (uint64_t)size;
	s->bytes.sector_bytes = (uint32_t)sector;
	return capture_source_sectors(s, sector_bytes, e);
}

bool capture_source_open(struct capture_source *s, const char *name, uint64_t sector_bytes,
			 struct error *e)
{
	struct stat st;

	*s = (struct capture_source){ .name = name, .fd = -1 };
	pthread_mutex_init(&s->lock, NULL);
	s->bytes = (struct partition_source){ .read = capture_source_read, .ctx = s };
	if (stat(name, &st) != 0)
		return error_errno(e, _("cannot open %s"), name);
	s->disk = S_ISBLK(st.st_mode);
	if (!s->disk && !S_ISREG(st.st_mode))
		return error_set(e, ERROR_USAGE, _("%s is neither a disk nor a file"), name);
	/* O_EXCL: refused while it, or a partition of it, is mounted or otherwise in use. */
	s->fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (s->disk ? O_EXCL : 0));
	if (s->fd < 0 && errno == EBUSY)
		return error_set(e, ERROR_FAILED,
				 _("%s is in use, and would change while it is read: unmount it "
				   "(umount, swapoff), and close what shows it"),
				 name);
	if (s->fd < 0)
		return error_errno(e, _("cannot open %s"), name);
	/* Else it may be a disk that was opened as a file, and is in use. */
	if (fstat(s->fd, &st) != 0 || s->disk != S_ISBLK(st.st_mode) ||
	    (!s->disk && !S_ISREG(st.st_mode))) {
		capture_source_close(s);
		return error_set(e, ERROR_FAILED, _("%s was replaced while it was opened"), name);
	}
	if (size_up(s, sector_bytes, e)) {
		/* Read ahead: nearly everything will be asked for, in order. */
		posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
		return true;
	}
	capture_source_close(s);
	return false;
}

bool capture_source_broker(struct capture_source *s, const char *name, struct error *e)
{
	struct broker b = BROKER_NONE;
	struct stat st;

	*s = (struct capture_source){ .name = name, .fd = -1 };
	s->bytes = (struct partition_source){ .read = capture_source_read, .ctx = s };
	if (broker_connect(&b, e))
		s->fd = broker_open_disk(&b, name, e);
	broker_close(&b);
	/* The broker of a test hands out files. */
	s->disk = s->fd >= 0 && fstat(s->fd, &st) == 0 && S_ISBLK(st.st_mode);
	if (s->fd >= 0 && size_up(s, 0, e)) {
		posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
		return true;
	}
	capture_source_close(s);
	return false;
}

void capture_source_take(struct capture_source *s, struct capture_source *from)
{
	*s = (struct capture_source){ .name = from->name, .fd = from->fd, .disk = from->disk };
	pthread_mutex_init(&s->lock, NULL);
	s->bytes = (struct partition_source){ .read = capture_source_read,
					      .ctx = s,
					      .size_bytes = from->bytes.size_bytes,
					      .sector_bytes = from->bytes.sector_bytes };
	from->fd = -1;
}

void capture_source_close(struct capture_source *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}
