/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An external medium that a person has named: files that come from it, or go onto it. */
#include "broker/medium.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "broker/mounting.h"
#include "broker/unlock.h"
#include "lib/base/language.h"

#define MEDIUM_MS 120000
#define READER_UID 1000
#define READER_GID 1000

/* What may be mounted. FAT and exFAT know no owners: all is the kit's. An ext4 that is only
 * read gets no journal: mounting with one replays it, read-only as well (Linux,
 * Documentation/admin-guide/ext4.rst, noload). */
static const struct {
	const char *type, *write, *read;
} types[] = {
	{ "vfat", "uid=1000,gid=1000,umask=077,utf8,flush,errors=remount-ro",
	  "uid=1000,gid=1000,umask=077,utf8" },
	{ "exfat", "uid=1000,gid=1000,umask=077,iocharset=utf8,errors=remount-ro",
	  "uid=1000,gid=1000,umask=077,iocharset=utf8" },
	{ "ext4", "errors=remount-ro", "noload" },
};

static const char *options_of(const char *type, bool writes)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].type, type) == 0)
			return writes ? types[i].write : types[i].read;
	return NULL;
}

const char *medium_type(const struct disk *k, unsigned partition, struct error *e)
{
	char content[16];

	if (!k->removable && strcmp(k->bus, "usb") != 0) {
		error_set(e, ERROR_FAILED,
			  N_("this disk is built in; files go on media that can be pulled out"));
		return NULL;
	}
	if (k->content.stick) {
		error_set(e, ERROR_FAILED, N_("this is a Blackstart stick; use another medium"));
		return NULL;
	}
	if (!disk_content_of(&k->content, partition, content)) {
		error_set(e, ERROR_FAILED, N_("there is no such partition"));
		return NULL;
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].type, content) == 0)
			return types[i].type;
	error_set(e, ERROR_FAILED, N_("only media with FAT, exFAT or ext4 can be used"));
	return NULL;
}

struct order {
	const struct disk *k;
	const struct places *p;
	unsigned partition;
	bool writes;
	const char *type, *where;
};

/* The three bits of a mode that count for our programs. */
static unsigned our_bits(const struct stat *folder)
{
	if (folder->st_uid == READER_UID)
		return folder->st_mode >> 6 & 7;
	return (folder->st_gid == READER_GID ? folder->st_mode >> 3 : folder->st_mode) & 7;
}

bool medium_is_ours(const struct stat *folder, bool writes, struct error *e)
{
	const unsigned need = writes ? 03 : 05;

	if ((our_bits(folder) & need) == need)
		return true;
	if (writes)
		return error_set(
			e, ERROR_FAILED,
			N_("its folder belongs to another user; use a medium with FAT or exFAT"));
	return error_set(e, ERROR_FAILED,
			 N_("only another user may read its folder: copy what is needed onto a "
			    "medium with FAT or exFAT"));
}

static bool check_folder(const struct order *o, struct error *e)
{
	struct stat st;

	if (stat(o->where, &st) != 0)
		return error_set(e, ERROR_FAILED, "%s", strerror(errno));
	return medium_is_ours(&st, o->writes, e);
}

static bool mount_it(const struct order *o, bool writes, struct error *e)
{
	char name[48], node[256];

	unlock_name(name, o->k->name, o->partition);
	snprintf(node, sizeof(node), "%s/%s", o->p->dev, name);
	return disk_partition_is(o->k, o->p, o->partition, false, e) &&
	       mounting_mount(node, o->where, o->type, options_of(o->type, writes), writes, e);
}

/* Without the lock the kernel may note on the disk that a file system is damaged, although
 * it is mounted read-only. */
static bool is_safe(const struct order *o, struct error *e)
{
	return o->writes || disk_is_locked(o->k, o->p) ||
	       error_set(e, ERROR_FAILED, N_("the kernel did not keep it read-only"));
}

/* What is to be written to is looked at first as well: mounting it would replay a journal,
 * and one that is then refused has not changed. */
static bool bring_up(const struct order *o, struct error *e)
{
	if (!is_safe(o, e) || !mount_it(o, false, e) || !check_folder(o, e))
		return false;
	return !o->writes || (mounting_unmount(o->where, e) &&
			      unlock_lift(o->k, o->p, o->partition, e) && mount_it(o, true, e));
}

static int run(int output, const void *ctx)
{
	const struct order *o = ctx;
	struct error e = { 0 };

	(void)!bring_up(o, &e);
	return mounting_answer(output, o->where, N_("the medium cannot be used"), &e);
}

struct job *medium_start(struct jobs *j, const struct disk *k, const struct places *p,
			 unsigned partition, bool writes, const char *where, struct error *e)
{
	const struct order o = { k, p, partition, writes, medium_type(k, partition, e), where };

	return o.type ? jobs_start(j, JOB_OPEN, MEDIUM_MS, run, &o, e) : NULL;
}
