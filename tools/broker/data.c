/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stick's own data partition: grown at first use, checked, mounted. */
#include "broker/data.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "broker/mounting.h"
#include "broker/sysfs.h"
#include "broker/unlock.h"
#include "lib/base/language.h"
#include "lib/disk/gptgrow.h"

#define DATA_MS 600000 /* a slow stick of 1 TB */
#define SECTOR 512u
#define NODE_TRIES 50 /* of 20 ms: until the kernel has made the node */
#define FSCK_UNCORRECTED 4

/* Linux, fs/ext4/ext4.h: the new number of blocks. Done in the journal, so that the
 * current may go at any moment; growing an unmounted one is not safe in this way. */
#define EXT4_IOC_RESIZE_FS _IOW('f', 16, uint64_t)

static const struct data_folder folders[] = {
	{ "journal", 1001 }, { "state", 1001 },   { "evidence", 1000 },
	{ "images", 1000 },  { "updates", 1000 },
};

const struct data_folder *data_folder(const char *name)
{
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (strcmp(folders[i].name, name) == 0)
			return &folders[i];
	return NULL;
}

bool data_is_candidate(const struct disk *k)
{
	return k->listed && k->content.settings && k->logical == SECTOR &&
	       (k->removable || strcmp(k->bus, "usb") == 0);
}

struct order {
	const struct disk *k;
	const struct places *p;
	const char *where;
};

/* --- the table --- */

static bool read_disk(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const int *fd = ctx;

	if (pread(*fd, buf, len, (off_t)offset) == (ssize_t)len)
		return true;
	return error_set(e, ERROR_FAILED, N_("the stick cannot be read"));
}

static bool write_disk(void *ctx, uint64_t offset, const void *buf, size_t len, struct error *e)
{
	const int *fd = ctx;

	if (pwrite(*fd, buf, len, (off_t)offset) == (ssize_t)len)
		return true;
	return error_set(e, ERROR_FAILED,
			 N_("the stick cannot be written any more: use another one"));
}

static bool flush_disk(void *ctx, struct error *e)
{
	const int *fd = ctx;

	if (fsync(*fd) == 0)
		return true;
	return error_set(e, ERROR_FAILED,
			 N_("the stick cannot be written any more: use another one"));
}

/* Tell the kernel where the partition lies now. */
static bool tell_kernel(const struct order *o, int disk, const struct gpt_growth *g,
			struct error *e)
{
	char name[48];
	struct blkpg_partition part = {
		.start = (long long)g->first_byte,
		.length = (long long)g->size_bytes,
		.pno = DATA_PARTITION,
	};
	struct blkpg_ioctl_arg order = { .datalen = sizeof(part), .data = &part };

	unlock_name(name, o->k->name, DATA_PARTITION);
	/* After a damaged table there may be none yet. */
	bool there = sysfs_exists("%s/block/%s/%s", o->p->sysfs, o->k->name, name);
	order.op = there ? BLKPG_RESIZE_PARTITION : BLKPG_ADD_PARTITION;
	if (ioctl(disk, BLKPG, &order) == 0)
		return true;
	return error_set(e, ERROR_FAILED, "%s", strerror(errno));
}

/* O_EXCL: nothing of the disk is mounted, by us or by anyone. */
static bool grow_table(const struct order *o, struct error *e)
{
	struct gpt_growth g = { 0 };
	int fd = disk_open(o->k, o->p, O_RDWR | O_EXCL, e);
	const struct gpt_device d = { read_disk, write_disk, flush_disk, &fd, o->k->size_bytes };

	if (fd < 0)
		return false;
	bool ok = gpt_growth_plan(&d, DATA_PARTITION, &g, e);
	if (ok && g.needed) {
		ok = gpt_growth_write(&d, &g, e);
		/* Past the cache: a worn stick forgets what it took. */
		(void)ioctl(fd, BLKFLSBUF, 0);
		ok = ok && gpt_growth_plan(&d, DATA_PARTITION, &g, e);
		if (ok && g.needed)
			ok = error_set(e, ERROR_FAILED,
				       N_("what was written to the stick cannot be read back: do "
					  "not trust this stick"));
	}
	ok = ok && tell_kernel(o, fd, &g, e);
	close(fd);
	return ok;
}

/* --- the file system --- */

static bool check(const struct order *o, const char *node, struct error *e)
{
	const char *const argv[] = { "e2fsck", "-p", node, NULL };
	int status = -1;

	/* It is told of a new partition before its node is there. */
	for (int i = 0; i < NODE_TRIES && access(node, F_OK) != 0; i++)
		usleep(20000);
	if (!mounting_run(o->p->path, argv, 0, -1, &status, e))
		return false;
	if (status < FSCK_UNCORRECTED)
		return true;
	return error_set(e, ERROR_FAILED,
			 N_("the file system of the stick's data partition is damaged: use another "
			    "stick, and keep this one for a specialist"));
}

static bool grow_file_system(const struct order *o, struct error *e)
{
	struct statvfs fs;
	char name[48];
	int fd = open(o->where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fstatvfs(fd, &fs) == 0 && fs.f_frsize > 0;

	unlock_name(name, o->k->name, DATA_PARTITION);
	uint64_t blocks = sysfs_number("%s/block/%s/%s/size", o->p->sysfs, o->k->name, name) *
			  SECTOR / (ok ? fs.f_frsize : 1);
	/* The kernel does nothing where it is as large already. */
	ok = ok && ioctl(fd, EXT4_IOC_RESIZE_FS, &blocks) == 0;
	if (!ok)
		error_set(e, ERROR_FAILED, "%s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Where the kernel has none of that number, it is told of it with the table (tell_kernel). */
static bool is_where_it_was_seen(const struct order *o, const char *name, struct error *e)
{
	return !sysfs_exists("%s/block/%s/%s", o->p->sysfs, o->k->name, name) ||
	       disk_partition_is(o->k, o->p, DATA_PARTITION, true, e);
}

static bool bring_up(const struct order *o, struct error *e)
{
	char name[48], node[256];

	unlock_name(name, o->k->name, DATA_PARTITION);
	snprintf(node, sizeof(node), "%s/%s", o->p->dev, name);
	return is_where_it_was_seen(o, name, e) && unlock_lift(o->k, o->p, DATA_PARTITION, e) &&
	       grow_table(o, e) && check(o, node, e) &&
	       mounting_mount(node, o->where, "ext4", "errors=remount-ro,noinit_itable", true, e) &&
	       grow_file_system(o, e);
}

static int run(int output, const void *ctx)
{
	const struct order *o = ctx;
	struct error e = { 0 };

	(void)!bring_up(o, &e);
	return mounting_answer(output, o->where, N_("the stick's data partition cannot be used"),
			       &e);
}

struct job *data_start(struct jobs *j, const struct disk *k, const struct places *p,
		       const char *where, struct error *e)
{
	const struct order o = { k, p, where };

	return jobs_start(j, JOB_OPEN, DATA_MS, run, &o, e);
}
