/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One partition writable, everything beside it locked and watched. */
#include "broker/unlock.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "broker/sysfs.h"
#include "lib/base/language.h"

char *unlock_name(char out[48], const char *disk, unsigned partition)
{
	size_t n = strlen(disk);
	bool digit = n && isdigit((unsigned char)disk[n - 1]);

	if (partition)
		snprintf(out, 48, "%s%s%u", disk, digit ? "p" : "", partition);
	else
		snprintf(out, 48, "%s", disk);
	return out;
}

void unlock_begin(struct disk *k, const struct places *p, unsigned partition, uint64_t allowed)
{
	k->open = (struct disk_open){ .is = true, .partition = partition, .allowed = allowed };
	k->open.base = disk_open_sectors(k, p);
}

void unlock_settle(struct disk *k, const struct places *p)
{
	uint64_t allowed = k->open.allowed;

	k->open.allowed = 0;
	uint64_t elsewhere = disk_written_sectors(k, p);
	k->written_base += elsewhere < allowed ? elsewhere : allowed;
}

void unlock_end(struct disk *k, const struct places *p)
{
	struct error e = { 0 };

	unlock_settle(k, p);
	k->written_base += disk_open_sectors(k, p) - k->open.base;
	k->open.is = false;
	k->lock_failed = !p->images && !disk_lock(k, p, &e);
	if (k->lock_failed)
		k->notes |= NOTE_UNLOCKED;
}

/* The disk or one of its partitions, and not what has come to bear its name since. */
static int open_part(const struct disk *k, const struct places *p, const char *name,
		     struct error *e)
{
	char path[256], number[32], now[32];
	struct stat st;

	if (strcmp(name, k->name) == 0)
		return disk_open(k, p, O_RDONLY, e);
	snprintf(path, sizeof(path), "%s/%s", p->dev, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0) {
		error_set(e, ERROR_FAILED, "%s", strerror(errno));
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISBLK(st.st_mode) &&
	    sysfs_text(now, sizeof(now), "%s/block/%s/%s/dev", p->sysfs, k->name, name)) {
		snprintf(number, sizeof(number), "%u:%u", major(st.st_rdev), minor(st.st_rdev));
		if (strcmp(number, now) == 0)
			return fd;
	}
	close(fd);
	error_set(e, ERROR_FAILED, N_("this disk is gone"));
	return -1;
}

static bool set_read_only(const struct disk *k, const struct places *p, const char *name, int value,
			  struct error *e)
{
	int now = !value, fd = open_part(k, p, name, e);

	if (fd < 0)
		return false;
	bool ok = ioctl(fd, BLKROSET, &value) == 0 && ioctl(fd, BLKROGET, &now) == 0;
	if (!ok)
		error_set(e, ERROR_FAILED, "%s", strerror(errno));
	close(fd);
	if (ok && now != value)
		return error_set(
			e, ERROR_FAILED,
			N_("it is write-protected: move the switch on it, or use another one"));
	return ok;
}

/* Every other partition that the kernel knows of this disk. */
static bool lock_others(const struct disk *k, const struct places *p, unsigned partition,
			struct error *e)
{
	char folder[256];
	bool ok = true;

	snprintf(folder, sizeof(folder), "%s/block/%s", p->sysfs, k->name);
	DIR *dir = opendir(folder);
	if (!dir)
		return error_set(e, ERROR_FAILED, N_("this disk is gone"));
	for (struct dirent *n; ok && (n = readdir(dir));) {
		uint64_t number = sysfs_number("%s/%s/partition", folder, n->d_name);

		if (n->d_name[0] != '.' && number && number != partition)
			ok = set_read_only(k, p, n->d_name, 1, e);
	}
	closedir(dir);
	return ok;
}

bool unlock_lift(const struct disk *k, const struct places *p, unsigned partition, struct error *e)
{
	char name[48];

	if (partition && !lock_others(k, p, partition, e))
		return false;
	if (!set_read_only(k, p, k->name, 0, e))
		return false;
	/* It may have been one of the others before. */
	unlock_name(name, k->name, partition);
	return !partition || !sysfs_exists("%s/block/%s/%s", p->sysfs, k->name, name) ||
	       set_read_only(k, p, name, 0, e);
}
